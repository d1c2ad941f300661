"""From a calendar entry to what is planned: one occurrence for its whole audience, and when the next one rings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from content_calendar import cadence, catch_up, promises
from content_calendar.birthday import celebrated_on
from content_calendar.entry import Entry, expires_at, from_json
from content_calendar.rollout import parse_rollout
from content_calendar.rotation import is_slot, spares_of
from content_calendar.rules import After, BirthdayRule, parse_rule
from models import effects as fx
from models import timers
from models.context import Context, EntryView
from models.deliveries import DeliveryKind, DeliveryState, Lane
from models.effects import Effect
from models.events import Media, TimerDue

# These are written by people as kinds of their own and leave as plain text.
_AS_TEXT = {"question", "gathering", "coupon", "testers"}


def rung(
    event: TimerDue,
    context: Context,
    view: EntryView,
    entry: Entry,
    *,
    since: datetime,
    but: tuple[int, ...] = (),
    only: int | None = None,
) -> tuple[list[Effect], datetime]:
    """What to plan of a version of an entry that rings, and the moment up to which that is done.

    What was due before `since`, or before the program was up, was missed; so is what it comes to later than a post may
    be: the machine was asleep, or its clock was set on, and nobody was there at that time either.
    """
    zone = context.merchant.zone
    began = max(since, context.merchant.started_at or since, event.at - promises.LATE_AFTER)
    planned: list[Effect] = []
    last = event.due
    for occurrence in cadence.occurrences(cadence.by_the_day(entry), zone, event.due, event.at + _INSTANT):
        whole = expansion(entry, view.revision, occurrence, zone, pool(entry, context))
        whole = msgspec.structs.replace(whole, but=but, only=only)
        judged = by_policy(whole, entry, since=began, now=event.at)
        if judged.state == DeliveryState.PLANNED and not view.approved:
            judged = msgspec.structs.replace(judged, state=DeliveryState.WAITING, reason="not_approved")
        planned.append(judged)
        if judged.rollout and judged.state == DeliveryState.PLANNED:
            planned.append(_next_stage(judged, entry))
        last = occurrence.at_utc
    return planned, last


def _next_stage(planned: fx.Expand, entry: Entry) -> Effect:
    """When the second stage begins."""
    subject = timers.rollout_subject(planned.occurrence, 1, planned.entry)
    return fx.PutTimer(kind=timers.ROLLOUT, subject=subject, at=planned.due + parse_rollout(entry.rollout)[0].wait)


def by_policy(planned: fx.Expand, entry: Entry, *, since: datetime, now: datetime) -> fx.Expand:
    """What becomes of an occurrence that was due before `since`: that is the entry's own policy."""
    if planned.due >= since:
        return planned
    match catch_up.decide(catch_up.parse_policy(entry.catch_up), planned.due, now):
        case catch_up.TooLate(state=ended):
            return msgspec.structs.replace(planned, state=DeliveryState(ended), reason="too_late")
        case catch_up.Ask():
            return msgspec.structs.replace(planned, state=DeliveryState.WAITING, reason="not_approved")
        case _:
            return planned


def on_day(entry: Entry, day: date, zone: ZoneInfo) -> cadence.Occurrence | None:
    """The entry's occurrence of that local day, if it has one."""
    around = datetime.combine(day, time(0), zone)
    found = cadence.occurrences(cadence.by_the_day(entry), zone, around - _DAY, around + 2 * _DAY)
    return next((one for one in found if one.local_date == day), None)


def last_of_series(entry: Entry, at: datetime, context: Context) -> datetime | None:
    """The beginning of the day of the newest occurrence so far of what the same people get again and again; None for
    what comes once, or has each member's own day."""
    if not entry.rule or cadence.is_personal(entry):
        return None
    found = [*cadence.occurrences(entry, context.merchant.zone, at - _SERIES, at + _INSTANT)]
    return start_of_day(found[-1].at_utc, context) if found else None


def pool(entry: Entry, context: Context) -> list[Entry]:
    """The approved spare drafts that an entry may take."""
    if not is_slot(entry):
        return []
    return spares_of(entry, (from_json(view.body) for view in context.entries if view.approved))


