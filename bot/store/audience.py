"""Whom an occurrence of the calendar reaches, as one statement: groups, friends with a tag, or whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlalchemy.schema import CreateTable
from sqlmodel import col

from bot.store import Writing, read
from bot.store.called import contacts_with_id
from bot.store.ids import Ids
from bot.store.stages import in_stages
from content_calendar.entry import asked_for, kept_out, person_named, signed_up_for
from models.accounts import Account
from models.columns import Id
from models.context import MerchantView
from models.effects import Expand, Turn
from models.groups import ChatGroup, GroupMember
from models.identity import Merge
from models.journal import JournalEntry
from models.life_cycle import BOUGHT
from models.operations import EntryOverride, Signup
from models.people import Answer, AnswerState, Contact, Friendship, FriendshipState, Tag

# What was said while the program was down is written down when it is back; who was heard later than that is missed.
_LONGEST_DOWN = timedelta(days=7)


def goes_to_groups(effect: Expand) -> bool:
    """Whether it is said in groups, and not to people, 1:1."""
    return effect.turn is None and bool(effect.tiers or effect.groups)


def audience(
    writing: Writing, merchant: MerchantView, effect: Expand, only: Sequence[int] | None = None
) -> Select[*tuple[Any, ...]]:
    """Bound groups of the tiers, and the rooms named, bound or not: the gate says no, on record, to those that are not.
    Without any, or where it counts from each member, the friends concerned, 1:1. Of these, `only` those groups or
    contacts. By `rank`, and in this order, which SQLite reads them in anyhow."""
    if goes_to_groups(effect):
        return (
            select(
                col(ChatGroup.account_id).label("account_id"),
                literal(None, Id).label("contact_id"),
                col(ChatGroup.id).label("group_id"),
                col(ChatGroup.wire_id).label("wire_id"),
                col(ChatGroup.id).label("rank"),
                _own_text(merchant, effect).label("own_text"),
            )
            .where(
                _in_rooms(merchant, effect),
                *([col(ChatGroup.id).not_in(effect.but)] if effect.but else []),
                *([col(ChatGroup.id) == effect.only] if effect.only is not None else []),
                *([col(ChatGroup.id).in_(only)] if only is not None else []),
            )
            .order_by(col(ChatGroup.id))
        )
    wanted: list[ColumnElement[bool]] = [] if only is None else [col(Contact.id).in_(only)]
    if (tags := asked_for(effect.tags)) or effect.turn is None:
        wanted.append(_tagged(writing, merchant, tags, effect.occurrence))
    if tags := kept_out(effect.tags):
        wanted.append(~func.coalesce(_tagged(writing, merchant, tags, effect.occurrence), false()))
    if effect.turn is not None:
        wanted.append(_whose_turn(merchant, effect, effect.turn))
        if (effect.tiers or effect.groups) and effect.turn.of != "joined":
            wanted.append(_person_is_among(_members(merchant, effect)))
    return _friends(writing, merchant, and_(*wanted), all_are_asked=effect.turn is None)


# A table of the session, which SQLite keeps in memory.
ASIDE = Table(
    "delivery_target",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("account_id", String),
    Column("contact_id", Id),
    Column("group_id", Id),
    Column("wire_id", String),
    Column("own_text", String),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DELETE ROWS",
)
_MAKE_ASIDE, _EMPTY_ASIDE = CreateTable(ASIDE, if_not_exists=True), delete(ASIDE)


def put_aside(connection: Connection, found: Select[*tuple[Any, ...]]) -> int:
    """Write an audience aside, numbered from 1 by rank; returns how many they are. Whoever was there is forgotten.

    SQLite makes a copy, with all its columns, of what is inserted into a table that it reads, and takes twice as long
    for a number by a window function; rows without a number it numbers as they come.
    """
    connection.execute(_MAKE_ASIDE)
    connection.execute(_EMPTY_ASIDE)
    columns = [column for column in found.selected_columns if column.name != "rank"]
    if connection.dialect.name == "postgresql":
        targets = found.subquery()
        number = func.row_number().over(order_by=targets.c.rank).label("number")
        columns = [number, *(targets.c[column.name] for column in columns)]
        found = select(*columns)
    else:
        found = found.with_only_columns(*columns)
    into = insert(ASIDE).from_select([column.name for column in columns], found)
    return connection.execute(into.execution_options(preserve_rowcount=True)).rowcount


def _own_text(merchant: MerchantView, effect: Expand) -> ColumnElement[Any]:
    """What the group says instead, if it may and has said so."""
    if not effect.optional:
        return literal(None, String)
    return (
        select(col(EntryOverride.text))
        .where(
            col(EntryOverride.merchant_id) == merchant.id,
            col(EntryOverride.entry) == effect.entry,
            col(EntryOverride.group_id) == col(ChatGroup.id),
        )
        .scalar_subquery()
    )


def _in_rooms(merchant: MerchantView, effect: Expand) -> ColumnElement[bool]:
    """Groups of the tiers and the rooms named. A room that has another id by now is the same room."""
    named = [col(ChatGroup.tier).in_(effect.tiers)] if effect.tiers else []
    if effect.groups:
        room = aliased(ChatGroup)
        rooms = select(func.coalesce(col(room.became), col(room.id))).where(
            col(room.merchant_id) == merchant.id, col(room.wire_id).in_(effect.groups)
        )
        named.append(col(ChatGroup.id).in_(rooms))
    return and_(col(ChatGroup.merchant_id) == merchant.id, or_(*named))


def _friends(
    writing: Writing, merchant: MerchantView, wanted: ColumnElement[bool], *, all_are_asked: bool
) -> Select[*tuple[Any, ...]]:
    """Friends, each written to by the first account that has them."""
    # Who has several accounts of their own gets it at the one that we knew first. One look within the other, so that
    # every SQLite looks for the person first, and not through all friendships known before.
    other, theirs = aliased(Contact), aliased(Friendship)
    is_friend = exists().where(
        col(theirs.merchant_id) == merchant.id,
        col(theirs.contact_id) == col(other.id),
        col(theirs.state) == FriendshipState.FRIEND,
    )
    known_before: ColumnElement[bool] = exists().where(
        col(other.merchant_id) == merchant.id,
        col(other.person_id) == col(Contact.person_id),
        col(other.id) < col(Contact.id),
        is_friend,
    )
    if all_are_asked:  # a person has several contacts by a merger, and of these there are few
        several = select(col(Merge.kept_id)).where(col(Merge.merchant_id) == merchant.id)
        known_before = and_(_person_is_among(several), known_before)
    ours, last = read(writing.connection, _FIRST_AND_LAST, merchant=merchant.id)[0]
    if ours == last:  # of one account nobody is a friend twice
        return _friends_by(merchant, col(Friendship.account_id), wanted, ~known_before)
    # Of several accounts it is the first that nobody had to stand in for.
    replaced = select(col(Account.id)).where(
        col(Account.merchant_id) == merchant.id, col(Account.replaced_by).is_not(None)
    )
    first: ColumnElement[Any] = func.min(col(Friendship.account_id))
    if gone := writing.connection.execute(replaced).scalars().all():
        stays = case((col(Friendship.account_id).not_in(gone), col(Friendship.account_id)))
        first = func.coalesce(func.min(stays), first)
    each_once = _friends_by(merchant, first, wanted, ~known_before)
    return each_once.group_by(col(Contact.merchant_id), col(Contact.id))


_FIRST_AND_LAST = select(
    *(
        select(col(Friendship.account_id))
        .where(col(Friendship.merchant_id) == bindparam("merchant"))
        .order_by(order)
        .limit(1)
        .scalar_subquery()
        for order in (col(Friendship.account_id), col(Friendship.account_id).desc())
    )
)


def _friends_by(merchant: MerchantView, account: Any, *wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            account.label("account_id"),
            col(Contact.id).label("contact_id"),
            literal(None, Id).label("group_id"),
            col(Contact.wire_id).label("wire_id"),
            col(Contact.id).label("rank"),
            literal(None, String).label("own_text"),
        )
        .join(
            Contact,
            and_(
                col(Contact.merchant_id) == col(Friendship.merchant_id), col(Contact.id) == col(Friendship.contact_id)
            ),
        )
        .where(
            col(Friendship.merchant_id) == merchant.id,
            col(Friendship.state) == FriendshipState.FRIEND,
            *wanted,
        )
        .order_by(col(Contact.merchant_id), col(Contact.id))
    )


def _tagged(writing: Writing, merchant: MerchantView, tags: tuple[str, ...], day: str) -> ColumnElement[bool]:
    """Who has one of the tags, or is named by one, or is on the list of a gathering, or in a stage, that one of them
    names."""
    tagged = exists().where(
        col(Tag.merchant_id) == merchant.id,
        col(Tag.person_id) == col(Contact.person_id),
        col(Tag.tag).in_(tags),
    )
    signed_up = (_signed_up(merchant, key, day) for tag in tags if (key := signed_up_for(tag)))
    named = [_is_known_as(merchant, ids)] if (ids := [who for tag in tags if (who := person_named(tag))]) else []
    return or_(tagged, *named, *signed_up, *in_stages(writing.connection, merchant, writing.now, tags))


def _is_known_as(merchant: MerchantView, wire_ids: Sequence[str]) -> ColumnElement[bool]:
    """A person with several accounts of their own is meant by each of them, and by an id that they had before."""
    them = aliased(Contact)
    return _person_is_among(
        select(col(them.person_id)).where(
            col(them.merchant_id) == merchant.id, col(them.id).in_(contacts_with_id(merchant, wire_ids))
        )
    )


def _signed_up(merchant: MerchantView, key: str, day: str) -> ColumnElement[bool]:
    """Of a gathering that is held again and again, its last date up to that day is meant."""
    of_it = (col(Signup.merchant_id) == merchant.id, col(Signup.entry) == key)
    last = select(func.max(col(Signup.occurrence))).where(*of_it, col(Signup.occurrence) <= day).scalar_subquery()
    them = aliased(Contact)
    coming = (
        select(col(them.person_id))
        .join(Signup, and_(*of_it, col(Signup.contact_id) == col(them.id)))
        .where(col(them.merchant_id) == merchant.id, col(Signup.occurrence) == last, col(Signup.waits).is_(False))
    )
    return _person_is_among(coming)


def _whose_turn(merchant: MerchantView, effect: Expand, turn: Turn) -> ColumnElement[bool]:
    if turn.of == "birthday":
        return _born(merchant, turn.born)
    assert turn.start is not None
    assert turn.end is not None
    if turn.of == "silent":
        return _person_is_among(_last_heard(merchant, turn.start, turn.end))
    if turn.of == "bought":
        return _person_is_among(_bought(merchant, effect.tags, turn.start, turn.end))
    if effect.tiers or effect.groups:
        joined = _members(merchant, effect).where(
            col(GroupMember.joined_at) >= turn.start, col(GroupMember.joined_at) < turn.end, _came_after_us()
        )
        return _person_is_among(joined)
    # When the friends began whom the account had before we came, nobody knows.
    return and_(
        col(Friendship.added_at) >= turn.start, col(Friendship.added_at) < turn.end, col(Friendship.old).is_(False)
    )


def _person_is_among(persons: Select[*tuple[Any, ...]]) -> ColumnElement[bool]:
    return col(Contact.person_id).in_(persons)


def _bought(merchant: MerchantView, tags: tuple[str, ...], start: datetime, end: datetime) -> Select[*tuple[Any, ...]]:
    """The persons who were last given such a tag then. When those got theirs who had it when we came, nobody knows."""
    return select(col(Tag.person_id)).where(
        col(Tag.merchant_id) == merchant.id,
        col(Tag.tag).in_(asked_for(tags) or (BOUGHT,)),
        col(Tag.at) >= start,
        col(Tag.at) < end,
        col(Tag.origin) != "platform",
    )


def _born(merchant: MerchantView, days: tuple[tuple[bool, int, int], ...]) -> ColumnElement[bool]:
    """By the spellings of the answer `birthday`, as JSON: with a year of birth or without."""
    spelled = [
        f'"{spelling}{month:02}-{day:02}"'
        for lunar, month, day in days
        for spelling in (("lunar:", "lunar:____-") if lunar else ("--", "____-"))
    ]
    value = cast(col(Answer.value), String)
    return exists().where(
        col(Answer.merchant_id) == merchant.id,
        col(Answer.person_id) == col(Contact.person_id),
        col(Answer.key) == "birthday",
        col(Answer.state) == AnswerState.ANSWERED,
        or_(*(value.like(one) for one in spelled)),
    )


def _members(merchant: MerchantView, effect: Expand) -> Select[*tuple[Any, ...]]:
    """The persons who are in those groups."""
    them = aliased(Contact)
    return (
        select(col(them.person_id))
        .join(
            GroupMember,
            and_(col(GroupMember.merchant_id) == col(them.merchant_id), col(GroupMember.contact_id) == col(them.id)),
        )
        .join(
            ChatGroup,
            and_(
                col(ChatGroup.merchant_id) == col(GroupMember.merchant_id),
                col(ChatGroup.id) == col(GroupMember.group_id),
            ),
        )
        .where(_in_rooms(merchant, effect), col(ChatGroup.tier).is_not(None), col(GroupMember.left_at).is_(None))
    )


def _came_after_us() -> ColumnElement[bool]:
    """Who was in the group when our account came in is met on that day, and has not joined on it."""
    ours, us = aliased(GroupMember), aliased(Contact)
    return exists().where(
        col(Account.merchant_id) == col(ChatGroup.merchant_id),
        col(Account.id) == col(ChatGroup.account_id),
        col(us.merchant_id) == col(Account.merchant_id),
        col(us.wire_id) == col(Account.self_id),
        col(ours.merchant_id) == col(ChatGroup.merchant_id),
        col(ours.group_id) == col(ChatGroup.id),
        col(ours.contact_id) == col(us.id),
        col(ours.joined_at) < col(GroupMember.joined_at),
    )


def _last_heard(merchant: MerchantView, start: datetime, end: datetime) -> Select[*tuple[Any, ...]]:
    """The persons whose last message, in a group or 1:1, is of that time."""
    them, again = aliased(Contact), aliased(Contact)
    later = aliased(JournalEntry)
    spoke_since = exists().where(
        col(again.merchant_id) == merchant.id,
        col(again.person_id) == col(them.person_id),
        col(later.contact_id) == col(again.id),
        col(later.id) >= Ids.floor(start),
        col(later.merchant_id) == merchant.id,
        col(later.type) == "message",
        col(later.at) >= end,
    )
    return (
        select(col(them.person_id))
        .join(
            JournalEntry,
            and_(col(JournalEntry.merchant_id) == col(them.merchant_id), col(JournalEntry.contact_id) == col(them.id)),
        )
        .where(
            col(JournalEntry.merchant_id) == merchant.id,
            col(JournalEntry.id) >= Ids.floor(start),
            col(JournalEntry.id) < Ids.floor(end + _LONGEST_DOWN),
            col(JournalEntry.type) == "message",
            col(JournalEntry.at) >= start,
            col(JournalEntry.at) < end,
            ~spoke_since,
        )
    )
