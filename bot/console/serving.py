"""Serving the console within the bot's own process, or in one beside workers: NiceGUI behind our guard, on uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import structlog
import uvicorn
from fastapi import FastAPI, Request
from nicegui import app as console
from nicegui import ui
from sqlalchemy.exc import DBAPIError
from starlette.responses import RedirectResponse, Response

from bot.app import App
from bot.console.guard import Guard, database_away, nowhere
from bot.console.page import Page
from bot.console.pages.table import PAGES
from bot.console.shell import broken, forbidden, frame
from bot.console.sign_in import Entrance
from bot.console.site import Site
from bot.console.visit import Visit
from bot.practice import Ground

_NO_PRACTICE = "演练场要账号都是模拟的，并和机器人在同一个进程里：停掉 worker 和这个后台，单独运行 python -m bot run。"
# How long open pages may keep the process from ending.
_FAREWELL_SECONDS = 1
# While a thread works something out, all others wait so long for each turn; a page needs a hundred turns.
_TURN_SECONDS = 0.0005

log = structlog.get_logger("console")


class _Server(uvicorn.Server):
    """uvicorn without its signals: those are the bot's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def address_of(host: str, port: int, path: str = "/") -> str:
    """A URL to print: whoever listens everywhere is reached here."""
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        host = "127.0.0.1" if address.is_unspecified else f"[{host}]" if address.version == 6 else host
    return f"http://{host}:{port}{path}"


@contextlib.asynccontextmanager
async def serving(
    app: App, practice: Ground | None, listener: socket.socket, say: Callable[[str], None]
) -> AsyncIterator[None]:
    """Serve until the end of the block. `say` tells whoever started the bot where to look."""
    sys.setswitchinterval(_TURN_SECONDS)
    site = Site(app, practice)
    host, port = listener.getsockname()[:2]
    entrance = Entrance(site, port)
    web = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    entrance.install(web)
    web.add_exception_handler(DBAPIError, database_away)
    web.add_api_route("/", lambda: RedirectResponse("/practice" if site.practice else "/today"), methods=["GET"])
    pages = [page for page in PAGES if site.practice is not None or not page.practice]
    for page in pages:
        _register(page, pages, entrance)
    if not site.keeps_accounts:
        for page in PAGES:
            if page.practice:
                _register(replace(page, build=_not_here), pages, entrance)
    console.on_page_exception(broken)
    console.add_exception_handler(404, nowhere)  # NiceGUI's own is in English, and knows no way back
    ui.run_with(web, title="掌柜", language="zh-CN", show_welcome_message=False, tailwind=False, dark=None)
    guarded = Guard(web, entrance, site.config.console.hosts)
    server = _Server(
        uvicorn.Config(
            guarded,
            log_config=None,
            access_log=False,
            lifespan="on",
            server_header=False,
            timeout_graceful_shutdown=_FAREWELL_SECONDS,
        )
    )
    # NiceGUI looks for its server among all objects of the process. One of them may be a tuple that the thread of the
    # store is just making: Python gives up a tuple that somebody else has hold of by then, with a SystemError.
    vars(import_module("nicegui.ui_run_with"))["gc"] = SimpleNamespace(get_objects=lambda: [server])
    task = asyncio.create_task(server.serve([listener]), name="console")
    following = None if site.store.is_alone else asyncio.create_task(site.follow(), name="console.follow")
    say(entrance.invitation(lambda path: address_of(host, port, path)))
    log.info("console.open", address=address_of(host, port))
    try:
        yield
    finally:
        server.should_exit = True
        await task
        if following is not None:
            following.cancel()
            await asyncio.wait([following])
        site.close()


async def _not_here(_visit: Visit) -> None:
    """What stands in place of the practice ground, whose people live in the process of the one bot that they meet."""
    ui.label(_NO_PRACTICE).classes("z-muted")


def _register(page: Page, pages: Sequence[Page], entrance: Entrance) -> None:
    """Make a page reachable: the frame around it, and in it what its `build` makes."""

    async def show(request: Request) -> Response | None:
        visit = entrance.visit(request)
        entries = [one for one in pages if one.icon and visit.role in one.roles]
        with frame(visit, page, entries):
            if visit.role in page.roles:
                await page.build(visit)
            else:
                forbidden()
        return None

    ui.page(page.route, title=f"{page.title} · 掌柜", response_timeout=15)(show)
