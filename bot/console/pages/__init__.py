"""The table of all pages, in the order of the menu. A page is a file here with a `PAGE`, and a line in this table."""

from __future__ import annotations

from bot.console.page import Page
from bot.console.pages import (
    calendar,
    calendar_import,
    deliveries,
    delivery,
    entry,
    groups,
    messages,
    people,
    person,
    practice,
    today,
)

PAGES: tuple[Page, ...] = (
    today.PAGE,
    practice.PAGE,
    calendar.PAGE,
    calendar_import.PAGE,
    entry.PAGE,
    people.PAGE,
    person.PAGE,
    groups.PAGE,
    messages.PAGE,
    messages.TALK,
    deliveries.PAGE,
    delivery.PAGE,
)
