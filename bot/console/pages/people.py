"""客户与群: whom one looks for, a page at a time; each row opens all that is known of the person."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from bot.console.page import Page
from bot.console.reading.friends import count_of_friends
from bot.console.reading.people import ONLY, STAGES, UNFINISHED, Found, Search, count_of, people_of, tags_and_sources
from bot.console.reading.people import PAGE as PAGE_SIZE
from bot.console.visit import Visit


async def build(visit: Visit) -> None:
    """Build the page."""
    wanted = Search.read(visit.at)
    last: list[Found] = []
    shown = 0
    tags, sources = await visit.read(tags_and_sources)

    def choose(**chosen: str | None) -> None:
        ui.navigate.to(wanted._replace(**{name: value or "" for name, value in chosen.items()}).address)

    switch("客户")
    with ui.card().classes("z-card full-width"), ui.row().classes("items-center full-width"):
        word = ui.input("昵称、备注、标签、回答或编号", value=wanted.word).classes("col").style("min-width: 220px")
        word.props("dense outlined clearable").on("keydown.enter", lambda: choose(word=word.value))
        ui.button("找", on_click=lambda: choose(word=word.value)).props("unelevated no-caps")
        for label, name, options in (
            ("标签", "tag", {one: one for one in tags}),
            ("来源", "source", {one: one for one in sources}),
            ("建档", "stage", {**STAGES, UNFINISHED: "没完的"}),
            ("在排队等", "waiting", {one.name: one.name for one in visit.merchant.playbook.tiers}),
            ("只看", "only", ONLY),
        ):
            chosen = getattr(wanted, name)
            box = ui.select(options, label=label, value=chosen if chosen in options else None, clearable=True)
            box.props("dense outlined options-dense").style("min-width: 120px")
            box.on_value_change(lambda event, name=name: choose(**{name: event.value}))
    with ui.card().classes("z-card full-width"):
        total = ui.label().classes("z-muted").props("role=status")
        total.visible = False
        place = ui.list().props("separator").classes("full-width")
        more = ui.button("更早来的").props("flat no-caps").classes("self-center")

    async def earlier() -> None:
        nonlocal shown
        rows = await visit.read(people_of, wanted, last[-1].id if last else None)
        if not rows and not last:
            with place:
                told = (
                    "没有找到。换个词，或少选一个条件。" if any(wanted) else "还没有客人。有人加掌柜，就会出现在这里。"
                )
                ui.item_label(told).classes("z-muted")
        last[:] = rows or last
        shown += len(rows)
        with place:
            for row in rows:
                _show(row)
        more.visible = len(rows) == PAGE_SIZE

    async def begin() -> None:
        place.clear()
        await earlier()
        await count()

    async def count() -> None:
        if not last:
            return
        if more.visible:
            total.text, total.visible = "正在数一共多少位……", True
            all_friends = wanted == Search(only="friends")
            found = await (visit.read(count_of_friends) if all_friends else visit.read(count_of, wanted))
        else:
            found = shown
        total.text, total.visible = f"一共 {found:,} 位", True

    more.on_click(earlier)
    if not wanted.word:
        await earlier()
        ui.timer(0.05, count, once=True)  # of a large shop it takes longer than a page of them
        return
    more.visible = False
    with place:
        ui.item_label("正在找……").classes("z-muted").props("role=status")
    ui.timer(0.05, begin, once=True)  # a word is looked for in all that is known of everybody


def switch(here: str) -> None:
    """The parts of this area."""
    with ui.row():
        for name, address in (("客户", "/people"), ("群", "/groups"), ("认不准的人", "/doubts")):
            ui.button(name, on_click=lambda address=address: ui.navigate.to(address)).props(
                "no-caps " + ("unelevated aria-current=page" if name == here else "flat")
            )


def _show(row: Found) -> None:
    with ui.item().props(f'href="{address_of(row.contact)}"').classes("q-px-none"):
        with ui.item_section():
            ui.item_label(row.name or row.contact).props("lines=1").classes("text-weight-medium")
            told = " · ".join(filter(None, [row.source, "、".join(row.tags)]))
            ui.item_label(told or "还没有标签").props("caption lines=2").classes("z-muted")
        with ui.item_section().props("side"):
            if row.opted_out:
                ui.badge("已退订").props("color=negative")
            else:
                done = row.stage == "finished"
                ui.badge(f"建档{STAGES[row.stage]}").props(f"color={'positive' if done else 'grey-8'}")


def address_of(contact: str) -> str:
    """A person's page."""
    return f"/people/{quote(contact, safe='')}"


def talk_address(contact: str) -> str:
    """The page of a person's chat with us."""
    return f"/messages/{quote(contact, safe='')}"


PAGE = Page(route="/people", title="客户与群", area="客户与群", icon="groups", build=build)
