"""Who came into a group while we were away is welcomed once; who was there before us, or comes back, is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows.playing import Line, Stage

ROOM = "room-1@chatroom"
BIND: Line = {"at": "2026-11-23T08:00:00+08:00", "type": "operator", "run": f"group bind {ROOM} --tier 分院"}
WELCOME = f"welcome:{ROOM}:wx5"


def line(at: str, kind: str, **more: Any) -> Line:
    return {"at": f"2026-11-23T{at}+08:00", "type": kind, **more}


def joined(at: str, *who: str) -> Line:
    members = [{"contact": one, "name": one} for one in who]
    return line(at, "group_joined", account="main", id=f"j{at}", group=ROOM, members=members, by="wx-boss")


def left(at: str, *who: str) -> Line:
    members = [{"contact": one} for one in who]
    return line(at, "group_left", account="main", id=f"l{at}", group=ROOM, members=members)


def members(at: str, *who: str) -> Line:
    people = [{"contact": one, "name": one} for one in ("main", "wx-boss", *who)]
    return line(at, "members", account="main", group=ROOM, members=people)


def welcomed(stage: Stage, lines: list[Line], **more: Any) -> list[str]:
    """The welcomes that arrived when this was played."""
    played = stage.play(lines, **more)
    assert played.exit == 0, played.errors
    return [one["delivery"] for one in played.arrived() if one["delivery"].startswith("welcome:")]


@pytest.mark.parametrize(
    "away",
    [
        [line("09:00:00", "restart", down="10m"), joined("09:05:00", "wx5")],
        [line("09:00:00", "kill", down="10m"), joined("09:05:00", "wx5")],
        [
            line("09:00:00", "deaf", account="main"),
            joined("09:05:00", "wx5"),
            line("09:20:00", "login", account="main"),
        ],
        [members("09:05:00", "wx5"), line("09:20:00", "login", account="main")],
        [joined("09:05:00", "wx5"), line("09:20:00", "login", account="main")],
    ],
    ids=["restart", "kill", "deaf", "list only", "event only"],
)
def test_who_came_in_while_we_were_away_is_welcomed_once_and_not_when_they_come_back(
    stage: Stage, away: list[Line]
) -> None:
    back = [left("11:00:00", "wx5"), joined("12:00:00", "wx5"), line("13:00:00", "login", account="main")]
    assert welcomed(stage, [BIND, *away, *back]) == [WELCOME]


def test_who_was_there_before_us_is_not_welcomed_and_who_comes_after_us_is(stage: Stage) -> None:
    world: Line = {"world": {"accounts": [{"id": "main"}], "contacts": [{"id": "wx-boss", "friend_of": ["main"]}]}}
    came = [joined("09:00:00", "main", "wx-boss"), members("09:10:00", "wx4"), joined("09:11:00", "main")]
    login = line("09:40:00", "login", account="main")
    assert welcomed(stage, [BIND, *came, login], world=world) == [f"welcome:{ROOM}:wx-boss"]
    after = [members("10:30:00", "wx4", "wx5"), line("10:40:00", "login", account="main")]
    assert welcomed(stage, [BIND, *came, login, *after], world=world)[1:] == [WELCOME]


def test_who_was_there_before_and_comes_back_is_not_welcomed(stage: Stage) -> None:
    back = [left("09:00:00", "wx-boss"), joined("10:00:00", "wx-boss")]
    new = [members("11:00:00", "wx5"), line("11:10:00", "login", account="main")]
    assert welcomed(stage, [BIND, *back, *new]) == [WELCOME]


def test_who_took_up_our_own_invitation_while_we_were_away_is_welcomed_once(stage: Stage) -> None:
    played = stage.play(
        [
            BIND,
            line("08:59:00", "kill", after=f"invite:wx5:{ROOM}"),
            line("09:00:00", "friend_added", account="main", contact="wx5", name="五"),
            line("09:05:00", "text", account="main", id="t1", contact="wx5", text="叫我小乙"),
            line("09:06:00", "text", account="main", id="t2", contact="wx5", text="1"),
        ]
    )
    assert len(played.arrived(delivery=f"invite:wx5:{ROOM}")) == 1
    assert len(played.arrived(delivery=WELCOME)) == 1


def test_when_everybody_has_a_new_id_nobody_is_welcomed(stage: Stage) -> None:
    world: Line = {
        "world": {
            "accounts": [{"id": "main"}],
            "contacts": [
                {"id": "wx-boss", "name": "老板", "friend_of": ["main"], "remark": "老板本人"},
                {"id": "wx1", "name": "一", "friend_of": ["main"], "remark": "客一"},
            ],
            "groups": [{"id": ROOM, "topic": "群", "owner": "main", "members": ["main", "wx-boss", "wx1", "wx2"]}],
        }
    }
    ids = {"wx-boss": "n0", "wx1": "n1", "wx2": "n2"}
    for new in (ids, {**ids, ROOM: "R9@chatroom"}):
        renumbered = line("10:00:00", "renumbered", account="main", ids=new)
        assert welcomed(stage, [BIND, renumbered, line("12:00:00", "login", account="main")], world=world) == []
