"""An earlier answer was wrong: which one, and what is right (刚才说错了，我在苏州; 预算改成一千; 名字写错了)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec import Struct

from handlers.understanding.amounts import HOW_MANY, is_about_money, is_about_people
from handlers.understanding.dates import other_calendar
from handlers.understanding.phones import with_new_end
from handlers.understanding.phrases import words
from handlers.understanding.signs import Signs
from handlers.understanding.text import Message, clauses, dense, readable
from handlers.understanding.values import read_value, told_value
from handlers.understanding.vocabulary import Prior, Question
from handlers.understanding.yesno import told_again
from models.patterns import compile_later

_WRONG = compile_later(
    r"(?:说|写|打|填|弄|搞|记|选|报|讲|输|按|留|发|给|算|点|数)[错反]|[算数]漏|(?:说|填|写)的(?:那个)?是|错了|错啦|有误|不对(?!劲)|更正|纠正|"
    r"改[成为到下喝吃用住]|改一下|改个|修改|更改|换成|换一下|重新(?:填|写|说|选)|记反|反了|不是.{1,10}是|应该是|不叫|不姓|"
    r"是.{1,8}不是|刚才那个|更新一下|作废|地址换|换了地址|少打|多打|多了[一两\d]?个|少了[一两\d]?个|我(?:刚)?说的.{0,6}是|(?:填|写|说|选|输|打|记|报|存)成|漏打|打漏|搬家|搬到|搬去|搬来|换(?:了)?(?:号|"
    r"手机|电话)|(?:电话|手机号?|号码|名字|地址|住址|地方|城市)(?:又|刚|已经|都)?[换改变]了|新号|调(?:到|成|整|高|低)|"
    r"改(?:了|主意)|变(?:成|了)|其实(?:我|是|已|不|有|没|家|宝|娃)|(?:说|写|填|报|记|打|选|留|算|回)[高低多少大小早晚漏老]了|(?:漏|少|忘|多)(?:记|了)?(?:选|填|说|写|报|勾|算|数)|改(?=\d|"
    r"[一二两三四五六七八九十百千])|订正|勘误|[瞎乱](?:选|填|写|点|说)|手[快滑抖误]|手一抖|记[岔混茬差]|[搞弄]混|写岔|[看听]错|删(?:掉|了)重|重[写填报]|"
    r"(?:刚|刚才|刚刚|前面|上面)我?(?:说|填|写|报)的[^,，。\n]{1,10}是|[\u4e00-\u9fff]改(?=[\u4e00-\u9fff])(?![天日造装变善进良革期签口编动名叫姓])|"
    r"(?:是|过|算|按)的?(?:农|阴|旧|老|阳|公|新)历(?![\d正一二三四五六七八九十冬腊的]{1,2}[月.])|"
    r"wrong|typo|correction|mistake|actually"
)
_EARLIER = compile_later(
    r"刚才|刚刚|刚说|方才|前面|上面|之前|上次|上一|上条|上一条|上个问题|昨天(?:说|填|写)|前天(?:说|填)|先前|"
    r"早上(?:说|填)|前几天|那会儿|才将|刚填|刚写|刚发|头先|earlier"
)
_LEAD = compile_later(
    r"^(?:(?:我|哦|啊|呃|不好意思|抱歉|对了|那个|嗯|sorry)*(?:应该|其实|就)?(?:是|改成|改为|改到|换成|调到|调成|"
    r"叫做?(?!我)|变成|更新为|改))+(?=.)"
)
# The shop has moved, has another number or sent the wrong goods: nothing that they told us of themselves.
_YOURS = compile_later(
    r"(?:你们?|您|贵)(?:的|家|店)*(?:又|刚|是|要|都|已经|什么时候)*(?:搬|换(?:了)?(?:地址|号|手机|电话))\w?"
    r"|没有?(?:[说写填打记弄搞选报讲])?错|(?:上次|上回|又|给我|你们?家?|快递|货|包裹|东西|颜色|尺?码)[^,，。\n]{0,4}发[错漏]了?|发[错漏]了?(?:货|款|颜色|尺?码|东西|件)"
)
_NEGATED = compile_later(
    r"(?:别叫我?|不是|不姓|不叫|并非|不在|而不是)[^,，。;；!！\n是]{1,10}?(?=是|姓|叫|,|，|。|$|\n| )|"
    r"不是[^,，。;；!！\n]{1,8}$"
)

_NOUGHT = compile_later(r"[少多漏](?:打|写|输|按|填)?了?(?:[一两二])?个?[零0](?!\d)")

_NOUNS = {
    "name": compile_later(r"名字|姓名|称呼|姓|叫我|我叫|昵称|名(?:写|打|填|说)"),
    "age_months": compile_later(r"岁|月龄|年龄|多大|个(?:半)?月|出生"),
    "date": compile_later(r"生日|日期|预产|约的|改约|改期|农历|阳历|阴历|公历|日子"),
    "region": compile_later(r"城市|地址|地方|住|所在地|地区|搬|坐标|人在"),
    "phone": compile_later(r"电话|手机|号码|新号|换号|联系方式"),
    "choice": compile_later(r"选|选项"),
    "multi": compile_later(r"选|选项"),
    "yesno": compile_later(r"(?!)"),
}
_MONEY = compile_later(r"预算|价位|价格|金额|钱|价")
_PEOPLE = compile_later(r"人数|个人|几位|几个|位")
_COMMON = frozenset(
    words(
        """
        什么 怎么 多少 大概 您好 你好 一下 可以 喜欢 平时 我们 你们 哪个 哪些 是不 不是 有没 没有 一般 想要 需要
        请问 一个 咱们 称呼 多大 几个 控制 哪里 哪几 主要 常喝 现在 目前
        """
    )
)


_EMPTY = compile_later(r"[你您我吗呢的了是在有多几哪么吧呀请]")

_TOLD_WITHIN = 12
"""Clauses in which a correction has given its new value, or gives none."""


_TITLED = compile_later(r"(?:先生|女士|小姐|太太|哥|姐|叔|阿姨)$")
# 我有宝宝的: said of their own accord, it may contradict what they said before.
_HAVE = compile_later(r"(?:我|咱|家)(?:们|家里?|里)?(?:是|已经)?(?:有|没|养)")
# 你写成明了: what we took a name for.
_TAKEN_FOR = compile_later(r"(?:写|打|记|存|叫|喊|输)成(?:了)?([\u4e00-\u9fff]{1,3}?)(?:了|的|$|[,，。 \n])")
_DENIED = compile_later(r"(?:不是|不在|别叫我?|不叫|不姓)([^,，。\n ]{1,12})(?:[,， \n]|$)")


_SIGNS = Signs(_WRONG, _DENIED, _HAVE)


# Figures and a repair between them.
_ONLY_PLACES = compile_later(r"[\d一二两三四五六七八九十百千万\s,，。.、!！~和选不对错了哦啊是应该改成]{1,40}")


class Correction(Struct, frozen=True):
    """`corrects` names the earlier question; `value` is the right one, None where only the mistake was told.
    `start` and `end` bound the clauses that told it."""

    corrects: Question
    value: Any
    start: int
    end: int


def may_correct(text: str) -> bool:
    """Whether a normalised text has any mark of a correction: a cheap first look that few replies pass."""
    mine = _YOURS.sub("", text)
    if not (_SIGNS.within(mine) or "错" in mine):
        return False
    return not _is_weak(mine) or _DENIED.search(mine) is not None or _HAVE.search(mine) is not None


def _is_weak(text: str) -> bool:
    return not _WRONG.search(text) and not (_EARLIER.search(text) and "错" in text)


def find_correction(
    question: Question | None, message: Message, prior: Sequence[Prior], asked_on: date | None
) -> Correction | None:
    """The correction of an earlier answer in a message, if it is one and not a repair of the answer at hand."""
    text = message.text
    if not prior or not may_correct(text):
        return None
    weak = _is_weak(text)
    earlier = bool(_EARLIER.search(text))
    plain = _cleared(text)
    opens = bool(
        re.match(
            r"\W*+(?:哦|啊|不好意思|抱歉|对不起|等等|sorry|那个|对了|呃)*\W*(?:不对|错了|说错|写错|打错|填错|更正|弄错|"
            r"搞错|记错|选错|我(?:刚|说错|写错|填错|打错))",
            text,
        )
    )
    ranked = sorted(
        ((_score(each, message, plain, asked_on), at) for at, each in enumerate(prior)),
        key=lambda pair: (pair[0], pair[1]),
    )
    score, at = ranked[-1]
    chosen = prior[at]
    if weak and not _mentions(chosen, text) and not _denies(chosen, message, asked_on):
        return None
    if (
        question is not None
        and not earlier
        and isinstance(chosen.value, int)
        and not _about(chosen.question, text)
        and _ONLY_PLACES.fullmatch(text)
        and read_value(question, message, text, asked_on) is not None
    ):
        return None  # 3 不对 4 repairs the answer at hand, though a 3 was told before
    value = _new_value(chosen, message, plain, asked_on)
    if (
        value is None
        and chosen.question.type == "yesno"
        and told_value(chosen.question, message, text, asked_on) is not None
    ):
        return None  # 其实没有宝宝 of whom said so before
    if value is None and _told_again(chosen, message, asked_on):
        value = chosen.value
    named = score >= 3
    marked = ",".join(text[start:end] for start, end in message.clauses if _WRONG.search(text[start:end]))
    plainly = _named(chosen.question, marked) > 0 and (question is None or not _named(question, marked))
    if plainly:
        start, end = _where(chosen, message, plain, asked_on)
        return Correction(chosen.question, value, start, end)
    if question is not None and not earlier and not named and question.type != "freetext":
        own = read_value(question, message, text, asked_on)
        if own is not None and not (opens and value is not None and question.type == "yesno"):
            return None
        if own is None and value is None and not opens:
            return None
    repairs = value is None and not named and question is not None and re.match(r"\w", text) and not opens
    if repairs and question is not None and read_value(question, message, text, asked_on) is not None:
        # 六百，刚才打错了，是八百 repairs the answer at hand.
        return None
    if value is None and not named and not (earlier or opens):
        return None
    if value is not None and score < 2 and not (earlier or opens):
        return None
    if question is not None and not earlier and named and question.type == chosen.question.type:
        own_score = _named(question, text)
        if own_score >= _named(chosen.question, text) and not _mentions(chosen, text):
            return None
    if (
        question is not None
        and not earlier
        and not opens
        and _about(question, text)
        and not _about(chosen.question, text)
        and not _mentions(chosen, text)
    ):
        return None
    start, end = _where(chosen, message, plain, asked_on)
    return Correction(chosen.question, value, start, end)


def _cleared(text: str) -> str:
    """The text without what was wrong: 不是杭州是苏州 keeps 苏州. Offsets stay."""
    for aside in (_NEGATED, _NOUGHT):
        text = aside.sub(lambda found: "," * (found.end() - found.start()), text)
    pieces = list(text)
    for start, end in clauses(text):
        lead = _LEAD.match(text[start:end])
        if lead:
            pieces[start : start + lead.end()] = "," * lead.end()
        elif (
            (
                mark := re.search(
                    r"(?:改成|改为|改到|换成|应该是|调到|调成|变成|更新为|(?<=[\u4e00-\u9fff])改(?=[\u4e00-\u9fff\d]))",
                    text[start:end],
                )
            )
            and mark.end() < end - start
        ) or (
            (mark := re.search(r"(?:说|写|打|填|弄|搞|记|选|报|讲|输|留)错了?|错了|不对", text[start:end]))
            and end - start > mark.end()
        ):
            pieces[start : start + mark.end()] = "," * mark.end()
        elif mark:
            pieces[start:end] = "," * (end - start)
    return "".join(pieces)


def _about(question: Question, text: str) -> bool:
    return _named(question, text) > 0


def _named(question: Question, text: str) -> int:
    """How plainly a text speaks of a question: by the nouns of its type, or by words of its wording."""
    noun, grams = _wording(question)
    return (3 if noun is not None and noun.search(text) else 0) + (0 if grams.isdisjoint(_grams(text)) else 3)


def best_named(questions: Sequence[Question], text: str) -> Question | None:
    """The question that a word or two speak of most plainly (生日, 电话); None where it is none, or might be two."""
    scores = sorted(((_named(one, text), at) for at, one in enumerate(questions)), key=lambda one: (-one[0], one[1]))
    if not scores or not scores[0][0] or (len(scores) > 1 and scores[1][0] == scores[0][0]):
        return None
    return questions[scores[0][1]]


@lru_cache(maxsize=256)
def _wording(question: Question) -> tuple[re.Pattern[str] | None, frozenset[str]]:
    """The nouns of a question's type, and the pairs of characters that tell its wording from others."""
    noun = _NOUNS.get(question.type)
    if question.type == "number":
        asked = readable(f"{question.text} {question.key}")
        noun = _MONEY if is_about_money(asked) else _PEOPLE if is_about_people(asked) else _measured(asked)
    telling = (gram for gram in _grams(readable(question.text)) if gram not in _COMMON and not _EMPTY.search(gram))
    return noun, frozenset(telling)


