"""How often: 一周两次, 每月一回, 半年一次, as times a month, to find the option that a reply means."""

from __future__ import annotations

from math import log

from handlers.understanding.numerals import numbers
from models.patterns import compile_later

_EACH = {
    "天": 30.0,
    "日": 30.0,
    "晚": 30.0,
    "周": 4.3,
    "星期": 4.3,
    "礼拜": 4.3,
    "月": 1.0,
    "季度": 1 / 3,
    "季": 1 / 3,
    "年": 1 / 12,
}
_NUMERAL = r"(?:\d{1,2}|[一二两三四五六七八九十半几]{1,3})"
_RATE = compile_later(
    rf"(?:(?P<every>每|隔)|(?P<span>{_NUMERAL}))(?:个)?(?P<unit>天|日|晚|周|星期|礼拜|月|季度?|年)(?:也|就|都|大概|做|去|喝|买|来|用|会|能|得|才)*"
    rf"(?:(?P<low>{_NUMERAL})(?:[-~到至](?P<high>\d))?(?:次|回|趟|瓶|杯|顿|片|遍)|(?P<all>都|$))"
)
_DAILY = compile_later(r"天天|每天|每日|每晚|顿顿")
# 周周买, 礼拜礼拜买
_EVERY = compile_later(r"(?P<unit>周|星期|礼拜|月|年)(?P=unit)")


def times_a_month(text: str) -> tuple[float, float] | None:
    """The lowest and highest number of times a month that a normalised text tells; None if it tells none."""
    found = _RATE.search(text)
    if found is None:
        every = _EVERY.search(text)
        rate = 30.0 if _DAILY.search(text) else _EACH[every["unit"]] if every else None
        return None if rate is None else (rate, rate)
    span = 0.5 if found["span"] == "半" else _ends(found["span"])[0] if found["span"] else 1.0
    if (not found["every"] and found["low"] is None) or not span:
        return None
    low, high = _ends(found["low"]) if found["low"] else (1.0, 1.0)
    if found["high"]:
        high = float(found["high"])
    scale = _EACH[found["unit"]] / span / (2 if found["every"] == "隔" else 1)
    return low * scale, high * scale


def _ends(numeral: str) -> tuple[float, float]:
    found = numbers(numeral)
    return (found[0].low, found[0].high) if found else (0.0, 0.0)


def nearest_rate(told: tuple[float, float], rates: tuple[tuple[float, float] | None, ...]) -> int | None:
    """The option whose rate lies nearest to the one told; None where none is within a factor of two."""
    distances = [
        (abs(log((told[0] + told[1]) / (rate[0] + rate[1]))), at) for at, rate in enumerate(rates) if rate is not None
    ]
    distance, at = min(distances)
    return at if distance <= log(2) else None


_DAILY = compile_later(r"天天|每天|日日")
_TIMES_A_WEEK = compile_later(r"(?:一个?|每个?)(?:周|星期|礼拜).{0,6}几[次回顿]")


def every_day_of_the_week(text: str, asked: str) -> bool:
    """Whether 天天 answers how often a week."""
    return bool(_DAILY.search(text)) and bool(_TIMES_A_WEEK.search(asked))
