"""What a question's options are called: labels, synonyms, their distinctive parts, and the ranges they stand for."""

from __future__ import annotations

import re
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind
from msgspec import Struct

from handlers.understanding.ages import is_unborn, read_age
from handlers.understanding.amounts import read_number
from handlers.understanding.frequencies import times_a_month
from handlers.understanding.phrases import words
from handlers.understanding.sounds import sound
from handlers.understanding.text import dense
from handlers.understanding.thesaurus import SAME
from handlers.understanding.vocabulary import Option
from models.patterns import compile_later

STOP_PARTS = frozenset(
    words(
        "的 了 是 有 在 和 不 我 你 都 要 个 一 上 下 大 小 好 多 少 类 型 性 品 们 人 家 以 内 元 岁 月 天 次 每 "
        "其他 其它 没有 没 可以 这 那 什么 喜欢 平时"
    )
)

_SUFFIXES = (
    "性",
    "型",
    "类",
    "的",
    "款",
    "系列",
    "性皮肤",
    "皮肤",
    "皮",
    "酒",
    "茶",
    "产品",
    "用品",
    "品",
    "味",
    "香型",
    "香",
)

# What stands around the name of an option and says nothing else.
FILLERS = compile_later(
    r"^(?:有点|只要?|很|超|特别|挺|蛮|非常|我(?:们|家|是|要|选|想|比较|觉得|这|平时|一般|应该)?|大概|可能|应该|一般|平时|主要|就|那|是|选|要|喝|买|"
    r"用|吃|看|玩|去|来|喜欢|爱|偏|还是|属于|想|给|比较|多|最|都|嗯|哦|有|在|会|算|到|常|偏好|做|当然|肯定|必须|更|"
    r"倾向于?|都是|以|估计|差不多|感觉|目前|现在|这个|那个)+|(?:的(?:那个|那种|那款|那类|东西)?|吧|多一?点|多|"
    r"多些|一点的?|点的|为主|居多|类|款|就行|就好|谢谢|可以|好了|这类|这种|那种|那个|这个|比较多|多一些|啦|了|呀|啊|哈|哦|呢|"
    r"嘛|都行|也行|左右|系列|方面|什么的|之类的?)+$"
)

_TO_CHINESE = str.maketrans("123456789", "一二三四五六七八九")
_TO_ARABIC = str.maketrans("一二两三四五六七八九", "1223456789")
_RANGED = compile_later(r"\d|[一二三四五六七八九十百千万两半]")


# Pairs that may tell an option: two Chinese characters that are no figures, measures or small words.
_TELLING = compile_later(
    r"(?:(?![一二两三四五六七八九十百千万几个次的了是有在和不没我你他都每要喝吃用买做看说想好多少上下中里外以内后前就也还会能可来去给最更很太为其])[\u4e00-\u9fff]){2}"
)

UNBORN = -1.0
"""The age of an unborn child among options: it is below 0-6个月."""


class OptionTable(Struct, frozen=True):
    """What a question's options are called, ready to be searched."""

    search: AhoCorasick | None
    owners: tuple[int, ...]
    wordings: tuple[tuple[str, int], ...]
    stems: tuple[tuple[str, int], ...]
    sounds: dict[str, int]
    """How the wordings of two characters and more sound, where only one option does."""
    fragments: dict[str, int]
    """Pairs of characters that only one option has."""
    ranges: tuple[tuple[float, float] | None, ...]
    ages: bool
    rates: tuple[tuple[float, float] | None, ...]
    """How often a month each option stands for; empty unless two options tell it."""


def _affix(labels: list[str]) -> tuple[int, int]:
    """How many characters all labels share at their beginning and at their end (酱香型, 浓香型: 0 and 2)."""
    front = 0
    while all(len(label) > front + 1 for label in labels) and len({label[front] for label in labels}) == 1:
        front += 1
    back = 0
    while all(len(label) > front + back + 1 for label in labels) and len({label[-1 - back] for label in labels}) == 1:
        back += 1
    return front, back


