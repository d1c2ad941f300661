"""Days later somebody says that an answer was wrong, or tells what they had not: what follows from answers follows."""

from __future__ import annotations

from datetime import datetime

import msgspec

from handlers import hosting, my_data, survey
from handlers.asking import CORRECTED, NOTED, ask, find_a_place, go_on, next_question, playbook_of, remark, said
from handlers.completion import completed
from handlers.learning import Learned, learned, retag
from handlers.replies import answer_of, asked_of, keep
from handlers.understanding import Question as Asked
from handlers.understanding import Understanding
from handlers.understanding.corrections import best_named
from handlers.understanding.unasked import taken_back, told_unasked, wants_to_change
from models import effects as fx
from models.context import AnswerView, Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect, SurveyProgress
from models.events import Message
from models.fields import fields_of
from models.people import AnswerState, SurveyState
from models.playbook import Playbook
from models.playbook_survey import Question

DELETED = "好的，{what}删掉了，以后也不问。"
NOT_KEPT = "{what}我这儿没有记，以后也不问。"
WHICH = "好，要改哪一项？现在记的是：\n{answers}\n直接说哪一项改成什么就行；不想留的，说把哪一项删掉。"
WHICH_OF_NONE = "你还没告诉过我什么，所以没有要改的。想到什么直接说就行。"


def is_about_it(text: str, playbook: Playbook) -> bool:
    """Whether a message wants an answer deleted, or to change what we keep without saying what, and nothing else."""
    return wants_to_change(text) or taken_back(text, tuple(asked_of(playbook).values())) is not None


def heard(event: Message, context: Context, person: PersonView) -> list[Effect] | None:
    """Delete the answer that they want deleted, ask which one they want to change; None where it is neither.

    It is about what we keep of them: they get their answer whatever they have opted out of.
    """
    if person.roles:
        return None
    if (taken := taken_back(event.text, tuple(asked_of(playbook_of(context)).values()))) is not None:
        return _deleted(event, context, person, *taken)
    if not wants_to_change(event.text):
        return None
    return [_say(event, context, person, _which(context, person)), *survey.came_back(event.at, person, event.account)]


def _deleted(event: Message, context: Context, person: PersonView, asked: Asked, what: str) -> list[Effect]:
    """The value goes, with what it brought; that they would rather not tell stays, so that nobody asks again."""
    playbook, progress = playbook_of(context), person.survey
    was_kept = asked.key in person.answered()
    declined = {asked.key: AnswerView(value=None, state=AnswerState.DECLINED)}
    knowing = msgspec.structs.replace(person, answers={**person.answers, **declined})
    known = learned(playbook, knowing)
    question = playbook.question(asked.key)
    revision = progress.revision if progress else context.merchant.revision
    effects = [
        *keep(playbook, person, revision, declined),
        *retag(knowing, known),
        fx.Audit(actor=person.wire_id, action="delete_answer", target=person.wire_id, place=event.account, reason=what),
        _say(event, context, person, (DELETED if was_kept else NOT_KEPT).format(what=what)),
    ]
    if progress is not None and question is not None and _is_in_remark(playbook, question):
        effects += remark(event.at, context, person, progress)
    if progress is None or not survey.is_open(person, event.account):
        return effects
    if progress.question != asked.key or hosting.may_not_keep(context, person):
        return [*effects, *survey.came_back(event.at, person, event.account)]
    return [*effects, *go_on(event.at, context, knowing, hosting.heard_from(progress), known)]


def _which(context: Context, person: PersonView) -> str:
    answers = "\n".join(my_data.answers(context, person))
    return WHICH.format(answers=answers) if answers else WHICH_OF_NONE


def which(event: Message, context: Context, person: PersonView, meant: Understanding) -> list[Effect]:
    """Something was wrong, and they don't say what: nothing is taken for it (我说错了, days after many answers)."""
    if meant.corrects is None or meant.value is not None:
        return []
    asked = asked_of(playbook_of(context))[meant.corrects]
    return [] if best_named([asked], event.text) else [_say(event, context, person, _which(context, person))]


