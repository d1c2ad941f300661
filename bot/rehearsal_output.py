"""What a rehearsal prints: a JSON line for each state, each arrival, each operator's command, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from math import ceil
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot.moments import iso
from bot.promise_report import promise_rows
from bot.store import Store, Writing, read
from bot.store.prepared import is_one_of
from bot.transports.simulator import Delivered
from models.context import MerchantView
from models.deliveries import ARRIVED_STATES, TOUCHING_STATES, Delivery, DeliveryKind, DeliveryState, Lane
from models.groups import ChatGroup
from models.people import Contact, Survey

Line = dict[str, Any]


class Printer:
    """Turns what happens into lines, in the order in which it happened. Times are true ones, shown in `zone`; the
    program's own are off by `shift`."""

    def __init__(
        self,
        emit: Callable[[Line], None],
        now: Callable[[], datetime],
        zone: tzinfo,
        shift: Callable[[], timedelta] = timedelta,
    ) -> None:
        self._emit = emit
        self._now = now
        self._shift = shift
        self._zone = zone
        self._erased: dict[str, str] = {}
        self._lines: dict[int, Line] = {}
        self._shown: tuple[datetime | None, str] = None, ""  # mostly several lines are of one moment

    def _at(self) -> str:
        moment, text = self._shown
        if (now := self._now()) is not moment:
            text = now.astimezone(self._zone).isoformat()
            self._shown = now, text
        return text

    def changes(self, store: Store, writing: Writing) -> None:
        """The states that deliveries entered in one commit. Who was erased is called here what they were called."""
        self._erased |= writing.erased
        if not writing.is_quiet:  # else all that is new is what became of what had left
            self._lines = {}
        changes = writing.changes
        if ids := [change.delivery_id for change in changes if change.delivery_id not in self._lines]:
            with store.reading() as connection:
                self._lines |= delivery_lines(connection, ids, self._zone)
        for change in changes:
            line = self._as_it_was(self._lines[change.delivery_id])
            until = change.until - self._shift() if change.until else None
            line |= {"state": change.state, "reason": change.reason, "until": iso(until, self._zone)}
            self._emit({"at": self._at(), **line})

    def _as_it_was(self, line: Line) -> Line:
        key, to = line["key"], dict(line["to"])
        if (wire_id := self._erased.get(to.get("contact", ""))) is not None:
            key, to["contact"] = key.replace(to["contact"], wire_id), wire_id
        return {**line, "key": key, "to": to}

    def delivered(self, delivered: Delivered) -> None:
        """Something that really arrived."""
        wire: Line = {
            "account": delivered.account,
            "to": target(delivered.contact, delivered.group, delivered.kind),
            "kind": delivered.kind,
            "text": delivered.text,
            "delivery": delivered.key,
            "part": delivered.part,
        }
        self._emit({"at": self._at(), "wire": wire})

    def operator(self, command: str, exit: int, out: str) -> None:
        """An operator's command and what it printed."""
        self._emit({"at": self._at(), "operator": command, "exit": exit, "out": out})


_LINES = (
    select(
        col(Delivery.id),
        col(Delivery.key),
        col(Delivery.part),
        col(Delivery.account_id),
        col(Contact.wire_id),
        col(ChatGroup.wire_id),
        col(Delivery.kind),
        func.coalesce(col(Delivery.text), col(Delivery.template), ""),
        col(Delivery.state),
        col(Delivery.reason),
        col(Delivery.until),
        col(Delivery.lane),
        col(Delivery.cause),
        col(Delivery.entry),
        col(Delivery.occurrence),
        col(Delivery.revision),
    )
    .select_from(Delivery)
    .outerjoin(
        Contact,
        (col(Contact.merchant_id) == col(Delivery.merchant_id)) & (col(Contact.id) == col(Delivery.contact_id)),
    )
    .outerjoin(
        ChatGroup,
        (col(ChatGroup.merchant_id) == col(Delivery.merchant_id)) & (col(ChatGroup.id) == col(Delivery.group_id)),
    )
    .where(is_one_of(col(Delivery.id), "ids"))
)


