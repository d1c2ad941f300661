"""数据: a span of days in figures; each opens its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from nicegui import ui
from sqlalchemy import Connection

from bot.console.names import account_name
from bot.console.page import Page
from bot.console.pages.insight_tables import STYLE, each_group, newcomers
from bot.console.pages.waiting import show_progress
from bot.console.patience import Patience, Stopped
from bot.console.reading.cooling import cooling
from bot.console.reading.insight import (
    SPANS,
    Group,
    Wanted,
    activity,
    by_account,
    by_day,
    groups_of,
    movements,
    promises,
)
from bot.console.reading.insight_funnel import STEPS, by_tier, funnel
from bot.console.reading.insight_rows import PROMISE_STATES, questions_of
from bot.console.visit import Scope, Visit

T = TypeVar("T")
P = ParamSpec("P")

REPLY_RATE = "问题有人回"
_COUNTING = "……"
_GREY, _GREEN, _RED, _BLUE = "#848d99", "#2a9d6f", "#d9605a", "#5b8bc0"


async def build(visit: Visit) -> None:
    """Build the page: its frame at once, then what is quickly known, then what members wrote."""
    ui.add_css(STYLE)
    now = visit.site.now()
    wanted = Wanted.read(visit.at, visit.local(now).date())
    everywhere = await visit.read(groups_of, Wanted(wanted.first, wanted.last))
    _choices(visit, wanted, everywhere)
    patience = Patience()
    told = f"正在数这 {len(wanted.days)} 天的……"
    with ui.row().classes("items-center full-width") as under_way:
        status = ui.label(told).classes("z-muted").props("role=status")
        show_progress(patience, status, told)
    figures = ui.element("div").classes("row full-width q-col-gutter-md")
    if not everywhere:
        with ui.card().classes("z-card full-width"):
            ui.label("还没有绑定的群，所以没有群的数。").classes("z-muted")
            ui.link("去绑定群", "/groups").classes("z-link")
    with ui.element("div").classes("row full-width q-col-gutter-md items-stretch"):
        said = _card("群里说话", "点一天看那天的话")
        moved = _card("进群和退群", "点一天看是谁")
        came = _card("新客接待", "这段时间加的好友走到了哪一步；选了层级或群的，只算现在在里面的人")
        with _card("再看看", ""):
            ui.link("群里的问题：有没有人回", wanted.address("questions")).classes("z-link")
            ui.link("每条排期的效果：送达、回话、进群、退群", wanted.address("posts")).classes("z-link")
            ui.link("每个必发的结果", wanted.address("promises")).classes("z-link")
    table = ui.card().classes("z-card full-width")
    waits = {card: _wait(card, wanted) for card in (said, moved, came, table)}

    async def ask(question: Callable[Concatenate[Connection, Scope, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await visit.wait_for(patience, question, *args, **kwargs)

    async def count() -> None:
        groups = await ask(groups_of, wanted)
        moves = await ask(movements, wanted)
        with figures:
            _figure("进群", sum(one.came for one in moves), wanted.address("joined"))
            _figure("退群", sum(not one.came for one in moves), wanted.address("left"))
        waits.pop(moved).delete()
        with moved:
            _chart(
                wanted,
                {
                    "进群": (by_day(visit.scope, wanted, moves, True), _GREEN, "joined"),
                    "退群": (by_day(visit.scope, wanted, moves, False), _RED, "left"),
                },
            )
        with figures:
            messages_figure = _figure("群消息", _COUNTING, wanted.address("messages"))
            active_figure = _figure("说话的人", _COUNTING, wanted.address("active"))
        judged = await ask(promises, wanted, now)
        kept = Counter[str](one.state for one in judged)
        with figures:
            for state, name in PROMISE_STATES.items():
                whole = f"{kept[state]:,} / {len(judged):,}" if state == "kept" else kept[state]
                _figure(f"必发{name}", whole, wanted.address(state))
        people = await ask(funnel, wanted)
        tiers = await ask(by_tier, wanted)
        waits.pop(came).delete()
        with came:
            _funnel(visit, wanted, people, tiers)
        cold = {one.room for one in await ask(cooling, wanted, now)}
        with figures:
            _figure("在变冷的群", len(cold), wanted.address("cooling"))
            rate = _figure(REPLY_RATE, _COUNTING, wanted.address("settled"))
        found = await ask(activity, wanted, now, patience.proceed)  # from here on it reads what was said
        messages_figure.text = f"{sum(found.messages.values()):,}"
        active_figure.text = f"{found.active:,}"
        waits.pop(said).delete()
        with said:
            _chart(wanted, {"群消息": ([*found.by_day.values()], _BLUE, "messages")})
            for account, tier, active, messages in by_account(groups, found):
                there = wanted._replace(account=account, tier=tier).address("active")
                ui.link(f"{account_name(visit, account)} · {tier}：{active:,} 人说了 {messages:,} 条", there).classes(
                    "z-link"
                )
        waits.pop(table).delete()
        with table:
            each_group(wanted, groups, found, Counter((one.group, one.came) for one in moves), judged, cold)
        rate.text = (await ask(questions_of, wanted, patience.proceed)).rate

    async def look() -> None:
        try:
            await count()
        except Stopped:
            for wait in waits.values():
                wait.delete()
        else:
            under_way.delete()

    ui.timer(0.05, look, once=True)


def _wait(card: ui.card, wanted: Wanted) -> ui.row:
    """What stands in a card until it is counted."""
    with card, ui.row().classes("items-center") as row:
        ui.spinner(size="md")
        ui.label(f"正在数这 {len(wanted.days)} 天的……").classes("z-muted").props("role=status")
    return row


def _choices(visit: Visit, wanted: Wanted, groups: list[Group]) -> None:
    def choose(**chosen: Any) -> None:
        ui.navigate.to(wanted._replace(**chosen).address())

    today = visit.local(visit.site.now()).date()
    with ui.card().classes("z-card full-width"), ui.row().classes("items-center full-width"):
        for span in SPANS:
            first = today - timedelta(days=span - 1)
            lit = (wanted.first, wanted.last) == (first, today)
            ui.button(f"{span} 天", on_click=lambda first=first: choose(first=first, last=today)).props(
                "dense no-caps " + ("unelevated" if lit else "flat")
            ).classes("q-px-sm")
        for label, name in (("从", "first"), ("到", "last")):
            day = ui.input(label, value=getattr(wanted, name).isoformat()).props("dense outlined type=date stack-label")

            def chosen(day: ui.input = day, name: str = name) -> None:
                given = Wanted.read({"from": day.value, "to": day.value}, today)
                choose(**{name: given.last})

            day.on("change", chosen)
        _select("层级", {one.tier: one.tier for one in groups}, wanted.tier, lambda one: choose(tier=one))
        _select("群", {one.room: one.topic or one.room for one in groups}, wanted.group, lambda one: choose(group=one))
        if len(visit.scope.accounts) > 1:
            accounts = {one: account_name(visit, one) for one in visit.scope.accounts}
            _select("账号", accounts, wanted.account, lambda one: choose(account=one))


def _select(label: str, options: Mapping[str, str], value: str, chosen: Callable[[str], None]) -> None:
    box = ui.select(dict(options), label=label, value=value if value in options else None, clearable=True)
    box.props("dense outlined options-dense").style("min-width: 120px; max-width: 220px")
    box.on_value_change(lambda event: chosen(event.value or ""))


def _figure(label: str, number: int | str, address: str) -> ui.label:
    with (
        ui.element("div").classes("col-6 col-md-2"),
        ui.link(target=address).classes("z-link"),
        ui.card().classes("z-card full-width"),
    ):
        shown = ui.label(number if isinstance(number, str) else f"{number:,}").classes("z-figure")
        ui.label(label).classes("z-muted")
    return shown


def _card(title: str, told: str) -> ui.card:
    with ui.element("div").classes("col-12 col-md-6"):
        card = ui.card().classes("z-card full-width full-height")
    with card:
        ui.label(title).classes("text-subtitle1 text-weight-bold")
        if told:
            ui.label(told).classes("z-muted")
    return card


def _chart(wanted: Wanted, lines: Mapping[str, tuple[list[int], str, str]]) -> None:
    """Bars by day; a click opens the rows of that day."""
    if not any(sum(numbers) for numbers, _, _ in lines.values()):
        ui.label("这段时间没有。换一段日子，或少选一个条件。").classes("z-muted")
        return
    days = wanted.days

    def opened(event: Any) -> None:
        day = days[event.data_index]
        figure = lines[event.series_name][2]
        ui.navigate.to(wanted._replace(first=day, last=day).address(figure))

    ui.echart(
        {
            "animation": False,
            "textStyle": {"color": _GREY},
            "tooltip": {"trigger": "axis"},
            "legend": {"show": len(lines) > 1, "top": 0, "textStyle": {"color": _GREY}},
            "grid": {"left": 8, "right": 8, "top": 32, "bottom": 8, "containLabel": True},
            "xAxis": {"type": "category", "data": [f"{day:%m-%d}" for day in days], "axisLabel": {"color": _GREY}},
            "yAxis": {
                "type": "value",
                "minInterval": 1,
                "axisLabel": {"color": _GREY},
                "splitLine": {"lineStyle": {"color": f"{_GREY}40"}},
            },
            "series": [
                {"name": name, "type": "bar", "data": numbers, "itemStyle": {"color": colour}}
                for name, (numbers, colour, _) in lines.items()
            ],
        },
        on_point_click=opened,
    ).style("height: 240px")


def _funnel(visit: Visit, wanted: Wanted, rows: list[dict[str, Any]], tiers: Mapping[str, Mapping[str, int]]) -> None:
    if not rows:
        ui.label("这段时间没有新客。把二维码发出去，有人加就会出现在这里。").classes("z-muted")
        return
    whole = sum(row["befriended"] for row in rows)
    for step, name in STEPS.items():
        number = sum(row[step] for row in rows)
        with ui.row().classes("items-center full-width no-wrap"):
            ui.link(f"{name} {number:,}", wanted.address(step)).classes("z-link").style("min-width: 130px")
            ui.linear_progress(number / whole, show_value=False).props(f'aria-label="{name}"').classes("col")
            ui.label(f"{number / whole:.0%}").classes("z-muted text-right").style("min-width: 44px")
    newcomers(visit, wanted, rows, tiers)


PAGE = Page(route="/insight", title="数据", area="数据", icon="insights", build=build)
