"""An account is banned; a stand-by account takes over its lane by one command."""

from __future__ import annotations

from tests.flows.playing import CONFIG, Line, Stage, operator

TWO = CONFIG + '[[accounts]]\nid = "spare"\nmerchant = "m1"\ntransport = "simulator"\n'
A, B = "a@chatroom", "b@chatroom"
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}, {"id": "spare", "name": "小岭"}],
        "contacts": [
            {"id": "wx-boss", "name": "老板", "friend_of": ["main", "spare"]},
            {"id": "both", "name": "两边", "friend_of": ["main", "spare"], "tags": ["老客"]},
            {"id": "lost", "name": "一边", "friend_of": ["main"], "tags": ["老客"]},
            {"id": "wx5", "name": "五", "friend_of": ["spare"]},
        ],
        "groups": [
            {"id": A, "topic": "分院一群", "owner": "main", "members": ["main", "spare", "both"]},
            {"id": B, "topic": "分院二群", "owner": "main", "members": ["main", "lost"]},
        ],
    }
}


def line(at: str, kind: str, account: str = "main", **more: object) -> Line:
    return {"at": at, "type": kind, "account": account, **more}


def says(at: str, contact: str, text: str, account: str, identity: str) -> Line:
    return line(at, "text", account, contact=contact, text=text, id=identity)


STORY = [
    operator("08:00:00", f"group bind {A} --tier 分院 --account main"),
    operator("08:00:01", f"group bind {B} --tier 分院 --account main"),
    operator("08:01:00", "calendar import calendar.csv"),
    line("09:00:00", "friend_request", contact="wx5", name="五"),
    says("09:05:00", "wx5", "叫我老林", "main", "e1"),
    line("09:30:00", "logout"),
]


def test_the_stand_by_goes_on_where_the_banned_account_stopped(stage: Stage) -> None:
    stage.write("config.toml", TWO)
    calendar = "key,date,time,tiers,tags,text\ngroups,2026-11-23,11:00,分院,,今天上新\n"
    calendar += "people,2026-11-23,12:00,,老客,老客有礼\n"
    stage.write("calendar.csv", calendar)
    played = stage.play(
        [
            *STORY,
            operator("10:00:00", "account replace main spare --json"),
            says("10:10:00", "wx5", "1", "spare", "e2"),
            says("10:20:00", "wx-boss", "/状态", "spare", "e3"),
            operator("13:00:00", "who wx5 --json"),
            operator("13:01:00", "deliveries list --json"),
            operator("13:02:00", "audit --json"),
        ],
        world=WORLD,
    )
    told = {row["what"]: (row["carried"], row["left"], row["which"]) for row in played.rows("account replace")}
    assert told == {
        "groups": (1, 1, [B]),
        "friends": (3, 1, []),
        "surveys": (1, 0, []),
        "deliveries": (0, 0, []),
    }
    who = played.rows("who wx5")[0]
    assert (who["survey"]["state"], who["answers"]["tea"]["value"]) == ("finished", ["rock"])
    posts = played.arrived(kind="text")
    sent = {(one["account"], *one["to"].values()) for one in posts if one["at"] > "2026-11-23T11"}
    assert sent == {("spare", A), ("spare", "both")}
    assert len([one for one in posts if one["account"] == "spare" and one["to"] == {"contact": "wx-boss"}]) >= 1
    stuck = {row["key"] for row in played.rows("deliveries list") if row["state"] in ("planned", "waiting")}
    assert stuck == {f"entry:groups:2026-11-23:{B}", "entry:people:2026-11-23:lost"}
    assert [row["reason"] for row in played.rows("audit") if row["action"] == "account.replace"] == ["spare"]


def test_the_operator_reads_what_was_left_behind_and_what_cannot_be(stage: Stage) -> None:
    stage.write("config.toml", TWO)
    stage.write("calendar.csv", "key,date,time,tiers,text\ngroups,2026-11-23,11:00,分院,今天上新\n")
    played = stage.play(
        [
            *STORY,
            operator("10:00:00", "account replace main nobody"),
            operator("10:01:00", "account replace main main"),
            operator("10:02:00", "account replace main spare"),
        ],
        world=WORLD,
    )
    assert played.operator("account replace main nobody")["exit"] == 2
    assert "不能顶替自己" in played.operator("account replace main main")["out"]
    out = played.operator("account replace main spare")["out"]
    assert out.startswith("账号「main」的事由「spare」接手。\n")
    assert B in out
