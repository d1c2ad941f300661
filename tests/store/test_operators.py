"""Who may sign in, and the sessions of those who did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.store import operators
from models.operations import AuditEntry
from models.operators import Operator, OperatorSession
from models.orders import DescribePersonOrder, InviteOperatorOrder, RemoveOperatorOrder
from models.people import Tag
from tests.store.stage import START, merchant, shop

TOMORROW = START + timedelta(days=1)


def invitation(name: str = "小林", secret: str = "abc") -> InviteOperatorOrder:
    return InviteOperatorOrder(
        merchant="m1", at=START, wire_id=f"{name}{secret}", name=name, role="viewer", invitation=secret, until=TOMORROW
    )


def test_there_is_one_first_owner(database_url: str) -> None:
    with shop(database_url, merchant("m1"), merchant("m2", accounts=("second",))) as stage:
        shops = list(stage.merchants.values())
        with stage.store.reading() as connection:
            assert not operators.has_operators(connection)
        assert operators.found_shop(stage.store, shops, "店主", "hash", START)
        assert not operators.found_shop(stage.store, shops, "别人", "hash", START)
        with stage.store.reading() as connection:
            known = operators.operators_named(connection, "店主")
        assert {(one.merchant, one.role) for one in known} == {("m1", "owner"), ("m2", "owner")}
        assert [row.action for row in stage.rows(AuditEntry)] == ["operator.setup"] * 2


def test_a_link_is_used_up_and_signs_out_who_had_another_password(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(invitation())
        with stage.store.reading() as connection:
            assert operators.operators_named(connection, "小林") == []
            assert [one.name for one in operators.invited(connection, "abc", START)] == ["小林"]
            assert operators.invited(connection, "abc", TOMORROW) == []
        (joined,) = operators.accept_invitation(stage.store, stage.merchants, "abc", "first", START)
        assert joined.password == "first"
        assert operators.accept_invitation(stage.store, stage.merchants, "abc", "second", START) == []
        operators.open_session(stage.store, "t1", stage.merchants["m1"], "小林", START, TOMORROW)
        stage.apply(invitation(secret="def"))
        operators.accept_invitation(stage.store, stage.merchants, "def", "second", START)
        assert stage.rows(OperatorSession) == []
        assert [row.password for row in stage.rows(Operator)] == ["second"]


def test_who_is_removed_is_signed_out(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(invitation())
        operators.accept_invitation(stage.store, stage.merchants, "abc", "hash", START)
        operators.open_session(stage.store, "t1", stage.merchants["m1"], "小林", START, TOMORROW)
        with stage.store.reading() as connection:
            assert operators.session_of(connection, "t1") == operators.Session("m1", "小林", START, TOMORROW)
        stage.apply(RemoveOperatorOrder(merchant="m1", at=START, name="小林"))
        assert stage.rows(OperatorSession) == stage.rows(Operator) == []


def test_another_password_ends_the_sessions_of_other_devices(database_url: str) -> None:
    with shop(database_url, merchant("m1"), merchant("m2", accounts=("second",))) as stage:
        shops = list(stage.merchants.values())
        operators.found_shop(stage.store, shops, "店主", "first", START)
        for token, whose in (("t1", shops[0]), ("t2", shops[1])):
            operators.open_session(stage.store, token, whose, "店主", START, TOMORROW, "Firefox" * 90, "::1")
        operators.open_session(stage.store, "t3", shops[0], "小林", START, TOMORROW)
        with stage.store.reading() as connection:
            found = operators.sessions_of(connection, ["m1", "m2"], "店主", START)
            assert [(one.token, len(one.agent)) for one in found] == [("t1", 300), ("t2", 300)]
            assert operators.sessions_of(connection, ["m1"], "店主", TOMORROW) == []
        operators.change_password(stage.store, shops, "店主", "second", START, "t1")
        assert {row.password for row in stage.rows(Operator)} == {"second"}
        assert {row.token for row in stage.rows(OperatorSession)} == {"t1", "t3"}
        operators.end_sessions(stage.store, shops, "店主", START)
        assert {row.token for row in stage.rows(OperatorSession)} == {"t3"}
        assert [row.action for row in stage.rows(AuditEntry)][-2:] == ["operator.sign_out"] * 2


def test_a_forged_order_about_another_account_is_refused_on_record(database_url: str) -> None:
    with shop(database_url, merchant("m1", accounts=("main", "second"))) as stage:
        stage.befriend("wx1")
        given: dict[str, Any] = {"actor": "console:小林", "contact": "wx1", "add": ("老客",)}
        (theirs,) = stage.apply(DescribePersonOrder(merchant="m1", at=START, within="second", **given))
        stage.apply(DescribePersonOrder(merchant="m1", at=START, within="main", **given))
        assert not theirs.error
        assert [row.tag for row in stage.rows(Tag)] == ["老客"]
        audits = [(row.result, row.reason) for row in stage.rows(AuditEntry)]
        assert audits == [("refused", "not_permitted(within second)"), ("ok", "")]


def test_sessions_go_on_and_end(database_url: str) -> None:
    with shop(database_url) as stage:
        operators.open_session(stage.store, "old", stage.merchants["m1"], "小林", START, START + timedelta(hours=1))
        operators.open_session(stage.store, "t1", stage.merchants["m1"], "小林", START + timedelta(hours=2), TOMORROW)
        assert [row.token for row in stage.rows(OperatorSession)] == ["t1"]
        operators.change_session(stage.store, "t1", merchant="m1", until=TOMORROW + timedelta(hours=3))
        assert [row.expires_at for row in stage.rows(OperatorSession)] == [TOMORROW + timedelta(hours=3)]
        operators.end_session(stage.store, "t1")
        assert stage.rows(OperatorSession) == []
