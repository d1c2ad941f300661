"""Calendar entries come into force, fall due, are missed, edited and deleted."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from content_calendar.entry import Entry, to_json
from handlers import decide
from models import effects as fx
from models.context import Context, EntryView
from models.deliveries import DeliveryKind, DeliveryState, Lane
from models.effects import Effect
from models.events import Media
from models.orders import ApproveEntryOrder, DeleteEntriesOrder, ImportEntriesOrder
from tests.handlers.builders import AT, context, hours, merchant, minutes, of, playbook, rings

NINE = AT  # 09:00 in Shanghai on Monday, 23 November
TODAY = date(2026, 11, 23)


def entry(key: str = "a-1", **more: Any) -> Entry:
    """Daily at nine to the 茶桌 groups."""
    known: dict[str, Any] = {"rule": "daily", "time": time(9), "tiers": ("茶桌",), "text": "早，{group}。", **more}
    return Entry(key=key, **known)


def row(one: Entry) -> tuple[str, str, str]:
    return one.key, one.revision, to_json(one).decode()


YESTERDAY = AT - hours(24)


def view(one: Entry, at: datetime = YESTERDAY, **more: Any) -> EntryView:
    body = to_json(one).decode()
    return EntryView(key=one.key, revision=one.revision, body=body, at=at, first_imported_at=at, **more)


def importing(*entries: Entry, at: datetime = AT, replace: bool = False) -> ImportEntriesOrder:
    return ImportEntriesOrder(merchant="m1", at=at, entries=tuple(map(row, entries)), replace=replace)


def due(one: Entry, *, due: datetime = NINE, now: datetime = NINE, known: EntryView | None = None) -> list[Effect]:
    return decide(rings("entry", one.key, at=now, due=due), _started(known or view(one)))


def _started(*views: EntryView, at: datetime | None = None, **book: Any) -> Context:
    return context(merchant=merchant(playbook(**book), started_at=at), entries=views)


def ring(at: datetime) -> fx.PutTimer:
    return fx.PutTimer(kind="entry", subject="a-1", at=at)


def expanded(**more: Any) -> fx.Expand:
    known: dict[str, Any] = {
        "entry": "a-1",
        "revision": entry().revision,
        "occurrence": "2026-11-23",
        "due": NINE,
        "kind": DeliveryKind.TEXT,
        "lane": Lane.CONTENT,
        "template": "早，{group}。",
        "tiers": ("茶桌",),
        **more,
    }
    return fx.Expand(**known)


def test_an_occurrence_is_planned_when_it_is_due_and_the_next_one_rings() -> None:
    assert due(entry()) == [expanded(), ring(NINE + hours(24))]


def test_everything_of_an_entry_goes_into_its_deliveries() -> None:
    full = entry(
        kind="image",
        title="图",
        media=("a.png", "b.png"),
        groups=("room-1@chatroom",),
        tags=("老客",),
        priority=2,
        promotional=True,
        not_after=datetime(2026, 11, 23, 20),  # noqa: DTZ001  the wall clock of the merchant's zone
    )
    planned, _ = due(full)
    assert planned == expanded(
        revision=full.revision,
        kind=DeliveryKind.IMAGE,
        lane=Lane.PROMOTION,
        media=(Media(name="图", url="a.png"), Media(name="图", url="b.png")),
        groups=("room-1@chatroom",),
        tags=("老客",),
        priority=2,
        promotional=True,
        not_after=NINE + hours(11),
    )


@pytest.mark.parametrize(
    ("more", "kind", "lane"),
    [
        ({"kind": "question"}, "text", "content"),
        ({"kind": "gathering"}, "text", "content"),
        ({"kind": "coupon", "promotional": True}, "text", "promotion"),
        ({"kind": "announcement"}, "announcement", "content"),
        ({"content_kind": "care"}, "text", "care"),
        ({"content_kind": "service"}, "text", "service"),
        ({"content_kind": "article"}, "text", "content"),
    ],
)
def test_kind_and_lane(more: dict[str, Any], kind: str, lane: str) -> None:
    (planned,) = of(fx.Expand, due(entry(**more)))
    assert (planned.kind, planned.lane) == (kind, lane)


def test_an_entry_without_a_text_says_its_title() -> None:
    (planned,) = of(fx.Expand, due(entry(text="", title="早安")))
    assert planned.template == "早安"


def test_an_entry_of_one_day_rings_once() -> None:
    assert due(entry(rule="", date=TODAY))[1:] == [fx.DropTimer(kind="entry", subject="a-1")]


def test_an_entry_that_is_gone_rings_for_nobody() -> None:
    assert decide(rings("entry", "a-1"), context()) == []


def test_an_entry_that_was_moved_meanwhile_only_rings_again() -> None:
    assert due(entry(time=time(10))) == [ring(NINE + hours(1))]


def missed(catch_up: str, late: float) -> tuple[DeliveryState, str | None]:
    """What becomes of the post of nine o'clock, if the program comes up so many minutes later."""
    one = entry(catch_up=catch_up)
    now = NINE + minutes(late)
    effects = decide(rings("entry", "a-1", at=now, due=NINE), _started(view(one), at=now))
    (planned,) = of(fx.Expand, effects)
    return planned.state, planned.reason


