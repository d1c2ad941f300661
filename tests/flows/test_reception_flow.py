"""The main job under the virtual clock: added, accepted, greeted, surveyed, tagged, remarked, invited."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.flows.playing import Line, Stage, asks_to_be_friends, moment, operator, platform, says

BIND = operator("08:00:00", "group bind room-1@chatroom --tier 分院")


def test_the_whole_way_from_request_to_group(stage: Stage) -> None:
    played = stage.play(
        [
            BIND,
            asks_to_be_friends("09:00:00", "wx1"),
            says("09:01:00", "wx1", "叫我老林", id="e1"),
            says("09:02:00", "wx1", "1和3", id="e2"),
            operator("09:10:00", "who wx1 --json"),
        ]
    )
    assert [line["kind"] for line in played.arrived(to="wx1")] == [
        "friend_accept",
        "text",
        "text",
        "text",
        "text",
        "remark",
        "invite",
    ]
    assert played.arrived(kind="remark")[0]["text"] == "茶友-老林"
    greeting = played.arrived(delivery="greet:wx1")[0]
    assert moment(greeting["at"]) - moment("2026-11-23T09:00:00+08:00") < timedelta(seconds=10)
    assert played.rows("who")[0]["groups"] == ["room-1@chatroom"]
    assert played.rows("who")[0]["answers"]["tea"] == {"value": ["rock", "white"], "state": "answered"}
    assert [line["text"] for line in played.arrived(to="room-1@chatroom", kind="text")] == ["欢迎老林来到分院。"]
    assert played.summary["greeted"] == played.summary["surveyed"] == 1


STORY = [
    BIND,
    asks_to_be_friends("09:00:00", "wx1", id="e0"),
    says("09:01:00", "wx1", "叫我老林", id="e1"),
    says("09:02:00", "wx1", "1和3", id="e2"),
]


@pytest.mark.parametrize(
    "after", ["planned", "claimed", "sent", "confirmed", "greet:wx1", "invite:wx1:room-1@chatroom"]
)
@pytest.mark.parametrize("position", [1, 2, 3])
def test_a_kill_anywhere_sends_nothing_twice(stage: Stage, after: str, position: int) -> None:
    at = STORY[position]["at"]
    kill = {"at": at, "type": "kill", "after": after}
    played = stage.play([*STORY[:position], kill, *STORY[position:], operator("10:00:00", "who wx1 --json")])
    arrived = [(line["delivery"], line["part"]) for line in played.arrived()]
    assert len(arrived) == len(set(arrived))
    assert played.summary["greeted"] == played.summary["surveyed"] == 1
    assert played.rows("who")[0]["groups"] == ["room-1@chatroom"]
    assert "unknown" not in played.summary["by_state"]  # each echo came after the restart and settled it


def test_a_restart_between_any_two_lines_changes_nothing_that_arrives(stage: Stage) -> None:
    plain = stage.play(STORY)
    restarts = [{"at": line["at"], "type": "restart"} for line in STORY]
    restarted = stage.play([line for pair in zip(STORY, restarts, strict=True) for line in pair])
    told = [(line["delivery"], line["text"]) for line in plain.arrived()]
    assert [(line["delivery"], line["text"]) for line in restarted.arrived()] == told


def test_what_happens_while_the_program_is_down_is_dealt_with_at_the_start(stage: Stage) -> None:
    played = stage.play(
        [
            BIND,
            {"at": "08:59:00", "type": "restart", "down": "30m"},
            asks_to_be_friends("09:00:00", "wx1"),
        ]
    )
    assert [line["at"][11:16] for line in played.arrived(delivery="greet:wx1")] == ["09:29"]


@pytest.mark.parametrize("down", [{}, {"down": "5m"}])
def test_a_program_that_is_down_is_not_started_twice_by_another_restart(stage: Stage, down: dict[str, str]) -> None:
    played = stage.play(
        [
            {"at": "08:59:00", "type": "restart", "down": "30m"},
            asks_to_be_friends("09:00:00", "wx1"),
            {"at": "09:10:00", "type": "restart", **down},
        ]
    )
    assert [line["at"][11:16] for line in played.arrived(delivery="greet:wx1")] == ["09:29"]


def test_a_refused_greeting_is_tried_again_and_the_question_waits_for_it(stage: Stage) -> None:
    played = stage.play([platform("08:00:00", "text", "refused", 2), asks_to_be_friends("09:00:00", "wx1")])
    assert played.states("greet:wx1") == [
        "planned",
        "claimed",
        "waiting:refused",
        "claimed",
        "waiting:refused",
        "claimed",
        "sent",
        "confirmed",
    ]
    first, second, *_nudges = played.arrived(to="wx1", kind="text")
    assert (first["delivery"], second["delivery"]) == ("greet:wx1", "ask:wx1:1")


@pytest.mark.parametrize(("answer", "reason"), [("timeout", "timeout"), ("accepted_then_error", "error")])
def test_an_uncertain_greeting_is_listed_and_never_sent_again(stage: Stage, answer: str, reason: str) -> None:
    played = stage.play(
        [
            platform("08:00:00", "text", answer),
            asks_to_be_friends("09:00:00", "wx1"),
            {"at": "09:30:00", "type": "restart"},
            operator("10:00:00", "deliveries list --state unknown --json"),
        ]
    )
    assert played.states("greet:wx1") == ["planned", "claimed", f"unknown:{reason}"]
    assert [row["key"] for row in played.rows("deliveries list")] == ["greet:wx1"]
    assert len(played.arrived(delivery="greet:wx1")) <= 1


def test_accepted_then_lost_stays_sent(stage: Stage) -> None:
    played = stage.play([platform("08:00:00", "text", "accepted_then_lost"), asks_to_be_friends("09:00:00", "wx1")])
    assert played.states("greet:wx1") == ["planned", "claimed", "sent"]


def test_too_frequent_silences_the_whole_account(stage: Stage) -> None:
    played = stage.play(
        [
            platform("08:00:00", "text", "too_frequent", 2),
            asks_to_be_friends("09:00:00", "wx1"),
            asks_to_be_friends("09:05:00", "wx2"),
        ]
    )
    at = [line["at"][11:16] for line in played.arrived(kind="text")]
    assert at[0] >= "10:15"
    assert {line["delivery"] for line in played.arrived(kind="text")} >= {"greet:wx1", "ask:wx1:1", "greet:wx2"}


def test_who_is_added_at_the_very_first_moment_is_greeted(stage: Stage) -> None:
    added = {"type": "friend_added", "account": "main", "name": "新人"}
    story = [{"at": "09:00:00", "contact": "wx1", **added}, {"at": "09:01:00", "contact": "wx2", **added}]
    played = stage.play(story)
    assert played.summary["greeted"] == 2


def test_a_second_account_accepts_and_greets_too_and_does_not_survey_again(stage: Stage) -> None:
    world = {"world": {"accounts": [{"id": "main"}, {"id": "second"}]}}
    played = stage.play(
        [
            asks_to_be_friends("09:00:00", "wx1", id="e1"),
            asks_to_be_friends("09:02:00", "wx1", id="e2") | {"account": "second"},
        ],
        world=world,
    )
    assert len(played.arrived(kind="friend_accept")) == 2
    assert len(played.arrived(delivery="greet:wx1:second")) == 1
    assert len([line for line in played.arrived() if line["delivery"].startswith("ask:")]) == 2  # one, and its nudge


def test_a_clock_set_back_delays_nobody(stage: Stage) -> None:
    played = stage.play([{"at": "08:59:00", "type": "clock", "shift": "-10m"}, asks_to_be_friends("09:00:00", "wx1")])
    assert [line["at"][11:16] for line in played.arrived(delivery="greet:wx1")] == ["09:00"]


def test_a_clock_that_was_set_back_is_set_back_once_though_the_program_dies(stage: Stage) -> None:
    """What was nudged while the clock was ahead is nudged again after the hours of the playbook, not at the restart."""

    def nudged(*more: Line) -> list[str]:
        story: list[Line] = [
            asks_to_be_friends("09:00:00", "wx1"),
            {"at": "10:30:00", "type": "clock", "shift": "40h"},
            {"at": "10:40:00", "type": "clock", "shift": "0m"},
            *more,
            operator("13:00:00", "audit --json"),
        ]
        played = stage.play(story, "--to", "2026-11-26T12:00:00+08:00")
        (audited,) = [row for row in played.rows("audit") if row["action"] == "clock.set_back"]
        assert audited["reason"] == "1 day, 16:00:00"
        return [line["at"] for line in played.arrived() if line["delivery"].startswith("ask:wx1:")]

    assert nudged({"at": "10:50:00", "type": "kill", "down": "10m"}) == nudged()


def test_an_echo_is_known_though_the_clock_is_a_day_behind(stage: Stage) -> None:
    played = stage.play([{"at": "08:59:00", "type": "clock", "shift": "-25h"}, asks_to_be_friends("09:00:00", "wx1")])
    assert played.states("greet:wx1")[-1] == "confirmed"


def test_every_state_is_told_also_when_an_echo_settles_it_at_the_start(stage: Stage) -> None:
    played = stage.play([{"at": "08:59:00", "type": "kill", "after": "claimed"}, asks_to_be_friends("09:00:00", "wx1")])
    assert played.states("accept:main:wx1:request:wx1") == ["planned", "claimed", "unknown:crash", "confirmed"]


def test_an_unknown_merchant_in_the_world_is_said_plainly(stage: Stage) -> None:
    world = {"world": {"accounts": [{"id": "main", "merchant": "zz"}]}}
    played = stage.play([operator("09:00:00", "group list")], world=world)
    assert played.exit == 2
    assert "zz" in played.errors
