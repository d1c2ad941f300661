"""A playbook in Chinese: what each key says, as one line or several, and what is different between two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from bot.console.playbook.shapes import Field, Kind, field_at, fields_of
from models.conditions import Condition
from models.playbook import Playbook
from models.playbook_titles import CHOICES, SECTIONS, SHARE, TITLES
from models.playbook_values import Part

Data = Mapping[str, Any]
Path = tuple[str | int, ...]

NOTHING = "（没有）"
SILENT = "不接话"
_NAMING = ("name", "key", "value", "tier", "words", "hello", "source", "from", "day", "add", "tags")


class Change(NamedTuple):
    """Something that is different: where, and what it was and is in words."""

    path: Path
    where: str
    before: str
    after: str


def said(field: Field, value: Any, playbook: Data) -> str:
    """The value of a key in words; `playbook` is the whole of it, for the names of questions and options."""
    if value is None:
        return _default(field)
    match field.kind:
        case Kind.SWITCH:
            return "是" if value else "否"
        case Kind.NUMBER:
            return said_number(value, field.title.unit)
        case Kind.CHOICE:
            return CHOICES.get(str(value), str(value))
        case Kind.PERIOD:
            return said_period(value)
        case Kind.CONDITION:
            return said_condition(value, playbook)
        case Kind.TABLE | Kind.TABLES:
            assert field.table is not None
            rows = value if isinstance(value, list) else [value]
            return "\n".join(_row(field.table, row, playbook) for row in rows) or NOTHING
    if not isinstance(value, list):
        return str(value)
    if not value:
        return SILENT if field.silent else NOTHING
    if field.kind is Kind.TEXTS:
        return "\n".join(map(str, value))
    return "、".join(CHOICES.get(one, one) if isinstance(one, str) else number(one) for one in value)


def said_number(value: Any, unit: str) -> str:
    """A number with its unit; a share in per cent."""
    if unit == SHARE and isinstance(value, int | float):
        return f"{value * 100:.4g}%"
    return f"{number(value)} {unit}".strip()


def number(value: Any) -> str:
    """A number as one writes it."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def said_period(value: Any) -> str:
    """How often."""
    if isinstance(value, Mapping):
        return f"每 {value.get('days')} 天"
    return CHOICES.get(str(value), str(value))


def said_condition(condition: Any, playbook: Data) -> str:
    """Whom a condition is about."""
    if not isinstance(condition, Mapping) or not condition:
        return "人人"
    parts = []
    for key, wanted in condition.items():
        if key in TITLES[Condition]:
            parts.append(f"{TITLES[Condition][key].name} {'、'.join(map(str, wanted))}")
        else:
            parts.append(f"{key} 是 {_wanted(question_of(playbook, key), wanted)}")
    return "；".join(parts)


def question_of(playbook: Data, key: str) -> Data:
    """The question of that key, as its table; empty if there is none."""
    questions = (playbook.get("survey") or {}).get("questions") or []
    return next((one for one in questions if one.get("key") == key), {})


def _wanted(question: Data, wanted: Any) -> str:
    labels = {one.get("value"): one.get("label") or one.get("value") for one in question.get("options", ())}
    match wanted:
        case bool():
            return "是" if wanted else "否"
        case Mapping():
            least, most = wanted.get("min"), wanted.get("max")
            if least is None or most is None:
                return f"{number(most)} 以内" if least is None else f"{number(least)} 以上"
            return f"{number(least)} 到 {number(most)}"
        case list() | tuple():
            return " 或 ".join(_wanted(question, one) for one in wanted)
        case str():
            return str(labels.get(wanted, wanted))
    return number(wanted)


def _default(field: Field) -> str:
    if field.title.absent:
        return field.title.absent
    if field.default not in (None, ""):
        return said(field, field.default, {})
    if field.silent:
        return "用自带的话"
    return NOTHING


def _row(model: type[Part], row: Data, playbook: Data) -> str:
    """A table in one line."""
    parts = []
    for key, value in row.items():
        field = field_at(model, key)
        if field is not None:
            text = said(field, value, playbook).replace("\n", " / ")
            parts.append(f"{field.title.name}：{text}")
    return "　".join(parts)


def name_of(row: Any, number_of: int) -> str:
    """What to call an element of a list: by what tells it from the others."""
    for key in _NAMING if isinstance(row, Mapping) else ():
        value = row.get(key)
        if isinstance(value, str) and value:
            return f"「{value}」"
        if isinstance(value, list) and value:
            return f"「{value[0]}」"
    return f"第 {number_of + 1} 条"


def differences(before: Data, after: Data) -> list[Change]:
    """What is different, in the order of the sections."""
    keys = [key for section in SECTIONS for key in section.keys]
    found = list(_in_table(Playbook, before, after, (), "", before, after))
    return sorted(found, key=lambda change: keys.index(str(change.path[0])))


def _in_table(
    model: type[Part], old: Data, new: Data, path: Path, where: str, before: Data, after: Data
) -> Iterator[Change]:
    for field in fields_of(model):
        was, now = old.get(field.key), new.get(field.key)
        if was == now:
            continue
        here = f"{where} · {field.title.name}" if where else field.title.name
        place = (*path, field.key)
        if field.kind is Kind.TABLES and field.table is not None:
            yield from _in_list(field.table, was or [], now or [], place, here, before, after)
        elif field.kind is Kind.TABLE and field.table is not None and (not field.optional or (was and now)):
            yield from _in_table(field.table, was or {}, now or {}, place, here, before, after)
        else:
            yield Change(place, here, said(field, was, before), said(field, now, after))


def _in_list(
    model: type[Part], old: Sequence[Data], new: Sequence[Data], path: Path, where: str, before: Data, after: Data
) -> Iterator[Change]:
    """Elements are the same one if they go by the same name; what has none goes by its place."""
    names = [[name_of(row, n) for n, row in enumerate(rows)] for rows in (old, new)]
    if len(set(names[0])) < len(old) or len(set(names[1])) < len(new):
        names = [[f"第 {n + 1} 条" for n in range(len(rows))] for rows in (old, new)]
    for n, name in enumerate(names[0]):
        if name not in names[1]:
            yield Change((*path, n), f"{where} · {name}", _row(model, old[n], before), NOTHING)
    for n, name in enumerate(names[1]):
        if name not in names[0]:
            yield Change((*path, n), f"{where} · {name}", NOTHING, _row(model, new[n], after))
        else:
            was = old[names[0].index(name)]
            yield from _in_table(model, was, new[n], (*path, n), f"{where} · {name}", before, after)
    if _moved(names[0], names[1]):
        yield Change(path, f"{where}的先后", "、".join(names[0]), "、".join(names[1]))


def _moved(old: Sequence[str], new: Sequence[str]) -> bool:
    return [one for one in old if one in new] != [one for one in new if one in old]


def lines_changed(before: str, after: str) -> list[tuple[str, str]]:
    """Two texts as lines: each with `-`, `+`, or a blank for one that is near and in both."""
    old, new = before.splitlines(), after.splitlines()
    rows: list[tuple[str, str]] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(2):
        rows.append((" ", "…")) if rows else None
        for tag, i, j, k, m in group:
            if tag == "equal":
                rows += [(" ", line) for line in old[i:j]]
            else:
                rows += [("-", line) for line in old[i:j]] + [("+", line) for line in new[k:m]]
    return rows
