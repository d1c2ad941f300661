"""`replay`: a period that is over, under another playbook or calendar."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption, read_day
from bot.cli.places import database_url
from bot.cli.programs import operate, progress
from bot.cli.tables import table
from bot.clock import utc_now
from bot.config import load_config
from bot.desk import Refused, lines


def replay(
    since: Annotated[str, typer.Option("--from", help="第一天，如 2026-11-01。")],
    until: Annotated[str, typer.Option("--to", help="最后一天；不写就到掌柜运行到的时候。")] = "",
    calendar: Annotated[str, typer.Option("--calendar", help="用这份排期，代替当时的。")] = "",
    playbook: Annotated[str, typer.Option("--playbook", help="用这份方案，代替当时的。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> int:
    """用数据库的副本重演过去一段，看会有什么不同；什么也不发。"""
    from bot.replay import copies
    from bot.replay import replay as live_again
    from bot.replay_difference import table_rows, told

    loaded = load_config(config, os.environ)
    begin, end = _span(since, until, ZoneInfo(loaded.merchants[0].timezone))
    before = [["playbook", "import", playbook]] if playbook else []
    before += [["calendar", "import", calendar, "--replace"]] if calendar else []
    with tempfile.TemporaryDirectory(prefix="zhanggui-") as folder:
        period = copies(database_url(loaded, db), Path(folder), begin, end, before)
        with progress("重演", begin, period.end) as advanced:
            rows = live_again(loaded, period, run_operator=operate, advanced=advanced)
    typer.echo(
        lines(rows) if as_json else table(table_rows(rows), empty="和当时一样，没有不同。") + told(rows), nl=False
    )
    return 0


def _span(since: str, until: str, zone: tzinfo) -> tuple[datetime, datetime | None]:
    """From the beginning of a day to the end of another, if one is named (UTC). Raises `Refused`."""
    begin = datetime.combine(read_day(since), time(), zone).astimezone(UTC)
    if not until:
        return begin, None
    end = datetime.combine(read_day(until) + timedelta(days=1), time(), zone).astimezone(UTC)
    if end <= begin:
        raise Refused(f"--to {until} 在 --from {since} 前面，换一下就好")
    if end > utc_now() + timedelta(days=1) or begin > utc_now():
        raise Refused(f"--to {until} 还没到：重演的是已经过去的日子，要看以后的用 ahead")
    return begin, min(end, utc_now())
