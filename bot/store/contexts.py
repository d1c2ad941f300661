"""Contexts for decisions, loaded set-wise: a fixed number of statements a wave, however many events are in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import msgspec
from sqlalchemy import bindparam, or_, select
from sqlmodel import col

from bot.store import Writing
from bot.store.accounts import load_accounts
from bot.store.alerting import load_alerts
from bot.store.commanding import asked_for_text, load_commands, with_group_roles
from bot.store.digesting import load_digest
from bot.store.entries import load_entries
from bot.store.failed import load_failed
from bot.store.groups import in_order, load_groups
from bot.store.identify import Names, groups_of, people_of
from bot.store.identity import load_doubts, load_merges
from bot.store.idle import idle_speakers
from bot.store.kept import load_kept
from bot.store.matching import deliveries_of
from bot.store.missing import missing_friends
from bot.store.newcomers import load_newcomers
from bot.store.old_friends import old_friends_of
from bot.store.owning import Owning, load_owning, owners_of
from bot.store.people import load_people
from bot.store.places import load_places
from bot.store.prepared import is_one_of, unindexed
from bot.store.rolling_out import load_rollouts
from bot.store.rooms import load_rooms
from bot.store.signups import gathering_of
from bot.store.status import load_status
from bot.store.talk import carers_of, digest_readers, load_talk
from handlers import outcomes
from handlers.needs import Needs
from models import orders, timers
from models.columns import UtcDateTime
from models.command_views import CommandView
from models.context import AccountView, Context, DeliveryView, GroupView, MerchantView
from models.effects import Effect, Reserve
from models.events import Event, Message, SelfMessage, SendAnswered, TimerDue
from models.groups import Waiting
from models.operations import Role, RoleGrant
from models.orders import SurveyFinished
from models.people import Contact


def load_contexts(
    writing: Writing, merchant: MerchantView, names: Names, wave: Sequence[tuple[Event, Needs]]
) -> list[Context]:
    """One context an event and what it needs, in order. The contexts of a wave share their groups: see `take_seats`."""
    accounts = load_accounts(writing, merchant)
    # Most of what is said needs nothing: one context for all of it on an account.
    nothing = {
        account: Context(merchant=merchant, account=accounts.get(account) or AccountView(id=account))
        for account in {event.account for event, _ in wave}
    }
    contexts = [nothing[event.account] for event, _ in wave]
    wanted = {
        place: _parts(want)
        for place, (event, want) in enumerate(wave)
        if want is not Needs.NOTHING or (isinstance(event, Message) and not event.group)
    }
    alone = {
        place: event.contact.contact
        for place in wanted
        if isinstance(event := wave[place][0], Message) and not event.group
    }
    if alone and (asked := asked_for_text(writing, merchant)):
        for place, speaker in alone.items():
            if speaker in asked:
                wanted[place] = (wanted[place] | _FOR_A_TEXT) - {"UNLESS_IDLE"}
    talk = [wave[place][0] for place, parts in wanted.items() if "UNLESS_IDLE" in parts]
    idle = idle_speakers(writing, merchant.id, names, accounts, talk) if talk else frozenset()
    needed = {
        place: parts
        for place, parts in wanted.items()
        if parts and not ("UNLESS_IDLE" in parts and _speaker(wave[place][0]) in idle)
    }
    deliveries: dict[int, DeliveryView] = {}
    if about := [place for place, parts in needed.items() if "DELIVERY" in parts]:
        found = deliveries_of(writing, merchant.id, [wave[place][0] for place in about], names)
        deliveries = {about[position]: delivery for position, delivery in found.items()}
    for place, delivery in deliveries.items():
        event = wave[place][0]
        if isinstance(event, SendAnswered) and not outcomes.is_about_them(event, delivery):  # as most say of sends
            contexts[place] = msgspec.structs.replace(contexts[place], delivery=delivery)
            del needed[place]
    if needed:
        events = [wave[place][0] for place in needed]
        these = {position: deliveries[place] for position, place in enumerate(needed) if place in deliveries}
        loaded = _load(writing, merchant, names, accounts, events, list(needed.values()), these)
        for place, context in zip(needed, loaded, strict=True):
            contexts[place] = context
    return contexts


def _load(
    writing: Writing,
    merchant: MerchantView,
    names: Names,
    accounts: Mapping[str, AccountView],
    events: Sequence[Event],
    wanted: Sequence[frozenset[str]],
    deliveries: Mapping[int, DeliveryView],
) -> Iterator[Context]:
    every = frozenset().union(*wanted)
    # Who each event is about and where; the first of them did it.
    everybody: list[list[tuple[str, int]]] = []
    places: list[list[str]] = []
    people_ids: set[int] = set()
    speaker_ids: set[int] = set()
    contacts = names.contacts
    for event, parts in zip(events, wanted, strict=True):
        whole = "PEOPLE" in parts
        if not whole and "SPEAKER" not in parts:
            them = []
        elif isinstance(event, Message):  # nearly all of them, so they are spared the generators
            them = [(event.contact.contact, contacts[event.contact.contact].contact_id)]
        else:
            them = [(who.contact, contacts[who.contact].contact_id) for who in people_of(event)]
        for _, contact_id in them:
            (people_ids if whole else speaker_ids).add(contact_id)
        everybody.append(them)
        places.append(([event.group] if event.group else []) if isinstance(event, Message) else list(groups_of(event)))
    people_ids.update(found.contact_id for found in deliveries.values() if found.contact_id)
    waiting_ids = _waiting(writing, merchant.id, events) if "WAITING" in every else {}
    for ids in waiting_ids.values():
        people_ids.update(ids)
    staff_ids = _staff(writing, merchant) if "STAFF" in every else []
    people_ids.update(staff_ids)
    carer_ids = carers_of(writing, merchant.id, places) if "CARERS" in every else []
    people_ids.update(carer_ids)
    missing_ids = missing_friends(writing, merchant.id, events, names) if "MISSING" in every else []
    people_ids.update(missing_ids)
    owning = load_owning(writing, merchant, events) if "NAMED" in every else Owning()
    people_ids.update(owning.contact_ids)
    heard = [
        contacts[wire_id].person_id
        for them, parts in zip(everybody, wanted, strict=True)
        if "OWNER" in parts
        for wire_id, _ in them
    ]
    owners = owning.owners | (owners_of(writing, merchant.id, heard) if heard else {})
    people_ids.update(owners.values())
    old_ids = old_friends_of(writing, merchant, events) if "OLD_FRIENDS" in every else []
    people_ids.update(old_ids)
    digest = load_digest(writing.connection, merchant, writing.now) if "DIGEST" in every else None
    reader_ids = digest_readers(writing, merchant.id, digest.groups) if digest else []
    people_ids.update(reader_ids)
    newcomers = load_newcomers(writing, merchant.id, events) if "NEWCOMERS" in every else {}
    people_ids.update(*newcomers.values())
    people = load_people(writing, merchant, accounts, people_ids, speaker_ids)
    readers = with_group_roles(writing, merchant, {one: people[one] for one in reader_ids}) if reader_ids else {}
    staff = tuple(people[contact_id] for contact_id in staff_ids)
    placing = {one for them, parts in zip(everybody, wanted, strict=True) if "PLACES" in parts for _, one in them}
    placing.update(*waiting_ids.values(), *owning.named.values())
    places_of = load_places(writing, merchant.id, [people[contact_id].person_id for contact_id in placing])
    group_ids = {
        names.groups[wire_id]
        for place, wire_ids in enumerate(places)
        for wire_id in wire_ids
        if not (place in deliveries and isinstance(events[place], SelfMessage))  # an echo: where it was said is known
    }
    bound: Mapping[str, GroupView] | None = None
    if "ROOMS" in every and "BOUND_GROUPS" not in every:
        finished = [
            (event, them) for event, them in zip(events, everybody, strict=True) if isinstance(event, SurveyFinished)
        ]
        bound = load_rooms(
            writing, merchant, [event for event, _ in finished], [people[them[0][1]] for _, them in finished]
        )
    all_bound = bound is None and not every.isdisjoint(_BOUND)
    groups = load_groups(writing, merchant.id, group_ids, bound=all_bound)
    by_wire = {group.wire_id: group for group in groups.values()}
    bound = in_order(groups.values()) if bound is None else bound
    entries = load_entries(writing, merchant.id, events) if "ENTRIES" in every else ()
    status = load_status(writing, merchant, tuple(accounts.values())) if "STATUS" in every else None
    alerts = load_alerts(writing, merchant.id) if "ALERTS" in every else ()
    failed = load_failed(writing, merchant.id, events) if "FAILED" in every else ()
    doubts = load_doubts(writing, merchant.id, people_ids) if "DOUBTS" in every else ()
    merges = load_merges(writing, merchant.id, people.values()) if "MERGES" in every else ()
    asking = [
        contacts[event.contact.contact].person_id
        for event, parts in zip(events, wanted, strict=True)
        if "KEPT" in parts and isinstance(event, Message)
    ]
    about_questions = [
        event for event, parts in zip(events, wanted, strict=True) if "TALK" in parts and isinstance(event, TimerDue)
    ]
    talk = load_talk(writing, merchant, about_questions) if about_questions else {}
    rolled_out = load_rollouts(writing, merchant, events) if "ROLLOUT" in every else {}
    kept = load_kept(writing, merchant.id, asking) if asking else {}
    surveys = {
        person.person_id: merchant.playbook_of(person.survey.revision)
        for person in people.values()
        if person.survey and person.survey.revision != merchant.revision
    }

    missing = tuple(people[contact_id] for contact_id in missing_ids)
    named = {word: tuple(people[one] for one in ids) for word, ids in owning.named.items()}
    owned_by = {person_id: people[owner] for person_id, owner in owners.items()}
    old_friends = tuple(people[one] for one in old_ids)
    customers = tuple(people[one] for one in owning.customers)

    @cache
    def shared(account: str, parts: frozenset[str]) -> Context:
        """What the contexts of all events that need the same have in common."""
        return Context(
            merchant=merchant,
            account=accounts.get(account) or AccountView(id=account),
            groups=by_wire if parts.isdisjoint(_BOUND) else bound,
            staff=staff if "STAFF" in parts else (),
            entries=entries if "ENTRIES" in parts else (),
            carers=tuple(readers.values())
            if "DIGEST" in parts
            else tuple(people[one] for one in carer_ids)
            if "CARERS" in parts
            else (),
            digest=digest if "DIGEST" in parts else None,
            places=places_of if "PLACES" in parts else {},
            missing=missing if "MISSING" in parts else (),
            named=named,
            owners=owned_by,
            old_friends=old_friends if "OLD_FRIENDS" in parts else (),
            customers=customers,
            status=status if "STATUS" in parts else None,
            failed=failed if "FAILED" in parts else (),
            doubts=doubts if "DOUBTS" in parts else (),
            merges=merges if "MERGES" in parts else (),
            alerts=alerts if "ALERTS" in parts else (),
            accounts=accounts if "ALERTS" in parts else {},
        )

    commanded = [
        (event, people[everybody[position][0][1]])
        for position, (event, parts) in enumerate(zip(events, wanted, strict=True))
        if "COMMANDS" in parts and isinstance(event, Message)
    ]
    commanding = load_commands(writing, merchant, accounts, commanded) if commanded else iter(())

    for position, (event, parts) in enumerate(zip(events, wanted, strict=True)):
        delivery = deliveries.get(position)
        known = {wire_id: people[contact_id] for wire_id, contact_id in everybody[position]}
        if delivery and delivery.contact_id:
            person = people.get(delivery.contact_id)
        else:
            person = next(iter(known.values()), None)
        commands = _NO_COMMANDS
        if "COMMANDS" in parts and isinstance(event, Message):
            person, commands = next(commanding)
        place = places[position]
        yield msgspec.structs.replace(
            shared(event.account, parts),
            person=person,
            group=by_wire.get(place[0]) if place else None,
            people=known,
            delivery=delivery,
            commands=commands,
            waiting=tuple(people[contact_id] for contact_id in waiting_ids.get(_tier_of(event), ()))
            if waiting_ids
            else (),
            talk=talk.get(event.subject, ()) if isinstance(event, TimerDue) else (),
            newcomers=tuple(people[one] for one in newcomers.get(place[0], ())) if newcomers and place else (),
            rolled_out=rolled_out.get(event.subject) if isinstance(event, TimerDue) else None,
            kept=kept.get(person.person_id) if person and kept and "KEPT" in parts else None,
            gathering=gathering_of(writing, merchant, event, person, names) if "GATHERING" in parts else None,
            survey_playbook=surveys.get(person.person_id) if person and surveys else None,
        )


def _speaker(event: Event) -> tuple[str, str]:
    return (event.account, event.contact.contact) if isinstance(event, Message) else ("", "")


_BOUND = frozenset({"BOUND_GROUPS", "ROOMS"})
_FOR_A_TEXT = frozenset({"SPEAKER", "COMMANDS"})
_NO_COMMANDS = CommandView()


@cache
def _parts(want: Needs) -> frozenset[str]:
    """The names of what is wanted, remembered: to ask one of Python's flags costs a microsecond each time."""
    return frozenset(part.name for part in Needs if part.name and part in want)


