"""How many and how much: 五百左右 is 500, 三五百 [300, 500], 一千以内 [0, 1000], 八百起 [800, null], 我们仨 3."""

from __future__ import annotations

import re

from handlers.understanding.frequencies import every_day_of_the_week
from handlers.understanding.mixed_amounts import in_one_piece
from handlers.understanding.numerals import DIGITS, Number, numbers, plain
from models.patterns import compile_later

Amount = int | float | list[int | float | None]

_UNIT = r"块钱?|元|rmb|人民币|钱|kg|ml|[个人瓶斤包盒罐次天箱岁度片口件码位]"
_UP_TO_AFTER = compile_later(
    rf"^(?:{_UNIT}|左右)?(?:之内|以内|内|以下|之下|封顶|为限|"
    r"打住|顶天|到顶|撑死|顶多|以里|为上限|是上限|就到头|最多|别超|不超|不要超|"
    r"不到(?:一?点)?(?=$|[,，。 吧啊呢])|不能超|不能再多|上限|出头不行)"
)
_FROM_AFTER = compile_later(
    rf"^(?:{_UNIT})?(?:以上|及以上|之上|起步|起(?!来)|往上|(?:都|还|也|可)?(?:不止|打不住|挡不住)|"
    r"朝上|打底|保底|开外|向上|\+(?!\d)|＋|➕|加(?=$|[,，。 吧])|或者?更多|或以上|只多不少|是底线)"
)
_NOT = r"(?:不(?:能|会|可以?|要|得|想|好)?|别|勿)"
_UP_TO_BEFORE = compile_later(
    rf"(?:{_NOT}(?:超过?|高于|多于|大于)|最多|顶多|至多|撑死|低于|小于|少于|控制在|上限|封顶|不到|不足|没超过|超不过|别高于|<=?|≤|最高|最贵|不过|未到)(?:也就|"
    r"就|到|是|了|大概|个|为|在|给|出|花|能|得|接受)?$"
)
_FROM_BEFORE = compile_later(
    r"(?:至少|最少|起码|大于|高于|超过|多于|最低|少说|>=?|≥|保底|不下|(?<![晚早])上(?=$)|过(?=$)|"
    r"破(?=$)|起步|从)(?:也得|也要|也有|也|得|要|是|有|都|就|给|花|个|了)?$"
)
# 最低不能低于: looked for before 低于 alone is.
_NO_LESS_BEFORE = compile_later(rf"{_NOT}(?:低于|少于|小于)(?:了|个)?$")
_RANGE = compile_later(rf"^(?:{_UNIT}|左右)?\s?(?:-+|~+|—+|–|－|到|至|或者?|、|and|to|/)\s?$")

PER = compile_later(
    r"^\s?(?:斤|瓶|箱|包|盒|罐|个月|月|年|天|周|次|顿|回|件|提|桶|支|套|片|条|份|饼|两|晚|桌|个人|人|家|单|盘|袋|"
    r"杯)"
)
MONEY_AFTER = compile_later(r"^\s?(?:来|多|把|几)?(?:块|元|rmb|人民币|米|刀|r(?![a-z])|大洋|软妹币|毛|钱)")
_MONEY_ASKED = compile_later(r"钱|预算|价|元|块|消费|花费|budget|price|money|cost|花多少|贵|档位|红包|金额|额度")
_MEASURES = "斤瓶箱包盒罐个人口位次天月年周岁件提桶支套片条份双只杯顿回晚桌家台本张颗粒克升袋辆层楼米平遍打"
HOW_MANY = compile_later(rf"(?:几|多少)(?:来)?([{_MEASURES}])")
_PEOPLE = compile_later(
    r"几口|几个人|几位|多少人|人数|几人|多少位|几口人|people|persons|guests|headcount|家里(?:有)?(?:几|多少)|"
    r"一共几个|同行"
)

