"""Comfort, congratulation and thanks: a word that fits what somebody told us, before anything else is asked.

The playbook's `reactions` replace the wordings; an empty list says nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from handlers import staff
from handlers.understanding.feelings import GRAVE, Feeling
from handlers.values import address
from models import effects as fx
from models.chance import choose
from models.context import Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect

# 12356 is the national line for psychological help, open day and night.
WORDINGS: dict[str, tuple[str, ...]] = {
    "danger": (
        "听你这么说我很担心你。先找个信得过的人陪着你，也可以打心理援助热线 12356，随时有人接。"
        "我这就请店里的同事来跟你说说话。",
    ),
    "loss": ("听你这么说，我心里也不好受。节哀，多保重自己，别的都不急。",),
    "hardship": ("听着真不容易，抱抱你。先顾好自己，别的都不急，有要帮忙的随时说。",),
    "worry": ("辛苦了，抱抱你，希望快点好起来。", "听着就心疼，多保重，会好起来的。"),
    "joy": ("恭喜恭喜，真替你高兴！", "太好了，恭喜呀！"),
    "thanks": ("不客气呀，应该的。", "别客气～"),
    "hello": ("你好呀，我在呢，有什么想问的直接说就行～", "你好你好，有什么能帮上忙的尽管说。"),
    "call": ("在的在的。", "在呢。"),
    "why": ("问一下是想给你推荐合适的，不会乱打扰。哪个不想说，回「跳过」就行。",),
    "privacy": ("你告诉我的只记在{shop}，用来更好地招呼你。想看记了什么回「我的数据」，想删掉回「忘记我」。",),
    "who": ("我是{persona|掌柜}，{shop}的机器人助手，店里有什么想问的都可以问我。要找真人就回「人工」。",),
    "later": ("好，你先忙，{when}我再来问你。", "不急，你先忙，{when}再聊。"),
    "voice": ("语音我这边听不了，麻烦打几个字给我哈。",),
    "media": ("收到～不过我只看得懂文字，打几个字告诉我就好。",),
}
TO_STAFF = "【关心】{who}（{contact}）说：{text}\n我先安慰了一句，没再追问，方便的话你去看看 TA。"
# A phone shows so much of a message without a tap.
_QUOTED = 200


def say(
    at: datetime, context: Context, person: PersonView, account: str, kind: str, *, said: str = "", when: str = ""
) -> list[Effect]:
    """The word for that kind of thing; nothing where the playbook wants none. Which of several goes by what they `said`
    and by the day: not by the instant, which is another one where a program that was killed took longer."""
    own: tuple[str, ...] | None = getattr(context.merchant.playbook.reactions, kind)
    texts = WORDINGS[kind] if own is None else own
    if kind == "privacy" and own is None and context.merchant.playbook.consent.text:
        texts = (context.merchant.playbook.consent.text,)
    if not texts:
        return []
    text = choose(context.merchant.seed, f"react:{kind}:{person.wire_id}:{at:%Y%m%d}:{said}", texts)
    return [
        fx.Send(
            key=f"react:{person.wire_id}:{at:%Y%m%dT%H%M%S%f}",
            account=account,
            lane=Lane.REPLY,
            cause=Cause.CHAT,
            contact_id=person.contact_id,
            template=text.replace("{when}", when),
            revision=context.merchant.revision,
        )
    ]


def to_greeting(
    at: datetime, context: Context, person: PersonView, account: str, kind: Literal["hello", "call"], said: str
) -> list[Effect]:
    """A greeting is returned once an hour: whoever answers each of ours, another bot perhaps, would never stop."""
    hour = f"{at:%Y%m%dT%H}"
    return [
        msgspec.structs.replace(effect, key=f"{kind}:{person.wire_id}:{account}:{hour}")
        for effect in say(at, context, person, account, kind, said=said)
        if isinstance(effect, fx.Send)
    ]


def to_feeling(
    at: datetime, context: Context, person: PersonView, account: str, feeling: Feeling, text: str
) -> list[Effect]:
    """What we say to somebody who fares so. Grave news goes to the staff as well: people comfort better than we do."""
    effects = say(at, context, person, account, feeling, said=text)
    if feeling not in GRAVE:
        return effects
    who = address(context.merchant.playbook, person) or person.wire_id
    note = TO_STAFF.format(who=who, contact=person.wire_id, text=text[:_QUOTED])
    return [
        *effects,
        *staff.notes_about(
            context, account, f"care:{person.wire_id}:{at:%Y%m%dT%H%M%S%f}", note, Cause.HANDOFF, person
        ),
    ]
