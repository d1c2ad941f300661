"""Whose turn it is in the pool of spare drafts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from content_calendar.entry import Entry
from content_calendar.rotation import following, is_slot, is_slot_text, spares_of, text_for

THEMES = {"a1": "工艺", "a2": "工艺", "b1": "侠义", "b2": "侠义", "c1": "互联网", "c2": "互联网"}


def taken(themes: dict[str, str], count: int, had: tuple[str, ...] = ()) -> list[str]:
    found = list(had)
    for _ in range(count):
        key = following(themes, found)
        assert key is not None
        found.append(key)
    return found[len(had) :]


def test_themes_take_turns_and_nothing_comes_again_before_all_were_there() -> None:
    assert taken(THEMES, 12) == ["a1", "b1", "c1", "a2", "b2", "c2"] * 2


def test_a_draft_that_was_added_later_is_next_and_comes_once() -> None:
    had = ("a1", "b1", "c1", "a2", "b2", "c2", "a1", "b1")
    assert taken(THEMES | {"d1": "节令"}, 3, had) == ["d1", "c1", "a2"]


def test_without_drafts_there_is_nothing() -> None:
    assert following({}, ["a1"]) is None


@given(st.dictionaries(st.text(min_size=1), st.sampled_from("甲乙丙"), min_size=1, max_size=9), st.integers(1, 4))
def test_each_round_has_every_draft_once(themes: dict[str, str], rounds: int) -> None:
    found = taken(themes, rounds * len(themes))
    for start in range(0, len(found), len(themes)):
        assert sorted(found[start : start + len(themes)]) == sorted(themes)


def test_a_slot_takes_drafts_of_its_kind_and_theme_or_the_one_that_it_names() -> None:
    drafts = [
        Entry(key="b", rule="spare", content_kind="article", theme="侠义", text="b"),
        Entry(key="a", rule="spare", content_kind="article", theme="工艺", text="a"),
        Entry(key="s", rule="spare", content_kind="story", text="s"),
        Entry(key="x", rule="daily", content_kind="article", text="x"),
    ]
    any_theme = Entry(key="k", content_kind="article", text="{备稿}")
    assert [one.key for one in spares_of(any_theme, drafts)] == ["a", "b"]
    assert [
        one.key for one in spares_of(Entry(key="k", content_kind="article", theme="侠义", text="{spare}"), drafts)
    ] == ["b"]
    assert [one.key for one in spares_of(Entry(key="k", text=text_for(drafts[2])), drafts)] == ["s"]
    assert not is_slot(drafts[0])
    assert not is_slot_text("今天的{备稿}")