_RELATIVE = {
    "爸妈": 2,
    "父母": 2,
    "公婆": 2,
    "爷爷奶奶": 2,
    "外公外婆": 2,
    "姥姥姥爷": 2,
    "岳父母": 2,
    "岳父岳母": 2,
    "公公婆婆": 2,
    "老两口": 2,
    "小两口": 2,
    "两口子": 2,
    "夫妻俩": 2,
    "夫妻": 2,
    "夫妇": 2,
    "双胞胎": 2,
    "龙凤胎": 2,
    "老公": 1,
    "老婆": 1,
    "媳妇": 1,
    "爱人": 1,
    "先生": 1,
    "太太": 1,
    "对象": 1,
    "男朋友": 1,
    "女朋友": 1,
    "男友": 1,
    "女友": 1,
    "妈妈": 1,
    "爸爸": 1,
    "老妈": 1,
    "老爸": 1,
    "我妈": 1,
    "我爸": 1,
    "婆婆": 1,
    "公公": 1,
    "岳母": 1,
    "岳父": 1,
    "丈母娘": 1,
    "老丈人": 1,
    "闺蜜": 1,
    "朋友": 1,
    "同事": 1,
    "儿子": 1,
    "女儿": 1,
    "孩子": 1,
    "宝宝": 1,
    "小孩": 1,
    "娃": 1,
    "宝": 1,
    "弟弟": 1,
    "妹妹": 1,
    "哥哥": 1,
    "姐姐": 1,
    "奶奶": 1,
    "爷爷": 1,
    "外婆": 1,
    "外公": 1,
    "姥姥": 1,
    "姥爷": 1,
    "阿姨": 1,
    "保姆": 1,
    "室友": 1,
    "大宝": 1,
    "二宝": 1,
    "兄弟": 1,
    "老人": 1,
    "大人": 1,
    "闺女": 1,
    "妈": 1,
    "爸": 1,
    "我": 1,
}
_NUMERAL = r"(?P<count>\d{1,3}|[一二两三四五六七八九十俩仨]{1,3})?"
_HEADS = r"\d{1,2}|[一二两三四五六七八九十俩仨]"
_PERSON = compile_later(
    rf"{_NUMERAL}(?:个|位|名)?(?P<who>{'|'.join(sorted(_RELATIVE, key=len, reverse=True))})(?P<both>[俩两仨三]个?)?"
)
_ALONE = compile_later(
    r"就我(?:和|跟)(?:猫|狗)|就?(?:只有)?(?:我|自己|本人)(?:一个人?|自己|一人|独自)|^(?:就)?(?:我|自己|一个人|独居|单身(?:贵族|狗|汉)?)(?:住|过|生活)?$|"
    r"一人吃饱"
)
_BESIDES = compile_later(
    r"(?:除了?|除开|不算|不含|不包括|没算)(?:我|自己|本人)(?:还有|之?外|以外|另有|另外)?,?(?:还有|有)?(\d{1,3}|"
    r"[一二两三四五六七八九十]{1,3}|俩|仨)|(\d{1,3}|[一二两三四五六七八九十]{1,3}|俩|仨)(?:个|"
    r"位)?[^,，加]{0,4}(?:不算|没算|不含|不包括)(?:我|自己)"
)
_PLUS_ME = compile_later(
    r"(\d{1,3}|[一二两三四五六七八九十]{1,3}|俩|仨)(?:个|位)?(?:朋友|同事|闺蜜|孩子|娃|小孩|老人|大人|家人|人|"
    r"亲戚)?,?(?:加|再加|外加|和|跟|还有|带)(?:上)?(?:一个)?(?:我|自己|本人)(?:自己)?(?:$|[,，。吧 ])"
)
_ME_PLUS = compile_later(
    r"(?:我|自己)(?:再)?(?:和|跟|加|带着?|还有|与|同)(?:上|着)?(?:另外|另)?(\d{1,3}|[一二两三四五六七八九十]{1,3}|"
    r"俩|仨)(?:个|位|名)?"
)
_NONE = compile_later(
    rf"^(?:一[{_MEASURES}](?:也|都)(?:没|不|喝不|吃不|用不|买不).{{0,3}}|还?没有?(?:呢|了|过)?|一个(?:也|都)?没有?|没(?:买|喝|用|吃)过|"
    r"零|从来没有?|从没有?|都没有?|0|没得|木有|一次(?:也|都)没有?.{0,3}|没孩子|没娃)$"
)


