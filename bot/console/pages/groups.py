"""群: the tree with how full each is, who looks after it and what is not in order; who waits; what is to be bound."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from nicegui import ui

from bot.console.page import Page
from bot.console.pages.people import address_of, switch
from bot.console.parts import Part, Parts
from bot.console.reading.called import ids_of
from bot.console.reading.groups import Fault, Queue, Tree, lint_of, queues, tree_of
from bot.console.reading.people import Search
from bot.console.visit import Visit
from handlers import rights
from handlers.roles import ROLE_NAMES
from models.operations import Role
from models.orders import BindGroupOrder, UnbindGroupOrder

_SHOWN_FAULTS = 20
_WHICH_OWNER = {0: "没有叫这个名字的客人", 2: "叫这个名字的不止一位，写编号"}
_CHECKED_SECONDS = 20.0  # the report looks at everybody


async def build(visit: Visit) -> None:
    """Build the page."""
    switch("群")
    unbound = Parts()
    with ui.card().classes("z-card full-width"):
        ui.label("绑定的群").classes("text-subtitle1 text-weight-bold")
        bound = Parts().style("gap: 4px")
    rest = Parts()
    lint: dict[str, list[Fault]] = {}

    async def look() -> None:
        tree, waiting = await visit.read(tree_of), await visit.read(queues)
        unbound.show(_unbound(visit, tree))
        bound.show(_bound(visit, tree, lint))
        rest.show(_rest(waiting, lint.get("", [])))

    async def check() -> None:
        found = await visit.read(lint_of)
        lint.clear()
        lint.update(found)
        await look()

    async def begin() -> None:
        await check()
        visit.live(check, _CHECKED_SECONDS)

    await look()
    visit.live(look, 3.0)
    ui.timer(0.05, begin, once=True)


def _unbound(visit: Visit, tree: Tree) -> Iterator[Part]:
    if tree.unbound:
        parents = {row["group"]: _called(row) for _depth, row in tree.bound}
        yield Part("unbound", (tree.unbound, parents), lambda: _show_unbound(visit, tree, parents))


def _bound(visit: Visit, tree: Tree, lint: dict[str, list[Fault]]) -> Iterator[Part]:
    if not tree.bound:
        told = "在上面挑一个群，绑定到层级。" if tree.unbound else "先让账号登录一次，看见的群会出现在这里。"
        told = told if rights.may(visit.role, BindGroupOrder) else ""
        yield Part("", told, lambda: ui.label(f"还没有绑定的群。{told}").classes("z-muted"))
    topics = {row["group"]: _called(row) for _depth, row in tree.bound}
    for depth, row in tree.bound:
        parents = {room: topic for room, topic in topics.items() if room != row["group"]}
        # Apart, or the button would go when the report has found something.
        yield Part(row["group"], (depth, row, parents), partial(_show_group, visit, depth, row, parents))
        if faults := lint.get(row["group"], [])[:_SHOWN_FAULTS]:
            yield Part(f"faults of {row['group']}", (depth, faults), partial(_show_faults_of, depth, faults))


def _rest(waiting: list[Queue], faults: list[Fault]) -> Iterator[Part]:
    for queue in waiting:
        yield Part(f"queue {queue.tier}", queue, partial(_show_queue, queue))
    if faults:
        yield Part("faults", faults, partial(_show_faults, faults))


def _show_unbound(visit: Visit, tree: Tree, parents: dict[str, str]) -> None:
    with ui.card().classes("z-card full-width"):
        ui.label("还没绑定的群").classes("text-subtitle1 text-weight-bold")
        ui.label("没绑定的群只看不说话，绑定到层级才会发。").classes("z-muted")
        for row in tree.unbound:
            with ui.row().classes("items-center full-width no-wrap"):
                with ui.column().classes("col").style("gap: 0; min-width: 0"):
                    ui.label(_called(row)).classes("full-width ellipsis text-weight-medium")
                    ui.label(f"{row['members']} 人 · {row['group']}").classes("z-muted full-width ellipsis")
                if rights.may(visit.role, BindGroupOrder):
                    ui.button("绑定", on_click=partial(_bind, visit, parents, row)).props("unelevated no-caps")


def _show_group(visit: Visit, depth: int, row: dict[str, Any], parents: dict[str, str]) -> None:
    with ui.column().classes("full-width").style(f"gap: 4px; {_indented(depth)}"):
        _show_seats(visit, row, parents)


def _show_faults_of(depth: int, faults: list[Fault]) -> None:
    with ui.column().classes("full-width").style(f"gap: 4px; {_indented(depth)}"):
        for fault in faults:
            with ui.row().classes("items-start no-wrap full-width"):
                ui.icon("warning", size="18px").classes("text-negative").props('aria-hidden="true"')
                _tell(fault)


def _owner_of(visit: Visit, tier: str) -> str:
    """What whoever looks after a group of this tier is called."""
    found = visit.merchant.playbook.tier(tier)
    return ROLE_NAMES[Role(found.owner_role)] if found and found.owner_role else "归谁管"


def _tell(fault: Fault) -> None:
    """What it is; what is about somebody leads to them."""
    link = ui.link(fault.text, address_of(fault.contact)).classes("z-link") if fault.contact else ui.label(fault.text)
    link.style("overflow-wrap: anywhere")


def _indented(depth: int) -> str:
    return f"padding-left: {min(depth, 4) * 20}px"


def _show_seats(visit: Visit, row: dict[str, Any], parents: dict[str, str]) -> None:
    reserved = f"，留座 {row['reserved']}" if row["reserved"] else ""
    of = f" / {row['capacity']}" if row["capacity"] is not None else ""
    with ui.row().classes("items-center full-width no-wrap"):
        ui.badge(row["tier"]).props("color=secondary")
        ui.label(_called(row)).classes("col ellipsis text-weight-medium")
        ui.label(f"{row['members']}{of} 人{reserved}").classes("z-muted")
        if rights.may(visit.role, BindGroupOrder):
            button = ui.button(icon="edit", on_click=partial(_bind, visit, parents, row)).props("flat dense round")
            button.props["aria-label"] = f"改「{_called(row)}」的层级、上级和堂主"
        if rights.may(visit.role, UnbindGroupOrder):
            ui.button(icon="link_off", on_click=partial(_unbind, visit, row)).props(
                'flat dense round aria-label="解除绑定"'
            )
    if row["capacity"]:
        fill = (row["members"] + row["reserved"]) / row["capacity"]
        ui.linear_progress(min(fill, 1.0), show_value=False).props(
            f'aria-label="坐满了多少" color={"negative" if fill > 1 else "primary"}'
        )
    if row["owner"]:
        with ui.row().classes("items-center").style("gap: 6px"):
            ui.label(_owner_of(visit, row["tier"])).classes("z-muted")
            ui.link(row["owner_name"], address_of(row["owner"])).classes("z-link")


def _show_queue(queue: Queue) -> None:
    with ui.card().classes("z-card full-width"):
        ui.link(f"排队等「{queue.tier}」：{queue.number:,} 人", Search(waiting=queue.tier).address).classes(
            "z-link text-subtitle1 text-weight-bold"
        )
        with ui.row():
            for contact, name in queue.first:
                ui.link(name or contact, address_of(contact)).classes("z-link")


def _show_faults(faults: list[Fault]) -> None:
    with ui.card().classes("z-card full-width"):
        ui.label(f"不在群里的客人：{len(faults):,} 位").classes("text-subtitle1 text-weight-bold")
        for fault in faults[:_SHOWN_FAULTS]:
            _tell(fault)
        if len(faults) > _SHOWN_FAULTS:
            ui.label(f"……还有 {len(faults) - _SHOWN_FAULTS:,} 位").classes("z-muted")


def _bind(visit: Visit, others: dict[str, str], row: dict[str, Any]) -> None:
    tiers = [tier.name for tier in visit.merchant.playbook.tiers]
    is_bound = bool(row["tier"])
    parents = others if row["parent"] in others else {"": "没有上级", **others}
    with (
        ui.context.client.content,
        ui.dialog(value=True) as dialog,
        ui.card().classes("z-card").style("min-width: 280px"),
    ):
        ui.label(f"{'改' if is_bound else '绑定'}「{_called(row)}」").classes("text-weight-bold").style(
            "overflow-wrap: anywhere"
        )
        if not tiers:
            ui.label("运营方案里还没有层级，先加一个。").classes("z-muted")
            return
        known = row["tier"] if row["tier"] in tiers else tiers[-1]
        above = row["parent"] if row["parent"] in parents else ""
        tier = ui.select(tiers, label="层级", value=known).props("outlined").classes("full-width")
        parent = ui.select(parents, label="上级群", value=above).props("outlined").classes("full-width")
        owner = ui.input("堂主：昵称或编号（可以不填）", value=row["owner_name"] or "").props("outlined")
        owner.classes("full-width")

        async def bind() -> None:
            named = str(owner.value or "").strip()
            if named and named != row["owner_name"]:
                found = await visit.read(ids_of, named)
                owner.error = _WHICH_OWNER.get(min(len(found), 2))
                if len(found) != 1:
                    return
                named = found[0]
            else:
                named = row["owner"] or ""
            if await visit.order(
                BindGroupOrder, group=row["group"], tier=tier.value, parent=parent.value or "", owner=named
            ):
                dialog.close()

        with ui.row().classes("full-width justify-end"):
            ui.button("算了", on_click=dialog.close).props("flat")
            ui.button("存" if is_bound else "绑定", on_click=bind)
    dialog.props('aria-label="绑定"').on("hide", dialog.delete)


def _unbind(visit: Visit, row: dict[str, Any]) -> None:
    with ui.context.client.content, ui.dialog(value=True) as dialog, ui.card().classes("z-card"):
        ui.label(f"不再往「{_called(row)}」发东西？以后可以再绑定。").style("overflow-wrap: anywhere")

        async def unbind() -> None:
            dialog.close()
            await visit.order(UnbindGroupOrder, group=row["group"])

        with ui.row().classes("full-width justify-end"):
            ui.button("算了", on_click=dialog.close).props("flat")
            ui.button("解除绑定", on_click=unbind).props("color=negative")


def _called(row: dict[str, Any]) -> str:
    return str(row["topic"] or row["group"])


PAGE = Page(route="/groups", title="群", area="客户与群", build=build)
