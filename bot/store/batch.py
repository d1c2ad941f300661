"""A batch of events, from duplicates to rows, in one transaction.

Events are deduplicated, journalled, decided and applied together. A batch never decides two events of one conversation
on the same context: it is split into waves, and each wave's context is loaded after the one before was applied.
"""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from bot.store import Store, Writing
from bot.store.alerting import end_dealt_with
from bot.store.applying import apply_effects
from bot.store.contexts import load_contexts, take_seats
from bot.store.engine import is_passing
from bot.store.event_keys import content_key
from bot.store.failed import decided_again
from bot.store.identify import identify, people_of
from bot.store.journal import Outcome, changes_nothing_due, keep_error, sets_no_timer, write_dead_letter, write_down
from bot.store.late import kept_for
from bot.store.leases import LeaseLost
from bot.store.prepared import is_one_of
from bot.store.resting import collector_at_rest
from bot.store.timers import DROP_TIMERS, THESE_TIMERS
from bot.store.tombstones import veil
from handlers import asking
from handlers.needs import Needs, needs_under
from models import events as ev
from models import orders
from models.context import Context, MerchantView
from models.effects import Effect, Follow
from models.events import Event
from models.journal import SeenEvent
from models.timers import PERSON_TIMERS, SEAT_TIMER

Decide = Callable[[Event, Context], Sequence[Effect]]

# A decision may raise further events, and those may raise others; a circle among them is a bug, not work.
MOST_WAVES = 10_000


def apply(
    store: Store, merchants: Mapping[str, MerchantView], events: Sequence[Event], decide: Decide
) -> list[Outcome]:
    """Decide and write a batch. Raises OperationalError (disk full, database locked), or `LeaseLost` if something was
    heard or sent by an account that is another program's by now, with nothing of it written.

    If the batch cannot be written for another reason, its halves are, down to the event at fault, which is journalled
    with its traceback, and the rest goes on.
    """
    try:
        return _apply_together(store, merchants, events, decide)
    except LeaseLost:
        raise
    except Exception as error:
        if isinstance(error, OperationalError) and is_passing(error):
            raise
        if middle := len(events) // 2:
            halves = (events[:middle], events[middle:])
            return [outcome for half in halves for outcome in apply(store, merchants, half, decide)]
        return [_bury(store, events[0], traceback.format_exc())]


def _apply_together(
    store: Store, merchants: Mapping[str, MerchantView], events: Sequence[Event], decide: Decide
) -> list[Outcome]:
    with collector_at_rest():
        outcomes = [Outcome(event) for event in events]
        by_merchant: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in outcomes:
            by_merchant[outcome.event.merchant].append(outcome)
        with store.writing(by_merchant, kept_for(store, events)) as writing:
            for merchant_id, mine in by_merchant.items():
                fresh = _take_timers(writing, merchant_id, _drop_duplicates(writing, merchant_id, mine))
                _decide_in_waves(writing, merchants[merchant_id], fresh, decide)
            writing.is_quiet = all(map(changes_nothing_due, outcomes))
            writing.keeps_timers = all(map(sets_no_timer, outcomes))
        return outcomes


def _drop_duplicates(writing: Writing, merchant_id: str, outcomes: list[Outcome]) -> list[Outcome]:
    by_account: dict[str, dict[str, Outcome]] = defaultdict(dict)
    for outcome in outcomes:
        event = outcome.event
        if key := event.wire_id or content_key(event):
            outcome.key = key
            outcome.duplicate = by_account[event.account].setdefault(key, outcome) is not outcome
    for account, by_key in by_account.items():
        for (seen,) in writing.rows(_SEEN, merchant=merchant_id, account=account, keys=list(by_key)):
            by_key[seen].duplicate = True
    return [outcome for outcome in outcomes if not outcome.duplicate]


_SEEN = select(col(SeenEvent.wire_id)).where(
    col(SeenEvent.merchant_id) == bindparam("merchant"),
    col(SeenEvent.account_id) == bindparam("account"),
    is_one_of(col(SeenEvent.wire_id), "keys"),
)


