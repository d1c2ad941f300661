"""Which of the options: by label, synonym, number, letter, ordinal, part of a label, exclusion, or all of them."""

from __future__ import annotations

import re

from handlers.understanding.numerals import DIGITS
from handlers.understanding.option_leanings import (
    AT_ONCE,
    blended,
    never_chosen,
    placed_option,
    sharing_words,
    sounding_like,
    without_disliked,
)
from handlers.understanding.option_measures import measured_option, option_of_rate
from handlers.understanding.option_numbers import numbered_options
from handlers.understanding.option_table import FILLERS, STOP_PARTS, option_table
from handlers.understanding.text import PARTICLES, clauses, dense
from handlers.understanding.vocabulary import Question
from models.patterns import compile_later

_ALL = compile_later(
    r"都(?:要|喝|有|是|喜欢|爱|买|用|吃|试|想|来|感兴趣|需要|可以|行|ok|选|看|会|玩|做|中意|得|好|关注|尝|囤|了解|"
    r"沾|能|整|给|算|占|存在|常|挺|蛮)(?!咖啡|可乐|果汁|奶茶|水)|全(?:部|要|都|选|买|有|中|占|来|喝)|通通|统统|"
    r"样样|每样|每种|每个都|所有|一个不落|一样来|各来|通吃|雨露均沾|来者不拒|小孩子才做选择|都行|全套|all|both|"
    r"everything|成年人.*都要|全家|一家(?:人|老小|子)|(?:两|俩|三|四|五)(?:个|种|样|款|者)?都|不挑"
)
_NONE = compile_later(
    r"(?:都|全|一个|哪个|哪种|啥|什么)(?:都|也)?(?:不|没)(?!错|挑|介意|排斥|拒)|都.{1,2}不(?:惯|来)|没(?:有)?一个|以上都不|都不是|"
    r"没有(?:喜欢|想要)的|都没有|一样也?不|啥也不|(?<!都)没(?:什么|啥|有)*(?:兴趣|困扰|烦恼|毛病|想.{0,3}的)|不感兴趣|"
    r"没(?:什么|啥)(?:问题|需要|想)|(?:不|没)缺$"
)
_EXCEPT = compile_later(r"除(?:了|开|去)?|排除|刨去|去掉|抛开|撇开|不算")
_OTHERS = compile_later(
    r"(?:其他|其它|其余|别的|剩下|另外|余下|其她|别个|旁的).{0,6}?(?:都|全|可以|行|要|喝|用|有|ok|爱|喜欢|没问题|"
    r"也|随)|(?:别的|其他|其余|剩下的?)$|剩(?:下|的)?(?:的)?那(?:一)?[个种款样类]"
)
_BUT = compile_later(r"(?:之外|以外|外|除外|不要|就不|不行|pass)")
_NOT_BEFORE = compile_later(
    r"(?:不|没|别|勿|甭|讨厌|戒|拒绝|除了?|不是|没有|排除|过敏|反感)(?:太|怎么|咋|是|要|想|喜欢|爱|喝|喂|囤|存|吃|"
    r"用|买|需要|考虑|选|中意|感冒|习惯|沾|碰|太?能|能|了|敢|会|再|算|过|得|惯|大|很|有|接受|得了|那么|开|去|什么|"
    r"啥|属于|玩|看|会去|感兴趣|偏好|推荐|约|排|安排|给我|订|定)*(?:的)?$"
)
# 离不开酱香; 不想再长痘: who wants to be rid of it is to be helped with it.
_WANTED_BEFORE = compile_later(
    r"离不开$|少不了$|不得不|不要太(?:爱|喜欢)|没喝够|不想(?:再|老|总|一直|继续)*(?:长|冒|爆|起|出|掉|变)$"
)
_NOT_AFTER = compile_later(
    r"^(?:的|类|这个|那个|皮|型|,|就|是|我|倒|真|都|还|也|有点|现在|暂时|确实|一般|基本|从来|从|实在|这种|酒|茶|"
    r"款|味|太|其他)*(?:不(?!错|够|停|少|离|断|一定|仅|光|止|如|知|上头|辣|冲|贵|腻|呛)|没(?!错|毛病|问题|在?过敏|有?了)|除外|算了|免了|免谈|pass|"
    r"除开|过敏|受不了|一般般|戒了|讨厌|拒绝|就算|(?:别|不用|不要)(?:再)?(?:寄|发|送|推荐|给)|断了|断奶|停了|退订|退了|喝不(?:惯|了|来)|吃不(?:惯|了|来)|起不(?:来|床)|来不(?:及|了)|[要得](?:上班|上课|加班|开会|接|送|带)|"
    r"用不(?:惯|了|着))|^(?:码|号)?(?:好像|感觉|有点|还|就|偏|太|又|会|稍微?|嫌|倒)+(?:大|小|紧|松|勒)(?:了|点|$|[,，。])|"
    r"^(?:有|太|味|容易|会|香味|带|掉|招)[^,，。 \n]{0,4}(?:不喜欢|不想?要|不爱)(?=$|[,，。\n]|其[他它余]|别的|另外)"
)
# 这批玫瑰我不要了: goods that were sent, and nothing of what is liked.
_THIS_LOT = compile_later(r"[这那](?:一)?(?:批|束|箱|盒|单|件|次|瓶|支|盆|袋|罐|包)[^,，。\n]{0,8}(?:不要|退|不想要)")
_PREFER = compile_later(
    r"(?:主要|多数|大多|大部分|最|更|比较|还是|一般|首选|平时|基本|偏|通常|常|多半|经常|优先|先|尤其|特别|"
    r"偏爱)(?:是|都|上|时候|情况|在|就|会|想|要|喝|吃|用|买|选|爱|喜欢|去|看|常|多|的|倾向|倾向于|中意)*$"
)
_PREFER_AFTER = compile_later(
    r"^(?:的|类|型|皮|酒|茶)?(?:多一?(?:些|点)|为主|居多|更(?:多|好|喜欢|适合)|最(?:多|喜欢|爱|好)|优先|比较多|"
    r"吧$)"
)
_LESS_BEFORE = compile_later(
    r"(?:偶尔|上次|上回|前几天|前段时间|前阵子|前些天|有时|有时候|很少|不太|少量|顺便|其次|以前|之前|原来|曾经|老公|老婆|我妈|别人)(?:也|会|都|是|才|去|"
    r"喝|吃|用|买|试|做|养|抱|还|的|老是?|总是?)*$"
)

