"""RFC 5545 recurrence rules (`RRULE:…`), by the day: the time of day is a column of its own.

dateutil expands them. Before it does, the parts that a rule takes from its first day are written out, so that the
expansion can begin near the days that are asked for instead of at a first day years ago.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import takewhile
from typing import Literal

import msgspec
from dateutil import rrule

from models.patterns import compile_later

PREFIX = "RRULE:"
_FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}
_SUB_DAILY = ("HOURLY", "MINUTELY", "SECONDLY")
DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY = compile_later(rf"([+-]?\d{{1,2}})?({'|'.join(DAY_NAMES)})", re.ASCII)
_UNTIL = compile_later(r"\d{8}(?:T\d{6}Z?)?", re.ASCII)
_MONTHS_A_YEAR = 12
_DAYS_A_WEEK = 7

# An interval of a thousand weeks or a count of ten thousand days is a slip of the pen; the bounds keep expansion short.
_HIGHEST_INTERVAL = 1000
_HIGHEST_COUNT = 10_000
_LENGTHS = {"2": 29, "4": 30, "6": 30, "9": 30, "11": 30}

# Where a rule that takes nothing from its first day is expanded from: a Monday, and a first of January.
_EPOCH = date(2001, 1, 1)


class RecurrenceError(ValueError):
    """The RRULE is not one we take; the message says in Chinese what is expected."""


class Recurrence(msgspec.Struct, frozen=True):
    """A recurrence rule as its parts, in the canonical order."""

    parts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return PREFIX + ";".join(f"{name}={value}" for name, value in self.parts)

    @property
    def needs_first_day(self) -> bool:
        """Whether the days depend on when it begins (every second week, the day of the month left open, COUNT)."""
        parts = dict(self.parts)
        return "COUNT" in parts or "INTERVAL" in parts or bool(_implied(parts, _EPOCH))


def parse_recurrence(text: str) -> Recurrence:
    """Read `RRULE:FREQ=…;…` in any case and order. Raises `RecurrenceError`."""
    body = text.strip().upper()
    if not body.startswith(PREFIX):
        raise RecurrenceError("RRULE: 后面写规则，例如 RRULE:FREQ=WEEKLY;BYDAY=MO,TH")
    given: dict[str, str] = {}
    for part in body.removeprefix(PREFIX).rstrip(";").split(";"):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in _CHECKS:
            raise RecurrenceError(f"RRULE 里没有{f'「{name}」' if name else '空的部分'}；可用：{'、'.join(_CHECKS)}")
        if name in given:
            raise RecurrenceError(f"RRULE 里 {name} 写了两次")
        given[name] = _CHECKS[name](name, value.replace(" ", ""))
    _check_together(given)
    if given.get("INTERVAL") == "1":
        del given["INTERVAL"]
    return Recurrence(tuple((name, given[name]) for name in _CHECKS if name in given))


def days(rule: Recurrence, first: date | None, at: time, since: date, last: date, zone: tzinfo) -> Iterator[date]:
    """The days of the rule from `since` to `last` (both included), ascending, none before `first`.

    `at` and `zone` are the time of day and the zone of the entry; they matter only to an UNTIL that names a moment.
    """
    parts = dict(rule.parts)
    until = parts.get("UNTIL")
    begin = first or _EPOCH
    found: Iterator[date]
    if "COUNT" in parts:
        found = iter(_counted(rule, begin))
    else:
        filled = parts | _implied(parts, begin)
        start = _aligned(filled, begin, max(since, begin))
        found = (moment.date() for moment in _expansion(filled, start, last))
    wanted = (day for day in takewhile(lambda day: day <= last, found) if day >= since and day >= begin)
    if until is None:
        return wanted
    final = _local_end(until, zone)
    return takewhile(lambda day: datetime.combine(day, at) <= final, wanted)


def standing_alone(rule: Recurrence, first: date | None, zone: tzinfo) -> str:
    """The rule without its prefix, with nothing left to a first day or to the reader's zone (UNTIL is in UTC)."""
    parts = dict(rule.parts)
    parts |= _implied(parts, first or _EPOCH)
    if "UNTIL" in parts:
        final = _local_end(parts["UNTIL"], zone).replace(microsecond=0, tzinfo=zone)
        parts["UNTIL"] = f"{final.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


