"""Who says that they are under age is sent no promotion, and everything else."""

from __future__ import annotations

import pytest

from tests.flows.playing import PLAYBOOK, Line, Stage, asks_to_be_friends, operator, says
from tests.flows.tea_house import HEADER, IMPORT, entry

ASKS = "[[survey.questions]]\nkey = 'grown'\ntype = 'yesno'\ntexts = {texts}\ntags = ['问过']\n[[tiers]]"
TO_BOTH = entry("ad", "14:00", tags="问过", promotional="yes") + entry("note", "15:00", tags="问过")


def surveyed(contact: str, answer: str) -> list[Line]:
    return [
        asks_to_be_friends("08:30:00", contact),
        says("08:31:00", contact, "叫我老林"),
        says("08:32:00", contact, "1 3"),
        says("08:33:00", contact, answer),
    ]


@pytest.mark.parametrize(
    ("texts", "no", "yes"),
    [
        ("['酒只跟大人聊，您满18岁了吧？', '您成年了吗？']", "还没满", "满了"),
        ("['请问满 18 周岁了吗？']", "不是", "是的"),
    ],
)
def test_who_is_under_age_is_sent_no_promotion(stage: Stage, texts: str, no: str, yes: str) -> None:
    stage.write("playbook.toml", PLAYBOOK.replace("[[tiers]]", ASKS.format(texts=texts), 1))
    stage.write("calendar.csv", HEADER + TO_BOTH)
    later = [says("12:00:00", "wx3", "刚才说错了，我满18岁了"), says("12:01:00", "wx3", yes)]
    three = sorted([*surveyed("wx1", no), *surveyed("wx2", yes), *surveyed("wx3", no)], key=lambda line: line["at"])
    played = stage.play([IMPORT, *three, *later, operator("13:00:00", "who wx1 --json")])
    assert played.rows("who wx1")[0]["answers"]["grown"]["value"] is False
    assert played.states("entry:ad:2026-11-23:wx1")[-1] == "skipped:no_consent"
    assert played.states("entry:ad:2026-11-23:wx2")[-1] == "confirmed"
    assert played.states("entry:ad:2026-11-23:wx3")[-1] == "confirmed"  # who put it right
    for one in ("wx1", "wx2"):
        assert played.states(f"entry:note:2026-11-23:{one}")[-1] == "confirmed"


def test_a_question_about_something_else_says_nothing_of_age(stage: Stage) -> None:
    texts = "['平时喝酒吗？']"
    stage.write("playbook.toml", PLAYBOOK.replace("[[tiers]]", ASKS.format(texts=texts), 1))
    stage.write("calendar.csv", HEADER + TO_BOTH)
    played = stage.play([IMPORT, *surveyed("wx1", "不喝")])
    assert played.states("entry:ad:2026-11-23:wx1")[-1] == "confirmed"


def test_who_says_so_unasked_is_heard_too(stage: Stage) -> None:
    texts = "['酒只跟大人聊，您满18岁了吧？']"
    stage.write("playbook.toml", PLAYBOOK.replace("[[tiers]]", ASKS.format(texts=texts), 1))
    stage.write("calendar.csv", HEADER + TO_BOTH)
    in_the_middle = [
        asks_to_be_friends("08:30:10", "wx2"),
        says("08:31:10", "wx2", "叫我小周，我才15岁"),
        says("08:32:10", "wx2", "1 3"),
    ]
    story = sorted([*surveyed("wx1", "满了"), *in_the_middle], key=lambda line: line["at"])
    played = stage.play([IMPORT, *story, says("12:00:00", "wx1", "其实我今年才16岁"), operator("13:00:00", "who wx2")])
    assert "满18" not in "".join(line["text"] for line in played.arrived(to="wx2"))  # nor are they asked any more
    for one in ("wx1", "wx2"):
        assert played.states(f"entry:ad:2026-11-23:{one}")[-1] == "skipped:no_consent"
