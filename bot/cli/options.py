"""Options that every command takes after its name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot.desk import Refused
from bot.story_lines import YEARS

ConfigOption = Annotated[Path, typer.Option("--config", help="The configuration file.")]
DatabaseOption = Annotated[str, typer.Option("--db", help="A database file or URL in place of the configuration's.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line, and nothing else.")]
AccountOption = Annotated[str, typer.Option("--account", help="The account that is meant; default: the first one.")]

CONFIG = Path("config.toml")

Day = TypeVar("Day", bound=date)


def day_of_our_time(day: Day) -> Day:
    """A day, or a moment, that somebody can have meant. Raises `Refused`."""
    if day.year not in YEARS:
        raise Refused(f"{day.isoformat()} 太远了，要在 {YEARS.start} 年到 {YEARS.stop - 1} 年之间")
    return day


def read_day(text: str) -> date:
    """A day of the merchant's zone, as 2026-11-25. Raises `Refused`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"看不懂日期「{text}」，要写成 2026-11-25") from None
    return day_of_our_time(day)
