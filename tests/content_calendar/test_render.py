"""Fields in texts: filled, fallen back, left standing, and never filled twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.render import Rendered, odd_fields, render, spoken


@pytest.mark.parametrize(
    ("text", "values", "rendered"),
    [
        ("早，{name}。", {"name": "老林"}, Rendered("早，老林。")),
        ("早，{name|朋友}。", {}, Rendered("早，朋友。")),
        ("早，{name|朋友}。", {"name": ""}, Rendered("早，朋友。")),
        ("早{name|}。", {}, Rendered("早。")),
        ("早，{name}{name}，{city}。", {}, Rendered("早，{name}{name}，{city}。", ("name", "city"))),
        ("{name}", {"name": "{shop}", "shop": "茶社"}, Rendered("{shop}")),
        ("{城市}的{name|茶友|朋友}", {"城市": "杭州"}, Rendered("杭州的茶友|朋友")),
        ("茶友-{call|新朋友}-{city|未知}", {"call": "老林"}, Rendered("茶友-老林-未知")),
        ("没有字段", {"name": "老林"}, Rendered("没有字段")),
    ],
)
def test_render(text: str, values: dict[str, str], rendered: Rendered) -> None:
    assert render(text, values) == rendered


@given(st.text(), st.text(min_size=1))
def test_what_a_member_said_goes_in_as_it_is(name: str, text: str) -> None:
    around = text.replace("{", "").replace("}", "")
    assert render(around + "{name|}", {"name": name}).text == around + name


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("早，{name}，{city|杭州}", ()),
        ("早，{name", ("{name",)),
        ("早，name}。", ("}。",)),
        ("早，{}", ("{", "}")),
        ("早，｛name｝", ("｛name｝",)),
        ("早，{{name}}", ("{", "}")),
    ],
)
def test_odd_fields_are_found(text: str, odd: tuple[str, ...]) -> None:
    assert odd_fields(text) == odd


@pytest.mark.parametrize(
    ("value", "answer_type", "words"),
    [
        (None, "", ""),
        ("老林", "name", "老林"),
        (500, "number", "500"),
        (0.5, "number", "0.5"),
        (12000.0, "number", "12000"),
        ([300, 500], "number", "300到500"),
        ([0, 500], "number", "500以内"),
        ([500, None], "number", "500以上"),
        (["rock", "black"], "multi", "岩茶、black"),
        ("rock", "choice", "岩茶"),
        (True, "yesno", "是"),
        (6, "age_months", "6个月"),
        (24, "age_months", "2岁"),
        (30, "age_months", "2岁半"),
        (26, "age_months", "2岁2个月"),
        ([36, 12], "age_months", "3岁、1岁"),
        ("1990-11-05", "date", "1990年11月5日"),
        ("--11-25", "date", "11月25日"),
        ("lunar:08-15", "date", "农历八月十五"),
        ("lunar:1960-12-30", "date", "农历1960年腊月三十"),
        ("明年", "date", "明年"),
    ],
)
def test_answers_are_said_as_people_say_them(value: object, answer_type: str, words: str) -> None:
    assert spoken(value, answer_type, {"rock": "岩茶"}) == words
