"""`events list`, `events retry`: what the program could not deal with."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

import typer

from bot import reading
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.desk import Answer, Desk, Request, lines, only_reads
from bot.moments import iso
from bot.store.failed import failed_rows, may_be_decided
from models.orders import DecideAgainOrder

app = typer.Typer(help="处理不了的事：有哪些，修好以后重新处理。", no_args_is_help=True)


@app.command("list")
def list_events(config: ConfigOption = CONFIG, db: DatabaseOption = "", as_json: JsonOption = False) -> Request:
    """列出处理不了的事，最早的在前，最多一千件。

    每一件都写着为什么、能不能重新处理；--json 连 traceback 一起给，维护的人看得出是哪个文件哪一行。
    """

    @only_reads
    def request(desk: Desk) -> Answer:
        return _told(_failed(desk), as_json=as_json, empty="没有处理不了的事。")

    return request


@app.command()
def retry(
    events: Annotated[list[int] | None, typer.Argument(help="编号，可以写几个；不写就是全部。")] = None,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """重新处理。先升级或修好程序，再来这里。

    按当初的先后，一件一件照现在的情况处理；没处理好的，会列出来。
    """

    async def request(desk: Desk) -> Answer:
        wanted = tuple(events or ())
        said = await desk.order(DecideAgainOrder(merchant=desk.merchant.id, at=desk.now(), events=wanted))
        left = _told(_failed(desk, wanted), as_json=as_json, empty="")
        return left if as_json else Answer(f"{said}\n" + (f"还没处理好的：\n{left.out}" if left.out.strip() else ""))

    return request


def _told(rows: list[reading.Row], *, as_json: bool, empty: str) -> Answer:
    if as_json:
        return Answer(lines(rows))
    for row in rows:
        row["again"] = "能" if row["again"] else "不能"
        del row["traceback"]  # of many lines
    return Answer(table(rows, empty=empty))


def _failed(desk: Desk, wanted: Collection[int] = ()) -> list[reading.Row]:
    """What the program could not deal with, of these, or the first of all."""
    with desk.store.reading() as connection:
        return [_shown(row, desk) for row in failed_rows(connection, desk.merchant.id, wanted)]


def _shown(row: Any, desk: Desk) -> reading.Row:
    return {
        "id": row.id,
        "at": iso(row.at, desk.merchant.zone),
        "type": row.type,
        "account": row.account_id,
        "group": row.room,
        "contact": row.contact,
        "text": row.words,
        "again": may_be_decided(row),
        "error": row.error.strip().splitlines()[-1] if row.error.strip() else "",
        "traceback": row.error,
    }
