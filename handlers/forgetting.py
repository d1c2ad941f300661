"""忘记我: asked back once, done at once, and nothing after the farewell.

Whoever is erased is nobody any more: see `bot.store.applying_erasure` for what goes and what stays. If they write or
add us again they are a stranger; who stayed a friend is found on the friend list like any old friend, and is neither
greeted nor asked. So the farewell promises nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.command_lines import without_mentions
from handlers.placement import seats_freed
from handlers.understanding.text import PARTICLES, dense
from models import effects as fx
from models import events as ev
from models import orders, timers
from models.context import Context, FriendshipView, PersonView
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import Effect
from models.erasure import nameless
from models.events import Event, Message
from models.patterns import compile_later
from models.people import FriendshipState

ASKED = (
    "你是想让我全部忘掉你吗？会删掉：你的称呼和备注、你告诉我的、标签、聊天记录，还没发出的消息也不发了。"
    "删了找不回来；群里的通知发给全群，不想看要自己退群。\n确定就在 10 分钟内回「确认」；不删就不用管，或者回「算了」。"
)
FAREWELL = "都删掉了，以后我不会再主动找你。保重。"
KEPT = "好的，不删，都还在。"
TOO_LATE = "离上次问你已经过了 10 分钟，所以什么都没删。还想删就再回一次「忘记我」。"
OF_THE_STAFF = "你在店里担着角色，现在删会没人管事。先请老板收回你的角色，再回「忘记我」。"
ONLY_IN_PRIVATE = "这个要私聊说：加我好友，再发「忘记我」就行。"
ORDERED = "{contact} 的资料已删除，名下没发的消息都已取消"

_WITHIN = timedelta(minutes=10)  # the contract's number
_A_DAY = timedelta(days=1)  # so long a late 确认 is still about this
# So long the farewell may wait for the account, and so long their address is kept for it and for nothing else.
_FAREWELL_WITHIN = timedelta(hours=1)
_LONGEST = 24  # longer messages say more than that
_MINE = "我的?(?:全部|所有|一切)?(?:个人)?(?:数据|资料|信息|档案|记录|聊天记录)"
_DELETE = "(?:删除|删掉|删了|清除|清空|清掉|抹掉|注销|销毁)"
_WISHES = (
    compile_later("(?:请|麻烦|我要|我想|可以|能不能)?(?:你|你们|您)?(?:把我)?(?:忘记|忘掉|忘了)我(?:了)?"),
    compile_later(
        f"(?:请|麻烦|帮我|我要|我想)?(?:你|你们)?(?:把)?{_MINE}(?:全部|全都|全|都)?(?:给我)?{_DELETE}(?:掉)?"
    ),
    compile_later(f"(?:请|麻烦|帮我|我要|我想)?(?:你|你们)?{_DELETE}(?:掉)?{_MINE}"),
)
_YES = frozenset({"确认", "是", "是的", "确认删除", "确认忘记我"})
_NO = frozenset(
    {"算了", "不", "不是", "不用", "不用了", "不删", "不删了", "别删", "别删了", "先不", "先不删", "取消", "否", "不要"}
)

_DECIDING = _YES | _NO
# Without one of these nothing of it is said.
_SIGN = compile_later("[确確是算不别別先取否]")


def is_wished(text: str) -> bool:
    """Whether a message asks to be forgotten, and nothing else."""
    if "我" not in text or len(text) > _LONGEST:
        return False
    said = _said(text)
    return any(wish.fullmatch(said) for wish in _WISHES)


def is_about_it(text: str) -> bool:
    """Whether a message asks for it, or may be the answer to whether they mean it."""
    return is_wished(text) or (len(text) <= _LONGEST and _SIGN.search(text) is not None and _said(text) in _DECIDING)


def is_waiting(at: datetime, person: PersonView, account: str) -> bool:
    """Whether 确认 or 是, said now in this conversation, would erase them."""
    asked_at = person.forget_asked_at
    return asked_at is not None and person.forget_asked_on == account and asked_at <= at <= asked_at + _WITHIN


def later(kind: str, person: PersonView, account: str) -> Effect:
    """Ring again when the time to confirm is over."""
    asked_at = person.forget_asked_at
    assert asked_at is not None
    return fx.PutTimer(kind=kind, subject=person.wire_id, at=asked_at + _WITHIN + timedelta(seconds=1), account=account)


def asked(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """They want to be forgotten: say what that means, 1:1, and ask whether they mean it."""
    if event.group:
        friendship = person.friendships.get(event.account)
        if friendship is None or friendship.state != FriendshipState.FRIEND:
            is_meant = context.account.self_id in event.mentions
            return [_say(event, context, person, ONLY_IN_PRIVATE, in_group=True)] if is_meant else []
    if person.roles:
        return [_say(event, context, person, OF_THE_STAFF)]
    return [
        fx.AskToForget(person_id=person.person_id, account=event.account),
        _say(event, context, person, ASKED),
    ]


def decided(event: Message, context: Context, person: PersonView) -> list[Effect] | None:
    """Their answer to whether they mean it; None if the message is about something else."""
    asked_at = person.forget_asked_at
    if asked_at is None or person.forget_asked_on != event.account or event.at < asked_at:  # as of nearly everybody
        return None
    said = _said(event.text) if len(event.text) <= _LONGEST else ""
    if said not in _DECIDING:
        return None
    not_any_more = fx.AskToForget(person_id=person.person_id)
    if is_waiting(event.at, person, event.account):
        if said in _YES and not person.roles:
            return erased(event.at, context, person, event.account)
        return [not_any_more, _say(event, context, person, KEPT), *_go_on(event, person)]
    if said in _YES and event.at <= asked_at + _A_DAY and not _has_open_question(person, event.account):
        return [not_any_more, _say(event, context, person, TOO_LATE)]
    return None


def talked_on(event: Message, person: PersonView) -> list[Effect]:
    """They answer something else instead: a later 是 is not about this."""
    waiting = is_waiting(event.at, person, event.account)
    return [fx.AskToForget(person_id=person.person_id)] if waiting else []


def erased(at: datetime, context: Context, person: PersonView, account: str = "") -> list[Effect]:
    """Everything goes, also the remark that the platform keeps, with one farewell on the account if one is given.
    Nothing from here on names them."""
    nobody = nameless(person.contact_id)
    key = _farewell(person.contact_id)
    until = at + _FAREWELL_WITHIN
    remarks = [_no_remark(person, one.account, until) for one in person.friendships.values() if _has_remark(one)]
    effects: list[Effect] = [
        fx.Erase(person_id=person.person_id, farewell=key, remarks=tuple(one.key for one in remarks)),
        *remarks,
        *(seats_freed(context, tier.name, at) for tier in context.merchant.playbook.tiers if tier.capacity),
    ]
    if account or remarks:
        on = account or remarks[0].account
        effects.append(fx.PutTimer(kind=timers.FAREWELL, subject=nobody, at=until, account=on))
    if not account:
        return effects
    farewell = fx.Send(
        key=key,
        account=account,
        lane=Lane.REPLY,
        cause=Cause.CHAT,
        contact_id=person.contact_id,
        text=FAREWELL,
        request=person.wire_id,
        not_after=until,
        about_consent=True,
    )
    return [
        *effects,
        farewell,
        fx.Audit(actor=nobody, action="erase", target=nobody, place=account),
    ]


def _has_remark(friendship: FriendshipView) -> bool:
    return bool(friendship.remark) and friendship.state == FriendshipState.FRIEND


def _no_remark(person: PersonView, account: str, until: datetime) -> fx.Send:
    """Take the name off that the account's phone shows for them."""
    return fx.Send(
        key=f"{_farewell(person.contact_id)}:{account}",
        account=account,
        kind=DeliveryKind.REMARK,
        lane=Lane.REPLY,
        cause=Cause.CHAT,
        contact_id=person.contact_id,
        text="",
        request=person.wire_id,
        not_after=until,
        about_consent=True,
    )


