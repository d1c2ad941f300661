"""The digest: each morning how yesterday was, to 堂主, 舵主 and helpers about their groups and to the admins about all.

Everybody gets one message, short enough for a phone; `/早报` shows the same at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import staff
from models import effects as fx
from models import timers
from models.context import Context, PersonView
from models.deliveries import Cause
from models.digest_views import GroupDay, OpenQuestion, PostDay
from models.effects import Effect
from models.events import TimerDue
from models.operations import Role
from models.playbook import Playbook

TITLE = "【早报】{day:%m-%d} 周{weekday}，{where}"
MANY = "{count} 个群"
FIGURES = "进 {joins} 人，退 {leaves} 人；{active} 人说话，{messages} 条"
TALKED = "热聊：{words}"
LEFT_AFTER = "退的：{people}"
OPEN = "还没人回 {count} 条，回数字就由你来答："
ASKED = "{number}. {who}{where} {at:%m-%d %H:%M}：{text}"
POSTED = "昨天发的："
FOLLOWED = "· {at:%H:%M} {title}{where}：{what}"
REPLIES, JOINS, LEAVES, NO_ECHO = "回话 {count}", "进 {count}", "退 {count}", "没动静"
TODAY = "今天发："
PLANNED = "· {at:%H:%M} {title}{where}{waits}"
WAITS = "（等通过）"
NOTHING_TODAY = "今天没有排期。"
MISSING = "缺："
LACKS = "· {what}{where}"
EACH = "各群："
OF_EACH = "· {topic}：进 {joins} 退 {leaves}，{active} 人说话"
MORE = "……还有 {count} 条"
NO_GROUPS = "还没有绑定的群。"
NUMBERED = 10
"""So many questions of a list have numbers."""
HOLD_FOR = timedelta(hours=12)
"""How long the numbers of a list that was sent hold."""
_CARING = frozenset({Role.BRANCH, Role.HALL, Role.HELPER})
_SHOWN = 5
_MOST_GROUPS = 8
_QUOTED = 40
_WEEKDAYS = "一二三四五六日"


def look_next_morning(
    at: datetime, playbook: Playbook, zone: ZoneInfo, account: str, *, unless_set: bool = False
) -> list[Effect]:
    """Tell when the playbook's time of day comes next; never, if it names none."""
    if playbook.digest.at is None:
        return []
    local = at.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= playbook.digest.at)
    when = datetime.combine(day, playbook.digest.at, zone).astimezone(at.tzinfo)
    timer = fx.PutTimer(kind=timers.DIGEST, subject=timers.MORNING, at=when, account=account, unless_set=unless_set)
    return [timer]


def due(event: TimerDue, context: Context) -> list[Effect]:
    """One word to everybody who has groups to look after: the owner of a group, the 舵主 of its branch, its helpers; an
    admin, and who has a role for everywhere, hears of all at once.

    Of what was not ours yet on that day nothing is told.
    """
    merchant, view = context.merchant, context.digest
    following = look_next_morning(event.at, merchant.playbook, merchant.zone, event.account)
    if not following or view is None:
        return following
    ours = tuple(one for one in view.groups if one.since <= view.day)
    chiefs = {one.contact_id for one in context.staff}
    carers = [one for one in context.carers if one.contact_id not in chiefs]
    effects = list(following)
    for person in (*context.staff, *carers):
        groups = ours if person.contact_id in chiefs else groups_of(ours, person)
        if not groups:
            continue
        key = f"digest:{view.day.isoformat()}"
        text = told(view.day, groups, merchant.zone)
        effects += staff.notes_to([person], event.account, key, text, Cause.GROUP, None)
        through, asked = staff.account_for(person, event.account), questions_of(groups)
        if through and asked:
            effects.append(numbers(event.at, person.wire_id, through, asked))
    return effects


def numbers(at: datetime, actor: str, account: str, asked: Sequence[OpenQuestion]) -> Effect:
    """That these numbers, 1:1 on this account, stand for these questions, whatever is answered meanwhile."""
    return fx.PutPending(
        actor=actor,
        place=f"1:1:{account}",
        kind="list",
        lines=tuple(f"/answer {one.reference}" for one in asked[:NUMBERED]),
        until=at + HOLD_FOR,
    )


def groups_of(groups: Sequence[GroupDay], person: PersonView) -> tuple[GroupDay, ...]:
    """Those that somebody looks after: all, for who has a role for everywhere."""
    rooms = {role.group for role in person.roles if role.role in _CARING}
    return tuple(one for one in groups if "" in rooms or one.group in rooms)


