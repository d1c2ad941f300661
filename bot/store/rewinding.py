"""A copy of the database taken back to an earlier moment: what came after it is gone, what changed is as it was.

Our ids are ordered by time, so whatever was written later is told by its id. What has a history (deliveries, members of
groups, entries, playbooks) is what it was then; of the rest, what has a time is put back by that time. What has neither
(notes, remarks, consent, who looks after whom, an answer before it was corrected) stays as it is now.
"""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.store.engine import sqlite_driver
from bot.store.ids import Ids
from models.columns import sqlite_texts
from models.timers import PERSON_TIMERS, entry_of

# Found by their own id; a row with a later one was written later.
_BY_ID = (
    "journal", "body", "delivery", "delivery_change", "group_change", "pending_command", "audit", "ticket",
    "group_question",
)  # fmt: skip
# Written once, and found by when that was.
_BY_TIME = {
    "answer": "at",
    "survey": "started_at",
    "newcomer": "at",
    "waiting": "since",
    "signup": "at",
    "role_grant": "at",
    "pause": "at",
    "script": "at",
    "alert": "began_at",
    "doubt": "at",
    "entry_override": "at",
}
# What was done to a row later is undone.
_NOT_YET = (
    ("person", "opted_out_at"),
    ("person", "complained_at"),
    ("person", "forget_asked_at"),
    ("ticket", "closed_at"),
    ("group_question", "closed_at"),
    ("alert", "ended_at"),
    ("friendship", "added_at"),
    ("friendship", "accepted_at"),
    ("friendship", "requested_at"),
)
_OF_CONTACTS = ("friendship", "group_member", "seat", "waiting", "newcomer", "signup")
_OF_PERSONS = ("answer", "tag", "survey")

