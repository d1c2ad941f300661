"""Commands about the calendar: what goes out when, and the word on what waits for one; and the list of a 堂主's day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from content_calendar import cadence
from content_calendar.cadence import Occurrence
from content_calendar.entry import Entry, from_json
from handlers.command_call import Call, Refusal, unlimited
from handlers.gate import quiet_until
from handlers.words import sensitive_word
from models import effects as fx
from models.context import EntryView
from models.deliveries import DeliveryState
from models.effects import Effect
from models.orders import ApproveEntryOrder, SkipEntryOrder

NOTHING = "{when}没有排期。"
NO_ENTRY = "没有排期「{key}」。"
NO_NEXT = "接下来没有排期了。"
APPROVED = "好，{key} 通过了。"
REJECTED = "好，{key} 退回，等着发的 {count} 条不发了。"
NOTHING_WAITS = "{key} 没有在等通过的。"
SKIPPED = "好，{key} 跳过 {day} 这一次，下一次照常。"
SKIPPED_LAST = "好，{key} 跳过 {day} 这一次，后面没有了。"
PREVIEW = "{key}「{title}」\n下次：{day}\n发给：{audience}\n{check}\n正文：{text}"
WAITS_FOR_YOU = "等你回的：{people}（回 1 就答第一条，/没人回 看全部）"
TO_GREET = "今天新来的，去打个招呼：{people}"
GOES_OUT = "今天要发："
NOT_APPROVED = "（等通过，回 /通过 {key}）"
ALL_IS_WELL = "往后 {days} 天的排期没有毛病。"
FAULTS = "往后 {days} 天有 {count} 处要看看："
LINTED_DAYS = 14
SILENT = "我现在不主动发：{why}。"
_SHOWN = 10
_WEEKDAYS = "一二三四五六日"


def today(call: Call) -> tuple[str, list[Effect]]:
    """今天: who waits for me, whom to greet, what goes out."""
    known = call.context.commands
    told = _silent(call)
    if known.open:
        waiting = tuple(dict.fromkeys((one.name, one.contact) for one in known.open))
        told.append(WAITS_FOR_YOU.format(people=_names(waiting)))
    if known.greet:
        told.append(TO_GREET.format(people=_names(known.greet)))
    start = _midnight(call)
    lines = [_line(call, view, at) for view, _, at in _between(call, start, start + timedelta(days=1))]
    told += [GOES_OUT, *_few(lines)] if lines else [NOTHING.format(when="今天")]
    return "\n".join(told), []


def _silent(call: Call) -> list[str]:
    """When and why the bot keeps silent now."""
    told = []
    mine = {group.wire_id: group.topic or group.wire_id for group in call.groups}
    paused = call.context.status.paused if call.context.status else ()
    if ("all", "") in paused:
        told.append(SILENT.format(why="全部停发了"))
    if muted := [mine[subject] for scope, subject in paused if scope == "group" and subject in mine]:
        told.append(SILENT.format(why=f"停发的群：{'、'.join(muted)}"))
    held = [group for group in call.groups if group.human_until and group.human_until > call.event.at]
    if held:
        names = "、".join(group.topic or group.wire_id for group in held)
        told.append(SILENT.format(why=f"{names} 里有同事在说话，我先让开"))
    local = call.event.at.astimezone(call.context.merchant.zone)
    if until := quiet_until(call.context.merchant.playbook, local):
        told.append(SILENT.format(why=f"免打扰，到 {until:%H:%M}"))
    return told


def week(call: Call) -> tuple[str, list[Effect]]:
    """Seven days from today, a line each day and entry."""
    start = _midnight(call)
    found = list(_between(call, start, start + timedelta(days=7)))
    if not found:
        return NOTHING.format(when="这七天"), []
    lines: list[str] = []
    last: date | None = None
    for view, _, at in found:
        if at.date() != last:
            last = at.date()
            lines.append(f"{at:%m-%d} 周{_WEEKDAYS[at.weekday()]}")
        lines.append(f"　{_line(call, view, at)}")
    return "\n".join(_few(lines, 30)), []


def following(call: Call) -> tuple[str, list[Effect]]:
    """What goes out next."""
    found: list[tuple[datetime, EntryView]] = []
    for view in call.context.commands.entries:
        entry = from_json(view.body)
        if not cadence.is_personal(entry) and _is_mine(call, entry):
            after = _next(call, entry)
            found += [(after.at_utc, view)] if after else []
    if not found:
        return NO_NEXT, []
    at, view = min(found, key=lambda one: (one[0], one[1].key))
    local = at.astimezone(call.context.merchant.zone)
    return f"{local:%m-%d} {_line(call, view, local)}", []


def preview(call: Call) -> tuple[str, list[Effect]]:
    """An entry before it goes: when, to whom, and what the check says."""
    view, entry = _entry(call)
    after = _next(call, entry)
    local = after.at_utc.astimezone(call.context.merchant.zone) if after else None
    text = entry.text or entry.title
    word = sensitive_word(text, call.context.merchant.playbook.words.sensitive)
    until = quiet_until(call.context.merchant.playbook, local) if local else None
    check = (
        f"发前检查：「{word}」不能说"
        if word
        else f"发前检查：免打扰，等到 {until:%H:%M}"
        if until
        else "发前检查：没问题"
    )
    audience = "、".join([*entry.tiers, *entry.groups, *(f"#{tag}" for tag in entry.tags)]) or "按规则的客人"
    day = f"{local:%m-%d %H:%M}" if local else "没有下次了"
    told = PREVIEW.format(key=entry.key, title=entry.title, day=day, audience=audience, check=check, text=text[:200])
    return told + ("" if view.approved else NOT_APPROVED.format(key=entry.key)), []


def approve(call: Call) -> tuple[str, list[Effect]]:
    """What waits for a word may go."""
    _view, entry = _entry(call)
    order = ApproveEntryOrder(merchant=call.event.merchant, at=call.event.at, actor=call.person.wire_id, key=entry.key)
    return APPROVED.format(key=entry.key), [fx.Follow(event=order)]


def reject(call: Call) -> tuple[str, list[Effect]]:
    """What waits for a word does not go; the entry still waits for one."""
    _view, entry = _entry(call)
    count = call.context.commands.awaiting.get(entry.key, 0)
    if not count:
        raise Refusal(NOTHING_WAITS.format(key=entry.key))
    ended = fx.EndWaiting(entry=entry.key, state=DeliveryState.SKIPPED, reason="not_approved")
    return REJECTED.format(key=entry.key, count=count), [ended, fx.MarkDraft(entry=entry.key, draft=True)]


def skip(call: Call) -> tuple[str, list[Effect]]:
    """The next occurrence is passed over."""
    _view, entry = _entry(call)
    zone = call.context.merchant.zone
    upcoming = _next(call, entry)
    if upcoming is None or cadence.is_personal(entry):
        raise Refusal(NO_NEXT)
    after = cadence.next_occurrence(entry, zone, upcoming.at_utc)
    order = SkipEntryOrder(
        merchant=call.event.merchant,
        at=call.event.at,
        actor=call.person.wire_id,
        key=entry.key,
        day=upcoming.local_date,
    )
    told = SKIPPED if after else SKIPPED_LAST
    return told.format(key=entry.key, day=upcoming.local_date), [fx.Follow(event=order)]


def check(call: Call) -> tuple[str, list[Effect]]:
    """发前检查: what is wrong in the calendar of the coming days; alike groups in one line."""
    names = {group.wire_id: group.topic or group.wire_id for group in call.groups}
    rooms: dict[tuple[str, str, str], list[str]] = {}
    for fault in call.context.commands.faults:
        if fault.group in names or (not fault.group and unlimited(call.person, call.event.account)):
            rooms.setdefault((fault.period, fault.what, fault.text), []).append(names.get(fault.group, ""))
    if not rooms:
        return ALL_IS_WELL.format(days=LINTED_DAYS), []
    lines = []
    for (period, what, text), where in rooms.items():
        there = f"{where[0]}{f' 等 {len(where)} 个群' if len(where) > 1 else ''}" if where[0] else ""
        lines.append(f"· {' '.join(part for part in (period, there, what) if part)}：{text}")
    return "\n".join([FAULTS.format(days=LINTED_DAYS, count=len(lines)), *_few(lines)]), []


def _entry(call: Call) -> tuple[EntryView, Entry]:
    key = call.argument(0)
    for view in call.context.commands.entries:
        entry = from_json(view.body)
        if key in (view.key, entry.title) and _is_mine(call, entry):
            return view, entry
    raise Refusal(NO_ENTRY.format(key=key[:40]))


def _between(call: Call, start: datetime, end: datetime) -> Iterator[tuple[EntryView, Entry, datetime]]:
    """What goes out in that time, in its order, with the local time of each."""
    zone = call.context.merchant.zone
    found = []
    for view in call.context.commands.entries:
        entry = from_json(view.body)
        if _is_mine(call, entry):
            found += [
                (one.at_utc.astimezone(zone), view, entry)
                for one in cadence.occurrences(entry, zone, start, end)
                if not call.event.at < one.at_utc < _rings(call, entry)
            ]
    for at, view, entry in sorted(found, key=lambda one: (one[0], one[1].key)):
        yield view, entry, at


def _next(call: Call, entry: Entry) -> Occurrence | None:
    """The next occurrence that was not skipped."""
    after = max(call.event.at, _rings(call, entry) - datetime.resolution)
    return cadence.next_occurrence(entry, call.context.merchant.zone, after)


def _rings(call: Call, entry: Entry) -> datetime:
    return call.context.commands.rings.get(entry.key, call.event.at)


def _is_mine(call: Call, entry: Entry) -> bool:
    """Who is limited to groups sees what goes to those."""
    if unlimited(call.person, call.event.account):
        return True
    return any(group.tier in entry.tiers or group.wire_id in entry.groups for group in call.groups)


def _line(_call: Call, view: EntryView, at: datetime) -> str:
    entry = from_json(view.body)
    waits = "" if view.approved else "（等通过）"
    return f"{at:%H:%M} {entry.title or entry.text[:20] or entry.key}（{entry.key}）{waits}"


def _midnight(call: Call) -> datetime:
    return call.event.at.astimezone(call.context.merchant.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _names(people: tuple[tuple[str, str], ...]) -> str:
    shown = "、".join(name or wire_id for name, wire_id in people[:_SHOWN])
    return shown + (f" 等 {len(people)} 位" if len(people) > _SHOWN else "")


def _few(lines: list[str], most: int = _SHOWN) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most], f"……还有 {len(lines) - most} 行，完整的在电脑上看"]
