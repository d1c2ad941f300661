"""A changed playbook as the TOML that somebody wrote: what is as it was keeps its words, its order and its comments."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Comment, InlineTable, Item, Table, Whitespace

from bot.faults import ConfigFaults
from bot.playbook_files import as_toml, data_of, examine_source
from bot.toml_source import parse_toml
from models.playbook import Playbook

_NAMES = ("name", "key")  # what an element of a list is known by
_LONG = 60  # a list of more characters has a line for each element


def rewritten(text: str, before: Playbook, after: Playbook) -> str:
    """The text that says `after`, made from one that says `before`; without comments if that should not succeed."""
    try:
        document = tomlkit.parse(text)
        _change(document, data_of(before), data_of(after))
        written = tomlkit.dumps(document)
        if examine_source(parse_toml("", written)) == after:
            return written
    except (TOMLKitError, ConfigFaults, ValueError, TypeError, KeyError, IndexError):
        pass  # a way of writing that the library cannot change in place
    return as_toml(after)


def _change(table: MutableMapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    for key in [*before, *(key for key in after if key not in before)]:
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        there = table.get(key)
        if now is None:
            if there is not None:
                del table[key]
        elif isinstance(there, MutableMapping) and isinstance(now, Mapping) and isinstance(was, Mapping):
            _change(there, was, now)
        elif isinstance(there, AoT) and _has_only_tables(now):
            _change_tables(there, was or [], now)
        elif isinstance(there, Array) and isinstance(now, Sequence):
            _change_elements(there, was or [], now)
        else:
            table[key] = _item(now, in_line=not isinstance(table, tomlkit.TOMLDocument | Table))


def _has_only_tables(value: Any) -> bool:
    return isinstance(value, Sequence) and all(isinstance(one, Mapping) for one in value)


def _change_elements(array: Array, before: Sequence[Any], after: Sequence[Any]) -> None:
    """Elements are changed in their places; those that are not the same come and go between those that are."""
    if len(before) == len(after):
        for n, (was, now) in enumerate(zip(before, after, strict=True)):
            if isinstance(array[n], MutableMapping) and isinstance(now, Mapping):
                _change(array[n], was, now)
            elif was != now:
                array[n] = _item(now, in_line=True)
        return
    old, new = ([json.dumps(one, sort_keys=True) for one in values] for values in (before, after))
    for _tag, i, j, k, m in reversed(SequenceMatcher(None, old, new, autojunk=False).get_opcodes()):
        if old[i:j] == new[k:m]:
            continue
        for n in reversed(range(i, j)):
            del array[n]
        for n in range(k, m):
            array.insert(i + n - k, _item(after[n], in_line=True))


def _change_tables(tables: AoT, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> None:
    """Each element goes on from the one of its name, and takes the comment in front of it along."""
    written: list[Table] = list(tables.body)
    above: list[list[Item]] = [[], *map(_take_notes, written)]  # what stands above each of them, and below the last
    left = list(range(len(before)))
    del tables[:]
    for now in after:
        same = next((n for n in left if before[n] == now), None)
        if same is None:
            same = next((n for n in left if _is_called(before[n], now)), None)
        if same is None:
            made = _table(now)
            made.add(tomlkit.nl())
        else:
            left.remove(same)
            made = written[same]
            _change(made, before[same], now)
            _add_notes(tables, above[same])
        tables.append(made)
    _add_notes(tables, above[-1])


def _take_notes(table: Table) -> list[Item]:
    """The comments at the end of a table, which are about what comes next."""
    body = table.value.body
    first = len(body)
    while first and body[first - 1][0] is None and isinstance(body[first - 1][1], Comment | Whitespace):
        first -= 1
    while first < len(body) and isinstance(body[first][1], Whitespace):
        first += 1
    notes = [item for _key, item in body[first:]]
    del body[first:]
    return notes


def _add_notes(tables: AoT, notes: Sequence[Item]) -> None:
    for note in notes if tables.body else ():
        tables.body[-1].value.body.append((None, note))


def _is_called(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return any(name in one and one.get(name) == other.get(name) for name in _NAMES)


def _item(value: Any, *, in_line: bool) -> Any:
    if isinstance(value, Mapping):
        return _inline(value) if in_line else _table(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _array(value, in_lines=len(value) > 1 and len("".join(map(str, value))) > _LONG)
    if isinstance(value, float) and value.is_integer():
        return tomlkit.item(int(value))  # 30, as people write it
    return tomlkit.item(value)


def _table(value: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, inner in value.items():
        table[key] = _item(inner, in_line=True)
    return table


def _inline(value: Mapping[str, Any]) -> InlineTable:
    """As people write it: with blanks inside the braces."""
    inner = ", ".join(
        f"{tomlkit.key(key).as_string()} = {_item(one, in_line=True).as_string()}" for key, one in value.items()
    )
    made = tomlkit.parse(f"x = {{ {inner} }}")["x"] if value else tomlkit.inline_table()
    assert isinstance(made, InlineTable)
    return made


def _array(value: Sequence[Any], *, in_lines: bool) -> Array:
    array = tomlkit.array()
    for one in value:
        array.append(_item(one, in_line=True))
    return array.multiline(in_lines)
