"""A child's age in full months: 一岁半 is 18, 快两岁 24, 8个月零5天 8, 百天 3, 还没出生 0, 大的3岁小的8个月 [36, 8]."""

from __future__ import annotations

import re
from datetime import date

from handlers.understanding.amounts import tidy
from handlers.understanding.dates import birth_month
from handlers.understanding.numerals import DIGITS, masked, numbers
from handlers.understanding.text import clauses
from models.patterns import compile_later

Age = int | list[int]
_N = r"(?:\d{1,3}(?:\.\d)?|[零〇一二两三四五六七八九十百]{1,4}|俩|仨)"
_OF_YEARS = r"(?:周岁|虚岁|岁|years?(?:old)?|yrs?|y(?![a-z]))"
_UNBORN = compile_later(
    r"(?:还)?(?:没|未|木有|没有)(?:有)?(?:出生|生(?!病|气|日)|卸货|出来)|肚子里|肚里|腹中|怀孕|怀着|怀上|怀了?(?:二胎|三胎|二宝|老二|双胞胎)|刚怀|"
    r"孕(?:期|妇|\d|[一二三四五六七八九十]|早|中|晚|吐|后期)|待产|待生|预产|备孕|快生了|要生了|即将出生|准备生|"
    r"卸货|揣着|胎动|胎里|怀胎|下(?:个)?月(?:就)?生|还在(?:妈妈|我)?(?:的)?肚|准妈妈|临产|头胎怀|未出世|没出世|在怀|"
    r"还有?[^,，。]{1,4}(?:个月|天|周)(?:就)?(?:生|出生|卸货)"
)
_NO_CHILD = compile_later(r"没(?:有)?(?:孩子|娃|宝宝|小孩|生娃|结婚)|单身|不打算生|丁克|还没要|没生过|未婚|没对象")
_TOKEN = compile_later(
    rf"(?P<unborn>{_UNBORN.pattern})"
    rf"|(?P<range_low>{_N})(?:个)?(?P<range_unit>{_OF_YEARS}|个?月)?(?P<low_half>半)?\s?(?:-|~|到|至|—|、|"
    rf"或者?)+\s?(?P<range_high>{_N})\s?(?:个)?(?P<range_of>{_OF_YEARS}|半?月)(?P<high_half>半)?"
    rf"|(?P<years>{_N})\s?(?:个)?{_OF_YEARS}\s?(?P<year_half>半)?(?:多|大|了|零|又|加|"
    rf"\+)?\s?(?:(?P<year_months>{_N})\s?(?:个半|个多|个|多)?\s?月|(?P<year_rest>\d{{1,2}}|"
    r"[一二两三四五六七八九十]{1,2})(?![\d十年号日天块元个只条宝娃点些]))?"
    r"|(?P<half_year>(?<![一二两三四五六七八九\d])(?:大)?半(?:岁|年|周岁))|(?P<year_and_half>(?<![一二两三四五六七八九十几\d])岁半)|(?P<full_year>(?:一|1)?周岁|抓(?:过|了|完)?周)|"
    r"(?P<hundred>百(?:日|天)|一百天|100\s?天)|(?P<full_month>(?:满|足|出|刚|没|未)月(?!份)|出月子|坐月子|月子里)|"
    r"(?P<newborn>新生|刚生|刚出生|出生没|刚出来|昨天(?:刚)?(?:生|出)|今天(?:刚)?(?:生|出)|刚落地|"
    r"(?<![\d一二两三四五六七八九十俩仨个差缺再还])半个?多?月(?=[大了多吧呀,，。 ]|左右|出头|$))"
    rf"|(?P<months>{_N})[来多]?\s?\+?(?:个(?:半|多|来)?月|月龄|month|个多月|个整月|mon|m(?![a-z])|(?<=[十\d])月大|"
    r"(?<=[俩仨两])半?月(?![\d份])|月(?=多?大|了|半))(?P<month_half>半)?"
    rf"|(?P<weeks>{_N})\s?(?:个)?(?:周|星期|礼拜|weeks?)(?!年|岁|一|二|三|四|五|六|日|末)|(?P<days>{_N})\s?(?:来|"
    r"多)?(?:天|日龄|days?)"
    rf"|(?P<year_span>{_N})\s?年级|(?P<whole_years>[一二两三四五六七八九\d]{{1,2}})年(?:多|了|"
    rf"零(?P<whole_months>{_N})个月)?(?!\d|级)"
)
# 7 8个月: people leave out the stroke of a range.
_TWO_APART = compile_later(
    r"(?<![\d一二三四五六七八九十])([1-9一二三四五六七八九]) ([1-9一二三四五六七八九])(?=个?(?:多|来)?(?:月|岁))"
)
# 老二两个月, 老三半岁: a child's place, and right behind it its age.
_PLACE_AND_AGE = compile_later(r"老[一二三](?=[一二三四五六七八九十两俩仨半])")
# 9 个 月: blanks between a figure and its unit.
_SPREAD_OUT = compile_later(r"(?<=[\d一二三四五六七八九十两俩半]) +(?=个|多|岁|周岁|月)|(?<=个) +(?=月|半|多)")
# How long something is used, or ago, is nobody's age: 用了两个月了, 三个月前买过.
_OF_A_DEED_BEFORE = compile_later(
    r"(?:买|用|等|喝|穿|办|(?<![小中大上])学|忙|下单|加|认识|结婚|离婚)(?:了|过)?(?:差不多|大概|快|有|都|才)?$"
)
_OF_A_DEED_AFTER = compile_later(r"(?:以|之)?前(?:我|就|在|你们?|这|家|那)*(?:买|用|来|去|下单|加|办|做|问|换)")
_NEARLY = compile_later(r"快了|快到|快满|马上|就快|差一点")
_NOT_YET = compile_later(r"(?:不到|未满|未|不满|没(?=$)|没到|还没到|没满|还没满|小于|不足|还不满|还不到|没有)$")
_WITHIN = compile_later(r"^(?:以内|以下|之内|不到(?![\d一二两三四五六七八九十半])|之前)")
_SHORT_OF = compile_later(
    rf"(?:还)?(?:差|缺)({_N})?(?:个)?(月|天|周|点)(?:就|到|满|就满|就到|不到|才|才满|快)?(?:是)?({_N})(?:周)?岁|"
    rf"(?:还)?(?:差|缺)({_N})个?(月)(?:就|到|满|就满|才满)?(半岁|周岁)"
)
_CHILDREN = compile_later(
    r"老大|老二|老三|大宝|二宝|小宝|三宝|大的|小的|哥哥|姐姐|弟弟|妹妹|两[个只条]|俩|一[个只条].*一[个只条]|双胞胎|(?<![怀了])二胎|大娃|二娃|"
    r"小娃|女儿|儿子|闺女"
)
_BARE = compile_later(rf"^\D{{0,6}}?({_N}|\d+\.\d)(?:多|来)?(?:大|左右|了|吧|个|半)*$")


