"""The column `rule`: how an entry repeats, read from English or Chinese into frozen values.

`str()` of a value is its one canonical spelling, which reads back as the same value. What the values mean in days is
the matter of `cadence`.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import msgspec

from content_calendar import lunar
from content_calendar.recurrence import Recurrence, RecurrenceError, parse_recurrence
from content_calendar.weekdays import BY_NAME
from models.patterns import compile_later
from models.playbook_values import WEEKDAYS

EXPECTED = (
    "每天、工作日、每周一、周四、每月15日、每月最后一天、每月第二个周六、每年1月1日、农历八月十五、节气 冬至、"
    "生日、加入后3天、购买后7天、沉默30天、备稿，或 RRULE:…"
)
WEEKDAY_BY_NUMBER = "星期要写名字，不能写数字：每周一、周四，或「weekly mon,thu」"

_WEEKDAY_NAMES = f"星期的名字：{'、'.join(WEEKDAYS)}，或 每周一、周四"


class RuleError(ValueError):
    """The rule cannot be read; the message says in Chinese what is expected."""


class Once(msgspec.Struct, frozen=True):
    """On the entry's date only."""

    def __str__(self) -> str:
        return ""


class Daily(msgspec.Struct, frozen=True):
    """Every day."""

    def __str__(self) -> str:
        return "daily"


class Workdays(msgspec.Struct, frozen=True):
    """Every working day: not on public holidays, but on make-up Saturdays and Sundays."""

    def __str__(self) -> str:
        return "workdays"


class Weekly(msgspec.Struct, frozen=True):
    """On the given weekdays (0 is Monday, ascending)."""

    days: tuple[int, ...]

    def __str__(self) -> str:
        return f"weekly {','.join(WEEKDAYS[day] for day in self.days)}"


class MonthlyDay(msgspec.Struct, frozen=True):
    """On a day of the month; in a shorter month on its last day."""

    day: int

    def __str__(self) -> str:
        return f"monthly {self.day}"


class MonthlyLast(msgspec.Struct, frozen=True):
    """On the last day of the month."""

    def __str__(self) -> str:
        return "monthly last"


class MonthlyWeekday(msgspec.Struct, frozen=True):
    """On the nth (1 to 5, or -1: the last) weekday of the month; months without a fifth are left out."""

    nth: int
    weekday: int

    def __str__(self) -> str:
        return f"monthly {_ORDINALS[self.nth]} {WEEKDAYS[self.weekday]}"


class LunarDay(msgspec.Struct, frozen=True):
    """On a day of the lunar year; in a shorter month on its last day, never in a leap month."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"lunar {self.month}-{self.day}"


class SolarTerm(msgspec.Struct, frozen=True):
    """On a solar term, by its Chinese name."""

    name: str

    def __str__(self) -> str:
        return f"term {self.name}"


class BirthdayRule(msgspec.Struct, frozen=True):
    """On the member's birthday."""

    def __str__(self) -> str:
        return "birthday"


class After(msgspec.Struct, frozen=True):
    """So many days after the member joined, bought something, or said the last word."""

    event: Literal["joined", "bought", "silent"]
    days: int

    def __str__(self) -> str:
        return f"{self.event}+{self.days}d"


class SpareRule(msgspec.Struct, frozen=True):
    """On no day by itself: a draft that is taken where one is missing."""

    def __str__(self) -> str:
        return "spare"


MonthlyRule = MonthlyDay | MonthlyLast | MonthlyWeekday
DateRule = Once | Daily | Workdays | Weekly | MonthlyRule | LunarDay | SolarTerm | SpareRule | Recurrence
PersonRule = BirthdayRule | After
Rule = DateRule | PersonRule

_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th", -1: "last"}
_NTH = {spelling: nth for nth, spelling in _ORDINALS.items()}
_WEEKDAY = "(?:周|星期|礼拜)"
_LONGEST_MONTH = 31
_LONGEST_LUNAR_MONTH = 30
_MONTHS = 12
_LONGEST_WAIT = 3650

