"""Each form of a repetition with what it means and when it comes next: for the template's sheet and for the manual."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from content_calendar.cadence import is_personal, next_days
from content_calendar.entry import Entry
from content_calendar.rule_words import rule_cell

FIRST_DAY = date(2026, 12, 1)
"""The day, a Tuesday, that the examples count from: the same in every template, whenever it is written."""

_SHOWN = 5
_EACH_THEIR_OWN = "各人的日子"
_WHEN_TAKEN = "用到时才发"


class RuleExample(msgspec.Struct, frozen=True):
    """A rule in its canonical spelling, and what it means in Chinese."""

    rule: str
    meaning: str


EXAMPLES: tuple[RuleExample, ...] = (
    RuleExample("daily", "每天"),
    RuleExample("workdays", "法定工作日：放假不发，调休上班的周六、周日照发"),
    RuleExample("weekly mon,thu", "每周的这几天；星期写名字，不写数字，周一到周五、周末 也行"),
    RuleExample("monthly 15", "每月这一天；没有这一天的月份在最后一天（31 日在 2 月是 28 或 29 日）"),
    RuleExample("monthly last", "每月最后一天"),
    RuleExample("monthly 2nd sat", "每月第几个周几；没有第五个的月份不发"),
    RuleExample("monthly last fri", "每月最后一个周几"),
    RuleExample("RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", "每年公历的这一天"),
    RuleExample("lunar 8-15", "每年农历的这一天；闰月不再发一次；也可以写 中秋、端午、春节、元宵、七夕、重阳、腊八"),
    RuleExample("lunar 12-30", "没有腊月三十的年份在腊月廿九，就是除夕"),
    RuleExample("term 冬至", "二十四节气的那一天"),
    RuleExample("birthday", "一对一，按每人答的生日，公历、农历都认；2 月 29 日的在平年 2 月 28 日；闰月生的按平月"),
    RuleExample("joined+3d", "一对一，成为好友后第 3 天；写了群或层级的，从进群那天数"),
    RuleExample("bought+7d", "一对一，打上 买过（或标签里写的那个）之后第 7 天"),
    RuleExample("silent+30d", "一对一，最后一次说话之后第 30 天"),
    RuleExample("spare", "不定日子的稿子，正文写 {备稿} 的排期轮流用"),
    RuleExample(
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "别的都能用日历软件通用的 RRULE 写，这一条是隔周的周一；一天最多一次"
    ),
)


class RuleRow(msgspec.Struct, frozen=True):
    """An example as it is shown: in Chinese and English, what it means, and its next dates."""

    chinese: str
    english: str
    meaning: str
    dates: str


def rule_rows() -> Iterator[RuleRow]:
    """All examples, with what comes of each from `FIRST_DAY` on."""
    for one in EXAMPLES:
        entry = Entry(key="", rule=one.rule, date=FIRST_DAY, time=time(9))
        yield RuleRow(rule_cell(one.rule), one.rule, one.meaning, _dates(entry))


def _dates(entry: Entry) -> str:
    if is_personal(entry):
        return _EACH_THEIR_OWN
    before = datetime.combine(FIRST_DAY, time(), UTC) - timedelta(microseconds=1)
    return "、".join(f"{one.local_date}" for one in next_days(entry, UTC, before, _SHOWN)) or _WHEN_TAKEN