def _take_timers(writing: Writing, merchant_id: str, outcomes: list[Outcome]) -> list[Outcome]:
    """A timer that rings is gone, in the same transaction as what it brings about; one that is gone does not ring."""
    ringing: dict[str, dict[tuple[str, datetime], Outcome]] = defaultdict(dict)
    for outcome in outcomes:
        if isinstance(outcome.event, ev.TimerDue):
            ringing[outcome.event.kind].setdefault((outcome.event.subject, outcome.event.due), outcome)
            outcome.duplicate = True  # unless it is found
    for kind, expected in ringing.items():
        subjects = list({subject for subject, _ in expected})
        there = writing.rows(THESE_TIMERS, merchant=merchant_id, kind=kind, subjects=subjects)
        if taken := [timer for timer in there if timer in expected]:
            for timer in taken:
                expected[timer].duplicate = False
            gone = {"merchant": merchant_id, "kind": kind, "subjects": [subject for subject, _ in taken]}
            writing.do(DROP_TIMERS, **gone)
    return [outcome for outcome in outcomes if not outcome.duplicate]


def _decide_in_waves(writing: Writing, merchant: MerchantView, outcomes: list[Outcome], decide: Decide) -> None:
    pending, now = outcomes, writing.now
    for _ in range(MOST_WAVES):
        if not pending:
            return
        events = [outcome.event for outcome in pending]
        veiled = veil(writing, merchant.id, events)
        if veiled is not events:
            for outcome, event in zip(pending, veiled, strict=True):
                outcome.event = event
        names = identify(writing, merchant.id, veiled)
        once_more = [one for one in pending if one.journal_id]
        # The database writes them while we look at what they say.
        new = [one for one in pending if not one.journal_id and not isinstance(one.event, ev.SendAnswered)]
        write_down(writing, merchant.id, names, new)
        wanted = needs_under(merchant.playbook)
        for outcome in pending:
            outcome.wants = wanted(outcome.event)
        followers: list[Outcome] = []
        for wave in waves(pending):
            contexts = load_contexts(writing, merchant, names, [(one.event, one.wants) for one in wave])
            decided: list[tuple[Event, Sequence[Effect]]] = []
            failed: list[Outcome] = []
            lost: set[tuple[str, str]] = set()
            for outcome, context in zip(wave, contexts, strict=True):
                event = outcome.event
                if lost and isinstance(event, ev.SendAnswered) and (event.account, event.message) in lost:
                    followers.append(outcome)  # its echo has proved nothing, so that it must speak for itself
                    continue
                if event.at > now:  # the platform's clock may be ahead, and nothing must wait until ours is there
                    event = msgspec.structs.replace(event, at=now)
                try:
                    effects = decide(event, context)
                except Exception:  # noqa: BLE001 - a bug in one decision must not stop the others
                    outcome.error = traceback.format_exc()
                    failed.append(outcome)
                    if isinstance(event, ev.SelfMessage):
                        lost.add((event.account, event.wire_id))
                    continue
                if effects:
                    outcome.effects = effects
                    take_seats(context, effects)
                    decided.append((event, effects))
            apply_effects(writing, merchant, decided)
            for outcome in failed:  # afterwards, since an answer's echo may have told what became of the send
                keep_error(writing, merchant.id, outcome)
            follow = [effect for _, effects in decided for effect in effects if isinstance(effect, Follow)]
            if again := [effect.journal_id for effect in follow if effect.journal_id]:
                decided_again(writing, again)
            followers += [Outcome(effect.event, journal_id=effect.journal_id) for effect in follow]
        if once_more:
            end_dealt_with(writing, merchant, {str(type(one.event).__struct_config__.tag) for one in once_more})
        pending = followers
    raise RuntimeError(f"events keep raising further events; the last one: {pending[0].event!r}")


def answered_with_echo(outcomes: Iterable[Outcome]) -> list[tuple[Outcome, Outcome]]:
    """The echoes that come with the answer of the platform to their own send, each with that answer."""
    echoes: dict[tuple[str, str], Outcome] = {}
    answers: dict[tuple[str, str], Outcome] = {}
    for outcome in outcomes:
        event = outcome.event
        if isinstance(event, ev.SelfMessage):
            echoes[event.account, event.wire_id] = outcome
        elif isinstance(event, ev.SendAnswered) and event.message:
            answers[event.account, event.message] = outcome
    return [(echoes[message], answer) for message, answer in answers.items() if message in echoes]


