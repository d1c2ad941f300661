"""发前检查 of the calendar: for every group and period what is missing, too much, clashing, alike, or cannot leave.

Dates are those of the merchant's zone. A period is judged if it lies wholly within the days asked for; posts outside
them are not looked at.
"""

from __future__ import annotations

from content_calendar.entry_lint import lint_entries, lint_holidays
from content_calendar.group_lint import lint_groups
from content_calendar.lint_plan import Code, LintEntry, LintGroup, LintRow, Plan

__all__ = ["NAMES", "Code", "LintEntry", "LintGroup", "LintRow", "Plan", "lint"]


# What people call it, and what they do about it.
NAMES: dict[Code, str] = {
    "missing": "缺稿",
    "surplus": "多了",
    "clash": "挨得太近",
    "repeat": "接连重样",
    "theme": "主题没轮到",
    "advert_share": "推广太多",
    "cap": "打扰太多",
    "off_platform": "带出微信",
    "unreachable": "送不到",
    "field": "字段可能空着",
    "media": "缺素材",
    "words": "有不能发的词",  # this and the next as whoever sends is told, by the gate
    "quiet_hours": "免打扰时间",
    "too_late": "过了时间",
    "holiday_data": "放假安排未知",
}


def lint(plan: Plan) -> list[LintRow]:
    """All faults of the calendar on the days of the plan: group by group, then entry by entry, then missing data."""
    return [*lint_groups(plan), *lint_entries(plan), *lint_holidays(plan)]
