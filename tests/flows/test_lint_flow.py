"""What is wrong with a calendar is said before anything leaves, exactly, in words that a shop manager understands."""

from __future__ import annotations

import pytest

from tests.flows.playing import PLAYBOOK, Line, Played, Stage, operator

HEADER = "编号,内容类型,主题,形式,日期,时间,重复,层级,群,标签,正文,素材,推广\n"
TIERS = """
[[tiers]]
name = "总院"
[[tiers]]
name = "分院"
parent = "总院"
[[tiers]]
name = "茶桌"
parent = "分院"
inherits = true
"""
PROMISES = """
[[promises]]
tier = "分院"
content_kind = "article"
at_least = 1
per = "day"
[[promises]]
tier = "分院"
content_kind = "story"
exactly = 1
per = "week"
album = true
[[promises]]
tier = "茶桌"
content_kind = "gathering"
at_least = 1
per = "month"
"""
OLD_TIERS = '[[tiers]]\nname = "分院"\ncapacity = 5\nwelcome = "欢迎{name}来到分院。"\n'
ROOMS = {"tea@chatroom": "分院一群", "table@chatroom": "茶桌一"}
MEMBERS = ["wx-a", "wx-b", "wx-c"]
BIND = [
    operator("08:00:00", "group bind tea@chatroom --tier 分院"),
    operator("08:00:01", "group bind table@chatroom --tier 茶桌 --parent tea@chatroom --owner wx-boss"),
]
IMPORT = operator("08:00:10", "calendar import calendar.csv --json")
ARTICLE = "a,article,茶艺,,,09:00,每天,分院;茶桌,,,早,,否\n"
TALK = "t,talk,,,,12:00,每天,分院;茶桌,,,聊聊,,否\n"
STORY = "s,story,,相册,2027-01-02,20:00,,分院,,,故事,1.jpg;2.jpg,否\n"


def world(**rooms: list[str]) -> Line:
    return {
        "world": {
            "accounts": [{"id": "main", "name": "小山"}],
            "contacts": [{"id": name, "name": name, "friend_of": ["main"]} for name in ("wx-boss", *MEMBERS)],
            "groups": [
                {
                    "id": room,
                    "topic": topic,
                    "owner": "main",
                    "members": ["main", "wx-boss", *rooms.get(room.split("@")[0], [])],
                }
                for room, topic in ROOMS.items()
            ],
        }
    }


def linted(stage: Stage, rows: str, days: str, *, more: str = "", members: Line | None = None) -> Played:
    stage.write("playbook.toml", PLAYBOOK.replace(OLD_TIERS, TIERS + PROMISES + more))
    stage.write("calendar.csv", HEADER + rows)
    return stage.play([*BIND, IMPORT, operator("08:30:00", f"calendar lint {days}")], world=members or world())


def brief(played: Played) -> list[tuple[str, ...]]:
    return [
        tuple(row[name] or "-" for name in ("code", "group", "tier", "promise", "period", "entry"))
        for row in played.rows("calendar lint")
    ]


def test_week_53_is_judged_by_its_own_days_and_inherited_by_the_hall(stage: Stage) -> None:
    played = linted(stage, ARTICLE + TALK + STORY, "--from 2026-12-28 --to 2027-01-03 --json")
    assert brief(played) == [("missing", "table@chatroom", "茶桌", "分院/story/week", "2026-W53", "-")]
    (row,) = played.rows("calendar lint")
    assert list(row) == ["code", "group", "tier", "promise", "period", "entry", "text"]
    assert row["text"] == "故事 应正好 1 条，排了 0 条，缺 1 条"


def test_a_calendar_that_is_right_has_no_rows(stage: Stage) -> None:
    rows = ARTICLE + TALK + STORY.replace("分院", "分院;茶桌")
    played = linted(stage, rows, "--from 2026-12-28 --to 2027-01-03 --json")
    assert (played.operator("calendar lint")["exit"], played.operator("calendar lint")["out"]) == (0, "")


def test_days_before_the_import_are_judged_as_they_are_planned(stage: Stage) -> None:
    gathering = "g,gathering,,聚会,2026-11-30,19:00,,茶桌,,,来喝茶,,否\n".replace("聚会", "gathering")
    rows = (
        ARTICLE
        + TALK
        + gathering
        + STORY.replace("2027-01-02,20:00,", "2026-11-01,20:00,每周四").replace("分院", "分院;茶桌")
    )
    assert brief(linted(stage, rows, "--from 2026-11-01 --to 2026-11-30 --json")) == []


