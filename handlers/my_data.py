"""我的数据: what is kept of somebody, told to nobody but them, in one message that can be read on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from content_calendar.render import render, spoken
from handlers.asking import playbook_of
from handlers.command_lines import without_mentions
from handlers.understanding.text import PARTICLES, dense
from handlers.values import values_for
from models import effects as fx
from models.context import Context, Kept, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import Message
from models.patterns import compile_later
from models.people import AnswerState, FriendshipState

HEAD = "这是{shop}这边记着的、关于你的全部内容："
KNOWN_SINCE = "· 认识你：{since}起"
SOURCE = "，来自「{source}」"
HELLO = "· 加好友时你写的：{hellos}"
CALLED = "· 微信昵称：{name}"
REMARK = "· 给你的备注：{remarks}"
COUPON = "· 给你的券：{coupon}"
ANSWERS = "· 你告诉我的："
NO_ANSWERS = "· 你告诉我的：还没有"
TAGS = "· 标签：{tags}"
GROUPS = "· 一起在的群：{groups}"
CONSENT = {"given": "· 你同意过我们给你发消息", "refused": "· 你说过不同意我们给你发消息"}
OPTED_OUT = "· 你退订了，我们不会主动找你"
SAID = "· 聊天记录：你发的 {said} 条（最早 {oldest}），{until}"
SENT = "· 我们发给你的：{sent} 条"
SAID_NOTHING = "· 聊天记录：没有你发的"
KEPT_FOR = "每条留 {days} 天就自动删"
KEPT_ON = "没有设自动删除的期限"
FOOT = "哪里不对，直接告诉我；想让我全部忘掉，回「忘记我」。"
ONLY_IN_PRIVATE = "这个只能私聊告诉你本人：加我好友，再发一次就行。"

_LONGEST = 30  # longer messages say more than that
_MOST = 30  # tags and groups in one message; the last line says if there are more
_LONGEST_LABEL = 20
_LONGEST_HELLO = 50
_STATES = {AnswerState.DECLINED: "你没说", AnswerState.LATER: "说好回头再说"}
_MINE = "(?:我的)(?:全部|所有)?(?:个人)?(?:数据|资料|信息|档案)"
_WISHES = (
    compile_later(
        f"(?:我)?(?:想|要|想要)?(?:请|帮我|给我|麻烦)?(?:看看|看一下|查看|查一下|查询|导出|查|看)?(?:一下)?{_MINE}"
        "(?:有哪些|有什么|有啥|都有什么|都有啥|都有哪些|在哪看|在哪里看)?"
    ),
    compile_later(
        "(?:你|你们)(?:都|这里|这儿)?(?:存|记|保存|收集|记录|留)(?:着|下)?了?我的?(?:什么|哪些|啥|多少)"
        "(?:个人)?(?:数据|资料|信息|东西)?"
    ),
)


def is_asked_for(text: str) -> bool:
    """Whether a message asks what we keep of who wrote it, and nothing else."""
    if "我" not in text or len(text) > _LONGEST:
        return False
    said = dense(without_mentions(text.strip())).strip(PARTICLES)
    return any(wish.fullmatch(said) for wish in _WISHES)


def shown(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """Told 1:1, wherever it was asked; in a group no more than how to ask."""
    friendship = person.friendships.get(event.account)
    is_friend = friendship is not None and friendship.state == FriendshipState.FRIEND
    if event.group and not is_friend:
        is_meant = context.account.self_id in event.mentions
        return [_say(event, context, person, ONLY_IN_PRIVATE, in_group=True)] if is_meant else []
    if context.kept is None:
        raise ValueError("what is kept was not loaded")
    return [
        _say(event, context, person, told(context, person, context.kept)),
        fx.Audit(actor=person.wire_id, action="my_data", target=person.wire_id, place=event.account),
    ]


def told(context: Context, person: PersonView, kept: Kept) -> str:
    """What is kept, as the person may read it: nothing that the staff wrote for each other."""
    return "\n".join(_lines(context, person, kept))


def _lines(context: Context, person: PersonView, kept: Kept) -> Iterator[str]:
    merchant = context.merchant

    def day(moment: object) -> str:
        return spoken(str(moment)[:10], "date")

    yield HEAD.format(shop=merchant.name)
    since = KNOWN_SINCE.format(since=day(kept.since.astimezone(merchant.zone)))
    yield since + (SOURCE.format(source=person.source) if person.source else "")
    if kept.hellos:
        yield HELLO.format(hellos="；".join(hello[:_LONGEST_HELLO] for hello in kept.hellos))
    if person.name:
        yield CALLED.format(name=person.name)
    if remarks := dict.fromkeys(one.remark for one in person.friendships.values() if one.remark):
        yield REMARK.format(remarks="、".join(remarks))
    lines = list(answers(context, person))
    yield ANSWERS if lines else NO_ANSWERS
    yield from lines
    if person.tags:
        yield TAGS.format(tags=_few(sorted(person.tags)))
    if person.survey is not None and person.survey.coupon:
        yield COUPON.format(coupon=person.survey.coupon)
    if kept.groups:
        yield GROUPS.format(groups=_few(kept.groups))
    if person.opted_out:
        yield OPTED_OUT
    elif person.consent in CONSENT:
        yield CONSENT[person.consent]
    days = merchant.playbook.retention_days
    if kept.said and kept.oldest_at is not None:
        oldest = day(kept.oldest_at.astimezone(merchant.zone))
        yield SAID.format(said=kept.said, oldest=oldest, until=KEPT_FOR.format(days=f"{days:g}") if days else KEPT_ON)
    else:
        yield SAID_NOTHING
    if kept.sent:
        yield SENT.format(sent=kept.sent)
    yield FOOT


def spoken_answers(context: Context, person: PersonView) -> dict[str, str]:
    """What they told us, by the short form of each question."""
    told = (line.strip().rpartition(" ") for line in answers(context, person))
    return {label: value for label, _, value in told}


def answers(context: Context, person: PersonView) -> Iterator[str]:
    """Under the questions that were asked, in their order; what an earlier playbook asked comes last, by its key."""
    questions = {question.key: question for question in playbook_of(context).survey.questions}
    in_order = [key for key in questions if key in person.answers]
    values = values_for(context.merchant, person, None, {}, context.account.id)
    for key in [*in_order, *sorted(person.answers.keys() - questions.keys())]:
        answer, question = person.answers[key], questions.get(key)
        label, value = key, _STATES.get(AnswerState(answer.state), "")
        if question is not None:
            label = _label(render(question.texts[0], values).text)
        if not value:
            labels = {option.value: option.label or option.value for option in question.options} if question else {}
            value = spoken(answer.value, question.type if question else "", labels)
        yield f"  {label} {value}"


def _label(question: str) -> str:
    """The question without what is around it: up to its question mark, and not too long."""
    found = re.match(r"[^？?\n]*[？?]", question)
    label = (found[0] if found else question.partition("\n")[0]).strip()
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"


def _few(names: list[str] | tuple[str, ...]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > _MOST else ""
    return "、".join(names[:_MOST]) + more


def _say(event: Message, context: Context, person: PersonView, text: str, *, in_group: bool = False) -> Effect:
    return fx.Send(
        key=f"mydata:{person.wire_id}:{event.wire_id or f'{event.at:%Y%m%dT%H%M%S%f}'}",
        account=event.account,
        lane=Lane.REPLY,
        cause=Cause.CHAT,
        contact_id=None if in_group else person.contact_id,
        group_id=context.group.id if in_group and context.group else None,
        text=text,
        about_consent=True,
    )
