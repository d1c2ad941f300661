"""What the slash-commands of a message ask for, and nothing that they don't. Only the staff's are looked up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, func, select, text
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store import Writing
from bot.store.called import contacts_called
from bot.store.commanding_figures import FIGURES
from bot.store.groups import all_groups, groups_called, own_groups
from bot.store.people import load_people
from bot.store.prepared import is_one_of, unindexed
from handlers.command_meant import in_force
from handlers.commands import Wanted, wanted
from models import timers
from models.columns import UtcDateTime, table_of
from models.command_views import CommandView, FoundPerson, PendingView, PostView, QuotedView
from models.commands import PendingCommand
from models.context import AccountView, EntryView, GroupView, MerchantView, PersonView, RoleView
from models.deliveries import OPEN_STATES, Cause, Delivery, Lane
from models.events import Media, Message
from models.groups import ChatGroup, Waiting
from models.journal import Body, JournalEntry, SeenEvent
from models.operations import IN_FORCE, EntryRevision, Role, Timer
from models.people import Contact, Friendship, FriendshipState, Person, Tag

# Names that fit more people than this are no names; a tag may fit many.
MOST_ALIKE = 30
MOST_TAGGED = 5_000
LOOKED_BACK = timedelta(days=7)


def load_commands(
    writing: Writing,
    merchant: MerchantView,
    accounts: Mapping[str, AccountView],
    asking: Sequence[tuple[Message, PersonView]],
) -> Iterator[tuple[PersonView, CommandView]]:
    """The askers with the roles that follow from groups, and what their commands look at, in order."""
    ranked = with_group_roles(writing, merchant, {person.contact_id: person for _, person in asking})
    askers = [(event, ranked[person.contact_id]) for event, person in asking]
    pending = _pending(writing, merchant, [(event, person) for event, person in askers if person.roles])
    loaded: dict[object, Any] = {}

    def once(what: object, load: Callable[[], Any]) -> Any:
        """What several of a wave ask for is loaded once."""
        if what not in loaded:
            loaded[what] = load()
        return loaded[what]

    for event, person in askers:
        if not person.roles:
            yield person, _NOTHING
            continue
        code = event.text.strip()[:4]
        theirs = tuple(one for one in pending if one.actor == person.wire_id or (one.code and one.code == code))
        account = accounts.get(event.account) or AccountView(id=event.account)
        lines, quote = in_force(event, account.self_id, theirs)
        asks = wanted(lines)
        parts: dict[str, Any] = {
            name: once((name, shown_to(person)), partial(load, writing, merchant, person))
            for name, (load, shown_to) in FIGURES.items()
            if name in asks.reads
        }
        owned = "own_groups" in asks.reads
        if "groups" in asks.reads or asks.references or (owned and asks.groups):
            parts["groups"] = once("groups", partial(all_groups, writing, merchant.id))
        elif asks.groups:  # a shop may have a hundred thousand
            parts["groups"] = once(asks.groups, partial(groups_called, writing, merchant.id, asks.groups))
        elif owned:
            parts["groups"] = once("own_groups", partial(own_groups, writing, merchant.id, ranked.values()))(person)
        if asks.references:
            parts["people"] = _found(writing, merchant, accounts, asks, parts["groups"])
        if "entries" in asks.reads:
            parts |= once("entries", partial(_entries, writing, merchant))
        if "posts" in asks.reads:
            parts["posts"] = _posts(writing, merchant, person)
        if quote and "quoted" in asks.reads:
            parts["quoted"] = _quoted(writing, merchant, event.account, quote)
        yield person, CommandView(pending=theirs, **parts) if theirs or parts else _NOTHING


_NOTHING = CommandView()


def asked_for_text(writing: Writing, merchant: MerchantView) -> frozenset[str]:
    """The wire ids of those whose next words 1:1 are what a command waits for. There are hardly ever any."""
    return frozenset(actor for (actor,) in writing.rows(_ASKED_FOR_TEXT, merchant=merchant.id, now=writing.now))


_ASKED_FOR_TEXT = select(col(PendingCommand.actor)).where(
    col(PendingCommand.merchant_id) == bindparam("merchant"),
    text("kind = 'text'"),  # in the words of the index, which holds no others
    col(PendingCommand.expires_at) >= bindparam("now", type_=UtcDateTime()),
)


def with_group_roles(
    writing: Writing, merchant: MerchantView, people: Mapping[int, PersonView]
) -> dict[int, PersonView]:
    """By contact id: who owns a bound group is its 堂主, or its 舵主 where the tier says so; a branch has its halls
    with it."""
    more: dict[int, list[RoleView]] = defaultdict(list)
    branches: dict[str, list[int]] = defaultdict(list)
    heads = {tier.name for tier in merchant.playbook.tiers if tier.owner_role == "branch"}
    for group, tier, owner in writing.rows(_OWNED, merchant=merchant.id, owners=list(people)):
        more[owner].append(RoleView(role=Role.BRANCH if tier in heads else Role.HALL, group=group))
        if tier in heads:
            branches[group].append(owner)
    for contact_id, person in people.items():
        for role in person.roles:
            if role.role == Role.BRANCH and role.group:
                branches[role.group].append(contact_id)
    if branches:
        for hall, branch in writing.rows(_HALLS, merchant=merchant.id, branches=list(branches)):
            for contact_id in branches[branch]:
                more[contact_id].append(RoleView(role=Role.BRANCH, group=hall))
    return {
        contact_id: msgspec.structs.replace(person, roles=(*person.roles, *more[contact_id]))
        if contact_id in more
        else person
        for contact_id, person in people.items()
    }


_OWNED = select(col(ChatGroup.wire_id), col(ChatGroup.tier), col(ChatGroup.owner_contact_id)).where(
    col(ChatGroup.merchant_id) == bindparam("merchant"),
    is_one_of(col(ChatGroup.owner_contact_id), "owners"),
    unindexed(col(ChatGroup.tier)).is_not(None),
)
_branch = aliased(ChatGroup)
_HALLS = (
    select(col(ChatGroup.wire_id), col(_branch.wire_id))
    .join(
        _branch,
        and_(col(_branch.merchant_id) == col(ChatGroup.merchant_id), col(_branch.id) == col(ChatGroup.parent_id)),
    )
    .where(
        col(ChatGroup.merchant_id) == bindparam("merchant"),
        col(ChatGroup.tier).is_not(None),
        is_one_of(col(_branch.wire_id), "branches"),
    )
)


def _pending(
    writing: Writing, merchant: MerchantView, askers: Sequence[tuple[Message, PersonView]]
) -> tuple[PendingView, ...]:
    """The askers', the newest first, and those of others whose code was typed."""
    if not askers:
        return ()
    rows = writing.rows(_OF_ACTORS, merchant=merchant.id, actors=sorted({person.wire_id for _, person in askers}))
    if codes := {code for event, _ in askers if (code := event.text.strip()[:4]).isdigit()}:
        rows += writing.rows(_OF_CODES, merchant=merchant.id, codes=sorted(codes))
    by_id = {
        identity: PendingView(
            id=identity,
            actor=actor,
            place=place,
            code=code,
            kind=kind,
            lines=tuple(lines),
            quote=quote,
            expires_at=until,
        )
        for identity, actor, place, code, kind, lines, quote, until in rows
    }
    return tuple(by_id[identity] for identity in sorted(by_id, reverse=True))


