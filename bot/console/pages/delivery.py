"""One delivery: what it is, each state it went through, what would become of it now, and what one may do about it."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from nicegui import ui

from bot.console.asking import ask
from bot.console.names import account_name
from bot.console.page import Page
from bot.console.pages.deliveries_rows import COLOURS, moment, said, whom
from bot.console.pages.group_talk import group_address
from bot.console.pages.people import address_of
from bot.console.reading.called import titles_of
from bot.console.reading.deliveries import Row, changes_of, one_of
from bot.console.visit import Visit
from bot.preview import verdict_now
from handlers import rights
from handlers.command_answers import STATE_NAMES
from handlers.reason_names import CAUSE_NAMES, DELIVERY_STATE_NAMES, FOLD_OF, REASON_NAMES
from models.deliveries import OPEN_STATES, Cause, DeliveryState
from models.erasure import is_nameless
from models.orders import CancelDeliveryOrder, SettleDeliveryOrder

_GREATEST_ID = 2**63 - 1
_OUTCOMES = (("sent", "发出去了"), ("failed", "没发出去"))
_AGAIN_UNSURE = "还不知道上一次到没到，再发一次对方可能收到两遍。发吗？"
_AGAIN = "上一次没发出去，再发一次？发之前照样把关：免打扰、上限、退订都算。"


async def build(visit: Visit) -> None:
    """Build the page."""
    given = visit.at.get("delivery", "")
    identity = int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else 0
    place = ui.column().classes("full-width")
    buttons = ui.column().classes("full-width")
    past = ui.column().classes("full-width")
    shown: list[Any] = []
    offered: list[DeliveryState] = []

    async def look() -> None:
        row = await visit.read(one_of, identity) if 0 < identity <= _GREATEST_ID else None
        if row is None:
            for one in (place, buttons, past):
                one.clear()
            with place:
                ui.label("没有这条发送记录。").classes("z-muted")
                ui.link("看全部", "/deliveries").classes("z-link")
            return
        changes = await visit.read(changes_of, identity)
        verdict = await visit.site.in_thread(lambda: verdict_now(visit.site.store, visit.merchant, identity))
        titles = await visit.read(titles_of, [row.entry]) if row.entry else {}
        if shown == (found := [row, changes, verdict, titles]):
            return
        shown[:] = found
        place.clear()
        with place:
            _show(visit, row, titles.get(row.entry, row.entry), verdict)
        if offered != [row.state]:  # whoever is about to press a button keeps it, whatever else is new
            offered[:] = [row.state]
            buttons.clear()
            with buttons:
                _act(visit, row)
        past.clear()
        with past:
            _show_history(visit, changes)

    await look()
    visit.live(look)


def _show(visit: Visit, row: Row, title: str, verdict: dict[str, object] | None) -> None:
    with ui.card().classes("z-card full-width"):
        with ui.row().classes("items-center full-width"):
            fold = FOLD_OF[row.state]
            ui.badge(fold).props(f"color={COLOURS[fold]}").classes("q-pa-sm")
            ui.label(DELIVERY_STATE_NAMES[row.state]).classes("text-weight-bold")
            ui.label(REASON_NAMES.get(row.reason, row.reason)).classes("z-muted")
        ui.label(said(row)).style("white-space: pre-wrap; overflow-wrap: anywhere")
        to = address_of(row.contact) if row.contact else group_address(row.group) if row.group else ""
        to = "" if is_nameless(row.contact) else to
        facts = {
            "给谁": (whom(row), to),
            "账号": (account_name(visit, row.account), "/accounts"),
            "为什么发": (CAUSE_NAMES.get(Cause(row.cause), row.cause), ""),
            "排期": (title, f"/calendar/{quote(row.entry, safe='')}"),
            "时间": (moment(visit, row.at), ""),
            "现在": (_in_words(verdict), ""),
        }
        for name, (value, address) in facts.items():
            if value:
                with ui.row().classes("full-width no-wrap"):
                    ui.label(name).classes("z-muted").style("min-width: 72px")
                    told = ui.link(value, address).classes("z-link") if address else ui.label(value)
                    told.style("overflow-wrap: anywhere")


def _in_words(verdict: dict[str, object] | None) -> str:
    if verdict is None:
        return ""
    if "account" in verdict:
        return f"账号{STATE_NAMES.get(str(verdict['account']), '')}，等它上线"
    if "behind" in verdict:
        return "排在同一个人的前一条后面"
    reason = REASON_NAMES.get(str(verdict["reason"]), "") or "还没到时间"
    until = str(verdict.get("until") or "")[:16].replace("T", " ")
    if verdict["decision"] == "would_send":
        return "可以发"
    if verdict["decision"] == "would_wait":
        return f"还要等：{reason}" + (f"，到 {until}" if until else "")
    return f"不会发：{reason}"


def _act(visit: Visit, row: Row) -> None:
    """The buttons of what may be done; each is an order."""
    with ui.row().classes("items-center"):
        if row.state in (DeliveryState.UNKNOWN, DeliveryState.FAILED) and rights.may(visit.role, SettleDeliveryOrder):
            if row.state == DeliveryState.UNKNOWN:
                ui.label("看一下手机，这条到底")
            settle = partial(visit.order, SettleDeliveryOrder, delivery=row.id)
            for outcome, label in _OUTCOMES:
                if outcome == "failed" and row.state == DeliveryState.FAILED:
                    continue
                ui.button(label, on_click=partial(settle, outcome=outcome)).props("no-caps unelevated")
            told = _AGAIN_UNSURE if row.state == DeliveryState.UNKNOWN else _AGAIN
            again = partial(settle, outcome="resend")
            ui.button("重发", icon="replay", on_click=lambda: ask(told, "重发", again)).props("no-caps outline")
        if row.state in OPEN_STATES and rights.may(visit.role, CancelDeliveryOrder):
            cancel = partial(visit.order, CancelDeliveryOrder, delivery=row.id)
            ui.button("不发了", on_click=lambda: ask("这条不发了？取消之后不能恢复。", "不发了", cancel)).props(
                "outline no-caps color=negative"
            )


def _show_history(visit: Visit, changes: list[Any]) -> None:
    with ui.card().classes("z-card full-width"):
        ui.label("经过").classes("text-subtitle1 text-weight-bold")
        for one in changes:
            with ui.row().classes("full-width"):
                ui.label(moment(visit, one.at)).classes("z-muted").style("min-width: 76px")
                ui.label(DELIVERY_STATE_NAMES[DeliveryState(one.state)]).props["title"] = one.state
                ui.label(REASON_NAMES.get(one.reason, one.reason or "")).classes("z-muted")


PAGE = Page(route="/deliveries/{delivery}", title="发送记录", area="今天", build=build)
