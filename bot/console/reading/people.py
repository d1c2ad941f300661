"""People: who they are by what one looks for, and one person's timeline over all accounts and groups."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import Connection, String, and_, cast, exists, func, or_, select, text
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.console.visit import Scope
from bot.store.prepared import unindexed
from models.accounts import Account
from models.deliveries import Delivery, DeliveryState
from models.fields import unfilled
from models.groups import ChatGroup, GroupMember, Waiting
from models.journal import Body, JournalEntry
from models.people import Answer, Contact, Friendship, FriendshipState, Person, Survey, Tag
from models.turning import unturned

PAGE = 50
_LONGEST = 2_000  # of one message: somebody may have pasted a book
STAGES = {"none": "没开始", "open": "进行中", "resting": "搁着", "finished": "完成", "stopped": "停了"}
UNFINISHED = "unfinished"  # either of the two that go on
ONLY = {"friends": "现在的好友", "complained": "投诉没了结"}


class Search(NamedTuple):
    """Whom one looks for; what is empty does not matter. `word` is in a name, remark, tag, answer, or is an id;
    `waiting` is the tier that they wait for a seat of."""

    word: str = ""
    tag: str = ""
    source: str = ""
    stage: str = ""
    waiting: str = ""
    only: str = ""

    @classmethod
    def read(cls, at: Mapping[str, str]) -> Search:
        """From the address of a page; what makes no sense there is left out."""
        given = {name: unturned(str(at.get(name, ""))).strip()[:100].replace("\0", "") for name in cls._fields}
        if given["stage"] not in (*STAGES, UNFINISHED):
            given["stage"] = ""
        if given["only"] not in ONLY:
            given["only"] = ""
        return cls(**given)

    @property
    def address(self) -> str:
        """The page that shows them."""
        return "/people?" + urlencode({name: value for name, value in self._asdict().items() if value})


class Found(NamedTuple):
    """A person as the list shows them; `id` is where to go on from."""

    id: int
    contact: str
    name: str
    source: str
    stage: str
    opted_out: bool
    tags: tuple[str, ...]


class Moment(NamedTuple):
    """Something of a timeline: of the journal (`type` is its event's), or a delivery of ours (`type` is empty)."""

    id: int
    at: datetime
    type: str
    account: str
    topic: str
    group: str
    kind: str
    text: str
    state: DeliveryState | None = None
    reason: str = ""
    cause: str = ""


def people_of(connection: Connection, scope: Scope, wanted: Search, before: int | None = None) -> list[Found]:
    """A page of them, who came last first, from below an id on."""
    asked = _found(
        select(
            col(Contact.id),
            col(Contact.person_id),
            col(Contact.wire_id),
            col(Contact.name),
            col(Person.source),
            col(Person.opted_out_at),
            col(Survey.state),
        ),
        scope,
        wanted,
    )
    asked = asked.order_by(col(Contact.id).desc()).limit(PAGE)
    if before is not None:
        asked = asked.where(col(Contact.id) < before)
    rows = connection.execute(asked).all()
    tags: dict[int, list[str]] = {}
    for person, tag in connection.execute(
        select(col(Tag.person_id), col(Tag.tag))
        .where(col(Tag.merchant_id) == scope.merchant.id, col(Tag.person_id).in_([row.person_id for row in rows]))
        .order_by(col(Tag.tag))
    ):
        tags.setdefault(person, []).append(tag)
    return [
        Found(
            row.id,
            row.wire_id,
            row.name,
            row.source,
            row.state or "none",
            row.opted_out_at is not None,
            tuple(tags.get(row.person_id, ())),
        )
        for row in rows
    ]


def count_of(connection: Connection, scope: Scope, wanted: Search) -> int:
    """How many there are."""
    asked = _found(select(func.count()).select_from(Contact), scope, wanted)
    return int(connection.execute(asked).scalar_one())


def tags_and_sources(connection: Connection, scope: Scope, limit: int = 200) -> tuple[list[str], list[str]]:
    """What one may choose from: the tags and the sources that most people have."""
    mine = scope.merchant.id
    theirs = select(col(Contact.person_id)).where(col(Contact.merchant_id) == mine, *_of_the_pool(scope))
    of_tags = [col(Tag.person_id).in_(theirs)] if scope.pool else []
    of_sources = [col(Person.id).in_(theirs)] if scope.pool else []
    tags = select(col(Tag.tag)).where(col(Tag.merchant_id) == mine, *of_tags).group_by(col(Tag.tag))
    sources = (
        select(col(Person.source))
        .where(unindexed(col(Person.merchant_id)) == mine, col(Person.source) != "", *of_sources)
        .group_by(col(Person.source))
    )
    return (
        list(connection.execute(tags.order_by(func.count().desc(), col(Tag.tag)).limit(limit)).scalars()),
        list(connection.execute(sources.order_by(func.count().desc(), col(Person.source)).limit(limit)).scalars()),
    )


def may_be_seen(connection: Connection, scope: Scope, contact: str) -> bool:
    """Whether this is a person in the scope, who is not forgotten."""
    asked = (
        select(col(Contact.id))
        .join(Person, and_(col(Person.merchant_id) == col(Contact.merchant_id), col(Person.id) == _person(Contact)))
        .where(
            col(Contact.merchant_id) == scope.merchant.id,
            col(Contact.wire_id) == contact,
            col(Person.erased_at).is_(None),
            *_of_the_pool(scope),
        )
    )
    return connection.execute(asked).first() is not None


def timeline(
    connection: Connection, scope: Scope, contact: str, before: int | None = None, *, alone: bool = False
) -> list[Moment]:
    """What a person said and did and what they were sent, on all accounts of the scope; the newest first.

    `alone`: only what is in no group.
    """
    mine = scope.merchant.id
    person = select(_person(Contact)).where(col(Contact.merchant_id) == mine, col(Contact.wire_id) == contact)
    theirs = list(
        connection.execute(
            select(col(Contact.id)).where(
                col(Contact.merchant_id) == mine, _person(Contact) == person.scalar_subquery()
            )
        ).scalars()
    )
    said: Any = (
        select(
            col(JournalEntry.id),
            col(JournalEntry.at),
            col(JournalEntry.type),
            col(JournalEntry.account_id),
            col(JournalEntry.kind),
            col(ChatGroup.topic),
            col(ChatGroup.wire_id),
            func.substr(col(Body.text), 1, _LONGEST).label("text"),
        )
        .outerjoin(Body, col(Body.id) == col(JournalEntry.body_id))
        .outerjoin(
            ChatGroup,
            and_(col(ChatGroup.merchant_id) == mine, col(ChatGroup.id) == col(JournalEntry.group_id)),
        )
        .where(
            col(JournalEntry.merchant_id) == mine,
            col(JournalEntry.contact_id).in_(theirs),
            col(JournalEntry.account_id).in_([*scope.accounts, ""]),
            col(JournalEntry.type).not_in(("timer", "send_answered", "login", "roster")),
            ~exists().where(  # the echo of what we sent, which is told as a delivery
                col(JournalEntry.type) == "self_message",
                col(Delivery.merchant_id) == mine,
                col(Delivery.contact_id) == col(JournalEntry.contact_id),
                col(Delivery.message) == col(JournalEntry.wire_id),
                col(Delivery.message) != "",
            ),
        )
        .order_by(col(JournalEntry.id).desc())
        .limit(PAGE)
    )
    sent: Any = (
        select(
            col(Delivery.id),
            col(Delivery.left_at),
            col(Delivery.next_at),
            col(Delivery.account_id),
            col(Delivery.kind),
            col(Delivery.state),
            col(Delivery.reason),
            col(Delivery.cause),
            col(ChatGroup.topic),
            col(ChatGroup.wire_id),
            func.substr(func.coalesce(col(Delivery.text), col(Delivery.template), ""), 1, _LONGEST).label("text"),
        )
        .outerjoin(ChatGroup, and_(col(ChatGroup.merchant_id) == mine, col(ChatGroup.id) == col(Delivery.group_id)))
        .where(
            col(Delivery.merchant_id) == mine,
            col(Delivery.contact_id).in_(theirs),
            col(Delivery.account_id).in_(scope.accounts),
        )
        .order_by(col(Delivery.id).desc())
        .limit(PAGE)
    )
    if before is not None:
        said, sent = said.where(col(JournalEntry.id) < before), sent.where(col(Delivery.id) < before)
    if alone:
        said, sent = said.where(col(JournalEntry.group_id).is_(None)), sent.where(col(Delivery.group_id).is_(None))
    rows = [
        Moment(one.id, one.at, one.type, one.account_id, one.topic or "", one.wire_id or "", one.kind, one.text or "")
        for one in connection.execute(said)
    ]
    rows += [
        Moment(
            one.id,
            one.left_at or one.next_at,
            "",
            one.account_id,
            one.topic or "",
            one.wire_id or "",
            one.kind,
            one.text if one.left_at else unfilled(one.text),
            DeliveryState(one.state),
            one.reason or "",
            one.cause,
        )
        for one in connection.execute(sent)
    ]
    return sorted(rows, key=lambda one: one.id, reverse=True)[:PAGE]


def _found(asked: Any, scope: Scope, wanted: Search) -> Any:
    mine = col(Contact.merchant_id)
    return (
        # Everybody has a person. An outer join, so that SQLite reads the contacts by id and stops after a page.
        asked.outerjoin(Person, and_(col(Person.merchant_id) == mine, col(Person.id) == _person(Contact)))
        .outerjoin(Survey, and_(col(Survey.merchant_id) == mine, col(Survey.person_id) == _person(Contact)))
        .where(*_conditions(scope, wanted))
    )


def _conditions(scope: Scope, wanted: Search) -> list[Any]:
    mine = scope.merchant.id
    earlier = aliased(Contact)
    ours = select(col(Account.self_id)).where(col(Account.merchant_id) == mine, col(Account.self_id).is_not(None))
    conditions: list[Any] = [
        col(Contact.merchant_id) == mine,
        col(Person.erased_at).is_(None),
        col(Contact.wire_id).not_in(ours),
        ~exists().where(  # a person with several contacts is shown once
            col(earlier.merchant_id) == mine,
            col(earlier.person_id) == _person(Contact),
            col(earlier.id) < col(Contact.id),
        ),
        *_of_the_pool(scope),
    ]
    if wanted.word:
        conditions.append(_person(Contact).in_(_with(mine, wanted.word)))
    if wanted.tag:
        tagged = select(col(Tag.person_id)).where(col(Tag.merchant_id) == mine, col(Tag.tag) == wanted.tag)
        conditions.append(_person(Contact).in_(tagged))
    if wanted.source:
        conditions.append(col(Person.source) == wanted.source)
    state = col(Survey.state)
    if wanted.stage == "none":
        conditions.append(state.is_(None))
    elif wanted.stage == UNFINISHED:
        begun = aliased(Survey, name="begun")
        unfinished = text("begun.state IN ('open', 'resting')")  # in the words of the index
        conditions.append(
            _person(Contact).in_(select(col(begun.person_id)).where(col(begun.merchant_id) == mine, unfinished))
        )
    elif wanted.stage:
        conditions.append(state == wanted.stage)
    if wanted.waiting:
        waits = select(col(Waiting.contact_id)).where(
            col(Waiting.merchant_id) == mine, col(Waiting.tier) == wanted.waiting
        )
        conditions.append(_one_of_theirs(mine, waits))
    if wanted.only == "friends":
        of = aliased(Contact)
        conditions.append(
            exists().where(
                col(of.merchant_id) == mine,
                col(of.person_id) == _person(Contact),
                col(Friendship.merchant_id) == mine,
                col(Friendship.contact_id) == col(of.id),
                col(Friendship.account_id).in_(scope.accounts),
                col(Friendship.state) == FriendshipState.FRIEND,
            )
        )
    elif wanted.only == "complained":
        complaining = aliased(Person, name="complaining")
        conditions.append(
            _person(Contact).in_(
                select(col(complaining.id)).where(
                    col(complaining.merchant_id) == mine, text("complaining.complained_at IS NOT NULL")
                )
            )
        )
    return conditions


def _one_of_theirs(mine: str, contacts: Any) -> Any:
    """Whether a person has one of these contacts; another than the shown one may be it."""
    of = aliased(Contact)
    return _person(Contact).in_(select(col(of.person_id)).where(col(of.merchant_id) == mine, col(of.id).in_(contacts)))


def _with(mine: str, word: str) -> Any:
    """The persons with a word in their names, remarks, tags or answers; JSON keeps answers in ASCII.

    All rows there are have to be read, and are several times as quickly by their place in the file as by an index.
    """
    named, known = aliased(Contact), aliased(Contact)
    names = select(col(named.person_id)).where(
        unindexed(col(named.merchant_id)) == mine,
        or_(col(named.name).contains(word, autoescape=True), col(named.wire_id) == word),
    )
    remarks = (
        select(col(known.person_id))
        .select_from(Friendship)
        # An outer join, so that the friendships come first.
        .outerjoin(
            known,
            and_(col(known.merchant_id) == col(Friendship.merchant_id), col(known.id) == col(Friendship.contact_id)),
        )
        .where(
            unindexed(col(Friendship.merchant_id)) == mine,
            col(Friendship.remark) != "",
            col(Friendship.remark).contains(word, autoescape=True),
        )
    )
    tags = select(col(Tag.person_id)).where(col(Tag.merchant_id) == mine, col(Tag.tag).contains(word, autoescape=True))
    written = cast(col(Answer.value), String)
    answers = select(col(Answer.person_id)).where(
        unindexed(col(Answer.merchant_id)) == mine,
        or_(
            written.contains(word, autoescape=True),
            written.contains(json.dumps(word)[1:-1], autoescape=True),
        ),
    )
    return names.union_all(remarks, tags, answers)


def _of_the_pool(scope: Scope) -> list[Any]:
    """Nothing for who sees the whole shop; else friends of that account and whoever is in its groups."""
    if not scope.pool:
        return []
    befriended = exists().where(
        col(Friendship.merchant_id) == scope.merchant.id,
        col(Friendship.contact_id) == col(Contact.id),
        col(Friendship.account_id) == scope.pool,
    )
    grouped = exists().where(
        col(GroupMember.merchant_id) == scope.merchant.id,
        col(GroupMember.contact_id) == col(Contact.id),
        col(ChatGroup.merchant_id) == scope.merchant.id,
        col(ChatGroup.id) == col(GroupMember.group_id),
        col(ChatGroup.account_id) == scope.pool,
    )
    return [or_(befriended, grouped)]


def _person(contact: Any) -> Any:
    return col(contact.person_id)
