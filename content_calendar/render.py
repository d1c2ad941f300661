"""Texts with fields: `{key}` is replaced by what is known of the member, `{key|fallback}` by it or the fallback.

What a member has said goes in as it is and is never looked at again, so nobody can smuggle a field into a text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from content_calendar.lunar import DAYS, MONTHS
from models.fields import FIELD, fields_of
from models.patterns import compile_later

__all__ = ["Rendered", "fields_of", "odd_fields", "render", "spoken"]

# Full-width braces come from Chinese keyboards: around a word they were meant as a field.
_ODD = compile_later(r"[{}][^{}\n]{0,20}|｛\s*\w+\s*(?:[|｜][^{}｛｝]*)?｝")

_MONTH_NAMES = {number: name for name, number in reversed(MONTHS.items())}
_DAY_NAMES = {number: name for name, number in DAYS.items()}
_DATE = compile_later(r"(lunar:)?(?:(\d{4})-|--)?(\d{2})-(\d{2})", re.ASCII)
_MONTHS_A_YEAR = 12


class Rendered(msgspec.Struct, frozen=True):
    """A text with its fields filled, and the keys that were neither known nor had a fallback (left as they stood)."""

    text: str
    missing: tuple[str, ...] = ()


def odd_fields(text: str) -> tuple[str, ...]:
    """Pieces that look like a field and are none: an unclosed brace, an empty or full-width pair of braces."""
    return tuple(_ODD.findall(FIELD.sub("", text)))


def render(text: str, values: Mapping[str, str]) -> Rendered:
    """Fill the fields. An empty value counts as unknown."""
    first, fields = _taken_apart(text)
    filled, missing = [first], dict[str, None]()
    for written, name, fallback, following in fields:
        value = values.get(name) or fallback
        if value is None:
            missing[name] = None
            value = written
        filled += (value, following)
    return Rendered("".join(filled), tuple(missing))


@lru_cache(maxsize=1_024)
def _taken_apart(text: str) -> tuple[str, list[tuple[str, str, str | None, str]]]:
    """What stands before the first field, and for each: how it is written, its key and fallback, and what follows it.
    The same texts are filled for many."""
    found = [*FIELD.finditer(text)]
    ends = [*(match.start() for match in found[1:]), len(text)]
    return text[: found[0].start()] if found else text, [
        (match[0], match["name"], match["fallback"], text[match.end() : end])
        for match, end in zip(found, ends, strict=False)
    ]


def spoken(value: object, answer_type: str = "", labels: Mapping[str, str] | None = None) -> str:
    """An answer's normal form as a person would write it in a message; empty for what is unknown.

    `answer_type` is the type of the survey question, `labels` its options' labels by value.
    """
    names = labels or {}
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case int() | float() if answer_type == "age_months":
            return _age(int(value))
        case int() | float():
            return f"{value:.10g}"
        case str() if answer_type == "date":
            return _date(value)
        case str():
            return names.get(value, value)
        case [low, high] if answer_type == "number":
            return _range(spoken(low), spoken(high))
        case Sequence():
            return "、".join(spoken(item, answer_type, names) for item in value)
        case _:
            return str(value)


def _range(low: str, high: str) -> str:
    if not high:
        return f"{low}以上"
    return f"{high}以内" if low in ("", "0") else f"{low}到{high}"


def _age(months: int) -> str:
    years, rest = divmod(months, _MONTHS_A_YEAR)
    if not years:
        return f"{rest}个月"
    if rest == _MONTHS_A_YEAR // 2:
        return f"{years}岁半"
    return f"{years}岁{rest}个月" if rest else f"{years}岁"


def _date(value: str) -> str:
    match = _DATE.fullmatch(value)
    if match is None:
        return value
    lunar, year, month, day = match[1], match[2], int(match[3]), int(match[4])
    shown_year = f"{year}年" if year else ""
    if lunar:
        return f"农历{shown_year}{_MONTH_NAMES.get(month, f'{month}月')}{_DAY_NAMES.get(day, str(day))}"
    return f"{shown_year}{month}月{day}日"
