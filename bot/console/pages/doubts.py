"""认不准的人: who may be whom, to be said by somebody who knows; and who was merged, to be undone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from nicegui import ui

from bot.console.asking import ask
from bot.console.page import Page
from bot.console.pages.people import address_of, switch
from bot.console.parts import Part, Parts
from bot.console.reading.doubts import doubts, merges
from bot.console.visit import Visit
from bot.identity_report import Row
from handlers import rights
from models.identity import EVIDENCE, DoubtKind
from models.orders import SettleDoubtOrder, UnmergeOrder

_KINDS = {DoubtKind.REBIND: "可能换了编号", DoubtKind.MERGE: "可能是同一个人的两个号"}
_SHOWN = 50


async def build(visit: Visit) -> None:
    """Build the page."""
    switch("认不准的人")
    unsure = Parts()
    with ui.card().classes("z-card full-width") as card:
        ui.label("合并过的").classes("text-subtitle1 text-weight-bold")
        merged = Parts()

    async def look() -> None:
        unsure.show(_unsure(visit, await visit.read(doubts)))
        rows = await visit.read(merges)
        merged.show(
            Part(f"{row['at']} {row['contacts']}", row, partial(_show_merge, visit, row)) for row in rows[:_SHOWN]
        )
        card.visible = bool(rows)

    await look()
    visit.live(look, 2.0)


def _unsure(visit: Visit, found: dict[str, list[Row]]) -> Iterator[Part]:
    if not found:
        told = "没有认不准的人。老朋友换了编号、两个号留了同一个手机号时，会在这里请您认。"
        yield Part("", told, lambda: ui.label(told).classes("z-muted"))
    for contact, pairs in list(found.items())[:_SHOWN]:
        yield Part(f"doubt {contact}", pairs, partial(_show_doubt, visit, contact, pairs))


def _show_doubt(visit: Visit, contact: str, pairs: list[Row]) -> None:
    may = rights.may(visit.role, SettleDoubtOrder)
    with ui.card().classes("z-card full-width"):
        with ui.row().classes("items-center full-width"):
            _name(contact, pairs[0]["name"], pairs[0]["remark"])
            ui.label(_KINDS[pairs[0]["kind"]] + "：是下面这位吗？").classes("z-muted")
        for row in pairs:
            with ui.row().classes("items-center full-width z-row"):
                _name(row["other"], row["other_name"], row["other_remark"])
                ui.label("、".join(EVIDENCE[one] for one in row["evidence"])).classes("z-muted")
                ui.space()
                if may:
                    settle = partial(visit.order, SettleDoubtOrder, contact=contact, other=row["other"])
                    same = ui.button("就是 TA", on_click=partial(settle, same=True)).props("unelevated dense no-caps")
                    other = ui.button("不是", on_click=partial(settle, same=False)).props("flat dense no-caps")
                    for button, told in ((same, "就是"), (other, "不是")):
                        button.props["aria-label"] = f"{told} {row['other_name'] or row['other']}"
        if may and len(pairs) > 1:
            nobody = partial(visit.order, SettleDoubtOrder, contact=contact)
            ui.button("都不是", on_click=nobody).props("outline dense no-caps")


def _show_merge(visit: Visit, row: Row) -> None:
    with ui.row().classes("items-center full-width"):
        ui.label(f"{row['at'][:16].replace('T', ' ')}").classes("z-muted")
        for contact in row["contacts"]:
            _name(contact, row["names"].get(contact, ""), "")
        ui.label("并到").classes("z-muted")
        for contact in row["with"]:
            _name(contact, row["names"].get(contact, ""), "")
        ui.space()
        if rights.may(visit.role, UnmergeOrder) and row["contacts"]:
            undo = partial(undo_merge, visit, row["contacts"][0])
            ui.button("撤销合并", on_click=undo).props("outline dense no-caps")


def undo_merge(visit: Visit, contact: str) -> None:
    """Ask whether they were two after all."""
    told = "撤销最近一次合并？又是两个人，合并时改动的都放回去；合并以后才知道的留在原来那边。"
    ask(told, "撤销合并", partial(visit.order, UnmergeOrder, contact=contact))


def _name(contact: str, name: str, remark: str) -> None:
    told = f"{name or contact}" + (f"（备注 {remark}）" if remark else "")
    ui.link(told, address_of(contact)).classes("z-link text-weight-medium").style("overflow-wrap: anywhere")


PAGE = Page(route="/doubts", title="认不准的人", area="客户与群", build=build)
