"""Options of a question for what somebody cannot or will not have: 有忌口吗, 对什么过敏, 哪些不吃.

What such a reply refuses is what it chooses: 不吃香菜 names coriander, and 辣的可以 leaves it out.
"""

from __future__ import annotations

import re

from handlers.understanding.choices import labelled_options, option_values
from handlers.understanding.option_numbers import numbered_options
from handlers.understanding.text import PARTICLES, clauses, dense
from handlers.understanding.vocabulary import Question
from models.patterns import compile_later

_ASKED = compile_later(
    r"忌口|忌讳|避讳|禁忌|雷区|不耐受|(?:对|哪|什么|啥|有)[^,，。?？]{0,8}过敏|过敏[源原史的食成物]"
    r"|不(?:能|爱|想|太|喜欢|可以|敢)*(?:吃|喝|碰|沾|闻|喜欢)(?:的(?!话)|哪|什么|啥)|(?:忌|避开|避免|受不了|讨厌)[^,，。?？]{0,2}(?:哪|什么|啥)"
    r"|(?:哪|什么|啥)[^,，。?？]{0,6}(?:不(?:能|爱|想|太|可以|敢)*(?:吃|喝|碰|沾|喜欢)|讨厌|受不了|避开)"
)
# There is nothing that is avoided.
_NOTHING = compile_later(
    r"(?:都|全|全部|什么都|啥都)(?:能|可以|会|敢|爱|喜欢)?(?:吃|喝|用|行|可以|ok|接受|没问题|没事|好|不忌|不过敏|不挑|不怕)(?!不)"
    r"|不(?:挑|忌口?|过敏)|(?:没有?|无|木有)(?:什么|啥|任何)?(?:忌口?|忌讳|过敏|禁忌|不吃的|不能吃的|雷区|要求)|百无禁忌"
)
_PLAINLY_NOTHING = compile_later(
    r"(?:没有?|无|木有)(?:什么|啥|任何)?(?:忌口|过敏|不吃的|不能吃的)|(?:啥|什么)(?:都|也)不(?:忌|过敏)|不忌口|不挑食"
)
_EVERYTHING = compile_later(
    r"(?:都|全|全部|一样也?|一个也?|以上)(?:都|是)?(?:不(?!忌|挑|过敏|怕)|过敏|忌|避|讨厌|受不了)|^(?:全|都)(?:部|是)?$"
)
# 辣的可以, 葱没事, 能吃辣: said beside what is not.
_FINE_BEFORE = compile_later(
    r"(?:能|可以|爱|喜欢|敢|常|会|想|只|就|都|也|微|要){0,3}(?:吃|喝|用|碰|沾|能|可以|要|微|爱)(?:得?了|点|一点|些|的){0,2}$"
)
_AGAINST = compile_later(r"[不没无别勿忌免除怕]")
_FINE_AFTER = compile_later(
    r"^(?:的|类|倒|是|都|还|也|,){0,3}(?:可以|能(?:吃|喝|用)|没事|没问题|没关系|ok|行|不(?:过敏|忌|怕|介意|要紧|排斥)|"
    r"(?:我)?(?:吃|喝|爱吃|喜欢)(?!不|了))"
)
# 喝牛奶拉肚子, 吃了虾会起疹子
_SUFFERS = compile_later(r"不|过敏|拉|吐|疹|痒|肿|难受|红|腹泻|胀")
_NAMES_NONE = compile_later(r"^(?:都|暂)?(?:没有?|无)|不过敏|不忌|都(?:能|可以)?吃|都行|都可以")


def asks_what_is_avoided(question: Question) -> bool:
    """Whether the options of a question are what somebody does not want."""
    return bool(question.options) and bool(_ASKED.search(question.text))


def read_avoided(question: Question, text: str) -> list[str] | None:
    """The options that a reply says are avoided; the option 没有 where it says that nothing is; None if it says
    neither."""
    count = len(question.options)
    nothing = [at for at, option in enumerate(question.options) if _NAMES_NONE.search(option.label)]
    named, refused, fine = _told(question, text)
    chosen = sorted({*named, *refused} - {*fine, *nothing})
    if chosen:
        return option_values(question, chosen)
    core = dense(text).strip(PARTICLES)
    if _EVERYTHING.search(core) and not named and not fine:
        return option_values(question, [at for at in range(count) if at not in nothing])
    numbered = numbered_options(question, re.sub(r"不要|不吃|不能|不用|不喝|过敏|[忌别]", " ", text), True)
    if numbered and not fine:
        return option_values(question, numbered)
    if nothing and (nothing[0] in named or nothing[0] in refused or _NOTHING.search(core) or core in _NO):
        return option_values(question, nothing[:1])
    return None


_NO = frozenset(("没有", "没", "无", "没有的", "没啥", "没什么", "暂无", "不", "没了"))


def told_avoided(question: Question, text: str) -> list[str] | None:
    """What a reply to another question says of it: only what is plainly refused."""
    _, refused, fine = _told(question, text)
    chosen = sorted({*refused} - {*fine})
    if not chosen and _PLAINLY_NOTHING.search(dense(text)):
        chosen = [at for at, option in enumerate(question.options) if _NAMES_NONE.search(option.label)][:1]
    return option_values(question, chosen) if chosen else None


def says_nothing_is_avoided(text: str) -> bool:
    """啥都吃, 不挑, 没忌口: there is nothing to be told."""
    core = dense(text).strip(PARTICLES)
    return core in _NO or bool(_NOTHING.search(core))


def _told(question: Question, text: str) -> tuple[list[int], list[int], list[int]]:
    """Options named, refused, and named as no trouble, each clause by itself."""
    named: list[int] = []
    refused: list[int] = []
    fine: list[int] = []
    for start, end in clauses(text)[:_MOST_CLAUSES]:
        clause = text[start:end]
        said, _, against = labelled_options(question, clause)
        if not said and not against:
            continue
        harmless = _harmless(question, clause, {*said, *against})
        named += [at for at in said if at not in harmless]
        refused += [at for at in against if at not in harmless]
        fine += harmless
    return named, refused, fine


_MOST_CLAUSES = 24


def _harmless(question: Question, clause: str, told: set[int]) -> list[int]:
    """Those of the options told in a clause that it calls no trouble."""
    core = dense(clause)
    harmless = []
    for at in told:
        for wording in question.options[at].wordings:
            where = core.find(dense(wording))
            if where < 0:
                continue
            before, after = core[max(0, where - 8) : where], core[where + len(dense(wording)) :]
            if not _AGAINST.search(before) and (
                _FINE_AFTER.match(after) or (_FINE_BEFORE.search(before) and not _SUFFERS.search(after))
            ):
                harmless.append(at)
            break
    return harmless
