"""The intake survey (建档): what is heard, and what comes of it. Never a loop, never asked what is known.

Its state is a row, so a restart between any two messages loses nothing. How questions are asked is in `asking`, what
follows from answers in `learning`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from handlers import forgetting, handoff, optout
from handlers.asking import (
    ask,
    ask_again_soon,
    explain,
    go_on,
    nudge_at,
    playbook_of,
    remark,
    said,
)
from handlers.learning import learned, retag
from handlers.revisions import once_a_revision
from handlers.understanding import Option, Prior, Understanding, Words, first_look, understand
from handlers.understanding import Question as Asked
from models import effects as fx
from models import timers
from models.context import AnswerView, Context, PersonView
from models.deliveries import Cause, DeliveryState, Lane
from models.effects import Effect, SurveyProgress
from models.events import Message, TimerDue
from models.people import AnswerState, SurveyState
from models.playbook import Playbook
from models.playbook_survey import Question

_SKIPPED = DeliveryState.SKIPPED
CORRECTED = "好嘞，改过来了。"


def begin(at: datetime, context: Context, person: PersonView, account: str) -> list[Effect]:
    """Ask a new friend the first question, unless they were surveyed through another account.

    Who comes back in the middle of it is asked the open question again.
    """
    if person.opted_out:
        return []
    if is_open(person, account):
        return _resume(at, context, person)
    if not context.merchant.playbook.survey.questions or person.survey is not None:
        return []
    progress = SurveyProgress(
        contact_id=person.contact_id,
        account=account,
        revision=context.merchant.revision,
        state=SurveyState.OPEN,
        started_at=at,
    )
    return go_on(at, context, person, progress, learned(context.merchant.playbook, person))


def is_open(person: PersonView, account: str) -> bool:
    """Whether this conversation, of this contact of theirs, has a question that waits for an answer."""
    survey = person.survey
    return (
        survey is not None
        and (survey.account, survey.contact_id) == (account, person.contact_id)
        and survey.state in (SurveyState.OPEN, SurveyState.RESTING)
    )


def interrupt(person: PersonView, account: str) -> list[Effect]:
    """The conversation is over for now: nothing more is asked in it."""
    if not is_open(person, account):
        return []
    return [
        fx.Cancel(contact_id=person.contact_id, causes=(Cause.SURVEY,), state=_SKIPPED, reason="unreachable"),
        *(fx.DropTimer(kind=kind, subject=person.wire_id) for kind in (timers.NUDGE, timers.SETTLE, timers.ASK_AGAIN)),
    ]


def heard(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """A message while a question is open: judged at once, or when no further bubble follows for a while."""
    progress = _progress(person)
    settle = context.merchant.playbook.survey.settle_seconds  # how patient we are is not of the survey's revision
    if not settle:
        return judge(event.at, context, person, event.text)
    pending = msgspec.structs.replace(progress, pending=(*progress.pending, event.text))
    return [
        fx.PutSurvey(person_id=person.person_id, survey=pending),
        fx.PutTimer(
            kind=timers.SETTLE,
            subject=person.wire_id,
            at=event.at + timedelta(seconds=settle),
            account=event.account,
        ),
    ]


def settled(event: TimerDue, context: Context) -> list[Effect]:
    """No further bubble came: what they wrote is judged as a whole."""
    person = context.person
    if person is None or not is_open(person, event.account):
        return []
    if forgetting.is_waiting(event.at, person, event.account):  # a question now would be answered by the same 是
        return [forgetting.later(timers.SETTLE, person, event.account)]
    pending = _progress(person).pending
    return judge(event.at, context, person, "\n".join(pending)) if pending else []


def judge(at: datetime, context: Context, person: PersonView, text: str) -> list[Effect]:
    """What a reply means for the survey, and what comes next."""
    playbook = playbook_of(context)
    progress = msgspec.structs.replace(_progress(person), pending=(), nudges=0, state=SurveyState.OPEN)
    question = playbook.question(progress.question)
    if question is None:  # the revision that had it is lost: go on with what there is
        return go_on(at, context, person, progress, learned(playbook, person))
    meant = _understood(at, context, person, question, text)
    if meant.act == "optout":
        return optout.stop(person, progress.account)
    told = _told(question, meant)
    knowing = msgspec.structs.replace(person, answers={**person.answers, **told})
    known = learned(playbook, knowing)
    effects = [*_keep(playbook, person, progress.revision, told), *retag(knowing, known)]
    knowing = msgspec.structs.replace(knowing, tags=known.tags)
    human = human_is_here(at, person, progress.account)
    if not human and (meant.asks or meant.act == "question"):
        effects += handoff.question(at, context, person, progress.account, text)
    if meant.corrects is not None and meant.value is None and (wrong := playbook.question(meant.corrects)):
        return [*effects, *ask(at, context, knowing, progress, wrong)]
    if question.key in told:
        return [*effects, *go_on(at, context, knowing, progress, known, acknowledge=meant.act == "answer")]
    if meant.act == "correct" or (meant.act == "unclear" and told):  # they told us something, if not this
        return [*effects, *ask(at, context, knowing, progress, question, acknowledge=True)]
    if meant.act == "unclear" and not human:
        return [*effects, *explain(at, context, knowing, progress, known, question)]
    kept = fx.PutSurvey(person_id=person.person_id, survey=progress)
    return [*effects, kept, *ask_again_soon(at, person, progress)]


def came_back(at: datetime, person: PersonView, account: str) -> list[Effect]:
    """They said something that is no answer: the open question comes again in a while."""
    return ask_again_soon(at, person, _progress(person)) if is_open(person, account) else []


def correct(at: datetime, context: Context, person: PersonView, meant: Understanding) -> list[Effect]:
    """Days later somebody says that an answer was wrong: the answer, its tags and the remark follow.

    If they do not say what is right, they are asked.
    """
    playbook, progress = playbook_of(context), _progress(person)
    question = playbook.question(meant.corrects or "")
    if question is None:
        return []
    told = {question.key: _answer(meant.value)}
    knowing = msgspec.structs.replace(person, answers={**person.answers, **told})
    effects = [*_keep(playbook, person, progress.revision, told), *retag(knowing, learned(playbook, knowing))]
    if meant.value is None:
        return [*effects, *ask(at, context, knowing, progress, question)]
    numbered = msgspec.structs.replace(progress, asked=progress.asked + 1)
    return [
        *effects,
        fx.PutSurvey(person_id=person.person_id, survey=numbered),
        said(person, numbered, CORRECTED, Lane.REPLY),
        *remark(at, context, person, progress),
    ]


def nudged(event: TimerDue, context: Context) -> list[Effect]:
    """Silence: ask once more at the playbook's times; after the last one the survey rests until they come back."""
    person = context.person
    if person is None or person.opted_out or not is_open(person, event.account):
        return []
    playbook, progress = playbook_of(context), _progress(person)
    question, hours = playbook.question(progress.question), playbook.survey.nudges_hours
    if forgetting.is_waiting(event.at, person, event.account):
        return [forgetting.later(timers.NUDGE, person, event.account)]
    if question is None or progress.state != SurveyState.OPEN or progress.pending or progress.nudges >= len(hours):
        return []
    nudges = progress.nudges + 1
    state = SurveyState.OPEN if nudges < len(hours) else SurveyState.RESTING
    asked = msgspec.structs.replace(progress, nudges=nudges, state=state, asked=progress.asked + 1)
    effects: list[Effect] = [
        fx.PutSurvey(person_id=person.person_id, survey=asked),
        fx.Cancel(contact_id=person.contact_id, causes=(Cause.SURVEY,)),
        said(person, asked, question.texts[nudges % len(question.texts)], Lane.SERVICE),
    ]
    if nudges < len(hours) and progress.asked_at is not None:
        effects.append(nudge_at(person, asked, progress.asked_at + timedelta(hours=hours[nudges])))
    return effects


