"""The value that a reply gives to a question of each type, and the stricter reading of facts told in passing."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from datetime import date
from typing import Any

from handlers.understanding.ages import read_age, told_age
from handlers.understanding.amounts import is_about_money, read_number
from handlers.understanding.avoided import asks_what_is_avoided, read_avoided, told_avoided
from handlers.understanding.birthdays import asks_birthday, read_birthday, told_birthday
from handlers.understanding.choices import is_option, read_options, told_options, without_taken_back
from handlers.understanding.dates import coming_day, day_of_same_month, last_day, of_same_year, read_date, told_date
from handlers.understanding.names import read_name, told_name
from handlers.understanding.phones import read_phone
from handlers.understanding.regions import read_region, told_region
from handlers.understanding.text import Message, readable
from handlers.understanding.told_amounts import told_amount
from handlers.understanding.vocabulary import Question
from handlers.understanding.yesno import read_yesno, told_yesno
from models.patterns import compile_later

_REPAIR = compile_later(
    r"(?:[,，。!！~ \n]|^|(?<=[^\s]))(?:哦|啊|噢|呃|额|诶|哎)?(?:不对(?!劲|称|外)|不是不是|说错了?|打错字?了?|"
    r"写错了?|输错了?|按错了?|发错了?|选错了?|手滑了?|手误|口误|笔误|更正一?下?|错了错了|错了|应该是|改成|改为|"
    r"哦不|啊不|噢不|呃不|(?<=[,，\n ])(?:算了|还是)(?=[^,，。\n]{2,8}吧)|"
    r"不不不?[,，]|(?<=[,，\n ])不[,， ]*(?=\d|[一二两三四五六七八九十俩仨]+[百千万个块岁月号点])|"
    r"(?<=[,，])不[,，](?=是)|(?<=[,， \n])(?:哦|啊)?不是?(?=[,， \n])|"
    r"(?<=[箱个瓶盒罐包位块岁月])不(?=[\d一二两三四五六七八九十])|(?:以前|之前|原来|从前)[^\n]{1,20}?(?:现在|"
    r"如今|目前|变成?|转成?)(?:都|就|是|只)*|的话[,，]?(?:那就|就|那)(?=.))[,，。!！~ \n是我]*"
)
# 不是酱香也不是浓香 leaves a third.
_RATHER = compile_later(r"不是?([^,，。是\n]{1,10})(?<![不也])[,， \n]*(?:而|我)?是(?=.)")
_NOT_THAT = compile_later(r"(?<=[^,，。\s])[,， ]?(?:不是|不姓|并不是|而不是|可不是)[^,，。\n]{1,8}$")


def _asked(question: Question) -> str:
    return readable(f"{question.text} {question.key}")


def _option(question: Question, text: str) -> Any:
    chosen = read_avoided(question, text) if asks_what_is_avoided(question) else read_options(question, text)
    if question.type == "multi":
        return chosen
    return chosen[0] if chosen and len(chosen) == 1 else None


# 买了3瓶, 等了5天: how many or how long, where it was asked how much.
_NO_MONEY = compile_later(
    r"(?:\d{1,4}|[一二两三四五六七八九十几]{1,3})(?:个?(?:瓶|盒|箱|包(?!邮)|罐|件|支|套|次|回|天|周|月|小时|年|岁)|点(?!\d))(?!的?(?:钱|块|[\d一二两三四五六七八九十]))"
)


# 就我一个 is said of people.
_ONE_PERSON = compile_later(r"(?:就|只有?|我|自己)+一个人?(?:吃|住|用|喝)?(?:的|啦|了|呢|呀)?")


def _number(question: Question, text: str) -> Any:
    asked = _asked(question)
    if is_about_money(asked) and _ONE_PERSON.fullmatch(text.strip(" ,，。!！~")):
        return None
    if is_about_money(asked) and (money := _NO_MONEY.sub(_masked, text)) != text:
        return read_number(money, asked)
    return read_number(text, asked)


# A day on which somebody is kept is not the day that is told: 明天要加班，后天.
_KEPT = compile_later(
    r"(?:^|[,，。 \n])[^,，。 \n]{1,8}(?:加班|没空|没时间|有事|不行|太(?:晚|早|赶|忙)了?|来不及|"
    r"来不了|去不了|不在|要?上班|出差|开会|有课|"
    r"约了|满了|不得空)"
    r"[^,，。 \n]{0,3}(?=[,，。 \n])"
    # 3月3号 不行那天有课 3月6号
    r"|(?:^|[,，。 \n])[^,，。 \n]{1,8}[,，。 \n]+(?:啊|哦|呃|那天)*(?:不行|来不了|去不了|有事|没空)[^,，。\n ]{0,8}"
    r"(?=[,，。 \n])"
    # 周六别给我排，周日吧; 别约周三，周四
    r"|(?:^|[,，。 \n])[^,，。 \n]{1,8}(?:别|不要|不用|勿)(?:给我|帮我|再)*(?:排|约|安排|订|定|来|选)"
    r"[^,，。 \n]{0,3}(?=[,，。 \n])"
    r"|(?:^|[,，。 \n])(?:别|不要|不用|勿)(?:给我|帮我|再)*(?:排|约|安排|订|定|选)[^,，。 \n]{1,8}(?=[,，。 \n])"
)


def _date(question: Question, text: str, asked_on: date | None) -> Any:
    if asks_birthday(_asked(question)):
        return read_birthday(text, asked_on)
    free = _KEPT.sub(lambda kept: "," * len(kept.group()), text)
    day = (read_date(free, asked_on) if free != text else None) or read_date(text, asked_on)
    if asked_on is not None and _LAST_TIME.search(_asked(question)):
        return last_day(day, text, asked_on)
    return coming_day(text, asked_on) if day is None and asked_on is not None else day


# 上回出钓是哪天: the day lies behind.
_LAST_TIME = compile_later(
    r"[上前](?:一)?[回次]|最近一[回次]|最后一[回次]|末次|哪天[来去买做喝用生]?的|什么时候[来去买做用]的"
)


# What stands beside a name and is none: how old somebody is, how much, when; and 我家 before the name itself.
_NO_NAMES = compile_later(
    r"(?<![^,，。!！?？;；\s])(?:(?:(?:现在|刚|才|快|已经|都是?|今年|差不多|大概)*(?:\d{1,3}|[一二两三四五六七八九十半]{1,3})"
    r"(?:个?(?:半|多)?(?:岁|周岁|天|周|小时|分钟|块|元|斤)|个(?:半|多)?月)[\d一二三四五六七八九十个月半多大了啦左右]*"
    r"(?:之?后|以后|前)?|下个?(?:周|月|星期|礼拜)[吧了再说聊]*)(?![^,，。!！?？;；\s])|我们?家(?:那个|闺女|儿子|女儿|宝宝|宝贝|娃|老大|老二|大宝|二宝)?(?:就)?(?=叫|[^在住里的是那,，\s]{2,3}(?:$|[,，。\s])))"
)


def _masked(found: re.Match[str]) -> str:
    return "," * (found.end() - found.start())


_CHILD_ASKED = compile_later(r"宝宝|宝贝|孩子|娃|小朋友|小名|乳名")
_PARENT = compile_later(r"([^他她]{1,4}?)[他她]?家?的?(?:妈妈?|爸爸?|麻麻|粑粑|妈咪|奶奶|姥姥|爷爷|外婆|外公)")


def _name(question: Question, message: Message, text: str) -> str | None:
    name = read_name(message, _NO_NAMES.sub(_masked, text))
    parent = _PARENT.fullmatch(name) if name and _CHILD_ASKED.search(question.text) else None
    if parent is None:
        return name
    # 我是豆豆妈 tells the child's name; 乐妈 and 宝妈 do not.
    return parent[1] if len(parent[1]) > 1 else None


_READERS: dict[str, Callable[[Question, Message, str, date | None], Any]] = {
    "name": lambda question, message, text, asked_on: _name(question, message, text),
    "age_months": lambda question, message, text, asked_on: read_age(text, _asked(question), asked_on),
    "number": lambda question, message, text, asked_on: _number(question, text),
    "date": lambda question, message, text, asked_on: (
        day_of_same_month(message.text, text, asked_on)
        or of_same_year(_date(question, text, asked_on), message.text, text, asked_on)
    ),
    "region": lambda question, message, text, asked_on: read_region(text),
    "choice": lambda question, message, text, asked_on: _option(question, text),
    "multi": lambda question, message, text, asked_on: _option(question, text),
    "yesno": lambda question, message, text, asked_on: read_yesno(message, text, _asked(question)),
    "phone": lambda question, message, text, asked_on: read_phone(text),
}


def read_value(question: Question, message: Message, text: str, asked_on: date | None) -> Any:
    """The value in normal form that `text` (the message's normalised text, asides masked) gives, else None.

    A repair inside the message (五百，不对，六百) counts as what was said last.
    """
    reader = _READERS.get(question.type)
    if reader is None:
        return message.raw if text.strip(" ,，。") else None
    if question.type not in ("yesno", "phone"):
        for repaired in _repaired(text):
            if question.type == "multi" and (kept := without_taken_back(question, text, repaired)):
                return kept
            value = reader(question, message, repaired, asked_on)
            if value is not None:
                return value
    return reader(question, message, text, asked_on)


def _repaired(text: str) -> list[str]:
    """What is left of a text when only its repaired part counts, at unchanged offsets; most repaired first."""
    versions = []
    marks = list(_REPAIR.finditer(text))
    rather = _RATHER.search(text)
    if rather and not re.search(r"不是不", rather.group()):
        versions.append("," * rather.end() + text[rather.end() :])
    if marks:
        end = marks[-1].end()
        if end < len(text):
            versions.append("," * end + text[end:])
        elif marks[-1].start() > 0:
            versions.append(text[: marks[-1].start()] + "," * (end - marks[-1].start()))
    not_that = _NOT_THAT.search(text)
    if not_that:
        versions.append(text[: not_that.start()] + "," * (not_that.end() - not_that.start()))
    return versions


_TELLERS: dict[str, Callable[[Question, Message, str, date | None], Any]] = {
    "name": lambda question, message, text, asked_on: told_name(message, text),
    "age_months": lambda question, message, text, asked_on: told_age(text, asked_on),
    "number": lambda question, message, text, asked_on: told_amount(text, _asked(question)),
    "date": lambda question, message, text, asked_on: (
        told_birthday(text, asked_on) if asks_birthday(_asked(question)) else told_date(text, asked_on)
    ),
    "region": lambda question, message, text, asked_on: told_region(text),
    "yesno": lambda question, message, text, asked_on: told_yesno(text, _asked(question)),
    "phone": lambda question, message, text, asked_on: read_phone(text),
}


def told_value(question: Question, message: Message, text: str, asked_on: date | None) -> Any:
    """A value told plainly in a reply to another question; None where it would have to be guessed."""
    if question.type in ("choice", "multi"):
        chosen = told_avoided(question, text) if asks_what_is_avoided(question) else told_options(question, text)
        if not chosen or (question.type == "choice" and len(chosen) != 1):
            return None
        return chosen if question.type == "multi" else chosen[0]
    teller = _TELLERS.get(question.type)
    return teller(question, message, text, asked_on) if teller else None


def _alike(one: Question, other: Question) -> bool:
    """Whether one telling could be taken for either: one figure cannot answer two questions of the same measure."""
    if one.type != other.type or one.type in ("choice", "multi"):
        return False
    return one.type != "number" or is_about_money(_asked(one)) == is_about_money(_asked(other))


def further_facts(
    others: Sequence[Question], answered: Question | None, message: Message, text: str, asked_on: date | None
) -> dict[str, Any]:
    """What a reply tells about the other unanswered questions, by key. It would rather miss than invent."""
    facts: dict[str, Any] = {}
    for other in others:
        if answered is not None and (other.key == answered.key or _alike(other, answered)):
            continue
        value = told_value(other, message, text, asked_on)
        if value is not None:
            facts[other.key] = value
    return facts


def belongs_elsewhere(name: str, others: Sequence[Question], told: Container[str]) -> bool:
    """Whether a bare name is, as a whole, a city or an option that another question was `told` with: 苏州, 减肥."""
    phrase = readable(name)
    return any(
        other.key in told
        and (
            (other.type == "region" and told_region(phrase) is not None)
            or (other.type in ("choice", "multi") and is_option(other, phrase))
        )
        for other in others
    )
