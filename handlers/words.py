"""Word lists at work: the plain word that opts out, and what must not be posted."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from models.words import OPT_OUT_MESSAGES, UNLAWFUL

# Member text is analysed in its first so many characters; it is stored whole.
ANALYSED = 4_000

_PLAIN_OPT_OUT = frozenset(word.casefold() for word in OPT_OUT_MESSAGES)


def is_plain_opt_out(text: str, more: tuple[str, ...] = ()) -> bool:
    """Whether the message is one of the opt-out words and nothing else; what counts in a group."""
    if len(text) > ANALYSED:
        return False
    plain = unicodedata.normalize("NFKC", text).strip(" \t\r\n。.!！~～").casefold()
    return plain in _PLAIN_OPT_OUT or plain in more


def sensitive_word(text: str, more: tuple[str, ...]) -> str | None:
    """The first word in a text of ours that must not be posted, or None."""
    found = _automaton(more).find_matches_as_strings(text)
    return found[0] if found else None


@lru_cache(maxsize=64)
def _automaton(more: tuple[str, ...]) -> AhoCorasick:
    return AhoCorasick((*UNLAWFUL, *more))
