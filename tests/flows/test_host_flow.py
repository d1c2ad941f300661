"""Behaving like a good host: people are busy, sad, happy, angry, silent, and come back; the survey waits for them."""

from __future__ import annotations

import pytest

from tests.flows.playing import WORLD, Line, Played, Stage, asks_to_be_friends, moment, operator, platform, says
from tests.flows.shops import BABY, BEAUTY

WHO = operator("2026-11-30T12:00:00+08:00", "who wx1 --json")
ADDED = asks_to_be_friends("09:00:00", "wx1", id="e0")


def play(stage: Stage, playbook: str, *story: Line, to: str = "2026-12-03T12:00:00+08:00") -> Played:
    """A story of wx1, who has just added us."""
    stage.write("playbook.toml", playbook)
    return stage.play([ADDED, *story], "--to", to)


def heard(played: Played, since: str = "09:00:30") -> list[tuple[str, str]]:
    """What wx1 got after a time of the first day: when (day and minute), and the words."""
    return [
        (line["at"][8:16].replace("T", " "), line["text"])
        for line in played.arrived(to="wx1", kind="text")
        if moment(line["at"]) > moment(f"2026-11-23T{since}+08:00")
    ]


def told_staff(played: Played) -> list[str]:
    return [line["text"] for line in played.arrived(to="wx-boss")]


@pytest.mark.parametrize(
    ("said", "at", "when"),
    [
        ("在忙，晚上再说", "09:01:00", "23 20:00"),
        ("明天告诉你", "09:01:00", "24 10:00"),
        ("晚上再说", "21:10:00", "24 08:30"),  # an hour later it is quiet
    ],
)
def test_later_sets_a_time_and_the_question_comes_then(stage: Stage, said: str, at: str, when: str) -> None:
    restart: Line = {"at": "21:12:00", "type": "restart", "down": "30m"}
    played = play(stage, BABY, says(at, "wx1", said), restart, WHO)
    (_, acknowledged), (asked_at, question), *nudges = heard(played, at)
    assert "？" not in acknowledged
    assert (asked_at, question[:2]) in [(when, "宝宝"), (when, "怎么")]
    assert len(nudges) == 2
    assert played.rows("who")[0]["answers"] == {"baby": {"value": None, "state": "later"}}


def test_who_said_later_may_be_quicker(stage: Stage) -> None:
    played = play(stage, BABY, says("09:01:00", "wx1", "晚上再说"), says("09:10:00", "wx1", "豆豆"), WHO)
    assert played.rows("who")[0]["answers"]["baby"]["value"] == "豆豆"
    assert [text for at, text in heard(played) if at == "23 20:00"] == []


def test_a_death_is_comforted_and_nothing_more_is_asked_that_day(stage: Stage) -> None:
    played = play(stage, BABY, says("09:01:00", "wx1", "最近家里老人走了，没心情"), to="2026-11-24T12:00:00+08:00")
    (_, comfort), (asked_at, _question) = heard(played)
    assert "节哀" in comfort
    assert "好嘞" not in comfort
    assert asked_at == "24 10:00"
    assert ["老人走了" in note for note in told_staff(played)] == [True]


def test_who_has_lost_a_child_is_never_asked_about_it_again(stage: Stage) -> None:
    told = [says("09:01:00", "wx1", "天天"), says("09:02:00", "wx1", "我家宝宝8个月，昨天没了")]
    played = play(stage, BABY, *told, says("2026-11-25T10:00:00+08:00", "wx1", "你们店在哪"), WHO)
    (_, comfort), *after = heard(played, "09:02:00")
    assert "节哀" in comfort
    assert [text for _, text in after][:2] == ["解放路 5 号，早九到晚八。", "您在哪个城市呀？"]
    assert not [text for _, text in after if "宝" in text]
    row = played.rows("who")[0]
    assert (list(row["answers"]), row["tags"]) == (["baby"], [])


def test_bad_news_beside_an_answer_is_no_reason_to_say_fine(stage: Stage) -> None:
    played = play(
        stage,
        BABY,
        says("09:01:00", "wx1", "天天"),
        says("09:02:00", "wx1", "8个月，发烧住院了"),
        says("09:03:00", "wx1", "杭州"),
    )
    comforted, thanked = [text for _, text in heard(played, "09:02:00")]
    assert "好起来" in comforted  # and where they live was not asked in the same breath
    assert thanked == "都记好啦，谢谢天天。"


