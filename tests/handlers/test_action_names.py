"""What the audit calls what was done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handlers.action_names import ACTION_NAMES
from handlers.commands import BY_NAME

ROOT = Path(__file__).parents[2]
SOURCES = [*ROOT.glob("handlers/*.py"), ROOT / "bot/store/operators.py", ROOT / "bot/store/set_back.py"]
# Where it is said outright, and where the console's people are noted.
_LINE = re.compile(r"action\b.*|_RECORDED = .*|_note\(.*")
_NAME = re.compile(r'"([a-z_]+\.[a-z_]+)"')
LINES = [line for source in SOURCES for line in _LINE.findall(source.read_text("utf-8"))]
ACTIONS = {name for line in LINES for name in _NAME.findall(line)}


@pytest.mark.parametrize("action", sorted(ACTIONS - BY_NAME.keys()))
def test_what_is_audited_has_a_chinese_name(action: str) -> None:
    assert not ACTION_NAMES[action].isascii()


def test_the_source_names_many() -> None:
    assert {"operator.sign_in", "operator.invite", "clock.set_back", "group.bind", "calendar.unskip"} <= ACTIONS
