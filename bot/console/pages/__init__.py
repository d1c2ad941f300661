"""The table of all pages, in the order of the menu. A page is a file here with a `PAGE`, and a line in this table."""

from __future__ import annotations

from bot.console.page import Page
from bot.console.pages import (
    calendar,
    calendar_ahead,
    calendar_import,
    deliveries,
    delivery,
    entry,
    entry_edit,
    entry_history,
    groups,
    insight,
    insight_rows,
    messages,
    operators,
    people,
    person,
    playbook,
    playbook_history,
    playbook_try,
    practice,
    today,
)

PAGES: tuple[Page, ...] = (
    today.PAGE,
    practice.PAGE,
    calendar.PAGE,
    calendar_import.PAGE,
    calendar_ahead.PAGE,
    entry_edit.NEW,
    entry_edit.PAGE,
    entry_history.PAGE,
    entry.PAGE,
    people.PAGE,
    person.PAGE,
    groups.PAGE,
    messages.PAGE,
    messages.TALK,
    deliveries.PAGE,
    delivery.PAGE,
    insight.PAGE,
    insight_rows.PAGE,
    playbook.PAGE,
    playbook_history.PAGE,
    playbook_try.PAGE,
    playbook.SECTION,
    operators.PAGE,
)
