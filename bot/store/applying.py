"""Effects become rows: one function a kind of effect, each called once for all effects of its kind in a wave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text, true, update
from sqlmodel import col

from bot.store import Change, Writing
from bot.store.alerting import end_alerts, end_settled, raise_alerts
from bot.store.applying_accounts import ACCOUNT_WRITERS
from bot.store.applying_commands import COMMAND_WRITERS, audit
from bot.store.applying_doubts import doubt_by_answer, put_doubts, settle_doubts
from bot.store.applying_edits import CALENDAR_WRITERS
from bot.store.applying_erasure import erase
from bot.store.applying_farewells import ask_to_forget, forget_addresses
from bot.store.applying_groups import (
    bind_groups,
    put_groups,
    put_members,
    put_places,
    rebind_groups,
    release,
    rename_groups,
    reserve,
    wait_for_seat,
)
from bot.store.applying_identity import merge_persons, unmerge_persons
from bot.store.applying_lanes import replace_accounts
from bot.store.applying_operators import OPERATOR_WRITERS
from bot.store.applying_owners import claim_members, hand_over
from bot.store.applying_people import (
    claim_people,
    close_complaints,
    heard,
    hold,
    open_complaints,
    opt_in,
    opt_out,
    put_answers,
    put_consents,
    put_friendships,
    put_surveys,
    put_tags,
    rebind,
)
from bot.store.applying_questions import put_questions
from bot.store.applying_sends import send
from bot.store.applying_tickets import TICKET_WRITERS
from bot.store.newcomers import WELCOME_WRITERS
from bot.store.prepared import is_one_of, unindexed
from bot.store.timers import DROP_TIMERS
from handlers.gate import REASON_NAMES
from models import effects as fx
from models.context import MerchantView
from models.deliveries import CAN_BE_CONFIRMED, OPEN_STATES, Delivery, DeliveryKind, DeliveryState
from models.effects import Effect
from models.events import Event, SendAnswered, Tapped
from models.operations import Merchant, Pause, PlaybookRevision, Timer

Pairs = list[tuple[Event, Any]]


def apply_effects(writing: Writing, merchant: MerchantView, decided: Sequence[tuple[Event, Sequence[Effect]]]) -> None:
    """Write everything that a wave's decisions bring about, kind by kind in the order of `_WRITERS`."""
    by_kind: dict[type[Effect], Pairs] = defaultdict(list)
    for event, effects in decided:
        for effect in effects:
            by_kind[type(effect)].append((event, effect))
    if unknown := by_kind.keys() - _WRITERS.keys() - _UNWRITTEN:
        raise TypeError(f"no writer for {sorted(kind.__name__ for kind in unknown)}")
    for kind in sorted(by_kind.keys() & _WRITERS.keys(), key=_ORDER.__getitem__):
        _WRITERS[kind](writing, merchant, by_kind[kind])
    if by_kind.keys() & _SETTLING:
        end_settled(writing, merchant)


_SETTLE = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("this"))
    .values(
        state=bindparam("entered"),
        reason=bindparam("why"),
        until=None,
        message=func.coalesce(func.nullif(bindparam("answered"), ""), col(Delivery.message)),
    )
)

# What a human taps leaves then, however long the platform had kept the task.
_LEFT_WHEN_TAPPED = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("this"), col(Delivery.left_at) < bindparam("tapped_at"))
    .values(left_at=bindparam("tapped_at"))
)


