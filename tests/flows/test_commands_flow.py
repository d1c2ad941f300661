"""Slash-commands as admins live in them: typed on a phone, refused, confirmed by a code, taken back, audited."""

from __future__ import annotations

import csv
import json

import pytest

from tests.flows.playing import Line, Played, Stage, operator, says

ROOM, OTHER, HALL = "room-1@chatroom", "room-2@chatroom", "room-3@chatroom"
BIND = [operator(f"08:00:0{n}", f"group bind {room} --tier 分院") for n, room in enumerate((ROOM, OTHER))]
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [
            {"id": "wx-boss", "name": "老板", "friend_of": ["main"]},
            {"id": "wx-hall", "name": "堂主老周", "friend_of": ["main"]},
            {"id": "wx1", "name": "天天妈", "friend_of": ["main"], "tags": ["老客"]},
            {"id": "wx2", "name": "小林", "friend_of": ["main"], "tags": ["老客"]},
            {"id": "wx3", "name": "小林", "friend_of": ["main"]},
        ],
        "groups": [
            {"id": ROOM, "topic": "分院一群", "owner": "main", "members": ["main", "wx-boss", "wx1", "wx-hall"]},
            {"id": OTHER, "topic": "分院二群", "owner": "main", "members": ["main", "wx-boss", "wx2"]},
        ],
    }
}


def boss(at: str, text: str, **more: object) -> Line:
    return says(at, "wx-boss", text, **more)


def told(played: Played, to: str = "wx-boss") -> list[str]:
    return [line["text"] for line in played.arrived(to=to, kind="text")]


def audit(played: Played) -> list[tuple[str, str, str, str]]:
    return [(row["actor"], row["action"], row["result"], row["reason"]) for row in played.rows("audit")]


AUDIT = operator("23:00:00", "audit --json")


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("/tag wx1 会员", {}),
        ("／加标签　天天妈　会员", {}),
        ("@小山\u2005／ＴＡＧ 天天妈 “会员”  ", {"mentions": ["main"]}),
        ("/tag @天天妈\u2005会员", {"mentions": ["wx1"]}),
        ("@小山 /标签 @天天妈 会员", {"mentions": ["main", "wx1"]}),
    ],
)
def test_a_person_is_a_mention_an_id_or_a_name_however_it_is_typed(
    stage: Stage, text: str, more: dict[str, object]
) -> None:
    played = stage.play(
        [*BIND, boss("09:00:00", text, group=ROOM, **more), operator("09:01:00", "who wx1 --json"), AUDIT], world=WORLD
    )
    assert played.rows("who")[0]["tags"] == ["会员", "老客"]
    assert told(played) == ["好，天天妈 加了标签：会员。"]  # 1:1, though it was asked in the group
    assert played.arrived(to=ROOM) == []
    assert ("wx-boss", "tag", "ok") in [row[:3] for row in audit(played)]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("/查 @王 大锤\u2005", {"mentions": ["wx4"]}),
        ("@小山\u2005 /查 @王 大锤\u2005 ", {"mentions": ["main", "wx4"]}),
        ("／查 @王 大锤\u2005", {}),
        ("/查 ＠锤哥", {}),
    ],
)
def test_a_mention_at_the_end_of_a_command_goes_as_far_as_the_platform_says(
    stage: Stage, text: str, more: dict[str, object]
) -> None:
    named = boss("08:59:30", "/备注 wx4 锤哥")
    wang = {"id": "wx4", "name": "王 大锤", "friend_of": ["main"]}
    world = {"world": {**WORLD["world"], "contacts": [*WORLD["world"]["contacts"], wang]}}
    played = stage.play([*BIND, named, boss("09:00:00", text, group=ROOM, **more)], world=world)
    assert told(played)[-1].startswith("王 大锤\n编号：wx4")


@pytest.mark.parametrize("text", ["/加标签 wx2 会员，常来、#周末", "/tag wx2 会员 ＃常来,周末 会员"])
def test_tags_are_told_apart_by_blanks_and_by_commas(stage: Stage, text: str) -> None:
    seen = [
        operator("09:01:00", "who wx2 --json"),
        boss("09:02:00", "/去标签 wx2 ，"),
        boss("09:03:00", "/去标签 wx2 会员、常来"),
    ]
    played = stage.play([*BIND, boss("09:00:00", text), *seen, operator("09:04:00", "who wx2 --json")], world=WORLD)
    assert told(played)[0] == "好，小林 加了标签：会员、常来、周末。"
    assert told(played)[1] == "要写上标签，比如：/加标签 小林 常客。"
    assert told(played)[2] == "好，小林 去掉了标签：会员、常来。"
    assert played.rows("who")[0]["tags"] == ["周末", "老客"]


