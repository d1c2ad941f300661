"""What is wrong with a line of a story, so that its writer can mend it: where, what stands there, and the cure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import inspect

from bot.faults import Fault
from bot.model_faults import NOT_WRITTEN, REQUIRED
from bot.story_lines import ACTS, WIRE_FACTS
from models.playbook_faults import nearest

LINE_TYPES: dict[str, type] = {str(line.__struct_config__.tag): line for line in (*WIRE_FACTS, *ACTS)}

_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+|\.\.\.)\]")
_UNKNOWN_FIELD = re.compile(r"unknown field `(?P<name>.*?)`(?: - at|$)", re.DOTALL)
_MISSING_FIELD = re.compile(r"missing required field `(?P<name>.*?)`")
_WRONG_TYPE = re.compile(r"Expected `(?P<expected>.*?)`(?P<limit>(?: of length)? >= 1)?")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")

# msgspec's names for what it expected, as a writer of stories would put them
_PLAIN = {
    "str": "要写文字，两边加英文双引号",
    "bool": "要写 true（是）或 false（否）",
    "int": "要写整数",
    "object": "要写一组 {…}",
    "array": "要写一个列表 […]",
}
_LEAST = {"str": "要写文字，不能空着", "int": "要写整数，从 1 起"}
_AWARE_TIME = "要写带时区的时间，如 2026-11-23T09:00:00+08:00"
_NO_FIELD = "没有这个字段"
_OTHERWISE = "这里不能这样写"


class StoryFault(Exception):
    """A story cannot be played: the file, the line (from 1), the field, and what `bot.faults.sentence` is made of."""

    def __init__(self, file: str, line: int, found: str, expected: str, key: str = "") -> None:
        super().__init__(file, line, found, expected, key)
        self.fault = Fault(file, line, key, found, expected)

    def __str__(self) -> str:
        return str(self.fault)


class Misreading(Exception):
    """What is wrong with a line, before its place is known."""

    def __init__(self, found: str, expected: str, key: str = "") -> None:
        super().__init__(found, expected, key)
        self.found, self.expected, self.key = found, expected, key

    def at(self, file: str, line: int) -> StoryFault:
        """The same with its place."""
        return StoryFault(file, line, self.found, self.expected, self.key)


def misreading(content: Any, expected: type, error: msgspec.ValidationError) -> Misreading:
    """Say why decoded JSON is no `expected`, which msgspec refused with `error`."""
    message = str(error)
    place = _PLACE.search(message)
    path = place["path"] if place else ""
    value, shape = _walk(content, inspect.type_info(expected), path)
    key = path.removeprefix(".").removesuffix("[...]")  # of which entry of a dict is not known
    inside = f"{key}." if key else ""
    if unknown := _UNKNOWN_FIELD.search(message):
        return Misreading(_NO_FIELD, _one_of(unknown["name"], _fields(shape)), inside + unknown["name"])
    if missing := _MISSING_FIELD.search(message):
        return Misreading(NOT_WRITTEN, REQUIRED, inside + missing["name"])
    if words := _words(shape):
        return Misreading(shown(value), _one_of(value, words), key)
    if path == ".at":
        return Misreading(shown(value), _AWARE_TIME, key)
    if wrong := _WRONG_TYPE.search(message):
        plain = (_LEAST if wrong["limit"] else _PLAIN).get(wrong["expected"], _OTHERWISE)
        return Misreading(shown(value), plain, key)
    ours = _PLACE.sub("", message)  # what a value says that reads itself
    return Misreading(shown(value), ours if _CHINESE.search(ours) else _OTHERWISE, key)


def unknown_type(content: dict[str, Any]) -> Misreading:
    """Say that a line has no `type`, or none that we know."""
    if "type" not in content:
        return Misreading(NOT_WRITTEN, f"{REQUIRED}，只能写 {_listed(LINE_TYPES)}", "type")
    return Misreading(shown(content["type"]), _one_of(content["type"], LINE_TYPES), "type")


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
    return (f"是不是 {near!r}？" if near else "") + f"只能写 {_listed(known)}"


def _listed(words: Iterable[str]) -> str:
    return "、".join(words)


__all__ = ["LINE_TYPES", "Misreading", "StoryFault", "misreading", "shown", "unknown_type"]
