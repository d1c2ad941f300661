"""One question at a time, and only what is not known: corrections, downtime, a human who talks."""

from __future__ import annotations

import pytest

from handlers.forgetting import FAREWELL
from tests.flows.playing import WORLD, Line, Played, Stage, asks_to_be_friends, moment, operator, says

SKIN = """
name = "春芽"
human_hold_minutes = 20
[reception]
accept = [{ accept = true }]
greetings = ["你好"]
[survey]
settle_seconds = 5
[[survey.questions]]
key = "skin"
type = "choice"
texts = ["您是什么肤质？1干皮 2油皮 4敏感"]
options = [{ value = "dry", label = "干皮" }, { value = "oily", label = "油皮" }, { value = "sens", label = "敏感" }]
[[survey.questions]]
key = "allergy"
type = "yesno"
texts = ["有过敏史吗？"]
when = { skin = "sens" }
[[survey.questions]]
key = "city"
type = "region"
texts = ["在哪个城市？"]
[[survey.questions]]
key = "kids"
type = "number"
texts = ["几个孩子？"]
"""
ADDED = asks_to_be_friends("09:00:00", "wx1")
HUMAN: Line = {"at": "09:00:30", "type": "self_text", "account": "main", "to": "wx1", "text": "我是店长"}
WHO = operator("13:00:00", "who wx1 --json")


def set_back(at: str, by: str = "-2h") -> Line:
    return {"at": at, "type": "clock", "shift": by}


def asked(stage: Stage, *story: Line) -> tuple[Played, list[str]]:
    """What the survey asked wx1."""
    stage.write("playbook.toml", SKIN)
    played = stage.play([ADDED, *story, WHO], "--to", "2026-11-23T13:30:00+08:00", world=WORLD)
    return played, [line["text"] for line in played.arrived(to="wx1") if line["delivery"].startswith("ask:")]


def test_a_question_whose_branch_a_correction_has_cut_off_is_left_at_once(stage: Stage) -> None:
    corrected = says("09:02:00", "wx1", "说错了，我是油皮")
    played, texts = asked(stage, says("09:01:00", "wx1", "敏感"), corrected)
    assert texts == ["您是什么肤质？1干皮 2油皮 4敏感", "有过敏史吗？", "在哪个城市？"]
    assert played.rows("who")[0]["survey"] == {"state": "open", "question": "city"}


def test_replies_of_different_hours_that_come_in_together_are_one_answer(stage: Stage) -> None:
    down: Line = {"at": "09:10:00", "type": "restart", "down": "3h"}
    _, texts = asked(stage, down, says("10:00:00", "wx1", "油皮"), says("11:00:00", "wx1", "杭州的"))
    assert texts == ["您是什么肤质？1干皮 2油皮 4敏感", "几个孩子？"]


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_a_bubble_from_the_time_of_an_outage_belongs_to_the_one_before_it(stage: Stage, how: str) -> None:
    down: Line = {"at": "09:01:02", "type": how, "down": "3h"}
    told = says("09:01:00", "wx1", "油皮", id="e1"), down, says("09:01:03", "wx1", "说错了，是敏感", id="e2")
    played, texts = asked(stage, *told)
    assert texts == ["您是什么肤质？1干皮 2油皮 4敏感", "有过敏史吗？"]
    assert played.states("ask:wx1:2")[-1] == "confirmed"  # nothing was decided about half of what they had said


def test_a_bubble_from_the_time_when_the_account_was_gone_belongs_to_the_one_before_it(stage: Stage) -> None:
    gone: Line = {"at": "09:01:02", "type": "logout", "account": "main"}
    back: Line = {"at": "12:01:02", "type": "login", "account": "main"}
    told = says("09:01:00", "wx1", "油皮", id="e1"), gone, says("09:01:03", "wx1", "说错了，是敏感", id="e2"), back
    played, texts = asked(stage, *told)
    assert texts == ["您是什么肤质？1干皮 2油皮 4敏感", "有过敏史吗？"]
    assert played.states("ask:wx1:2")[-1] == "confirmed"  # nothing was decided about half of what they had said


def test_a_question_that_a_human_held_up_is_not_asked_twice_when_they_have_done(stage: Stage) -> None:
    human: Line = {"at": "09:03:00", "type": "self_text", "account": "main", "to": "wx1", "text": "我是店长，稍等"}
    answered, asks = says("09:04:00", "wx1", "油皮"), says("09:17:00", "wx1", "你们几点开门")
    _, texts = asked(stage, human, answered, asks)
    assert texts == ["您是什么肤质？1干皮 2油皮 4敏感", "在哪个城市？"]


@pytest.mark.parametrize(
    ("story", "at"),
    [
        ([says("09:01:00", "wx1", "油皮"), set_back("09:01:02")], "09:02"),
        ([says("09:01:00", "wx1", "你们几点开门"), set_back("09:01:10")], "09:06"),
        ([HUMAN, says("09:01:00", "wx1", "油皮"), set_back("09:01:10")], "09:21"),
    ],
)
def test_a_clock_that_is_set_back_holds_no_question_up(stage: Stage, story: list[Line], at: str) -> None:
    played, _ = asked(stage, *story)
    second = [line for line in played.arrived(to="wx1") if line["delivery"].startswith("ask:")][1]
    assert moment(second["at"]) <= moment(f"2026-11-23T{at}:00+08:00")


def test_a_confirmation_counts_though_the_clock_was_set_back_and_is_no_name(stage: Stage) -> None:
    wishes: Line = says("09:01:00", "wx1", "忘记我")
    played, _ = asked(stage, wishes, set_back("09:02:00", "-10m"), says("09:03:00", "wx1", "确认"))
    assert played.arrived(to="wx1")[-1]["text"] == FAREWELL


def test_of_two_nudges_that_an_outage_held_up_one_leaves_and_the_next_counts_from_it(stage: Stage) -> None:
    stage.write("playbook.toml", SKIN.replace("settle_seconds = 5", "nudges_hours = [2, 5]"))
    down: Line = {"at": "09:10:00", "type": "restart", "down": "8h"}
    played = stage.play([ADDED, down], "--to", "2026-11-24T12:00:00+08:00")
    nudges = [line["at"][11:16] for line in played.arrived(to="wx1") if line["delivery"].startswith("ask:")]
    assert nudges == ["09:00", "17:10", "20:10"]


def test_a_nudge_that_a_pause_held_up_is_not_followed_at_once_by_the_next(stage: Stage) -> None:
    stage.write("playbook.toml", SKIN.replace("settle_seconds = 5", "nudges_hours = [2, 5]"))
    pause, resume = says("09:09:00", "wx-boss", "/pause"), says("14:00:00", "wx-boss", "/resume")
    played = stage.play([ADDED, pause, says("09:12:00", "wx1", "油皮"), resume], "--to", "2026-11-24T12:00:00+08:00")
    asked_at = [line["at"][11:16] for line in played.arrived(to="wx1") if line["delivery"].startswith("ask:")]
    assert asked_at == ["09:00", "14:00", "17:00"]
