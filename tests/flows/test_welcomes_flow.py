"""Welcomes in the group: many who come within a minute are welcomed in one word, nobody twice."""

from __future__ import annotations

from tests.flows.playing import PLAYBOOK, WORLD, Line, Played, Stage, operator, says

ROOM = "room-1@chatroom"
BIND = operator("08:00:00", f"group bind {ROOM} --tier 分院")


def joined(at: str, *who: str) -> Line:
    members = [{"contact": one, "name": one.upper()} for one in who]
    return {"at": at, "type": "group_joined", "account": "main", "group": ROOM, "members": members, "by": "wx-boss"}


def left(at: str, *who: str) -> Line:
    members = [{"contact": one} for one in who]
    return {"at": at, "type": "group_left", "account": "main", "group": ROOM, "members": members}


def said(played: Played) -> list[tuple[str, str]]:
    return [(line["at"][11:16], line["text"]) for line in played.arrived(to=ROOM, kind="text")]


def test_many_within_a_minute_are_welcomed_together_and_who_comes_later_by_themselves(stage: Stage) -> None:
    rush = [joined(f"09:00:{second:02}", f"wx{second}") for second in range(0, 50, 10)]
    played = stage.play([BIND, *rush, joined("09:00:55", "wx0"), joined("09:05:00", "wx9")], world=WORLD)
    assert said(played) == [
        ("09:01", "欢迎WX0、WX10、WX20、WX30、WX40来到分院。"),
        ("09:06", "欢迎WX9来到分院。"),
    ]


def test_who_leaves_at_once_is_not_welcomed_and_who_comes_back_never_again(stage: Stage) -> None:
    played = stage.play(
        [
            BIND,
            joined("09:00:00", "wx1", "wx2"),
            left("09:00:20", "wx2"),
            left("10:00:00", "wx1"),
            joined("11:00:00", "wx1", "wx2"),
        ],
        world=WORLD,
    )
    assert said(played) == [("09:01", "欢迎WX1来到分院。")]


def test_welcomes_outlive_a_crash(stage: Stage) -> None:
    killed: Line = {"at": "09:00:30", "type": "kill", "down": "5m"}
    played = stage.play([BIND, joined("09:00:00", "wx1"), killed, joined("09:03:00", "wx2")], world=WORLD)
    assert [text for _, text in said(played)] == ["欢迎WX1来到分院。", "欢迎WX2来到分院。"]


def test_the_rules_of_the_group_are_said_when_somebody_asks_for_them(stage: Stage) -> None:
    stage.write("playbook.toml", 'keywords = [{ words = ["群规"], answer = "不发广告，有话好好说。" }]\n' + PLAYBOOK)
    played = stage.play([BIND, says("09:00:00", "wx1", "群规？", group=ROOM)], world=WORLD)
    assert said(played) == [("09:00", "不发广告，有话好好说。")]


def test_the_staff_sees_the_welcome_and_has_somebody_welcomed_by_hand(stage: Stage) -> None:
    played = stage.play(
        [
            BIND,
            joined("09:00:00", "wx1"),
            says("09:10:00", "wx-boss", "/欢迎", group=ROOM),
            says("09:11:00", "wx-boss", "/welcome wx1", group=ROOM),
            says("09:12:00", "wx1", "/欢迎 wx1", group=ROOM),
        ],
        world=WORLD,
    )
    assert [text for _, text in said(played)] == [
        "欢迎WX1来到分院。",
        "新人进群一分钟内一起欢迎，说的是：\n欢迎{name}来到分院。",
        "欢迎WX1来到分院。",
    ]
