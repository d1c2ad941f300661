"""What people write to a pet hospital, a gym, a bakery and a bookshop."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from handlers.understanding import Option, Prior, Question, understand

BUDGET = Question("budget", "number", "每个月大概花多少钱？")
AGE = Question("age", "age_months", "毛孩子多大啦？")
BIRTHDAY = Question("birthday", "date", "您的生日是哪天？")
VISIT = Question("visit", "date", "您打算哪天来店里？")
VACCINATED = Question("vaccinated", "yesno", "疫苗打过了吗？")
NEUTERED = Question("neutered", "yesno", "做过绝育了吗？")
CALL = Question("call", "name", "怎么称呼您呀？")
TROUBLE = Question("trouble", "freetext", "最近有什么困扰吗？")
TIME = Question(
    "time",
    "choice",
    "一般什么时候来练？A早上 B中午 C晚上",
    (Option("am", "早上"), Option("noon", "中午"), Option("pm", "晚上")),
)
PEOPLE = Question("people", "number", "家里几口人呀？")
PHONE = Question("phone", "phone", "方便留个手机号吗？")
CITY = Question("city", "region", "您在哪个城市？")
ADULT = Question("adult", "yesno", "请确认您已满18周岁？")
CHILD = Question("child", "yesno", "家里有小朋友吗？")
SAMPLE = Question("sample", "yesno", "送您一份试用装，要不要？")
LIQUOR = Question(
    "liquor",
    "multi",
    "平时喝哪些酒？1酱香 2浓香 3清香 4红酒",
    (Option("sauce", "酱香"), Option("strong", "浓香"), Option("light", "清香"), Option("wine", "红酒")),
)
MILK = Question(
    "milk",
    "choice",
    "宝宝吃母乳还是奶粉？1母乳 2奶粉 3混合",
    (Option("breast", "母乳"), Option("formula", "奶粉"), Option("mixed", "混合")),
)
SKIN = Question(
    "skin",
    "choice",
    "您是什么肤质？A干皮 B油皮 C混合",
    (Option("dry", "干皮"), Option("oily", "油皮"), Option("mixed", "混合")),
)
OFTEN = Question(
    "often",
    "choice",
    "多久来一次？1每天 2每周一次 3更少",
    (Option("day", "每天"), Option("week", "每周一次"), Option("less", "更少")),
)


@pytest.mark.parametrize(
    ("question", "reply", "value"),
    [
        (BUDGET, "九块九", 9.9),
        (BUDGET, "99块9吧", 99.9),
        (BUDGET, "九块九包邮那种", 9.9),
        (BUDGET, "二十块一节课", 20),
        (BUDGET, "100块1次", 100),
        (BUDGET, "两百50", 250),
        (BUDGET, "1万2000", 12000),
        (BUDGET, "一万不到", [0, 10000]),
        (BUDGET, "2000不到一点", [0, 2000]),
        (BUDGET, "五百不到一千", [500, 1000]),
        (BUDGET, "一分钱都不想花", 0),
        (AGE, "半个月", 0),
        (AGE, "俩半月", 2),
        (AGE, "一个半月", 1),
        (AGE, "一只3岁一只半岁", [36, 6]),
        (BIRTHDAY, "2/19/1990", "1990-02-19"),
        (BIRTHDAY, "19/2/1990", "1990-02-19"),
        (BIRTHDAY, "May 5th, 1992", "1992-05-05"),
        (BIRTHDAY, "5 May", "--05-05"),
        (VISIT, "明天吧", "2027-03-11"),
        (VACCINATED, "打了", True),
        (VACCINATED, "都打完啦", True),
        (VACCINATED, "打狂犬了", True),
        (VACCINATED, "还没打", False),
        (VACCINATED, "下周去打", False),
        (NEUTERED, "昨天刚做完", True),
        (BUDGET, "一个w吧", 10000),
        (BUDGET, "一个月5、600", [500, 600]),
        (BUDGET, "11月20号左右两百", 200),
        (PEOPLE, "2+1", 3),
        (PEOPLE, "就我一个", 1),
        (PHONE, "壹叁捌零零壹叁捌零零零", "13800138000"),
        (CALL, "【阿杰】", "阿杰"),
        (CALL, "我是团子的爸爸", "团子的爸爸"),
        (TIME, "晚上吧 早上起不来", "pm"),
        (LIQUOR, "酱香味太冲 清香吧", ["light"]),
        (MILK, "都吃", "mixed"),
        (SKIN, "T区油两颊干", "mixed"),
        (SKIN, "干", "dry"),
        (OFTEN, "很少去", "less"),
        (ADULT, "我儿子都上高中了", True),
        (CHILD, "俩娃", True),
        (CHILD, "只有猫", False),
        (SAMPLE, "给我寄", True),
    ],
)
def test_answers(question: Question, reply: str, value: Any) -> None:
    got = understand(question, reply, asked_on=date(2027, 3, 10))
    assert (got.act, got.value) == ("answer", value)


@pytest.mark.parametrize(
    ("question", "reply", "act"),
    [
        (VISIT, "明天或者后天", "unclear"),
        (VACCINATED, "打算打", "unclear"),
        (NEUTERED, "准备做", "unclear"),
        (CALL, "转人工", "question"),
        (TROUBLE, "人工服务", "question"),
        (LIQUOR, "戒了", "decline"),
        (LIQUOR, "老婆不让喝了", "decline"),
        (BUDGET, "下一个", "decline"),
        (BUDGET, "半个月工资", "unclear"),
        (BUDGET, "就我一个", "unclear"),
        (PEOPLE, "腊月廿三", "unclear"),
        (PEOPLE, "5月20号", "unclear"),
        (CALL, "上次的蛋糕是坏的！退钱！", "unclear"),
        (BUDGET, "下班跟你说", "later"),
    ],
)
def test_no_answers(question: Question, reply: str, act: str) -> None:
    got = understand(question, reply, asked_on=date(2027, 3, 10))
    assert (got.act, got.value) == (act, None)


def test_a_day_that_was_told_is_put_into_the_other_calendar() -> None:
    got = understand(CALL, "哦生日是农历的", prior=(Prior(BIRTHDAY, "--05-20"),))
    assert (got.act, got.corrects, got.value) == ("correct", "birthday", "lunar:05-20")


def test_goods_that_were_sent_wrongly_correct_no_answer() -> None:
    prior = (Prior(BIRTHDAY, "--05-20"), Prior(BUDGET, 500))
    assert understand(TIME, "上次发错了，不要了", prior=prior).act == "unclear"
    assert understand(TIME, "刚才说错了，预算是六百", prior=prior).act == "correct"


def test_a_correction_that_comes_to_the_same_answer_keeps_it() -> None:
    prior = (Prior(CITY, "江苏省苏州市"), Prior(BUDGET, 500))
    got = understand(TIME, "刚才说错了 我在太仓，不过也是苏州", prior=prior)
    assert (got.act, got.corrects, got.value) == ("correct", "city", "江苏省苏州市")
    assert understand(TIME, "我在苏州，这个写错了", prior=prior).value is None


def test_a_bare_day_is_the_next_one_that_there_is() -> None:
    assert understand(VISIT, "30号", asked_on=date(2028, 2, 10)).value == "2028-03-30"
    assert understand(VISIT, "29号", asked_on=date(2028, 2, 10)).value == "2028-02-29"


def test_a_repair_by_figures_corrects_no_number_that_was_told_before() -> None:
    prior = (Prior(PEOPLE, 3),)
    got = understand(LIQUOR, "3 不对 4", prior=prior)
    assert (got.act, got.value) == ("answer", ["wine"])
    assert understand(LIQUOR, "人数报错了，四个人", prior=prior).corrects == "people"


def test_who_says_that_nothing_was_wrong_corrects_nothing() -> None:
    prior = (Prior(CITY, "浙江省杭州市"),)
    assert understand(TIME, "没说错啊 就是杭州", prior=prior).act == "unclear"
    got = understand(TIME, "我住的地方换了 现在在无锡", prior=prior)
    assert (got.act, got.value) == ("correct", "江苏省无锡市")


@pytest.mark.parametrize("reply", ["你们搞错了吧", "搞错了吧", "价格搞错了吧"])
def test_a_mistake_of_the_shop_is_no_opting_out(reply: str) -> None:
    assert understand(TIME, reply).act != "optout"


@pytest.mark.parametrize("reply", ["你搞错人了", "你认错人了", "同志 你搞错对象了"])
def test_a_wrong_person_is(reply: str) -> None:
    assert understand(TIME, reply).act == "optout"
