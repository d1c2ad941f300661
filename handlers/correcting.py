"""Days later somebody says that an answer was wrong, or tells what they had not: what follows from answers follows."""

from __future__ import annotations

from datetime import datetime

import msgspec

from handlers.asking import CORRECTED, NOTED, ask, find_a_place, next_question, playbook_of, remark, said
from handlers.completion import completed
from handlers.learning import Learned, learned, retag
from handlers.replies import answer_of, keep
from handlers.understanding import Understanding
from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Lane
from models.effects import Effect, SurveyProgress
from models.fields import fields_of
from models.people import SurveyState
from models.playbook import Playbook
from models.playbook_survey import Question


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
