"""What the pages (README, docs, ARCHITECTURE) name: every link leads somewhere, every command and option exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bot.test_help_pages import EVERY

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
_LINK = re.compile(r"\]\((?!\w+:)([^)\s#]+)(?:#([^)\s]*))?\)")
_CALL = re.compile(r"python -m bot ([^`\n#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [path for path, _part in links if not (page.parent / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_and_options_exist(page: Path) -> None:
    unknown = []
    for call in _CALL.findall(page.read_text(encoding="utf-8")):
        words = re.findall(r"--?[a-z][a-z-]*|\S+", call)
        count = next(count for count in (2, 1, 0) if tuple(words[:count]) in EVERY)
        command = EVERY[tuple(words[:count])]
        known = {"--help", *(option for one in getattr(command, "params", ()) for option in one.opts)}
        unknown += [f"{call}: {word}" for word in words if word.startswith("--") and word not in known]
        if hasattr(command, "commands") and re.match("[a-z]", "".join(words[count : count + 1])):
            unknown.append(call)  # a group, and behind it none of its commands
    assert unknown == []
