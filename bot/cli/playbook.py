"""`playbook check`, `schema`, `export`, `import`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import JsonOption
from bot.config import load_playbook
from bot.faults import ConfigFaults
from models.playbook import playbook_schema

app = typer.Typer(help="运营方案：检查、看格式。", no_args_is_help=True)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A playbook.")], as_json: JsonOption = False) -> int:
    """Say everything that is wrong with a playbook file."""
    try:
        playbook = load_playbook(file)
    except ConfigFaults as faults:
        for fault in faults.faults:
            row = {
                "file": fault.file,
                "line": fault.line,
                "key": fault.key,
                "found": fault.found,
                "expected": fault.expected,
            }
            typer.echo(json.dumps(row, ensure_ascii=False) if as_json else str(fault))
        return 2
    if not as_json:
        typer.echo(f"{playbook.name or file}：没有问题")
    return 0


@app.command()
def schema() -> int:
    """Print the JSON Schema of a playbook."""
    typer.echo(json.dumps(playbook_schema(), ensure_ascii=False, indent=2))
    return 0