def told(event: Message, context: Context, person: PersonView) -> Understanding | None:
    """What they tell of their own accord when nothing is asked: 我换城市了，在武汉; 抗老也想要."""
    on = event.at.astimezone(context.merchant.zone).date()
    new = told_unasked(event.text, tuple(asked_of(playbook_of(context)).values()), on)
    if new is None:
        return None
    value = new.value
    if new.change != "is":
        had = person.answered().get(new.question.key, [])
        wanted = {*had, *value} if new.change == "also" else {*had} - {*value}
        value = [option.value for option in new.question.options if option.value in wanted]
        if not value:
            return None
    return Understanding("answer", also={new.question.key: value})


def _say(event: Message, context: Context, person: PersonView, text: str) -> Effect:
    return fx.Send(
        key=f"correct:{person.wire_id}:{event.wire_id or f'{event.at:%Y%m%dT%H%M%S%f}'}",
        account=event.account,
        lane=Lane.REPLY,
        cause=Cause.CHAT,
        contact_id=person.contact_id,
        text=text,
        about_consent=True,
    )


def correct(at: datetime, context: Context, person: PersonView, meant: Understanding) -> list[Effect]:
    """Days later somebody says that an answer was wrong, or tells what they had not: the answers, their tags and the
    remark follow.

    If they do not say what is right, they are asked; and so is what applies only now.
    """
    playbook, progress = playbook_of(context), person.survey
    if progress is None:
        return []
    told = {key: answer_of(value) for key, value in meant.also.items()}
    if meant.corrects is not None:
        told[meant.corrects] = answer_of(meant.value)
    questions = [question for key in told if (question := playbook.question(key))]
    if len(questions) < len(told) or not questions:
        return []
    knowing = msgspec.structs.replace(person, answers={**person.answers, **told})
    known = learned(playbook, knowing)
    effects = [*keep(playbook, person, progress.revision, told), *retag(knowing, known)]
    if meant.corrects is not None and meant.value is None:
        return [*effects, *ask(at, context, knowing, progress, questions[-1])]
    finished = progress.state == SurveyState.FINISHED
    word = CORRECTED if meant.corrects else NOTED
    is_in_remark = any(_is_in_remark(playbook, one) for one in questions)
    renamed = remark(at, context, person, progress) if is_in_remark else []
    opened = next_question(playbook, knowing, progress, known)
    # 其实我有宝宝: how old is it? What a later playbook asks they are not asked for a correction.
    if finished and opened is not None and not learned(playbook, person).applies(opened):
        texts = tuple(f"{word}{text}" for text in opened.texts)
        return [*effects, *ask(at, context, knowing, progress, opened, texts=texts), *renamed]
    numbered = msgspec.structs.replace(progress, asked=progress.asked + 1)
    return [
        *effects,
        fx.PutSurvey(person_id=person.person_id, survey=numbered),
        said(person, numbered, word, Lane.REPLY),
        *renamed,
        *_placed_anew(at, context, knowing, progress, known),
    ]


def _placed_anew(
    at: datetime, context: Context, person: PersonView, progress: SurveyProgress, known: Learned
) -> list[Effect]:
    """Who only waits for a seat may belong elsewhere now."""
    if progress.state != SurveyState.FINISHED:
        return []
    earned = completed(playbook_of(context), known.facts)
    return [find_a_place(at, context, person, progress, earned, corrected=True)]


def _is_in_remark(playbook: Playbook, question: Question) -> bool:
    """Whether the remark may read otherwise for this answer; `name` stands for the first form of address."""
    named = {field.name for field in fields_of(playbook.reception.remark or "")}
    return bool(named & {question.key, "tag", *(("name",) if question.type == "name" else ())})
