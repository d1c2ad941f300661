"""What follows from answers: which of them still count, and which tags they bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import lru_cache
from typing import Any

import msgspec

from handlers.revisions import once_a_revision
from models import effects as fx
from models.conditions import Condition, Facts, holds
from models.context import AnswerView, PersonView
from models.effects import SURVEY, Effect
from models.people import AnswerState
from models.playbook import Playbook
from models.playbook_survey import Question, TagRule


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """`live` are the keys of answers whose questions still apply, `facts` what is known by them, for conditions."""

    live: frozenset[str]
    facts: Facts

    @property
    def given(self) -> Mapping[str, Any]:
        """The values of live answers that were given."""
        return self.facts.answers

    @property
    def tags(self) -> frozenset[str]:
        """All tags."""
        return self.facts.tags

    def applies(self, question: Question) -> bool:
        """Whether the question is one for this person."""
        return question.when is None or holds(question.when, self.facts)


class _Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What a playbook says about tags, arranged for looking it up."""

    branches: Mapping[str, Question]  # questions that are not for everybody
    tagging: tuple[Question, ...]  # questions that bring tags by being answered
    governed: frozenset[str]  # tags that come and go with answers
    always: tuple[TagRule, ...]  # rules that ask for no answer
    earned: Callable[[str, Any], frozenset[str]]  # tags that one answer brings, by question and value
    by_answer: Mapping[str, tuple[TagRule, ...]]  # the others, by the first answer that they ask for
    chained: tuple[TagRule, ...]  # rules that look at tags themselves
    unless: tuple[TagRule, ...]  # rules for who has not earned a tag, which is known once the others have been asked
    branches_by_tags: bool  # whether questions do


@once_a_revision
def _rules_of(playbook: Playbook) -> _Rules:
    questions = playbook.survey.questions
    governed = frozenset(
        [tag for question in questions for tag in question.tags]
        + [tag for rule in playbook.survey.tags for tag in rule.add]
    )
    unless = tuple(rule for rule in playbook.survey.tags if not governed.isdisjoint(rule.when.without))
    rules = [rule for rule in playbook.survey.tags if rule not in unless]
    asking = [rule for rule in rules if rule.when.answers]
    keys = {key for rule in rules for key in rule.when.answers}
    by_word: dict[str, dict[str, frozenset[str]]] = {}
    for rule in asking:
        for key, words in _words_wanted(rule.when):
            for word in words:
                tags = by_word.setdefault(key, {})
                tags[word] = tags.get(word, frozenset()).union(rule.add)
    simple = {
        key: tuple(
            (meets, rule.add)
            for rule in asking
            if _is_simple(rule.when) and not _words_wanted(rule.when)
            for asked, meets in rule.when.tests
            if asked == key
        )
        for key in keys
    }
    return _Rules(
        branches={question.key: question for question in questions if question.when is not None},
        tagging=tuple(question for question in questions if question.tags),
        governed=governed,
        always=tuple(rule for rule in rules if not rule.when.answers),
        earned=_earned_by_one(by_word, simple),
        by_answer={
            key: tuple(rule for rule in asking if not _is_simple(rule.when) and next(iter(rule.when.answers)) == key)
            for key in keys
        },
        chained=tuple(rule for rule in rules if _looks_at_tags(rule.when)),
        unless=unless,
        branches_by_tags=any(question.when is not None and _looks_at_tags(question.when) for question in questions),
    )


# Tests of an answer, each with the tags of its rule.
_Tests = tuple[tuple[Callable[[Any], bool], tuple[str, ...]], ...]


