"""Statements compiled once: inserts that take many rows at the speed of the driver, and tests for membership in a list.

SQLAlchemy builds and binds a statement anew for each execution, which on the path of every message costs more than the
database does. The SQL is its own all the same, for both dialects; only the values are handed over directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import repeat
from operator import itemgetter
from typing import Any, Literal

import msgspec
from sqlalchemy import BigInteger, Boolean, Dialect, String, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

# What becomes of a row that is there already.
Conflict = Literal["error", "keep", "replace"]
# How the drivers mark a parameter in a row of values.
_POSITIONAL = {"sqlite": "qmark", "postgresql": "format"}


class Insert:
    """An INSERT into some columns of a table; columns that are not given get the model's defaults."""

    def __init__(self, dialect_name: str, table: Table, names: Sequence[str], conflict: Conflict) -> None:
        dialect: Any
        statement: Any
        if dialect_name == "postgresql":
            statement, dialect = postgresql.insert(table), postgresql.psycopg.dialect
        else:
            statement, dialect = sqlite.insert(table), sqlite.dialect
        keys = [column.name for column in table.primary_key]
        changed = {name: statement.excluded[name] for name in names if name not in keys}
        if conflict == "replace" and changed:
            statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
        elif conflict != "error":
            statement = statement.on_conflict_do_nothing()
        defaults = {
            column.name: column.default
            for column in table.columns
            if column.name not in names and column.default is not None
        }
        statement = statement.values({name: bindparam(name) for name in (*names, *defaults)})
        compiled: Any = statement.compile(dialect=dialect(paramstyle=_POSITIONAL[dialect_name]))
        self.text: str = compiled.string
        processors: dict[str, Callable[[Any], Any]] = compiled._bind_processors
        self._columns = [
            (itemgetter(name), processors.get(name), _constant(defaults.get(name), processors.get(name)))
            for name in compiled.positiontup
        ]
        self._given = frozenset(names)
        self._order: list[str] = compiled.positiontup

    def values(self, rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
        """The rows as the driver wants them, column by column, so that the loops are not ours."""
        columns: list[Iterable[Any]] = []
        for name, (value_of, processor, constant) in zip(self._order, self._columns, strict=True):
            if name not in self._given:
                columns.append(repeat(constant, len(rows)))
            elif processor is None:
                columns.append(map(value_of, rows))
            else:
                columns.append(map(processor, map(value_of, rows)))
        return list(zip(*columns, strict=True))


@cache
def insert_into(dialect_name: str, table: Table, names: tuple[str, ...], conflict: Conflict) -> Insert:
    """The insert for rows of one shape; there are few shapes."""
    return Insert(dialect_name, table, names, conflict)


def _constant(default: Any, processor: Callable[[Any], Any] | None) -> Any:
    """What the driver gets for a default; the models have only constant ones."""
    if default is None:
        return None
    value = default.arg(None) if default.is_callable else default.arg
    return processor(value) if processor else value


class _Ids(TypeDecorator[Sequence[int]]):
    """Many of our ids as one parameter, so that the statement stays the same however many there are."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return String() if dialect.name == "sqlite" else postgresql.ARRAY(BigInteger)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return msgspec.json.encode(value).decode() if dialect.name == "sqlite" else value


class _IsOneOf(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """As it is: SQLite would not use an index for `(… IN …) = 1`."""
        return self


def is_one_of(column: Any, parameter: str) -> ColumnElement[bool]:
    """Whether an id is in the list that the parameter of this name brings."""
    return _IsOneOf(column, bindparam(parameter, type_=_Ids()))


@compiles(_IsOneOf)
def _in_array(element: _IsOneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(_IsOneOf, "sqlite")
def _in_json(element: _IsOneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"
