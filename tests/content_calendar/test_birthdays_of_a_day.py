"""Whose birthdays are celebrated on a day: the other way round from `celebrations`."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from content_calendar.birthday import Birthday, celebrated_on


@pytest.mark.parametrize(
    ("day", "born"),
    [
        (date(2027, 2, 28), [(False, 2, 28), (False, 2, 29), (True, 1, 23)]),
        (date(2028, 2, 28), [(False, 2, 28), (True, 2, 4)]),
        (date(2028, 2, 29), [(False, 2, 29), (True, 2, 5)]),
        # 除夕 of a year whose 腊月 has 29 days.
        (date(2026, 2, 16), [(False, 2, 16), (True, 12, 29), (True, 12, 30)]),
        # In the leap month 闰六月 of 2025 nobody celebrates by the lunar calendar.
        (date(2025, 8, 1), [(False, 8, 1)]),
    ],
)
def test_by_both_calendars(day: date, born: list[tuple[bool, int, int]]) -> None:
    assert celebrated_on(day) == tuple(Birthday(*one) for one in born)


def test_nobody_is_left_out_or_comes_twice_between_two_new_years() -> None:
    days = [date(2026, 2, 17) + timedelta(days=number) for number in range(354)]  # the lunar year of 2026
    found = [one for day in days for one in celebrated_on(day) if one.lunar]
    assert len(found) == len(set(found)) == 360
