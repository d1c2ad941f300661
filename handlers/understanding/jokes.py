"""Replies that play with a question instead of answering it: 在地球上, 不差钱, 我自己还是个宝宝."""

from __future__ import annotations

import re

from handlers.understanding.names import has_no_name, is_joke
from handlers.understanding.text import Message
from handlers.understanding.vocabulary import Question
from models.patterns import compile_later

_NOWHERE = compile_later(
    r"^(?:我|我们|就|人)?(?:在|住|住在|来自)?(?:地球|火星|月球|宇宙|银河系?|太阳系|家|家里|自己家|床上|被窝里?|"
    r"梦里|心里|天上|人间|东土大唐|花果山|水帘洞|高老庄|桃花岛|亚洲|宇宙中心|你心里|你家|你家楼下|你家隔壁|你隔壁|"
    r"中国|地球村|大中国)(?:上|的|人|里)*$"
)
_MONEY_JOKE = compile_later(
    r"个亿|百亿|千亿|个小目标|不差钱|不缺钱|钱不是问题|没(?:啥|什么)?钱|看老婆|看老公|老婆脸色|穷|吃土|白嫖|免费(?:的|最好)?$|"
    r"不要钱|越便宜越好|兜比脸|越贵越好|有钱任性|看(?:你)?(?:心情|良心)|你(?:养|请|买单)|零花钱|[老婆她公](?:管钱|说了算)|老婆管|"
    r"^(?:去)?问(?:我)?(?:老婆|老公|媳妇)去|伤感情|"
    r"倾家荡产|砸锅卖铁|(?:不能|别|不敢|不好|可不能)(?:让|被|告诉|给)(?:我|我家|家里)?(?:老公|老婆|媳妇|领导|他|她|我妈)"
)
_RATHER_CHAT = compile_later(
    r"微信(?:就|上|里|也)*(?:行|够|好|可以|ok)|(?:别|不要|不用)(?:我的?|留|给|问|要)?(?:电话|手机)|(?:电话|手机|号码)(?:号码?)?(?:就|先)?(?:不留|不给|不填|没有)|微信语音|微信(?:上|里)?(?:联系|说|聊|找|沟通|发我|吧$)|(?:别|不要|不用|不)打(?:我)?电话|发微信|"
    r"没(?:有)?(?:手机|电话|号码)(?:号码?)?$"
)
_AGE_JOKE = compile_later(r"我(?:自己)?(?:就|还)?是(?:个)?(?:宝宝|孩子)|打酱油|永远|年年\d\d|保密")


def is_joke_about(question: Question, message: Message) -> bool:
    """Whether a reply plays with its question instead of answering it, which means: I will not say."""
    bare = message.bare
    match question.type:
        case "region":
            return bool(_NOWHERE.match(bare))
        case "name":
            return is_joke(message.text) or has_no_name(message.dense)
        case "phone":
            return bool(_RATHER_CHAT.search(bare))
        case "number":
            return bool(_MONEY_JOKE.search(bare)) or bool(re.search(r"亿", bare))
        case "age_months":
            return bool(_AGE_JOKE.search(bare))
    return False
