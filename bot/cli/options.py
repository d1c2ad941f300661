"""Options that every command takes after its name."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot import client
from bot.desk import Refused
from bot.story_lines import YEARS
from handlers.roles import ROLE_NAMES

ConfigOption = Annotated[Path, typer.Option("--config", help="配置文件。")]
DatabaseOption = Annotated[str, typer.Option("--db", help="数据库文件或 URL，代替配置里写的。")]
JsonOption = Annotated[bool, typer.Option("--json", help="一行一个 JSON 对象，别的都不输出。")]
AccountOption = Annotated[str, typer.Option("--account", help="哪个账号；不写就是第一个。")]

ROLES_HELP = f"{'、'.join(f'{role} {name}' for role, name in ROLE_NAMES.items())}。"

CONFIG = client.CONFIG

_FOUR_WEEKS = 28
_MOST_DAYS = 3 * 366

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


def in_order(first: date, last: date) -> None:
    """Days that somebody gave, the first one not after the last. Raises `Refused`."""
    if last < first:
        raise Refused(f"--to {last} 在 --from {first} 前面，换一下就好")


def read_span(since: str, until: str, today: date) -> tuple[date, date]:
    """The first and the last day, both included; by default four weeks from today on. Raises `Refused`."""
    first = read_day(since) if since else today
    last = read_day(until) if until else first + timedelta(days=_FOUR_WEEKS - 1)
    in_order(first, last)
    if (last - first).days >= _MOST_DAYS:
        raise Refused(f"一次最多看 {_MOST_DAYS} 天，请把 --from 和 --to 改近一些")
    return first, last