def delivery_lines(connection: Connection, ids: list[int], zone: tzinfo) -> dict[int, Line]:
    """Deliveries as the contract shows them, by our id: people and groups by their wire ids as they are now."""
    return {
        identity: {
            "delivery": identity,
            "key": key,
            "part": part,
            "account": account,
            "to": target(contact or "", group or "", kind),
            "kind": kind,
            "text": text,
            "state": state,
            "reason": reason,
            "until": iso(until, zone),
            "lane": lane,
            "cause": cause,
            "entry": entry,
            "occurrence": occurrence,
            "revision": revision,
        }
        for (
            identity, key, part, account, contact, group, kind, text, state, reason, until, lane, cause, entry,
            occurrence, revision,
        ) in read(connection, _LINES, ids=ids)
    }  # fmt: skip


def target(contact: str, group: str, kind: str) -> Line:
    """Whom a delivery is for: a contact, a group, or for an invitation both; nobody, where it goes to a channel."""
    if kind == DeliveryKind.INVITE:
        return {"contact": contact, "group": group}
    if group:
        return {"group": group}
    return {"contact": contact} if contact else {}


def summary(store: Store, merchants: Iterable[MerchantView], first: datetime, last: datetime) -> Line:
    """Counts of what is in the database at the end, and the promises of the days between two moments."""
    promises = Counter({"kept": 0, "late": 0, "missed": 0})
    with store.reading() as connection:
        run = connection.execute
        states = dict(run(select(col(Delivery.state), func.count()).group_by(col(Delivery.state))).all())
        kinds = dict(run(select(col(Delivery.kind), func.count()).group_by(col(Delivery.kind))).all())
        reasons = dict(
            run(
                select(col(Delivery.reason), func.count())
                .where(col(Delivery.reason).is_not(None))
                .group_by(col(Delivery.reason))
            ).all()
        )
        greeted = run(
            select(func.count(func.distinct(col(Contact.person_id))))
            .select_from(Delivery)
            .join(
                Contact,
                (col(Contact.merchant_id) == col(Delivery.merchant_id)) & (col(Contact.id) == col(Delivery.contact_id)),
            )
            .where(
                col(Delivery.cause) == "greeting",
                col(Delivery.kind) == DeliveryKind.TEXT,
                col(Delivery.state).in_(ARRIVED_STATES),
            )
        ).scalar_one()
        surveyed = run(
            select(func.count()).select_from(Survey).where(col(Survey.finished_at).is_not(None))
        ).scalar_one()
        for merchant in merchants:
            days = whole_days(first.astimezone(merchant.zone), last.astimezone(merchant.zone))
            promises.update(row.state for row in promise_rows(connection, merchant, *days, last))
        touches = sorted(
            run(
                select(func.count())
                .select_from(Delivery)
                .join(
                    Contact,
                    (col(Contact.merchant_id) == col(Delivery.merchant_id))
                    & (col(Contact.id) == col(Delivery.contact_id)),
                )
                .where(
                    col(Delivery.state).in_(TOUCHING_STATES),
                    col(Delivery.lane) != Lane.REPLY,
                    col(Delivery.group_id).is_(None),
                    col(Delivery.part) == 1,  # as for the caps: several parts are one message to a person
                )
                .group_by(col(Contact.person_id))
            ).scalars()
        )
    return {
        "summary": {
            "by_kind": dict(sorted(kinds.items())),
            "by_state": {state.value: states[state] for state in DeliveryState if state in states},
            "by_reason": dict(sorted(reasons.items())),
            "greeted": greeted,
            "surveyed": surveyed,
            "promises": dict(promises),
            "touches_per_person": {
                "max": touches[-1] if touches else 0,
                "p50": _quantile(touches, 0.5),
                "p95": _quantile(touches, 0.95),
            },
        }
    }


def whole_days(first: datetime, last: datetime) -> tuple[date, date]:
    """The local days that lie wholly between two moments: a promise is judged when its time is over."""
    began = first.date() if first.time() == time(0) else first.date() + timedelta(days=1)
    return began, last.date() - timedelta(days=1)


def _quantile(values: list[int], share: float) -> int:
    """By nearest rank, as `report reception` has it."""
    return values[ceil(len(values) * share) - 1] if values else 0
