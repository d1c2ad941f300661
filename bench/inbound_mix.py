"""What ten thousand members say in a while, as JSON bytes of the wire: the same for the same seed.

Of the messages 60 % are group chat, 20 % 1:1 chat, 10 % answers to open surveys, 5 % commands (of staff, and of
members whom they are refused) and 5 % are delivered a second time, within a batch or later.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from bench.inbound_world import ACCOUNT, MERCHANT, Crowd, Member
from models.events import Media, Message, Who

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
# So long after a batch comes the next: longer than the playbook waits for further bubbles of an answer.
BATCH_SECONDS = 5

_GROUP_TALK = (
    "早上好各位酒友！",
    "哈哈哈哈",
    "昨晚那场酒局真不错，老周又讲了半天他年轻时候跑船的故事",
    "收到",
    "+1",
    "👍",
    "今天杭州下雨，适合在家小酌",
    "这篇写坤沙工艺的文章好，学到了",
    "有没有人周末一起去酒厂看看？",
    "我上次存的那坛还有两年到期",
    "哪位懂老酒，帮看看这个年份标",
    "这个价格合适不",
    "中午吃了顿火锅，配的清香，意外地搭",
    "@小满 今天的文章呢",
    "晚安",
    "老王你那箱到了没，我的昨天下午就到了",
    "说得对，酱香要醒一醒再喝",
    "[强][强][强]",
    "求推荐一款三百左右送长辈的",
    "链接发一下",
    "我觉得浓香更适合大众口味，但是酱香的回味更长，各有各的好",
    "这个月聚会定在几号？",
    "人到齐了吗",
    "品酒会在哪里报名",
    "哈哈，你又吹牛",
    "感谢群主",
    "图里这款是不是停产了？",
    "刚下班，饿死了",
    "给大家拜个早年",
    "看了一下日历，月底那周我都在",
    "可以的",
    "没问题，我来安排",
    "谁有去年封坛大典的照片，发我一份",
)
_PRIVATE_TALK = (
    "在吗",
    "好的",
    "谢谢你",
    "收到，谢谢",
    "早啊小满",
    "哈哈好",
    "今天文章写得不错",
    "嗯嗯",
    "晚上好",
    "下次品酒会我来",
    "[微笑]",
    "朋友送了一瓶，还没舍得开",
    "最近有点忙，过阵子再聊",
    "好嘞",
    "上次那瓶喝完了，味道很正",
    "我先看看",
    "行，到时候联系",
    "周末带朋友过去坐坐",
    "天冷了，注意身体",
    "你们店搬到新地方了呀",
    "我把照片发群里了",
    "改天请你喝茶",
    "昨天的直播我看了一半，讲得挺细",
    "没事，随便问问",
    "不着急",
    "这个故事好看，转给我爸了",
)
_QUESTIONS = ("你们周末开门吗？", "封坛的酒什么时候能取？", "这款多少钱一箱", "能开票吗", "怎么去你们店里？")
# By question of the shipped playbook: what people really write.
_ANSWERS = {
    "call": ("老林", "叫我王姐就行", "姓陈", "我叫李建国", "小周", "免贵姓张", "大刘"),
    "adult": ("满了", "是", "早满了", "嗯 满了", "30多了", "对"),
    "style": ("1", "酱香", "浓香的", "清香吧", "都行", "2", "我喜欢酱酒"),
    "scenes": ("1和2", "聚会，送人", "1 3", "请客用得多", "自己喝", "送礼"),
    "budget": ("三百左右", "200到500", "500", "一千", "跳过", "大概两百块", "800"),
    "city": ("杭州", "四川泸州", "我在北京", "上海", "广东佛山", "成都"),
    "birthday": ("8月15", "农历九月初九", "3月8号", "跳过", "1985年6月1日", "十月二十"),
    "wish": ("想去酒厂看看", "没有", "想喝点老酒", "没了", "有好的品酒会叫我"),
}
QUESTIONS = tuple(_ANSWERS)
_COMMANDS = ("/状态", "/帮助", "/whoami", "/help", "/status", "我是谁", "／我是谁", "/stauts")
_REFUSED = ("/status", "/停发", "/帮助", "/抽奖")
_KINDS = ("image", "emoticon", "voice", "link")


def wire_batches(crowd: Crowd, batches: int, size: int, seed: int = 1, nth: int = 0) -> list[list[bytes]]:
    """`batches` lists of `size` messages. `crowd` gives who says them, and how far their surveys have come.

    The same seed gives the same, but for the numbers in what people say: nobody has heard those of the `nth` time
    before, and they are as long.
    """
    chance = random.Random(seed)
    surveyed = _surveyed(crowd)
    encode = msgspec.json.Encoder().encode
    earlier: list[bytes] = []
    split = []
    for batch in range(batches):
        lines: list[bytes] = []
        for place in range(size):
            at = _moment(batch, place, size)
            kind = chance.random()
            again = lines if kind < 0.975 else earlier
            if kind >= 0.95 and again:
                lines.append(chance.choice(again))
            else:
                lines.append(encode(_message(chance, crowd, surveyed, kind, at, nth)))
        earlier += lines
        split.append(lines)
    return split


def group_batches(crowd: Crowd, batches: int, size: int, seed: int = 1, nth: int = 0) -> list[list[bytes]]:
    """The same, but group chat alone."""
    chance = random.Random(seed)
    encode = msgspec.json.Encoder().encode
    return [
        [encode(_message(chance, crowd, iter(()), 0.0, _moment(batch, place, size), nth)) for place in range(size)]
        for batch in range(batches)
    ]


def messages_of(member: Callable[[int], Member], members: int, count: int) -> Iterator[bytes]:
    """Group chat and 1:1 chat of people who are drawn from all members, made one by one."""
    chance = random.Random(1)
    encode = msgspec.json.Encoder().encode
    for place in range(count):
        speaker = member(chance.randrange(members))
        text = _talk(chance, _GROUP_TALK if speaker.group else _PRIVATE_TALK, 0)
        at = _moment(0, place, count)
        yield encode(_said(chance, speaker, text, at, f"{chance.getrandbits(63):019d}", group=speaker.group))


def ordinary_text(chance: random.Random) -> str:
    """Something that people write 1:1: small talk, a question for the shop, or an answer to any of ours."""
    kind = chance.random()
    if kind < 0.5:
        return _talk(chance, _PRIVATE_TALK, 0)
    return chance.choice(_QUESTIONS if kind < 0.6 else _ANSWERS[chance.choice(QUESTIONS)])


def _moment(batch: int, place: int, size: int) -> datetime:
    return START + timedelta(seconds=BATCH_SECONDS * (batch + 0.9 * place / size))


def _message(
    chance: random.Random,
    crowd: Crowd,
    surveyed: Iterator[tuple[Member, str]],
    kind: float,
    at: datetime,
    nth: int,
) -> Message:
    wire_id = f"{chance.getrandbits(63):019d}"
    if kind < 0.6:
        member = chance.choice(crowd.chatting)
        return _said(chance, member, _talk(chance, _GROUP_TALK, nth), at, wire_id, group=member.group)
    if kind < 0.8:
        text = chance.choice(_QUESTIONS) if chance.random() < 0.05 else _talk(chance, _PRIVATE_TALK, nth)
        return _said(chance, chance.choice(crowd.chatting), text, at, wire_id)
    if kind < 0.9:
        member, question = next(surveyed)  # a crowd of ten thousand has answers for eighty batches of 1,024
        return _words(member, chance.choice(_ANSWERS[question]), at, wire_id)
    if chance.random() < 0.7:
        member = chance.choice(crowd.staff)
        place = member.group if chance.random() < 0.5 else ""
        return _words(member, chance.choice(_COMMANDS), at, wire_id, group=place)
    return _words(chance.choice(crowd.chatting), chance.choice(_REFUSED), at, wire_id)


def _surveyed(crowd: Crowd) -> Iterator[tuple[Member, str]]:
    """Who answers what next: each person one question, then the next person, so that answers settle in between."""
    for asked in range(len(QUESTIONS)):
        for member, begins in crowd.surveyed:
            if begins + asked < len(QUESTIONS):
                yield member, QUESTIONS[begins + asked]


def _said(chance: random.Random, member: Member, text: str, at: datetime, wire_id: str, *, group: str = "") -> Message:
    """Most of it is text; one in ten is a picture or the like."""
    if chance.random() >= 0.1:
        return _words(member, text, at, wire_id, group=group)
    return msgspec.structs.replace(
        _words(member, "", at, wire_id, group=group),
        kind=chance.choice(_KINDS),
        media=Media(name=f"{wire_id}.jpg", url=f"https://media.invalid/{wire_id}"),
    )


def _words(member: Member, text: str, at: datetime, wire_id: str, *, group: str = "") -> Message:
    return Message(
        account=ACCOUNT,
        merchant=MERCHANT,
        at=at,
        received_at=at + timedelta(milliseconds=250),
        wire_id=wire_id,
        contact=Who(member.wire_id, member.name),
        group=group,
        text=text,
    )


def _talk(chance: random.Random, texts: tuple[str, ...], nth: int) -> str:
    """Three in ten are not word for word what others said."""
    text = chance.choice(texts)
    return f"{text} {(10 + nth) * 10_000 + chance.randrange(10_000)}" if chance.random() < 0.3 else text
