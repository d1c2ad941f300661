"""Amounts told in passing, in a reply to another question. It would rather miss one than invent it."""

from __future__ import annotations

from handlers.understanding.amounts import HOW_MANY, MONEY_AFTER, PER, Amount, amount_at, is_about_money
from handlers.understanding.numerals import numbers
from models.patterns import compile_later

_MONEY_BEFORE = compile_later(
    r"(?:预算|价位|价格|¥|花|(?:一|每|1)(?:斤|瓶|箱|盒|罐|饼|两|套|支|桌|次|个月|月|件|提|条))(?:大概|差不多|也就|"
    r"就|在|是|控制在|顶多|最多|不超过)*$"
)
_ALONE_BEFORE = compile_later(r"(?:^|[,，。;；!！ \n])(?:大概|差不多|就|左右|也就|预算|一般)*$")
_ALONE_AFTER = compile_later(
    r"(?:来|多|把)?(?:左右|上下|以内|以下|以上|吧|的样子|差不多|的)?(?:吧)?(?:$|[,，。;；!！ \n])"
)
# What belongs to a number stands right before it.
_WITHIN = 24


def _before(text: str, start: int) -> str:
    """What stands before a number; a dash where more of it was cut off, which is no beginning."""
    return text[:start] if start <= _WITHIN else f"-{text[start - _WITHIN : start]}"


def told_amount(text: str, asked: str) -> Amount | None:
    """An amount told in a reply to another question: only money in a money question, or the very measure asked for."""
    found = numbers(text)
    if not found:
        return None
    wanted = set(HOW_MANY.findall(asked))
    money = is_about_money(asked)
    for at, number in enumerate(found):
        before, after = _before(text, number.start), text[number.end : number.end + 6]
        if money:
            said = MONEY_AFTER.match(after) or _MONEY_BEFORE.search(before)
            alone = (
                number.low >= 50
                and (number.unit >= 100 or number.unit == 1)
                and _ALONE_BEFORE.search(before)
                and _ALONE_AFTER.match(after)
                and not number.high >= 1e9
            )
            if (said or alone) and not PER.match(after):
                return amount_at(text, found, at)
        elif wanted and after[:1] in wanted - {"个", "天", "次", "年", "月"}:
            return amount_at(text, found, at)
    return None
