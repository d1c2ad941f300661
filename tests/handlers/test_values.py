"""What the fields of a text are filled with."""

from __future__ import annotations

from handlers.values import address, values_for
from models.context import AnswerView
from tests.handlers.builders import BUDGET, CALL, TEA, answers, friendship, group, merchant, person, playbook

BOOK = playbook(persona={"name": "小山"}, survey={"questions": [CALL, TEA, BUDGET]})


def test_of_a_person() -> None:
    known = person(
        source="海报3",
        answers=answers(call="老林", tea="rock", budget=[300, 500]),
        tags=frozenset({"乙", "甲"}),
        friendships=friendship(remark="茶友-老林"),
        groups=frozenset({21, 22, 99}),
    )
    groups = {21: group(1), 22: group(2, "茶桌")}
    assert values_for(merchant(BOOK), known, None, groups, "main") == {
        "name": "老林",
        "nick": "林间",
        "tag": "乙",
        "tier": "茶桌",
        "group": "茶桌2",
        "source": "海报3",
        "remark": "茶友-老林",
        "persona": "小山",
        "shop": "半山茶社",
        "call": "老林",
        "tea": "岩茶",
        "budget": "300到500",
    }
    of_a_text = values_for(merchant(BOOK), known, None, groups, "main", "{name|你}爱喝{tea|茶}")
    assert of_a_text.keys() & {"call", "tea", "budget"} == {"tea"}
    assert of_a_text["name"] == "老林"


def test_of_a_group_and_of_a_person_in_it() -> None:
    about = {"persona": "小山", "shop": "半山茶社", "group": "茶桌1", "tier": "茶桌"}
    assert values_for(merchant(BOOK), None, group(1, "茶桌"), {}, "main") == about
    both = values_for(merchant(BOOK), person(), group(1, "茶桌"), {}, "main")
    assert both == {**about, "name": "林间", "nick": "林间"}


def test_what_is_unknown_is_absent() -> None:
    assert values_for(merchant(), person(name=""), None, {}, "second") == {"shop": "半山茶社"}


def test_the_form_of_address_else_the_nickname() -> None:
    assert address(BOOK, person(answers=answers(call="老林"))) == "老林"
    assert address(BOOK, person(answers={"call": AnswerView(value=None, state="declined")})) == "林间"
    assert address(playbook(), person(answers=answers(call="老林"))) == "林间"
