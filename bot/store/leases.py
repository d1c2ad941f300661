"""Leases: which accounts this program keeps, when several work on one PostgreSQL.

A heartbeat says that a program is there, by the database's clock. What belongs to one that has not been seen for as
long as it said itself is free; whoever has fewer accounts than their share takes it, whoever has more gives some back.
Each change of hands has a token of its own, and what is written about an account is written in a transaction that holds
the row of the lease with that token: a program that slept through its replacement writes nothing.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import socket
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store.engine import hang_up, lease_engine
from bot.store.locks import LEASES, lock_number
from bot.store.prepared import is_one_of, prepared
from bot.store.shares import Account, shares_of
from models.workers import Lease, Worker

HEARTBEAT = timedelta(seconds=10)
LEASE = timedelta(seconds=30)

_NOW = func.clock_timestamp()  # a transaction may have waited since it began
# Each by its own word: whoever has a shorter lease than others must not bury these between two of their heartbeats.
_MISSED = col(Worker.seen_at) < _NOW - func.make_interval(0, 0, 0, 0, 0, 0, col(Worker.lease_seconds))
# An account that went to another merchant has a lease under each; both are of one keeper, with one token.
_LIKE = aliased(Lease)
_NEXT_TOKEN = select(func.max(_LIKE.token) + 1).where(col(_LIKE.account_id) == col(Lease.account_id)).scalar_subquery()
_KEPT = (
    select(col(Lease.account_id), col(Lease.token))
    .where(col(Lease.worker_id) == bindparam("worker"), is_one_of(col(Lease.account_id), "accounts"))
    .with_for_update(read=True)
)


def is_missed() -> ColumnElement[bool]:
    """Whether a worker has been silent for longer than its lease."""
    return _MISSED


class LeaseLost(Exception):
    """These accounts are another program's by now; nothing was written."""

    def __init__(self, accounts: Collection[str]) -> None:
        super().__init__(f"no longer ours: {', '.join(sorted(accounts))}")
        self.accounts = frozenset(accounts)


@dataclass(frozen=True, slots=True)
class Difference:
    """A living worker that knows other accounts, as MERCHANT/ACCOUNT."""

    worker: str
    only_there: list[str]
    only_here: list[str]


@dataclass(frozen=True, slots=True)
class Beat:
    """What a heartbeat found. `surplus` accounts are to be given back in good order; `is_short`: others will do so."""

    taken: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    is_short: bool = False
    workers: int = 1
    differences: list[Difference] = field(default_factory=list)