def test_an_ambiguous_name_is_asked_about_and_a_bare_number_answers(stage: Stage) -> None:
    played = stage.play(
        [
            boss("09:00:00", '/note 小林 "爱喝 岩茶"'),
            boss("09:00:20", "２"),
            operator("09:01:00", "who wx3 --json"),
            boss("09:02:00", "2"),
            AUDIT,
        ],
        world=WORLD,
    )
    asked, done = told(played)
    assert asked.startswith("「小林」有 2 位，是哪一位？")
    assert done == "记下了（小林）。"
    assert played.rows("who")[0]["note"] == "爱喝 岩茶"
    assert [row[1:] for row in audit(played) if row[1] == "note"] == [
        ("note", "refused", "ambiguous"),
        ("note", "ok", ""),
    ]


def test_one_group_is_posted_to_at_once_and_an_unbound_one_never(stage: Stage) -> None:
    played = stage.play(
        [BIND[0], boss("09:00:00", f"/post {ROOM} 开门啦"), boss("09:00:20", f"/post {OTHER} 开门啦")], world=WORLD
    )
    assert [line["text"] for line in played.arrived(to=ROOM)] == ["开门啦"]
    assert played.arrived(to=OTHER) == []


def test_a_clone_gets_nothing_and_everything_is_audited(stage: Stage) -> None:
    joined = {
        "at": "08:30:00",
        "type": "group_joined",
        "account": "main",
        "group": ROOM,
        "members": [{"contact": "wx-x", "name": "老板"}],
    }
    played = stage.play(
        [
            *BIND,
            joined,
            says("09:00:00", "wx-x", "／post 分院 加我微信", group=ROOM),
            says("09:00:10", "wx-x", "/who wx1", group=ROOM),
            says("09:00:20", "wx-x", "/删库", group=ROOM),
            says("09:00:30", "wx1", "/export"),
            says("09:00:40", "wx1", "/audit"),
            AUDIT,
        ],
        world=WORLD,
    )
    assert [line["text"] for line in played.arrived(to=ROOM)] == ["欢迎老板来到分院。"]
    assert told(played, "wx1") == ["这个指令只有管理员能用。"]
    assert [row[:4] for row in audit(played) if row[0] in ("wx-x", "wx1") and row[2] == "refused"] == [
        ("wx-x", "post", "refused", "not_allowed"),
        ("wx-x", "who", "refused", "not_allowed"),
        ("wx-x", "删库", "refused", "unknown_command"),
        ("wx1", "export", "refused", "not_allowed"),
        ("wx1", "audit", "refused", "not_allowed"),
    ]


def test_the_owner_of_a_hall_sees_their_own_members_and_no_others(stage: Stage) -> None:
    owned = operator("08:10:00", f"group bind {ROOM} --tier 分院 --owner wx-hall")
    played = stage.play(
        [
            *BIND,
            owned,
            says("09:00:00", "wx-hall", "/who 天天妈"),
            says("09:00:10", "wx-hall", "/who wx2"),
            says("09:00:20", "wx-hall", "/群"),
            says("09:00:30", "wx-hall", "/停发"),
            says("09:00:40", "wx-hall", "今天"),
            says("09:00:50", "wx-hall", f"/post {OTHER} 来抢"),
        ],
        world=WORLD,
    )
    who, other, groups, pause, today, post = told(played, "wx-hall")
    assert who.startswith("天天妈\n编号：wx1")
    assert "不归你管" in other
    assert "分院一群" in groups
    assert "分院二群" not in groups
    assert pause == "这个指令只有管理员能用。"
    assert "今天没有排期" in today
    assert "没有「room-2@chatroom」" in post


def test_the_list_of_the_day_says_who_waits_whom_to_greet_and_why_it_is_quiet(stage: Stage) -> None:
    added = {"at": "08:20:00", "type": "friend_added", "account": "main", "contact": "wx9", "name": "新朋友"}
    played = stage.play(
        [
            *BIND,
            added,
            says("08:30:00", "wx1", "我要找人工"),
            boss("08:50:00", "/停发 本群", group=ROOM),
            boss("09:00:00", "今天", id="t"),
            {
                "at": "09:10:00",
                "type": "group_joined",
                "account": "main",
                "group": ROOM,
                "members": [{"contact": "wx8", "name": "新来的"}],
            },
            operator("09:15:00", f"role grant wx1 helper --group {ROOM}"),
            says("09:20:00", "wx1", "/今天", id="h"),
        ],
        world=WORLD,
    )
    (helper,) = [line["text"] for line in played.arrived(delivery="command:wx1:h")]
    assert "今天新来的，去打个招呼：新来的" in helper.splitlines()  # and not who was there before us
    (today,) = [line["text"] for line in played.arrived(delivery="command:wx-boss:t")]
    assert today.splitlines() == [
        "我现在不主动发：停发的群：分院一群。",
        "等你回的：天天妈（回 1 就答第一条，/没人回 看全部）",
        "今天新来的，去打个招呼：新朋友",
        "今天没有排期。",
    ]


