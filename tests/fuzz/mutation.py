"""From valid inputs to broken ones: pieces cut, doubled, swapped and joined, and what programs fear put in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

# Rare, for each of them costs as much as a hundred others.
LARGE_ONE_IN = 2_000

HOSTILE_TEXTS: tuple[str, ...] = (
    "",
    " ",
    "\0",
    "\ud800",  # half of a pair
    "\udfff\ud800",
    "\u202e转账\u202c",  # from right to left
    "\u200b\u200d\ufeff",
    "👨‍👩‍👧‍👦",
    "👨‍",
    "e\u0301\u0301\u0301\u0301",
    "／状态",
    "＠掌柜",
    "ＡＢＣ１２３",
    "\x1b[2J\x1b]0;x\x07",
    "\x85\u2028\u2029\r",
    "\n\n",
    "\r\n",
    "𠮷𝟙²①",
    "٣",
    "*%_?[]",
    "{name}{{}{|}",
    "{" * 40,
    "'; DROP TABLE person; --",
    "../../../../etc/passwd",
    "掌柜的" * 30,
    "１" * 30,
    "@a\u2005" * 40,
)
HOSTILE_NUMBERS: tuple[str, ...] = (
    "0", "-1", "1e999", "-1e999", "NaN", "Infinity", "-Infinity", "nan", "inf", "0.1", "1_0", "0x10", "00", "-0.0",
    "2147483648", "9223372036854775808", "1" * 400, "9" * 5_000, "253402300800", "1e308", "99999999999999999",
)  # fmt: skip
HOSTILE_BYTES: tuple[bytes, ...] = (
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf0\x9f",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x00",
    b"\r\n",
    b"\r",
    b"\\u0000",
    b"\\ud800",
    b"\\",
    b'"',
    b"'",
    b"{",
    b"[",
    b"[" * 300,
    b'{"a":' * 300,
    b"null",
    b"true",
    *(text.encode("utf-8", "surrogatepass") for text in HOSTILE_TEXTS),
    *(number.encode() for number in HOSTILE_NUMBERS),
)
_HOSTILE_VALUES: tuple[Any, ...] = (
    None, True, [], {}, [[]], [None], 0, -1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400, 1.5, 1e308,
    float("nan"), float("inf"), *HOSTILE_TEXTS,
)  # fmt: skip


def mutated(chance: Random, examples: Sequence[bytes], more: Sequence[bytes] = ()) -> bytes:
    """An input made of the examples and of `more`, by one to five changes."""
    content = chance.choice(examples)
    if chance.random() < 0.5 and (changed := _as_json(chance, content)) is not None:
        content = changed
        if chance.random() < 0.7:
            return content
    for _ in range(chance.randint(1, 5)):
        content = chance.choice(_CHANGES)(chance, content, chance.choice(examples), more)
    if chance.randrange(LARGE_ONE_IN) == 0:
        content = _enlarged(chance, content)
    return content


def _place(chance: Random, content: bytes) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + chance.choice((0, 1, 1, 2, 4, 16, 64)))


def _insert(chance: Random, content: bytes, _other: bytes, more: Sequence[bytes]) -> bytes:
    start, end = _place(chance, content)
    return content[:start] + chance.choice((*HOSTILE_BYTES, *more)) + content[end:]


def _flip(chance: Random, content: bytes, _other: bytes, _more: Sequence[bytes]) -> bytes:
    start, _ = _place(chance, content)
    return content[:start] + bytes((chance.randrange(256),)) + content[start + 1 :]


def _cut(chance: Random, content: bytes, _other: bytes, _more: Sequence[bytes]) -> bytes:
    start, end = _place(chance, content)
    return content[:start] + content[end:] if chance.random() < 0.8 else content[:start]


def _double(chance: Random, content: bytes, _other: bytes, _more: Sequence[bytes]) -> bytes:
    start, end = _place(chance, content)
    return content[:end] + content[start:end] * chance.choice((1, 1, 3, 50)) + content[end:]


def _join(chance: Random, content: bytes, other: bytes, _more: Sequence[bytes]) -> bytes:
    return content[: chance.randint(0, len(content))] + other[chance.randint(0, len(other)) :]


def _swap_lines(chance: Random, content: bytes, other: bytes, _more: Sequence[bytes]) -> bytes:
    lines = content.split(b"\n")
    place = chance.randrange(len(lines))
    lines[place] = chance.choice((*lines, *other.split(b"\n")))
    if chance.random() < 0.3:
        lines.insert(place, chance.choice(lines))
    return b"\n".join(lines)


def _number(chance: Random, content: bytes, _other: bytes, _more: Sequence[bytes]) -> bytes:
    """Another number in the place of one that stands there."""
    digits = [place for place, byte in enumerate(content) if 48 <= byte < 58]
    if not digits:
        return content
    start = end = chance.choice(digits)
    while end < len(content) and 48 <= content[end] < 58:
        end += 1
    return content[:start] + chance.choice(HOSTILE_NUMBERS).encode() + content[end:]


_Change = Callable[[Random, bytes, bytes, Sequence[bytes]], bytes]
_CHANGES: tuple[_Change, ...] = (_insert, _insert, _flip, _cut, _double, _join, _swap_lines, _number)


def _enlarged(chance: Random, content: bytes) -> bytes:
    start, end = _place(chance, content)
    piece = content[start:end] or chance.choice(HOSTILE_BYTES) or b"x"
    return content[:start] + piece * (1_000_000 // len(piece)) + content[end:]


def _as_json(chance: Random, content: bytes) -> bytes | None:
    """The JSON of a line with one value of it changed; None if there is no JSON."""
    lines = content.split(b"\n")
    place = chance.randrange(len(lines))
    try:
        value = json.loads(lines[place])
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict | list):
        return None
    lines[place] = json.dumps(_changed(chance, value), ensure_ascii=chance.random() < 0.5).encode(
        "utf-8", "surrogatepass"
    )
    return b"\n".join(lines)


def _changed(chance: Random, value: Any) -> Any:
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(list(value))
        fate = chance.random()
        rest = {name: one for name, one in value.items() if name != key}
        if fate < 0.1:
            return rest
        if fate < 0.2:
            return {**rest, chance.choice(HOSTILE_TEXTS): value[key]}
        return {**value, key: _changed(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        if chance.random() < 0.2:
            return [*value, *value * chance.choice((1, 20))]
        return [*value[:place], _changed(chance, value[place]), *value[place + 1 :]]
    if isinstance(value, str) and chance.random() < 0.6:
        start = chance.randint(0, len(value))
        return value[:start] + chance.choice(HOSTILE_TEXTS) + value[start:]
    if chance.random() < 0.05:
        deep: Any = value
        for _ in range(chance.choice((5, 300, 900))):
            deep = [deep] if chance.random() < 0.5 else {"a": deep}
        return deep
    return chance.choice(_HOSTILE_VALUES)
