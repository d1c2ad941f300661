"""Options that every command takes after its name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[Path, typer.Option("--config", help="The configuration file.")]
DatabaseOption = Annotated[str, typer.Option("--db", help="A database file or URL in place of the configuration's.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line, and nothing else.")]
AccountOption = Annotated[str, typer.Option("--account", help="The account that is meant; default: the first one.")]

CONFIG = Path("config.toml")
