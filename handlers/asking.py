"""Asking: the next question of the survey, the same one again, and the end. One question at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from handlers.completion import Completed, completed
from handlers.learning import Learned
from models import effects as fx
from models import timers
from models.chance import chance, choose
from models.context import Context, PersonView
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import SURVEY, Effect, SurveyProgress
from models.orders import SurveyFinished
from models.people import SurveyState
from models.playbook import Playbook
from models.playbook_survey import Question

# Who would rather not tell a name, their own or their child's, hears what it is for; once, and in our words, for a
# playbook's `retry` speaks to who was not understood.
ANY_NAME = "不方便说真名没关系，问一下只是为了称呼起来方便，姓什么、小名、昵称都行，随你喜欢～"
CORRECTED = "好嘞，改过来了。"
NOTED = "好嘞，记下了。"
# After a question of theirs, or small talk, the open question comes again: soon, but not in the same breath. The
# contract says within five minutes.
_ASK_AGAIN_AFTER = timedelta(minutes=1)


class Room(msgspec.Struct, frozen=True):
    """Room that somebody is given: nothing is asked before that moment, or (None) before they speak again themselves,
    about something else."""

    until: datetime | None


def playbook_of(context: Context) -> Playbook:
    """A survey finishes under the playbook that it was begun under."""
    return context.survey_playbook or context.merchant.playbook


def go_on(
    at: datetime,
    context: Context,
    person: PersonView,
    progress: SurveyProgress,
    known: Learned,
    *,
    acknowledge: bool = False,
    room: Room | None = None,
) -> list[Effect]:
    """The next question that applies and is not known, else the end. Who is given room is not asked before it is over,
    and is not thanked as if nothing were the matter."""
    if question := next_question(playbook_of(context), person, progress, known):
        fresh = msgspec.structs.replace(progress, tries=0, repeats=0)
        if room is not None:
            return put_off(person, fresh, question, room)
        return ask(at, context, person, fresh, question, acknowledge=acknowledge)
    return finish(at, context, person, progress, known, thank=room is None)


def next_question(playbook: Playbook, person: PersonView, progress: SurveyProgress, known: Learned) -> Question | None:
    """The first that applies and is not known."""
    return next(
        (
            question
            for question in playbook.survey.questions
            if question.key not in person.answers and question.key not in progress.aside and known.applies(question)
        ),
        None,
    )


def ask(
    at: datetime,
    context: Context,
    person: PersonView,
    progress: SurveyProgress,
    question: Question,
    *,
    texts: tuple[str, ...] = (),
    acknowledge: bool = False,
    lane: Lane = Lane.REPLY,
) -> list[Effect]:
    """Ask a question, in one of its wordings or of those given; what was about to be asked is taken back."""
    survey = playbook_of(context).survey
    asked = msgspec.structs.replace(
        progress,
        state=SurveyState.OPEN,
        question=question.key,
        asked=progress.asked + 1,
        asked_at=at,
        nudges=0,
        put_off_until=None,
    )
    text = wording(context, person, question.key, texts or question.texts, asked.asked)
    if acknowledge and survey.acknowledgements:
        chance_key = f"acknowledge:{person.wire_id}:{question.key}:{asked.asked}"
        text = choose(context.merchant.seed, chance_key, survey.acknowledgements) + text
    effects: list[Effect] = [
        fx.PutSurvey(person_id=person.person_id, survey=asked),
        fx.Cancel(contact_id=person.contact_id, causes=(Cause.SURVEY,)),
        said(person, asked, text, lane),
        fx.DropTimer(kind=timers.ASK_AGAIN, subject=person.wire_id),
    ]
    if survey.nudges:
        effects.append(nudge_at(person, asked, at + timedelta(hours=survey.nudges[0])))
    return effects


def wording(context: Context, person: PersonView, key: str, texts: tuple[str, ...], number: int) -> str:
    """One of the texts: not the same one for everybody, and another one each time that it is asked again."""
    first = int(chance(context.merchant.seed, f"{person.wire_id}:{key}") * len(texts))
    return texts[(first + number) % len(texts)]


def put_off(person: PersonView, progress: SurveyProgress, question: Question | None, room: Room) -> list[Effect]:
    """The question waits, the open one if none is given; nobody is nudged for it before it is asked."""
    state = SurveyState.RESTING if room.until is None else progress.state
    key = question.key if question else progress.question
    waiting = msgspec.structs.replace(progress, question=key, put_off_until=room.until, state=state)
    again: Effect = fx.DropTimer(kind=timers.ASK_AGAIN, subject=person.wire_id)
    if room.until is not None:
        again = fx.PutTimer(kind=timers.ASK_AGAIN, subject=person.wire_id, at=room.until, account=progress.account)
    return [
        fx.PutSurvey(person_id=person.person_id, survey=waiting),
        fx.Cancel(contact_id=person.contact_id, causes=(Cause.SURVEY,)),
        fx.DropTimer(kind=timers.NUDGE, subject=person.wire_id),
        again,
    ]


def explain(
    at: datetime,
    context: Context,
    person: PersonView,
    progress: SurveyProgress,
    known: Learned,
    question: Question,
) -> list[Effect]:
    """Not understood: each retry text once, then the question is put aside and the next one comes."""
    if progress.tries < len(question.retry):
        tried = msgspec.structs.replace(progress, tries=progress.tries + 1)
        return ask(at, context, person, tried, question, texts=(question.retry[progress.tries],))
    aside = msgspec.structs.replace(progress, aside=(*progress.aside, question.key))
    return go_on(at, context, person, aside, known)


def ask_again_soon(at: datetime, person: PersonView, progress: SurveyProgress) -> list[Effect]:
    """The open question comes again in a while; while a human talks, when they have done. What they held back until
    that very moment is taken back, so that it does not come twice."""
    friendship = person.friendships.get(progress.account)
    human_until = friendship.human_until if friendship else None
    soon = at + _ASK_AGAIN_AFTER
    is_held = human_until is not None and human_until > at
    return [
        *((fx.Cancel(contact_id=person.contact_id, causes=(Cause.SURVEY,)),) if is_held else ()),
        fx.PutTimer(
            kind=timers.ASK_AGAIN,
            subject=person.wire_id,
            at=max(soon, human_until) if human_until else soon,
            account=progress.account,
        ),
    ]


def finish(
    at: datetime,
    context: Context,
    person: PersonView,
    progress: SurveyProgress,
    known: Learned,
    *,
    thank: bool = True,
) -> list[Effect]:
    """Nothing is left to ask: thanks, the remark, what the playbook gives for it, and a seat in a group."""
    earned = completed(playbook_of(context), known.facts)
    done = msgspec.structs.replace(
        progress, state=SurveyState.FINISHED, question="", finished_at=progress.finished_at or at, coupon=earned.coupon
    )
    effects: list[Effect] = []
    if earned.tags:
        effects.append(fx.PutTags(person_id=person.person_id, add=earned.tags, origin=SURVEY))
    effects += [
        fx.PutSurvey(person_id=person.person_id, survey=done),
        fx.Cancel(contact_id=person.contact_id, causes=(Cause.SURVEY,)),
        fx.DropTimer(kind=timers.NUDGE, subject=person.wire_id),
        fx.DropTimer(kind=timers.ASK_AGAIN, subject=person.wire_id),
    ]
    if progress.finished_at is not None:  # they were thanked then; what was open again was a correction
        done = msgspec.structs.replace(done, asked=done.asked + 1)
        effects[0] = fx.PutSurvey(person_id=person.person_id, survey=done)
        effects.append(said(person, done, CORRECTED, Lane.REPLY))
    elif thank and (thanks := playbook_of(context).survey.thanks):
        key = f"thanks:{person.wire_id}"
        text = choose(context.merchant.seed, key, thanks)
        effects.append(msgspec.structs.replace(said(person, done, text, Lane.REPLY), key=key))
    effects += remark(at, context, person, done)
    return [*effects, find_a_place(at, context, person, done, earned)]


def find_a_place(
    at: datetime,
    context: Context,
    person: PersonView,
    progress: SurveyProgress,
    earned: Completed,
    *,
    corrected: bool = False,
) -> Effect:
    """A seat in a group by what is known now, once this is written."""
    finished = SurveyFinished(
        merchant=context.merchant.id,
        account=progress.account,
        at=at,
        contact=person.wire_id,
        tier=earned.tier,
        group=earned.group,
        owner=earned.owner,
        corrected=corrected,
    )
    return fx.Follow(event=finished)


def remark(at: datetime, context: Context, person: PersonView, progress: SurveyProgress) -> list[Effect]:
    """The remark (备注) is set when the survey is finished, and follows corrections from then on."""
    template = playbook_of(context).reception.remark
    if template is None or progress.state != SurveyState.FINISHED:
        return []
    return [
        fx.Send(
            key=f"remark:{person.wire_id}:{progress.account}:{at:%Y%m%dT%H%M%S%f}",
            account=progress.account,
            kind=DeliveryKind.REMARK,
            lane=Lane.REPLY,
            cause=Cause.SURVEY,
            contact_id=person.contact_id,
            template=template,
            revision=progress.revision,
        )
    ]


def said(person: PersonView, progress: SurveyProgress, text: str, lane: Lane) -> fx.Send:
    """Something that the survey says; the number of what was asked makes its key."""
    return fx.Send(
        key=f"ask:{person.wire_id}:{progress.asked}",
        account=progress.account,
        lane=lane,
        cause=Cause.SURVEY,
        contact_id=person.contact_id,
        template=text,
        revision=progress.revision,
    )


def asked_by(key: str) -> str:
    """The wire id of whom the survey speaks to with a delivery of that key; empty where it is no question of it."""
    return key.removeprefix("ask:").rpartition(":")[0] if key.startswith("ask:") else ""


def nudge_at(person: PersonView, progress: SurveyProgress, at: datetime) -> Effect:
    """Look then whether they have answered."""
    return fx.PutTimer(kind=timers.NUDGE, subject=person.wire_id, at=at, account=progress.account)
