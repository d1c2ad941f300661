"""How a slash-command is read: lines, words, quotes, mentions and digits, as people type them on a phone."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from models.patterns import compile_later

# WeChat puts a thin space (U+2005) behind a mention, so a name before it may hold blanks; typed by hand, it may not.
_MENTIONED = "\u2005"
_MENTION = compile_later(r"[@＠][^@＠\n\u2005]{1,64}\u2005\s*|[@＠][^\s@＠/／]{1,64}(?:\s+|(?=[/／]))")
# A slash and a word: /:) and // are none.
SLASH = compile_later(r"[/／]\s*\w")
# A word: in quotes of any keyboard, a mention with the platform's blank behind it, or what has no blank in it.
_WORD = compile_later(
    r"(?:[\"“”]([^\"“”]{0,2000})[\"“”]|「([^」]{0,2000})」|『([^』]{0,2000})』|['‘’]([^'‘’]{0,2000})['‘’])(?=\s|$)"
    r"|(@[^@\n\u2005]{1,64})\u2005|(\S+)"
)
_NUMBER = compile_later(r"[0-9０-９]{1,2}|[0-9０-９]{4}")
_LONGEST_NUMBER = 4
# A command is short; of a longer message only so much is looked at.
LONGEST = 4_000


class Word(msgspec.Struct, frozen=True, gc=False):
    """A word without its quotes, and where it stands in its line."""

    text: str
    start: int
    end: int


def lines_of(text: str) -> tuple[str, ...]:
    """The lines that say something, without white space around them and without mentions before them."""
    return _split(text[:LONGEST])


@lru_cache(maxsize=256)  # a command is looked at several times on its way
def _split(text: str) -> tuple[str, ...]:
    # Lists: most have one line, and a generator costs as much as that.
    lines = [without_mentions(_trimmed(line)) for line in text.splitlines()]
    return tuple([line for line in lines if line])


def _trimmed(line: str) -> str:
    """A line without white space around it, but for the blank of a mention at its end, where the name ends."""
    trimmed = line.strip()
    is_mention = len(trimmed) < len(line) and "@" in trimmed and _MENTIONED in line[len(line.rstrip()) :]
    return f"{trimmed}{_MENTIONED}" if is_mention else trimmed


def without_mentions(line: str) -> str:
    """A line without the people whom it addresses."""
    while line[:1] in "@＠" and (found := _MENTION.match(line)):
        line = line[found.end() :].lstrip()
    return line


@lru_cache(maxsize=256)
def words_of(line: str) -> tuple[Word, ...]:
    """The words of a line, the name of the command first, without its slash."""
    beginning = len(line) - len(line.lstrip("/／"))
    # A list: a generator costs as much as a word.
    return tuple(
        [Word(_half_width(one.group(one.lastindex or 0)), *one.span()) for one in _WORD.finditer(line, beginning)]
    )


def _half_width(word: str) -> str:
    """A word whose sign before a name or a tag is the one that the table knows, whatever the keyboard wrote."""
    return _SIGNS[word[0]] + word[1:] if word[:1] in _SIGNS else word


_SIGNS = {"＠": "@", "＃": "#"}


def rest_of(line: str, words: Sequence[Word], place: int) -> str:
    """What is written from that word on, as it is written; in quotes as a whole, what is in the quotes."""
    if place >= len(words):
        return ""
    return words[place].text if place == len(words) - 1 else line[words[place].start :].strip()


def name_in(word: str) -> str:
    """The name of a command as the table has it: full-width letters and capitals are the same."""
    return (word if word.isascii() else unicodedata.normalize("NFKC", word)).casefold()


def number_in(text: str) -> str:
    """The digits of a message that is nothing but a code or the number of an answer; else empty."""
    if len(text) > 80:  # a mention and four digits
        return ""
    said = text.strip()
    if said[:1] in "/／":
        return ""
    if len(said) > _LONGEST_NUMBER and said[:1] != "@":  # as nearly everything that ends with a digit
        return ""
    said = without_mentions(said).strip()
    return unicodedata.normalize("NFKC", said) if _NUMBER.fullmatch(said) else ""
