"""`report promises`, `report reception`, `report groups`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import msgspec
import typer

from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption, day_of_our_time
from bot.cli.tables import table
from bot.desk import Answer, Desk, Refused, Request, lines
from bot.group_report import CODES, group_rows
from bot.promise_report import promise_rows
from bot.reading import first_day
from bot.reception_report import FIGURES, people_rows, reception_rows

app = typer.Typer(help="数据：必发做到了没有，新客接待得怎样，群有没有毛病。", no_args_is_help=True)


@app.command()
def promises(
    since: Annotated[str, typer.Option("--from", help="The first day; default: the first post's.")] = "",
    until: Annotated[str, typer.Option("--to", help="The last day; default: yesterday.")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """Which promises were kept, late or missed."""

    async def request(desk: Desk) -> Answer:
        yesterday = desk.now().astimezone(desk.merchant.zone).date() - timedelta(days=1)
        with desk.store.reading() as connection:
            first = _day(since) or first_day(connection, desk.merchant) or yesterday
            rows = [
                msgspec.to_builtins(row)
                for row in promise_rows(connection, desk.merchant, first, _day(until) or yesterday)
            ]
        return Answer(lines(rows) if as_json else table(rows, empty="这段时间没有必发。"))

    return request


@app.command()
def reception(
    figure: Annotated[
        str,
        typer.Option(
            "--rows",
            help="The people behind a figure (requested … finished, ungreeted, unsurveyed), a question (its key), or "
            "what became of it (KEY:open, answered, declined, later, aside).",
        ),
    ] = "",
    account: Annotated[str | None, typer.Option("--account", help="With --rows: only of this account.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="With --rows: only from there.")] = None,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """From request to finished survey, by account and source."""

    async def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            if figure:
                rows = people_rows(connection, desk.merchant, figure, account, source)
            else:
                rows = reception_rows(connection, desk.merchant)
        if rows is None:
            raise Refused(f"没有「{figure}」这个数，有：{'、'.join(FIGURES)}，或者建档问题的 key、key:open 这样的")
        if as_json:
            return Answer(lines(rows))
        return Answer(table([{**row, **_told(row)} for row in rows], empty="还没有新客。"))

    return request


@app.command()
def groups(
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """What is not in order in the tree of groups: one row a fault."""

    async def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            rows = group_rows(connection, desk.merchant)
        if as_json:
            return Answer(lines(rows))
        return Answer(table([row | {"code": CODES[row["code"]]} for row in rows], empty="群都没有毛病。"))

    return request


def _told(row: dict[str, Any]) -> dict[str, str]:
    """What became of questions, in few words: answered of asked, or for one person the state of each."""
    if (counts := row.get("by_question")) is not None:
        return {"by_question": "，".join(f"{key} {one['answered']}/{one['asked']}" for key, one in counts.items())}
    return {"questions": "，".join(f"{key} {state}" for key, state in row["questions"].items())}


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"看不懂日期「{text}」，要写成 2026-11-25") from None
    return day_of_our_time(day)
