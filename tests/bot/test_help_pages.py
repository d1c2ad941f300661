"""What `--help` says: Chinese for a shop manager, in lines that fit a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len

from bot.cli import app
from bot.cli.pages import wrapped
from bot.command_line import main

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What Typer would say by itself.
THEIRS = re.compile(r"Usage|Options|Arguments|Commands|OPTIONS|COMMAND|Show this|default: |required|<[a-z]")
Page = Callable[..., str]


def commands(group: object = None, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every command and every group of them, by the words that name it."""
    command = typer.main.get_command(app) if group is None else group
    yield before, command
    for name, one in getattr(command, "commands", {}).items():
        yield from commands(one, (*before, name))


EVERY = dict(commands())
GROUPS = [words for words, command in EVERY.items() if hasattr(command, "commands")]


@pytest.fixture
def page(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Page:
    """The help page of a command on a terminal of so many columns."""

    def page(words: tuple[str, ...], columns: int = 80) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        status = main([*words, "--help"])
        out, err = capsys.readouterr()
        assert (status, err) == (0, "")
        return out

    return page


@pytest.mark.parametrize("words", list(EVERY), ids=" ".join)
def test_every_page_is_chinese_from_end_to_end(words: tuple[str, ...], page: Page) -> None:
    out = page(words)
    assert out.startswith(f"用法：{' '.join(('python -m bot', *words))} [选项]")
    assert THEIRS.search(out) is None
    command = EVERY[words]
    helps = {"": getattr(command, "help", ""), **{one.name: one.help for one in getattr(command, "params", [])}}
    assert [name for name, said in helps.items() if not CHINESE.search(said or "")] == []


@pytest.mark.parametrize("columns", [50, 80, 120])
@pytest.mark.parametrize("words", list(EVERY), ids=" ".join)
def test_no_line_is_broader_than_the_terminal(words: tuple[str, ...], columns: int, page: Page) -> None:
    _usage, *lines = page(words, columns).splitlines()  # how it is written, for copying, stays in one line
    assert [line for line in lines if cell_len(line) > columns] == []


@pytest.mark.parametrize("words", GROUPS, ids=" ".join)
def test_a_list_of_commands_has_a_whole_line_for_each(words: tuple[str, ...], page: Page) -> None:
    listed = page(words).partition("命令：\n")[2].splitlines()
    below = [one for one in EVERY if one[:-1] == words and one]
    assert [line.split()[0] for line in listed] == [one[-1] for one in below]
    assert [line for line in listed if not line.endswith("。")] == []


def test_the_lines_that_understand_shows_are_understood(
    page: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reply, post = [line.strip() for line in page(("understand",)).splitlines() if line.strip().startswith("{")]
    file = tmp_path / "lines.jsonl"
    for kind, line, answer in (("reply", reply, '"value": '), ("business", post, '"label": "business_question"')):
        file.write_text(line, encoding="utf-8")
        assert main(["understand", str(file), "--kind", kind, "--json"]) == 0
        assert answer in capsys.readouterr().out


def test_lines_break_between_characters_but_not_before_what_closes() -> None:
    assert wrapped("写好的话，一行十个字。", 10) == ["写好的话，", "一行十个", "字。"]
    assert wrapped("写 config.toml 这样的名字", 10) == ["写", "config.toml", "这样的名字"]
    assert wrapped("先停一停（要等）再来", 10) == ["先停一停", "（要等）再", "来"]
