"""Word lists at work: the plain word that opts out, what the platform says by itself, what must not be posted."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from handlers.understanding.text import readable
from models.words import OPT_OUT_IN_GROUPS, PLATFORM_LINES, UNLAWFUL

# Longer messages are none of the short ones that are looked for here.
_LONGEST = 100
_SHORTEST_LINE = min(map(len, PLATFORM_LINES))
# What people put around a word.
_AROUND = " \t\r\n。.!！~～,，"


def is_plain_opt_out(text: str, more: tuple[str, ...] = ()) -> bool:
    """Whether the message is one of the opt-out words and nothing else; what counts in a group."""
    if not _may_begin(text[:1], more):  # as nearly everything
        return False
    return _plain(text) in _opt_outs(more).whole


@lru_cache(maxsize=8_192)
def _may_begin(sign: str, more: tuple[str, ...]) -> bool:
    """Whether such a word may begin with this sign, or with something around it."""
    first = _folded_sign(sign)
    return first in _AROUND or first[:1] in _opt_outs(more).begins


def is_platform_line(text: str) -> bool:
    """Whether WeChat itself said this in the name of one side, as it does when a friendship begins."""
    if len(text) < _SHORTEST_LINE:
        return False
    plain = _plain(text)
    return any(line in plain for line in PLATFORM_LINES)


def sensitive_word(text: str, more: tuple[str, ...]) -> str | None:
    """The first word in a text of ours that must not be posted, or None."""
    return next(iter(sensitive_words(text, more)), None)


@lru_cache(maxsize=1_024)  # the same post goes to forty groups, and is looked at twice on its way to each
def sensitive_words(text: str, more: tuple[str, ...]) -> tuple[str, ...]:
    """The words in a text of ours that must not be posted, each once. Full-width, capital and Traditional characters
    count too, and blanks between them hide nothing."""
    return tuple(dict.fromkeys(_automaton(more).find_matches_as_strings(_posted(text))))


def _plain(text: str) -> str:
    """A short message without what is around it; empty for a long one."""
    return _folded(text).strip(_AROUND) if len(text) <= _LONGEST else ""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


_folded_sign = lru_cache(maxsize=8_192)(_folded)


class _OptOuts(NamedTuple):
    whole: frozenset[str]
    begins: frozenset[str]  # the first character of each


@lru_cache(maxsize=64)
def _opt_outs(more: tuple[str, ...]) -> _OptOuts:
    whole = frozenset((*OPT_OUT_IN_GROUPS, *map(_plain, more))) - {""}
    return _OptOuts(whole, frozenset(word[0] for word in whole))


@lru_cache(maxsize=64)
def _automaton(more: tuple[str, ...]) -> AhoCorasick:
    return AhoCorasick(tuple(map(_posted, (*UNLAWFUL, *more))))


def _posted(text: str) -> str:
    return "".join(readable(_folded(text)).split())
