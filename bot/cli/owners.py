"""`owner`, `handover`, `move`: who looks after whom, and who belongs where."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.desk import Answer, Desk, Request, lines
from models.orders import HandoverOrder, MoveOrder, OwnerOrder

Person = Annotated[str, typer.Argument(help="A stable id, or a unique name.")]


def owner(
    person: Person,
    owner: Annotated[str, typer.Argument(help="Who is to look after them; default: say who does.")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """Who looks after PERSON; with OWNER: that one from now on, unless somebody does already."""

    async def request(desk: Desk) -> Answer:
        order = OwnerOrder(merchant=desk.merchant.id, at=desk.now(), person=person, owner=owner)
        return _answer(await desk.order(order), as_json=as_json)

    return request


def handover(
    source: Annotated[str, typer.Argument(help="A member, a bound room, or an owner with all customers and groups.")],
    to: Person,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """Customers change hands: one member, a group, or a whole book. Each of them is told once."""

    async def request(desk: Desk) -> Answer:
        order = HandoverOrder(merchant=desk.merchant.id, at=desk.now(), source=source, to=to)
        return _answer(await desk.order(order), as_json=as_json)

    return request


def move(
    person: Person,
    to: Annotated[str, typer.Argument(help="A tier, or a bound room.")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """PERSON belongs in that tier from now on, and is invited."""

    async def request(desk: Desk) -> Answer:
        order = MoveOrder(merchant=desk.merchant.id, at=desk.now(), person=person, to=to)
        return _answer(await desk.order(order), as_json=as_json)

    return request


def _answer(told: str, *, as_json: bool) -> Answer:
    return Answer(lines([{"answer": told}]) if as_json else f"{told}\n")
