"""The life of a delivery: the drawing and the code say the same."""

from __future__ import annotations

import re
from pathlib import Path

from models.deliveries import ARROWS, DeliveryState

ROOT = Path(__file__).parents[2]
DRAWN = re.compile(r"^    (\[\*\]|\w+) --> (\w+): (.+) \((\w+/\w+)\)$", re.MULTILINE)


def drawn() -> list[tuple[DeliveryState | None, DeliveryState, str]]:
    """Each arrow of ARCHITECTURE.md: from, to, the file that owns it."""
    found = DRAWN.findall((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    return [(None if a == "[*]" else DeliveryState(a), DeliveryState(b), owner) for a, b, _, owner in found]


def test_the_drawing_has_the_arrows_of_the_code_and_no_other() -> None:
    pairs = [(a, b) for a, b, _ in drawn()]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == {(a, b) for a, states in ARROWS.items() for b in states}


def test_each_arrow_has_an_owner_that_exists() -> None:
    for _, _, owner in drawn():
        folder = ROOT if owner.startswith("handlers/") else ROOT / "bot"
        assert (folder / f"{owner}.py").is_file(), owner


def test_every_state_has_its_place() -> None:
    assert set(ARROWS) == {None, *DeliveryState}
