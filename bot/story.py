"""Stories: files of what happens on the wire, read line by line, with every mistake in them named.

A story is read twice: once whole, so that a mistake in its last line stops it before its first one is played, and
once more while it plays, so that a story of any length fits into memory. Playing it is the rehearsal's part.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from bot.story_faults import LINE_TYPES, Misreading, StoryFault, misreading, shown, unknown_type
from bot.story_lines import YEARS, AnyLine, Platform, WireFact, WorldLine, WorldSpec, read_special
from bot.transports.wechaty_wire import cleaned
from models.broken_files import SAVE_AS_UTF8, broken_json
from models.playbook_faults import one_of

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# What databases cannot keep is read as the other transport reads it; this escape alone gets by the fast reader.
_NUL = b"\\u0000"
_ONE_OBJECT = "一行要写一个完整的 JSON 对象 {…}"
_UNREADABLE = "数字太长、括号太深，或写了 NaN 一类的数"
_LINE = msgspec.json.Decoder(AnyLine, dec_hook=read_special)


@dataclass(frozen=True, slots=True)
class Story:
    """A story that was read through and found right.

    `first` and `last` are the moments of its first and last line (aware, `None` when it has none), `count` their
    number; `accounts` are the accounts that its lines name, each with the number of the first line that does.
    """

    path: Path
    world: WorldSpec | None
    first: datetime | None
    last: datetime | None
    count: int
    accounts: dict[str, int] = field(default_factory=dict)

    def lines(self) -> Iterator[AnyLine]:
        """Read the lines again, in order. Raises `StoryFault` when the file has changed for the worse meanwhile."""
        with self.path.open("rb") as file:
            for _, line in read_lines(file, str(self.path)):
                if not isinstance(line, WorldLine):
                    yield line

    def check_accounts(self, known: Iterable[str]) -> None:
        """Raise a `StoryFault` when a line names an account that is not among the known ones."""
        listed = list(known)
        for account, line in self.accounts.items():
            if account not in listed:
                wish = one_of("账号", account, listed)
                raise StoryFault(str(self.path), line, repr(account), wish, "account")


def read_story(path: Path) -> Story:
    """Read a whole story. Raises `StoryFault` at its first mistake, `OSError` when it cannot be opened."""
    world: WorldSpec | None = None
    first: datetime | None = None
    last: datetime | None = None
    count = 0
    accounts: dict[str, int] = {}
    with path.open("rb") as file:
        for number, line in read_lines(file, str(path)):
            if isinstance(line, WorldLine):
                world = line.world
                continue
            first, last, count = first or line.at, line.at, count + 1
            if isinstance(line, WireFact | Platform) and line.account not in accounts:
                accounts[line.account] = number
    return Story(path, world, first, last, count, accounts)


def read_lines(raw: Iterable[bytes], file: str) -> Iterator[tuple[int, AnyLine | WorldLine]]:
    """Yield each line with its number (from 1); blank ones are skipped. `file` is the name used in faults.

    Raises `StoryFault` at a line that cannot be read, is not in order of time, or is a world in the wrong place.
    """
    before: datetime | None = None
    decode = _LINE.decode
    empty = True
    line: AnyLine | WorldLine
    for number, text in enumerate(raw, start=1):
        content = text.removeprefix(_BYTE_ORDER_MARK).strip() if number == 1 else text.strip()
        if not content:
            continue
        try:
            line = decode(content) if _NUL not in content else read_carefully(content)
        except Misreading as fault:
            raise fault.at(file, number) from None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            try:
                line = read_carefully(content)
            except Misreading as fault:
                raise fault.at(file, number) from None
        if isinstance(line, WorldLine):
            if not empty:
                raise StoryFault(file, number, "世界写在了后面", "它只能写在第一行", "world")
        elif line.at.year not in YEARS:
            raise StoryFault(
                file, number, line.at.isoformat(), f"要写 {YEARS.start} 年到 {YEARS.stop - 1} 年的时间", "at"
            )
        elif before is not None and line.at < before:
            found = f"{line.at.isoformat()}，上一行是 {before.isoformat()}"
            raise StoryFault(file, number, found, "各行要按时间（at）先后排", "at")
        else:
            before = line.at
        empty = False
        yield number, line


def read_carefully(content: bytes) -> AnyLine | WorldLine:
    """Read a line that the fast reader refused: a world, a time in another ISO form, a null for what is absent.

    Raises `Misreading` when it is none of these.
    """
    try:
        found = cleaned(json.loads(content.decode("utf-8"), parse_constant=_no_number))
    except UnicodeDecodeError as error:
        raise Misreading(f"有一个字节 0x{content[error.start]:02x} 不是 UTF-8", SAVE_AS_UTF8) from None
    except (ValueError, RecursionError) as error:
        why = broken_json(error) if isinstance(error, json.JSONDecodeError) else _UNREADABLE
        raise Misreading(shown(content.decode("utf-8")), f"{_ONE_OBJECT}（{why}）") from None
    if not isinstance(found, dict):
        raise Misreading(shown(found), _ONE_OBJECT)
    stated = {key: value for key, value in found.items() if value is not None}
    if "world" in stated and "type" not in stated:
        world: WorldLine = _convert(stated, WorldLine)
        return world
    line_type = LINE_TYPES.get(stated["type"]) if isinstance(stated.get("type"), str) else None
    if line_type is None:
        raise unknown_type(found)
    if isinstance(stated.get("at"), str):
        stated["at"] = _aware(stated["at"])
    line: AnyLine = _convert(stated, line_type)
    return line


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _convert(content: dict[str, Any], line_type: type) -> Any:
    try:
        return msgspec.convert(content, line_type, dec_hook=read_special)
    except msgspec.ValidationError as error:
        raise misreading(content, line_type, error) from None


def _aware(text: str) -> datetime | str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if moment.tzinfo is None else moment


__all__ = ["Story", "StoryFault", "read_carefully", "read_lines", "read_story"]
