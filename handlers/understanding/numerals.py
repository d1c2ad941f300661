"""Numbers as people write them: 3500, ３千5, 1.5w, 一千二, 三五百, 十七八, 两万五, 俩, 半, 百来块.

`numbers(text)` finds them all in a normalised text, each with a low and a high end (equal for a plain number). Words
that only contain a numeral character (一般, 千万别, 百合, 万一) are left alone.
"""

from __future__ import annotations

import re

from msgspec import Struct

from handlers.understanding.phrases import words
from models.patterns import compile_later

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
    "幺": 1,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
UNITS = {
    "十": 10,
    "拾": 10,
    "廿": 20,
    "卅": 30,
    "百": 100,
    "佰": 100,
    "千": 1_000,
    "仟": 1_000,
    "k": 1_000,
    "万": 10_000,
    "萬": 10_000,
    "w": 10_000,
    "亿": 100_000_000,
}

# 百 alone is a number only in 百来块, 千把块, 千元, 上百.
_BARE_UNIT = compile_later(r"[上过破]|.?[百千万亿佰仟](?:来|把|元|块)")


class Number(Struct, frozen=True):
    """A number at `start`–`end` of the text. `unit` is the last multiplier written (百 of 三五百), else 1."""

    start: int
    end: int
    low: float
    high: float
    unit: int = 1
    digits: bool = False
    """Written in Arabic digits without any multiplier."""


_CHINESE = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖十拾廿卅百佰千仟万亿"
_TOKEN = compile_later(
    r"(?P<arabic>(?<![a-z\d.])\d{1,12}(?:,\d{3})*(?:\.\d{1,4})?)\s?(?P<unit>[十百千万亿]{1,2}|"
    r"[kw](?![a-z]))?(?P<rest>\d(?![\d.]))?(?P<tail>[一二三四五六七八九](?![十百千万年月个岁号]))?"
    rf"|(?P<chinese>(?:[俩仨](?=[百千万]))?[{_CHINESE}]{{1,24}}[kw]?)|(?P<both>俩|仨)"
)

# Words that hold a numeral character and are no number. The longest comes first in the alternation.
_WORDS = sorted(
    words("""
        一般 一下 一点 一些 一样 一直 一起 一定 一会 一切 一旦 一律 一向 一边 一同 一致 一共 一方面 一半一半
        一阵 一辈子 一瞬 一言难尽 万一 万分 千万别 千万不 千万要 千万 万能 万象 百合 百货 百度 百香果 百分 百搭
        百年 百岁山 百事 百家 百姓 千禧 千里 第一次 统一 唯一 单一 专一 之一
        三亚 三明 三门峡 四川
        四平 五指山 五粮液 五常 六安 六盘水 七台河 九江 八宝 十堰 十分 十足 万宁 万州 千岛湖 百色 二手 二维码
        二话 二胎 三胎 二宝 三宝 一宝 大宝二宝 三高 三七 四季 五香 五官 六神 七夕 八卦 九寨沟 三八 五一 十一假
        国庆 一来二去 三天两头 乱七八糟 七上八下 三心二意 不三不四 一问三不知 一模一样 一言为定 一来 一口价
        一家人 一家子 一大家 丢三落四 一手 一时 一路 一看 一想 一块儿 一套 一心 一身 一早 一律 独一无二 一线 一段 二段
        三段 一阶 二阶 三阶 万家 万科 万达 亿点点 亿点 有一说一 一百个愿意 一百个不愿意 一百个放心 一万个不
        王老五 小二 老二 老三 老大 张三 李四 王五 十全十美 千万不要 二货 十有八九 八成 九成
        """),
    key=len,
    reverse=True,
)
# A day of the lunar calendar is no amount of anything.
_LUNAR_DAY = r"[农阴旧]历(?:的)?[正冬腊闰一二三四五六七八九十\d]{1,3}月(?:初|廿)?[一二三四五六七八九十\d]{0,3}"
# Nor is 腊月廿三 or 5月20号.
_DAY_OF_A_MONTH = (
    r"(?<!个)(?:1[0-2]|0?[1-9]|[正冬腊一二三四五六七八九]|十[一二]?)月(?:初[一二三四五六七八九十]|廿[一二三四五六七八九]?|"
    r"(?:[12]\d|3[01]|0?[1-9]|二?十[一二三四五六七八九]?|三十一?)[日号])"
)
# 周三, but not the 三 of 一礼拜三四回.
_WEEKDAY = r"(?:周|星期|礼拜)[一二三四五六](?!(?<=一礼拜.)[一二三四五六七八九]?[次回顿趟])"
_MASK = compile_later("|".join((_LUNAR_DAY, _DAY_OF_A_MONTH, _WEEKDAY, *_WORDS)))