class Leases:
    """The leases of this program, on a connection of its own: a long batch must not look like death.

    `tokens` has the accounts that it keeps. `heartbeat` and `lease` are shorter in tests.
    """

    def __init__(
        self,
        url: str,
        accounts: Sequence[tuple[str, str]],
        *,
        heartbeat: timedelta = HEARTBEAT,
        lease: timedelta = LEASE,
    ) -> None:
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.heartbeat = heartbeat
        self.lease = lease
        self.tokens: dict[str, int] = {}
        self._accounts = list(accounts)
        self._names = [account for _, account in accounts]
        self._known = json.dumps(sorted(accounts))
        self._engine = lease_engine(url, heartbeat)
        self._renewed_at = -math.inf, -math.inf  # when the last heartbeat began, by the monotonic clock and the wall's

    def beat(self) -> Beat:
        """Say that we are there; take what is free, up to our share. Raises OperationalError."""
        began = time.monotonic(), time.time()
        with self._engine.begin() as connection:
            lock_number(connection, LEASES)
            self._show_up(connection)
            connection.execute(delete(Worker).where(_MISSED))
            workers = self._workers(connection)
            rows = connection.execute(
                select(col(Lease.account_id), col(Lease.worker_id), col(Lease.token))
                .where(tuple_(col(Lease.merchant_id), col(Lease.account_id)).in_(self._accounts))
                .order_by(col(Lease.account_id))
            ).all()
            kept = [name for name, worker, token in rows if worker == self.worker and self.tokens.get(name) == token]
            # Ours without a token: what we let go of while the database could not be told.
            let_go = [name for name, worker, _ in rows if worker == self.worker and name not in kept]
            free = [name for name, worker, _ in rows if worker not in workers or name in let_go]
            shares = shares_of(self.worker, workers)
            wanted: list[str] = []
            surplus: list[str] = []
            for names, share in shares:
                ours = [name for name in kept if name in names]
                surplus += ours[share:]
                wanted += [name for name in free if name in names][: max(0, share - len(ours))]
            taken = self._take(connection, wanted)
            # Or nobody would ever take them: we are alive, and have our share.
            self._free(connection, self._idle(connection, [name for name in let_go if name not in wanted]))
        self._renewed_at = began
        lost = [name for name in self.tokens if name not in kept]
        self.tokens = {name: self.tokens[name] for name in kept} | taken
        return Beat(
            taken=list(taken),
            lost=lost,
            surplus=surplus,
            is_short=any(len(names & self.tokens.keys()) < share for names, share in shares),
            workers=len(workers),
            differences=self._differences(workers),
        )

    def renew(self) -> None:
        """Say that we are there, unless we are missed already, and nothing else. Raises OperationalError."""
        began = time.monotonic(), time.time()
        mine = col(Worker.id) == self.worker
        with self._engine.begin() as connection:
            found = connection.execute(update(Worker).where(mine).values(seen_at=_NOW).returning(col(Worker.id)))
            is_known = found.first() is not None
        if is_known:
            self._renewed_at = began

    def release(self, accounts: Collection[str]) -> None:
        """Give accounts back, which we have let go of. Raises OperationalError."""
        for account in accounts:
            self.tokens.pop(account, None)
        with self._engine.begin() as connection:
            self._free(connection, accounts)

    def leave(self) -> None:
        """Give everything back, and be no longer there. Raises OperationalError."""
        self.tokens = {}
        with closing(self), self._engine.begin() as connection:
            self._free(connection, self._names)
            connection.execute(delete(Worker).where(col(Worker.id) == self.worker))

    def check(self, connection: Connection, accounts: Collection[str]) -> None:
        """See that these accounts are ours, and keep it so up to the end of the transaction. Raises `LeaseLost`."""
        values = {"worker": self.worker, "accounts": sorted(accounts)}
        found = dict(prepared("postgresql", _KEPT).rows(connection, values))
        if lost := [name for name in accounts if name not in found or found[name] != self.tokens.get(name)]:
            raise LeaseLost(lost)

    @property
    def have_run_out(self) -> bool:
        """Whether we were stopped for longer than a lease, or our machine slept: others think that we are dead by now.

        The monotonic clock goes on while a program is stopped but not while its machine sleeps, the wall's does.
        """
        monotonic, wall = self._renewed_at
        return max(time.monotonic() - monotonic, time.time() - wall) >= self.lease.total_seconds()

    def still_has(self, account: str, token: int | None) -> bool:
        """Whether nobody else can keep an account that we had with that token, as far as can be told without asking."""
        return token is not None and self.tokens.get(account) == token and not self.have_run_out

    def hang_up(self, *, for_good: bool = False) -> None:
        """The database does not answer: whoever waits for a heartbeat hears that it is lost."""
        hang_up(self._engine, for_good=for_good)

    def close(self) -> None:
        """Let go of the database; others will miss us in time."""
        self._engine.dispose()

    def _show_up(self, connection: Connection) -> None:
        lasting = self.lease.total_seconds()
        here = insert(Worker).values(
            id=self.worker, started_at=_NOW, seen_at=_NOW, lease_seconds=lasting, accounts=self._known
        )
        connection.execute(here.on_conflict_do_update(index_elements=["id"], set_={"seen_at": _NOW}))
        if self._accounts:
            rows = [{"merchant_id": merchant, "account_id": account} for merchant, account in self._accounts]
            connection.execute(insert(Lease).on_conflict_do_nothing(), rows)

    def _workers(self, connection: Connection) -> dict[str, list[Account]]:
        """The living, in the order of their starts, with the accounts that each knows; the database does not send those
        of a worker that knows the same as we."""
        theirs = func.nullif(col(Worker.accounts), self._known)
        rows = connection.execute(select(col(Worker.id), theirs).order_by(col(Worker.started_at), col(Worker.id))).all()
        return {
            worker: [(merchant, account) for merchant, account in json.loads(other)] if other else self._accounts
            for worker, other in rows
        }

    def _differences(self, workers: Mapping[str, Collection[Account]]) -> list[Difference]:
        ours = set(self._accounts)
        return [
            Difference(worker, _named(set(theirs) - ours), _named(ours - set(theirs)))
            for worker, theirs in workers.items()
            if set(theirs) != ours
        ]

    def _take(self, connection: Connection, free: list[str]) -> dict[str, int]:
        """Those that nobody writes about at this moment; the others are left to the next heartbeat."""
        if not (idle := self._idle(connection, free)):
            return {}
        taken = connection.execute(
            update(Lease)
            .where(col(Lease.account_id).in_(idle))
            .values(worker_id=self.worker, token=_NEXT_TOKEN)
            .returning(col(Lease.account_id), col(Lease.token))
        )
        return dict(sorted((name, token) for name, token in taken))

    def _idle(self, connection: Connection, names: list[str]) -> list[str]:
        """Those that nobody writes about, who would be waited for."""
        if not names:
            return []
        theirs = select(col(Lease.account_id)).where(col(Lease.account_id).in_(names)).with_for_update(skip_locked=True)
        return list(connection.execute(theirs).scalars())

    def _free(self, connection: Connection, accounts: Collection[str]) -> None:
        if not accounts:
            return
        mine = (col(Lease.worker_id) == self.worker, col(Lease.account_id).in_(list(accounts)))
        connection.execute(update(Lease).where(*mine).values(worker_id=None))


def _named(accounts: Collection[Account]) -> list[str]:
    return [f"{merchant}/{account}" for merchant, account in sorted(accounts)]