_PENDING = select(
    col(PendingCommand.id), col(PendingCommand.actor), col(PendingCommand.place), col(PendingCommand.code),
    col(PendingCommand.kind), col(PendingCommand.lines), col(PendingCommand.quote), col(PendingCommand.expires_at),
).where(col(PendingCommand.merchant_id) == bindparam("merchant"))  # fmt: skip
_OF_ACTORS = _PENDING.where(is_one_of(col(PendingCommand.actor), "actors"))
_OF_CODES = _PENDING.where(is_one_of(col(PendingCommand.code), "codes"))


def _found(
    writing: Writing,
    merchant: MerchantView,
    accounts: Mapping[str, AccountView],
    asks: Wanted,
    groups: Sequence[GroupView],
) -> dict[str, tuple[FoundPerson, ...]]:
    """By what was written: who has that id, else who has that name or remark, or for # everybody who has that tag."""
    ids: dict[str, list[int]] = {}
    for reference in asks.references:
        ids[reference] = _contacts(writing, merchant, reference)
    people = load_people(writing, merchant, accounts, {one for found in ids.values() for one in found})
    kept = _kept(writing, merchant, people, {group.id: group for group in groups})
    found_by: dict[str, tuple[FoundPerson, ...]] = {}
    for reference, found in ids.items():
        first_of: dict[int, FoundPerson] = {}
        for contact_id in found:
            who = people[contact_id]
            if not who.is_ours and not who.erased:
                first_of.setdefault(who.person_id, kept[contact_id])
        found_by[reference] = tuple(first_of.values())
    return found_by


def _contacts(writing: Writing, merchant: MerchantView, reference: str) -> list[int]:
    run = writing.connection.execute
    ours = col(Contact.merchant_id) == merchant.id
    friends = select(col(Friendship.contact_id)).where(
        col(Friendship.merchant_id) == merchant.id, col(Friendship.state) == FriendshipState.FRIEND
    )
    if reference.startswith("#"):
        tagged = select(col(Tag.person_id)).where(col(Tag.merchant_id) == merchant.id, col(Tag.tag) == reference[1:])
        statement = select(col(Contact.id)).where(
            ours, col(Contact.person_id).in_(tagged), col(Contact.id).in_(friends)
        )
        return list(run(statement.order_by(col(Contact.id)).limit(MOST_TAGGED)).scalars())
    return contacts_called(writing.connection, merchant, reference, MOST_ALIKE)


