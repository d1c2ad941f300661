"""What a promise lacks is filled from the drafts by one click (`calendar fill` for that promise and its days), or
written by hand."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from nicegui import ui

from bot.console.reading.calendar_faults import Checked, Fault
from bot.console.visit import Visit
from handlers import rights
from models.orders import ImportEntriesOrder, WriteEntryOrder

_SAID = 4


class Filling:
    """The buttons of this person beside gaps; there are none for who may not, and none to fill without drafts."""

    def __init__(self, visit: Visit, *, has_spares: bool) -> None:
        self._visit = visit
        self._fills = has_spares and rights.may(visit.role, ImportEntriesOrder)

    @classmethod
    def of(cls, visit: Visit, checked: Checked) -> Filling | None:
        """For these gaps."""
        return cls(visit, has_spares=checked.has_spares) if rights.may(visit.role, WriteEntryOrder) else None

    def button(self, gap: Fault) -> None:
        """Fill it, or write what is missing."""
        if self._fills:
            ui.button("用备稿补", on_click=lambda: self._fill(gap)).props("outline dense no-caps size=sm").classes(
                "q-ml-xs q-px-sm"
            )
        ui.button("写一条", on_click=lambda: ui.navigate.to(self._address(gap))).props(
            "flat dense no-caps size=sm"
        ).classes("q-ml-xs q-px-sm")

    def _address(self, gap: Fault) -> str:
        """The first day of the period that is still to come, and what the promise wants."""
        tier, kind, *_ = gap.promise.split("/")
        today = self._visit.local(self._visit.site.now()).date()
        day = max(gap.first or today, today)
        return "/calendar/new?" + urlencode({"day": f"{day}", "kind": kind, "tier": tier})

    async def _fill(self, gap: Fault) -> None:
        client = ui.context.client  # the button goes when the gap does
        days = ["--from", f"{gap.first}", "--to", f"{gap.last}"]
        answer = await self._visit.command(["calendar", "fill", *days, f"--promise={gap.promise}", "--json"])
        with client:
            if answer.exit:
                ui.notify(answer.out, type="negative", multi_line=True)
                return
            *rows, counts = [json.loads(line) for line in answer.out.splitlines()]
            ui.notify(_told(rows, counts), type="positive" if counts["filled"] else "warning", multi_line=True)


def _told(rows: list[dict[str, str]], counts: dict[str, int]) -> str:
    """What was filled, and why the rest stays."""
    filled = [f"{row['date'][5:]} {row['time']}" for row in rows if "entry" in row]
    said = f"补了 {counts['filled']} 条：{'、'.join(filled[:_SAID])}" if filled else "没有补上"
    why = list(dict.fromkeys(row["text"] for row in rows if "entry" not in row))
    return said + (f"；还有 {counts['unfilled']} 处补不上：{'、'.join(why[:_SAID])}" if why else "")
