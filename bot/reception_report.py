"""First reception in figures: for each account and source, from the request to the finished survey.

Each figure is a count of newcomers, and `people_rows` lists exactly those whom it counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import Connection, Row, and_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.moments import iso
from bot.store.reached import reached
from models.columns import table_of
from models.context import MerchantView
from models.deliveries import ARRIVED_STATES, Cause, Delivery, DeliveryKind, DeliveryState
from models.groups import ChatGroup
from models.people import Answer, AnswerState, Contact, Friendship, FriendshipState, Survey

# What became of a question that was put to somebody: `aside` was not understood, `open` still waits for its answer.
QUESTION_STATES = (*(state.value for state in AnswerState), "aside", "open")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A friendship that began, or was asked for, under our eyes."""

    friendship: Row[Any]
    greeting: str | None = None  # its state; None: none was planned
    greeted_at: datetime | None = None
    survey: Row[Any] | None = None  # only on the account that asks
    questions: dict[str, str] = field(default_factory=dict)  # by key, what became of it

    @property
    def was_first(self) -> bool:
        """Whether they were added again after all that is told of them; then what is told is of the first time."""
        known = self.friendship
        if known.first_added_at is None or self.greeted_at is None:
            return False
        return bool(self.greeted_at < max(at for at in (known.requested_at, known.added_at) if at is not None))

    def then(self, name: str) -> Any:
        """When the friendship that is told of was asked for, accepted or begun, or in which words."""
        return getattr(self.friendship, f"first_{name}" if self.was_first else name)

    @property
    def accepted(self) -> bool:
        """Whether we said yes, or they were a friend without asking, whatever came later."""
        return self.friendship.accepted_at is not None or self.friendship.added_at is not None

    @property
    def seconds(self) -> float | None:
        """From the friendship to the greeting, if both were."""
        added_at = self.then("added_at")
        if self.greeted_at is None or added_at is None:
            return None
        seconds: float = (self.greeted_at - added_at).total_seconds()
        return max(0.0, seconds)

    @property
    def is_friend(self) -> bool:
        """Whether they are a friend now."""
        return bool(self.friendship.state == FriendshipState.FRIEND)


# A greeting in such a state will not arrive by itself.
_OVER = (DeliveryState.SKIPPED, DeliveryState.CANCELLED, DeliveryState.EXPIRED, DeliveryState.FAILED)
# Whom each figure counts; the last two are nobody while all is well.
FIGURES: dict[str, Callable[[Newcomer], bool]] = {
    "requested": lambda one: one.friendship.requested_at is not None,
    "accepted": lambda one: one.accepted,
    "greeted": lambda one: one.greeted_at is not None,
    "p50_seconds": lambda one: one.seconds is not None,
    "p95_seconds": lambda one: one.seconds is not None,
    "started": lambda one: one.survey is not None,
    "finished": lambda one: one.survey is not None and one.survey.finished_at is not None,
    "ungreeted": lambda one: one.is_friend and (one.greeting is None or one.greeting in _OVER),
    "unsurveyed": lambda one: one.is_friend and one.friendship.survey_state is None,
}


def newcomers(connection: Connection, merchant: MerchantView) -> Iterator[Newcomer]:
    """Everybody who is no old friend, by account and source, in a fixed number of statements."""
    run = connection.execute
    greetings = {
        (account, contact): (state, left_at if state in ARRIVED_STATES else None)
        for account, contact, state, left_at in run(
            select(col(Delivery.account_id), col(Delivery.contact_id), col(Delivery.state), col(Delivery.left_at))
            .where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.cause) == Cause.GREETING,
                col(Delivery.kind) == DeliveryKind.TEXT,
            )
            .order_by(col(Delivery.id))  # who came back is greeted again only if the first never arrived
        )
    }
    surveys = {
        row.person_id: row for row in run(select(table_of(Survey)).where(col(Survey.merchant_id) == merchant.id))
    }
    answers: dict[int, dict[str, str]] = defaultdict(dict)
    for person, key, state in run(
        select(col(Answer.person_id), col(Answer.key), col(Answer.state)).where(col(Answer.merchant_id) == merchant.id)
    ):
        answers[person][key] = state
    for friendship in run(_friendships(merchant)):
        greeting, greeted_at = greetings.get((friendship.account_id, friendship.contact_id), (None, None))
        survey = surveys.get(friendship.person_id)
        asks = survey is not None and (survey.account_id, survey.contact_id) == (
            friendship.account_id,
            friendship.contact_id,
        )
        yield Newcomer(
            friendship=friendship,
            greeting=greeting,
            greeted_at=greeted_at,
            survey=survey if asks else None,
            questions=reached(survey, answers[friendship.person_id]) if survey is not None and asks else {},
        )


