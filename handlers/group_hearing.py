"""Whether what may be a business question of a group is one, by its wording and by what was said before it.

多久呀 to a member who has just told of theirs is none; the same at nine in the morning, to nobody, is for the shop.
How sure the classifier of single messages is of it is one sign among others: characters and pairs of them, how it is
put, and who spoke just before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from handlers.understanding import kinds
from handlers.understanding import replies_in_groups as reply
from handlers.understanding.business import SIGNS_OF_ASKING, asks_the_shop, lead_of
from handlers.understanding.group_model import LETTERS, Signs, letters_heard, model, speaks_for
from handlers.understanding.pieces import pieces
from handlers.understanding.signs import Table
from handlers.understanding.text import dense
from models.context import Said
from models.patterns import compile_later

BEFORE = timedelta(hours=2)
"""What was said that long before a question tells whether it is one."""
SURELY = 0.2
"""How much must speak for a question: one that nobody asked is brought up for nothing."""
_PERHAPS = -1.8
"""How much may speak against a question by its wording, and what was said before it is still looked at."""
_BREATH = timedelta(minutes=1)
_LOOKED_AT = 40  # messages before it
_JUST = 5  # of them, in which whoever asks may have talked already
_LONG = (3, 5, 8, 12, 18, 30)
_MINUTES = (0, 1, 2, 4, 9, 19)
_SPELT = 60  # characters of it that are looked at one by one
_LETTERS = 0.5
"""What a character or a pair counts of which there are thousands."""
_KIND = 0.6
_CALLED = compile_later(r"@\S+\s?")
_NUMBER = compile_later(r"\d+")
CLASSIFIED = ("lead", "ahead", "part")
"""The signs that tell how sure the classifier of single messages is."""
_OR_NOT = compile_later(r"[不没冇伐]\S?(?:[ ,，。]|$)")
_FORMS = {
    name: compile_later(pattern)
    for name, pattern in (
        ("ma", "[吗么嘛][啊呀呢哈]?[?~]*$"),
        ("how much", "多少|几"),
        ("what", "什么|啥|哪|谁"),
        ("how", "怎么|咋|如何"),
        ("or not", r"([\u4e00-\u9fff])[不没]\1|有没有|[不没]$|没有?[啊呀]?\??$"),
        ("you", "你们|你家|老板|老师|教练|群主|师傅|店"),
        ("me", "^我"),
        ("ba", r"吧\??$"),
        ("ne", r"呢\??$"),
        ("when", "时候|几点|多久|哪天"),
        ("wish", "求|发我|发一下|帮我|麻烦|能不能|可以"),
        ("among themselves", "有(?:没有)?(?:人|家长|谁|懂|一起|哪)|谁|姐妹|兄弟|宝妈们|家人们|大家|你们谁|邻居"),
        ("mine", "我(?:的|那|家|上次|昨天|刚)"),
        ("lately", "昨天|上次|上周|刚"),
        ("would like", "^我?(?:想|要)"),
        ("laughs", r"哈哈|笑死|\["),
        ("at all", "没[救劲意]|是不是没"),
    )
}
_MAY_HAVE = Table(_FORMS)


# Hardly anybody asks for something without one of these in it; all other talk costs no more than a look at them.
_SIGN = compile_later(
    f"{SIGNS_OF_ASKING}|[忘落丢瘪空慢约订停补呗噻赔点钟呀想钱拿]|昨天|上周|上次|刚做|发[一个]|好[久辣大]|有无|[前后]吃"
    "|红.{1,3}白|还没|报个"
)
_READ = 400


def may_be_question(text: str) -> bool:
    """Whether a message in a group may be a business question by what is said around it."""
    return bool(_SIGN.search(text, 0, _READ)) and _wording(text) >= _PERHAPS


def asks_outright(text: str) -> bool:
    """Whether a message in a group is a business question whatever was said before it: somebody hears of it at once."""
    return asks_the_shop(text) and _wording(text) >= 0 and not reply.only_guesses(text)


def is_question(said: Sequence[Said], at: int) -> bool:
    """Whether the message at that place of a talk asks the shop."""
    return _wording(said[at].text) + speaks_for(dict.fromkeys(_around(said, at), 1.0), model().hears) >= SURELY


def _wording(text: str) -> float:
    return _remembered(text) if len(text) <= _SHORT else _speaks(text[:_READ])


def _speaks(text: str) -> float:
    """How much the wording alone speaks for a question."""
    return speaks_for(_put(text), model().hears) + letters_heard().of(_spelt(text)) * _LETTERS / 100


_remembered = lru_cache(maxsize=8_192)(_speaks)
_SHORT = 64


def signs(said: Sequence[Said], at: int) -> Signs:
    """What speaks for or against it."""
    one = said[at]
    found = of_the_words(one.text)
    found |= dict.fromkeys(_around(said, at), 1.0)
    return found


def _around(said: Sequence[Said], at: int) -> list[str]:
    return [*_of_the_talk(said[at], _before(said, at)), *_of_a_breath(said, at)]


def _before(said: Sequence[Said], at: int) -> list[Said]:
    """What people said before it, as far back as is always known."""
    since = said[at].at - BEFORE
    return [one for one in said[max(0, at - _LOOKED_AT) : at] if one.at >= since and one.by in ("member", "staff")]


def of_the_words(text: str) -> dict[str, float]:
    """What its wording speaks for or against it."""
    return _put(text) | dict.fromkeys((f"{LETTERS}{each}" for each in pieces(_spelt(text), 2)), _LETTERS)


def _put(text: str) -> dict[str, float]:
    """The same of how it is put, without the letters."""
    said = dense(text)
    lead = lead_of(text)
    whole = max(-4.0, min(4.0, lead.whole / 100))
    found = {
        "any": 1.0,
        "lead": whole,
        "ahead": max(0.0, whole),
        "part": max(-4.0, min(4.0, max(lead.whole, lead.part) / 100)),
        f"long {sum(len(said) > most for most in _LONG)}": 1.0,
    }
    if lead.asks:
        found["asks"] = 1.0
    if lead.is_addressed:
        found["addressed"] = 1.0
    if "?" in text:
        found["mark"] = 1.0
    if _OR_NOT.search(text):
        found["or not, anywhere"] = 1.0
    may = _MAY_HAVE.may_match(said)
    found.update((name, 1.0) for name, pattern in _FORMS.items() if name in may and pattern.search(said))
    found |= {f"asked {kind}": _KIND for kind in kinds.wanted(text)}
    return found


def _spelt(text: str) -> str:
    """The characters that are looked at, numbers alike."""
    said = _CALLED.sub("", text) if "@" in text else text
    return f"^{_NUMBER.sub('0', dense(said))[:_SPELT]}$"


def _of_the_talk(one: Said, before: Sequence[Said]) -> list[str]:
    found = [name for name, there in (("mentions", one.mentions), ("quotes", one.quote)) if there]
    if not before:
        return [*found, f"minutes {len(_MINUTES)}", "first word"]
    last = before[-1]
    minutes = (one.at - last.at).total_seconds() / 60
    is_own = last.contact == one.contact and last.by == "member"
    found += [f"minutes {sum(minutes > most for most in _MINUTES)}", f"after {'self' if is_own else last.by}"]
    if last.by == "member" and not is_own and asks_the_shop(last.text):
        found.append("after a question")
    elif lead_of(last.text).asks:
        found.append("after one who asks")
    lately = [each for each in before[-_JUST:] if each.by == "member"]
    own = [each for each in lately if each.contact == one.contact]
    if own:
        found.append("spoke")
    if any(asks_the_shop(each.text) for each in own):
        found.append("asked")
    about = reply.gist(one.text)
    if any(each.contact != one.contact and about & reply.gist(each.text) for each in lately[-3:]):
        found.append("takes up")
    if all(each.contact != one.contact for each in before):
        found.append("first word")
    return found


def _of_a_breath(said: Sequence[Said], at: int) -> list[str]:
    """What who asks says in the same minute: of two bubbles, one asks."""
    one = said[at]
    found = []
    for name, other in (("before", at - 1), ("then", at + 1)):
        if not 0 <= other < len(said) or said[other].by != "member" or said[other].contact != one.contact:
            continue
        if abs(said[other].at - one.at) <= _BREATH:
            found.append(f"{name} self")
            if asks_the_shop(said[other].text):
                found.append(f"{name} self asks")
    return found
