"""UPDATEs that are done for many rows, compiled once, at the speed of the driver."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection

from bot.store.literals import with_constants
from bot.store.prepared import DriverCursor, dialect_of, to_driver


class Update:
    """An UPDATE for rows of parameters.

    Only what differs from row to row is handed over. Constants stand in the statement, and so does nothing where no row
    has anything: for either SQLite's driver takes as long as for five values (see `inserting.Insert`).
    """

    def __init__(self, dialect_name: str, statement: Any) -> None:
        self._dialect_name = dialect_name
        self._compiled: Any = statement.compile(dialect=dialect_of(dialect_name))
        processors = self._compiled._bind_processors
        self._converters = [
            (name, to_driver(dialect_name, self._compiled.binds[name].type, processors.get(name)))
            for name in self._compiled.positiontup
        ]
        self._texts: dict[frozenset[str], str] = {}

    def each(self, connection: Connection, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Do it for each of these rows, whose columns are the parameters `names`; others keep their constants."""
        given = dict(zip(names, zip(*rows, strict=True), strict=True))
        given = {name: column for name, column in given.items() if column.count(None) < len(column)}
        text = self.text(frozenset(given))
        columns = [
            given[name] if convert is None else convert(given[name])
            for name, convert in self._converters
            if name in given
        ]
        with DriverCursor(connection, text) as cursor:
            cursor.executemany(text, list(zip(*columns, strict=True)))

    def text(self, given: frozenset[str]) -> str:
        """The statement in which only these are parameters."""
        if given not in self._texts:
            self._texts[given] = with_constants(self._dialect_name, self._compiled, given)
        return self._texts[given]


@cache
def update_by(dialect_name: str, statement: Any) -> Update:
    """The UPDATE for a dialect; only for statements that are built once, as constants of a module."""
    return Update(dialect_name, statement)