def _number(numeral: str) -> float:
    if numeral in DIGITS:
        return float(DIGITS[numeral])
    found = numbers(numeral)
    return found[0].low if found else 0.0


def _spread(numeral: str) -> tuple[float, float] | None:
    found = numbers(numeral)
    return (found[0].low, found[0].high) if found and found[0].low != found[0].high else None


def _months(token: re.Match[str]) -> int | list[int] | None:
    if token["unborn"] is not None or token["newborn"]:
        return 0
    if token["range_high"]:
        of_years = "月" not in token["range_of"] and not token["range_of"].startswith("m")
        factor = 12 if of_years else 1
        low_factor = factor if not token["range_unit"] else (1 if "月" in token["range_unit"] else 12)
        low, high = _number(token["range_low"]) * low_factor, _number(token["range_high"]) * factor
        low += 6 if token["low_half"] and low_factor == 12 else 0
        high += 6 if token["high_half"] and factor == 12 else 0
        return [int(low), int(high)] if low < high else None
    if token["years"]:
        if token["years"] in ("百",):
            return None
        spread = _spread(token["years"])
        if spread:
            return [int(spread[0] * 12), int(spread[1] * 12)]
        if token["year_months"] and (spread := _spread(token["year_months"])):
            return [int(_number(token["years"]) * 12 + each) for each in spread]
        extra = 6.0 if token["year_half"] else _number(token["year_months"] or token["year_rest"] or "零")
        return int(_number(token["years"]) * 12 + 0.01) + int(extra if extra < 12 else 0)
    for name, months in (("half_year", 6), ("year_and_half", 18), ("full_year", 12), ("hundred", 3), ("full_month", 1)):
        if token[name]:
            return 0 if token[name] in ("没月", "未月", "坐月子", "月子里") else months
    if token["months"]:
        spread = _spread(token["months"])
        return [int(spread[0]), int(spread[1])] if spread else int(_number(token["months"]))
    if token["weeks"]:
        return int(_number(token["weeks"]) * 7 / 30.4)
    if token["days"]:
        return int(_number(token["days"]) / 30)
    if token["whole_years"]:
        return int(_number(token["whole_years"]) * 12 + _number(token["whole_months"] or "零"))
    return None


