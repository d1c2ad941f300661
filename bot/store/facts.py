"""Facts for the gate, loaded for due deliveries of many accounts at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlmodel import col

from bot.store import Writing
from bot.store.accounts import load_accounts
from bot.store.budgets import Budget, load_budgets
from bot.store.groups import load_groups
from bot.store.people import load_people
from bot.store.prepared import constants, is_one_of, unindexed
from bot.store.stages import stages_of_people
from bot.store.touches import Touches, greeted, last_heard, load_touches, posts_today
from content_calendar.render import Rendered
from content_calendar.wording import by_stage
from handlers.gate import Facts
from handlers.of_age import is_under_age
from handlers.values import filled, of_their_own, values_for
from models.capabilities import CHANNEL
from models.context import AccountView, GroupView, MerchantView, PersonView
from models.deliveries import Cause, Delivery, DeliveryKind, DeliveryState, Lane
from models.operations import Pause
from models.people import FriendshipState

# Replies to one person leave in the order in which they were decided, whatever holds the first of them back.
_IN_ORDER = (Cause.GREETING, Cause.SURVEY, Cause.CHAT)
# These acts beside the talk hold nothing up.
_SIDE_ACTS = (DeliveryKind.FRIEND_ACCEPT, DeliveryKind.REMARK)


@dataclass(slots=True)
class Loaded:
    """Everything that the gate and the renderer may ask about a page of deliveries."""

    now: datetime
    merchant: MerchantView
    accounts: Mapping[str, AccountView]
    people: dict[int, PersonView]
    groups: dict[int, GroupView]
    paused: set[tuple[str, str]]
    touches: dict[int, Touches]  # by person
    posts: dict[int, int]  # of the day, by group
    heard: dict[tuple[str, int], tuple[datetime | None, int]]  # by account and contact: last message, our sends since
    greeted: set[int]  # persons who had another contact than a promotion
    # By account and contact: the first reply that has not left, or is under way.
    first_reply: dict[tuple[str, int], int]
    budgets: Mapping[str, Budget]
    stages: Mapping[int, str]  # by contact, of those whose text depends on it

    def facts(self, row: Any) -> Facts:
        """What the gate may know of one delivery."""
        person = self.people.get(row.contact_id) if row.contact_id else None
        group = self.groups.get(row.group_id) if row.group_id else None
        friendship = person.friendships.get(row.account_id) if person else None
        touches = self.touches.get(person.person_id, _UNTOUCHED) if person else _UNTOUCHED
        heard_at, sent_since = self.heard.get((row.account_id, row.contact_id), (None, 0))
        to_group = person is None
        return Facts(
            now=self.now,
            zone=self.merchant.zone,
            playbook=self.merchant.playbook,
            capabilities=self.accounts[row.account_id].capabilities,
            opted_out=person.opted_out if person else False,
            consent=person.consent if person else None,
            erased=person is not None and person.erased and not row.request,  # a farewell has an address of its own
            # A channel of alerts is nobody's friend, and its posts are for nobody.
            is_friend=row.contact_id is None
            or (friendship is not None and friendship.state != FriendshipState.REMOVED),
            paused=self._is_paused(row, group),
            fewer=person is not None and person.fewer,
            under_age=person is not None and is_under_age(self.merchant.playbook, person),
            complaint=person is not None and person.complaining,
            is_staff=person is not None and (bool(person.roles) or self._looks_after_one(person)),
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
            budget_free_at=self.budgets[row.account_id].free_at(row),
        )

    def _looks_after_one(self, person: PersonView) -> bool:
        """Whether a bound group that they are in is theirs: that makes them staff without a role."""
        found = (self.groups.get(one) for one in person.groups)
        return any(one and one.tier and one.owner_contact_id == person.contact_id for one in found)

    def text(self, row: Any) -> Rendered:
        """The text as it leaves now. What was rendered once stays as it was."""
        if row.text is not None or row.template is None:
            return Rendered(row.text or "")
        person = self.people.get(row.contact_id) if row.contact_id else None
        group = self.groups.get(row.group_id) if row.group_id else None
        has_fields = "{" in row.template
        values = (
            values_for(self.merchant, person, group, self.groups, row.account_id, row.template) if has_fields else {}
        )
        stage = self.stages.get(row.contact_id)
        by_entry = row.entry is not None
        return filled(row.template, row.part, row.cause, values, person, group, by_entry=by_entry, stage=stage)

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
            and self.first_reply.get((row.account_id, row.contact_id), row.id) < row.id
        )

    def held_back(self, row: Any) -> None:
        """The delivery waits, and so does what follows it."""
        if _in_order(row) and row.kind not in _SIDE_ACTS:
            self.first_reply.setdefault((row.account_id, row.contact_id), row.id)

    def ended(self, row: Any) -> None:
        """The delivery will never leave; what follows it need not wait for it."""
        conversation = (row.account_id, row.contact_id)
        if self.first_reply.get(conversation) == row.id:
            del self.first_reply[conversation]

    def _is_paused(self, row: Any, group: GroupView | None) -> bool:
        return bool(self.paused) and not self.paused.isdisjoint(
            {
                ("all", ""),
                ("account", row.account_id),
                ("lane", row.lane),
                ("group", group.wire_id if group else ""),
            }
        )


def load_facts(
    writing: Writing,
    merchant: MerchantView,
    rows: Sequence[Any],
    budgets: Mapping[str, Budget] = MappingProxyType({}),
    known: Mapping[str, AccountView] | None = None,
) -> Loaded:
    """Load what these deliveries need, in a fixed number of statements however many accounts they are of.

    Of an account whose page is not its first, `budgets` has what the page before has left of its budget.
    """
    known = known or load_accounts(writing, merchant)
    asked = dict.fromkeys(row.account_id for row in rows)
    accounts = {name: known.get(name) or AccountView(id=name, capabilities=CHANNEL) for name in asked}
    contact_ids = {row.contact_id for row in rows if row.contact_id}
    people = load_people(writing, merchant, known, contact_ids)
    group_ids = {row.group_id for row in rows if row.group_id}
    group_ids |= {group for person in people.values() for group in person.groups}
    groups = load_groups(writing, merchant.id, group_ids, bound=False)
    # No cap holds back an answer to what somebody said.
    unasked = [row for row in rows if row.lane != Lane.REPLY]
    touched = {people[row.contact_id].person_id for row in unasked if row.contact_id}
    promoted = {people[row.contact_id].person_id for row in unasked if row.contact_id and row.lane == Lane.PROMOTION}
    return Loaded(
        now=writing.now,
        merchant=merchant,
        accounts=accounts,
        people=people,
        groups=groups,
        paused=set(writing.rows(_PAUSES, merchant=merchant.id)),
        touches=load_touches(writing, merchant, touched),
        posts=posts_today(writing, merchant, {row.group_id for row in unasked if row.group_id and not row.contact_id}),
        heard=_heard(writing, merchant, accounts.values(), rows),
        greeted=greeted(writing, merchant, promoted),
        first_reply=_first_replies(writing, merchant, asked, contact_ids) if contact_ids else {},
        budgets={
            **budgets,
            **load_budgets(writing, merchant, {name: accounts[name] for name in asked if name not in budgets}),
        },
        stages=_stages(writing, merchant, rows) if merchant.playbook.stages else {},
    )


def _stages(writing: Writing, merchant: MerchantView, rows: Sequence[Any]) -> dict[int, str]:
    asked = {row.contact_id for row in rows if row.entry is not None and row.template and by_stage(row.template)}
    return stages_of_people(writing.connection, merchant, writing.now, asked - {None})


_UNTOUCHED = Touches()


_PAUSES = select(col(Pause.scope), col(Pause.subject)).where(col(Pause.merchant_id) == bindparam("merchant"))


def _in_order(row: Any) -> bool:
    return row.lane == Lane.REPLY and row.cause in _IN_ORDER and row.contact_id is not None


# What is open is found by whom it is for, what is under way by its account: each has a partial index of its own.
_REPLIES = select(col(Delivery.account_id), col(Delivery.contact_id), col(Delivery.id)).where(
    unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
    col(Delivery.lane) == Lane.REPLY,
    col(Delivery.cause).in_(constants(_IN_ORDER)),
    col(Delivery.kind).not_in(constants(_SIDE_ACTS)),
)
_OPEN_REPLIES = _REPLIES.where(
    is_one_of(unindexed(col(Delivery.account_id)), "accounts"),
    is_one_of(col(Delivery.contact_id), "contacts"),
    text("state IN ('planned', 'waiting')"),
)
_REPLIES_UNDER_WAY = _REPLIES.where(
    is_one_of(col(Delivery.account_id), "accounts"),
    text("state IN ('claimed', 'unknown')"),
    col(Delivery.state) == DeliveryState.CLAIMED,
)


def _first_replies(
    writing: Writing, merchant: MerchantView, accounts: Iterable[str], contact_ids: Collection[int]
) -> dict[tuple[str, int], int]:
    these = {"merchant": merchant.id, "accounts": list(accounts)}
    rows = writing.rows(_OPEN_REPLIES, **these, contacts=sorted(contact_ids))
    first: dict[tuple[str, int], int] = {}
    for account, contact_id, delivery_id in (*rows, *writing.rows(_REPLIES_UNDER_WAY, **these)):
        if contact_id is not None:
            key = (account, contact_id)
            first[key] = min(delivery_id, first.get(key, delivery_id))
    return first


def _heard(
    writing: Writing, merchant: MerchantView, accounts: Iterable[AccountView], rows: Sequence[Any]
) -> dict[tuple[str, int], tuple[datetime | None, int]]:
    """Only channels with a window ask for it."""
    found: dict[tuple[str, int], tuple[datetime | None, int]] = {}
    for account in accounts:
        if account.capabilities.window_hours is None:
            continue
        contact_ids = {row.contact_id for row in rows if row.account_id == account.id and row.contact_id}
        for contact_id, heard_at, sent in last_heard(writing, merchant, account.id, contact_ids):
            found[account.id, contact_id] = (heard_at, sent)
    return found
