"""忘记我 becomes rows: words, names and answers go in one transaction, counts stay with a row that names nobody.

What is theirs is found by the ids of their contacts. What else names them (notes to the staff, lists of who joined,
the audit) is found by their wire ids, in what was written since we met them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import msgspec
from sqlalchemy import JSON, ColumnElement, String, and_, bindparam, case, cast, delete, null, or_, select, update
from sqlmodel import SQLModel, col

from bot.store import Change, Writing
from bot.store.applying_commands import forget_pending
from bot.store.erasing_commands import forget_commands
from bot.store.erasing_welcomes import forget_welcomes
from bot.store.prepared import unindexed
from bot.store.reached import keep_reached
from bot.store.tombstones import make_salt, mark_of
from models.alerts import Alert
from models.columns import table_of
from models.context import MerchantView
from models.deliveries import OPEN_STATES, Delivery, DeliveryState
from models.erasure import Tombstone, is_nameless, nameless
from models.events import Event
from models.groups import ChatGroup, GroupMember, Newcomer, Seat, Waiting
from models.identity import Doubt, Merge
from models.journal import Body, JournalEntry
from models.operations import AuditEntry, Signup, Ticket, Timer
from models.people import Answer, Contact, Friendship, FriendshipState, Person, Survey, SurveyState, Tag

Pairs = list[tuple[Event, Any]]
Rename = Callable[[str], str]

# What may stand beside a wire id and is not part of it: wx1 is not in wx12, nor in wx1@chatroom.
_PART = "A-Za-z0-9_@-"
# Events that name others as well.
_OF_MANY = ("group_joined", "group_left", "group_renamed", "roster")
_WORDLESS: dict[str, Any] = {"template": None, "text": None, "mentions": [], "media": [], "request": ""}


def erase(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    persons = {effect.person_id for _event, effect in pairs}
    farewells = [key for _event, effect in pairs for key in (effect.farewell, *effect.remarks)]
    erase_persons(writing, merchant.id, persons, farewells, {event.at for event, _effect in pairs})


def erase_persons(
    writing: Writing,
    merchant_id: str,
    persons: Iterable[int],
    farewells: list[str],
    under_way: Collection[datetime] = (),
) -> None:
    """Forget people, by our ids of them, but for the deliveries of these keys and for what is said at these moments."""
    everybody = _with_merged(writing, merchant_id, set(persons))
    contacts = _contacts(writing, merchant_id, everybody)
    if not contacts:
        return
    _bury(writing, merchant_id, contacts)
    ids = [contact_id for contact_id, _person, _wire_id in contacts]
    names = {wire_id: nameless(contact_id) for contact_id, _person, wire_id in contacts}
    welcomes = forget_welcomes(writing, merchant_id, ids, everybody)
    _wordless(writing, merchant_id, [(post.id, _renaming(names)(post.key), post.state) for post in welcomes])
    answers = forget_commands(writing, merchant_id, names, under_way)
    _wordless(writing, merchant_id, [(one.id, _renaming(names)(one.key), one.state) for one in answers])
    _own_deliveries(writing, merchant_id, ids, names, farewells)
    _own_log(writing, merchant_id, ids)
    _own_rows(writing, merchant_id, ids, everybody | {person for _id, person, _wire_id in contacts})
    _elsewhere(writing, merchant_id, ids, names, farewells)
    forget_pending(writing, merchant_id, names)
    writing.acquaintances.forget()
    writing.erased |= {nobody: wire_id for wire_id, nobody in names.items()}


def _with_merged(writing: Writing, merchant_id: str, persons: set[int]) -> set[int]:
    """The persons, and those who became one with them: of these a row stays behind, and how they were before."""
    gone = set(
        writing.connection.execute(
            select(col(Merge.gone_id)).where(
                col(Merge.merchant_id) == merchant_id, col(Merge.kept_id).in_(persons), col(Merge.undone_at).is_(None)
            )
        ).scalars()
    )
    return persons if gone <= persons else _with_merged(writing, merchant_id, persons | gone)


def _contacts(writing: Writing, merchant_id: str, persons: set[int]) -> list[tuple[int, int, str]]:
    """(contact, person, wire id) of all that a person was met as, under former ids of the platform's too."""
    found: dict[int, tuple[int, int, str]] = {}
    wanted: ColumnElement[bool] = col(Contact.person_id).in_(persons)
    while True:
        rows = writing.connection.execute(
            select(col(Contact.id), col(Contact.person_id), col(Contact.wire_id)).where(
                col(Contact.merchant_id) == merchant_id, wanted
            )
        ).all()
        new = {row.id: (row.id, row.person_id, row.wire_id) for row in rows if row.id not in found}
        found |= {identity: one for identity, one in new.items() if not is_nameless(one[2])}
        former = writing.connection.execute(
            select(col(AuditEntry.reason)).where(
                col(AuditEntry.merchant_id) == merchant_id,
                col(AuditEntry.action) == "rebind",
                col(AuditEntry.result) == "ok",
                col(AuditEntry.target).in_([one[2] for one in new.values()]),
            )
        ).scalars()
        if not (names := list(former)):
            return list(found.values())
        wanted = col(Contact.wire_id).in_(names)


