"""What the digest of a day tells, from the journal, the ledger, who came and left, and the calendar.

What counts as a message is said in `bot.store.spoken`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from bot.entries_in_force import entries_in_force
from bot.promise_report import promise_rows
from bot.store import read
from bot.store.movements import Posted, moved, posted
from bot.store.open_questions import Room, open_in, open_talk
from bot.store.prepared import is_one_of
from bot.store.spoken import Spoken, spoken
from bot.talked_about import counted
from content_calendar.group_lint import posts_by_group
from content_calendar.kind_names import content_name
from content_calendar.lint_plan import LintEntry, LintGroup, Plan
from content_calendar.promises import Post, shortages
from handlers.commands import is_command
from models.context import MerchantView
from models.digest_views import DigestView, GroupDay, MovedView, PlannedView, PostDay
from models.groups import ChatGroup
from models.operations import IN_FORCE, EntryRevision
from models.people import Contact
from models.playbook import Promise

_PERIODS = {"day": "今天", "week": "本周", "month": "本月"}

_GROUPS = (
    select(
        col(ChatGroup.id),
        col(ChatGroup.wire_id),
        col(ChatGroup.topic),
        col(ChatGroup.tier),
        col(ChatGroup.owner_contact_id),
        col(ChatGroup.members),
        col(ChatGroup.bound_at),
        col(ChatGroup.account_id),
    )
    .where(col(ChatGroup.merchant_id) == bindparam("merchant"), col(ChatGroup.tier).is_not(None))
    .order_by(col(ChatGroup.bound_at), col(ChatGroup.id))
)
_OWNERS = select(col(Contact.id), col(Contact.wire_id)).where(
    col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.id), "ids")
)
_WAITING = select(col(EntryRevision.key)).where(
    col(EntryRevision.merchant_id) == bindparam("merchant"),
    IN_FORCE,
    col(EntryRevision.approved).is_(False),
)


def load_digest(connection: Connection, merchant: MerchantView, now: datetime, day: date | None = None) -> DigestView:
    """The digest of a local day, of yesterday where none is named, as it is known now."""
    day = day or now.astimezone(merchant.zone).date() - timedelta(days=1)
    start, end = _midnight(merchant, day), _midnight(merchant, day + timedelta(days=1))
    rows = read(connection, _GROUPS, merchant=merchant.id)
    ids = [row[0] for row in rows]
    if not ids:
        return DigestView(day=day)
    owners = dict(
        read(connection, _OWNERS, merchant=merchant.id, ids=sorted({row[4] for row in rows if row[4] is not None}))
    )
    talk = open_talk(connection, merchant, ids, now)
    said: dict[int, list[Spoken]] = defaultdict(list)
    for one in spoken(connection, merchant, start, max(now, end), col(ChatGroup.tier).is_not(None)):
        if not is_command(one.text, by_staff=False):  # said to us, not to the group
            said[one.group_id].append(one)
    changes = moved(connection, merchant, ids, start, max(now, end))
    posts = posted(connection, merchant, ids, start, end)
    tiers, entries = {row[1]: row[3] for row in rows}, list(entries_in_force(connection, merchant))
    today = planned_on(connection, merchant, tiers, entries, day + timedelta(days=1))
    missing = _missing(connection, merchant, tiers, entries, day, now)
    groups = []
    for identity, room, topic, tier, owner, members, bound_at, account in rows:
        people = said[identity]
        of_day = [one for one in people if start <= one.at < end]
        words = counted((one.text for one in of_day), merchant.playbook.words.user_dictionary)
        there = changes.get(identity, [])
        groups.append(
            GroupDay(
                group=room,
                topic=topic,
                tier=tier,
                since=bound_at.astimezone(merchant.zone).date() if bound_at else date.min,
                owner=owner,
                owner_id=owners.get(owner, ""),
                members=members,
                moved=tuple(one for one in there if start <= one.at < end),
                active=frozenset(one.contact for one in of_day),
                messages=len(of_day),
                words=words,
                unanswered=tuple(open_in(talk.get(identity, ()), Room(room, topic or room, account), now)),
                posts=_followed(room, [one for one in posts if one.group_id == identity], people, there, now),
                today=today.get(room, ()),
                missing=missing.get(room, ()),
            )
        )
    return DigestView(day=day, groups=tuple(groups))


def planned_on(
    connection: Connection,
    merchant: MerchantView,
    tiers: Mapping[str, str],
    entries: Sequence[LintEntry],
    day: date,
) -> dict[str, tuple[PlannedView, ...]]:
    """By room, what the calendar has for it on that local day."""
    waiting = {key for (key,) in read(connection, _WAITING, merchant=merchant.id)}
    plan = _plan(merchant, tiers, entries, day, day)
    return {
        room: tuple(
            PlannedView(
                at=post.at_utc.astimezone(merchant.zone),
                entry=post.entry.key,
                title=post.entry.title or post.entry.text[:20] or post.entry.key,
                approved=post.entry.key not in waiting,
            )
            for post in found
        )
        for room, found in posts_by_group(plan).items()
    }


def _followed(
    room: str, posts: Sequence[Posted], people: Sequence[Spoken], moves: Iterable[MovedView], now: datetime
) -> tuple[PostDay, ...]:
    """What followed each post, until the next one of the day."""
    changes = list(moves)
    ends = [*(later.at for _, later in pairwise(posts)), now]
    return tuple(
        PostDay(
            group=room,
            entry=post.entry,
            title=post.title,
            at=post.at,
            replies=sum(post.at < one.at <= end for one in people),
            joins=sum(one.came and post.at < one.at <= end for one in changes),
            leaves=sum(not one.came and post.at < one.at <= end for one in changes),
        )
        for post, end in zip(posts, ends, strict=False)
    )


def _missing(
    connection: Connection,
    merchant: MerchantView,
    tiers: Mapping[str, str],
    entries: Sequence[LintEntry],
    day: date,
    now: datetime,
) -> dict[str, tuple[str, ...]]:
    """By room, what was promised for the day and did not come, and what the calendar lacks from then on."""
    if not merchant.playbook.promises:
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    for row in promise_rows(connection, merchant, day, day, now):
        if row.state == "missed":
            what = row.text if row.surplus else f"漏发：{row.text}"
            found[row.group].append(f"{content_name(row.promise.split('/')[1])} {day:%m-%d} {what}")
    today = day + timedelta(days=1)
    first = min(today.replace(day=1), today - timedelta(days=today.weekday()))
    last = max((today.replace(day=28) + timedelta(days=4)).replace(day=1), today + timedelta(days=7))
    plan = _plan(merchant, tiers, entries, first, last)
    posts = posts_by_group(plan)
    alike: dict[tuple[Any, ...], list[str]] = {}
    for room, tier in tiers.items():
        having = (tier, *map(id, posts[room]))  # most groups of a tier have the very same posts
        if having not in alike:
            alike[having] = _lacking(merchant, tier, posts[room], today, first, last)
        found[room] += alike[having]
    return {room: tuple(told) for room, told in found.items() if told}


def _lacking(
    merchant: MerchantView, tier: str, posts: Sequence[Post], today: date, first: date, last: date
) -> list[str]:
    told = []
    for promise in merchant.playbook.promises_of(tier):
        lacks = [
            lack
            for lack in shortages(promise, posts, first, last)
            if lack.missing and lack.period.first <= today <= lack.period.last
        ]
        if lacks:
            told.append(f"{content_name(promise.content_kind)} {_period(promise)}还缺 {lacks[0].missing} 条")
    return told


def _period(promise: Promise) -> str:
    return _PERIODS.get(promise.per, "") if isinstance(promise.per, str) else f" {promise.per.days} 天里"


def _plan(
    merchant: MerchantView, tiers: Mapping[str, str], entries: Sequence[LintEntry], first: date, last: date
) -> Plan:
    return Plan(
        playbook=merchant.playbook,
        groups=[LintGroup(room=room, tier=tier) for room, tier in tiers.items()],
        entries=entries,
        first=first,
        last=last,
        zone=merchant.zone,
    )


def _midnight(merchant: MerchantView, day: date) -> datetime:
    return datetime.combine(day, time(), merchant.zone)
