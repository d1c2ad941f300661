"""The rows behind a figure of 数据, and the same as a file."""

from __future__ import annotations

import asyncio

from nicegui import ui

from bot.console.names import account_name
from bot.console.page import Page
from bot.console.pages.insight_files import as_csv, as_xlsx
from bot.console.pages.waiting import show_progress
from bot.console.patience import Patience, Stopped
from bot.console.reading.insight import Wanted
from bot.console.reading.insight_rows import MOST_ROWS, Row, counts_of, rows_of, title_of
from bot.console.visit import Visit

_SHOWN = 500
# A cell of ids (several stand with 、 between them), each a link to its page.
_LINKS = """
<q-td :props="props">
  <template v-for="(one, at) in String(props.value || '').split('、')" :key="at">
    <span v-if="at">、</span><a class="z-link" :href="'{to}' + encodeURIComponent(one)">{{{{ one }}}}</a>
  </template>
</q-td>
"""
_FILES = {"csv": ("导出 CSV", as_csv), "xlsx": ("导出 Excel", as_xlsx)}


async def build(visit: Visit) -> None:
    """Build the page."""
    now = visit.site.now()
    wanted = Wanted.read(visit.at, visit.local(now).date())
    figure = visit.at["figure"]
    patience = Patience()
    title = title_of(figure)
    if title is None:
        ui.label("没有这样的数。").classes("z-muted")
        ui.link("回到数据", "/insight").classes("z-link")
        return
    with ui.card().classes("z-card full-width") as card, ui.row().classes("items-center full-width"):
        ui.label(title).classes("text-subtitle1 text-weight-bold")
        ui.spinner()
        status = ui.label(f"正在找 {wanted.first} 到 {wanted.last} 的……").classes("z-muted").props("role=status")
        show_progress(patience, status, status.text)
        ui.space()
        ui.link("回到数据", wanted.address()).classes("z-link")

    async def look() -> None:
        try:
            rows = await visit.wait_for(patience, rows_of, wanted, figure, now, patience.proceed)
        except Stopped:
            return
        if rows and "账号" in rows[0]:
            rows = [row | {"账号": account_name(visit, row["账号"])} for row in rows]
        card.clear()
        with card:
            _show(wanted, figure, title, rows)

    ui.timer(0.05, look, once=True)


def _show(wanted: Wanted, figure: str, title: str, rows: list[Row]) -> None:
    async def download(ending: str) -> None:
        client = ui.context.client
        content = await asyncio.to_thread(_FILES[ending][1], rows)
        with client:
            ui.download.content(content, f"{title}-{wanted.first}-{wanted.last}.{ending}")

    with ui.column().classes("full-width"):
        with ui.row().classes("items-center full-width"):
            ui.label(title).classes("text-subtitle1 text-weight-bold")
            counted = f"共 {len(rows):,} 行" if len(rows) < MOST_ROWS else f"只列前 {MOST_ROWS:,} 行"
            by_outcome = "".join(
                f"，{outcome} {number:,}"
                for outcome, number in (counts_of(rows, "结果") if "结果" in (rows or [{}])[0] else {}).items()
            )
            ui.label(f"{wanted.first} 到 {wanted.last}，{counted}{by_outcome}").classes("z-muted")
            ui.space()
            ui.link("回到数据", wanted.address()).classes("z-link")
            if rows:
                for ending, (name, _) in _FILES.items():
                    ui.button(name, on_click=lambda ending=ending: download(ending)).props("flat dense no-caps")
        if not rows:
            ui.label("这段时间没有。换一段日子，或少选一个条件。").classes("z-muted")
            return
        if len(rows) > _SHOWN:
            ui.label(f"这里显示前 {_SHOWN} 行，导出的文件里最多 {MOST_ROWS} 行。").classes("z-muted")
        heads = [{"name": head, "label": head, "field": head, "align": "left", "sortable": True} for head in rows[0]]
        table = ui.table(rows=rows[:_SHOWN], columns=heads, row_key="", pagination=20).props("flat wrap-cells")
        table.classes("full-width z-rows")
        table.add_slot("body-cell-编号", _LINKS.format(to="/messages/group/" if figure == "cooling" else "/people/"))
        table.add_slot("body-cell-排期", _LINKS.format(to="/calendar/"))


PAGE = Page(route="/insight/{figure}", title="数据", area="数据", build=build)