def test_a_role_is_given_for_a_time_and_ends_by_itself(stage: Stage) -> None:
    played = stage.play(
        [
            boss("09:00:00", "/role grant wx-hall 管理员 2小时"),
            says("09:10:00", "wx-hall", "/停发"),
            says("12:00:00", "wx-hall", "/恢复"),
            boss("12:10:00", "/授权 wx-hall 堂主"),
            boss("12:11:00", "/角色 wx-hall"),
            boss("12:12:00", "/role revoke wx-hall 堂主"),
            says("12:13:00", "wx-hall", "/状态"),
        ],
        world=WORLD,
    )
    assert told(played, "wx-hall")[0].startswith("好，全部已停发")
    assert told(played, "wx-hall")[1:] == ["这个指令只有管理员能用。"]
    assert "堂主老周 的角色：堂主。" in told(played)


def test_quiet_for_a_time_ends_by_itself(stage: Stage) -> None:
    played = stage.play(
        [*BIND, boss("09:00:00", "/静音 1小时", group=ROOM), boss("09:00:10", f"/post {ROOM} 开门啦", id="p")],
        world=WORLD,
    )
    sent = [line["at"][11:16] for line in played.arrived(to=ROOM) if line["text"] == "开门啦"]
    assert sent == ["10:00"]


CALENDAR = "key,title,date,time,rule,tiers,text\nbrief,早报,2026-11-23,10:00,daily,分院,早上好\n"


def test_what_is_silent_is_named_and_ended_from_anywhere_and_what_waits_is_said_to_wait(stage: Stage) -> None:
    hall = operator("08:30:00", f"group bind {ROOM} --tier 分院 --owner wx-hall")
    story = [
        *BIND,
        hall,
        boss("09:00:00", "/停发 分院一群"),
        boss("09:01:00", "/状态"),
        boss("09:02:00", f"/发布 {ROOM} 晚上开汤"),
        boss("09:03:00", f"/恢复 {ROOM}"),
        boss("09:10:00", "/停发 小山"),
        boss("09:11:00", f"/发布 {OTHER} 停着"),
        boss("09:12:00", "/恢复 小山"),
        boss("09:20:00", "/停发"),
        says("09:21:00", "wx-hall", "/恢复", group=ROOM),
    ]
    played = stage.play(story, world=WORLD)
    answers = told(played)
    assert answers[0] == "好，「分院一群」已停发。恢复请发 /恢复 分院一群。"
    assert answers[1].splitlines()[-1] == "停发中：「分院一群」"
    assert answers[2] == "好，发到 分院一群。不过现在停发着，恢复了才发。"
    assert answers[3] == "好，「分院一群」恢复发送。"
    assert answers[4] == "好，账号 main 已停发。恢复请发 /恢复 小山。"
    assert answers[5] == "好，发到 分院二群。不过现在停发着，恢复了才发。"
    assert [line["at"][11:16] for line in played.arrived(to=ROOM, text="晚上开汤")] == ["09:03"]
    assert [line["at"][11:16] for line in played.arrived(to=OTHER, text="停着")] == ["09:12"]
    assert played.arrived(to=ROOM)[-1]["text"] == "好，本群恢复发送。不过全部还停着，老板或管理员发 /恢复 全部 才会发。"


def test_of_groups_with_the_same_topic_the_command_asks_for_the_id(stage: Stage) -> None:
    renamed = {"at": "08:30:00", "type": "group_renamed", "account": "main", "group": OTHER, "topic": "分院一群"}
    played = stage.play(
        [*BIND, renamed, boss("09:00:00", "/发布 分院一群 晚上开汤"), boss("09:01:00", f"/发布 {OTHER} 晚上开汤")],
        world=WORLD,
    )
    assert told(played)[0] == f"有 2 个群叫「分院一群」，请写群编号：{ROOM}、{OTHER}。"
    assert len(played.arrived(to=OTHER, text="晚上开汤")) == 1