def _kept(
    writing: Writing, merchant: MerchantView, people: Mapping[int, PersonView], groups: Mapping[int, GroupView]
) -> dict[int, FoundPerson]:
    """What the staff keeps of these people."""
    run = writing.connection.execute
    persons = {person.person_id for person in people.values()}
    notes = {
        row[0]: (row[1], row[2], row[3] in ("group", "given"))
        for row in run(
            select(col(Person.id), col(Person.note), col(Person.owner_contact_id), col(Person.owner_by)).where(
                col(Person.merchant_id) == merchant.id, col(Person.id).in_(persons)
            )
        )
    }
    owners: dict[int | None, tuple[str, str]] = {}
    if owning := {one.owner_contact_id for one in groups.values() if one.tier} | {row[1] for row in notes.values()}:
        owners = {
            row[0]: (row[1], row[2])
            for row in run(
                select(col(Contact.id), col(Contact.wire_id), col(Contact.name)).where(
                    col(Contact.merchant_id) == merchant.id, col(Contact.id).in_(owning - {None})
                )
            )
        }
    waits = {
        row[0]: row[1]
        for row in run(
            select(col(Waiting.contact_id), col(Waiting.tier)).where(
                col(Waiting.merchant_id) == merchant.id, col(Waiting.contact_id).in_(list(people))
            )
        )
    }
    found: dict[int, FoundPerson] = {}
    for contact_id, person in people.items():
        theirs = [groups[group] for group in person.brought_by if group in groups]
        note, owner, is_settled = notes.get(person.person_id, ("", None, False))
        if not is_settled:  # an owned group comes before a claim
            owner = next((one.owner_contact_id for one in theirs if one.tier and one.owner_contact_id), owner)
        wire_id, name = owners.get(owner, ("", ""))
        found[contact_id] = FoundPerson(
            person=person,
            note=note,
            owner=wire_id,
            owner_name=name,
            where=tuple(group.topic or group.wire_id for group in theirs),
            waiting_for=waits.get(contact_id, ""),
        )
    return found


def _entries(writing: Writing, merchant: MerchantView) -> dict[str, Any]:
    run = writing.connection.execute
    rows = run(
        select(table_of(EntryRevision))
        .where(col(EntryRevision.merchant_id) == merchant.id, IN_FORCE)
        .order_by(col(EntryRevision.key))
    )
    entries = tuple(
        EntryView(
            key=row.key,
            revision=row.revision,
            body=row.body,
            at=row.at,
            first_imported_at=row.first_imported_at,
            approved=row.approved,
            draft=row.draft,
        )
        for row in rows
    )
    waiting = run(
        select(col(Delivery.entry), func.count())
        .where(
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.state).in_(OPEN_STATES),
            col(Delivery.approved).is_(False),
            col(Delivery.entry).is_not(None),
        )
        .group_by(col(Delivery.entry))
    )
    rings = run(
        select(col(Timer.subject), col(Timer.at)).where(
            col(Timer.merchant_id) == merchant.id, col(Timer.kind) == timers.ENTRY
        )
    )
    return {"entries": entries, "awaiting": dict(waiting.all()), "rings": dict(rings.all())}


def _posts(writing: Writing, merchant: MerchantView, person: PersonView) -> tuple[PostView, ...]:
    rows = writing.connection.execute(
        select(col(Delivery.id), col(ChatGroup.topic), col(Delivery.text), col(Delivery.due_at), col(Delivery.key))
        .join(
            ChatGroup,
            and_(col(ChatGroup.merchant_id) == col(Delivery.merchant_id), col(ChatGroup.id) == col(Delivery.group_id)),
        )
        .where(
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.state).in_(OPEN_STATES),
            col(Delivery.cause) == Cause.COMMAND,
            col(Delivery.lane) != Lane.REPLY,
            col(Delivery.key).startswith(f"post:{person.wire_id}:", autoescape=True),
        )
        .order_by(col(Delivery.id).desc())
    )
    return tuple(
        PostView(id=identity, group=topic, text=text or "", due=due, key=key.rsplit(":", 1)[0])
        for identity, topic, text, due, key in rows
    )


def _quoted(writing: Writing, merchant: MerchantView, account: str, quote: str) -> QuotedView | None:
    found = writing.connection.execute(
        select(col(JournalEntry.kind), col(JournalEntry.data), col(Body.text))
        .select_from(SeenEvent)
        .join(JournalEntry, col(JournalEntry.id) == col(SeenEvent.journal_id))
        .outerjoin(Body, col(Body.id) == col(JournalEntry.body_id))
        .where(
            col(SeenEvent.merchant_id) == merchant.id,
            col(SeenEvent.account_id) == account,
            col(SeenEvent.wire_id) == quote,
        )
    ).first()
    if found is None:
        return None
    kind, data, text = found
    media = msgspec.json.decode(data).get("media")
    return QuotedView(kind=kind or "text", text=text or "", media=msgspec.convert(media, Media) if media else None)
