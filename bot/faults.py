"""Faults of files that a person wrote: where, what was found, what is expected. One line each, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.terminal import brief, harmless


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `line` counts from 1 (None: no line is to blame); `key` is dotted, empty for the whole file."""

    file: str
    line: int | None
    key: str
    found: str
    expected: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f"{self.key}: " if self.key else ""
        return harmless(f"{brief(place)}: {brief(key)}found {brief(self.found)}, expected {brief(self.expected)}")


class ConfigFaults(Exception):
    """The configuration cannot be used; its text has one line for each fault, in the order of the files."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


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
        return "a table"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:60]}… ({len(text) - 2} characters)"
