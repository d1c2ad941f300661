"""A reply made readable for tables: half-width, Simplified, lower case, without emoji, at unchanged offsets.

Every step replaces one character by one character, so a piece found in the normalised text can be cut out of what the
person really wrote. Only the first `LIMIT` characters are looked at, whatever the length of the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from opencc import OpenCC

LIMIT = 4_000
"""Characters of a message that are analysed; the rest is kept with the message but never read."""

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: ord("¥")}
_CIRCLED = {ord(circle): str(number) for number, circle in enumerate("①②③④⑤⑥⑦⑧⑨", 1)}
_CIRCLED |= {ord(circle): str(number) for number, circle in enumerate("❶❷❸❹❺❻❼❽❾", 1)}
_CIRCLED |= {ord(roman): str(number) for number, roman in enumerate("ⅠⅡⅢⅣⅤⅥⅦⅧⅨ", 1)}
# Halves of characters, which no search over words can take.
_HALVES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_SHAPES = _HALF_WIDTH | _CIRCLED | _HALVES

# Characters that the character table leaves, and Cantonese words that have one Mandarin character as their equal.
_SPOKEN = str.maketrans("妳牠祂著唔冇嘅喺佢啲畀俾係覅嫑", "你它他着不没的在他些给给是别别")


def _simplified() -> dict[int, str]:
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    simple = OpenCC("t2s").convert(every)
    return {ord(old): new for old, new in zip(every, simple, strict=True) if old != new}


_LOWER = {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
_READABLE: dict[int, str | int | None] = {**_simplified(), **_SPOKEN, **_LOWER}

_PICTURE = (
    "\U0001f000-\U0001faff\U0001f1e6-\U0001f1ff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u2300-\u23ff"
    "\ufe00-\ufe0f\u200b-\u200f\u20e3\u2060\U000e0020-\U000e007f\u3030\u303d\u00a9\u00ae\u2122"
)
_CODE_OR_EMOJI = re.compile(rf"\[[A-Za-z\u4e00-\u9fff]{{1,8}}\]|[{_PICTURE}]")
_DROPPED = re.compile(r"[^\w\u4e00-\u9fff]+|_")
PARTICLES = "吧啊呀呐呢嘛哈哦噢喔啦咯嘞呗哟嗯额呃唉诶欸哎嘿滴捏哒叭撒噻哩咧"
_CLAUSE_END = re.compile(
    r"[，。！？；、,!?;~…\n\r\t—]+|\.{2,}|(?<!\d)\.|\.(?!\d)|(?<=[吧呗啦咯嘞哈])(?=\w{2})|(?<![a-z]) +| +(?![a-z ])"
)
_MAY_END = re.compile(r"[，。！？；、,!?;~…\n\r\t—. 吧呗啦咯嘞哈]")
_MARK = re.compile(r"[?？]")


class Message:
    """One reply (all its bubbles), with the readings that the parsers share, each made once and when first wanted."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.whole = raw[:LIMIT].translate(_SHAPES)
        """Half-width, with emoji; the offsets are those of `raw`."""
        self.written = _CODE_OR_EMOJI.sub(_blank, self.whole)
        """Half-width, emoji and [微笑] codes blanked."""
        self.text = self.written.translate(_READABLE).replace("关是", "关系")
        """`written` in Simplified and lower case; the offsets are those of `written`."""

    @cached_property
    def dense(self) -> str:
        """The text without spaces and punctuation."""
        return _DROPPED.sub("", self.text)

    @cached_property
    def bare(self) -> str:
        """The dense text without opening and closing particles: what whole-message tables are compared with."""
        return self.dense.strip(PARTICLES) or self.dense

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        """Start and end of every clause: people use blanks, new lines and closing particles as full stops."""
        return clauses(self.text)

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """The emoji and [微笑] codes, in order."""
        return tuple(_CODE_OR_EMOJI.findall(self.whole))

    def without(self, spans: Iterable[tuple[int, int]]) -> str:
        """The text with some spans replaced by commas, so that offsets stay and nothing is joined across them."""
        pieces = list(self.text)
        for start, end in spans:
            pieces[start:end] = "," * (end - start)
        return "".join(pieces)


def _blank(found: re.Match[str]) -> str:
    # A keycap such as 2️⃣ is a digit and two invisible marks: the marks go, the digit stays.
    return " " * (found.end() - found.start())


def clauses(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every non-empty clause of a normalised text; a question mark belongs to its clause."""
    if not _MAY_END.search(text):
        # Most of what people type is one clause.
        return ((0, len(text)),) if text.strip() else ()
    spans = []
    start = 0
    for found in _CLAUSE_END.finditer(text):
        end = found.start() + (1 if _MARK.match(found.group()) else 0)
        if text[start:end].strip():
            spans.append((start, end))
        start = found.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return tuple(spans)


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
    return _DROPPED.sub("", text.translate(_SHAPES).translate(_READABLE))


def readable(text: str) -> str:
    """A text of the playbook (a label, a question) in the same characters as a `Message.text`."""
    return text.translate(_SHAPES).translate(_READABLE)
