"""A survey played with an imagined newcomer: every turn is `decide`, nothing is written, nothing leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from content_calendar.render import render
from handlers import decide
from handlers.learning import learned
from handlers.values import values_for
from models import effects as fx
from models import timers
from models.context import AccountView, AnswerView, Context, FriendshipView, MerchantView, PersonView
from models.deliveries import DeliveryKind
from models.effects import Effect
from models.events import Event, FriendAdded, Message, TimerDue, Who
from models.people import FriendshipState, SurveyState
from models.playbook import Playbook

_WHO = Who("try", "试试")
_BETWEEN = timedelta(seconds=20)


class Line(NamedTuple):
    """Something that was said; `who` is "guest", "bot", or "" for what happens besides."""

    who: str
    text: str


class Player:
    """One newcomer under a playbook that nobody else has heard of."""

    def __init__(self, merchant: MerchantView, playbook: Playbook, at: datetime) -> None:
        at_once = playbook.model_copy(update={"survey": playbook.survey.model_copy(update={"settle_seconds": None})})
        self._account = next(iter(merchant.accounts), "try")
        self._merchant = msgspec.structs.replace(merchant, playbook=at_once, revision="try", earlier={}, admins=())
        self._at = at
        self._count = 0
        self.person = PersonView(person_id=1, contact_id=1, wire_id=_WHO.contact, name="试试")
        self.lines: list[Line] = []
        self._happen(FriendAdded(merchant=merchant.id, account=self._account, at=at, contact=_WHO))

    def say(self, text: str) -> None:
        """The newcomer says something, and is answered."""
        self._at += _BETWEEN
        self._count += 1
        self.lines.append(Line("guest", text))
        before = len(self.lines)
        message = Message(
            merchant=self._merchant.id,
            account=self._account,
            at=self._at,
            contact=_WHO,
            text=text,
            wire_id=f"try-{self._count}",
        )
        effects = self._happen(message)
        again = [one for one in effects if isinstance(one, fx.PutTimer) and one.kind == timers.ASK_AGAIN]
        for timer in again[:1]:
            minutes = max(1, round((timer.at - self._at).total_seconds() / 60))
            self._at = timer.at
            self.lines.append(Line("", f"{minutes} 分钟后"))
            due = TimerDue(
                merchant=self._merchant.id,
                account=self._account,
                at=timer.at,
                kind=timer.kind,
                subject=timer.subject,
                due=timer.at,
            )
            self._happen(due)
        if len(self.lines) == before:
            self.lines.append(Line("", "这句不回"))

    def _happen(self, event: Event) -> Sequence[Effect]:
        context = Context(
            merchant=self._merchant,
            account=AccountView(id=self._account, name="", self_id="us", state="online"),
            person=self.person,
        )
        effects = decide(event, context)
        for effect in effects:
            self._apply(effect)
        return effects

    def _apply(self, effect: Effect) -> None:
        person, change = self.person, msgspec.structs.replace
        match effect:
            case fx.PutFriendship():
                friend = FriendshipView(account=self._account, state=FriendshipState.FRIEND, added_at=self._at)
                self.person = change(person, friendships={self._account: friend})
            case fx.PutAnswer():
                answer = AnswerView(effect.value, effect.state)
                self.person = change(person, answers={**person.answers, effect.key: answer})
            case fx.PutTags():
                self.person = change(person, tags=(person.tags | set(effect.add)) - set(effect.remove))
            case fx.PutSurvey():
                self.person = change(person, survey=effect.survey)
                if effect.survey.state == SurveyState.FINISHED and (
                    person.survey is None or person.survey.state != SurveyState.FINISHED
                ):
                    self._finished()
            case fx.OptOut():
                self.person = change(person, opted_out=True)
            case fx.OptIn():
                self.person = change(person, opted_out=False)
            case fx.PutConsent():
                self.person = change(person, consent=effect.consent)
            case fx.Send() if effect.contact_id == person.contact_id:
                self._sent(effect)

    def _finished(self) -> None:
        tier = self._merchant.playbook.tier_for(learned(self._merchant.playbook, self.person).facts)
        self.lines.append(Line("", "建档完成" + (f"，进「{tier.name}」" if tier else "")))

    def _sent(self, send: fx.Send) -> None:
        text = send.text
        if send.template is not None:
            found = render(send.template, values_for(self._merchant, self.person, None, {}, self._account))
            text = found.text if not found.missing else f"（没填上：{'、'.join(found.missing)}，这句不发）"
        if send.kind == DeliveryKind.REMARK:
            self.lines.append(Line("", f"备注改成 {text}"))
        elif text:
            self.lines.append(Line("bot", text))
