"""Timers that are due, as events."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, bindparam, not_, select
from sqlmodel import col

from bot.store import Store, read
from bot.store.prepared import is_one_of, unindexed
from models.context import MerchantView
from models.events import TimerDue
from models.operations import Timer
from models.timers import SILENCE

# So many at once; the rest ring right after.
MOST = 500

# A timer of an account rings where the account is kept. One of none rings everywhere, and is taken once.
_MINE = and_(
    is_one_of(unindexed(col(Timer.merchant_id)), "merchants"),
    not_(is_one_of(unindexed(col(Timer.account_id)), "elsewhere")),
    not_(
        and_(is_one_of(unindexed(col(Timer.account_id)), "unheard"), is_one_of(unindexed(col(Timer.kind)), "silence"))
    ),
)
_DUE = (
    select(col(Timer.merchant_id), col(Timer.account_id), col(Timer.kind), col(Timer.subject), col(Timer.at))
    .where(_MINE, col(Timer.at) <= bindparam("now"))
    .order_by(col(Timer.at), col(Timer.kind), col(Timer.subject))
    .limit(MOST)
)
_FOLLOWING = select(col(Timer.at)).where(_MINE, col(Timer.at) > bindparam("now")).order_by(col(Timer.at)).limit(1)


class Timers:
    """The timers of a program, which looks at them after all that happens. While none was written none rings before the
    next one."""

    def __init__(self, store: Store, merchants: Mapping[str, MerchantView]) -> None:
        self._store = store
        self._merchants = merchants
        self._looked_at: datetime | None = None
        self._but: tuple[Collection[str], Collection[str]] = (), ()
        self._revision = 0
        self._next_at: datetime | None = None

    def due(
        self, elsewhere: Collection[str] = frozenset(), unheard: Collection[str] = frozenset()
    ) -> tuple[list[TimerDue], datetime | None]:
        """What rings now, in order, and when the next one does, as of `due_timers`."""
        store, now = self._store, self._store.now()
        if (
            store.is_alone
            and self._revision == store.timers_revision
            and self._looked_at is not None
            and self._looked_at <= now
            and self._but == (elsewhere, unheard)
            and (self._next_at is None or now < self._next_at)
        ):
            return [], self._next_at
        self._looked_at, self._revision, self._but = now, store.timers_revision, (elsewhere, unheard)
        rung, self._next_at = due_timers(store, self._merchants, elsewhere, unheard)
        if rung:
            self._looked_at = None
        return rung, self._next_at


def due_timers(
    store: Store,
    merchants: Mapping[str, MerchantView],
    elsewhere: Collection[str] = (),
    unheard: Collection[str] = (),
) -> tuple[list[TimerDue], datetime | None]:
    """What rings now, in order, and when the next one does (None: never), but for accounts that are kept elsewhere; for
    those that were not heard out yet nothing rings that says that nobody said anything."""
    now = store.now()
    values = {
        "merchants": list(merchants),
        "elsewhere": sorted(elsewhere),
        "unheard": sorted(unheard),
        "silence": sorted(SILENCE),
        "now": now,
    }
    with store.reading() as connection:
        rows = read(connection, _DUE, **values)
        following = next((at for (at,) in read(connection, _FOLLOWING, **values)), None)
    rung = [
        TimerDue(merchant=merchant, account=account, at=now, kind=kind, subject=subject, due=due)
        for merchant, account, kind, subject, due in rows
    ]
    return rung, following
