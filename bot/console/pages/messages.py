"""消息: who waits for a human and since when, the conversations 1:1, and one of them with a line to answer in."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from bot.console.line import on_sent
from bot.console.names import account_name
from bot.console.page import Page
from bot.console.pages.deliveries_rows import moment
from bot.console.pages.group_talk import group_address
from bot.console.pages.people import address_of
from bot.console.reading.group_talk import Room, rooms
from bot.console.reading.messages import Wait, accounts_of, talks, waits
from bot.console.reading.people import PAGE as PAGE_SIZE
from bot.console.reading.people import Moment, may_be_seen, timeline
from bot.console.visit import Visit
from handlers import rights
from handlers.reason_names import FOLD_OF, KIND_NAMES
from models.orders import SayOrder

_SPOKEN = ("message", "self_message")


async def build(visit: Visit) -> None:
    """Build the list."""
    waiting = ui.column().classes("full-width")
    seen: set[str] = set()
    place_to_go_on: list[int] = []
    groups = ui.card().classes("z-card full-width")
    with ui.card().classes("z-card full-width"):
        ui.label("私聊").classes("text-subtitle1 text-weight-bold")
        place = ui.list().props("separator").classes("full-width")
        more = ui.button("更早的").props("flat no-caps").classes("self-center")

    async def look() -> None:
        now = visit.site.now()
        rows = await visit.read(waits, now)
        waiting.clear()
        with waiting:
            if rows:
                with ui.card().classes("z-card full-width"):
                    ui.label(f"没人回：{len(rows):,}").classes("text-subtitle1 text-weight-bold")
                    with ui.list().props("separator").classes("full-width"):
                        for row in rows[:PAGE_SIZE]:
                            _show_wait(row, int((now - row.since).total_seconds() // 60))

    async def earlier() -> None:
        found, before = await visit.read(talks, place_to_go_on[-1] if place_to_go_on else None)
        rows = [row for row in found if row.contact not in seen]
        seen.update(row.contact for row in rows)
        place_to_go_on[:] = [before] if before else []
        with place:
            if not seen:
                ui.item_label("还没有人说过话。到「演练场」里试一句。").classes("z-muted")
            for row in rows:
                with ui.item().props(f'href="{_talk(row.contact)}"').classes("q-px-none"):
                    with ui.item_section():
                        ui.item_label(row.name or row.contact).props("lines=1").classes("text-weight-medium")
                        ui.item_label(account_name(visit, row.account)).props("caption").classes("z-muted")
                    with ui.item_section().props("side"):
                        ui.label(moment(visit, row.heard_at)).classes("z-muted")
        more.visible = before is not None

    async def begin() -> None:
        await look()
        visit.live(look, 3.0)

    more.on_click(earlier)
    _show_groups(visit, groups, await visit.read(rooms))
    await earlier()
    with waiting, ui.row().classes("items-center"):
        ui.spinner()
        ui.label("正在看谁在等……").classes("z-muted").props("role=status")
    ui.timer(0.05, begin, once=True)


def _show_groups(visit: Visit, card: ui.card, found: list[Room]) -> None:
    with card:
        ui.label("群聊").classes("text-subtitle1 text-weight-bold")
        if not found:
            ui.label("账号还没在群里。").classes("z-muted")
        with ui.list().props("separator").classes("full-width"):
            for row in found:
                with ui.item().props(f'href="{group_address(row.room)}"').classes("q-px-none"):
                    with ui.item_section():
                        ui.item_label(row.topic).props("lines=1").classes("text-weight-medium")
                        told = f"{row.tier or '没绑定'} · {row.members:,} 人"
                        ui.item_label(told).props("caption").classes("z-muted")
                    with ui.item_section().props("side"):
                        ui.label(moment(visit, row.heard_at) if row.heard_at else "").classes("z-muted")


def _show_wait(row: Wait, minutes: int) -> None:
    there = group_address(row.group) if row.group else _talk(row.contact)
    with ui.item().props(f'href="{there}"').classes("q-px-none"):
        with ui.item_section():
            ui.item_label((f"［{row.room}］" if row.room else "") + (row.name or row.contact)).props("lines=1")
            ui.item_label(row.text).props("caption lines=2").classes("z-muted")
        with ui.item_section().props("side"):
            ui.badge(_waited(minutes)).props(f"color={'negative' if minutes >= 15 else 'grey-8'}")


def _waited(minutes: int) -> str:
    if minutes < 1:
        return "刚刚"
    hours = minutes // 60
    return f"等了 {minutes} 分钟" if hours < 2 else f"等了 {hours} 小时" if hours < 48 else f"等了 {hours // 24} 天"


async def build_talk(visit: Visit) -> None:
    """Build one conversation."""
    contact = visit.at.get("contact", "")[:200].replace("\0", "")
    if not await visit.read(may_be_seen, contact):
        ui.label("没有这个人，或者资料已经删了。").classes("z-muted")
        ui.link("看全部消息", "/messages").classes("z-link")
        return
    accounts = await visit.read(accounts_of, contact)
    pages: list[list[Moment]] = [await visit.read(timeline, contact)]
    ui.link("TA 的资料", address_of(contact)).classes("z-link")
    with ui.card().classes("z-card full-width"):
        more = ui.button("更早的").props("flat no-caps").classes("self-center")
        place = ui.column().classes("full-width")

    def show() -> None:
        place.clear()
        with place:
            for row in reversed([one for page in pages for one in page]):
                _bubble(visit, row)
        more.visible = len(pages[-1]) == PAGE_SIZE

    async def earlier() -> None:
        pages.append(await visit.read(timeline, contact, pages[-1][-1].id))
        show()

    async def look() -> None:
        if len(pages) == 1 and (newest := await visit.read(timeline, contact)) != pages[0]:
            pages[:] = [newest]
            show()

    more.on_click(earlier)
    show()
    visit.live(look)
    if not accounts or not rights.may(visit.role, SayOrder):
        return
    with ui.card().classes("z-card full-width"), ui.row().classes("items-center full-width no-wrap"):
        line = ui.input("以掌柜的名义回一句").props("outlined dense autofocus maxlength=2000").classes("col")

        async def say(text: str) -> None:
            said = await visit.order(SayOrder, contact=contact, account=accounts[0], text=text)
            if not said and not line.value:
                line.value = text

        on_sent(line, ui.button("发").props("unelevated"), say)


def _bubble(visit: Visit, row: Moment) -> None:
    if row.group or (row.state is None and row.type not in _SPOKEN):
        return
    kind = "" if row.kind in ("", "text") else f"[{KIND_NAMES.get(row.kind, row.kind)}] "
    ours = row.type != "message"
    stamp = moment(visit, row.at) + (f" · {FOLD_OF[row.state]}" if row.state is not None else "")
    with ui.column().classes("full-width").style("gap: 2px"):
        ui.label(stamp).classes("z-muted text-caption full-width" + (" text-right" if ours else ""))
        ui.chat_message(text=kind + row.text, sent=ours).classes("full-width q-mb-none")


def _talk(contact: str) -> str:
    return f"/messages/{quote(contact, safe='')}"


PAGE = Page(route="/messages", title="消息", area="消息", icon="forum", build=build)
TALK = Page(route="/messages/{contact}", title="聊天", area="消息", build=build_talk)
