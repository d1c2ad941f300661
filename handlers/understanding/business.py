"""What a message asks of the shop: a question to it or about something else, an order, a complaint, an advertisement,
and whether a person has to see to it.

A linear classifier decides over the characters and pairs of characters of a message. It is trained on lines of our own
by `python -m training`, which writes `business_model.json`; a message that is read wrongly is put right by adding
lines like it there.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import repeat
from struct import Struct
from typing import Literal, NamedTuple

import msgspec

from handlers.understanding import acts
from handlers.understanding.blame import BLAME, SIGNS_OF_BLAME
from handlers.understanding.pieces import Weights, pieces
from handlers.understanding.signs import Signs
from handlers.understanding.text import Message, message_of
from models.patterns import compile_later

Label = Literal["business_question", "other_question", "rhetorical", "statement", "ad", "greeting", "complaint"]

_READ = 400
"""Characters of a message that are looked at: what somebody wants is said before that."""


class Business(msgspec.Struct, frozen=True):
    """`label` says what kind of message it is; `needs_human` that somebody must look it up, decide or calm down
    (false where standing information such as prices, opening hours and use answers it)."""

    label: Label
    needs_human: bool


class Model(msgspec.Struct, frozen=True):
    """Weights by feature, in hundredths, one for each of `classes`: what the file holds."""

    classes: list[Business]
    weights: dict[str, list[int]]


class Classifier:
    """A model at work. The weights of a feature for all classes are one number, so that one addition adds them all."""

    def __init__(self, model: Model) -> None:
        self.classes = model.classes
        weights = {
            feature: sum(weight << _BITS * place for place, weight in enumerate(row))
            for feature, row in model.weights.items()
        }
        self._pieces = Weights({each: weight for each, weight in weights.items() if len(each) <= _TOGETHER})
        self._ways = {each: weight for each, weight in weights.items() if len(each) > _TOGETHER or each in _MARKS}
        # Added last, so that no class is below zero and borrows of the next.
        self._even = sum(_HALF << _BITS * place for place in range(len(self.classes)))
        self._sums = Struct(f"<{len(self.classes)}I")
        labels = [each.label for each in self.classes]
        self._business = [place for place, label in enumerate(labels) if label == "business_question"]
        self._complaints = [place for place, label in enumerate(labels) if label == "complaint"]
        self._neither = [place for place in range(len(labels)) if place not in (*self._business, *self._complaints)]

    def meaning(self, text: str, context: str) -> Business:
        """The likeliest class of a message in a `group` or a `private` chat."""
        return self.likeliest(self.scores(Message(text[:_READ]), context))

    def likeliest(self, scores: Sequence[int]) -> Business:
        """The class with the highest score."""
        return self.classes[scores.index(max(scores))]

    def lead(self, scores: Sequence[int], *, asks: bool) -> int:
        """How much likelier a message asks the shop for something than not, in hundredths; negative if less likely.

        Who complains and asks does too.
        """
        business = max(0, *(scores[place] for place in self._business))
        other = max(0, *(scores[place] for place in self._neither))
        complaint = max(scores[place] for place in self._complaints)
        return max(business, complaint - _SURELY) - other + (_RATHER if asks else -_UNASKED)

    def scores(self, message: Message, context: str, *, asks: bool | None = None) -> Sequence[int]:
        """How likely each class is, in hundredths; whether the message `asks` is found out if it is not given."""
        put = sum(map(self._ways.get, _put(message, context, asks=asks), repeat(0)))
        total = self._even + put + self._pieces.of(f"^{message.dense}$")
        return [one - _HALF for one in self._sums.unpack(total.to_bytes(self._sums.size, "little"))]


# Bits for the sum of one class, an unsigned int: a message has a thousand features at most, of some hundreds each.
_BITS = 32
_HALF = 1 << _BITS - 1


def features(text: str, context: str) -> list[str]:
    """What the classifier looks at: characters and pairs of them, and how the message is put."""
    message = Message(text[:_READ])
    return sorted({*pieces(f"^{message.dense}$", _TOGETHER), *_put(message, context)})


_TOGETHER = 2
_MARKS = "?!"


def _put(message: Message, context: str, *, asks: bool | None = None) -> list[str]:
    """How a message is put, and where."""
    found = [f"in {context}", f"long {min(6, len(message.dense) // 4)}", f"clauses {min(3, len(message.clauses))}"]
    if bool(_asking(message)) if asks is None else asks:
        found += ["asks", f"asks in {context}"]
    return found + [mark for mark in _MARKS if mark in message.text]


def _asking(message: Message) -> list[str]:
    """The clauses that ask."""
    clauses = (message.text[start:end] for start, end in message.clauses[:_MOST_CLAUSES])
    return [
        clause
        for clause in clauses
        if not clause.strip().isdigit() and (_remembered_asks if len(clause) <= _SHORT else _asks)(clause)
    ]


# 按人收还是按桌收, 蜡烛送几根, 换一块多钱: put to a shop, these ask without a mark or a particle.
_ASKS_A_SHOP = compile_later(
    r"[是用按要].{1,8}还是.{1,8}(?<![好吧行强香算了])[啊呀呢哦]*$"
    r"|多少?钱(?!都|也|的)|多少一|几[块毛][钱一]|[什啥]么?价|[怎咋]么?卖"
    r"|[送赠配放加装用写带泡能要](?:几|多少)[个根只条份次张瓶盒片勺节位件包字双斤]"
)


def _asks(clause: str) -> bool:
    return acts.asks(clause) or bool(_ASKS_A_SHOP.search(clause))


# Who asks more in one message is not asking.
_MOST_CLAUSES = 40
_MOST_ASKED = 4
_SHORT = 64
_remembered_asks = lru_cache(maxsize=8_192)(_asks)


@cache
def _model() -> Classifier:
    """Loaded when it is first wanted: it takes a tenth of a second, and most commands understand nothing."""
    return Classifier(
        msgspec.json.decode(pkgutil.get_data("handlers.understanding", "business_model.json") or b"", type=Model)
    )


def understand_business(text: str, context: str) -> Business:
    """The label of a message in a `group` or a `private` chat, and whether a person has to see to it."""
    message = message_of(text)
    if not message.dense:
        return Business("greeting" if message.pictures else "statement", False)
    read = message if len(text) <= _READ else Message(text[:_READ])
    return _model().likeliest(_model().scores(read, context))


# Whoever is angry says so early; a letter is not read to its end for it.
_ANGRY_WITHIN = 500


def complains(text: str) -> bool:
    """Whether a member blames the shop, by a normalised text: nearly all have no such word, and cost microseconds."""
    beginning = text[:_ANGRY_WITHIN]
    joined = "".join(beginning.split())
    if not (SIGNS_OF_BLAME.within(joined) and BLAME.search(joined)):
        return False
    return understand_business(beginning, "private").label == "complaint"


_STRONG = "(?:投诉|举报|12315|消协|曝光|差评|骗子|骗人|假货|假酒|黑店|奸商)"
_US = "(?:你们|你家|您家|贵店|[这破黑贵]家?店|你?这个?群|群主|客服|掌柜|机器人|再发|广告)"
_ALOUD = compile_later(f"{_US}.{{0,16}}{_STRONG}|{_STRONG}.{{0,10}}(?:{_US}|你|店)|^我?要?{_STRONG}了?[!。~]*$")
_STRONG_SIGNS = Signs(_ALOUD)


def complains_aloud(text: str) -> bool:
    """Whether a member blames the shop before a whole group: members also grumble among themselves, about others."""
    return _STRONG_SIGNS.within(text) and bool(_ALOUD.search(text, 0, _ANGRY_WITHIN)) and complains(text)


# Hardly anybody asks for something without one of these in it; all other talk costs no more than a look at them.
SIGNS_OF_ASKING = (
    "[?？吗么嘛呢几哪啥咋怎谁吧求问没冇不多少伐何帮给退催坏错臭烂碎裂漏破霉馊缺扣换改]"
    "|什么|介绍|推荐|链接|麻烦|发我|发下|咨询|还是"
)
_SIGN = compile_later(SIGNS_OF_ASKING)
_CALLED = compile_later(r"@[^\s@]{1,32}\s?")
_SHORTEST = 2
_CALLS = compile_later(
    "请问|老板娘?|老师|教练|店长|群主|团长|客服|刚才|那个|这个|我的?|问题|到底|怎么|有答案|有结果|"
    "(?:没有|没|有)人(?:管|理|回|在|知道)?|人呢|回我?一?下|看一?下|消息|[都还在吗么嘛啊呢呀的不]"
)
"""Of these is made what asks whether anybody is there, and nothing else."""
_TO_THE_SHOP = compile_later(
    "老板$|^(?:请问|老板|老师|教练|店长|医生|大夫|团长|掌柜|客服)|你们?店|在你们?家|你们店?里|店里|"
    "你们(?:这|做|卖|能|还|明天|今天|周[一二三四五六日末])(?!.{0,4}(?:吃|穿|睡|起床|上班|放假|下雨))"
)
_ADDRESSED = 250
"""Hundredths by which a question is likelier for the shop if it says so."""
_RATHER = 30
"""Hundredths in favour of the shop, for whoever asks in its group: a question overheard is worse than one too many."""
_ALONE = 4
"""A clause of so many characters says something by itself."""
_UNASKED = 50
"""Hundredths by which what is put as no question must be likelier for the shop than anything else: 鱿鱼有两只都臭了."""
_SURELY = 150
"""Hundredths by which a clause alone, or a complaint, must be likelier for the shop."""


class Lead(NamedTuple):
    """How much likelier a message in a group asks the shop for something than not, in hundredths: `whole` as it is,
    `part` the clause that does so most."""

    whole: int
    part: int
    asks: bool
    """Whether any clause is put as a question."""
    is_addressed: bool
    """Whether it says that it is for the shop."""


def asks_the_shop(text: str) -> bool:
    """Whether a message in a group is a business question: as a whole, or one of the clauses that ask."""
    if not _SIGN.search(text, 0, _READ):
        return False
    lead = lead_of(text)
    return lead.whole > 0 or lead.part > _SURELY


def lead_of(text: str) -> Lead:
    """How much a message in a group speaks for a business question, whatever is said around it."""
    return _remembered(text) if len(text) <= _SHORT else _lead_of(text[:_READ])


def _lead_of(text: str) -> Lead:
    message = message_of(_CALLED.sub("", text) if "@" in text else text)
    if len(message.dense) < _SHORTEST or (_CALLS.match(message.dense) and not _CALLS.sub("", message.dense)):
        return _NO_LEAD
    asking = _asking(message)
    is_addressed = bool(_TO_THE_SHOP.search(message.dense))
    model = _model()
    scores = model.scores(message, "group", asks=bool(asking))
    lead = model.lead(scores, asks=bool(asking)) + (_ADDRESSED if asking and is_addressed else 0)
    is_advert = lead < -_SURELY and model.likeliest(scores).label == "ad"  # which asks too: 想赚钱吗
    parts = (
        [] if is_advert or len(message.clauses) == 1 else [one for one in asking[:_MOST_ASKED] if len(one) >= _ALONE]
    )
    part = max(((_remembered_alone if len(one) <= _SHORT else _lead_alone)(one) for one in parts), default=_NEVER)
    return Lead(lead, part, bool(asking), is_addressed)


def _lead_alone(clause: str) -> int:
    """How much a clause that asks speaks for a business question without all that is said around it."""
    model = _model()
    return model.lead(model.scores(Message(clause), "group", asks=True), asks=True)


# What needs knowing and what is done look at the same words, and many ask the same.
_remembered = lru_cache(maxsize=8_192)(_lead_of)
_remembered_alone = lru_cache(maxsize=8_192)(_lead_alone)
_NEVER = -10_000
_NO_LEAD = Lead(_NEVER, _NEVER, asks=False, is_addressed=False)
