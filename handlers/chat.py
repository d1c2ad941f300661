"""What a member says: first what must be heard at once, then commands, then the survey, then everything else."""

from __future__ import annotations

from typing import Literal

from handlers import (
    adverts,
    complaints,
    consent,
    correcting,
    fewer,
    forgetting,
    handoff,
    hosting,
    my_data,
    obeying,
    optin,
    optout,
    questions,
    reactions,
    signups,
    survey,
    why,
)
from handlers.commands import is_command
from handlers.group_topics import topics_under
from handlers.replies import prior_of, unanswered, words_of
from handlers.roles import roles_of
from handlers.understanding import FirstLook, asks_whether_bot, first_look, meaning_unasked
from handlers.understanding.business import complains_aloud
from handlers.understanding.feelings import ANSWERED, feeling_of, greets
from handlers.words import is_platform_line
from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import FriendAdded, Message
from models.people import FriendshipState

I_AM_A_BOT = "是的，我是{persona}，{shop}的机器人助手，不是真人。要找真人就回「人工」，我马上叫同事来。"
I_AM_A_BOT_IN_GROUP = "是的，我是{persona}，{shop}的机器人助手，不是真人。"
PERSONA = "掌柜"  # where the playbook gives no name


def said(event: Message, context: Context) -> list[Effect]:
    """A message in a group or 1:1. It is in the journal already; this is about what we do."""
    person = context.person
    if person is None or person.is_ours:  # where nothing is to be done, nobody was loaded
        return []
    if event.group:
        return _in_group(event, context, person)
    effects = _where_the_survey_is(event, context, person)
    look = first_look(event.text, words_of(context.merchant.playbook))
    if look.complains and not person.roles and not is_command(event.text, by_staff=False):
        effects = [*effects, *complaints.heard(event, context, person, effects)]
    if context.account.capabilities.window_hours is None:
        return effects
    return [*effects, fx.Heard(account=event.account, contact_id=person.contact_id)]


