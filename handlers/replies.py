"""What replies say about the survey's questions: how they are read, and what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.asking import playbook_of
from handlers.revisions import once_a_revision
from handlers.understanding import Option, Prior, Understanding, Words, first_look, understand
from handlers.understanding import Question as Asked
from models import effects as fx
from models.context import AnswerView, Context, PersonView
from models.effects import Effect
from models.people import AnswerState, SurveyState
from models.playbook import Playbook
from models.playbook_survey import Question


@once_a_revision
def words_of(playbook: Playbook) -> Words:
    """The playbook's additions to the word lists that ship."""
    return Words(opt_out=playbook.words.opt_out, human=playbook.words.human, business=playbook.words.business)


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


def prior_of(context: Context, person: PersonView) -> list[Prior]:
    """What they answered so far."""
    known = person.answered()
    return [Prior(asked, known[key]) for key, asked in asked_of(playbook_of(context)).items() if key in known]


def unanswered(context: Context, person: PersonView) -> list[Asked]:
    """What they would not answer, or were not asked while the survey lasted: days later they may say it unasked."""
    known = person.answered()
    over = person.survey is not None and person.survey.state == SurveyState.FINISHED
    asked = asked_of(playbook_of(context)).items()
    return [each for key, each in asked if key not in known and (over or key in person.answers)]


def understood(at: datetime, context: Context, person: PersonView, question: Question, text: str) -> Understanding:
    """What a reply to the open question means, knowing what they said before and what is still to be asked."""
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


def told_by(question: Question, meant: Understanding) -> dict[str, AnswerView]:
    """What a reply says about questions, the open one and others."""
    told = {key: answer_of(value) for key, value in meant.also.items()}
    match meant.act:
        case "answer":
            told[question.key] = answer_of(meant.value)
        case "decline":
            told[question.key] = AnswerView(value=None, state=AnswerState.DECLINED)
        case "later":
            told[question.key] = AnswerView(value=None, state=AnswerState.LATER)
        case "correct" if meant.corrects:
            told[meant.corrects] = answer_of(meant.value)
    return told


def answer_of(value: Any) -> AnswerView:
    """A value as it is kept; none is one that is still to come."""
    return AnswerView(value=value, state=AnswerState.LATER if value is None else AnswerState.ANSWERED)


def keep(playbook: Playbook, person: PersonView, revision: str, told: dict[str, AnswerView]) -> list[Effect]:
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
