"""What people ask about us before they tell us anything: who we are, why we ask, and what becomes of what they tell.

The playbook knows the answers (persona, shop, the words on consent), so nobody has to be fetched.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from handlers import reactions
from handlers.understanding.acts import asks
from handlers.understanding.text import ANSWER_LIMIT, dense, readable
from models.context import Context, PersonView
from models.effects import Effect, Send
from models.patterns import compile_later

Asked = Literal["why", "privacy", "who"]

_NOUN = (
    r"(?:手机号?码?|电话号?码?|号码|联系方式|生日|年龄|多大|几岁|城市|地址|住哪|在哪|名字|姓名|称呼|预算|人数|信息|资料|隐私|"
    r"这个?|这些|那些|那么多|这么多|它|东西)"
)
_THING = rf"(?:你们?|您|我们?|我家|俺|的|个|宝宝|孩子|娃|{_NOUN})"
_TOLD = r"(?:问|要|填|写|留|知道|登记|收集|打听|拿)"
_FOR_WHAT = r"(?:干嘛|干吗|干什么|干啥|做什么|做啥|有什么用|有啥用|什么用|啥用|是?为什么|是?为啥|什么目的)"
_TABLE: tuple[tuple[Asked, str], ...] = (
    (
        "why",
        rf"{_TOLD}{_THING}{{0,6}}(?:是)?(?:用来|想)?{_FOR_WHAT}|"
        rf"(?:为什么|为啥|为何|干嘛|干吗)(?:还|都|要|老|一直|非要|总|得|必须|需要){{0,3}}(?:(?:问|填|写|留|知道|登记|收集|打听|拿){_THING}{{0,6}}|"
        rf"{_THING}{{0,3}}{_NOUN})$",
    ),
    (
        "privacy",
        r"(?:泄露|泄漏|外传|外泄|卖给|卖掉|卖了|倒卖|传出去|给别人)(?:我|出去|我们|的|个人|信息|资料|隐私|电话|号码|手机号|别人|吗|吧|么|不|掉|了|啊){0,6}$|"
        r"^(?:我|你们?|的|这|个人|信息|资料|隐私|电话|号码|手机号|给你们?|留给?|填了?){1,6}(?:会)?(?:安全|保密)(?:吗|么|不|吧)|"
        r"(?:会不会|不会|会)(?:老|总|一直|天天|经常|被|给我|打电话|来){0,4}骚扰(?:我|电话|吗|吧|么|人|的){0,3}$",
    ),
    (
        "who",
        r"^(?:先|请问|那|不好意思|想问|问一?下|说|告诉我|呃|哎|喂|你好|您好){0,4}(?:先)?(?:你们?|您|这|这里|这边|这个微信|对方|阁下)(?:到底|究竟|又)?(?:先)?"
        r"(?:说(?:说)?|告诉我)?(?:一下)?(?:你们?|您)?(?:是|又是|算)?(?:到底|究竟)?"
        r"(?:谁|哪位|哪个|哪家|哪家店|哪家公司|哪里|哪儿|哪里的|什么人|什么店|什么公司|什么号|什么机构|干嘛|干吗|干什么|干啥|做什么|做啥|卖什么|卖啥)"
        r"(?:呀|的|啊|呢|来着|哦){0,3}$|"
        r"^请问[你您]是$|^(?:请问|那|该){0,2}(?:怎么|如何)称呼(?:你们?|您|老板|店家)?$|^(?:请问|那)?(?:你们?|您)(?:店|家)?(?:叫|贵姓|姓)(?:什么|啥)?(?:名字|名儿?)?$",
    ),
)
_PATTERNS = tuple((asked, compile_later(pattern)) for asked, pattern in _TABLE)
_CLAUSE = compile_later(r"[,，。;；!！?？\s]+")


def asked_of_us(text: str) -> tuple[Asked, ...]:
    """What a message asks about us, if it asks nothing else; what else it says does not matter."""
    found: list[Asked] = []
    for part in _CLAUSE.split(readable(text[:ANSWER_LIMIT])):
        clause = dense(part).rstrip("啊呀呢哦哈噢吧啦")
        kind = next((asked for asked, pattern in _PATTERNS if pattern.search(clause)), None)
        if kind is None and asks(part):
            return ()
        if kind is not None and kind not in found:
            found.append(kind)
    return tuple(found)


def answers(at: datetime, context: Context, person: PersonView, account: str, text: str) -> list[Effect]:
    """Our answers; nothing where something else is asked, or where the playbook has no words for it."""
    return [
        msgspec.structs.replace(effect, key=f"{effect.key}:{kind}") if isinstance(effect, Send) else effect
        for kind in asked_of_us(text)
        for effect in reactions.say(at, context, person, account, kind, said=text)
    ]
