"""Faults of files that a person wrote: where, what stands there, and the cure. One line each, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.terminal import brief, harmless

_OUR_WORDS = re.compile(r"[\u4e00-\u9fff「]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `line` counts from 1 (None: no line is to blame); `key` is dotted, empty for the whole file.

    `found` and `expected` are what `sentence` makes one of.
    """

    file: str
    line: int | None
    key: str
    found: str
    expected: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f"{self.key}: " if self.key else ""
        return harmless(f"{brief(place)}: {brief(key)}{sentence(brief(self.found), brief(self.expected))}")


class ConfigFaults(Exception):
    """The configuration cannot be used; its text has one line for each fault, in the order of the files."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def sentence(found: str, expected: str) -> str:
    """What is wrong and the cure. `found` is a value as it stands there, or a clause of ours, which is Chinese."""
    if not found:
        return expected
    return f"{found if is_clause(found) else f'写的是 {found}'}，{expected}"


def is_clause(found: str) -> bool:
    """Whether what was found is told in words, and not by the value that stands there, which is quoted or a number."""
    return _OUR_WORDS.match(found) is not None


def dotted(path: Iterable[str | int]) -> str:
    """A path as people write it: `accounts[0].endpoint`."""
    key = ""
    for part in path:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    return key


def shown(value: object) -> str:
    """A value of a TOML file in a few words."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "写的是一张表"
    if isinstance(value, list | tuple):
        return "写的是一个列表" if value else "写的是一个空的列表"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:60]}…（共 {len(text) - 2} 个字）"