def _measured(asked: str) -> re.Pattern[str] | None:
    """How a text speaks of what is counted: 瓶数 or 三瓶, of 一个月喝几瓶."""
    units = "".join(HOW_MANY.findall(asked))
    of_age = "|年龄|年纪" if "岁" in units else ""
    return re.compile(rf"[{units}]数|[\d一二两三四五六七八九十][{units}]{of_age}") if units else None


@lru_cache(maxsize=64)
def _grams(text: str) -> frozenset[str]:
    core = dense(text)
    return frozenset(core[at : at + 2] for at in range(len(core) - 1))


def _mentions(prior: Prior, text: str) -> bool:
    """Whether the stored value itself is named: 不是王, 杭州那个."""
    values = prior.value if isinstance(prior.value, list) else [prior.value]
    for value in values:
        for option in prior.question.options:
            if option.value == value and any(dense(w) and dense(w) in text for w in option.wordings):
                return True
        if isinstance(value, str) and len(value) > 0:
            if prior.question.type == "name" and (title := _TITLED.search(value)) and f"别叫我{title.group()}" in text:
                return True
            if prior.question.type == "name" and (taken := _TAKEN_FOR.search(text)) and set(taken[1]) <= set(value):
                return True
            parts = {value, value[-3:].rstrip("市省"), value.rstrip("市")}
            parts |= (
                {value[:1]}
                if prior.question.type == "name" and re.search(rf"不(?:是|姓|叫){re.escape(value[:1].lower())}", text)
                else set()
            )
            if prior.question.type == "region":
                parts.add(re.sub(r"^.*?(?:省|自治区)", "", value).rstrip("市"))
            if any(
                part
                and (len(part) > 1 or (prior.question.type == "name" and f"是{part}" in text) or f"姓{part}" in text)
                and readable(part) in text
                for part in parts
            ):
                return True
        elif isinstance(value, int) and not isinstance(value, bool) and str(value) in re.findall(r"\d+", text):
            return True
    return False