@lru_cache(maxsize=1024)
def _counted(rule: Recurrence, first: date) -> tuple[date, ...]:
    """A rule with COUNT has to be counted from its first day; the result is kept."""
    parts = dict(rule.parts)
    return tuple(moment.date() for moment in _expansion(parts | _implied(parts, first), first, date.max))


def _expansion(parts: dict[str, str], start: date, last: date) -> rrule.rrule:
    def numbers(name: str) -> list[int] | None:
        return [int(number) for number in parts[name].split(",")] if name in parts else None

    # dateutil wants either COUNT or UNTIL.
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    return rrule.rrule(
        _FREQUENCIES[parts["FREQ"]],
        dtstart=datetime.combine(start, time()),
        interval=int(parts.get("INTERVAL", "1")),
        wkst=DAY_NAMES.index(parts.get("WKST", "MO")),
        count=count,
        until=None if count else datetime.combine(last, time()),
        bysetpos=numbers("BYSETPOS"),
        bymonth=numbers("BYMONTH"),
        bymonthday=numbers("BYMONTHDAY"),
        byyearday=numbers("BYYEARDAY"),
        byweekno=numbers("BYWEEKNO"),
        byweekday=_weekdays(parts["BYDAY"]) if "BYDAY" in parts else None,
    )


def _weekdays(by_day: str) -> list[rrule.weekday]:
    found = [_BY_DAY.fullmatch(name) for name in by_day.split(",")]
    return [rrule.weekday(DAY_NAMES.index(m[2]), int(m[1]) if m[1] else None) for m in found if m is not None]


def _implied(parts: dict[str, str], first: date) -> dict[str, str]:
    """What RFC 5545 takes from the first day where the rule leaves it open."""
    frequency = parts["FREQ"]
    names_days = any(name in parts for name in ("BYDAY", "BYMONTHDAY", "BYYEARDAY"))
    if frequency == "DAILY" or names_days:
        return {}
    if frequency == "WEEKLY" or "BYWEEKNO" in parts:
        return {"BYDAY": DAY_NAMES[first.weekday()]}
    implied = {"BYMONTHDAY": str(first.day)}
    if frequency == "YEARLY" and "BYMONTH" not in parts:
        implied["BYMONTH"] = str(first.month)
    return implied


def _aligned(parts: dict[str, str], first: date, since: date) -> date:
    """The beginning of the last period not after `since` that the interval, counted from `first`, hits."""
    interval = int(parts.get("INTERVAL", "1"))
    match parts["FREQ"]:
        case "DAILY":
            return since - timedelta(days=(since - first).days % interval)
        case "WEEKLY":
            first_of_week = first - timedelta(
                days=(first.weekday() - DAY_NAMES.index(parts.get("WKST", "MO"))) % _DAYS_A_WEEK
            )
            return since - timedelta(days=(since - first_of_week).days % (interval * _DAYS_A_WEEK))
        case "MONTHLY":
            months = since.year * _MONTHS_A_YEAR + since.month - 1
            months -= (months - first.year * _MONTHS_A_YEAR - first.month + 1) % interval
            return date(months // _MONTHS_A_YEAR, months % _MONTHS_A_YEAR + 1, 1)
        case _:
            return date(since.year - (since.year - first.year) % interval, 1, 1)


def _local_end(until: str, zone: tzinfo) -> datetime:
    """The last wall-clock moment that UNTIL admits; a bare day admits all of it."""
    if "T" not in until:
        return datetime.combine(date.fromisoformat(until), time.max)
    moment = datetime.fromisoformat(until)
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)


def _frequency(name: str, value: str) -> str:
    if value in _SUB_DAILY:
        raise RecurrenceError(f"FREQ={value} 太密，一天最多一次：{'、'.join(_FREQUENCIES)}")
    if value not in _FREQUENCIES:
        raise RecurrenceError(f"FREQ 写 {'、'.join(_FREQUENCIES)} 之一")
    return value