_LATER = (
    "CREATE TEMP TABLE later AS SELECT * FROM journal WHERE id >= :floor",
    "CREATE TEMP TABLE later_move AS SELECT * FROM group_change WHERE id >= :floor",
    "CREATE TEMP TABLE later_answer AS SELECT * FROM answer WHERE at >= :moment",
    "CREATE TEMP TABLE changed AS SELECT DISTINCT delivery_id AS id FROM delivery_change WHERE id >= :floor",
)
# Whom and what the platform's lists showed us was there before, though we had not been told.
_STRANGERS = (
    """
    DELETE FROM contact WHERE id >= :floor
    AND NOT EXISTS (SELECT 1 FROM friendship WHERE friendship.contact_id = contact.id AND friendship.old)
    AND NOT EXISTS (
        SELECT 1 FROM group_member AS member WHERE member.contact_id = contact.id AND NOT EXISTS (
            SELECT 1 FROM group_change AS move
            WHERE move.group_id = member.group_id AND move.contact_id = member.contact_id AND move.came
        )
    )
    """,
    # Who was merged stays so, and on record; not who is two persons again, or of whom one has not been met.
    """
    DELETE FROM person_merge WHERE id >= :floor AND (undone_at IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM json_each(snapshot, '$.contacts') AS came JOIN contact ON contact.id = came.value
        JOIN contact AS other USING (merchant_id, person_id)
        WHERE contact.merchant_id = person_merge.merchant_id AND other.id <> contact.id
    ))
    """,
    """
    DELETE FROM person WHERE id >= :floor AND id NOT IN (
        SELECT person_id FROM contact UNION SELECT kept_id FROM person_merge UNION SELECT gone_id FROM person_merge
    )
    """,
)
_TAGS = "DELETE FROM tag WHERE at >= :moment AND origin <> 'platform'"  # those stood on the lists, as people do
_DELIVERIES = """
    UPDATE delivery SET
        (state, reason, until) = (
            SELECT state, reason, until FROM delivery_change AS change
            WHERE (change.id = delivery.id AND change.delivery_id = delivery.id)
            OR (change.delivery_id = delivery.id AND change.id <> change.delivery_id)
            ORDER BY change.id DESC LIMIT 1
        ),
        text = CASE WHEN left_at >= :moment AND template IS NOT NULL THEN NULL ELSE text END,
        message = CASE WHEN left_at >= :moment THEN '' ELSE message END,
        left_at = CASE WHEN left_at >= :moment THEN NULL ELSE left_at END
    WHERE id IN (SELECT id FROM changed)
"""
_LOOKED_AT = """
    UPDATE delivery SET
        next_at = CASE state WHEN 'planned' THEN due_at ELSE coalesce(until, :moment) END,
        approved = approved AND reason IS NOT 'not_approved'
    WHERE state IN ('planned', 'waiting') AND id IN (SELECT id FROM changed)
"""
_NO_FRIENDS_YET = """
    DELETE FROM friendship WHERE NOT old
    AND coalesce(first_requested_at, first_accepted_at, first_added_at, requested_at, accepted_at, added_at) >= :moment
"""
_FRIENDS = """
    UPDATE friendship SET
        state = CASE
            WHEN state = 'removed' AND EXISTS (
                SELECT 1 FROM later WHERE later.type = 'friend_removed'
                AND later.contact_id = friendship.contact_id AND later.account_id = friendship.account_id
            ) THEN 'friend'
            WHEN state = 'removed' OR old THEN state
            WHEN added_at < :moment THEN 'friend'
            WHEN first_added_at < :moment THEN 'removed'
            WHEN accepted_at < :moment THEN 'accepted'
            ELSE 'requested'
        END,
        human_until = NULL,
        last_heard_at = CASE WHEN last_heard_at < :moment THEN last_heard_at ELSE (
            SELECT max(at) FROM journal WHERE journal.contact_id = friendship.contact_id
            AND journal.account_id = friendship.account_id AND journal.type = 'message' AND journal.group_id IS NULL
        ) END
"""
# The question that was open is the first that was answered later, else the one that is open now.
_SURVEYS = """
    UPDATE survey SET
        state = CASE WHEN finished_at >= :moment THEN 'open' ELSE state END,
        question = coalesce((
            SELECT key FROM later_answer WHERE later_answer.merchant_id = survey.merchant_id
            AND later_answer.person_id = survey.person_id ORDER BY at LIMIT 1
        ), question),
        asked = (
            SELECT count(*) FROM delivery WHERE delivery.contact_id = survey.contact_id
            AND delivery.part = 1 AND delivery.key LIKE 'ask:%'
        ),
        asked_at = (
            SELECT max(left_at) FROM delivery WHERE delivery.contact_id = survey.contact_id
            AND delivery.key LIKE 'ask:%'
        ),
        finished_at = NULL, tries = 0, nudges = 0, repeats = 0, pending = '[]'
    WHERE finished_at >= :moment OR state IN ('open', 'resting')
"""
# Who came is gone and who left is there, by the first thing that happened to them afterwards.
_CAME_LATER = """
    DELETE FROM group_member WHERE joined_at >= :moment AND coalesce((
        SELECT came FROM later_move AS move WHERE move.group_id = group_member.group_id
        AND move.contact_id = group_member.contact_id ORDER BY move.id LIMIT 1
    ), 0)
"""
_LEFT_LATER = "UPDATE group_member SET left_at = NULL WHERE left_at >= :moment OR joined_at >= :moment"
_GROUPS = (
    "UPDATE chat_group SET tier = NULL, bound_at = NULL WHERE bound_at >= :moment",
    """
    UPDATE chat_group SET human_until = NULL, members = (
        SELECT count(*) FROM group_member AS member WHERE member.merchant_id = chat_group.merchant_id
        AND member.group_id = chat_group.id AND member.left_at IS NULL
    )
    """,
    "DELETE FROM seat",  # when they were kept is not known
)
_ACCOUNTS = "UPDATE account SET state = 'offline', state_at = NULL, slow_until = NULL, failures = 0"
_PLAYBOOKS = """
    UPDATE merchant SET revision = coalesce((
        SELECT revision FROM playbook_revision AS one WHERE one.merchant_id = merchant.id
        ORDER BY one.at < :moment DESC, abs(julianday(one.at) - julianday(:moment)) LIMIT 1
    ), revision)
"""
_REVISIONS = """
    SELECT merchant_id, key, revision FROM entry_revision WHERE first_imported_at < :moment
    ORDER BY at < :moment, CASE WHEN at < :moment THEN julianday(at) ELSE -julianday(at) END
"""


