"""A business question in a group: its owner hears of it at once, who asked gets a word, and while nobody answers, one
after the other is reminded.

Whether somebody answered follows from what was said since: `handlers.threads`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers import staff
from handlers.handoff import TO_MEMBER, standing_answer
from handlers.roles import roles_of
from handlers.threads import OPEN, threads
from handlers.values import address
from models import effects as fx
from models import timers
from models.context import Context, GroupView, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import Message, TimerDue
from models.operations import Role
from models.people import FriendshipState
from models.playbook import Handoff

TO_OWNER = (
    "【群里有人问】{who}（{contact}）在「{group}」问：{text}\n"
    "直接在群里回就行；也可以私聊回我 1（从等得最久的答起），我替你答。"
)
STILL_OPEN = "【还没人回】{who}（{contact}）{at} 在「{group}」问：{text}\n麻烦看一下。"
# A phone shows so much of a message without a tap.
_QUOTED = 200


def asked(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """A member asks the shop something, where others read it too."""
    group = context.group
    if group is None or event.account != group.account or _works_here(event, person, group):
        return []
    effects: list[Effect] = [fx.PutQuestion(group_id=group.id)]
    if group.tier is None:  # not ours: it is known, and nothing is said
        return effects
    if (answer := standing_answer(context.merchant.playbook, event.text)) is not None:
        return [*effects, _say(event, group, f"answer:{group.wire_id} {_name(event)}", answer, Cause.CHAT)]
    note = TO_OWNER.format(
        who=address(context.merchant.playbook, person) or person.wire_id,
        contact=person.wire_id,
        group=group.topic or group.wire_id,
        text=event.text[:_QUOTED],
    )
    turns = _turns(context, group)
    if turns:
        key = f"asked:{group.wire_id}:{_name(event)}"
        effects += staff.notes_to(turns[0], group.account, key, note, Cause.HANDOFF, person)
    return [*effects, *_word(event, group, person), *_looked_at_later(event, context, group)]


def overheard(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """What may be a question of a member's: nobody is bothered at once. When its time is over, what was said around it
    tells whether it is one that waits."""
    group = context.group
    if group is None or event.account != group.account or _works_here(event, person, group):
        return []
    effects: list[Effect] = [fx.PutQuestion(group_id=group.id, perhaps=True)]
    return effects if group.tier is None else [*effects, *_looked_at_later(event, context, group)]


def _looked_at_later(event: Message, context: Context, group: GroupView) -> list[Effect]:
    due = _due(event.at, context, context.merchant.playbook.handoff.after_minutes)
    if due is None:
        return []
    subject = timers.question_subject(group.wire_id, event.wire_id, 0)
    return [fx.PutTimer(kind=timers.QUESTION, subject=subject, at=due, account=event.account)]


def still_open(event: TimerDue, context: Context) -> list[Effect]:
    """Its time is over: the owner, then the group's helper, then the admin is told, if nobody has answered."""
    group = context.group
    room, message, told = event.subject.split(" ")
    question = next((one for one in context.talk if one.message == message), None)
    if group is None or group.tier is None or question is None:
        return []
    found = next((one for one in threads(context.talk) if one.question.id == question.id), None)
    if found is None or found.state != OPEN:
        return []
    zone = context.merchant.zone
    at, now = question.at.astimezone(zone), event.at.astimezone(zone)
    note = STILL_OPEN.format(
        who=question.name or question.contact,
        contact=question.contact,
        at=f"{at:%H:%M}" if at.date() == now.date() else f"{at:%m-%d %H:%M}",
        group=group.topic or group.wire_id,
        text=question.text[:_QUOTED],
    )
    turn, turns = int(told), _turns(context, group)
    if turn >= len(turns):
        return []
    key = f"unanswered:{room}:{message}:{turn}"
    effects = staff.notes_to(turns[turn], group.account, key, note, Cause.HANDOFF, None)
    is_last = turn + 1 == len(turns)
    due = None if is_last else _due(event.at, context, context.merchant.playbook.handoff.deputy_minutes)
    if due is not None:
        subject = timers.question_subject(room, message, turn + 1)
        effects.append(fx.PutTimer(kind=timers.QUESTION, subject=subject, at=due, account=event.account))
    return effects


def working_time(handoff: Handoff, local: datetime, minutes: float) -> datetime:
    """The local moment when so many minutes of working hours have passed; all hours are, where none are named."""
    left = timedelta(minutes=minutes)
    moment = local
    if not handoff.working_hours:
        return moment + left
    for _ in range(_MOST_WINDOWS):
        ends = [end for window in handoff.working_hours if (end := window.end_of(moment)) is not None]
        if ends:
            if moment + left <= max(ends):
                return moment + left
            left -= max(ends) - moment
            moment = max(ends)
            continue
        begins = [
            begin
            for days in range(9)
            for window in handoff.working_hours
            if (begin := datetime.combine(moment.date() + timedelta(days=days), window.start, moment.tzinfo)) > moment
            and window.end_of(begin) is not None
        ]
        moment = min(begins)
    return moment


_MOST_WINDOWS = 1_000


def _due(at: datetime, context: Context, minutes: float | None) -> datetime | None:
    if minutes is None:
        return None
    local = at.astimezone(context.merchant.zone)
    return working_time(context.merchant.playbook.handoff, local, minutes).astimezone(at.tzinfo)


def _works_here(event: Message, person: PersonView, group: GroupView) -> bool:
    return person.contact_id == group.owner_contact_id or bool(roles_of(person, event.account, event.group))


def _turns(context: Context, group: GroupView) -> list[list[PersonView]]:
    """Whose turn it is to be told: the owner's, the helpers', the admins'. Nobody has two, and where there is nobody
    whom we can reach it is the next ones' turn."""
    owners = [one for one in context.carers if one.contact_id == group.owner_contact_id]
    helpers = [one for one in context.carers if any(role.role == Role.HELPER for role in one.roles)]
    told: set[int] = set()
    turns = []
    for people in (owners, helpers, context.staff):
        new = [one for one in people if one.contact_id not in told and staff.account_for(one, group.account)]
        told.update(one.contact_id for one in new)
        if new:
            turns.append(new)
    return turns


def _word(event: Message, group: GroupView, person: PersonView) -> list[Effect]:
    """1:1 where we can, else in the group; once an hour to each, however much they ask."""
    at = event.at
    key = f"handed:{group.wire_id}:{person.wire_id}:{at.year}{at.month:02}{at.day:02}T{at.hour:02}"
    friendship = person.friendships.get(event.account)
    if person.opted_out or (group.human_until is not None and group.human_until > event.at):
        return []
    if friendship is None or friendship.state != FriendshipState.FRIEND:
        return [_say(event, group, key, TO_MEMBER, Cause.HANDOFF)]
    return [
        fx.Send(
            key=key,
            account=event.account,
            lane=Lane.REPLY,
            cause=Cause.HANDOFF,
            contact_id=person.contact_id,
            text=TO_MEMBER,
        )
    ]


def _say(event: Message, group: GroupView, key: str, text: str, cause: Cause) -> Effect:
    return fx.Send(key=key, account=event.account, lane=Lane.REPLY, cause=cause, group_id=group.id, text=text)


def _name(event: Message) -> str:
    return event.wire_id or f"{event.at:%Y%m%dT%H%M%S%f}"
