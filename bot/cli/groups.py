"""`group bind`, `group unbind`, `group list`; many at once: `group export`, `group import`, `group answer`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from bot import reading
from bot.cli.options import CONFIG, AccountOption, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.desk import Answer, Desk, Refused, Request, lines
from models.orders import BindGroupOrder, BindGroupsOrder, UnbindGroupOrder

if TYPE_CHECKING:
    from bot.group_files import Binding

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
            numbers = {room: number for number, room in enumerate(reading.rooms(connection, desk.merchant), start=1)}
        if as_json:
            return Answer(lines(rows))
        numbered = [{"no": numbers[row["group"]], **row} for row in rows]
        return Answer(table(numbered, empty="还没有见过任何群：让账号登录一次。"))

    return request


@app.command()
def export(
    file: Annotated[str, typer.Argument(help="A .csv or .xlsx file to write.")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """Write all groups to a table, to fill in their tiers, owners and the groups above."""

    async def request(desk: Desk) -> Answer:
        from bot.group_files import write_groups  # openpyxl is slow to import

        with desk.store.reading() as connection:
            rows = reading.groups(connection, desk.merchant)
        try:
            data = write_groups(rows, file)
            (desk.folder / file).write_bytes(data)
        except (ValueError, OSError) as error:
            raise Refused(f"没写成 {file}：{error}") from None
        return Answer(lines([{"file": file, "groups": len(rows)}]) if as_json else f"{len(rows)} 个群写进了 {file}\n")

    return request


@app.command("import")
def import_file(
    file: Annotated[str, typer.Argument(help="A .csv or .xlsx file, as `group export` writes it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is wrong, and bind nothing.")] = False,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """Bind all groups of a table that have a tier in it, or, where anything is wrong, none."""

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
        shown = [msgspec.to_builtins(fault) for fault in faults]
        if as_json:
            return Answer(lines([*shown, counts]), exit=2 if faults else 0)
        told = (
            table(shown, empty="没有错") if faults else f"{'可以绑定' if dry_run else '绑定了'} {len(bindings)} 个群\n"
        )
        return Answer(told, exit=2 if faults else 0)

    return request


@app.command()
def answer(
    answers: Annotated[
        list[str], typer.Argument(help="Such as 1=分院 2-5,8=茶桌: numbers as `group list` shows them.")
    ],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """Bind groups by their numbers, all or none."""

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
