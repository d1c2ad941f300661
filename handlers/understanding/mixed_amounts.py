"""Amounts that are written in two pieces, made one: 九块九 is 9.9元, 两百50 250, 1万2000 12000."""

from __future__ import annotations

import re

from handlers.understanding.numerals import DIGITS, UNITS, plain
from models.patterns import compile_later

_NUMERAL = "零一二两三四五六七八九十百千"
_TENTHS = compile_later(
    rf"(?<![\d.{_NUMERAL}万几])(?P<whole>\d{{1,5}}|[{_NUMERAL}]{{1,7}})块(?:钱)?(?P<tenths>[1-9一二三四五六七八九])毛?"
    r"(?=$|\W|[吧呀啊哈呗的以起多到至]|左右|包邮)"
)
_ADDED = compile_later(
    r"(?<![\d.一二两三四五六七八九十百千万几])(?P<head>\d{1,3}|[一二两三四五六七八九十])(?P<unit>[百千万])(?P<rest>\d{2,4})(?![\d.])"
)
# 一个w, 2个k
_COUNTED = compile_later(r"(?<=[\d一二两三四五六七八九十])个(?=[wk万](?![a-z]))")


def in_one_piece(text: str) -> str:
    """The text with such amounts written in figures; offsets are not kept."""
    text = _COUNTED.sub("", text)
    if "块" in text:
        text = _TENTHS.sub(_with_tenths, text)
    return _ADDED.sub(_added, text)


def _value(numeral: str) -> int | None:
    value = float(numeral) if numeral.isdigit() else DIGITS.get(numeral, plain(numeral))
    return None if value is None else int(value)


def _with_tenths(found: re.Match[str]) -> str:
    whole, tenths = _value(found["whole"]), _value(found["tenths"])
    return found.group() if whole is None else f"{whole}.{tenths}元"


def _added(found: re.Match[str]) -> str:
    head, unit, rest = _value(found["head"]), UNITS[found["unit"]], int(found["rest"])
    return found.group() if head is None or rest >= unit else str(head * unit + rest)