def test_what_an_entry_itself_has_wrong(stage: Stage) -> None:
    rows = ARTICLE + TALK + "p,benefit,,图片,2026-11-24,15:00,,分院,,,{name}来 https://item.jd.com/1.html,,否\n"
    rows += "n,talk,,文字,2026-11-24,18:00,,,new@chatroom,,早,,否\n"
    stage.write("playbook.toml", PLAYBOOK.replace(OLD_TIERS, TIERS))
    stage.write("calendar.csv", HEADER + rows)
    story: list[Line] = [
        *BIND,
        {"at": "08:00:05", "type": "group_joined", "account": "main", "group": "new@chatroom", "members": []},
        IMPORT,
        operator("08:30:00", "calendar lint --from 2026-11-24 --to 2026-11-24 --json"),
    ]
    played = stage.play(story, world=world())
    assert brief(played) == [
        ("unreachable", "new@chatroom", "-", "-", "-", "n"),
        ("field", "-", "-", "-", "-", "p"),
        ("media", "-", "-", "-", "-", "p"),
        ("off_platform", "-", "-", "-", "-", "p"),
    ]


def test_a_group_that_declines_or_moves_an_entry_is_judged_by_its_own_version(stage: Stage) -> None:
    stage.write("playbook.toml", PLAYBOOK.replace(OLD_TIERS, TIERS + PROMISES))
    header = HEADER.replace("推广", "推广,可选")
    rows = ARTICLE.replace("否\n", "否,是\n") + TALK.replace("否\n", "否,否\n")
    stage.write("calendar.csv", header + rows)
    story: list[Line] = [
        *BIND,
        IMPORT,
        operator("08:10:00", "calendar override a --group tea@chatroom --time 11:30"),
        operator("08:10:01", "calendar override a --group table@chatroom --decline"),
        operator("08:30:00", "calendar lint --from 2026-11-24 --to 2026-11-24 --json"),
    ]
    assert brief(stage.play(story, world=world())) == [
        ("clash", "tea@chatroom", "分院", "-", "2026-11-24", "t"),
        ("missing", "table@chatroom", "茶桌", "分院/article/day", "2026-11-24", "-"),
    ]


def test_a_file_that_is_not_in_the_media_folder(stage: Stage) -> None:
    (stage.folder / "media").mkdir()
    (stage.folder / "media" / "1.jpg").write_bytes(b"")
    rows = ARTICLE + TALK + STORY.replace("分院", "分院;茶桌")
    played = linted(stage, rows, "--from 2026-12-28 --to 2027-01-03 --json")
    assert brief(played) == [("media", "-", "-", "-", "-", "s")]
    assert played.rows("calendar lint")[0]["text"] == "素材里没有 2.jpg"


@pytest.mark.parametrize(
    ("hall", "rows"),
    [
        (
            ["wx-a", "wx-b", "wx-c"],
            [("cap", "table@chatroom", "茶桌", "-", "2026-11-24", "-")],
        ),  # two of three are in both
        (["wx-b", "wx-c"], []),  # only half of them
        ([], []),  # the boss and our account are no typical members
    ],
)
def test_the_typical_member_is_where_most_of_the_group_are(
    stage: Stage, hall: list[str], rows: list[tuple[str, ...]]
) -> None:
    caps = "[caps]\nperson_per_day = 1\ngroup_post_weight = 0.6\n"
    calendar = "a,article,,,2026-11-24,09:00,,分院,,,早,,否\nb,article,,,2026-11-24,12:00,,茶桌,,,早,,否\n"
    members = world(tea=["wx-a", "wx-b"], table=hall)
    played = linted(stage, calendar, "--from 2026-11-24 --to 2026-11-24 --json", more=caps, members=members)
    assert [row for row in brief(played) if row[1] == "table@chatroom"] == rows


def test_a_shop_manager_reads_what_is_wrong_where_and_when(stage: Stage) -> None:
    played = linted(stage, TALK + STORY, "--from 2026-12-28 --to 2026-12-28")
    *table, total = played.operator("calendar lint")["out"].splitlines()
    assert "2026-12-28" in table[1]
    assert "缺稿" in table[1]
    assert "分院一群、茶桌一" in table[1]
    assert total == "2026-12-28 到 2026-12-28，2 个群，2 条排期：缺稿 2"


