"""今天: what went out, what is due, what waits for somebody, how the pool is. Each number opens its rows."""

from __future__ import annotations

from nicegui import ui

from bot.console.page import Page
from bot.console.pages.deliveries_rows import list_rows
from bot.console.reading.deliveries import Filter, Row, coming, count_of
from bot.console.reading.today import QUESTIONS_OF, AccountNow, Health, Open, accounts_now, health, what_waits
from bot.console.visit import Visit
from handlers.command_answers import STATE_NAMES, scope_name

SOON_SECONDS = 2.0


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
            "请核对": Filter(fold="请核对"),
        }
        counts = {label: (await visit.read(count_of, one), one.address) for label, one in wanted.items()}
        approvals = Filter(fold="待发", reason="not_approved")
        to_approve = await visit.read(count_of, approvals)
        taps = Filter(state="awaiting_tap")
        to_tap = await visit.read(count_of, taps)
        opened = await visit.read(what_waits, now)
        _show_figures(figures, counts)
        rows = [
            (counts["请核对"][0], "条不确定发没发出去，请核对", counts["请核对"][1], "help"),
            (to_approve, "条等人通过", approvals.address, "task_alt"),
            (to_tap, "条待员工点发", taps.address, "touch_app"),
        ]
        _show_waiting(waits, rows, opened)
        _show_coming(soon, visit, await visit.read(coming))
        _show_accounts(accounts, visit, await visit.read(accounts_now, now))
        _show_pool(pool, await visit.read(health, now))

    await look()
    visit.live(look, SOON_SECONDS)


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


def _show_waiting(card: ui.card, rows: list[tuple[int, str, str, str]], opened: Open) -> None:
    card.clear()
    with card:
        ui.label("等我的").classes("text-subtitle1 text-weight-bold")
        lines = [
            *rows,
            (opened.questions, f"个问题没人回（{QUESTIONS_OF.days} 天内）", "", "question_answer"),
            *(
                (number, f"人在排队等「{tier}」的位子", "", "hourglass_empty")
                for tier, number in opened.waiting.items()
            ),
            (opened.doubts, "位认不准是谁", "", "person_search"),
            (opened.complaints, "个投诉没了结", "", "report"),
        ]
        told = [line for line in lines if line[0]]
        for number, text, address, icon in told:
            with ui.row().classes("items-center no-wrap full-width"):
                ui.icon(icon, size="20px").classes("z-muted").props('aria-hidden="true"')
                if address:
                    ui.link(f"{number:,} {text}", address).classes("z-link")
                else:
                    ui.label(f"{number:,} {text}")
        for pause in opened.paused:
            with ui.row().classes("items-center no-wrap full-width"):
                ui.icon("pause_circle", size="20px").classes("text-negative").props('aria-hidden="true"')
                ui.label(f"{scope_name(pause.scope, pause.subject).strip()}停发中")
        for alert in opened.alerts:
            with ui.row().classes("items-center no-wrap full-width"):
                ui.icon("warning", size="20px").classes("text-negative").props('aria-hidden="true"')
                ui.label(alert.text)
        if not told and not opened.paused and not opened.alerts:
            ui.label("没有事等你，一切正常。").classes("z-muted")


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
    with card:
        ui.label("账号").classes("text-subtitle1 text-weight-bold")
        for one in accounts:
            with ui.row().classes("items-center full-width no-wrap"):
                ui.label(one.name or one.id).classes("col ellipsis text-weight-medium")
                state = STATE_NAMES.get(one.state, one.state)
                well = one.state == "online" and not one.paused
                ui.badge("停发中" if one.paused else state).props(f"color={'positive' if well else 'negative'}")
            of = f" / {one.per_day:,}" if one.per_day else ""
            pace = f"，每分钟最多 {one.per_minute}" if one.per_minute else ""
            ui.label(f"今天发了 {one.sent_today:,}{of}{pace}").classes("z-muted")
            if one.per_day:
                ui.linear_progress(min(one.sent_today / one.per_day, 1.0), show_value=False).props(
                    'aria-label="今天的额度"'
                )
            if one.slow_until:
                ui.label(f"平台嫌太快，歇到 {visit.local(one.slow_until):%H:%M}").classes("text-negative")
        if not accounts:
            ui.label("还没有账号。在 config.toml 里加一个。").classes("z-muted")


def _show_pool(card: ui.card, pool: Health) -> None:
    card.clear()
    with card:
        ui.label("店里").classes("text-subtitle1 text-weight-bold")
        for number, text in (
            (pool.friends, "位好友"),
            (pool.new_today, "位今天新来的"),
            (pool.new_week, "位近七天新来的"),
            (pool.surveys_open, "位建档没完的"),
            (pool.groups, "个群"),
            (pool.heads, "人次在群里"),
        ):
            with ui.row().classes("items-baseline full-width no-wrap"):
                ui.label(f"{number:,}").classes("text-weight-bold text-right").style("min-width: 64px")
                ui.label(text).classes("z-muted")


PAGE = Page(route="/today", title="今天", area="今天", icon="today", build=build)
