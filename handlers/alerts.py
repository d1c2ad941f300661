"""What a human must know is told once, when it begins: to the channels of the configuration, and to staff in the chat.

Where it is written down, logged and shown follows from `RaiseAlert` and `EndAlert`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from models import effects as fx
from models.accounts import AccountState
from models.alerts import A_DELIVERY, COMES_BACK, SO_SOON, AlertKind, AlertName, alert_key
from models.context import Context
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import TimerDue, TroubleBegan, TroubleEnded
from models.people import FriendshipState
from models.timers import ALERT_OVER, alert_subject

ON_A_CHANNEL = "【{shop}】{text}（{at:%m-%d %H:%M}）"
# What the program notices about itself; the account's name and the subject may be in it.
TEXTS = {
    AlertKind.BUDGET: "账号「{name}」今天的发送额度不够了，排不下的明天接着发。",
    AlertKind.NEW_FRIENDS: "账号「{name}」今天加好友的额度用完了，剩下的明天接着加，别的照常发。",
    AlertKind.DISK_FULL: "磁盘满了，什么都记不下来，先停着。请腾出空间，腾好会自己接着跑。",
    AlertKind.DATABASE: "数据库用不了，先停着，好了会自己接着跑。",
    AlertKind.POISON: "有一件事程序处理不了（{subject}），请交给维护的人：events list 看原因，修好后 events retry。",
}
# What no event was, `events list` does not know: a delivery that the gate could not judge is on record as failed.
UNJUDGEABLE = (
    "有消息程序判断不了能不能发，记成了发送失败，请交给维护的人："
    "原因在日志里（delivery.poison），修好后在发送记录里再发一次。"
)
# A bug has no end that we could see: if it still happens a day later, it is told again.
_POISON_LASTS = timedelta(days=1)


def raised(
    at: datetime,
    context: Context,
    kind: AlertKind,
    subject: str,
    text: str,
    *,
    account: str = "",
    delivery_id: int | None = None,
    staff: bool = False,
) -> list[Effect]:
    """Raise an alert and tell of it, with `staff` also in the chat. What is open already is not raised again."""
    before = [one for one in context.alerts if (one.kind, one.subject) == (kind, subject)]
    if any(one.ended_at is None for one in before):
        return []
    recent = [one.began_at for one in before if one.ended_at and at - one.ended_at < SO_SOON]
    back = max(recent, default=None) if kind in COMES_BACK else None
    name = AlertName(kind, subject, back or at)
    alert = fx.RaiseAlert(
        kind=kind, subject=subject, began_at=name.began_at, account=account, delivery_id=delivery_id, text=text
    )
    if back is not None:
        return [alert]
    return [alert, *_posts(context, name, text), *(_notes(context, name, text, account) if staff else ())]


def began(event: TroubleBegan, context: Context) -> list[Effect]:
    """The program noticed something about itself."""
    kind = AlertKind(event.kind)
    told = UNJUDGEABLE if kind == AlertKind.POISON and event.subject == A_DELIVERY else TEXTS[kind]
    text = told.format(name=context.account.name or event.account, subject=event.subject)
    effects = raised(event.at, context, kind, event.subject, text, account=event.account)
    until = event.at + _POISON_LASTS if kind == AlertKind.POISON else event.until
    if effects and until is not None:
        effects.append(fx.PutTimer(kind=ALERT_OVER, subject=alert_subject(kind, event.subject), at=until))
    return effects


def ended(event: TroubleEnded, _context: Context) -> list[Effect]:
    """The program noticed that it is over."""
    return [fx.EndAlert(kinds=(AlertKind(event.kind),), subject=event.subject)]


def over(event: TimerDue, _context: Context) -> list[Effect]:
    """Its time is over."""
    kind, _, subject = event.subject.partition(" ")
    return [fx.EndAlert(kinds=(AlertKind(kind),), subject=subject)]


def _posts(context: Context, name: AlertName, text: str) -> Iterator[Effect]:
    merchant = context.merchant
    for channel in merchant.channels:
        said = ON_A_CHANNEL.format(shop=merchant.name, text=text, at=name.began_at.astimezone(merchant.zone))
        yield fx.Send(
            key=alert_key(name, channel), account=channel, lane=Lane.SERVICE, cause=Cause.ALERT, text=said, priority=1
        )


def _notes(context: Context, name: AlertName, text: str, account: str) -> Iterator[Effect]:
    """To each owner and admin through an account that works; if the account at hand is the only one, through that one
    where it is merely paused. They order, so what they read is no reply to be paused with the rest."""
    able = [one.id for one in context.accounts.values() if one.state == AccountState.ONLINE and one.id != account]
    if name.kind == AlertKind.PAUSED:
        able.append(account)
    for member in context.staff:
        friends = {of for of, one in member.friendships.items() if one.state == FriendshipState.FRIEND}
        through = next((one for one in able if one in friends), None)
        if through is not None:
            yield fx.Send(
                key=alert_key(name, member.wire_id),
                account=through,
                lane=Lane.SERVICE,
                cause=Cause.COMMAND,
                contact_id=member.contact_id,
                text=text,
            )