def told(day: date, groups: Sequence[GroupDay], zone: ZoneInfo) -> str:
    """The day in these groups, in some lines; where they are several, each thing says where it was."""
    if not groups:
        return NO_GROUPS
    several = len(groups) > 1
    where = MANY.format(count=len(groups)) if several else _called(groups[0])
    lines = [TITLE.format(day=day, weekday=_WEEKDAYS[day.weekday()], where=where)]
    lines.append(
        FIGURES.format(
            joins=sum(one.joins for one in groups),
            leaves=sum(one.leaves for one in groups),
            active=len(frozenset[str]().union(*(one.active for one in groups))),
            messages=sum(one.messages for one in groups),
        )
    )
    if words := most_talked_about(groups):
        lines.append(TALKED.format(words="、".join(f"{word} {count}" for word, count in words)))
    if gone := [one for group in groups for one in group.moved if not one.came and one.after]:
        people = [f"{one.name or one.contact}（{one.after}之后）" for one in gone[:_SHOWN]]
        lines.append(LEFT_AFTER.format(people="、".join(people)))
    lines += _questions(groups, zone, several=several)
    lines += _posts(groups, zone, several=several)
    lines += _today(groups, zone, several=several)
    if lacks := _alike([(what, _called(group)) for group in groups for what in group.missing]):
        shown = [LACKS.format(what=what, where=_where(rooms, len(groups))) for what, rooms in lacks]
        lines += [MISSING, *_few(shown)]
    if several:
        livelier = sorted(groups, key=lambda one: (-len(one.active), -one.joins - one.leaves))
        lines.append(EACH)
        lines += [
            OF_EACH.format(topic=_called(one), joins=one.joins, leaves=one.leaves, active=len(one.active))
            for one in livelier[:_MOST_GROUPS]
        ]
        if len(groups) > _MOST_GROUPS:
            lines.append(MORE.format(count=len(groups) - _MOST_GROUPS))
    return "\n".join(lines)


def questions_of(groups: Sequence[GroupDay]) -> list[OpenQuestion]:
    """What nobody has answered in these groups, the oldest first."""
    return sorted((one for group in groups for one in group.unanswered), key=lambda one: (one.at, one.id))


def _questions(groups: Sequence[GroupDay], zone: ZoneInfo, *, several: bool) -> list[str]:
    asked = questions_of(groups)
    lines = [
        ASKED.format(
            number=number,
            who=one.name or one.contact,
            where=f"（{one.topic}）" if several else "",
            at=one.at.astimezone(zone),
            text=one.text.replace("\n", " ")[:_QUOTED],
        )
        for number, one in enumerate(asked, 1)
    ]
    return [OPEN.format(count=len(asked)), *_few(lines)] if asked else []


def _posts(groups: Sequence[GroupDay], zone: ZoneInfo, *, several: bool) -> list[str]:
    """What went to several groups is told once, with all that followed."""
    found: dict[tuple[str, str], list[tuple[GroupDay, PostDay]]] = {}
    for group in groups:
        for one in group.posts:
            found.setdefault((one.entry, one.title), []).append((group, one))
    lines = []
    for (_, title), of_it in sorted(found.items(), key=lambda one: one[1][0][1].at):
        posts = [post for _, post in of_it]
        counts = (
            (REPLIES, sum(post.replies for post in posts)),
            (JOINS, sum(post.joins for post in posts)),
            (LEAVES, sum(post.leaves for post in posts)),
        )
        followed = "，".join(text.format(count=count) for text, count in counts if count)
        where = _where(list(dict.fromkeys(_called(group) for group, _ in of_it)), len(groups)) if several else ""
        at = min(post.at for post in posts).astimezone(zone)
        lines.append(FOLLOWED.format(at=at, title=title, where=where, what=followed or NO_ECHO))
    return [POSTED, *_few(lines)] if lines else []


def _today(groups: Sequence[GroupDay], zone: ZoneInfo, *, several: bool) -> list[str]:
    found: dict[tuple[datetime, str, str, bool], list[str]] = {}
    for group in groups:
        for one in group.today:
            found.setdefault((one.at, one.title, one.entry, one.approved), []).append(_called(group))
    lines = [
        PLANNED.format(
            at=at.astimezone(zone),
            title=title,
            where=_where(rooms, len(groups)) if several else "",
            waits="" if approved else WAITS,
        )
        for (at, title, _, approved), rooms in sorted(found.items())
    ]
    return [TODAY, *_few(lines)] if lines else [NOTHING_TODAY]


def most_talked_about(groups: Sequence[GroupDay]) -> list[tuple[str, int]]:
    """The words that most messages of these groups have in them, of several alike the longer first; what only one has
    in it is no talk of the group."""
    counts = Counter[str]()
    for group in groups:
        counts.update(group.words)
    often = [(word, count) for word, count in counts.items() if count > 1]
    return sorted(often, key=lambda one: (-one[1], -len(one[0]), one[0]))[:_SHOWN]


def _alike(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for what, room in pairs:
        found.setdefault(what, []).append(room)
    return list(found.items())


def _where(rooms: Sequence[str], all_of_them: int) -> str:
    if all_of_them == 1:
        return ""
    if len(rooms) == all_of_them:
        return "（各群）"
    return f"（{rooms[0]}{f' 等 {len(rooms)} 个群' if len(rooms) > 1 else ''}）"


def _called(group: GroupDay) -> str:
    return group.topic or group.group


def _few(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _SHOWN else [*lines[:_SHOWN], MORE.format(count=len(lines) - _SHOWN)]
