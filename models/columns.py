"""Column types that the tables share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Table
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

# SQLite makes only INTEGER PRIMARY KEY an alias of its row id; everywhere else our 64-bit ids need BIGINT.
Id = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored as UTC. Naive ones are refused: SQLite would store 09:00+08:00 as 09:00 and say nothing."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """SQLite's text as SQLAlchemy writes it, but made by `isoformat`: every journalled row has two of them."""
        return _sqlite_text if dialect.name == "sqlite" else _utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """From SQLite's text, or from the aware time that another database gives."""
        return _from_sqlite_text if dialect.name == "sqlite" else _utc


def _utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {value!r}")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def sqlite_texts(values: Sequence[datetime | None]) -> list[str | None]:
    """A column of times as SQLite's texts, for many rows at once: msgspec writes a time in a fortieth of what
    `isoformat` takes. Raises ValueError for naive times."""
    if not values:
        return []
    if values.count(values[0]) == len(values):  # nothing, or the moment of the transaction
        return [_sqlite_text(values[0])] * len(values)
    if None in values:
        there = iter(sqlite_texts([value for value in values if value is not None]))
        return [None if value is None else next(there) for value in values]
    texts = [
        text
        if (length := len(text)) == _UTC_LENGTH
        else f"{text[:-1]}.000000"
        if length == _WHOLE_LENGTH
        else _sqlite_text(value) or ""
        for text, value in zip(msgspec.to_builtins(values), values, strict=True)
    ]
    # All at once: nothing else in such a text is a T or a Z.
    return list[str | None]("\n".join(texts).replace("T", " ").replace("Z", "").split("\n"))


def from_sqlite_texts(texts: Sequence[str | None]) -> list[datetime | None]:
    """The times of a column of SQLite's texts."""
    if texts.count(None) == len(texts):  # few are human-held, put off, or erased
        return [None] * len(texts)
    return msgspec.convert([text and f"{text}Z" for text in texts], _TIMES)


def utc_times(values: Sequence[datetime | None]) -> Sequence[datetime | None]:
    """The times of a column as PostgreSQL's driver gives them, in UTC."""
    if values.count(None) == len(values):
        return values
    return [None if value is None else value.astimezone(UTC) for value in values]


def _sqlite_text(value: datetime | None) -> str | None:
    moment = _utc(value)
    return None if moment is None else moment.isoformat(" ", "microseconds")[:_TEXT_LENGTH]


def _from_sqlite_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")  # one step less than to replace the zone


_TEXT_LENGTH = len("2026-11-20 02:00:00.000000")
# As msgspec writes them: a time without a zone, or in another one, has another length than these.
_UTC_LENGTH = len("2026-11-20T02:00:00.000001Z")
_WHOLE_LENGTH = len("2026-11-20T02:00:00Z")
_TIMES = list[datetime | None]


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements that want all of its columns; SQLModel does not type it."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table
