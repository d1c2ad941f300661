"""The lint finds in any calendar exactly what looking at every day by itself finds."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content_calendar.entry import Entry
from content_calendar.lint import LintEntry, LintGroup, Plan, lint
from models.playbook import Playbook
from tests.content_calendar.lint_oracle import RULES, expected

TIERS = ("总院", "分院", "茶桌")
KINDS, THEMES = ("article", "story", "talk"), ("茶艺", "江湖", "器物", "")
ROOMS = ("head", "tea-1", "tea-2", "table-1", "table-2")
FIRST = date(2026, 12, 14)
OF_GROUPS = {"missing", "surplus", "clash", "repeat", "theme", "advert_share", "cap"}

# Often neither end of a range is the simplest value, or little would ever be found.
lengths = st.sampled_from([0, 6, 13, 20, 35, 50])
days = st.sampled_from(range(51)).map(lambda n: FIRST + timedelta(days=n))
times = st.sampled_from([time(0), time(9), time(9, 30), time(10), time(10, 1), time(12), time(23, 45)])


@st.composite
def entries(draw: st.DrawFn, key: str) -> LintEntry:
    rule = draw(st.sampled_from(RULES) | st.just("daily"))
    is_once = not rule
    entry = Entry(
        key=key,
        kind=draw(st.sampled_from(["text", "album"])),
        content_kind=draw(st.sampled_from(KINDS)),
        theme=draw(st.sampled_from(THEMES)),
        date=draw(days)
        if is_once
        else date(2026, 12, 1)
        if rule.startswith("RRULE")
        else draw(st.none() | st.just(FIRST) | days),
        time=draw(times),
        rule=rule,
        tiers=tuple(draw(st.sampled_from([TIERS, TIERS[1:], TIERS[:1], TIERS[2:], ()]))),
        groups=tuple(draw(st.sets(st.sampled_from(ROOMS), max_size=2))),
        text=key,
        promotional=draw(st.booleans()),
        not_after=draw(st.sampled_from([None] * 5 + [datetime.combine(FIRST + timedelta(days=20), time(12))])),
        optional=True,
    )
    own = st.none() | st.builds(
        lambda at, kind: msgspec.structs.replace(entry, time=at, content_kind=kind), times, st.sampled_from(KINDS)
    )
    return LintEntry(entry=entry, overrides=draw(st.dictionaries(st.sampled_from(ROOMS), own, max_size=1)))


@st.composite
def promises(draw: st.DrawFn) -> dict[str, Any]:
    much = draw(st.sampled_from([{"at_least": 1}, {"at_least": 2}, {"exactly": 0}, {"exactly": 1}, {"exactly": 3}]))
    return {
        "tier": draw(st.sampled_from(TIERS)),
        "content_kind": draw(st.sampled_from(KINDS)),
        "per": draw(st.sampled_from(["day", "week", "month", {"days": 1}, {"days": 3}, {"days": 10}])),
        "themes": draw(st.sampled_from([[], ["茶艺"], ["茶艺", "江湖"], ["茶艺", "江湖", "器物"]])),
        "album": draw(st.booleans()),
        **much,
    }


caps = st.fixed_dictionaries(
    {},
    optional={
        "person_per_day": st.integers(0, 2),
        "person_per_week": st.integers(0, 9),
        "promotions_per_day": st.integers(0, 1),
        "promotions_per_week": st.integers(0, 3),
        "group_per_day": st.integers(0, 3),
        "group_post_weight": st.sampled_from([0.1, 0.2, 0.3, 0.5, 1.0]),
        "advert_share": st.sampled_from([0.0, 0.25, 0.3, 0.5, 2 / 3, 1.0]),
    },
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    inherits = [draw(st.booleans()) for _ in range(2)]
    book = {
        "tiers": [
            {"name": "总院"},
            {"name": "分院", "parent": "总院", "inherits": inherits[0]},
            {"name": "茶桌", "parent": "分院", "inherits": inherits[1]},
        ],
        "promises": draw(st.lists(promises(), min_size=1, max_size=4)),
        "caps": draw(caps),
    }
    groups = [
        LintGroup(
            room=room,
            tier=draw(st.sampled_from(TIERS)),
            alongside=tuple(draw(st.sets(st.sampled_from(bound), max_size=2)) - {room}),
        )
        for bound in [ROOMS[: draw(st.sampled_from([5, 3, 1]))]]
        for room in bound
    ]
    first = draw(st.sampled_from([FIRST, FIRST + timedelta(days=7)]) | days)
    return Plan(
        playbook=Playbook.model_validate_json(msgspec.json.encode(book)),
        groups=groups,
        entries=[draw(entries(f"e{n}")) for n in range(draw(st.sampled_from([5, 3, 7, 1])))],
        first=first,
        last=first + timedelta(days=draw(lengths)),
        zone=ZoneInfo("Asia/Shanghai"),
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(plans())
def test_exactly_what_is_wrong_and_nothing_else(plan: Plan) -> None:
    found = Counter(
        (row.code, row.group or "", row.tier or "", row.promise, row.period or "", row.entry)
        for row in lint(plan)
        if row.code in OF_GROUPS
    )
    assert found == expected(plan)
