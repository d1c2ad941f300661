"""Every spelling of a repetition that the contract names, in both languages, and the refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.rules import EXPECTED, WEEKDAY_BY_NUMBER, RuleError, parse_rule

SPELLINGS: dict[str, tuple[str, ...]] = {
    "": (" ",),
    "daily": ("每天", "每日", "Daily"),
    "workdays": ("工作日", "每个工作日"),
    "weekly mon,thu": (
        "每周一、周四",
        "每周一、四",
        "每周四和周一",
        "每星期一、星期四",
        "weekly Thu, Mon",
        "weekly monday thursday",
    ),
    "weekly mon,tue,wed,thu,fri": ("每周一到周五", "周一至周五", "weekly mon-fri", "星期一到五"),
    "weekly mon,fri,sat,sun": ("每周五到周一", "每周五至周日、周一"),
    "weekly sun": ("每周日", "每周天", "每星期天", "周日", "每礼拜天", "每个周日", "每逢星期天"),
    "weekly sat,sun": ("每周末", "每周六、周日", "周末", "每周六日", "周六日"),
    "weekly mon,wed,fri": ("每周一三五", "周一三五", "每星期五三一", "每周一 三五"),
    "monthly 15": ("每月15日", "每月15号", "每月十五日", "每个月15号", "每月１５日"),
    "monthly 31": ("每月31日", "每月三十一号"),
    "monthly last": ("每月最后一天", "每个月最后一天", "每月最后1天", "每月底", "月末"),
    "monthly 2nd sat": ("每月第二个周六", "每月第2个星期六", "Monthly 2nd Sat", "每个月第二个礼拜六"),
    "monthly last fri": ("每月最后一个周五", "monthly last friday"),
    "lunar 8-15": ("农历八月十五", "农历8月15日", "农历 8-15", "农历中秋节", "lunar 08-15"),
    "lunar 12-30": ("腊月三十", "农历腊月三十", "农历十二月三十", "除夕"),
    "lunar 12-23": ("农历腊月廿三", "腊月二十三"),
    "lunar 11-1": ("冬月初一", "农历十一月初一"),
    "lunar 1-1": ("正月初一", "农历春节"),
    "lunar 8-5": ("八月初五", "农历八月初五"),
    "lunar 8-23": ("八月廿三",),
    "lunar 6-6": ("农历闰六月初六",),
    "term 冬至": ("节气 冬至", "节气冬至", "节气：冬至", "冬至", "冬至当天"),
    "term 清明": ("清明", "清明节"),
    "birthday": ("生日", "生日当天"),
    "joined+3d": (
        "加入后3天",
        "加入后 3 天",
        "joined + 3d",
        "加入后三天",
        "加入后第3天",
        "入群后3天",
        "入群后第 3 天",
        "进群后第三天",
    ),
    "bought+7d": ("购买后7天", "购买后 7 天", "下单后第7天", "买后七天"),
    "silent+30d": ("沉默30天", "沉默 30 天", "沉默三十天"),
    "RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1": ("每年1月1日", "每年一月一号"),
    "RRULE:FREQ=WEEKLY;BYDAY=MO": ("RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO", "RRULE:BYDAY=MO;FREQ=WEEKLY"),
    "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH": (
        "rrule:freq=weekly;byday=mo,th;interval=2",
        "RRULE：FREQ=WEEKLY；INTERVAL=2；BYDAY=MO，TH",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;",
    ),
}


@pytest.mark.parametrize(
    ("canonical", "spelling"), [(name, spelling) for name, all_of in SPELLINGS.items() for spelling in (name, *all_of)]
)
def test_every_spelling_has_one_canonical_form(canonical: str, spelling: str) -> None:
    assert str(parse_rule(spelling)) == canonical
    assert parse_rule(spelling) == parse_rule(canonical)


@pytest.mark.parametrize(
    "spelling",
    [
        "weekly 1",
        "weekly 1,4",
        "每周1",
        "每周1、4",
        "每周1、周四",
        "周1到周5",
        "monthly 2nd 6",
        "每月第二个周6",
        "weekly mon,4",
    ],
)
def test_weekdays_by_number_are_refused(spelling: str) -> None:
    with pytest.raises(RuleError, match=WEEKDAY_BY_NUMBER):
        parse_rule(spelling)


@pytest.mark.parametrize(
    "spelling",
    [
        "sometimes",
        "每两天",
        "十月一日",
        "十月一",
        "10月1日",
        "weekly",
        "weekly funday",
        "monthly",
        "monthly 0",
        "monthly 32",
        "monthly 6th sat",
        "monthly 0th sat",
        "每月第六个周六",
        "每月第二个周八",
        "monthly 2nd foo",
        "lunar 13-1",
        "lunar 8-31",
        "lunar 0-1",
        "农历八月四十",
        "农历十三月初一",
        "term 寒冷",
        "joined+d",
        "joined+99999d",
        "silent+0d",
        "沉默很多天",
        "RRULE",
    ],
)
def test_what_is_no_rule_is_refused_with_a_sentence(spelling: str) -> None:
    with pytest.raises(RuleError, match=r"[\u4e00-\u9fff]"):
        parse_rule(spelling)


def test_something_else_gets_the_whole_list() -> None:
    with pytest.raises(RuleError) as refusal:
        parse_rule("每隔一阵子")
    assert str(refusal.value) == EXPECTED


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        rule = parse_rule(text)
    except RuleError:
        return
    assert parse_rule(str(rule)) == rule


@given(
    st.sampled_from(
        ("每周", "每月", "农历", "weekly ", "monthly ", "lunar ", "joined+", "沉默", "RRULE:FREQ=", "节气")
    ),
    st.text(alphabet="一二三四五六日末第个周月初十廿最后天0123456789,-; satmonfriDAILYBY=", max_size=16),
)
def test_near_misses_are_read_or_refused(prefix: str, rest: str) -> None:
    try:
        rule = parse_rule(prefix + rest)
    except RuleError:
        return
    assert parse_rule(str(rule)) == rule


@pytest.mark.parametrize("day", ["十十", "百十", "一百十百"])
def test_numerals_that_are_no_number_are_a_fault(day: str) -> None:
    with pytest.raises(RuleError):
        parse_rule(f"农历八月{day}")


def test_what_a_wrong_rule_is_answered_with_is_chinese_and_can_be_written() -> None:
    forms = EXPECTED.removesuffix("，或 RRULE:…").replace("每周一、周四", "每周一").split("、")
    assert len(forms) > 10
    for form in forms:
        parse_rule(form)
    assert not any(letter.islower() for letter in EXPECTED)
