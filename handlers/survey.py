"""The intake survey (建档): one question at a time, never a loop, never asked what is known. Its state is a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from handlers import handoff, optout
from handlers.understanding import Option, Prior, Understanding, Words, understand
from handlers.understanding import Question as Asked
from models import effects as fx
from models import timers
from models.chance import choose
from models.conditions import Facts, holds
from models.context import AnswerView, Context, PersonView
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import SURVEY, Effect, SurveyProgress
from models.events import Message, TimerDue
from models.orders import SurveyFinished
from models.people import AnswerState, SurveyState
from models.playbook import Playbook, Question

# After a question of theirs, or small talk, the open question comes again: soon, but not in the same breath. The
# contract says within five minutes.
_ASK_AGAIN_AFTER = timedelta(minutes=1)

Answers = Mapping[str, AnswerView]


def begin(at: datetime, context: Context, person: PersonView, account: str) -> list[Effect]:
    """Ask a new friend the first question, unless they were surveyed through another account."""
    if not context.merchant.playbook.survey.questions or person.survey is not None or person.opted_out:
        return []
    progress = SurveyProgress(
        contact_id=person.contact_id,
        account=account,
        revision=context.merchant.revision,
        state=SurveyState.OPEN,
        started_at=at,
    )
    return _go_on(at, context, person, progress, person.answers)


def is_open(person: PersonView, account: str) -> bool:
    """Whether this conversation has a question that waits for an answer."""
    survey = person.survey
    return survey is not None and survey.account == account and survey.state in (SurveyState.OPEN, SurveyState.RESTING)


def heard(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """A message while a question is open: judged at once, or when no further bubble follows for a while."""
    progress = _progress(person)
    if event.kind != "text" or not event.text.strip():
        return []
    settle = _playbook(context).survey.settle_seconds
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
    progress = _progress(person)
    return judge(event.at, context, person, "\n".join(progress.pending)) if progress.pending else []


def judge(at: datetime, context: Context, person: PersonView, text: str) -> list[Effect]:
    """What a reply means for the survey, and what comes next."""
    playbook = _playbook(context)
    progress = msgspec.structs.replace(_progress(person), pending=(), nudges=0, state=SurveyState.OPEN)
    question = playbook.question(progress.question)
    if question is None:  # the revision that had it is lost: go on with what there is
        return _go_on(at, context, person, progress, person.answers)
    others = [
        _asked(other) for other in playbook.survey.questions if other.key != question.key and other.key not in person.answers
    ]
    meant = understand(
        _asked(question),
        text,
        prior=_prior(playbook, person),
        others=others,
        asked_on=at.astimezone(context.merchant.zone).date(),
        words=words_of(playbook),
    )
    told = {key: AnswerView(value=value, state=AnswerState.ANSWERED) for key, value in meant.also.items()}
    match meant.act:
        case "optout":
            return optout.stop(person, progress.account)
        case "answer":
            told[question.key] = AnswerView(value=meant.value, state=AnswerState.ANSWERED)
        case "decline":
            told[question.key] = AnswerView(value=None, state=AnswerState.DECLINED)
        case "later":
            told[question.key] = AnswerView(value=None, state=AnswerState.LATER)
        case "correct" if meant.corrects:
            state = AnswerState.ANSWERED if meant.value is not None else AnswerState.LATER
            told[meant.corrects] = AnswerView(value=meant.value, state=state)
    effects = _keep(person, progress.revision, told)
    answers = {**person.answers, **told}
    effects += retag(playbook, person, answers)
    if meant.act == "correct":
        effects += _remark(at, context, person, progress)
    if meant.asks or meant.act == "question":
        effects += handoff.question(at, context, person, progress.account, text)
    if question.key in told:
        return [*effects, *_go_on(at, context, person, progress, answers)]
    if meant.act == "unclear":
        return [*effects, *_explain(at, context, person, progress, question, answers)]
    return [*effects, *_ask_again_soon(at, person, progress)]


def correct(at: datetime, context: Context, person: PersonView, meant: Understanding) -> list[Effect]:
    """Days later somebody says that an answer was wrong: the answer, its tags and the remark follow."""
    if meant.corrects is None:
        return []
    state = AnswerState.ANSWERED if meant.value is not None else AnswerState.LATER
    told = {meant.corrects: AnswerView(value=meant.value, state=state)}
    progress = _progress(person)
    return [
        *_keep(person, progress.revision, told),
        *retag(_playbook(context), person, {**person.answers, **told}),
        *_remark(at, context, person, progress),
    ]


def nudged(event: TimerDue, context: Context) -> list[Effect]:
    """Silence: ask once more at the playbook's times; after the last one the survey rests until they come back."""
    person = context.person
    if person is None or person.opted_out or not is_open(person, event.account):
        return []
    playbook, progress = _playbook(context), _progress(person)
    question = playbook.question(progress.question)
    hours = playbook.survey.nudges_hours
    if question is None or progress.state != SurveyState.OPEN or progress.nudges >= len(hours):
        return []
    nudges = progress.nudges + 1
    state = SurveyState.OPEN if nudges < len(hours) else SurveyState.RESTING
    asked = msgspec.structs.replace(progress, nudges=nudges, state=state, asked=progress.asked + 1)
    effects: list[Effect] = [
        fx.PutSurvey(person_id=person.person_id, survey=asked),
        _question(person, asked, question.texts[nudges % len(question.texts)], Lane.SERVICE),
    ]
    if nudges < len(hours) and progress.asked_at is not None:
        effects.append(_nudge(person, progress.account, progress.asked_at + timedelta(hours=hours[nudges])))
    return effects


