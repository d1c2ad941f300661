"""A playbook is changed while the bot runs: at once for what comes, never for what was begun."""

from __future__ import annotations

from tests.flows.playing import PLAYBOOK, Stage, asks_to_be_friends, operator, says


def test_a_new_playbook_greets_the_next_one_and_an_open_survey_finishes_under_its_own(stage: Stage) -> None:
    stage.write("new.toml", PLAYBOOK.replace("你好呀", "您好").replace("白茶", "白牡丹"))
    played = stage.play(
        [
            asks_to_be_friends("09:00:00", "wx1"),
            operator("09:10:00", "playbook import new.toml"),
            asks_to_be_friends("09:20:00", "wx2"),
            says("09:30:00", "wx1", "叫我老林"),
        ]
    )
    assert played.operator("playbook import")["exit"] == 0
    assert played.arrived(delivery="greet:wx1")[0]["text"].startswith("你好呀")
    assert played.arrived(delivery="greet:wx2")[0]["text"].startswith("您好")
    assert "白茶" in played.arrived(delivery="ask:wx1:2")[0]["text"]


def test_a_playbook_with_a_fault_changes_nothing(stage: Stage) -> None:
    stage.write("new.toml", 'nmae = "x"\n')
    played = stage.play([operator("09:10:00", "playbook import new.toml")])
    assert played.operator("playbook import")["exit"] == 2
    assert "nmae" in played.operator("playbook import")["out"]
