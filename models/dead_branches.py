"""Conditions of a playbook that no answers whatever can meet: dead branches, found before somebody misses them.

A condition on an answer also needs that its question was asked, and so that question's own condition; one on a tag that
only the survey gives needs one of the answers that give it. What must hold together is collected in `_Way`s, one for
each possibility. Only contradictions that are certain count: numbers may be answered by ranges and several choices may
be made, so nothing is said of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from models.conditions import Bounds, Condition, Wanted
from models.playbook import Playbook
from models.playbook_survey import Question

# A playbook with more possibilities than that is believed.
_MOST_WAYS = 500


class _Way(msgspec.Struct, frozen=True, kw_only=True):
    """What must be true together. `answers` are the values left for questions with one answer out of a few."""

    answers: Mapping[str, frozenset[str | bool]] = {}
    sources: frozenset[str] | None = None  # None: any
    tags: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()


class _TooMany(Exception):
    """There are more possibilities than are worth looking at."""


def can_hold(playbook: Playbook, condition: Condition | None, *, by_hand: bool = False) -> bool:
    """Whether somebody can meet it. With `by_hand`, tags that the survey gives may also have been given by people."""
    try:
        return condition is None or bool(_ways(playbook, condition, frozenset(), by_hand=by_hand))
    except _TooMany:
        return True


def _ways(playbook: Playbook, condition: Condition, seen: frozenset[str], *, by_hand: bool = False) -> list[_Way]:
    """Every possibility; none, if the condition cannot hold. `seen` are the questions and tags that it is about."""
    first = _Way(
        sources=frozenset(condition.sources) or None,
        tags=frozenset(condition.tags),
        without=frozenset(condition.without),
    )
    ways = [first]
    for key, wanted in condition.answers.items():
        question = playbook.question(key)
        if question is not None:
            ways = _together(playbook, ways, _answered(playbook, question, wanted, seen))
    for tag in () if by_hand else condition.tags:
        if (giving := _giving(playbook, tag, seen)) is not None:
            ways = _together(playbook, ways, giving)
    return [way for way in ways if _is_possible(playbook, way)]


def _answered(playbook: Playbook, question: Question, wanted: Wanted | None, seen: frozenset[str]) -> list[_Way]:
    """How the question comes to be answered so; None is any answer."""
    name = f"question {question.key}"
    if name in seen:
        return []
    values = _values(question, wanted)
    one = _Way(
        answers={question.key: values} if values is not None else {},
        tags=frozenset(question.tags),
    )
    asked = [_Way()] if question.when is None else _ways(playbook, question.when, seen | {name})
    return _together(playbook, asked, [one])


def _giving(playbook: Playbook, tag: str, seen: frozenset[str]) -> list[_Way] | None:
    """How the survey gives a tag; None, if it never does, so that it comes from elsewhere."""
    questions = [question for question in playbook.survey.questions if tag in question.tags]
    rules = [rule for rule in playbook.survey.tags if tag in rule.add]
    if not questions and not rules:
        return None
    name = f"tag {tag}"
    if name in seen:
        return []
    found = [way for question in questions for way in _answered(playbook, question, None, seen | {name})]
    return found + [way for rule in rules for way in _ways(playbook, rule.when, seen | {name})]


def _values(question: Question, wanted: Wanted | None) -> frozenset[str | bool] | None:
    """The answers that are wanted of a question that takes one of a few; None where that cannot be said."""
    if question.type not in ("choice", "yesno"):
        return None
    every: frozenset[str | bool] = (
        frozenset((True, False)) if question.type == "yesno" else frozenset(one.value for one in question.options)
    )
    match wanted:
        case None:
            return every
        case Bounds():
            return frozenset()
        case tuple():
            return every.intersection(wanted)
        case _:
            return every & {wanted}


def _together(playbook: Playbook, ways: list[_Way], others: list[_Way]) -> list[_Way]:
    """Both at once, in every combination that is possible."""
    if len(ways) * len(others) > _MOST_WAYS:
        raise _TooMany
    return [both for one in ways for other in others if _is_possible(playbook, both := _both(one, other))]


def _both(one: _Way, other: _Way) -> _Way:
    keys = one.answers.keys() | other.answers.keys()
    return _Way(
        answers={key: frozenset.intersection(*_given(key, one, other)) for key in keys},
        sources=one.sources & other.sources
        if one.sources is not None and other.sources is not None
        else one.sources
        if other.sources is None
        else other.sources,
        tags=one.tags | other.tags,
        without=one.without | other.without,
    )


def _given(key: str, *ways: _Way) -> Iterator[frozenset[str | bool]]:
    return (way.answers[key] for way in ways if key in way.answers)


def _is_possible(playbook: Playbook, way: _Way) -> bool:
    if not all(way.answers.values()) or (way.sources is not None and not way.sources):
        return False
    return way.without.isdisjoint(way.tags) and (not way.without or way.without.isdisjoint(_following(playbook, way)))


def _following(playbook: Playbook, way: _Way) -> Iterable[str]:
    """Tags that the survey gives to everybody of whom so much is true."""
    for rule in playbook.survey.tags:
        when = rule.when
        if when.tags or when.without or when.sources or when.tiers:
            continue
        wanted = {key: (playbook.question(key), one) for key, one in when.answers.items()}
        if all(
            question is not None
            and (values := _values(question, one)) is not None
            and key in way.answers
            and way.answers[key] <= values
            for key, (question, one) in wanted.items()
        ):
            yield from rule.add
