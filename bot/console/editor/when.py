"""When an entry goes out, as a person chooses it: one of a few kinds and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from content_calendar.rules import (
    After,
    BirthdayRule,
    Daily,
    LunarDay,
    MonthlyDay,
    MonthlyLast,
    MonthlyWeekday,
    Once,
    SolarTerm,
    SpareRule,
    Weekly,
    Workdays,
    parse_rule,
)
from models.playbook_values import WEEKDAYS

KINDS = {
    "once": "只发一次",
    "daily": "每天",
    "workdays": "每个工作日",
    "weekly": "每周几",
    "monthly": "每月几号",
    "last": "每月最后一天",
    "nth": "每月第几个周几",
    "lunar": "农历",
    "term": "节气",
    "birthday": "生日当天",
    "joined": "加入后第几天",
    "bought": "购买后第几天",
    "silent": "多少天没说话",
    "spare": "备稿，不定日子",
    "other": "别的（RRULE）",
}
ORDINALS = {1: "第一个", 2: "第二个", 3: "第三个", 4: "第四个", 5: "第五个", -1: "最后一个"}


@dataclass
class When:
    """A choice; only what belongs to its `kind` counts, the rest is kept for whoever chooses to and fro.

    `weekdays` and `weekday` count from 0, Monday; `nth` is of `ORDINALS`; `after` are days.
    """

    kind: str = "once"
    weekdays: list[int] = field(default_factory=lambda: [0])
    day: int = 1
    nth: int = 1
    weekday: int = 5
    lunar_month: int = 1
    lunar_day: int = 1
    term: str = "立春"
    after: int = 3
    other: str = "RRULE:"

    @classmethod
    def of(cls, rule: str) -> When:
        """The choice that a rule in its canonical spelling is."""
        match parse_rule(rule):
            case Once():
                return cls()
            case Daily():
                return cls("daily")
            case Workdays():
                return cls("workdays")
            case Weekly(days=days):
                return cls("weekly", weekdays=list(days))
            case MonthlyDay(day=day):
                return cls("monthly", day=day)
            case MonthlyLast():
                return cls("last")
            case MonthlyWeekday(nth=nth, weekday=weekday):
                return cls("nth", nth=nth, weekday=weekday)
            case LunarDay(month=month, day=day):
                return cls("lunar", lunar_month=month, lunar_day=day)
            case SolarTerm(name=name):
                return cls("term", term=name)
            case BirthdayRule():
                return cls("birthday")
            case After(event=event, days=days_after):
                return cls(event, after=days_after)
            case SpareRule():
                return cls("spare")
            case _:
                return cls("other", other=rule)

    @property
    def rule(self) -> str:
        """The cell of the calendar, which is read as any other: it may be wrong."""
        match self.kind:
            case "daily" | "workdays" | "birthday" | "spare":
                return self.kind
            case "weekly":
                return f"weekly {','.join(WEEKDAYS[day] for day in sorted(self.weekdays)) or '?'}"
            case "monthly":
                return f"monthly {self.day}"
            case "last":
                return "monthly last"
            case "nth":
                return str(MonthlyWeekday(self.nth, self.weekday))
            case "lunar":
                return f"lunar {self.lunar_month}-{self.lunar_day}"
            case "term":
                return f"term {self.term}"
            case "joined" | "bought" | "silent":
                return f"{self.kind}+{self.after}d"
            case "other":
                return self.other.strip() or "RRULE:"
            case _:
                return ""
