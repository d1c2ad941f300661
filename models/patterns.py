"""Regular expressions that are compiled when a text first meets them.

The program knows hundreds of them, and compiling all takes a third of a second: too long for one that is started again
after a crash, and has a login to decide before anybody has said a word. Those that nearly every message is looked
through with are compiled by `re` at once: a look through one that was put off costs 40 ns more.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")


class Uncompiled:
    """Stands for a pattern. Its methods are those of the compiled one, from their first use on its very own."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(self, name)


def compile_later(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, but later. Raises `re.error` at its first use, so a test compiles them all."""
    return cast("re.Pattern[str]", Uncompiled(pattern, flags))
