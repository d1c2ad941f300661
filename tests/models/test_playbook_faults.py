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
        (survey(question("a"), question("a")), ("survey", "questions", 1, "key"), "each key once"),
        (survey(question("tags")), ("survey", "questions", 0, "key"), "another key"),
        (survey(question("a", type="choice")), ("survey", "questions", 0, "options"), "the options"),
        (survey(question("a", **CHOICE), question("b", when={"a": "z"})), (1, "when", "a"), "an option of 'a'"),
        (survey(question("a", type="number"), question("b", when={"a": "z"})), (1, "when", "a"), "a number"),
        (
            survey(question("a", type="number"), question("b", when={"a": {"min": 2, "max": 1}})),
            (1, "when", "a"),
            "not above max",
        ),
        (survey(question("a", type="number"), question("b", when={"a": {"max": -5}})), (1, "when", "a"), "not below 0"),
        (survey(question("a", type="region"), question("b", when={"a": "杭州"})), (1, "when", "a"), "'浙江省杭州市'"),
        (survey(question("a", type="date"), question("b", when={"a": "5月1号"})), (1, "when", "a"), "'--05-01'"),
        (survey(question("a", type="phone"), question("b", when={"a": "abc"})), (1, "when", "a"), "digits alone"),
        (survey(question("a", type="yesno"), question("b", when={"a": 1})), (1, "when", "a"), "true or false"),
        (survey(question("a"), question("b", when={"a": 1})), (1, "when", "a"), "a text"),
        (survey(question("age"), question("b", when={"aeg": "1"})), (1, "when", "aeg"), "probably 'age'"),
        (survey(question("a", when={"a": "1"})), ("survey", "questions", 0, "when"), "before 'a' is asked"),
        (
            survey(question("a", when={"b": "1"}), question("b", when={"a": "1"})),
            ("survey", "questions", 0, "when"),
            "before 'a' is asked",
        ),
        (
            survey(
                question("a", type="choice", options=[{"value": "x", "label": "甲"}, {"value": "y", "label": "甲"}])
            ),
            ("survey", "questions", 0, "options", 1),
            "only one of the options",
        ),
        (survey(question("a"), tags=[{"when": {"b": "1"}, "add": ["t"]}]), ("when", "b"), "the key of a question"),
        (survey(question("a"), thanks=["{a}"]), ("survey", "thanks", 0), "{a|…} with a fallback"),
        (survey(question("a"), thanks=["{nmae}"]), ("survey", "thanks", 0), "probably 'name'"),
        (survey(question("a", retry=["{b}"]), question("b")), (0, "retry", 0), "{b|…} with a fallback"),
        ({"reception": {"greetings": ["{tag}"]}}, ("reception", "greetings", 0), "{tag|…} with a fallback"),
        ({"reception": {"greetings": ["{persona}"]}}, ("reception", "greetings", 0), "{persona|…}"),
        ({"tiers": [{"name": "a"}, {"name": "a"}]}, ("tiers", 1, "name"), "each tier once"),
        ({"tiers": [{"name": "a", "parent": "b"}]}, ("tiers", 0, "parent"), "one of the tiers"),
        ({"tiers": [{"name": "a", "parent": "a"}]}, ("tiers", 0, "parent"), "below its own child"),
        (
            {"tiers": [{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}]},
            ("tiers", 1, "parent"),
            "below its own child",
        ),
        ({"tiers": [{"name": "a", "join": {"tiers": ["b"]}}]}, ("join", "tiers"), "one of the tiers"),
        ({"tiers": [{"name": "a", "join": {"b": "1"}}]}, ("tiers", 0, "join", "b"), "the key of a question"),
        (
            {"promises": [{"tier": "a", "content_kind": "x", "per": "day", "at_least": 1}]},
            ("promises", 0, "tier"),
            "none is declared",
        ),
        (
            {"tiers": [{"name": "a"}], "promises": [{"tier": "a", "content_kind": "x", "per": "day"}]},
            ("promises", 0),
            "at_least or exactly",
        ),
        ({"quiet_hours": [{"from": "08:00", "to": "08:00"}]}, ("quiet_hours", 0, "to"), "another time"),
        ({"reception": {"remark": "友-{nmae}"}}, ("reception", "remark"), "probably 'name'"),
        ({"tiers": [{"name": "a", "welcome": "{grup}"}]}, ("tiers", 0, "welcome"), "probably 'group'"),
        ({"consent": {"text": "{tag}"}}, ("consent", "text"), "{tag|…} with a fallback"),
        (survey(thanks=["{coupon}"]), ("survey", "thanks", 0), "{coupon|…} with a fallback"),
        (survey(completion=[{"tier": "a"}]), ("survey", "completion", 0, "tier"), "none is declared"),
        (survey(question("a", tags=["t"]), completion=[{"tags": ["t"]}]), (0, "tags"), "follow from an answer"),
        (survey(nudges_hours=[24, 24]), ("survey", "nudges_hours", 1), "numbers that rise"),
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
