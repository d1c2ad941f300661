"""Inserts that are compiled once a shape of rows, at the speed of the driver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from itertools import repeat
from typing import Any, Literal

import msgspec
from sqlalchemy import JSON, Boolean, Float, Integer, Table, bindparam, func, literal_column, null
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from bot.store.literals import sql_of
from bot.store.prepared import Converter, Processor, dialect_of, to_driver

# What becomes of a row that is there already.
Conflict = Literal["error", "keep", "replace"]


class Insert:
    """An INSERT of tuples with the columns `names`; columns that are not given get the model's defaults.

    SQLite's driver takes a microsecond and a half for a value that is neither a number nor a text, looking for somebody
    who would adapt it: as long as for five that are. So nothing is handed over as something: columns with nothing in
    them (`empty`) stand in the statement as NULL, and others bring a value that their own are not, of another kind.
    """

    def __init__(
        self,
        dialect_name: str,
        table: Table,
        names: Sequence[str],
        conflict: Conflict,
        empty: frozenset[str] = frozenset(),
    ) -> None:
        insert: Any = postgresql.insert if dialect_name == "postgresql" else sqlite.insert
        statement = insert(table)
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
        # What is the same in every row need not be handed over with each; COPY wants rows that have everything.
        written = {
            name: bindparam(name) if dialect_name == "postgresql" else _literal(dialect_name, table.columns[name])
            for name in defaults
        }
        nothings = {name: nothing for name in names if (nothing := nothing_in(dialect_name, table.columns[name]))}
        given = {
            name: null()
            if name in empty
            else func.nullif(bindparam(name, type_=table.columns[name].type), literal_column(nothings[name]))
            if name in nothings
            else bindparam(name)
            for name in names
        }
        compiled: Any = statement.values({**given, **written}).compile(dialect=dialect_of(dialect_name))
        self.text: str = compiled.string
        processors: dict[str, Processor] = compiled._bind_processors
        places = {name: place for place, name in enumerate(names)}
        # Where the key stands among the columns that are given, if such a row replaces what is there.
        replaces = conflict == "replace" and changed
        self.keys = [places[key] for key in keys if key in places] if replaces else []
        self._columns: list[tuple[int | None, Converter | None, Any]] = [
            (
                places.get(name),
                to_driver(dialect_name, table.columns[name].type, processors.get(name), nothings.get(name)),
                _constant(defaults.get(name), processors.get(name)),
            )
            for name in compiled.positiontup
        ]
        # The columns as they stand in the statement: where each is given, else its default, and its type.
        self.written: list[tuple[int | None, Any, TypeEngine[Any]]] = [
            (places.get(name), _constant(defaults.get(name), None), table.columns[name].type)
            for name in compiled.positiontup
        ]

    def values(self, given: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """The rows of these columns as the driver wants them, made column by column, so that the loops are not ours."""
        count = len(given[0])
        columns: list[Iterable[Any]] = []
        for place, convert, constant in self._columns:
            if place is None:
                columns.append(repeat(constant, count))
            else:
                columns.append(given[place] if convert is None else convert(given[place]))
        return list(zip(*columns, strict=True))

    @cached_property
    def of_list(self) -> str:
        """The INSERT of as many rows as there are in a list in JSON, its one parameter: a single step for SQLite."""
        into, _, values = self.text.partition(" VALUES ")
        first, *others = values[1:-1].split("?")
        places = (f"json_extract(value, '$[{place}]'){other}" for place, other in enumerate(others))
        return f"{into} SELECT {first}{''.join(places)} FROM json_each(?)"


def lister(insert: Insert, given: Sequence[Sequence[Any]]) -> Callable[[Any], None]:
    """What inserts rows, which come as columns, into SQLite by a single step, once it is given a cursor: Python's lock
    is free meanwhile, which the driver takes for each row otherwise."""
    values = insert.values(given)
    rows = _encode(values)
    if len(rows) > _LARGEST:
        return lambda cursor: cursor.executemany(insert.text, values)
    return lambda cursor: cursor.execute(insert.of_list, (rows.decode(),))


# SQLite takes a billion bytes, and would copy what it reads of them.
_LARGEST = 50_000_000
_encode = msgspec.json.Encoder().encode


@cache
def _insert_into(
    dialect_name: str, table: Table, names: tuple[str, ...], conflict: Conflict, empty: frozenset[str]
) -> Insert:
    return Insert(dialect_name, table, names, conflict, empty)


def insert_into(
    dialect_name: str, table: Table, names: tuple[str, ...], conflict: Conflict, given: Sequence[Sequence[Any]]
) -> Insert:
    """The insert for rows of one shape, which these columns have; there are few shapes."""
    may_be_empty = _may_be_empty(dialect_name, table, names)
    empty = [names[place] for place in may_be_empty if given[place].count(None) == len(given[place])]
    return _insert_into(dialect_name, table, names, conflict, frozenset(empty))


@cache
def _may_be_empty(dialect_name: str, table: Table, names: tuple[str, ...]) -> list[int]:
    """The places of columns that may have nothing in them."""
    return [place for place, name in enumerate(names) if nothing_in(dialect_name, table.columns[name])]


def nothing_in(dialect_name: str, column: Any) -> str:
    """What stands for nothing among the values of an SQLite column, as SQL writes it: a text among numbers, a number
    among texts. Empty where nothing stands for itself."""
    if dialect_name != "sqlite" or not column.nullable or isinstance(column.type, JSON):
        return ""
    return "''" if isinstance(column.type, Integer | Float | Boolean) else "0"


def _constant(default: Any, processor: Processor | None) -> Any:
    """What the driver gets for a default; the models have only constant ones."""
    if default is None:
        return None
    value = default.arg(None) if default.is_callable else default.arg
    return processor(value) if processor else value


def _literal(dialect_name: str, column: Any) -> ColumnElement[Any]:
    """A column's default as it stands in a statement."""
    return literal_column(sql_of(_constant(column.default, column.type.bind_processor(dialect_of(dialect_name)))))