def tidy(value: float) -> int | float:
    """1000.0 as 1000, 1.5 as it is."""
    return int(value) if value == int(value) else round(value, 4)


def _count(numeral: str) -> int:
    if numeral.isdigit():
        return int(numeral)
    if numeral in DIGITS:
        return DIGITS[numeral]
    return int(plain(numeral) or 0)


def _people(text: str) -> int | None:
    """A head count in which the speaker counts: 我和老公还有两个娃 is 4, 我们仨 3, 除了我还有三个 4."""
    added = re.fullmatch(r"\D{0,4}([1-9])\s?\+\s?([1-9])\D{0,4}", text)
    if added:
        return int(added[1]) + int(added[2])
    sizes = re.search(rf"({_HEADS})(?:个)?(?:大人?|成人)[,，、和带]*({_HEADS})(?:个)?(?:小孩?|娃|孩)", text)
    if sizes:
        return _count(sizes.group(1)) + _count(sizes.group(2))
    besides = _BESIDES.search(text)
    if besides:
        return _count(besides.group(1) or besides.group(2)) + 1
    together = re.search(
        r"(?:加|连|算|带上)(?:上)?(?:我|自己|保姆|阿姨|爸妈|老人|公婆)(?:一起|总共|一共|在内|共)?(?:是|有)?(\d{1,3}|[一二两三四五六七八九十]{1,3}|"
        r"俩|仨)",
        text,
    )
    if together:
        return _count(together.group(1))
    mine = _ME_PLUS.search(text)
    plus = _PLUS_ME.search(text)
    if plus and not re.search(r"我们|咱", text):
        others = len(re.findall(r"我", text[: plus.start()]))
        return _count(plus.group(1)) + 1 if not others else None
    if mine and not re.search(
        rf"(?:{'|'.join(k for k in _RELATIVE if k != '我')}).*(?:{'|'.join(k for k in _RELATIVE if k != '我')})", text
    ):
        return _count(mine.group(1)) + 1
    if _ALONE.search(text):
        return 1
    led = re.match(r"(?:就|我们?)?(?:和|跟|带着?|陪|同)", text)
    company = list(_PERSON.finditer(text)) if led else []
    if led and company and "我" not in text[: led.end()] and not re.search(r"一共|总共|合计", text):
        return 1 + sum(
            (_count(each["count"]) if each["count"] else 1) * _RELATIVE[each["who"]]
            for each in company
            if each["who"] != "我"
        )
    if not re.search(r"[和跟与加、,，]|还有|带|俩|一家", text) or re.search(
        r"一共|总共|共|合计|(?<![两俩])口(?!子)", text
    ):
        return None
    total, people = 0, 0
    for found in _PERSON.finditer(text):
        each = _RELATIVE[found["who"]]
        if found["who"] == "我" and (text[found.end() : found.end() + 1] == "们" or _PERSON.match(text, found.end())):
            continue
        if found["both"] and found["who"] not in ("夫妻", "夫妇"):
            total = max(total + each, _count(found["both"][0]))
        else:
            total += _count(found["count"]) * each if found["count"] and each == 1 else each
        people += 1
    return total if people >= 2 else None


def _label(text: str, found: list[Number], at: int) -> tuple[str, str]:
    """What stands between the number and its neighbours."""
    before = text[found[at - 1].end if at else 0 : found[at].start]
    after = text[found[at].end : found[at + 1].start if at + 1 < len(found) else len(text)]
    return before, after


