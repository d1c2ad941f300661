"""分批: to some groups first; on to the next ones by itself, or not if too many leave or complain."""

from __future__ import annotations

from typing import Any

from tests.flows.playing import PLAYBOOK, Line, Played, Stage, operator

ROOMS = [f"room-{number}@chatroom" for number in range(5)]
BIND = [operator(f"08:00:0{number}", f"group bind {room} --tier 分院") for number, room in enumerate(ROOMS)]
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [
            {"id": "wx-boss", "name": "老板", "friend_of": ["main"]},
            *({"id": f"wx-{number}", "name": f"客{number}", "friend_of": ["main"]} for number in range(5)),
        ],
        "groups": [
            {"id": room, "topic": f"{number}群", "owner": "main", "members": ["main", f"wx-{number}"]}
            for number, room in enumerate(ROOMS)
        ],
    }
}
ENTRY = "key,date,time,tiers,text,rollout\n新品,2026-11-23,10:00,分院,新品来了,20% 2h;60% 1d\n"
BOUND = "\n[rollout]\nleaves = 0.1\ncomplaints = 0\n"
IMPORT = operator("08:30:00", "calendar import calendar.csv --json")


def play(stage: Stage, *story: Line, days: int = 2, book: str = BOUND) -> Played:
    stage.write("playbook.toml", PLAYBOOK + book)
    stage.write("calendar.csv", ENTRY)
    return stage.play([*BIND, IMPORT, *story], "--to", f"2026-11-{23 + days}T20:00:00+08:00", world=WORLD)


def posts(played: Played) -> list[tuple[str, str]]:
    return [(line["at"][8:16], line["to"]["group"]) for line in played.arrived(text="新品来了")]


def test_it_goes_on_by_itself(stage: Stage) -> None:
    sent = posts(play(stage))
    assert [at for at, _ in sent] == ["23T10:00", *["23T12:00"] * 2, *["24T12:00"] * 2]
    assert sorted(room for _, room in sent) == ROOMS


def leaves(at: str, room: str) -> Line:
    number = ROOMS.index(room)
    return {"at": at, "type": "group_left", "account": "main", "group": room, "members": [{"contact": f"wx-{number}"}]}


def test_it_stops_where_too_many_leave_until_somebody_lets_it_go_on(stage: Stage) -> None:
    first = posts(play(stage))[0][1]
    gone: Any = leaves("11:00:00", first)
    stopped = play(stage, gone)
    assert posts(stopped) == [("23T10:00", first)]
    (note,) = [line["text"] for line in stopped.arrived(to="wx-boss") if "先发的" in line["text"]]
    assert note == (
        "「新品」先发的 1 个群里，1 人走了 1 个，后面的群我先不发。要接着发回 /通过 新品，不发回 /退回 新品。"
    )
    let_go = play(stage, gone, operator("2026-11-25T09:00:00+08:00", "calendar approve 新品"))
    assert [at for at, _ in posts(let_go)] == ["23T10:00", *["25T09:00"] * 4]


def test_it_stops_where_somebody_complains_before_the_group(stage: Stage) -> None:
    first = posts(play(stage))[0][1]
    said = {"account": "main", "contact": f"wx-{ROOMS.index(first)}", "group": first, "text": "再发广告我投诉你们"}
    stopped = play(stage, {"at": "11:00:00", "type": "text", **said})
    assert posts(stopped) == [("23T10:00", first)]
    notes = [line["text"] for line in stopped.arrived(to="wx-boss")]
    assert "有 1 位投诉" in notes[-1]
    assert "群」说：再发广告我投诉你们" in notes[0]
    assert all(line["text"] == "新品来了" for line in stopped.arrived(to=first))


def test_without_a_bound_nothing_stops_it(stage: Stage) -> None:
    first = posts(play(stage))[0][1]
    assert len(posts(play(stage, leaves("11:00:00", first), book=""))) == 5


def test_a_deleted_entry_goes_no_further(stage: Stage) -> None:
    assert len(posts(play(stage, operator("12:30:00", "calendar delete 新品")))) == 3


def test_a_tier_first(stage: Stage) -> None:
    more = '\n[[tiers]]\nname = "总舵"\n'
    stage.write("calendar.csv", "")
    head = operator("08:00:09", f"group bind {ROOMS[3]} --tier 总舵")
    stage.write("playbook.toml", PLAYBOOK + more)
    stage.write("by_tier.csv", ENTRY.replace("分院,", "分院;总舵,").replace("20% 2h;60% 1d", "总舵 1h"))
    played = stage.play(
        [*BIND, head, operator("08:30:00", "calendar import by_tier.csv")],
        "--to",
        "2026-11-23T20:00:00+08:00",
        world=WORLD,
    )
    assert posts(played)[0] == ("23T10:00", ROOMS[3])
    assert [at for at, _ in posts(played)[1:]] == ["23T11:00"] * 4


def test_the_preview_tells_who_has_which_turn_and_when(stage: Stage) -> None:
    looks = [operator("09:00:00", f"calendar preview 新品{more}") for more in (" --json", "")]
    played = play(stage, *looks)
    rows = played.rows("calendar preview 新品 --json")
    turns = [(row["stage"], row["decision"], row["reason"], row["until"] and row["until"][8:16]) for row in rows[:-1]]
    second, third = (2, "would_wait", "not_approved", "23T12:00"), (3, "would_wait", "not_approved", "24T12:00")
    assert sorted(turns) == [(1, "would_send", None, None), second, second, third, third]
    assert rows[-1] == {"counts": {"would_send": 1, "not_approved": 4}}
    begins = {1: "23T10:00", 2: "23T12:00", 3: "24T12:00"}
    assert sorted(posts(played)) == sorted((begins[row["stage"]], row["target"]) for row in rows[:-1])
    told = played.operator("calendar preview 新品")["out"]
    assert "分批：先发 1 个群；第 2 批 2026-11-23 12:00 再发 2 个；第 3 批 2026-11-24 12:00 再发 2 个" in told
    assert "calendar approve" not in told
