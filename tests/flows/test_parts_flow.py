"""Several parts one after the other, and wordings for some, chosen when it leaves."""

from __future__ import annotations

from tests.flows.playing import Stage, operator, platform
from tests.flows.tea_house import BIND, HEADER, IMPORT, book, entry, of, times, world

PACE = "[pace]\ntyping_chars_per_second = 1\n"
TWO = '"第一条\n---\n第二条有十个字呢呢呢"'
ENDS = ("--to", "2026-11-23T20:00:00+08:00")


def test_parts_leave_one_after_the_other_with_the_time_it_takes_to_type_them(stage: Stage) -> None:
    book(stage, PACE)
    stage.write("calendar.csv", HEADER + entry("tea", "10:00", text=TWO))
    played = stage.play([IMPORT], *ENDS, world=world())
    said = [(line["at"][11:19], line["to"], line["text"]) for line in played.arrived()]
    assert said == [
        ("10:00:00", {"contact": "wx-a"}, "第一条"),
        ("10:00:10", {"contact": "wx-a"}, "第二条有十个字呢呢呢"),
        ("10:00:13", {"contact": "wx-b"}, "第一条"),
        ("10:00:23", {"contact": "wx-b"}, "第二条有十个字呢呢呢"),
    ]


def test_parts_are_one_post_to_the_caps(stage: Stage) -> None:
    book(stage, "[caps]\ngroup_per_day = 1\nperson_per_day = 1\n")
    stage.write(
        "calendar.csv", HEADER + entry("tea", "10:00", text=TWO) + entry("all", "11:00", tiers="分院", text=TWO)
    )
    played = stage.play([BIND, IMPORT], *ENDS, world=world())
    assert len(played.arrived()) == 6
    report = stage.play(
        [BIND, IMPORT, operator("12:00:00", "report posts --from 2026-11-23 --json")], *ENDS, world=world()
    ).rows("report posts")
    assert [row["entry"] for row in report] == ["all"]


def test_the_summary_counts_parts_as_one_touch_and_ranks_as_the_reports_do(stage: Stage) -> None:
    book(stage, "")
    people = world()
    people["world"]["contacts"][1]["tags"] = ["茶友", "岩茶"]
    stage.write("calendar.csv", HEADER + entry("tea", "10:00", text=TWO) + entry("rock", "11:00", tags="岩茶"))
    played = stage.play([IMPORT], *ENDS, world=people)
    assert len(played.arrived()) == 5
    assert played.summary["touches_per_person"] == {"max": 2, "p50": 1, "p95": 2}


def test_after_a_part_that_did_not_arrive_nothing_follows(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("tea", "10:00", tags="茶友", text=TWO))
    story = [IMPORT, platform("09:59:00", "text", "refused")]
    played = stage.play(story, *ENDS, world=world(friends={"wx-a": ["main"]}))
    assert played.arrived() == []
    assert played.states(of("tea"))[-1] == "failed:refused"


def test_a_part_with_an_unknown_field_keeps_the_whole_from_leaving(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("tea", "10:00", text='"第一条\n---\n喝{tea}吧"'))
    played = stage.play([IMPORT], *ENDS, world=world())
    assert played.arrived() == []
    assert played.states(of("tea")) == ["planned", "skipped:field"]


def test_tags_and_tiers_of_the_moment_choose_the_wording(stage: Stage) -> None:
    book(stage, "")
    text = '"{nick}你好\n【标签 岩】\n{nick}，岩茶到了\n【层级 分院】\n分院的{nick}，你好"'
    stage.write(
        "calendar.csv", HEADER + entry("tea", "10:00", text=text) + entry("all", "11:00", tiers="分院", text=text)
    )
    people = world(friends={"wx-a": ["main"], "wx-b": ["main"]})
    people["world"]["contacts"].append({"id": "wx-c", "name": "WX-C", "friend_of": ["main"], "tags": ["茶友"]})
    people["world"]["contacts"][1]["tags"] = ["茶友", "岩"]
    played = stage.play([BIND, IMPORT], *ENDS, world=people)
    assert {line["to"].get("contact"): line["text"] for line in played.arrived() if "contact" in line["to"]} == {
        "wx-a": "WX-A，岩茶到了",
        "wx-b": "分院的WX-B，你好",
        "wx-c": "WX-C你好",
    }


def test_the_stage_of_the_moment_chooses_the_wording_and_the_audience(stage: Stage) -> None:
    book(stage, '[[stages]]\nstage = "mature"\nwhen = { tags = ["岩"] }\n')
    text = '"{nick}你好\n【阶段 成熟期】\n老朋友{nick}，新茶先给你留着"'
    stage.write("calendar.csv", HEADER + entry("tea", "10:00", text=text) + entry("dear", "11:00", tags="阶段:成熟期"))
    people = world(friends={"wx-a": ["main"], "wx-b": ["main"]})
    people["world"]["contacts"][1]["tags"] = ["茶友", "岩"]
    preview = operator("09:00:00", "calendar preview tea --json")
    played = stage.play([IMPORT, preview, operator("09:01:00", "who wx-a --json")], *ENDS, world=people)
    said = [
        ("wx-a", "老朋友WX-A，新茶先给你留着"),
        ("wx-b", "WX-B你好"),
    ]
    assert [(row["target"], row["text"]) for row in played.rows("calendar preview")[:-1]] == said
    assert [(line["to"]["contact"], line["text"]) for line in played.arrived()] == [*said, ("wx-a", "dear")]
    assert played.rows("who wx-a")[0]["stage"] == "mature"


def test_an_edit_between_two_parts_changes_the_second(stage: Stage) -> None:
    book(stage, "[pace]\nper_minute = 1\n")
    stage.write("calendar.csv", HEADER + entry("tea", "10:00", text='"一\n---\n二"'))
    stage.write("edited.csv", HEADER + entry("tea", "10:00", text='"一\n---\n新二"'))
    stage.write("shorter.csv", HEADER + entry("tea", "10:00", text="只有一"))
    one = world(friends={"wx-a": ["main"]})
    edited = stage.play([IMPORT, operator("10:00:30", "calendar import edited.csv")], *ENDS, world=one)
    assert [text for _, text in sorted((line["at"], line["text"]) for line in edited.arrived())] == ["一", "新二"]
    shorter = stage.play([IMPORT, operator("10:00:30", "calendar import shorter.csv")], *ENDS, world=one)
    assert [line["text"] for line in shorter.arrived()] == ["一"]
    assert times(shorter)[0][0] == "23 10:00:00"


def test_the_preview_shows_all_parts_as_each_would_get_them(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("tea", "10:00", text='"{nick}\n---\n二"'))
    played = stage.play([IMPORT, operator("09:00:00", "calendar preview tea --json")], *ENDS, world=world())
    assert [row.get("text") for row in played.rows("calendar preview")] == ["WX-A\n---\n二", "WX-B\n---\n二", None]


def test_a_wording_for_an_unknown_tier_is_a_fault(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("tea", "10:00", text='"好\n【层级 分元】\n好"'))
    rows = stage.play([IMPORT], *ENDS, world=world()).rows("calendar import")
    assert [(row["column"], row["found"]) for row in rows[:-1]] == [("text", "分元")]
