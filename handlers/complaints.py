"""A complaint is open from the angry words until one of the staff says that it is settled; so long no promotion goes to
that person, and the staff hears of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handlers import handoff, staff, survey
from handlers.values import address
from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Cause
from models.effects import Effect
from models.events import Message

TO_STAFF = "【投诉】{who}（{contact}）说：{text}\n给 TA 的推广先停了，处理好了请回 /了结 {contact}"
IN_GROUP = "【投诉】{who}（{contact}）在「{group}」说：{text}\n给 TA 的推广先停了，处理好了请回 /了结 {contact}"
# A phone shows so much of a message without a tap.
_QUOTED = 200


def heard(event: Message, context: Context, person: PersonView, besides: Sequence[Effect]) -> list[Effect]:
    """Anger goes to a human: the staff is told once a day, and the member that somebody comes. `besides` is what else
    is done about the message: who is told or answered by that, or talks with one of us, need not hear it again."""
    effects: list[Effect] = [fx.OpenComplaint(person_id=person.person_id)]
    said = [effect for effect in besides if isinstance(effect, fx.Send) and effect.cause != Cause.SURVEY]
    if survey.human_is_here(event.at, person, event.account) or any(one.cause == Cause.HANDOFF for one in said):
        return effects
    if not said and not person.opted_out:
        effects.append(handoff.say(event.at, person, event.account, handoff.TO_MEMBER))
    return [*effects, *_notes(event, context, person, TO_STAFF)]


def heard_in_group(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """Before a whole group nothing is answered: the staff hears of it, and answers there, or 1:1."""
    if context.group is None or context.group.tier is None or person.roles or person.opted_out:
        return []
    return [fx.OpenComplaint(person_id=person.person_id), *_notes(event, context, person, IN_GROUP)]


def _notes(event: Message, context: Context, person: PersonView, told: str) -> Iterator[Effect]:
    day = event.at.astimezone(context.merchant.zone).date()
    who = address(context.merchant.playbook, person) or person.wire_id
    group = (context.group and context.group.topic) or event.group
    note = told.format(who=who, contact=person.wire_id, text=event.text[:_QUOTED], group=group)
    key = f"complaint:{person.wire_id}:{day}"
    yield from staff.notes_about(context, event.account, key, note, Cause.HANDOFF, person)