@pytest.mark.parametrize(
    ("said", "answered"),
    [("我妈住院了先不聊了", "好起来"), ("8个月，发烧住院了", "好起来"), ("先不聊了", "先忙"), ("今天心情不好", "")],
)
def test_after_words_of_comfort_no_question_follows_in_the_same_breath(stage: Stage, said: str, answered: str) -> None:
    restart: Line = {"at": "09:30:00", "type": "restart", "down": "5m"}
    played = play(stage, BABY, says("09:01:00", "wx1", "天天"), says("09:02:00", "wx1", said), restart)
    (_, word), (asked_at, question), *_ = heard(played, "09:02:00")
    assert answered in word
    assert "？" not in word
    assert asked_at == "23 12:02"
    assert ("城市" in question) == ("8个月" in said)  # it goes on where it was
    soon = play(
        stage,
        BABY,
        says("09:01:00", "wx1", "天天"),
        says("09:02:00", "wx1", said),
        says("09:10:00", "wx1", "9个月" if "8个月" not in said else "杭州"),
        to="2026-11-23T09:20:00+08:00",
    )
    assert len(heard(soon, "09:10:00")) == 1


def test_good_news_is_congratulated_in_the_shops_words(stage: Stage) -> None:
    played = play(stage, BEAUTY, says("09:01:00", "wx1", "小美，下个月结婚啦！"))
    assert [text for _, text in heard(played)][:2] == ["恭喜恭喜呀！", "你是什么肤质？1干皮 2油皮 3混合"]


def test_news_counts_after_the_survey_too(stage: Stage) -> None:
    played = play(
        stage,
        BEAUTY,
        *(says(f"09:0{n}:00", "wx1", text) for n, text in enumerate(["小美", "1", "没有"], 1)),
        says("2026-11-27T10:00:00+08:00", "wx1", "我升职了！"),
        says("2026-11-28T10:00:00+08:00", "wx1", "我外婆昨天去世了"),
    )
    assert [at for at, _ in heard(played, "09:10:00")] == ["27 10:00", "28 10:00"]
    joy, grief = [text for _, text in heard(played, "09:10:00")]
    assert joy == "恭喜恭喜呀！"
    assert "节哀" in grief


def test_who_is_angry_is_not_asked_on(stage: Stage) -> None:
    played = play(
        stage, BEAUTY, says("09:01:00", "wx1", "小美，你们的面膜太差了，烂脸"), to="2026-11-23T20:00:00+08:00"
    )
    assert ["肤质" in text for _, text in heard(played)] == [False]
    assert ["投诉" in note for note in told_staff(played)] == [True]


def test_small_talk_is_answered_and_never_a_loop(stage: Stage) -> None:
    chat = ["在吗", "谢谢", "哈哈", "[微笑]", "嗯嗯", "好的", "在吗"]
    played = play(
        stage,
        BABY,
        *(says(f"09:{5 * n:02}:00", "wx1", text) for n, text in enumerate(chat, 1)),
        to="2026-11-23T20:00:00+08:00",
    )
    said = [text for _, text in heard(played)]
    assert len([text for text in said if text.endswith("？")]) == 2
    assert len(said) == 5  # in answer to 在吗, to 谢谢, and to 在吗


def test_what_cannot_be_read_is_said_so(stage: Stage) -> None:
    voice: Line = {"at": "09:01:00", "type": "media", "account": "main", "contact": "wx1", "kind": "voice"}
    played = play(stage, BABY, voice, says("09:05:00", "wx1", "豆豆"))
    assert "语音" in heard(played)[0][1]
    assert [at for at, _ in heard(played)][:3] == ["23 09:01", "23 09:02", "23 09:05"]


def test_back_after_weeks_it_goes_on_where_it_was(stage: Stage) -> None:
    played = play(
        stage,
        BABY,
        says("09:01:00", "wx1", "豆豆"),
        says("2026-12-18T10:00:00+08:00", "wx1", "在吗"),
        says("2026-12-18T10:05:00+08:00", "wx1", "10个月了，杭州"),
        operator("2026-12-18T11:00:00+08:00", "who wx1 --json"),
        to="2026-12-18T12:00:00+08:00",
    )
    assert [at for at, _ in heard(played, "09:02:00")] == [
        *("24 09:01", "26 09:01"),
        *("18 10:00", "18 10:01", "18 10:05"),
    ]
    assert played.rows("who")[0]["remark"] == "百事通-豆豆-妈"


