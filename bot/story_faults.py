"""What is wrong with a line of a story, so that its writer can mend it: where, what was found, what is expected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import inspect

from bot.story_lines import ACTS, WIRE_FACTS
from bot.terminal import brief, harmless
from models.playbook_faults import nearest

LINE_TYPES: dict[str, type] = {str(line.__struct_config__.tag): line for line in (*WIRE_FACTS, *ACTS)}

_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+|\.\.\.)\]")
_UNKNOWN_FIELD = re.compile(r"unknown field `(?P<name>.*?)`(?: - at|$)", re.DOTALL)
_MISSING_FIELD = re.compile(r"missing required field `(?P<name>.*?)`")
_WRONG_TYPE = re.compile(r"Expected `(?P<expected>.*?)`(?P<limit>(?: of length)? >= 1)?")

# msgspec's names for what it expected, as a writer of stories would put them
_PLAIN = {
    "str": "a text in quotes",
    "bool": "true or false",
    "int": "a whole number",
    "object": "an object in braces",
    "array": "a list in brackets",
}
_AWARE_TIME = "a time with its offset, such as 2026-11-23T09:00:00+08:00"


class StoryFault(Exception):
    """A story cannot be played: the file, the line (from 1), what was found there and what is expected."""

    def __init__(self, file: str, line: int, found: str, expected: str) -> None:
        super().__init__(file, line, found, expected)
        self.file, self.line, self.found, self.expected = file, line, found, expected

    def __str__(self) -> str:
        place = f"{brief(self.file)}, line {self.line}"
        return harmless(f"{place}: found {brief(self.found)}; expected {brief(self.expected)}")


class Misreading(Exception):
    """What is wrong with a line, before its place is known."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found, expected)
        self.found, self.expected = found, expected


def misreading(content: Any, expected: type, error: msgspec.ValidationError) -> Misreading:
    """Say why decoded JSON is no `expected`, which msgspec refused with `error`."""
    message = str(error)
    place = _PLACE.search(message)
    path = place["path"] if place else ""
    value, shape = _walk(content, inspect.type_info(expected), path)
    where = f" as {path.removeprefix('.')}" if path else ""
    if unknown := _UNKNOWN_FIELD.search(message):
        return Misreading(f"unknown field {unknown['name']!r}", _one_of(unknown["name"], _fields(shape)))
    if missing := _MISSING_FIELD.search(message):
        inside = f" in {path.removeprefix('.')}" if path else ""
        return Misreading(f"no field {missing['name']!r}{inside}", f"one beside {', '.join(map(repr, value))}")
    if words := _words(shape):
        return Misreading(f"{shown(value)}{where}", _one_of(value, words))
    if path == ".at":
        return Misreading(f"{shown(value)}{where}", _AWARE_TIME)
    if wrong := _WRONG_TYPE.search(message):
        least = ", not empty" if wrong["expected"] == "str" else " from 1 on"
        plain = _PLAIN.get(wrong["expected"], wrong["expected"])
        return Misreading(f"{shown(value)}{where}", plain + (least if wrong["limit"] else ""))
    return Misreading(f"{shown(value)}{where}", _PLACE.sub("", message).removeprefix("expected "))


def unknown_type(content: dict[str, Any]) -> Misreading:
    """Say that a line has no `type`, or none that we know."""
    if "type" not in content:
        return Misreading("no field 'type'", f"a type: {_listed(LINE_TYPES)}")
    return Misreading(f"unknown type {shown(content['type'])}", _one_of(content["type"], LINE_TYPES))


def shown(value: Any, limit: int = 60) -> str:
    """Show what was found, shortened."""
    text = repr(value) if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= limit else f"{text[:limit]}…"


def _walk(value: Any, shape: inspect.Type, path: str) -> tuple[Any, inspect.Type]:
    for step in _STEP.finditer(path):
        index = step["index"]
        if step["key"] is not None:
            field = next(field for field in _struct(shape).fields if field.encode_name == step["key"])
            value, shape = value[step["key"]], field.type
        elif isinstance(shape, inspect.DictType):  # msgspec does not say which entry it was
            break
        elif isinstance(shape, inspect.VarTupleType):
            value, shape = value[int(index)], shape.item_type
    return value, shape


def _struct(shape: inspect.Type) -> inspect.StructType:
    if isinstance(shape, inspect.StructType):
        return shape
    raise TypeError(f"not a struct: {shape}")


def _fields(shape: inspect.Type) -> list[str]:
    struct = _struct(shape)
    tag = [struct.tag_field] if struct.tag_field is not None else []
    return [*tag, *(field.encode_name for field in struct.fields)]


def _words(shape: inspect.Type) -> list[str]:
    match shape:
        case inspect.LiteralType(values=values):
            return [str(value) for value in values]
        case inspect.UnionType(types=types):
            return [word for one in types for word in _words(one)]
        case _:
            return []


def _one_of(found: object, known: Iterable[str]) -> str:
    near = nearest(found, known) if isinstance(found, str) else None
    return f"{near!r} perhaps, or another of: {_listed(known)}" if near else f"one of: {_listed(known)}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


__all__ = ["LINE_TYPES", "Misreading", "StoryFault", "misreading", "shown", "unknown_type"]
