"""What every request passes before NiceGUI sees it: the right host, the right origin, somebody who is signed in.

NiceGUI's Socket.IO accepts any origin, and a page of elsewhere can make a browser send our cookie, or point a name of
its own at our address. So names that we do not have are refused, and requests that another page started; strangers see
nothing but the entrance.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from sqlalchemy.exc import DBAPIError
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console.forms import away_page, nowhere_page

if TYPE_CHECKING:
    from bot.console.sign_in import Entrance

# The scope's key under which a page finds who asked for it.
SIGNED_IN = "zhanggui.signed_in"
OPEN_PATHS = frozenset({"/sign-in", "/sign-out", "/setup", "/join", "/favicon.ico"})
# A login form is small; whoever sends more to a path that is open to strangers is no browser of ours.
MOST_FORM_BYTES = 8_192
# Seconds until a browser asks again for what needs the database.
_LOOK_AGAIN = "5"
# What whoever is signed in may send at once; each page that takes files has a bound of its own.
MOST_BYTES = 33_554_432

# NiceGUI compiles its templates in the browser and configures pages by inline scripts. Nothing comes from elsewhere.
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


def is_our_host(name: str, hosts: Collection[str]) -> bool:
    """Whether a request may name us so: by address, as this machine, or as the configuration says.

    An address cannot be made to point elsewhere, which a name can (DNS rebinding).
    """
    host = _without_port(name)
    if host == "localhost" or host in hosts:
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_our_page(headers: Headers, *, must_say: bool) -> bool:
    """Whether a page of ours started this request, or a person by hand. `must_say`: the browser has to say so."""
    origin = headers.get("origin")
    if origin is not None:
        return origin != "null" and urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    if must_say:
        return False
    by_hand = headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    return by_hand or headers.get("sec-fetch-mode") == "navigate"  # a link that was clicked elsewhere


def cookie(headers: Headers, name: str) -> str:
    """What the browser keeps for us under this name."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def database_away(*_: Any) -> Response:
    """What a request finds that needs the database while it cannot be read."""
    return HTMLResponse(away_page(), 503, {"refresh": _LOOK_AGAIN, "retry-after": _LOOK_AGAIN})


def nowhere(*_: Any) -> Response:
    """What a request for a page that there is not finds."""
    return HTMLResponse(nowhere_page(), 404)


class Guard:
    """The outermost application."""

    def __init__(self, app: ASGIApp, entrance: Entrance, hosts: Collection[str]) -> None:
        self.app = app  # uvicorn's lifespan looks for the application behind this name
        self._entrance = entrance
        self._hosts = {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        try:
            answer = await self._answer(scope)
        except DBAPIError:
            answer = database_away()
        if answer is None:
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer(scope, receive, _with_headers(send))

    async def _answer(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not is_our_host(headers.get("host", ""), self._hosts):
            return PlainTextResponse(
                "不认识这个地址。要用别的域名打开后台，把它写进 config.toml 的 console.hosts。", 421
            )
        changes = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if not is_our_page(headers, must_say=changes):
            return PlainTextResponse("这个请求不是从后台的页面来的。", 403)
        most = MOST_FORM_BYTES if scope["path"] in OPEN_PATHS else MOST_BYTES
        if int(headers.get("content-length") or 0) > most:
            return PlainTextResponse("太大了。", 413)
        if scope["path"] in OPEN_PATHS:
            return None
        signed_in = await self._entrance.signed_in(cookie(headers, self._entrance.cookie))
        if signed_in is None:
            if scope["type"] == "http" and "text/html" in headers.get("accept", ""):
                wish = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
                return RedirectResponse(f"/sign-in?next={quote(wish)}", 303)
            return PlainTextResponse("请先登录。", 401)
        scope[SIGNED_IN] = signed_in
        return None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            if headers.get("content-type", "").startswith("text/html"):
                headers["cache-control"] = "no-store"  # what a page shows is for whoever is signed in
        await send(message)

    return sending


def _without_port(name: str) -> str:
    host = name.lower()
    return host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
