"""The lint says exactly what is wrong, and nothing of a calendar that is right."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from content_calendar.entry import Entry
from content_calendar.lint import LintEntry, LintGroup, LintRow, Plan, lint
from models.capabilities import Capabilities
from models.playbook import Playbook

ZONE = ZoneInfo("Asia/Shanghai")
BRANCH = LintGroup(room="tea-1@chatroom", tier="分院")
HALL = LintGroup(room="table-1@chatroom", tier="茶桌", alongside=("tea-1@chatroom",))
TIERS = [{"name": "分院"}, {"name": "茶桌", "parent": "分院", "inherits": True}]
MONDAY, TUESDAY, SUNDAY = date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 13)


def entry(key: str = "a", **changes: Any) -> Entry:
    usual: dict[str, Any] = {
        "date": MONDAY,
        "time": time(9),
        "tiers": ("分院",),
        "text": "早",
        "content_kind": key,
        "theme": key,
    }
    return Entry(key=key, **(usual | changes))


def linted(*entries: Entry | LintEntry, playbook: dict[str, Any] | None = None, **changes: Any) -> list[LintRow]:
    in_force = [one if isinstance(one, LintEntry) else LintEntry(entry=one) for one in entries]
    usual: dict[str, Any] = {"groups": (BRANCH, HALL), "first": MONDAY, "last": SUNDAY, "zone": ZONE}
    book = Playbook.model_validate_json(msgspec.json.encode({"tiers": TIERS} | (playbook or {})))
    return lint(Plan(playbook=book, entries=in_force, **(usual | changes)))


def brief(rows: list[LintRow]) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(row.code, row.group, row.period, row.entry) for row in rows]


def promise(**changes: Any) -> dict[str, Any]:
    return {"promises": [{"tier": "分院", "content_kind": "article", "per": "day", "at_least": 1} | changes]}


def test_nothing_is_wrong_with_a_calendar_that_is_right() -> None:
    article = entry("a", rule="daily", content_kind="article", tiers=("分院", "茶桌"))
    talk = entry("b", rule="daily", time=time(12), tiers=("分院", "茶桌"))
    assert linted(article, talk, playbook=promise()) == []


def test_a_promise_is_inherited_and_judged_in_each_group() -> None:
    article = entry("a", rule="daily", content_kind="article")
    talk = entry("b", rule="daily", time=time(12))
    rows = linted(article, talk, playbook=promise(), first=MONDAY, last=TUESDAY)
    assert [(row.code, row.group, row.tier, row.promise, row.period) for row in rows] == [
        ("missing", HALL.room, "茶桌", "分院/article/day", "2026-12-07"),
        ("missing", HALL.room, "茶桌", "分院/article/day", "2026-12-08"),
    ]
    assert rows[0].text == "文章 应至少 1 条，排了 0 条，缺 1 条"


def test_week_53_and_a_day_that_belongs_to_it() -> None:
    story = entry("s", date=date(2027, 1, 2), content_kind="story")
    weekly = promise(content_kind="story", per="week")
    week: dict[str, Any] = {"first": date(2026, 12, 28), "last": date(2027, 1, 3), "groups": (BRANCH,)}
    assert linted(story, playbook=weekly, **week) == []
    assert brief(linted(playbook=weekly, **week)) == [("missing", BRANCH.room, "2026-W53", None)]


def test_a_gathering_on_the_last_of_november_is_in_november() -> None:
    gathering = entry("g", kind="gathering", date=date(2026, 11, 30), time=time(23, 30), content_kind="gathering")
    monthly = promise(content_kind="gathering", per="month")
    months: dict[str, Any] = {"first": date(2026, 11, 1), "last": date(2026, 12, 31), "groups": (BRANCH,)}
    assert brief(linted(gathering, playbook=monthly, **months)) == [("missing", BRANCH.room, "2026-12", None)]


def test_rolling_days_count_in_every_window() -> None:
    video = entry("v", content_kind="video", date=date(2026, 12, 9))
    rolling = promise(content_kind="video", per={"days": 3})
    rows = linted(video, playbook=rolling, groups=(BRANCH,))
    assert [row.period for row in rows] == ["2026-12-10/2026-12-12", "2026-12-11/2026-12-13"]
    assert rows[0].promise == "分院/video/3d"


def test_exactly_means_not_more() -> None:
    stories = [entry(f"s{day}", content_kind="story", date=date(2026, 12, day)) for day in (8, 10)]
    exactly = promise(content_kind="story", per="week", exactly=1)
    del exactly["promises"][0]["at_least"]
    assert brief(linted(*stories, playbook=exactly, groups=(BRANCH,))) == [("surplus", BRANCH.room, "2026-W50", "s10")]


def test_themes_in_rotation() -> None:
    themes = ["茶艺", "江湖", "茶艺", "江湖", "茶艺", "器物"]
    articles = [
        entry(f"a{number}", content_kind="article", theme=theme, date=date(2026, 12, 7 + number))
        for number, theme in enumerate(themes)
    ]
    rotation = promise(per="week", themes=["茶艺", "江湖", "器物"])
    (row,) = linted(*articles, playbook=rotation, groups=(BRANCH,))
    assert (row.code, row.group, row.promise, row.period) == (
        "theme",
        BRANCH.room,
        "分院/article/week",
        "2026-12-07/2026-12-09",
    )
    assert "器物" in row.text


@pytest.mark.parametrize(("second", "clashes"), [(time(9, 30), True), (time(10), True), (time(10, 1), False)])
def test_two_posts_within_the_hour_clash(second: time, clashes: bool) -> None:
    rows = linted(entry("a"), entry("b", time=second))
    assert brief(rows) == ([("clash", BRANCH.room, "2026-12-07", "b")] if clashes else [])


def test_posts_clash_over_midnight_and_only_within_their_group() -> None:
    late, early = entry("a", time=time(23, 50)), entry("b", date=TUESDAY, time=time(0, 10))
    assert brief(linted(late, early)) == [("clash", BRANCH.room, "2026-12-08", "b")]
    assert linted(late, msgspec.structs.replace(early, tiers=("茶桌",))) == []


def test_neighbours_alike_in_content_kind_and_theme() -> None:
    same = {"content_kind": "article", "theme": "茶艺"}
    first, second = entry("a", **same), entry("b", date=TUESDAY, **same)
    assert brief(linted(first, second)) == [("repeat", BRANCH.room, "2026-12-08", "b")]
    between = entry("c", time=time(20))
    assert linted(first, between, second) == []
    assert linted(first, msgspec.structs.replace(second, theme="江湖")) == []


def test_adverts_have_their_share_of_the_week() -> None:
    posts = [entry(f"p{day}", date=date(2026, 12, day), promotional=day < 9) for day in (7, 8, 9, 10)]
    assert linted(*posts, playbook={"caps": {"advert_share": 0.5}}) == []
    (row,) = linted(*posts, playbook={"caps": {"advert_share": 0.4}})
    assert (row.code, row.period, row.text) == ("advert_share", "2026-W50", "4 条里有 2 条推广，超过 40%")
    assert linted(*posts, playbook={"caps": {"advert_share": 0.4}}, last=date(2026, 12, 12)) == []


def test_caps_of_the_group_and_of_its_typical_member() -> None:
    posts = [entry(f"p{hour}", time=time(hour)) for hour in (9, 12, 15)]
    assert brief(linted(*posts, playbook={"caps": {"group_per_day": 2}})) == [("cap", BRANCH.room, "2026-12-07", None)]
    # Most members of the hall are in its branch too.
    hall = entry("h", tiers=("茶桌",), time=time(18))
    caps = {"caps": {"person_per_day": 1, "group_post_weight": 0.3}}
    assert brief(linted(*posts, hall, playbook=caps)) == [("cap", HALL.room, "2026-12-07", None)]
    assert linted(*posts, hall, playbook={"caps": {"person_per_day": 1}}) == []
    weekly = {"caps": {"person_per_week": 1, "group_post_weight": 0.3}}
    assert brief(linted(*posts, hall, playbook=weekly)) == [("cap", HALL.room, "2026-W50", None)]


def test_what_a_transport_cannot_post() -> None:
    plain = Capabilities(kinds=frozenset({"text"}), announcement=False)
    group = msgspec.structs.replace(BRANCH, capabilities=plain)
    entries = [
        entry("a", kind="album", media=("1.jpg",)),
        entry("b", kind="coupon", time=time(12)),
        entry("c", kind="announcement", time=time(15)),
    ]
    assert brief(linted(*entries, groups=(group,))) == [
        ("unreachable", BRANCH.room, None, "a"),
        ("unreachable", BRANCH.room, None, "c"),
    ]


def test_what_reaches_nobody() -> None:
    direct = entry("d", tiers=(), tags=("高价位",), kind="video", media=("https://example.com/v.mp4",))
    assert brief(linted(entry("n", tiers=()), direct, accounts=(Capabilities(kinds=frozenset({"text"})),))) == [
        ("unreachable", None, None, "d"),
        ("unreachable", None, None, "n"),
    ]
    assert linted(direct, accounts=(Capabilities(),)) == []
    assert linted(entry("b", tiers=(), rule="birthday")) == []


@pytest.mark.parametrize(
    ("text", "audience", "rows"),
    [
        ("早，{group}、{tier}、{shop}、{name|朋友}", {}, 0),
        ("早，{name}", {}, 1),
        ("{name}，{nick}，{tag}，{city|未知}", {"tiers": (), "tags": ("高价位",)}, 0),
        ("{city}{city}", {"tiers": (), "tags": ("高价位",)}, 1),
        ("{tag}", {"tiers": (), "rule": "birthday"}, 1),
        ("{persona}", {}, 1),
    ],
)
def test_fields_that_may_be_unknown(text: str, audience: dict[str, Any], rows: int) -> None:
    assert brief(linted(entry("a", text=text, **audience))) == [("field", None, None, "a")] * rows


def test_the_persona_is_known_where_it_has_a_name() -> None:
    assert linted(entry("a", text="{persona}"), playbook={"persona": {"name": "小山"}}) == []


def test_media_that_are_not_there() -> None:
    entries = [
        entry("a", kind="album", media=("1.jpg", "2.jpg")),
        entry("b", kind="image", time=time(12)),
        entry("c", kind="video", time=time(15), media=("https://example.com/v.mp4",)),
        entry("d", kind="link", time=time(18)),
        entry("e", kind="card", time=time(21), media=("wx-boss",)),
    ]
    assert brief(linted(*entries, media={"1.jpg": 9})) == [
        ("media", None, None, "a"),
        ("media", None, None, "b"),
        ("media", None, None, "d"),
    ]
    assert brief(linted(entries[0])) == []


def test_links_that_lead_out_of_wechat() -> None:
    entries = [
        entry("a", text="看 https://mp.weixin.qq.com/s/abc"),
        entry("b", text="去 https://item.jd.com/1.html 买", time=time(12)),
        entry("c", kind="link", media=("https://shop.example.com/x",), time=time(15)),
        entry("d", kind="image", media=("https://shop.example.com/x.jpg",), time=time(18)),
    ]
    assert brief(linted(*entries)) == [("off_platform", None, None, "b"), ("off_platform", None, None, "c")]


def test_working_days_of_a_year_that_is_not_announced() -> None:
    days: dict[str, Any] = {"first": date(2049, 12, 31), "last": date(2050, 1, 4), "groups": (BRANCH,)}
    rows = linted(entry("w", rule="workdays"), entry("o", date=date(2050, 1, 3), time=time(12)), **days)
    assert [(row.code, row.period, row.entry) for row in rows if row.code == "holiday_data"] == [
        ("holiday_data", "2049", "w"),
        ("holiday_data", "2050", "w"),
    ]
    other = linted(entry("o", date=date(2050, 1, 3)), **days, playbook={"rest_days": ["holidays"]})
    assert [(row.code, row.period, row.entry) for row in other] == [
        ("holiday_data", "2049", None),
        ("holiday_data", "2050", None),
    ]
    assert linted(entry("o", date=date(2050, 1, 3)), **days) == []


def test_what_is_too_late_for_its_own_end_is_no_post() -> None:
    daily = entry("a", rule="daily", content_kind="article", not_after=datetime.fromisoformat("2026-12-08 09:00"))
    other = entry("b", rule="daily", time=time(12))
    rows = linted(daily, other, playbook=promise(), groups=(BRANCH,), last=date(2026, 12, 9))
    assert brief(rows) == [
        ("missing", BRANCH.room, "2026-12-09", None),
        ("repeat", BRANCH.room, "2026-12-09", "b"),  # nothing stands between the two any more
    ]


def test_adverts_to_a_typical_member_have_caps_of_their_own() -> None:
    adverts = [entry(f"p{hour}", time=time(hour), promotional=True) for hour in (9, 12, 15)]
    article = entry("a", time=time(18))
    daily = {"caps": {"promotions_per_day": 1, "group_post_weight": 0.4}}
    assert brief(linted(*adverts, article, playbook=daily, groups=(BRANCH,))) == [
        ("cap", BRANCH.room, "2026-12-07", None)
    ]
    assert linted(*adverts[1:], article, playbook=daily) == []
    weekly = {"caps": {"promotions_per_week": 1, "group_post_weight": 0.4}}
    assert brief(linted(*adverts, playbook=weekly, groups=(BRANCH,))) == [("cap", BRANCH.room, "2026-W50", None)]


def test_a_room_that_is_named_and_not_bound_gets_nothing() -> None:
    (row,) = linted(entry("a", groups=("other@chatroom", BRANCH.room)))
    assert (row.code, row.group, row.tier, row.entry) == ("unreachable", "other@chatroom", None, "a")


def test_a_group_may_move_replace_or_decline() -> None:
    base = entry("a", content_kind="article", rule="daily", tiers=("分院", "茶桌"), optional=True)
    other = entry("b", tiers=("茶桌",), time=time(12))
    moved = LintEntry(
        entry=base,
        overrides={HALL.room: msgspec.structs.replace(base, time=time(11, 30), text="{city}"), BRANCH.room: None},
    )
    rows = linted(moved, other, playbook=promise(), last=MONDAY)
    assert brief(rows) == [
        ("missing", BRANCH.room, "2026-12-07", None),
        ("clash", HALL.room, "2026-12-07", "b"),
        ("field", HALL.room, None, "a"),
    ]


def test_entries_that_are_not_due_are_not_judged() -> None:
    assert linted(entry("a", date=date(2026, 12, 20), text="{city}")) == []


def test_where_clocks_change_days_are_whole_and_the_real_time_between_posts_counts() -> None:
    berlin: dict[str, Any] = {"zone": ZoneInfo("Europe/Berlin"), "groups": (BRANCH,)}
    early = entry("a", date=date(2026, 3, 29), time=time(1, 30))
    soon = entry("b", date=date(2026, 3, 29), time=time(3, 20))  # fifty minutes later: the clocks go forward
    assert brief(linted(early, soon, **berlin, first=date(2026, 3, 29), last=date(2026, 3, 29))) == [
        ("clash", BRANCH.room, "2026-03-29", "b")
    ]
    article = entry("a", date=None, rule="daily", time=time(2, 30), content_kind="article")  # skipped on that day
    talk = entry("t", date=None, rule="daily", time=time(12))
    weekly = promise(per="week", exactly=7)
    del weekly["promises"][0]["at_least"]
    week: dict[str, Any] = {"first": date(2026, 3, 23), "last": date(2026, 3, 29)}
    assert linted(article, talk, playbook=weekly, **berlin, **week) == []
