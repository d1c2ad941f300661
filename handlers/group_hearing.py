"""Whether what may be a business question of a group is one, by its wording and by what was said before it.

多久呀 to a member who has just told of theirs is none; the same at nine in the morning, to nobody, is for the shop.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers.understanding import replies_in_groups as reply
from handlers.understanding.business import Lead, asks_the_shop, lead_of
from handlers.understanding.group_model import Signs, model, speaks_for
from handlers.understanding.text import dense
from models.context import Said
from models.patterns import compile_later

BEFORE = timedelta(hours=2)
"""What was said that long before a question tells whether it is one."""
SURELY = 0.4
"""How much must speak for a question: one that nobody asked is brought up for nothing."""
_LOOKED_AT = 40  # messages before it
_JUST = 5  # of them, in which whoever asks may have talked already
_LONG = (3, 5, 8, 12, 18, 30)
_MINUTES = (0, 1, 2, 4, 9, 19)
_FORMS = tuple(
    (name, compile_later(pattern))
    for name, pattern in (
        ("ma", "[吗么嘛][啊呀呢哈]?[?~]*$"),
        ("mark", r"\?"),
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
    )
)


def is_question(said: Sequence[Said], at: int) -> bool:
    """Whether the message at that place of a talk asks the shop."""
    return speaks_for(signs(said, at), model().hears) >= SURELY


def signs(said: Sequence[Said], at: int) -> Signs:
    """What speaks for or against it."""
    one = said[at]
    found = _of_the_words(one.text, lead_of(one.text))
    if one.mentions:
        found["mentions"] = 1.0
    if one.quote:
        found["quotes"] = 1.0
    found |= dict.fromkeys(_of_the_talk(one, _before(said, at)), 1.0)
    return found


def _before(said: Sequence[Said], at: int) -> list[Said]:
    """What people said before it, as far back as is always known."""
    since = said[at].at - BEFORE
    return [one for one in said[max(0, at - _LOOKED_AT) : at] if one.at >= since and one.by in ("member", "staff")]


def _of_the_words(text: str, lead: Lead) -> dict[str, float]:
    said = dense(text)
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
    for name, pattern in _FORMS:
        if pattern.search(text if name == "mark" else said):
            found[name] = 1.0
    return found


def _of_the_talk(one: Said, before: Sequence[Said]) -> list[str]:
    if not before:
        return [f"minutes {len(_MINUTES)}", "first word"]
    last = before[-1]
    minutes = (one.at - last.at).total_seconds() / 60
    is_own = last.contact == one.contact and last.by == "member"
    found = [f"minutes {sum(minutes > most for most in _MINUTES)}", f"after {'self' if is_own else last.by}"]
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
