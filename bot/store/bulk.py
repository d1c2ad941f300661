"""Many rows at once into PostgreSQL: by COPY, which takes a third of the time of as many INSERTs.

Rows that may be there already go by way of a table of the session, since COPY knows nothing of conflicts. What is
copied is written here, column by column: the driver would ask each value how it is written.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
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
_encode = msgspec.json.Encoder().encode


def copy_in(cursor: Any, insert: Insert, given: Sequence[Sequence[Any]]) -> int:
    """Write rows, which come as columns, as the insert would; returns how many were written."""
    into, _, rest = insert.text.removeprefix("INSERT INTO ").partition(" VALUES ")
    table, _, columns = into.partition(" ")
    on_conflict = rest[rest.find(" ON CONFLICT") :] if " ON CONFLICT" in rest else ""
    lines = copied(insert, given)
    if not on_conflict:
        return _copy(cursor, f"COPY {into} FROM STDIN", lines)
    if insert.keys:  # one statement replaces a row once; of several for one key the last counts, as if one by one
        keys = zip(*(given[place] for place in insert.keys), strict=True)
        lines = list(dict(zip(keys, lines, strict=True)).values())
    aside = f"aside_{zlib.crc32(into.encode()):08x}"
    names = columns.strip("()")
    like = f"SELECT {names} FROM {table} WITH NO DATA"
    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {aside} ON COMMIT DELETE ROWS AS {like}")
    _copy(cursor, f"COPY {aside} ({names}) FROM STDIN", lines)
    cursor.execute(f"INSERT INTO {into} SELECT {names} FROM {aside}{on_conflict}")
    written = int(cursor.rowcount)
    cursor.execute(f"DELETE FROM {aside}")  # for the next ones of this transaction
    return written


def copied(insert: Insert, given: Sequence[Sequence[Any]]) -> list[str]:
    """The rows as COPY reads them. Raises ValueError for times without a zone."""
    columns = [
        repeat(_texts(kind, [constant])[0], len(given[0])) if place is None else _texts(kind, given[place])
        for place, constant, kind in insert.written
    ]
    return list(map("\t".join, zip(*columns, strict=True)))


def _texts(kind: TypeEngine[Any], values: Sequence[Any]) -> list[str]:
    if isinstance(kind, UtcDateTime):
        return [_NOTHING if text is None else f"{text}Z" for text in sqlite_texts(values)]
    if isinstance(kind, Boolean):
        return [_NOTHING if value is None else "t" if value else "f" for value in values]
    if isinstance(kind, Integer):
        return [_NOTHING if value is None else f"{value:d}" for value in values]
    if isinstance(kind, JSON):
        return _escaped([_encode(value).decode() for value in values])
    if None not in values:
        return _escaped(values)
    there = iter(_escaped([value for value in values if value is not None]))
    return [_NOTHING if value is None else next(there) for value in values]


def _escaped(texts: Sequence[str]) -> list[str]:
    everything = "".join(texts)
    if any(sign in everything for sign in _SIGNS):
        return [text.translate(_ESCAPED) for text in texts]
    return list(texts)


def _copy(cursor: Any, statement: str, lines: Sequence[str]) -> int:
    text = "\n".join([*lines, ""]).encode(cursor.connection.info.encoding)
    with cursor.copy(statement) as stream:
        stream.write(text)
    return int(cursor.rowcount)
