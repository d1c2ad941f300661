"""合并: whom else a person is, looked for by name and chosen before anything happens."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from bot.console.reading.people import Found, Search, people_of
from bot.console.visit import Visit
from models.orders import MergeOrder

_SHOWN = 8


def ask_whom(visit: Visit, found: dict[str, Any]) -> None:
    """Look for the other one, and merge the two on a word."""
    kept = found["name"] or found["contact"]
    with (
        ui.context.client.content,
        ui.dialog(value=True) as dialog,
        ui.card().classes("z-card").style("width: min(480px, 94vw)"),
    ):
        ui.label(f"「{kept}」和谁是同一个人？").classes("text-weight-bold").style("overflow-wrap: anywhere")
        told = "合并以后答案和标签是一份，说法不一样的以这一页的人为准。弄错了可以撤销。"
        ui.label(told).classes("z-muted")
        with ui.row().classes("items-center full-width no-wrap"):
            word = ui.input("昵称、备注或编号").props("dense outlined autofocus").classes("col")
            find = ui.button("找").props("unelevated no-caps")
        place = ui.list().props("separator").classes("full-width")
        ui.button("算了", on_click=dialog.close).props("flat").classes("self-end")

    async def look() -> None:
        wanted = Search(word=str(word.value or "").strip()[:100].replace("\0", ""))
        rows = await visit.read(people_of, wanted) if wanted.word else []
        others = [one for one in rows if one.contact not in found["contacts"]][:_SHOWN]
        place.clear()
        with place:
            if not others:
                ui.item_label("没有找到别的人。换个词试试。").classes("z-muted")
            for one in others:
                _offer(one)

    def _offer(one: Found) -> None:
        async def merge() -> None:
            if await visit.order(MergeOrder, kept=found["contact"], other=one.contact):
                dialog.close()

        with ui.item().classes("q-px-none"):
            with ui.item_section():
                ui.item_label(one.name or one.contact).props("lines=1").classes("text-weight-medium")
                told = " · ".join(filter(None, [one.contact, one.source, "、".join(one.tags)]))
                ui.item_label(told).props("caption lines=2").classes("z-muted")
            with ui.item_section().props("side"):
                button = ui.button("合并", on_click=merge).props("outline dense no-caps")
                button.props["aria-label"] = f"合并 {one.name or one.contact}"

    find.on_click(look)
    word.on("keydown.enter", look)
    dialog.props('aria-label="合并"').on("hide", dialog.delete)
