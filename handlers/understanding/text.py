"""A reply made readable for tables: half-width, Simplified, lower case, without emoji, at unchanged offsets.

Every step replaces one character by one character, so a piece found in the normalised text can be cut out of what the
person really wrote. Only the first `LIMIT` characters are looked at, whatever the length of the message, and an answer
is looked for in the first `ANSWER_LIMIT`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from functools import cache, lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from opencc import OpenCC

LIMIT = 4_000
"""Characters of a message that are analysed; the rest is kept with the message but never read."""
ANSWER_LIMIT = 400
"""Characters in which an answer, a correction or a question is looked for; behind them only what must never be missed:
to be left alone, a human, are you a bot. Whoever writes more tells a story, or means to keep us busy."""

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: ord("¥")}
_CIRCLED = {ord(circle): str(number) for number, circle in enumerate("①②③④⑤⑥⑦⑧⑨", 1)}
_CIRCLED |= {ord(circle): str(number) for number, circle in enumerate("❶❷❸❹❺❻❼❽❾", 1)}
_CIRCLED |= {ord(roman): str(number) for number, roman in enumerate("ⅠⅡⅢⅣⅤⅥⅦⅧⅨ", 1)}
# Halves of characters, which no search over words can take.
_HALVES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_SHAPES = _HALF_WIDTH | _CIRCLED | _HALVES

# Characters that the character table leaves, and Cantonese words that have one Mandarin character as their equal.
_SPOKEN = str.maketrans("妳牠祂著唔冇嘅喺佢啲畀俾係覅嫑咗侪", "你它他着不没的在他些给给是别别了都")


def _simplified() -> dict[int, str]:
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    simple = OpenCC("t2s").convert(every)
    return {ord(old): new for old, new in zip(every, simple, strict=True) if old != new}


_LOWER = {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}

_PICTURE = (
    "\U0001f000-\U0001faff\U0001f1e6-\U0001f1ff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u2300-\u23ff"
    "\ufe00-\ufe0f\u200b-\u200f\u20e3\u2060\U000e0020-\U000e007f\u3030\u303d\u00a9\u00ae\u2122"
)
_CODE = r"\[[A-Za-z\u4e00-\u9fff]{1,8}\]"
_CODE_OR_EMOJI = re.compile(rf"{_CODE}|[{_PICTURE}]")
# A string is the fastest table: a character that a mapping has not costs an exception. What lies beyond it is rare.
_TABLE_END = 0x20000
_CODE_OR_FAR_EMOJI = re.compile(rf"{_CODE}|[\U000e0020-\U000e007f]")
_FAR_EMOJI = re.compile("[\U000e0020-\U000e007f]")


class _Tables(NamedTuple):
    half: str
    without_emoji: str
    plain: str
    plain_without_emoji: str


@cache
def _tables() -> _Tables:
    """Made when a text is first read: they take a tenth of a second, and most commands read none."""
    half = _table(_SHAPES)
    blanked = {ord(sign): " " for sign in re.findall(f"[{_PICTURE}]", half) if ord(sign) not in _SHAPES}
    readable: dict[int, str | int] = {**_simplified(), **_SPOKEN, **_LOWER}
    return _Tables(half, _table(blanked, _SHAPES), _table(_SHAPES, readable), _table(blanked, _SHAPES, readable))


def _table(*steps: Mapping[int, str | int]) -> str:
    """What becomes of each character, one step after the other."""
    signs = list(map(chr, range(_TABLE_END)))
    for code in {code for step in steps for code in step}:
        for step in steps:
            new = step.get(ord(signs[code]), signs[code])
            signs[code] = new if isinstance(new, str) else chr(new)
    return "".join(signs)


_KEPT = re.compile(r"[^\W_]+")
PARTICLES = "吧啊呀呐呢嘛哈哦噢喔啦咯嘞呗哟嗯额呃唉诶欸哎嘿滴捏哒叭撒噻哩咧"
# Every alternative begins with a character, not with a look around, so that the search leaps over all others.
_CLAUSE_END = re.compile(
    r"[，。！？；、,!?;~…\n\r\t—]+|\.{2,}|\.(?<!\d\.)|\.(?!\d)|"
    r"[吧呗啦咯嘞哈](?![喽啰罗])(?=\w{2})| (?<![a-z] ) *| +(?![a-z ])"
)
_MAY_END = re.compile(r"[，。！？；、,!?;~…\n\r\t—. 吧呗啦咯嘞哈]")
# What ends a clause and belongs to it.
_ENDS_INSIDE = frozenset("?？吧呗啦咯嘞哈")


_Reading = TypeVar("_Reading")


class _WhenWanted(Generic[_Reading]):
    """A reading that is made when it is first wanted, and kept. `functools.cached_property` takes a lock for it, which
    is half of what most of them cost."""

    def __init__(self, read: Callable[[Any], _Reading]) -> None:
        self.read, self.name = read, read.__name__

    def __get__(self, message: Any, _owner: type) -> _Reading:
        reading = message.__dict__[self.name] = self.read(message)
        return reading


class Message:
    """One reply (all its bubbles), with the readings that the parsers share, each made once and when first wanted."""

    def __init__(self, raw: str, limit: int = LIMIT) -> None:
        self.raw = raw
        """All of it; `read` is the part that is looked at."""
        self.read = raw[:limit]
        self.text: str = _without_codes(self.read.translate(_tables().plain_without_emoji)).replace("关是", "关系")
        """Half-width, Simplified and lower case, emoji and [微笑] codes blanked; the offsets are those of `raw`."""
        self.dense = joined(self.text)
        """The text without spaces and punctuation."""

    @_WhenWanted
    def written(self) -> str:
        """`text` before it was made Simplified and lower case."""
        return _without_codes(self.read.translate(_tables().without_emoji))

    def beginning(self, raw: str) -> Message:
        """The reading of a longer text that begins like this one, of which no more is read."""
        whole = copy(self)
        whole.raw = raw
        return whole

    @_WhenWanted
    def bare(self) -> str:
        """The dense text without opening and closing particles: what whole-message tables are compared with."""
        return self.dense.strip(PARTICLES) or self.dense

    @_WhenWanted
    def clauses(self) -> tuple[tuple[int, int], ...]:
        """Start and end of every clause: people use blanks, new lines and closing particles as full stops."""
        return clauses(self.text)

    @_WhenWanted
    def pictures(self) -> tuple[str, ...]:
        """The emoji and [微笑] codes, in order."""
        return tuple(_CODE_OR_EMOJI.findall(self.read.translate(_tables().half)))

    def without(self, spans: Iterable[tuple[int, int]]) -> str:
        """The text with some spans replaced by commas, so that offsets stay and nothing is joined across them."""
        pieces = list(self.text)
        for start, end in spans:
            pieces[start:end] = "," * (end - start)
        return "".join(pieces)


# What is said is looked at for one meaning after the other, and each asks for its readings.
message_of = lru_cache(maxsize=8)(Message)


def _without_codes(text: str) -> str:
    # Nearly nothing that is said has any of them, and nothing without a bracket a code.
    return _CODE_OR_FAR_EMOJI.sub(_blank, text) if "[" in text or _FAR_EMOJI.search(text) else text


def _blank(found: re.Match[str]) -> str:
    # A keycap such as 2️⃣ is a digit and two invisible marks: the marks go, the digit stays.
    return " " * (found.end() - found.start())


# Nobody writes more clauses, or longer ones: what is behind them is a flood, and counts as one clause, or as none.
MOST_CLAUSES = 128
LONGEST_CLAUSE = 400


@lru_cache(maxsize=64)  # what reads a value goes through them once, what reads another again
def clauses(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every non-empty clause of a normalised text; a question mark belongs to its clause."""
    if not _MAY_END.search(text):
        # Most of what people type is one clause.
        return ((0, len(text)),) if text.strip() else ()
    spans = []
    start = 0
    for found in _ends(text):
        end = found.start()
        if text[end] in _ENDS_INSIDE:
            end += 1
        if text[start:end].strip():
            spans.append((start, end))
        start = found.end()
        if len(spans) == MOST_CLAUSES - 1:
            break
    if text[start:].strip():
        spans.append((start, len(text)))
    return tuple(spans)


def _ends(text: str) -> Iterator[re.Match[str]]:
    """What `finditer` would find, in a third of the time: it would try all alternatives at every character."""
    at = 0
    while may := _MAY_END.search(text, at):
        found = _CLAUSE_END.match(text, may.start())
        if found:
            yield found
        at = found.end() if found else may.end()


@lru_cache(maxsize=256)  # a clause is compared with one table after another
def dense(text: str) -> str:
    """A text without spaces and punctuation, half-width, Simplified, lower case: how words of tables are compared."""
    return _remembered_dense(text) if len(text) <= _SHORT else _dense(text)


# A clause is looked at for one meaning after the other, and a hostile message has thousands of them.
_SHORT = 32


@lru_cache(maxsize=8_192)
def _remembered_dense(text: str) -> str:
    return _dense(text)


def _dense(text: str) -> str:
    return joined(text.translate(_tables().plain))


def joined(text: str) -> str:
    """A text in readable characters, of a `Message.text` for one, without spaces and punctuation."""
    return "".join(_KEPT.findall(text))


def readable(text: str) -> str:
    """A text of the playbook (a label, a question) in the same characters as a `Message.text`."""
    return text.translate(_tables().plain)
