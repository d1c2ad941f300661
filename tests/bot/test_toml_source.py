"""Lines of keys in TOML, and files that are none."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from bot.faults import ConfigFaults
from bot.toml_source import KeyPath, key_lines, parse_toml, read_toml

EVERY_SHAPE = '''# a comment with [brackets] and key = 1
top = "a # no comment"   # a comment

"quoted \\u006bey" = 1
'literal key' = [
  1,       # [2]
  "x = 2",
  [3, 4],
]
dotted.inner."deep" = true
text = """
[no.table]
key = "no key" \\""" still text """
raw = \'\'\'
'' [nor = here] ''\'\'\'
moment = 1979-05-27 07:32:00
after = { a = 1, b = { c = [ { d = "}" }, { d = ']' } ] } }

[table]
key = 1

[ table . "sub" ]
key = 2

[[rows]]
key = 3

[rows.sub]
key = 4
[[rows.inner]]
[[rows.inner]]
key = 5

[[rows]]
key = 6
[[rows.inner]]
key = 7
'''


def paths(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    """Every path there is in some data."""
    below: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        below = list(value.items())
    elif isinstance(value, list):
        below = list(enumerate(value))
    return {path} | {found for key, inner in below for found in paths(inner, (*path, key))}


def test_the_line_of_every_key() -> None:
    lines = key_lines(EVERY_SHAPE)
    assert set(lines) | {()} == paths(tomllib.loads(EVERY_SHAPE))
    expected: dict[KeyPath, int] = {
        ("top",): 2,
        ("quoted key",): 4,
        ("literal key",): 5,
        ("literal key", 1): 7,
        ("literal key", 2, 1): 8,
        ("dotted", "inner", "deep"): 10,
        ("text",): 11,
        ("raw",): 14,
        ("moment",): 16,
        ("after", "b", "c", 1, "d"): 17,
        ("table",): 19,
        ("table", "key"): 20,
        ("table", "sub"): 22,
        ("rows",): 25,
        ("rows", 0, "key"): 26,
        ("rows", 0, "sub", "key"): 29,
        ("rows", 0, "inner", 1): 31,
        ("rows", 0, "inner", 1, "key"): 32,
        ("rows", 1): 34,
        ("rows", 1, "inner", 0, "key"): 37,
    }
    assert {path: lines[path] for path in expected} == expected


def test_a_place_that_is_not_written_has_the_line_of_its_table() -> None:
    source = parse_toml("x.toml", "[a]\n\n[[a.b]]\nc = 1\n")
    assert source.line(("a", "b", 0, "missing")) == 3
    assert source.line(("elsewhere",)) is None


values = st.recursive(
    st.one_of(st.booleans(), st.integers(-9, 9), st.text(max_size=8), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=5), values, max_size=5))
def test_every_path_of_any_file_has_its_line(data: dict[str, Any]) -> None:
    text = tomlkit.dumps(data)
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # tomlkit writes some control characters raw
    lines = key_lines(text)
    assert set(lines) | {()} == paths(read)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a = 1\nb = \n", ":2: 等号后面的值写得不对，文字两边要加英文引号，是或否写 true 或 false"),
        (b"a = 1\na = 2\n", ":2: 同一个名字写了两次，留一个；一张表要有几条的，每一条都写成 [[表]]"),
        (b"a = [1\n\n", ":1: 方括号有开头没有结尾，补上 ]，几个值之间用英文逗号隔开"),
        (b"a = 1\r\nb = ,\r\n", ":2: 等号后面的值写得不对，文字两边要加英文引号，是或否写 true 或 false"),
        (
            "a = 1\nb = '酒'".encode("gbk"),
            ":2: 有一个字节 0xbe 不是 UTF-8，把文件存成 UTF-8",
        ),
        ("a = 1".encode("utf-16"), ":1: 有一个字节 0xff 不是 UTF-8，把文件存成 UTF-8"),
        # What a fuzzer found: minutes in Python's parser, which takes the square of the time for the parts of a key.
        (b"a = 1\n" + b"0." * 300_000 + b"1 = 2", ":2: 这个键分的层太多，少套几层"),
        (b"a = " + b"[" * 10_000, ": 表或列表套得太深，少套几层"),
        (b"a = " + b"9" * 10_000, ": 有一个数太长，数字写短些"),
    ],
)
def test_what_is_no_toml(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigFaults) as refusal:
        read_toml(path)
    assert str(refusal.value) == f"{path}{expected}"


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, found in (
        (tmp_path / "none.toml", "没有这个文件，看看路径和文件名"),
        (tmp_path, "这是文件夹，要一个 TOML 文件"),
        (tmp_path / ("x" * 300), "这个文件读不了，看看路径、文件的权限和磁盘"),
    ):
        with pytest.raises(ConfigFaults) as refusal:
            read_toml(path)
        assert str(refusal.value) == f"{path}: {found}"
    with pytest.raises(ConfigFaults):
        read_toml(Path("a\0b"))


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1")
    assert read_toml(path).data == {"a": 1}
