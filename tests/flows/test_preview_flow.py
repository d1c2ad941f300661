"""Who gets what, when, and why not: said before anything leaves, and true when it does."""

from __future__ import annotations

import json

import pytest

from tests.flows.playing import CONFIG, Line, Played, Stage, operator, platform, says
from tests.flows.tea_house import BIND, HEADER, IMPORT, book, entry, of, times, world

FOUR = {name: ["main"] for name in ("wx-a", "wx-b", "wx-c", "wx-d")}
SECOND = '[[merchants]]\nid = "m2"\nname = "别家"\nplaybook = "playbook.toml"\ntimezone = "Asia/Shanghai"\n'


def previewed(played: Played) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (row["target"], row["decision"], row["reason"], row["until"] and row["until"][:16])
        for row in played.rows("calendar preview")[:-1]
    ]


def counts(played: Played) -> Line:
    found: Line = played.rows("calendar preview")[-1]["counts"]
    return found


def test_each_target_with_its_reason_and_its_time(stage: Stage) -> None:
    book(stage, "[caps]\npromotions_per_day = 1\nperson_per_day = 9\n[words]\nsensitive = ['WX-D']\n")
    rows = [
        entry("hi", "08:30"),
        entry("ad", "09:00", promotional="yes"),
        entry("later", "10:00", promotional="yes", text="{name}好"),
    ]
    stage.write("calendar.csv", HEADER + "".join(rows))
    story = [
        IMPORT,
        says("08:40:00", "wx-b", "TD"),
        {"at": "08:41:00", "type": "friend_removed", "account": "main", "contact": "wx-c"},
        operator("09:30:00", "calendar preview later --json"),
    ]
    played = stage.play(story, world=world(friends=FOUR))
    assert previewed(played) == [
        ("wx-a", "would_wait", "person_cap", "2026-11-24T00:00"),
        ("wx-b", "would_skip", "opted_out", None),
        ("wx-d", "would_skip", "words", None),
    ]
    assert counts(played) == {"would_send": 0, "opted_out": 1, "person_cap": 1, "words": 1}
    assert played.rows("calendar preview")[0]["text"] == "WX-A好"
    assert played.states(of("later", "wx-b")) == ["planned", "skipped:opted_out"]
    assert played.states(of("later"))[:2] == ["planned", "waiting:person_cap"]


def test_who_stands_further_back_than_there_is_room_is_told_when(stage: Stage) -> None:
    book(stage, "[pace]\nper_minute = 2\n")
    stage.write("calendar.csv", HEADER + entry("e", "09:00"))
    played = stage.play([IMPORT, operator("08:59:00", "calendar preview e --json")], world=world(friends=FOUR))
    assert previewed(played) == [
        ("wx-a", "would_send", None, None),
        ("wx-b", "would_send", None, None),
        ("wx-c", "would_wait", "account_budget", "2026-11-23T09:01"),
        ("wx-d", "would_wait", "account_budget", "2026-11-23T09:01"),
    ]
    assert counts(played) == {"would_send": 2, "account_budget": 2}
    assert [at for at, _ in times(played)] == ["23 09:00:00", "23 09:00:00", "23 09:01:00", "23 09:01:00"]


@pytest.mark.parametrize(
    ("at", "decision", "reason", "until"),
    [
        ("2026-11-23T22:10:00+08:00", "would_wait", "quiet_hours", "2026-11-24T07:30"),
        ("2026-11-23T22:10", "would_wait", "quiet_hours", "2026-11-24T07:30"),
        ("2026-11-24T07:30:00", "would_send", None, None),
        ("2026-11-24T20:00:01", "would_skip", "too_late", None),
    ],
)
def test_at_an_assumed_moment(stage: Stage, at: str, decision: str, reason: str | None, until: str | None) -> None:
    book(stage, "[[quiet_hours]]\nfrom = '22:00'\nto = '07:30'\n")
    row = entry("e", "09:00", date="2026-11-25", tiers="分院", not_after="2026-11-24 20:00")
    stage.write("calendar.csv", HEADER + row)
    story = [BIND, IMPORT, operator("09:00:00", f"calendar preview e --at {at} --json")]
    played = stage.play(story, world=world())
    assert previewed(played) == [("room-1@chatroom", decision, reason, until)]