def waves(outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
    """Split events so that no wave has two of one conversation, each conversation's in their order.

    What the platform answered to our sends comes together, and is decided apart from what was heard before and after:
    an echo, a new friend or somebody who comes into a group may tell of the same send. But an answer that comes with
    its own echo, as most do, says nothing more: it is decided with it, where the first of them came.
    """
    answers: dict[int, Outcome] = {}
    if with_echo := answered_with_echo(outcomes):
        answers = {id(echo): answer for echo, answer in with_echo}
        echo_of = {id(answer): echo for echo, answer in with_echo}
        outcomes = list({id(one): one for one in (echo_of.get(id(one), one) for one in outcomes)}.values())
    parts = groupby(outcomes, key=lambda outcome: isinstance(outcome.event, ev.SendAnswered))
    return [wave for _, part in parts for wave in _waves(part, answers)]


def _waves(outcomes: Iterable[Outcome], answers: Mapping[int, Outcome]) -> list[list[Outcome]]:
    latest: dict[str, int] = {}
    barrier = -1  # nothing may be placed at or before this wave
    split: list[list[Outcome]] = []
    for outcome in outcomes:
        event = outcome.event
        if isinstance(event, ev.Message):
            if outcome.wants is Needs.NOTHING:
                # It is decided knowing nothing, as most of what is said in groups: no wave is too early for it.
                place = barrier + 1
            else:
                who = event.contact.contact
                place = latest[who] = max(barrier, latest.get(who, barrier)) + 1
        elif (keys := conversations(event)) is None:
            place = barrier = len(split)
        else:
            place = barrier + 1
            for key in keys:
                place = max(place, latest.get(key, barrier) + 1)
            for key in keys:
                latest[key] = place
        while len(split) <= place:
            split.append([])
        split[place].append(outcome)
        if answer := answers.get(id(outcome)):
            split[place].append(answer)
    return split


def conversations(event: Event) -> list[str] | None:
    """What an event touches: its people, and its group where it changes it. None: everything, so it stands alone."""
    match event:
        case ev.SendAnswered():
            asked = asking.asked_by(event.key)  # that a question has left changes where the survey stands
            return [event.key, asked] if asked else [event.key]
        case ev.Message():
            return [event.contact.contact]
        case ev.TimerDue():
            if event.kind == SEAT_TIMER:
                return event.subject.split(" ")
            return [event.subject] if event.kind in PERSON_TIMERS else None
        case ev.FriendRequested() | ev.FriendAdded() | ev.FriendRemoved():
            return [event.contact.contact]
        case orders.SurveyFinished():
            return [event.contact]
        case ev.SelfMessage():
            return [event.to_contact or event.to_group]
        case ev.GroupJoined() | ev.GroupLeft() | ev.GroupRenamed():
            return [event.group, *(who.contact for who in people_of(event))]
        case ev.MessageRecalled() | ev.Unreadable():
            return []
        case _:
            return None


def _bury(store: Store, event: Event, error: str) -> Outcome:
    """Keep an event that cannot be applied, with its traceback, and nothing else of it."""
    try:
        with store.writing([event.merchant], kept_for(store, [event])) as writing:
            outcome = Outcome(event, error=error)
            if not _take_timers(writing, event.merchant, _drop_duplicates(writing, event.merchant, [outcome])):
                return Outcome(event, duplicate=True)
            if not isinstance(event, ev.SendAnswered):
                [outcome.event] = veil(writing, event.merchant, [event])
                names = identify(writing, event.merchant, [outcome.event])
                write_down(writing, event.merchant, names, [outcome])
            keep_error(writing, event.merchant, outcome)
    except Exception as failure:
        if isinstance(failure, LeaseLost) or (isinstance(failure, OperationalError) and is_passing(failure)):
            raise
        with store.writing([event.merchant], kept_for(store, [event])) as writing:
            if isinstance(event, ev.TimerDue):
                _take_timers(writing, event.merchant, [Outcome(event)])
            write_dead_letter(writing, event, error)
    return Outcome(event, error=error)
