"""Public holidays, make-up days, and years that nobody has announced yet."""

from __future__ import annotations

from datetime import date

import pytest

from content_calendar.holidays import is_known, is_make_up_day, is_public_holiday, is_working_day


@pytest.mark.parametrize(
    ("day", "works", "holiday", "make_up"),
    [
        (date(2026, 10, 1), False, True, False),  # National Day
        (date(2026, 10, 10), True, False, True),  # a Saturday that pays for it
        (date(2026, 11, 21), False, False, False),  # an ordinary Saturday
        (date(2026, 11, 23), True, False, False),  # an ordinary Monday
        (date(2026, 2, 17), False, True, False),  # Spring Festival
        (date(2026, 2, 14), True, False, True),
    ],
)
def test_known_days(day: date, works: bool, holiday: bool, make_up: bool) -> None:
    assert (is_working_day(day), is_public_holiday(day), is_make_up_day(day)) == (works, holiday, make_up)


def test_unknown_years_follow_the_weekday() -> None:
    assert is_known(2026)
    assert not is_known(2050)
    assert is_working_day(date(2050, 1, 3))  # a Monday
    assert not is_working_day(date(2050, 1, 1))  # a Saturday
    assert not is_public_holiday(date(2050, 10, 1))
