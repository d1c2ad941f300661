"""The questions that the labelled replies answer: four shops (liquor club, mother and baby, daily goods, beauty)."""

from __future__ import annotations

from datetime import date

from handlers.understanding import Option, Question

ASKED_ON = date(2026, 11, 23)  # a Monday

_ALL = (
    Question("call", "name", "怎么称呼你呢？", required=True),
    Question("age", "age_months", "宝宝现在多大啦？几个月了呢"),
    Question("budget", "number", "一斤大概想控制在多少钱？不说也行。"),
    Question("people", "number", "这次品鉴会一共几个人来？"),
    Question("bottles", "number", "一个月大概喝几瓶？"),
    Question("birthday", "date", "你的生日是哪天？给你留份小礼物"),
    Question("due", "date", "打算哪天到店？"),
    Question("city", "region", "你在哪个城市？"),
    Question(
        "tea",
        "multi",
        "平时爱喝哪几类？1岩茶 2红茶 3白茶",
        (
            Option("rock", "岩茶", ("大红袍", "肉桂")),
            Option("black", "红茶"),
            Option("white", "白茶", ("白毫",)),
        ),
    ),
    Question(
        "liquor",
        "choice",
        "平时喝哪种香型多一点？1酱香型 2浓香型 3清香型",
        (
            Option("sauce", "酱香型", ("茅台", "酱酒")),
            Option("strong", "浓香型", ("五粮液",)),
            Option("light", "清香型", ("汾酒",)),
        ),
    ),
    Question(
        "skin",
        "choice",
        "你是什么肤质？1干性 2油性 3混合性 4敏感性",
        (
            Option("dry", "干性皮肤", ("干皮",)),
            Option("oily", "油性皮肤", ("油皮",)),
            Option("mixed", "混合性皮肤", ("混油", "混干", "夏天油冬天干")),
            Option("sensitive", "敏感性皮肤", ("敏感肌", "容易过敏")),
        ),
    ),
    Question(
        "price",
        "choice",
        "面膜一般买什么价位？1一百以内 2一百到三百 3三百以上",
        (Option("low", "100以内"), Option("mid", "100-300"), Option("high", "300以上")),
    ),
    Question(
        "goods",
        "multi",
        "家里常囤哪些？1纸巾 2洗衣液 3垃圾袋 4牙膏",
        (
            Option("tissue", "纸巾", ("抽纸", "卷纸", "卫生纸")),
            Option("laundry", "洗衣液", ("洗衣凝珠",)),
            Option("bags", "垃圾袋"),
            Option("paste", "牙膏"),
        ),
    ),
    Question(
        "feeding",
        "choice",
        "宝宝现在怎么喂养？A母乳 B奶粉 C混合",
        (
            Option("breast", "母乳", ("亲喂", "纯母乳")),
            Option("formula", "奶粉", ("配方奶",)),
            Option("both", "混合喂养", ("混合", "都有")),
        ),
    ),
    Question("sample", "yesno", "要不要领一份试用装？"),
    Question("drunk", "yesno", "以前喝过我们家的酒吗？"),
    Question("allergic", "yesno", "你的皮肤容易过敏吗？"),
    Question("adult", "yesno", "买酒要满18岁，你满了吗？"),
    Question("phone", "phone", "方便留个手机号吗？寄东西用"),
    Question("note", "freetext", "还有什么想跟我们说的？"),
    Question("degree", "number", "能接受多少度的酒？"),
    Question("diapers", "number", "一天大概用几片纸尿裤？"),
    Question("spend", "number", "每月护肤预算大概多少？"),
    Question("family", "number", "家里几口人呀？"),
    Question("weight", "number", "宝宝现在多少斤？"),
    Question("babyday", "date", "宝宝是哪天出生的？"),
    Question("hometown", "region", "收货寄到哪个城市呢？"),
    Question("babyname", "name", "宝宝小名叫什么呀？"),
    Question(
        "use",
        "choice",
        "买酒主要是自己喝、送礼还是宴请？",
        (Option("self", "自己喝"), Option("gift", "送礼"), Option("feast", "宴请")),
    ),
    Question(
        "stage",
        "choice",
        "宝宝在哪个阶段？",
        (
            Option("pregnant", "孕期"),
            Option("s1", "0-6个月"),
            Option("s2", "6-12个月"),
            Option("s3", "1-3岁"),
        ),
    ),
    Question(
        "care",
        "multi",
        "想改善哪些问题？A 补水 B 美白 C 祛痘 D 抗老",
        (
            Option("water", "补水", ("保湿",)),
            Option("white", "美白", ("提亮",)),
            Option("acne", "祛痘", ("痘痘",)),
            Option("aging", "抗老", ("抗皱", "淡纹")),
        ),
    ),
    Question("group", "yesno", "拉你进会员群好吗？"),
    Question("baby", "yesno", "家里有宝宝吗？"),
    Question("work", "freetext", "平时是做什么工作的呀？"),
)
QUESTIONS = {question.key: question for question in _ALL}