_FIXED: dict[str, Rule] = {
    "": Once(),
    "daily": Daily(),
    "每天": Daily(),
    "每日": Daily(),
    "天天": Daily(),
    "workdays": Workdays(),
    "工作日": Workdays(),
    "每个工作日": Workdays(),
    "每工作日": Workdays(),
    "每周末": Weekly((5, 6)),
    "周末": Weekly((5, 6)),
    "monthly last": MonthlyLast(),
    "每月最后一天": MonthlyLast(),
    "每个月最后一天": MonthlyLast(),
    **dict.fromkeys(("每月最后1天", "每月月底", "每月底", "每月末", "月底", "月末"), MonthlyLast()),
    "spare": SpareRule(),
    "备稿": SpareRule(),
    "birthday": BirthdayRule(),
    "生日": BirthdayRule(),
    "生日当天": BirthdayRule(),
}


@lru_cache(maxsize=4096)
def parse_rule(text: str) -> Rule:
    """Read a rule in any accepted spelling. Raises `RuleError`."""
    # Full-width digits, commas, colons and plus signs come from Chinese keyboards.
    spelling = " ".join(unicodedata.normalize("NFKC", text).split())
    folded = spelling.lower()
    if folded in _FIXED:
        return _FIXED[folded]
    if folded.startswith("rrule"):
        try:
            return parse_recurrence(spelling)
        except RecurrenceError as error:
            raise RuleError(str(error)) from None
    for pattern, build in _FORMS:
        if match := pattern.fullmatch(folded):
            return build(match)
    raise RuleError(EXPECTED)


def _weekly(match: re.Match[str]) -> Rule:
    # 每周一、周四 and 周一到周五 in one form: 一,四 and 一-五. 每周一三五 has nothing between.
    names = re.sub(f"{_WEEKDAY}|[;、和及/ ]", ",", re.sub(f" ?[到至~-] ?{_WEEKDAY}?", "-", match[1]))
    names = re.sub("(?<=[一二三四五六日天])(?=[一二三四五六日天])", ",", names)
    days: set[int] = set()
    for name in filter(None, names.split(",")):
        if re.search(r"\d", name):
            raise RuleError(WEEKDAY_BY_NUMBER)
        first, _, last = name.partition("-")
        if first not in BY_NAME or (last or first) not in BY_NAME:
            raise RuleError(_WEEKDAY_NAMES)
        length = (BY_NAME[last or first] - BY_NAME[first]) % len(WEEKDAYS)
        days |= {(BY_NAME[first] + number) % len(WEEKDAYS) for number in range(length + 1)}
    if not days:
        raise RuleError(_WEEKDAY_NAMES)
    return Weekly(tuple(sorted(days)))


def _monthly_day(match: re.Match[str]) -> Rule:
    return MonthlyDay(_within(_number(match[1]), 1, _LONGEST_MONTH, "每月几日：1 到 31"))


def _monthly_weekday(match: re.Match[str]) -> Rule:
    return _nth_weekday(_NTH.get(match[1], 0), match[2])


def _monthly_weekday_chinese(match: re.Match[str]) -> Rule:
    return _nth_weekday(_number(match[1]) if match[1] else -1, match[2])


def _nth_weekday(nth: int, name: str) -> MonthlyWeekday:
    if name.isdecimal():
        raise RuleError(WEEKDAY_BY_NUMBER)
    if name not in BY_NAME or nth not in _ORDINALS:
        raise RuleError("每月第二个周六、每月最后一个周日，或「monthly 2nd sat」「monthly last sun」，最多第五个")
    return MonthlyWeekday(nth, BY_NAME[name])


def _lunar_numbers(match: re.Match[str]) -> Rule:
    return _lunar(int(match[1]), int(match[2]))


def _lunar_words(match: re.Match[str]) -> Rule:
    month = int(match[1]) if match[1].isdigit() else lunar.MONTHS.get(f"{match[1]}月", 0)
    day = lunar.DAYS.get(match[2]) or _number(match[2].removeprefix("初"))
    return _lunar(month, day)


def _lunar(month: int, day: int) -> LunarDay:
    expected = "农历月 1 到 12、日 1 到 30：lunar 8-15 或 农历八月十五"
    return LunarDay(_within(month, 1, _MONTHS, expected), _within(day, 1, _LONGEST_LUNAR_MONTH, expected))


def _yearly(match: re.Match[str]) -> Rule:
    month, day = (_number(one) for one in match.groups())
    _within(day, 1, monthrange(_LEAP_YEAR, _within(month, 1, 12, EXPECTED))[1], EXPECTED)
    return parse_recurrence(f"RRULE:FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}")


