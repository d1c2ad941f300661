"""Small values that tests of decisions are made of. A test names only what it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from models.context import (
    AccountView,
    AnswerView,
    Context,
    DeliveryView,
    FriendshipView,
    GroupView,
    MerchantView,
    PersonView,
    RoleView,
)
from models.effects import Audit, Effect, PutSurvey, Send, SurveyProgress
from models.events import Message, SendAnswered, TimerDue, Who
from models.playbook import Playbook

E = TypeVar("E", bound=Effect)

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)  # a Monday, 09:00 in Shanghai
STAMP = "20261123T010000000000"  # AT, as keys have it
ROOM = "room-1@chatroom"

CALL = {"key": "call", "type": "name", "texts": ["怎么称呼？"], "retry": ["给个称呼就行。", "姓什么也行。"]}
TEA = {
    "key": "tea",
    "type": "choice",
    "texts": ["喝岩茶还是红茶？"],
    "options": [{"value": "rock", "label": "岩茶"}, {"value": "black", "label": "红茶"}],
    "retry": ["回 1 岩茶 或 2 红茶。"],
}
BUDGET = {"key": "budget", "type": "number", "texts": ["一斤多少钱合适？"]}


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def hours(count: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=count)


def playbook(**tables: Any) -> Playbook:
    """A playbook with these tables and nothing else."""
    return Playbook.from_json(json.dumps(tables))


def surveying(*questions: dict[str, Any], **more: Any) -> Playbook:
    """A playbook with a survey."""
    return playbook(survey={"questions": list(questions), **more})


def merchant(book: Playbook | None = None, **more: Any) -> MerchantView:
    """The merchant with that playbook."""
    known = {"id": "m1", "name": "半山茶社", "zone": ZONE, "revision": "r1", "accounts": ("main", "second"), **more}
    return MerchantView(playbook=book or playbook(), **known)


def account(**more: Any) -> AccountView:
    """Our account `main`, whose own wire id is `self`."""
    return AccountView(id="main", name="小山", self_id="self", state="online", **more)


def friendship(state: str = "friend", account: str = "main", **more: Any) -> dict[str, FriendshipView]:
    """One friendship, by its account."""
    return {account: FriendshipView(account=account, state=state, **more)}


def answers(**values: Any) -> dict[str, AnswerView]:
    """Answers that were given."""
    return {key: AnswerView(value=value, state="answered") for key, value in values.items()}


def progress(question: str = "call", **more: Any) -> SurveyProgress:
    """A survey with an open question, the first that was asked."""
    known = {"state": "open", "asked": 1, "started_at": AT, "asked_at": AT, "revision": "r1", **more}
    return SurveyProgress(contact_id=11, account="main", question=question, **known)


def person(wire_id: str = "wx1", number: int = 1, **more: Any) -> PersonView:
    """A friend of `main` called 林间; contact 11 of person 1, or 12 of 2, and so on."""
    known = {"name": "林间", "friendships": friendship(), **more}
    return PersonView(person_id=number, contact_id=10 + number, wire_id=wire_id, **known)


def boss(*roles: RoleView) -> PersonView:
    """The owner, as contact 19."""
    return person("wx-boss", 9, name="老板", roles=roles or (RoleView(role="owner"),))


def group(number: int = 1, tier: str | None = None, **more: Any) -> GroupView:
    """A group of `main`: 21 is room-1@chatroom."""
    known = {"topic": f"茶桌{number}", "bound_at": AT if tier else None, "members": 1, **more}
    return GroupView(id=20 + number, wire_id=f"room-{number}@chatroom", account="main", tier=tier, **known)


def context(book: Playbook | None = None, **more: Any) -> Context:
    """What a decision knows; `people` and `groups` may be given as they are, by wire id or in a list."""
    known: dict[str, Any] = {"merchant": merchant(book), "account": account(), **more}
    for name in ("people", "groups"):
        if name in known and not isinstance(known[name], Mapping):
            known[name] = {one.wire_id: one for one in known[name]}
    return Context(**known)


def says(text: str, **more: Any) -> Message:
    """A message of wx1, 1:1 unless it names a group."""
    known = {"at": AT, "wire_id": "e1", "contact": Who("wx1", "林间"), **more}
    return Message(merchant="m1", account="main", text=text, **known)


def rings(kind: str, subject: str = "wx1", **more: Any) -> TimerDue:
    """A timer of `main` that falls due now."""
    known = {"at": AT, "due": AT, **more}
    return TimerDue(merchant="m1", account="main", kind=kind, subject=subject, **known)


def delivery(state: str = "claimed", **more: Any) -> DeliveryView:
    """Delivery 31: the greeting of wx1, under way for the first time."""
    known = {"kind": "text", "cause": "greeting", "key": "greet:wx1", "attempts": 1, "contact_id": 11, **more}
    return DeliveryView(id=31, part=1, account="main", state=state, **known)


def answered(answer: Any, **more: Any) -> SendAnswered:
    """What came of delivery 31."""
    known = {"at": AT, "key": "greet:wx1", **more}
    return SendAnswered(merchant="m1", account="main", delivery=31, answer=answer, **known)


def sends(effects: list[Effect]) -> list[Send]:
    """Only what leaves."""
    return [effect for effect in effects if isinstance(effect, Send)]


def texts(effects: list[Effect]) -> list[str]:
    """What leaves, in words."""
    return [effect.text or effect.template or "" for effect in sends(effects)]


def of(kind: type[E], effects: list[Effect]) -> list[E]:
    """The effects of a kind."""
    return [effect for effect in effects if isinstance(effect, kind)]


def survey_after(effects: list[Effect]) -> SurveyProgress:
    """Where the survey stands then."""
    return of(PutSurvey, effects)[-1].survey


def staff(role: str = "admin", **more: Any) -> PersonView:
    return person(roles=(RoleView(role=role, **more),))


def audits(effects: list[Effect]) -> list[tuple[str, str, str]]:
    return [(one.action, one.result, one.reason) for one in of(Audit, effects)]
