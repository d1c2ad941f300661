"""Somebody wants to be called otherwise from now on: 以后叫我小鹿, 对了叫我荔枝姐吧, 我改名叫阿甲."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.understanding.corrections import Correction
from handlers.understanding.names import told_name
from handlers.understanding.text import Message
from handlers.understanding.vocabulary import Prior, Question
from models.patterns import compile_later

_LEAD = (
    r"(?:对了?|哦|噢|啊|嗯|那个|那|亲|还有|另外|顺便说(?:一下)?|以后|今后|往后|从今往后|从今天起|现在|就|都|你们?|您|请|"
    r"可以|还是|大家|朋友们?|直接|其实)*"
)
_CALLED = compile_later(
    rf"^\W*{_LEAD}(?:(?:叫|喊|称呼|唤)我(?:一声|做|作|为)?|我(?:现在|以后|其实|大名|小名)*(?:名叫|叫做?|改名(?:叫|为|成|字叫)?)|改名(?:叫|为|成))"
    r"(?P<name>[\u4e00-\u9fffa-z][\u4e00-\u9fffa-z0-9· ]{0,11}?)(?:了|啦)?$"
)
# 叫我一声, 我叫了外卖, 叫我老公来: a call, and no name.
_A_CALL = compile_later(
    r"^(?:一[声下]|下|来|去|过|上|起|回|了|过来|啥|什么|怎|谁|人|车|外卖|快递|顺丰|跑腿|闪送|滴滴|师傅|同事|朋友|老公|老婆|媳妇|我|他|她|你|"
    r"别人|家里|孩子|宝宝|儿子|女儿|闺女|姐妹|闺蜜|[爸妈](?!咪)|爸爸|妈妈|先|再|就|都|也|帮|买|看|付|取|拿|领|等|参加|加|进|名了|名字)"
)
_SIGN = re.compile(r"(?:叫|喊|称呼|唤)我|我(?:现在|以后|其实)*(?:名?叫)|改名")
# Whose name is asked for: 宝宝小名叫什么 is not what the person is called.
_OF_ANOTHER = compile_later(r"宝宝|宝贝|孩子|娃|小名|乳名|小朋友|猫|狗|宠物|毛孩|主子|公司|店名|ta")


def may_rename(text: str) -> bool:
    """Whether a normalised text has any mark of a new name: a cheap first look."""
    return _SIGN.search(text) is not None


def find_rename(message: Message, prior: Sequence[Prior], others: Sequence[Question] = ()) -> Correction | None:
    """The new name that a message tells as one, where the survey knows what the person is called (`prior`, its value
    None if they would not say) or has a question for it among `others`."""
    if not may_rename(message.text):
        return None
    asked = [(each.question, each.value) for each in prior] + [(other, None) for other in others]
    known = next(
        (
            (question, value)
            for question, value in asked
            if question.type == "name" and not _OF_ANOTHER.search(question.text.lower())
        ),
        None,
    )
    if known is None:
        return None
    for start, end in reversed(message.clauses):
        called = _CALLED.match(message.text[start:end].rstrip())
        if called is None or _A_CALL.match(called["name"]):
            continue
        # The clause alone, put as 叫我…, is read as a told name is.
        at, stop = (start + place for place in called.span("name"))
        told = "," * (at - 2) + "叫我" + message.text[at:stop] + "," * (len(message.text) - stop)
        name = told_name(message, told)
        if name is not None and name != known[1]:
            return Correction(known[0], name, start, end)
    return None
