"""Files of replies: in order, lenient where the contract is silent, and exact about what is wrong where."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from bot.desk import Refused
from bot.understanding_files import understand_file
from handlers.understanding import Words

NAME = {"key": "call", "text": "怎么称呼？", "type": "name"}
TEA = {
    "key": "tea",
    "type": "multi",
    "options": [{"value": "rock", "label": "岩茶"}, {"value": "red", "label": "红茶", "synonyms": ["滇红"]}],
    "required": True,
}


def understood(folder: Path, *lines: Any, kind: str = "reply", words: Words | None = None) -> list[dict[str, Any]]:
    out = io.StringIO()
    assert understand_file(written(folder, *lines), kind, out, as_json=True, words=words) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


def written(folder: Path, *lines: Any) -> Path:
    file = folder / "replies.jsonl"
    texts = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    file.write_bytes(b"\n".join(texts))
    return file


def test_one_line_in_one_line_out_in_order(tmp_path: Path) -> None:
    found = understood(tmp_path, {"question": TEA, "reply": "滇红"}, {"question": NAME, "reply": "叫我老王就行"})
    assert found == [
        {"act": "answer", "value": ["red"], "corrects": None, "also": {}, "asks": False},
        {"act": "answer", "value": "老王", "corrects": None, "also": {}, "asks": False},
    ]


def test_relative_dates_are_read_by_the_day_of_asking(tmp_path: Path) -> None:
    question = {"key": "day", "type": "date"}
    days = ["2026-11-25", "2026-11-25T23:30:00+08:00"]
    found = understood(tmp_path, *({"question": question, "reply": "明天", "asked_on": day} for day in days))
    assert [one["value"] for one in found] == ["2026-11-26"] * 2


def test_an_earlier_answer_is_corrected(tmp_path: Path) -> None:
    line = {"question": TEA, "reply": "不对，我叫老李", "prior": [{"question": NAME, "value": "老王"}]}
    [found] = understood(tmp_path, line)
    assert (found["act"], found["corrects"], found["value"]) == ("correct", "call", "老李")


def test_what_is_not_known_or_null_is_passed_over(tmp_path: Path) -> None:
    question = NAME | {"options": None, "hint": "随便写"}
    line = {"question": question, "reply": "老王", "prior": None, "asked_on": None, "expected": {"act": "answer"}}
    assert understood(tmp_path, line)[0]["value"] == "老王"


def test_a_byte_order_mark_and_blank_lines_give_nothing(tmp_path: Path) -> None:
    line = json.dumps({"question": NAME, "reply": "老王"}).encode()
    assert len(understood(tmp_path, b"\xef\xbb\xbf" + line, b"", b"  ", line)) == 2
    assert understood(tmp_path, b"") == []


def test_half_a_character_does_not_stop_the_file(tmp_path: Path) -> None:
    line = b'{"question": {"key": "say", "type": "freetext"}, "reply": "\\u5c31\\u597d\\ud83d"}'
    assert understood(tmp_path, line)[0]["value"] == "就好\ufffd"


def test_a_playbooks_words_add_to_those_that_ship(tmp_path: Path) -> None:
    line = {"question": NAME, "reply": "别再敲门"}
    assert understood(tmp_path, line)[0]["act"] != "optout"
    assert understood(tmp_path, line, words=Words(opt_out=("别再敲门",)))[0]["act"] == "optout"


def test_messages_of_groups(tmp_path: Path) -> None:
    question = {"id": 7, "text": "多少钱一斤？", "context": "group"}
    found = understood(tmp_path, question, {"text": "早上好"}, kind="business")
    assert found[0] | {"needs_human": None} == {"id": 7, "label": "business_question", "needs_human": None}
    assert found[1] == {"label": "greeting", "needs_human": False}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "不是 JSON"),
        (b"[]", "不是 JSON 对象"),
        (b'{"reply": "\xff"}', "0xff"),
        (b"[" * 100_000, "读不了"),
        (b'{"reply": 1' + b"0" * 5_000 + b"}", "读不了"),
        ({"reply": "x"}, "缺少 question"),
        ({"question": {"key": "a"}, "reply": "x"}, "缺少 type（在 question 里）"),
        ({"question": NAME, "reply": None}, "缺少 reply"),
        ({"question": NAME, "reply": 5}, "reply 应该是文字，写的是数字"),
        ({"question": NAME | {"type": "nmae"}, "reply": "x"}, "是不是 name？"),
        ({"question": TEA | {"options": "rock"}, "reply": "x"}, "question.options 应该是列表"),
        ({"question": NAME, "reply": "x", "asked_on": "明天"}, "asked_on 要写成 2026-11-25"),
    ],
)
def test_a_bad_line_is_named_and_nothing_before_it_is_lost(line: Any, said: str, tmp_path: Path) -> None:
    file = written(tmp_path, {"question": NAME, "reply": "老王"}, line, {"question": NAME, "reply": "老李"})
    out = io.StringIO()
    with pytest.raises(Refused) as refusal:
        understand_file(file, "reply", out, as_json=True)
    assert str(refusal.value).startswith(f"{file} 第 2 行：")
    assert said in str(refusal.value)
    assert [json.loads(line)["value"] for line in out.getvalue().splitlines()] == ["老王"]


def test_an_unknown_kind_and_context(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="reply、business"):
        understood(tmp_path, kind="gossip")
    with pytest.raises(Refused, match="只能是 group 或 private"):
        understood(tmp_path, {"text": "在吗", "context": "street"}, kind="business")


def test_people_get_a_table(tmp_path: Path) -> None:
    out = io.StringIO()
    file = written(tmp_path, {"question": TEA, "reply": "岩茶\n多少钱"}, {"question": TEA, "reply": "不方便说"}, b"{")
    with pytest.raises(Refused):
        understand_file(file, "reply", out, as_json=False)
    table = out.getvalue()
    assert "岩茶 / 多少钱" in table
    assert "不想说" in table
