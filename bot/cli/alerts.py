"""`alerts list`: what a human must know."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import reading
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.desk import Answer, Desk, Request, lines, only_reads
from handlers.reason_names import ALERT_NAMES

app = typer.Typer(help="告警：现在哪里不对，什么时候开始的。", no_args_is_help=True)


@app.callback()
def about() -> None:
    """Commands about alerts stand under `alerts`, though there is one only."""


@app.command("list")
def list_alerts(
    over: Annotated[bool, typer.Option("--all", help="连已经过去的也列出来。")] = False,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """现在哪里不对，按开始的先后排。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            rows = reading.alerts(connection, desk.merchant, over=over)
        if as_json:
            return Answer(lines(rows))
        named = [row | {"kind": ALERT_NAMES.get(row["kind"], row["kind"])} for row in rows]
        return Answer(table(named, empty="一切正常。"))

    return request