_NOW = compile_later(r"(?:以前|之前|原来|曾经|早先).{0,40}(?:现在|如今|目前|今年)")
# 3个都要: so many, all of them, and not the third.
_SO_MANY = compile_later(r"([2-9两俩三仨四五六七八九])\s?(?:个|种|样|款|项|类|者)?(?:全|都)(?!不|没)")
_FROM_TO = compile_later(r"从[^,，。\n]{1,12}到[^,，。\n]")
_EITHER = compile_later(r"[^,，。\n]或者?|要么")
_MIXED = compile_later(r"混合(?!性|皮|肌|型)|都有|两者|都喝|都用|都吃|兼有")


_MYSELF = compile_later(r"(?:^|[和跟与及,，、 给])我(?:自己|本人)?(?:$|[和跟与及,，、 用喝吃]|也)")


# 卷纸不要 抽纸要: the blank ends what is refused. In 不要 卷纸 it does not.
_REFUSED_BEHIND = compile_later(r"[ \t](?<=[^\s,，。、][不别][要用吃喝买囤选行][ \t])[ \t]*")
_BLANK = compile_later(r"[ \t]+(?![a-z])|[ \t](?<![a-z][ \t])[ \t]*")


def _squeeze(text: str) -> str:
    """A text without blanks, but for those between Latin words."""
    if " " not in text and "\t" not in text:
        return text
    return _BLANK.sub("", _REFUSED_BEHIND.sub(",", text) if "不" in text or "别" in text else text)