def test_asked_whether_it_is_a_robot_it_says_so_and_keeps_what_was_told(stage: Stage) -> None:
    played = play(stage, BABY, says("09:01:00", "wx1", "叫天天，你是机器人吗"), says("09:03:00", "wx1", "8个月"), WHO)
    first, second, third, *_ = [text for _, text in heard(played)]
    assert "机器人" in first
    assert "人工" in first
    assert second[3:] in ("宝宝多大啦？", "宝宝几个月了？")
    assert third == "好嘞。您在哪个城市呀？"
    assert played.rows("who")[0]["answers"]["baby"]["value"] == "天天"


def test_who_opted_out_and_comes_back_goes_on_where_it_was(stage: Stage) -> None:
    played = play(
        stage,
        BABY,
        says("09:01:00", "wx1", "天天"),
        says("09:02:00", "wx1", "退订"),
        says("2026-11-25T10:00:00+08:00", "wx1", "8个月"),
        says("2026-11-25T11:00:00+08:00", "wx1", "恢复"),
        says("2026-11-25T11:05:00+08:00", "wx1", "9个月"),
        says("2026-11-25T12:00:00+08:00", "wx1", "退订"),
        WHO,
    )
    assert [at for at, _ in heard(played, "09:02:30")] == ["25 11:00", "25 11:00", "25 11:05", "25 12:00"]
    who = played.rows("who")[0]
    assert who["opted_out"] is True
    assert who["answers"]["age"]["value"] == 9


def test_several_facts_in_one_message_are_used_and_never_asked_again(stage: Stage) -> None:
    played = play(stage, BABY, says("09:01:00", "wx1", "我家豆豆，2岁半，人在成都"), WHO)
    assert [text for _, text in heard(played)] == ["都记好啦，谢谢豆豆。"]
    assert played.rows("who")[0]["remark"] == "百事通-豆豆-妈"


def test_a_correction_reaches_the_remark_and_is_acknowledged(stage: Stage) -> None:
    told = (says(f"09:0{n}:00", "wx1", text) for n, text in enumerate(["天天", "8个月", "杭州"], 1))
    played = play(
        stage,
        BABY,
        *told,
        says("2026-11-26T10:00:00+08:00", "wx1", "宝宝小名写错了，叫甜甜"),
        says("2026-11-27T10:00:00+08:00", "wx1", "年龄说错了，宝宝14个月"),
        says("2026-11-28T10:00:00+08:00", "wx1", "宝宝小名写错了"),
        says("2026-11-28T10:05:00+08:00", "wx1", "叫田田"),
        WHO,
    )
    remarks = [line["text"] for line in played.arrived(kind="remark")]
    assert remarks == ["百事通-天天-妈", "百事通-甜甜-妈", "百事通-田田-妈"]  # none for the age
    assert heard(played)[-1] == ("28 10:05", "好嘞，改过来了。")
    assert played.rows("who")[0]["tags"] == ["一岁以上"]


STORIES = [
    ["在忙，晚上再说", "你们店在哪？", "豆豆", "10个月", "杭州"],
    ["家里老人走了", "谢谢", "豆豆", "说错了，叫豆包子", "生病了"],
    ["在吗", "你是机器人吗", "豆豆", "退订", "恢复"],
]


@pytest.mark.parametrize("texts", STORIES)
def test_restarts_between_any_two_lines_change_nothing(stage: Stage, texts: list[str]) -> None:
    lines = [says(f"09:{3 * n:02}:00", "wx1", text, id=f"e{n}") for n, text in enumerate(texts, 1)]
    plain = heard(play(stage, BABY, *lines))
    restarts: list[Line] = [{"at": line["at"], "type": "restart"} for line in lines]
    assert heard(play(stage, BABY, *(one for pair in zip(lines, restarts, strict=True) for one in pair))) == plain


def test_what_is_answered_while_a_human_talks_is_kept_and_the_next_question_waits(stage: Stage) -> None:
    typed: Line = {"at": "09:01:00", "type": "self_text", "account": "main", "to": "wx1", "text": "我是店长"}
    who = operator("09:20:00", "who wx1 --json")
    played = play(stage, BABY, typed, says("09:02:00", "wx1", "叫我豆豆"), who, to="2026-11-23T20:00:00+08:00")
    assert played.rows("who")[0]["answers"]["baby"]["value"] == "豆豆"
    assert [(at, text[-9:] in ("好嘞。宝宝多大啦？", "。宝宝几个月了？")) for at, text in heard(played)] == [
        ("23 09:31", True)
    ]


