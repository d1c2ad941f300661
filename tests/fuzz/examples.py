"""Valid inputs of every format, which the fuzzer breaks: the shipped files, and small ones of everything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.transports import wechaty_wire as wire

ROOT = Path(__file__).parents[2]
PLAYBOOK = ROOT / "playbooks" / "liquor-club.toml"
PART = b"\n---\n"
"""Between the parts of an input that has several."""


def frame(kind: int, note: dict[str, Any], **answers: bytes) -> bytes:
    """An event of the gateway's stream, and what the gateway answers when it is asked for the rest, by route."""
    head = b"%d %s" % (kind, json.dumps(note, ensure_ascii=False).encode())
    return PART.join([head, *(route.encode() + b" " + body for route, body in answers.items())])


_ALICE = bytes(wire.ContactPayload(id=b"wx-alice", name="阿丽🌸".encode(), alias="奶茶-阿丽".encode(), friend=True))


def _message(kind: int, text: str, **more: Any) -> bytes:
    known = {"id": b"m1", "timestamp": 1_795_000_000, "talker": b"wx-alice", "listener": b"wx-self", **more}
    return bytes(wire.MessagePayload(type=kind, text=text.encode(), **known))


def _heard(kind: int, text: str, **more: Any) -> bytes:
    answers = {key: more.pop(key) for key in list(more) if key[0].isupper()}
    return frame(
        wire.MESSAGE, {"messageId": "m1"}, MessagePayload=_message(kind, text, **more), ContactPayload=_ALICE, **answers
    )


_LINK = {"title": "新酒", "url": "https://example.com/1", "description": "本周", "thumbnailUrl": "t.png"}
_PROGRAM = {"title": "商城", "appid": "wx1", "pagePath": "pages/index", "thumbUrl": "t.png"}

GATEWAY: tuple[bytes, ...] = (
    _heard(7, "在吗，想买两瓶"),
    _heard(7, "@掌柜 发货了吗", room=b"room-1@chatroom", mentions=[b"wx-self"]),
    _heard(7, "@小掌柜\u2005在吗", room=b"room-1@chatroom", RoomMemberPayload=bytes(wire.RoomMemberPayload(b"", b"x"))),
    _heard(7, "「阿丽：多少钱」\n- - - - - - - - - - - - - - -\n二百"),
    _heard(7, "我自己说的", talker=b"wx-self", listener=b"wx-alice"),
    _heard(wire.RECALLED, "<sysmsg><newmsgid>123456</newmsgid></sysmsg>"),
    _heard(wire.RECALLED, "m0"),
    _heard(14, "", MessageUrl=bytes(wire.JsonPayload(body=json.dumps(_LINK).encode()))),
    _heard(9, "", MessageMiniProgram=bytes(wire.JsonPayload(body=json.dumps(_PROGRAM).encode()))),
    _heard(3, "", MessageContact=bytes(wire.CardPayload(contact=b"wx-bob"))),
    _heard(8, "", MessageLocation=bytes(wire.LocationPayload(wire.Place("江边路 1 号".encode(), "酒社".encode())))),
    _heard(6, "", filename="酒.jpg".encode()),
    frame(
        wire.FRIENDSHIP,
        {"friendshipId": "f1"},
        FriendshipPayload=bytes(
            wire.FriendshipPayload(b"f1", b"wx-alice", "想喝酒".encode(), type=wire.RECEIVED, scene=30)
        ),
        ContactPayload=_ALICE,
    ),
    frame(
        wire.FRIENDSHIP,
        {"friendshipId": "f2"},
        FriendshipPayload=bytes(wire.FriendshipPayload(b"f2", b"wx-alice", type=wire.CONFIRMED)),
        ContactPayload=_ALICE,
    ),
    frame(
        wire.ROOM_JOIN,
        {
            "roomId": "room-1@chatroom",
            "inviteeIdList": ["wx-alice"],
            "inviterId": "wx-self",
            "timestamp": 1_795_000_000,
        },
        ContactPayload=_ALICE,
    ),
    frame(wire.ROOM_LEAVE, {"roomId": "room-1@chatroom", "removeeIdList": ["wx-alice"], "timestamp": 1795e9}),
    frame(
        wire.ROOM_TOPIC, {"roomId": "room-1@chatroom", "newTopic": "一堂", "oldTopic": "堂", "changerId": "wx-alice"}
    ),
    frame(
        wire.ROOM_INVITE,
        {"roomInvitationId": "i1"},
        RoomInvitationPayload=bytes(wire.InvitationPayload(b"wx-alice", "酒友群".encode())),
    ),
    frame(wire.LOGIN, {"contactId": "wx-self"}, ContactPayload=bytes(wire.ContactPayload(name="掌柜".encode()))),
    frame(wire.LOGOUT, {"contactId": "wx-self", "data": "在手机上退出了"}),
    frame(wire.SCAN, {"status": 2, "qrcode": "https://example.com/qr"}),
    frame(wire.HEARTBEAT, {"data": "tick"}),
    frame(wire.DIRTY, {"payloadType": 2, "payloadId": "wx-alice"}),
    frame(wire.ERROR, {"data": "something broke"}),
)

