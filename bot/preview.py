"""Who would get what, when, and why not: the gate asked beforehand, about what is planned and what might be.

The same facts and the same reasons as for a real send, on a connection that cannot write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, groupby
from types import SimpleNamespace
from typing import Any

import msgspec
from sqlalchemy import select
from sqlmodel import col

from bot import reading
from bot.moments import iso
from bot.store import Store, Writing
from bot.store.accounts import load_accounts
from bot.store.audience import audience
from bot.store.budgets import Budget
from bot.store.entries import override_view
from bot.store.facts import Loaded, load_facts
from bot.store.judging import judged, ready_at
from bot.store.rolling_out import stages_of
from bot.store.rotating import drawn
from content_calendar.cadence import Occurrence, by_the_day, next_occurrence
from content_calendar.entry import Entry
from content_calendar.rollout import parse_rollout
from content_calendar.rotation import is_slot, is_spare, spares_of
from content_calendar.wording import PART_MARK, parts_of
from handlers.gate import Go, Verdict, Wait, in_time
from handlers.overrides import moves, own_version
from handlers.planning import expansion
from models.accounts import AccountState
from models.columns import table_of
from models.context import MerchantView, OverrideView
from models.deliveries import OPEN_STATES, Cause, Delivery, DeliveryState, Lane
from models.effects import Expand, Spare
from models.operations import IN_FORCE, EntryOverride, EntryRevision

Row = dict[str, Any]

# So many are looked at with one set of facts.
_PAGE = 500
_INSTANT = datetime.resolution


class _Targets(msgspec.Struct, frozen=True):
    """Whom a version of an entry is for: what these accounts send, these rooms and contacts (`None`: all), this group
    alone, not these groups."""

    accounts: Collection[str] | None
    only: Collection[str] | None
    alone: int | None
    but: tuple[int, ...]


def preview(
    store: Store,
    merchant: MerchantView,
    entry: Entry,
    at: datetime | None,
    accounts: Collection[str] | None = None,
    only: Collection[str] | None = None,
) -> list[Row]:
    """One row a target if the entry were sent at that moment (its next one by default, and a group's own one where it
    has moved the entry; if that is past, it is too late), and the counts at the end.

    Texts are rendered with what is known today. Who stands further back than the account has room for would wait. Of
    an entry that goes to some groups first, `stage` is the number of a group's turn, from 1; it waits until then.
    `accounts`: what these would send; `only`: these rooms and contacts, by their ids.
    """
    own = _own(store, merchant, entry) if entry.optional else []
    moved = [one for one in own if at is None and moves(one) and not one.declined]
    elsewhere = tuple(one.group_id for one in own if one.declined or one in moved)
    versions = [(entry, None, elsewhere), *((own_version(entry, one), one.group_id, ()) for one in moved)]
    rows: list[Row] = []
    for version, alone, but in versions:
        rows += _rows_at(store, merchant, version, at, _Targets(accounts, only, alone, but))
    counts = Counter(row["reason"] or row["decision"] for row in rows)
    return [*rows, {"counts": {"would_send": 0, **dict(sorted(counts.items()))}}]


def _rows_at(store: Store, merchant: MerchantView, entry: Entry, at: datetime | None, targets: _Targets) -> list[Row]:
    due = at or next_moment(entry, merchant, store.now())
    is_past = at is None and is_over(entry, merchant, store.now())
    occurrence = Occurrence(due.astimezone(merchant.zone).date(), due)
    rows: list[Row] = []
    with store.looking(due) as looking:
        known = reading.entries(looking.connection, merchant) if is_slot(entry) else ()
        effect = expansion(entry, entry.revision, occurrence, merchant.zone, spares_of(entry, known))
        effect = msgspec.structs.replace(effect, but=targets.but, only=targets.alone)
        if is_past:  # nothing of it leaves any more
            effect = msgspec.structs.replace(effect, not_after=due - _INSTANT)
        planned = _as_deliveries(looking, merchant, effect, approved=_is_approved(looking, merchant, entry.key))
        turns = _turns(looking, merchant, entry, occurrence.at_utc, planned)
        planned = [
            row for row in planned
            if (targets.accounts is None or row.account_id in targets.accounts)
            and (targets.only is None or row.wire_id in targets.only)
        ]  # fmt: skip
        for account, of_account in groupby(planned, key=lambda row: row.account_id):
            rows += _rows_of(looking, merchant, account, list(of_account), turns)
    return rows


def verdict_now(store: Store, merchant: MerchantView, delivery_id: int) -> Row | None:
    """What would become of a delivery if it were looked at now; None for one that is not open any more."""
    with store.looking(store.now()) as looking:
        row: Any = looking.connection.execute(
            select(table_of(Delivery)).where(col(Delivery.id) == delivery_id, col(Delivery.state).in_(OPEN_STATES))
        ).first()
        if row is None:
            return None
        loaded = load_facts(looking, merchant, [row])
        candidate, verdict = judged(loaded, row)
        told = _told(verdict, merchant)
        if not isinstance(verdict, Go):
            return told
        state = load_accounts(looking, merchant)[row.account_id].state
        if state != AccountState.ONLINE:
            return told | {"decision": "would_wait", "account": state}
        if loaded.must_follow(row):
            return told | {"decision": "would_wait", "behind": loaded.first_reply[row.account_id, row.contact_id]}
        ready = ready_at(merchant, loaded, row, candidate)
        if row.next_at > looking.now and row.next_at >= ready:
            return _told(Wait(row.reason or "", row.next_at), merchant)
        return _told(Wait("pace", ready), merchant) if ready > looking.now else told


def next_moment(entry: Entry, merchant: MerchantView, now: datetime) -> datetime:
    """When the entry is due next; now, if it never is."""
    following = next_occurrence(by_the_day(entry), merchant.zone, now)
    return following.at_utc if following else now


def is_over(entry: Entry, merchant: MerchantView, now: datetime) -> bool:
    """Whether the time of the entry is past, and it has no other one. A spare draft has none of its own."""
    return not is_spare(entry) and next_occurrence(by_the_day(entry), merchant.zone, now) is None


def _is_approved(looking: Writing, merchant: MerchantView, key: str) -> bool:
    """Whether an entry in force needs nobody's word; one that is not in force does."""
    return bool(
        looking.connection.execute(
            select(col(EntryRevision.approved)).where(
                col(EntryRevision.merchant_id) == merchant.id, col(EntryRevision.key) == key, IN_FORCE
            )
        ).scalar()
    )


