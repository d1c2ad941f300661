"""What only several tables of a playbook can get wrong together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models.playbook import Playbook
from models.playbook_faults import misfits


def question(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "freetext", "texts": ["?"], **more}


def survey(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"survey": {"questions": list(questions), **more}}


CHOICE = {"type": "choice", "options": [{"value": "x", "label": "甲"}, {"value": "y", "label": "乙"}]}


@pytest.mark.parametrize(
    ("data", "path", "expected"),
    [
        (survey(question("a"), question("a")), ("survey", "questions", 1, "key"), "每题一个编号，不能重复"),
        (survey(question("tags")), ("survey", "questions", 0, "key"), "换一个编号"),
        (survey(question("a", type="choice")), ("survey", "questions", 0, "options"), "要有选项"),
        (
            survey(question("a", **CHOICE), question("b", when={"a": "z"})),
            (1, "when", "a"),
            "没有这个选项，现有 'x'、'y'",
        ),
        (survey(question("a", type="number"), question("b", when={"a": "z"})), (1, "when", "a"), "要一个数、几个数"),
        (
            survey(question("a", type="number"), question("b", when={"a": {"min": 2, "max": 1}})),
            (1, "when", "a"),
            "下限不能比上限大",
        ),
        (survey(question("a", type="number"), question("b", when={"a": {"max": -5}})), (1, "when", "a"), "不能小于 0"),
        (survey(question("a", type="region"), question("b", when={"a": "杭州"})), (1, "when", "a"), "'浙江省杭州市'"),
        (survey(question("a", type="date"), question("b", when={"a": "5月1号"})), (1, "when", "a"), "'--05-01'"),
        (survey(question("a", type="phone"), question("b", when={"a": "abc"})), (1, "when", "a"), "只写数字"),
        (
            survey(question("a", type="yesno"), question("b", when={"a": 1})),
            (1, "when", "a"),
            "true（是）或 false（否）",
        ),
        (survey(question("a"), question("b", when={"a": 1})), (1, "when", "a"), "要写文字"),
        (survey(question("age"), question("b", when={"aeg": "1"})), (1, "when", "aeg"), "是不是 'age'？"),
        (survey(question("a", when={"a": "1"})), ("survey", "questions", 0, "when"), "换一个在它前面就能答的题"),
        (
            survey(question("a", when={"b": "1"}), question("b", when={"a": "1"})),
            ("survey", "questions", 0, "when"),
            "换一个在它前面就能答的题",
        ),
        (
            survey(
                question("a", type="choice", options=[{"value": "x", "label": "甲"}, {"value": "y", "label": "甲"}])
            ),
            ("survey", "questions", 0, "options", 1),
            "只能指一个选项",
        ),
        (survey(question("a"), tags=[{"when": {"b": "1"}, "add": ["t"]}]), ("when", "b"), "没有这个题目编号"),
        (survey(question("a"), thanks=["{a}"]), ("survey", "thanks", 0), "{a|…}，「…」换成不知道时说的"),
        (survey(question("a"), thanks=["{nmae}"]), ("survey", "thanks", 0), "是不是 'name'？"),
        (survey(question("a", retry=["{b}"]), question("b")), (0, "retry", 0), "{b|…}，「…」换成不知道时说的"),
        ({"reception": {"greetings": ["{tag}"]}}, ("reception", "greetings", 0), "{tag|…}，「…」换成不知道时说的"),
        ({"reception": {"greetings": ["{persona}"]}}, ("reception", "greetings", 0), "{persona|…}"),
        ({"tiers": [{"name": "a"}, {"name": "a"}]}, ("tiers", 1, "name"), "层级不能重名"),
        ({"tiers": [{"name": "a", "parent": "b"}]}, ("tiers", 0, "parent"), "没有这个层级，现有 'a'"),
        ({"tiers": [{"name": "a", "parent": "a"}]}, ("tiers", 0, "parent"), "也不能是它的下级"),
        (
            {"tiers": [{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}]},
            ("tiers", 1, "parent"),
            "也不能是它的下级",
        ),
        ({"tiers": [{"name": "a", "join": {"tiers": ["b"]}}]}, ("join", "tiers"), "没有这个层级，现有 'a'"),
        ({"tiers": [{"name": "a", "join": {"b": "1"}}]}, ("tiers", 0, "join", "b"), "没有这个题目编号"),
        (
            {"promises": [{"tier": "a", "content_kind": "x", "per": "day", "at_least": 1}]},
            ("promises", 0, "tier"),
            "还没有层级，要先写上",
        ),
        (
            {"tiers": [{"name": "a"}], "promises": [{"tier": "a", "content_kind": "x", "per": "day"}]},
            ("promises", 0),
            "「至少」（at_least）和「正好」（exactly）写一个",
        ),
        ({"quiet_hours": [{"from": "08:00", "to": "08:00"}]}, ("quiet_hours", 0, "to"), "结束要和开始不一样"),
        ({"reception": {"remark": "友-{nmae}"}}, ("reception", "remark"), "是不是 'name'？"),
        ({"tiers": [{"name": "a", "welcome": "{grup}"}]}, ("tiers", 0, "welcome"), "是不是 'group'？"),
        ({"consent": {"text": "{tag}"}}, ("consent", "text"), "{tag|…}，「…」换成不知道时说的"),
        (survey(thanks=["{coupon}"]), ("survey", "thanks", 0), "{coupon|…}，「…」换成不知道时说的"),
        (survey(completion=[{"tier": "a"}]), ("survey", "completion", 0, "tier"), "还没有层级，要先写上"),
        (survey(question("a", tags=["t"]), completion=[{"tags": ["t"]}]), (0, "tags"), "已经由答案带出"),
        (survey(nudges_hours=[24, 24]), ("survey", "nudges_hours", 1), "要一个比一个大"),
    ],
)
def test_what_does_not_fit_together(data: dict[str, Any], path: tuple[str | int, ...], expected: str) -> None:
    found = misfits(Playbook.from_json(json.dumps(data)))
    assert any(one.path[-len(path) :] == path and expected in one.expected for one in found), found


def test_fields_that_are_known_by_then_need_no_fallback() -> None:
    data = survey(
        question("call", required=True, texts=["{name} {nick} {shop} {tag|朋友}"]),
        question("tea", texts=["{call}，{unknown|}"]),
        question("cup", texts=["喝{tea}用什么杯？"], when={"tea": "茶"}),
        thanks=["{call}，{coupon}"],
        completion=[{"coupon": "新人券"}],
    )
    data |= {"reception": {"remark": "{call}-{tea}"}, "tiers": [{"name": "a", "welcome": "{tea} {group}"}]}
    assert misfits(Playbook.from_json(json.dumps(data))) == []
