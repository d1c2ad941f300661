"""`approval = true`: what is imported waits for somebody's word, once for each wording of an entry."""

from __future__ import annotations

from tests.flows.playing import PLAYBOOK, Stage, operator
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
