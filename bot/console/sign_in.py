"""The entrance: the first link, one-time links, passwords, sessions.

Plain forms, since only an answer to a request can give a browser a cookie that scripts cannot read. A session lives for
twelve hours after it was last used, and for a week at most; time is the true one, whatever the practice clock says.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.clock import utc_now
from bot.console.attempts import Attempts
from bot.console.forms import join_form, message_page, sign_in_form
from bot.console.guard import SIGNED_IN
from bot.console.myself import Myself
from bot.console.passwords import fault_of
from bot.console.site import Site
from bot.console.visit import Visit
from bot.store import operators
from bot.store.operators import Known, Session

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
_PROLONG_AFTER = timedelta(minutes=10)

_WRONG = "用户名或密码不对。"
_TOO_OFTEN = "试得太多了，{seconds} 秒后再试。"
_USED_UP = "这个链接已经用过或过期了。已有账号的请直接登录，没有的请老板再发一个。"


@dataclass(slots=True)
class SignedIn:
    """A session and whose it is; `people` has a row for each of their shops."""

    token: str
    people: dict[str, Known]
    merchant: str
    created_at: datetime
    expires_at: datetime

    @property
    def known(self) -> Known:
        """Who they are in the shop that they look at."""
        return self.people[self.merchant]


class Entrance:
    """Who may come in. `cookie` names what the browser keeps: its name has the port, which cookies do not know."""

    def __init__(self, site: Site, port: int) -> None:
        self._site = site
        self.cookie = f"zhanggui_{port}"
        self._setup = secrets.token_urlsafe(24)
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex(16))  # so that an unknown name takes as long as a known one
        self._attempts = Attempts()
        self._one_at_a_time = asyncio.Semaphore(2)  # a password takes 64 MB to check

    def install(self, web: FastAPI) -> None:
        """Add the pages that strangers see."""
        web.add_api_route("/sign-in", self._show_sign_in, methods=["GET"], response_model=None)
        web.add_api_route("/sign-in", self._sign_in, methods=["POST"], response_model=None)
        web.add_api_route("/sign-out", self._sign_out, methods=["POST"], response_model=None)
        web.add_api_route("/setup", self._show_setup, methods=["GET"], response_model=None)
        web.add_api_route("/setup", self._set_up, methods=["POST"], response_model=None)
        web.add_api_route("/join", self._show_join, methods=["GET"], response_model=None)
        web.add_api_route("/join", self._join, methods=["POST"], response_model=None)

    def invitation(self, address: Callable[[str], str]) -> str:
        """What to print at the start: where the console is, and the first link while nobody can sign in."""
        with self._site.store.reading() as connection:
            if operators.has_operators(connection):
                self._setup = ""
                return f"后台：{address('/')}"
        return f"后台（第一次用，链接只能用一次）：{address(f'/setup?token={self._setup}')}"

    async def signed_in(self, value: str) -> SignedIn | None:
        """Whose session a browser holds, if it still counts; using it prolongs it."""
        if not value:
            return None
        token = _hash(value)
        found = await self._site.in_thread(partial(self._look_up, token))
        if found is None:
            return None
        now = utc_now()
        until = min(now + IDLE, found.created_at + LONGEST)
        if until - found.expires_at > _PROLONG_AFTER:
            change = partial(operators.change_session, self._site.store, token, merchant=found.merchant, until=until)
            await self._site.in_store(change)
        return found

    def visit(self, request: Request) -> Visit:
        """The visit of a request that the guard let through."""
        signed_in: SignedIn = request.scope[SIGNED_IN]
        known = signed_in.known

        async def is_valid() -> bool:
            found = await self._site.in_thread(partial(self._look_up, signed_in.token))
            return found is not None and found.known == known

        async def choose(merchant: str) -> None:
            if merchant in signed_in.people:
                change = partial(
                    operators.change_session,
                    self._site.store,
                    signed_in.token,
                    merchant=merchant,
                    until=signed_in.expires_at,
                )
                await self._site.in_store(change)

        return Visit(
            site=self._site,
            name=known.name,
            role=known.role,
            merchant_id=known.merchant,
            pool=known.account,
            at={**request.query_params, **request.path_params},
            merchants=tuple(signed_in.people),
            is_valid=is_valid,
            choose=choose,
            myself=Myself(self._site, self, signed_in, request.client.host if request.client else ""),
        )

    def _look_up(self, token: str) -> SignedIn | None:
        with self._site.store.reading() as connection:
            session = operators.session_of(connection, token)
            if session is None or session.expires_at <= utc_now():
                return None
            return self._signed_in(token, session, operators.operators_named(connection, session.name))

    def _signed_in(self, token: str, session: Session, named: list[Known]) -> SignedIn | None:
        """The session with all shops of the same person: the same name may be another person's elsewhere."""
        own = next((one for one in named if one.merchant == session.merchant), None)
        if own is None or own.merchant not in self._site.merchants:
            return None
        people = {
            one.merchant: one for one in named if one.password == own.password and one.merchant in self._site.merchants
        }
        return SignedIn(token, people, session.merchant, session.created_at, session.expires_at)

    # the forms

    async def _show_sign_in(self, request: Request) -> Response:
        return HTMLResponse(sign_in_form(request.query_params.get("next", "")))

    async def _sign_in(self, request: Request) -> Response:
        form = await _form(request)
        name, password, wish = form.get("name", "").strip(), form.get("password", ""), form.get("next", "")
        address = request.client.host if request.client else ""
        if seconds := self._attempts.seconds_to_wait(address, name):
            return HTMLResponse(sign_in_form(wish, name, _TOO_OFTEN.format(seconds=seconds)), 429)

        def named() -> list[Known]:
            with self._site.store.reading() as connection:
                return operators.operators_named(connection, name)

        known = [one for one in await self._site.in_thread(named) if one.merchant in self._site.merchants]
        hashes = list(dict.fromkeys(one.password for one in known)) or [self._nobody]
        right = await self.those_that_fit(hashes, password)
        mine = [one for one in known if one.password in right]
        if not mine:
            self._attempts.failed(address, name)
            shops = [self._site.merchants[one.merchant] for one in known]
            await self._site.in_store(partial(operators.note_failure, self._site.store, shops, name, utc_now()))
            return HTMLResponse(sign_in_form(wish, name, _WRONG), 403)
        self._attempts.succeeded(address, name)
        return await self._welcome(request, mine[0], wish)

    async def _sign_out(self, request: Request) -> Response:
        if value := request.cookies.get(self.cookie):
            await self._site.in_store(partial(operators.end_session, self._site.store, _hash(value)))
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(self.cookie)
        return answer

    async def _show_setup(self, request: Request) -> Response:
        if not self._is_setup(request.query_params.get("token", "")):
            return HTMLResponse(message_page(_USED_UP), 410)
        return HTMLResponse(join_form("/setup", request.query_params["token"], "店主", may_rename=True))

    async def _set_up(self, request: Request) -> Response:
        form = await _form(request)
        token, name, password = form.get("token", ""), form.get("name", "").strip(), form.get("password", "")
        if not self._is_setup(token):
            return HTMLResponse(message_page(_USED_UP), 410)
        if fault := fault_of(name, password):
            return HTMLResponse(join_form("/setup", token, name, fault, may_rename=True), 422)
        hashed = await self.hashed(password)
        merchants = list(self._site.merchants.values())
        if not await self._site.in_store(
            partial(operators.found_shop, self._site.store, merchants, name, hashed, utc_now())
        ):
            return HTMLResponse(message_page(_USED_UP), 410)
        self._setup = ""
        with self._site.store.reading() as connection:
            known = operators.operators_named(connection, name)
        return await self._welcome(request, known[0], "")

    async def _show_join(self, request: Request) -> Response:
        token = request.query_params.get("token", "")

        def invited() -> list[Known]:
            with self._site.store.reading() as connection:
                return operators.invited(connection, _hash(token), utc_now())

        people = await self._site.in_thread(invited)
        if not people:
            return HTMLResponse(message_page(_USED_UP), 410)
        return HTMLResponse(join_form("/join", token, people[0].name))

    async def _join(self, request: Request) -> Response:
        form = await _form(request)
        token, password = form.get("token", ""), form.get("password", "")
        if fault := fault_of("-", password):
            return HTMLResponse(join_form("/join", token, form.get("name", ""), fault), 422)
        hashed = await self.hashed(password)
        accept = partial(
            operators.accept_invitation, self._site.store, self._site.merchants, _hash(token), hashed, utc_now()
        )
        people: list[Known] = await self._site.in_store(accept)
        if not people:
            return HTMLResponse(message_page(_USED_UP), 410)
        return await self._welcome(request, people[0], "")

    async def those_that_fit(self, hashes: list[str], password: str) -> list[str]:
        """Which of these is the hash of a password."""
        async with self._one_at_a_time:
            return await self._site.in_thread(lambda: [one for one in hashes if self._fits(one, password)])

    async def hashed(self, password: str) -> str:
        """What is kept of a password."""
        async with self._one_at_a_time:
            return await self._site.in_thread(partial(self._hasher.hash, password))

    @property
    def attempts(self) -> Attempts:
        """How often somebody tried a password of late."""
        return self._attempts

    def _is_setup(self, token: str) -> bool:
        return bool(self._setup) and secrets.compare_digest(token.encode(), self._setup.encode())

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (Argon2Error, InvalidHashError):
            return False

    async def _welcome(self, request: Request, known: Known, wish: str) -> Response:
        """Begin a session and go where they wanted to."""
        value = secrets.token_urlsafe(32)
        now = utc_now()
        merchant = self._site.merchants[known.merchant]
        await self._site.in_store(
            partial(
                operators.open_session,
                self._site.store,
                _hash(value),
                merchant,
                known.name,
                now,
                now + IDLE,
                request.headers.get("user-agent", ""),
                request.client.host if request.client else "",
            )
        )
        answer = RedirectResponse(own_path(wish), 303)
        answer.set_cookie(
            self.cookie,
            value,
            max_age=int(LONGEST.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer


def own_path(wish: str) -> str:
    """Where to go; never to another site, however the wish is written."""
    parts = urlsplit(wish)
    safe = wish.startswith("/") and not wish.startswith(("//", "/\\")) and not parts.netloc and wish.isprintable()
    return wish if safe and "\\" not in wish else "/"


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form; the guard has looked at its size, unless it did not say."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 8_192:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    return {name: values[0] for name, values in fields.items()}
