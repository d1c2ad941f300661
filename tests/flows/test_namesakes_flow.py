"""Whom a command means where several have one name, and whom a 堂主 may mean at all."""

from __future__ import annotations

import pytest

from tests.flows.playing import Line, Played, Stage, operator, says

EAST, WEST = "east@chatroom", "west@chatroom"
LONG = "wxid_0123456789abcdef_east"
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [
            {"id": "wx-boss", "name": "老板", "friend_of": ["main"]},
            {"id": "ann", "name": "安堂主", "friend_of": ["main"]},
            {"id": "bob", "name": "包堂主", "friend_of": ["main"]},
            {"id": LONG, "name": "小美", "friend_of": ["main"], "remark": "小美-东区"},
            {"id": "mei2", "name": "小美", "friend_of": ["main"]},
            {"id": "mei3", "name": "小美", "friend_of": ["main"]},
        ],
        "groups": [
            {"id": EAST, "topic": "东堂", "owner": "main", "members": ["main", "wx-boss", "ann", LONG]},
            {"id": WEST, "topic": "西堂", "owner": "main", "members": ["main", "wx-boss", "bob", "mei2"]},
        ],
    }
}
BOUND = [
    operator("08:00:00", f"group bind {EAST} --tier 分院 --owner ann"),
    operator("08:00:01", f"group bind {WEST} --tier 分院 --owner bob"),
]


def play(stage: Stage, *story: Line) -> Played:
    return stage.play([*BOUND, *story], world=WORLD)


def told(played: Played, to: str = "wx-boss") -> list[str]:
    return [line["text"] for line in played.arrived(to=to, kind="text")]


def test_each_of_one_name_is_shown_by_what_tells_them_apart(stage: Stage) -> None:
    asked, *_ = told(play(stage, says("09:00:00", "wx-boss", "/查 小美")))
    assert asked.splitlines()[1:] == [
        "1. 小美（备注 小美-东区，在 东堂，编号 …f_east）",
        "2. 小美（在 西堂，编号 mei2）",
        "3. 小美（编号 mei3）",
    ]


@pytest.mark.parametrize(
    ("text", "number", "done"),
    [
        ("/归属 小美 bob", "3", "好，小美 归 包堂主 跟了。"),
        ("/我来跟 小美", "3", "好，小美 归 老板 跟了。"),
        ("/调群 小美 分院", "3", "好，小美 归到「分院」，已请进「东堂」。"),
        ("/转人工 小美", "2", "好，小美 转人工了，在 /没人回 里，回过就了结。"),
    ],
)
def test_a_bare_number_answers_whatever_was_asked_about_somebody(
    stage: Stage, text: str, number: str, done: str
) -> None:
    assert done in told(play(stage, says("09:00:00", "wx-boss", text), says("09:00:30", "wx-boss", number)))


def test_who_hands_customers_over_is_asked_which_of_a_name_and_then_for_the_code(stage: Stage) -> None:
    played = play(stage, says("09:00:00", "wx-boss", "/客户交接 安堂主 小美"), says("09:00:30", "wx-boss", "3"))
    assert told(played)[0].startswith("「小美」有 3 位")
    assert told(played)[1].startswith("会把安堂主 的客户交给 小美：1 位客人，1 个群")


def test_what_was_asked_in_a_group_is_answered_where_the_question_came(stage: Stage) -> None:
    played = play(
        stage, says("09:00:00", "wx-boss", '/记一笔 小美 "爱喝岩茶"', group=EAST), says("09:00:30", "wx-boss", "2")
    )
    assert told(played)[-1] == "记下了（小美）。"
    assert played.arrived(to=EAST) == []


def test_a_hall_is_asked_about_its_own_only(stage: Stage) -> None:
    played = play(
        stage,
        says("09:00:00", "ann", "/加标签 小美 常买"),
        says("09:01:00", "bob", "/转人工 小美"),
        says("09:02:00", "bob", f"/转人工 {LONG}"),
        operator("10:00:00", f"who {LONG} --json"),
        operator("10:00:01", "audit --json"),
    )
    assert told(played, "ann") == ["好，小美 加了标签：常买。"]
    assert told(played, "bob") == [
        "好，小美 转人工了，在 /没人回 里，回过就了结。",
        f"「{LONG}」不归你管，你能管的是自己的群和群里的客人。",
    ]
    assert played.rows("who")[0]["tags"] == ["常买"]
    assert len(played.arrived(to="mei2")) == 1
    assert played.arrived(to=LONG) == []
    assert [row["result"] for row in played.rows("audit") if row["action"] == "handoff"] == ["ok", "refused"]


def test_a_hall_may_deal_with_customers_of_its_own_who_are_in_no_group(stage: Stage) -> None:
    played = play(
        stage,
        says("09:00:00", "bob", "/查 mei3"),
        says("09:00:30", "wx-boss", "/归属 mei3 bob"),
        says("09:01:00", "bob", "/查 mei3"),
    )
    before, after = told(played, "bob")
    assert "不归你管" in before
    assert "归属：包堂主（bob）" in after


def test_who_was_handed_over_is_shown_with_the_new_owner_though_they_stay_in_the_hall(stage: Stage) -> None:
    played = play(stage, operator("09:00:00", f"handover {LONG} bob"), says("09:01:00", "wx-boss", f"/查 {LONG}"))
    assert "归属：包堂主（bob）" in told(played)[-1]


