"""`group bind`, `group unbind`, `group list`; many at once: `group export`, `group import`, `group answer`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from bot import reading
from bot.cli.cell_faults import told_cells
from bot.cli.options import CONFIG, AccountOption, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.desk import Answer, Desk, Refused, Request, lines, only_reads
from content_calendar.faults import FileError
from models.orders import BindGroupOrder, BindGroupsOrder, UnbindGroupOrder

if TYPE_CHECKING:
    from bot.group_files import Binding

app = typer.Typer(help="群：绑定到层级，看看有哪些。", no_args_is_help=True)

Room = Annotated[str, typer.Argument(help="群编号。")]


@app.command()
def bind(
    room: Room,
    tier: Annotated[str, typer.Option("--tier", help="运营方案里的层级。")],
    parent: Annotated[str, typer.Option("--parent", help="上级群的编号。")] = "",
    owner: Annotated[str, typer.Option("--owner", help="堂主的编号，就是看这个群的人。")] = "",
    account: AccountOption = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """把一个群绑定到层级。"""

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
    """解绑一个群，以后只记录，不再往里发。"""

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
    """列出账号见过的所有群。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            rows = reading.groups(connection, desk.merchant)
            numbers = {room: number for number, room in enumerate(reading.rooms(connection, desk.merchant), start=1)}
        if as_json:
            return Answer(lines(rows))
        numbered = [{"no": numbers[row["group"]], **row} for row in rows]
        return Answer(table(numbered, empty="还没有见过任何群：让账号登录一次。"))

    return request


@app.command()
def export(
    file: Annotated[str, typer.Argument(help="写到哪个 .csv 或 .xlsx 文件。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """把所有群写成一张表，好填层级、堂主和上级群。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        from bot.group_files import write_groups  # openpyxl is slow to import

        with desk.store.reading() as connection:
            rows = reading.groups(connection, desk.merchant)
        try:
            data = write_groups(rows, file)
        except FileError as error:
            raise Refused(f"没写成 {file}：{error}") from None
        (desk.folder / file).write_bytes(data)
        return Answer(lines([{"file": file, "groups": len(rows)}]) if as_json else f"{len(rows)} 个群写进了 {file}\n")

    return request


@app.command("import")
def import_file(
    file: Annotated[str, typer.Argument(help=".csv 或 .xlsx 文件，样子和 group export 写的一样。")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说哪里有错，不绑定。")] = False,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """绑定表里填了层级的群；有一处错就一个也不绑。"""

    async def request(desk: Desk) -> Answer:
        from bot.group_files import Known, read_groups  # openpyxl is slow to import

        path = desk.folder / file
        if not path.is_file():
            raise Refused(f"没有文件 {file}")
        merchant = desk.merchant
        with desk.store.reading() as connection:
            rows = reading.groups(connection, merchant)
            owners = reading.named_contacts(connection, merchant)
        known = Known(
            groups=[row["group"] for row in rows],
            tiers=[tier.name for tier in merchant.playbook.tiers],
            parents=[row["group"] for row in rows if row["tier"]],
            owners=owners,
            accounts=merchant.accounts,
        )
        bindings, faults = read_groups(path.read_bytes(), path.name, known)
        if not faults and not dry_run:
            await _bind(desk, bindings)
        counts = {"bound": 0 if faults else len(bindings), "faults": len(faults)}
        if as_json:
            return Answer(lines([*map(msgspec.to_builtins, faults), counts]), exit=2 if faults else 0)
        done = f"{'可以绑定' if dry_run else '绑定了'} {len(bindings)} 个群\n"
        return Answer(told_cells(faults) or done, exit=2 if faults else 0)

    return request


@app.command()
def answer(
    answers: Annotated[list[str], typer.Argument(help="如 1=分院 2-5,8=茶桌，编号是 group list 里的 no。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """按编号绑定一批群，要么全绑，要么一个也不绑。"""

    async def request(desk: Desk) -> Answer:
        from bot.group_files import by_numbers

        with desk.store.reading() as connection:
            rooms = reading.rooms(connection, desk.merchant)
        try:
            bindings = by_numbers(answers, rooms)
        except ValueError as error:
            raise Refused(str(error)) from None
        tiers = [tier.name for tier in desk.merchant.playbook.tiers]
        if unknown := next((one.tier for one in bindings if one.tier not in tiers), None):
            raise Refused(f"没有层级「{unknown}」，现有：{'、'.join(tiers) or '无'}")
        told = await _bind(desk, bindings)
        rows = [{"group": one.group, "tier": one.tier} for one in bindings]
        return Answer(lines(rows) if as_json else f"{told}\n")

    return request


async def _bind(desk: Desk, bindings: Sequence[Binding]) -> str:
    rows = tuple((one.group, one.tier, one.parent, one.owner, one.account) for one in bindings)
    return await desk.order(BindGroupsOrder(merchant=desk.merchant.id, at=desk.now(), bindings=rows))
