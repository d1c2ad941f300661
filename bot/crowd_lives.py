"""The people who live in the shipped simulator: who they are, how they write, and what they say to what.

All of it is data; how they behave is `bot.crowd`. A line break in a text is a new bubble.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# What a question is about, by the words in it; the first that matches counts.
TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (topic, re.compile(words))
    for topic, words in (
        ("birthday", "生日"),
        ("adult", "18|成年|十八"),
        ("scenes", "什么时候喝|做什么用|场合|几个：|多选"),
        ("style", "香型|哪一口|哪种酒|爱喝什么"),
        ("budget", "多少钱|预算|价位|什么价"),
        ("city", "城市|哪里|哪边|在哪"),
        ("call", "称呼|怎么叫|贵姓|叫你|叫您"),
        ("wish", "特别想|还有什么|想聊|随便说|有什么想"),
    )
)
AGAIN = re.compile("就行|就好|也可以|没记准|没看懂|没太看懂|确认一下|再说一遍")  # the last answer was not understood


@dataclass(frozen=True, slots=True)
class Life:
    """Somebody who will add the persona.

    `arrives` is when, in seconds from the start; `pause` is how long they take to answer. `answers` are said one
    after the other when a topic is asked again. `objections` are said once, before an answer on that topic; after
    `leaves` (said on the first question) they are silent for ever.
    """

    handle: str
    name: str
    hello: str
    source: str
    arrives: float
    pause: float
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    objections: Mapping[str, str] = field(default_factory=dict)
    leaves: str = ""
    private: tuple[str, ...] = ()
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OldFriend:
    """Somebody who has long been a friend and sits in groups already, and what they say there now and then."""

    contact: str
    name: str
    remark: str
    groups: tuple[str, ...]
    talk: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


BRANCH = "branch-1@chatroom"
HALL_1 = "hall-1@chatroom"
HALL_2 = "hall-2@chatroom"
GROUPS = {BRANCH: "酒友社·杭州分舵", HALL_1: "酒友社·听雨堂", HALL_2: "酒友社·观澜堂"}
BOSS = "wx-boss"
# Who looks after each of them: what they say there is the shop's word, no question to it.
KEEPERS = {BRANCH: "wx-duozhu-gu", HALL_1: "wx-tang-yu", HALL_2: "wx-tang-shen"}

OLD_FRIENDS = (
    OldFriend(BOSS, "老板娘", "老板", (BRANCH, HALL_1, HALL_2)),
    OldFriend(
        "wx-duozhu-gu",
        "顾老师",
        "舵主-顾老师",
        (BRANCH,),
        ("早上翻出来一瓶零几年的，酒花还挺密", "周末品酒会还有几个位子，想来的说一声"),
        ("舵主",),
    ),
    OldFriend(
        "wx-tang-yu", "俞姐", "堂主-俞姐", (BRANCH, HALL_1), ("大家昨天那瓶喝得怎么样", "我家那位嫌淡，我觉得刚好")
    ),
    OldFriend("wx-tang-shen", "沈师傅", "堂主-沈师傅", (BRANCH, HALL_2), ("今天去看曲块了，味道真冲", "照片晚点发")),
    OldFriend("wx-he", "老何", "酒友-老何-绍兴", (HALL_1,), ("哈哈哈", "有理", "我那箱到了，包装不错")),
    OldFriend("wx-qian", "钱多多", "酒友-小钱-宁波", (HALL_1,), ("[呲牙]", "上班摸鱼看一眼", "这个价能入吗？")),
    OldFriend("wx-xu", "徐徐图之", "酒友-徐哥-杭州", (HALL_2,), ("酱香的那瓶昨晚喝完了", "求推荐下酒菜")),
    OldFriend("wx-fang", "方方土", "酒友-方姐-嘉兴", (HALL_2,), ("花生米永远的神", "收到[OK]")),
)

LIVES = (
    Life(
        "lin",
        "林间",
        "想喝点好酒",
        "海报3",
        0.5,
        0.6,
        {
            "call": ("叫我老林就行",),
            "adult": ("早满了，娃都上初中了",),
            "style": ("酱香",),
            "scenes": ("自己喝，偶尔请客",),
            "budget": ("八百上下吧",),
            "city": ("杭州",),
            "birthday": ("农历八月十五，好记",),
            "wish": ("想去酒厂看看",),
        },
        private=("你们那个坛藏的还有吗？",),
        group=("大家好，我是老林，刚进来", "这个群氛围不错", "有人周六一起喝茶吗，酒也行"),
    ),
    Life(
        "xia",
        "小夏🌸",
        "朋友介绍来的～",
        "朋友介绍",
        11.0,
        1.1,
        {
            "call": ("嗨嗨，我叫小夏\n夏天的夏",),
            "adult": ("满啦满啦",),
            "style": ("都可以呀",),
            "scenes": ("2和4",),
            "budget": ("两三百吧",),
            "city": ("在宁波哦",),
            "birthday": ("6.18[蛋糕]",),
            "wish": ("没有啦",),
        },
        group=("哈喽～新人报到", "这图好好看[爱心]", "蹲一个活动"),
    ),
    Life(
        "ma",
        "马到成功",
        "",
        "",
        24.0,
        1.6,
        {
            "call": ("马",),
            "adult": ("是",),
            "style": ("2",),
            "scenes": ("宴请 送礼",),
            "budget": ("500",),
            "city": ("成都",),
            "birthday": ("跳过",),
            "wish": ("开票方便不",),
        },
        private=("要十箱，什么价？",),
        group=("各位好",),
    ),
    Life(
        "qiu",
        "秋天的第一杯",
        "看到公众号来的",
        "公众号",
        38.0,
        1.3,
        {
            "call": ("秋秋",),
            "adult": ("嗯嗯",),
            "style": ("清香吧，喝不惯酱的",),
            "scenes": ("1",),
            "budget": ("一百多",),
            "city": ("蘇州",),
            "birthday": ("九月初九",),
            "wish": ("想学怎么品",),
        },
        objections={"adult": "你是机器人吗？"},
        group=("悄悄进来[微笑]", "学到了"),
    ),
    Life(
        "zhe",
        "阿哲想躺平",
        "加一下",
        "抖音",
        52.0,
        0.9,
        {
            "call": ("阿哲",),
            "adult": ("还没，明年",),
            "city": ("武汉",),
            "birthday": ("2009年3月2号",),
            "wish": ("就看看",),
        },
    ),
    Life("dan", "淡定", "", "扫码", 66.0, 1.5, leaves="退订"),
    Life(
        "guo",
        "郭德刚好",
        "老客户，换号了",
        "朋友介绍",
        80.0,
        1.8,
        {
            "call": ("姓郭，都叫我郭师傅",),
            "adult": ("我都五十八了",),
            "style": ("拱香", "就是酱香，打错了"),
            "scenes": ("收藏，朋友来了也开一瓶",),
            "budget": ("一千五以上的看看",),
            "city": ("贵州遵义的，现在住杭州",),
            "birthday": ("腊月廿三",),
            "wish": ("有老酒收不收",),
        },
        private=("我有两箱05年的，帮我看看真假",),
        group=("郭师傅来了", "年轻人少喝冰的", "好酒不怕等"),
    ),
    Life(
        "vivi",
        "Vivi",
        "hi 想咨询",
        "小红书",
        95.0,
        1.0,
        {
            "call": ("Vivi",),
            "adult": ("yes",),
            "style": ("不太懂诶", "那就 3 吧"),
            "scenes": ("送长辈，公司年会也要",),
            "budget": ("300~500",),
            "city": ("上海",),
            "birthday": ("11/20",),
            "wish": ("包装好看一点的",),
        },
        objections={"budget": "问这个干嘛呀？"},
        group=("hello 大家", "哪款送爸妈比较好？"),
    ),
    Life(
        "tian",
        "田埂上的风",
        "想进群",
        "堂主推荐",
        110.0,
        2.2,
        {
            "call": ("田哥",),
            "adult": ("满了",),
            "style": ("浓的",),
            "scenes": ("朋友聚",),
            "budget": ("一百五左右，口粮",),
            "city": ("四川宜宾",),
            "birthday": ("阳历10月1日",),
            "wish": ("没有",),
        },
        group=("来了来了", "我们这边下雨，整一口正好", "菜都备好了"),
    ),
    Life(
        "shu",
        "舒服就好",
        "",
        "海报3",
        130.0,
        1.7,
        {
            "call": ("在开会，叫我舒姐吧",),
            "adult": ("成年很久了[捂脸]",),
            "style": ("第一个",),
            "scenes": ("请客用",),
            "budget": ("不方便说",),
            "city": ("嘉兴",),
            "birthday": ("保密",),
            "wish": ("少发点广告就好",),
        },
        group=("大家好呀",),
    ),
)
REACTIONS = ("[强]", "学习了", "说得好", "收藏了", "这个有意思", "今天这篇不错", "👍", "转给我爸了")


def topic_of(text: str) -> str:
    """Return what a question is about; empty when it is about nothing that people have an answer to."""
    return next((topic for topic, words in TOPICS if words.search(text)), "")


def wire_id(life: Life, seed: int) -> str:
    """Return the wire id of a newcomer: another one in every run, since the bot's database may know the last run's."""
    return f"wx-{life.handle}-{seed}"
