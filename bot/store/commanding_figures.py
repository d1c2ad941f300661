"""Figures and lists that slash-commands show, each loaded only for the command that asks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select, true
from sqlmodel import col

from bot.budget import midnight
from bot.calendar_plan import load_plan
from bot.store import Writing
from bot.store.accounts import load_accounts
from bot.store.digesting import load_digest
from bot.store.ids import Ids
from bot.store.open_questions import load_open
from bot.store.prepared import is_one_of
from bot.store.spoken import said_by_each
from bot.store.status import PAUSES
from content_calendar.lint import NAMES
from content_calendar.titles import title_of
from handlers.action_names import ACTION_NAMES, ACTOR_NAMES, ERASED, SAYS_MORE, TOLD_BY_THEIR_ORDER
from handlers.calendar_check import lint
from handlers.command_call import short_id
from handlers.command_days import LINTED_DAYS
from handlers.commands import BY_NAME
from handlers.roles import ROLE_NAMES
from models.accounts import Account
from models.columns import table_of
from models.command_views import AuditView, FaultView, ScriptView
from models.commands import Script
from models.context import MerchantView, PersonView
from models.digest_views import DigestView, OpenQuestion
from models.groups import ChatGroup, GroupChange, GroupMember
from models.journal import JournalEntry
from models.operations import AuditEntry, RoleGrant
from models.people import Contact, Friendship, FriendshipState, Person, Tag

LOOKED_BACK = timedelta(days=7)
MOST_AUDITED = 200
MOST_USED = 8
_MOST_TALKERS = 10
Load = Callable[[Writing, MerchantView, PersonView], Any]
# What those have in common who are shown the same.
ShownTo = Callable[[PersonView], object]


def _accounts(writing: Writing, merchant: MerchantView, _person: PersonView) -> tuple[tuple[str, str], ...]:
    return tuple((one.id, one.name) for one in load_accounts(writing, merchant).values())


def _paused(writing: Writing, merchant: MerchantView, _person: PersonView) -> tuple[tuple[str, str], ...]:
    return tuple((scope, subject) for scope, subject in writing.rows(PAUSES, merchant=merchant.id))


def _scripts(writing: Writing, merchant: MerchantView, _person: PersonView) -> tuple[ScriptView, ...]:
    rows = writing.connection.execute(
        select(table_of(Script)).where(col(Script.merchant_id) == merchant.id).order_by(col(Script.name))
    )
    return tuple(ScriptView(name=row.name, text=row.text, author=row.author_name or row.author) for row in rows)


def _audit(writing: Writing, merchant: MerchantView, _person: PersonView) -> tuple[AuditView, ...]:
    run = writing.connection.execute
    rows = run(
        select(table_of(AuditEntry))
        .where(col(AuditEntry.merchant_id) == merchant.id)
        .order_by(col(AuditEntry.id).desc())
        .limit(MOST_AUDITED)
    ).all()
    ids = {one for row in rows for one in (row.actor, row.target, row.reason if row.action in SAYS_MORE else "") if one}
    names = {**ACTOR_NAMES, **{str(role): name for role, name in ROLE_NAMES.items()}}
    for table, name in ((Contact, col(Contact.name)), (ChatGroup, col(ChatGroup.topic))):
        known = select(col(table.wire_id), name).where(
            col(table.merchant_id) == merchant.id, col(table.wire_id).in_(ids), name != ""
        )
        names |= {wire_id: f"{called}（{short_id(wire_id)}）" for wire_id, called in run(known)}

    def named(one: str) -> str:
        return ERASED if one.startswith("erased:") else names.get(one, one)

    return tuple(
        AuditView(
            at=row.at,
            actor=named(row.actor),
            action=_done(row.action, is_for_another=row.result == "ok" and row.reason != row.actor),
            target=named(row.target),
            result=row.result,
            reason=row.reason,
            more=named(row.reason) if row.action in SAYS_MORE and row.result == "ok" else "",
        )
        for row in rows
        if row.result != "ok" or row.action not in TOLD_BY_THEIR_ORDER
    )


def _done(action: str, *, is_for_another: bool) -> str:
    """What was done, in the words of its command; who says that another looks after somebody claims nothing."""
    if action == "claim" and is_for_another:
        action = "owner"
    return BY_NAME[action].chinese if action in BY_NAME else ACTION_NAMES.get(action, action)


def _of_theirs(merchant: MerchantView, person: PersonView) -> Any:
    """Whether something was said where somebody may look: for whom all roles are limited to groups, in those."""
    rooms = [role.group for role in person.roles]
    if not all(rooms):
        return true()
    groups = select(col(ChatGroup.id)).where(
        col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.wire_id).in_(rooms)
    )
    return col(JournalEntry.group_id).in_(groups)


def _talkers(writing: Writing, merchant: MerchantView, person: PersonView) -> tuple[tuple[str, int], ...]:
    said: Counter[int] = Counter()
    for (_group, contact), count in _said(writing, merchant, person).items():
        said[contact] += count
    people = select(col(Contact.id), col(Contact.name), col(Contact.wire_id)).where(
        col(Contact.merchant_id) == merchant.id,
        col(Contact.id).in_([one for one, _ in said.most_common(_MOST_TALKERS)]),
    )
    rows = [
        (name or wire_id, said[identity], wire_id) for identity, name, wire_id in writing.connection.execute(people)
    ]
    rows.sort(key=lambda row: (-row[1], row[2]))
    return tuple((name, count) for name, count, _ in rows)


def _lively(writing: Writing, merchant: MerchantView, person: PersonView) -> tuple[tuple[str, int, int], ...]:
    people: Counter[int] = Counter()
    messages: Counter[int] = Counter()
    for (group, _contact), count in _said(writing, merchant, person).items():
        people[group] += 1
        messages[group] += count
    groups = select(col(ChatGroup.id), col(ChatGroup.topic), col(ChatGroup.wire_id)).where(
        col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.tier).is_not(None)
    )
    rows = [
        (topic or wire_id, people[identity], messages[identity], wire_id)
        for identity, topic, wire_id in writing.connection.execute(groups)
        if identity in people
    ]
    rows.sort(key=lambda row: (-row[1], row[3]))
    return tuple((topic, who, count) for topic, who, count, _ in rows)


def _said(writing: Writing, merchant: MerchantView, person: PersonView) -> Counter[tuple[int, int]]:
    """By bound group and contact, what was said in the last days where the asker may look."""
    where = (col(ChatGroup.tier).is_not(None), _of_theirs(merchant, person))
    return said_by_each(writing.connection, merchant, writing.now - LOOKED_BACK, writing.now, *where)


def _sources(writing: Writing, merchant: MerchantView, _person: PersonView) -> tuple[tuple[str, int], ...]:
    count = func.count(func.distinct(col(Friendship.contact_id)))
    rows = writing.connection.execute(
        select(col(Friendship.source), count)
        .where(
            col(Friendship.merchant_id) == merchant.id,
            col(Friendship.state) == FriendshipState.FRIEND,
            col(Friendship.old).is_(False),
        )
        .group_by(col(Friendship.source))
        .order_by(count.desc(), col(Friendship.source))
    )
    return tuple((source, number) for source, number in rows)


def _people(writing: Writing, merchant: MerchantView, *which: Any) -> list[tuple[str, str]]:
    rows = writing.connection.execute(
        select(col(Contact.name), col(Contact.wire_id))
        .join(
            Person, and_(col(Person.merchant_id) == col(Contact.merchant_id), col(Person.id) == col(Contact.person_id))
        )
        .where(col(Contact.merchant_id) == merchant.id, *which)
        .order_by(col(Contact.id))
    )
    return [(name, wire_id) for name, wire_id in rows]


def _opted_out(writing: Writing, merchant: MerchantView, _person: PersonView) -> tuple[tuple[str, str], ...]:
    return tuple(_people(writing, merchant, col(Person.opted_out_at).is_not(None)))


def _greet(writing: Writing, merchant: MerchantView, person: PersonView) -> tuple[tuple[str, str], ...]:
    """Who became a friend today; for whom all roles are limited to groups, who came into those, and new customers of
    theirs. Who was there before us is no news."""
    today = midnight(writing.now, merchant.zone)
    mine = [role.group for role in person.roles]
    friends = select(col(Friendship.contact_id)).where(
        col(Friendship.merchant_id) == merchant.id,
        col(Friendship.added_at) >= today,
        col(Friendship.old).is_(False),
        col(Friendship.state) == FriendshipState.FRIEND,
    )
    if all(mine):
        groups = select(col(ChatGroup.id)).where(
            col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.wire_id).in_(mine)
        )
        came = select(col(GroupChange.contact_id)).where(
            col(GroupChange.merchant_id) == merchant.id,
            col(GroupChange.group_id).in_(groups),
            col(GroupChange.at) >= today,
            col(GroupChange.came),
        )
        there = select(col(GroupMember.contact_id)).where(
            col(GroupMember.merchant_id) == merchant.id,
            col(GroupMember.group_id).in_(groups),
            col(GroupMember.left_at).is_(None),
        )
        theirs = and_(col(Contact.id).in_(friends), col(Person.owner_contact_id) == person.contact_id)
        new = or_(and_(col(Contact.id).in_(came), col(Contact.id).in_(there)), theirs)
    else:
        new = col(Contact.id).in_(friends)
    others = col(Contact.id) != person.contact_id
    ours = select(col(Account.self_id)).where(col(Account.merchant_id) == merchant.id)
    staff = [wire_id for _, wire_id, _ in merchant.admins]
    strangers = and_(col(Contact.wire_id).not_in(ours), col(Contact.wire_id).not_in(staff))
    return tuple(_people(writing, merchant, new, others, strangers))


def _open(writing: Writing, merchant: MerchantView, person: PersonView) -> tuple[OpenQuestion, ...]:
    return load_open(writing.connection, merchant, writing.now, person)


def _digest(writing: Writing, merchant: MerchantView, _person: PersonView) -> DigestView:
    return load_digest(writing.connection, merchant, writing.now)


def _faults(writing: Writing, merchant: MerchantView, _person: PersonView) -> tuple[FaultView, ...]:
    first = writing.now.astimezone(merchant.zone).date()
    plan = load_plan(writing, merchant, first, first + timedelta(days=LINTED_DAYS - 1))
    titles = {one.entry.key: title_of(one.entry) for one in plan.entries}
    return tuple(
        FaultView(
            what=NAMES[row.code],
            group=row.group or "",
            period=row.period or "",
            # What is wrong with an entry as such is found by its name.
            text=f"「{titles[row.entry]}」{row.text}" if row.entry in titles and not row.period else row.text,
        )
        for row in sorted(lint(plan), key=lambda row: row.period or "")
    )


def _customers(writing: Writing, merchant: MerchantView, _person: PersonView) -> tuple[tuple[str, ...], ...]:
    """Friends, one a line: id, name, remark, tags, source."""
    run = writing.connection.execute
    tags: dict[int, list[str]] = {}
    for person_id, tag in run(
        select(col(Tag.person_id), col(Tag.tag)).where(col(Tag.merchant_id) == merchant.id).order_by(col(Tag.tag))
    ):
        tags.setdefault(person_id, []).append(tag)
    rows = run(
        select(
            col(Contact.wire_id),
            col(Contact.name),
            func.max(col(Friendship.remark)),
            func.max(col(Friendship.source)),
            col(Contact.person_id),
        )
        .join(
            Friendship,
            and_(
                col(Friendship.merchant_id) == col(Contact.merchant_id), col(Friendship.contact_id) == col(Contact.id)
            ),
        )
        .where(col(Contact.merchant_id) == merchant.id, col(Friendship.state) == FriendshipState.FRIEND)
        .group_by(col(Contact.wire_id), col(Contact.name), col(Contact.person_id), col(Contact.id))
        .order_by(col(Contact.id))
    )
    return tuple(
        (wire_id, name, remark or "", ";".join(tags.get(person_id, ())), source or "")
        for wire_id, name, remark, source, person_id in rows
    )


def _used(writing: Writing, merchant: MerchantView, person: PersonView) -> tuple[str, ...]:
    """What people of the same role used most lately."""
    roles = {role.role for role in person.roles}
    named = {wire_id for _, wire_id, role in merchant.admins if role in roles}
    since = Ids.floor(writing.now - LOOKED_BACK)
    rows = writing.rows(_MOST_USED, merchant=merchant.id, since=since, named=sorted(named), roles=sorted(roles))
    return tuple(action for (action,) in rows)


# Asked of each row: there may be a hundred thousand grants, and few of those people did anything lately.
_GRANTED = exists().where(
    col(RoleGrant.merchant_id) == bindparam("merchant"),
    col(RoleGrant.wire_id) == col(AuditEntry.actor),
    is_one_of(col(RoleGrant.role), "roles"),
)
_MOST_USED = (
    select(col(AuditEntry.action))
    .where(
        col(AuditEntry.merchant_id) == bindparam("merchant"),
        col(AuditEntry.id) >= bindparam("since"),
        or_(is_one_of(col(AuditEntry.actor), "named"), _GRANTED),
        col(AuditEntry.result) == "ok",
    )
    .group_by(col(AuditEntry.action))
    .order_by(func.count().desc(), col(AuditEntry.action))
)


def _to_all(_person: PersonView) -> object:
    return None


def _to_the_role(person: PersonView) -> object:
    return frozenset(role.role for role in person.roles)


def _to_them(person: PersonView) -> object:
    return person.contact_id


FIGURES: Mapping[str, tuple[Load, ShownTo]] = {
    "paused": (_paused, _to_all),
    "accounts": (_accounts, _to_all),
    "scripts": (_scripts, _to_all),
    "audit": (_audit, _to_all),
    "talkers": (_talkers, _to_them),
    "lively": (_lively, _to_them),
    "sources": (_sources, _to_all),
    "opted_out": (_opted_out, _to_all),
    "greet": (_greet, _to_them),
    "open": (_open, _to_them),
    "digest": (_digest, _to_all),
    "faults": (_faults, _to_all),
    "customers": (_customers, _to_all),
    "used": (_used, _to_the_role),
}
