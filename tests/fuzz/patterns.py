"""Every regular expression of the program: what modules keep, and what functions write where they use it."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from models.patterns import Uncompiled

ROOT = Path(__file__).parents[2]
LAYERS = ("models", "content_calendar", "handlers", "bot")

METHODS = frozenset(("search", "match", "fullmatch", "sub", "split", "findall", "finditer"))

# What stands in a pattern that is made anew in each call, where a name of that function is in it.
SAMPLES: dict[str, Any] = {"name": "小山", "value": "老林", "verb": "(?:喝|买|用)", "pattern": "[^\\s\\0]+"}


class Use(NamedTuple):
    """A pattern and the method that it is used with; patterns in tables are taken to search."""

    pattern: re.Pattern[str]
    method: str

    def on(self, text: str) -> object:
        """Do with a text what the program does."""
        match self.method:
            case "sub" | "subn":
                return self.pattern.sub("", text)
            case "finditer":
                return list(self.pattern.finditer(text))
            case "split" | "findall" | "match" | "fullmatch" as method:
                return getattr(self.pattern, method)(text)
        return self.pattern.search(text)


def all_uses() -> dict[Use, str]:
    """Each use of a pattern over text with one place where it stands, `file:NAME` or `file:line`."""
    found: dict[Use, str] = {}
    named: set[str] = set()
    kept: dict[str, str] = {}
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("[!_]*.py")):
            place = path.relative_to(ROOT)
            module = importlib.import_module(".".join(place.with_suffix("").parts))
            kept |= {one.pattern: f"{place}:{name}" for name, value in vars(module).items() for one in _within(value)}
            for name, use in _uses(ast.parse(path.read_text(encoding="utf-8")), module):
                found[use] = f"{place}:{name}"
                named.add(use.pattern.pattern)
    for pattern, where in kept.items():
        if pattern not in named:
            found[Use(re.compile(pattern), "search")] = where
    return found


def _within(value: object, depth: int = 3) -> Iterator[re.Pattern[str]]:
    if (pattern := _compiled(value)) is not None:
        yield pattern
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _within(one, depth - 1)
    elif depth and isinstance(value, dict):
        for one in value.values():
            yield from _within(one, depth - 1)


def _compiled(value: object) -> re.Pattern[str] | None:
    """A pattern over texts, also one that waits for its first text."""
    if isinstance(value, Uncompiled) or (isinstance(value, re.Pattern) and isinstance(value.pattern, str)):
        return re.compile(value.pattern, value.flags)
    return None


def _uses(tree: ast.AST, module: ModuleType) -> Iterator[tuple[str, Use]]:
    """Calls such as `re.search(pattern, …)` and `_PATTERN.search(…)`."""
    known = vars(module)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        match node.func.value:
            case ast.Name(id="re") if node.func.attr in METHODS:
                yield str(node.lineno), Use(re.compile(_value(node.args[0], known)), node.func.attr)
            case ast.Name(id=name) if pattern := _compiled(known.get(name)):
                yield name, Use(pattern, node.func.attr)
            case _ if node.func.attr == "skip":  # the reader of TOML goes from one match to the next
                yield ast.unparse(node.args[0]), Use(_value(node.args[0], known), "match")


def _value(expression: ast.expr, known: Mapping[str, Any]) -> Any:
    return eval(compile(ast.Expression(expression), "", "eval"), {**SAMPLES, **known})
