"""Some thousands of executions of each target; `make fuzz` does many more, under another seed each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.engine import Find, Target, content_of, execute
from tests.fuzz.targets import TARGETS

SEED = 3
EXECUTIONS = 1_000


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_is_found(target: Target) -> None:
    for execution in range(EXECUTIONS):
        execute(target, SEED, execution)


def test_a_find_tells_how_to_see_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.engine.FINDS", tmp_path)

    def stumble(content: bytes) -> None:
        content.decode()

    target = Target("texts", ["好".encode()], stumble)
    bad = next(number for number in range(100) if not _is_text(content_of(target, 3, number)))
    with pytest.raises(
        Find, match=rf"UnicodeDecodeError[\s\S]*texts-3-{bad} holds the input.*--seed 3 --execution {bad}"
    ):
        execute(target, 3, bad)
    assert content_of(target, 3, bad) == (tmp_path / f"texts-3-{bad}").read_bytes()


def _is_text(content: bytes) -> bool:
    return content == content.decode(errors="ignore").encode()
