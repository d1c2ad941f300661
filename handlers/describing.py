"""What the shop keeps of a person by its own hand: tags, notes, the remark on the platform."""

from __future__ import annotations

from handlers import placement
from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import Effect
from models.orders import DescribePersonOrder, PersonChanged
from models.people import FriendshipState
from models.turning import unturned

GONE = "这个人的资料已经删了，记不了。"
OURS = "{who} 是我们自己的账号。"
NO_FRIEND = "还不是我们哪个号的好友，改不了备注。"
TOO_LONG = "太长了：标签最多 {tag} 个字，备注最多 {remark} 个字，记的最多 {note} 个字。"
KEPT = "好，记下了。"
LONGEST_TAG, LONGEST_REMARK, LONGEST_NOTE = 30, 30, 2_000


def ordered(order: DescribePersonOrder, context: Context) -> list[Effect]:
    """An operator's order; a remark is set on the platform by each account that knows the person."""
    person = context.person
    fault = _fault(order, person)
    if person is None or fault:
        return [
            fx.Audit(actor=order.actor, action="describe", target=order.contact, result="refused", reason=fault),
            fx.Answered(refused=fault),
        ]
    effects: list[Effect] = []
    if order.add or order.remove:
        add = tuple(map(unturned, order.add))
        effects.append(fx.PutTags(person_id=person.person_id, add=add, remove=order.remove, origin=order.actor))
        if placement.follows(context.merchant.playbook, (*order.add, *order.remove)):
            changed = PersonChanged(merchant=order.merchant, at=order.at, contact=order.contact)
            effects.append(fx.Follow(event=changed))
    if order.note is not None:
        effects.append(fx.PutNote(person_id=person.person_id, note=unturned(order.note)))
    if order.remark:
        effects += [_remark(order, person, account) for account in _friends(person)]
    return [
        *effects,
        fx.Audit(actor=order.actor, action="describe", target=order.contact),
        fx.Answered(text=KEPT),
    ]


def _fault(order: DescribePersonOrder, person: PersonView | None) -> str:
    if person is None or person.erased:
        return GONE
    if person.is_ours:
        return OURS.format(who=order.contact)
    if (
        any(len(tag) > LONGEST_TAG for tag in order.add)
        or len(order.remark) > LONGEST_REMARK
        or len(order.note or "") > LONGEST_NOTE
    ):
        return TOO_LONG.format(tag=LONGEST_TAG, remark=LONGEST_REMARK, note=LONGEST_NOTE)
    if order.remark and not _friends(person):
        return NO_FRIEND
    return ""


def _remark(order: DescribePersonOrder, person: PersonView, account: str) -> Effect:
    return fx.Send(
        key=f"remark:{person.wire_id}:{account}:{order.at:%Y%m%dT%H%M%S.%f}",
        account=account,
        kind=DeliveryKind.REMARK,
        lane=Lane.REPLY,
        cause=Cause.COMMAND,
        contact_id=person.contact_id,
        text=unturned(order.remark),
    )


def _friends(person: PersonView) -> list[str]:
    return sorted(account for account, one in person.friendships.items() if one.state == FriendshipState.FRIEND)
