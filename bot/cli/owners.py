"""`owner`, `handover`, `move`: who looks after whom, and who belongs where."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.desk import Answer, Desk, Request, lines
from models.orders import HandoverOrder, MoveOrder, OwnerOrder

Person = Annotated[str, typer.Argument(help="编号，或不重名的名字。")]


def owner(
    person: Person,
    owner: Annotated[str, typer.Argument(help="以后谁跟；不写就看现在谁跟。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """看 person 归谁跟；写上 owner，还没人跟的就归这位跟。"""

    async def request(desk: Desk) -> Answer:
        order = OwnerOrder(merchant=desk.merchant.id, at=desk.now(), person=person, owner=owner)
        return _answer(await desk.order(order), as_json=as_json)

    return request


def handover(
    source: Annotated[str, typer.Argument(help="一位客户、一个绑定的群，或一位同事（名下全部客户和群）。")],
    to: Person,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """客户交接：一位、一个群，或名下全部；每位客户都告知一次。"""

    async def request(desk: Desk) -> Answer:
        order = HandoverOrder(merchant=desk.merchant.id, at=desk.now(), source=source, to=to)
        return _answer(await desk.order(order), as_json=as_json)

    return request


def move(
    person: Person,
    to: Annotated[str, typer.Argument(help="层级，或绑定的群。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """把 person 归到一个层级，并邀请进群。"""

    async def request(desk: Desk) -> Answer:
        order = MoveOrder(merchant=desk.merchant.id, at=desk.now(), person=person, to=to)
        return _answer(await desk.order(order), as_json=as_json)

    return request


def _answer(told: str, *, as_json: bool) -> Answer:
    return Answer(lines([{"answer": told}]) if as_json else f"{told}\n")
