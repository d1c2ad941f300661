"""账号: each as a card with its link, what it did and may still do, and the QR code where one is to be scanned."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from nicegui import ui
from qrcode.main import QRCode

from bot.console.asking import ask
from bot.console.page import Page
from bot.console.pages.deliveries_rows import moment
from bot.console.parts import Part, Parts
from bot.console.reading.accounts import AccountNow, accounts_now
from bot.console.reading.deliveries import Filter
from bot.console.visit import Visit
from bot.store.elsewhere import Keeper
from handlers import rights
from handlers.command_answers import STATE_NAMES
from models.accounts import AccountState
from models.orders import PauseOrder

_SIDE_BY_SIDE = "display: grid; gap: 16px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr))"
_QUIET_ZONE = 4  # modules around a QR code; its standard's number
_LONGEST_CODE = 1_000  # bytes: what is longer no phone can read off a screen


async def build(visit: Visit) -> None:
    """Build the page."""
    place = Parts().style(_SIDE_BY_SIDE)
    cards: dict[str, Parts] = {}
    found: list[AccountNow] = []

    def card(account: str) -> None:
        with ui.card().classes("z-card full-width full-height"):
            cards[account] = Parts()

    def show() -> None:
        place.show(
            [Part(one.id, one.id, partial(card, one.id)) for one in found]
            or [Part("", "", lambda: ui.label("还没有账号。在 config.toml 里加一个。").classes("z-muted"))]
        )
        for one in found:
            cards[one.id].show(_parts(visit, one))

    async def look() -> None:
        found[:] = await visit.read(accounts_now, visit.site.now(), by_workers=not visit.site.keeps_accounts)
        show()

    await look()
    visit.live(look, 2.0)
    ui.timer(1.0, show)  # the pulse


def _parts(visit: Visit, one: AccountNow) -> Iterator[Part]:
    name = one.name
    yield Part("name", (name, one.state, one.state_at, one.paused, one.is_kept), lambda: _show_name(visit, one))
    site = visit.site
    pulse = _pulse(site.app.heard_at(one.id), site.now()) if site.keeps_accounts else _kept(one.keeper)
    yield Part("pulse", "", lambda: ui.label().classes("z-muted"), text=pulse)
    if one.scan_code:
        yield Part("code", one.scan_code, lambda: _show_code(one))
    there = Filter(fold="已发", day=f"{visit.local(visit.site.now()):%Y-%m-%d}", account=one.id).address
    told = f"今天发到了 {one.sent_today:,} 条"
    yield Part("sent", there, lambda: ui.link(target=there).classes("z-link"), text=told)
    room = (one.rooms, one.slow_until, one.lowered, one.failures)
    yield Part("room", room, lambda: _show_room(visit, one))
    yield Part("links", one.id, lambda: _show_links(one))
    if rights.may(visit.role, PauseOrder):
        yield Part("switch", (name, one.paused), lambda: _switch(visit, one))


def _show_name(visit: Visit, one: AccountNow) -> None:
    with ui.row().classes("items-center full-width no-wrap"):
        ui.label(one.name).classes("col ellipsis text-subtitle1 text-weight-bold")
        state_badge(one)
    since = f"，从 {moment(visit, one.state_at)} 起" if one.state_at else ""
    ui.label(f"编号 {one.id}{since}").classes("z-muted").style("overflow-wrap: anywhere")


def _show_room(visit: Visit, one: AccountNow) -> None:
    for room in one.rooms:
        left = max(0, room.most - room.left)
        ui.label(f"{room.name}：用了 {room.left:,} / {room.most:,}，还能发 {left:,}").classes("z-muted")
        ui.linear_progress(min(room.left / room.most, 1.0), show_value=False).props(
            f'aria-label="{room.name}的额度" color={"negative" if not left else "primary"}'
        )
    if not one.rooms:
        ui.label("没有设发送上限。在「运营方案」的节奏里设。").classes("z-muted")
    if one.slow_until:
        ui.label(f"平台嫌太快，歇到 {visit.local(one.slow_until):%H:%M}").classes("text-negative")
    elif one.lowered:
        ui.label("一天内平台嫌过太快，现在放慢了发。").classes("text-negative")
    if one.failures:
        ui.label(f"最近连着 {one.failures} 条没发成。").classes("text-negative")


def _show_links(one: AccountNow) -> None:
    with ui.row():
        ui.link("还要发的", Filter(fold="待发", account=one.id).address).classes("z-link")
        ui.link("没发成的", Filter(state="failed", account=one.id).address).classes("z-link")


def _switch(visit: Visit, one: AccountNow) -> None:
    name = f"账号「{one.name}」"
    done = f"好，{name}恢复发送。" if one.paused else f"好，{name}停发了，排着的先等着。"
    order = partial(visit.order, PauseOrder, done=done)
    change = partial(order, account=one.id, scope="account", subject=one.id, resumed=one.paused)
    if one.paused:
        ui.button("恢复发送", icon="play_arrow", on_click=change).props("unelevated no-caps")
    else:
        told = f"{name}先不发了？排着的会等着，随时可以恢复。"
        ui.button("停发", icon="pause", on_click=lambda: ask(told, "停发", change)).props("outline no-caps")


def state_badge(one: AccountNow) -> None:
    """Whether it is on line, and not paused. What it was when the last worker went is not what it is."""
    well = one.state == AccountState.ONLINE and not one.paused and one.is_kept
    state = STATE_NAMES.get(one.state, one.state) if one.is_kept else "没有 worker"
    name = "停发中" if one.paused else state
    ui.badge(name).props(f"color={'positive' if well else 'negative'}").classes("q-pa-xs")


def _pulse(heard_at: datetime | None, now: datetime) -> str:
    """How old the last sign of life is."""
    if heard_at is None:
        return "没有心跳：现在没连着，或由另一台机器管着"
    seconds = max(0, int((now - heard_at).total_seconds()))
    return f"{seconds} 秒前有心跳" if seconds < 120 else f"{seconds // 60} 分钟没有心跳"


def _kept(keeper: Keeper | None) -> str:
    """Which worker keeps it, where none of them is this process."""
    if keeper is None:
        return "没有 worker 管着这个号，要发的都排着。启动 python -m bot run --worker 就接着发。"
    return f"由 {keeper.host} 上的 worker（进程 {keeper.process}）管着"


def _show_code(one: AccountNow) -> None:
    ui.label("请用这个号的手机扫码登录").classes("text-weight-bold")
    if len(one.scan_code.encode()) <= _LONGEST_CODE:
        source = "data:image/svg+xml;base64," + base64.b64encode(qr_code(one.scan_code).encode()).decode()
        ui.element("img").props(f'src="{source}" alt="登录二维码" width=220 height=220').style("background: #ffffff")
    ui.label(one.scan_code).classes("z-muted text-caption").style("overflow-wrap: anywhere")


def qr_code(text: str) -> str:
    """A QR code as SVG, black on white."""
    code = QRCode(border=_QUIET_ZONE)
    code.add_data(text)
    rows = code.get_matrix()
    dark = "".join(
        f"M{column} {row}h1v1h-1z" for row, line in enumerate(rows) for column, is_dark in enumerate(line) if is_dark
    )
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{dark}"/></svg>'
    )


PAGE = Page(route="/accounts", title="账号", area="今天", build=build)
