"""Texts of others on a terminal or in a log: nothing in them may move the cursor, begin a line or turn the reading."""

from __future__ import annotations

import re

# Control characters, line and paragraph separators, what changes the direction of reading, halves of characters.
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """The text on one line, with what a terminal would obey written as its code (`\\x1b`)."""
    return _HARMFUL.sub(_code, text)


def brief(text: str) -> str:
    """The text, or as much of it as a sentence may quote: in a file or a command there may stand anything."""
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED // 2]}…{text[-_QUOTED // 2 :]}"


_QUOTED = 800


def _code(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