def labelled_options(question: Question, text: str) -> tuple[list[int], list[int], list[int]]:
    """Options that are named, named and wanted most, and named but refused."""
    table = option_table(question.options)
    if table.search is None:
        return [], [], []
    text = _squeeze(text)
    named: list[int] = []
    preferred: list[int] = []
    refused: list[int] = []
    hits = table.search.find_matches_as_indexes(text)
    for at, (index, start, end) in enumerate(hits):
        owner = table.owners[index]
        name = text[start:end]
        if name.isascii() and (
            (text[start - 1 : start].isalnum() and text[start - 1 : start].isascii())
            or (text[end : end + 1].isalnum() and text[end : end + 1].isascii())
        ):
            continue
        before = re.split(r"[,，。;；!！\n]", text[max(0, start - 10) : start])[-1]
        after = text[end : end + 10]
        chained = (
            at > 0
            and refused
            and re.fullmatch(r"[和跟与、及或]", text[hits[at - 1][2] : start])
            and table.owners[hits[at - 1][0]] in refused
        )
        if (
            (
                _NOT_BEFORE.search(before)
                and not _WANTED_BEFORE.search(before + (name[0] if name[0] in "长冒爆出" else ""))
            )
            or _NOT_AFTER.match(after)
            or (chained and not _PREFER.search(before))
        ):
            refused.append(owner)
            continue
        if _LESS_BEFORE.search(before):
            named.append(owner)
            continue
        named.append(owner)
        if _PREFER.search(before) or _PREFER_AFTER.match(after):
            preferred.append(owner)
    # 红茶和白茶不喝: what is chained to a refused one by 和 is refused with it.
    for at in range(len(hits) - 2, -1, -1):
        owner, following = table.owners[hits[at][0]], table.owners[hits[at + 1][0]]
        if (
            following in refused
            and owner in named
            and re.fullmatch(r"[和跟与、及或]", text[hits[at][2] : hits[at + 1][1]])
            and not _NOT_BEFORE.search(text[max(0, hits[at + 1][1] - 6) : hits[at + 1][1]])
        ):
            named.remove(owner)
            refused.append(owner)
    return list(dict.fromkeys(named)), list(dict.fromkeys(preferred)), list(dict.fromkeys(refused))


# Whoever names options does so in the first few clauses.
_MOST_CLAUSES = 24


def _parts(question: Question, text: str) -> list[int]:
    """Options of which a reply names a part: 酱香 of 酱香型白酒, 干皮 of 干性皮肤."""
    table = option_table(question.options)
    found: list[int] = []
    for start, end in clauses(text)[:_MOST_CLAUSES]:
        for piece in re.split(r"[和跟与及加+又]|还有|以及|或者", _squeeze(text[start:end])):
            core = FILLERS.sub("", dense(piece).strip(PARTICLES))
            if not core:
                continue
            core = core.removesuffix("子") if len(core) == len("袋子") else core
            stems = {at for stem, at in table.stems if (stem in core if len(stem) > 1 else _one_character(stem, core))}
            if not stems and len(core) >= 1 and core not in STOP_PARTS:
                holders = {at for wording, at in table.wordings if core in wording}
                stems = holders if len(holders) == 1 and not core.isdigit() else set()
            refused = re.search(r"不(?!错)|没|(?<![特级性区])别(?![的人墅家])", piece)
            found += [] if refused else sorted(stems)
    return list(dict.fromkeys(found))


# 干到掉渣, 干得起皮
_TO_EXCESS = compile_later(r"(?:到|得|死|爆|巴巴|燥)")


def _one_character(stem: str, core: str) -> bool:
    return (
        core == stem
        or (core.startswith(stem) and _TO_EXCESS.match(core[len(stem) :]) is not None)
        or (
            len(core) <= 3
            and core.startswith(stem)
            and core[1:]
            in ("皮", "的", "型", "性", "类", "款", "点", "味", "香", "酒", "茶", "一点", "性皮", "性的", "皮肤")
        )
    )


# 想养狗，还没养: what somebody wants but has not leaves the others no likelier.
_WANTED_ONLY = compile_later(r"(?:想|打算|准备|计划)[^,，。]{0,8}(?:还没|没有?|未)")
_BOTH = compile_later(r"又([^又,，。 ]{1,3})又([^又,，。 ]{1,3})")


_DENIED = compile_later(r"不(?:玩|喝|吃|用|要|是|做|买|选)?([^不,，也和就剩其别]{1,2})")