def _where_the_survey_is(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """Who left one of our accounts in the middle of the survey, and writes to another, goes on there."""
    friendship = person.friendships.get(event.account)
    is_friend = friendship is not None and friendship.state == FriendshipState.FRIEND
    moved = survey.moved(person, event.account) if is_friend else person
    effects = _in_private(event, context, moved)
    if moved is person or moved.survey is None or any(isinstance(one, fx.PutSurvey | fx.Erase) for one in effects):
        return effects
    return [fx.PutSurvey(person_id=person.person_id, survey=moved.survey), *effects]


def _in_group(event: Message, context: Context, person: PersonView) -> list[Effect]:
    playbook = context.merchant.playbook
    if obeying.is_for_us(event, context, person):
        return obeying.obey(event, context, person)
    match topic := topics_under(playbook)(event.text):
        case "opt_out":
            return optout.stop(event.at, person, event.account)
        case "my_data":
            return my_data.shown(event, context, person)
        case "forget":
            return forgetting.asked(event, context, person)
        case "signup":
            return [signups.wished(event, person)]
        case "why":
            return why.told(event, context, person)
    if event.mentions and context.account.self_id in event.mentions and asks_whether_bot(event.text):
        return [_reply(event, context, person, _who_we_are(I_AM_A_BOT_IN_GROUP, context))]
    if topic == "keyword" and (answer := handoff.named_answer(playbook, event.text)) is not None:
        return [_reply(event, context, person, answer)]
    if topic == "advert" or adverts.is_shown(event):
        return adverts.seen(event, context, person)
    if topic == "complaint":
        return complaints.heard_in_group(event, context, person)
    if topic == "perhaps":
        return questions.overheard(event, context, person)
    if topic != "question":
        return []
    angry = [fx.OpenComplaint(person_id=person.person_id)] if complains_aloud(event.text) and not person.roles else []
    return [*angry, *questions.asked(event, context, person)]


def _in_private(event: Message, context: Context, person: PersonView) -> list[Effect]:
    arrived = _arrival(event, context, person)
    if obeying.is_for_us(event, context, person):
        # Who opted out was told to say 恢复, whatever else that word does for the staff.
        wants_back = person.opted_out and optin.wants_back(event.text)
        back = optin.start_again(event.at, context, person, event.account) if wants_back else []
        return [*arrived, *back, *obeying.obey(event, context, person)]
    if event.kind != "text" or not event.text.strip():
        return arrived or _shown(event, context, person)
    if is_platform_line(event.text):
        return arrived
    if my_data.is_asked_for(event.text):
        shown = my_data.shown(event, context, person)
        return [*arrived, *shown, *survey.came_back(event.at, person, event.account)]
    if forgetting.is_wished(event.text):
        return [*arrived, *forgetting.asked(event, context, person)]
    if why.is_asked(event.text):
        return [*arrived, *why.told(event, context, person), *survey.came_back(event.at, person, event.account)]
    if (done := correcting.heard(event, context, person)) is not None:
        return [*arrived, *done]
    if fewer.is_about_it(event.text) and (done := fewer.heard(event, context, person)):
        return [*arrived, *done]
    if (decided := forgetting.decided(event, context, person)) is not None:
        return decided
    if context.gathering is not None and signups.is_about_it(event.text):
        return [*arrived, signups.wished(event, person)]
    look = first_look(event.text, words_of(context.merchant.playbook))
    if look.is_opt_out:
        return [*arrived, *optout.stop(event.at, person, event.account)]
    if (about_consent := consent.heard(event, context, person)) is not None:
        return [*arrived, *about_consent]
    if person.opted_out and optin.wants_back(event.text):
        return [*arrived, *optin.start_again(event.at, context, person, event.account)]
    if person.opted_out:
        return [*arrived, *_although_opted_out(event, context, person, look)]
    if survey.human_is_here(event.at, person, event.account):  # they are talking with one of us
        return arrived or (survey.heard(event, context, person) if survey.is_open(person, event.account) else [])
    if look.wants_human:
        handed = handoff.to_human(event.at, context, person, event.account, event.text)
        return [*arrived, *handed, *([] if arrived else survey.besides(event, context, person))]
    if look.asks_whether_bot:
        answer = _reply(event, context, person, _who_we_are(I_AM_A_BOT, context))
        return [*arrived, answer, *([] if arrived else survey.besides(event, context, person))]
    if arrived:  # they are greeted first, and their words are no answer to a question that they have not seen
        return arrived
    may_keep = not hosting.may_not_keep(context, person)
    if survey.is_open(person, event.account) and may_keep:  # a question may follow, which 是 would answer
        return [*forgetting.talked_on(event, person), *survey.heard(event, context, person)]
    return _unasked(event, context, person, look)


def _although_opted_out(event: Message, context: Context, person: PersonView, look: FirstLook) -> list[Effect]:
    """What they ask for by name is answered; any other question a human may answer, we don't."""
    if survey.human_is_here(event.at, person, event.account):
        return []
    asks = look.asks and not look.complains and not roles_of(person, event.account, "")
    told = handoff.tell_staff(event.at, context, person, event.account, event.text)
    if look.wants_human:
        return [handoff.say(event.at, person, event.account, handoff.TO_MEMBER, asked_for=True), *told]
    if look.asks_whether_bot:
        who = _who_we_are(I_AM_A_BOT, context)
        return [handoff.say(event.at, person, event.account, who, asked_for=True)]
    return told if asks else []


def _arrival(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """Who writes to us 1:1 is a friend, whether or not the platform said so."""
    friendship = person.friendships.get(event.account)
    if friendship is None or friendship.state == FriendshipState.REMOVED:  # only the friend list can tell
        return [fx.Refresh(account=event.account)]
    if friendship.state in (FriendshipState.REQUESTED, FriendshipState.ACCEPTED):
        added = FriendAdded(
            merchant=event.merchant, account=event.account, at=event.at, contact=event.contact, source=friendship.source
        )
        return [fx.Follow(event=added)]
    return []


def _shown(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """A picture, a voice message and the like. Outside the survey there is nobody yet who looks at them."""
    if person.opted_out or event.kind in ("text", "other", "emoticon") or not survey.is_open(person, event.account):
        return []
    if hosting.may_not_keep(context, person):
        return []
    return survey.shown(event, context, person)


def _unasked(event: Message, context: Context, person: PersonView, look: FirstLook) -> list[Effect]:
    if (answer := handoff.standing_answer(context.merchant.playbook, event.text)) is not None:
        return [_reply(event, context, person, answer)]
    felt = feeling_of(event.text)
    if roles_of(person, event.account, ""):  # the staff has nobody to be handed to
        return []
    if felt == "call" or greets(event.text):
        kind: Literal["hello", "call"] = "call" if felt == "call" else "hello"
        return reactions.to_greeting(event.at, context, person, event.account, kind, event.text)
    if felt is not None and felt in ANSWERED and not look.complains:
        comfort = reactions.to_feeling(event.at, context, person, event.account, felt, event.text)
        asked = handoff.to_human(event.at, context, person, event.account, event.text) if look.asks else []
        return [*comfort, *asked]
    may_keep = person.survey is not None and not hosting.may_not_keep(context, person)
    if may_keep and (told := correcting.told(event, context, person)) is not None:
        return correcting.correct(event.at, context, person, told)
    if not (look.asks or look.may_correct):
        return []
    ask = handoff.to_human if look.complains else handoff.question
    if not look.may_correct:
        return ask(event.at, context, person, event.account, event.text)
    meant = meaning_unasked(
        event.text,
        prior=prior_of(context, person),
        others=unanswered(context, person),
        asked_on=event.at.astimezone(context.merchant.zone).date(),
        words=words_of(context.merchant.playbook),
    )
    if may_keep and (unnamed := correcting.which(event, context, person, meant)):
        return unnamed
    if may_keep and (meant.act == "correct" or meant.also):
        asked = handoff.question(event.at, context, person, event.account, event.text) if meant.asks else []
        return [*correcting.correct(event.at, context, person, meant), *asked]
    if meant.act == "question" or meant.asks:
        return ask(event.at, context, person, event.account, event.text)
    return []


def _who_we_are(text: str, context: Context) -> str:
    return text.format(persona=context.merchant.playbook.persona.name or PERSONA, shop=context.merchant.name)


def _reply(event: Message, context: Context, person: PersonView, text: str) -> Effect:
    """Where it was asked."""
    return fx.Send(
        key=f"chat:{person.wire_id}:{event.wire_id or f'{event.at:%Y%m%dT%H%M%S%f}'}",
        account=event.account,
        lane=Lane.REPLY,
        cause=Cause.CHAT,
        contact_id=None if event.group else person.contact_id,
        group_id=context.group.id if event.group and context.group else None,
        text=text,
    )
