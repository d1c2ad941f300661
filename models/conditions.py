"""Conditions of a playbook: who a rule, a question or a tier is for.

A condition holds if all of its keys hold: `tags` (the person has all of them), `without` (has none), `sources` (came
from any of them), `tiers` (is in a group of any of them), and every other key names an answer and what is wanted of it:

- a value: the answer is that value, or a list with that value in it;
- a list of values: any of them;
- `{ min, max }`, both inclusive: the answer is a number within, or a range that overlaps.

An answer that was not given never holds. A list of two numbers in rising order, or with a null, is a range `[lo, hi]`
(null: open on that side), as `understand` writes it; any other list is several values. A number that is wanted holds
for a range around it. True is not 1, and texts are compared as written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, TypeGuard

import msgspec
from pydantic import ConfigDict, Field, ValidationError, WrapValidator
from pydantic.functional_validators import ModelWrapValidatorHandler

from models.playbook_values import Name, Part, expected

Scalar = bool | int | float | str
Answer = Scalar | Sequence[Scalar | None]


class Bounds(Part):
    """From `min` to `max`, both inclusive; an absent one is open."""

    min: float | None = None
    max: float | None = None


def _wanted(value: object, handler: ModelWrapValidatorHandler[Any]) -> Any:
    try:
        return handler(value)
    except ValidationError:  # one sentence instead of one for every form that it is not
        raise expected("要写一个值、几个值，或从几到几（{ min, max }）") from None


Wanted = Annotated[
    Scalar | Annotated[tuple[Scalar, ...], Field(min_length=1, strict=False)] | Bounds,
    WrapValidator(_wanted),
]


class Condition(Part):
    """A table whose keys must all hold; keys that are not fields are answers' keys. An empty one always holds."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Wanted] = Field(init=False)

    tags: tuple[Name, ...] = ()
    without: tuple[Name, ...] = ()
    sources: tuple[Name, ...] = ()
    tiers: tuple[Name, ...] = ()

    @cached_property
    def answers(self) -> Mapping[str, Wanted]:
        """What is wanted of answers, by their keys."""
        return MappingProxyType(self.__pydantic_extra__)

    @cached_property
    def tests(self) -> tuple[tuple[str, Callable[[Answer], bool]], ...]:
        """The same as questions to an answer, for conditions are asked far more often than they are written."""
        return tuple((key, _test_of(wanted)) for key, wanted in self.answers.items())


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person. `answers` holds only those given; `tiers` are those of the groups they are in."""

    tags: frozenset[str] = frozenset()
    answers: Mapping[str, Answer] = {}
    source: str = ""
    tiers: frozenset[str] = frozenset()


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether all that the condition names is true of the person."""
    answers = facts.answers
    for key, meets in condition.tests:
        if key not in answers or not meets(answers[key]):
            return False
    return (
        (not condition.tags or facts.tags.issuperset(condition.tags))
        and (not condition.without or facts.tags.isdisjoint(condition.without))
        and (not condition.sources or facts.source in condition.sources)
        and (not condition.tiers or not facts.tiers.isdisjoint(condition.tiers))
    )


def _test_of(wanted: Wanted) -> Callable[[Answer], bool]:
    """Tells of an answer in its normal form whether it is what a condition wants."""
    if isinstance(wanted, tuple):
        tests = [_test_of(one) for one in wanted]
        return lambda answer: any(meets(answer) for meets in tests)
    if isinstance(wanted, Bounds):
        bounds = (wanted.min, wanted.max)
        return lambda answer: _any_overlaps(answer, bounds)
    if _is_number(wanted):
        number = (wanted, wanted)
        return lambda answer: _any_overlaps(answer, number)
    kind = type(wanted)

    def is_or_has(answer: Answer) -> bool:
        if isinstance(answer, str | bool | int | float):
            return type(answer) is kind and answer == wanted
        return any(type(value) is kind and value == wanted for value in answer)

    return is_or_has


Span = tuple[float | None, float | None]


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _spans(answer: Answer) -> tuple[Span, ...]:
    """The numbers in an answer as ranges."""
    if _is_number(answer):
        return ((answer, answer),)
    if isinstance(answer, str | bool | int | float):
        return ()
    match answer:
        case [None, None]:
            return ()
        case [lo, None] if _is_number(lo):
            return ((lo, None),)
        case [None, hi] if _is_number(hi):
            return ((None, hi),)
        case [lo, hi] if _is_number(lo) and _is_number(hi) and lo <= hi:
            return ((lo, hi),)
    return tuple((value, value) for value in answer if _is_number(value))


def _any_overlaps(answer: Answer, wanted: Span) -> bool:
    least, most = wanted
    for lo, hi in _spans(answer):
        if (lo is None or most is None or lo <= most) and (least is None or hi is None or least <= hi):
            return True
    return False
