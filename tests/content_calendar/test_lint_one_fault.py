"""Small calendars, right but for one thing each: the lint finds that one thing and nothing else."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from content_calendar.entry import Entry
from content_calendar.lint import LintEntry, LintGroup, Plan, lint
from models.capabilities import Capabilities
from models.playbook import Playbook

ZONE = ZoneInfo("Asia/Shanghai")
TIERS: list[dict[str, Any]] = [
    {"name": "总店"},
    {"name": "街区", "parent": "总店", "inherits": True},
    {"name": "小院", "parent": "街区", "inherits": True},
    {"name": "散客", "parent": "小院"},
]
SHOP, STREET, YARD, PASSING = (LintGroup(room=f"r{n}", tier=tier["name"]) for n, tier in enumerate(TIERS))
Fault = tuple[str, str | None, str | None, str | None, str | None]  # code, tier, promise, period, entry


def post(key: str, day: str, at: str = "09:00", **changes: Any) -> Entry:
    """A post to the yards that is like no other."""
    usual: dict[str, Any] = {"content_kind": key, "tiers": ("小院",), "text": "正文"}
    return Entry(key=key, date=date.fromisoformat(day), time=time.fromisoformat(at), **(usual | changes))


def each(key: str, first: str, rule: str, **changes: Any) -> Entry:
    return post(key, first, rule=rule, **changes)


def promised(kind: str, per: str | dict[str, int], **how: Any) -> dict[str, Any]:
    return {"promises": [{"tier": "小院", "content_kind": kind, "per": per} | (how or {"at_least": 1})]}


def caps(**most: float) -> dict[str, Any]:
    return {"caps": most}


JUNE = ("2027-06-07", "2027-06-13")  # 2027-W23
NEW_YEAR = ("2026-12-28", "2027-01-03")  # 2026-W53
THEMES = {"at_least": 1, "themes": ["春", "夏", "秋"]}

CASES: dict[str, tuple[dict[str, Any], list[Entry], tuple[str, str], Fault | None]] = {
    "nothing": (promised("a", "week"), [post("a", "2027-01-01")], NEW_YEAR, None),
    "a day without": (
        promised("a", "day"),
        [post(f"a{n}", f"2027-06-{n:02}", content_kind="a", theme=f"{n}") for n in (7, 8, 9, 11, 12, 13)],
        JUNE,
        ("missing", "小院", "小院/a/day", "2027-06-10", None),
    ),
    "too many in week 53, the last on a day of next year": (
        promised("s", "week", exactly=1),
        [
            post("s1", "2026-12-31", content_kind="s", theme="甲"),
            post("s2", "2027-01-01", content_kind="s", theme="乙"),
        ],
        NEW_YEAR,
        ("surplus", "小院", "小院/s/week", "2026-W53", "s2"),
    ),
    "inherited over two levels": (
        {"promises": [{"tier": "总店", "content_kind": "s", "exactly": 2, "per": "week"}]},
        [
            post("s1", "2026-12-31", content_kind="s", theme="甲", tiers=("总店", "街区", "小院")),
            post("s2", "2027-01-01", content_kind="s", theme="乙", tiers=("总店", "街区")),
        ],
        NEW_YEAR,
        ("missing", "小院", "总店/s/week", "2026-W53", None),
    ),
    "the last of November is of November": (
        promised("g", "month", exactly=1),
        [
            post("g1", "2025-11-30", "23:30", content_kind="g", theme="甲"),
            post("g2", "2026-01-01", "00:00", content_kind="g"),
        ],
        ("2025-11-15", "2026-01-31"),
        ("missing", "小院", "小院/g/month", "2025-12", None),
    ),
    "one window of five days without": (
        promised("h", {"days": 5}),
        [post("h1", "2027-06-09", content_kind="h"), post("h2", "2027-06-15", content_kind="h", theme="乙")],
        ("2027-06-07", "2027-06-17"),
        ("missing", "小院", "小院/h/5d", "2027-06-10/2027-06-14", None),
    ),
    "exactly one in every three days": (
        promised("h", {"days": 3}, exactly=1),
        [post(f"h{n}", f"2027-06-{n:02}", content_kind="h", theme=f"{n}") for n in (9, 12, 15)],
        ("2027-06-07", "2027-06-15"),
        None,
    ),
    "a run of themes without one of them": (
        promised("h", "day", **THEMES),
        [
            post(f"h{n}", f"2027-06-{n:02}", content_kind="h", theme=theme)
            for n, theme in enumerate("春夏春秋春夏", start=7)
        ],
        ("2027-06-07", "2027-06-12"),
        ("theme", "小院", "小院/h/day", "2027-06-07/2027-06-09", None),
    ),
    "a day without its album": (
        promised("h", "day", at_least=1, album=True),
        [
            post("h1", "2027-06-07", content_kind="h", theme="甲", media=("a.jpg", "b.png")),
            post("h2", "2027-06-08", content_kind="h", theme="乙", kind="image", media=("a.jpg",)),
        ],
        ("2027-06-07", "2027-06-08"),
        ("missing", "小院", "小院/h/day", "2027-06-08", None),
    ),
    "out of date before its time": (
        promised("h", "week"),
        [post("h", "2028-02-29", "20:01", not_after=datetime(2028, 2, 29, 20))],  # noqa: DTZ001 - a wall clock
        ("2028-02-28", "2028-03-05"),
        ("missing", "小院", "小院/h/week", "2028-W09", None),
    ),
    "sixty minutes are too near, sixty-one are not": (
        {},
        [post("a", "2027-06-07"), post("b", "2027-06-07", "10:00"), post("c", "2027-06-07", "11:01")],
        JUNE,
        ("clash", "小院", None, "2027-06-07", "b"),
    ),
    "near over midnight of New Year": (
        {},
        [post("a", "2027-12-31", "23:40"), post("b", "2028-01-01", "00:20")],
        ("2027-12-31", "2028-01-01"),
        ("clash", "小院", None, "2028-01-01", "b"),
    ),
    "alike twice in a row": (
        {},
        [
            post(key, f"2027-06-{day:02}", content_kind="x", theme=theme)
            for key, day, theme in (("a", 7, "春"), ("b", 9, "春"), ("c", 10, "夏"))
        ],
        JUNE,
        ("repeat", "小院", None, "2027-06-09", "b"),
    ),
    "too many adverts in one week": (
        caps(advert_share=0.34),
        [
            post("a", "2027-12-29"),
            post("b", "2028-01-01"),
            post("c", "2028-01-02", promotional=True),
            post("d", "2028-01-03"),
            post("e", "2028-01-04", promotional=True),
        ],
        ("2027-12-27", "2028-01-09"),
        ("advert_share", "小院", None, "2028-W01", None),
    ),
    "too many posts to a group in a day": (
        caps(group_per_day=2),
        [post(key, "2027-06-09", at) for key, at in (("a", "09:00"), ("b", "12:00"), ("c", "15:01"))],
        JUNE,
        ("cap", "小院", None, "2027-06-09", None),
    ),
    "too much for a person in a week": (
        caps(person_per_week=1, group_post_weight=0.5),
        [post(key, day) for key, day in (("a", "2027-12-30"), ("b", "2028-01-01"), ("c", "2028-01-02"))],
        ("2027-12-27", "2028-01-09"),
        ("cap", "小院", None, "2027-W52", None),
    ),
    "too many adverts for a person in a day": (
        caps(promotions_per_day=1, group_post_weight=1),
        [
            post("a", "2027-06-09", promotional=True),
            post("b", "2027-06-09", "12:00", promotional=True),
            post("c", "2027-06-10"),
        ],
        JUNE,
        ("cap", "小院", None, "2027-06-09", None),
    ),
    "a link that leads out": (
        {},
        [post("a", "2027-06-09", text="看 https://v.douyin.com/x 和 https://mp.weixin.qq.com/s/y")],
        JUNE,
        ("off_platform", None, None, None, "a"),
    ),
    "a field that a group has not": (
        {},
        [post("a", "2027-06-09", text="{group}的{name}，{tier}早，{name|朋友}")],
        JUNE,
        ("field", None, None, None, "a"),
    ),
    "a picture without one": ({}, [post("a", "2027-06-09", kind="image")], JUNE, ("media", None, None, None, "a")),
    "a film that the folder lacks": (
        {},
        [post("a", "2027-06-09", kind="video", media=("没有.mp4",))],
        JUNE,
        ("media", None, None, None, "a"),
    ),
    "for nobody": ({}, [post("a", "2027-06-09", tiers=())], JUNE, ("unreachable", None, None, None, "a")),
    "for a room that is not bound": (
        {},
        [post("a", "2027-06-09", tiers=(), groups=("r9",))],
        JUNE,
        ("unreachable", None, None, None, "a"),
    ),
    "words for those with a tag, in a group that all read alike": (
        {},
        [post("a", "2027-06-09", text="大家好\n【层级 小院】院里好\n【标签 老客】老朋友好")],
        JUNE,
        ("unreachable", None, None, None, "a"),
    ),
    "words for those with a tag, of whom each gets their own": (
        {},
        [post("a", "2027-06-09", text="大家好\n【标签 老客】老朋友好", tiers=(), tags=("新客", "老客"))],
        JUNE,
        None,
    ),
    "working days of a year that nobody has announced": (
        {},
        [each("a", "2029-03-01", "workdays")],
        ("2029-03-01", "2029-03-01"),
        ("holiday_data", None, None, "2029", "a"),
    ),
    "a make-up Saturday is a working day": (
        promised("a", "day"),
        [each("a", "2026-01-01", "workdays", theme="")],
        ("2026-02-28", "2026-02-28"),
        None,
    ),
    "days that nobody asked for": ({}, [post("a", "2027-06-14", kind="image")], JUNE, None),
}


@pytest.mark.parametrize("name", CASES)
def test_one_fault_is_found_and_nothing_else(name: str) -> None:
    book, entries, (first, last), fault = CASES[name]
    plan = Plan(
        playbook=Playbook.model_validate_json(msgspec.json.encode({"tiers": TIERS} | book)),
        groups=(SHOP, STREET, YARD, PASSING),
        entries=[LintEntry(entry=one) for one in entries],
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        zone=ZONE,
        media={"a.jpg": 1, "b.png": 1},
    )
    found = [(row.code, row.tier, row.promise, row.period, row.entry) for row in lint(plan)]
    assert found == ([fault] if fault else [])


def test_what_the_platform_of_the_groups_cannot_post() -> None:
    reads_only = msgspec.structs.replace(YARD, capabilities=Capabilities(groups=False))
    plan = Plan(
        playbook=Playbook.model_validate_json(msgspec.json.encode({"tiers": TIERS})),
        groups=(STREET, reads_only),
        entries=[LintEntry(entry=post("a", "2027-06-09", tiers=("街区", "小院")))],
        first=date(2027, 6, 7),
        last=date(2027, 6, 13),
        zone=ZONE,
    )
    assert [(row.code, row.group, row.entry) for row in lint(plan)] == [("unreachable", YARD.room, "a")]