def take_seats(context: Context, effects: Iterable[Effect]) -> None:
    """What a decision reserves is taken for the next one in its wave, so that placing people needs no wave each."""
    groups = context.groups
    if not groups or not isinstance(groups, dict):  # nearly always: nobody is placed where no group was looked at
        return
    for effect in effects:
        if type(effect) is Reserve:
            for wire_id, group in groups.items():
                if group.id == effect.group_id:
                    groups[wire_id] = msgspec.structs.replace(group, reserved=group.reserved + 1)
                    break


_CHIEFS = select(col(RoleGrant.wire_id)).where(
    unindexed(col(RoleGrant.merchant_id)) == bindparam("merchant"),
    is_one_of(col(RoleGrant.role), "chiefs"),
    col(RoleGrant.group_wire_id) == "",
    or_(col(RoleGrant.until).is_(None), col(RoleGrant.until) > bindparam("now", type_=UtcDateTime())),
)
_NAMED = select(col(Contact.id)).where(
    col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.wire_id), "wire_ids")
)


def _staff(writing: Writing, merchant: MerchantView) -> list[int]:
    """The contact ids of the owners and admins whom we have met."""
    chiefs = (Role.OWNER, Role.ADMIN)
    named = {wire_id for _, wire_id, role in merchant.admins if role in chiefs}
    named.update(wire_id for (wire_id,) in writing.rows(_CHIEFS, merchant=merchant.id, chiefs=chiefs, now=writing.now))
    return sorted(contact_id for (contact_id,) in writing.rows(_NAMED, merchant=merchant.id, wire_ids=sorted(named)))


def _tier_of(event: Event) -> str:
    """The tier whose waiting list an event is about; none for most."""
    if isinstance(event, orders.SeatsChanged):
        return event.tier
    if isinstance(event, TimerDue) and event.kind == timers.NO_SEAT:
        return timers.tier_of_no_seat(event.subject)
    return ""


def _waiting(writing: Writing, merchant_id: str, events: Sequence[Event]) -> dict[str, list[int]]:
    waiting: dict[str, list[int]] = defaultdict(list)
    for row in writing.connection.execute(
        select(col(Waiting.tier), col(Waiting.contact_id))
        .where(
            col(Waiting.merchant_id) == merchant_id,
            col(Waiting.tier).in_({tier for event in events if (tier := _tier_of(event))}),
        )
        .order_by(col(Waiting.since), col(Waiting.contact_id))
    ):
        waiting[row.tier].append(row.contact_id)
    return waiting