def read_options(question: Question, text: str) -> list[str] | None:
    """The values that a reply chooses, in the order of the options; None if it chooses none. More than one may come
    back for a single choice: what to make of that is for the caller."""
    count = len(question.options)
    if not count:
        return None
    multi = question.type == "multi"
    core = dense(text).strip(PARTICLES)
    exact = [at for wording, at in option_table(question.options).wordings if wording == core]
    if exact:
        return option_values(question, exact)
    so_many = _SO_MANY.match(core) if multi else None
    if so_many:
        return (
            option_values(question, list(range(count)))
            if DIGITS.get(so_many[1], 0) == count or so_many[1] == str(count)
            else None
        )
    if not multi and (never := never_chosen(question, text)):
        return option_values(question, never)
    named, preferred, refused = labelled_options(question, text)
    if named and not multi and (both := _BOTH.search(text)):
        # 又干又敏感: none of two.
        named = list(dict.fromkeys([*named, *_parts(question, both.group(1)), *_parts(question, both.group(2))]))
    if refused or _EXCEPT.search(text) or _OTHERS.search(text):
        excluded = refused
        if not excluded and (_EXCEPT.search(text) or _BUT.search(text)) and not named:
            excluded = numbered_options(
                question, re.sub(r"除了?|都|其他|别的|以外|之外|可以|行|不要|要", " ", text), True
            )
        if not excluded:
            excluded = [] if named else _parts(question, re.sub(r"除了?|以外|之外|外都.*|都.*|不要|不喝|不", ",", text))
        if not named and _OTHERS.search(text):
            # 不干不油也不敏感，剩下那个
            denied = [_parts(question, piece) for piece in _DENIED.findall(dense(text))]
            excluded = sorted({*excluded, *(each[0] for each in denied if len(each) == 1)})
        rest = [at for at in range(count) if at not in excluded]
        if multi and not _EXCEPT.search(text) and not _OTHERS.search(text) and _WANTED_ONLY.search(text):
            return None
        if _THIS_LOT.search(text):
            return None
        if excluded and not named and (multi or len(rest) == 1) and (multi or len(excluded) == count - 1):
            return option_values(question, rest)
        if excluded and _OTHERS.search(text) and rest and multi:
            return option_values(question, rest)
    if len(named) > 1:
        named = without_disliked(question, text, named)
    if len(named) > 1 and not multi and len(mine := _my_own(question, text)) == 1:
        named = mine
    if named:
        if not multi and len(named) > 1 and _EITHER.search(text):
            return option_values(question, named)
        if not multi and len(named) > 1 and len(preferred) == 1:
            return option_values(question, preferred)
        if not multi and len(named) > 1:
            main = [at for at in named if at not in _lesser(question, text)]
            mixed = [at for at, option in enumerate(question.options) if _MIXED.search(" ".join(option.wordings))]
            if len(main) == 1:
                named = main
            elif len(mixed) == 1 and mixed[0] not in named and not AT_ONCE.search(text):
                named = mixed
        if multi:
            if len(named) == 2 and _FROM_TO.search(text):
                named = list(range(min(named), max(named) + 1))
            if _NOW.search(text) and (current := [at for at in named if at not in _lesser(question, text)]):
                named = current
            named += _oneself(question, text)
            rest_said = _unnamed(question, text)
            besides = [*_parts(question, rest_said), *sounding_like(question, rest_said)]
            named = sorted({*named, *(at for at in besides if at not in refused)})
        return option_values(question, named)
    if refused:
        return None
    if _NONE.search(dense(text)):
        return None
    barred = re.search(r"(?:不(?:要|喝|选|用|吃|是)|没有?|除了?|别|排除)\s?第?([1-9一二三四五六七八九])", text)
    numbered = numbered_options(question, text, multi)
    if barred and multi and (others := numbered_options(question, text[: barred.start()], True)):
        return option_values(question, [at for at in others if at not in numbered_options(question, barred[1], True)])
    if barred and numbered:
        rest = [at for at in range(count) if at not in numbered]
        return option_values(question, rest) if rest and (multi or len(rest) == 1) else None
    measured = measured_option(question, text) or option_of_rate(question, _squeeze(text))
    if measured and not (numbered and (len(numbered) > 1 or re.fullmatch(r"[1-9]", core))):
        return option_values(question, measured)
    if numbered:
        return option_values(question, numbered)
    if multi and _ALL.search(dense(text)) and not re.search(r"^(?:随便|看)", dense(text)):
        return option_values(question, list(range(count)))
    if not multi and count == 2 and re.search(r"^(?:都|两)", core):
        return None
    if not multi and (whatever := _whatever(question, core)):
        return option_values(question, whatever)
    if not multi and (blend := blended(question, core)):
        return option_values(question, blend)
    parts = placed_option(question, text) or _parts(question, text) or _oneself(question, text)
    parts = parts or sounding_like(question, _squeeze(text)) or sharing_words(question, _squeeze(text))
    return option_values(question, parts) if parts else None


