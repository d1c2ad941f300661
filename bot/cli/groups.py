"""`group bind`, `group unbind`, `group list`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import reading
from bot.cli.options import CONFIG, AccountOption, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.desk import Answer, Desk, Request, lines
from models.orders import BindGroupOrder, UnbindGroupOrder

app = typer.Typer(help="群：绑定到层级，看看有哪些。", no_args_is_help=True)

Room = Annotated[str, typer.Argument(help="The room id.")]


@app.command()
def bind(
    room: Room,
    tier: Annotated[str, typer.Option("--tier", help="The tier of the playbook.")],
    parent: Annotated[str, typer.Option("--parent", help="The room id of the group above.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="The contact id of who looks after it.")] = "",
    account: AccountOption = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """Bind a group to a tier, by its room id."""

    async def request(desk: Desk) -> Answer:
        order = BindGroupOrder(
            merchant=desk.merchant_of(account).id,
            account=account,
            at=desk.now(),
            group=room,
            tier=tier,
            parent=parent,
            owner=owner,
        )
        told = await desk.order(order)
        return Answer(lines([{"group": room, "tier": tier}]) if as_json else f"{told}\n")

    return request


@app.command()
def unbind(
    room: Room,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """A group is logged from now on, and no longer posted to."""

    async def request(desk: Desk) -> Answer:
        told = await desk.order(UnbindGroupOrder(merchant=desk.merchant.id, at=desk.now(), group=room))
        return Answer(lines([{"group": room, "tier": None}]) if as_json else f"{told}\n")

    return request


@app.command("list")
def list_groups(
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """All groups that our accounts have seen."""

    async def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            rows = reading.groups(connection, desk.merchant)
        return Answer(lines(rows) if as_json else table(rows, empty="还没有见过任何群：让账号登录一次。"))

    return request
