"""What somebody may do about their own way in: another password, and an end to sessions on other devices.

Like signing in it is written by `bot.store.operators` and put on record there: a journal must not hold a password.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.clock import utc_now
from bot.console.passwords import fault_of
from bot.console.site import Site
from bot.store import operators
from bot.store.operators import Session
from models.context import MerchantView

if TYPE_CHECKING:
    from bot.console.sign_in import Entrance, SignedIn

WRONG = "现在的密码不对。"
TOO_OFTEN = "试得太多了，{seconds} 秒后再试。"


class Myself:
    """Whoever is signed in, at all their shops; `address` is where they are."""

    def __init__(self, site: Site, entrance: Entrance, signed_in: SignedIn, address: str) -> None:
        self._site, self._entrance, self._signed_in, self._address = site, entrance, signed_in, address

    @property
    def token(self) -> str:
        """Names the session of this browser."""
        return self._signed_in.token

    @property
    def _name(self) -> str:
        return self._signed_in.known.name

    @property
    def _shops(self) -> list[MerchantView]:
        return [self._site.merchants[one] for one in self._signed_in.people]

    async def sessions(self) -> list[Session]:
        """Their sessions that are not over, the last one first."""

        def look() -> list[Session]:
            with self._site.store.reading() as connection:
                return operators.sessions_of(connection, list(self._signed_in.people), self._name, utc_now())

        return await self._site.in_thread(look)

    async def change_password(self, old: str, new: str) -> str:
        """Take another password, and end all other sessions. Returns what is wrong, nothing if it is done."""
        attempts = self._entrance.attempts
        if seconds := attempts.seconds_to_wait(self._address, self._name):
            return TOO_OFTEN.format(seconds=seconds)
        if fault := fault_of(self._name, new):
            return fault
        if not await self._entrance.those_that_fit([self._signed_in.known.password], old):
            attempts.failed(self._address, self._name)
            note = partial(operators.note_failure, self._site.store, self._shops, self._name, utc_now())
            await self._site.in_store(note)
            return WRONG
        hashed = await self._entrance.hashed(new)
        change = partial(
            operators.change_password, self._site.store, self._shops, self._name, hashed, utc_now(), self.token
        )
        await self._site.in_store(change)
        return ""

    async def sign_out(self, *, here_too: bool) -> None:
        """Be signed in nowhere else any longer, with `here_too` nowhere at all."""
        keep = "" if here_too else self.token
        end = partial(operators.end_sessions, self._site.store, self._shops, self._name, utc_now(), keep)
        await self._site.in_store(end)