@pytest.mark.parametrize(
    "days",
    [
        "--from 2026-13-01",
        "--from morgen",
        "--from 2026-12-02 --to 2026-12-01",
        "--from 2026-01-01 --to 2036-01-01",
        "--to 2020-01-01",
    ],
)
def test_days_that_cannot_be_looked_at_are_one_sentence(stage: Stage, days: str) -> None:
    played = linted(stage, ARTICLE, days)
    assert played.operator("calendar lint")["exit"] == 2
    assert played.operator("calendar lint")["out"].count("\n") == 1


HELD = """
[words]
sensitive = ["不醉不归"]
[[quiet_hours]]
from = "22:00"
to = "08:00"
"""


def test_what_can_never_leave_is_said_at_import_by_the_lint_and_in_the_chat(stage: Stage) -> None:
    stage.write("playbook.toml", PLAYBOOK.replace(OLD_TIERS, TIERS + HELD))
    header = "编号,标题,时间,重复,层级,正文\n"
    rows = "b8,夜话,23:30,每天,分院;茶桌,夜里说两句\nb9,养生,08:40,每天,分院;茶桌,喝酒养生，不醉不归\n"
    stage.write("calendar.csv", header + rows)
    story: list[Line] = [
        *BIND,
        operator("08:00:09", "calendar import calendar.csv --dry-run"),
        IMPORT,
        operator("08:10:00", "calendar lint --to 2026-11-29 --json"),
        operator("08:11:00", "calendar lint --to 2026-11-29"),
        operator("08:12:00", "calendar preview b8 --json"),
        operator("08:13:00", "calendar preview b9 --json"),
        operator("08:13:10", "calendar preview b9"),
        {"at": "08:14:00", "type": "text", "account": "main", "contact": "wx-boss", "text": "/发前检查"},
    ]
    played = stage.play(story, "--to", "2026-11-24T09:00:00+08:00", world=world())

    word = "有「不醉不归」，7 次、2 个群都发不出去；改掉不能发的词"
    quiet = "7 次、2 个群落在免打扰时间，如 11-23 23:30 的要等到 11-24 08:00；把时间改到免打扰之外"
    dry = played.operator("calendar import calendar.csv --dry-run")
    assert (dry["exit"], dry["out"].splitlines()[2:]) == (
        0,
        ["提醒：1 条有不能发的词，不改就发不出去：b9（不醉不归）", "新增 2，改动 0，没变 0，有错 0"],
    )
    assert played.rows("calendar import calendar.csv --json") == [{"created": 2, "changed": 0, "same": 0, "faults": 0}]
    out = played.operator("calendar lint --to 2026-11-29")["out"]
    assert [line.split() for line in out.splitlines() if line.strip().startswith(("免打扰时间", "有不能发的词"))] == [
        ["免打扰时间", "b8", *quiet.split()],
        ["有不能发的词", "b9", *word.split()],
    ]
    said = {row["code"] for row in played.rows("calendar lint --to 2026-11-29 --json")}
    assert not said & {"words", "quiet_hours", "too_late"}  # no codes of the rows that programs read
    # As the gate said beforehand, and as it came.
    night, day = played.rows("calendar preview b8 --json")[0], played.rows("calendar preview b9 --json")[0]
    assert (night["reason"], night["until"]) == ("quiet_hours", "2026-11-24T08:00:00+08:00")
    assert (day["decision"], day["reason"]) == ("would_skip", "words")
    assert played.states("entry:b9:2026-11-23:tea@chatroom")[-1] == "skipped:words"
    assert [line["at"][:16] for line in played.arrived(to="tea@chatroom", text="夜里说两句")] == ["2026-11-24T08:00"]
    assert f"排期检查：{word}" in played.operator("calendar preview b9")["out"].splitlines()
    (told,) = [line["text"] for line in played.arrived(to="wx-boss") if "往后" in line["text"]]
    assert f"· 有不能发的词：「养生」{word.replace('7 次', '14 次')}" in told


def test_days_in_a_row_that_lack_the_same_are_one_line(stage: Stage) -> None:
    played = linted(stage, TALK + ARTICLE.replace("每天", "每周三"), "--from 2026-11-23 --to 2026-11-29")
    days = [line.split(" ")[0:3] for line in played.operator("calendar lint")["out"].splitlines() if "文章" in line]
    assert days == [["2026-11-23", "到", "2026-11-24（2"], ["2026-11-26", "到", "2026-11-29（4"]]
