"""`operator invite`, `operator list`, `operator remove`: who may sign in to the console."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Annotated

import typer

from bot.cli.options import CONFIG, ROLES_HELP, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.clock import utc_now
from bot.desk import Answer, Desk, Refused, Request, lines, only_reads
from bot.store.operators import all_operators
from handlers.roles import ROLE_NAMES
from models.operations import Role
from models.orders import InviteOperatorOrder, RemoveOperatorOrder

app = typer.Typer(help="后台账号：谁可以登录。", no_args_is_help=True)

LINK_LASTS = timedelta(days=1)

Name = Annotated[str, typer.Argument(help="登录用的名字。")]


@app.command()
def invite(
    name: Name,
    role: Annotated[str, typer.Option("--role", help=ROLES_HELP)],
    account: Annotated[str, typer.Option("--account", help="只管这个账号的客户与群。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """给一个设密码的链接；已有密码的人，用它设新的。"""

    async def request(desk: Desk) -> Answer:
        secret = secrets.token_urlsafe(24)
        order = InviteOperatorOrder(
            merchant=desk.merchant.id,
            at=desk.now(),
            name=name,
            role=role,
            pool=account,
            invitation=hashlib.sha256(secret.encode()).hexdigest(),
            until=utc_now() + LINK_LASTS,
        )
        told = await desk.order(order)
        where = desk.config.console
        link = f"http://{where.host}:{where.port}/join?token={secret}"
        return Answer(lines([{"name": name, "role": role, "link": link}]) if as_json else f"{link}\n{told}\n")

    return request


@app.command("list")
def list_operators(config: ConfigOption = CONFIG, db: DatabaseOption = "", as_json: JsonOption = False) -> Request:
    """谁可以登录，谁受了邀请还没设密码。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            found = all_operators(connection, desk.merchant.id)
        if as_json:
            return Answer(lines([{"name": one.name, "role": one.role, "joined": bool(one.password)} for one in found]))
        shown = [
            {
                "名字": one.name,
                "角色": ROLE_NAMES[Role(one.role)],
                "账号": one.account,
                "": "" if one.password else "还没设密码",
            }
            for one in found
        ]
        return Answer(table(shown, empty="还没有后台账号。第一次启动时终端里有一个链接。"))

    return request


@app.command()
def remove(name: Name, config: ConfigOption = CONFIG, db: DatabaseOption = "", as_json: JsonOption = False) -> Request:
    """让一个人退出后台，不能再登录。"""

    async def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            known = [one.name for one in all_operators(connection, desk.merchant.id)]
        if name not in known:
            raise Refused(f"没有后台账号「{name}」，现有：{'、'.join(known) or '无'}")
        told = await desk.order(RemoveOperatorOrder(merchant=desk.merchant.id, at=desk.now(), name=name))
        return Answer(lines([{"name": name, "removed": True}]) if as_json else f"{told}\n")

    return request
