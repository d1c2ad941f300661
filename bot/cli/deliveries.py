"""`deliveries list`, `deliveries explain`, `deliveries settle`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import reading, reading_deliveries
from bot.cli.headings import HEADINGS
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import MOST, clock, table
from bot.desk import Answer, Desk, Refused, Request, lines, only_reads
from bot.preview import verdict_now
from handlers.command_answers import STATE_NAMES
from handlers.reason_names import REASON_NAMES
from models.deliveries import DeliveryState
from models.orders import SettleDeliveryOrder

app = typer.Typer(help="发送记录：发了什么，没发什么，为什么。", no_args_is_help=True)

_GREATEST_ID = 2**63 - 1  # what a column of ids holds

DeliveryId = Annotated[str, typer.Argument(help="发送记录的编号或 key。")]


@app.command("list")
def list_deliveries(
    state: Annotated[str, typer.Option("--state", help="只看这个状态的。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """列出发送记录，最近的在最后。

    一屏最多列最后一千条；全部的，加 --json。
    """

    @only_reads
    def request(desk: Desk) -> Answer:
        if state and state not in set(DeliveryState):
            raise Refused(f"没有状态「{state}」，可以是：{'、'.join(DeliveryState)}")
        with desk.store.reading() as connection:
            most = None if as_json else MOST + 1  # the table says that there are more
            rows = reading_deliveries.deliveries(connection, desk.merchant, state, most)
        if as_json:
            return Answer(lines(rows))
        shown = [_named({_KEY if name == "key" else name: row[name] for name in _LISTED}) for row in rows]
        return Answer(table(shown, empty="没有发送记录。"))

    return request


@app.command()
def explain(
    delivery: DeliveryId,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """一条发送记录：是什么，怎么走到这一步，现在会怎样。

    经过的每个状态，都写着什么时候、为什么。
    """

    @only_reads
    def request(desk: Desk) -> Answer:
        row, changes = _found(desk, delivery)
        now = verdict_now(desk.store, desk.merchant, row["delivery"])
        if as_json:
            return Answer(lines([row | {"history": changes, "now": now}]))
        told = _named({_KEY if name == "key" else name: value for name, value in row.items()})
        head = table([{"": HEADINGS.get(name, name), " ": value} for name, value in told.items()], empty="")
        return Answer(f"{head}\n{table([_named(change) for change in changes], empty='')}{_in_words(now)}")

    return request


@app.command()
def settle(
    delivery: DeliveryId,
    outcome: Annotated[str, typer.Argument(help="sent 发了，failed 没发成，resend 再发一次。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """核对一条不确定的发送：看过手机，说它发了没有。"""

    async def request(desk: Desk) -> Answer:
        row, _changes = _found(desk, delivery)
        identity = row["delivery"]
        order = SettleDeliveryOrder(merchant=desk.merchant.id, at=desk.now(), delivery=identity, outcome=outcome)
        told = await desk.order(order)
        return Answer(lines([{"delivery": identity, "outcome": outcome}]) if as_json else f"{told}\n")

    return request


# A delivery has two names: its number, and the key that says what it is for.
_KEY = "记号"
_LISTED = ("at", "delivery", "key", "account", "to", "kind", "state", "reason", "text")


def _named(row: reading.Row) -> reading.Row:
    """Its reason in words; states stay as `--state` takes them."""
    return row | {"reason": REASON_NAMES.get(row["reason"], row["reason"])}


def _in_words(now: reading.Row | None) -> str:
    """What would become of it now, as one says it; nothing about what is over."""
    if now is None:
        return ""
    if "account" in now:
        return f"\n现在：账号{STATE_NAMES[now['account']]}，等它上线\n"
    if "behind" in now:
        return f"\n现在：排在 {now['behind']} 后面\n"
    reason = REASON_NAMES.get(now["reason"], now["reason"]) or "还没到时间"
    until = f"，到 {clock(now['until'])}" if now["until"] else ""
    said = {"would_send": "可以发", "would_wait": f"还要等（{reason}{until}）", "would_skip": f"不会发（{reason}）"}
    return f"\n现在：{said[now['decision']]}\n"


def _found(desk: Desk, delivery: str) -> tuple[reading.Row, list[reading.Row]]:
    """A delivery by its number or key, and its states. Raises `Refused`."""
    found = None
    # Python reads no more than 4,300 digits.
    if not delivery.isdecimal() or (len(delivery) <= len(str(_GREATEST_ID)) and int(delivery) <= _GREATEST_ID):
        with desk.store.reading() as connection:
            found = reading_deliveries.history(connection, desk.merchant, delivery)
    if found is None:
        raise Refused(f"没有发送记录「{delivery}」")
    return found
