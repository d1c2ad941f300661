"""Who says that they are not of age yet, whatever they were asked: 我才15岁, 我还没成年, 我还在上初中."""

from __future__ import annotations

from handlers.understanding.numerals import plain
from handlers.understanding.text import PARTICLES
from models.patterns import compile_later

ADULT_YEARS = 18
_A_JOKE = 5  # 我才三岁

_ASKED = compile_later(r"18\s*周?岁|满\s*18|十八周?岁|满十八|成年")
_ENDS = compile_later(r"[,，。.!！;；、~～\s]+")
_LEAD = "(?:其实|对了|不过|可是|但是?|那个|抱歉|不好意思){0,2}"
_I = rf"{_LEAD}(?:我|俺|人家)(?:其实|今年|现在|目前|都|真的?|也|就|是){{0,3}}"
_NUMERAL = r"(\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[六七八九])"
_YEARS = compile_later(
    rf"{_I}(?:还|才|刚|只有|只|满){{0,3}}{_NUMERAL}周?岁(?:半|多|不到|而已|了|的)*"
    rf"|{_LEAD}(?:我|俺)今年(?:也|才|刚|只有|满){{0,2}}{_NUMERAL}"
)
_SAID = compile_later(
    rf"{_I}还?(?:(?:没有?|未|不)(?:满|到|足)?(?:成年|18周?岁?|十八周?岁?)|(?:是个?)?(?:未成年人?|小学生|初中生))"
    r"(?:人|呢|的|而已)?"
)
_SCHOOL = compile_later(
    rf"{_I}还?(?:在)?(?:上|读|念|是)?(?:小学|初中|初[一二三]|高[一二]|[小一二三四五六七八]年级)(?:学生|生|呢|的)?"
)


def asks_of_age(text: str) -> bool:
    """Whether a question of the playbook asks if somebody is of age."""
    return _ASKED.search(text) is not None


def says_under_age(text: str) -> bool:
    """Whether somebody says so of themselves, by a normalised text; not of a child, nor of how they once were."""
    return any(map(_says, (clause.strip(PARTICLES) for clause in _ENDS.split(text))))


def _says(clause: str) -> bool:
    if (told := _YEARS.fullmatch(clause)) is not None:
        numeral = told[1] or told[2]
        years = int(numeral) if numeral.isdigit() else plain(numeral)
        return years is not None and _A_JOKE < years < ADULT_YEARS
    return _SAID.fullmatch(clause) is not None or _SCHOOL.fullmatch(clause) is not None
