"""What members may say about what we send them: 为什么发给我, 少发点, 照常发."""

from __future__ import annotations

import pytest

from tests.flows.playing import Line, Played, Stage, operator, says

WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [
            {"id": "wx-boss", "name": "老板", "friend_of": ["main"]},
            {"id": "wx1", "name": "天天妈", "friend_of": ["main"], "tags": ["老客"]},
        ],
        "groups": [{"id": "room-1@chatroom", "topic": "分院一群", "owner": "main", "members": ["main", "wx1"]}],
    }
}
CALENDAR = "key,title,date,time,rule,tags,text\nnew,上新,2026-11-23,10:00,daily,老客,今天上新岩茶\n"


def replies(played: Played, to: str = "wx1") -> list[str]:
    return [line["text"] for line in played.arrived(to=to, kind="text") if "今天上新" not in line["text"]]


@pytest.mark.parametrize("asked", ["为什么发给我", "为啥给我发这个？", "你们怎么老给我发广告", "我怎么会收到这个"])
def test_who_asks_why_hears_which_message_and_by_what_rule(stage: Stage, asked: str) -> None:
    stage.write("calendar.csv", CALENDAR)
    played = stage.play(
        [operator("08:30:00", "calendar import calendar.csv"), says("11:00:00", "wx1", asked)],
        "--to",
        "2026-11-23T12:00:00+08:00",
        world=WORLD,
    )
    (told,) = replies(played)
    assert told.startswith("最近一条主动发你的，是 11-23 10:00 的「上新」。\n因为你这里记着「老客」")
    assert "少发点" in told
    assert replies(played, "wx-boss") == []  # nobody has to be called for it


def test_who_was_sent_nothing_is_told_so_and_a_group_hears_that_it_is_for_all(stage: Stage) -> None:
    played = stage.play(
        [
            operator("10:00:00", "group bind room-1@chatroom --tier 分院"),
            says("11:00:00", "wx1", "为什么发给我"),
            says("11:01:00", "wx1", "为什么发给我", group="room-1@chatroom"),
            says("11:02:00", "wx1", "@小山 为什么发给我", group="room-1@chatroom", mentions=["main"]),
        ],
        world=WORLD,
    )
    assert replies(played) == ["我这边没有主动发过你消息，只回过你问的。"]
    assert [line["text"][:11] for line in played.arrived(to="room-1@chatroom")] == ["群里的消息是发给全群的"]


@pytest.mark.parametrize("asked", ["少发点", "能不能少发一点", "别给我发这么多广告"])
def test_fewer_is_one_a_week_until_they_want_as_before(stage: Stage, asked: str) -> None:
    stage.write("calendar.csv", CALENDAR)
    story = [operator("08:30:00", "calendar import calendar.csv"), says("11:00:00", "wx1", asked)]
    played = stage.play(story, "--to", "2026-12-01T12:00:00+08:00", world=WORLD)
    sent = [line["at"][:10] for line in played.arrived(to="wx1") if "今天上新" in line["text"]]
    # One in the week of the 23rd and one in that of the 30th; what waited over the week's end is sent then.
    assert sent[0] == "2026-11-23"
    assert all(day >= "2026-11-30" for day in sent[1:])
    assert len([day for day in sent if day >= "2026-11-30"]) == 1
    assert replies(played)[0].startswith("好的，以后一周最多主动给你发 1 条")
    back = stage.play(
        [*story, says("11:05:00", "wx1", "照常发"), operator("12:00:00", "audit --json")],
        "--to",
        "2026-11-25T12:00:00+08:00",
        world=WORLD,
    )
    assert len([1 for line in back.arrived(to="wx1") if "今天上新" in line["text"]]) == 3
    assert [row["action"] for row in back.rows("audit")][-2:] == ["fewer", "as_before"]
