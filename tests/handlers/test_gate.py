"""The gate: each reason alone, their order, and how long quiet hours last."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.gate import REASONS, Candidate, End, Facts, Go, Verdict, Wait, judge, quiet_until
from models.capabilities import Capabilities
from models.deliveries import Cause, DeliveryKind, DeliveryState, Lane
from tests.handlers.builders import AT, ZONE, hours, minutes, playbook

REPLY: dict[str, Any] = {"lane": Lane.REPLY, "cause": Cause.SURVEY}
PROMOTION: dict[str, Any] = {"lane": Lane.PROMOTION}
GROUP: dict[str, Any] = {"to_group": True}
COMMAND: dict[str, Any] = {"lane": Lane.REPLY, "cause": Cause.COMMAND}
REMARK: dict[str, Any] = {"kind": DeliveryKind.REMARK, "lane": Lane.REPLY, "cause": Cause.SURVEY}
ACCEPT: dict[str, Any] = {"kind": DeliveryKind.FRIEND_ACCEPT, "lane": Lane.REPLY, "cause": Cause.GREETING}
POSTED: dict[str, Any] = {"lane": Lane.CONTENT, "cause": Cause.COMMAND}
CALL: dict[str, Any] = {"lane": Lane.SERVICE, "cause": Cause.HANDOFF}
INVITE: dict[str, Any] = {"kind": DeliveryKind.INVITE, "lane": Lane.REPLY, "cause": Cause.GROUP}

MIDNIGHT = datetime(2026, 11, 23, 16, tzinfo=UTC)  # of Monday to Tuesday, in Shanghai
MONDAY = datetime(2026, 11, 29, 16, tzinfo=UTC)  # the next one's beginning


def judged(delivery: dict[str, Any], facts: dict[str, Any]) -> Verdict:
    """A text of the calendar to one person unless it says otherwise, at nine on a Monday."""
    post: dict[str, Any] = {"kind": DeliveryKind.TEXT, "lane": Lane.CONTENT, "cause": Cause.CALENDAR, "text": "早"}
    known: dict[str, Any] = {"now": AT, "zone": ZONE, "playbook": playbook(), **facts}
    return judge(Candidate(key="k", **{**post, **delivery}), Facts(**known))


def caps(**most: int) -> dict[str, Any]:
    return {"playbook": playbook(caps=most)}


def able(**what: Any) -> dict[str, Any]:
    return {"capabilities": Capabilities(**what)}


WINDOW = able(window_hours=24, quota=10)
CONSENT = {"playbook": playbook(consent={"required": True})}
QUIET = {"playbook": playbook(quiet_hours=[{"from": "08:00", "to": "10:00"}])}
SENSITIVE = {"playbook": playbook(words={"sensitive": ["内部价"]})}
HUMAN = {"human_until": AT + minutes(30)}
TEN = AT + hours(1)


@pytest.mark.parametrize(
    ("delivery", "facts", "verdict"),
    [
        # nothing speaks against it
        ({}, {}, Go()),
        (GROUP, {}, Go()),
        # opted_out
        ({}, {"opted_out": True}, End("opted_out")),
        (REPLY, {"opted_out": True}, End("opted_out")),
        (INVITE, {"opted_out": True}, End("opted_out")),
        (GROUP, {"opted_out": True}, Go()),
        ({**REPLY, "about_consent": True}, {"opted_out": True}, Go()),
        (COMMAND, {"opted_out": True}, Go()),
        (REMARK, {"opted_out": True}, Go()),
        # no_consent
        ({}, CONSENT, End("no_consent")),
        ({}, CONSENT | {"consent": "refused"}, End("no_consent")),
        ({}, CONSENT | {"consent": "given"}, Go()),
        (REPLY, CONSENT, Go()),
        (GROUP, CONSENT, Go()),
        (PROMOTION, {"under_age": True}, End("no_consent")),
        ({}, {"under_age": True}, Go()),
        (PROMOTION | GROUP, {"under_age": True}, Go()),
        # unreachable
        ({}, {"is_friend": False}, End("unreachable")),
        (REPLY, {"is_friend": False}, Go()),
        (ACCEPT, {"is_friend": False}, Go()),
        (ACCEPT, able(friend_accept=False), End("unreachable")),
        (REMARK, able(remark=False), End("unreachable")),
        (INVITE, able(invite=False), End("unreachable")),
        (GROUP, able(groups=False), End("unreachable")),
        ({**GROUP, "kind": DeliveryKind.ANNOUNCEMENT}, able(announcement=False), End("unreachable")),
        ({"kind": DeliveryKind.VIDEO}, able(kinds=frozenset({"text"})), End("unreachable")),
        ({"kind": DeliveryKind.ALBUM}, able(kinds=frozenset({"text"})), End("unreachable")),
        ({"kind": DeliveryKind.ALBUM}, {}, Go()),
        ({}, able(proactive=False), End("unreachable")),
        (REPLY, able(proactive=False), Go()),
        # window, quota
        ({}, WINDOW, Wait("window")),
        ({}, WINDOW | {"last_heard_at": AT - hours(23), "sent_since_heard": 9}, Go()),
        ({}, WINDOW | {"last_heard_at": AT - hours(24)}, Wait("window")),
        (REPLY, WINDOW | {"last_heard_at": AT, "sent_since_heard": 10}, Wait("quota")),
        (REPLY, WINDOW | {"last_heard_at": AT - hours(25), "sent_since_heard": 10}, Wait("window")),
        (GROUP, WINDOW, Go()),
        (REMARK, WINDOW, Go()),
        # paused
        ({}, {"paused": True}, Wait("paused")),
        (REPLY, {"paused": True}, Wait("paused")),
        (COMMAND, {"paused": True}, Go()),
        # complaint, first_contact
        (PROMOTION, {"complaint": True}, Wait("complaint")),
        ({}, {"complaint": True}, Go()),
        (PROMOTION, {"had_contact": False}, End("first_contact")),
        ({}, {"had_contact": False}, Go()),
        (PROMOTION | GROUP, {"had_contact": False}, Go()),
        # person_cap
        ({}, caps(person_per_day=2) | {"touches_today": 1}, Go()),
        ({}, caps(person_per_day=2) | {"touches_today": 1.2}, Wait("person_cap", MIDNIGHT)),
        ({}, caps(person_per_week=5) | {"touches_this_week": 5}, Wait("person_cap", MONDAY)),
        (PROMOTION, caps(promotions_per_day=1) | {"promotions_today": 1}, Wait("person_cap", MIDNIGHT)),
        (PROMOTION, caps(promotions_per_week=1) | {"promotions_this_week": 1}, Wait("person_cap", MONDAY)),
        ({}, caps(promotions_per_day=0), Go()),
        (REPLY, caps(person_per_day=0), Go()),
        (GROUP, caps(person_per_day=0), Go()),
        # group_cap
        (GROUP, caps(group_per_day=2) | {"group_posts_today": 2}, Wait("group_cap", MIDNIGHT)),
        (GROUP, caps(group_per_day=2) | {"group_posts_today": 1}, Go()),
        (GROUP | REPLY, caps(group_per_day=0), Go()),
        # quiet_hours
        ({}, QUIET, Wait("quiet_hours", TEN)),
        (GROUP, QUIET, Wait("quiet_hours", TEN)),
        ({"lane": Lane.SERVICE}, QUIET, Wait("quiet_hours", TEN)),
        (REPLY, QUIET, Go()),
        ({}, QUIET | {"now": TEN}, Go()),
        # words
        ({"text": "给你内部价"}, SENSITIVE, End("words")),
        ({"text": "全网最低价"}, {}, End("words")),
        (COMMAND | {"text": "内部价"}, SENSITIVE, Go()),
        (REMARK | {"text": "内部价"}, SENSITIVE, Go()),
        # too_late
        ({"not_after": AT}, {}, Go()),
        ({"not_after": AT - minutes(1)}, {}, End("too_late", DeliveryState.EXPIRED)),
        # account_budget
        (REPLY, {"budget_free_at": TEN}, Wait("account_budget", TEN)),
        (ACCEPT, {"budget_free_at": TEN}, Wait("account_budget", TEN)),
        ({}, {"budget_free_at": AT}, Go()),
        # human_present
        (REPLY, HUMAN, Wait("human_present", AT + minutes(30))),
        (GROUP, HUMAN, Wait("human_present", AT + minutes(30))),
        (COMMAND, HUMAN, Go()),
        (REMARK, HUMAN, Go()),
        ({**REPLY, "about_consent": True}, HUMAN, Go()),
        ({}, {"human_until": AT}, Go()),
        # not_bound, not_approved, erased, field
        (GROUP, {"group_bound": False}, End("not_bound")),
        (GROUP | COMMAND, {"group_bound": False}, Go()),
        ({"approved": False}, {}, Wait("not_approved")),
        (REPLY, {"erased": True}, End("erased", DeliveryState.CANCELLED)),
        ({"missing_fields": ("name",)}, {}, End("field")),
        # what a command posts to others is no answer to it
        (POSTED, {"opted_out": True}, End("opted_out")),
        (POSTED, {"paused": True}, Wait("paused")),
        (POSTED, HUMAN, Wait("human_present", AT + minutes(30))),
        (POSTED | {"text": "内部价"}, SENSITIVE, End("words")),
        (POSTED | GROUP, {"group_bound": False}, End("not_bound")),
        # the staff is called whatever was said, asked or sent today
        (CALL | {"text": "他说内部价"}, SENSITIVE | {"is_staff": True}, Go()),
        (CALL, CONSENT | {"is_staff": True}, Go()),
        (CALL, caps(person_per_day=0) | {"is_staff": True}, Go()),
        ({"cause": "command"}, caps(person_per_day=0) | {"is_staff": True}, Go()),  # what an author hands in
        (CALL, CONSENT, End("no_consent")),
        # their own words are no words of ours, in an answer to them
        (REPLY | {"text": "内部价好", "their_words": ("内部价",)}, SENSITIVE, Go()),
        (REPLY | {"text": "内部价，有内部价", "their_words": ("有",)}, SENSITIVE, End("words")),
        ({"text": "内部价好", "their_words": ("内部价",)}, SENSITIVE, End("words")),
        # ten posts of a tenth are one touch
        ({}, caps(person_per_day=2) | {"touches_today": sum([0.1] * 10)}, Go()),
        ({}, caps(person_per_day=2) | {"touches_today": sum([0.7] * 10) - 6}, Go()),
        ({}, caps(person_per_day=2) | {"touches_today": 1.1}, Wait("person_cap", MIDNIGHT)),
    ],
)
def test_each_reason_alone(delivery: dict[str, Any], facts: dict[str, Any], verdict: Verdict) -> None:
    assert judged(delivery, facts) == verdict


def test_the_reasons_stand_in_the_order_of_the_contract() -> None:
    assert [reason.__name__ for reason in REASONS] == [
        *("opted_out", "no_consent", "unreachable", "window", "quota", "paused", "complaint", "first_contact"),
        *("person_cap", "group_cap", "quiet_hours", "words", "too_late", "account_budget", "human_present"),
        *("not_bound", "not_approved", "erased", "field"),
    ]


# One thing after another that speaks against a promotion to one person, in the order of the reasons.
AGAINST: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("opted_out", {}, {"opted_out": True}),
    ("no_consent", {}, {}),  # by the playbook
    ("unreachable", {}, {"is_friend": False}),
    ("window", {}, WINDOW),
    ("paused", {}, {"paused": True}),
    ("complaint", {}, {"complaint": True}),
    ("first_contact", {}, {"had_contact": False}),
    ("person_cap", {}, {"promotions_today": 1}),
    ("quiet_hours", {}, {}),  # by the playbook
    ("words", {"text": "内部价"}, {}),
    ("too_late", {"not_after": AT - minutes(1)}, {}),
    ("account_budget", {}, {"budget_free_at": TEN}),
    ("human_present", {}, HUMAN),
    ("not_approved", {"approved": False}, {}),
    ("erased", {}, {"erased": True}),
    ("field", {"missing_fields": ("name",)}, {}),
]
ENDS = ("opted_out", "no_consent", "unreachable", "first_contact", "words", "too_late", "erased", "field")
NAMES = [name for name, _, _ in AGAINST]


@given(st.sets(st.sampled_from(NAMES)))
def test_the_first_that_ends_it_else_the_first_that_makes_it_wait(present: set[str]) -> None:
    book = {
        "consent": {"required": "no_consent" in present},
        "caps": {"promotions_per_day": 1},
        "quiet_hours": [{"from": "08:00", "to": "10:00"}] if "quiet_hours" in present else [],
        "words": {"sensitive": ["内部价"]},
    }
    delivery: dict[str, Any] = dict(PROMOTION)
    facts: dict[str, Any] = {"playbook": playbook(**book)}
    for name, of_delivery, of_facts in AGAINST:
        if name in present:
            delivery |= of_delivery
            facts |= of_facts
    verdict = judged(delivery, facts)
    ending = [name for name in NAMES if name in present and name in ENDS]
    waiting = [name for name in NAMES if name in present and name not in ENDS]
    if not present:
        assert verdict == Go()
    else:
        assert isinstance(verdict, End if ending else Wait)
        assert verdict.reason == (ending or waiting)[0]


def local(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


NIGHT = [{"from": "22:00", "to": "08:00"}]


@pytest.mark.parametrize(
    ("book", "now", "until"),
    [
        ({}, local(11, 23, 3), None),
        ({"quiet_hours": NIGHT}, local(11, 23, 21, 59), None),
        ({"quiet_hours": NIGHT}, local(11, 23, 22), local(11, 24, 8)),
        ({"quiet_hours": NIGHT}, local(11, 24, 7, 59), local(11, 24, 8)),
        ({"quiet_hours": NIGHT}, local(11, 24, 8), None),
        # a rest day as a whole, and the night before and after it
        ({"rest_days": ["sun"]}, local(11, 29, 12), local(11, 30, 0)),
        ({"rest_days": ["sun"]}, local(11, 28, 23, 59), None),
        ({"rest_days": ["sun"], "quiet_hours": NIGHT}, local(11, 28, 22), local(11, 30, 8)),
        ({"rest_days": ["sat", "sun"], "quiet_hours": NIGHT}, local(11, 27, 23), local(11, 30, 8)),
        # public holidays: 1 to 7 October 2026; Saturday 10 October is worked instead
        ({"rest_days": ["holidays"]}, local(10, 1, 9), local(10, 8, 0)),
        ({"rest_days": ["holidays"]}, local(10, 10, 9), None),
        ({"rest_days": ["sat"]}, local(10, 10, 9), None),
        ({"rest_days": ["sat"]}, local(10, 17, 9), local(10, 18, 0)),
        ({"rest_days": ["sun"]}, local(10, 4, 9), local(10, 5, 0)),
        ({"rest_days": ["sun", "holidays"]}, local(10, 4, 9), local(10, 8, 0)),
        ({"rest_days": ["sat"], "quiet_hours": NIGHT}, local(10, 10, 7), local(10, 10, 8)),
    ],
)
def test_how_long_it_is_quiet(book: dict[str, Any], now: datetime, until: datetime | None) -> None:
    assert quiet_until(playbook(**book), now) == until


@given(
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana"]),
    st.integers(0, 2 * 366 * 24 * 60).map(lambda since: datetime(2026, 1, 1, tzinfo=UTC) + minutes(since)),
    st.lists(st.tuples(st.integers(0, 95), st.integers(0, 95)), min_size=1, max_size=3),
)
@example("Europe/Berlin", datetime(2026, 10, 25, 1, 10, tzinfo=UTC), [(8, 10)])
@example("America/Havana", datetime(2026, 11, 1, 5, 10, tzinfo=UTC), [(90, 2)])
def test_a_wait_ends_later_than_it_begins_wherever_the_clocks_change(
    zone_name: str, now: datetime, windows: list[tuple[int, int]]
) -> None:
    quarters = [{"from": f"{a // 4:02d}:{a % 4 * 15:02d}", "to": f"{b // 4:02d}:{b % 4 * 15:02d}"} for a, b in windows]
    zone = ZoneInfo(zone_name)
    verdict = judged({}, {"playbook": playbook(quiet_hours=quarters), "now": now, "zone": zone})
    assert verdict == Go() or (isinstance(verdict, Wait) and verdict.until is not None and verdict.until > now)
    full = judged({}, caps(person_per_day=0) | {"now": now, "zone": zone})
    assert isinstance(full, Wait)
    assert full.until is not None
    assert now < full.until <= now + hours(26)


def test_a_playbook_that_is_always_quiet_says_so_and_ends() -> None:
    every_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    until = quiet_until(playbook(rest_days=every_day), local(12, 1, 9))
    assert until is not None
    assert until > local(12, 30, 0)


def test_waits_end_in_the_zone_of_the_clock() -> None:
    verdict = judged({}, {"playbook": playbook(quiet_hours=NIGHT), "now": AT + hours(14)})
    assert verdict == Wait("quiet_hours", datetime(2026, 11, 24, 0, tzinfo=UTC))
    assert isinstance(verdict, Wait)
    assert verdict.until is not None
    assert verdict.until.tzinfo is UTC
