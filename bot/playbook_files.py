"""Playbooks as TOML: read and checked from a file, from a text or from forms, and written so that comments stay.

Whoever edits a playbook, wherever, is told the same: what `examined` finds is what `playbook check` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit

from bot.faults import ConfigFaults, Fault, dotted
from bot.model_faults import check, further
from bot.toml_source import TomlSource, read_toml
from models.playbook import Playbook
from models.playbook_faults import Misfit, misfits


def load_playbook(path: Path) -> Playbook:
    """The playbook of a file. Raises `ConfigFaults` with all faults."""
    return examine_playbook(path)[0]


def examine_playbook(path: Path) -> tuple[Playbook, Callable[[Iterable[Misfit]], list[Fault]]]:
    """The playbook of a file, and what tells where in it something is. Raises `ConfigFaults` with all faults."""
    source = read_toml(path)
    return examine_source(source), lambda found: _placed(source, found)


def examine_source(source: TomlSource) -> Playbook:
    """The playbook of a TOML text that was read. Raises `ConfigFaults` with all faults."""
    if not source.data:  # an empty playbook would be one, and put an end to all that the shop does
        raise ConfigFaults([Fault(source.name, 1, "", "文件里没有内容", "写上方案再用，空着等于把整个方案清空")])
    playbook, wrong = examined(source.data)
    if playbook is None:
        raise ConfigFaults(_placed(source, wrong))
    return playbook


def examined(data: dict[str, Any]) -> tuple[Playbook | None, list[Misfit]]:
    """The playbook that TOML data is, or everything that is wrong with it, at its place in the data."""
    checked = check(Playbook, data)
    wrong = list(checked.misfits)
    if checked.model is not None:
        declared = _declared(data)  # also those whose own table could not be read
        wrong += further(checked, [one for one in misfits(checked.model) if one.undeclared not in declared])
    return (None if wrong else checked.model), wrong


def data_of(playbook: Playbook) -> dict[str, Any]:
    """A playbook as the data of a TOML file; what is absent or the default is left out."""
    return playbook.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def as_toml(playbook: Playbook) -> str:
    """A playbook as the text of a TOML file that says the same."""
    return tomlkit.dumps(data_of(playbook))


def _placed(source: TomlSource, wrong: Iterable[Misfit]) -> list[Fault]:
    faults = (Fault(source.name, source.line(one.path), dotted(one.path), one.found, one.expected) for one in wrong)
    return sorted(faults, key=lambda fault: fault.line or 0)


def _declared(data: Mapping[str, Any]) -> set[str]:
    """The keys of questions and names of tiers that stand in the file."""
    survey = data.get("survey")
    tables = [(data.get("tiers"), "name"), (survey.get("questions") if isinstance(survey, dict) else None, "key")]
    return {
        name
        for rows, key in tables
        if isinstance(rows, list)
        for row in rows
        if isinstance(row, dict) and isinstance(name := row.get(key), str)
    }
