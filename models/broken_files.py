"""Where the readers of TOML and JSON stumbled, in the words of whoever wrote the file: theirs are English.

Each is what is wrong on the line, and the cure.
"""

from __future__ import annotations

import json

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


def broken_toml(said: str) -> tuple[str, str]:
    """What is wrong with a line that is no TOML, and the cure; `said` are the words of `tomllib`."""
    begins = said.lower()
    return next((words for how, words in _TOML.items() if begins.startswith(how)), _NO_TOML)


def broken_json(error: json.JSONDecodeError) -> str:
    """What is wrong with a text that is no JSON, and where in it."""
    why = next((words for how, words in _JSON.items() if error.msg.startswith(how)), "这里读不懂")
    return f"第 {error.colno} 个字符：{why}"
