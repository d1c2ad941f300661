"""演练场: a small WeChat in the browser, in which one is anybody."""

from __future__ import annotations

from nicegui import ui

from bot.console.page import Page
from bot.console.visit import Visit


async def build(visit: Visit) -> None:
    """Build the page."""
    ui.label(visit.merchant.name)


PAGE = Page(route="/practice", title="演练场", area="演练场", icon="phone_iphone", build=build, practice=True)