def _until(name: str, value: str) -> str:
    try:
        if _UNTIL.fullmatch(value):
            datetime.fromisoformat(value)
            return value
    except ValueError:  # no such day or hour
        pass
    raise RecurrenceError(f"{name} 写 20261231、20261231T180000 或 20261231T100000Z")


def _weekday_names(name: str, value: str) -> str:
    found = value.split(",")
    if not all(_BY_DAY.fullmatch(day) for day in found):
        raise RecurrenceError(f"{name} 写星期的名字，不写数字：{'、'.join(DAY_NAMES)}，或 2SA、-1FR")
    return ",".join(dict.fromkeys(found))


def _week_start(name: str, value: str) -> str:
    if value not in DAY_NAMES:
        raise RecurrenceError(f"WKST 写 {'、'.join(DAY_NAMES)} 之一")
    return value


def _numbers(highest: int, *, negative: bool = False, single: bool = False) -> Callable[[str, str], str]:
    def check(name: str, value: str) -> str:
        pieces = [value] if single else value.split(",")
        numbers = [int(piece) if re.fullmatch(r"[+-]?\d{1,6}", piece, re.ASCII) else 0 for piece in pieces]
        if not all(1 <= (abs(number) if negative else number) <= highest for number in numbers):
            sign = "，或负数从后面数" if negative else ""
            raise RecurrenceError(f"{name} 写 1 到 {highest} 的数{sign}")
        return ",".join(str(number) for number in dict.fromkeys(numbers))

    return check


# The parts we take, in the order of the canonical spelling. BYHOUR and the like are refused: time has its own column.
_CHECKS: dict[str, Callable[[str, str], str]] = {
    "FREQ": _frequency,
    "INTERVAL": _numbers(_HIGHEST_INTERVAL, single=True),
    "COUNT": _numbers(_HIGHEST_COUNT, single=True),
    "UNTIL": _until,
    "BYMONTH": _numbers(12),
    "BYWEEKNO": _numbers(53, negative=True),
    "BYYEARDAY": _numbers(366, negative=True),
    "BYMONTHDAY": _numbers(31, negative=True),
    "BYDAY": _weekday_names,
    "BYSETPOS": _numbers(366, negative=True),
    "WKST": _week_start,
}


def _check_together(parts: dict[str, str]) -> None:
    """Combinations that RFC 5545 forbids, and those that fall on no day at all."""
    frequency = parts.get("FREQ")
    days_of_month = parts.get("BYMONTHDAY", "").replace("-", "").split(",")
    months = parts.get("BYMONTH", "").split(",")
    nth = re.search(r"\d", parts.get("BYDAY", ""))
    wrong: tuple[tuple[bool, str], ...] = (
        (frequency is None, "RRULE 要有 FREQ，例如 RRULE:FREQ=WEEKLY;BYDAY=MO"),
        ("COUNT" in parts and "UNTIL" in parts, "COUNT 和 UNTIL 只写一个"),
        (bool(nth) and frequency not in ("MONTHLY", "YEARLY"), "2SA 这样的第几个星期几只用于 FREQ=MONTHLY 或 YEARLY"),
        (bool(nth) and "BYWEEKNO" in parts, "有 BYWEEKNO 时 BYDAY 不写第几个"),
        ("BYMONTHDAY" in parts and frequency == "WEEKLY", "BYMONTHDAY 不用于 FREQ=WEEKLY"),
        ("BYYEARDAY" in parts and frequency != "YEARLY", "BYYEARDAY 只用于 FREQ=YEARLY"),
        ("BYWEEKNO" in parts and frequency != "YEARLY", "BYWEEKNO 只用于 FREQ=YEARLY"),
        ("BYSETPOS" in parts and sum(name.startswith("BY") for name in parts) == 1, "BYSETPOS 要和别的 BY… 一起用"),
        (
            "BYMONTHDAY" in parts and "BYMONTH" in parts
            and not any(int(day) <= _LENGTHS.get(month, 31) for day in days_of_month for month in months),
            "BYMONTH 的月份里没有 BYMONTHDAY 这一天",
        ),
    )  # fmt: skip
    for is_wrong, message in wrong:
        if is_wrong:
            raise RecurrenceError(message)