def test_who_opted_out_hears_what_they_ask_for(stage: Stage) -> None:
    asked = ["你们周末有课吗", "人工", "你是机器人吗"]
    played = play(
        stage,
        BABY,
        says("09:01:00", "wx1", "退订"),
        *(says(f"09:{5 * n:02}:00", "wx1", text) for n, text in enumerate(asked, 1)),
        to="2026-11-23T20:00:00+08:00",
    )
    assert [at for at, _ in heard(played, "09:02:00")] == ["23 09:10", "23 09:15"]
    assert "机器人助手" in heard(played, "09:02:00")[1][1]
    assert [note.rsplit("：", 1)[1] for note in told_staff(played)] == ["你们周末有课吗", "人工"]


@pytest.mark.parametrize("said", ["心情很差 不想活了", "叫豆豆，你们骗子，我要投诉", "转人工，我要投诉你们"])
def test_danger_and_anger_are_never_followed_by_a_question(stage: Stage, said: str) -> None:
    played = play(stage, BABY, says("09:01:00", "wx1", said), to="2026-11-27T20:00:00+08:00")
    assert [at for at, _ in heard(played)] == ["23 09:01"]
    assert len(told_staff(played)) >= 1


def test_who_speaks_of_something_else_is_asked_on_and_not_nudged_while_the_complaint_is_open(stage: Stage) -> None:
    played = play(
        stage,
        BABY,
        says("09:01:00", "wx1", "你们骗子，我要投诉"),
        says("10:00:00", "wx1", "豆豆"),
        says("2026-11-26T09:00:00+08:00", "wx-boss", "/了结 wx1"),
        to="2026-11-30T20:00:00+08:00",
    )
    assert [at for at, _ in heard(played, "09:02:00")] == ["23 10:00", "27 10:00", "28 10:00", "30 10:00"]


@pytest.mark.parametrize("said", ["不想活了", "你们骗子，我要投诉"])
def test_a_nod_after_it_is_no_reason_to_ask_on(stage: Stage, said: str) -> None:
    nods = [says("09:05:00", "wx1", "嗯嗯"), says("10:00:00", "wx1", "谢谢"), says("11:00:00", "wx1", "豆豆")]
    typed: Line = {"at": "09:04:00", "type": "self_text", "account": "main", "to": "wx1", "text": "我是店长"}
    played = play(stage, BABY, says("09:01:00", "wx1", said), typed, *nods, to="2026-11-23T20:00:00+08:00")
    assert [at for at, _ in heard(played, "09:02:00")] == ["23 10:00", "23 11:00"]
    assert ["？" in text for _, text in heard(played, "09:02:00")] == [False, True]


NURSERY = BABY.replace(
    '[[survey.questions]]\nkey = "baby"',
    '[[survey.questions]]\nkey = "child"\ntype = "yesno"\ntexts = ["家里有宝宝吗？"]\n'
    '[[survey.questions]]\nkey = "baby"\nwhen = { child = true }',
).replace('key = "age"', 'key = "age"\nwhen = { child = true }')


@pytest.mark.parametrize("late", [False, True])
def test_who_has_a_child_after_all_is_believed_and_asked_what_only_applies_now(stage: Stage, late: bool) -> None:
    after_all = [says("09:02:00", "wx1", "其实我有宝宝，8个月")]
    city = [says("09:01:30" if late else "09:03:00", "wx1", "杭州")]  # which is open when they say so, or answered
    told = [*city, *after_all] if late else [*after_all, *city]
    figures = operator("09:03:30", "report reception --json")
    told = [says("09:01:00", "wx1", "没有"), *told, figures, says("09:04:00", "wx1", "天天")]
    played = play(stage, NURSERY.replace("百事通-{baby|宝宝}", "{age|没宝宝}-{baby|宝宝}"), *told, WHO)
    finished = 1 if late else 0
    assert played.rows("report reception")[0]["finished"] == finished  # who has more to tell has finished all the same
    remarks = ["没宝宝-宝宝-妈", "8个月-宝宝-妈", "8个月-天天-妈"]
    assert [line["text"] for line in played.arrived(kind="remark")] == (remarks if late else remarks[2:])
    assert ["改过来了" in text for _, text in heard(played, "09:02:05")][:finished] == [True] * finished
    assert "家里有宝宝吗？" not in [text for _, text in heard(played, "09:01:00")]
    row = played.rows("who")[0]
    assert {key: answer["value"] for key, answer in row["answers"].items()} == {
        "child": True,
        "age": 8,
        "baby": "天天",
        "city": "浙江省杭州市",
    }
    assert row["survey"]["state"] == "finished"
    assert "一岁内" in row["tags"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("你先说你是谁", "我是圆圆，半山茶社的机器人助手"),
        ("你们是干嘛的", "我是圆圆，半山茶社的机器人助手"),
        ("为什么要手机号", "给你推荐合适的"),
        ("你们不会把我电话卖了吧", "只记在半山茶社"),
    ],
)
def test_who_we_are_and_why_we_ask_is_answered_by_us_and_the_survey_goes_on(
    stage: Stage, asked: str, words: str
) -> None:
    played = play(stage, BABY, says("09:01:00", "wx1", asked), to="2026-11-23T09:30:00+08:00")
    (_, answer), (again, question) = heard(played)
    assert words in answer
    assert question in ("宝宝小名叫什么呀？", "怎么称呼咱家宝贝？")
    assert again <= "23 09:06"
    assert told_staff(played) == []


