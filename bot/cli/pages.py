"""Help pages as a shop reads them. Typer's own words on them are English, and it gives a Chinese character one column.

What a command and its options are for stands with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import typer
from rich.cells import cell_len
from typer._click import Command, HelpFormatter  # it has no public name for them

USAGE = "用法："

_HEADINGS = {"Arguments": "参数", "Options": "选项", "Commands": "命令"}
_PLACES = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 …"}
_VALUES = {
    "<str>": "<文字>",
    "<list[str]>": "<文字>",
    "<list[int]>": "<整数>",
    "<path>": "<文件>",
    "<file>": "<文件>",
    "<int>": "<整数>",
    "<int range>": "<整数>",
}
_HELP = {"Show this message and exit.": "显示这页说明。"}
# What Typer adds to the help of an option, as [default: 30; 1<=x<=366].
_ADDED = re.compile(r"(?:  )?\[(?P<what>(?:default: |required).*)\]")
_DEFAULT = re.compile(r"default: (?P<value>.*)")
_RANGE = re.compile(r"(?P<least>\d+)<=x<=(?P<most>\d+)")
# What stays in one line: a Latin word or one Chinese character, with the punctuation that clings to it.
_PIECE = re.compile(r" ?[「（]*(?:[!-~]+|\S)[，。；：、！？」）]*")
_INDENT = "  "


class _Page(HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        self.write(f"{prefix or USAGE}{prog} {_replaced(args, _PLACES)}\n")

    def write_heading(self, heading: str) -> None:
        self.write(f"{_HEADINGS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        paragraphs = [
            "".join(f"{_INDENT}{line}\n" for line in wrapped(one.replace("\n", ""), self.width - len(_INDENT)))
            for one in text.split("\n\n")
        ]
        self.write("\n".join(paragraphs))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        shown = [(_replaced(name, _VALUES), _explained(text)) for name, text in rows]
        column = max(cell_len(name) for name, _text in shown) + col_spacing  # no name of ours is as long as `col_max`
        margin = " " * (len(_INDENT) + column)
        for name, text in shown:
            lines = wrapped(text, self.width - len(margin))
            self.write(f"{_INDENT}{name}{' ' * (column - cell_len(name))}")
            self.write(f"\n{margin}".join(lines) + "\n")


class _Context(typer.Context):
    formatter_class = _Page


def with_our_pages(command: Command) -> Command:
    """A command and all below it, with help pages of ours."""
    command.context_class = _Context
    for one in getattr(command, "commands", {}).values():
        with_our_pages(one)
    return command


def wrapped(text: str, width: int) -> list[str]:
    """Lines of no more than `width` columns, of which a Chinese character takes two."""
    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and cell_len(lines[-1] + piece) > width:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return lines


def _replaced(text: str, words: Mapping[str, str]) -> str:
    for found, ours in words.items():
        text = text.replace(found, ours)
    return text


def _explained(text: str) -> str:
    return _ADDED.sub(lambda found: f"（{'，'.join(map(_added, found['what'].split('; ')))}）", _HELP.get(text, text))


def _added(what: str) -> str:
    if what == "required":
        return "必填"
    if value := _DEFAULT.fullmatch(what):
        return f"不写就是 {value['value']}"
    between = _RANGE.fullmatch(what)
    return f"{between['least']} 到 {between['most']}" if between else what