def _denies(prior: Prior, message: Message, asked_on: date | None) -> bool:
    """Whether what is denied reads as the stored value: 孩子不是两岁 where 24 months are stored; 我有宝宝 denies no."""
    if prior.question.type == "yesno":
        told = told_value(prior.question, message, message.text, asked_on)
        return told is not None and told != prior.value
    denied = _DENIED.search(message.text) if prior.question.type in ("age_months", "number", "date") else None
    if denied is None:
        return False
    head, tail = denied.span(1)
    only = "," * head + message.text[head:tail] + "," * (len(message.text) - tail)
    return bool(read_value(prior.question, message, only, asked_on) == prior.value)


def _new_value(prior: Prior, message: Message, plain: str, asked_on: date | None) -> Any:
    question = prior.question
    if question.type in ("freetext",):
        return None
    if question.type == "date" and isinstance(prior.value, str) and (same := other_calendar(prior.value, plain)):
        return same
    if question.type == "name" and not re.search(r"叫|姓|名|称呼", message.text) and not _mentions(prior, message.text):
        return None
    if question.type == "phone" or question.type != "name" or re.search(r"叫|姓|名|称呼|是", message.text):
        value = told_value(question, message, plain, asked_on)
        if value is None and question.type == "yesno":
            value = told_again(plain, question.text)
        if value is None or question.type in ("choice", "multi", "number", "date"):
            value = read_value(question, message, plain, asked_on) if question.type != "yesno" else None
        if value == prior.value and (mark := list(_WRONG.finditer(message.text))):
            # 前面说4个人，其实是5个: what stands after the mark counts.
            start = mark[-1].start()
            value = read_value(question, message, "," * start + plain[start:], asked_on)
        if value is None and question.type == "phone" and isinstance(prior.value, str):
            value = with_new_end(prior.value, message.text[: len(plain.rstrip(","))])
        if question.type == "multi" and isinstance(value, list):
            value = _with_the_rest(prior, value, message.text)
        return None if value == prior.value else value
    return None


