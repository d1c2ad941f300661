"""What the program could not deal with is decided once more, when it has been mended."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bot import cli
from bot.config import load_config
from bot.desk import Desk
from bot.store import failed as failed_store
from handlers import decide
from models import effects as fx
from models.alerts import Alert
from models.context import Context
from models.effects import Answered, Effect
from models.events import Event, LoggedIn, Message, TimerDue, TroubleBegan
from models.journal import Body, JournalEntry
from models.operations import AuditEntry, Timer
from models.orders import DecideAgainOrder
from tests.store.stage import START, Shop, merchant, said, shop

AUDIT = fx.Audit(actor="wx1", action="seen")
AGAIN = DecideAgainOrder(merchant="m1", at=START)


def broken(event: Event, context: Context) -> list[Effect]:
    """A program that cannot deal with what a member says, nor with timers and logins."""
    if isinstance(event, DecideAgainOrder):
        return list(decide(event, context))
    raise ZeroDivisionError("no such luck")


def mended(event: Event, context: Context) -> list[Effect]:
    """The same, after somebody looked at it."""
    return list(decide(event, context)) if isinstance(event, DecideAgainOrder) else [AUDIT]


def half_mended(event: Event, context: Context) -> list[Effect]:
    if isinstance(event, Message) and event.text == "毒":
        raise KeyError("still")
    return mended(event, context)


def again(stage: Shop, *ids: int, by: Any = mended) -> Answered:
    outcome = stage.apply(DecideAgainOrder(merchant="m1", at=stage.at, events=ids), decide=by)[0]
    assert not outcome.error
    return next(effect for effect in outcome.effects if isinstance(effect, Answered))


def failed(stage: Shop) -> list[int]:
    return [row.id for row in stage.rows(JournalEntry) if row.error]


def actions(stage: Shop) -> list[str]:
    return [row.action for row in stage.rows(AuditEntry)]


def test_each_is_decided_once_more_and_stands_in_the_journal_once(database_url: str) -> None:
    events = [said("wx1", "毒", wire_id="a"), said("wx2", "药", wire_id="b")]
    with shop(database_url) as stage:
        stage.apply(*events, decide=broken)
        stage.later(hours=1)
        assert again(stage).text == "重新处理了 2 件。"
        assert failed(stage) == []
        assert [row.wire_id for row in stage.rows(JournalEntry) if row.type == "message"] == ["a", "b"]
        assert [row.text for row in stage.rows(Body)] == ["毒", "药"]
        assert actions(stage) == ["events.again", "seen", "seen"]
        assert all(one.duplicate for one in stage.apply(*events, decide=mended))  # and is known for good
        assert again(stage).refused == "没有处理不了的事。"


def test_what_fails_again_stays_with_the_new_reason(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(said("wx1", "毒", wire_id="a"), said("wx2", "药", wire_id="b"), decide=broken)
        first, _second = failed(stage)
        again(stage, by=half_mended)
        assert failed(stage) == [first]
        assert "KeyError" in stage.rows(JournalEntry, JournalEntry.id == first)[0].error


def test_only_what_is_named(database_url: str) -> None:
    with shop(database_url, merchant(), merchant("m2", accounts=("other",))) as stage:
        foreign = said("wx9", "毒", wire_id="c", merchant="m2", account="other")
        stage.apply(said("wx1", "毒", wire_id="a"), said("wx2", "药", wire_id="b"), foreign, decide=broken)
        first, second, of_others = failed(stage)
        assert again(stage, second).text == "重新处理了 1 件。"
        assert failed(stage) == [first, of_others]
        assert again(stage, first, of_others).refused == f"没有处理不了的事「{of_others}」，events list 里看编号。"
        assert again(stage).text == "重新处理了 1 件。"
        assert failed(stage) == [of_others]


def test_one_that_is_named_is_found_behind_more_than_are_listed(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop(database_url) as stage:
        stage.apply(said("wx1", "毒", wire_id="a"), said("wx2", "药", wire_id="b"), decide=broken)
        first, second = failed(stage)
        monkeypatch.setattr("bot.store.failed._FAILED", failed_store._FAILED.limit(1))
        assert again(stage, second).text == "重新处理了 1 件。"
        assert failed(stage) == [first]


def test_what_cannot_be_decided_again_keeps_nothing_behind_it_from_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.failed._FAILED", failed_store._FAILED.limit(1))
    monkeypatch.setattr("bot.store.failed.MOST_AT_ONCE", 1)
    with shop(database_url) as stage:
        login = LoggedIn(merchant="m1", account="main", at=START, wire_id="in", self_id="wx-main")
        stage.apply(login, said("wx1", "毒", wire_id="a"), said("wx2", "药", wire_id="b"), decide=broken)
        first, _second, third = failed(stage)
        assert again(stage).text == "重新处理了 1 件。另有 1 件没法重新处理：内容已经删了，或者只说当时的情况。"
        assert failed(stage) == [first, third]
        again(stage)
        assert failed(stage) == [first]


def test_a_timer_that_is_gone_rings_once_more(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.befriend("wx1")
        stage.bring_about(fx.PutTimer(kind="nudge", subject="wx1", at=START, account="main"))
        stage.apply(TimerDue(merchant="m1", at=START, kind="nudge", subject="wx1", due=START), decide=broken)
        assert stage.rows(Timer) == []
        again(stage)
        assert failed(stage) == []
        assert "seen" in actions(stage)


def test_the_alert_is_over_when_nothing_of_its_kind_is_left(database_url: str) -> None:
    def open_alerts(stage: Shop) -> list[str]:
        return [row.subject for row in stage.rows(Alert) if row.ended_at is None]

    with shop(database_url) as stage:
        stage.apply(said("wx1", "毒", wire_id="a"), said("wx2", "药", wire_id="b"), decide=broken)
        for subject in ("message", "timer", "delivery"):
            stage.apply(TroubleBegan(merchant="m1", at=stage.at, kind="poison", subject=subject))
        again(stage, by=half_mended)
        assert open_alerts(stage) == ["delivery", "message", "timer"]  # some of it is left, or was not tried
        stage.later(hours=1)
        again(stage)
        assert open_alerts(stage) == ["delivery", "timer"]
        stage.apply(said("wx1", "毒", wire_id="c"), decide=broken)
        stage.apply(TroubleBegan(merchant="m1", at=stage.at, kind="poison", subject="message"))
        assert open_alerts(stage) == ["delivery", "message", "timer"]  # anew, and told anew


@pytest.mark.parametrize("how", ["the words are gone", "it says how it was then"])
def test_what_cannot_be_decided_again_says_so_and_stays(database_url: str, how: str) -> None:
    with shop(database_url) as stage:
        if how == "the words are gone":
            stage.apply(said("wx1", "毒", wire_id="a"), decide=broken)
            with stage.store.writing() as writing:
                writing.connection.execute(delete(Body))
        else:
            stage.apply(LoggedIn(merchant="m1", account="main", at=START, self_id="bot", name="小店"), decide=broken)
        left = failed(stage)
        assert "没法重新处理" in again(stage).refused
        assert failed(stage) == left
        stage.apply(said("wx2", "药", wire_id="b"), decide=broken)
        assert again(stage).text.startswith("重新处理了 1 件。另有 1 件没法重新处理")


def test_on_the_command_line(database_url: str, tmp_path: Path) -> None:
    config = load_config(Path("config.toml"), {})
    with shop(database_url) as stage:
        stage.apply(said("wx1", "毒", wire_id="a"), said("wx2", "药", wire_id="b"), decide=broken)

        async def ask(event: Event) -> Any:
            return stage.apply(event, decide=half_mended)[0]

        def told(*command: str) -> str:
            desk = Desk(config, stage.store, stage.merchants, ask, lambda: stage.at, tmp_path)
            answer = asyncio.run(cli.execute(command, desk))
            assert answer.exit == 0, answer.out
            return answer.out

        first, _second = map(json.loads, told("events", "list", "--json").splitlines())
        assert (first["contact"], first["text"], first["again"]) == ("wx1", "毒", True)
        assert first["error"] == "ZeroDivisionError: no such luck"
        assert "test_decided_again.py" in first["traceback"]
        said_again = told("events", "retry")
        assert said_again.startswith("重新处理了 2 件。\n还没处理好的：\n")
        assert ("毒" in said_again, "药" in said_again) == (True, False)
        listed = told("events", "list")
        assert ("KeyError" in listed, "Traceback" in listed) == (True, False)
