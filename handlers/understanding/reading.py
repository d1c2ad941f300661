"""From a reply to its meaning: what value it gives beside what its clauses do (`hearing`), and which act it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from handlers.understanding import acts
from handlers.understanding.ages import has_no_child
from handlers.understanding.avoided import asks_what_is_avoided, says_nothing_is_avoided
from handlers.understanding.birthdays import asks_birthday
from handlers.understanding.choices import chosen_options, refuses_all
from handlers.understanding.corrections import Correction, find_correction
from handlers.understanding.hearing import MOST_CLAUSES, SHORT, Clauses, hear
from handlers.understanding.jokes import is_joke_about
from handlers.understanding.names import speaks_of_else, told_name
from handlers.understanding.optout import refuses_offer
from handlers.understanding.phrases import words as listed
from handlers.understanding.renames import find_rename
from handlers.understanding.text import PARTICLES, Message, dense
from handlers.understanding.values import belongs_elsewhere, further_facts, read_value, told_value
from handlers.understanding.vocabulary import NO_WORDS, Prior, Question, Understanding, Words
from handlers.understanding.withdrawals import find_withdrawal
from handlers.understanding.yesno import plain_yesno, refuses_invitation, refuses_offered
from models.patterns import compile_later

# 想看老酒鉴别，怎么看批次: what somebody would like to be told of is no question put to us.
_TELLS_WISHES = compile_later(
    r"(?:我|就|最|比较|还|主要)*(?:想(?:看|学|听|多看|多学)|希望(?:看|多|讲)|多(?:讲|发|聊|教)|讲讲|聊聊)"
)
# 拿五箱有优惠没: how many are wanted is told by the way.
_ORDERED = compile_later(
    r"(?:^|[,，。 \n我先])(?:拿|来|要|订|定|买|囤)个?[\d一二两三四五六七八九十百]{1,4}[箱个瓶盒罐包位斤件提桶袋份]"
)
_BILLION = 100_000_000
_TOLD_IN_QUESTION = compile_later(
    r"(?:我家|我们家|宝宝|娃|孩子|宝贝|儿子|女儿|闺女|我们?|才|刚|都|快).{0,8}(?:岁|月|天)|(?:岁|月|天)(?:半|"
    r"多)?了"
)


def understand(
    question: Question,
    reply: str,
    *,
    prior: Sequence[Prior] = (),
    others: Sequence[Question] = (),
    asked_on: date | None = None,
    words: Words = NO_WORDS,
) -> Understanding:
    """What a reply to `question` means.

    `prior` are the questions answered before, `others` the survey's other unanswered ones, `asked_on` the local day by
    which relative dates are read. Never raises for any text.
    """
    heard = hear(reply, words)
    message, seen, asks = heard.message, heard.seen, heard.look.asks
    if heard.look.is_opt_out:
        if question.type == "yesno" and refuses_offer(message.bare, question.text):
            return Understanding("answer", False)
        return Understanding("optout")
    if (acts.only_pictures(message) and question.type != "yesno") or (not message.dense and not message.pictures):
        return Understanding("chitchat" if message.pictures else "unclear")
    correction = find_correction(question, message, prior, asked_on) or find_withdrawal(question, message, prior)
    if correction is not None:
        return _corrected(correction, question, message, others, asked_on, asks)
    if len(reply) <= SHORT:
        value = _remembered_value(question, reply, words, asked_on)
    else:
        value = _value(question, message, seen, asked_on)
    if heard.look.wants_human and seen.count == 1 and question.type in ("name", "freetext"):
        value = None  # 转人工 is nobody's name
    # A name that is asked for is told and not changed; 好的，叫我小鹿 is yes above all.
    if question.type != "name" and not (question.type == "yesno" and value is not None):
        renamed = find_rename(message, prior)
        if renamed is not None:
            return _corrected(renamed, question, message, others, asked_on, asks)
    also: dict[str, Any] = {}
    if others and len(reply) <= SHORT:
        also = _remembered_facts(tuple(others), question, reply, words, asked_on)
    elif others:
        also = _facts(others, question, message, seen, asked_on)
    if question.type == "name" and value is not None and also:
        value, also = _name_or_fact(question, value, also, others, message, seen, asked_on)
    if value is not None:
        if question.type == "freetext" and asks and _TELLS_WISHES.match(message.bare) and "?" not in message.text:
            asks = heard.look.wants_human or heard.look.asks_whether_bot
        return Understanding("answer", value, also=also, asks=asks)
    return Understanding(_act(question, message, seen, asks), also=also, asks=asks)


def meaning_unasked(
    reply: str,
    *,
    prior: Sequence[Prior] = (),
    others: Sequence[Question] = (),
    asked_on: date | None = None,
    words: Words = NO_WORDS,
) -> Understanding:
    """What a message means when no question is open: opting out, a correction, a question (for a human or about bots
    too: see `wants_human`, `asks_whether_bot`), facts in `also` (act `answer`), putting off, or chitchat."""
    heard = hear(reply, words)
    message, seen, asks = heard.message, heard.seen, heard.look.asks
    if heard.look.is_opt_out:
        return Understanding("optout")
    correction = find_correction(None, message, prior, asked_on) or find_rename(message, prior, others)
    if correction is not None:
        also = further_facts(others, correction.corrects, message, message.text, asked_on)
        return Understanding("correct", correction.value, correction.corrects.key, also, asks)
    also = further_facts(others, None, message, message.without(seen.asking), asked_on)
    if also:
        return Understanding("answer", also=also, asks=asks)
    if asks:
        return Understanding("question", asks=True)
    if seen.delaying:
        return Understanding("later")
    if acts.only_pictures(message) or len(seen.chatting) == seen.count > 0:
        return Understanding("chitchat")
    return Understanding("unclear")


def _corrected(
    correction: Correction,
    question: Question,
    message: Message,
    others: Sequence[Question],
    asked_on: date | None,
    asks: bool,
) -> Understanding:
    also = further_facts(others, correction.corrects, message, message.text, asked_on) if others else {}
    rest = message.without([(correction.start, correction.end)])
    if question.key != correction.corrects.key and question.type not in ("freetext", "name", "yesno") and dense(rest):
        open_value = read_value(question, message, rest, asked_on)
        if open_value is not None:
            also = {**also, question.key: open_value}
    return Understanding("correct", correction.value, correction.corrects.key, also, asks)


def _name_or_fact(
    question: Question,
    name: str,
    also: dict[str, Any],
    others: Sequence[Question],
    message: Message,
    seen: Clauses,
    asked_on: date | None,
) -> tuple[str | None, dict[str, Any]]:
    """One word is not both a name and a fact: 苏州 alone is a city, but the lily in 小百合 nobody has chosen."""
    if told_name(message, message.text) is None and belongs_elsewhere(name, others, also):
        return None, also
    at = message.written.find(name)
    if at < 0:
        return name, also
    asides = [*seen.asking, *seen.delaying, *seen.refusing, (at, at + len(name))]
    return name, further_facts(others, question, message, message.without(asides), asked_on)


@lru_cache(maxsize=4_096)
def _remembered_value(question: Question, reply: str, words: Words, asked_on: date | None) -> Any:
    """What a short reply says is read once a day: the options of a question are answered in the same few words."""
    heard = hear(reply, words)
    return _value(question, heard.message, heard.seen, asked_on)


def _facts(
    others: Sequence[Question], question: Question, message: Message, seen: Clauses, asked_on: date | None
) -> dict[str, Any]:
    """What the clauses that neither ask nor put off nor refuse tell about other questions."""
    asides = [*seen.asking, *seen.delaying, *seen.refusing]
    return further_facts(others, question, message, message.without(asides), asked_on)


@lru_cache(maxsize=4_096)
def _remembered_facts(
    others: tuple[Question, ...], question: Question, reply: str, words: Words, asked_on: date | None
) -> dict[str, Any]:
    """The same of a short reply; whoever is given it must not change it."""
    heard = hear(reply, words)
    return _facts(others, question, heard.message, heard.seen, asked_on)


def _value(question: Question, message: Message, seen: Clauses, asked_on: date | None) -> Any:
    """The value, read from the clauses that neither ask nor put off nor refuse."""
    if question.type == "freetext" or question.type not in _TYPES:
        return message.raw if _is_free_answer(message, seen) else None
    if question.type == "yesno":
        if refuses_invitation(message.dense, question.text) or refuses_offered(message.bare, question.text):
            return False
        plain = plain_yesno(message.bare)
        if plain is not None:
            return plain
    asides = [*seen.asking, *seen.delaying, *seen.refusing]
    if question.type == "phone":
        asides = list(seen.asking)
    if question.type == "yesno":
        # 我戒酒呢，免了吧: no to the offer, and not to telling.
        plainly_no = [span for span in seen.refusing if _plainly(message, span) is False]
        asides = [*seen.asking, *seen.delaying, *(each for each in seen.refusing if each not in plainly_no)]
        asides += seen.unknowing
    if question.type in ("choice", "multi") and seen.delaying:
        # 下班后可以 names an option, though 下班后 puts off.
        chosen = [
            span for span in seen.delaying if told_value(question, message, message.text[span[0] : span[1]], None)
        ]
        asides = [*seen.asking, *seen.refusing, *(each for each in seen.delaying if each not in chosen)]
    if question.type == "date" and not asks_birthday(question.text):
        # 明早九点: when somebody comes, where that is what was asked.
        times = [span for span in seen.delaying if _is_a_time(question, message, span, asked_on)]
        asides = [*seen.asking, *seen.refusing, *(each for each in seen.delaying if each not in times)]
    if question.type in ("region", "number", "name") and is_joke_about(question, message):
        return None
    if question.type == "name" and speaks_of_else(message):
        return None
    text = message.without(asides)
    if question.type == "name" and (seen.delaying or seen.refusing) and told_name(message, text) is None:
        return None
    value = read_value(question, message, text, asked_on) if re.search(r"\w", text) or message.pictures else None
    if value is None and question.type == "age_months" and seen.asking and _TOLD_IN_QUESTION.search(message.text):
        value = read_value(question, message, message.text, asked_on)
    if value is None and question.type == "number" and seen.asking and _ORDERED.search(message.text):
        value = read_value(question, message, message.text, asked_on)
    if value is None and seen.proposing and question.type != "name":
        value = read_value(question, message, _only(message, seen.proposing), asked_on)
    if question.type == "number" and isinstance(value, (int, float)) and value >= _BILLION:
        return None
    return value


_PROMISES = compile_later(r"再|说|告诉|回你|发你|给你|看|等|定")


def _is_a_time(question: Question, message: Message, span: tuple[int, int], asked_on: date | None) -> bool:
    """Whether a clause that might put us off tells a day instead: 明早九点, 31号下班后."""
    clause = message.text[span[0] : span[1]]
    return acts.names_a_time(dense(clause)) or (
        not _PROMISES.search(clause) and read_value(question, message, clause, asked_on) is not None
    )


def _plainly(message: Message, span: tuple[int, int]) -> bool | None:
    """Yes or no, where a clause is that and nothing else."""
    return plain_yesno(dense(message.text[span[0] : span[1]]).strip(PARTICLES))


def _only(message: Message, spans: Sequence[tuple[int, int]]) -> str:
    """The text of some spans, all else masked, at unchanged offsets."""
    pieces = [","] * len(message.text)
    for start, end in spans:
        pieces[start:end] = message.text[start:end]
    return "".join(pieces)


_TYPES = frozenset(("name", "age_months", "number", "date", "region", "choice", "multi", "yesno", "phone"))


def _is_free_answer(message: Message, seen: Clauses) -> bool:
    short = len(message.dense) <= 14
    if seen.delaying and short and acts.another_time(message.text[seen.delaying[-1][0] :]):  # 烦恼太多 改天慢慢说
        return False
    asking = 0 if _TELLS_WISHES.match(message.bare) and "?" not in message.text else len(seen.asking)
    aside = asking + len(seen.chatting)
    if (seen.refusing and short) or (seen.delaying and len(seen.delaying) + aside == seen.count):
        return False
    if seen.unknowing and len(message.dense) <= 8:
        return False
    return seen.count > aside


def _act(question: Question, message: Message, seen: Clauses, asks: bool) -> Any:
    """The act of a reply that gives no value."""
    bare = message.bare
    if seen.refusing or is_joke_about(question, message):
        return "decline"
    if seen.delaying or acts.is_busy(bare):
        return "later"
    if question.type not in ("date", "yesno", "age_months") and acts.names_a_time(bare):
        return "later"
    if asks:
        return "question"
    if seen.count and len(seen.chatting) == seen.count:
        return "chitchat"
    if question.type == "yesno":
        return "unclear"
    if question.type == "choice" and len(chosen_options(question, message.text)) > 1:
        return "unclear"
    if seen.unknowing or acts.has_not_looked(bare) or (question.type == "age_months" and has_no_child(message.text)):
        return "decline"
    if question.type in ("choice", "multi") and asks_what_is_avoided(question):
        return "decline" if says_nothing_is_avoided(message.text) else "unclear"
    if question.type in ("choice", "multi") and (refuses_all(message.text) or _does_none(bare, question.text)):
        return "decline"
    if bare in _SIMPLY_NO or _NOT_NOW.match(bare) or (question.type == "date" and _NOT_COMING.search(bare)):
        return "decline"
    if question.type not in ("choice", "multi") and any(
        refuses_offered(dense(message.text[start:end]), question.text) for start, end in message.clauses[:MOST_CLAUSES]
    ):
        return "decline"
    return "unclear"


def _does_none(bare: str, asked: str) -> bool:
    """Whether somebody does not do at all what is asked of kinds: 不喝酒, 戒了, 老婆不让喝 to 平时喝哪些酒."""
    found = _NOT_AT_ALL.fullmatch(bare)
    return found is not None and (found["verb"] is None or found["verb"] in asked)


_NOT_AT_ALL = compile_later(
    r"(?:我|我们|家里|现在|平时|基本|从来|已经|早就?|都|老婆|老公|媳妇|医生|我妈)*(?:戒掉?|断|不(?:怎么|咋|太|大)?(?:让|许|准|能|敢|会|爱)?"
    r"(?P<verb>[喝吃用看养玩练买做穿抽去听学])(?:过|得)?[\u4e00-\u9fff]{0,2}?)(?:了|的)?"
)
_SIMPLY_NO = frozenset(
    listed("没有 没 无 没了 不 不要 不用 不需要 不了 no nope 算了 不想 不用了 不要了 不给 不留 不说 不定")
)
_NOT_NOW = compile_later(r"^我?(?:(?:先|暂时|从来?|一般|都)不(?!知|清|确))")
_NOT_COMING = compile_later(
    r"不过生日|^我?(?:早|已经)*(?:离婚?|分手)了$|没(?:有)?(?:对象|结婚|领证|男朋友|女朋友|老公|老婆)|单身|未婚|(?:不|没法|没办法)过?[去来]了|[去来]不了|没(?:打算|准备|想)[去来要买]"
)
