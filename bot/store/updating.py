"""UPDATEs that are done for many rows, compiled once, at the speed of the driver."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection

from bot.store.prepared import DriverCursor, dialect_of, sql_of, to_driver


class Update:
    """An UPDATE for rows of parameters.

    Only what differs from row to row is handed over. Constants stand in the statement, and so does nothing where no row
    has anything: for either SQLite's driver takes as long as for five values (see `inserting.Insert`).
    """

    def __init__(self, dialect_name: str, statement: Any) -> None:
        compiled: Any = statement.compile(dialect=dialect_of(dialect_name))
        self._mark = "?" if dialect_name == "sqlite" else "%s"
        self._pieces: list[str] = compiled.string.split(self._mark)
        processors = compiled._bind_processors
        self._parameters = [
            (
                name,
                to_driver(dialect_name, compiled.binds[name].type, processors.get(name)),
                sql_of(processors[name](value) if name in processors else value),
            )
            for name in compiled.positiontup
            for value in [compiled.params[name]]
        ]
        self._texts: dict[frozenset[str], str] = {}

    def each(self, connection: Connection, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Do it for each of these rows, whose columns are the parameters `names`; others keep their constants."""
        given = dict(zip(names, zip(*rows, strict=True), strict=True))
        given = {name: column for name, column in given.items() if column.count(None) < len(column)}
        text = self.text(frozenset(given))
        columns = [
            given[name] if convert is None else convert(given[name])
            for name, convert, _ in self._parameters
            if name in given
        ]
        with DriverCursor(connection, text) as cursor:
            cursor.executemany(text, list(zip(*columns, strict=True)))

    def text(self, given: frozenset[str]) -> str:
        """The statement in which only these are parameters."""
        if given not in self._texts:
            first, *others = self._pieces
            values = (self._mark if name in given else constant for name, _, constant in self._parameters)
            self._texts[given] = first + "".join(map("".join, zip(values, others, strict=True)))
        return self._texts[given]


@cache
def update_by(dialect_name: str, statement: Any) -> Update:
    """The UPDATE for a dialect; only for statements that are built once, as constants of a module."""
    return Update(dialect_name, statement)