def test_what_stands_beside_a_question_about_us_still_reaches_a_human(stage: Stage) -> None:
    told = says("09:01:00", "wx1", "你是谁，二段奶粉多少钱一罐")
    played = play(stage, BABY, told, to="2026-11-23T09:30:00+08:00")
    assert ["二段奶粉" in note for note in told_staff(played)] == [True]


def test_the_words_on_consent_answer_what_becomes_of_what_they_tell(stage: Stage) -> None:
    book = BABY + '[consent]\ntext = "我们按隐私政策保管，随时可以撤回。"\n'
    played = play(stage, book, says("09:01:00", "wx1", "会泄露我信息吗"), to="2026-11-23T09:30:00+08:00")
    assert heard(played)[0][1] == "我们按隐私政策保管，随时可以撤回。"


@pytest.mark.parametrize(
    ("said", "words"), [("你好", "你好"), ("hi", "你好"), ("在吗", "在"), ("老板早上好呀", "你好")]
)
def test_a_greeting_is_returned_when_nothing_is_open_but_not_each_time(stage: Stage, said: str, words: str) -> None:
    done = [says("09:01:00", "wx1", "天天"), says("09:02:00", "wx1", "8个月"), says("09:03:00", "wx1", "杭州")]
    greeted = [says(f"{hour}:{minute}:00", "wx1", said) for hour in (10, 12) for minute in ("01", "02", "30")]
    played = play(stage, BABY, *done, *greeted, to="2026-11-23T20:00:00+08:00")
    answers = heard(played, "09:30:00")
    assert [at[:5] for at, _ in answers] == ["23 10", "23 12"]
    assert all(words in text for _, text in answers)
    assert told_staff(played) == []


def test_an_old_friend_who_greets_is_greeted_and_the_staff_is_not(stage: Stage) -> None:
    story = [says("10:01:00", "wx-boss", "你好"), says("10:02:00", "wx-old", "您好")]
    world = {**WORLD["world"], "contacts": [*WORLD["world"]["contacts"], {"id": "wx-old", "friend_of": ["main"]}]}
    played = stage.play(story, world={"world": world})
    assert [line["to"]["contact"] for line in played.arrived(kind="text")] == ["wx-old"]


def test_nudges_are_counted_from_when_the_question_left_not_from_when_it_was_decided(stage: Stage) -> None:
    busy: Line = platform("08:59:00", "text", "too_frequent", times=2)  # a quarter of an hour, then an hour
    stage.write("playbook.toml", BABY)
    played = stage.play([busy, ADDED], "--to", "2026-11-28T12:00:00+08:00")
    times = [moment(line["at"]) for line in played.arrived(to="wx1", kind="text")][1:]
    hours = [round((each - times[0]).total_seconds() / 3600, 2) for each in times[1:]]
    assert times[0] > moment("2026-11-23T10:14:00+08:00")
    assert hours == [24.0, 72.0]


@pytest.mark.parametrize("at", ["09:02:00", "09:02:02"])
def test_an_answer_in_the_very_second_of_a_repeat_takes_the_repeat_back(stage: Stage, at: str) -> None:
    asked = says("09:01:00", "wx1", "你们店在哪？")
    played = play(stage, BABY, asked, says(at, "wx1", "豆豆"), to="2026-11-23T09:30:00+08:00")
    assert [text for _, text in heard(played, "09:01:30")] == ["好嘞。宝宝多大啦？"]
