"""TOML files with the line of every key, so that a fault can say where it is.

`tomllib` decides what is TOML and what it means; no well-kept library gives positions beside the values. So a second,
smaller reader walks a text that `tomllib` has already accepted and only notes on which line each key begins. It may
therefore trust the grammar.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.faults import ConfigFaults, Fault
from models.broken_files import SAVE_AS_UTF8, BrokenToml, toml_data

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*([A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')[ \t]*""")
_TEXT = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|\'\'\'(?:[^']|'(?!''))*'{3,5}|"(?:[^"\\]|\\.)*"|'[^']*\'''', re.DOTALL
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


@dataclass(frozen=True, slots=True)
class TomlSource:
    """A TOML text, its contents, and on which line (from 1) each key or element of an array begins."""

    name: str
    text: str
    data: dict[str, Any]
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int | None:
        """The line of a key, or of the nearest table around it that is written in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def read_toml(path: Path) -> TomlSource:
    """Read a TOML file. Raises `ConfigFaults` with one fault for what cannot be read."""
    name = str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise ConfigFaults([Fault(name, None, "", "没有这个文件", "看看路径和文件名")]) from None
    except IsADirectoryError:
        raise ConfigFaults([Fault(name, None, "", "这是文件夹", "要一个 TOML 文件")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        found = f"有一个字节 0x{error.object[error.start]:02x} 不是 UTF-8"
        raise ConfigFaults([Fault(name, line, "", found, SAVE_AS_UTF8)]) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        found = "没有权限读" if isinstance(error, PermissionError) else "这个文件读不了"
        raise ConfigFaults([Fault(name, None, "", found, "看看路径、文件的权限和磁盘")]) from None
    return parse_toml(name, text)


def parse_toml(name: str, text: str) -> TomlSource:
    """The source of a text with \\n line ends. Raises `ConfigFaults` with one fault for what is not TOML."""
    try:
        return TomlSource(name, text, toml_data(text), key_lines(text))
    except BrokenToml as broken:
        raise ConfigFaults([Fault(name, broken.line, "", broken.found, broken.cure)]) from None


def key_lines(text: str) -> dict[KeyPath, int]:
    """On which line each key of a valid TOML text begins, by its path; elements of arrays are numbered from 0."""
    return _Walk(text).lines


class _Walk:
    """One pass over a valid TOML text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.line, self.line_at = 1, 0  # the line so far, and up to where it was counted
        self.lines: dict[KeyPath, int] = {}
        self.tables: dict[KeyPath, int] = {}  # how many elements each [[array of tables]] has so far
        self.document()

    def skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.place)
        if found is None:
            return ""
        self.place = found.end()
        return found[0]

    def take(self, character: str) -> bool:
        taken = self.text.startswith(character, self.place)
        self.place += len(character) if taken else 0
        return taken

    def here(self) -> int:
        self.line += self.text.count("\n", self.line_at, self.place)
        self.line_at = self.place
        return self.line

    def note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self.here())

    def key(self) -> list[str]:
        parts: list[str] = []
        while not parts or self.take("."):
            part = self.skip(_KEY).strip(" \t")
            parts.append(next(iter(tomllib.loads(f"{part} = 0"))) if part[0] in "\"'" else part)
        return parts

    def document(self) -> None:
        table: KeyPath = ()
        self.skip(_BLANK)
        while self.place < len(self.text):
            if self.take("[["):
                table = self.header(is_array=True)
                self.take("]]")
            elif self.take("["):
                table = self.header(is_array=False)
                self.take("]")
            else:
                self.pair(table)
            self.skip(_BLANK)

    def header(self, *, is_array: bool) -> KeyPath:
        path: KeyPath = ()
        parts = self.key()
        for n, part in enumerate(parts):
            path = (*path, part)
            self.note(path)
            if is_array and n == len(parts) - 1:
                self.tables[path] = self.tables.get(path, 0) + 1
            if path in self.tables:
                path = (*path, self.tables[path] - 1)
                self.note(path)
        return path

    def pair(self, table: KeyPath) -> None:
        line = self.here()
        path = table
        for part in self.key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self.take("=")
        self.value(path)

    def value(self, path: KeyPath) -> None:
        self.skip(_BLANK)
        if self.take("["):
            self.members("]", path, in_array=True)
        elif self.take("{"):
            self.members("}", path, in_array=False)
        elif not self.skip(_TEXT):
            self.skip(_SCALAR)

    def members(self, close: str, path: KeyPath, *, in_array: bool) -> None:
        number = 0
        self.skip(_BLANK)
        while not self.take(close):
            if in_array:
                self.note((*path, number))
                self.value((*path, number))
            else:
                self.pair(path)
            number += 1
            self.skip(_BLANK)
            self.take(",")
            self.skip(_BLANK)
