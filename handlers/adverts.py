"""Adverts and links of strangers in our groups: the staff is told, and decides; we remove nobody."""

from __future__ import annotations

import re

from content_calendar.links import hosts_of, leads_outside
from handlers import staff
from handlers.roles import roles_of
from handlers.understanding import understand_business
from handlers.understanding.business import asks_the_shop
from models.context import Context, GroupView, PersonView
from models.deliveries import Cause
from models.effects import Effect
from models.events import Message
from models.patterns import compile_later
from models.people import FriendshipState

TO_STAFF = "【群里有广告】{who}（{contact}）在「{group}」发了：{text}\n要不要提醒或请出群，您来定。"
# A phone shows so much of a message without a tap.
_QUOTED = 200
# Hardly any advert is without one of these; all other talk costs no more than a look at them.
_SIGN = re.compile(
    r"https?:|www\.|\.(?:com|cn|top|shop|vip|xyz|net)|[加+][我vV微薇威Qq]|私我|私信我|联系我|找我|兼职|日结|日赚|代理|"
    r"贷款|低价|货源|扫码|返利|刷单|招募|进群|微信|[Qq][Qq]|扣扣|\d{7}"
)
# What any of them begins with: to look for one of many characters is a tenth of trying all of them at each.
_BEGINS = re.compile(r"[hw.加+私联找兼日代贷低货扫返刷招进微Qq扣\d]")
_URL = compile_later(r"https?://\S+")
_READ = 400
"""Characters of a message that are looked at: an advert says early what it wants."""
_LINKS = frozenset({"link", "mini_program", "card"})


def may_be_one(text: str) -> bool:
    """Whether what was written in a group is worth a look at who wrote it."""
    first = _BEGINS.search(text, 0, _READ)
    if first is None or not _SIGN.search(text, first.start(), _READ):
        return False
    return _advertises(text) or (_leads_outside(text[:_READ]) and not asks_the_shop(text))


def is_shown(event: Message) -> bool:
    """Whether a card or a link that was sent to a group leads somewhere else."""
    return event.kind in _LINKS and event.media is not None and _leads_outside(event.media.url)


def seen(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """The staff hears of it, once a day and person. Who works here advertises what is ours; a friend's link is a
    friend's link, but not their advert."""
    group = context.group
    if group is None or group.tier is None or event.account != group.account or _is_ours(event, person, group):
        return []
    text = event.text or (f"{event.media.name} {event.media.url}".strip() if event.media else "")
    friendship = person.friendships.get(event.account)
    befriended = friendship is not None and friendship.state == FriendshipState.FRIEND
    if befriended and not _advertises(text):
        return []
    note = TO_STAFF.format(
        who=person.name or person.wire_id,
        contact=person.wire_id,
        group=group.topic or group.wire_id,
        text=text[:_QUOTED],
    )
    day = event.at.astimezone(context.merchant.zone).date()
    return staff.notes(
        context, group.account, f"advert:{group.wire_id}:{person.wire_id}:{day}", note, Cause.GROUP, person
    )


def _is_ours(event: Message, person: PersonView, group: GroupView) -> bool:
    return person.contact_id == group.owner_contact_id or bool(roles_of(person, event.account, event.group))


def _advertises(text: str) -> bool:
    """Whether the words say so, whatever link is among them."""
    return understand_business(_URL.sub(" ", text[:_READ]), "group").label == "ad"


def _leads_outside(text: str) -> bool:
    return any(leads_outside(host) for host in hosts_of(text))
