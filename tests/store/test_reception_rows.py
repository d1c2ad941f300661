"""Newcomers as rows on both databases: where they came from, who claimed them, the figures, a flood in order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from bot.reading import who
from bot.reception_report import people_rows, quantile, reception_rows
from models import effects as fx
from models.deliveries import Cause
from models.events import Event, FriendAdded, FriendRemoved, FriendRequested, GroupJoined, Who
from models.orders import ErasePersonOrder, SurveyFinished
from models.people import Contact, Friendship, Person, Survey
from tests.store.stage import START, Shop, merchant, said, shop
from tests.store.test_outbox import answer, claimed

BOOK: dict[str, Any] = {
    "reception": {"accept": [{"accept": True}], "greetings": ["你好呀。"]},
    "survey": {
        "questions": [
            {"key": "call", "type": "name", "texts": ["怎么称呼？"]},
            {"key": "tea", "type": "freetext", "texts": ["喝什么茶？"]},
        ],
        "completion": [{"coupon": "新人券", "owner": "wx-hall"}],
    },
}


def requested(contact: str, **more: Any) -> FriendRequested:
    known = {"merchant": "m1", "account": "main", "at": START, "wire_id": f"r-{contact}", "request": contact, **more}
    return FriendRequested(contact=Who(contact, contact.upper()), **known)


def added(contact: str, **more: Any) -> FriendAdded:
    return FriendAdded(merchant="m1", account="main", at=START, contact=Who(contact, contact.upper()), **more)


def comes_in(group: str, by: str) -> GroupJoined:
    return GroupJoined(merchant="m1", account="main", at=START, group=group, members=(Who("wx1"),), by=by)


def work_off(stage: Shop, *, confirm: bool = True) -> list[str]:
    """Send all that may leave; each acceptance is followed by its friendship."""
    sent: list[str] = []
    while keys := claimed(stage):
        for key in keys:
            answer(stage, key)
            sent.append(key)
            if confirm and key.startswith("accept:"):
                stage.apply(added(key.split(":")[2], wire_id=f"a-{key}"))
    return sent


def test_where_they_came_from_first_is_never_overwritten(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.apply(
            GroupJoined(
                merchant="m1", account="main", at=START, group="r@chatroom", members=(Who("wx1"),), by="wx-boss"
            )
        )
        stage.apply(requested("wx1", source="海报3", hello="你好"))
        work_off(stage)
        stage.apply(FriendRemoved(merchant="m1", account="main", at=START, contact=Who("wx1")))
        stage.apply(comes_in("q@chatroom", by="wx-x"))
        stage.later(hours=1)
        stage.apply(requested("wx1", source="海报9", wire_id="r-2", at=stage.at))
        work_off(stage)
        (row,) = stage.rows(Friendship)
        assert (row.source, row.inviter, row.state) == ("海报3", "wx-boss", "friend")
        with stage.store.reading() as connection:
            told = (people_rows(connection, stage.merchants["m1"], "accepted") or [])[0]
        assert (told["group"], told["inviter"], told["source"]) == ("r@chatroom", "wx-boss", "海报3")
        assert next(row.source for row in stage.rows(Person) if row.source) == "海报3"


def test_the_first_claim_holds_and_the_coupon_stays_with_the_survey(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.apply(requested("wx1"))
        work_off(stage)
        stage.apply(said("wx1", "叫我老林", "e1"))
        stage.apply(said("wx1", "红茶", "e2"))
        (survey,) = stage.rows(Survey)
        assert (survey.state, survey.coupon) == ("finished", "新人券")
        stage.apply(SurveyFinished(merchant="m1", account="main", at=START, contact="wx1", owner="wx-other"))
        with stage.store.reading() as connection:
            told = who(connection, stage.merchants["m1"], "wx1", START)
        assert told is not None
        assert (told["owner"], told["coupon"]) == ("wx-hall", "新人券")


def test_the_figures_and_the_rows_behind_them_agree(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.befriend("wx-old")
        stage.apply(*(requested(f"wx{number}", source="海报3" if number < 3 else "") for number in range(5)))
        work_off(stage)
        stage.apply(said("wx0", "叫我老林", "e1"), said("wx1", "不想说", "e2"), said("wx2", "叫我小王", "e3"))
        stage.apply(said("wx0", "红茶", "e4"))
        view = stage.merchants["m1"]
        with stage.store.reading() as connection:
            rows = {row["source"]: row for row in reception_rows(connection, view)}
            figures = ("requested", "accepted", "greeted", "started", "finished")
            for source, row in rows.items():
                for figure in figures:
                    behind = people_rows(connection, view, figure, "main", source)
                    assert behind is not None
                    assert len(behind) == row[figure], (source, figure)
                for key, counts in row["by_question"].items():
                    assert sum(counts.values()) == 2 * counts["asked"]
                    for state, count in counts.items():
                        one = key if state == "asked" else f"{key}:{state}"
                        assert len(people_rows(connection, view, one, None, source) or ()) == count, one
            assert [rows["海报3"][figure] for figure in figures] == [3, 3, 3, 3, 1]
            assert rows["海报3"]["by_question"] == {
                "call": {"asked": 3, "answered": 2, "declined": 1, "later": 0, "aside": 0, "open": 0},
                "tea": {"asked": 3, "answered": 1, "declined": 0, "later": 0, "aside": 0, "open": 2},
            }
            assert people_rows(connection, view, "ungreeted") == people_rows(connection, view, "unsurveyed") == []
            assert people_rows(connection, view, "finised") is None
            assert people_rows(connection, view, "call:finished") is None


def test_a_new_friend_without_a_greeting_or_a_survey_is_found(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.apply(requested("wx1"), requested("wx2"))
        work_off(stage)
        ids = {row.wire_id: row for row in stage.rows(Contact)}
        with stage.store.writing() as writing:
            writing.connection.execute(text("DELETE FROM survey WHERE person_id = :id"), {"id": ids["wx1"].person_id})
            lost = "UPDATE delivery SET state = 'failed' WHERE key = 'greet:wx2'"
            writing.connection.execute(text(lost))
        with stage.store.reading() as connection:
            unsurveyed, ungreeted = (
                [row["contact"] for row in people_rows(connection, stage.merchants["m1"], figure) or ()]
                for figure in ("unsurveyed", "ungreeted")
            )
        assert (unsurveyed, ungreeted) == (["wx1"], ["wx2"])


def test_a_flood_is_taken_in_order_and_everybody_is_greeted_and_asked_once(database_url: str) -> None:
    people = [f"wx{number:03}" for number in range(40)]
    flood: list[Event] = [requested(one) for one in people]
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.apply(*flood, *flood)  # each is told twice
        sent = work_off(stage)
        assert [key.split(":")[2] for key in sent if key.startswith("accept:")] == people
        assert [key for key in sent if key.startswith("greet:")] == [f"greet:{one}" for one in people]
        assert [key for key in sent if key.startswith("ask:")] == [f"ask:{one}:1" for one in people]
        with stage.store.reading() as connection:
            (row,) = reception_rows(connection, stage.merchants["m1"])
        assert [row[name] for name in ("requested", "accepted", "greeted", "started")] == [40] * 4


def test_a_greeting_of_who_comes_back_is_looked_up_for_all_at_once(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.apply(*(added(f"wx{number}", wire_id=f"a{number}") for number in range(3)))
        stage.bring_about(
            *(
                fx.Cancel(contact_id=row.id, causes=(Cause.GREETING,))
                for row in stage.rows(Contact)
                if row.wire_id == "wx1"
            )
        )
        stage.apply(
            *(FriendRemoved(merchant="m1", account="main", at=START, contact=Who(f"wx{number}")) for number in range(3))
        )
        stage.apply(*(added(f"wx{number}", wire_id=f"b{number}") for number in range(3)))
        greetings = sorted(key for key in work_off(stage) if key.startswith("greet:"))
        assert greetings == ["greet:wx0", "greet:wx1:main:20261123T020000", "greet:wx2"]


def test_the_median_is_the_smallest_that_half_of_them_do_not_exceed() -> None:
    delays = [0.0, 0.0, 180.0, 900.0]
    assert [quantile(delays, share) for share in (0.5, 0.75, 0.95)] == [0.0, 180.0, 900.0]
    assert (quantile([], 0.5), quantile([7.0], 0.5)) == (None, 7.0)


def test_who_was_greeted_and_comes_again_is_told_of_as_the_first_time(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.apply(requested("wx1", source="海报3", hello="第一次"))
        work_off(stage)
        view = stage.merchants["m1"]
        with stage.store.reading() as connection:
            first = people_rows(connection, view, "greeted")
        stage.later(hours=30)
        stage.apply(requested("wx1", hello="又来了", wire_id="r-2", at=stage.at))
        with stage.store.reading() as connection:
            assert people_rows(connection, view, "greeted") == first
        work_off(stage)
        stage.apply(FriendRemoved(merchant="m1", account="main", at=stage.at, contact=Who("wx1")))
        stage.apply(added("wx1", wire_id="a-3"))
        with stage.store.reading() as connection:
            assert people_rows(connection, view, "greeted") == first
        (row,) = stage.rows(Friendship)
        assert (row.hello, row.first_hello) == ("又来了", "第一次")


def test_after_an_erasure_all_figures_are_as_before(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.apply(requested("wx1"), requested("wx2"))
        work_off(stage)
        stage.apply(said("wx1", "叫我老林", "e1"), said("wx2", "叫我小王", "e2"))
        stage.apply(said("wx1", "红茶", "e3"))
        view = stage.merchants["m1"]
        with stage.store.reading() as connection:
            before = reception_rows(connection, view)
        for contact in ("wx1", "wx2"):
            stage.apply(ErasePersonOrder(merchant="m1", at=START, contact=contact))
        with stage.store.reading() as connection:
            assert reception_rows(connection, view) == before
            assert [row["name"] for row in people_rows(connection, view, "tea:open") or ()] == [""]