@pytest.mark.parametrize(
    ("not_after", "foretold", "then"),
    [
        ("2026-11-24 07:30", ("would_skip", "too_late", None), "expired:too_late"),
        ("2026-11-24 08:00", ("would_wait", "quiet_hours", "2026-11-24T08:00"), "confirmed"),
    ],
)
def test_what_would_be_free_only_when_it_is_out_of_date_is_too_late(
    stage: Stage, not_after: str, foretold: Line, then: str
) -> None:
    book(stage, "[[quiet_hours]]\nfrom = '22:00'\nto = '08:00'\n")
    stage.write("calendar.csv", HEADER + entry("e", "22:30", not_after=not_after))
    look = operator("09:00:00", "calendar preview e --json")
    played = stage.play([IMPORT, look], "--to", "2026-11-24T10:00+08:00", world=world(friends={"wx-a": ["main"]}))
    assert previewed(played) == [("wx-a", *foretold)]
    assert played.states(of("e"))[-1] == then


def test_what_is_past_is_too_late(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("e", "09:00", date="2026-11-23"))
    told = operator("09:30:00", "calendar preview e")
    played = stage.play([IMPORT, told, operator("09:31:00", "calendar preview e --json")], world=world())
    assert {row[1:] for row in previewed(played)} == {("would_skip", "too_late", None)}
    assert counts(played) == {"would_send": 0, "too_late": 2}
    (for_people,) = [line["out"] for line in played.lines if line.get("operator") == told["run"]]
    assert for_people.startswith("e 的时间已经过了")


def test_nothing_is_written_by_looking(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("e", "09:00"))
    story = [IMPORT, operator("08:30:00", "calendar preview e"), operator("08:31:00", "deliveries list --json")]
    played = stage.play(story, world=world())
    assert played.operator("calendar preview")["exit"] == 0
    assert played.operator("calendar preview")["out"].splitlines()[-1] == "会发 2，要等 0，不发 0"
    assert played.operator("deliveries list")["out"] == ""


def test_people_read_one_answer_with_samples_reasons_and_what_mends_it(stage: Stage) -> None:
    book(stage, "[words]\nsensitive = ['WX-D']\n[pace]\nper_minute = 2\n[caps]\ngroup_per_day = 1\n")
    rows = [
        entry("hi", "08:30"),
        entry("e", "09:00", text="{name}，来坐坐 https://item.jd.com/1.html", promotional="yes"),
    ]
    stage.write("calendar.csv", HEADER + "".join(rows))
    story = [IMPORT, says("08:40:00", "wx-b", "TD"), operator("08:50:00", "calendar preview e")]
    out = stage.play(story, world=world(friends=FOUR)).operator("calendar preview")["out"]
    told = out.splitlines()
    assert told[0] == "e，2026-11-23 09:00 发"
    assert told[1:4] == ["  ╭─ 给 WX-A", "  │ WX-A，来坐坐 https://item.jd.com/1.html", "  ╰─"]
    assert "这些人最近 7 天每人收到 1 条" in told
    assert "排期检查：链接 item.jd.com 会把人带出微信" in told
    assert "不发 1：对方已退订（对方不想收，不用管）" in told
    assert "不发 1：有不能发的词（改掉不能发的词）" in told
    assert told[-1] == "会发 2，要等 0，不发 2"


def test_what_the_week_lacks_is_told_with_what_fills_it(stage: Stage) -> None:
    book(stage, "[[promises]]\ntier = '分院'\ncontent_kind = 'story'\nat_least = 1\nper = 'week'\n")
    stage.write("calendar.csv", HEADER + entry("a", "09:00", tiers="分院") + entry("b", "09:00", date="2026-12-01"))
    stage.write("spare.csv", "key,content_kind,rule,text\ns,story,spare,说个故事\n")
    story = [BIND, IMPORT, operator("08:40:00", "calendar preview a"), operator("08:41:00", "calendar preview b")]
    story += [operator("08:42:00", "calendar import spare.csv"), operator("08:43:00", "calendar preview a")]
    played = stage.play(story, world=world())
    told = [line["out"].splitlines() for line in played.lines if "calendar preview" in line.get("operator", "")]
    assert "这一周还缺：分院 每周 故事，故事 应至少 1 条，排了 0 条，缺 1 条（1 处）" in told[0]
    assert "备稿库里没有这类稿子，补一篇排期，或先存几篇备稿" in told[0]
    assert "用备稿补上：calendar fill --from 2026-11-23 --to 2026-11-29" in told[2]
    assert not any("还缺" in line for line in told[1])  # it goes to nobody's group


