"""Titles of public-account articles: from that host alone, and an import does without where there is no network."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.article_titles import ORIGIN, is_article, title_of, with_titles
from content_calendar.entry import Entry

PAGES = {
    "/s/og": b'<html><meta property="og:title" content="\xe7\x82\xad\xe7\x84\x99 &amp; \xe5\xb2\xa9\xe8\x8c\xb6" />',
    "/s/plain": "<title>\n 三坑两涧 </title>".encode(),
    "/s/long": f"<title>{'长' * 90}</title>".encode(),
    "/s/none": b"<title></title>",
    "/s/huge": b" " * 600_000 + b"<title>too late</title>",
    "/s/query?a=1&b=2": b"<title>with a query</title>",
}


class Handler(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/s/moved":
            self.send_response(302)
            self.send_header("Location", "/s/plain")
            self.end_headers()
            return
        page = PAGES.get(self.path)
        self.send_response(404 if page is None else 200)
        self.end_headers()
        self.wfile.write(page or b"<title>not found</title>")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def host() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine in the place of the public accounts', and what it was asked for."""
    handler: type[Handler] = type("Asked", (Handler,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", handler.asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/s/og", "炭焙 & 岩茶"),
        ("/s/plain", "三坑两涧"),
        ("/s/long", "长" * 63 + "…"),
        ("/s/query?a=1&b=2", "with a query"),
        ("/s/none", ""),
        ("/s/huge", ""),
        ("/s/missing", ""),
        ("/s/moved", ""),
    ],
)
def test_the_title_of_a_page(host: tuple[str, list[str]], path: str, title: str) -> None:
    origin, asked = host
    assert asyncio.run(title_of(origin + path, origin)) == title
    assert asked == [path]  # and nothing that it leads to


def test_nobody_there_is_no_title() -> None:
    assert asyncio.run(title_of("http://127.0.0.1:9/s/og", "http://127.0.0.1:9")) == ""


def test_nothing_else_is_asked(host: tuple[str, list[str]]) -> None:
    origin, asked = host
    assert asyncio.run(title_of(f"{origin}/s/og")) == ""
    assert asked == []


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("https://mp.weixin.qq.com/s/abc", True),
        ("https://mp.weixin.qq.com/s?__biz=a&mid=1#rd", True),
        ("http://mp.weixin.qq.com/s/abc", False),
        ("https://mp.weixin.qq.com.evil.cn/s/abc", False),
        ("https://mp.weixin.qq.com@evil.cn/s/abc", False),
        ("https://evil.cn\\@mp.weixin.qq.com/s", False),
        ("https://user@mp.weixin.qq.com/s/abc", False),
        ("https://mp.weixin.qq.com:8443/s/abc", False),
        ("https://127.0.0.1/s/abc", False),
        ("https://[::1/s", False),
        ("看 https://mp.weixin.qq.com/s/abc", False),
    ],
)
def test_what_an_article_is(address: str, is_one: bool) -> None:
    assert is_article(address) == is_one


def test_what_is_nothing_but_an_article_becomes_a_card(host: tuple[str, list[str]]) -> None:
    origin, asked = host

    async def look_up(url: str) -> str:
        return await title_of(url.replace(ORIGIN, origin), origin)

    link = f"{ORIGIN}/s/plain"
    entries = (
        Entry(key="in-text", text=link),
        Entry(key="in-media", kind="link", media=(link,)),
        Entry(key="titled", kind="link", title="自己的", media=(link,)),
        Entry(key="words", text=f"看 {link}"),
        Entry(key="gone", text=f"{ORIGIN}/s/missing"),
        Entry(key="elsewhere", kind="link", media=("https://shop.example.cn/1",)),
    )
    filled = asyncio.run(with_titles(entries, {}, look_up))
    cards = [Entry(key=key, kind="link", title="三坑两涧", media=(link,)) for key in ("in-text", "in-media")]
    assert filled == (*cards, *entries[2:])
    assert sorted(asked) == ["/s/missing", "/s/plain"]  # each once

    # Imported again, the same file is the same calendar, and what is known is not looked up.
    asked.clear()
    current = {entry.key: entry for entry in filled}
    assert asyncio.run(with_titles(entries[:4], current, look_up)) == filled[:4]
    assert asked == []
    assert asyncio.run(with_titles(entries, {}, None)) == entries