def read_age(text: str, asked: str, asked_on: date | None) -> Age | None:
    """Full months; `[low, high]` for a range; a list in the order told for several children; None if untold."""
    text = _PLACE_AND_AGE.sub("老大", _SPREAD_OUT.sub("", text))  # 老二三岁 is 老二, 三岁
    text = _TWO_APART.sub(r"\1-\2", masked_keeping_ages(text))
    ahead = re.search(rf"(下)个?月(?:份)?(?:就)?(?:要|该)?(?:满|过|到|是)?(?:(半岁|周岁|抓周)|({_N})(?:周)?岁)", text)
    if ahead:
        return (6 if ahead.group(2) == "半岁" else 12 if ahead.group(2) else int(_number(ahead.group(3)) * 12)) - 1
    past = re.search(rf"上个?月(?:刚|才)?(?:满|过|到)了?(?:的)?({_N})(?:周)?岁", text)
    if past:
        return int(_number(past.group(1)) * 12) + 1
    until = re.search(
        rf"(?:再过|还有|再有|过)({_N})个?月(?:就|到|满|才|要)*(?:(半岁|周岁)|({_N})(?:周)?岁)|"
        rf"({_N})(?:周)?岁(?:还)?(?:差|缺)({_N})个?月",
        text,
    )
    if until and until.group(4):
        return int(_number(until.group(4)) * 12 - _number(until.group(5)))
    if until:
        aim = 6 if until.group(2) == "半岁" else 12 if until.group(2) else _number(until.group(3)) * 12
        return int(aim - _number(until.group(1)))
    half = re.search(rf"(?:还)?(?:差|缺)半个?月(?:就|到|满|才)*(?:(半岁|周岁)|({_N})(?:周)?岁)", text)
    if half:
        return (6 if half.group(1) == "半岁" else 12 if half.group(1) else int(_number(half.group(2)) * 12)) - 1
    short = _SHORT_OF.search(text)
    if short:
        return _short_of(short)
    ages: list[int] = []
    spans: list[int | list[int]] = []
    for token in _TOKEN.finditer(text):
        before, after = text[max(0, token.start() - 12) : token.start()], text[token.end() : token.end() + 12]
        value = _months(token)
        if (token["days"] or token["weeks"]) and re.search(
            r"月(?:零|又|多|加|\+|,|，|\s)*$|岁(?:零|又|加|\s)*$", before
        ):
            continue
        if value is None or (re.search(r"(?:大|小|差|隔)$", before) and after.startswith("的差")):
            continue
        if _OF_A_DEED_BEFORE.search(before) or _OF_A_DEED_AFTER.match(after):
            continue
        if token["year_months"] and _NOT_YET.search(before) and re.search(r"岁[ ,，]", token.group()):
            value = int(_number(token["year_months"]))
        elif token["full_month"] and _NOT_YET.search(before):
            value = 0
        elif isinstance(value, int) and (_NOT_YET.search(before) or _WITHIN.match(after)) and value > 0:
            value = value if _NEARLY.search(after) else [0, value]
        spans.append(value)
    flat = [each for each in spans if isinstance(each, int)]
    ranges = [each for each in spans if isinstance(each, list)]
    born = birth_month(text, asked_on) if asked_on else None
    if not spans:
        return born if born is not None else _bare(text, asked)
    if _UNBORN.search(text) and 0 in flat and not _CHILDREN.search(text):
        return 0
    if ranges:
        # 不到一岁，11个月: the exact age holds.
        return flat[-1] if len(ranges) == 1 and flat and not _CHILDREN.search(text) else ranges[0]
    ages = flat
    if len(ages) == 1:
        return ages[0]
    if len(set(ages)) == 1 and not _CHILDREN.search(text):
        return ages[0]
    if len(ages) == 2 and 0 < ages[1] - ages[0] < 12 and re.search(r"(?:多|左右|大概|差不多)[,， 吧的]*", text):
        # 一岁多，一岁四个月吧
        return ages[1]
    # Without a word for several children a second figure is the same child told again, more exactly last.
    return ages if _CHILDREN.search(text) or re.search(r"[,，、和 ]", text) else ages[-1]


