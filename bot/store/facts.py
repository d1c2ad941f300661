"""Facts for the gate, loaded for a page of due deliveries of one account at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select, text
from sqlmodel import col

from bot.budget import midnight
from bot.store import Writing
from bot.store.accounts import load_accounts
from bot.store.budgets import Budget, last_left, load_budget
from bot.store.groups import load_groups
from bot.store.people import load_people
from bot.store.prepared import constants, is_one_of, unindexed
from content_calendar.render import Rendered
from handlers.gate import Facts
from handlers.values import filled, of_their_own, values_for
from models.capabilities import CHANNEL
from models.context import AccountView, GroupView, MerchantView, PersonView
from models.deliveries import TOUCHING_STATES, Cause, Delivery, DeliveryKind, DeliveryState, Lane
from models.groups import GroupMember
from models.journal import JournalEntry
from models.operations import Pause
from models.people import Contact, Friendship, FriendshipState, Person

_NOT_TOUCHES = (DeliveryKind.FRIEND_ACCEPT, DeliveryKind.REMARK, DeliveryKind.TOPIC, DeliveryKind.RECALL)
# These are no messages, so no quota counts them.
_NO_MESSAGES = (*_NOT_TOUCHES, DeliveryKind.INVITE)
# After the clock was set back: what left up to so much later than now counts; a clock more wrong shuts nobody off.
_AHEAD = timedelta(days=1)
# Replies to one person leave in the order in which they were decided, whatever holds the first of them back.
_IN_ORDER = (Cause.GREETING, Cause.SURVEY, Cause.CHAT)
# These acts beside the talk hold nothing up.
_SIDE_ACTS = (DeliveryKind.FRIEND_ACCEPT, DeliveryKind.REMARK)


@dataclass(slots=True)
class Touches:
    """What reached a person or a group so far, in the merchant's local day and ISO week."""

    today: float = 0
    week: float = 0
    direct: int = 0
    promotions_today: float = 0
    promotions_week: float = 0


