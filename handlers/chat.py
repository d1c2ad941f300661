"""What a member says: first what must be heard at once, then commands, then the survey, then everything else."""

from __future__ import annotations

from handlers import commands, handoff, optout, survey
from handlers.understanding import asks_whether_bot, is_opt_out, meaning_unasked, wants_human
from handlers.words import is_plain_opt_out
from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import FriendAdded, Message
from models.people import FriendshipState

I_AM_A_BOT = "是的，我是{persona}，{shop}的机器人助手，不是真人。要找真人就回「人工」，我马上叫同事来。"


def said(event: Message, context: Context) -> list[Effect]:
    """A message in a group or 1:1. It is in the journal already; this is about what we do."""
    person = context.person
    if person is not None and person.is_ours:
        return []
    if event.group:
        return _in_group(event, context, person)
    if person is None:
        return []
    return _in_private(event, context, person)


def _in_group(event: Message, context: Context, person: PersonView | None) -> list[Effect]:
    if person is None:  # nothing was loaded, since nothing is to be done
        return []
    if commands.is_command(event.text):
        return commands.obey(event, context, person)
    if is_plain_opt_out(event.text, context.merchant.playbook.words.opt_out):
        return optout.stop(person, event.account)
    return []


def _in_private(event: Message, context: Context, person: PersonView) -> list[Effect]:
    arrived = _arrival(event, context, person)
    if commands.is_command(event.text) and (person.roles or commands.has_slash(event.text)):
        return [*arrived, *commands.obey(event, context, person)]
    if event.kind != "text" or person.opted_out:
        return arrived
    playbook = context.merchant.playbook
    words = survey.words_of(playbook)
    if is_plain_opt_out(event.text, words.opt_out) or is_opt_out(event.text, words):
        return [*arrived, *optout.stop(person, event.account)]
    if arrived:  # they are greeted first, and their words are no answer to a question that they have not seen
        return arrived
    if wants_human(event.text, words):
        return handoff.question(event.at, context, person, event.account, event.text)
    if asks_whether_bot(event.text, words):
        told = I_AM_A_BOT.format(persona=playbook.persona.name or "掌柜", shop=context.merchant.name)
        return [_reply(event, person, told)]
    if survey.is_open(person, event.account):
        return survey.heard(event, context, person)
    return _unasked(event, context, person)


def _arrival(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """Who writes to us 1:1 is a friend, whether or not the platform said so."""
    friendship = person.friendships.get(event.account)
    if friendship is None:
        return [fx.Refresh(account=event.account)]
    if friendship.state in (FriendshipState.REQUESTED, FriendshipState.ACCEPTED):
        added = FriendAdded(
            merchant=event.merchant, account=event.account, at=event.at, contact=event.contact, source=friendship.source
        )
        return [fx.Follow(event=added)]
    return []


def _unasked(event: Message, context: Context, person: PersonView) -> list[Effect]:
    playbook = context.merchant.playbook
    if (answer := handoff.standing_answer(context, event.text)) is not None:
        return [_reply(event, person, answer)]
    if person.survey is None or person.roles:
        return []
    meant = meaning_unasked(
        event.text,
        prior=survey.prior_of(context, person),
        others=(),
        asked_on=event.at.astimezone(context.merchant.zone).date(),
        words=survey.words_of(playbook),
    )
    if meant.act == "correct":
        return survey.correct(event.at, context, person, meant)
    if meant.act == "question" or meant.asks:
        return handoff.question(event.at, context, person, event.account, event.text)
    return []


def _reply(event: Message, person: PersonView, text: str) -> Effect:
    return fx.Send(
        key=f"chat:{person.wire_id}:{event.wire_id or f'{event.at:%Y%m%dT%H%M%S%f}'}",
        account=event.account,
        lane=Lane.REPLY,
        cause=Cause.CHAT,
        contact_id=person.contact_id,
        text=text,
    )
