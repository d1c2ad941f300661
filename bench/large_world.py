"""A shop after a year: a million members, a hundred thousand groups, ten million logged messages, written by SQL
alone.

The file is built once under `data/` and kept, and migrated like any other; its name has its sizes. Member, group and
row number n are the same in Python and in SQL, so that a crowd of a million need not be read back.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from bench.evidence import FOLDER
from bench.figures import NotReady, Progress
from bench.inbound_mix import QUESTIONS
from bench.inbound_world import ACCOUNT, BEGAN, MERCHANT, TAGS, VALUES, Crowd, Member, open_world
from bot.store import Store
from bot.store.engine import sqlite_driver
from bot.store.ids import EPOCH, SEQUENCE_BITS
from bot.store.migrating import upgrade

MEMBERS, GROUPS, ROWS = 1_000_000, 100_000, 10_000_000
# About what the file takes of each: it has six gigabytes.
_MEMBER_BYTES, _ROW_BYTES = 2_000, 400
_YEAR = timedelta(days=365)
_HASH, _MASK, _STEP = 2_654_435_761, (1 << 52) - 1, 7_919
_NOW = f"'{BEGAN:%Y-%m-%d %H:%M:%S}.000000'"
# What has another meaning than ids: they are below all that Ids gives at that time.
_PERSONS, _GROUPS = 1_000, 500


def large_crowd(members: int, groups: int) -> Crowd:
    """Everybody in that file, with the shares of the small world."""
    in_groups = members - members // 5
    everybody = [*map(member_of(members, groups), range(members))]
    return Crowd(
        chatting=everybody[:in_groups],
        staff=everybody[:groups],
        surveyed=[(member, number % len(QUESTIONS)) for number, member in enumerate(everybody[in_groups:])],
    )


def member_of(members: int, groups: int) -> Callable[[int], Member]:
    """Member number n, for who does not want to keep a million of them."""
    in_groups = members - members // 5

    def member(number: int) -> Member:
        wire_id = f"wxid_{number * _HASH & _MASK:013x}{number}"
        return Member(wire_id, f"酒友{number}", _room(number, groups, in_groups))

    return member


def large_world(
    progress: Progress, members: int = MEMBERS, groups: int = GROUPS, rows: int = ROWS, *, copies: int = 1
) -> Path:
    """The file, built if it is not there yet. Raises `NotReady` where it and so many copies have no room."""
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / f"large-world-{members}-{groups}-{rows}.db"
    wanted = (copies + (not file.exists())) * (members * _MEMBER_BYTES + rows * _ROW_BYTES)
    if (free := shutil.disk_usage(FOLDER).free) < wanted:
        raise NotReady(
            f"{FOLDER.resolve()} needs room for {wanted / 1e9:.0f} GB more and has {free / 1e9:.0f} GB: "
            f"make room there, or let {FOLDER} be a link to where there is some"
        )
    if file.exists():
        upgrade(f"sqlite:///{file}")
        return file
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    filled_world(draft, progress, members, groups, rows)
    return draft.rename(file)


def filled_world(file: Path, progress: Progress, members: int, groups: int, rows: int) -> None:
    """Migrate a new file and write that many members, groups and logged messages into it."""
    url = f"sqlite:///{file}"
    upgrade(url)
    with closing(Store(url, lambda: BEGAN)) as store:
        revision = open_world(store)[MERCHANT].revision
    with closing(sqlite_driver().connect(file, isolation_level=None)) as connection:
        _fill(connection, progress, members, groups, rows, revision)


def _room(number: int, groups: int, in_groups: int) -> str:
    if number >= in_groups:
        return ""
    return f"{10_000_000_000 + number * _STEP % groups}@chatroom"


def _fill(connection: Any, progress: Progress, members: int, groups: int, rows: int, revision: str) -> None:
    in_groups = members - members // 5
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    member = f"printf('wxid_%013x%d', n * {_HASH} & {_MASK}, n)"
    room = f"printf('%d@chatroom', 10000000000 + n * {_STEP} % {groups})"
    person = f"{_PERSONS + groups} + 2 * n"
    finished = f"n < {in_groups}"
    begins = f"(n - {in_groups}) % {len(QUESTIONS)}"
    open_at = "CASE " + " ".join(f"WHEN {begins} = {at} THEN '{key}'" for at, key in enumerate(QUESTIONS)) + " END"
    size = members // groups + 1 if groups else 1
    steps: list[tuple[str, dict[str, str], int]] = [
        ("person", {"id": person, "created_at": _NOW, "source": "'扫码'", "note": "''"}, members),
        ("contact", {"id": f"{person} + 1", "person_id": person, "wire_id": member, "name": "'酒友' || n"}, members),
        (
            "friendship",
            {
                "account_id": f"'{ACCOUNT}'",
                "contact_id": f"{person} + 1",
                "state": "'friend'",
                "old": "0",
                "hello": "'你好，朋友介绍来的'",
                "source": "'扫码'",
                "request": "''",
                "remark": "''",
                "inviter": "''",
                "added_at": _NOW,
            },
            members,
        ),
        (
            "chat_group",
            {
                "id": f"{_GROUPS} + n",
                "account_id": f"'{ACCOUNT}'",
                "wire_id": "printf('%d@chatroom', 10000000000 + n)",
                "topic": "'酒友社 ' || n || ' 群'",
                "platform_owner": "''",
                "tier": "CASE n % 4 WHEN 0 THEN '分舵' ELSE '堂口' END",
                "bound_at": _NOW,
                "members": str(size),
                "listed": "0",
            },
            groups,
        ),
        (
            "group_member",
            {
                "group_id": f"{_GROUPS} + n * {_STEP} % {groups or 1}",
                "contact_id": f"{person} + 1",
                "joined_at": _NOW,
                "invited_by": "''",
            },
            in_groups if groups else 0,
        ),
        (
            "role_grant",
            {
                "wire_id": member,
                "role": "'hall'",
                "account_id": "''",
                "group_wire_id": room,
                "granted_by": "'wx-boss'",
                "at": _NOW,
            },
            groups,
        ),
        (
            "survey",
            {
                "person_id": person,
                "contact_id": f"{person} + 1",
                "account_id": f"'{ACCOUNT}'",
                "revision": f"'{revision}'",
                "state": f"iif({finished}, 'finished', 'open')",
                "question": f"iif({finished}, '', {open_at})",
                "asked": f"iif({finished}, {len(QUESTIONS)}, {begins} + 1)",
                "tries": "0",
                "nudges": "0",
                "coupon": "''",
                "aside": "'[]'",
                "pending": "'[]'",
                "started_at": _NOW,
                "asked_at": _NOW,
                "finished_at": f"iif({finished}, {_NOW}, NULL)",
            },
            members,
        ),
        (
            "timer",
            {
                "kind": "'nudge'",
                "subject": f"printf('wxid_%013x%d', (n + {in_groups}) * {_HASH} & {_MASK}, n + {in_groups})",
                "account_id": f"'{ACCOUNT}'",
                "at": "'2027-11-19 02:00:00.000000'",
            },
            members - in_groups,
        ),
    ]
    for at, key in enumerate(QUESTIONS):
        told = f"({finished} OR {begins} > {at})"
        steps.append(
            (
                "answer",
                {
                    "person_id": person,
                    "key": f"'{key}'",
                    "value": _quoted(VALUES[key]),
                    "state": "'answered'",
                    "at": _NOW,
                    "revision": f"'{revision}'",
                    "": told,
                },
                members,
            )
        )
        if key in TAGS:
            steps.append(
                (
                    "tag",
                    {"person_id": person, "tag": f"'{TAGS[key]}'", "origin": "'survey'", "at": _NOW, "": told},
                    members,
                )
            )
    began_ms = int((BEGAN - _YEAR - EPOCH).total_seconds() * 1000)
    step = _YEAR.total_seconds() * 1000 / max(rows, 1)
    moment = f"({began_ms} + CAST(n * {step!r} AS INTEGER))"
    row_id = f"(({moment} << {SEQUENCE_BITS}) + n % 1024)"
    said_at = f"strftime('%Y-%m-%d %H:%M:%f000', ({moment} + {int(EPOCH.timestamp() * 1000)}) / 1000.0, 'unixepoch')"
    wire = f"printf('%010d%09d', n * {_HASH} & 4294967295, n)"
    speaker = f"(n * {_STEP} % {in_groups})"
    said_in = f"iif(n % 5, {_GROUPS} + {speaker} * {_STEP} % {groups or 1}, NULL)"
    steps += [
        (
            "journal",
            {
                "id": row_id,
                "type": "'message'",
                "version": "1",
                "at": said_at,
                "received_at": said_at,
                "account_id": f"'{ACCOUNT}'",
                "wire_id": wire,
                "contact_id": f"{_PERSONS + groups} + 2 * {speaker} + 1",
                "group_id": said_in,
                "kind": "'text'",
                "body_id": row_id,
                "data": '\'{"type":"message","at":"2026-01-01T02:00:00Z","contact":{"contact":"wxid_\' || n'
                ' || \'","name":"酒友"},"group":"10000000004@chatroom"}\'',
            },
            rows,
        ),
        ("body", {"id": row_id, "text": "'今天杭州下雨，适合在家小酌 ' || n"}, rows),
    ]
    for done, (table, columns, count) in enumerate(steps):
        progress(done, len(steps) + len(indexes))
        _insert(connection, table, columns, count)
    # The ids of the last thirty days are still known, in their own order.
    connection.execute(
        "INSERT INTO seen_event (merchant_id, account_id, wire_id, journal_id)"
        " SELECT merchant_id, account_id, wire_id, id FROM journal WHERE id >= ? ORDER BY wire_id",
        (int((BEGAN - timedelta(days=30) - EPOCH).total_seconds() * 1000) << SEQUENCE_BITS,),
    )
    for done, (_, statement) in enumerate(indexes):
        progress(len(steps) + done, len(steps) + len(indexes))
        connection.execute(statement)


def _insert(connection: Any, table: str, columns: dict[str, str], count: int) -> None:
    named = {"merchant_id": f"'{MERCHANT}'"} | {name: value for name, value in columns.items() if name}
    connection.execute(
        f"WITH RECURSIVE numbers (n) AS (SELECT 0 WHERE {count} > 0 UNION ALL SELECT n + 1 FROM numbers"
        f" WHERE n + 1 < {count})"
        f" INSERT INTO {table} ({', '.join(named)}) SELECT {', '.join(named.values())} FROM numbers"
        f" WHERE {columns.get('', 'true')}"
    )


def _quoted(value: Any) -> str:
    return "'" + msgspec.json.encode(value).decode() + "'"
