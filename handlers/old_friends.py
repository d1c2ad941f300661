"""Friends since before we came: nobody greets or surveys them anew, unless the playbook says so, and then little by
little."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from handlers import survey
from models import effects as fx
from models import timers
from models.chance import choose
from models.context import Context, PersonView
from models.deliveries import Lane
from models.effects import Effect
from models.events import TimerDue
from models.playbook_survey import OldFriends


def look_tomorrow(at: datetime, context: Context, account: str) -> list[Effect]:
    """Look for whom to ask when the playbook's time of day comes next."""
    rule, zone = context.merchant.playbook.survey.old_friends, context.merchant.zone
    if rule is None or not context.merchant.playbook.survey.questions:
        return []
    local = at.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= rule.at)
    when = datetime.combine(day, rule.at, zone).astimezone(at.tzinfo)
    return [fx.PutTimer(kind=timers.OLD_FRIENDS, subject=account, at=when, account=account)]


def due(event: TimerDue, context: Context) -> list[Effect]:
    """So many of them are asked today. Nobody waits for it, so quiet hours and caps hold."""
    rule = context.merchant.playbook.survey.old_friends
    if rule is None:
        return []
    effects = look_tomorrow(event.at, context, event.account)
    for person in context.old_friends:
        effects += [
            _gently(effect, context, person, rule) if isinstance(effect, fx.Send) else effect
            for effect in survey.begin(event.at, context, person, event.account)
        ]
    return effects


def _gently(send: fx.Send, context: Context, person: PersonView, rule: OldFriends) -> fx.Send:
    hello = choose(context.merchant.seed, f"old:{person.wire_id}", rule.hello) if rule.hello else ""
    return msgspec.structs.replace(send, lane=Lane.SERVICE, template=f"{hello}{send.template or ''}")
