"""Dates and times as people type them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.dates import Cell, DateError, read_date, read_moment, read_time

TODAY = dt.date(2026, 11, 22)
DAY = dt.date(2026, 11, 25)
NINE = dt.time(9)


def moment(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time)


@pytest.mark.parametrize(
    ("cell", "day", "time"),
    [
        ("2026-11-25", DAY, None),
        ("2026/11/25", DAY, None),
        ("2026.11.25", DAY, None),
        ("2026-11-25 09:00", DAY, NINE),
        ("2026-11-25T09:00:30", DAY, dt.time(9, 0, 30)),
        ("2026年11月25日", DAY, None),
        ("2026年11月25日 上午9点", DAY, NINE),
        ("2026年11月25日下午3点半", DAY, dt.time(15, 30)),
        ("11月25日（周三）晚上8点一刻", DAY, dt.time(20, 15)),
        ("11/25 9:00", DAY, NINE),
        ("11/25", DAY, None),
        ("１１／２５　９：００", DAY, NINE),
        ("11月25号 中午12点", DAY, dt.time(12)),
        ("11月25号 中午1点", DAY, dt.time(13)),
        ("11-25 凌晨12点", DAY, dt.time(0)),
        ("11-25 12:30 am", DAY, dt.time(0, 30)),
        ("11-25 9:00 PM", DAY, dt.time(21)),
        ("11-25 早上9点05分", DAY, dt.time(9, 5)),
        ("11月25号9点", DAY, NINE),
        ("2026年11月25日9:00", DAY, NINE),
        ("2026年11月25日上午九点", DAY, NINE),
        ("46351", DAY, None),
        ("46351.375", DAY, NINE),
        (46351, DAY, None),
        (46351.375, DAY, NINE),
        (moment(DAY, NINE), DAY, NINE),
        (moment(DAY, dt.time()), DAY, None),
        (DAY, DAY, None),
    ],
)
def test_dates(cell: Cell, day: dt.date, time: dt.time | None) -> None:
    assert read_date(cell, TODAY) == (day, time)


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        (TODAY, "10/23", dt.date(2026, 10, 23)),  # 30 days past
        (TODAY, "10/22", dt.date(2027, 10, 22)),  # 31 days past
        (TODAY, "1/5", dt.date(2027, 1, 5)),
        (dt.date(2027, 1, 10), "12/25", dt.date(2026, 12, 25)),
        (dt.date(2027, 1, 10), "12/5", dt.date(2027, 12, 5)),
        (TODAY, "2/29", dt.date(2028, 2, 29)),
        (dt.date(2096, 12, 1), "2/28", dt.date(2097, 2, 28)),
    ],
)
def test_without_a_year_it_is_the_nearest_not_more_than_30_days_past(today: dt.date, text: str, day: dt.date) -> None:
    assert read_date(text, today) == (day, None)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-13-01",
        "2026-02-29",
        "25/11",
        "2/30",
        "明天",
        "2026",
        "20261125",
        "0026-11-25",
        "2206-11-25",
        "2026-11-25 25:00",
        "2026-11-25 9",
        "2026-11-255",
        "11/259:00",
        "11-25 上午13点",
        "11-25 晚上12点",
        "0.5",
        0.5,
        12,
        99999999,
        float("inf"),
        float("nan"),
        True,
        None,
        NINE,
        dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC),
    ],
)
def test_what_is_no_date_is_refused(cell: Cell) -> None:
    with pytest.raises(DateError):
        read_date(cell, TODAY)


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("9:00", NINE),
        ("09:00:30", dt.time(9, 0, 30)),
        ("9点", NINE),
        ("9点半", dt.time(9, 30)),
        ("九点", NINE),
        ("下午三点一刻", dt.time(15, 15)),
        ("二十点零五分", dt.time(20, 5)),
        ("晚上八点三十五", dt.time(20, 35)),
        ("二十一点", dt.time(21)),
        ("零点", dt.time(0)),
        ("9时30分", dt.time(9, 30)),
        ("下午3点", dt.time(15)),
        ("晚8点三刻", dt.time(20, 45)),
        ("21：30", dt.time(21, 30)),
        ("0.375", NINE),
        (0.375, NINE),
        (dt.timedelta(hours=9), NINE),
        (NINE, NINE),
        (moment(dt.date(1900, 1, 1), NINE), NINE),
    ],
)
def test_times(cell: Cell, time: dt.time) -> None:
    assert read_time(cell) == time


@pytest.mark.parametrize(
    "cell", ["9", "24:00", "9:60", "二十五点", "十十点", "一二点", "早上", "noon", 1.0, -0.1, float("nan"), True, None]
)
def test_what_is_no_time_is_refused(cell: Cell) -> None:
    with pytest.raises(DateError):
        read_time(cell)


def test_a_moment_needs_its_time() -> None:
    assert read_moment("2026-11-25 20:00", TODAY) == moment(DAY, dt.time(20))
    assert read_moment(moment(DAY, dt.time()), TODAY) == moment(DAY, dt.time())
    for cell in ("2026-11-25", "20:00", DAY, dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)):
        with pytest.raises(DateError, match="日期加时间，例如 2026-11-25 20:00"):
            read_moment(cell, TODAY)


@given(st.dates(dt.date(2000, 3, 1), dt.date(2099, 12, 31)), st.times().map(lambda time: time.replace(microsecond=0)))
def test_every_written_form_of_a_moment_is_read_back(day: dt.date, time: dt.time) -> None:
    for text in (f"{day} {time}", f"{day:%Y/%m/%d} {time}", f"{day.year}年{day.month}月{day.day}日 {time}"):
        assert read_date(text, TODAY) == (day, time)
    fraction = (time.hour * 3600 + time.minute * 60 + time.second) / 86_400
    serial = (day - dt.date(1899, 12, 30)).days + fraction
    assert read_date(serial, TODAY) == (day, time if fraction else None)


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans()))
def test_any_cell_is_read_or_refused(cell: Cell) -> None:
    for read in (lambda: read_date(cell, TODAY), lambda: read_time(cell), lambda: read_moment(cell, TODAY)):
        try:
            read()
        except DateError:
            continue


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2月30日", "2 月没有 30 日"),
        ("2027-02-29", "2027 年 2 月没有 29 日"),
        ("2026年4月31日 9:00", "2026 年 4 月没有 31 日"),
        ("13/45", "没有 13 月"),
        ("2026-12-01 25:00", "没有 25 点"),
        ("2026年12月1日 周三 9:00", "2026-12-01 是周二"),
    ],
)
def test_a_day_or_an_hour_that_does_not_exist_is_said_to_be_none(text: str, reason: str) -> None:
    with pytest.raises(DateError, match=f"^{reason}；"):
        read_date(text, dt.date(2026, 11, 22))
