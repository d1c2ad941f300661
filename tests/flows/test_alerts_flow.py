"""What a human must know, in stories: told once on the channels, in the chat and by 状态, and over when it is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.flows.playing import (
    CONFIG,
    PLAYBOOK,
    WORLD,
    Line,
    Played,
    Stage,
    asks_to_be_friends,
    operator,
    platform,
    says,
)

CHANNEL = """
[[alerts]]
id = "ops"
merchant = "m1"
webhook_env = "NOT_SET_IN_A_REHEARSAL"
form = "wecom"
"""
FRIENDS = [{"id": f"wx{n}", "name": f"客{n}", "friend_of": ["main"]} for n in range(1, 9)]
SHOP: Line = {"world": {**WORLD["world"], "contacts": [*WORLD["world"]["contacts"], *FRIENDS]}}
TWO: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}, {"id": "second", "name": "小岭"}],
        "contacts": [{"id": "wx-boss", "name": "老板", "friend_of": ["main", "second"]}],
    }
}


@pytest.fixture
def stage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Stage:
    return Stage(tmp_path, capsys, playbook="pause_after_failures = 3\n" + PLAYBOOK, config=CONFIG + CHANNEL)


BEFORE = operator("09:50", "group list")  # the account is on line before anything happens


def asks(minute: int, contact: str) -> Line:
    """A friend asks for a human, which is answered at once."""
    return says(f"10:{minute:02}", contact, "人工")


def posted(played: Played) -> list[tuple[str, str]]:
    """What channels were posted, and when."""
    return [(line["at"][11:16], line["text"]) for line in played.arrived(account="ops")]


def alerts(played: Played) -> list[tuple[str, str, bool]]:
    return [(row["kind"], row["subject"], row["ended_at"] is None) for row in played.rows("alerts list")]


def fact(at: str, kind: str, **more: Any) -> Line:
    return {"at": at, "type": kind, "account": "main", **more}


def test_an_account_that_fails_so_often_in_a_row_stops_itself_and_says_so_once(stage: Stage) -> None:
    story = [
        platform("09:59", "text", "refused", 3),
        *(asks(n, f"wx{n}") for n in range(1, 7)),
        says("10:20", "wx-boss", "/状态"),
        operator("10:21", "alerts list --json"),
        operator("10:21", "audit --json"),
        operator("10:22", "alerts list"),
        says("10:30", "wx-boss", "/恢复"),
        says("10:40", "wx-boss", "/状态"),
        operator("10:41", "alerts list --all --json"),
    ]
    played = stage.play(story, world=SHOP)
    assert played.exit == 0, played.errors
    text = "账号「小山」连着 3 次没发成，已经自己停发。查清原因后发 /恢复 继续。"
    notices = [line["text"] for line in played.arrived(to="wx-boss") if "没发成" in line["text"]]
    (first, status) = notices
    assert first == text
    assert "停发中：账号 main" in status
    assert text in status
    assert posted(played) == [("10:02", f"【半山茶社】{text}（11-23 10:02）")]
    row = next(one for one in played.rows("audit") if one["action"] == "pause")
    assert (row["actor"], row["target"], row["reason"]) == ("bot", "main", "3 failures in a row")
    waited = [line for line in played.lines if line.get("reason") == "paused"]
    assert waited
    after = played.arrived(to="wx-boss")[-1]["text"]
    assert "停发" not in after
    assert ("paused", "main", False) in alerts(played)
    (told,) = [line["out"] for line in played.lines if line.get("operator") == "alerts list"]
    assert "账号自己停了" in told
    assert [line for line in played.arrived(to="wx6") if line["at"][11:16] >= "10:30"]


def test_a_success_in_between_keeps_it_going(stage: Stage) -> None:
    story = [platform("09:59", "text", "refused", 2), asks(1, "wx1"), asks(5, "wx2"), platform("10:06", "text", "ok")]
    story += [asks(7, "wx3"), platform("10:08", "text", "refused", 2), asks(9, "wx4")]
    played = stage.play([*story, operator("10:30", "alerts list --json")], world=SHOP)
    assert played.exit == 0, played.errors
    assert played.rows("alerts list") == []


def test_a_deaf_account_is_told_of_once_however_long_it_is_deaf(stage: Stage) -> None:
    story = [BEFORE, fact("10:00", "deaf"), operator("13:00", "alerts list --json"), fact("14:00", "login")]
    played = stage.play([*story, operator("14:30", "alerts list --all --json")], world=TWO)
    assert played.exit == 0, played.errors
    text = "账号「小山」没动静了，收不到消息，请看看网关和手机是不是断了。"
    assert posted(played) == [("10:01", f"【半山茶社】{text}（11-23 10:01）")]
    (note,) = played.arrived(to="wx-boss")
    assert (note["account"], note["text"]) == ("second", text)
    assert alerts(played) == [("deaf", "main", False)]
    during = [line for line in played.lines if line.get("operator") == "alerts list --json"]
    assert '"ended_at": null' in during[0]["out"]


def test_an_account_that_is_signed_out_again_within_the_hour_is_told_of_once(stage: Stage) -> None:
    story = [BEFORE, fact("10:00", "logout"), fact("10:05", "login"), fact("10:30", "logout"), fact("12:00", "login")]
    story += [fact("13:30", "logout"), operator("13:31", "alerts list --all --json")]
    played = stage.play(story, world=SHOP)
    assert played.exit == 0, played.errors
    assert [at for at, _ in posted(played)] == ["10:00", "13:30"]
    assert alerts(played) == [("logged_out", "main", False), ("logged_out", "main", True)]
    assert played.rows("alerts list")[0] == {
        "began_at": "2026-11-23T10:00:00+08:00",
        "ended_at": "2026-11-23T12:00:00+08:00",
        "kind": "logged_out",
        "subject": "main",
        "account": "main",
        "text": "账号「小山」退出登录了，请在手机上重新登录。",
    }


def test_an_uncertain_delivery_is_told_of_until_a_human_settles_it(stage: Stage) -> None:
    story = [
        platform("09:59", "text", "timeout"),
        asks(1, "wx1"),
        operator("10:10", "alerts list --json"),
        operator("10:11", "deliveries list --state unknown --json"),
    ]
    played = stage.play(story, world=SHOP)
    (row,) = played.rows("alerts list")
    (uncertain,) = played.rows("deliveries list")
    assert (row["kind"], row["subject"]) == ("unknown", uncertain["key"])
    assert uncertain["key"] in posted(played)[0][1]
    assert "人工" not in row["text"]
    settled = operator("10:12", f"deliveries settle {uncertain['key']} sent")
    played = stage.play([*story, settled, operator("10:13", "alerts list --json")], world=SHOP)
    assert played.rows("alerts list") == []


def test_a_budget_of_the_day_that_is_used_up_is_told_of_once_a_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    playbook = PLAYBOOK.replace("[pace]", "[pace]\nper_day = 3")
    stage = Stage(tmp_path, capsys, playbook=playbook, config=CONFIG + CHANNEL)
    story = [*(asks(n, f"wx{n}") for n in range(1, 8)), operator("11:00", "alerts list --json")]
    played = stage.play([*story, operator("23:59", "alerts list --all --json")], "--to", "2026-11-24T09:00", world=SHOP)
    assert played.exit == 0, played.errors
    told = [said for _, said in posted(played)]
    assert len(told) == 2  # today's, and tomorrow's, when what waited has used it up again
    assert told[0].startswith("【半山茶社】账号「小山」今天的发送额度不够了，排不下的明天接着发。（11-23 10:0")
    assert "（11-24 00:0" in told[1]


@pytest.mark.parametrize("and_also", ["per_day = 50", "per_minute = 3"])
def test_as_many_friends_as_a_day_may_bring_are_no_budget_that_is_used_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], and_also: str
) -> None:
    playbook = PLAYBOOK.replace("[pace]", f"[pace]\nnew_friends_per_day = 2\n{and_also}")
    stage = Stage(tmp_path, capsys, playbook=playbook, config=CONFIG + CHANNEL)
    story = [*(asks_to_be_friends("10:00", f"new{n}") for n in range(1, 5)), operator("11:00", "alerts list --json")]
    played = stage.play(story, world=SHOP)
    assert alerts(played) == [("new_friends", "main", True)]
    assert [said.partition("（")[0] for _, said in posted(played)] == [
        "【半山茶社】账号「小山」今天加好友的额度用完了，剩下的明天接着加，别的照常发。"
    ]


def test_a_channel_has_the_states_of_every_delivery(stage: Stage) -> None:
    def on_ops(answer: str) -> Line:
        return platform("09:59", "text", answer) | {"account": "ops"}

    for answer, states in {
        "ok": ["planned", "claimed", "sent"],
        "refused": ["planned", "claimed", "failed:refused"],
        "timeout": ["planned", "claimed", "unknown:timeout"],
        "accepted_then_error": ["planned", "claimed", "unknown:error"],
        "too_frequent": ["planned", "claimed", "waiting:too_frequent", "claimed", "sent"],
    }.items():
        story = [BEFORE, on_ops(answer), fact("10:00", "logout"), operator("12:00", "alerts list --json")]
        played = stage.play(story, world=SHOP)
        assert played.states("alert:logged_out:main:20261123T020000000000:ops") == states
        assert alerts(played) == [("logged_out", "main", True)]  # an alert on its way raises none


def test_without_a_channel_nothing_is_posted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    played = Stage(tmp_path, capsys).play([BEFORE, fact("10:00", "logout"), operator("10:01", "alerts list --json")])
    assert alerts(played) == [("logged_out", "main", True)]
    assert played.summary["by_state"] == {}


def test_a_channel_and_an_account_of_a_story_have_different_names(stage: Stage) -> None:
    world = {"world": {"accounts": [{"id": "ops", "name": "小山"}]}}
    played = stage.play([BEFORE], world=world)
    assert played.exit == 2
    assert "world.accounts[0].id" in played.errors
    assert "'ops'" in played.errors


def test_a_transcript_names_the_channel(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    from bot.command_line import main

    stage.play([BEFORE, fact("10:00", "logout")], world=SHOP)
    story, config = stage.folder / "story.jsonl", stage.folder / "config.toml"
    assert main(["rehearse", str(story), "--config", str(config)]) == 0
    assert "［告警 ops］：【半山茶社】账号「小山」退出登录了" in capsys.readouterr().out
