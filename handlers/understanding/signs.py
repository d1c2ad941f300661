"""What a pattern cannot match without: one pass over a text rules out most of a table before any pattern is tried.

A table of patterns goes through every text from end to end, and nearly every message has nothing that any of them is
about. The words that each must contain are read from the patterns themselves, so that no second list has to be kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from itertools import product
from typing import Any

from ahocorasick_rs import AhoCorasick

# Python's own reading of a pattern; the standard library shows it to nobody, and has kept it since its beginning.
op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

# So many words for a piece of a pattern are still worth looking for together.
_MOST = 600
_PIECE = 256


class Signs:
    """The words without which none of these patterns can match anything."""

    def __init__(self, *patterns: re.Pattern[str]) -> None:
        self._patterns = patterns

    @cached_property
    def words(self) -> frozenset[str]:
        """Read from the patterns when a first text comes by. Raises ValueError for one that can match without any word
        of its own."""
        found: set[str] = set()
        for pattern in self._patterns:
            words = required(pattern.pattern)
            if words is None:
                raise ValueError(f"this pattern may match nearly anything: {pattern.pattern[:60]}")
            found |= words
        # A word with another inside it says no more than that one.
        ordered = sorted(found)
        inside = AhoCorasick(ordered)
        return frozenset(word for word in ordered if len(inside.find_matches_as_indexes(word, overlapping=True)) == 1)

    @cached_property
    def _search(self) -> AhoCorasick:
        return AhoCorasick(sorted(self.words))

    @cached_property
    def _overlap(self) -> int:
        return max(map(len, self.words)) - 1

    def within(self, text: str) -> bool:
        """Whether any of them stands in the text; if not, no pattern matches it."""
        if len(text) <= _PIECE:
            return self._stands_in(text)
        # The search knows no first match only, and a flood of one word would be a list of thousands.
        return any(
            self._stands_in(text[start : start + _PIECE + self._overlap]) for start in range(0, len(text), _PIECE)
        )

    def _stands_in(self, text: str) -> bool:
        try:
            return bool(self._search.find_matches_as_indexes(text))
        except UnicodeEncodeError:  # half of a character, as broken programs send it
            return bool(self._search.find_matches_as_indexes(text.encode(errors="replace").decode()))


class Table:
    """Patterns by name, of which a text hardly ever matches more than a few: one pass tells which of them it may."""

    def __init__(self, patterns: Mapping[str, re.Pattern[str]]) -> None:
        self._patterns = patterns

    @cached_property
    def _named(self) -> Mapping[str, Sequence[str]]:
        """The names of the patterns that may match where a word stands."""
        named: dict[str, list[str]] = {}
        for name, pattern in self._patterns.items():
            for word in Signs(pattern).words:
                named.setdefault(word, []).append(name)
        return named

    @cached_property
    def _search(self) -> AhoCorasick:
        return AhoCorasick(list(self._named))

    @cached_property
    def _names(self) -> Sequence[Sequence[str]]:
        return list(self._named.values())

    def may_match(self, text: str) -> set[str]:
        """The names of the patterns that may match a text, which is short or was cut."""
        try:
            found = self._search.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # half of a character, as broken programs send it
            return set(self._patterns)
        return {name for place, _, _ in found for name in self._names[place]}


def required(pattern: str) -> frozenset[str] | None:
    """Words of which every match of a pattern has at least one; None if there are none, or too many."""
    return _required(parser.parse(pattern))


def _required(pieces: Iterable[Any]) -> frozenset[str] | None:
    """Of a sequence: the best of its pieces, neighbours that are plain words taken together."""
    best: frozenset[str] | None = None
    run: frozenset[str] = frozenset([""])
    for kind, value in pieces:
        if kind in (op.AT, op.ASSERT, op.ASSERT_NOT):
            continue  # they take up no room
        plain = _plain(kind, value)
        if plain is not None and len(plain) * len(run) <= _MOST:
            run = frozenset(before + after for before, after in product(run, plain))
            continue
        best = _better(best, run)
        run = frozenset([""]) if plain is None else plain
        best = _better(best, _within(kind, value))
    return _better(best, run)


def _within(kind: Any, value: Any) -> frozenset[str] | None:
    """What a piece that is no plain word requires."""
    match kind:
        case op.SUBPATTERN:
            return _required(value[-1])
        case op.BRANCH:
            found: set[str] = set()
            for branch in value[1]:
                words = _required(branch)
                if words is None:
                    return None
                found |= words
            return frozenset(found)
        case op.MAX_REPEAT | op.MIN_REPEAT if value[0] > 0:
            return _required(value[2])
    return None


def _plain(kind: Any, value: Any) -> frozenset[str] | None:
    """All words that a piece can match, if they are few."""
    match kind:
        case op.LITERAL:
            return frozenset([chr(value)])
        case op.IN if all(one == op.LITERAL for one, _ in value):
            return frozenset(chr(code) for _, code in value)
        case op.SUBPATTERN:
            return _plain_sequence(value[-1])
        case op.BRANCH:
            branches = [_plain_sequence(branch) for branch in value[1]]
            words = [branch for branch in branches if branch is not None]
            found = frozenset().union(*words)
            return found if len(words) == len(branches) and len(found) <= _MOST else None
        case op.MAX_REPEAT | op.MIN_REPEAT if value[1] == 1:
            once = _plain_sequence(value[2])
            return None if once is None else once | {""} if value[0] == 0 else once
    return None


def _plain_sequence(pieces: Iterable[Any]) -> frozenset[str] | None:
    found = frozenset([""])
    for kind, value in pieces:
        if kind in (op.AT, op.ASSERT, op.ASSERT_NOT):
            continue
        plain = _plain(kind, value)
        if plain is None or len(plain) * len(found) > _MOST:
            return None
        found = frozenset(before + after for before, after in product(found, plain))
    return found


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The set that lets fewer texts by: longer words, then fewer of them; an empty word says nothing."""
    sets = [words for words in (one, other) if words is not None and "" not in words]
    return max(sets, key=lambda words: (min(map(len, words)), -len(words)), default=None)
