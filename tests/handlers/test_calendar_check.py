"""What the gate will hold back is said beforehand: one row an entry and reason, and nothing of what may leave."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from content_calendar.entry import Entry
from content_calendar.lint import NAMES, Code, LintEntry, LintGroup, Plan
from handlers.calendar_check import held_back, words_held_back
from handlers.reason_names import REASON_NAMES
from models.playbook import Playbook

MONDAY, SUNDAY = date(2026, 12, 7), date(2026, 12, 13)
ONE, TWO, HALL = (
    LintGroup(room="one@chatroom", tier="分院"),
    LintGroup(room="two@chatroom", tier="分院"),
    LintGroup(room="hall@chatroom", tier="茶桌"),
)
NIGHTS = {"quiet_hours": [{"from": "22:00", "to": "08:00"}]}


def entry(key: str = "a", **changes: Any) -> Entry:
    usual: dict[str, Any] = {"rule": "daily", "time": time(9), "tiers": ("分院",), "text": "早"}
    return Entry(key=key, **(usual | changes))


def book(**changes: Any) -> Playbook:
    tiers = [{"name": "分院"}, {"name": "茶桌", "parent": "分院"}]
    return Playbook.model_validate_json(
        msgspec.json.encode({"tiers": tiers, "words": {"sensitive": ["不醉不归"]}} | NIGHTS | changes)
    )


def held(*entries: Entry | LintEntry, groups: tuple[LintGroup, ...] = (ONE, TWO, HALL), **changes: Any) -> list[Any]:
    in_force = [one if isinstance(one, LintEntry) else LintEntry(entry=one) for one in entries]
    plan = Plan(
        playbook=book(**changes),
        groups=groups,
        entries=in_force,
        first=MONDAY,
        last=SUNDAY,
        zone=ZoneInfo("Asia/Shanghai"),
    )
    return [(row.code, row.group, row.period, row.entry, row.text) for row in held_back(plan)]


def test_what_may_leave_on_its_day_is_not_named() -> None:
    early = entry("early", time=time(7, 30))  # it waits until eight, which is the same day
    assert held(entry(), early, entry("later", date=date(2026, 12, 20), text="不醉不归")) == []


def test_a_word_is_one_row_however_often_and_to_how_many_groups_it_goes() -> None:
    assert held(entry(text="喝酒，不醉不归，全网第一")) == [
        ("words", None, None, "a", "有「不醉不归」「全网第一」，7 次、2 个群都发不出去；改掉不能发的词")
    ]


def test_a_word_is_found_before_any_group_is_bound() -> None:
    once = entry(rule="", date=MONDAY, text="不醉不归")
    assert [row[-1] for row in held(once, groups=())] == ["有「不醉不归」，发不出去；改掉不能发的词"]


def test_the_wording_of_a_tier_concerns_its_groups_alone() -> None:
    text = "早\n【层级 茶桌】不醉不归"
    assert [row[-1] for row in held(entry(tiers=("分院", "茶桌"), text=text))] == [
        "有「不醉不归」，7 次、1 个群都发不出去；改掉不能发的词"
    ]


def test_a_group_is_judged_by_its_own_version() -> None:
    mended = LintEntry(entry=entry(text="不醉不归"), overrides={"one@chatroom": entry(text="早")})
    assert [row[-1] for row in held(mended)] == ["有「不醉不归」，7 次、1 个群都发不出去；改掉不能发的词"]
    spoilt = LintEntry(entry=entry(), overrides={"one@chatroom": entry(text="不醉不归"), "two@chatroom": None})
    assert [row[:2] for row in held(spoilt)] == [("words", "one@chatroom")]
    declined = LintEntry(entry=entry(text="不醉不归"), overrides={"one@chatroom": None, "two@chatroom": None})
    assert held(declined) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{name|不醉}不归", ()),  # they may have a name
        ("不醉{name|朋友}不归", ()),
        ("{name}，不醉不归", ("不醉不归",)),
        ("早\n---\n不醉不归", ("不醉不归",)),
        ("早\n【标签 老客】不醉不归", ("不醉不归",)),
    ],
)
def test_to_people_only_what_everybody_reads_is_certain(text: str, words: tuple[str, ...]) -> None:
    assert words_held_back(entry(tiers=(), tags=("老客",), text=text), book()) == words


def test_in_groups_nobody_has_a_name_so_the_fallback_is_what_is_posted() -> None:
    assert words_held_back(entry(text="{name|不醉}不归"), book()) == ("不醉不归",)
    assert words_held_back(entry(text="{group|不醉}不归"), book()) == ()


def test_what_leaves_on_another_day_is_one_row() -> None:
    assert held(entry(time=time(23, 30))) == [
        (
            "quiet_hours",
            None,
            None,
            "a",
            "7 次、2 个群落在免打扰时间，如 12-07 23:30 的要等到 12-08 08:00；把时间改到免打扰之外",
        )
    ]
    assert [row[-1] for row in held(entry(), quiet_hours=[], rest_days=["sat", "sun"])] == [
        "2 次、2 个群落在免打扰时间，如 12-12 09:00 的要等到 12-14 00:00；把时间改到免打扰之外"
    ]


def test_what_is_over_before_it_may_leave_is_too_late() -> None:
    night = entry(rule="", date=MONDAY, time=time(23), not_after=datetime.fromisoformat("2026-12-07T23:30"))
    past = entry("b", rule="", date=MONDAY, not_after=datetime.fromisoformat("2026-12-07T08:00"))
    ended = entry("c", not_after=datetime.fromisoformat("2026-12-09T12:00"))  # a series that has its end
    assert [(row[0], row[3], row[4]) for row in held(night, past, ended)] == [
        ("too_late", "a", "2 个群没等到能发就过期了，如 12-07 23:00 的，过期时间是 12-07 23:30；把过期时间改晚"),
        ("too_late", "b", "2 个群没等到能发就过期了，如 12-07 09:00 的，过期时间是 12-07 08:00；把过期时间改晚"),
    ]


def test_a_rule_that_counts_from_members_is_named_if_every_day_is_quiet() -> None:
    personal = entry(rule="birthday", tiers=(), time=time(23))
    assert [row[-1] for row in held(personal)] == [
        "每一次落在免打扰时间，如 12-07 23:00 的要等到 12-08 08:00；把时间改到免打扰之外"
    ]
    assert held(personal, quiet_hours=[], rest_days=["sun"]) == []


def test_a_cap_of_none_holds_promotions_for_ever() -> None:
    advert = entry(tiers=(), tags=("老客",), promotional=True)
    assert [row[:1] for row in held(advert, caps={"promotions_per_week": 0})] == [("cap",)]


def test_drafts_are_named_by_their_own_keys() -> None:
    spare = entry("d", rule="spare", tiers=(), content_kind="talk", text="不醉不归")
    slot = entry("s", content_kind="talk", text="{备稿}")
    assert held(slot, spare) == [
        ("words", None, None, "d", "备稿里有「不醉不归」，轮到它时发不出去；改掉不能发的词"),
    ]
    assert held(spare) == []


def test_reasons_have_the_names_of_the_gate() -> None:
    reasons: tuple[Code, ...] = ("words", "quiet_hours", "too_late")
    assert [NAMES[reason] for reason in reasons] == [REASON_NAMES[reason] for reason in reasons]
