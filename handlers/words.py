"""Word lists at work: the plain word that opts out, what the platform says by itself, what must not be posted."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from models.words import OPT_OUT_IN_GROUPS, PLATFORM_LINES, UNLAWFUL

# Longer messages are none of the short ones that are looked for here.
_LONGEST = 100


def is_plain_opt_out(text: str, more: tuple[str, ...] = ()) -> bool:
    """Whether the message is one of the opt-out words and nothing else; what counts in a group."""
    plain = _plain(text)
    return plain in OPT_OUT_IN_GROUPS or plain in _plain_words(more)


def is_platform_line(text: str) -> bool:
    """Whether WeChat itself said this in the name of one side, as it does when a friendship begins."""
    plain = _plain(text)
    return any(line in plain for line in PLATFORM_LINES)


def sensitive_word(text: str, more: tuple[str, ...]) -> str | None:
    """The first word in a text of ours that must not be posted, or None. Full-width and capital letters count too."""
    found = _automaton(more).find_matches_as_strings(_folded(text))
    return found[0] if found else None


def _plain(text: str) -> str:
    """A short message without what is around it; empty for a long one."""
    return _folded(text).strip(" \t\r\n。.!！~～,，") if len(text) <= _LONGEST else ""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=64)
def _plain_words(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_plain, words))


@lru_cache(maxsize=64)
def _automaton(more: tuple[str, ...]) -> AhoCorasick:
    return AhoCorasick((*UNLAWFUL, *map(_folded, more)))
