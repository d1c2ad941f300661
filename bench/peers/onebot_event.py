"""The events of a group chat that a OneBot gateway would send, as JSON."""

from __future__ import annotations

import json

COMMANDS = [f"cmd{number}" for number in range(100)]
SELF = 42
_TALK = (
    "早上好各位酒友！", "哈哈哈哈", "昨晚那场酒局真不错，老周又讲了半天他年轻时候跑船的故事", "收到", "👍",
    "今天杭州下雨，适合在家小酌", "这篇写坤沙工艺的文章好，学到了", "中午吃了顿火锅，配的清香，意外地搭", "感谢群主",
)  # fmt: skip


def command(number: int) -> bytes:
    """The n-th of messages that each are a command, with an argument that nobody has written before."""
    return _said(number, f"/{COMMANDS[number * 37 % len(COMMANDS)]} {number}")


def talk(number: int) -> bytes:
    """The n-th message of what people say in 200 groups of 50."""
    return _said(number, _TALK[number * 7 % len(_TALK)])


def _said(number: int, text: str) -> bytes:
    member = number * 7_919 % 10_000
    return json.dumps(
        {
            "time": 1_795_000_000 + number // 100,
            "self_id": SELF,
            "post_type": "message",
            "message_type": "group",
            "sub_type": "normal",
            "message_id": number + 1,
            "group_id": 1_000 + member // 50,
            "user_id": 100_000 + member,
            "anonymous": None,
            "message": [{"type": "text", "data": {"text": text}}],
            "raw_message": text,
            "font": 0,
            "sender": {"user_id": 100_000 + member, "nickname": "林间", "card": "", "role": "member", "sex": "unknown"},
        },
        ensure_ascii=False,
    ).encode()
