"""Dates and times as people type them: `2026-11-25`, `11/25 9:00`, 2026年11月25日 上午9点, Excel serials.

Everything is wall-clock time of the merchant's zone. A date without a year is the nearest such date that is not more
than 30 days past.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from content_calendar.weekdays import BY_NAME, CHINESE
from models.patterns import compile_later

EXPECTED_DATE = "日期：2026-11-25、11/25 或 2026年11月25日，可带时间"
EXPECTED_TIME = "时间：HH:MM，例如 09:00"
EXPECTED_MOMENT = "日期加时间，例如 2026-11-25 20:00"

# Entries lie in this century; what does not is a slip (0026, 2206) or a number that was never a date.
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_LONGEST_PAST = dt.timedelta(days=30)
_YEARS_BETWEEN_LEAP_DAYS = 8
_NOON = 12
_MONTHS = 12
_SECONDS_A_DAY = 86_400
_HOURS_A_DAY = 24
_SERIALS = (36_526, 73_051)  # Excel's numbers of 2000-01-01 and of 2100-01-01

_DATE = compile_later(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*[日号])?", re.ASCII)
_WEEKDAY = compile_later(r"\(?(?:周|星期|礼拜)([一二三四五六日天])\)?")
_PART_OF_DAY = "凌晨|清晨|早上|早晨|早|上午|中午|下午|午后|傍晚|晚上|晚|夜里|am|pm"
_DIGITAL = r"\s*:\s*(\d{2})(?:\s*:\s*(\d{2}))?"
_SPOKEN = r"\s*[点时]\s*(?:(整|半|一刻|三刻)|(\d{1,2})\s*分?)?"
_TIME = compile_later(rf"({_PART_OF_DAY})?\s*(\d{{1,2}})(?:{_DIGITAL}|{_SPOKEN})\s*(am|pm)?", re.ASCII)
_SERIAL = compile_later(r"\d{5}(?:\.\d+)?", re.ASCII)
_FRACTION = compile_later(r"0?\.\d+", re.ASCII)
_NUMERAL = compile_later("[零〇一二两三四五六七八九十]{1,3}(?=[点时分]|$)")
_DIGITS = {"零": 0, "〇": 0, "两": 2} | {digit: number for number, digit in enumerate("一二三四五六七八九", start=1)}
_SPOKEN_MINUTES = {"整": 0, "半": 30, "一刻": 15, "三刻": 45}
_AFTERNOON = ("下午", "午后", "傍晚", "晚上", "晚", "夜里", "pm")
_NIGHT = ("晚上", "晚", "夜里")
_MORNING = ("凌晨", "清晨", "早上", "早晨", "早", "上午", "am")

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
"""What a workbook, a CSV file or a TOML file may hold in one place."""


class DateError(ValueError):
    """The cell holds no date or time; the message says in Chinese what is expected."""


def read_date(cell: Cell, today: dt.date) -> tuple[dt.date, dt.time | None]:
    """A date and, where the cell has one, its time. `today` completes a date without a year. Raises `DateError`.

    A moment with an offset (TOML has them) is refused, like a time with one: cells are wall-clock time.
    """
    match cell:
        case dt.datetime() if cell.tzinfo is not None:
            raise DateError(EXPECTED_DATE)
        case dt.datetime():
            return _plausible(cell.date()), None if cell.time() == dt.time() else _whole_seconds(cell.time())
        case dt.date():
            return _plausible(cell), None
        case bool():
            raise DateError(EXPECTED_DATE)
        case int() | float():
            return _from_serial(cell)
        case str():
            return _date_in_text(_normal(cell), today)
        case _:
            raise DateError(EXPECTED_DATE)


def read_time(cell: Cell) -> dt.time:
    """A time of day. Raises `DateError`."""
    match cell:
        case dt.datetime() | dt.time() if cell.tzinfo is not None:
            raise DateError(EXPECTED_TIME)
        case dt.datetime():
            return _whole_seconds(cell.time())
        case dt.time():
            return _whole_seconds(cell)
        case dt.timedelta():
            return _from_fraction(cell / dt.timedelta(days=1))
        case bool():
            raise DateError(EXPECTED_TIME)
        case int() | float():
            return _from_fraction(cell)
        case str():
            text = _normal(cell)
            return _from_fraction(float(text)) if _FRACTION.fullmatch(text) else _time_in_text(text)
        case _:
            raise DateError(EXPECTED_TIME)


def read_moment(cell: Cell, today: dt.date) -> dt.datetime:
    """A date with its time, as a naive wall-clock moment. Raises `DateError` if the time is missing."""
    if isinstance(cell, dt.datetime) and cell.tzinfo is None:
        # A cell of a workbook that is formatted with a time has one, midnight too.
        return dt.datetime.combine(_plausible(cell.date()), _whole_seconds(cell.time()))
    try:
        day, time = read_date(cell, today)
    except DateError:
        raise DateError(EXPECTED_MOMENT) from None
    if time is None:
        raise DateError(EXPECTED_MOMENT)
    return dt.datetime.combine(day, time)


def _normal(text: str) -> str:
    """Without full-width characters and doubled spaces, in small letters."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def _date_in_text(text: str, today: dt.date) -> tuple[dt.date, dt.time | None]:
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text))
    match = _DATE.match(text)
    if match is None:
        raise DateError(EXPECTED_DATE)
    year, month, day = match[1], int(match[2]), int(match[3])
    found = _day(int(year), month, day) if year else _nearest(month, day, today)
    rest = text[match.end() :]
    if (weekday := _WEEKDAY.search(rest)) is not None:
        if BY_NAME[weekday[1]] != found.weekday():
            raise DateError(f"{found} 是{CHINESE[found.weekday()]}；日期或星期写错了一个")
        rest = rest.replace(weekday[0], "", 1)
    rest = rest.strip().removeprefix("t").strip()
    if rest and text[match.end()].isdigit() and match[0][-1].isdigit():
        raise DateError(EXPECTED_DATE)
    return found, _time_in_text(rest) if rest else None