def asked_again(event: TimerDue, context: Context) -> list[Effect]:
    """After an interruption the open question comes again, where it was; a human who talks is not interrupted."""
    person = context.person
    if person is None or person.opted_out or not is_open(person, event.account) or _progress(person).pending:
        return []
    if forgetting.is_waiting(event.at, person, event.account):
        return [forgetting.later(timers.ASK_AGAIN, person, event.account)]
    if human_is_here(event.at, person, event.account):
        return ask_again_soon(event.at, person, _progress(person))
    return _resume(event.at, context, person)


def carry_on(at: datetime, context: Context, person: PersonView) -> list[Effect]:
    """Ask what is not known yet, though nobody has just spoken: so it may wait for the morning."""
    progress, playbook = _progress(person), playbook_of(context)
    question = playbook.question(progress.question)
    if question is not None and question.key not in person.answers:
        effects = ask(at, context, person, progress, question)
    else:
        effects = go_on(at, context, person, progress, learned(playbook, person))
    return [
        msgspec.structs.replace(effect, lane=Lane.SERVICE) if isinstance(effect, fx.Send) else effect
        for effect in effects
    ]


def human_is_here(at: datetime, person: PersonView, account: str) -> bool:
    """Whether one of us has typed in this conversation lately."""
    friendship = person.friendships.get(account)
    return friendship is not None and friendship.human_until is not None and friendship.human_until > at


