"""Where the readers of TOML and JSON stumbled, in the words of whoever wrote the file: theirs are English."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

SAVE_AS_UTF8 = "把文件存成 UTF-8"

_QUOTE = ("引号有开头没有结尾", "补上后面那个英文引号；要分几行写，前后各用三个引号")
_TWICE = ("同一个名字写了两次", "留一个；一张表要有几条的，每一条都写成 [[表]]")
_BACKSLASH = ("文字里的反斜杠读不懂", "写两个反斜杠，或者把两边的引号换成单引号")
_SHAPE = "写成「名字 = 值」，一行一个"

# By how the reader's words begin, the longer beginnings first.
_TOML: dict[str, tuple[str, str]] = {
    "invalid value": ("等号后面的值写得不对", "文字两边要加英文引号，是或否写 true 或 false"),
    "unterminated string": _QUOTE,
    "illegal character '\\n'": _QUOTE,
    "found invalid character '\\n'": _QUOTE,
    "illegal character": ("有看不见的字符", "把它删掉"),
    "found invalid character": ("有看不见的字符", "把它删掉"),
    "expected '='": ("名字后面少了等号", _SHAPE),
    "expected ']]'": ("方括号有开头没有结尾", "补上 ]]"),
    "expected ']'": ("方括号有开头没有结尾", "补上 ]"),
    "expected newline": ("这一行后面多了东西", "一行只写一个「名字 = 值」，说明写在 # 后面"),
    "expected": _QUOTE,
    "unclosed array": ("方括号有开头没有结尾", "补上 ]，几个值之间用英文逗号隔开"),
    "unclosed inline table": ("花括号有开头没有结尾", "补上 }，几项之间用英文逗号隔开"),
    "cannot overwrite a value": _TWICE,
    "duplicate inline table key": _TWICE,
    "cannot declare": ("同一个 [表] 写了两次", "合成一个；要有几条的，每一条都写成 [[表]]"),
    "cannot redefine namespace": ("同一个 [表] 写了两次", "合成一个；要有几条的，每一条都写成 [[表]]"),
    "cannot mutate immutable namespace": ("同一个表写在两个地方", "合成一个"),
    "invalid initial character": (
        "这一行的名字读不懂",
        "名字用英文字母、数字、_ 和 -，别的要加英文引号；{ } 里的写在一行",
    ),
    "unescaped": _BACKSLASH,
    "invalid hex value": _BACKSLASH,
    "escaped character": _BACKSLASH,
    "invalid date": ("没有这个日子或时间", "改成有的，写法如 2026-11-25、09:00:00"),
}
_NO_TOML = ("这一行不是「名字 = 值」的写法", "一行写一个，名字有汉字的两边加英文引号")

_JSON: dict[str, str] = {
    "Expecting value": "这里少一个值，或值写得不对：文字两边要加英文双引号",
    "Expecting property name": "这里要写字段名，两边加英文双引号；最后一项后面不要逗号",
    "Expecting ':'": "字段名后面少了英文冒号",
    "Expecting ','": "两项之间少了英文逗号，或者少了结尾的括号",
    "Extra data": "前面已经写完，后面多了东西",
    "Unterminated string": "双引号有开头没有结尾",
    "Invalid control character": "文字里有换行或看不见的字符，换行要写成 \\n",
    "Invalid \\": "文字里的反斜杠要写两个",
    "Illegal trailing comma": "最后一项后面不要逗号",
}


class BrokenToml(ValueError):
    """A text is no TOML: on which line (from 1; None: nobody knows), what is wrong there, and the cure."""

    def __init__(self, line: int | None, found: str, cure: str) -> None:
        super().__init__(line, found, cure)
        self.line, self.found, self.cure = line, found, cure


_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)")
# Python's parser takes the square of the time for the parts of a dotted key: minutes for a file of a megabyte.
_MOST_PARTS = 1_000
# Python does not write down a number of more than some thousand digits, though it reads one with 0x in front.
_MOST_BITS = 10_000
_TOO_DEEP = ("表或列表套得太深", "少套几层")
_TOO_LONG = ("有一个数太长", "数字写短些")


def toml_data(text: str) -> dict[str, Any]:
    """What a text with \\n line ends says as TOML. Raises `BrokenToml`."""
    for number, written in enumerate(text.split("\n"), 1):
        if written.partition("=")[0].count(".") > _MOST_PARTS and not written.lstrip().startswith("#"):
            raise BrokenToml(number, "这个键分的层太多", "少套几层")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at else text.rstrip("\n").count("\n") + 1
        begins = str(error).lower()
        raise BrokenToml(
            line, *next((told for how, told in _TOML.items() if begins.startswith(how)), _NO_TOML)
        ) from None
    except RecursionError:
        raise BrokenToml(None, *_TOO_DEEP) from None
    except ValueError:  # the one thing that tomllib leaves to int(): thousands of digits
        raise BrokenToml(None, *_TOO_LONG) from None
    if _has_endless_number(data):
        raise BrokenToml(None, *_TOO_LONG)
    return data


def _has_endless_number(data: object) -> bool:
    ahead = [data]
    while ahead:
        match ahead.pop():
            case dict() as table:
                ahead.extend(table.values())
            case list() as values:
                ahead.extend(values)
            case int() as number if number.bit_length() > _MOST_BITS:
                return True
    return False


def broken_json(error: json.JSONDecodeError) -> str:
    """What is wrong with a text that is no JSON, and where in it."""
    why = next((words for how, words in _JSON.items() if error.msg.startswith(how)), "这里读不懂")
    return f"第 {error.colno} 个字符：{why}"