@pytest.mark.parametrize(
    ("catch_up", "late", "state", "reason"),
    [
        ("skip", 1, "skipped", "too_late"),
        ("", 1, "skipped", "too_late"),
        ("within 2h", 1, "planned", None),
        ("within 2h", 120, "planned", None),
        ("within 2h", 121, "expired", "too_late"),
        ("ask", 1, "waiting", "not_approved"),
        ("ask", 600, "waiting", "not_approved"),
    ],
)
def test_what_was_missed_follows_its_policy(catch_up: str, late: float, state: str, reason: str | None) -> None:
    assert missed(catch_up, late) == (state, reason)


def test_a_busy_program_that_was_up_has_missed_nothing() -> None:
    effects = decide(rings("entry", "a-1", at=NINE + minutes(5), due=NINE), _started(view(entry()), at=NINE - hours(1)))
    assert of(fx.Expand, effects)[0].state == "planned"


def test_every_missed_day_is_on_record() -> None:
    now = NINE + hours(49)
    effects = decide(rings("entry", "a-1", at=now, due=NINE), _started(view(entry()), at=now))
    assert [(one.occurrence, one.state) for one in of(fx.Expand, effects)] == [
        ("2026-11-23", "skipped"),
        ("2026-11-24", "skipped"),
        ("2026-11-25", "skipped"),
    ]
    assert effects[-1] == ring(NINE + hours(72))


def test_an_import_puts_entries_in_force_from_the_start_of_the_day() -> None:
    one = entry()
    assert decide(importing(one, at=NINE - hours(1)), context()) == [
        fx.PutEntries(entries=(row(one),), author="operator"),
        ring(NINE),
        fx.Audit(actor="operator", action="calendar.import", reason="created=1 changed=0 same=0"),
        fx.Answered(text="created=1 changed=0 same=0"),
    ]


def test_an_import_after_the_time_of_day_has_missed_todays() -> None:
    noon = NINE + hours(3)
    assert ring(NINE) in decide(importing(entry(), at=noon), context())
    effects = due(entry(), now=noon, known=view(entry(), at=noon))
    assert of(fx.Expand, effects) == [expanded(state=DeliveryState.SKIPPED, reason="too_late")]


def test_days_before_the_import_are_no_occurrences() -> None:
    past = entry(rule="", date=date(2026, 11, 22))
    assert fx.DropTimer(kind="entry", subject="a-1") in decide(importing(past), context())


@pytest.mark.parametrize(
    ("rule", "turn"),
    [
        ("joined+3d", fx.Turn(of="joined", start=NINE - hours(81), end=NINE - hours(57))),
        ("joined+0d", fx.Turn(of="joined", start=NINE - hours(9), end=NINE + datetime.resolution)),
        ("bought+1d", fx.Turn(of="bought", start=NINE - hours(33), end=NINE - hours(9))),
        ("silent+30d", fx.Turn(of="silent", start=NINE - hours(729), end=NINE - hours(705))),
    ],
)
def test_rules_that_count_from_members_ring_every_day_for_whose_turn_it_is(rule: str, turn: fx.Turn) -> None:
    personal = entry(rule=rule)
    effects = due(personal)
    assert effects == [expanded(revision=personal.revision, turn=turn), ring(NINE + hours(24))]


def test_a_birthday_is_looked_up_in_both_calendars() -> None:
    (planned, _) = due(entry(rule="birthday"))
    assert isinstance(planned, fx.Expand)
    # 23 November 2026 is the 15th of the tenth lunar month.
    assert planned.turn == fx.Turn(of="birthday", born=((False, 11, 23), (True, 10, 15)))


def test_the_same_again_changes_nothing() -> None:
    effects = decide(importing(entry()), context(entries=(view(entry()),)))
    assert [type(effect) for effect in effects] == [fx.Audit, fx.Answered]
    assert effects[-1] == fx.Answered(text="created=0 changed=0 same=1")


