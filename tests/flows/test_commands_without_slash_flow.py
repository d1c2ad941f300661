"""What the staff may say without a slash, and the help that tells of it."""

from __future__ import annotations

from tests.flows.playing import Stage, operator, says
from tests.flows.test_commands_flow import BIND, ROOM, WORLD, boss, told


def test_help_shows_eight_and_the_rest_by_topic(stage: Stage) -> None:
    played = stage.play(
        [boss("09:00:00", "帮助"), boss("09:01:00", "/帮助 客人"), boss("09:02:00", "/psot")], world=WORLD
    )
    first, topic, hint = told(played)
    assert first.index("\n\n") > 0
    assert len(first.partition("\n\n")[0].splitlines()) == 8
    assert "/查 客人" in topic
    assert "是不是想说 /post" in hint


def test_a_script_is_kept_without_a_slash_by_the_staff_alone(stage: Stage) -> None:
    played = stage.play(
        [
            BIND[0],
            says("09:00:00", "wx1", "存话术 包邮 满99包邮", group=ROOM),
            boss("09:01:00", "岩茶要用沸水，前三泡快出汤。", group=ROOM, id="a"),
            boss("09:02:00", "存话术 岩茶怎么泡", group=ROOM, quote="a"),
            boss("09:03:00", "存话术 包邮\n满99包邮\n偏远除外"),
            boss("09:04:00", "存话术本子找到了", group=ROOM),
            boss("09:05:00", "/话术"),
            boss("09:06:00", "/话术 包邮"),
        ],
        world=WORLD,
    )
    assert told(played, ROOM) == ["好，存成话术「岩茶怎么泡」，署名老板。"]
    assert told(played) == [
        "好，存成话术「包邮」，署名老板。",
        "包邮（老板）\n岩茶怎么泡（老板）",
        "满99包邮\n偏远除外\n——老板",
    ]


def test_what_nobody_says_by_chance_needs_no_slash_with_its_arguments_either(stage: Stage) -> None:
    played = stage.play(
        [
            *BIND,
            boss("09:00:00", "停发 推广"),
            boss("09:01:00", "帮助 群"),
            boss("09:02:00", "停发公告我写好了", group=ROOM),
            says("09:03:00", "wx1", "停发 推广"),
        ],
        world=WORLD,
    )
    stopped, topic = told(played)[:2]
    assert stopped == "好，推广已停发。恢复请发 /恢复 推广。"
    assert topic.startswith("/名额　")
    assert played.arrived(to=ROOM) == []
    assert "已停发" not in "".join(told(played, "wx1"))


def test_who_asks_for_the_list_of_those_who_opted_out_does_not_opt_out(stage: Stage) -> None:
    played = stage.play(
        [
            says("08:30:00", "wx1", "退订"),
            boss("09:00:00", "退订名单"),
            boss("09:01:00", "退订名单 1"),
            operator("09:02:00", "who wx-boss --json"),
        ],
        world=WORLD,
    )
    assert told(played) == ["天天妈（wx1）", "天天妈（wx1）"]
    assert played.rows("who")[0]["opted_out"] is False


def test_one_of_the_staff_who_opted_out_comes_back_by_the_word_that_they_were_told(stage: Stage) -> None:
    played = stage.play(
        [boss("09:00:00", "退订"), boss("09:01:00", "恢复"), operator("09:02:00", "who wx-boss --json")], world=WORLD
    )
    assert [text[:5] for text in told(played)] == ["好的，以后", "好的，恢复", "好，全部恢"]
    assert played.rows("who")[0]["opted_out"] is False
