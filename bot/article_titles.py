"""The titles of public-account articles (公众号文章), looked up when a calendar is imported, so that a link is a card.

Nothing else is ever fetched: only that host, over HTTPS with its certificate, no redirects, a few seconds, and no more
of a page than its head. Without a network there is no title, and the link is sent as it stands.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from html import unescape
from urllib.parse import urlsplit

import msgspec

from content_calendar.entry import Entry

TitleOf = Callable[[str], Awaitable[str]]

ORIGIN = "https://mp.weixin.qq.com"
SECONDS = 4.0
_MOST_BYTES = 512 * 1024
_LONGEST = 64  # characters; what a card shows
# So many at a time, and of one import.
_AT_ONCE, _MOST = 5, 40
_HEADERS = {"Accept": "text/html", "Accept-Encoding": "identity"}
_ODD = re.compile(r"[\s\\\x00-\x1f]")
_OG_TITLE = re.compile(
    r"<meta\s{1,9}property=[\"']og:title[\"']\s{1,9}content=(?:\"([^\"<>]{1,999})\"|'([^'<>]{1,999})')"
)
_TITLE = re.compile(r"<title>([^<>]{1,999})</title>", re.IGNORECASE)


async def title_of(url: str, origin: str = ORIGIN) -> str:
    """The title of the article at this address; empty if it is elsewhere, or cannot be had."""
    import httpx  # slow to import, and few calendars need it

    if not is_article(url, origin):
        return ""
    parts = urlsplit(url)
    address = f"{origin}{parts.path}{'?' if parts.query else ''}{parts.query}"  # whatever else stood there, it is there
    page = bytearray()
    try:
        async with (
            asyncio.timeout(SECONDS),
            httpx.AsyncClient(follow_redirects=False, trust_env=False) as client,
            client.stream("GET", address, headers=_HEADERS) as response,
        ):
            if response.status_code != httpx.codes.OK:
                return ""
            async for piece in response.aiter_raw():  # not unpacked: a little may become much
                page += piece
                if len(page) >= _MOST_BYTES:
                    break
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError):
        return ""
    return _title_in(page[:_MOST_BYTES].decode("utf-8", errors="replace"))


def is_article(url: str, origin: str = ORIGIN) -> bool:
    """Whether an address is one of this scheme, host and port, and of nothing else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" == origin and parts.path.startswith("/") and not _ODD.search(url)


async def with_titles(
    entries: Sequence[Entry], current: Mapping[str, Entry], look_up: TitleOf | None
) -> tuple[Entry, ...]:
    """The entries, those that are nothing but an article made a card with its title.

    What is in force knows titles that were looked up before; without `look_up` nobody looks.
    """
    wanted = {entry.key: url for entry in entries if (url := _article_of(entry))}
    titles = {key: title for key, url in wanted.items() if (title := _known(current.get(key), url))}
    new = [url for key, url in wanted.items() if key not in titles]
    if look_up is not None and new:
        found = await _look_up(list(dict.fromkeys(new))[:_MOST], look_up)
        titles |= {key: found[url] for key, url in wanted.items() if key not in titles and found.get(url)}
    return tuple(
        msgspec.structs.replace(entry, kind="link", title=titles[entry.key], text="", media=(wanted[entry.key],))
        if entry.key in titles
        else entry
        for entry in entries
    )


def _article_of(entry: Entry) -> str:
    """The article that an entry is, without a title of its own and without any other words; else empty."""
    if entry.title or entry.kind not in ("link", "text"):
        return ""
    pieces = [piece for piece in (entry.text.strip(), *entry.media) if piece]
    alone = len(pieces) == 1 and (entry.kind == "link" or not entry.media)
    return pieces[0] if alone and is_article(pieces[0]) else ""


def _known(current: Entry | None, url: str) -> str:
    if current is None or current.kind != "link" or current.media != (url,) or current.text:
        return ""
    return current.title


async def _look_up(urls: Sequence[str], look_up: TitleOf) -> dict[str, str]:
    places = asyncio.Semaphore(_AT_ONCE)
    found: dict[str, str] = {}

    async def one(url: str) -> None:
        async with places:
            found[url] = await look_up(url)

    with contextlib.suppress(TimeoutError):  # one that is slow has its own limit; many together have one as well
        async with asyncio.timeout(2 * SECONDS):
            await asyncio.gather(*(one(url) for url in urls))
    return found


def _title_in(page: str) -> str:
    match = _OG_TITLE.search(page) or _TITLE.search(page)
    if match is None:
        return ""
    title = " ".join(unescape(next(group for group in match.groups() if group)).split())
    return title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"
