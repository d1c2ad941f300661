"""What a calendar template holds: Chinese headers, examples of the usual rhythms, the offers of its drop-downs."""

from __future__ import annotations

import datetime as dt

from content_calendar.columns import COLUMNS, KIND_NAMES
from content_calendar.entry import Entry

HEADER: list[str] = [column.chinese for column in COLUMNS]

# Nobody has this tag: an example that is imported by mistake reaches nobody.
_AUDIENCE = ("示例",)

EXAMPLES: tuple[Entry, ...] = (
    Entry(
        key="示例-1",
        title="一次性的短文",
        content_kind="article",
        theme="工艺",
        date=dt.date(2026, 12, 1),
        time=dt.time(9),
        tags=_AUDIENCE,
        text="{name|朋友}，早上好。今天说说这道工艺。",
        not_after=dt.datetime.combine(dt.date(2026, 12, 1), dt.time(20)),
        catch_up="within 2h",
    ),
    Entry(
        key="示例-2",
        title="每天早安",
        content_kind="talk",
        date=dt.date(2026, 12, 1),
        time=dt.time(8, 30),
        rule="daily",
        tags=_AUDIENCE,
        text="早安，新的一天。",
        optional=True,
    ),
    Entry(
        key="示例-3",
        title="周三会员日",
        content_kind="benefit",
        date=dt.date(2026, 12, 2),
        time=dt.time(10),
        rule="weekly wed",
        tags=_AUDIENCE,
        text="会员日到了，今天的福利在这里。",
        promotional=True,
        priority=3,
        catch_up="ask",
    ),
    Entry(
        key="示例-4",
        title="生日问候",
        content_kind="care",
        time=dt.time(9, 30),
        rule="birthday",
        tags=_AUDIENCE,
        text="{name|朋友}，生日快乐。",
    ),
)

CHOICES: dict[str, tuple[str, ...]] = {
    "形式": tuple(KIND_NAMES.values()),
    "重复": (
        "每天",
        "工作日",
        "每周一、周四",
        "每月15日",
        "每月最后一天",
        "每月第二个周六",
        "农历八月十五",
        "节气 冬至",
        "生日",
        "加入后3天",
        "购买后7天",
        "沉默30天",
        "备稿",
    ),
    "推广": ("是", "否"),
    "优先级": tuple(str(number) for number in range(1, 10)),
    "补发": ("跳过", "2小时内补", "询问"),
    "可选": ("是", "否"),
}
"""What the drop-downs offer. 重复 and 补发 also take what is typed in."""

FREE_CHOICES: frozenset[str] = frozenset({"重复", "补发"})

EXPLANATIONS: tuple[tuple[str, str], ...] = (
    ("编号", "每条一个，不能重复；再次导入时靠它认出同一条"),
    ("标题", "给自己看的，不发出去"),
    ("形式", "空着是文字"),
    ("内容类型", "自由填写，例如 article、story；必发要求按它统计"),
    ("主题", "自由填写；主题轮换按它统计"),
    ("日期", "2026-11-25、11/25 或 2026年11月25日 上午9点；有重复时是第一天"),
    ("时间", "09:00，也可以写在日期里"),
    (
        "重复",
        "空着只发一次；没列出的也行：每年1月1日、腊八、除夕；"
        "星期写名字，不写数字；备稿 是不定日子的稿子，正文写 {备稿} 的排期轮流用",
    ),
    ("层级", "发到这些层级的群；几个用分号隔开"),
    ("群", "群的编号；几个用分号隔开"),
    (
        "标签",
        "单独填时，一对一发给有其中任一标签的好友；报名:编号 是报了那场活动的人，用来提醒；"
        "人:编号 是那一个人；前面加 - 是不发给这些人",
    ),
    (
        "正文",
        "可用 {name}、{name|朋友} 这样的字段；单独一行 --- 分成几条先后发；"
        "单独一行 【标签 爱红酒】 或 【层级 分舵】，下面是给这些人的话",
    ),
    ("素材", "文件名或链接；几个用分号隔开"),
    ("推广", "是不是广告；空着是否"),
    ("优先级", "1 最先，9 最后；空着是 5"),
    ("过期", "2026-11-25 20:00，过了就不再发"),
    ("补发", "错过了怎么办；空着是跳过"),
    ("可选", "各群能不能改动或不发；空着是否"),
    ("分批", "20% 2h；50% 1d：先两成的群，2 小时后一半，再过 1 天全部；也可按层级 分舵 1d；空着一起发"),
    ("除外", "重复的这几天不发：2026-12-24；2026-12-31"),
    ("可挪", "可选的排期，各群前后最多能挪多久：30m、2h 或 1d；空着不限"),
)