def masked_keeping_ages(text: str) -> str:
    """The text without lower limits of goods (0-6个月的奶粉 stays one; stage names such as 二段 are blanked)."""
    return re.sub(r"[一二三四1234]\s?段", "__", text)


def _short_of(short: re.Match[str]) -> int:
    if short.group(5):
        target = 6 if short.group(6) == "半岁" else 12
        return target - int(_number(short.group(4) or "一"))
    target = int(_number(short.group(3)) * 12)
    return target - int(_number(short.group(1) or "零")) if short.group(2) == "月" else target


def _bare(text: str, asked: str) -> Age | None:
    """A bare figure is read in the unit that the question names: 多少个月 or 几岁."""
    core = re.sub(r"[\s,，。.!！~吧啊呀呢哦哈]", "", masked(text))
    found = _BARE.match(core)
    if not found:
        return None
    in_years = "岁" in asked and "月" not in asked
    in_months = "月" in asked
    if not (in_years or in_months):
        return None
    spread = _spread(found.group(1))
    if spread:
        return [int(each * (12 if in_years else 1)) for each in spread]
    value = _number(found.group(1)) + (0.5 if core.rstrip("了吧").endswith("半") else 0)
    return int(tidy(value * 12)) if in_years else int(value)


# 10个月 or 两岁半 and nothing else, as it stands beside a name; what may be the age of a grown-up is not read.
_ONLY_AGE = compile_later(
    r"(?:现在|刚|才|快|已经|都|今年|差不多|大概)*(?:(?:[1-9]|1[0-2]|[一二两三四五六七八九十]|十[一二])(?:周)?岁(?:半|多)?(?:零?[\d一二三四五六七八九十]+个月)?"
    r"|(?:\d{1,2}|[一二两三四五六七八九十]{1,3})个(?:半|多)?月(?:半)?|半岁|满月|百天)(?:大)?(?:了|啦|左右|多)?"
)


def told_age(text: str, asked_on: date | None) -> Age | None:
    """A child's age told in a reply to another question: only beside a word for the child."""
    bare = next((text[start:end] for start, end in clauses(text) if _ONLY_AGE.fullmatch(text[start:end].strip())), None)
    if bare is not None:
        return read_age(bare, "", asked_on)
    if not re.search(r"宝宝|娃|孩子|宝贝|小朋友|儿子|女儿|闺女|大宝|二宝|宝|[双三]胞胎|龙凤胎", text):
        return None
    if not re.search(rf"{_N}\s?(?:岁|周岁|个(?:半|多)?月|月龄)|半岁|满月|百天|周岁|没出生|没生", text):
        return None
    return read_age(text, "", asked_on)


def is_unborn(text: str) -> bool:
    """Whether a text speaks of a child that is not born yet."""
    return bool(_UNBORN.search(text))


def has_no_child(text: str) -> bool:
    """Whether a reply says that there is no child whose age could be told."""
    return bool(_NO_CHILD.search(text)) and not _UNBORN.search(text)
