"""What the talk of groups has taught: how much each sign speaks for a question, and for an answer to one.

`python -m training` fits the weights to transcripts of our own and writes `group_model.json`. What is read wrongly is
put right by another transcript there, not by another rule here.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache

import msgspec

from handlers.understanding.pieces import Weights

Signs = Mapping[str, float]


class Model(msgspec.Struct, frozen=True):
    """Weights by sign, in hundredths."""

    hears: dict[str, int]
    """For a question, by its wording and by what was said before it."""
    answers: dict[str, dict[str, int]]
    """For an answer to one that waits, by who speaks: `staff` or `member`."""


@cache
def model() -> Model:
    """Loaded when it is first wanted."""
    return msgspec.json.decode(pkgutil.get_data("handlers.understanding", "group_model.json") or b"", type=Model)


LETTERS = "'"
"""What the sign of a character or of a pair begins with."""


@cache
def letters_heard() -> Weights:
    """What characters and pairs speak for a question: they are most of the signs of a text."""
    return Weights({sign[len(LETTERS) :]: weight for sign, weight in model().hears.items() if sign.startswith(LETTERS)})


def speaks_for(signs: Signs, weights: Mapping[str, int]) -> float:
    """How much these signs speak for what the weights are of: the logarithm of the odds."""
    return sum(weights.get(sign, 0) * worth for sign, worth in signs.items()) / 100