COMMANDS: tuple[bytes, ...] = tuple(
    text.encode()
    for text in (
        "/帮助",
        "／状态",
        "@掌柜\u2005/状态",
        "/停发 本群",
        "/恢复 全部",
        "/绑定 堂口",
        "/pause\n/resume\n/status",
        '/记一笔 @阿丽 "喜欢岩茶"',
        "/post 堂口 今晚七点品酒会，来的回 1",
        "/who wx-1",
        "状态",
        "退订",
        "退 订",
        "你是机器人吗",
        "人工",
        "转人工，酒漏了",
        "叫我老林，在南京",
        "说错了，我在杭州",
        "8812",
    )
)

REPLIES: tuple[bytes, ...] = tuple(
    text.encode()
    for text in (
        "叫我老林就行，谢谢",
        "免贵姓王，三横王",
        "一岁半了，小名天天",
        "三百到五百吧，好的可以贵点",
        "我们一家三口，再带两个老人",
        "农历五月初三",
        "1988-05-03，身份证上是六月",
        "杭州的，老家绍兴",
        "酱香和清香都喝，浓的不要",
        "1、3",
        "A",
        "除了红茶都行",
        "没买过，第一次",
        "138 0013 8000，旧的不用了",
        "不方便说",
        "等会儿，在开车",
        "说错了，不是南京，是南昌",
        "这酒多少钱一瓶？包邮吗",
        "你们这什么态度，再不退我就投诉",
        "老规矩，给我发两箱",
        "早安，各位群主老板娘掌柜的家人们",
        "别再给我发广告了",
        "[微笑]😂👍🏻",
    )
)

_WORLD = {
    "world": {
        "accounts": [{"id": "main", "name": "掌柜", "channel": "personal"}, {"id": "tap", "channel": "tap"}],
        "contacts": [{"id": "wx1", "name": "阿丽", "friend_of": ["main"], "tags": ["老客"], "remark": "丽"}],
        "groups": [{"id": "room-1@chatroom", "topic": "一堂", "owner": "main", "members": ["main", "wx1"]}],
        "auto": True,
    }
}
_FACTS: tuple[dict[str, Any], ...] = (
    {"type": "friend_request", "contact": "wx2", "name": "林间", "hello": "想喝酒", "source": "海报", "id": "e1"},
    {"type": "friend_added", "contact": "wx2", "name": "林间", "source": "海报"},
    {"type": "friend_removed", "contact": "wx2"},
    {"type": "text", "contact": "wx1", "text": "在吗"},
    {"type": "text", "contact": "wx1", "group": "room-1@chatroom", "text": "@掌柜 在吗", "mentions": ["main"]},
    {"type": "media", "contact": "wx1", "kind": "image", "name": "酒.jpg", "url": "https://example.com/1.jpg"},
    {"type": "self_text", "to": "wx1", "text": "我来说"},
    {"type": "recalled", "message": "e1"},
    {"type": "group_joined", "group": "room-1@chatroom", "members": [{"contact": "wx3", "name": "老周"}], "by": "wx1"},
    {"type": "group_left", "group": "room-1@chatroom", "members": [{"contact": "wx3"}]},
    {"type": "group_renamed", "group": "room-1@chatroom", "topic": "二堂", "by": "wx1"},
    {"type": "members", "group": "room-1@chatroom", "members": [{"contact": "wx1"}, {"contact": "wx4", "name": "新"}]},
    {"type": "renumbered", "ids": {"wx1": "wx9", "room-1@chatroom": "room-9@chatroom"}},
    {"type": "login"},
    {"type": "logout"},
    {"type": "deaf"},
    {"type": "tapped", "delivery": "entry:*"},
    {"type": "platform", "on": "text", "answer": "timeout", "times": 2},
)
_ACTS: tuple[dict[str, Any], ...] = (
    {"type": "operator", "run": "group bind room-1@chatroom --tier 堂口"},
    {"type": "restart", "down": "1h30m"},
    {"type": "kill", "after": "claimed", "down": "2m"},
    {"type": "clock", "shift": "-10m"},
)


def _story(*lines: dict[str, Any]) -> bytes:
    stamped = [
        {"at": f"2026-11-23T09:{minute % 60:02}:00+08:00", **({"account": "main"} if line in _FACTS else {}), **line}
        for minute, line in enumerate(lines)
    ]
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in (_WORLD, *stamped)).encode()


STORIES: tuple[bytes, ...] = (
    _story(*_FACTS, *_ACTS),
    *(_story(fact) for fact in _FACTS),
    *(_story(act) for act in _ACTS),
    b"\xef\xbb\xbf" + _story(_FACTS[3]).replace(b"\n", b"\r\n\r\n"),
)

