"""Usual things said in unusual ways, as they were found in replies of strangers: each line stands for its kind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from handlers.understanding import Option, Prior, Question, understand

ASKED_ON = date(2031, 6, 18)  # a Wednesday

NAME = Question("call", "name", "怎么称呼您？")
BOTTLES = Question("bottles", "number", "家里现在还有几瓶？")
WEEKLY = Question("weekly", "number", "一个礼拜喝几回？")
SPEND = Question("spend", "number", "一般花多少钱？")
PEOPLE = Question("people", "number", "家里几口人？")
AGE = Question("age", "age_months", "宝宝多大了？")
BORN = Question("born", "date", "宝宝的生日是哪天？")
VISIT = Question("visit", "date", "哪天方便过来？")
ANNIVERSARY = Question("anniversary", "date", "结婚纪念日是哪天？")
BOUGHT = Question("bought", "yesno", "以前买过吗？")
SAMPLE = Question("sample", "yesno", "给您寄一份试吃，要吗？")
CARD = Question("card", "yesno", "要办张会员卡吗？")
INVOICE = Question("invoice", "yesno", "需要开发票吗？")
FIRST = Question("first", "yesno", "第一次来我们店吗？")
MASK = Question("mask", "choice", "多久敷一次面膜？", (Option("day", "天天敷"), Option("never", "从来不敷")))
NAPPIES = Question("nappies", "number", "一天用几片纸尿裤？")
CITY = Question("city", "region", "您在哪个城市？")
PREGNANT = Question("pregnant", "yesno", "您是准妈妈吗？")
IDEAS = Question("ideas", "freetext", "还有什么想让我们改进的？")
SKIN = Question(
    "skin",
    "choice",
    "您是什么肤质？",
    (
        Option("dry", "干性"),
        Option("oily", "油性"),
        Option("mixed", "混合性"),
        Option("sensitive", "敏感", ("换季泛红",)),
    ),
)
DEGREE = Question(
    "degree", "choice", "喜欢多少度的？", (Option("low", "低度"), Option("high", "高度"), Option("any", "都可以"))
)
OFTEN = Question(
    "often", "choice", "多久买一次？", (Option("week", "每周"), Option("month", "每月"), Option("sale", "等大促"))
)
GOODS = Question(
    "goods",
    "multi",
    "想囤点啥？",
    (Option("tissue", "抽纸"), Option("soap", "洗洁精"), Option("mop", "拖把"), Option("bag", "垃圾袋")),
)
STAGES = Question(
    "stages",
    "multi",
    "喝过哪些段？",
    (Option("s1", "1段"), Option("s2", "2段"), Option("s3", "3段"), Option("s4", "4段")),
)
TROUBLE = Question(
    "trouble", "multi", "想改善哪些？", (Option("water", "补水"), Option("acne", "祛痘"), Option("firm", "紧致"))
)


@pytest.mark.parametrize(
    ("question", "reply", "value"),
    [
        (NAME, "口天吴，吴建军", "吴建军"),
        (NAME, "大家都叫吕总", "吕总"),
        (NAME, "欧阳\n单名一个锋", "欧阳锋"),
        (BOTTLES, "囤了12瓶，喝掉5瓶 还剩7瓶", 7),
        (WEEKLY, "一礼拜三四回吧", [3, 4]),
        (WEEKLY, "每周一次", 1),
        (WEEKLY, "五六七回都有", [5, 7]),
        (WEEKLY, "天天喝", 7),
        (WEEKLY, "滴酒不沾", 0),
        (SPEND, "三千 打不住", [3000, None]),
        (SPEND, "五百都不止", [500, None]),
        (SPEND, "两张毛爷爷", 200),
        (NAPPIES, "白天不穿 晚上一片", 1),
        (NAPPIES, "没数过大概5.6片", [5, 6]),
        (SPEND, "三千五千都有过", [3000, 5000]),
        (PEOPLE, "俩大人俩小孩", 4),
        (PEOPLE, "本来四口，添了个娃，五口", 5),
        (PEOPLE, "七口人吧 加上保姆八口", 8),
        (PEOPLE, "单身贵族", 1),
        (AGE, "上礼拜刚抓过周", 12),
        (AGE, "下个月抓周", 11),
        (AGE, "1岁多一点", 12),
        (AGE, "十一个多月 下月一周岁", 11),
        (CITY, "常年在深圳打工，过年回湖北", "广东省深圳市"),
        (AGE, "一岁到一岁半之间", [12, 18]),
        (AGE, "一岁半到两岁", [18, 24]),
        (BORN, "正月十五 元宵节嘛好记得很", "lunar:01-15"),
        (BORN, "听我妈说是中秋第二天", "lunar:08-16"),
        (BORN, "零零年元旦", "2000-01-01"),
        (BORN, "我是91年的，10月24", "1991-10-24"),
        (BORN, "92年属猴，正月十八", "lunar:1992-01-18"),
        (VISIT, "这个月最后一天", "2031-06-30"),
        (VISIT, "明早九点", "2031-06-19"),
        (VISIT, "立马就来", "2031-06-18"),
        (VISIT, "20号下班后", "2031-06-20"),
        (VISIT, "今天太晚了，明天吧", "2031-06-19"),
        (VISIT, "还有半个月", "2031-07-03"),
        (VISIT, "7月3号\n不行那天有课\n7月6号", "--07-06"),
        (BOUGHT, "买过一会", True),
        (BOUGHT, "想买没买成", False),
        (BOUGHT, "咩都冇買過", False),
        (BOUGHT, "想买没钱", False),
        (SAMPLE, "留给别人吧", False),
        (SAMPLE, "寄嘛寄嘛", True),
        (CARD, "我有卡了", False),
        (CARD, "谢绝办卡哈", False),
        (CARD, "大可不必", False),
        (CARD, "千万别，老公看到要骂", False),
        (CARD, "办个锤子", False),
        (BOUGHT, "刚下单还没到", False),
        (BOUGHT, "听都没听说过", False),
        (FIRST, "第二回了", False),
        (FIRST, "还没去过呢，准备去", True),
        (CARD, "办卡的都是套路，不办", False),
        (INVOICE, "普票就行", True),
        (PREGNANT, "已经卸货啦", False),
        (PREGNANT, "我是爸爸…", False),
        (SKIN, "我女儿是油皮，我自己是干皮", "dry"),
        (SKIN, "以前油，生完孩子变干了", "dry"),
        (SKIN, "油的嘞 像炸锅", "oily"),
        (SKIN, "oily skin", "oily"),
        (SKIN, "换季就红", "sensitive"),
        (DEGREE, "高的低的都沾点，不挑", "any"),
        (OFTEN, "礼拜礼拜买", "week"),
        (OFTEN, "大促才买", "sale"),
        (MASK, "没敷过", "never"),
        (MASK, "不敷，浪费钱", "never"),
        (GOODS, "除咗拖把", ["tissue", "soap", "bag"]),
        (GOODS, "卷纸不要 抽纸要", ["tissue"]),
        (GOODS, "抽纸没了 来点", ["tissue"]),
        (GOODS, "抽纸、袋子", ["tissue", "bag"]),
        (GOODS, "1,2,3 说错 2不要", ["tissue", "mop"]),
        (GOODS, "1、2、3 没有4", ["tissue", "soap", "mop"]),
        (STAGES, "1跟2", ["s1", "s2"]),
        (STAGES, "前三个", ["s1", "s2", "s3"]),
        (STAGES, "从一段喝到三段", ["s1", "s2", "s3"]),
        (TROUBLE, "不想再长痘了", ["acne"]),
        (TROUBLE, "痘+紧致", ["acne", "firm"]),
        (TROUBLE, "补水，祛斗", ["water", "acne"]),
        (TROUBLE, "补水，去痘和紧治", ["water", "acne", "firm"]),
        (IDEAS, "别老是晚上十一点发广告 可以白天发", "别老是晚上十一点发广告 可以白天发"),
    ],
)
def test_an_answer_put_otherwise_is_read(question: Question, reply: str, value: Any) -> None:
    got = understand(question, reply, asked_on=ASKED_ON)
    assert (got.act, got.value) == ("answer", value)


@pytest.mark.parametrize(
    ("question", "reply", "act"),
    [
        (SPEND, "你们最便宜的几钱一支啊", "question"),
        (INVOICE, "电子的还是纸的", "question"),
        (VISIT, "看老婆放不放人", "unclear"),
        (FIRST, "面膜我不要了，能退钱不", "question"),
        (AGE, "一天几顿辅食合适呀", "question"),
        (SPEND, "手机丢了，补卡了再给你", "later"),
        (SKIN, "油性或者混合吧", "unclear"),
        (PEOPLE, "一大家子呢", "unclear"),
        (PEOPLE, "外面好大的雪", "chitchat"),
        (NAME, "姐姐们好呀👋", "chitchat"),
        (NAME, "认错人了，我单身狗一个", "optout"),
        (NAME, "加错好友了不好意思", "optout"),
        (NAME, "这不写着嘛，微信名就是", "decline"),
        (SPEND, "学生党 没啥钱", "decline"),
        (NAPPIES, "我妈在带，得问她", "later"),
        (GOODS, "看哪个打折买哪个", "unclear"),
        (NAME, "你们是卖酒的？我不喝酒的，删了吧", "optout"),
        (SPEND, "那条评论我写错了，删了吧", "unclear"),
        (NAME, "隐姓埋名的大美女", "decline"),
        (SPEND, "我媳妇不让讲", "decline"),
        (ANNIVERSARY, "还没对象呢", "decline"),
        (ANNIVERSARY, "离了[微笑]", "decline"),
    ],
)
def test_what_gives_no_value_is_told_apart(question: Question, reply: str, act: str) -> None:
    got = understand(question, reply, asked_on=ASKED_ON)
    assert (got.act, got.value) == (act, None)


def test_counting_too_many_puts_a_number_right_beside_the_answer() -> None:
    got = understand(SPEND, "这个200，另外家里是4口人 刚才多算了", prior=[Prior(PEOPLE, 5)], asked_on=ASKED_ON)
    assert (got.act, got.corrects, got.value, got.also) == ("correct", "people", 4, {"spend": 200})


def test_what_was_chosen_at_random_is_wrong_and_leaves_the_question_open() -> None:
    got = understand(SPEND, "前面那个肤质我瞎选的", prior=[Prior(SKIN, "dry")], asked_on=ASKED_ON)
    assert (got.act, got.corrects, got.value) == ("correct", "skin", None)


def test_an_appointment_is_moved_while_something_else_is_asked() -> None:
    visit = Question("visit", "date", "下次约哪天？")
    got = understand(BOUGHT, "约的那天我去不了，改到22号吧", prior=[Prior(visit, "2031-06-20")], asked_on=ASKED_ON)
    assert (got.act, got.corrects, got.value) == ("correct", "visit", "2031-06-22")
