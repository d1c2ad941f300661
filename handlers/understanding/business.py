"""What a message in a chat or a group asks of the shop, and whether a person has to see to it.

The kinds are tried in order, the plainest first: advertising, greeting, complaint, rhetorical question, question to
the shop or about something else, order, statement. A question to the shop needs a person unless standing information
(price, opening hours, address, delivery, use) answers it.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from handlers.understanding import acts
from handlers.understanding.business_words import (
    ADVERTS,
    BLAME,
    COMMERCE,
    CONTACT_ME,
    ELSEWHERE,
    GREETINGS,
    MISHAP,
    ORDER,
    OWN_CASE,
    PEOPLE_GREETED,
    RHETORICAL,
    STANDING,
    TO_THE_SHOP,
    WANTS,
)
from handlers.understanding.text import Message

Label = Literal["business_question", "other_question", "rhetorical", "statement", "ad", "greeting", "complaint"]


class Business(Struct, frozen=True):
    """`label` says what kind of message it is; `needs_human` that somebody must look it up, decide or calm down."""

    label: Label
    needs_human: bool


# Possessive: many a greeting can be cut in several ways (掌柜的, or 掌柜 and 的), and trying them all takes for ever.
_GREETING = re.compile(rf"(?:{PEOPLE_GREETED}|{GREETINGS})++")
_ONLY_THANKS = re.compile(r"谢|哈|收到|好的|知道|嗯|辛苦|ok|赞|棒|666|不错|明白|了解|来了|没事|恭喜")
_ASIDE = re.compile(
    r"不(?:会|想|是)(?:投诉|差评)|没有差评|怕(?:买到)?假|会不会是假|是不是假|有假(?:货|酒)吗|真的?假的?"
)
_CALM = re.compile(r"怎么办|怎么弄|怎么处理|可以(?:退|换)|能(?:退|换)|要换|要(?:停|紧)吗|正常吗|有事吗|咋办|咋弄")
_HEATED = re.compile(
    r"你们|你家|负责|赔|解释|说法|什么(?:质量|东西|玩意)|良心|垃圾|[!！]|再不|到底|骗|没人|怎么这样|假"
)


def understand_business(text: str, context: str) -> Business:
    """The label of a message in a `group` or a `private` chat, and whether a person has to see to it."""
    message = Message(text)
    if not message.dense:
        return Business("greeting" if message.pictures else "statement", False)
    core = message.dense
    joined = re.sub(r"\s+", "", message.text)
    if _advertises(joined):
        return Business("ad", False)
    if _GREETING.fullmatch(core) and re.search(GREETINGS, core):
        return Business("greeting", False)
    asks = any(acts.asks(message.text[start:end]) for start, end in message.clauses) or acts.asks(joined)
    if acts.is_chat(message.text) and not (asks and re.search(r"多少|几", core)):
        return Business("statement" if _ONLY_THANKS.search(core) else "greeting", False)
    rhetorical = bool(RHETORICAL.search(joined))
    commerce = bool(COMMERCE.search(joined))
    if _blames(joined, asks) and not (rhetorical and not commerce):
        return Business("complaint", True)
    if rhetorical and not re.search(r"多少钱|怎么卖|包邮|有货", joined):
        return Business("rhetorical", False)
    if MISHAP.search(joined):
        return Business("business_question", True)
    if asks or (WANTS.search(joined) and commerce):
        return _question(joined, context, commerce)
    return Business("statement", bool(ORDER.search(joined)))


def _advertises(text: str) -> bool:
    if re.search(r"你们(?:招|有没有|怎么|要).{0,6}代理|怎么(?:加盟|代理)|怎么加你|加你微信|可以加盟", text):
        return False
    return bool(ADVERTS.search(text)) or bool(CONTACT_ME.search(text))


def _blames(text: str, asks: bool) -> bool:
    """Whether a message blames or threatens: a neutral after-sale case that asks what to do is a business question."""
    if not BLAME.search(text) or _ASIDE.search(text):
        return False
    return not (asks and _CALM.search(text) and not _HEATED.search(text))


def _question(text: str, context: str, commerce: bool) -> Business:
    """A question to the shop, or one about something else: in a group what names no business goes to the group."""
    addressed = bool(TO_THE_SHOP.search(text))
    elsewhere = bool(ELSEWHERE.search(text))
    if elsewhere and not (addressed and commerce):
        return Business("other_question", False)
    if not commerce and not addressed and (context == "group" or not re.search(r"可以|能|行|有没有|怎么", text)):
        return Business("other_question", False)
    standing = bool(STANDING.search(text)) and not OWN_CASE.search(text)
    return Business("business_question", not standing)


# Whoever is angry says so early; a letter is not read to its end for it.
_ANGRY_WITHIN = 500


def complains(text: str) -> bool:
    """Whether a member blames the shop. Most of what is said has no such word in it, and costs microseconds."""
    beginning = text[:_ANGRY_WITHIN]
    if not BLAME.search("".join(beginning.split())):
        return False
    return understand_business(beginning, "private").label == "complaint"
