"""Patterns that are compiled when a first text comes by them: a start does not pay for all of them.

Of the four hundred patterns of the program most wait for what few people say, and to compile them all takes a third of
a second. What nearly every message passes stays compiled from the start, with `re.compile`: each look through one of
these costs a message 36 ns more.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")


class Lazy:
    """A pattern as it is written; what `re.Pattern` can do it can do once it is asked to."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __getattr__(self, name: str) -> Any:
        made = re.compile(self.pattern)
        for method in _METHODS:
            setattr(self, method, getattr(made, method))  # the next look finds it without coming here
        return getattr(made, name)


def compile(pattern: str) -> re.Pattern[str]:
    """`re.compile`, put off; tests/fuzz/test_patterns.py compiles all, and so finds what is no pattern."""
    return cast(re.Pattern[str], Lazy(pattern))
