"""“Later” sets a time: when somebody who is busy is to be asked again, by their own words."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from handlers.understanding.text import ANSWER_LIMIT, dense
from models.patterns import compile_later

MORNING = time(10)  # nobody is asked before that who said 明天
_PARTS: tuple[tuple[re.Pattern[str], time], ...] = (
    (compile_later("明早|早上|早晨|上午|一早"), MORNING),
    (compile_later("中午|午休"), time(12, 30)),
    (compile_later("下午"), time(15)),
    (compile_later("下班|放学"), time(19)),
    (compile_later("今晚|晚上|晚点睡|明晚|夜里|睡前|睡了|哄睡|到家|回家|回去|晚饭后|吃完晚饭"), time(20)),
)
_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九十")} | {"两": 2, "半": 0.5}
_NUMBER = r"(\d{1,2}|十[一二]?|[一二两三四五六七八九半])"
_SPAN = compile_later(
    rf"{_NUMBER}?(?:个)?(?:(半)(?:个)?)?(分钟|小时|钟头|天|周|星期|礼拜)(半)?(?:之?后|以后|再|左右|吧|说|聊|$)"
)
_MINUTES = {"分钟": 1, "小时": 60, "钟头": 60, "天": 1_440, "周": 10_080, "星期": 10_080, "礼拜": 10_080}
_CLOCK = compile_later(rf"{_NUMBER}点(半)?(?!儿|击|赞)")
_DAYS: tuple[tuple[re.Pattern[str], int], ...] = (
    (compile_later("大后天"), 3),
    (compile_later("后天"), 2),
    (compile_later("明天|明儿|明早|明晚|明日|赶明|改明|第二天"), 1),
    (compile_later("过(?:两|几|三)天|这几天|过阵子|过段时间|这阵子|忙完这|改天|改日|下次|以后"), 2),
    (compile_later("回头|有空|有时间|空了|得空|闲了|得闲|到时"), 1),
)
_WEEKDAY = compile_later(r"(下)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天末])")
_SHORTLY = compile_later(r"等一?下|等会|一会|待会|呆会|稍等|马上|等我?一哈|查|翻|找|量|算|看一?[下眼]|看看|问")


def time_for(text: str, at: datetime) -> datetime:
    """When to ask again, for what was said at that local moment. Always later than it; for words that name no time,
    an hour if they only look something up, else three."""
    said = dense(text[:ANSWER_LIMIT])
    if (span := _span(said)) is not None:
        return at + span
    day, named_day = _day(said, at)
    clock = _clock(said)
    if clock is None and not named_day:
        return at + (timedelta(hours=1) if _SHORTLY.search(said) else timedelta(hours=3))
    moment = datetime.combine(day.date(), clock or MORNING, at.tzinfo)
    if moment > at:
        return moment
    return at + timedelta(hours=1) if moment.date() == at.date() else at + timedelta(days=1)


def next_morning(at: datetime) -> datetime:
    """Ten o'clock on the next local day."""
    return datetime.combine(at.date() + timedelta(days=1), MORNING, at.tzinfo)


def spoken(moment: datetime, at: datetime) -> str:
    """A moment as one says it: 晚点, 晚上, 明天, 周六, 12月3号."""
    days = (moment.date() - at.date()).days
    if days <= 0:
        return "晚上" if moment.hour >= 18 > at.hour else "晚点"
    if days <= 2:
        return ("明天", "后天")[days - 1]
    if days < 7 - at.weekday():
        return f"周{'一二三四五六日'[moment.weekday()]}"
    return f"{moment.month}月{moment.day}号"


def _span(said: str) -> timedelta | None:
    found = _SPAN.search(said)
    if found is None or not (found[1] or found[2]):
        return None
    count = (_number(found[1]) if found[1] else 0) + (0.5 if found[2] or found[4] else 0)
    span = timedelta(minutes=count * _MINUTES[found[3]])
    return max(span, timedelta(minutes=5))


def _day(said: str, at: datetime) -> tuple[datetime, bool]:
    if (found := _WEEKDAY.search(said)) is not None:
        wanted = 5 if found[2] == "末" else "一二三四五六日".find(found[2].replace("天", "日"))
        monday = at - timedelta(days=at.weekday()) + timedelta(weeks=1 if found[1] else 0)
        day = monday + timedelta(days=wanted)
        return (day if day.date() >= at.date() else day + timedelta(weeks=1)), True
    if "下周" in said or "下星期" in said or "下礼拜" in said:
        return at + timedelta(days=7 - at.weekday()), True
    for words, days in _DAYS:
        if words.search(said):
            return at + timedelta(days=days), True
    return at, False


def _clock(said: str) -> time | None:
    part = next((when for words, when in _PARTS if words.search(said)), None)
    found = _CLOCK.search(said)
    if found is None:
        return part
    hour = int(_number(found[1]))
    if hour < 12 and (part.hour >= 12 if part is not None else hour < 8):
        hour += 12  # 晚上八点, and 三点 said by daylight
    return time(hour % 24, 30 if found[2] else 0)


def _number(written: str) -> float:
    if written.isdigit():
        return int(written)
    return sum(_DIGITS[sign] for sign in written)
