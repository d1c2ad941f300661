"""`approval = true`: what is imported waits for somebody's word, once for each wording of an entry."""

from __future__ import annotations

import json

from tests.flows.playing import PLAYBOOK, Stage, operator, says
from tests.flows.tea_house import BIND, HEADER, IMPORT, entry, of, times, world

ROOM = "room-1@chatroom"


def test_what_is_imported_waits_until_it_is_approved_and_so_does_an_edit(stage: Stage) -> None:
    stage.write("playbook.toml", f"approval = true\n{PLAYBOOK}")
    rows = [
        entry("tea", "09:00", tiers="分院", rule="daily"),
        entry("early", "10:00", tiers="分院"),
        entry("stale", "09:00", tiers="分院", not_after="2026-11-23T09:10"),
    ]
    stage.write("calendar.csv", HEADER + "".join(rows))
    stage.write("edited.csv", HEADER + entry("tea", "09:00", tiers="分院", rule="daily", text="换了一句"))
    story = [
        BIND,
        IMPORT,
        operator("08:10:00", "calendar preview tea --json"),
        operator("08:20:00", "calendar approve early"),
        operator("09:20:00", "calendar approve tea"),
        operator("09:30:00", "calendar approve stale"),
        operator("2026-11-24T12:00:00+08:00", "calendar import edited.csv --json"),
        operator("2026-11-26T08:00:00+08:00", "calendar approve tea"),
    ]
    played = stage.play(story, "--to", "2026-11-26T12:00:00+08:00", world=world())
    preview = played.rows("calendar preview")
    assert [(row["decision"], row["reason"]) for row in preview[:-1]] == [("would_wait", "not_approved")]
    assert preview[-1]["counts"]["not_approved"] == 1
    assert times(played, to=ROOM) == [
        ("23 09:20:00", of("tea", ROOM)),
        ("23 10:00:00", of("early", ROOM)),
        ("24 09:00:00", of("tea", ROOM, "2026-11-24")),
        ("26 09:00:00", of("tea", ROOM, "2026-11-26")),
    ]
    assert played.states(of("tea", ROOM))[:2] == ["waiting:not_approved", "planned"]
    assert played.states(of("stale", ROOM)) == ["waiting:not_approved", "expired:too_late"]
    assert played.states(of("tea", ROOM, "2026-11-25")) == ["waiting:not_approved", "skipped:too_late"]


def test_what_an_author_posts_waits_for_a_chief(stage: Stage) -> None:
    story = [
        BIND,
        operator("08:00:01", "role grant wx-a author"),
        says("09:00:00", "wx-a", "/发布 本群 大家早", group=ROOM, id="m1"),
        says("09:10:00", "wx-a", "/通过 投稿-m1", group=ROOM),
        says("09:20:00", "wx-boss", "/通过 投稿-m1"),
        says("10:00:00", "wx-a", "/发布 分院一群 不合适的", id="m2"),
        says("10:10:00", "wx-boss", "/退回 投稿-m2"),
        operator("10:20:00", "calendar list --json"),
    ]
    played = stage.play(story, "--to", "2026-11-23T20:00:00+08:00", world=world())
    assert [line["at"][11:16] for line in played.arrived(to=ROOM) if line["text"] == "大家早"] == ["09:20"]
    assert "不合适的" not in {line["text"] for line in played.arrived(to=ROOM)}
    assert played.states(of("投稿-m1", ROOM))[:2] == ["waiting:not_approved", "planned"]
    assert played.states(of("投稿-m2", ROOM)) == ["waiting:not_approved", "skipped:not_approved"]
    handed_in = [line["text"] for line in played.arrived(to="wx-boss") if "想往" in line["text"]]
    assert handed_in[0] == "WX-A想往 分院一群 发：\n「大家早」\n可以发就回 /通过 投稿-m1，不发回 /退回 投稿-m1。"
    assert [(row["key"], row["state"], row["author"], row["approver"]) for row in played.rows("calendar list")] == [
        ("投稿-m1", "done", "wx-a", "wx-boss"),
        ("投稿-m2", "draft", "wx-a", ""),
    ]


def test_drafts_and_what_authors_wrote_wait_until_somebody_says_yes(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("tea", "10:00") + entry("late", "12:00", date="2026-11-30"))
    story = [
        operator("08:00:10", "calendar import calendar.csv --draft"),
        operator("08:01:00", "calendar list --json"),
        operator("08:02:00", "calendar import calendar.csv --author wx-a --json"),
        operator("08:03:00", "calendar list --json"),
        operator("11:00:00", "calendar approve late"),
        operator("11:01:00", "calendar list --json"),
    ]
    played = stage.play(story, "--to", "2026-11-30T20:00:00+08:00", world=world())
    listed = [
        [json.loads(row)["state"] for row in line["out"].splitlines()]
        for line in played.lines
        if line.get("operator") == "calendar list --json"
    ]
    assert listed == [["draft", "draft"], ["review", "review"], ["scheduled", "review"]]
    assert [key for _, key in times(played)] == [of("late", name, "2026-11-30") for name in ("wx-a", "wx-b")]