def asked_again(event: TimerDue, context: Context) -> list[Effect]:
    """After an interruption the open question comes again, where it was."""
    person = context.person
    if person is None or person.opted_out or not is_open(person, event.account):
        return []
    question = _playbook(context).question(_progress(person).question)
    if question is None:
        return []
    return _ask(event.at, context, person, _progress(person), question.key, question.texts)


def retag(playbook: Playbook, person: PersonView, answers: Answers) -> list[Effect]:
    """Tags that follow from answers come and go with them."""
    given = {key: answer.value for key, answer in answers.items() if answer.state == AnswerState.ANSWERED}
    earned = {tag for question in playbook.survey.questions if question.key in given for tag in question.tags}
    facts = Facts(tags=person.tags | earned, answers=given, source=person.source)
    earned |= {tag for rule in playbook.survey.tags if holds(rule.when, facts) for tag in rule.add}
    governed = {tag for question in playbook.survey.questions for tag in question.tags}
    governed |= {tag for rule in playbook.survey.tags for tag in rule.add}
    add, remove = sorted(earned - person.tags), sorted((governed & person.tags) - earned)
    if not add and not remove:
        return []
    return [fx.PutTags(person_id=person.person_id, add=tuple(add), remove=tuple(remove), origin=SURVEY)]


def words_of(playbook: Playbook) -> Words:
    """The playbook's additions to the word lists that ship."""
    return Words(opt_out=playbook.words.opt_out, human=playbook.words.human, business=playbook.words.business)


def asked_questions(playbook: Playbook, keys: Iterable[str] | None = None) -> list[Asked]:
    """The survey's questions as `understand` wants them; all of them, or those named."""
    wanted = None if keys is None else set(keys)
    return [_asked(question) for question in playbook.survey.questions if wanted is None or question.key in wanted]


def prior_of(context: Context, person: PersonView) -> list[Prior]:
    """What they answered so far."""
    return _prior(_playbook(context), person)


def _go_on(
    at: datetime, context: Context, person: PersonView, progress: SurveyProgress, answers: Answers
) -> list[Effect]:
    """The next question that applies and is not known, else the end."""
    playbook = _playbook(context)
    given = {key: answer.value for key, answer in answers.items() if answer.state == AnswerState.ANSWERED}
    facts = Facts(tags=person.tags, answers=given, source=person.source)
    for question in playbook.survey.questions:
        if question.key in answers or question.key in progress.aside:
            continue
        if question.when is None or holds(question.when, facts):
            fresh = msgspec.structs.replace(progress, tries=0)
            return _ask(at, context, person, fresh, question.key, question.texts)
    return _finish(at, context, person, progress)


