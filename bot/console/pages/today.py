"""今天: what went out, what is due, what waits for somebody, how the pool is. Each number opens its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from nicegui import ui

from bot.console.names import account_name
from bot.console.page import Page
from bot.console.pages.accounts import state_badge
from bot.console.pages.calendar_days import marks
from bot.console.pages.deliveries_rows import parts_of
from bot.console.parts import Part, Parts, Rows
from bot.console.patience import Patience
from bot.console.reading.accounts import AccountNow, accounts_now
from bot.console.reading.calendar import Turn, Wanted, left_today
from bot.console.reading.deliveries import Filter, coming, count_of
from bot.console.reading.today import Count, Open, health, what_waits, what_was_said
from bot.console.visit import Visit
from handlers import rights
from handlers.command_answers import scope_name
from models.alerts import AlertKind
from models.orders import WriteEntryOrder

SOON_SECONDS = 2.0
# What is counted of everybody, or of all that was said, may rest for so long in a large shop.
LONGEST_REST_SECONDS = 60.0
# So many of the day's posts are shown.
_SHOWN = 8
_UNSURE = Filter(fold="请核对")
_SENDS_THAT_WAIT = {
    _UNSURE: "条不确定发没发出去，请核对",
    Filter(fold="待发", reason="not_approved"): "条等人通过",
    Filter(state="awaiting_tap"): "条待员工点发",
}


async def build(visit: Visit) -> None:
    """Build the page."""
    figures = Parts().classes("z-figures")
    with ui.element("div").classes("row full-width q-col-gutter-md items-start"):
        with ui.element("div").classes("col-12 col-md-7"), ui.column().classes("full-width"):
            waits = _card("等我的")
            posts = _card("今天还有的排期", "排期", Wanted("list").to(), Rows)
            soon = _card("接下来", "发送记录", "/deliveries", Rows)
        with ui.element("div").classes("col-12 col-md-5"), ui.column().classes("full-width"):
            accounts = _card("账号", "额度、心跳、停发", "/accounts")
            pool = _card("店里")

    said: list[Count] = []

    async def look() -> None:
        now = visit.site.now()
        day = f"{visit.local(now):%Y-%m-%d}"
        wanted = {
            "今天已发": Filter(fold="已发", day=day),
            "今天待发": Filter(fold="待发", day=day),
            "今天没发": Filter(fold="没发", day=day),
            "请核对": _UNSURE,
        }
        figures.show([_figure(label, await visit.read(count_of, one), one.address) for label, one in wanted.items()])
        writes = rights.may(visit.role, WriteEntryOrder)
        empty = "没有要发的。" + ("到「排期」里安排，或等客人说话。" if writes else "")
        soon.show(parts_of(visit, await visit.read(coming), empty=empty))
        accounts.show(_accounts(visit, await visit.read(accounts_now, now, by_workers=not visit.site.keeps_accounts)))

    async def look_around() -> None:
        sends = [
            Count(await visit.read(count_of, wanted), text, wanted.address) for wanted, text in _SENDS_THAT_WAIT.items()
        ]
        opened = await visit.read(what_waits)
        waits.show(_waiting(visit, [*sends, *opened.counts, *said], opened, is_all=bool(said)))

    async def count() -> None:
        now = visit.site.now()
        pool.show(_pool(await visit.read(health, now)))
        posts.show(_posts(await visit.read(left_today, now)))
        patience = Patience()
        said[:] = await visit.wait_for(patience, what_was_said, now, patience.proceed)
        await look_around()

    async def begin() -> None:
        await look_around()
        visit.live(look_around, SOON_SECONDS)
        await count()
        visit.live(count, SOON_SECONDS, LONGEST_REST_SECONDS)

    await look()
    visit.live(look, SOON_SECONDS)
    for card in (waits, posts, pool):
        card.show([Part("", "", lambda: ui.spinner(size="lg"))])
    ui.timer(0.05, begin, once=True)


def _card(title: str, more: str = "", address: str = "", kind: type[Parts] = Parts) -> Parts:
    """A card with its title, and a link beside it to the page that has more; what it shows goes into the parts."""
    with ui.card().classes("z-card full-width"):
        with ui.row().classes("full-width items-center"):
            ui.label(title).classes("text-subtitle1 text-weight-bold")
            ui.space()
            if more:
                ui.link(more, address).classes("z-link")
        return kind().style("gap: 8px")


def _figure(label: str, number: int, address: str) -> Part:
    urgent = bool(number) and label == "请核对"

    def build() -> ui.label:
        with ui.link(target=address).classes("z-link full-width"), ui.card().classes("z-card full-width"):
            figure = ui.label().classes("z-figure" + (" text-negative" if urgent else ""))
            ui.label(label).classes("z-muted")
        return figure

    return Part(label, (address, urgent), build, text=f"{number:,}")


def _waiting(visit: Visit, counts: Sequence[Count], opened: Open, *, is_all: bool) -> Iterator[Part]:
    told = [one for one in counts if one.number]
    for one in told:
        yield _line("chevron_right", "z-muted", f"{one.number:,} {one.text}", one.address, key=one.text)
    for pause in opened.paused:
        match pause.scope:
            case "group":
                name = f"「{pause.topic or pause.subject}」"
            case "account":
                name = f"账号「{account_name(visit, pause.subject)}」"
            case _:
                name = scope_name(pause.scope, pause.subject).strip()
        address = "/accounts" if pause.scope == "account" else Filter(fold="待发", reason="paused").address
        key = f"paused {pause.scope} {pause.subject}"
        yield _line("pause_circle", "text-negative", f"{name}停发中", address, key=key)
    alerts = [one for one in opened.alerts if one.kind != AlertKind.UNKNOWN]  # those are counted above
    for alert in alerts:
        key = f"alert {alert.kind} {alert.account_id} {alert.text}"
        yield _line("warning", "text-negative", alert.text, _where_it_is(alert), key=key)
    if not is_all:
        yield Part("", "more", lambda: ui.label("正在看群里说了什么……").classes("z-muted").props("role=status"))
    elif not told and not opened.paused and not alerts:
        yield Part("", "well", lambda: ui.label("没有事等你，一切正常。").classes("z-muted"))


def _posts(turns: Sequence[Turn]) -> Iterator[Part]:
    for turn in turns[:_SHOWN]:
        told = " · ".join([f"{turn.at:%H:%M}", turn.to, *marks(turn)])
        yield Part(
            f"{turn.key} {turn.own} {turn.at}", (turn.address, turn.title, told), partial(_show_post, turn, told)
        )
    if len(turns) > _SHOWN:
        more = f"还有 {len(turns) - _SHOWN:,} 条"
        yield Part("more", more, lambda: ui.label(more).classes("z-muted"))
    if not turns:
        yield Part("", "", lambda: ui.label("今天没有要到点的排期了。").classes("z-muted"))


def _show_post(turn: Turn, told: str) -> None:
    with ui.item().props(f'href="{turn.address}"').classes("q-px-none full-width"), ui.item_section():
        ui.item_label(turn.title).props("lines=1")
        ui.item_label(told).props("caption").classes("z-muted")


def _line(icon: str, colour: str, text: str, address: str, key: str) -> Part:
    def build() -> ui.link | ui.label:
        with ui.row().classes("items-center no-wrap full-width"):
            ui.icon(icon, size="20px").classes(colour).props('aria-hidden="true"')
            shown = ui.link(target=address).classes("z-link") if address else ui.label()
            shown.style("overflow-wrap: anywhere")
        return shown

    return Part(key, address, build, text=text)


def _where_it_is(alert: Any) -> str:
    """The page on which somebody can do something about it; nothing where the console cannot."""
    if alert.delivery_id:
        return f"/deliveries/{alert.delivery_id}"
    if alert.kind == AlertKind.AMBIGUOUS:
        return "/doubts"
    return "/accounts" if alert.account_id else ""


def _accounts(visit: Visit, accounts: list[AccountNow]) -> Iterator[Part]:
    day = f"{visit.local(visit.site.now()):%Y-%m-%d}"
    for one in accounts:
        there = Filter(fold="已发", day=day, account=one.id).address
        name = (one.name, one.state, one.paused, one.is_kept)
        yield Part(f"name {one.id}", name, partial(_show_name, one))
        of = f" / {one.today.most:,}" if one.today else ""
        link = partial(_link, there)
        yield Part(f"sent {one.id}", there, link, text=f"今天发了 {one.sent_today:,}{of}")
        yield Part(f"room {one.id}", (one.today, one.slow_until), partial(_show_room, visit, one))
    if not accounts:
        yield Part("", "", lambda: ui.label("还没有账号。在 config.toml 里加一个。").classes("z-muted"))


def _show_name(one: AccountNow) -> None:
    with ui.row().classes("items-center full-width no-wrap"):
        ui.label(one.name).classes("col ellipsis text-weight-medium")
        state_badge(one)


def _link(address: str) -> ui.link:
    return ui.link(target=address).classes("z-link")


def _show_room(visit: Visit, one: AccountNow) -> None:
    if one.today:
        ui.linear_progress(min(one.today.left / one.today.most, 1.0), show_value=False).props('aria-label="今天的额度"')
    if one.slow_until:
        ui.label(f"平台嫌太快，歇到 {visit.local(one.slow_until):%H:%M}").classes("text-negative")


def _pool(counts: Sequence[Count]) -> Iterator[Part]:
    for one in counts:
        yield Part(one.text, one.address, partial(_show_count, one), text=f"{one.number:,}")


def _show_count(one: Count) -> ui.label:
    with ui.link(target=one.address).classes("z-link row items-baseline full-width no-wrap"):
        number = ui.label().classes("text-weight-bold text-right").style("min-width: 64px")
        ui.label(one.text).classes("q-ml-md")
    return number


PAGE = Page(route="/today", title="今天", area="今天", icon="today", build=build)
