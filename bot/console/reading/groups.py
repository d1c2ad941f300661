"""The groups as a tree, what is not in order in them, and who waits for a seat."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot import reading
from bot.console.reading.called import names_of
from bot.console.visit import Scope
from bot.group_report import group_rows
from models.groups import ChatGroup, Waiting
from models.people import Contact

_WAITING = 50
_CURE = "：group bind"  # of the command line; the page has buttons


class Tree(NamedTuple):
    """`bound` in the order of the tree, each with its depth; `unbound` belong to no tier yet."""

    bound: list[tuple[int, dict[str, Any]]]
    unbound: list[dict[str, Any]]


class Fault(NamedTuple):
    """What is not in order, and of whom, if it is about one of them."""

    text: str
    contact: str


class Queue(NamedTuple):
    """Who waits for a seat of a tier: how many, and the first of them (contact, name)."""

    tier: str
    number: int
    first: list[tuple[str, str]]


def tree_of(connection: Connection, scope: Scope) -> Tree:
    """All groups of the scope."""
    ours = _ours(connection, scope)
    rows = [row for row in reading.groups(connection, scope.merchant) if row["group"] in ours]
    names = names_of(connection, scope, {row["owner"] for row in rows if row["owner"]})
    rows = [row | {"owner_name": names.get(row["owner"], row["owner"])} for row in rows]
    return Tree(_in_order([row for row in rows if row["tier"]]), [row for row in rows if not row["tier"]])


def lint_of(connection: Connection, scope: Scope) -> dict[str, list[Fault]]:
    """What is not in order, as `report groups` has it, by room; of people in no group under nothing. It looks at
    everybody, so it takes its time in a large shop."""
    ours = _ours(connection, scope)
    lint: dict[str, list[Fault]] = {}
    for fault in group_rows(connection, scope.merchant):
        if (fault["group"] or not scope.pool) and (not fault["group"] or fault["group"] in ours):
            told = Fault(fault["text"].partition(_CURE)[0], fault["contact"] or "")
            lint.setdefault(fault["group"] or "", []).append(told)
    return lint


def queues(connection: Connection, scope: Scope) -> list[Queue]:
    """Who waits, by tier; the first who came first. Whoever sees one account only sees no waiting list of the shop."""
    if scope.pool:
        return []
    mine = scope.merchant.id
    counts = connection.execute(
        select(col(Waiting.tier), func.count()).where(col(Waiting.merchant_id) == mine).group_by(col(Waiting.tier))
    ).all()
    first: dict[str, list[tuple[str, str]]] = {}
    for tier, contact, name in connection.execute(
        select(col(Waiting.tier), col(Contact.wire_id), col(Contact.name))
        .join(
            Contact,
            (col(Contact.merchant_id) == col(Waiting.merchant_id)) & (col(Contact.id) == col(Waiting.contact_id)),
        )
        .where(col(Waiting.merchant_id) == mine)
        .order_by(col(Waiting.since), col(Waiting.contact_id))
        .limit(_WAITING)
    ):
        first.setdefault(tier, []).append((contact, name))
    return [Queue(tier, count, first.get(tier, [])) for tier, count in sorted(counts)]


def _ours(connection: Connection, scope: Scope) -> set[str]:
    return set(
        connection.execute(
            select(col(ChatGroup.wire_id)).where(
                col(ChatGroup.merchant_id) == scope.merchant.id, col(ChatGroup.account_id).in_(scope.accounts)
            )
        ).scalars()
    )


def _in_order(bound: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Each under the group above it; what is under none of these, or under itself, stands at the top."""
    below: dict[str, list[dict[str, Any]]] = {}
    rooms = {row["group"] for row in bound}
    for row in bound:
        below.setdefault(row["parent"] if row["parent"] in rooms else "", []).append(row)
    told: list[tuple[int, dict[str, Any]]] = []
    seen: set[str] = set()
    for start in (*below.get("", ()), *bound):
        open_rows = [(0, start)]
        while open_rows:
            depth, row = open_rows.pop()
            if row["group"] in seen:
                continue
            seen.add(row["group"])
            told.append((depth, row))
            open_rows += [(depth + 1, one) for one in reversed(below.get(row["group"], []))]
    return told
