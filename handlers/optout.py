"""退订: at once, with one acknowledgement and nothing after it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from models import effects as fx
from models import timers
from models.context import PersonView
from models.deliveries import Cause, DeliveryState, Lane
from models.effects import Effect
from models.people import SurveyState

ACKNOWLEDGEMENT = (
    "好的，以后不再主动给你发消息了。群里的通知是发给全群的，不想看可以退群或设免打扰。哪天想收了，回「恢复」就行。"
)


def stop(at: datetime, person: PersonView, account: str) -> list[Effect]:
    """No more messages; what was on its way to them is taken back, and an open survey stops."""
    said = fx.Audit(actor=person.wire_id, action="opt_out", target=person.wire_id, place=account)
    if person.opted_out:  # on record all the same, should what was said before prove to be another person's
        return [said]
    effects: list[Effect] = [
        fx.OptOut(person_id=person.person_id),
        fx.Cancel(
            contact_id=person.contact_id,
            causes=(Cause.GREETING, Cause.SURVEY, Cause.CHAT, Cause.CALENDAR, Cause.CARE, Cause.GROUP),
            state=DeliveryState.SKIPPED,
            reason="opted_out",
        ),
        *(fx.DropTimer(kind=kind, subject=person.wire_id) for kind in (timers.NUDGE, timers.SETTLE, timers.ASK_AGAIN)),
        said,
    ]
    if person.survey is not None and person.survey.state in (SurveyState.OPEN, SurveyState.RESTING):
        stopped = msgspec.structs.replace(person.survey, state=SurveyState.STOPPED, pending=())
        effects.append(fx.PutSurvey(person_id=person.person_id, survey=stopped))
    if account in person.friendships:
        effects.append(
            fx.Send(
                key=f"optout:{person.wire_id}:{at:%Y%m%dT%H%M%S%f}",
                account=account,
                lane=Lane.REPLY,
                cause=Cause.CHAT,
                contact_id=person.contact_id,
                text=ACKNOWLEDGEMENT,
                about_consent=True,
            )
        )
    return effects
