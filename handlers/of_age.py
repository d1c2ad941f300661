"""Who is asked whether they are of age, and says no, is sent no promotion: nobody under age can agree to it."""

from __future__ import annotations

from handlers.revisions import once_a_revision
from handlers.understanding.under_age import asks_of_age
from models.context import PersonView
from models.people import AnswerState
from models.playbook import Playbook


@once_a_revision
def _asking(playbook: Playbook) -> tuple[str, ...]:
    """The keys of the questions, to be answered by yes or no, which ask for it in whatever words."""
    return tuple(
        question.key
        for question in playbook.survey.questions
        if question.type == "yesno" and all(map(asks_of_age, question.texts))
    )


def is_under_age(playbook: Playbook, person: PersonView) -> bool:
    """Whether somebody has said so, and not put it right since."""
    answers = (person.answers.get(key) for key in _asking(playbook))
    return any(one is not None and one.state == AnswerState.ANSWERED and one.value is False for one in answers)