def test_a_group_that_is_bound_again_is_whose_it_was(stage: Stage) -> None:
    played = play(
        stage,
        operator("08:10:00", f"group bind {WEST} --tier 分院 --parent {EAST}"),
        says("09:00:00", "wx-boss", f"/解绑 {WEST}"),
        operator("09:00:30", "group list --json"),
        says("09:01:00", "bob", "/群"),
        says("09:02:00", "wx-boss", "/绑定 分院", group=WEST),
        says("09:03:00", "bob", "/群"),
        operator("09:04:00", "group list --json"),
    )
    lists = [line["out"] for line in played.lines if line.get("operator", "").startswith("group list")]
    assert '"group": "west@chatroom", "topic": "西堂", "tier": null, "owner": null, "parent": null' in lists[0]
    assert '"tier": "分院", "owner": "bob", "parent": "east@chatroom"' in lists[1]
    assert told(played)[0] == "好，「西堂」解绑了，以后只看不发。再绑定时，堂主和上级群照旧。"
    assert told(played, WEST) == ["好，本群绑定为「分院」。堂主和上级群照旧，要改请到电脑上。"]
    assert told(played, "bob") == ["这个指令只有管理员能用。", "西堂：分院，4 人（west@chatroom）"]


def test_bound_again_for_another_the_customers_go_with_it(stage: Stage) -> None:
    played = play(
        stage,
        operator("09:00:00", f"group unbind {WEST}"),
        operator("09:01:00", f"group bind {WEST} --tier 分院 --owner ann"),
        operator("09:02:00", "who mei2 --json"),
    )
    assert played.rows("who")[0]["owner"] == "ann"


def test_a_hall_ends_the_silence_that_it_began_in_its_group_and_no_more(stage: Stage) -> None:
    played = play(
        stage,
        says("09:00:00", "ann", "/本群静音", group=EAST),
        says("09:01:00", "ann", "/恢复 全部", group=EAST),
        says("09:02:00", "ann", "/恢复 本群", group=EAST),
    )
    assert told(played, EAST) == [
        "好，本群我不主动发了。恢复请发 /恢复 本群。",
        "你只管本群，全部要老板或管理员来停。",
        "好，本群恢复发送。",
    ]


def test_a_role_that_is_taken_back_without_a_group_is_gone_in_all_of_them(stage: Stage) -> None:
    played = play(
        stage,
        says("09:00:00", "wx-boss", f"/授权 mei3 帮手 {EAST}"),
        says("09:01:00", "wx-boss", f"/授权 mei3 帮手 {WEST}"),
        says("09:02:00", "wx-boss", "/收权 mei3 帮手"),
        says("09:03:00", "mei3", "/群"),
        says("09:04:00", "wx-boss", "/收权 mei3 帮手"),
    )
    assert told(played)[-2:] == ["好，小美 不再是帮手。", "小美 本来就不是帮手。"]
    assert told(played, "mei3") == ["这个指令只有管理员能用。"]


def test_who_looks_after_a_group_is_shown_as_its_hall_and_stays_so(stage: Stage) -> None:
    played = play(stage, says("09:00:00", "wx-boss", "/角色 ann"), says("09:01:00", "wx-boss", "/收权 ann 堂主"))
    shown, kept = told(played)
    assert shown == "安堂主 的角色：堂主（东堂）。"
    assert "还带着「东堂」，在那里照样是堂主，要换人发 /客户交接 ann 谁来跟。" in kept


def test_into_a_full_group_nobody_is_invited_and_nobody_lands_elsewhere_unasked(stage: Stage) -> None:
    filling = {"at": "08:30:00", "type": "group_joined", "account": "main", "group": EAST,
               "members": [{"contact": "late", "name": "晚来的"}]}  # fmt: skip
    claimed = says("08:40:00", "ann", "/我来跟 mei3")
    played = play(stage, filling, claimed, says("09:00:00", "ann", "/邀请 mei3", group=EAST))
    assert told(played, "ann")[-1] == "本群满了（5 人），没请。进「分院」别的群就发 /邀请 mei3 分院。"
    assert played.arrived(kind="invite") == []


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("/绑定分院", "指令后面空一格再写内容：/绑定 分院。"),
        ("／查小美东", "指令后面空一格再写内容：/查 小美东。"),
        ("/查询 小美", "是不是想说 /查？"),
        ("/我来更", "是不是想说 /我来跟？"),
    ],
)
def test_what_was_probably_meant_is_said(stage: Stage, text: str, hint: str) -> None:
    assert hint in told(play(stage, says("09:00:00", "wx-boss", text)))[0]


def test_a_group_is_handed_over_and_moved_into_by_the_topic_that_only_one_bound_group_has(stage: Stage) -> None:
    twin = {"id": "twin@chatroom", "topic": "东堂", "owner": "mei3", "members": ["main", "mei3"]}
    world = {"world": {**WORLD["world"], "groups": [*WORLD["world"]["groups"], twin]}}
    played = stage.play(
        [
            *BOUND,
            says("09:00:00", "wx-boss", "/客户交接 东堂 bob"),
            says("09:01:00", "wx-boss", "/调群 mei3 西堂"),
            operator("09:02:00", "group bind twin@chatroom --tier 分院"),
            says("09:03:00", "wx-boss", "/客户交接 东堂 bob"),
        ],
        world=world,
    )
    first, *others, unclear = told(played)
    assert first.startswith("会把「东堂」交给 包堂主：1 位客人，1 个群。")
    assert "好，小美 归到「分院」，已请进「西堂」。" in others
    assert unclear.startswith("有 2 个群叫「东堂」，请写群编号：")
