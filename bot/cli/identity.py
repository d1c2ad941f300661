"""`merge`, `unmerge`, and `people ambiguous`, `people same`, `people different`, `people merges`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import identity_report
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.desk import Answer, Desk, Refused, Request, lines, only_reads
from models.identity import EVIDENCE, DoubtKind
from models.orders import MergeOrder, SettleDoubtOrder, UnmergeOrder

app = typer.Typer(help="谁是谁：认不准的老朋友，合并过的人。", no_args_is_help=True)

Contact = Annotated[str, typer.Argument(help="客户编号。")]
Other = Annotated[str, typer.Argument(help="另一个客户编号。")]

_KINDS = {DoubtKind.REBIND: "换了编号？", DoubtKind.MERGE: "同一个人？"}


@app.command("ambiguous")
def list_ambiguous(
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """谁可能是谁，凭什么：等您定的每一对。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            rows = identity_report.ambiguous(connection, desk.merchant)
        if as_json:
            return Answer(lines(rows))
        shown = [
            row | {"kind": _KINDS[row["kind"]], "evidence": [EVIDENCE[one] for one in row["evidence"]]} for row in rows
        ]
        return Answer(table(shown, empty="没有认不准的人。"))

    return request


@app.command("merges")
def list_merges(
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """谁和谁合并过。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            rows = identity_report.merges(connection, desk.merchant)
        return Answer(lines(rows) if as_json else table(rows, empty="没有合并过的人。"))

    return request


@app.command()
def same(
    contact: Contact,
    other: Other,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """contact 就是 other：资料跟到新编号，或者两人合成一人。"""
    return _settle(contact, other, as_json=as_json, same=True)


@app.command()
def different(
    contact: Contact,
    other: Annotated[str, typer.Argument(help="不写就是 contact 可能是的每一位。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """contact 不是 other，是另一个人。"""
    return _settle(contact, other, as_json=as_json, same=False)


def merge(
    contact: Contact,
    other: Other,
    keep: Annotated[str, typer.Option("--keep", help="两人的回答不一样时听谁的；不写就听 contact。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """两个编号是一个人：回答、标签、建档、打扰上限从此合一。"""

    async def request(desk: Desk) -> Answer:
        if keep not in ("", contact, other):
            raise Refused(f"--keep 只能是 {contact} 或 {other}")
        kept = keep or contact
        gone = other if kept == contact else contact
        _must_exist(desk, kept, gone)
        told = await desk.order(MergeOrder(merchant=desk.merchant.id, at=desk.now(), kept=kept, other=gone))
        return Answer(lines([{"kept": kept, "merged": gone}]) if as_json else f"{told}\n")

    return request


def unmerge(
    contact: Contact,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """撤销一个人最近一次合并。"""

    async def request(desk: Desk) -> Answer:
        _must_exist(desk, contact)
        told = await desk.order(UnmergeOrder(merchant=desk.merchant.id, at=desk.now(), contact=contact))
        return Answer(lines([{"unmerged": contact}]) if as_json else f"{told}\n")

    return request


def _settle(contact: str, other: str, *, as_json: bool, same: bool) -> Request:
    async def request(desk: Desk) -> Answer:
        _must_exist(desk, contact, *([other] if other else []))
        order = SettleDoubtOrder(merchant=desk.merchant.id, at=desk.now(), contact=contact, other=other, same=same)
        told = await desk.order(order)
        row = {"contact": contact, "other": other or None, "same": same}
        return Answer(lines([row]) if as_json else f"{told}\n")

    return request


def _must_exist(desk: Desk, *wire_ids: str) -> None:
    """An id that nobody has is a slip of the pen. Raises `Refused`."""
    with desk.store.reading() as connection:
        missing = identity_report.unknown(connection, desk.merchant, *wire_ids)
    if missing:
        raise Refused(f"没有这个人：{'、'.join(missing)}")
