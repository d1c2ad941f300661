"""Where consent is required, posts go to those who gave it, from that moment until they take it back."""

from __future__ import annotations

from tests.flows.playing import PLAYBOOK, Stage, asks_to_be_friends, operator, says
from tests.flows.tea_house import HEADER, IMPORT, entry, of, times, world


def test_posts_go_to_those_who_consented_until_they_take_it_back(stage: Stage) -> None:
    stage.write("playbook.toml", f"{PLAYBOOK}[consent]\nrequired = true\ntext = '我会记下你说的，行就回「同意」。'\n")
    rows = [entry(key, time) for key, time in (("a", "09:00"), ("b", "10:00"), ("c", "11:00"))]
    stage.write("calendar.csv", HEADER + "".join(rows))
    story = [
        IMPORT,
        asks_to_be_friends("08:30:00", "wx1"),
        says("08:31:00", "wx1", "好的，同意"),
        says("08:31:20", "wx1", "叫我老林"),
        says("09:30:00", "wx-a", "同意"),
        says("10:30:00", "wx-a", "撤回同意"),
        operator("10:40:00", "who wx-a --json"),
        operator("10:41:00", "who wx1 --json"),
        operator("10:42:00", "who wx-b --json"),
        operator("10:43:00", "audit --json"),
    ]
    played = stage.play(story, "--to", "2026-11-23T12:00:00+08:00", world=world())
    assert "「同意」" in played.arrived(delivery="greet:wx1")[0]["text"]
    posts = [(at, key) for at, key in times(played) if key.startswith("entry")]
    assert posts == [("23 10:00:00", of("b"))]
    assert played.states(of("c")) == played.states(of("b", "wx-b")) == ["planned", "skipped:no_consent"]
    who = {name: played.rows(f"who {name}")[0] for name in ("wx-a", "wx1", "wx-b")}
    assert {name: row["consent"] for name, row in who.items()} == {"wx-a": "refused", "wx1": "given", "wx-b": None}
    assert who["wx1"]["answers"]["call"]["value"] == "老林"
    actions = [row["action"] for row in played.rows("audit") if row["action"].startswith("consent")]
    assert sorted(actions) == ["consent.given", "consent.given", "consent.withdrawn"]


def test_what_is_said_after_a_refusal_is_not_written_down_and_nothing_is_asked_until_they_agree(stage: Stage) -> None:
    stage.write("playbook.toml", f"{PLAYBOOK}[consent]\nrequired = true\ntext = '我会记下你说的，行就回「同意」。'\n")
    later = "2026-11-27T10"
    played = stage.play(
        [
            asks_to_be_friends("08:30:00", "wx1"),
            says("08:31:00", "wx1", "不同意"),
            says("08:33:00", "wx1", "叫我老林"),
            says("08:34:00", "wx1", "我叫老林，爱喝岩茶"),
            {"at": "08:35:00", "type": "restart", "down": "1m"},
            operator(f"{later}:00:00+08:00", "who wx1 --json"),
            says(f"{later}:01:00+08:00", "wx1", "同意"),
            says(f"{later}:05:00+08:00", "wx1", "叫我老林"),
            operator(f"{later}:06:00+08:00", "deliveries list --json"),
        ],
        "--to",
        f"{later}:07:00+08:00",
    )
    (row,) = played.rows("who")
    assert (row["answers"], row["survey"]["state"]) == ({}, "resting")
    said = [(line["at"][8:16], line["text"]) for line in played.arrived(to="wx1", kind="text")]
    refused = next(at for at, (_, text) in enumerate(said) if "尊重" in text)
    assert [(at, text[:2]) for at, text in said[refused + 1 :]] == [
        ("27T10:01", "好的"),
        ("27T10:02", "怎么"),
        ("27T10:05", "平时"),
    ]
