"""How many connections our programs take of PostgreSQL, and how many it has for them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, text

# Of a worker: the lock of the database, its writer, the source of ids, its leases, and one that reads.
WORKER = 5
# Of the one process without --worker, which has no leases.
ALONE = 4
# Of a console, whose pages are read by so many threads. As a process of its own it takes what is `ALONE`, too.
CONSOLE = 4
# Of /metrics and /health, which are answered in threads of their own; if several ask at once, one for each.
METRICS = 1
# Of a command line beside them: what writes, the ids, and what reads.
COMMAND = 3

# A superuser is bound by the first only, and may take the connections that are kept for him.
_LIMITS = text(
    "SELECT current_setting('max_connections')::int - CASE WHEN rolsuper THEN 0 ELSE"
    " current_setting('superuser_reserved_connections')::int"
    " + COALESCE(current_setting('reserved_connections', true)::int, 0) END,"
    " CASE WHEN NOT rolsuper AND rolconnlimit >= 0 THEN rolconnlimit END,"
    " CASE WHEN NOT rolsuper AND datconnlimit >= 0 THEN datconnlimit END"
    " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
)
_LIVING = text("SELECT count(*) FROM worker WHERE seen_at + lease_seconds * interval '1 second' > now()")


class Limit(NamedTuple):
    """So many connections there are, and what has to be raised for more."""

    most: int
    cure: str


def limit_of(connection: Connection) -> Limit:
    """The least of what PostgreSQL has for everybody, for this user and for this database."""
    cures = (
        "调大 max_connections，再重启 PostgreSQL",
        "ALTER ROLE … CONNECTION LIMIT，给这个用户多一些",
        "ALTER DATABASE … CONNECTION LIMIT，给这个库多一些",
    )
    limits = zip(connection.execute(_LIMITS).one(), cures, strict=True)
    return min(Limit(most, cure) for most, cure in limits if most is not None)


def living_workers(connection: Connection) -> int:
    """How many workers have a heartbeat."""
    return int(connection.execute(_LIVING).scalar_one())


def needed(workers: int, *, with_console: bool, with_metrics: bool) -> int:
    """What so many workers need, or the one process where there are none; with a command line beside them."""
    metrics = METRICS if with_metrics else 0
    if workers:
        return workers * (WORKER + metrics) + COMMAND
    return ALONE + (CONSOLE if with_console else 0) + metrics + COMMAND
