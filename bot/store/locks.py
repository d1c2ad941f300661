"""Who waits for whom on PostgreSQL, where several programs write: the transactions of a merchant come one after the
other, those of different merchants side by side. On SQLite there is one writer, and nothing to lock."""

from __future__ import annotations

import zlib
from collections.abc import Collection

from sqlalchemy import BigInteger, Connection, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from bot.store.prepared import prepared

# Numbers that nobody else uses in this database. The first spells 掌柜.
HOLDING = 0x638C_67DC
_MIGRATING, _EVERYBODY, LEASES = HOLDING + 1, HOLDING + 2, HOLDING + 3
# Keys of merchants are above all of these.
_MERCHANTS = 1 << 40

_SOME = select(
    func.pg_advisory_xact_lock_shared(text(str(_EVERYBODY))),
    func.pg_advisory_xact_lock(text("key")),
).select_from(func.unnest(bindparam("keys", type_=ARRAY(BigInteger))).alias("key"))


def lock_for_writing(connection: Connection, merchants: Collection[str] | None) -> None:
    """Wait until nobody else writes for these merchants (None: for anybody), up to the end of the transaction."""
    if merchants is None:
        lock_number(connection, _EVERYBODY)
    else:
        keys = sorted({_MERCHANTS + zlib.crc32(merchant.encode()) for merchant in merchants})
        prepared("postgresql", _SOME).rows(connection, {"keys": keys})


def lock_number(connection: Connection, number: int) -> None:
    """Wait until nobody else has this lock, and keep it up to the end of the transaction."""
    connection.execute(select(func.pg_advisory_xact_lock(number)))


def migrate_alone(connection: Connection) -> None:
    """Wait for others that migrate this database."""
    if connection.dialect.name == "postgresql":
        lock_number(connection, _MIGRATING)