def _ranged(text: str, found: list[Number], at: int) -> tuple[list[int | float | None], int] | None:
    """The range that begins at a number, and the index of its last number: 5到8百, 500-800, 三百到五百."""
    if at + 1 >= len(found):
        return None
    left, right = found[at], found[at + 1]
    between = text[left.end : right.start]
    beside = not between.strip() and left.digits and right.digits and text[right.end : right.end + 1] == "都"
    if not _RANGE.match(between) and not beside:
        return None
    low, high = left.low, right.high
    if left.digits and right.digits and low < 10 and high >= 100:
        # 3到500 is 300 to 500.
        scale = 10 ** (len(str(int(high))) - 1)
        low = low * scale if low * scale < high else low
        if low >= 100:  # 5、600
            between = "-"
    elif left.unit == 1 and right.unit > 1 and low < 1_000 and low * right.unit <= high:
        low *= right.unit
    if "、" in between and (right.unit == 1 or low >= high):
        return None
    if low > high:
        return None
    return [tidy(low), tidy(high)], at + 1


def amount_at(text: str, found: list[Number], at: int) -> Amount:
    """What one of the numbers of a text says, with the range or the bound that it belongs to."""
    number = found[at]
    ranged = _ranged(text, found, at)
    if ranged:
        return ranged[0]
    if at and (previous := _ranged(text, found, at - 1)):
        return previous[0]
    before, after = _label(text, found, at)
    before, after = before.replace(" ", ""), after.replace(" ", "")
    low, high = tidy(number.low), tidy(number.high)
    if at + 1 < len(found):
        # In 最少三百最多五百 the 最多 belongs to what follows.
        after = _UP_TO_BEFORE.sub("", after)
    after = after[1:] if after[:1] in ("来", "多", "把", "余") else after
    if _NO_LESS_BEFORE.search(before):
        return [low, None]
    if _UP_TO_AFTER.match(after) or _UP_TO_BEFORE.search(before):
        return [0, high]
    if _FROM_AFTER.match(after) or _FROM_BEFORE.search(before):
        return [low, None]
    return low if low == high else [low, high]


# 半打, 两打: of what is counted by the dozen.
_DOZEN = compile_later(r"(半|[一二两三四五六七八九十]|\d{1,2})打(?=$|[,，。 \n吧的啤牛鸡可])")
# 两张毛爷爷: notes of a hundred.
_NOTES = compile_later(r"([一两二三四五六七八九十]|\d{1,2})张(?:毛爷爷|大?红票子?|百元大钞|大红牛)")
_ABOUT_A_THOUSAND = compile_later(r"(?<![\d一二两三四五六七八九几])千儿?八百")


_NEVER = compile_later(r"^(?:我|还|从来?)*没(?:有)?(?:去|喝|吃|用|买|做|练|来)过")

_EACH_WEEK = compile_later(r"每个?(?=周|星期|礼拜)")  # 每周一次 is 一周一次, and no Monday
_ABSTAINS = compile_later(r"(?:我|早就?|已经|都|从来)*(?:滴酒不沾|烟酒不沾)的?")

_NOTHING_SPENT = compile_later(r"一(?:分|毛)钱?(?:也|都)?(?:不|没)(?:想)?[花出掏用]|^(?:我|从来?|基本)*[不没]花过?钱$")


# 5.6片: two that follow each other, of what is counted whole.
_DOTTED = compile_later(r"(?<![\d.])([1-9])\.([2-9])(?=[片次口顿回个包趟])")


def _dotted(found: re.Match[str]) -> str:
    return f"{found[1]}-{found[2]}" if int(found[2]) == int(found[1]) + 1 else found[0]


def _dozens(found: re.Match[str]) -> str:
    return "6个" if found.group(1) == "半" else f"{_count(found.group(1)) * 12}个"


