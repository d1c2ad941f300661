"""The parts of a day as they are written, and the form in which it is stored."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from handlers.understanding.numerals import plain
from models.patterns import compile_later


def figure(written: str) -> int:
    """A month or day as it is written: 12, 十二, 初五, 廿八, 腊."""
    if written.isdigit():
        return int(written)
    named = {"正": 1, "冬": 11, "腊": 12, "卅": 30, "廿": 20}
    if written in named:
        return named[written]
    if written.startswith("廿"):
        return 20 + figure(written[1:])
    if written.startswith("初"):
        return figure(written[1:])
    return int(plain(written) or 0)


_LAST_OF_MONTH = compile_later(r"(?P<which>上|下|这|本)?个?月(?:的|底)?(?:最后一天|最末一天)")


def last_of_month(text: str, asked_on: date) -> date | None:
    """这个月最后一天, 下月最后一天."""
    found = _LAST_OF_MONTH.search(text)
    if found is None:
        return None
    index = asked_on.year * 12 + asked_on.month - 1 + {"上": -1, "下": 1}.get(found["which"] or "", 0)
    year, month = index // 12, index % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def full_year(written: str | None, asked_on: date | None) -> int | None:
    """The year that 90, 一九九〇 or 去年 means; None if none is told, or `asked_on` is wanted for it."""
    if not written:
        return None
    away = {"今年": 0, "本年": 0, "去年": -1, "前年": -2, "大前年": -3, "明年": 1, "后年": 2}
    if written in away:
        return asked_on.year + away[written] if asked_on else None
    value = int(written) if written.isdigit() else int(plain(written.replace("〇", "零")) or 0)
    if len(written) == 2 or value < 100:
        pivot = (asked_on.year if asked_on else 2030) % 100 + 1
        return 2000 + value if value <= pivot else 1900 + value
    return value


def normal_form(year: int | None, month: int, day: int, lunar: bool) -> str | None:
    """A day as it is stored; None if the calendar has no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= (30 if lunar else monthrange(year or 2000, month)[1]):
        return None
    prefix = "lunar:" if lunar else ""
    if year is None:
        return f"{prefix}{month:02}-{day:02}" if lunar else f"--{month:02}-{day:02}"
    return f"{prefix}{year:04}-{month:02}-{day:02}"
