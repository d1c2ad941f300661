"""Weekdays by name. Numbers are refused: cron, APScheduler, ISO and people count them from different days."""

from __future__ import annotations

from models.playbook_values import WEEKDAYS

_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CHINESE = "一二三四五六日"

CHINESE: tuple[str, ...] = tuple(f"周{name}" for name in _CHINESE)
"""As people write them, in the order of `date.weekday()`."""

BY_NAME: dict[str, int] = {
    **{name: index for index, name in enumerate(WEEKDAYS)},
    **{name: index for index, name in enumerate(_FULL_NAMES)},
    **{name: index for index, name in enumerate(_CHINESE)},
    "tues": 1,
    "thur": 3,
    "thurs": 3,
    "天": 6,
}
"""Every accepted name of a weekday, in small letters, Chinese ones without 周 or 星期."""
