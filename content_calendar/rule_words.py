"""How an entry repeats, as people say it, and as they write it into a workbook."""

from __future__ import annotations

from content_calendar import lunar
from content_calendar.kind_names import content_name
from content_calendar.rules import (
    After,
    BirthdayRule,
    Daily,
    LunarDay,
    MonthlyDay,
    MonthlyLast,
    MonthlyWeekday,
    Once,
    RuleError,
    SolarTerm,
    SpareRule,
    Weekly,
    Workdays,
    parse_rule,
)
from content_calendar.weekdays import CHINESE
from models.patterns import compile_later

_ORDINALS = "一二三四五"
# What imports and the shipped calendars write most; whatever else an RRULE says is left to who can read one.
_EVERY = compile_later(r"RRULE:FREQ=(DAILY|WEEKLY|MONTHLY);INTERVAL=(\d+)")
_YEARLY = compile_later(r"RRULE:FREQ=YEARLY;BYMONTH=(\d+);BYMONTHDAY=(\d+)")
_AFTER = {"joined": "加入后", "bought": "购买后", "silent": "沉默"}
_LUNAR_MONTHS = {number: name for name, number in reversed(lunar.MONTHS.items())}  # the usual name comes first
_LUNAR_DAYS = {number: name for name, number in lunar.DAYS.items()}
_UNITS = {"DAILY": "天", "WEEKLY": "周", "MONTHLY": "个月"}


def content_kind_words(kind: str) -> str:
    """A content kind as it is shown: what it is written as stands beside, since that is what counts."""
    name = content_name(kind)
    return kind if name == kind else f"{name}（{kind}）"


def rule_words(rule: str) -> str:
    """A rule as it is written in the calendar, in Chinese; a long RRULE stays one."""
    match parse_rule(rule):
        case Once():
            return "只发一次"
        case Daily():
            return "每天"
        case Workdays():
            return "工作日"
        case Weekly(days=days):
            return f"每{'、'.join(CHINESE[day] for day in days)}"
        case MonthlyDay(day=day):
            return f"每月{day}日"
        case MonthlyLast():
            return "每月最后一天"
        case MonthlyWeekday(nth=nth, weekday=weekday):
            return f"每月{'最后一' if nth < 0 else f'第{_ORDINALS[nth - 1]}'}个{CHINESE[weekday]}"
        case LunarDay(month=month, day=day):
            return f"农历{_LUNAR_MONTHS[month]}{_LUNAR_DAYS[day]}"
        case SolarTerm(name=name):
            return f"节气 {name}"
        case BirthdayRule():
            return "生日当天"
        case After(event=event, days=days):
            return f"{_AFTER[event]}{days}天"
        case SpareRule():
            return "备稿"
        case _:
            if yearly := _YEARLY.fullmatch(rule):
                return f"每年{yearly[1]}月{yearly[2]}日"
            every = _EVERY.fullmatch(rule)
            return f"每 {every[2]} {_UNITS[every[1]]}" if every else rule


def rule_cell(rule: str) -> str:
    """A rule in Chinese that reads back as the same; nothing for what happens once."""
    words = rule_words(rule) if rule else ""
    try:
        return words if parse_rule(words) == parse_rule(rule) else rule
    except RuleError:
        return rule
