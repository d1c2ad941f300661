"""Who may be whom, on both databases: asked about once, answered by a human, and taken back."""

from __future__ import annotations

from typing import Any

from bot import identity_report, reading
from models import effects as fx
from models.alerts import Alert, AlertKind
from models.identity import Doubt, DoubtKind, DoubtState, Merge
from models.operations import RoleGrant
from models.orders import MergeOrder, Order, SettleDoubtOrder, UnmergeOrder
from tests.store.stage import Shop, reply, shop
from tests.store.test_identity_rows import everything, ids, merge, persons, unmerge, view


def test_who_gave_the_same_number_is_asked_about_once(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.befriend("wx1", "wx2", "wx3")
        person, contact = persons(stage), ids(stage)

        def tells(who: str, number: str) -> None:
            stage.bring_about(
                fx.PutAnswer(person_id=person[who], key="mobile", value=number, state="answered", identity=number),
                fx.DoubtByAnswer(person_id=person[who], contact_id=contact[who], identity=number),
            )

        tells("wx1", "13812345678")
        tells("wx2", "13912345678")
        assert stage.rows(Doubt) == []
        tells("wx3", "13812345678")
        tells("wx3", "13812345678")
        (row,) = stage.rows(Doubt)
        assert (row.kind, row.contact_id, row.other_id, row.evidence, row.state) == (
            "merge",
            contact["wx3"],
            contact["wx1"],
            ["answer"],
            "open",
        )
        merge(stage, "wx1", "wx3")
        (row,) = stage.rows(Doubt)
        assert row.state == "same"
        unmerge(stage, stage.rows(Merge)[-1].id)
        (row,) = stage.rows(Doubt)
        assert row.state == "different"
        tells("wx3", "13812345678")
        (row,) = stage.rows(Doubt)
        assert row.state == "different"


def in_doubt(stage: Shop) -> dict[str, int]:
    """`new` may be `old` or `older`, who are both missing; an alert says so."""
    to = stage.befriend("old", "older", "new")
    stage.bring_about(
        *(
            fx.PutDoubt(
                kind=DoubtKind.REBIND,
                contact_id=to["new"],
                other_id=to[one],
                account="main",
                evidence=("name",),
            )
            for one in ("old", "older")
        ),
        fx.RaiseAlert(kind=AlertKind.AMBIGUOUS, subject="main", began_at=stage.at, account="main", text="?"),
    )
    return to


def test_a_missing_friend_is_found_with_what_was_said_meanwhile(database_url: str) -> None:
    with shop(database_url) as stage:
        to = in_doubt(stage)
        person = persons(stage)
        stage.bring_about(fx.OptOut(person_id=person["new"]), fx.PutRole(wire_id="old", role="hall"))
        stage.bring_about(reply("planned for the new id", to["new"]))
        before = everything(stage)
        stage.later(minutes=5)
        stage.bring_about(
            fx.MergePersons(
                kept_id=person["old"],
                gone_id=person["new"],
                survey_of=person["old"],
                by="operator",
                rebound=(to["old"], to["new"]),
            ),
            fx.Rebind(contact_id=to["old"], wire_id="new", stranger_id=to["new"], former_wire_id="old"),
            fx.PutRole(wire_id="new", role="hall", granted_by="rebind"),
            fx.PutFriendship(account="main", contact_id=to["new"], person_id=person["old"], state="removed", old=True),
            *(
                fx.SettleDoubt(
                    kind=DoubtKind.REBIND, contact_id=to["new"], other_id=to[one], state=state, by="operator"
                )
                for one, state in (("old", DoubtState.SAME), ("older", DoubtState.DIFFERENT))
            ),
        )
        assert ids(stage) | {"new": to["old"], "old": to["new"]} == ids(stage)
        assert view(stage, "new").opted_out
        assert stage.delivery("planned for the new id").contact_id == to["old"]
        assert [row.ended_at is None for row in stage.rows(Alert)] == [False]
        unmerge(stage, stage.rows(Merge)[-1].id)
        assert everything(stage) == before
        assert [(row.wire_id, row.granted_by) for row in stage.rows(RoleGrant)] == [("old", "")]
        assert [(row.other_id, row.state) for row in stage.rows(Doubt)] == [
            (to["old"], "different"),
            (to["older"], "open"),
        ]


def test_an_alert_lasts_as_long_as_somebody_is_in_doubt(database_url: str) -> None:
    with shop(database_url) as stage:
        to = in_doubt(stage)
        for one, over in (("old", False), ("older", True)):
            stage.bring_about(
                fx.SettleDoubt(
                    kind=DoubtKind.REBIND,
                    contact_id=to["new"],
                    other_id=to[one],
                    state=DoubtState.DIFFERENT,
                    by="operator",
                )
            )
            assert [row.ended_at is not None for row in stage.rows(Alert)] == [over]


def told(stage: Shop, order: Order) -> str:
    """What an operator's order is answered with."""
    (outcome,) = stage.apply(order)
    (answered,) = [effect for effect in outcome.effects if isinstance(effect, fx.Answered)]
    return answered.text or answered.refused


def test_orders_and_what_the_operator_reads(database_url: str) -> None:
    with shop(database_url) as stage:
        in_doubt(stage)
        stage.befriend("wx1", "wx2", "wx3")
        here: dict[str, Any] = {"merchant": "m1", "at": stage.at}
        known = stage.merchants["m1"]

        def reads() -> tuple[list[tuple[str, str]], list[tuple[list[str], list[str]]]]:
            with stage.store.reading() as connection:
                doubts = identity_report.ambiguous(connection, known)
                merges = identity_report.merges(connection, known)
                assert identity_report.unknown(connection, known, "wx1", "nobody") == ["nobody"]
            return [(row["contact"], row["other"]) for row in doubts], [
                (row["contacts"], row["with"]) for row in merges
            ]

        assert reads() == ([("new", "old"), ("new", "older")], [])
        assert "people same new old" in told(stage, MergeOrder(**here, kept="new", other="old"))
        assert "unmerge wx2" in told(stage, MergeOrder(**here, kept="wx1", other="wx2"))
        assert "unmerge wx1" in told(stage, MergeOrder(**here, kept="wx3", other="wx1"))
        assert reads()[1] == [(["wx2"], []), (["wx1", "wx2"], ["wx3"])]
        with stage.store.reading() as connection:
            row = reading.who(connection, known, "wx2", stage.at)
        assert row is not None
        assert row["contacts"] == ["wx1", "wx2", "wx3"]
        assert "撤销了" in told(stage, UnmergeOrder(**here, contact="wx2"))
        assert reads()[1] == [(["wx2"], ["wx1"])]
        assert "撤销了" in told(stage, UnmergeOrder(**here, contact="wx2"))
        assert "没有合并过" in told(stage, UnmergeOrder(**here, contact="wx2"))
        assert "不是「older」" in told(stage, SettleDoubtOrder(**here, contact="new", other="older"))
        assert "换了编号，现在是 new" in told(stage, SettleDoubtOrder(**here, contact="new", other="old", same=True))
        assert reads() == ([], [(["old"], ["new"])])
        assert "撤销了" in told(stage, UnmergeOrder(**here, contact="new"))
        assert reads() == ([("new", "older")], [])