def _told_again(prior: Prior, message: Message, asked_on: date | None) -> bool:
    """Whether what stands behind the mark of a mistake comes to the same answer: 说错了，我在太仓, of 苏州."""
    marks = [stop for start, stop in message.clauses if _WRONG.search(message.text[start:stop])]
    behind = message.text[marks[-1] :] if marks else ""
    if not behind or prior.question.type in ("freetext", "name", "yesno"):
        return False
    said = "," * marks[-1] + behind
    return bool(told_value(prior.question, message, said, asked_on) == prior.value)


# 之前漏选了, 还要加上; 多选了, 去掉: of several chosen ones, what is told comes to them or goes.
_MORE = compile_later(r"(?:漏|少|忘|没)(?:记|了)?(?:选|填|说|写|报|勾)|(?:再|还|也)(?:要|想|有|选|加|看)|加上|补上?")
_LESS = compile_later(r"多(?:选|填|说|写|报|勾)|去掉|删掉?|取消|划掉|不(?:要|选|用|想)")


def _with_the_rest(prior: Prior, told: list[str], text: str) -> list[str]:
    """What is chosen after all, where somebody says that options were missing or too many; in the options' order."""
    had = prior.value if isinstance(prior.value, list) else []
    if _LESS.search(text):
        chosen = [value for value in had if value not in told] or told
    elif _MORE.search(text):
        chosen = [*had, *told]
    else:
        return told
    return [option.value for option in prior.question.options if option.value in chosen]


def _score(prior: Prior, message: Message, plain: str, asked_on: date | None) -> float:
    score: float = _named(prior.question, message.text)
    if _mentions(prior, message.text) or _denies(prior, message, asked_on):
        score += 3
    if _new_value(prior, message, plain, asked_on) is not None or _told_again(prior, message, asked_on):
        score += 2
    return score


def _where(prior: Prior, message: Message, plain: str, asked_on: date | None) -> tuple[int, int]:
    """The clauses from the first mark of a correction to the one that gives the new value."""
    begin = next(
        (
            first
            for first, stop in message.clauses
            if _WRONG.search(message.text[first:stop]) or _named(prior.question, message.text[first:stop])
        ),
        0,
    )
    end = 0
    for _, stop in message.clauses[:_TOLD_WITHIN]:
        end = stop
        head = plain[:stop] + "," * (len(plain) - stop)
        if _new_value(prior, message, head, asked_on) is not None:
            return begin, max(end, begin)
    first = next((stop for start, stop in message.clauses if _WRONG.search(message.text[start:stop])), end)
    return begin, max(first, begin)