def settle(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """From what an event proves. A confirmation of what was only claimed passes through `sent`."""
    # A platform answers about what is under way, and of that nobody was told that it is uncertain.
    certain = (DeliveryState.CLAIMED, DeliveryState.SENT)
    told = any(not isinstance(event, SendAnswered) and effect.was not in certain for event, effect in pairs)
    changes: list[Change] = []
    for _event, effect in pairs:
        path = [effect.state]
        if effect.state == DeliveryState.CONFIRMED and effect.was == DeliveryState.CLAIMED:
            path = [DeliveryState.SENT, DeliveryState.CONFIRMED]
        changes += [Change(effect.delivery_id, merchant.id, writing.now, state, effect.reason, None) for state in path]
    writing.each(
        _SETTLE,
        ("this", "entered", "why", "answered"),
        [(effect.delivery_id, effect.state, effect.reason, effect.message or "") for _event, effect in pairs],
    )
    tapped = [
        (effect.delivery_id, min(event.at, writing.now))  # what seems to be later was told by a clock that is ahead
        for event, effect in pairs
        if isinstance(event, Tapped) or effect.was == DeliveryState.AWAITING_TAP
    ]
    if tapped:
        writing.each(_LEFT_WHEN_TAPPED, ("this", "tapped_at"), tapped)
    writing.changed(changes)
    if told:
        end_settled(writing, merchant)


def lose(writing: Writing, merchant_id: str, delivery_id: int) -> None:
    """What was under way is uncertain: what came of it could not be dealt with."""
    lost = writing.connection.execute(
        update(Delivery)
        .where(
            col(Delivery.merchant_id) == merchant_id,
            col(Delivery.id) == delivery_id,
            col(Delivery.state) == DeliveryState.CLAIMED,
        )
        .values(state=DeliveryState.UNKNOWN, reason="error", until=None)
        .returning(col(Delivery.id))
    ).scalars()
    writing.changed(
        [Change(identity, merchant_id, writing.now, DeliveryState.UNKNOWN, "error", None) for identity in lost]
    )


def send_again(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        state = DeliveryState.WAITING if effect.reason else DeliveryState.PLANNED
        until = effect.at if effect.reason else None
        writing.connection.execute(
            update(Delivery)
            .where(col(Delivery.id) == effect.delivery_id)
            .values(state=state, reason=effect.reason, until=until, next_at=effect.at, message="")
        )
        writing.changed([Change(effect.delivery_id, merchant.id, writing.now, state, effect.reason, until)])


def cancel(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for _event, effect in pairs:
        alike[effect.causes, effect.state, effect.reason].append(effect.contact_id)
    for (causes, state, reason), contact_ids in alike.items():
        values = {"merchant": merchant.id, "ids": contact_ids, "causes": causes, "ending": state, "why": reason}
        writing.changed(
            [
                Change(identity, merchant.id, writing.now, state, reason, None)
                for identity in sorted(identity for (identity,) in writing.rows(_CANCEL, **values))
            ]
        )


def confirm_by_fact(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        rows = writing.connection.execute(
            select(col(Delivery.id), col(Delivery.state)).where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.account_id) == effect.account if effect.account else true(),
                col(Delivery.contact_id) == effect.contact_id,
                col(Delivery.kind) == effect.kind,
                col(Delivery.group_id) == effect.group_id if effect.group_id else true(),
                col(Delivery.text) == effect.text if effect.text is not None else true(),
                col(Delivery.state).in_((*OPEN_STATES, *CAN_BE_CONFIRMED)),
            )
        ).all()
        confirming = _CONFIRMING_REMARK if effect.kind == DeliveryKind.REMARK else _CONFIRMING
        for identity, state in rows:
            if not (path := confirming.get(state, [DeliveryState.CONFIRMED])):
                continue
            writing.connection.execute(
                update(Delivery).where(col(Delivery.id) == identity).values(state=path[-1], reason=None, until=None)
            )
            writing.changed([Change(identity, merchant.id, writing.now, entered, None, None) for entered in path])


def put_timers(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    names = ("merchant_id", "kind", "subject", "account_id", "at")
    for conflict in ("keep", "replace"):
        timers = {
            (one.kind, one.subject): (merchant.id, one.kind, one.subject, one.account, one.at)
            for _event, one in pairs
            if one.unless_set == (conflict == "keep")
        }
        writing.put(Timer, names, list(timers.values()), conflict)


def drop_timers(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for _event, effect in pairs:
        by_kind[effect.kind].append(effect.subject)
    for kind, subjects in by_kind.items():
        writing.do(DROP_TIMERS, merchant=merchant.id, kind=kind, subjects=subjects)


def put_playbooks(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        this = (
            col(PlaybookRevision.merchant_id) == merchant.id,
            col(PlaybookRevision.revision) == effect.revision,
        )
        if not writing.connection.execute(update(PlaybookRevision).where(*this).values(toml=effect.toml)).rowcount:
            row = {"merchant_id": merchant.id, "revision": effect.revision, "body": effect.body, "toml": effect.toml}
            writing.insert(PlaybookRevision, [row | {"at": event.at}])
        writing.connection.execute(
            update(Merchant).where(col(Merchant.id) == merchant.id).values(revision=effect.revision)
        )
        _look_again(writing, merchant, REASON_NAMES)  # what waits by the old numbers may wait for less, or for more


def put_pauses(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        row = {"merchant_id": merchant.id, "scope": effect.scope, "subject": effect.subject}
        if effect.resumed:
            same = [col(getattr(Pause, name)) == value for name, value in row.items()]
            writing.connection.execute(delete(Pause).where(*same))
            _look_again(writing, merchant, ("paused",))
        else:
            writing.upsert(Pause, [row | {"by": effect.by, "reason": effect.reason, "at": event.at}])


def refresh(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    writing.refresh.update(effect.account for _event, effect in pairs)


def _look_again(writing: Writing, merchant: MerchantView, reasons: Sequence[str]) -> None:
    """What waits for one of these reasons is looked at now."""
    writing.connection.execute(
        update(Delivery)
        .where(
            unindexed(col(Delivery.merchant_id)) == merchant.id,
            text("state IN ('planned', 'waiting')"),  # in the words of the index, which holds what is open and no more
            col(Delivery.state) == DeliveryState.WAITING,
            col(Delivery.reason).in_(reasons),
        )
        .values(next_at=writing.now)
    )


_CANCEL = (
    update(Delivery)
    .where(
        unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
        is_one_of(col(Delivery.contact_id), "ids"),
        text("state IN ('planned', 'waiting')"),  # in the words of the index, which holds what is open and no more
        is_one_of(col(Delivery.cause), "causes"),
    )
    .values(state=bindparam("ending"), reason=bindparam("why"), until=None)
    .returning(col(Delivery.id))
)
_WRITERS: dict[type[Effect], Callable[[Writing, MerchantView, Pairs], None]] = {
    fx.MergePersons: merge_persons,  # as they are before anything else changes them
    fx.UnmergePersons: unmerge_persons,
    fx.Rebind: rebind,
    fx.RebindGroup: rebind_groups,
    **ACCOUNT_WRITERS,
    fx.ReplaceAccount: replace_accounts,
    fx.PutFriendship: put_friendships,
    fx.PutGroups: put_groups,
    fx.PutMembers: put_members,
    fx.RenameGroup: rename_groups,
    fx.BindGroup: bind_groups,
    fx.Hold: hold,
    fx.Heard: heard,
    fx.PutAnswer: put_answers,
    fx.DoubtByAnswer: doubt_by_answer,
    fx.PutTags: put_tags,
    fx.PutSurvey: put_surveys,
    fx.Claim: claim_people,
    fx.ClaimMembers: claim_members,
    fx.HandOver: hand_over,
    fx.OptOut: opt_out,
    fx.OptIn: opt_in,
    fx.PutConsent: put_consents,
    fx.AskToForget: ask_to_forget,
    fx.OpenComplaint: open_complaints,
    fx.CloseComplaint: close_complaints,
    fx.PutPlace: put_places,  # before the seat that is taken instead
    fx.PutQuestion: put_questions,
    fx.Reserve: reserve,
    fx.Release: release,
    fx.WaitForSeat: wait_for_seat,
    **COMMAND_WRITERS,
    **TICKET_WRITERS,
    **WELCOME_WRITERS,
    **OPERATOR_WRITERS,
    fx.Cancel: cancel,  # before what is said instead
    fx.ConfirmByFact: confirm_by_fact,
    fx.Send: send,
    fx.Settle: settle,
    fx.SendAgain: send_again,
    fx.DropTimer: drop_timers,
    fx.PutTimer: put_timers,
    **CALENDAR_WRITERS,
    fx.PutPlaybook: put_playbooks,
    fx.PutPause: put_pauses,
    fx.PutDoubt: put_doubts,
    fx.SettleDoubt: settle_doubts,
    fx.RaiseAlert: raise_alerts,
    fx.EndAlert: end_alerts,
    fx.Audit: audit,
    fx.Refresh: refresh,
    fx.ForgetAddress: forget_addresses,
    fx.Erase: erase,  # after all that may name them
}
_ORDER = {kind: place for place, kind in enumerate(_WRITERS)}
# The states that a delivery passes through when it turns out that nothing is left to do; others are just confirmed.
_CONFIRMING: dict[str, list[DeliveryState]] = {
    DeliveryState.PLANNED: [DeliveryState.CANCELLED],
    DeliveryState.WAITING: [DeliveryState.CANCELLED],
    DeliveryState.CLAIMED: [DeliveryState.SENT, DeliveryState.CONFIRMED],
}
# Of a remark that it takes the platform says no more than that: whoever is told of it by a list instead, because nobody
# was there to hear the answer, knows as much and no more.
_CONFIRMING_REMARK: dict[str, list[DeliveryState]] = _CONFIRMING | {
    DeliveryState.CLAIMED: [DeliveryState.SENT],
    DeliveryState.UNKNOWN: [DeliveryState.SENT],
    DeliveryState.SENT: [],
}
# What may tell what became of an uncertain delivery, as `Settle` may.
_SETTLING = frozenset({fx.SendAgain, fx.ConfirmByFact})
# Followers are decided in a later wave; answers go back to who gave the order.
_UNWRITTEN = frozenset({fx.Follow, fx.Answered})
