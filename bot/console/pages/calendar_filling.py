"""What a promise lacks is filled from the drafts by one click: `calendar fill` for that promise and its days."""

from __future__ import annotations

import json

from nicegui import ui

from bot.console.reading.calendar_faults import Checked, Fault
from bot.console.visit import Visit
from handlers import rights
from models.orders import ImportEntriesOrder

_SAID = 4


class Filling:
    """The buttons of this person beside gaps; there are none for who may not, or where there are no drafts."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    @classmethod
    def of(cls, visit: Visit, checked: Checked) -> Filling | None:
        """For these gaps."""
        return cls(visit) if checked.has_spares and rights.may(visit.role, ImportEntriesOrder) else None

    def button(self, gap: Fault) -> None:
        """Fill it."""
        ui.button("用备稿补", on_click=lambda: self._fill(gap)).props("outline dense no-caps size=sm").classes(
            "q-ml-xs q-px-sm"
        )

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
