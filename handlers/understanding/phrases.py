"""Word lists searched in one pass over the text, however long the list is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from handlers.understanding.text import dense


def words(table: str) -> tuple[str, ...]:
    """
    A table of words written with blanks between them.
    """
    return tuple(table.split())


class Phrases:
    """A list of phrases, compared without spaces and punctuation, half-width, Simplified, lower case."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._given = tuple(phrases)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """As they are compared. Made when a first text comes by: `dense` needs its tables, a tenth of a second."""
        return tuple(sorted({d for phrase in self._given if (d := dense(phrase))}))

    @cached_property
    def _search(self) -> AhoCorasick:
        return AhoCorasick(self.phrases, matchkind=MatchKind.LeftmostLongest)

    def within(self, text: str) -> bool:
        """Whether any phrase stands in the text."""
        return bool(self._search.find_matches_as_indexes(text))

    def found(self, text: str) -> list[tuple[str, int, int]]:
        """Every phrase in the text with start and end, the longest where several begin at one place."""
        return [(self.phrases[i], s, e) for i, s, e in self._search.find_matches_as_indexes(text)]


@lru_cache(maxsize=256)
def phrases(table: tuple[str, ...]) -> Phrases:
    """The search for a table of a playbook, built once for each table."""
    return Phrases(table)