def _bury(writing: Writing, merchant_id: str, contacts: list[tuple[int, int, str]]) -> None:
    salt = make_salt(writing, merchant_id)
    writing.upsert(
        Tombstone,
        [
            {"merchant_id": merchant_id, "mark": mark_of(salt, wire_id), "contact_id": contact_id, "at": writing.now}
            for contact_id, _person, wire_id in contacts
        ],
    )


def _own_deliveries(
    writing: Writing, merchant_id: str, ids: list[int], names: Mapping[str, str], farewells: list[str]
) -> None:
    rows = writing.connection.execute(
        select(col(Delivery.id), col(Delivery.key), col(Delivery.state), col(Contact.wire_id))
        .join(
            Contact,
            and_(col(Contact.merchant_id) == col(Delivery.merchant_id), col(Contact.id) == col(Delivery.contact_id)),
        )
        .where(
            col(Delivery.merchant_id) == merchant_id,
            col(Delivery.contact_id).in_(ids),
            col(Delivery.key).not_in(farewells),
        )
    ).all()
    # Whatever stands beside their id: handles of the platform may have it in the middle.
    _wordless(
        writing,
        merchant_id,
        [(row.id, row.key.replace(row.wire_id, names[row.wire_id]), row.state) for row in rows],
    )


def _wordless(writing: Writing, merchant_id: str, rows: list[tuple[int, str, str]]) -> None:
    """Take the words out of deliveries, give them these keys, and cancel those that have not left."""
    if not rows:
        return
    writing.connection.execute(
        update(Delivery).where(col(Delivery.id) == bindparam("this")).values(key=bindparam("new_key"), **_WORDLESS),
        [{"this": identity, "new_key": key} for identity, key, _state in rows],
    )
    waiting = [identity for identity, _key, state in rows if state in OPEN_STATES]
    if waiting:
        writing.connection.execute(
            update(Delivery)
            .where(col(Delivery.id) == bindparam("this"))
            .values(state=DeliveryState.CANCELLED, reason="erased", until=None),
            [{"this": identity} for identity in waiting],
        )
    writing.changed(
        [
            Change(identity, merchant_id, writing.now, DeliveryState.CANCELLED, "erased", None)
            for identity in sorted(waiting)
        ]
    )


def _own_log(writing: Writing, merchant_id: str, ids: list[int]) -> None:
    """What they said, and what was said to them 1:1; that something was said stays, and when."""
    run = writing.connection.execute
    theirs = and_(col(JournalEntry.merchant_id) == merchant_id, col(JournalEntry.contact_id).in_(ids))
    run(delete(Body).where(col(Body.id).in_(select(col(JournalEntry.body_id)).where(theirs))))
    run(
        update(JournalEntry)
        .where(theirs, col(JournalEntry.type).not_in(_OF_MANY))
        .values(data="{}", body_id=None, error=case((col(JournalEntry.error).is_not(None), "erased"), else_=null()))
    )