def _nearest(month: int, day: int, today: dt.date) -> dt.date:
    for year in range(today.year - 1, today.year + _YEARS_BETWEEN_LEAP_DAYS + 1):
        try:
            found = dt.date(year, month, day)
        except ValueError:
            continue
        if found >= today - _LONGEST_PAST:
            return _plausible(found)
    raise DateError(_no_such_day(None, month, day))


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return _plausible(dt.date(year, month, day))
    except ValueError:
        raise DateError(_no_such_day(year, month, day)) from None


def _no_such_day(year: int | None, month: int, day: int) -> str:
    if not 1 <= month <= _MONTHS:
        return f"没有 {month} 月；{EXPECTED_DATE}"
    return f"{f'{year} 年 ' if year else ''}{month} 月没有 {day} 日；{EXPECTED_DATE}"


def _plausible(day: dt.date) -> dt.date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise DateError(EXPECTED_DATE)
    return day


def _from_serial(serial: float) -> tuple[dt.date, dt.time | None]:
    if not _SERIALS[0] <= serial < _SERIALS[1]:
        raise DateError(EXPECTED_DATE)
    from openpyxl.utils.datetime import (
        from_excel,
    )  # openpyxl is slow to import, and a bot that starts reads no workbook

    moment = from_excel(serial)
    assert isinstance(moment, dt.datetime)  # only serials below 1 are times
    # Excel keeps times as fractions of a day; half a second repairs what the fraction cannot hold.
    return read_date((moment + dt.timedelta(milliseconds=500)).replace(microsecond=0), moment.date())


def _from_fraction(fraction: float) -> dt.time:
    if not 0 <= fraction < 1:
        raise DateError(EXPECTED_TIME)
    minutes, second = divmod(round(fraction * _SECONDS_A_DAY), 60)
    hour, minute = divmod(minutes, 60)
    return dt.time(hour % _HOURS_A_DAY, minute, second)


def _whole_seconds(time: dt.time) -> dt.time:
    return time.replace(microsecond=0)


def _time_in_text(text: str) -> dt.time:
    match = _TIME.fullmatch(_NUMERAL.sub(lambda numeral: str(_number(numeral[0])), text))
    if match is None:
        raise DateError(EXPECTED_TIME)
    part, hour, minute, second, spoken, spoken_minute, suffix = match.groups()
    minutes = _SPOKEN_MINUTES[spoken] if spoken else int(minute or spoken_minute or 0)
    if int(hour) >= _HOURS_A_DAY:
        raise DateError(f"没有 {int(hour)} 点；{EXPECTED_TIME}")
    try:
        return dt.time(_on_the_clock(int(hour), part or suffix), minutes, int(second or 0))
    except ValueError:
        raise DateError(EXPECTED_TIME) from None


def _number(numeral: str) -> int:
    """The number of a Chinese numeral up to 九十九; what is none counts as a number that no clock has."""
    numeral = numeral.removeprefix("零") or numeral  # 零五分
    tens, ten, ones = numeral.rpartition("十")
    digits = [_DIGITS.get(piece) for piece in (tens or "一", ones or "零")] if ten else [0, _DIGITS.get(numeral)]
    return 99 if None in digits else 10 * (digits[0] or 0) + (digits[1] or 0)


def _on_the_clock(hour: int, part: str | None) -> int:
    """The hour of 24 for an hour that is said with its part of the day: 下午3点 is 15, 中午12点 is 12.

    晚上12点 is refused: it might be the midnight on either side of the day.
    """
    if part in _AFTERNOON and hour < _NOON:
        return hour + _NOON
    if part == "中午" and hour < _NOON - 2:
        return hour + _NOON
    if part in ("am", "凌晨") and hour == _NOON:
        return 0
    if (part in _MORNING and hour > _NOON) or (part in _NIGHT and hour == _NOON):
        raise ValueError(part)
    return hour
