"""Check the data of a TOML file against a pydantic model, and say in plain words what does not fit, all of it.

pydantic stops before whole-table checks as soon as one key is wrong. `check` therefore drops what was wrong and tries
again, so that those checks see the rest of the file and an operator is told everything in one go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.faults import shown
from models.playbook_faults import Misfit, listed, nearest
from models.playbook_values import plain

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

ROUNDS = 5  # dropping a key may make its table incomplete, and that one its list too short

NOT_WRITTEN = "没有写"
REQUIRED = "必须写上"
NO_QUOTES = "，不加引号"
_TABLE = "要写成一张表：[表名]，下面一行一个「键 = 值」"
# Everything that the types of our models can lead to; another kind is told without saying why.
EXPECTED = {
    "bool_type": "要写 true（是）或 false（否）",
    "dict_type": _TABLE,
    "finite_number": "要写一个普通的数",
    "float_type": "要写一个数",
    "greater_than": "要大于 {gt:g}",
    "greater_than_equal": "至少 {ge:g}",
    "int_from_float": "要写整数",
    "int_type": "要写整数",
    "less_than": "要小于 {lt:g}",
    "less_than_equal": "最多 {le:g}",
    "missing": REQUIRED,
    "model_type": _TABLE,
    "string_too_short": "要写文字，不能空着",
    "string_type": "要写文字，两边加英文引号",
    "too_short": "至少要写 {min_length} 个",
}
_UNQUOTED = frozenset({"bool_type", "float_type", "int_type", "int_from_float"})
_OTHERWISE = "这个键不能这样写"
UNKNOWN_KEY = "没有这个键"
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class Checked(Generic[Model]):
    """`model` is what could be read, without what was wrong; None if too little is left. Nothing wrong: no misfits."""

    model: Model | None
    misfits: list[Misfit]
    origin: Callable[[Path], Path]  # from places in `model` to places in the data


def check(model: type[Model], data: dict[str, Any]) -> Checked[Model]:
    """Read `data` as `model`, strictly."""
    misfits: list[Misfit] = []
    wrong: set[Path] = set()
    for round_ in range(ROUNDS):
        kept: dict[Path, list[int]] = {}
        rest = _without(data, wrong, (), kept)

        def origin(path: Path, kept: dict[Path, list[int]] = kept) -> Path:
            return _origin(path, kept)

        try:
            text = json.dumps(rest, default=plain)
            return Checked(model.model_validate_json(text, by_alias=True, by_name=False), misfits, origin)
        except RecursionError:
            return Checked(None, [_too_deep()], origin)
        except ValidationError as error:
            details = error.errors(include_url=False)
        places = [(_place(detail["loc"], rest), detail) for detail in details if not _only_thinned(detail)]
        if any(detail["type"] == "json_invalid" for detail in details):
            return Checked(None, [_too_deep()], origin)
        if round_ == 0:
            misfits = [_misfit(model, data, path, detail) for path, detail in places]
        drop = {origin(path[:-1] if detail["type"] == "missing" else path) for path, detail in places}
        if () in drop:
            break
        wrong |= drop
    return Checked(None, misfits, lambda path: path)


def further(checked: Checked[Any], found: list[Misfit]) -> list[Misfit]:
    """The misfits of what was left, at their places in the file, without those that an earlier one explains."""
    told = {path[:n] for path in (one.path for one in checked.misfits) for n in range(len(path) + 1)}
    moved = (Misfit(checked.origin(one.path), one.found, one.expected) for one in found)
    return [one for one in moved if one.path not in told]


def table_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model of the table at a place, None where there is no table with keys of its own."""
    found: type[BaseModel] | None = model
    for part in path:
        if found is not None and isinstance(part, str):
            annotation = annotation_of(found, part)
            found = None if annotation is None else _table_in(annotation)
    return found


def annotation_of(model: type[BaseModel], key: str) -> Any:
    """The type of a key, None if there is no such key."""
    return next((field.annotation for name, field in model.model_fields.items() if (field.alias or name) == key), None)


