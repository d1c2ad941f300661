"""消息: who waits for a human and since when, the conversations 1:1, and one of them with a line to answer in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from nicegui import ui

from bot.console.names import account_name
from bot.console.page import Page
from bot.console.pages.chat import bubble, follow, is_done, note, say_line, show_newest, stamp
from bot.console.pages.deliveries_rows import moment
from bot.console.pages.group_talk import group_address
from bot.console.pages.people import address_of, talk_address
from bot.console.pages.person_timeline import Timeline
from bot.console.parts import Part, Parts, Rows
from bot.console.patience import Patience
from bot.console.reading.group_talk import Room, rooms
from bot.console.reading.messages import Talk, Wait, accounts_of, name_of, talks, waits
from bot.console.reading.people import PAGE as PAGE_SIZE
from bot.console.reading.people import Moment, may_be_seen
from bot.console.visit import Visit
from handlers.reason_names import FOLD_OF

_LATE_MINUTES = 15
_SPOKEN = ("message", "self_message")


async def build(visit: Visit) -> None:
    """Build the list."""
    with ui.card().classes("z-card full-width") as waiting:
        title = ui.label("正在看谁在等……").classes("text-subtitle1 text-weight-bold").props("role=status")
        waits_shown = Rows()
    with ui.card().classes("z-card full-width"):
        ui.label("群聊").classes("text-subtitle1 text-weight-bold")
        groups = Rows()
    with ui.card().classes("z-card full-width"):
        ui.label("私聊").classes("text-subtitle1 text-weight-bold")
        people = Rows()
        more = ui.button("更早的").props("flat no-caps").classes("self-center")
    heard: dict[str, Talk] = {}
    place_to_go_on: list[int | None] = []

    def show() -> None:
        people.show(_talks(visit, sorted(heard.values(), key=lambda row: row.heard_at, reverse=True)))
        more.visible = place_to_go_on[-1] is not None

    async def earlier() -> None:
        found, before = await visit.read(talks, place_to_go_on[-1] if place_to_go_on else None)
        place_to_go_on.append(before)
        for row in found:
            heard.setdefault(row.contact, row)
        show()

    async def look() -> None:
        groups.show(_groups(visit, await visit.read(rooms)))
        found, _before = await visit.read(talks)
        heard.update((row.contact, row) for row in found)
        show()

    async def look_who_waits() -> None:
        now = visit.site.now()
        patience = Patience()
        rows = await visit.wait_for(patience, waits, now, patience.proceed)
        waiting.visible = bool(rows)
        title.text = f"没人回：{len(rows):,}"
        waits_shown.show(_waits(rows[:PAGE_SIZE], now))

    async def begin() -> None:
        await look_who_waits()
        visit.live(look_who_waits, 3.0)

    more.on_click(earlier)
    groups.show(_groups(visit, await visit.read(rooms)))
    await earlier()
    visit.live(look, 3.0)
    ui.timer(0.05, begin, once=True)


def _groups(visit: Visit, found: list[Room]) -> Iterator[Part]:
    if not found:
        yield Part("", "", lambda: ui.label("账号还没在群里。").classes("z-muted"))
    for row in found:
        heard = moment(visit, row.heard_at) if row.heard_at else ""
        told = f"{row.tier or '没绑定'} · {row.members:,} 人"
        build = partial(_show_talk, group_address(row.room), row.topic, told, heard)
        yield Part(row.room, (row.topic, told), build, text=heard)


def _talks(visit: Visit, found: list[Talk]) -> Iterator[Part]:
    if not found:
        told = "还没有人说过话。" + ("到「演练场」里试一句。" if visit.site.practice is not None else "")
        yield Part("", "", lambda: ui.label(told).classes("z-muted"))
    for row in found:
        name, heard = row.name or row.contact, moment(visit, row.heard_at)
        account = account_name(visit, row.account)
        build = partial(_show_talk, talk_address(row.contact), name, account, heard)
        yield Part(row.contact, (name, account), build, text=heard)


def _waits(rows: list[Wait], now: datetime) -> Iterator[Part]:
    for row in rows:
        minutes = int((now - row.since).total_seconds() // 60)
        is_late = minutes >= _LATE_MINUTES
        key = f"{row.group} {row.contact} {row.since}"
        yield Part(key, (row, is_late), partial(_show_wait, row, is_late), text=_waited(minutes))


def _show_talk(address: str, name: str, told: str, heard: str) -> ui.label:
    with ui.item().props(f'href="{address}"').classes("q-px-none full-width"):
        with ui.item_section():
            ui.item_label(name).props("lines=1").classes("text-weight-medium")
            ui.item_label(told).props("caption").classes("z-muted")
        with ui.item_section().props("side"):
            return ui.label(heard).classes("z-muted")


def _show_wait(row: Wait, is_late: bool) -> ui.badge:
    there = group_address(row.group) if row.group else talk_address(row.contact)
    with ui.item().props(f'href="{there}"').classes("q-px-none full-width"):
        with ui.item_section():
            ui.item_label((f"［{row.room}］" if row.room else "") + (row.name or row.contact)).props("lines=1")
            ui.item_label(row.text).props("caption lines=2").classes("z-muted")
        with ui.item_section().props("side"):
            return ui.badge().props(f"color={'negative' if is_late else 'grey-8'}")


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
    told = Timeline(visit, contact, alone=True)
    with ui.row().classes("items-center full-width"):
        ui.label(await visit.read(name_of, contact)).classes("text-h6").style("overflow-wrap: anywhere")
        ui.link("TA 的资料", address_of(contact)).classes("z-link")
        ui.space()
        ui.link("全部消息", "/messages").classes("z-link")
    with ui.card().classes("z-card full-width"):
        more = ui.button("更早的").props("flat no-caps").classes("self-center")
        place = Parts()

    def show() -> None:
        said = [row for row in reversed(told.rows) if row.state is not None or row.type in _SPOKEN]
        place.show(
            [Part(str(row.id), row, partial(_bubble, visit, row)) for row in said]
            or [Part("", "", lambda: ui.label("还没有单独聊过。").classes("z-muted"))]
        )
        more.visible = told.has_more

    async def earlier() -> None:
        await told.go_back()
        show()

    async def look() -> None:
        before = told.rows[:1]
        await told.renew()
        show()
        if before and before != told.rows[:1]:
            follow()

    more.on_click(earlier)
    await look()
    show_newest()
    visit.live(look)
    if accounts:
        say_line(visit, "以掌柜的名义回一句", contact=contact, account=accounts[0])


def _bubble(visit: Visit, row: Moment) -> None:
    ours = row.type != "message"
    if is_done(row.kind):
        note(row.kind, row.text, moment(visit, row.at) + (f" · {FOLD_OF[row.state]}" if row.state is not None else ""))
        return
    with ui.column().classes("full-width").style("gap: 2px"):
        with ui.row().classes("full-width no-wrap" + (" justify-end" if ours else "")).style("gap: 8px"):
            stamp(visit, row)
        bubble(row.kind, row.text, ours=ours)


PAGE = Page(route="/messages", title="消息", area="消息", icon="forum", build=build)
TALK = Page(route="/messages/{contact}", title="聊天", area="消息", build=build_talk)
