"""What a key of a playbook takes, read off the models: a form needs no list of fields of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from enum import Enum, auto
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import StringConstraints
from pydantic_core import PydanticUndefined

from models.conditions import Condition
from models.playbook import Rolling
from models.playbook_titles import TITLES, Title
from models.playbook_values import Part


class Kind(Enum):
    """What is written there."""

    SWITCH = auto()
    NUMBER = auto()
    LINE = auto()  # a word or two
    TEXT = auto()  # what is said to people, over several lines if need be
    TIME = auto()
    CHOICE = auto()
    CHOICES = auto()
    NAMES = auto()
    TEXTS = auto()
    NUMBERS = auto()
    PERIOD = auto()
    CONDITION = auto()
    TABLE = auto()
    TABLES = auto()


class Field(NamedTuple):
    """A key of a table. `default` is what holds without it, `table` what its tables are made of.

    `silent`: an empty list is something else than no list.
    """

    key: str
    title: Title
    kind: Kind
    default: Any
    choices: tuple[str, ...] = ()
    table: type[Part] | None = None
    optional: bool = False

    @property
    def silent(self) -> bool:
        """Whether an empty list is something else than none."""
        return self.optional and self.kind is Kind.TEXTS


@cache
def fields_of(model: type[Part]) -> tuple[Field, ...]:
    """The keys of a table in their order."""
    return tuple(_fields(model))


def field_at(model: type[Part], key: str) -> Field | None:
    """The field of a key; None for a key that is an answer's, or none at all."""
    return next((field for field in fields_of(model) if field.key == key), None)


def _fields(model: type[Part]) -> Iterator[Field]:
    for name, info in model.model_fields.items():
        annotation = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
        kind, choices, table = _kind(annotation)
        default = None if info.default is PydanticUndefined else info.default
        yield Field(
            key=info.alias or name,
            title=TITLES[model][name],
            kind=kind,
            default=default if isinstance(default, str | int | float) else None,
            choices=choices,
            table=table,
            optional=_is_optional(annotation),
        )


def _bare(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type without what is annotated and without None, and the annotations."""
    notes: tuple[Any, ...] = ()
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            notes = (*notes, *more)
            continue
        members = [one for one in get_args(annotation) if one is not NoneType]
        if get_origin(annotation) in (Union, UnionType) and len(members) == 1:
            annotation = members[0]
            continue
        return annotation, notes


def _is_optional(annotation: Any) -> bool:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return get_origin(annotation) in (Union, UnionType) and NoneType in get_args(annotation)


_SCALARS = {bool: Kind.SWITCH, int: Kind.NUMBER, float: Kind.NUMBER, time: Kind.TIME}
_LISTS = {
    Kind.LINE: Kind.NAMES,
    Kind.TEXT: Kind.TEXTS,
    Kind.NUMBER: Kind.NUMBERS,
    Kind.CHOICE: Kind.CHOICES,
    Kind.TABLE: Kind.TABLES,
}


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...], type[Part] | None]:
    bare, notes = _bare(annotation)
    if get_origin(bare) is tuple:
        kind, choices, table = _kind(get_args(bare)[0])
        return _LISTS[kind], choices, table
    if get_origin(bare) is Literal:
        return Kind.CHOICE, get_args(bare), None
    if bare is str:
        short = not notes or any(isinstance(note, StringConstraints) for note in notes) or len(notes) == 1
        return (Kind.LINE if short else Kind.TEXT), (), None
    if bare in _SCALARS:
        return _SCALARS[bare], (), None
    if isinstance(bare, type) and issubclass(bare, Condition):
        return Kind.CONDITION, (), None
    if isinstance(bare, type) and issubclass(bare, Part):
        return Kind.TABLE, (), bare
    assert Rolling in get_args(bare), annotation
    return Kind.PERIOD, (), None
