"""`erase`: forget a person who asked for it in another way than by saying so in the chat."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import reading
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.desk import Answer, Desk, Refused, Request, lines
from models.orders import ErasePersonOrder

_ASK = "要删掉 {contact} 的称呼、备注、回答、标签和聊天记录，删了找不回来。确定就加上 --yes 再来一次。"


def erase(
    contact: Annotated[str, typer.Argument(help="客户编号。")],
    yes: Annotated[bool, typer.Option("--yes", help="确实是本人要求的；删了找不回来。")] = False,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """删除一个人的资料，找不回来。

    说过的话、称呼、回答都删掉，计数留着；正要发给这个人的取消。
    """

    async def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            known = reading.who(connection, desk.merchant, contact, desk.now()) is not None
        if not known:
            raise Refused(f"没有这个人：{contact}")
        if not yes:
            raise Refused(_ASK.format(contact=contact))
        told = await desk.order(ErasePersonOrder(merchant=desk.merchant.id, at=desk.now(), contact=contact))
        return Answer(lines([{"contact": contact, "erased": True}]) if as_json else f"{told}\n")

    return request
