"""Characters, and what stands together of them: what the small models look at, and what it all weighs in a text."""

from __future__ import annotations

from collections.abc import Mapping
from operator import add, itemgetter

from ahocorasick_rs import AhoCorasick

_PLACE = itemgetter(0)


def pieces(text: str, longest: int) -> dict[str, None]:
    """The characters of a text and what stands together of them, up to so many, each once: what training looks at."""
    found = dict.fromkeys(text)
    together = list(text)
    for after in range(1, longest):
        together = list(map(add, together, text[after:]))
        found |= dict.fromkeys(together)
    return found


class Weights:
    """Weights of pieces, added up for a text in one pass.

    To make each piece of a text and to look it up costs half as much again for a short text, and three times as much
    where most of its pieces weigh nothing.
    """

    def __init__(self, weights: Mapping[str, int]) -> None:
        self._search = AhoCorasick(list(weights))
        self._weight = list(weights.values()).__getitem__

    def of(self, text: str) -> int:
        """What the pieces that stand in a text weigh, each counted once; whole characters, no halves of them."""
        return sum(map(self._weight, set(map(_PLACE, self._search.find_matches_as_indexes(text, overlapping=True)))))
