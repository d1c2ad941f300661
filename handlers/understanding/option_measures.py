"""The option that an amount, an age or a rate belongs to: 8个月 is in 6-12个月, 一个月两次 is nearest to 每周."""

from __future__ import annotations

from handlers.understanding.ages import is_unborn, read_age
from handlers.understanding.amounts import read_number
from handlers.understanding.frequencies import nearest_rate, times_a_month
from handlers.understanding.option_table import UNBORN, option_table
from handlers.understanding.text import PARTICLES, dense
from handlers.understanding.vocabulary import Question
from models.patterns import compile_later

_SELDOM_SAID = compile_later(
    r"(?:我|去|来|喝|吃|用|买|做|练|平时|一般)*(?:很少|极少|偶尔|难得|少)(?:去|来|喝|吃|用|买|做|练|的|啦|次)*"
)
_SELDOM = compile_later(r"很少|偶尔|更少|以下|不常|较少")


def measured_option(question: Question, text: str) -> list[int]:
    """The option whose range holds the amount or the age that a reply gives."""
    table = option_table(question.options)
    if not table.ranges:
        return []
    value = read_age(text, question.text or "月", None) if table.ages else read_number(text, question.text or "多少钱")
    if table.ages and is_unborn(text):
        value = UNBORN
    if value is None:
        return []
    low, high = (value[0] or 0, value[1]) if isinstance(value, list) else (value, value)
    top = float("inf") if high is None else float(high)
    exact = [at for at, bounds in enumerate(table.ranges) if bounds == (float(low), top)]
    if exact:
        return exact
    holding = [at for at, bounds in enumerate(table.ranges) if bounds and bounds[0] <= low and top <= bounds[1]]
    return holding[:1]


def option_of_rate(question: Question, text: str) -> list[int]:
    """The option that is told by a rate: 一个月两次."""
    rates = option_table(question.options).rates
    told = times_a_month(text) if rates else None
    if told is None:
        seldom = [at for at, option in enumerate(question.options) if _SELDOM.search(option.label)] if rates else []
        return seldom[:1] if _SELDOM_SAID.fullmatch(dense(text).strip(PARTICLES)) else []
    nearest = nearest_rate(told, rates)
    if nearest is not None:
        return [nearest]
    seldom = [at for at, option in enumerate(question.options) if _SELDOM.search(option.label)]
    slowest = min(rate[0] for rate in rates if rate is not None)
    return seldom[:1] if told[1] < slowest else []
