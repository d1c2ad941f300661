"""A program that is started again finds its compiled files, also where the environment says that none are written:
without them each start compiles all of it anew, and `recover` measured that."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import typer

from bench import __main__ as bench
from bench.figures import Figure, Progress

_ROOT = Path(__file__).parents[2]
_VARIABLE = "PYTHONDONTWRITEBYTECODE"


def test_a_benchmark_starts_programs_that_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []

    def measure(_progress: Progress) -> list[Figure]:
        seen.append(os.environ.get(_VARIABLE))
        return []

    monkeypatch.setenv(_VARIABLE, "1")
    monkeypatch.setattr(bench, "BENCHMARKS", {"recover": measure})
    monkeypatch.setattr(bench, "tell", lambda *_: None)
    with pytest.raises(typer.Exit):
        bench.main(["recover"])
    assert seen == [None]


def test_so_does_make() -> None:
    probe = f"--eval=probe: ; @echo [$${_VARIABLE}]"
    command = ["make", "--silent", "--no-print-directory", probe, "probe"]
    made = subprocess.run(
        command, cwd=_ROOT, env=os.environ | {_VARIABLE: "1"}, capture_output=True, text=True, check=True
    )
    assert made.stdout == "[]\n"