def _ask(
    at: datetime, context: Context, person: PersonView, progress: SurveyProgress, key: str, texts: tuple[str, ...]
) -> list[Effect]:
    asked = msgspec.structs.replace(progress, question=key, asked=progress.asked + 1, asked_at=at, nudges=0)
    text = choose(context.merchant.seed, f"{person.wire_id}:{key}:{asked.asked}", texts)
    effects: list[Effect] = [
        fx.PutSurvey(person_id=person.person_id, survey=asked),
        _question(person, asked, text, Lane.REPLY),
        fx.DropTimer(kind=timers.ASK_AGAIN, subject=person.wire_id),
    ]
    if hours := _playbook(context).survey.nudges_hours:
        effects.append(_nudge(person, progress.account, at + timedelta(hours=hours[0])))
    return effects


def _explain(
    at: datetime,
    context: Context,
    person: PersonView,
    progress: SurveyProgress,
    question: Question,
    answers: Answers,
) -> list[Effect]:
    """Not understood: each retry text once, then the question is put aside and the next one comes."""
    if progress.tries < len(question.retry):
        tried = msgspec.structs.replace(progress, tries=progress.tries + 1)
        return _ask(at, context, person, tried, question.key, (question.retry[progress.tries],))
    aside = msgspec.structs.replace(progress, aside=(*progress.aside, question.key))
    return _go_on(at, context, person, aside, answers)


def _ask_again_soon(at: datetime, person: PersonView, progress: SurveyProgress) -> list[Effect]:
    return [
        fx.PutSurvey(person_id=person.person_id, survey=progress),
        fx.PutTimer(
            kind=timers.ASK_AGAIN,
            subject=person.wire_id,
            at=at + _ASK_AGAIN_AFTER,
            account=progress.account,
        ),
    ]


def _finish(at: datetime, context: Context, person: PersonView, progress: SurveyProgress) -> list[Effect]:
    done = msgspec.structs.replace(progress, state=SurveyState.FINISHED, question="", finished_at=at)
    effects: list[Effect] = [
        fx.PutSurvey(person_id=person.person_id, survey=done),
        fx.DropTimer(kind=timers.NUDGE, subject=person.wire_id),
        fx.DropTimer(kind=timers.ASK_AGAIN, subject=person.wire_id),
    ]
    if thanks := _playbook(context).survey.thanks:
        key = f"thanks:{person.wire_id}"
        effects.append(
            fx.Send(
                key=key,
                account=progress.account,
                lane=Lane.REPLY,
                cause=Cause.SURVEY,
                contact_id=person.contact_id,
                template=choose(context.merchant.seed, key, thanks),
                revision=progress.revision,
            )
        )
    effects += _remark(at, context, person, done)
    follow = SurveyFinished(
        merchant=context.merchant.id, account=progress.account, at=at, contact=person.wire_id
    )
    return [*effects, fx.Follow(event=follow)]


def _remark(at: datetime, context: Context, person: PersonView, progress: SurveyProgress) -> list[Effect]:
    """The remark (备注) is set when the survey is finished, and follows corrections from then on."""
    template = _playbook(context).reception.remark
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


def _question(person: PersonView, progress: SurveyProgress, text: str, lane: Lane) -> Effect:
    return fx.Send(
        key=f"ask:{person.wire_id}:{progress.asked}",
        account=progress.account,
        lane=lane,
        cause=Cause.SURVEY,
        contact_id=person.contact_id,
        template=text,
        revision=progress.revision,
    )


def _nudge(person: PersonView, account: str, at: datetime) -> Effect:
    return fx.PutTimer(kind=timers.NUDGE, subject=person.wire_id, at=at, account=account)


def _keep(person: PersonView, revision: str, told: Answers) -> list[Effect]:
    return [
        fx.PutAnswer(person_id=person.person_id, key=key, value=answer.value, state=answer.state, revision=revision)
        for key, answer in told.items()
    ]


def _prior(playbook: Playbook, person: PersonView) -> list[Prior]:
    known: dict[str, Any] = person.answered()
    return [
        Prior(_asked(question), known[question.key]) for question in playbook.survey.questions if question.key in known
    ]


def _asked(question: Question) -> Asked:
    return Asked(
        key=question.key,
        type=question.type,
        text=question.texts[0],
        options=tuple(
            Option(value=option.value, label=option.label or option.value, synonyms=option.synonyms)
            for option in question.options
        ),
        required=question.required,
    )


def _progress(person: PersonView) -> SurveyProgress:
    if person.survey is None:
        raise ValueError("no survey was begun")
    return person.survey


def _playbook(context: Context) -> Playbook:
    return context.survey_playbook or context.merchant.playbook