@dataclass(slots=True)
class Loaded:
    """Everything that the gate and the renderer may ask about a page of deliveries."""

    now: datetime
    merchant: MerchantView
    account: AccountView
    people: dict[int, PersonView]
    groups: dict[int, GroupView]
    paused: set[tuple[str, str]]
    touches: dict[int, Touches]  # by person
    posts: dict[int, int]  # of the day, by group
    heard: dict[int, tuple[datetime | None, int]]  # by contact: last message, our sends since
    complaining: set[int]  # persons with a complaint that is not settled
    greeted: set[int]  # persons who had another contact than a promotion
    first_reply: dict[int, int]  # by contact: the first reply that has not left, or is under way
    last_left: datetime | None
    budget: Budget

    def facts(self, row: Any) -> Facts:
        """What the gate may know of one delivery."""
        person = self.people.get(row.contact_id) if row.contact_id else None
        group = self.groups.get(row.group_id) if row.group_id else None
        friendship = person.friendships.get(row.account_id) if person else None
        touches = self.touches.get(person.person_id, Touches()) if person else Touches()
        heard_at, sent_since = self.heard.get(row.contact_id, (None, 0))
        to_group = person is None
        return Facts(
            now=self.now,
            zone=self.merchant.zone,
            playbook=self.merchant.playbook,
            capabilities=self.account.capabilities,
            opted_out=person.opted_out if person else False,
            consent=person.consent if person else None,
            erased=person is not None and person.erased and not row.request,  # a farewell has an address of its own
            # A channel of alerts is nobody's friend, and its posts are for nobody.
            is_friend=row.contact_id is None
            or (friendship is not None and friendship.state != FriendshipState.REMOVED),
            paused=self._is_paused(row, group),
            fewer=person is not None and person.fewer,
            complaint=person is not None and person.person_id in self.complaining,
            is_staff=person is not None and bool(person.roles),
            had_contact=person is None or person.person_id in self.greeted,
            group_bound=group is None or group.tier is not None,
            human_until=group.human_until if to_group and group else friendship.human_until if friendship else None,
            last_heard_at=heard_at,
            sent_since_heard=sent_since,
            touches_today=touches.today,
            touches_this_week=touches.week,
            direct_this_week=touches.direct,
            promotions_today=touches.promotions_today,
            promotions_this_week=touches.promotions_week,
            group_posts_today=self.posts.get(row.group_id, 0) if to_group and row.group_id else 0,
            budget_free_at=self.budget.free_at(row),
        )

    def text(self, row: Any) -> Rendered:
        """The text as it leaves now. What was rendered once stays as it was."""
        if row.text is not None or row.template is None:
            return Rendered(row.text or "")
        person = self.people.get(row.contact_id) if row.contact_id else None
        group = self.groups.get(row.group_id) if row.group_id else None
        values = values_for(self.merchant, person, group, self.groups, row.account_id)
        return filled(row.template, row.part, row.cause, values, person, group, by_entry=row.entry is not None)

    def contact_wire_id(self, row: Any) -> str:
        """The platform's id of the person, as it is now."""
        if not row.contact_id:
            return ""
        person = self.people[row.contact_id]
        return str(row.request) if person.erased else person.wire_id

    def group_wire_id(self, row: Any) -> str:
        """The platform's id of the group, as it is now."""
        return self.groups[row.group_id].wire_id if row.group_id else ""

    def their_words(self, row: Any) -> tuple[str, ...]:
        """What a text to this person may have of their own in it."""
        person = self.people.get(row.contact_id) if row.contact_id else None
        if person is None:
            return ()
        values = values_for(self.merchant, person, None, self.groups, row.account_id)
        return of_their_own(values)

    def must_follow(self, row: Any) -> bool:
        """Whether an earlier reply to the same person has not left yet, whatever holds it back.

        An acceptance answers nothing and waits for nothing: who comes back may still have a refused greeting in line.
        """
        return (
            row.kind != DeliveryKind.FRIEND_ACCEPT
            and _in_order(row)
            and self.first_reply.get(row.contact_id, row.id) < row.id
        )

    def held_back(self, row: Any) -> None:
        """The delivery waits, and so does what follows it."""
        if _in_order(row) and row.kind not in _SIDE_ACTS:
            self.first_reply.setdefault(row.contact_id, row.id)

    def ended(self, row: Any) -> None:
        """The delivery will never leave; what follows it need not wait for it."""
        if self.first_reply.get(row.contact_id) == row.id:
            del self.first_reply[row.contact_id]

    def _is_paused(self, row: Any, group: GroupView | None) -> bool:
        return bool(
            self.paused
            & {
                ("all", ""),
                ("account", row.account_id),
                ("lane", row.lane),
                ("group", group.wire_id if group else ""),
            }
        )


def load_facts(
    writing: Writing,
    merchant: MerchantView,
    account_id: str,
    rows: Sequence[Any],
    budget: Budget | None = None,
    accounts: dict[str, AccountView] | None = None,
) -> Loaded:
    """Load what a page of deliveries needs, in a fixed number of statements; the budget is that of the page before."""
    accounts = accounts or load_accounts(writing, merchant)
    account = accounts.get(account_id) or AccountView(id=account_id, capabilities=CHANNEL)
    contact_ids = {row.contact_id for row in rows if row.contact_id}
    people = load_people(writing, merchant, accounts, contact_ids)
    group_ids = {row.group_id for row in rows if row.group_id}
    group_ids |= {group for person in people.values() for group in person.groups}
    groups = load_groups(writing, merchant.id, group_ids, bound=False)
    return Loaded(
        now=writing.now,
        merchant=merchant,
        account=account,
        people=people,
        groups=groups,
        paused={(scope, subject) for scope, subject in writing.rows(_PAUSES, merchant=merchant.id)},
        touches=_touches(writing, merchant, people) if people else {},
        posts=_posts_today(writing, merchant, {row.group_id for row in rows if row.group_id and not row.contact_id}),
        heard=_heard(writing, merchant, account, contact_ids) if contact_ids else {},
        complaining=_complaining(writing, merchant, people) if people else set(),
        greeted=_greeted(writing, merchant, people) if people else set(),
        first_reply=_first_replies(writing, merchant, account_id, contact_ids) if contact_ids else {},
        last_left=last_left(writing, merchant, account_id),
        budget=budget or load_budget(writing, merchant, account_id),
    )


