"""同意, 不同意, 撤回同意: where the playbook asks for consent, what people say to it is kept at once."""

from __future__ import annotations

import re
from typing import Literal

from handlers import survey
from handlers.asking import playbook_of
from handlers.understanding.text import PARTICLES, dense
from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import Message
from models.patterns import compile_later
from models.playbook import Playbook

Wish = Literal["given", "refused", "withdrawn"]

ACKNOWLEDGED = "好的，记下了，谢谢。哪天不想了，回「撤回同意」就行。"
REFUSED = "好的，尊重你的意思：以后不主动给你发消息，你说的也不往档案里记。改主意了回「同意」就行。"

_LONGEST = 20  # longer messages say more than that
_WISHES: tuple[tuple[Wish, re.Pattern[str]], ...] = (
    ("withdrawn", compile_later(r"(?:我)?(?:要|想)?(?:撤回|收回|撤销|取消)(?:我的)?同意(?:了)?")),
    ("refused", compile_later(r"(?:我)?(?:不同意|拒绝)(?:的|了)?")),
    ("given", compile_later(r"(?:(?:好的?|嗯|可以|行|没问题|ok){1,4}(?:我)?|我)?同意(?:的|了)?")),
)


def wish_of(playbook: Playbook, text: str) -> Wish | None:
    """What a message says about consent, if it says nothing else and the playbook asks for consent."""
    if not playbook.consent.required or len(text) > _LONGEST or "?" in text or "？" in text:
        return None
    said = dense(text).strip(PARTICLES)
    return next((wish for wish, pattern in _WISHES if pattern.fullmatch(said)), None)


def heard(event: Message, context: Context, person: PersonView) -> list[Effect] | None:
    """Keep what they say about consent, and acknowledge it; None if the message is about something else.

    Once they have agreed, 同意 and 不同意 may be the answer to an open question of yes or no.
    """
    wish = wish_of(context.merchant.playbook, event.text)
    if wish is None or (
        wish != "withdrawn" and person.consent == "given" and _is_asked_yes_or_no(event, context, person)
    ):
        return None
    consent = "given" if wish == "given" else "refused"
    and_then = survey.came_back if wish == "given" else survey.paused
    follows = and_then(event.at, person, event.account)
    on_record = fx.Audit(actor=person.wire_id, action=f"consent.{wish}", target=person.wire_id, place=event.account)
    if person.consent == consent:  # should what was said before prove to be another person's, a refusal still stands
        return [on_record] if consent == "refused" else follows
    effects: list[Effect] = [fx.PutConsent(person_id=person.person_id, consent=consent), on_record]
    if event.account in person.friendships:
        effects.append(
            fx.Send(
                key=f"consent:{person.wire_id}:{event.wire_id or f'{event.at:%Y%m%dT%H%M%S%f}'}",
                account=event.account,
                lane=Lane.REPLY,
                cause=Cause.CHAT,
                contact_id=person.contact_id,
                text=ACKNOWLEDGED if consent == "given" else REFUSED,
                about_consent=True,
            )
        )
    return [*effects, *follows]


def _is_asked_yes_or_no(event: Message, context: Context, person: PersonView) -> bool:
    if person.survey is None or not survey.is_open(person, event.account):
        return False
    question = playbook_of(context).question(person.survey.question)
    return question is not None and question.type == "yesno"
