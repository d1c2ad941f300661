"""To which of several options a reply leans: the mixture of two, the one without fault, the one for presents,
the one that sounds like it or shares a word."""

from __future__ import annotations

import re

from handlers.understanding.option_table import FILLERS, option_table
from handlers.understanding.sounds import sound
from handlers.understanding.text import PARTICLES, clauses, dense
from handlers.understanding.vocabulary import Question
from models.patterns import compile_later

_KIN = (
    r"(?:女票|男票|女朋友|男朋友|女友|男友|对象|老婆|老公|媳妇|太太|爱人|妈妈?|爸爸?|父母|爸妈|爷爷|奶奶|外婆|外公|姥姥|姥爷|婆婆|公公|"
    r"岳父|岳母|丈母娘|老丈人|闺蜜|朋友|同事|领导|老师|客户|长辈|姐姐?|妹妹?|哥哥?|弟弟?|亲戚|同学|恩师|女神)"
)
# For whom it is, and where it is to stand: 送女票的, 给我妈买的; 放家里.
_GIVEN = compile_later(
    rf"送(?:给)?(?:我|俺|咱)?(?:的|家)?{_KIN}|(?:给|帮|替)(?:我|俺|咱)?(?:的|家)?{_KIN}(?:买|送|带|挑|选|准备|订|的?礼物|过生日)"
)
_KEPT = compile_later(
    r"^(?:我|就|是|主要|一般|都)*(?:放|摆|插|搁|留|养)?(?:在)?(?:自己|我)?家里?(?:放|摆|插|看|用)?(?:的|着)?$"
)
_PLACED = ((_GIVEN, compile_later(r"送人|送礼|礼物|送亲友")), (_KEPT, compile_later(r"家里|自家|家用|居家|在家")))
_BLEND = compile_later(r"混合|混喂|两者|都[有喝吃用喂]|兼")


# 又干又敏感, 也有点敏感: two that are true at once, and no mixture of them.
AT_ONCE = compile_later(r"又.{1,3}又|也有?[点些]")
_BOTH_OF_THEM = compile_later(r"(?:两[个种样]?|都|全)(?:都)?(?:吃|喝|用|有|喂|要|做|看|占)")


def blended(question: Question, core: str) -> list[int]:
    """The one option for a mixture, where a reply takes both of what is mixed: T区油两颊干, 都吃."""
    mixed = [at for at, option in enumerate(question.options) if _BLEND.search(option.label)]
    if len(mixed) != 1 or AT_ONCE.search(core) or re.search(r"[不没]", core):
        return []
    stems = {at for stem, at in option_table(question.options).stems if len(stem) == 1 and stem in core}
    return mixed if len(stems - {*mixed}) > 1 or _BOTH_OF_THEM.fullmatch(core) else []


# 酱香味太冲 清香吧: what is too much of something is not what is taken.
_TOO = compile_later(
    r"(?:味儿?|味道|那[个种款]|这[个种款]|的|是|有点|感觉)*(?:太|过于|忒)(?:冲|呛|贵|腻|甜|辣|苦|油|硬|干|酸|咸|浓|淡|上头|刺激|难|重|吵|远|挤|早|晚|累|麻烦)"
)


def without_disliked(question: Question, text: str, named: list[int]) -> list[int]:
    """Of several named options those that somebody finds no fault with; all of them if none is left."""
    squeezed = re.sub(r"[ \t]+", "", text)
    kept = []
    for at in named:
        places = [(squeezed.find(dense(each)), len(dense(each))) for each in question.options[at].wordings]
        if not any(start >= 0 and _TOO.match(squeezed[start + size : start + size + 12]) for start, size in places):
            kept.append(at)
    return kept or named


_NEVER = compile_later(r"(?:从来?|都|一直|基本|根本|完全)?(?:不|没)(?:有|怎么)?([\u4e00-\u9fff])")
_NOT_AT_ALL = compile_later(
    r"(?:我|从来?|都|还|一直|基本|平时|根本|压根)*(?:不|没)(?:有)?([\u4e00-\u9fff])过?(?:的|呢|了)?"
)


def never_chosen(question: Question, text: str) -> list[int]:
    """The one option for never, where its own verb is denied: 没敷过 and 不敷 of 从来不敷."""
    said = [_NOT_AT_ALL.fullmatch(dense(text[start:end]).strip(PARTICLES)) for start, end in clauses(text)[:_FIRST_FEW]]
    verbs = {denied[1] for denied in said if denied}
    if not verbs:
        return []
    labels = [_NEVER.match(dense(option.label)) for option in question.options]
    holders = [at for at, label in enumerate(labels) if label and label[1] in verbs]
    return holders if len(holders) == 1 else []


_FIRST_FEW = 4


def placed_option(question: Question, text: str) -> list[int]:
    """The one option for presents or for the home, where a reply says for whom it is or where it will stand."""
    core = dense(text).strip(PARTICLES)
    for said, labelled in _PLACED:
        holders = [at for at, option in enumerate(question.options) if labelled.search(" ".join(option.wordings))]
        if len(holders) == 1 and said.search(core):
            return holders
    return []


_LONGEST = 40


def sounding_like(question: Question, text: str) -> list[int]:
    """The options that a reply names by their sound: 奶分 for 奶粉, 提靓一下 for 提亮."""
    sounds = option_table(question.options).sounds
    heard = [sound(piece) for piece in _pieces(text) if len(piece) > 1]
    return list(dict.fromkeys(at for each in heard for alike, at in sounds.items() if each.startswith(alike)))


def sharing_words(question: Question, text: str) -> list[int]:
    """The options of which a short reply says a telling pair of characters: 大促才买 of 等大促."""
    fragments = option_table(question.options).fragments
    found = []
    for piece in _pieces(text):
        if len(piece) <= _SHORT and not _AGAINST.search(piece):
            found += [fragments.get(piece[start : start + 2]) for start in range(len(piece) - 1)]
    return list(dict.fromkeys(at for at in found if at is not None))


_SHORT = 6
_AGAINST = compile_later(r"[不没别无未]")


def _pieces(text: str) -> list[str]:
    """What is said of options, one after the other, without what stands around their names; of a long text nothing."""
    if len(text) > _LONGEST:
        return []
    return [
        FILLERS.sub("", dense(piece).strip(PARTICLES))
        for start, end in clauses(text)
        for piece in re.split(r"[和跟与及、]|还有", text[start:end])
    ]