CONFIG = """\
[database]
url = "sqlite:///data/zhanggui.db"

[console]
host = "127.0.0.1"
port = 8080

[log]
level = "INFO"

[[merchants]]
id = "m1"
name = "临江酒社"
playbook = "playbook.toml"
timezone = "Asia/Shanghai"

[[merchants.admins]]
account = "main"
contact = "wx-boss"
role = "owner"

[[accounts]]
id = "main"
name = "掌柜"
merchant = "m1"
transport = "simulator"

[[accounts]]
id = "phone"
merchant = "m1"
transport = "wechaty"
endpoint = "127.0.0.1:8788"
token_env = "ZHANGGUI_TOKEN"
tls = false
"""
_ENVIRON = b"ZHANGGUI_CONSOLE__PORT=9000\nZHANGGUI_ACCOUNTS__0__NAME=\xe6\x8e\x8c\nZHANGGUI_ACCOUNTS__1__TLS=0"
CONFIGS: tuple[bytes, ...] = (
    CONFIG.encode(),
    CONFIG.encode() + PART + _ENVIRON,
    CONFIG.replace("\n", "\r\n").encode(),
    b"\xef\xbb\xbf" + CONFIG.encode(),
)

SMALL_PLAYBOOK = """\
name = "茶桌"
approval = true
rest_days = ["sun", "holidays"]
human_hold_minutes = 30

[persona]
name = "小山"

[reception]
accept = [{ hello = "茶", source = "海报", accept = true }]
greetings = ["你好，我是{persona}。", "来啦{name|朋友}"]
remark = "{tag|茶}-{name}"
first_reply_seconds = 10

[survey]
thanks = ["谢谢{call}"]
nudges_hours = [24, 72.5]
settle_seconds = 6
tags = [{ when = { tea = ["rock"], people = { min = 2, max = 8 } }, add = ["岩茶"] }]

[[survey.questions]]
key = "call"
type = "name"
texts = ["怎么称呼？"]
required = true
retry = ["姓什么也行"]

[[survey.questions]]
key = "tea"
type = "multi"
texts = ["喝哪些？"]
options = [{ value = "rock", label = "岩茶", synonyms = ["大红袍"] }, { value = "black", label = "红茶" }]
when = { tags = ["老客"], without = ["同行"] }

[[survey.questions]]
key = "people"
type = "number"
texts = ["几个人？"]

[[tiers]]
name = "分院"
capacity = 200

[[tiers]]
name = "茶桌"
parent = "分院"
inherits = true
capacity = 30
join = { tea = "rock" }
cool_down_days = 7

[[promises]]
tier = "分院"
content_kind = "article"
at_least = 1
per = "day"
themes = ["器", "水"]

[[promises]]
tier = "茶桌"
content_kind = "gathering"
exactly = 1
per = { days = 10 }

[[quiet_hours]]
from = "22:00"
to = "08:00"
days = ["mon", "fri"]

[caps]
person_per_day = 3
advert_share = 0.3

[pace]
per_minute = 8
jitter = 0.3
warm_up = [{ day = 1, share = 0.2 }, { day = 7, share = 1.0 }]

[words]
opt_out = ["别烦我"]
sensitive = ["包治"]

[[keywords]]
words = ["地址"]
answer = "江边路 1 号"
"""
PLAYBOOKS: tuple[bytes, ...] = (SMALL_PLAYBOOK.encode(), PLAYBOOK.read_bytes())

CSV = """\
编号,标题,形式,内容类型,主题,日期,时间,重复,层级,群,标签,正文,素材,推广,优先级,过期,补发,可选
a1,早文,文字,article,器,2026-12-01,09:30,,分院,,,"早，{name|朋友}",,否,,,,
a2,,link,article,水,12月2日 上午9点,,每周一、周四,分院；茶桌,,,看看,x.jpg,,3,2026-12-02 22:00,2小时内补,是
a3,聚,gathering,gathering,,,19:00,monthly last,,room-1@chatroom,,月底见,,,,,ask,
a4,生日,,care,,,10:00,生日,,,老客,"{name}，生日快乐",,0,1,,skip,0
a5,,text,talk,,12/5 9:00,,农历八月十五,分院,,,中秋,,,,,,
a6,,image,talk,,46357,0.5,RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4,分院,,,,a.jpg;b.jpg,,,,,
a7,,,talk,,,08:00,joined+3d,分院,,,三天了,,,,,within 2h,
"""
CALENDARS: tuple[bytes, ...] = (
    CSV.encode(),
    CSV.encode("gb18030"),
    CSV.encode("utf-8-sig").replace(b"\n", b"\r\n"),
    CSV.encode("utf-16"),
    CSV.replace(",", ";").encode(),
    b"key,date,time,tiers,text\nk1,2026-12-01,9:00,\xe5\x88\x86\xe9\x99\xa2,hello\n",
)
ENTRIES_TOML = """\
[[entries]]
key = "a1"
date = 2026-12-01
time = 09:30:00
tiers = ["分院"]
text = "早"
"""