def test_what_such_posts_did_before(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("a", "09:00", tiers="分院", rule="daily"))
    story: list[Line] = [BIND, IMPORT]
    story += [says(f"10:0{n}:00", "wx-a", "好看", group="room-1@chatroom") for n in range(3)]
    story.append(operator("2026-11-25T12:00:00+08:00", "calendar preview a"))
    told = stage.play(story, world=world()).operator("calendar preview")["out"].splitlines()
    assert "这些群最近 7 天每群收到 3 条" in told
    assert "以前同类 3 条：发后两天平均 1.0 条回话、走 0.0 人" in told


@pytest.mark.parametrize("command", ["calendar preview nothing", "calendar preview e --at morgen"])
def test_what_cannot_be_previewed_is_one_sentence(stage: Stage, command: str) -> None:
    stage.write("calendar.csv", HEADER + entry("e", "09:00"))
    played = stage.play([IMPORT, operator("08:30:00", command)])
    assert played.operator("calendar preview")["exit"] == 2
    assert played.operator("calendar preview")["out"].count("\n") == 1


def test_explain_says_what_became_of_it_and_what_would_now(stage: Stage) -> None:
    book(stage, "[caps]\nperson_per_day = 1\n")
    rows = entry("a", "09:00") + entry("b", "09:10", not_after="2026-11-25 20:00")
    stage.write("calendar.csv", HEADER + rows)
    waiting, gone = f"deliveries explain {of('b')}", f"deliveries explain {of('a')}"
    story = [IMPORT, operator("10:00:00", f"{waiting} --json"), operator("10:01:00", gone)]
    story.append(operator("10:02:00", waiting))
    played = stage.play(story, world=world())
    (row,) = (json.loads(line["out"]) for line in played.lines if line.get("operator") == f"{waiting} --json")
    assert (row["to"], row["text"], row["state"], row["reason"]) == ({"contact": "wx-a"}, "b", "waiting", "person_cap")
    assert row["due"] == "2026-11-23T09:10:00+08:00"
    assert row["not_after"] == "2026-11-25T20:00:00+08:00"
    assert [(change["at"][11:16], change["state"], change["reason"]) for change in row["history"]] == [
        ("09:10", "planned", None),
        ("09:10", "waiting", "person_cap"),
    ]
    assert row["now"] == {"decision": "would_wait", "reason": "person_cap", "until": "2026-11-24T00:00:00+08:00"}
    assert "confirmed" in played.operator(gone)["out"]
    assert "现在" not in played.operator(gone)["out"]
    assert "现在：还要等（到了打扰上限，到 2026-11-24 00:00:00）" in played.operator(waiting)["out"]


def test_explain_names_what_a_reply_stands_behind(stage: Stage) -> None:
    book(stage, "")
    story: list[Line] = [
        platform("08:59:00", "text", "refused"),
        {"at": "09:00:00", "type": "friend_added", "account": "main", "contact": "wx1", "name": "林间"},
        operator("09:00:01", "deliveries explain ask:wx1:1 --json"),
        operator("09:00:02", "deliveries explain greet:wx1 --json"),
    ]
    played = stage.play(story)
    asked, greeting = (json.loads(line["out"]) for line in played.lines if "operator" in line)
    assert asked["now"]["behind"] == greeting["delivery"]
    assert greeting["now"] == {"decision": "would_wait", "reason": "refused", "until": "2026-11-23T09:00:03+08:00"}


def test_explain_says_that_the_account_is_off_line(stage: Stage) -> None:
    """It said that the greeting could be sent, while nobody was there to send it."""
    book(stage, "")
    story: list[Line] = [
        {"at": "09:00:00", "type": "friend_added", "account": "main", "contact": "wx1", "name": "林间"},
        {"at": "09:00:00", "type": "logout", "account": "main"},
        operator("09:00:01", "deliveries explain greet:wx1 --json"),
        operator("09:00:02", "deliveries explain greet:wx1"),
    ]
    played = stage.play(story)
    counted, told = (line["out"] for line in played.lines if "operator" in line)
    assert json.loads(counted)["now"] == {
        "decision": "would_wait",
        "reason": None,
        "until": None,
        "account": "offline",
    }
    assert "现在：账号离线，等它上线" in told


def test_one_merchant_sees_nothing_of_another(stage: Stage) -> None:
    stage.write("config.toml", CONFIG + SECOND)
    stage.write("calendar.csv", HEADER + entry("e", "09:00"))
    played = stage.play([IMPORT, operator("08:30:00", "--merchant m2 calendar preview e")])
    assert played.operator("--merchant m2")["exit"] == 2
