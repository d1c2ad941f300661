"""The columns of the calendar: their names, what their cells may hold, and how an entry's values are written back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection
from pathlib import PurePosixPath, PureWindowsPath

import msgspec

from content_calendar.catch_up import CatchUpError, parse_policy
from content_calendar.dates import Cell, DateError, read_date, read_moment, read_time
from content_calendar.entry import Entry, kept_out
from content_calendar.faults import CellError
from content_calendar.render import odd_fields
from content_calendar.rollout import RolloutError, parse_rollout, written_rollout
from content_calendar.rotation import is_slot_text
from content_calendar.rules import RuleError, parse_rule
from content_calendar.window import WindowError, parse_window, written_window
from content_calendar.wording import names_in
from models.life_cycle import STAGE_TITLES, STAGE_WORDS, stage_named, stage_of_tag
from models.patterns import compile_later
from models.playbook_faults import nearest
from models.turning import unturned


class Known(msgspec.Struct, frozen=True):
    """What cells are read against: the merchant's day, the playbook's tiers, the bound groups."""

    today: dt.date
    tiers: Collection[str]
    groups: Collection[str]


class Column(msgspec.Struct, frozen=True):
    """A column: English and Chinese header, cell to value (raises `CellError`), entry to cell."""

    name: str
    chinese: str
    read: Callable[[Cell, Known], object]
    write: Callable[[Entry], Cell]


KIND_NAMES: dict[str, str] = {
    "text": "文字",
    "image": "图片",
    "album": "相册",
    "video": "视频",
    "file": "文件",
    "link": "链接",
    "mini_program": "小程序",
    "card": "名片",
    "announcement": "公告",
    "question": "提问",
    "gathering": "活动",
    "coupon": "优惠券",
    "testers": "试用招募",
}
"""The kinds as the template offers them; both spellings are read."""

_KINDS: dict[str, str] = {
    "": "text",
    **{word: name for name, chinese in KIND_NAMES.items() for word in (name, chinese)},
}
_YES_NO = {
    **dict.fromkeys(("yes", "是", "true", "1"), True),
    **dict.fromkeys(("no", "否", "false", "0", ""), False),
}
_PRIORITIES = range(1, 10)
_DEFAULT_PRIORITY = 5
_SEVERAL = compile_later(r"[;；]")
# What neither a message nor a workbook can hold, and the mark of bytes that could not be read.
_UNPRINTABLE = compile_later(r"[\x00-\x08\x0b-\x1f\x7f\ufffd-\uffff]")
# A formula by which WPS shows a picture in a cell.
_SHOWN = compile_later(r'\s*=?(?:_xlfn\.)?DISPIMG\(\s*"([^"]{1,80})"\s*(?:,[^)]{0,8})?\)\s*', re.IGNORECASE)
_LONGEST_FOUND = 80
# Half of the letters alike: Chinese names often have only two.
_LIKENESS = 0.5


def text_of(cell: Cell) -> str:
    """A cell as the text that a person sees in it."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case dt.datetime():
            return cell.isoformat(" ")
        case _:
            return str(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


MOST_FAULTS = 50
"""Of a cell, or of the shape of a row, which may have half a million; who has mended these sees the next ones."""


def shown(cell: Cell) -> str:
    """A cell as a fault quotes it: on one line, and not longer than a line."""
    text = " ".join(text_of(cell).split())
    return text if len(text) <= _LONGEST_FOUND else f"{text[:_LONGEST_FOUND]}…"


def shown_id(text: str) -> str:
    """The id of the picture that a formula of WPS shows; nothing for any other text."""
    match = _SHOWN.fullmatch(text)
    return match[1] if match else ""


def hint(found: str, known: Collection[str]) -> str:
    """The known word that was probably meant, as the end of a sentence; nothing if none is near."""
    near = alike(found, known)
    return f"，是不是 {near}？" if near else ""


def alike(found: str, known: Collection[str]) -> str:
    """The known word that was probably meant; empty if none is near."""
    return nearest(found, known, _LIKENESS) or ""


def _text(cell: Cell, known: Known) -> str:
    text = text_of(cell)
    if unprintable := _UNPRINTABLE.search(text):
        raise CellError(
            (shown(cell), f"能显示的文字；这里有 {unprintable[0]!r}，可能是编码不对（请存为 UTF-8 或 GBK）")
        )
    if shown_id(text):
        raise CellError((shown(cell), "图片没有跟过来（换程序另存时丢了，或者是 CSV），请在 WPS 里重新插入"))
    return text


def _line(cell: Cell, known: Known) -> str:
    return " ".join(unturned(_text(cell, known)).split())


def _message(cell: Cell, known: Known) -> str:
    text = _text(cell, known)
    if not is_slot_text(text) and (odd := odd_fields(text)):
        raise CellError(
            *((piece, "字段写成 {name} 或 {name|备用词}，花括号要成对、用半角") for piece in odd[:MOST_FAULTS])
        )
    named = tuple(names_in(text))
    if unknown := [name for by, name in named if by == "stage" and stage_named(name) is None]:
        raise CellError(*((name, _one_of_the_stages(name)) for name in unknown[:MOST_FAULTS]))
    if unknown := [name for by, name in named if by == "tier" and name not in known.tiers]:
        tiers = "、".join(sorted(known.tiers)) or "（还没有）"
        raise CellError(*((name, f"已有的层级：{tiers}{hint(name, known.tiers)}") for name in unknown[:MOST_FAULTS]))
    return text


def _tags(cell: Cell, known: Known) -> tuple[str, ...]:
    # A minus of a Chinese keyboard is one too.
    found = tuple(
        f"-{tag[1:].strip()}" if tag[0] in "-－—" and tag[1:].strip() else tag for tag in _several(cell, known)
    )
    stages = [word for tag in (*found, *kept_out(found)) if (word := stage_of_tag(tag))]
    if unknown := [word for word in stages if stage_named(word) is None]:
        raise CellError(*((word, _one_of_the_stages(word)) for word in unknown[:MOST_FAULTS]))
    return found


def _one_of_the_stages(found: str) -> str:
    return f"{'、'.join(STAGE_TITLES.values())} 之一{hint(found, STAGE_WORDS)}"


def _kind(cell: Cell, known: Known) -> str:
    word = _line(cell, known).lower()
    if word not in _KINDS:
        raise CellError((word, f"{'、'.join(KIND_NAMES.values())} 之一{hint(word, _KINDS)}"))
    return _KINDS[word]


def _date(cell: Cell, known: Known) -> tuple[dt.date, dt.time | None] | None:
    if text_of(cell) == "":
        return None
    try:
        return read_date(cell, known.today)
    except DateError as error:
        raise CellError((shown(cell), str(error))) from None


def _days(cell: Cell, known: Known) -> tuple[dt.date, ...]:
    if isinstance(cell, dt.date):
        return (cell.date() if isinstance(cell, dt.datetime) else cell,)
    days: set[dt.date] = set()
    wrong: list[tuple[str, str]] = []
    for piece in _several(cell, known):
        try:
            days.add(read_date(piece, known.today)[0])
        except DateError as error:
            wrong.append((piece, str(error)))
    if wrong:
        raise CellError(*wrong[:MOST_FAULTS])
    return tuple(sorted(days))


def _time(cell: Cell, known: Known) -> dt.time | None:
    if text_of(cell) == "":
        return None
    try:
        return read_time(cell)
    except DateError as error:
        raise CellError((shown(cell), str(error))) from None


def _moment(cell: Cell, known: Known) -> dt.datetime | None:
    if text_of(cell) == "":
        return None
    try:
        return read_moment(cell, known.today)
    except DateError as error:
        raise CellError((shown(cell), str(error))) from None


def _rule(cell: Cell, known: Known) -> str:
    word = _line(cell, known)
    try:
        return str(parse_rule(word))
    except RuleError as error:
        raise CellError((word, str(error))) from None


def _catch_up(cell: Cell, known: Known) -> str:
    word = _line(cell, known)
    try:
        return str(parse_policy(word))
    except CatchUpError as error:
        raise CellError((word, str(error))) from None


def _rollout(cell: Cell, known: Known) -> str:
    word = _line(cell, known)
    try:
        return written_rollout(parse_rollout(word, known.tiers))
    except RolloutError as error:
        raise CellError((word, str(error))) from None


def _window(cell: Cell, known: Known) -> str:
    word = _line(cell, known)
    try:
        return written_window(parse_window(word))
    except WindowError as error:
        raise CellError((word, str(error))) from None


def _several(cell: Cell, known: Known) -> tuple[str, ...]:
    pieces = (" ".join(piece.split()) for piece in _SEVERAL.split(_text(cell, known)))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def _among(what: str, names: Callable[[Known], Collection[str]]) -> Callable[[Cell, Known], tuple[str, ...]]:
    def read(cell: Cell, known: Known) -> tuple[str, ...]:
        found, all_names = _several(cell, known), names(known)
        if unknown := [name for name in found if name not in all_names]:
            expected = f"{what}：{'、'.join(sorted(all_names)) or '（还没有）'}"
            raise CellError(*((name, f"{expected}{hint(name, all_names)}") for name in unknown[:MOST_FAULTS]))
        return found

    return read


def _media(cell: Cell, known: Known) -> tuple[str, ...]:
    """Names in the media folder, and links. Whoever writes the calendar reads no other file of the machine by it."""
    found = _several(cell, known)
    if outside := [name for name in found if leads_outside(name)]:
        expected = "media 文件夹里的文件名，例如 海报/周五.png，或 https:// 开头的链接"
        raise CellError(*((name, expected) for name in outside[:MOST_FAULTS]))
    return found


def leads_outside(name: str) -> bool:
    """Whether a reference is a path out of the media folder, as POSIX or Windows writes paths."""
    scheme, mark, _ = name.partition("://")
    if mark:
        return scheme.lower() == "file"
    return any(path.anchor or ".." in path.parts for path in (PurePosixPath(name), PureWindowsPath(name)))


def _yes_no(cell: Cell, known: Known) -> bool:
    word = _line(cell, known).lower()
    if word not in _YES_NO:
        raise CellError((word, "是 或 否（yes/no、true/false、1/0）"))
    return _YES_NO[word]


def _priority(cell: Cell, known: Known) -> int:
    word = _line(cell, known)
    if word == "":
        return _DEFAULT_PRIORITY
    if not (len(word) == 1 and word.isdecimal() and int(word) in _PRIORITIES):
        raise CellError((word, "1（最先）到 9"))
    return int(word)


COLUMNS: tuple[Column, ...] = (
    Column("key", "编号", _line, lambda entry: entry.key),
    Column("title", "标题", _line, lambda entry: entry.title),
    Column("kind", "形式", _kind, lambda entry: entry.kind),
    Column("content_kind", "内容类型", _line, lambda entry: entry.content_kind),
    Column("theme", "主题", _line, lambda entry: entry.theme),
    Column("date", "日期", _date, lambda entry: entry.date),
    Column("time", "时间", _time, lambda entry: entry.time),
    Column("rule", "重复", _rule, lambda entry: entry.rule),
    Column("tiers", "层级", _among("已有的层级", lambda known: known.tiers), lambda entry: ";".join(entry.tiers)),
    Column("groups", "群", _among("认识的群", lambda known: known.groups), lambda entry: ";".join(entry.groups)),
    Column("tags", "标签", _tags, lambda entry: ";".join(entry.tags)),
    Column("text", "正文", _message, lambda entry: entry.text),
    Column("media", "素材", _media, lambda entry: ";".join(entry.media)),
    Column("promotional", "推广", _yes_no, lambda entry: "yes" if entry.promotional else "no"),
    Column("priority", "优先级", _priority, lambda entry: entry.priority),
    Column("not_after", "过期", _moment, lambda entry: entry.not_after),
    Column("catch_up", "补发", _catch_up, lambda entry: entry.catch_up),
    Column("optional", "可选", _yes_no, lambda entry: "yes" if entry.optional else "no"),
    Column("rollout", "分批", _rollout, lambda entry: entry.rollout),
    Column("but", "除外", _days, lambda entry: ";".join(map(str, entry.but))),
    Column("window", "可挪", _window, lambda entry: entry.window),
)

NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
BY_HEADER: dict[str, Column] = {header: column for column in COLUMNS for header in (column.name, column.chinese)}
"""Every header we know, in both languages."""


def written(cell: Cell) -> str:
    """A cell in a text file: `2026-11-25`, `09:00` or `09:00:30`, `2026-11-25 20:00`."""
    match cell:
        case dt.datetime():
            return f"{cell:%Y-%m-%d} {written(cell.time())}"
        case dt.time():
            return f"{cell:%H:%M:%S}" if cell.second else f"{cell:%H:%M}"
        case None:
            return ""
        case _:
            return str(cell)