def reception_rows(connection: Connection, merchant: MerchantView) -> list[dict[str, Any]]:
    """One row an account and source. Seconds run from the friendship to the greeting; old friends are not counted."""
    rows: dict[tuple[str, str], list[Newcomer]] = defaultdict(list)
    for one in newcomers(connection, merchant):
        rows[one.friendship.account_id, one.friendship.source].append(one)
    found = []
    for (account, source), people in rows.items():
        counts = {name: sum(map(counted, people)) for name, counted in FIGURES.items()}
        seconds = sorted(one.seconds for one in people if one.seconds is not None)
        found.append(
            {
                "account": account,
                "source": source,
                "requested": counts["requested"],
                "accepted": counts["accepted"],
                "greeted": counts["greeted"],
                "p50_seconds": quantile(seconds, 0.5),
                "p95_seconds": quantile(seconds, 0.95),
                "started": counts["started"],
                "finished": counts["finished"],
                "by_question": _by_question(merchant, people),
            }
        )
    return found


def people_rows(
    connection: Connection, merchant: MerchantView, figure: str, account: str | None = None, source: str | None = None
) -> list[dict[str, Any]] | None:
    """The people behind a figure, a question (`city`) or what became of it (`city:open`); None: no such figure."""
    question, _, state = figure.partition(":")
    counted = FIGURES.get(figure)
    people = list(newcomers(connection, merchant))
    if counted is None:
        keys = {
            *(one.key for one in merchant.playbook.survey.questions),
            *(key for one in people for key in one.questions),
        }
        if question not in keys or (state and state not in QUESTION_STATES):
            return None

        def counted(one: Newcomer) -> bool:
            return one.questions.get(question) in ((state,) if state else QUESTION_STATES)

    return [
        _row(merchant, one)
        for one in people
        if counted(one) and account in (None, one.friendship.account_id) and source in (None, one.friendship.source)
    ]


def _friendships(merchant: MerchantView) -> Any:
    person_survey = aliased(Survey)
    return (
        select(
            table_of(Friendship),
            col(Contact.person_id),
            col(Contact.wire_id),
            col(Contact.name),
            col(ChatGroup.wire_id).label("from_group"),
            col(person_survey.state).label("survey_state"),
        )
        .join(
            Contact,
            and_(
                col(Contact.merchant_id) == col(Friendship.merchant_id),
                col(Contact.id) == col(Friendship.contact_id),
            ),
        )
        .outerjoin(
            ChatGroup,
            and_(
                col(ChatGroup.merchant_id) == col(Friendship.merchant_id),
                col(ChatGroup.id) == col(Friendship.from_group_id),
            ),
        )
        .outerjoin(
            person_survey,
            and_(
                col(person_survey.merchant_id) == col(Contact.merchant_id),
                col(person_survey.person_id) == col(Contact.person_id),
            ),
        )
        .where(col(Friendship.merchant_id) == merchant.id, col(Friendship.old).is_(False))
        .order_by(col(Friendship.account_id), col(Friendship.source), col(Friendship.contact_id))
    )


def _by_question(merchant: MerchantView, people: list[Newcomer]) -> dict[str, dict[str, int]]:
    """How many reached each question (`asked`) and what became of it, in the order in which they are asked."""
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for one in people:
        for key, state in one.questions.items():
            states[key][state] += 1
    in_order = [question.key for question in merchant.playbook.survey.questions]
    former = sorted(states.keys() - set(in_order))
    return {
        key: {"asked": states[key].total(), **{state: states[key][state] for state in QUESTION_STATES}}
        for key in (*in_order, *former)
        if key in states
    }


def _row(merchant: MerchantView, one: Newcomer) -> dict[str, Any]:
    known, survey = one.friendship, one.survey
    return {
        "account": known.account_id,
        "source": known.source,
        "contact": known.wire_id,
        "name": known.name,
        "group": known.from_group,
        "inviter": known.inviter or None,
        "hello": one.then("hello"),
        "requested_at": iso(one.then("requested_at"), merchant.zone),
        "accepted_at": iso(one.then("accepted_at"), merchant.zone),
        "added_at": iso(one.then("added_at"), merchant.zone),
        "greeting": one.greeting,
        "greeted_at": iso(one.greeted_at, merchant.zone),
        "seconds": None if one.seconds is None else round(one.seconds, 1),
        "survey": known.survey_state or "none",
        "question": (survey.question or None) if survey else None,
        "questions": one.questions,
        "coupon": (survey.coupon or None) if survey else None,
    }


def quantile(ordered: list[float], share: float) -> float | None:
    """By nearest rank: the smallest that at least this share does not exceed."""
    if not ordered:
        return None
    return round(ordered[ceil(len(ordered) * share) - 1], 1)