def _bounds(label: str, ages: bool) -> tuple[float, float] | None:
    """The range that a label such as 100-300元 or 6个月以内 stands for."""
    if ages and is_unborn(label):
        return UNBORN, UNBORN
    value = read_age(label, "", None) if ages else read_number(label, "多少钱")
    if value is None:
        return None
    if isinstance(value, list):
        low, high = value[0], value[1]
        return float(low or 0), float("inf") if high is None else float(high)
    if ages and re.search(r"以上|\+|往上", label):
        return float(value), float("inf")
    return float(value), float(value)


@lru_cache(maxsize=1024)
def option_table(options: tuple[Option, ...]) -> OptionTable:
    wordings: dict[str, int] = {}
    for at, option in enumerate(options):
        for wording in (*option.wordings, *re.split(r"[/／、|或()（）]", option.label)):
            core = dense(wording)
            if core and core not in ("其他", "等"):
                wordings.setdefault(core, at)
        for own in option.wordings:
            wordings[dense(own)] = at
            for times in ("回", "趟") if len(dense(own)) > len("一次") else ():
                wordings.setdefault(dense(own).replace("次", times), at)
            # 3段 is said as 三段, and the other way round.
            for figures in (_TO_CHINESE, _TO_ARABIC):
                wordings.setdefault(dense(own).translate(figures), at)
    for piece, others in SAME.items():
        holders = [at for at, option in enumerate(options) if _is_called(option, piece)]
        for at in holders:
            if len(holders) == 1 and len(piece) > 1:
                wordings.setdefault(piece, at)
            for other in others:
                wordings.setdefault(other, at)
    wordings.pop("", None)
    labels = [dense(option.label) for option in options]
    stems: dict[str, int | None] = {}
    if len(labels) > 1 and all(labels):
        front, back = _affix(labels)
        for at, option in enumerate(options):
            for wording in option.wordings:
                core = dense(wording)
                parts = {core, core[front : len(core) - back] if core == labels[at] else core}
                parts |= {part.removesuffix(suffix) for part in set(parts) for suffix in _SUFFIXES}
                for part in parts:
                    if part and part not in wordings and part not in STOP_PARTS and not part.isdigit():
                        stems[part] = at if stems.get(part, at) == at else None
        for part, at_or_none in stems.items():
            if at_or_none is not None and len(part) > 1:
                wordings.setdefault(part, at_or_none)
    ages = all(re.search(r"岁|月|孕|生", option.label) for option in options) if options else False
    ranged = [
        _bounds(_kept(option.label), ages) if _RANGED.search(option.label) or ages else None for option in options
    ]
    rates = tuple(times_a_month(_kept(option.label)) for option in options)
    heard: dict[str, int | None] = {}
    for wording, at in [*wordings.items(), *((stem, at) for stem, at in stems.items() if at is not None)]:
        if len(wording) > 1 and not wording.isascii():
            alike = sound(wording)
            heard[alike] = at if heard.get(alike, at) == at else None
    pairs: dict[str, int | None] = {}
    for at, option in enumerate(options):
        for pair in {core[i : i + 2] for core in map(dense, option.wordings) for i in range(len(core) - 1)}:
            pairs[pair] = at if pairs.get(pair, at) == at else None
    names = tuple(wordings)
    return OptionTable(
        search=AhoCorasick(names, matchkind=MatchKind.LeftmostLongest) if names else None,
        owners=tuple(wordings[name] for name in names),
        wordings=tuple(wordings.items()),
        stems=tuple((stem, at) for stem, at in stems.items() if at is not None),
        sounds={alike: at for alike, at in heard.items() if at is not None},
        fragments={pair: at for pair, at in pairs.items() if at is not None and _TELLING.fullmatch(pair)},
        ranges=tuple(ranged) if sum(each is not None for each in ranged) >= 2 else (),
        ages=ages,
        rates=rates if sum(each is not None for each in rates) >= 2 else (),
    )


def _is_called(option: Option, piece: str) -> bool:
    """Whether a piece of the thesaurus is part of what an option is called; Latin pieces (sizes) are compared whole."""
    if piece.isascii():
        return any(dense(wording) in (piece, piece + "码", piece + "号") for wording in option.wordings)
    return any(piece in wording for wording in option.wordings)


def _kept(label: str) -> str:
    """A label half-width and lower case, its punctuation kept (it separates the ends of a range)."""
    return label.replace("～", "~").replace("－", "-").lower()
