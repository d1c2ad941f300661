"""A birthday told by a feast or by how far away it is: 端午那天生的, 就是今天, 上周三出生的.

Such words stand in all that people tell. 我今天刚离婚 and 元旦去三亚玩 answer no question about a birthday, so a clause
has to be about the day and nothing else.
"""

from __future__ import annotations

from datetime import date

from handlers.understanding.dates import read_date, told_date, without_relative_days
from handlers.understanding.text import clauses
from models.patterns import compile_later

_ASKS = compile_later(r"生日|生辰|诞辰|寿辰|出生|生的|几号生|哪天生|birth")
_ABOUT_THE_DAY = compile_later(
    r"(?:我们?|俺|咱|他|她|人家|本人|宝宝|宝贝|孩子|娃|小朋友|家|大|的|是|就|也|正好|刚好|好像|应该|每年|都|在|过|生日|"
    r"出生|生|那天|当天|那日|这天|农历|阴历|阳历|公历|早上|上午|中午|下午|晚上|凌晨|快|好记|记得|不会忘|忘不了|要|到|了|刚|满月|才|吧|呀|啊|哦|噢|呢|"
    r"哈|嘛|啦|哟|嗯|对|没错|巧|得很|真|节?(?:前|后|第二|隔)[一两二三]?[天日]|半|跟|和|同一[天日]|同天|那年|去年|前年|今年|大前年|"
    r"(?:19|20)?\d\d年|[〇零一二三四五六七八九]{2,4}年|我?妈说|听我?妈说|说是|记得是|老历|旧历|新历|\W|_)*"
)


def asks_birthday(asked: str) -> bool:
    """Whether a question (readable, with its key) asks for a birthday."""
    return bool(_ASKS.search(asked))


def read_birthday(text: str, asked_on: date | None) -> str | None:
    """A birthday in normal form; None if none is told."""
    if without_relative_days(text) == text:
        return read_date(text, asked_on)
    said = [text[start:end] for start, end in clauses(text)]
    told = ",".join(clause for clause in said if _is_about_the_day(without_relative_days(clause)))
    return read_date(told, asked_on)


def _is_about_the_day(rest: str) -> bool:
    return bool(_ABOUT_THE_DAY.fullmatch(rest)) or read_date(rest, None) is not None


_ONLY_A_DAY = compile_later(
    r"(?:[农阴阳公旧新]历)?(?:\d{2,4}\s?[年./\-])?(?:1[0-2]|0?[1-9]|[正冬腊]|十[一二]?|[一二三四五六七八九])\s?月\s?"
    r"(?:3[01]|[12]\d|0?[1-9]|初?[一二三四五六七八九十]+|廿[一二三四五六七八九]?)[日号]?"
)


def told_birthday(text: str, asked_on: date | None) -> str | None:
    """A birthday told in a reply to another question: by a word for it, or as a clause that is a written day alone."""
    said = (text[start:end].strip() for start, end in clauses(text))
    day = next((clause for clause in said if _ONLY_A_DAY.fullmatch(clause)), None)
    return told_date(text, asked_on) or (read_date(day, asked_on) if day else None)
