"""Public holidays, make-up days, and years that nobody has announced yet."""

from __future__ import annotations

from datetime import date

import pytest

from content_calendar.holidays import Announced, announce, is_known, is_make_up_day, is_public_holiday, is_working_day


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


def test_a_year_that_was_announced_is_known_until_something_else_is() -> None:
    friday, saturday, sunday = date(2050, 9, 30), date(2050, 10, 8), date(2050, 10, 9)
    announce(
        [Announced(2050, frozenset({friday, saturday}), frozenset({sunday})), Announced(2026, frozenset({friday}))]
    )
    try:
        assert is_known(2050)
        assert [is_working_day(day) for day in (friday, saturday, sunday)] == [False, False, True]
        assert [is_public_holiday(day) for day in (friday, saturday, sunday)] == [True, True, False]
        assert is_make_up_day(sunday)
        assert is_working_day(date(2026, 11, 23))
    finally:
        announce(())
    assert not is_known(2050)
    assert is_working_day(friday)