def _own_rows(writing: Writing, merchant_id: str, ids: list[int], persons: set[int]) -> None:
    run = writing.connection.execute

    def theirs(table: type[SQLModel]) -> ColumnElement[bool]:
        columns = table_of(table).columns
        by_contact = columns["contact_id"].in_(ids) if "contact_id" in columns else columns["person_id"].in_(persons)
        return and_(columns["merchant_id"] == merchant_id, by_contact)

    keep_reached(writing, merchant_id, persons)
    for table in (Seat, Waiting, Newcomer, Answer, Tag, Signup, Ticket):
        run(delete(table).where(theirs(table)))
    either = or_(col(Doubt.contact_id).in_(ids), col(Doubt.other_id).in_(ids))
    run(delete(Doubt).where(col(Doubt.merchant_id) == merchant_id, either))
    merged = or_(col(Merge.kept_id).in_(persons), col(Merge.gone_id).in_(persons))
    run(delete(Merge).where(col(Merge.merchant_id) == merchant_id, merged))
    run(  # that they were surveyed is a count
        update(Survey)
        .where(col(Survey.merchant_id) == merchant_id, col(Survey.person_id).in_(persons))
        .values(
            question="",
            coupon="",
            aside=[],
            pending=[],
            state=case(
                (col(Survey.finished_at).is_not(None), SurveyState.FINISHED.value),
                else_=SurveyState.STOPPED.value,
            ),
        )
    )
    run(
        update(Friendship)
        .where(theirs(Friendship))
        .values(hello="", first_hello=None, request="", remark="", inviter="", human_until=None)
    )
    run(  # who writes is a friend, whether or not the platform said so; a word of it later is no new friendship
        update(Friendship)
        .where(theirs(Friendship), col(Friendship.state) == FriendshipState.ACCEPTED)
        .values(state=FriendshipState.FRIEND)
    )
    run(
        update(Person)
        .where(col(Person.merchant_id) == merchant_id, col(Person.id).in_(persons))
        .values(
            source="",
            owner_contact_id=None,
            owner_by=None,
            opted_out_at=None,
            consent=None,
            note="",
            complained_at=None,
            forget_asked_at=None,
            forget_asked_on="",
            erased_at=writing.now,
        )
    )
    run(
        update(Contact)
        .where(col(Contact.merchant_id) == merchant_id, col(Contact.id) == bindparam("this"))
        .values(wire_id=bindparam("new_wire_id"), name=""),
        [{"this": contact_id, "new_wire_id": nameless(contact_id)} for contact_id in ids],
    )
    for owned in (ChatGroup, Person):
        columns = table_of(owned).columns
        run(
            update(owned)
            .where(columns["merchant_id"] == merchant_id, columns["owner_contact_id"].in_(ids))
            .values(owner_contact_id=None)
        )


