"""Constants of ours as they stand in statements."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def with_constants(dialect_name: str, compiled: Any, given: Collection[str]) -> str:
    """The text of a statement in which only the parameters `given` are left, and what else it has stands as it is.

    SQLite prepares a statement anew with each execution where a partial index may hang on a value that is handed over.
    """
    mark, processors = ("?" if dialect_name == "sqlite" else "%s"), compiled._bind_processors
    first, *others = compiled.string.split(mark)
    text: str = first
    for name, other in zip(compiled.positiontup, others, strict=True):
        if name in given:
            text += mark + other
            continue
        value = compiled.params[name]
        literal = sql_of(processors[name](value) if name in processors else value)
        text += (literal if mark == "?" else literal.replace("%", "%%")) + other
    return text


def sql_of(value: str | float | None) -> str:
    """A constant of ours as it stands in a statement: nothing, a number or a text."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    return str(int(value) if isinstance(value, bool) else value)