def masked(text: str) -> str:
    """The text with words that merely contain a numeral character blanked out, at unchanged offsets."""
    return _MASK.sub(lambda found: "_" * (found.end() - found.start()), text)


def plain(numeral: str) -> float | None:
    """The value of a Chinese numeral without ranges: 一千二百 and 一千二 1200, 三百零五 305, 一九九〇 1990."""
    total = section = 0
    digit: int | None = None
    last_unit = 0
    zero = False
    if len(numeral) > 1 and not any(c in UNITS for c in numeral):
        return float("".join(str(DIGITS[c]) for c in numeral))
    for character in numeral:
        if character in DIGITS:
            if digit:
                return None
            digit = DIGITS[character]
            zero = zero or digit == 0
            continue
        unit = UNITS[character]
        if unit >= 10_000:
            section += digit or 0
            if total and not section:
                return None
            total += (section or 1) * unit
            section = 0
        elif unit in (20, 30):
            section += unit
        else:
            section += (1 if digit is None else digit) * unit
        digit, last_unit, zero = None, unit, False
    if digit is not None:
        # 一千二 is 1200 and 两万五 is 25000, but 一千零二 is 1002 and 十二 is 12.
        section += digit * (last_unit // 10 if last_unit >= 100 and not zero else 1)
    return float(total + section)


def _spread(numeral: str) -> tuple[float, float] | None:
    """三五百 as (300, 500), 十七八 as (17, 18), 一百二三 as (120, 130); None where no two digits stand side by side."""
    figures = [DIGITS.get(each, 0) for each in numeral]
    if len(numeral) == _IN_A_ROW and 0 < figures[0] == figures[1] - 1 == figures[2] - 2:
        return float(figures[0]), float(figures[2])  # 五六七回
    if len(numeral) == _TWO_ROUND and numeral[1] == numeral[3] in UNITS and 0 < figures[0] < figures[2]:
        return float(figures[0] * UNITS[numeral[1]]), float(figures[2] * UNITS[numeral[1]])  # 三千五千都有过
    for at in range(len(numeral) - 1):
        first, second = numeral[at], numeral[at + 1]
        if 0 < DIGITS.get(first, 0) < DIGITS.get(second, 0):
            if len(numeral) > 2 and not any(c in UNITS for c in numeral):
                return None
            low, high = plain(numeral[: at + 1] + numeral[at + 2 :]), plain(numeral[:at] + numeral[at + 1 :])
            return None if low is None or high is None or low >= high else (low, high)
    return None


_IN_A_ROW = 3
_TWO_ROUND = 4

# Nobody answers a question with more of them.
MOST_NUMBERS = 24


def numbers(text: str) -> list[Number]:
    """The first few dozen numbers of a normalised text (half-width, Simplified, lower case), from left to right."""
    found = []
    for token in _TOKEN.finditer(masked(text)):
        start, end = token.span()
        if token["both"]:
            value = float(DIGITS[token["both"]])
            found.append(Number(start, end, value, value))
        elif token["arabic"]:
            found.append(_arabic(token))
        else:
            numeral = token["chinese"]
            spread = _spread(numeral)
            value_or_none = plain(numeral) if spread is None else None
            if spread is None and value_or_none is None:
                continue
            plain_value = value_or_none or 0.0
            low, high = spread or (plain_value, plain_value)
            unit = UNITS.get(numeral[-1], 1)
            if numeral in UNITS and numeral not in "十廿卅" and not _BARE_UNIT.match(text[max(0, start - 1) : end + 1]):
                continue
            if numeral == "百八十":
                low, high = 80.0, 100.0
            if text[end : end + 2] in ("位数", "几位"):
                continue
            if text[end : end + 1] == "几" or (text[max(0, start - 1) : start] == "几" and numeral[0] in UNITS):
                # 十几, 几百: no figure that could be stored.
                continue
            found.append(Number(start, end, low, high, unit))
        if len(found) >= MOST_NUMBERS:
            break
    return found


def _arabic(token: re.Match[str]) -> Number:
    value = float(token["arabic"].replace(",", ""))
    end = token.end()
    unit = 1
    for character in token["unit"] or "":
        unit *= UNITS[character]
    value *= unit
    if token["unit"] and (token["rest"] or token["tail"]):
        # 2万5 is 25000, 1千2 is 1200, 1万二 is 12000.
        follower = token["rest"] or token["tail"]
        value += (int(follower) if follower.isdigit() and follower in "0123456789" else DIGITS[follower]) * unit / 10
    elif token["rest"] or token["tail"]:
        end = token.start(token.lastgroup or "rest")
    return Number(token.start(), end, value, value, unit, digits=unit == 1)
