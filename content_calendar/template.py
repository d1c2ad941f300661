"""What a calendar template holds: examples of the usual rhythms, the offers of its drop-downs, what explains it."""

from __future__ import annotations

import datetime as dt

from content_calendar.columns import KIND_NAMES
from content_calendar.entry import Entry

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

RULE_HEADER = ("重复这样写", "什么时候发", "从 2026 年 12 月 1 日起的五次", "英文写法")
"""Over the forms of a repetition, beneath the explanations."""

EXPLANATIONS: tuple[tuple[str, str], ...] = (
    ("编号", "每条一个，不能重复；再次导入时靠它认出同一条，改了编号就是新的一条"),
    ("标题", "给自己看的，一般不发出去；只有素材没有正文的，拿它当说明发。链接的标题显示在卡片上"),
    (
        "形式",
        "文字、图片、相册、视频、文件、链接、小程序、名片、公告；"
        "提问、活动（群里回 报名 就报上）、优惠券、试用招募 按文字发；空着是文字",
    ),
    (
        "内容类型",
        "自由填写，例如 article、story、benefit；必发要求按它统计，要和运营方案里写的一模一样。"
        "care 是关怀、service 是服务通知",
    ),
    ("主题", "自由填写，例如 工艺、江湖；主题轮换按它统计"),
    (
        "日期",
        "2026-11-25、2026年11月25日、11/25（没写年份的算最近的一次），可以带时间：2026年11月25日 上午9点；"
        "有重复时是第一天，空着就从导入那天起",
    ),
    ("时间", "09:00 或 9:00:30，也可以写在日期里"),
    ("重复", "空着只发一次；写法和接下来的日子见下面"),
    ("层级", "发到这些层级已绑定的群，下级层级要另外写上；几个用分号隔开：分舵；堂口"),
    ("群", "群的编号，先要绑定；几个用分号隔开。群和层级都写，就是两边的群都发，一个群只发一次"),
    (
        "标签",
        "单独填时，一对一发给发送那一刻有其中任一标签的好友；报名:编号 是报了那场活动的人，用来提醒；"
        "阶段:成熟期 是那个阶段的客户；人:编号 是那一个人；前面加 - 是不发给这些人：爱红酒；-已退款",
    ),
    (
        "正文",
        "可用 {name}、{name|朋友} 这样的字段，竖线后面是不知道时的话；"
        "一对一可用 name、nick、tag、tier、group、source、remark、persona、shop 和问到的答案，"
        "群里可用 group、tier、shop、persona。单独一行 --- 分成几条先后发；"
        "单独一行 【标签 爱红酒】、【层级 分舵】 或 【阶段 成熟期】，下面是给这些人的话",
    ),
    ("素材", "素材文件夹里的文件名，或 https:// 开头的链接；几个用分号隔开。图片也可以直接贴在这一行里"),
    ("推广", "是不是广告；空着算 否。广告受推广次数和占比的限制"),
    ("优先级", "1 最先，9 最后；空着是 5"),
    ("过期", "2026-11-25 20:00，过了就不再发；空着不过期"),
    (
        "补发",
        "到点时程序没开，或导入、改动晚了怎么办：跳过；2小时内补（30分钟内补、1天内补 也行），再晚就算了；"
        "询问，等人点通过。空着是跳过",
    ),
    ("可选", "各群能不能改动或不发；空着算 否"),
    ("分批", "20% 2h；50% 1d：先两成的群，2 小时后一半，再过 1 天全部；也可按层级：分舵 1d；堂口 2h；空着一起发"),
    ("除外", "重复的这几天不发：2026-12-24；2026-12-31"),
    ("可挪", "可选的排期，各群前后最多能挪多久：30分钟、2小时 或 1天；空着不限"),
)