@once_a_revision
def words_of(playbook: Playbook) -> Words:
    """The playbook's additions to the word lists that ship."""
    return Words(opt_out=playbook.words.opt_out, human=playbook.words.human, business=playbook.words.business)


def prior_of(context: Context, person: PersonView) -> list[Prior]:
    """What they answered so far."""
    known = person.answered()
    return [Prior(asked, known[key]) for key, asked in asked_of(playbook_of(context)).items() if key in known]


def _resume(at: datetime, context: Context, person: PersonView) -> list[Effect]:
    progress = _progress(person)
    playbook = playbook_of(context)
    if question := playbook.question(progress.question):
        return ask(at, context, person, progress, question)
    return go_on(at, context, person, progress, learned(playbook, person))


def _understood(at: datetime, context: Context, person: PersonView, question: Question, text: str) -> Understanding:
    playbook = playbook_of(context)
    asked, known, words = asked_of(playbook), person.answered(), words_of(playbook)
    earlier = prior_of(context, person) if first_look(text, words).may_correct else ()
    return understand(
        asked[question.key],
        text,
        prior=[prior for prior in earlier if prior.question.key != question.key],
        others=[other for key, other in asked.items() if key != question.key and key not in known],
        asked_on=at.astimezone(context.merchant.zone).date(),
        words=words,
    )


def _told(question: Question, meant: Understanding) -> dict[str, AnswerView]:
    """What a reply says about questions, the open one and others."""
    told = {key: _answer(value) for key, value in meant.also.items()}
    match meant.act:
        case "answer":
            told[question.key] = _answer(meant.value)
        case "decline":
            told[question.key] = AnswerView(value=None, state=AnswerState.DECLINED)
        case "later":
            told[question.key] = AnswerView(value=None, state=AnswerState.LATER)
        case "correct" if meant.corrects:
            told[meant.corrects] = _answer(meant.value)
    return told


def _answer(value: Any) -> AnswerView:
    return AnswerView(value=value, state=AnswerState.LATER if value is None else AnswerState.ANSWERED)


def _keep(playbook: Playbook, person: PersonView, revision: str, told: dict[str, AnswerView]) -> list[Effect]:
    """Keep answers. Few people share a mobile number, so who told us the same one may be the same person."""
    effects: list[Effect] = []
    for key, answer in told.items():
        question = playbook.question(key)
        is_number = question is not None and question.type == "phone" and answer.state == AnswerState.ANSWERED
        identity = str(answer.value) if is_number else None
        effects.append(
            fx.PutAnswer(
                person_id=person.person_id,
                key=key,
                value=answer.value,
                state=answer.state,
                revision=revision,
                identity=identity,
            )
        )
        if identity is not None:
            effects.append(
                fx.DoubtByAnswer(person_id=person.person_id, contact_id=person.contact_id, identity=identity)
            )
    return effects


@once_a_revision
def asked_of(playbook: Playbook) -> Mapping[str, Asked]:
    """The questions as understanding wants them, by key, in their order."""
    return {
        question.key: Asked(
            key=question.key,
            type=question.type,
            text=question.texts[0],
            options=tuple(
                Option(value=option.value, label=option.label or option.value, synonyms=option.synonyms)
                for option in question.options
            ),
            required=question.required,
        )
        for question in playbook.survey.questions
    }


def _progress(person: PersonView) -> SurveyProgress:
    if person.survey is None:
        raise ValueError("no survey was begun")
    return person.survey
