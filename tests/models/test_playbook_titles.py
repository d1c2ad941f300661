"""Every key of a playbook has a name that a shop manager reads, and a place."""

from __future__ import annotations

from typing import Any, get_args

from models.playbook import Playbook
from models.playbook_titles import CHOICES, SECTIONS, TITLES
from models.playbook_values import Part


def _inside(annotation: Any) -> list[Any]:
    """Everything that a type is made of."""
    return [annotation, *(inner for part in get_args(annotation) for inner in _inside(part))]


def _tables(model: type[Part], seen: set[type[Part]]) -> set[type[Part]]:
    """All tables of a playbook, but for those that stand for one value."""
    if model not in seen:
        seen.add(model)
        for field in model.model_fields.values():
            for one in _inside(field.annotation):
                if isinstance(one, type) and issubclass(one, Part):
                    _tables(one, seen)
    return seen


def test_every_key_has_a_title_and_no_title_is_left_over() -> None:
    tables = _tables(Playbook, set())
    assert set(TITLES) == {table for table in tables if table.__name__ != "Bounds"}
    for table, titles in TITLES.items():
        assert set(titles) == set(table.model_fields), table


def test_every_key_is_in_one_section() -> None:
    keys = [key for section in SECTIONS for key in section.keys]
    assert sorted(keys) == sorted(Playbook.model_fields)


def test_every_word_that_can_be_chosen_has_a_name() -> None:
    for table in TITLES:
        for field in table.model_fields.values():
            words = [one for one in _inside(field.annotation) if isinstance(one, str)]
            assert set(words) <= set(CHOICES), (table, words)
