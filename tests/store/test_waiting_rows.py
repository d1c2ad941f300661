"""Who came and left, who waits for a human and what is open, as rows, on both databases."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy.dialects import sqlite

from bot.digest_report import digest_rows, joins_rows
from bot.store import Store, commanding
from bot.store.open_questions import load_open
from models import effects as fx
from models.context import PersonView, RoleView
from models.events import GroupJoined, GroupLeft, Message, Who
from models.groups import GroupChange
from models.operations import Ticket
from models.orders import BindGroupOrder
from tests.store.stage import START, Shop, merchant, shop

ROOM = "room-1@chatroom"
BOSS = PersonView(person_id=0, contact_id=0, wire_id="wx-boss", roles=(RoleView(role="owner"),))


def says(stage: Shop, contact: str, text: str, group: str = ROOM) -> None:
    stage.later(seconds=1)
    message = Message(
        merchant="m1", account="main", at=stage.at, contact=Who(contact), group=group, text=text, wire_id=stage.fresh()
    )
    stage.apply(message)


def came(stage: Shop, *contacts: str) -> None:
    stage.later(seconds=1)
    members = tuple(Who(one, one.upper()) for one in contacts)
    stage.apply(GroupJoined(merchant="m1", account="main", at=stage.at, group=ROOM, members=members, by="wx1"))


def test_each_coming_and_leaving_is_a_row_and_the_digest_counts_them(database_url: str) -> None:
    with shop(database_url, merchant(tiers=[{"name": "茶桌"}])) as stage:
        stage.befriend("wx1")
        stage.apply(BindGroupOrder(merchant="m1", at=stage.at, group=ROOM, tier="茶桌"))
        came(stage, "wx1", "wx2")
        came(stage, "wx2")  # said twice
        stage.later(seconds=1)
        left = GroupLeft(merchant="m1", account="main", at=stage.at, group=ROOM, members=(Who("wx2"),))
        stage.apply(left)
        stage.apply(left)
        came(stage, "wx2")
        says(stage, "wx2", "岩茶真香")
        says(stage, "wx1", "岩茶多少钱一斤？")
        assert [row.came for row in stage.rows(GroupChange)] == [True, True, False, True]
        known = stage.merchants["m1"]
        day = stage.at.astimezone(known.zone).date()
        with stage.store.reading() as connection:
            of_group, every = digest_rows(connection, known, stage.at, day)
            changes = joins_rows(connection, known, day, day)
            (question,) = load_open(connection, known, stage.at, BOSS)
        figures = ("joins", "leaves", "active", "messages", "words", "members")
        assert [of_group[name] for name in figures] == [3, 1, 2, 2, [["岩茶", 2]], 2]
        assert [every[name] for name in figures] == [of_group[name] for name in figures]
        assert [(one["change"], one["by"]) for one in changes] == [
            ("joined", "wx1"),
            ("joined", "wx1"),
            ("left", "wx1"),
            ("joined", "wx1"),
        ]
        assert (question.text, question.group, question.contact) == ("岩茶多少钱一斤？", ROOM, "wx1")


def test_a_contact_has_one_open_ticket_and_a_closed_one_stays(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.befriend("wx1")
        says(stage, "wx1", "人工", group="")
        says(stage, "wx1", "人工客服在吗", group="")
        (ticket,) = stage.rows(Ticket)
        assert (ticket.text, ticket.closed_at) == ("人工客服在吗", None)
        stage.bring_about(fx.ClaimTicket(contact_id=ticket.contact_id, by="wx-boss"))
        stage.bring_about(fx.CloseTicket(contact_id=ticket.contact_id, by="wx-boss"))
        says(stage, "wx1", "转人工", group="")
        closed, again = sorted(stage.rows(Ticket), key=lambda row: row.id)
        assert (closed.claimed_by, closed.closed_by, again.claimed_by, again.closed_at) == (
            "wx-boss",
            "wx-boss",
            "",
            None,
        )


@pytest.mark.parametrize("statement", [commanding._ASKED_FOR_TEXT])
def test_whose_words_are_waited_for_is_read_from_an_index_of_those_alone(sqlite_url: str, statement: object) -> None:
    text = str(statement.compile(dialect=sqlite.dialect()))  # type: ignore[attr-defined]
    with closing(Store(sqlite_url, lambda: START)) as store, store.reading() as connection:
        (step,) = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("m1", "2026")).all()
    assert "pending_command_text" in step[3]
