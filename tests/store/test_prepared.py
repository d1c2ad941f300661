"""Inserts handed to the driver are those that SQLAlchemy would make, and lists of ids use an index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import bindparam, literal, or_, select, update
from sqlalchemy.dialects import sqlite
from sqlmodel import col

from bot.store import Store, Writing, places
from bot.store.inserting import insert_into
from bot.store.people import _ANSWERS, _GRANTS, _KNOWN, _MEMBERSHIPS, _SPEAKING, _TAGS
from bot.store.prepared import is_one_of, prepared
from models.columns import table_of
from models.deliveries import Cause, Delivery, DeliveryState, Lane
from models.operations import Timer
from tests.store.stage import NAIVE, START

ROW = {
    "id": 7,
    "merchant_id": "m1",
    "key": "chat:wx1:1",
    "account_id": "main",
    "kind": "text",
    "lane": "reply",
    "cause": "chat",
    "mentions": ["wx2", "群主"],
    "due_at": START,
    "next_at": START,
    "created_at": START,
}


@pytest.fixture
def writing(database_url: str) -> Iterator[Writing]:
    with closing(Store(database_url, lambda: START)) as store, store.writing() as writing:
        yield writing


_READ = select(col(Delivery.mentions), col(Delivery.media), col(Delivery.due_at), col(Delivery.not_after)).where(
    col(Delivery.merchant_id) == bindparam("merchant")
)


def test_json_and_times_are_read_as_values_in_utc(writing: Writing) -> None:
    media = [{"url": "a.png", "name": '图 "1"\n', "size": None}]
    there = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    writing.insert_new(Delivery, [ROW | {"media": media, "due_at": there}])
    [(mentions, shown, due, never)] = writing.rows(_READ, merchant="m1")
    assert (mentions, shown, due, never) == (["wx2", "群主"], media, there, None)
    assert due.tzinfo is UTC
    kept = writing.connection.execute(select(col(Delivery.media))).scalar()  # by SQLAlchemy too, on the same connection
    assert kept == media


def test_a_row_gets_the_defaults_of_its_model_and_comes_back_typed(writing: Writing) -> None:
    assert writing.insert_new(Delivery, [ROW]) == 1
    found = writing.connection.execute(
        select(
            col(Delivery.mentions), col(Delivery.media), col(Delivery.part), col(Delivery.state), col(Delivery.due_at),
            col(Delivery.promotional), col(Delivery.reason),
        )
    ).one()  # fmt: skip
    assert tuple(found) == (["wx2", "群主"], [], 1, "planned", START, False, None)


def test_what_is_there_already_is_kept_and_only_what_is_new_is_counted(writing: Writing) -> None:
    writing.insert(Delivery, [ROW])
    again, other = ROW | {"id": 8, "cause": "care"}, ROW | {"id": 9, "key": "chat:wx1:2"}
    assert writing.insert_new(Delivery, [again, other, ROW | {"id": 10}]) == 1
    assert dict(writing.connection.execute(select(col(Delivery.id), col(Delivery.cause))).all()) == {
        7: "chat",
        9: "chat",
    }


def test_an_upsert_replaces_the_columns_given(writing: Writing) -> None:
    timer = {"merchant_id": "m1", "kind": "nudge", "subject": "wx1", "at": START}
    writing.upsert(Timer, [timer | {"account_id": "main"}])
    writing.upsert(Timer, [timer | {"at": START.replace(hour=5)}])
    assert writing.connection.execute(select(col(Timer.account_id), col(Timer.at))).all() == [
        ("main", START.replace(hour=5))
    ]


# What is written many rows at a time, or looked up by a list, must not mean anything to the database on its way.
HOSTILE = [
    "",
    "\\N",
    "\\.",
    "a\\tb",
    "一\t二",
    "一\n二\r\n",
    '"引"',
    "{a,b}",
    "NULL",
    "a,b",
    "'; --",
    "\\",
    "🍵",
    "%s",
    " ",
]


def test_many_rows_keep_what_they_say_whatever_it_is(writing: Writing) -> None:
    times = [START, START.replace(microsecond=7), START.astimezone(ZoneInfo("Asia/Shanghai"))]
    rows = [
        ROW
        | {"id": number, "key": f"k{number}", "text": said, "template": None, "mentions": [said, {"名": [None, 1.5]}]}
        | {"approved": number % 2 == 0, "group_id": number if number % 3 else None, "due_at": times[number % 3]}
        for number, said in enumerate([*HOSTILE, *HOSTILE], 2**40)
    ]
    writing.insert(Delivery, rows)
    names = ("id", "text", "template", "mentions", "approved", "group_id", "due_at", "state", "part", "media", "spare")
    found = writing.connection.execute(
        select(*(col(getattr(Delivery, name)) for name in names)).order_by(col(Delivery.id))
    ).all()
    defaults = {"state": "planned", "part": 1, "media": [], "spare": None}
    assert [tuple(row) for row in found] == [tuple((row | defaults)[name] for name in names) for row in rows]


def test_a_nul_is_kept_or_shown_as_unreadable(writing: Writing) -> None:
    writing.insert(Delivery, [ROW | {"id": number, "key": f"k{number}", "text": "一\0二"} for number in range(20)])
    (text,) = set(writing.connection.execute(select(col(Delivery.text))).scalars())
    assert text == ("一\ufffd二" if writing.connection.dialect.name == "postgresql" else "一\0二")


def test_of_many_rows_for_one_key_the_last_counts(writing: Writing) -> None:
    timers = [
        {"merchant_id": "m1", "kind": "nudge", "subject": f"wx{number % 5}", "at": START, "account_id": str(number)}
        for number in range(20)
    ]
    for _ in range(2):
        writing.upsert(Timer, timers)
    rows = writing.connection.execute(select(col(Timer.subject), col(Timer.account_id)))
    assert dict(rows.all()) == {f"wx{number}": str(number + 15) for number in range(5)}


def test_texts_are_found_whatever_they_say(writing: Writing) -> None:
    writing.insert(
        Delivery, [ROW | {"id": number, "key": f"k{number}", "text": said} for number, said in enumerate(HOSTILE)]
    )
    statement = select(col(Delivery.text)).where(is_one_of(col(Delivery.text), "texts")).order_by(col(Delivery.id))
    for texts in (HOSTILE, HOSTILE[1:4], [], ["none"]):
        found = writing.connection.execute(statement, {"texts": texts}).scalars().all()
        assert found == [text for text in HOSTILE if text in texts]


def test_nothing_comes_back_as_nothing_whatever_stands_beside_it(writing: Writing) -> None:
    names = ("reason", "text", "template", "contact_id", "group_id", "until", "left_at", "state", "lane")
    rows = [
        (None, "0", None, None, 0, None, None, DeliveryState.WAITING, Lane.CARE),
        ("quiet", "", None, 5, None, START, None, "planned", Lane.REPLY),
        ("", None, None, 0, 7, None, None, DeliveryState.PLANNED, "service"),
    ]
    writing.put(
        Delivery,
        (*ROW, *names[:-2], "state"),
        [
            (*(ROW | {"id": number, "key": f"k{number}", "lane": row[-1]}).values(), *row[:-1])
            for number, row in enumerate(rows)
        ],
    )
    columns = [col(getattr(Delivery, name)) for name in names]
    found = writing.connection.execute(select(*columns).order_by(col(Delivery.id))).all()
    assert [tuple(one) for one in found] == rows
    kinds = writing.connection.exec_driver_sql("SELECT count(*) FROM delivery WHERE text = '' OR text = '0'").scalar()
    assert kinds == 2


def test_the_driver_of_sqlite_is_handed_numbers_and_texts_alone() -> None:
    rows = [(7, Lane.CARE, None, True, START, ["wx2"], None), (8, "reply", Cause.CHAT, False, START, [], START)]
    names = ("id", "lane", "reason", "promotional", "due_at", "mentions", "until")
    columns = list(zip(*rows, strict=True))
    insert = insert_into("sqlite", table_of(Delivery), names, "error", columns)
    assert {type(value) for row in insert.values(columns) for value in row} == {int, str}


_SAID = select(col(Delivery.id), literal("100 %s?")).where(
    col(Delivery.state) == DeliveryState.WAITING,
    col(Delivery.text) == "it's 100 %?",
    col(Delivery.part) == 1,
    or_(col(Delivery.request) == bindparam("request"), col(Delivery.kind) == bindparam("request")),
)


def test_constants_stand_in_a_statement_whatever_they_say(writing: Writing) -> None:
    """What SQLite is handed over, it may have to prepare the statement anew for."""
    said = ROW | {"text": "it's 100 %?", "state": DeliveryState.WAITING}
    writing.insert(Delivery, [said, said | {"id": 8, "key": "k8", "state": DeliveryState.PLANNED}])
    assert writing.rows(_SAID, request="text") == [(7, "100 %s?")]
    assert writing.rows(_SAID, request="it's") == []
    assert prepared("sqlite", _SAID).handed_over({"request": "it's"})[1] == ["it's", "it's"]


_UPDATE = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("this"))
    .values(state=DeliveryState.WAITING, text="it's", request=bindparam("why"), reason=bindparam("why"), until=None)
)


@pytest.mark.parametrize("reasons", [("quiet", "paused"), ("quiet", None), (None, None)])
def test_rows_are_updated_each_by_its_own_and_all_by_the_constants(
    writing: Writing, reasons: tuple[str | None, str | None]
) -> None:
    update_each = _UPDATE.values(request="") if None in reasons else _UPDATE
    rows = [ROW | {"id": number, "key": f"k{number}", "until": START, "text": "?"} for number in (1, 2, 3)]
    writing.insert(Delivery, rows)
    writing.each(update_each, ("this", "why"), list(enumerate(reasons, 1)))
    columns = [col(getattr(Delivery, name)) for name in ("state", "reason", "until", "text")]
    found = writing.connection.execute(select(*columns).order_by(col(Delivery.id))).all()
    assert [tuple(one) for one in found] == [
        *(("waiting", reason, None, "it's") for reason in reasons),
        ("planned", None, START, "?"),
    ]


def test_a_time_without_a_zone_is_refused(writing: Writing) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        writing.insert(Delivery, [ROW | {"due_at": NAIVE}])
    with pytest.raises(ValueError, match="without a zone"):
        writing.insert(Delivery, [ROW | {"id": number, "key": str(number), "due_at": NAIVE} for number in range(20)])


def test_ids_are_found_however_many_there_are(writing: Writing) -> None:
    writing.insert(Delivery, [ROW | {"id": 2**62 + n, "key": f"k{n}"} for n in range(3)])
    statement = select(col(Delivery.id)).where(is_one_of(col(Delivery.id), "ids")).order_by(col(Delivery.id))
    ids = [*range(40_000), 2**62, 2**62 + 2]
    assert writing.connection.execute(statement, {"ids": ids}).scalars().all() == [2**62, 2**62 + 2]
    assert writing.connection.execute(statement, {"ids": []}).scalars().all() == []


# What they are looked up by is a list, and what was found may be put in order.
_NO_READING = ("LIST SUBQUERY", "SCAN json_each", "USE TEMP B-TREE FOR ORDER BY")


@pytest.mark.parametrize(
    "statement",
    [_ANSWERS, _GRANTS, _KNOWN, _MEMBERSHIPS, _SPEAKING, _TAGS, places._MEMBERSHIPS, places._WAITING, places._PLACED],
)
def test_people_are_looked_up_by_their_ids_and_never_by_reading_all(sqlite_url: str, statement: object) -> None:
    text = str(statement.compile(dialect=sqlite.dialect()))  # type: ignore[attr-defined]
    with closing(Store(sqlite_url, lambda: START)) as store, store.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("m1", "[1]")).all()
    steps = [step for _, _, _, step in plan if not step.startswith(_NO_READING)]
    assert all("SEARCH" in step and step.count("=?") >= 2 for step in steps), steps