def ordered(order: orders.ErasePersonOrder, context: Context) -> list[Effect]:
    """An operator's order, for somebody who asked for it in another way; the audit names nobody."""
    person = context.person
    if person is None or person.erased:
        return _refuse(order, "这个人的资料已经删过了", "")
    nobody = nameless(person.contact_id)
    if person.is_ours:
        return _refuse(order, f"{order.contact} 是我们自己的账号", order.contact)
    if person.roles:
        return _refuse(order, f"{order.contact} 在店里有角色，先 role revoke（或从 config.toml 里去掉）", order.contact)
    return [
        *erased(order.at, context, person),
        fx.Audit(actor=order.actor, action="erase", target=nobody),
        fx.Answered(text=ORDERED.format(contact=order.contact)),
    ]


def said_goodbye(context: Context, effects: Sequence[Effect]) -> list[Effect]:
    """What came of a send; once the farewell is out, or lost, nobody needs to know where it went."""
    delivery = context.delivery
    if delivery is None or delivery.contact_id is None or not delivery.key.startswith(_farewell(delivery.contact_id)):
        return list(effects)
    if any(isinstance(effect, fx.SendAgain) for effect in effects):
        return list(effects)
    return [*effects, fx.ForgetAddress(contact_id=delivery.contact_id, delivery_id=delivery.id)]


def goodbye_is_over(_event: ev.TimerDue, context: Context) -> list[Effect]:
    """It has left by now, or is too late."""
    return [] if context.person is None else [fx.ForgetAddress(contact_id=context.person.contact_id)]


def is_too_late(event: Event, context: Context) -> bool:
    """Whether an event is about what somebody wanted who was erased in the meantime."""
    if context.person is None or not context.person.erased:
        return False
    match event:
        case ev.Message() | ev.FriendRequested() | ev.FriendAdded() | orders.SurveyFinished():
            return True
        case ev.TimerDue():
            return event.kind != timers.FAREWELL
        case _:
            return False


def _farewell(contact_id: int) -> str:
    return f"farewell:{nameless(contact_id)}"


def _said(text: str) -> str:
    return dense(without_mentions(text.strip())).strip(PARTICLES)


def _has_open_question(person: PersonView, account: str) -> bool:
    survey = person.survey
    return survey is not None and survey.account == account and survey.state in ("open", "resting")


def _go_on(event: Message, person: PersonView) -> list[Effect]:
    """What the open question waited for goes on."""
    if person.survey is None or not _has_open_question(person, event.account):
        return []
    kind = timers.SETTLE if person.survey.pending else timers.ASK_AGAIN
    at = event.at + timedelta(minutes=1)
    return [fx.PutTimer(kind=kind, subject=person.wire_id, at=at, account=event.account)]


def _say(event: Message, context: Context, person: PersonView, text: str, *, in_group: bool = False) -> Effect:
    return fx.Send(
        key=f"forget:{person.wire_id}:{event.wire_id or f'{event.at:%Y%m%dT%H%M%S%f}'}",
        account=event.account,
        lane=Lane.REPLY,
        cause=Cause.CHAT,
        contact_id=None if in_group else person.contact_id,
        group_id=context.group.id if in_group and context.group else None,
        text=text,
        about_consent=True,
    )


def _refuse(order: orders.ErasePersonOrder, why: str, target: str) -> list[Effect]:
    return [
        fx.Audit(actor=order.actor, action="erase", target=target, result="refused", reason=why),
        fx.Answered(refused=why),
    ]
