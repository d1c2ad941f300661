"""Many rows at once into PostgreSQL: by COPY, which takes a third of the time of as many INSERTs.

Rows that may be there already go by way of a table of the session, since COPY knows nothing of conflicts. What is
copied is written here, column by column: the driver would ask each value how it is written.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import repeat
from typing import Any

import msgspec
from sqlalchemy import JSON, Boolean, Integer
from sqlalchemy.types import TypeEngine

from bot.store.inserting import Insert
from models.columns import UtcDateTime, sqlite_texts

# With fewer rows than this the round trips cost more than COPY saves.
LEAST = 16

_NOTHING = "\\N"
# What ends a value or a row gets a backslash; a NUL cannot be kept, and what was typed must not be lost for it.
_SIGNS = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\ufffd"}
_ESCAPED = str.maketrans(_SIGNS)
_encoder = msgspec.json.Encoder()
_encode, _encode_lines = _encoder.encode, _encoder.encode_lines


def copier(insert: Insert, given: Sequence[Sequence[Any]]) -> Callable[[Any], None]:
    """What writes rows, which come as columns, as the insert would, once it is given a cursor."""
    lines = copied(insert, given)
    if insert.keys:  # one statement replaces a row once; of several for one key the last counts, as if one by one
        keys = zip(*(given[place] for place in insert.keys), strict=True)
        lines = list(dict(zip(keys, lines, strict=True)).values())
    return partial(_copy_in, text=insert.text, lines=lines)


def _copy_in(cursor: Any, *, text: str, lines: Sequence[str]) -> None:
    into, _, rest = text.removeprefix("INSERT INTO ").partition(" VALUES ")
    table, _, columns = into.partition(" ")
    on_conflict = rest[rest.find(" ON CONFLICT") :] if " ON CONFLICT" in rest else ""
    if not on_conflict:
        _copy(cursor, f"COPY {into} FROM STDIN", lines)
        return
    aside = f"aside_{zlib.crc32(into.encode()):08x}"
    names = columns.strip("()")
    like = f"SELECT {names} FROM {table} WITH NO DATA"
    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {aside} ON COMMIT DELETE ROWS AS {like}")
    _copy(cursor, f"COPY {aside} ({names}) FROM STDIN", lines)
    cursor.execute(f"INSERT INTO {into} SELECT {names} FROM {aside}{on_conflict}")
    cursor.execute(f"DELETE FROM {aside}")  # for the next ones of this transaction


def copied(insert: Insert, given: Sequence[Sequence[Any]]) -> list[str]:
    """The rows as COPY reads them. Raises ValueError for times without a zone."""
    columns = [
        repeat(next(iter(_texts(kind, [constant]))), len(given[0])) if place is None else _texts(kind, given[place])
        for place, constant, kind in insert.written
    ]
    return list(map("\t".join, zip(*columns, strict=True)))


def _texts(kind: TypeEngine[Any], values: Sequence[Any]) -> Iterable[str]:
    """A column as COPY reads it. Numbers become texts all at once, as JSON writes them."""
    if isinstance(kind, UtcDateTime):
        return _times(values)
    if isinstance(kind, Integer | Boolean):
        numbers = _encode(values if isinstance(values, list | tuple) else list(values)).decode()[1:-1]
        return numbers.replace("null", _NOTHING).split(",")
    if isinstance(kind, JSON):
        # No line of JSON has a line break in it.
        return _escaped(_encode_lines(values).decode().split("\n")[: len(values)])
    if None not in values:
        return _escaped(values)
    if not any(values) and values.count("") == 0:
        return repeat(_NOTHING, len(values))
    there = iter(_escaped([value for value in values if value is not None]))
    return [_NOTHING if value is None else next(there) for value in values]


def _times(values: Sequence[datetime | None]) -> Iterable[str]:
    if values.count(values[0]) == len(values):  # nothing, or the moment of the transaction
        (text,) = sqlite_texts(values[:1])
        return repeat(_NOTHING if text is None else f"{text}Z", len(values))
    texts: list[str] = [_NOTHING if text is None else text for text in msgspec.to_builtins(values)]
    if all(text[-1] in "ZN" for text in texts):
        return texts
    return [_NOTHING if text is None else f"{text}Z" for text in sqlite_texts(values)]


def _escaped(texts: Sequence[str]) -> Sequence[str]:
    everything = "".join(texts)
    if any(sign in everything for sign in _SIGNS):
        return [text.translate(_ESCAPED) for text in texts]
    return texts


def _copy(cursor: Any, statement: str, lines: Sequence[str]) -> None:
    text = "\n".join([*lines, ""]).encode(cursor.connection.info.encoding)
    with cursor.copy(statement) as stream:
        stream.write(text)
