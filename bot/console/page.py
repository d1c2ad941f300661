"""What a page says of itself; the table of all pages is `bot.console.pages.table`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.console.visit import Visit
from models.operations import Role

EVERYBODY = frozenset(Role)
MANAGERS = frozenset({Role.OWNER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Page:
    """A page: where it is, what it is called, who may see it, and what builds it for a visit.

    `area` is the menu's entry that is lit while one is on it; with an `icon` (a Material name) the page is that entry.
    `route` may hold `{names}`, which the page finds in `visit.at`. `practice`: only where everything is simulated.
    """

    route: str
    title: str
    area: str
    build: Callable[[Visit], Awaitable[None]]
    roles: frozenset[Role] = EVERYBODY
    icon: str = ""
    practice: bool = False