def read_number(text: str, asked: str) -> Amount | None:
    """The number or range that a reply gives to the question `asked` (its text and key); None if there is none."""
    if _PEOPLE.search(asked):
        count = _people(re.sub(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])", ",", text).replace(" ", ""))
        if count is not None:
            return count
    bare = text.strip(" ,，。.!！吧啊呀呢了哦")
    if (_NONE.match(bare) or _NEVER.match(bare) or _ABSTAINS.fullmatch(bare)) and not _MONEY_ASKED.search(asked):
        return 0
    if HOW_MANY.search(asked):
        text = _DOTTED.sub(_dotted, _EACH_WEEK.sub("一", text))
    if every_day_of_the_week(text, asked):
        return 7
    if _NOTHING_SPENT.search(bare) and _MONEY_ASKED.search(asked):
        return 0
    text = in_one_piece(_NOTES.sub(lambda found: f"{_count(found[1]) * 100}块", _DOZEN.sub(_dozens, text)))
    if _ABOUT_A_THOUSAND.search(text):
        return None
    found = numbers(text)
    halves = None if _MONEY_ASKED.search(asked) else _half(text, asked)  # 半个月工资
    if halves is not None:
        return halves
    if not found:
        return None
    return _merge(text, found, _best(text, found, asked))


def _half(text: str, asked: str) -> float | None:
    half = re.fullmatch(rf"\W*(?:大概|差不多|就|一般|每次|也就)*半([{_MEASURES}])\D{{0,4}}", text)
    if half:
        return 0.5
    and_half = re.search(rf"(\d{{1,3}}|[一二两三四五六七八九十]{{1,2}})(?:个)?([{_MEASURES}])半", text)
    if and_half:
        return _count(and_half.group(1)) + 0.5
    return None


def _merge(text: str, found: list[Number], at: int) -> Amount:
    """Both ends where two numbers bound the same thing: 最少三百最多五百 is [300, 500]."""
    values = [amount_at(text, found, i) for i in range(len(found))]
    if (
        len(found) == 2
        and text[found[0].end : found[1].start] in ("多", "多到", "出头", "不到")
        and found[0].low < found[1].low
    ):
        return [tidy(found[0].low), tidy(found[1].high)]
    open_ends = [v for v in values if isinstance(v, list) and len(v) == 2 and v[1] is None]
    capped = [v for v in values if isinstance(v, list) and len(v) == 2 and v[0] == 0 and v[1] is not None]
    if len(found) == 2 and len(open_ends) == 1 and len(capped) == 1:
        low, high = open_ends[0][0], capped[0][1]
        if low is not None and high is not None and low <= high:
            return [low, high]
    return values[at]


def _best(text: str, found: list[Number], asked: str) -> int:
    """Which of several numbers answers: one with the measure that was asked for, never the 一斤 of 一斤八百."""
    if len(found) == 1:
        return 0
    money = bool(_MONEY_ASKED.search(asked))
    wanted = set(HOW_MANY.findall(asked)) | ({"人", "个", "口", "位"} if _PEOPLE.search(asked) else set())
    scores = []
    for at, number in enumerate(found):
        after = text[number.end : number.end + 6]
        score = 0
        if MONEY_AFTER.match(after):
            score += 3 if money else -2
        if money and PER.match(after):
            score -= 4
        if (not money and after.lstrip("来多把个 ")[:1] in wanted) or after[:1] in wanted:
            score += 4
        elif not money and wanted and after[:1] in _MEASURES and after[:1]:
            score -= 1
        if number.low == 1 and after[:1] in _MEASURES and at + 1 < len(found):
            score -= 2
        if re.search(
            r"(?:总共|一共|合计|加起来|总计|还剩|剩下?|只剩|现在|目前|如今)(?:是|有|大概|就)?$",
            text[max(0, number.start - 6) : number.start],
        ):
            score += 3
        if re.search(r"(?:本来|原来|原先|以前|之前)(?:是|有|就)?$", text[max(0, number.start - 6) : number.start]):
            score -= 3
        scores.append(score)
    return max(range(len(found)), key=lambda at: (scores[at], -at))


def is_about_people(asked: str) -> bool:
    """Whether a question asks for a number of people."""
    return bool(_PEOPLE.search(asked))


def is_about_money(asked: str) -> bool:
    """Whether a question asks for an amount of money."""
    return bool(_MONEY_ASKED.search(asked))
