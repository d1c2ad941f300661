"""Commands about groups, quiet and roles."""

from __future__ import annotations

import unicodedata
from datetime import datetime, time, timedelta

from handlers import welcomes
from handlers.command_call import NO_SUCH_GROUP, Call, Refusal, group_named, looked_after, roles_told
from handlers.roles import ROLE_NAMES
from models import effects as fx
from models import timers
from models.context import Context
from models.effects import Effect
from models.events import TimerDue
from models.operations import Role
from models.orders import GrantRoleOrder, UnbindGroupOrder
from models.patterns import compile_later

UNBOUND = "好，「{group}」解绑了，以后只看不发。再绑定时，堂主和上级群照旧。"
NOT_BOUND = "「{group}」本来就没绑定。"
MUTED = "好，本群我不主动发了{until}。恢复请发 /恢复 本群。"
QUIET = "好，全部安静到 {until:%m-%d %H:%M}，到点自己恢复；要提前就发 /恢复。"
QUIET_HOURS = "免打扰：{hours}。要现在安静一会儿就发 /免打扰 2小时。"
NO_QUIET_HOURS = "没有设免打扰时间。要现在安静一会儿就发 /免打扰 2小时。"
NO_DURATION = "看不懂多久「{word}」。可以写 30分钟、2小时、3天，或几点 22:00。"
NO_ROLE = "没有「{role}」这个角色。可以是：{roles}。"
ABOVE_YOU = "只有老板能给或收「{role}」。"
GRANTED = "好，{who} 现在是{role}{where}{until}。"
CONFIGURED = "{who} 的「{role}」是配置文件里写的，要在那里改。"
REVOKED = "好，{who} 不再是{role}{where}。"
NOT_THEIRS = "{who} 本来就不是{role}{where}。"
STILL_THEIRS = "另外给的收回了。{who} 还带着「{groups}」，在那里照样是{role}，要换人发 /客户交接 {contact} 谁来跟。"
ROLES_ARE = "{who} 的角色：{roles}。"
NO_ROLES = "{who} 没有角色。"
NO_WELCOME = "本群的层级没写欢迎语，在方案的 welcome 里加上就有了。"
WELCOME = "新人进群一分钟内一起欢迎，说的是：\n{text}"
_DURATION = compile_later(r"(\d{1,4})\s*(分钟|分|min|m|个?小时|时|h|天|日|d)")
_CLOCK = compile_later(r"(\d{1,2})[:：点](\d{0,2})分?")
_DAY = compile_later(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_UNITS = {"分": 60, "m": 60, "时": 3_600, "小": 3_600, "个": 3_600, "h": 3_600, "天": 86_400, "日": 86_400, "d": 86_400}


def unbind(call: Call) -> tuple[str, list[Effect]]:
    """This group, or the one named, is no longer posted to."""
    word = call.argument(0) or "本群"
    group = group_named(call, word)
    if group is None:
        raise Refusal(NO_SUCH_GROUP.format(group=word[:40]))
    if group.tier is None:
        raise Refusal(NOT_BOUND.format(group=group.topic or group.wire_id))
    order = UnbindGroupOrder(
        merchant=call.event.merchant, at=call.event.at, actor=call.person.wire_id, group=group.wire_id
    )
    return UNBOUND.format(group=group.topic or group.wire_id), [fx.Follow(event=order)]


def mute(call: Call) -> tuple[str, list[Effect]]:
    """The bot posts nothing in this group, for a time if it says so."""
    group, word = call.here(), call.argument(0)
    until = _until(call, word) if word else None
    told = f"，到 {_local(call, until):%m-%d %H:%M}" if until else ""
    return MUTED.format(until=told), _paused(call, "group", group.wire_id, until)


def quiet(call: Call) -> tuple[str, list[Effect]]:
    """免打扰: when it is by the playbook; with a time, everything is quiet until then."""
    word = call.argument(0)
    if word:
        until = _until(call, word)
        return QUIET.format(until=_local(call, until)), _paused(call, "all", "", until)
    hours = call.context.merchant.playbook.quiet_hours
    spoken = "，".join(f"{_clock(one.start)}–{_clock(one.end)}" for one in hours)
    return (QUIET_HOURS.format(hours=spoken) if spoken else NO_QUIET_HOURS), []


def _clock(value: time | timedelta) -> str:
    """A time of the day; 24:00 is one."""
    minutes = value.hour * 60 + value.minute if isinstance(value, time) else int(value.total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def over(event: TimerDue, _context: Context) -> list[Effect]:
    """A pause that was for a time ends by itself."""
    scope, _, subject = event.subject.partition(" ")
    return [fx.PutPause(scope=scope, subject=subject, by="timer", resumed=True)]


def role(call: Call) -> tuple[str, list[Effect]]:
    """What roles somebody has."""
    found = call.who
    who = found.person.name or found.person.wire_id
    roles = roles_told(call, found.person, tuple(Role))
    return (ROLES_ARE.format(who=who, roles=roles) if roles else NO_ROLES.format(who=who)), []


def grant(call: Call) -> tuple[str, list[Effect]]:
    """Give a role: everywhere, or in a group; for good, or until a time."""
    given, group, until = _grant(call)
    who = call.who.person
    told = GRANTED.format(
        who=who.name or who.wire_id,
        role=ROLE_NAMES[given],
        where=_where(call, group),
        until=f"，到 {_local(call, until):%Y-%m-%d %H:%M}" if until else "",
    )
    return told, [_order(call, given, group, until, revoke=False)]


def revoke(call: Call) -> tuple[str, list[Effect]]:
    """Take a role back."""
    given, group, _until_then = _grant(call)
    who = call.who.person
    if not group and any(one == who.wire_id and role == given for _, one, role in call.context.merchant.admins):
        raise Refusal(CONFIGURED.format(who=who.name or who.wire_id, role=ROLE_NAMES[given]))
    name = who.name or who.wire_id
    mine = [one for one in looked_after(call, who, given) if group in ("", one.wire_id)]
    if not mine and not any(one.role == given and group in ("", one.group) for one in who.roles):
        raise Refusal(NOT_THEIRS.format(who=name, role=ROLE_NAMES[given], where=_where(call, group)))
    told = REVOKED.format(who=name, role=ROLE_NAMES[given], where=_where(call, group))
    if mine:
        told = STILL_THEIRS.format(
            who=name,
            role=ROLE_NAMES[given],
            groups="、".join(one.topic or one.wire_id for one in mine),
            contact=who.wire_id,
        )
    return told, [_order(call, given, group, None, revoke=True)]


def _where(call: Call, wire_id: str) -> str:
    group = group_named(call, wire_id) if wire_id else None
    return f"（{group.topic or wire_id}）" if group else ""


def _grant(call: Call) -> tuple[Role, str, datetime | None]:
    """The role, the group if it is limited to one, and when it ends; in any order behind the role."""
    word = call.argument(1)
    given = next((role for role, name in ROLE_NAMES.items() if word in (role, name)), None)
    if given is None:
        raise Refusal(NO_ROLE.format(role=word[:20], roles="、".join(ROLE_NAMES.values())))
    if given in (Role.OWNER, Role.ADMIN) and Role.OWNER not in call.roles:
        raise Refusal(ABOVE_YOU.format(role=ROLE_NAMES[given]))
    group, until = "", None
    for more in call.arguments[2:]:
        if (named := group_named(call, more)) is not None:
            group = named.wire_id
        else:
            until = _until(call, more)
    return given, group, until


def _order(call: Call, role: Role, group: str, until: datetime | None, *, revoke: bool) -> Effect:
    return fx.Follow(
        event=GrantRoleOrder(
            merchant=call.event.merchant,
            at=call.event.at,
            actor=call.person.wire_id,
            contact=call.who.person.wire_id,
            role=role,
            group=group,
            until=until,
            revoke=revoke,
        )
    )


def _paused(call: Call, scope: str, subject: str, until: datetime | None) -> list[Effect]:
    effects: list[Effect] = [fx.PutPause(scope=scope, subject=subject, by=call.person.wire_id)]
    timer = f"{scope} {subject}"
    if until is None:
        return [*effects, fx.DropTimer(kind=timers.PAUSE_OVER, subject=timer)]
    return [*effects, fx.PutTimer(kind=timers.PAUSE_OVER, subject=timer, at=until)]


def _local(call: Call, moment: datetime) -> datetime:
    return moment.astimezone(call.context.merchant.zone)


def _until(call: Call, word: str) -> datetime:
    """A duration from now, a time of today or tomorrow, or a day, at whose end it is over. Raises `Refusal`."""
    said = unicodedata.normalize("NFKC", word)
    now = _local(call, call.event.at)
    try:
        if found := _DURATION.fullmatch(said):
            return call.event.at + timedelta(seconds=int(found[1]) * _UNITS[found[2][0]])
        if found := _DAY.fullmatch(said):
            day = now.replace(
                year=int(found[1]), month=int(found[2]), day=int(found[3]), hour=0, minute=0, second=0, microsecond=0
            )
            end = day + timedelta(days=1)
        elif found := _CLOCK.fullmatch(said):
            end = now.replace(hour=int(found[1]), minute=int(found[2] or 0), second=0, microsecond=0)
            end += timedelta(days=0 if end > now else 1)
        else:
            end = now
    except (ValueError, OverflowError):
        end = now
    if end <= now:
        raise Refusal(NO_DURATION.format(word=word[:20]))
    return end.astimezone(call.event.at.tzinfo)


def welcome(call: Call) -> tuple[str, list[Effect]]:
    """欢迎: what this group's newcomers are told, or tell it to somebody."""
    group = call.here()
    tier = call.context.merchant.playbook.tier(group.tier or "")
    if tier is None or not tier.welcome:
        raise Refusal(NO_WELCOME)
    if not call.people:
        return WELCOME.format(text=tier.welcome), []
    return "", welcomes.by_hand(call.context, group, call.who.person, call.stamp)