def _elsewhere(
    writing: Writing, merchant_id: str, ids: list[int], names: Mapping[str, str], farewells: list[str]
) -> None:
    """What names them among others. Ids are of the time, so nothing that is older than their first contact does."""
    run, rename, met = writing.connection.execute, _renaming(names), min(ids)

    def naming(*columns: Any) -> ColumnElement[bool]:
        texts = [cast(column, String) if isinstance(column.type, JSON) else column for column in columns]
        return or_(*(text.contains(name, autoescape=True) for text in texts for name in names))

    deliveries = run(
        select(table_of(Delivery)).where(
            unindexed(col(Delivery.merchant_id)) == merchant_id,
            col(Delivery.id) > met,
            or_(col(Delivery.entry).is_(None), col(Delivery.contact_id).is_(None)),  # posts 1:1 name whom they are for
            col(Delivery.key).not_in(farewells),
            naming(
                *map(col, (Delivery.key, Delivery.template, Delivery.text, Delivery.mentions, Delivery.media)),
            ),
        )
    ).all()
    quoting = [
        (row.id, rename(row.key), row.state)
        for row in deliveries
        if any(_names(rename, value) for value in (row.key, row.template, row.text, row.mentions, row.media))
    ]
    _wordless(writing, merchant_id, quoting)
    entries = run(
        select(col(JournalEntry.id), col(JournalEntry.data)).where(
            col(JournalEntry.merchant_id) == merchant_id,
            col(JournalEntry.id) > met,
            naming(col(JournalEntry.data)),
        )
    ).all()
    _rewrite(
        writing,
        JournalEntry,
        [{"id": row.id, "data": _nameless_json(row.data, rename)} for row in entries if _names(rename, row.data)],
    )
    bodies = run(
        select(col(Body.id), col(Body.text)).where(
            col(Body.merchant_id) == merchant_id, col(Body.id) > met, naming(col(Body.text))
        )
    ).all()
    quoted = [row.id for row in bodies if _names(rename, row.text)]  # commands of the staff, and what broke
    run(delete(Body).where(col(Body.id).in_(quoted)))
    run(
        update(JournalEntry)
        .where(col(JournalEntry.id).in_(quoted))
        .values(body_id=None, error=case((col(JournalEntry.error).is_not(None), "erased"), else_=null()))
    )
    audit = run(
        select(table_of(AuditEntry)).where(
            col(AuditEntry.merchant_id) == merchant_id,
            naming(*map(col, (AuditEntry.actor, AuditEntry.target, AuditEntry.place, AuditEntry.reason))),
        )
    ).all()
    _rewrite(writing, AuditEntry, [row for one in audit if (row := _nameless_audit(one, rename, names))])
    for alert in run(
        select(table_of(Alert)).where(
            col(Alert.merchant_id) == merchant_id, naming(col(Alert.subject), col(Alert.text))
        )
    ).all():
        run(
            update(Alert)
            .where(
                col(Alert.merchant_id) == merchant_id,
                col(Alert.kind) == alert.kind,
                col(Alert.subject) == alert.subject,
                col(Alert.began_at) == alert.began_at,
            )
            .values(subject=rename(alert.subject), text=rename(alert.text))
        )
    for timer in run(
        select(col(Timer.kind), col(Timer.subject)).where(
            col(Timer.merchant_id) == merchant_id, naming(col(Timer.subject))
        )
    ).all():
        if _names(rename, timer.subject):
            this = (col(Timer.merchant_id) == merchant_id, col(Timer.kind) == timer.kind)
            run(delete(Timer).where(*this, col(Timer.subject) == timer.subject))
    for column in (col(GroupMember.invited_by), col(ChatGroup.platform_owner), col(Friendship.inviter)):
        table: Any = column.class_  # type: ignore[attr-defined]
        for name, new in names.items():
            run(update(table).where(col(table.merchant_id) == merchant_id, column == name).values({column: new}))


def _rewrite(writing: Writing, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "id"}
        writing.connection.execute(
            update(table).where(col(table.id) == bindparam("this")).values(values),
            [{"this" if name == "id" else f"new_{name}": value for name, value in row.items()} for row in rows],
        )


def _nameless_audit(row: Any, rename: Rename, names: Mapping[str, str]) -> dict[str, Any] | None:
    """That somebody did it stays; the reason, where it was about them, may quote them."""
    changed = {name: rename(getattr(row, name)) for name in ("actor", "target", "place")}
    about_them = row.actor in names or row.target in names
    reason = "" if about_them else rename(row.reason)
    is_the_same = reason == row.reason and all(value == getattr(row, name) for name, value in changed.items())
    return None if is_the_same else {"id": row.id, **changed, "reason": reason}


def _renaming(names: Mapping[str, str]) -> Rename:
    """What replaces these wire ids in a text, where they stand by themselves."""
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(rf"(?<![{_PART}])(?:{'|'.join(map(re.escape, longest_first))})(?![{_PART}])")
    return lambda text: pattern.sub(lambda found: names[found[0]], text)


def _names(rename: Rename, value: Any) -> bool:
    """Whether a column has one of the wire ids in it, also within a URL, as that of a list that was sent."""
    if value is None:
        return False
    text = unquote(value if isinstance(value, str) else msgspec.json.encode(value).decode())
    return rename(text) != text


def _nameless_json(data: str, rename: Rename) -> str:
    return msgspec.json.encode(_without(msgspec.json.decode(data), rename)).decode()


def _without(value: Any, rename: Rename) -> Any:
    """An event's JSON in which the people who are erased have no names."""
    match value:
        case {"contact": str(contact)} if rename(contact) != contact:
            return {"contact": rename(contact)}
        case dict():
            return {name: _without(one, rename) for name, one in value.items()}
        case list():
            return [_without(one, rename) for one in value]
        case str():
            return rename(value)
        case _:
            return value