def unknown_key(model: type[BaseModel], path: Path) -> str:
    """What to do about an unknown key: the nearest of its table, or the table where it belongs."""
    table = table_at(model, path[:-1])
    key = str(path[-1])
    known = [] if table is None else [field.alias or name for name, field in table.model_fields.items()]
    if near := nearest(key, known, likeness=0.75):
        return f"是不是 {near!r}？"
    for home in _homes(model, ()):
        if home[-1] == key:
            return f"把它放到 [{'.'.join(home[:-1])}] 里" if home[:-1] else "把它放到最前面，第一个 [表] 之前"
    if not known:
        return "它下面不能再分"
    near = nearest(key, known)
    return f"是不是 {near!r}？" if near else f"可以写 {listed(known)}"


def _homes(model: type[BaseModel], path: tuple[str, ...]) -> list[tuple[str, ...]]:
    homes = []
    for name, field in model.model_fields.items():
        here = (*path, field.alias or name)
        table = _table_in(field.annotation)
        homes += [here, *(_homes(table, here) if table else [])]
    return sorted(homes, key=len)


def _table_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((table for inner in get_args(annotation) if (table := _table_in(inner)) is not None), None)


def _without(value: Any, wrong: set[Path], path: Path, kept: dict[Path, list[int]]) -> Any:
    """The value without the wrong places; `kept` tells which elements of each list are left."""
    if isinstance(value, dict):
        return {
            key: _without(inner, wrong, (*path, key), kept) for key, inner in value.items() if (*path, key) not in wrong
        }
    if isinstance(value, list):
        kept[path] = [n for n in range(len(value)) if (*path, n) not in wrong]
        return [_without(value[n], wrong, (*path, n), kept) for n in kept[path]]
    return value


def _origin(path: Path, kept: dict[Path, list[int]]) -> Path:
    origin: Path = ()
    for part in path:
        left = kept.get(origin, [])
        origin = (*origin, left[part] if isinstance(part, int) and part < len(left) else part)
    return origin


def _place(loc: Path, data: Any) -> Path:
    """The place in the data; pydantic also names the branches of unions, which nobody wrote."""
    path: Path = ()
    for n, part in enumerate(loc):
        there = part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int)
        if there:
            data = data[part]
        elif n < len(loc) - 1 or not isinstance(data, dict):  # the last may be a key that is missing
            continue
        path = (*path, part)
    return path


def _only_thinned(detail: ErrorDetails) -> bool:
    """Whether a list is called too short only because some of its elements were refused, each with its own error."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _misfit(model: type[BaseModel], data: dict[str, Any], path: Path, detail: ErrorDetails) -> Misfit:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return Misfit(path, UNKNOWN_KEY, unknown_key(model, path))
    written = _at(data, path)  # a check may have been told another form of a text
    value = written if isinstance(written, str) else detail["input"]
    found = NOT_WRITTEN if kind == "missing" else shown(value)
    match kind:
        case "expected":  # one of our own checks, which says it in our words
            return Misfit(path, found, detail["msg"])
        case "literal_error":
            known = _QUOTED.findall(context["expected"])
            near = nearest(value, known) if isinstance(value, str) else None
            return Misfit(path, found, (f"是不是 {near!r}？" if near else "") + f"只能写 {listed(known)}")
        case "tuple_type":
            each = table_at(model, path)
            name = ".".join(part for part in path if isinstance(part, str))
            return Misfit(path, found, f"每一条写成一个 [[{name}]]" if each else '要写成列表，如 ["…", "…"]')
    quotes = NO_QUOTES if kind in _UNQUOTED and isinstance(value, str) else ""
    return Misfit(path, found, EXPECTED.get(kind, _OTHERWISE).format(**context) + quotes)


def _at(data: Any, path: Path) -> Any:
    """The value at a place, None where there is none."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _too_deep() -> Misfit:
    return Misfit((), "表或列表套得太深", "少套几层")