def test_an_edit_rings_anew_and_rewords_what_has_not_left() -> None:
    edited = entry(time=time(15), text="下午好。")
    known = view(entry(), open=("2026-11-22", "2026-11-23"))
    effects = decide(importing(edited, at=NINE + hours(1)), context(entries=(known,)))
    new = expanded(revision=edited.revision, template="下午好。", due=NINE + hours(6))
    yesterdays = expanded(
        revision=edited.revision,
        template="下午好。",
        occurrence="2026-11-22",
        due=NINE - hours(18),
        state=DeliveryState.SKIPPED,
        reason="too_late",
    )
    assert effects[:4] == [
        fx.PutEntries(entries=(row(edited),), author="operator"),
        ring(NINE + hours(6)),
        fx.Replan(planned=yesterdays),
        fx.Replan(planned=new),
    ]
    assert effects[-1] == fx.Answered(text="created=0 changed=1 same=0")


def test_an_import_deletes_only_when_told_to() -> None:
    known = context(entries=(view(entry("old")), view(entry())))
    assert of(fx.DropEntry, decide(importing(entry()), known)) == []
    assert of(fx.DropEntry, decide(importing(entry(), replace=True), known)) == [fx.DropEntry(key="old")]


def test_deleting() -> None:
    known = context(entries=(view(entry()),))
    assert decide(DeleteEntriesOrder(merchant="m1", at=AT, keys=("a-1",)), known) == [
        fx.DropEntry(key="a-1"),
        fx.Audit(actor="operator", action="calendar.delete", target="a-1"),
        fx.Answered(text="已删除 1 条"),
    ]
    wrong = DeleteEntriesOrder(merchant="m1", at=AT, keys=("a-1", "b", "c"))
    assert decide(wrong, known) == [fx.Answered(refused="没有这些排期：b、c")]


def test_approving() -> None:
    known = context(entries=(view(entry(title="早安")),))
    assert decide(ApproveEntryOrder(merchant="m1", at=AT, key="a-1"), known) == [
        fx.ApproveWaiting(entry="a-1", approver="operator", not_before=AT - hours(9)),
        fx.Audit(actor="operator", action="calendar.approve", target="a-1"),
        fx.Answered(text="「早安」已通过"),
    ]
    assert decide(ApproveEntryOrder(merchant="m1", at=AT, key="b"), known) == [fx.Answered(refused="没有排期「b」")]


WAITING = [(DeliveryState.WAITING, "not_approved")]


def test_with_approval_an_import_is_not_approved_and_an_edit_takes_approval_back() -> None:
    """What waits says the new text, which nobody has approved."""
    edited = entry(text="下午好。")
    effects = decide(importing(edited), _started(view(entry(), open=("2026-11-23",)), approval=True))
    assert of(fx.PutEntries, effects) == [fx.PutEntries(entries=(row(edited),), author="operator", approved=False)]
    assert [one.approved for one in of(fx.Replan, effects)] == [False]
    same = decide(importing(entry()), _started(view(entry()), approval=True))
    assert of(fx.PutEntries, same) == []


def test_what_nobody_approved_waits_when_it_is_due() -> None:
    effects = due(entry(), known=view(entry(), approved=False))
    assert [(one.state, one.reason) for one in of(fx.Expand, effects)] == WAITING
    assert effects[-1] == ring(NINE + hours(24))


@pytest.mark.parametrize(
    ("catch_up", "expected"),
    [
        ("skip", [(DeliveryState.SKIPPED, "too_late")]),
        ("within 30m", [(DeliveryState.EXPIRED, "too_late")]),
        ("within 2h", WAITING),
        ("ask", WAITING),
    ],
)
def test_what_was_missed_goes_by_its_policy_first(catch_up: str, expected: list[Any]) -> None:
    now = NINE + hours(1)
    known = view(entry(catch_up=catch_up), approved=False)
    effects = decide(rings("entry", "a-1", at=now, due=NINE), _started(known, at=now))
    assert [(one.state, one.reason) for one in of(fx.Expand, effects)] == expected


@pytest.mark.parametrize(
    ("catch_up", "expected"),
    [
        ("", fx.ApproveWaiting(entry="a-1", approver="operator", not_before=AT - hours(9))),
        (
            "within 2h",
            fx.ApproveWaiting(
                entry="a-1", approver="operator", not_before=AT - hours(2), too_late=DeliveryState.EXPIRED
            ),
        ),
        ("ask", fx.ApproveWaiting(entry="a-1", approver="operator", not_before=AT - hours(9))),
    ],
)
def test_what_is_too_late_when_it_is_approved(catch_up: str, expected: Effect) -> None:
    known = context(entries=(view(entry(catch_up=catch_up)),))
    assert decide(ApproveEntryOrder(merchant="m1", at=AT, key="a-1"), known)[0] == expected
