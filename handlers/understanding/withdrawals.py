"""Second thoughts about an earlier answer, told by naming what it was about: 发票不开了, 试用装还是要吧, 啤酒去掉."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.understanding.choices import told_options
from handlers.understanding.corrections import Correction
from handlers.understanding.text import PARTICLES, Message, dense, readable
from handlers.understanding.vocabulary import Prior, Question
from models.patterns import compile_later

_LEAD = r"(?:对了|那个|还有|另外|不好意思|刚才|前面|之前|说的|要的|选的|哦|我|把|那)*"
# What it is about stands before, or behind the verb.
_TAKEN_BACK = compile_later(
    rf"{_LEAD}(?P<what>[\u4e00-\u9fff]{{2,6}}?)(?:我们?|就|还是|先|也|现在)*不(?:用|想|需要)?(?P<verb>[\u4e00-\u9fff]{{1,2}}?)了"
    rf"|{_LEAD}(?:还是|就|先)*不(?:用|想|需要)?(?P<verb_first>[\u4e00-\u9fff])(?P<behind>[\u4e00-\u9fff]{{2,6}})了"
)
_AFTER_ALL = compile_later(
    rf"{_LEAD}(?P<what>[\u4e00-\u9fff]{{2,6}}?)(?:我们?)?(?:还是|又|改)+(?:想|给我|帮我)?(?P<verb>[\u4e00-\u9fff])(?:一[份个张次]|上)?"
)
_LONGEST = 16
_MOST_CLAUSES = 8
_ANY_VERB = "要"


def find_withdrawal(question: Question, message: Message, prior: Sequence[Prior]) -> Correction | None:
    """The answer of yes or no that a clause turns round, of the question whose thing and verb it names."""
    if again := _chosen_again(question, message, prior):
        return again
    settled = [each for each in prior if each.question.type == "yesno" and isinstance(each.value, bool)]
    if not settled:
        return None
    open_words = readable(" ".join((question.text, *(word for one in question.options for word in one.wordings))))
    for start, end in message.clauses[:_MOST_CLAUSES]:
        clause = dense(message.text[start:end]).rstrip(PARTICLES)
        if len(clause) > _LONGEST:
            continue
        found, turned = _TAKEN_BACK.fullmatch(clause), False
        if found is None:
            found, turned = _AFTER_ALL.fullmatch(clause), True
        if found is None:
            continue
        parts = found.groupdict()
        what = parts["what"] or parts.get("behind") or ""
        verb = parts["verb"] or parts.get("verb_first") or ""
        for each in settled:
            asked = readable(each.question.text)
            if (
                each.value is not turned
                and what in asked
                and what not in open_words
                and (verb == _ANY_VERB or verb in asked)
            ):
                return Correction(each.question, turned, start, end)
    return None


_ADDED = compile_later(r"(?:再|还要|另外|也)(?:加|补|添)(?:上|个|一个|一样|点)?|(?:加|补)上")
_REMOVED = compile_later(r"去掉|删掉|划掉|取消|拿掉|(?<![这那]个)不要了$")


def _chosen_again(question: Question, message: Message, prior: Sequence[Prior]) -> Correction | None:
    """The choice of several to which a clause adds an option, or from which it takes one."""
    for each in prior:
        if each.question.type != "multi" or not isinstance(each.value, list):
            continue
        for start, end in message.clauses[:_MOST_CLAUSES]:
            clause = message.text[start:end]
            less = _REMOVED.search(dense(clause))
            if less is None and _ADDED.search(clause) is None:
                continue
            named = _REMOVED.sub(",", clause) if less else clause
            told = told_options(each.question, named) or []
            if not told or told_options(question, named):
                continue
            kept = {*each.value} - {*told} if less else {*each.value, *told}
            if kept and kept != {*each.value}:
                value = [option.value for option in each.question.options if option.value in kept]
                return Correction(each.question, value, start, end)
    return None
