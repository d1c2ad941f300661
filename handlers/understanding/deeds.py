"""What a reply in a group does whatever was asked: it tells something, defers, guesses, talks, or tells everybody.

A linear classifier decides over the characters of a reply, their pairs and triples. It is trained on lines of our own
by `python -m training`, which writes `deeds_model.json`; a reply that is read wrongly is put right by adding lines like
it there.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache, lru_cache
from math import exp

import msgspec

from handlers.understanding.pieces import pieces
from handlers.understanding.text import dense
from models.patterns import compile_later


class Model(msgspec.Struct, frozen=True):
    """Weights by feature, in hundredths, one for each of `DEEDS`."""

    weights: dict[str, list[int]]


DEEDS = ("answer", "defer", "guess", "chat", "notice")

_CALLED = compile_later(r"@\S+\s?")
_NUMBER = compile_later(r"\d+")
_READ = 60


def features(said: str) -> set[str]:
    """What the classifier looks at: characters, their pairs and triples, numbers alike, and how many there are."""
    core = dense(_CALLED.sub("", said))[:_READ]
    whole = f"^{core}$"
    found = set(pieces(whole, 3))
    counted = _NUMBER.sub("0", whole)
    found |= {counted[at : at + 3] for at in range(len(counted) - 2) if "0" in counted[at : at + 3]}
    found.add(f"long {min(6, len(core) // 3)}")
    return found


@cache
def _model() -> Model:
    return msgspec.json.decode(pkgutil.get_data("handlers.understanding", "deeds_model.json") or b"", type=Model)


@lru_cache(maxsize=4_096)
def deeds_of(said: str) -> Mapping[str, float]:
    """How likely a reply does each of `DEEDS`."""
    weights = _model().weights
    rows = [row for each in features(said) if (row := weights.get(each))]
    sums = [sum(column) / 100 for column in zip(*rows, strict=True)] or [0.0] * len(DEEDS)
    odds = [exp(each - max(sums)) for each in sums]
    return {deed: each / sum(odds) for deed, each in zip(DEEDS, odds, strict=True)}
