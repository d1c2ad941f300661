"""The table of commands: no name twice, and the page in docs/ says what the table says."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from handlers.command_docs import reference
from handlers.command_lines import name_in, number_in, rest_of, words_of
from handlers.commands import TABLE, is_command, may_answer

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_page_says_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run `make docs`"


def test_no_two_commands_answer_to_one_name() -> None:
    names = [name_in(name) for command in TABLE for name in command.names]
    assert len(names) == len(set(names))


def test_words_are_split_and_unquoted_and_the_rest_is_kept_as_it_is() -> None:
    line = "／记一笔　@天天 妈\u2005“爱喝 岩茶” 「老客」 多 说"
    words = words_of(line)
    assert [word.text for word in words] == ["记一笔", "@天天 妈", "爱喝 岩茶", "老客", "多", "说"]
    assert rest_of(line, words, 2) == "“爱喝 岩茶” 「老客」 多 说"
    assert rest_of("/post 分院 “今晚 见”", words_of("/post 分院 “今晚 见”"), 2) == "今晚 见"


def test_numbers_may_be_full_width_and_addressed_to_the_bot() -> None:
    assert number_in(" ４８２１ ") == "4821"
    assert number_in("@小山\u20052") == "2"
    assert [number_in(text) for text in ("482", "48211", "我要2个", "")] == ["", "", "", ""]


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read_without_an_error(text: str) -> None:
    is_command(text)
    may_answer(text)
    for line in text.splitlines():
        words = words_of(line)
        assert all(0 <= word.start <= word.end <= len(line) for word in words)
        rest_of(line, words, 1)