def _earned_by_one(
    by_word: Mapping[str, Mapping[str, frozenset[str]]], simple: Mapping[str, _Tests]
) -> Callable[[str, Any], frozenset[str]]:
    """Tells which tags a value brings: as an option, whose tags are looked up, or by rules that it alone decides."""

    def brought(key: str, value: Any) -> frozenset[str]:
        tags = frozenset(tag for meets, add in simple.get(key, ()) if meets(value) for tag in add)
        tags_of = by_word.get(key, {})
        for word in (value,) if isinstance(value, str) else value if isinstance(value, list | tuple) else ():
            if isinstance(word, str) and word in tags_of:
                tags |= tags_of[word]
        return tags

    # Nearly everybody's answer is one that others gave before.
    remembered = lru_cache(maxsize=4_096, typed=True)(brought)  # true is no 1
    return lambda key, value: (remembered if isinstance(value, str | int | float) else brought)(key, value)


def _looks_at_tags(condition: Condition) -> bool:
    return bool(condition.tags or condition.without)


def _is_simple(condition: Condition) -> bool:
    """Whether one answer decides it."""
    return len(condition.answers) == 1 and not (_looks_at_tags(condition) or condition.sources or condition.tiers)


def _words_wanted(condition: Condition) -> list[tuple[str, tuple[str, ...]]]:
    """The question and its options, if nothing but an option of one question decides it."""
    if not _is_simple(condition):
        return []
    [(key, wanted)] = condition.answers.items()
    words = wanted if isinstance(wanted, tuple) else (wanted,)
    texts = tuple(word for word in words if isinstance(word, str))
    return [(key, texts)] if len(texts) == len(words) else []


def learned(playbook: Playbook, person: PersonView) -> Learned:
    """What is known of a person by their answers and tags.

    Answers of a branch that an earlier answer has closed since are kept and do not count.
    """
    rules, answers = _rules_of(playbook), person.answers
    live = {key for key in answers if key not in rules.branches}
    waiting = {key: question for key, question in rules.branches.items() if key in answers}
    while waiting:
        facts = _facts(rules, person, _given(answers, live), tagged=rules.branches_by_tags)
        more = [key for key, one in waiting.items() if one.when is None or holds(one.when, facts)]
        if not more:
            break
        live.update(more)
        for key in more:
            del waiting[key]
    return Learned(live=frozenset(live), facts=_facts(rules, person, _given(answers, live), tagged=True))


def retag(person: PersonView, known: Learned) -> list[Effect]:
    """Tags that follow from answers come and go with them."""
    if known.tags == person.tags:
        return []
    add, remove = sorted(known.tags - person.tags), sorted(person.tags - known.tags)
    return [fx.PutTags(person_id=person.person_id, add=tuple(add), remove=tuple(remove), origin=SURVEY)]


def _given(answers: Mapping[str, AnswerView], live: Set[str]) -> dict[str, Any]:
    return {
        key: answer.value for key, answer in answers.items() if answer.state == AnswerState.ANSWERED and key in live
    }


def _facts(rules: _Rules, person: PersonView, given: Mapping[str, Any], *, tagged: bool) -> Facts:
    """What conditions may look at; the tags cost most and are left out where nothing looks at them."""
    if not tagged:
        return Facts(answers=given, source=person.source, tiers=person.tiers)
    tags = person.tags - (rules.governed - person.by_hand)
    for question in rules.tagging:
        if question.key in given:
            tags = tags.union(question.tags)
    facts = Facts(tags=tags, answers=given, source=person.source, tiers=person.tiers)
    earned = {tag for rule in rules.always if holds(rule.when, facts) for tag in rule.add}
    for key, value in given.items():
        earned |= rules.earned(key, value)
        for rule in rules.by_answer.get(key, ()):
            if holds(rule.when, facts):
                earned.update(rule.add)

    def so_far() -> Facts:
        return Facts(tags=tags | earned, answers=given, source=person.source, tiers=person.tiers)

    def build_on() -> None:  # a rule may build on the tags of another
        while more := {tag for rule in rules.chained if holds(rule.when, so_far()) for tag in rule.add} - earned:
            earned.update(more)

    build_on()
    for rule in rules.unless:  # in the order of the playbook, so that of several the first holds
        if holds(rule.when, so_far()):
            earned.update(rule.add)
    if rules.unless:
        build_on()
    return so_far()
