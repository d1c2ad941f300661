"""`account replace`: a stand-by account takes over from one that is banned or dead."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.account_report import carried
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.desk import Answer, Desk, Request, lines
from models.orders import ReplaceAccountOrder

app = typer.Typer(help="账号：封了、丢了，由备用号接手。", no_args_is_help=True)

_NAMES = {"groups": "群", "friends": "好友", "surveys": "没问完的建档", "deliveries": "还没发的"}
# What helps for those that could not be carried over.
_CURES = {
    "groups": "把新账号拉进这些群，再执行一次",
    "friends": "请他们加新账号：资料、标签、归属都还在，认出是同一个人后用 merge",
    "surveys": "加了新账号会接着问",
    "deliveries": "留在旧账号，恢复了才发",
}


@app.callback()
def about() -> None:
    """Commands about accounts stand under `account`."""


@app.command()
def replace(
    old: Annotated[str, typer.Argument(help="不能用了的账号，写配置里的名字。")],
    new: Annotated[str, typer.Argument(help="备用账号，已经登录好的。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """备用账号 new 接手 old 的事。

    接手的有：两个号都在的群、共同的好友、没问完的建档、定时的事、角色、待发的。
    """

    async def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            rows = carried(connection, desk.merchant_of(new), old, new)
        told = await desk.order(
            ReplaceAccountOrder(merchant=desk.merchant_of(new).id, account=new, at=desk.now(), old=old, new=new)
        )
        if as_json:
            return Answer(lines(rows))
        shown = [
            {
                "": _NAMES[row["what"]],
                "接过来": row["carried"],
                "接不了": row["left"],
                "哪些": row["which"],
                "怎么办": _CURES[row["what"]] if row["left"] else "",
            }
            for row in rows
        ]
        return Answer(f"{told}\n{table(shown, empty='')}")

    return request