def rewind(file: Path, moment: datetime) -> None:
    """Take a copy of the database, of the newest revision, back to a moment (aware)."""
    names = {"floor": Ids.floor(moment), "moment": sqlite_texts([moment])[0]}
    with closing(sqlite_driver().connect(file)) as opened:  # which minds no foreign keys meanwhile
        run = opened.execute
        for statement in (*_LATER, *_STRANGERS):
            run(statement, names)
        for table in _BY_ID:
            run(f"DELETE FROM {table} WHERE id >= :floor", names)
        run("DELETE FROM seen_event WHERE journal_id >= :floor", names)
        run("DELETE FROM late_event")
        for statement in (_DELIVERIES, _LOOKED_AT, _NO_FRIENDS_YET, _TAGS):
            run(statement, names)
        for table, column in _BY_TIME.items():
            run(f"DELETE FROM {table} WHERE {column} >= :moment", names)
        for table, column in _NOT_YET:
            run(f"UPDATE {table} SET {column} = NULL WHERE {column} >= :moment", names)
        for table in _OF_CONTACTS:
            run(f"DELETE FROM {table} WHERE contact_id NOT IN (SELECT id FROM contact)")
        for table in _OF_PERSONS:
            run(f"DELETE FROM {table} WHERE person_id NOT IN (SELECT id FROM person)")
        for statement in (_FRIENDS, _SURVEYS, _CAME_LATER, _LEFT_LATER, *_GROUPS, _ACCOUNTS, _PLAYBOOKS):
            run(statement, names)
        _take_owners_back(opened)
        _take_entries_back(opened, names)
        _take_timers_back(opened)
        opened.commit()


def _take_owners_back(opened: Any) -> None:
    """Whose a group was that was given to somebody afterwards: theirs whom the order before named."""
    run = opened.execute
    owners: list[dict[tuple[str, str], str]] = [{}, {}]
    for found, table in zip(owners, ("journal", "later"), strict=True):
        bound = f"SELECT merchant_id, data FROM {table} WHERE type = 'order.bind_group' ORDER BY id"
        for merchant, data in run(bound):
            order = json.loads(data)
            if order.get("owner"):
                found[merchant, order["group"]] = order["owner"]
    opened.executemany(
        """
        UPDATE chat_group SET owner_contact_id = (
            SELECT id FROM contact WHERE contact.merchant_id = chat_group.merchant_id AND contact.wire_id = ?
        ) WHERE merchant_id = ? AND wire_id = ?
        """,
        [(owners[0].get(group), *group) for group in owners[1]],
    )


def _take_entries_back(opened: Any, names: dict[str, Any]) -> None:
    """Each entry's revision of that time, if it was in force: it is now, or was deleted only later."""
    run = opened.execute
    in_force = set(run("SELECT merchant_id, key FROM entry_revision WHERE current"))
    last = {(merchant, key): revision for merchant, key, revision in run(_REVISIONS, names)}
    deleted = "SELECT merchant_id, type, data FROM later WHERE type IN ('order.delete_entries', 'order.import_entries')"
    for merchant, kind, data in run(deleted):
        order = json.loads(data)
        if kind == "order.delete_entries":
            in_force |= {(merchant, key) for key in order["keys"]}
        elif order.get("replace"):
            named = {key for key, *_ in order["entries"]}
            in_force |= {one for one in last if one[0] == merchant and one[1] not in named}
    run("UPDATE entry_revision SET current = 0")
    run("DELETE FROM entry_revision WHERE first_imported_at >= :moment", names)
    opened.executemany(
        "UPDATE entry_revision SET current = 1 WHERE merchant_id = ? AND key = ? AND revision = ?",
        [(*one, revision) for one, revision in last.items() if one in in_force],
    )


def _take_timers_back(opened: Any) -> None:
    """A timer that rang afterwards was set, unless what it is about came only later; one that never rang is still."""
    run = opened.execute
    rang: dict[tuple[str, str, str], tuple[str, str | None]] = {}
    for merchant, account, data in run("SELECT merchant_id, account_id, data FROM later WHERE type = 'timer'"):
        timer = json.loads(data)
        due = datetime.fromisoformat(timer["due"]).astimezone(UTC)
        rang.setdefault((merchant, timer["kind"], timer["subject"]), (account, sqlite_texts([due])[0]))
    opened.executemany(
        "INSERT OR REPLACE INTO timer (merchant_id, kind, subject, account_id, at) VALUES (?, ?, ?, ?, ?)",
        [(*name, *when) for name, when in rang.items()],
    )
    entries = set(run("SELECT merchant_id, key FROM entry_revision WHERE current"))
    people = set(run("SELECT merchant_id, wire_id FROM contact"))
    gone = [
        (merchant, kind, subject)
        for merchant, kind, subject in run("SELECT merchant_id, kind, subject FROM timer")
        if (kind in PERSON_TIMERS and (merchant, subject) not in people)
        or ((key := entry_of(kind, subject)) and (merchant, key) not in entries)
    ]
    opened.executemany("DELETE FROM timer WHERE merchant_id = ? AND kind = ? AND subject = ?", gone)
