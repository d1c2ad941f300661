"""Lunar dates and solar terms as days of our calendar.

Two decisions, the same everywhere: a day that a lunar month lacks is the last day of that month (腊月三十 is 除夕 in
every year), and a leap month counts as the ordinary month before it (who was born in 闰六月 celebrates in 六月).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from lunar_python import LunarYear, Solar
from lunar_python.util import LunarUtil

MONTHS: dict[str, int] = {
    **{f"{name}月": number for number, name in enumerate(LunarUtil.MONTH) if name},
    "一月": 1,
    "十一月": 11,
    "十二月": 12,
}
"""正月 … 冬月, 腊月, and the plain numerals that people also write."""

DAYS: dict[str, int] = {name: number for number, name in enumerate(LunarUtil.DAY) if name}
"""初一 … 三十."""

FESTIVALS: dict[str, tuple[int, int]] = {
    "春节": (1, 1),
    "元宵": (1, 15),
    "元宵节": (1, 15),
    "端午": (5, 5),
    "端午节": (5, 5),
    "七夕": (7, 7),
    "七夕节": (7, 7),
    "中元节": (7, 15),
    "中秋": (8, 15),
    "中秋节": (8, 15),
    "重阳": (9, 9),
    "重阳节": (9, 9),
    "腊八": (12, 8),
    "腊八节": (12, 8),
    "除夕": (12, 30),
}
"""The lunar month and day of festivals that may stand for their date."""

# lunar_python spells terms that belong to the neighbouring lunar year in pinyin, so that one table can hold both.
_TERM_KEYS: dict[str, str] = {"冬至": "DONG_ZHI"}

_MIDDLE_OF_YEAR = (6, 1)


def lunar_day(year: int, month: int, day: int) -> date:
    """The solar date of a day of the lunar year that begins in `year`; its 腊月 ends early in the year after."""
    first, length = _months_of(year)[month]
    return first + timedelta(days=min(day, length) - 1)


@lru_cache(maxsize=256)
def _months_of(year: int) -> dict[int, tuple[date, int]]:
    """The first day and the length of the ordinary months of a lunar year."""
    return {
        month.getMonth(): (_as_date(Solar.fromJulianDay(month.getFirstJulianDay())), month.getDayCount())
        for month in LunarYear.fromYear(year).getMonthsInYear()
        if not month.isLeap()
    }


def solar_term(year: int, name: str) -> date:
    """The day of a solar term in a solar year, by Chinese time. `name` is one of `TERMS`."""
    return _as_date(_terms_of(year)[_TERM_KEYS.get(name, name)])


def _as_date(solar: Solar) -> date:
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@lru_cache(maxsize=256)
def _terms_of(year: int) -> dict[str, Solar]:
    table: dict[str, Solar] = Solar.fromYmd(year, *_MIDDLE_OF_YEAR).getLunar().getJieQiTable()
    return table


TERMS: frozenset[str] = frozenset(name for name in _terms_of(2026) if not name.isascii())
"""The 24 solar terms, 立春 … 大寒."""
