"""`understand`: files of replies in, what they mean out; one JSON object a line, in order.

The keys of a line are those of the contract. `prior` is a list of {`question`, `value`}, `asked_on` an ISO date. Beyond
the contract `others` may list the survey's questions that are still open: facts told about them come out as `also`.
What a known key holds is checked (null is as if it were absent); keys that are not known are passed over, so that files
may carry notes and expectations beside what is read. Blank lines give nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal, TextIO

import msgspec

from bot.cli.tables import table
from bot.desk import Refused
from bot.transports.wechaty_wire import clean
from handlers.understanding import Prior, Question, Words, understand, understand_business
from models.broken_files import broken_json
from models.playbook_faults import nearest

Row = dict[str, Any]

TYPES = ("name", "age_months", "number", "date", "region", "choice", "multi", "yesno", "phone", "freetext")

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WRONG_TYPE = re.compile(r"Expected `(?P<expected>.+?)`, got `(?P<found>.+?)`(?: - at `\$\.(?P<key>.+?)`)?$")
_MISSING = re.compile(r"missing required field `(?P<key>.+?)`(?: - at `\$\.(?P<place>.+?)`)?$")
_WORDS = {
    "array": "列表",
    "bool": "true 或 false",
    "float": "数字",
    "int": "数字",
    "null": "null",
    "object": "对象",
    "str": "文字",
}


class _Reply(msgspec.Struct):
    """A reply to an open question."""

    question: Question
    reply: str
    prior: tuple[Prior, ...] = ()
    others: tuple[Question, ...] = ()
    asked_on: date | None = None


class _Post(msgspec.Struct):
    """A message that somebody wrote in a group or to us."""

    text: str
    id: str | int | None = None
    context: Literal["group", "private"] = "group"


class _Misread(Exception):
    """What is wrong with a line, before its place is known."""


def understand_file(file: Path, kind: str, out: TextIO, *, as_json: bool, words: Words | None = None) -> int:
    """Write what each line of a file means; `kind` is `reply` or `business`, `words` add to the lists that ship.

    Returns the exit status. Raises `Refused` at the first line that cannot be read, after all before it were written;
    `OSError` when the file cannot be opened.
    """
    if kind not in _READERS:
        raise Refused(f"--kind 没有「{kind}」，可以是：{'、'.join(_READERS)}")
    read, columns = _READERS[kind]
    rows: list[Row] = []
    try:
        for content, meaning in _meanings(file, read, words or Words()):
            if as_json:
                out.write(json.dumps(meaning, ensure_ascii=False) + "\n")
            else:
                rows.append(columns(content, meaning))
    finally:
        if rows:
            out.write(table(rows, empty=""))
    return 0


def _meanings(file: Path, read: Callable[[Row, Words], Row], words: Words) -> Iterator[tuple[Row, Row]]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            text = (line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line).strip()
            if text:
                try:
                    content = _object(text)
                    meaning = read(content, words)
                except _Misread as wrong:
                    raise Refused(f"{file} 第 {number} 行：{wrong}") from None
                yield content, meaning


def _object(line: bytes) -> Row:
    try:
        found = _stated(json.loads(line.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise _Misread(f"有一个字节 0x{line[error.start]:02x} 不是 UTF-8，文件要存成 UTF-8") from None
    except json.JSONDecodeError as error:
        raise _Misread(f"不是 JSON（{broken_json(error)}），一行要写一个完整的 JSON 对象 {{…}}") from None
    except (ValueError, RecursionError):  # digits without end, brackets without end
        raise _Misread("数字太长或括号太深，读不了") from None
    if not isinstance(found, dict):
        raise _Misread("不是 JSON 对象，一行要写一个 {…}")
    return found


def _stated(value: Any) -> Any:
    """What the line says: without nulls, but for the value of an answer, and with text that can be written again."""
    match value:
        case str():
            return clean(value)
        case list():
            return [_stated(item) for item in value]
        case dict():
            return {clean(key): _stated(item) for key, item in value.items() if item is not None or key == "value"}
    return value


def _read_reply(content: Row, words: Words) -> Row:
    line = _convert(content, _Reply)
    for question in (line.question, *(one.question for one in line.prior), *line.others):
        if question.type not in TYPES:
            near = nearest(question.type, TYPES)
            hint = f"是不是 {near}？" if near else ""
            raise _Misread(f"问题 {question.key} 的 type 没有「{question.type}」，{hint}可以是：{'、'.join(TYPES)}")
    meaning = understand(
        line.question, line.reply, prior=line.prior, others=line.others, asked_on=line.asked_on, words=words
    )
    return dict(msgspec.to_builtins(meaning))


def _read_post(content: Row, _words: Words) -> Row:
    line = _convert(content, _Post)
    meaning: Row = msgspec.to_builtins(understand_business(line.text, line.context))
    return meaning if line.id is None else {"id": line.id} | meaning


def _reply_columns(content: Row, meaning: Row) -> Row:
    return {
        "问题": content["question"]["key"],
        "回复": " / ".join(content["reply"].splitlines()),
        "意思": _ACTS[meaning["act"]],
        "值": _shown(meaning["value"]),
        "改的是": meaning["corrects"],
        "还说了": {key: _shown(value) for key, value in meaning["also"].items()},
        "也在问": "是" if meaning["asks"] else "",
    }


def _post_columns(content: Row, meaning: Row) -> Row:
    return {
        "消息": " / ".join(content["text"].splitlines()),
        "类别": _LABELS[meaning["label"]],
        "要人处理": "是" if meaning["needs_human"] else "",
    }


def _shown(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _convert(content: Row, shape: type[Any]) -> Any:
    day = content.get("asked_on")
    if isinstance(day, str) and day[10:11] in {"T", " "}:  # a moment will do: its day is meant
        content = content | {"asked_on": day[:10]}
    try:
        return msgspec.convert(content, shape)
    except msgspec.ValidationError as error:
        message = str(error)
    if missing := _MISSING.search(message):
        raise _Misread(f"缺少 {missing['key']}{_inside(missing['place'])}")
    if wrong := _WRONG_TYPE.search(message):
        expected = " 或 ".join(_WORDS.get(one, one) for one in wrong["expected"].split(" | "))
        raise _Misread(f"{wrong['key']} 应该是{expected}，写的是{_WORDS.get(wrong['found'], wrong['found'])}")
    key = message.rpartition("`$.")[2].rstrip("`")
    wish = {"asked_on": "要写成 2026-11-25 这样的日期", "context": "只能是 group 或 private"}.get(key, "不能这样写")
    raise _Misread(f"{key} {wish}")


def _inside(place: str | None) -> str:
    return f"（在 {place} 里）" if place else ""


_ACTS = {
    "answer": "回答",
    "question": "提问",
    "decline": "不想说",
    "later": "以后再说",
    "correct": "更正",
    "optout": "退订",
    "chitchat": "闲聊",
    "unclear": "看不懂",
}
_LABELS = {
    "business_question": "业务问题",
    "other_question": "别的问题",
    "rhetorical": "反问",
    "statement": "陈述",
    "ad": "广告",
    "greeting": "问候",
    "complaint": "投诉",
}
_READERS: dict[str, tuple[Callable[[Row, Words], Row], Callable[[Row, Row], Row]]] = {
    "reply": (_read_reply, _reply_columns),
    "business": (_read_post, _post_columns),
}
