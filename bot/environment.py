"""Keys of the configuration that the environment sets: `ZHANGGUI_<SECTION>__<KEY>`."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from bot.faults import Fault
from bot.model_faults import UNKNOWN_KEY, annotation_of, table_at, unknown_key
from bot.toml_source import KeyPath
from models.playbook_faults import nearest

PREFIX = "ZHANGGUI_"
TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_NUMBERS = re.compile(r"(?<=_)[0-9]+(?=_|$)")
_SECRET_WORDS = frozenset({"TOKEN", "WEBHOOK", "SECRET", "PASSWORD", "KEY"})
_WHOLE = re.compile(r"-?[0-9]{1,8}")
_NUMBER = re.compile(rf"{_WHOLE.pattern}(\.[0-9]{{1,8}})?")


def overridden(
    model: type[BaseModel], data: dict[str, Any], environ: Mapping[str, str]
) -> tuple[dict[str, Any], dict[KeyPath, str], list[Fault]]:
    """The data with what the environment sets, the variable of each key so set, and faults for unknown keys.

    Every variable with our prefix is meant, but for those that `token_env` or `webhook_env` name, and for one that by
    its name holds the secret of another configuration of this machine.
    """
    data = copy.deepcopy(data)
    overrides: dict[KeyPath, str] = {}
    faults: list[Fault] = []
    for variable in sorted(environ, key=_in_order):
        if not variable.startswith(PREFIX) or "__" not in variable or variable in _secrets(data):
            continue
        parts = variable.removeprefix(PREFIX).lower().split("__")
        path: KeyPath = tuple(int(part) if _is_index(part) else part for part in parts)
        if (wrong := _unknown(model, path)) is not None:
            faults.append(Fault("environment", None, variable, UNKNOWN_KEY, wrong))
        elif _set(data, path, _typed(model, path, environ[variable])):
            overrides[path] = variable
        else:
            faults.append(Fault("environment", None, variable, "没有这个位置", "从 0 数起，用下一个还没用的号"))
    secrets = _secrets(data)  # also those that the environment names
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and "__" not in variable and variable not in secrets:
            near, words = _meant(model, variable), variable.split("_")
            if words[-1] not in _SECRET_WORDS and (near or not _SECRET_WORDS & set(words)):
                wish = (
                    f"是不是 {near}？"
                    if near
                    else f"写成 {PREFIX}<SECTION>__<KEY>，或让 token_env、webhook_env 用这个名字"
                )
                faults.append(Fault("environment", None, variable, "没有这个变量", wish))
    return data, overrides, faults


def _meant(model: type[BaseModel], variable: str) -> str:
    """The variable of a key that was probably meant by one without a double underscore; empty if there is none."""
    numbers = iter(_NUMBERS.findall(variable))
    known = [f"{PREFIX}{key}" for key in _keys(model)]
    if (near := nearest(_NUMBERS.sub("0", variable), known, likeness=0.8)) is None:
        return ""
    return _NUMBERS.sub(lambda found: next(numbers, found[0]), near)


def _keys(model: type[BaseModel]) -> Iterator[str]:
    """How the variables of all keys go on after the prefix, elements of arrays with the number 0."""
    for name, field in model.model_fields.items():
        key = (field.alias or name).upper()
        table = table_at(model, (field.alias or name,))
        if table is None:
            yield key
        else:
            array = "__0" if field.annotation is not table else ""
            yield from (f"{key}{array}__{below}" for below in _keys(table))


def _in_order(variable: str) -> list[str]:
    return [part.zfill(9) if _is_index(part) else part for part in variable.split("__")]


def _is_index(part: str) -> bool:
    return part.isascii() and part.isdecimal() and len(part) < 9


def _secrets(data: dict[str, Any]) -> set[object]:
    tables = [(data.get("accounts"), "token_env"), (data.get("alerts"), "webhook_env")]
    return {
        name
        for rows, key in tables
        if isinstance(rows, list)
        for row in rows
        if isinstance(row, dict) and isinstance(name := row.get(key), str)
    }


def _unknown(model: type[BaseModel], path: KeyPath) -> str | None:
    """What is expected in place of the first part of a path that is no key."""
    for n, part in enumerate(path):
        table = table_at(model, path[:n])
        if isinstance(part, str) and (table is None or annotation_of(table, part) is None):
            return unknown_key(model, path[: n + 1])
    return None


def _typed(model: type[BaseModel], path: KeyPath, text: str) -> object:
    """The text as the type of its key, or as it is, for the model to refuse."""
    table = table_at(model, path[:-1])
    kinds = set() if table is None else set(_kinds(annotation_of(table, str(path[-1]))))
    if bool in kinds:
        return TRUTH.get(text.strip().lower(), text)
    if int in kinds and _WHOLE.fullmatch(text.strip()):
        return int(text.strip())
    if float in kinds and _NUMBER.fullmatch(text.strip()):
        return float(text.strip())
    return text


def _kinds(annotation: Any) -> Iterator[Any]:
    """What a type is made of: `Annotated[int, ...] | None` can be an int."""
    yield annotation
    for inner in get_args(annotation):
        yield from _kinds(inner)


def _set(data: Any, path: KeyPath, value: object) -> bool:
    """Set the value, making tables on the way and at most one new element at the end of an array."""
    for part, further in zip(path, [*path[1:], None], strict=True):
        new: Any = value if further is None else [] if isinstance(further, int) else {}
        if isinstance(data, dict) and isinstance(part, str):
            data[part] = new if further is None else data.get(part, new)
        elif isinstance(data, list) and isinstance(part, int) and part <= len(data):
            data[part : part + 1] = [new if further is None or part == len(data) else data[part]]
        else:
            return False
        data = data[part]
    return True
