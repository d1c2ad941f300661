"""What a browser is told while the database cannot be read."""

from __future__ import annotations

from pathlib import Path

import httpx
import psycopg
from sqlalchemy import make_url
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.console.guard import Guard
from bot.console.sign_in import Entrance
from bot.console.site import Site
from tests.bot.test_metrics import Running, play
from tests.store.databases import postgresql_server, postgresql_url

__all__ = ["postgresql_url"]


def test_a_page_says_so_and_looks_again(tmp_path: Path, postgresql_url: str) -> None:
    """It was 500, Internal Server Error."""
    name = make_url(postgresql_url).database
    behind = Starlette(routes=[Route("/today", lambda _request: PlainTextResponse("今天"))])

    async def scene(running: Running) -> None:
        site = Site(running.app, None)
        entrance = Entrance(site, 1)
        transport = httpx.ASGITransport(app=Guard(behind, entrance, ()))
        cookies = {entrance.cookie: "somebody"}
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:1", cookies=cookies) as browser:
            assert (await browser.get("/today")).status_code == 401
            with psycopg.connect(postgresql_server(), autocommit=True) as server:
                server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
                try:
                    server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
                    away = await browser.get("/today")
                finally:
                    server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            assert (away.status_code, away.headers["refresh"]) == (503, "5")
            assert "数据库现在用不了" in away.text
            assert (await browser.get("/today")).status_code == 401
        site.close()

    play(tmp_path, postgresql_url, scene)
