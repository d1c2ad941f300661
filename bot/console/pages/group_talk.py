"""A group's chat, as its members read it, with what became of what we posted there."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from nicegui import ui

from bot.console.page import Page
from bot.console.pages.chat import bubble, follow, is_done, note, say_line, show_newest, stamp
from bot.console.pages.deliveries_rows import moment
from bot.console.pages.people import address_of
from bot.console.parts import Part, Parts
from bot.console.reading import group_talk
from bot.console.reading.group_talk import Line, room_of, talk
from bot.console.visit import Visit
from handlers import rights
from handlers.reason_names import FOLD_OF
from models.orders import SayOrder


async def build(visit: Visit) -> None:
    """Build the page."""
    room = visit.at.get("room", "")[:200].replace("\0", "")
    found = await visit.read(room_of, room)
    if found is None:
        ui.label("没有这个群。").classes("z-muted")
        ui.link("看全部消息", "/messages").classes("z-link")
        return
    with ui.row().classes("items-center full-width"):
        ui.label(found.topic).classes("text-h6").style("overflow-wrap: anywhere")
        ui.label(" · ".join(filter(None, [found.tier or "没绑定", f"{found.members:,} 人"]))).classes("z-muted")
        ui.space()
        ui.link("全部消息", "/messages").classes("z-link")
    pages: list[group_talk.Page] = [await visit.read(talk, room)]
    with ui.card().classes("z-card full-width"):
        more = ui.button("更早的").props("flat no-caps").classes("self-center")
        place = Parts().props('role=log aria-label="群聊"')

    def show() -> None:
        lines = [line for page in pages for line in page.lines]
        place.show(
            [Part(str(line.moment.id), line, partial(_bubble, visit, line)) for line in reversed(lines)]
            or [Part("", "", lambda: ui.label("最近没有人说话。").classes("z-muted"))]
        )
        more.visible = pages[-1].before is not None

    async def earlier() -> None:
        pages.append(await visit.read(talk, room, pages[-1].before))
        show()

    async def look() -> None:
        if len(pages) == 1 and (newest := await visit.read(talk, room)) != pages[0]:
            pages[:] = [newest]
            show()
            follow()

    more.on_click(earlier)
    show()
    show_newest()
    visit.live(look)
    if found.tier:
        say_line(visit, "以掌柜的名义在群里说一句", account=found.account, group=room)
    elif rights.may(visit.role, SayOrder):
        ui.label("这个群还没绑定，掌柜只看不说；要在这里说话，先到「客户与群」里绑定。").classes("z-muted")


def _bubble(visit: Visit, line: Line) -> None:
    row = line.moment
    ours = row.type != "message"
    if is_done(row.kind):
        note(row.kind, row.text, moment(visit, row.at) + (f" · {FOLD_OF[row.state]}" if row.state is not None else ""))
        return
    with ui.column().classes("full-width").style("gap: 2px"):
        with ui.row().classes("full-width no-wrap" + (" justify-end" if ours else "")).style("gap: 8px"):
            if line.contact and not ours:
                ui.link(line.who, address_of(line.contact)).classes("z-link text-caption ellipsis")
            elif not ours:
                ui.label(line.who).classes("z-muted text-caption ellipsis")
            stamp(visit, row)
            if ours and row.state is None:
                ui.label("同事在手机上说").classes("z-muted text-caption")
        bubble(row.kind, row.text, ours=ours)


def group_address(room: str) -> str:
    """The page of a group's chat."""
    return f"/messages/group/{quote(room, safe='')}"


PAGE = Page(route="/messages/group/{room}", title="群聊", area="消息", build=build)
