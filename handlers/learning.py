"""What follows from answers: which of them still count, and which tags they bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from models import effects as fx
from models.conditions import Facts, holds
from models.context import AnswerView, PersonView
from models.effects import SURVEY, Effect
from models.people import AnswerState
from models.playbook import Playbook, Question


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """`live` are the keys of answers whose questions still apply, `given` the values among them; `tags` all tags."""

    live: frozenset[str]
    given: Mapping[str, Any]
    tags: frozenset[str]
    source: str

    @property
    def facts(self) -> Facts:
        """For conditions."""
        return Facts(tags=self.tags, answers=self.given, source=self.source)

    def applies(self, question: Question) -> bool:
        """Whether the question is one for this person."""
        return question.when is None or holds(question.when, self.facts)


def learned(playbook: Playbook, person: PersonView) -> Learned:
    """What is known of a person by their answers and tags.

    Answers of a branch that an earlier answer has closed since are kept and do not count.
    """
    questions = playbook.survey.questions
    answers = person.answers
    live = set(answers) - {question.key for question in questions}
    known = _known(playbook, person, answers, live)
    while more := [one for one in questions if one.key in answers and one.key not in live and known.applies(one)]:
        live |= {question.key for question in more}
        known = _known(playbook, person, answers, live)
    return known


def retag(playbook: Playbook, person: PersonView) -> list[Effect]:
    """Tags that follow from answers come and go with them."""
    after = learned(playbook, person).tags
    add, remove = sorted(after - person.tags), sorted(person.tags - after)
    if not add and not remove:
        return []
    return [fx.PutTags(person_id=person.person_id, add=tuple(add), remove=tuple(remove), origin=SURVEY)]


def _known(playbook: Playbook, person: PersonView, answers: Mapping[str, AnswerView], live: set[str]) -> Learned:
    given = {key: answers[key].value for key in answers if key in live and answers[key].state == AnswerState.ANSWERED}
    questions, rules = playbook.survey.questions, playbook.survey.tags
    governed = {tag for question in questions for tag in question.tags} | {tag for rule in rules for tag in rule.add}
    tags = person.tags - governed
    tags |= {tag for question in questions if question.key in given for tag in question.tags}
    earned: set[str] = set()
    while True:  # a rule may build on the tags of another
        facts = Facts(tags=tags | earned, answers=given, source=person.source)
        more = {tag for rule in rules if holds(rule.when, facts) for tag in rule.add} - earned
        if not more:
            return Learned(live=frozenset(live), given=given, tags=facts.tags, source=person.source)
        earned |= more
