"""What a shop manager calls the keys of a playbook: one title each, for every place where a person meets it.

Only words. What is right and what is wrong is said by the models, and by `models.playbook_faults`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from models import playbook as pb
from models import playbook_survey as sv
from models.conditions import Condition
from models.life_cycle import StageRule, WholeDays
from models.playbook_values import Part


class Title(NamedTuple):
    """A key's name, the unit of its number, what it does in a sentence, and what its absence means."""

    name: str
    unit: str = ""
    help: str = ""
    absent: str = ""


class Section(NamedTuple):
    """Keys that are looked at together; `keys` are those of the playbook."""

    id: str
    name: str
    icon: str
    keys: tuple[str, ...]


SECTIONS = (
    Section("persona", "人设", "face", ("name", "persona", "consent")),
    Section("reception", "新客接待", "waving_hand", ("reception",)),
    Section("survey", "建档", "assignment", ("survey",)),
    Section("replies", "待客的话", "chat_bubble", ("reactions", "keywords")),
    Section("tiers", "层级", "account_tree", ("tiers",)),
    Section("promises", "必发", "event_repeat", ("promises", "rollout", "stages")),
    Section("caps", "打扰上限与免打扰", "do_not_disturb_on", ("quiet_hours", "rest_days", "caps")),
    Section("pace", "发送节奏", "speed", ("pace", "send_timeout_seconds", "pause_after_failures")),
    Section("words", "词表", "spellcheck", ("words",)),
    Section(
        "staff",
        "转人工与员工",
        "support_agent",
        ("handoff", "human_hold_minutes", "approval", "commands", "digest", "members_check_minutes", "retention_days"),
    ),
)

SHARE = "0–1"  # the unit of a share: it is written so, and said in per cent
_NO_LIMIT, _OFF = "不限", "不用"