def test_the_calendar_is_seen_and_passed_over_from_the_phone(stage: Stage) -> None:
    stage.write("calendar.csv", CALENDAR)
    played = stage.play(
        [
            *BIND,
            operator("08:30:00", "calendar import calendar.csv"),
            boss("09:00:00", "今天\n本周\n/next\n/preview brief"),
            boss("09:01:00", "/跳过 brief"),
            boss("09:02:00", "/下一条"),
            boss("09:03:00", "/今天"),
        ],
        "--to",
        "2026-11-24T12:00:00+08:00",
        world=WORLD,
    )
    answers = "\n".join(told(played))
    assert "10:00 早报（brief）" in answers
    assert "发前检查：没问题" in answers
    assert "跳过 2026-11-23" in answers
    following, today = told(played)[-2:]
    assert following == "11-24 10:00 早报（brief）"
    assert today.endswith("今天没有排期。")
    assert {line["at"][:10] for line in played.arrived(to=ROOM)} == {"2026-11-24"}


def test_what_was_passed_over_stays_so_when_the_entry_is_edited(stage: Stage) -> None:
    stage.write("calendar.csv", CALENDAR)
    stage.write("edited.csv", CALENDAR.replace("早上好", "早啊"))
    story = [
        *BIND,
        operator("08:30:00", "calendar import calendar.csv --json"),
        boss("09:01:00", "/跳过 brief"),
        operator("09:02:00", "calendar import calendar.csv --json"),
        operator("09:03:00", "calendar import edited.csv --json"),
        operator("09:04:00", "calendar export out.csv"),
        operator("09:05:00", "calendar import out.csv --json"),
    ]
    played = stage.play(story, "--to", "2026-11-25T09:00:00+08:00", world=WORLD)
    imports = [json.loads(line["out"]) for line in played.lines if "import" in line.get("operator", "")]
    assert [(one["created"], one["changed"], one["same"]) for one in imports] == [
        (1, 0, 0),
        (0, 0, 1),
        (0, 1, 0),
        (0, 0, 1),
    ]
    (row,) = csv.DictReader((stage.folder / "out.csv").read_text(encoding="utf-8-sig").splitlines())
    assert "2026-11-23" in row["but"]
    assert [(line["at"][:10], line["text"]) for line in played.arrived(to=ROOM)] == [("2026-11-24", "早啊")]


def test_quoting_a_photo_and_saying_so_posts_it_here(stage: Stage) -> None:
    photo = {
        "at": "09:00:00",
        "type": "media",
        "account": "main",
        "contact": "wx1",
        "group": ROOM,
        "kind": "image",
        "name": "茶.jpg",
        "url": "https://example.org/tea.jpg",
        "id": "pic",
    }
    played = stage.play(
        [*BIND, photo, boss("09:01:00", "发这个", group=ROOM, quote="pic"), boss("09:05:00", "发这个", group=ROOM)],
        world=WORLD,
    )
    assert [line["kind"] for line in played.arrived(to=ROOM)].count("image") == 1
    answers = [line["text"] for line in played.arrived(to=ROOM, kind="text")]
    assert answers[0].startswith("发前检查：没问题")
    assert answers[1].startswith("先引用")


def test_a_good_answer_becomes_a_script_with_its_author(stage: Stage) -> None:
    played = stage.play(
        [
            *BIND,
            says("09:00:00", "wx-boss", "岩茶要用沸水，前三泡快出汤。", group=ROOM, id="a"),
            boss("09:01:00", "/存话术 岩茶怎么泡", group=ROOM, quote="a"),
            boss("09:02:00", "/话术 岩茶怎么泡"),
        ],
        world=WORLD,
    )
    assert told(played)[-1] == "岩茶要用沸水，前三泡快出汤。\n——老板"


def test_figures_lists_and_the_export_go_to_the_asker_alone(stage: Stage) -> None:
    played = stage.play(
        [
            *BIND,
            says("08:30:00", "wx1", "退订"),
            boss("09:00:00", "/退订名单\n/话多\n/来源\n/操作记录\n/导出", group=ROOM),
            boss("09:01:00", "/活跃", group=ROOM),
        ],
        world=WORLD,
    )
    alone = "\n".join(told(played))
    assert "天天妈（wx1）" in alone
    assert "表格私聊发你了" in alone
    assert [line["text"] for line in played.arrived(to="wx-boss", kind="file")] == ["客人名单 2026-11-23.csv"]
    assert not played.arrived(to=ROOM, kind="file")
    assert not any("wx1" in line["text"] for line in played.arrived(to=ROOM, kind="text"))
