"""Slash-commands on customers, on what waits for a word, and on branches; and numbers that answer nothing."""

from __future__ import annotations

from tests.flows.playing import Stage, operator, says
from tests.flows.test_commands_flow import AUDIT, BIND, OTHER, ROOM, WORLD, audit, boss, told


def test_a_remark_is_set_and_an_invitation_follows_the_rules_of_placing(stage: Stage) -> None:
    played = stage.play(
        [
            *BIND,
            boss("09:00:00", '/备注 wx3 "茶友-小林"'),
            boss("09:01:00", "/邀请 wx3", group=OTHER),
            operator("09:10:00", "who wx3 --json"),
            boss("09:11:00", "/邀请 wx3 没这层"),
            operator("09:12:00", "who 天天妈 --json"),
            operator("09:13:00", "who 小林"),
        ],
        world=WORLD,
    )
    (who,) = played.rows("who wx3")
    assert [row["contact"] for row in played.rows("who 天天妈")] == ["wx1"]
    assert "叫「小林」的有 2 位，用编号查：wx2、wx3" in str(played.operator("who 小林"))
    assert who["remark"] == "茶友-小林"
    assert who["groups"] == [OTHER]
    assert [line["to"] for line in played.arrived(kind="invite")] == [{"contact": "wx3", "group": OTHER}]
    assert told(played)[-1] == "没有「没这层」这个层级。现有：分院。"


def test_what_waits_for_a_word_is_approved_or_rejected_from_the_phone(stage: Stage) -> None:
    book = (stage.folder / "playbook.toml").read_text(encoding="utf-8")
    stage.write("playbook.toml", f"approval = true\n{book}")
    one = "a,甲,2026-11-23,10:00,分院,甲说\n"
    stage.write("calendar.csv", f"key,title,date,time,tiers,text\n{one}b,乙,2026-11-23,10:00,分院,乙说\n")
    played = stage.play(
        [
            *BIND,
            operator("08:30:00", "calendar import calendar.csv"),
            boss("09:00:00", "/通过 a"),
            boss("10:05:00", "/退回 b"),
            boss("10:06:00", "/退回 b"),
        ],
        world=WORLD,
    )
    assert [line["text"] for line in played.arrived(to=ROOM)] == ["甲说"]
    assert played.states(f"entry:b:2026-11-23:{ROOM}")[-1] == "skipped:not_approved"
    assert told(played)[1:] == ["好，b 退回，等着发的 2 条不发了。", "b 没有在等通过的。"]


def test_the_head_of_a_branch_has_its_halls_and_no_other(stage: Stage) -> None:
    played = stage.play(
        [
            BIND[0],
            operator("08:01:00", f"group bind {OTHER} --tier 分院 --parent {ROOM}"),
            operator("08:02:00", f"role grant wx-hall branch --group {ROOM} --until 2026-11-23T12:00"),
            says("09:00:00", "wx-hall", "/who wx2"),
            says("09:01:00", "wx-hall", "/who wx3"),
            says("13:00:00", "wx-hall", "/who wx2"),
        ],
        world=WORLD,
    )
    hall, stranger, over = told(played, "wx-hall")
    assert "编号：wx2" in hall
    assert "不归你管" in stranger
    assert over == "这个指令只有管理员能用。"


def test_numbers_that_answer_nothing_are_small_talk(stage: Stage) -> None:
    played = stage.play(
        [
            *BIND,
            boss("09:00:00", "1"),
            boss("09:01:00", "4821", group=ROOM),
            says("09:02:00", "wx1", "4821", group=ROOM),
        ],
        world=WORLD,
    )
    assert played.arrived(kind="text") == []


def test_a_post_with_forbidden_words_is_refused_before_a_code_is_asked_for(stage: Stage) -> None:
    played = stage.play([*BIND, boss("09:00:00", "/post 分院 全国第一的茶"), AUDIT], world=WORLD)
    assert told(played)[0].startswith("发前检查没过")
    assert ("wx-boss", "post", "refused", "bad_arguments") in audit(played)


def test_who_looks_after_a_branch_has_its_halls_where_the_tier_says_so(stage: Stage) -> None:
    playbook = (stage.folder / "playbook.toml").read_text(encoding="utf-8")
    branch = '[[tiers]]\nname = "分舵"\nowner_role = "branch"\n'
    stage.write("playbook.toml", playbook.replace("[[tiers]]", f'{branch}[[tiers]]\nparent = "分舵"', 1))
    played = stage.play(
        [
            operator("08:00:00", f"group bind {ROOM} --tier 分舵 --owner wx-hall"),
            operator("08:01:00", f"group bind {OTHER} --tier 分院 --parent {ROOM}"),
            says("09:00:00", "wx-hall", "/我是谁"),
            says("09:01:00", "wx-hall", "/who wx2"),
            says("09:02:00", "wx-hall", "/who wx3"),
            operator("09:03:00", f"group unbind {OTHER}"),
            says("09:04:00", "wx-hall", "/who wx2"),
            boss("09:05:00", "/角色 wx-hall"),
        ],
        world=WORLD,
    )
    who, hall, stranger, over = told(played, "wx-hall")
    assert who == "你是舵主（分院一群、分院二群），编号 wx-hall。"
    assert "编号：wx2" in hall
    assert "不归你管" in stranger
    assert "不归你管" in over
    assert told(played)[-1] == "堂主老周 的角色：舵主（分院一群）。"


def test_a_number_of_a_list_whose_question_is_settled_says_so(stage: Stage) -> None:
    played = stage.play(
        [
            *BIND,
            says("09:00:00", "wx1", "我想找人工"),
            boss("09:01:00", "没人回"),
            boss("09:02:00", "/关闭 1"),
            boss("09:03:00", "1"),
        ],
        world=WORLD,
    )
    assert told(played)[-1] == "那条已经有人回了，或者了结了。"
