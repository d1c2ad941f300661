"""Statements compiled once, at the speed of the driver, and tests for membership in a list. Inserts: see `inserting`,
and `updating` for what is updated row by row.

SQLAlchemy builds and binds a statement anew for each execution, which on the path of every message costs more than the
database does. The SQL is its own all the same, for both dialects; only the values are handed over directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Connection,
    Dialect,
    Integer,
    String,
    bindparam,
    column,
    literal_column,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import AutoString

from bot.store.literals import with_constants
from models.columns import UtcDateTime, from_sqlite_texts, sqlite_texts, utc_times

Processor = Callable[[Any], Any]
# What is done to a whole column of values on its way to the driver or back.
_IN_LIST = "IN (SELECT value FROM json_each(?))"

Converter = Callable[[Sequence[Any]], Iterable[Any]]


class Statement:
    """A SELECT, or another statement: parameters by name in, plain tuples out, if it returns any."""

    def __init__(self, dialect_name: str, statement: Any) -> None:
        dialect = dialect_of(dialect_name)
        compiled: Any = statement.compile(dialect=dialect)
        processors: dict[str, Processor] = compiled._bind_processors
        given = [name for name in compiled.positiontup if not compiled.binds[name].unique]
        self.text = with_constants(dialect_name, compiled, given)
        # Each with its places, for some stand in several.
        self._parameters = [
            (name, processors.get(name), [place for place, one in enumerate(given) if one == name])
            for name in dict.fromkeys(given)
        ]
        self._count = len(given)
        self._columns = [_from_driver(dialect, column.type) for column in statement.exported_columns]
        self._plain = not any(self._columns)
        # PostgreSQL's driver would decode each value of JSON by itself.
        self._has_jsons = dialect_name == "postgresql" and any(of is _from_jsons for of in self._columns)
        # To make a list of one costs SQLite more than to find what is in it.
        self._lists: Sequence[str] = [
            name for name in compiled.positiontup if isinstance(compiled.binds[name].type, _Many)
        ]
        if self.text.count(_IN_LIST) < len(self._lists) or dialect_name != "sqlite":
            self._lists = ()
        self._text_of_one = self.text.replace(_IN_LIST, "= ?")

    def handed_over(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Its text and its parameters, for who executes it with a cursor of the driver."""
        text, alone = self.text, self._lists
        if alone:
            if all(len(values[name]) == 1 for name in alone):
                text = self._text_of_one
            else:
                alone = ()
        parameters: list[Any] = [None] * self._count
        for name, processor, places in self._parameters:
            value = values.get(name)
            written = _only(values[name]) if name in alone else processor(value) if processor else value
            for place in places:
                parameters[place] = written
        return text, parameters

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows."""
        text, parameters = self.handed_over(values)
        with DriverCursor(connection, text) as cursor:
            if self._has_jsons:
                _leave_jsons(cursor)
            cursor.execute(text, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall() if self._columns else []
        if self._plain or not rows:
            return rows
        columns = zip(*rows, strict=True)
        return list(
            zip(
                *(of(column) if of else column for of, column in zip(self._columns, columns, strict=True)),
                strict=True,
            )
        )


class DriverCursor:
    """The driver's own cursor, which knows neither of SQLAlchemy's results nor of its events; errors are SQLAlchemy's,
    and a connection that is lost is given up, as it would do. (One of `contextlib` costs as much as what is done here.)
    """

    __slots__ = ("_connection", "_cursor", "_text")

    def __init__(self, connection: Connection, text: str) -> None:
        self._connection = connection
        self._text = text
        self._cursor: Any = None

    def __enter__(self) -> Any:
        try:
            self._cursor = self._connection.connection.cursor()
        except Exception as error:
            self._translate(error)
            raise
        return self._cursor

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        try:
            if error is not None:
                self._translate(error)
        finally:
            self._cursor.close()

    def _translate(self, error: BaseException) -> None:
        """Raise it as SQLAlchemy's, if it is the driver's."""
        connection, dialect = self._connection, self._connection.dialect
        driver: Any = dialect.dbapi
        if not isinstance(error, driver.Error):
            return
        lost = dialect.is_disconnect(error, connection.connection.driver_connection, self._cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            self._text, None, error, driver.Error, hide_parameters=True, connection_invalidated=lost, dialect=dialect
        ) from error


@cache
def prepared(dialect_name: str, statement: Any) -> Statement:
    """The statement for a dialect; only for statements that are built once, as constants of a module."""
    return Statement(dialect_name, statement)


@cache
def dialect_of(name: str) -> Dialect:
    """A dialect with positional parameters, as the drivers want them in a row of values."""
    if name == "postgresql":
        return postgresql.psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]
    return sqlite.dialect(paramstyle="qmark", json_serializer=_json, json_deserializer=msgspec.json.decode)


def to_driver(
    dialect_name: str, kind: TypeEngine[Any], processor: Processor | None, nothing: str | None = None
) -> Converter | None:
    """What makes of a column of values what the driver wants; `nothing` is what SQL has for a value that is not there.
    None if they are what it wants."""
    if nothing:
        convert = to_driver(dialect_name, kind, processor)
        stands_for_it: Any = "" if nothing == "''" else 0
        return lambda column: [
            stands_for_it if value is None else value for value in (convert(column) if convert else column)
        ]
    if dialect_name == "sqlite":
        if isinstance(kind, UtcDateTime):
            return sqlite_texts
        if isinstance(kind, JSON):
            return _jsons
        if isinstance(kind, String | AutoString):
            return _plain_texts
    return processor and partial(map, processor)


def _from_driver(dialect: Dialect, kind: TypeEngine[Any]) -> Converter | None:
    if dialect.name == "sqlite":
        if isinstance(kind, UtcDateTime):
            return from_sqlite_texts
    elif isinstance(kind, UtcDateTime):
        return utc_times
    if isinstance(kind, JSON):
        return _from_jsons
    processor: Any = kind._cached_result_processor(dialect, None)
    return processor and partial(map, processor)


def _leave_jsons(cursor: Any) -> None:
    """Have a cursor of PostgreSQL's driver return JSON as the text that it is."""
    from psycopg.types.string import TextLoader

    for name in ("json", "jsonb"):
        cursor.adapters.register_loader(name, TextLoader)