def spare(entry: Entry) -> fx.Spare:
    """A spare draft as an occurrence takes it."""
    return fx.Spare(
        key=entry.key,
        theme=entry.theme,
        kind=_kind(entry),
        template=_template(entry),
        media=_media(entry),
        promotional=entry.promotional,
    )


def expansion(
    entry: Entry, revision: str, occurrence: cadence.Occurrence, zone: ZoneInfo, spares: Sequence[Entry] = ()
) -> fx.Expand:
    """One occurrence of an entry for its whole audience, as it is planned when nothing has gone wrong.

    `spares` are what a slot of the calendar may take.
    """
    return fx.Expand(
        entry=entry.key,
        revision=revision,
        occurrence=occurrence.local_date.isoformat(),
        due=occurrence.at_utc,
        kind=_kind(entry),
        lane=lane_of(entry),
        template=_template(entry),
        media=_media(entry),
        tiers=entry.tiers,
        groups=entry.groups,
        tags=entry.tags,
        priority=entry.priority,
        promotional=entry.promotional,
        not_after=expires_at(entry, zone),
        turn=turn_of(entry, occurrence, zone),
        optional=entry.optional,
        rollout=entry.rollout if entry.tiers or entry.groups else "",
        spares=tuple(spare(one) for one in spares) if is_slot(entry) else None,
    )


def turn_of(entry: Entry, occurrence: cadence.Occurrence, zone: ZoneInfo) -> fx.Turn | None:
    """Whose turn it is that day, if the rule counts from each member."""
    match parse_rule(entry.rule):
        case BirthdayRule():
            born = tuple((one.lunar, one.month, one.day) for one in celebrated_on(occurrence.local_date))
            return fx.Turn(of="birthday", born=born)
        case After(event=of, days=days):
            day = occurrence.local_date - timedelta(days=days)
            start, end = (datetime.combine(day + timedelta(days=more), time(0), zone) for more in (0, 1))
            # Nobody is greeted for a day on which they had not joined yet.
            return fx.Turn(of=of, start=start, end=min(end, occurrence.at_utc + _INSTANT))
        case _:
            return None


def _kind(entry: Entry) -> DeliveryKind:
    return DeliveryKind.TEXT if entry.kind in _AS_TEXT else DeliveryKind(entry.kind)


def _template(entry: Entry) -> str:
    return entry.text or entry.title


def _media(entry: Entry) -> tuple[Media, ...]:
    return tuple(Media(name=entry.title, url=reference) for reference in entry.media)


def ring(entry: Entry, after: datetime, context: Context, *, inclusive: bool, group_id: int | None = None) -> Effect:
    """The timer of the next occurrence, of a group's own version with its id; for a rule that counts from members, of
    the next day."""
    kind, subject = timers.ENTRY, entry.key
    if group_id is not None:
        kind, subject = timers.OWN_ENTRY, timers.own_entry_subject(group_id, entry.key)
    moment = after - _INSTANT if inclusive else after
    following = cadence.next_occurrence(cadence.by_the_day(entry), context.merchant.zone, moment)
    if following is None:
        return fx.DropTimer(kind=kind, subject=subject)
    return fx.PutTimer(kind=kind, subject=subject, at=following.at_utc)


def from_edit(entry: Entry, before: Entry | None, first_imported: datetime, at: datetime, context: Context) -> datetime:
    """From where on an entry is planned that was edited at `at`; `before` is what it was (None: it was declined).

    From the start of the day: what of today is past already is a missed occurrence, on record. What happens once may
    have been moved further back, and is missed there, though not before the day of its first import.
    """
    has_moved = before is None or (entry.date, entry.time) != (before.date, before.time)
    return start_of_day(first_imported if has_moved and not entry.rule else at, context)


def start_of_day(moment: datetime, context: Context) -> datetime:
    """Midnight of that local day."""
    zone = context.merchant.zone
    return datetime.combine(moment.astimezone(zone).date(), time(0), zone)


def lane_of(entry: Entry) -> Lane:
    """How urgent, and how welcome, what it says is."""
    if entry.promotional:
        return Lane.PROMOTION
    return {"care": Lane.CARE, "service": Lane.SERVICE}.get(entry.content_kind, Lane.CONTENT)


_INSTANT = datetime.resolution
_DAY = timedelta(days=1)
_SERIES = timedelta(days=366)
