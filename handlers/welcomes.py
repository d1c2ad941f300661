"""Welcomes: whoever comes into a bound group for the first time, together with all who come within a minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from content_calendar.render import render
from handlers.values import address, values_for
from models import effects as fx
from models import timers
from models.context import Context, GroupView, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import TimerDue

TOGETHER = timedelta(minutes=1)
AND_MORE = "{names} 等 {count} 位"
_NAMED = 20


def wanted(at: datetime, context: Context, group: GroupView, people: Sequence[PersonView]) -> list[Effect]:
    """Who of these is to be welcomed in a minute: nobody who was there before, or wants nothing from us."""
    tier = context.merchant.playbook.tier(group.tier or "")
    if tier is None or not tier.welcome:
        return []
    new = tuple(
        one.contact_id
        for one in people
        if not (one.is_ours or one.opted_out or one.erased)
        and group.id not in one.groups
        and group.id not in one.left_groups
    )
    if not new:
        return []
    return [
        fx.PutNewcomers(group_id=group.id, contact_ids=new),
        fx.PutTimer(
            kind=timers.WELCOME, subject=group.wire_id, at=at + TOGETHER, account=group.account, unless_set=True
        ),
    ]


def due(event: TimerDue, context: Context) -> list[Effect]:
    """One welcome for all of them who are still there; each their own where it says something that is only theirs."""
    group = context.group
    if group is None:
        return []
    effects: list[Effect] = [fx.DropNewcomers(group_id=group.id)]
    tier = context.merchant.playbook.tier(group.tier or "")
    people = [one for one in context.newcomers if group.id in one.groups and not one.opted_out and not one.erased]
    if tier is None or not tier.welcome or not people:
        return effects
    if len(people) > 1:
        rendered = render(tier.welcome, _of_all(context, group, people))
        if not rendered.missing:
            return [*effects, _say(group, people[0], tier.welcome, rendered.text)]
    return [*effects, *(_say(group, one, tier.welcome, _of_one(tier.welcome, context, group, one)) for one in people)]


def by_hand(context: Context, group: GroupView, person: PersonView, stamp: str) -> list[Effect]:
    """One of the staff wants somebody to be welcomed, whoever has been before."""
    tier = context.merchant.playbook.tier(group.tier or "")
    if tier is None or not tier.welcome:
        return []
    send = _say(group, person, tier.welcome, _of_one(tier.welcome, context, group, person))
    return [msgspec.structs.replace(send, key=f"{send.key}:{stamp}")]


def _of_one(template: str, context: Context, group: GroupView, person: PersonView) -> str | None:
    """With an unknown field there is no text, and the gate will skip it."""
    rendered = render(template, values_for(context.merchant, person, group, {}, group.account))
    return None if rendered.missing else rendered.text


def _of_all(context: Context, group: GroupView, people: Sequence[PersonView]) -> dict[str, str]:
    known = [name for one in people if (name := address(context.merchant.playbook, one))]
    names = "、".join(known[:_NAMED])
    if len(people) > min(len(known), _NAMED) > 0:
        names = AND_MORE.format(names=names, count=len(people))
    return values_for(context.merchant, None, group, {}, group.account) | {"name": names, "nick": names}


def _say(group: GroupView, first: PersonView, template: str, text: str | None) -> fx.Send:
    """Said to the group about somebody, so it is rendered here."""
    return fx.Send(
        key=f"welcome:{group.wire_id}:{first.wire_id}",
        account=group.account,
        lane=Lane.SERVICE,
        cause=Cause.GROUP,
        group_id=group.id,
        text=text,
        template=template,
    )
