"""Days: 90.5.3, 五月初三, 农历八月十五, 国庆那天, 下周三. Solar unless told as lunar; a month alone is no day."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from handlers.understanding.day_forms import figure, full_year, last_of_month, normal_form
from handlers.understanding.festivals import LUNAR_DAYS, SOLAR_DAYS
from handlers.understanding.western_dates import read_western, read_year_last
from models.patterns import compile_later

_LUNAR_WORD = compile_later(
    r"农历|阴历|旧历|老历|古历|农厉|阴厉|农歷|旧暦|lunar|老黄历|闰月|(?<![a-z])农(?=\d|"
    r"[正一二三四五六七八九十冬腊])|阴(?=\d|[正一二三四五六七八九十冬腊])"
)
_SOLAR_WORD = compile_later(r"阳历|公历|新历|国历|阳厉|solar|身份证|(?<!太)阳(?=\d)")
_CN = "〇零一二两三四五六七八九十"
_YEAR = (
    rf"(?P<year>(?:19|20)\d\d|(?<!\d)\d\d(?=\s?[年./\-])|[一二][{_CN}]{{3}}(?=年)|"
    rf"[五六七八九〇零一二][{_CN}](?=年)|今年|去年|前年|明年|后年|本年|大前年)"
)
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|正|冬|腊|十一|十二|十|[一二三四五六七八九])"
_DAY = (
    r"(?P<day>初(?:十|[一二三四五六七八九]|\d)|廿[一二三四五六七八九]?|卅|二十[一二三四五六七八九]?|三十一?|"
    r"十[一二三四五六七八九]?|[一二三四五六七八九]|3[01]|[12]\d|0?[1-9])"
)
_WRITTEN = compile_later(
    rf"(?:{_YEAR}\s?(?:年|[./\-])?(?:的|生?属[鼠牛虎兔龙蛇马羊猴鸡狗猪])?[, ]?(?:的)?"
    rf"(?:农历|阴历|阳历|公历|旧历|新历)?的?\s?|"
    rf"(?<![\d.]))(?P<leap>闰)?{_MONTH}\s?(?P<mark>月(?:份|底|末|中旬?)?|[./\-])\s?(?:的)?(?:农历|"
    rf"阴历)?{_DAY}(?![\d一二三四五六七八九十]|个|月(?!亮)|点|块|岁|%|折|斤|元(?!宵|旦))\s?(?P<close>日|号)?"
)
_SPACED = compile_later(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s+(?P<month>1[0-2]|0?[1-9])\s+(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"
)
_DIGITS8 = compile_later(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_DIGITS6 = compile_later(r"(?<!\d)(\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_DIGITS4 = compile_later(r"(?<![\d*])(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![\d*年])")
_DIGITS3 = compile_later(r"^\D{0,6}([1-9])(0[1-9]|[12]\d|3[01])\D{0,4}$")

_FESTIVAL = compile_later(rf"(?<!\d)(?:{'|'.join(sorted((*SOLAR_DAYS, *LUNAR_DAYS), key=len, reverse=True))})(?!\d)")
_SHIFT = compile_later(
    r"^(?:节)?(?:那天|当天)?(?:的)?(?P<size>前|后|第二天|次日|隔天)(?P<count>一|两|二|三|1|2|3)?(?P<day>天|日)?"
)
_WEEKDAYS = {
    "一": 0,
    "二": 1,
    "三": 2,
    "四": 3,
    "五": 4,
    "六": 5,
    "日": 6,
    "天": 6,
    "末": 5,
    "1": 0,
    "2": 1,
    "3": 2,
    "4": 3,
    "5": 4,
    "6": 5,
    "7": 6,
}
_DAYS_AWAY = {
    "听日": 1,
    "明朝": 1,
    "寻日": -1,
    "琴日": -1,
    "今朝": 0,
    "大前天": -3,
    "大前日": -3,
    "前天": -2,
    "前日": -2,
    "前儿": -2,
    "昨天": -1,
    "昨日": -1,
    "昨儿": -1,
    "昨晚": -1,
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "今晚": 0,
    "今早": 0,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "明晚": 1,
    "明早": 1,
    "大后天": 3,
    "大后日": 3,
    "后天": 2,
    "后日": 2,
    "后儿": 2,
    "立马就来": 0,
    "马上就来": 0,
    "马上过来": 0,
    "现在就来": 0,
    "现在过来": 0,
    "这就来": 0,
    "today": 0,
    "tomorrow": 1,
    "yesterday": -1,
}
_YEARS_AWAY = compile_later(r"(去年|前年|明年)的?$")
_AWAY = compile_later("|".join(sorted(_DAYS_AWAY, key=len, reverse=True)))
_WEEK = compile_later(
    r"(?P<which>大上|上上|上|下下|下|这|本|这个|本个)?(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天1-7])"
)
_COUNTED = compile_later(
    r"(?P<count>\d{1,3}|[一二两三四五六七八九十半]{1,3})(?:个)?(?P<unit>天|日|周|星期|礼拜|月)(?:之?|"
    r"以)(?P<side>后|前)|(?:再过|还有|还差|再有)(?P<more>\d{1,3}|[一二两三四五六七八九十半]{1,3})(?:个)?(?P<of>天|周|星期|礼拜|月)"
)
_MONTH_AWAY = compile_later(rf"(?P<which>上上|上|下下|下|这|本)(?:个)?月(?:的)?\s?{_DAY}(?:号|日)?(?!\d)")
_BIRTH_MONTH = compile_later(
    rf"(?P<year>(?:20)\d\d|(?<!\d)\d\d(?=年)|今年|去年|前年|大前年|[二][〇零][{_CN}]{{2}}(?=年))\s?(?:年|"
    r"[./\-])?(?:的)?\s?(?P<month>1[0-2]|0?[1-9]|十一|十二|十|[一二三四五六七八九])\s?月"
)


def _is_lunar(text: str, start: int, end: int, found: re.Match[str]) -> bool:
    """Whether a written date is lunar: by its own words, or by the nearest calendar word of its clause or message."""
    if found["leap"] or found["month"] in "正冬腊" or found["day"][0] in "初廿卅":
        solar_near = _SOLAR_WORD.search(re.split(r"[,，。;；!！\n]", text[max(0, start - 40) : start])[-1])
        return not (solar_near and found["day"][0] not in "初廿卅")
    near = re.split(r"[,，。;；!！\n]", text[max(0, start - 40) : start])[-1]
    after = re.split(r"[,，。;；!！\n]", text[end : end + 40])[0]
    for window in (near, found.group(), after[:6]):
        lunar, solar = _LUNAR_WORD.search(window), _SOLAR_WORD.search(window)
        if lunar is not None or solar is not None:
            return lunar is not None and (solar is None or lunar.start() > solar.start())
    return _speaks_of_lunar_days(text)


def _is_lunar_feast(text: str, written: re.Match[str]) -> bool:
    """Whether the festival that is named right behind a written date is a lunar one of that very day: 九月九重阳."""
    feast = _FESTIVAL.match(text[written.end() :].lstrip(" ,，是的"))
    day = (figure(written["month"]), figure(written["day"]))
    return feast is not None and LUNAR_DAYS.get(feast.group()) == day


@lru_cache(maxsize=16)
def _speaks_of_lunar_days(text: str) -> bool:
    """Whether the message as a whole does; asked anew for each of the thousands of dates that one can have."""
    return (
        bool(_LUNAR_WORD.search(text))
        and not _SOLAR_WORD.search(text)
        and not re.search(r"不(?:是|过|用|算)?(?:农历|阴历)", text)
    )


def _written(text: str, asked_on: date | None) -> list[tuple[str, bool]]:
    found = []
    for match in _WRITTEN.finditer(text):
        if (
            not match["close"]
            and match["mark"] in "./-"
            and not match["year"]
            and re.search(r"[a-z¥%]\s?$", text[max(0, match.start() - 2) : match.start()])
        ):
            continue
        lunar = _is_lunar(text, match.start(), match.end(), match) or _is_lunar_feast(text, match)
        if match["mark"] in "./-" and match["year"] is None and match["month"] in "正冬腊":
            continue
        form = normal_form(full_year(match["year"], asked_on), figure(match["month"]), figure(match["day"]), lunar)
        if form:
            found.append((form, lunar))
    return found


def _figures(text: str, asked_on: date | None) -> str | None:
    lunar = bool(_LUNAR_WORD.search(text))
    for pattern in (_SPACED, _DIGITS8, _DIGITS6):
        match = pattern.search(text)
        if match:
            year, month, day = match.groups()
            return normal_form(full_year(year, asked_on), int(month), int(day), lunar)
    match = _DIGITS4.search(text) or _DIGITS3.match(text)
    return normal_form(None, int(match.group(1)), int(match.group(2)), lunar) if match else None


def _festival(text: str, asked_on: date | None) -> str | None:
    match = _FESTIVAL.search(text)
    if not match:
        return None
    name = match.group()
    lunar = name in LUNAR_DAYS
    month, day = LUNAR_DAYS[name] if lunar else SOLAR_DAYS[name]
    year_word = re.search(
        rf"(今年|去年|前年|明年|后年|(?:19|20)\d\d|(?<!\d)\d\d(?=年)|[{_CN}]{{2,4}}(?=年))(?:年)?(?:的)?$",
        text[: match.start()],
    )
    year = full_year(year_word.group(1), asked_on) if year_word else None
    shift = _SHIFT.match(text[match.end() :])
    if shift and (shift["day"] or shift["size"] in ("第二天", "次日", "隔天")):
        count = figure(shift["count"]) if shift["count"] else 1
        count = -count if shift["size"] == "前" else count
        if lunar:
            day += count
            if day < 1:
                month, day = (month - 2) % 12 + 1, 30 + day
        else:
            moved = date(year or 2001, month, day) + timedelta(count)
            year, month, day = (moved.year if year else None), moved.month, moved.day
    return normal_form(year, month, day, lunar)


def _relative(text: str, asked_on: date) -> date | None:
    if last := last_of_month(text, asked_on):
        return last
    away = _AWAY.search(text)
    if away and (yearly := _YEARS_AWAY.search(text[: away.start()])):
        # 去年的今天
        day = asked_on + timedelta(_DAYS_AWAY[away.group()])
        in_year = {"去年": -1, "前年": -2, "明年": 1}[yearly.group(1)] + day.year
        return day.replace(year=in_year, day=min(day.day, monthrange(in_year, day.month)[1]))
    if away:
        return asked_on + timedelta(_DAYS_AWAY[away.group()])
    month = _MONTH_AWAY.search(text)
    if month:
        steps = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}[month["which"]]
        index = asked_on.year * 12 + asked_on.month - 1 + steps
        try:
            return date(index // 12, index % 12 + 1, figure(month["day"]))
        except ValueError:
            return None
    week = _WEEK.search(text)
    if week:
        steps = {"大上": -2, "上上": -2, "上": -1, "下": 1, "下下": 2}.get(week["which"] or "", 0)
        day = asked_on - timedelta(asked_on.weekday()) + timedelta(7 * steps + _WEEKDAYS[week["day"]])
        return day + timedelta(7) if not week["which"] and day < asked_on else day
    counted = _COUNTED.search(text)
    if counted:
        written = counted["count"] or counted["more"]
        unit = counted["unit"] or counted["of"]
        sign = -1 if counted["side"] == "前" else 1
        if written == "半":
            return asked_on + timedelta(15 * sign) if unit == "月" else None
        count = figure(written) * sign
        if unit == "月":
            index = asked_on.year * 12 + asked_on.month - 1 + count
            year, month_number = index // 12, index % 12 + 1
            return date(year, month_number, min(asked_on.day, monthrange(year, month_number)[1]))
        return asked_on + timedelta(count * (1 if unit in "天日" else 7))
    return None


_ONLY_DAY = compile_later(
    r"(?<![\d.月年])(3[01]|[12]\d|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[号日](?!楼|店|线|院|门|[\d])"
)


def coming_day(text: str, asked_on: date) -> str | None:
    """15号, told for something that lies ahead: the next 15th from `asked_on` on; None if no bare day is told."""
    found = _ONLY_DAY.search(text)
    if found is None:
        return None
    day = figure(found.group(1))
    index = asked_on.year * 12 + asked_on.month - 1 + (day < asked_on.day)
    for ahead in (index, index + 1):  # 30号 said in February is in March
        if form := normal_form(ahead // 12, ahead % 12 + 1, day, lunar=False):
            return form
    return None


_REPAIRED_DAY = compile_later(rf"[,，\s]+{_DAY}\s?[号日]?[吧呀啊哈\s]*")


def day_of_same_month(text: str, repaired: str, asked_on: date | None) -> str | None:
    """三月七号 哦不 八号: what is repaired is the day alone, and the month stays. `repaired` is the text, masked up to
    the repair; None if it is not, or gives more than a day."""
    only = _REPAIRED_DAY.fullmatch(repaired)
    if only is None or len(repaired) != len(text):
        return None
    before = list(_WRITTEN.finditer(text[: only.start("day")]))
    return (
        read_date(f"{before[-1].group()[: before[-1].start('day') - before[-1].start()]}{only['day']}号", asked_on)
        if before
        else None
    )


def of_same_year(day: str | None, text: str, repaired: str, asked_on: date | None) -> str | None:
    """今年3月6 不是 3月9: the year of what is repaired stays. `repaired` is the text, masked up to the repair."""
    if day is None or not day.startswith("--") or len(repaired) != len(text):
        return day
    masked = len(repaired) - len(repaired.lstrip(","))
    before = _written(text[:masked], asked_on)
    return f"{before[0][0][:4]}{day[1:]}" if before and before[0][0][0] == "2" else day


def last_day(day: str | None, text: str, asked_on: date) -> str | None:
    """周六 or 15号, told for something that lies behind: the last one until `asked_on`. `day` is how it reads else."""
    if day is None:
        coming = coming_day(text, asked_on)
        if coming is None:
            return None
        ahead = date.fromisoformat(coming)
        if ahead == asked_on:
            return coming
        before = asked_on.replace(day=1) - timedelta(1) if ahead.day > asked_on.day else asked_on
        return normal_form(before.year, before.month, ahead.day, lunar=False)
    week = _WEEK.search(text)
    if week is None or week["which"] or day[:1] != "2" or day <= asked_on.isoformat():
        return day
    return (date.fromisoformat(day) - timedelta(7)).isoformat()


_EITHER = compile_later(
    r"[今明后][天日儿](?:或者?|要么)[明后][天日儿]|明后[天日]|今明两?天|"
    r"(?:周|星期|礼拜)[一二三四五六日天](?:或者?|要么)(?:周|星期|礼拜)[一二三四五六日天]|"
    r"(?:(?:周|星期|礼拜)[一二三四五六日天][和跟、,， 或]*){2,}都|周[一二三四五六][一二三四五六日天]都"
)


def read_date(text: str, asked_on: date | None) -> str | None:
    """A day in normal form (`YYYY-MM-DD`, `--MM-DD`, `lunar:MM-DD`, `lunar:YYYY-MM-DD`); None if none is told."""
    if _EITHER.search(text):
        return None
    text = re.sub(r"(?<=\d)\s+(?=[月年日号])|(?<=[月年底末])[\s,，]+(?=\d)", "", text)
    year_last = read_year_last(text)
    if year_last:
        return year_last
    written = _written(text, asked_on)
    if written:
        if len(written) > 1 and re.search(r"(?:过|算|按)的?(?:是)?(?:农历|阴历|旧历)", text):
            return next((form for form, lunar in written if lunar), written[0][0])
        if len(written) > 1 and re.search(r"(?:过|算|按)的?(?:是)?(?:阳历|公历|新历)", text):
            return next((form for form, lunar in written if not lunar), written[0][0])
        return written[0][0]
    festival = _festival(text, asked_on)
    if festival:
        return festival
    western = read_western(text)
    if western:
        return western
    if asked_on:
        try:
            day = _relative(text, asked_on)
        except OverflowError:
            day = None
        if day:
            return day.isoformat()
    return _figures(text, asked_on)


_RELATIVE_DAY = compile_later(
    rf"(?:去年|前年|明年)?的?(?:{_AWAY.pattern})|{_COUNTED.pattern}|(?:大上|上上|上|下下|下|这|本)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天1-7]|"
    rf"(?:{_FESTIVAL.pattern})节?"
)


def without_relative_days(text: str) -> str:
    """A text without the days that it names by a feast or by how far away they are."""
    return _RELATIVE_DAY.sub("", text)


def other_calendar(told: str, text: str) -> str | None:
    """The day that was told before, in the calendar that a text names without a new day: 我刚说的是农历."""
    if _written(text, None) or _figures(text, None) or _festival(text, None):
        return None
    lunar, solar = _LUNAR_WORD.search(text), _SOLAR_WORD.search(text)
    if (lunar is None) == (solar is None) or told.startswith("lunar:") == (lunar is not None):
        return None
    bare = told.removeprefix("lunar:").removeprefix("--")
    return f"lunar:{bare}" if lunar else bare if len(bare) > 5 else f"--{bare}"


def told_date(text: str, asked_on: date | None) -> str | None:
    """A birthday told in a reply to another question: a written month and day beside the word for it, or for the
    calendar that birthdays go by."""
    if not re.search(r"生日|生的|出生|预产|[农阴旧]历", text):
        return None
    written = _written(text, asked_on)
    return written[0][0] if written else None


def birth_month(text: str, asked_on: date) -> int | None:
    """Full months from a told birth date (or year and month) to `asked_on`; 0 where it lies ahead."""
    written = _written(text, asked_on)
    if not written and re.search(r"生|落地", text) and (feast := _festival(text, asked_on)):
        written = [(feast, feast.startswith("lunar"))]
    full = [form for form, lunar in written if not lunar and not form.startswith("--")]
    if full:
        born = date.fromisoformat(full[0])
    else:
        relative = _relative(text, asked_on) if re.search(r"生|落地", text) else None
        month = _BIRTH_MONTH.search(text)
        if relative:
            born = relative
        elif month and (year := full_year(month["year"], asked_on)):
            born = date(year, figure(month["month"]), 1)
        else:
            digits = _DIGITS8.search(text)
            if not digits or normal_form(int(digits[1]), int(digits[2]), int(digits[3]), False) is None:
                return None
            born = date(int(digits[1]), int(digits[2]), int(digits[3]))
    months = (asked_on.year - born.year) * 12 + asked_on.month - born.month - (asked_on.day < born.day)
    return max(0, months)