def _plain_texts(column: Sequence[str | None]) -> Sequence[str | None]:
    """Members of enumerations as the texts that they are: to the driver they are neither number nor text."""
    first = next((text for text in column if text is not None), "")
    return column if type(first) is str else list(map(_plain, column))


def _plain(value: Any) -> Any:
    return str.__str__(value) if isinstance(value, str) else value


def _only(values: Iterable[Any]) -> Any:
    (value,) = values
    return _plain(value)


def _json(value: Any) -> str:
    return _encode(value).decode()


def _jsons(column: Sequence[Any]) -> list[str]:
    """A column as JSON, encoded at once: no line of JSON has a line break in it."""
    return _encoder.encode_lines(column).decode().split("\n")[: len(column)]


def _from_jsons(column: Sequence[Any]) -> list[Any]:
    """A column of JSON, decoded at once. SQLite keeps the JSON of a number as that number, and nothing is nothing."""
    texts = [one if isinstance(one, str) else "null" if one is None else repr(one) for one in column]
    values: list[Any] = msgspec.json.decode(f"[{','.join(texts)}]")
    return values


_encoder = msgspec.json.Encoder()
_encode = _encoder.encode


class _Many(TypeDecorator[Sequence[Any]]):
    """Many ids or texts as one parameter, so that the statement stays the same however many there are."""

    impl = String
    cache_ok = True

    def __init__(self, element: type[BigInteger | String]) -> None:
        super().__init__()
        self.element = element

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return String() if dialect.name == "sqlite" else postgresql.ARRAY(self.element)

    def bind_processor(self, dialect: Dialect) -> Processor:
        """As a text, of which the database makes the list: the driver would ask each value how it is written."""
        if dialect.name == "sqlite":
            return _json
        return _array_of_numbers if self.element is BigInteger else _array_of_texts


def _array_of_numbers(values: Iterable[int]) -> str:
    return f"{{{','.join(map(str, values))}}}"


def _array_of_texts(values: Iterable[str]) -> str:
    texts = list(values)
    everything = "".join(texts)
    if "\\" in everything or '"' in everything:
        texts = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    return '{"' + '","'.join(texts) + '"}' if texts else "{}"


class _IsOneOf(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """As it is: SQLite would not use an index for `(… IN …) = 1`."""
        return self


def is_one_of(column: Any, parameter: str) -> ColumnElement[bool]:
    """Whether an id or a text is in the list that the parameter of this name brings."""
    element = BigInteger if isinstance(getattr(column, "type", None), Integer) else String
    return _IsOneOf(column, bindparam(parameter, type_=_Many(element)))


class _Each(FunctionElement[Any]):
    name = "each"
    inherit_cache = True


def each(parameter: str, element: type[BigInteger | String] = String) -> Any:
    """The texts (or ids) of the list that the parameter of this name brings, as a table with the column `value`."""
    return _Each(bindparam(parameter, type_=_Many(element))).table_valued(column("value", element), name="asked")


class _IsAmong(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """As it is: SQLite would not use an index for `(… IN …) = 1`."""
        return self


def is_among(column: Any, found: Any) -> ColumnElement[bool]:
    """Whether an id is among the few that a SELECT finds, which may speak of the row at hand of another table.

    PostgreSQL finds a row by such ids as an array, and would read the whole table for an IN.
    """
    return _IsAmong(column, found.scalar_subquery())


def constants(values: Iterable[str]) -> list[ColumnElement[Any]]:
    """Words of ours for an IN of a statement that is built once. They stand in it as they are, so that SQLite sees
    whether a partial index holds them."""
    return [literal_column(f"'{value}'") for value in values]


class _Unindexed(FunctionElement[Any]):
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """As it is: the sign binds closer than any comparison."""
        return self


def unindexed(column: Any) -> ColumnElement[Any]:
    """A column that narrows what was found and must not be what it is found by.

    SQLite, which has no statistics of a young database, thinks little of an index on ids from a list and reads all rows
    of a merchant instead.
    """
    return _Unindexed(column)


@compiles(_Unindexed)
def _as_it_is(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    return compiler.process(column, **options)


@compiles(_Unindexed, "sqlite")
def _signed(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{_as_it_is(element, compiler, **options)}"


@compiles(_IsOneOf)
def _in_array(element: _IsOneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(_IsOneOf, "sqlite")
def _in_json(element: _IsOneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} {_IN_LIST}" if ids == "?" else f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(_Each)
def _unnested(element: _Each, compiler: SQLCompiler, **options: Any) -> str:
    (texts,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(SELECT unnest({texts}) AS value)"


@compiles(_Each, "sqlite")
def _json_each(element: _Each, compiler: SQLCompiler, **options: Any) -> str:
    (texts,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_each({texts})"


@compiles(_IsAmong)
def _in_found_array(element: _IsAmong, compiler: SQLCompiler, **options: Any) -> str:
    column, found = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY (ARRAY{found})"


@compiles(_IsAmong, "sqlite")
def _in_found(element: _IsAmong, compiler: SQLCompiler, **options: Any) -> str:
    column, found = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN {found}"
