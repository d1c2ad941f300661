"""发送记录: the ledger with its filters, opened from every number; not an area of the menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from nicegui import ui

from bot.console.asking import ask
from bot.console.names import account_name
from bot.console.page import Page
from bot.console.pages.deliveries_rows import list_rows
from bot.console.reading.called import titles_of
from bot.console.reading.deliveries import PAGE as PAGE_SIZE
from bot.console.reading.deliveries import Filter, Row, failed_of, page_of, told_count
from bot.console.visit import Visit
from handlers import rights
from handlers.reason_names import CAUSE_NAMES, DELIVERY_STATE_NAMES, FOLDS, REASON_NAMES
from models.deliveries import DeliveryState
from models.orders import SettleDeliveryOrder

_MOST_AGAIN = 200  # at once; the next ones come when these are on their way


async def build(visit: Visit) -> None:
    """Build the page."""
    wanted = Filter.read(visit.at)
    last: list[Row] = []

    def choose(**chosen: str | None) -> None:
        ui.navigate.to(wanted._replace(**{name: value or "" for name, value in chosen.items()}).address)

    with ui.card().classes("z-card full-width"):
        with ui.row().classes("items-center full-width"):
            for fold in ("", *FOLDS):
                lit = fold == wanted.fold and not wanted.state
                ui.button(fold or "全部", on_click=lambda fold=fold: choose(fold=fold, state="", reason="")).props(
                    "dense no-caps " + ("unelevated" if lit else "flat")
                ).classes("q-px-sm")
            ui.space()
            total = ui.label().classes("z-muted")
            again = ui.button("都再发一次", icon="replay").props("outline dense no-caps").classes("q-px-sm")
            may_again = wanted.state == DeliveryState.FAILED and rights.may(visit.role, SettleDeliveryOrder)
            ui.link("账号：在不在线、还能发多少", "/accounts").classes("z-link")
        with ui.row().classes("items-center full-width"):
            _select(
                "具体状态",
                {str(one): name for one, name in DELIVERY_STATE_NAMES.items()},
                wanted.state,
                lambda one: choose(state=one, fold=""),
            )
            _select("原因", REASON_NAMES, wanted.reason, lambda one: choose(reason=one))
            _select(
                "为什么发",
                {str(one): name for one, name in CAUSE_NAMES.items()},
                wanted.cause,
                lambda one: choose(cause=one),
            )
            if len(visit.scope.accounts) > 1:
                accounts = {one: account_name(visit, one) for one in visit.scope.accounts}
                _select("账号", accounts, wanted.account, lambda one: choose(account=one))
            day = ui.input("日期", value=wanted.day).props("dense outlined type=date stack-label clearable")
            day.on("change", lambda: choose(day=day.value))
            if wanted.entry:
                titles = await visit.read(titles_of, [wanted.entry])
                of = f"排期 {titles.get(wanted.entry, wanted.entry)} {wanted.occurrence}".rstrip()
                ui.chip(of, removable=True).on("remove", lambda: choose(entry="", occurrence=""))
    with ui.card().classes("z-card full-width"):
        place = ui.column().classes("full-width")
        more = ui.button("更早的").props("flat no-caps").classes("self-center")

    async def earlier() -> None:
        rows = await visit.read(page_of, wanted, last[-1].id if last else None)
        last[:] = rows or last
        with place:
            if rows or not last:
                list_rows(visit, rows, empty="没有这样的记录。换个条件，或到「今天」看看。")
        more.visible = len(rows) == PAGE_SIZE

    async def show() -> None:
        last.clear()
        place.clear()
        await earlier()
        again.visible = may_again and bool(last)
        total.text = await visit.read(told_count, wanted)

    async def send_again() -> None:
        failed = await visit.read(failed_of, wanted, _MOST_AGAIN)
        if failed:
            told = f"把这 {len(failed):,} 条没发成的再发一次？发之前照样把关：免打扰、上限、退订都算。"
            ask(told, "重发", partial(resend, failed))
        else:
            ui.notify("现在没有发送失败的。")

    async def resend(failed: list[int]) -> None:
        client = ui.context.client
        done, refused = await visit.orders(
            SettleDeliveryOrder, ({"delivery": one, "outcome": "resend"} for one in failed)
        )
        with client:
            ui.notify(f"{done:,} 条再发一次。" + (f"{len(refused):,} 条不行：{refused[0]}" if refused else ""))
            await show()

    more.on_click(earlier)
    again.on_click(send_again)
    await show()


def _select(label: str, options: Mapping[str, str], value: str, chosen: Callable[[str | None], None]) -> None:
    known = value if value in options else None
    box = ui.select(dict(options), label=label, value=known, clearable=True)
    box.props("dense outlined options-dense").style("min-width: 130px")
    box.on_value_change(lambda event: chosen(event.value))


PAGE = Page(route="/deliveries", title="发送记录", area="今天", build=build)