_ANY_OF_THEM = compile_later(r"都(?:可以|行|好|要|有|喝|吃|用|喜欢)|随便|不限|不挑|无所谓")


def _whatever(question: Question, core: str) -> list[int]:
    """The one option for all of them, where a reply minds none: 高的低的都沾点，不挑."""
    if not _ALL.search(core) or re.search(r"[不没](?!挑|限|论)", core):
        return []
    holders = [at for at, option in enumerate(question.options) if _ANY_OF_THEM.match(option.label)]
    return holders if len(holders) == 1 else []


_OF_ME = compile_later(r"我(?:自己|本人|呢|的话)")


def _my_own(question: Question, text: str) -> list[int]:
    """The options that a reply which speaks of others too names for the speaker: 我女儿是油皮，我自己是干皮."""
    mine = (text[start:end] for start, end in clauses(text)[:_MOST_CLAUSES] if _OF_ME.search(text[start:end]))
    return list(dict.fromkeys(at for clause in mine for at in labelled_options(question, clause)[0]))


def without_taken_back(question: Question, text: str, repair: str) -> list[str] | None:
    """What a reply chooses where its repair only takes something back: 1、2、3 说错了 2不要. None if it does not."""
    taken = _TAKEN_BACK.fullmatch(repair)
    chosen = read_options(question, text[: len(repair) - len(repair.lstrip(","))]) if taken else None
    if taken is None or not chosen:
        return None
    gone = read_options(question, taken[1])
    return [value for value in chosen if value not in gone] or None if gone and set(gone) < set(chosen) else None


_TAKEN_BACK = compile_later(
    r"[,，\s]*([^,，\n]{1,8}?)(?:就|先|也)?(?:不要|去掉|不算|不选|划掉|删掉?|不用)了?[吧哈啊哦\s]*"
)


def _oneself(question: Question, text: str) -> list[int]:
    """The option 自己 where a reply counts the speaker: 我跟老公."""
    if not _MYSELF.search(text):
        return []
    return [at for at, option in enumerate(question.options) if option.label in ("自己", "本人", "我", "我自己")]


def _unnamed(question: Question, text: str) -> str:
    """The clauses and joined pieces that name no option outright: 斑 of 细纹和斑."""
    table = option_table(question.options)
    pieces = re.split(r"[,，、。;；\n 和跟与及加+]|还有|以及", text)
    return ",".join(
        p for p in pieces if table.search is not None and not table.search.find_matches_as_indexes(_squeeze(p))
    )


def _lesser(question: Question, text: str) -> list[int]:
    table = option_table(question.options)
    squeezed = _squeeze(text)
    lesser = []
    if table.search is not None:
        for index, start, _ in table.search.find_matches_as_indexes(squeezed):
            if _LESS_BEFORE.search(squeezed[max(0, start - 10) : start]):
                lesser.append(table.owners[index])
    return lesser


def option_values(question: Question, chosen: list[int]) -> list[str]:
    return [option.value for at, option in enumerate(question.options) if at in chosen]


def chosen_options(question: Question, text: str) -> list[str]:
    """Every option that a reply takes, also more than the question allows: named, or by their places."""
    named = told_options(question, text)
    return named or option_values(question, numbered_options(question, text, True))


def refuses_all(text: str) -> bool:
    """Whether a reply says that none of the options fits."""
    return bool(_NONE.search(dense(text)))


def told_options(question: Question, text: str) -> list[str] | None:
    """Options told by their own words in a reply to another question."""
    named, _, refused = labelled_options(question, text)
    named = [at for at in named if at not in refused]
    return option_values(question, named) if named else None


def is_option(question: Question, text: str) -> bool:
    """Whether a text is nothing but one of the options, by label or synonym."""
    core = dense(text)
    return any(wording == core for wording, _ in option_table(question.options).wordings)