def _monday(merchant: MerchantView, now: datetime) -> datetime:
    return midnight(now, merchant.zone, -now.astimezone(merchant.zone).weekday())


_PAUSES = select(col(Pause.scope), col(Pause.subject)).where(col(Pause.merchant_id) == bindparam("merchant"))

_TOUCHING = and_(
    col(Delivery.left_at).between(bindparam("since"), bindparam("until")),
    col(Delivery.state).in_(constants(TOUCHING_STATES)),
    col(Delivery.lane) != Lane.REPLY,
    col(Delivery.kind).not_in(constants(_NOT_TOUCHES)),
    col(Delivery.part) == 1,  # several parts are one message to a person, and one post
)
_THESE_PERSONS = and_(col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.person_id), "persons"))
_TOUCHES = (
    select(col(Contact.person_id), col(Delivery.left_at), col(Delivery.lane))
    .select_from(Contact)
    .join(
        Delivery,
        and_(
            unindexed(col(Delivery.merchant_id)) == col(Contact.merchant_id),
            col(Delivery.contact_id) == col(Contact.id),
        ),
    )
    .where(_THESE_PERSONS, _TOUCHING)
)
_POSTS = (
    select(col(Contact.person_id), col(Delivery.left_at), col(Delivery.lane))
    .select_from(Contact)
    .join(
        GroupMember,
        and_(
            col(GroupMember.merchant_id) == col(Contact.merchant_id),
            col(GroupMember.contact_id) == col(Contact.id),
            col(GroupMember.left_at).is_(None),
        ),
    )
    .join(
        Delivery,
        and_(
            unindexed(col(Delivery.merchant_id)) == col(GroupMember.merchant_id),
            col(Delivery.group_id) == col(GroupMember.group_id),
            col(GroupMember.joined_at) <= col(Delivery.left_at),
        ),
    )
    .where(_THESE_PERSONS, _TOUCHING, col(Delivery.contact_id).is_(None))
)
_POSTS_TODAY = (
    select(col(Delivery.group_id), func.count())
    .where(
        unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
        is_one_of(col(Delivery.group_id), "groups"),
        col(Delivery.contact_id).is_(None),
        _TOUCHING,
    )
    .group_by(col(Delivery.group_id))
)


def _touches(writing: Writing, merchant: MerchantView, people: dict[int, PersonView]) -> dict[int, Touches]:
    """Per person over all accounts and groups; a post to a group counts for its members by the playbook's weight."""
    touches: dict[int, Touches] = defaultdict(Touches)
    monday, today = _monday(merchant, writing.now), midnight(writing.now, merchant.zone)
    weight = merchant.playbook.caps.group_post_weight or 0
    these = {
        "merchant": merchant.id,
        "persons": sorted({person.person_id for person in people.values()}),
        "since": monday,
        "until": writing.now + _AHEAD,
    }
    direct = writing.rows(_TOUCHES, **these)
    posts = writing.rows(_POSTS, **these) if weight else []
    for worth, rows in ((1.0, direct), (weight, posts)):
        for person_id, left_at, lane in rows:
            count = touches[person_id]
            of_today = worth if left_at is not None and left_at >= today else 0
            count.week += worth
            count.direct += rows is direct
            count.today += of_today
            if lane == Lane.PROMOTION:
                count.promotions_week += worth
                count.promotions_today += of_today
    return touches


def _posts_today(writing: Writing, merchant: MerchantView, group_ids: set[int]) -> dict[int, int]:
    if not group_ids:
        return {}
    return dict(
        writing.rows(
            _POSTS_TODAY,
            merchant=merchant.id,
            groups=sorted(group_ids),
            since=midnight(writing.now, merchant.zone),
            until=writing.now + _AHEAD,
        )
    )


