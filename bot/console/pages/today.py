"""今天: what went out, what is due, what waits for somebody, how the pool is."""

from __future__ import annotations

from nicegui import ui

from bot.console.page import Page
from bot.console.visit import Visit


async def build(visit: Visit) -> None:
    """Build the page."""
    ui.label(visit.merchant.name)


PAGE = Page(route="/today", title="今天", area="今天", icon="today", build=build)