TITLES: Mapping[type[Part], Mapping[str, Title]] = {
    pb.Playbook: {
        "name": Title("方案名"),
        "persona": Title("人设"),
        "reception": Title("新客接待"),
        "survey": Title("建档"),
        "reactions": Title("客人说别的时", help="客人没答题、说了别的时怎么接话。不写的用自带的话，留空就是不接。"),
        "tiers": Title("层级", help="群分几级。建档完的客人进第一个符合条件的层级；都不符合，进最下面没写条件的。"),
        "promises": Title("必发", help="答应过每个层级的群发多少内容，排期里少了会提醒。"),
        "stages": Title(
            "客户阶段", help="客户走到哪一步了，按顺序看，先符合的算。排期里用 【阶段 成熟期】、标签 阶段:成熟期。"
        ),
        "quiet_hours": Title("免打扰", help="这些时段里不主动发，等过了再发；客人自己来说话，照样回。"),
        "rest_days": Title("休息日", help="整天免打扰。补班的日子不算休息。"),
        "caps": Title("打扰上限"),
        "rollout": Title("分批发", help="先发一批群的内容，出现下面的情况就停下来，不再往后发。"),
        "pace": Title("发送节奏"),
        "words": Title("词表", help="自带的词一直有效，这里只往上加。"),
        "handoff": Title("转人工"),
        "human_hold_minutes": Title("同事说话后安静多久", "分钟", "同事在手机上说过话，机器人在那里先不出声。", _OFF),
        "retention_days": Title("聊天记录留多久", "天", absent="一直留着"),
        "approval": Title("排期要有人通过才发"),
        "commands": Title("口令"),
        "digest": Title("每日群报"),
        "members_check_minutes": Title("多久对一次群成员", "分钟"),
        "send_timeout_seconds": Title("发出去多久没回音算不确定", "秒"),
        "pause_after_failures": Title("连着失败几次就停发", "次"),
        "consent": Title("征求同意"),
        "keywords": Title("固定回答", help="客人的话里有其中一个词，就这样回。"),
    },
    pb.Persona: {
        "name": Title("名字", help="文案里的 {persona} 就是它。"),
        "tone": Title("语气", help="写给写文案的人看的。"),
    },
    pb.Consent: {
        "required": Title("先问同不同意"),
        "text": Title("怎么问", help="跟在问候后面；客人问隐私时也这样答。"),
    },
    pb.Reception: {
        "accept": Title("通过规则", help="从上往下看，第一条对得上的算数；都对不上的好友请求等人处理。"),
        "channels": Title("渠道码", help="验证语里带这个码，就算从这个渠道来的。"),
        "greetings": Title("问候", help="随机挑一句。{persona} 是机器人名字，{shop} 是店名。"),
        "remark": Title("备注", help="建档完给好友改的备注，比如 酒友-{call|新朋友}。", absent="不改"),
        "first_reply_seconds": Title("几秒内打招呼", "秒", absent=_NO_LIMIT),
    },
    pb.AcceptRule: {
        "accept": Title("通过"),
        "hello": Title("验证语里有", absent="不看"),
        "source": Title("来源是", absent="不看"),
    },
    pb.Channel: {"hello": Title("渠道码"), "source": Title("来源叫")},
    sv.Survey: {
        "questions": Title("问题", help="从上往下问，知道了的不再问。"),
        "acknowledgements": Title("应一声", help="答完一题，先说一句再问下一题。"),
        "thanks": Title("谢谢", help="全部问完说的话。"),
        "nudges_hours": Title("没回，隔多久再问", "小时", "从上次问起，一个比一个久，用空格隔开，最多两次。", "不再问"),
        "settle_seconds": Title("等客人把话说完", "秒", "有人一句话分几条发，等这么久没有下一条再算数。", "不等"),
        "tags": Title("答案带出的标签", help="答案变了，标签跟着变。"),
        "completion": Title("建完档给什么"),
        "old_friends": Title("老好友也建档", absent="不问老好友"),
    },
    sv.Question: {
        "key": Title("编号", help="文案里用 {编号} 引用答案；存过的不要改。"),
        "type": Title("问的是"),
        "texts": Title("怎么问", help="几种问法轮着用。"),
        "options": Title("选项"),
        "required": Title("一定要问到"),
        "examples": Title("回答举例", help="检查方案时会试着听懂它们。"),
        "retry": Title("没听懂怎么说", help="每句说一次，还不懂就先放下。"),
        "when": Title("只问这些人", absent="人人都问"),
        "tags": Title("答了就打标签"),
    },
    sv.Option: {
        "value": Title("编号"),
        "label": Title("叫法", absent="同编号"),
        "synonyms": Title("也可以这样说"),
    },
    sv.TagRule: {"when": Title("条件"), "add": Title("打标签")},
    sv.Completion: {
        "when": Title("条件", absent="人人都有"),
        "tags": Title("打标签"),
        "tier": Title("进层级", absent="按层级的条件"),
        "group": Title("进群", help="群编号。", absent="按层级分"),
        "coupon": Title("券", absent="没有"),
        "owner": Title("归谁跟", help="同事的编号。", absent="按群分"),
    },
    sv.OldFriends: {
        "per_day": Title("每天问几个", "人"),
        "at": Title("几点问"),
        "hello": Title("开场白"),
    },
    pb.Reactions: {
        "danger": Title("说不想活了"),
        "loss": Title("家里有人走了"),
        "hardship": Title("离婚、重病"),
        "worry": Title("住院、心情不好"),
        "joy": Title("有喜事"),
        "thanks": Title("说谢谢"),
        "hello": Title("说你好"),
        "call": Title("问在吗"),
        "why": Title("问为什么要问"),
        "privacy": Title("担心泄露"),
        "who": Title("问你是谁"),
        "later": Title("说在忙", help="{when} 是下次再问的时间。"),
        "voice": Title("发语音"),
        "media": Title("发图片"),
    },
    pb.Keyword: {"words": Title("听到"), "answer": Title("就回")},
    pb.Tier: {
        "name": Title("名字"),
        "parent": Title("上一级", absent="没有"),
        "capacity": Title("每群最多", "人", "连我们自己的号一起算。", _NO_LIMIT),
        "owner_role": Title("谁管", absent="没有"),
        "inherits": Title("上一级的必发也算数"),
        "join": Title("谁能进", absent="不看条件"),
        "reserve_hours": Title("邀请留座", "小时", absent="不留"),
        "cool_down_days": Title("多久不再挪", "天", absent=_NO_LIMIT),
        "warn_share": Title("坐满多少提醒开新群", SHARE),
        "welcome": Title("进群欢迎", absent="不说"),
    },
    pb.Promise: {
        "tier": Title("层级"),
        "content_kind": Title("内容类型"),
        "per": Title("多久"),
        "at_least": Title("至少", "条", absent="—"),
        "exactly": Title("正好", "条", absent="—"),
        "themes": Title("轮换主题"),
        "album": Title("要配组图"),
    },
    pb.Rolling: {"days": Title("每几天", "天")},
    pb.DailyWindow: {
        "start": Title("从"),
        "end": Title("到", help="比开始早就是第二天。"),
        "days": Title("哪几天", absent="每天"),
    },
    pb.Caps: {
        "person_per_day": Title("每人每天", "条", absent=_NO_LIMIT),
        "person_per_week": Title("每人每周", "条", absent=_NO_LIMIT),
        "promotions_per_day": Title("每人每天的推广", "条", absent=_NO_LIMIT),
        "promotions_per_week": Title("每人每周的推广", "条", absent=_NO_LIMIT),
        "group_per_day": Title("每群每天", "条", absent=_NO_LIMIT),
        "group_post_weight": Title("群里一条，每人算几条", SHARE, absent="不算"),
        "advert_share": Title("每周群里推广最多占", SHARE, absent=_NO_LIMIT),
        "fewer_per_week": Title("说过「少发点」的，每周", "条"),
    },
    StageRule: {
        "stage": Title("阶段"),
        "when": Title("条件", absent="不看"),
        "known_days": Title("认识多久", "天", absent="不看"),
        "silent_days": Title("多久没说话", "天", "群里和私聊都没说过话。", "不看"),
    },
    WholeDays: {
        "min": Title("至少", "天", absent=_NO_LIMIT),
        "max": Title("最多", "天", absent=_NO_LIMIT),
    },
    pb.Rollout: {
        "leaves": Title("退群超过", SHARE, "收到的人里退群的占多少。", _NO_LIMIT),
        "complaints": Title("投诉超过", "个", absent=_NO_LIMIT),
    },
    pb.Pace: {
        "per_minute": Title("每分钟最多", "条", absent=_NO_LIMIT),
        "per_hour": Title("每小时最多", "条", absent=_NO_LIMIT),
        "per_day": Title("每天最多", "条", absent=_NO_LIMIT),
        "new_friends_per_day": Title("每天最多加好友", "人", absent=_NO_LIMIT),
        "jitter": Title("间隔错开", SHARE, absent="不错开"),
        "typing_chars_per_second": Title("打字速度", "字/秒", absent="不装打字"),
        "warm_up": Title("新号慢慢来", help="新号从第几天起能用多少额度。"),
        "share_after_too_frequent": Title("平台嫌太快后，一天内留多少速度", SHARE),
    },
    pb.WarmUp: {"day": Title("第几天起", "天"), "share": Title("用多少额度", SHARE)},
    pb.Words: {
        "user_dictionary": Title("行话", help="分词时当一个词。"),
        "sensitive": Title("不能发的词", help="有这些词的不会发出去。"),
        "opt_out": Title("退订的说法", help="听到就不再发。"),
        "human": Title("要找真人的说法"),
        "business": Title("问生意的说法"),
    },
    pb.Handoff: {
        "after_minutes": Title("几分钟没人回就叫人", "分钟", absent="不叫"),
        "deputy_minutes": Title("再过几分钟叫下一个", "分钟", absent="不叫"),
        "working_hours": Title("上班时间", absent="整天"),
    },
    pb.Commands: {
        "undo_seconds": Title("群发后多久内能撤销", "秒"),
        "code_seconds": Title("确认码管多久", "秒"),
    },
    pb.Digest: {"at": Title("几点发", absent="不发")},
    Condition: {
        "tags": Title("有标签"),
        "without": Title("没有标签"),
        "sources": Title("来源是"),
        "tiers": Title("在层级"),
    },
}

CHOICES: Mapping[str, str] = {
    # days
    "mon": "周一",
    "tue": "周二",
    "wed": "周三",
    "thu": "周四",
    "fri": "周五",
    "sat": "周六",
    "sun": "周日",
    "holidays": "法定假日",
    # stages
    "introduction": "引入期",
    "growth": "成长期",
    "mature": "成熟期",
    "declining": "衰退期",
    # periods
    "day": "每天",
    "week": "每周",
    "month": "每月",
    # what a question asks for
    "name": "称呼",
    "age_months": "宝宝多大",
    "number": "数目",
    "date": "日期",
    "region": "地区",
    "choice": "单选",
    "multi": "多选",
    "yesno": "是不是",
    "phone": "电话",
    "freetext": "随便说",
    # roles
    "owner": "老板",
    "admin": "管理员",
    "branch": "舵主",
    "hall": "堂主",
    "helper": "帮手",
    "author": "撰稿",
    "viewer": "只看",
}


def title(model: type[Part], field: str) -> Title:
    """What a field of a table is called."""
    return TITLES[model][field]