def _heard(
    writing: Writing, merchant: MerchantView, account: AccountView, contact_ids: set[int]
) -> dict[int, tuple[datetime | None, int]]:
    """Only channels with a window ask for it."""
    if account.capabilities.window_hours is None:
        return {}
    rows = writing.connection.execute(
        select(col(Friendship.contact_id), col(Friendship.last_heard_at), func.count(col(Delivery.id)))
        .outerjoin(
            Delivery,
            and_(
                col(Delivery.merchant_id) == col(Friendship.merchant_id),
                col(Delivery.contact_id) == col(Friendship.contact_id),
                col(Delivery.account_id) == col(Friendship.account_id),
                col(Delivery.left_at) >= col(Friendship.last_heard_at),
                col(Delivery.kind).not_in(_NO_MESSAGES),
                col(Delivery.state).in_(TOUCHING_STATES),
            ),
        )
        .where(
            col(Friendship.merchant_id) == merchant.id,
            col(Friendship.account_id) == account.id,
            col(Friendship.contact_id).in_(contact_ids),
        )
        .group_by(col(Friendship.contact_id), col(Friendship.last_heard_at))
    )
    return {contact_id: (heard_at, sent) for contact_id, heard_at, sent in rows}


_GREETED = select(col(Contact.person_id)).where(
    _THESE_PERSONS,
    or_(
        exists().where(
            unindexed(col(Delivery.merchant_id)) == col(Contact.merchant_id),
            col(Delivery.contact_id) == col(Contact.id),
            col(Delivery.lane) != Lane.PROMOTION,
            col(Delivery.kind).not_in(constants(_NOT_TOUCHES)),
            col(Delivery.state).in_(constants(TOUCHING_STATES)),
        ),
        exists().where(
            col(JournalEntry.merchant_id) == col(Contact.merchant_id),
            col(JournalEntry.contact_id) == col(Contact.id),
            col(JournalEntry.type) == "message",
            col(JournalEntry.group_id).is_(None),
        ),
    ),
)
_COMPLAINING = select(col(Person.id)).where(
    col(Person.merchant_id) == bindparam("merchant"),
    is_one_of(col(Person.id), "persons"),
    col(Person.complained_at).is_not(None),
)


def _greeted(writing: Writing, merchant: MerchantView, people: dict[int, PersonView]) -> set[int]:
    """Who had another contact than promotions: something else was said to them, or they wrote to us."""
    persons = sorted({person.person_id for person in people.values()})
    return {person_id for (person_id,) in writing.rows(_GREETED, merchant=merchant.id, persons=persons)}


def _complaining(writing: Writing, merchant: MerchantView, people: dict[int, PersonView]) -> set[int]:
    persons = sorted({person.person_id for person in people.values()})
    return {person_id for (person_id,) in writing.rows(_COMPLAINING, merchant=merchant.id, persons=persons)}


def _in_order(row: Any) -> bool:
    return row.lane == Lane.REPLY and row.cause in _IN_ORDER and row.contact_id is not None


# What is open is found by whom it is for, what is under way by its account: each has a partial index of its own.
_REPLIES = select(col(Delivery.contact_id), col(Delivery.id)).where(
    unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
    col(Delivery.lane) == Lane.REPLY,
    col(Delivery.cause).in_(constants(_IN_ORDER)),
    col(Delivery.kind).not_in(constants(_SIDE_ACTS)),
)
_OPEN_REPLIES = _REPLIES.where(
    unindexed(col(Delivery.account_id)) == bindparam("account"),
    is_one_of(col(Delivery.contact_id), "contacts"),
    text("state IN ('planned', 'waiting')"),
)
_REPLIES_UNDER_WAY = _REPLIES.where(
    col(Delivery.account_id) == bindparam("account"),
    text("state IN ('claimed', 'unknown')"),
    col(Delivery.state) == DeliveryState.CLAIMED,
)


def _first_replies(writing: Writing, merchant: MerchantView, account_id: str, contact_ids: set[int]) -> dict[int, int]:
    these = {"merchant": merchant.id, "account": account_id}
    rows = writing.rows(_OPEN_REPLIES, **these, contacts=sorted(contact_ids))
    first: dict[int, int] = {}
    for contact_id, delivery_id in (*rows, *writing.rows(_REPLIES_UNDER_WAY, **these)):
        if contact_id is not None:
            first[contact_id] = min(delivery_id, first.get(contact_id, delivery_id))
    return first
