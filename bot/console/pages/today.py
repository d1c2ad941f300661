"""今天: what went out, what is due, what waits for somebody, how the pool is. Each number opens its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from bot.console.page import Page
from bot.console.pages.accounts import state_badge
from bot.console.pages.deliveries_rows import list_rows
from bot.console.reading.accounts import AccountNow, accounts_now
from bot.console.reading.deliveries import Filter, Row, coming, count_of
from bot.console.reading.today import Count, Open, health, what_waits
from bot.console.visit import Visit
from handlers.command_answers import scope_name
from models.alerts import AlertKind

SOON_SECONDS = 2.0
_UNSURE = Filter(fold="请核对")
_SENDS_THAT_WAIT = {
    _UNSURE: "条不确定发没发出去，请核对",
    Filter(fold="待发", reason="not_approved"): "条等人通过",
    Filter(state="awaiting_tap"): "条待员工点发",
}


async def build(visit: Visit) -> None:
    """Build the page."""
    figures = ui.element("div").classes("row full-width q-col-gutter-md")
    with ui.element("div").classes("row full-width q-col-gutter-md items-start"):
        with ui.element("div").classes("col-12 col-md-7"), ui.column().classes("full-width"):
            waits = ui.card().classes("z-card full-width")
            soon = ui.card().classes("z-card full-width")
        with ui.element("div").classes("col-12 col-md-5"), ui.column().classes("full-width"):
            accounts = ui.card().classes("z-card full-width")
            pool = ui.card().classes("z-card full-width")

    async def look() -> None:
        now = visit.site.now()
        day = f"{visit.local(now):%Y-%m-%d}"
        wanted = {
            "今天已发": Filter(fold="已发", day=day),
            "今天还要发": Filter(fold="待发", day=day),
            "今天没发": Filter(fold="没发", day=day),
            "请核对": _UNSURE,
        }
        counts = {label: (await visit.read(count_of, one), one.address) for label, one in wanted.items()}
        _show_figures(figures, counts)
        _show_coming(soon, visit, await visit.read(coming))
        _show_accounts(accounts, visit, await visit.read(accounts_now, now))

    async def look_around() -> None:
        now = visit.site.now()
        sends = [
            Count(await visit.read(count_of, wanted), text, wanted.address) for wanted, text in _SENDS_THAT_WAIT.items()
        ]
        opened = await visit.read(what_waits, now)
        _show_waiting(waits, [*sends, *opened.counts], opened)
        _show_pool(pool, await visit.read(health, now))

    async def begin() -> None:
        await look_around()
        visit.live(look_around, SOON_SECONDS)

    await look()
    visit.live(look, SOON_SECONDS)
    for card in (waits, pool):
        with card:
            ui.spinner(size="lg")
    ui.timer(0.05, begin, once=True)


def _show_figures(place: ui.element, counts: dict[str, tuple[int, str]]) -> None:
    place.clear()
    with place:
        for label, (number, address) in counts.items():
            with (
                ui.element("div").classes("col-6 col-md-3"),
                ui.link(target=address).classes("z-link"),
                ui.card().classes("z-card full-width"),
            ):
                urgent = label == "请核对" and number
                ui.label(f"{number:,}").classes("z-figure" + (" text-negative" if urgent else ""))
                ui.label(label).classes("z-muted")


def _show_waiting(card: ui.card, counts: Sequence[Count], opened: Open) -> None:
    card.clear()
    with card:
        ui.label("等我的").classes("text-subtitle1 text-weight-bold")
        told = [one for one in counts if one.number]
        for one in told:
            _line("chevron_right", "z-muted", f"{one.number:,} {one.text}", one.address)
        for pause in opened.paused:
            of_group = f"「{pause.topic or pause.subject}」"
            name = of_group if pause.scope == "group" else scope_name(pause.scope, pause.subject).strip()
            address = "/accounts" if pause.scope == "account" else Filter(fold="待发", reason="paused").address
            _line("pause_circle", "text-negative", f"{name}停发中", address)
        for alert in opened.alerts:
            _line("warning", "text-negative", alert.text, _where_it_is(alert))
        if not told and not opened.paused and not opened.alerts:
            ui.label("没有事等你，一切正常。").classes("z-muted")


def _line(icon: str, colour: str, text: str, address: str) -> None:
    with ui.row().classes("items-center no-wrap full-width"):
        ui.icon(icon, size="20px").classes(colour).props('aria-hidden="true"')
        if address:
            ui.link(text, address).classes("z-link").style("overflow-wrap: anywhere")
        else:
            ui.label(text).style("overflow-wrap: anywhere")


def _where_it_is(alert: Any) -> str:
    """The page on which somebody can do something about it; nothing where the console cannot."""
    if alert.delivery_id:
        return f"/deliveries/{alert.delivery_id}"
    if alert.kind == AlertKind.AMBIGUOUS:
        return "/doubts"
    return "/accounts" if alert.account_id else ""


def _show_coming(card: ui.card, visit: Visit, rows: list[Row]) -> None:
    card.clear()
    with card:
        with ui.row().classes("full-width items-center"):
            ui.label("接下来").classes("text-subtitle1 text-weight-bold")
            ui.space()
            ui.link("发送记录", "/deliveries").classes("z-link")
        list_rows(visit, rows, empty="没有要发的。到「排期」里安排，或等客人说话。")


def _show_accounts(card: ui.card, visit: Visit, accounts: list[AccountNow]) -> None:
    card.clear()
    day = f"{visit.local(visit.site.now()):%Y-%m-%d}"
    with card:
        with ui.row().classes("full-width items-center"):
            ui.label("账号").classes("text-subtitle1 text-weight-bold")
            ui.space()
            ui.link("额度、心跳、停发", "/accounts").classes("z-link")
        for one in accounts:
            with ui.row().classes("items-center full-width no-wrap"):
                ui.label(one.name or one.id).classes("col ellipsis text-weight-medium")
                state_badge(one)
            of = f" / {one.today.most:,}" if one.today else ""
            there = Filter(fold="已发", day=day, account=one.id).address
            ui.link(f"今天发了 {one.sent_today:,}{of}", there).classes("z-link")
            if one.today:
                ui.linear_progress(min(one.today.left / one.today.most, 1.0), show_value=False).props(
                    'aria-label="今天的额度"'
                )
            if one.slow_until:
                ui.label(f"平台嫌太快，歇到 {visit.local(one.slow_until):%H:%M}").classes("text-negative")
        if not accounts:
            ui.label("还没有账号。在 config.toml 里加一个。").classes("z-muted")


def _show_pool(card: ui.card, counts: Sequence[Count]) -> None:
    card.clear()
    with card:
        ui.label("店里").classes("text-subtitle1 text-weight-bold")
        for one in counts:
            with ui.link(target=one.address).classes("z-link row items-baseline full-width no-wrap"):
                ui.label(f"{one.number:,}").classes("text-weight-bold text-right").style("min-width: 64px")
                ui.label(one.text).classes("q-ml-md")


PAGE = Page(route="/today", title="今天", area="今天", icon="today", build=build)
