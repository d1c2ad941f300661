"""After the survey: facts told of one's own accord, answers to be deleted, and something to be changed, but what?"""

from __future__ import annotations

from tests.flows.playing import Line, Stage, asks_to_be_friends, operator, says
from tests.flows.shops import BABY

BOOK = BABY.replace('remark = "百事通-{baby|宝宝}-妈"', 'remark = "{baby|宝宝}-{city|未知}"') + (
    '[[survey.questions]]\nkey = "birthday"\ntype = "date"\ntexts = ["您自己的生日几号呀？"]\n'
    '[[survey.questions]]\nkey = "want"\ntype = "multi"\ntexts = ["还想了解什么？1辅食 2早教"]\n'
    'options = [{ value = "food", label = "辅食" }, { value = "play", label = "早教" }]\n'
)
WHO = operator("12:00:00", "who wx1 --json")


def conversation(*texts: str) -> list[Line]:
    survey = [says(f"09:0{at}:00", "wx1", text) for at, text in enumerate(["天天", "8个月", "杭州", "不说", "1"], 1)]
    later = [says(f"10:{at:02}:00", "wx1", text) for at, text in enumerate(texts)]
    return [asks_to_be_friends("09:00:00", "wx1"), *survey, *later, WHO]


def test_what_is_told_after_the_survey_is_kept_with_its_tags_and_the_remark(stage: Stage) -> None:
    stage.write("playbook.toml", BOOK)
    told = ["我生日是5月3号", "早教也想要", "我换城市了，在武汉", "今天去长沙玩", "宝宝13个月了"]
    played = stage.play(conversation(*told))
    (row,) = played.rows("who")
    values = {key: answer["value"] for key, answer in row["answers"].items()}
    assert values["birthday"] == "--05-03"
    assert (values["want"], values["city"]) == (["food", "play"], "湖北省武汉市")
    assert row["remark"] == "天天-湖北省武汉市"
    said = [line["text"] for line in played.arrived(to="wx1", kind="text") if line["at"] > "2026-11-23T10:00:00"]
    assert said[:3] == ["好嘞，记下了。"] * 3


def test_an_answer_is_deleted_and_nobody_is_opted_out_for_it(stage: Stage) -> None:
    stage.write("playbook.toml", BOOK)
    played = stage.play(conversation("不想留城市，帮我删掉", "把年龄删了吧", "我说错了", "上次填的都不对"))
    (row,) = played.rows("who")
    assert {row["answers"][key]["state"] for key in ("city", "age")} == {"declined"}
    assert (row["opted_out"], row["remark"], row["tags"]) == (False, "天天-未知", [])
    assert (row["answers"]["baby"]["value"], row["answers"]["want"]["value"]) == ("天天", ["food"])
    said = [line["text"] for line in played.arrived(to="wx1", kind="text") if line["at"] > "2026-11-23T10:00:00"]
    assert said[:2] == ["好的，城市删掉了，以后也不问。", "好的，年龄删掉了，以后也不问。"]
    assert ["要改哪一项" in text for text in said[2:]] == [True, True]


def test_what_is_to_be_changed_is_asked_and_no_answer_is_lost_though_a_question_is_open(stage: Stage) -> None:
    stage.write("playbook.toml", BOOK)
    story = [asks_to_be_friends("09:00:00", "wx1"), says("09:01:00", "wx1", "天天"), says("09:02:00", "wx1", "8个月")]
    more = [says("09:03:00", "wx1", "我想改一下资料"), says("09:05:00", "wx1", "把城市删掉"), WHO]
    played = stage.play([*story, *more])
    (row,) = played.rows("who")
    assert {key: answer["value"] for key, answer in row["answers"].items()} == {"baby": "天天", "age": 8, "city": None}
    assert row["survey"] == {"state": "open", "question": "birthday"}
    said = [line["text"] for line in played.arrived(to="wx1", kind="text") if line["at"] > "2026-11-23T09:03:00"]
    assert "要改哪一项" in said[0]
    assert said[1:3] == ["您在哪个城市呀？", "城市我这儿没有记，以后也不问。"]