def _turns(
    looking: Writing, merchant: MerchantView, entry: Entry, due: datetime, planned: Sequence[Any]
) -> dict[str, tuple[int, datetime]]:
    """By room the number of its turn, from 1, and when that begins; empty where all have the entry at once."""
    rooms = {row.wire_id: row.group_id for row in planned if row.group_id is not None}
    if not entry.rollout or not rooms:
        return {}
    begins = [*accumulate((stage.wait for stage in parse_rollout(entry.rollout)), initial=timedelta(0))]
    stages = stages_of(looking, merchant, entry.key, entry.rollout, rooms)
    return {room: (number + 1, due + begins[number]) for room, number in stages.items()}


def _own(store: Store, merchant: MerchantView, entry: Entry) -> list[OverrideView]:
    """What groups have instead, or that they do without it, in the order of their ids."""
    with store.reading() as connection:
        rows = connection.execute(
            select(table_of(EntryOverride))
            .where(col(EntryOverride.merchant_id) == merchant.id, col(EntryOverride.entry) == entry.key)
            .order_by(col(EntryOverride.group_id))
        )
        return [override_view(row) for row in rows]


def _as_deliveries(looking: Writing, merchant: MerchantView, effect: Expand, *, approved: bool) -> list[Any]:
    """What the entry would plan, as rows of the outbox; nothing is written. By account, each in the order planned."""
    found = looking.connection.execute(audience(looking, merchant, effect)).all()
    spares: dict[int, Spare] = {}
    if effect.spares is not None:
        spares = drawn(looking.connection, merchant, effect.spares, (row.group_id or row.contact_id for row in found))
        found = [row for row in found if (row.group_id or row.contact_id) in spares]
    shared = {
        "merchant_id": merchant.id,
        "part": 1,
        "entry": effect.entry,
        "lane": effect.lane,
        "cause": Cause.CARE if effect.lane == Lane.CARE else Cause.CALENDAR,
        "priority": effect.priority,
        "text": None,
        "state": DeliveryState.PLANNED,
        "reason": None,
        "not_after": effect.not_after,
        "about_consent": False,
        "approved": approved,
    }
    first = looking.ids.take(looking.now, len(found)) if found else 0
    return [
        SimpleNamespace(
            id=first + place,
            key=f"entry:{effect.entry}:{effect.occurrence}:{row.wire_id}",
            account_id=row.account_id,
            contact_id=row.contact_id,
            group_id=row.group_id,
            wire_id=row.wire_id,
            template=row.own_text or said.template,
            kind=said.kind,
            **shared,
        )
        for place, row in enumerate(sorted(found, key=lambda row: (row.account_id, row.rank)))
        for said in (spares[row.group_id or row.contact_id] if spares else effect,)
    ]


def _rows_of(
    looking: Writing,
    merchant: MerchantView,
    account: str,
    planned: Sequence[Any],
    turns: Mapping[str, tuple[int, datetime]],
) -> Iterator[Row]:
    budgets: Mapping[str, Budget] = {}
    for start in range(0, len(planned), _PAGE):
        page = planned[start : start + _PAGE]
        loaded = load_facts(looking, merchant, page, budgets)
        budgets = loaded.budgets
        for row in page:
            candidate, verdict = judged(loaded, row)
            turn, begins = turns.get(row.wire_id, (1, looking.now))
            if turn > 1 and _is_over_by(verdict, begins):
                verdict = Wait("not_approved", begins)
            verdict = in_time(verdict, row.not_after)
            if isinstance(verdict, Go) or (isinstance(verdict, Wait) and verdict.reason == "account_budget"):
                budgets[account].taken_by(row)
            told = {"target": row.wire_id, **_told(verdict, merchant), "text": _whole(loaded, row, candidate.text)}
            yield told | ({"stage": turn} if turns else {})


def _is_over_by(verdict: Verdict, moment: datetime) -> bool:
    """Whether nothing that is known now stands in the way at that moment."""
    return isinstance(verdict, Go) or (
        isinstance(verdict, Wait) and verdict.until is not None and verdict.until <= moment
    )


def _whole(loaded: Loaded, row: Any, first: str) -> str:
    """All parts of the text, as they follow each other."""
    if row.text is not None or PART_MARK not in row.template:
        return first
    later = (SimpleNamespace(**vars(row) | {"part": part}) for part in range(2, 1 + len(parts_of(row.template))))
    return f"\n{PART_MARK}\n".join((first, *(loaded.text(part).text for part in later)))


def _told(verdict: Verdict, merchant: MerchantView) -> Row:
    match verdict:
        case Go():
            return {"decision": "would_send", "reason": None, "until": None}
        case Wait(reason=reason, until=until):
            return {"decision": "would_wait", "reason": reason or None, "until": iso(until, merchant.zone)}
        case _:
            return {"decision": "would_skip", "reason": verdict.reason, "until": None}