def _festival(match: re.Match[str]) -> Rule:
    return LunarDay(*lunar.FESTIVALS[match[1]])


def _term(match: re.Match[str]) -> Rule:
    if match[1] not in lunar.TERMS:
        raise RuleError(f"节气：{'、'.join(sorted(lunar.TERMS, key=lambda name: lunar.solar_term(2026, name)))}")
    return SolarTerm(match[1])


def _after(event: Literal["joined", "bought", "silent"], fewest: int) -> Callable[[re.Match[str]], Rule]:
    expected = f"天数 {fewest} 到 {_LONGEST_WAIT}：joined+3d 加入后3天、bought+7d 购买后7天、silent+30d 沉默30天"
    return lambda match: After(event, _within(_number(match[1]), fewest, _LONGEST_WAIT, expected))


def _within(number: int, lowest: int, highest: int, expected: str) -> int:
    if not lowest <= number <= highest:
        raise RuleError(expected)
    return number


def _number(numeral: str) -> int:
    """A number in digits or Chinese numerals; -1 for what is neither, which every range refuses."""
    if numeral.isdecimal():
        return int(numeral)
    import cn2an  # takes a sixth of a second, and few calendars have such a numeral

    try:
        return int(cn2an.cn2an(numeral, "normal"))
    except (ValueError, KeyError):  # 十十 and its like: a unit behind a unit
        return -1


_NUMERAL = r"(\d{1,6}|[一二三四五六七八九十百]{1,5})"
_LEAP_YEAR = 2028  # whose months are the longest
_CHINESE_DIGIT = "[一二三四五六七八九十]"
_LUNAR_DAY = f"(?:初?{_CHINESE_DIGIT}{{1,3}}|廿{_CHINESE_DIGIT})"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Rule]], ...] = tuple(
    (compile_later(pattern, re.ASCII), build)
    for pattern, build in (
        (r"weekly (.+)", _weekly),
        (rf"(?:每逢?个?)?({_WEEKDAY}.+)", _weekly),
        (rf"monthly {_NUMERAL}", _monthly_day),
        (rf"每个?月 ?{_NUMERAL} ?[日号]", _monthly_day),
        (rf"每年(?:的 ?)?{_NUMERAL}月{_NUMERAL}[日号]", _yearly),
        (r"monthly (\w+) (\w+)", _monthly_weekday),
        (rf"每个?月的?(?:第{_NUMERAL}|最后一)个?{_WEEKDAY}(.)", _monthly_weekday_chinese),
        (r"(?:lunar|农历) ?(\d{1,2})-(\d{1,2})", _lunar_numbers),
        (rf"(?:农历|阴历)? ?({'|'.join(lunar.FESTIVALS)})", _festival),
        (
            rf"(?:农历|阴历) ?闰?(\d{{1,2}}|{_CHINESE_DIGIT}{{1,2}}|[正冬腊])月(\d{{1,2}}|{_LUNAR_DAY})[日号]?",
            _lunar_words,
        ),
        # Without 农历 only what can be no date of the solar calendar: 腊月三十 and 八月初五, not 十月一日.
        (rf"([正冬腊])月({_LUNAR_DAY})", _lunar_words),
        (rf"闰?({_CHINESE_DIGIT}{{1,2}})月(初{_CHINESE_DIGIT}|廿{_CHINESE_DIGIT})", _lunar_words),
        (r"(?:term|节气)[ :]*(\S+)", _term),
        # 清明 and 清明节 are said without 节气 too.
        (rf"({'|'.join(sorted(lunar.TERMS))})(?:节|当天)?", _term),
        (rf"joined ?\+ ?{_NUMERAL}d", _after("joined", 0)),
        (rf"(?:加入|入群|进群)后 ?第? ?{_NUMERAL} ?天", _after("joined", 0)),
        (rf"bought ?\+ ?{_NUMERAL}d", _after("bought", 0)),
        (rf"(?:购买|下单|买)后 ?第? ?{_NUMERAL} ?天", _after("bought", 0)),
        (rf"silent ?\+ ?{_NUMERAL}d", _after("silent", 1)),
        (rf"沉默 ?{_NUMERAL} ?天", _after("silent", 1)),
    )
)
