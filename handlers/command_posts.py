"""Commands that post to groups, and the one that takes it back."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from content_calendar.entry import Entry, Kind, to_json
from handlers import staff
from handlers.command_call import KEEPERS, NO_SUCH_GROUP, Call, Refusal, group_named, place_of
from handlers.gate import quiet_until
from handlers.words import sensitive_word
from handlers.writing import HANDED_IN, NO_WORDS
from models import effects as fx
from models.context import GroupView
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import Effect
from models.events import Media
from models.orders import ImportEntriesOrder

WILL_POST = "会发到「{tier}」的 {count} 个群（{groups}），约 {members} 人：\n「{text}」"
POSTED = "好，发到 {where}。"
POSTED_SOON = "好，{seconds:g} 秒后发到 {where}，反悔就回 /撤销。"
LATER = "现在是免打扰时间，会等到 {until:%m-%d %H:%M}。"
HELD = "不过现在停发着，恢复了才发。"
NOT_BOUND = "「{group}」没有绑定，发不了。先在那个群里发 /绑定 层级。"
FORBIDDEN = "发前检查没过：「{word}」不能说。改一改再发。"
CHECKED = "发前检查：没问题。"
NOTHING_QUOTED = "先引用要发的那条消息或图片，再写「发这个」。"
NO_QUOTE = "引用的那条我这边找不到了，转发一次再引用它。"
NOTHING_TO_SAY = "要发什么？请这样发：/发布 层级|群 内容"
VOIDED = "等你回码的那件事不做了，码作废。"
NOTHING_TO_UNDO = "没有还没发出的可以撤。已经发出的请在手机上撤回。"
UNDONE = "撤下了，{count} 个群都没发。"
WAITS = "收到，发到 {where} 的这条先给管理员过目，通过了就发。"
# How long a chief may take.
_WAITS = "within 3d"
_QUOTABLE = frozenset(DeliveryKind)
_SHOWN = 5


def post(call: Call) -> tuple[str, list[Effect]]:
    """To a tier's groups after the time to take it back; to a single group at once."""
    where, text = _groups(call, call.argument(0)), call.argument(1)
    if not text:
        raise Refusal(NOTHING_TO_SAY)
    return _post(call, where, text, DeliveryKind.TEXT, (), many=_is_tier(call))


def will_post(call: Call) -> str | None:
    """A tier is many; what would be refused is refused before a code is asked for."""
    groups, text = _groups(call, call.argument(0)), call.argument(1)
    if not text:
        raise Refusal(NOTHING_TO_SAY)
    _check(call, text)
    if not _is_tier(call):
        return None
    return _will(call, groups, text)


def post_this(call: Call) -> tuple[str, list[Effect]]:
    """发这个: what is quoted, here or in the tier or group named."""
    groups, text, kind, media = _this(call)
    told, effects = _post(call, groups, text, kind, media, many=True)
    return f"{CHECKED}\n{told}", effects


def will_post_this(call: Call) -> str | None:
    """As for a post."""
    groups, text, _kind, _media = _this(call)
    _check(call, text)
    return _will(call, groups, text) if _is_tier(call) else None


def undo(call: Call) -> tuple[str, list[Effect]]:
    """The last post of the asker that has not left, in all its groups, and what waits here for their code."""
    posts = call.context.commands.posts
    ids = tuple(one.id for one in posts if one.key == posts[0].key)
    place, actor = place_of(call.event), call.person.wire_id
    waits = [
        one
        for one in call.context.commands.pending
        if one.code and one.is_of(actor, place) and call.event.at <= one.expires_at
    ]
    if not ids and not waits:
        raise Refusal(NOTHING_TO_UNDO)
    told = [UNDONE.format(count=len(ids))] if ids else []
    told += [VOIDED] if waits else []
    taken: list[Effect] = [fx.TakeBack(ids=ids)] if ids else []
    return "\n".join(told), [*taken, *(fx.DropPending(id=one.id) for one in waits)]


def _this(call: Call) -> tuple[list[GroupView], str, DeliveryKind, tuple[Media, ...]]:
    if not call.context.commands.pending and not call.event.quote:
        raise Refusal(NOTHING_QUOTED)
    quoted = call.context.commands.quoted
    if quoted is None or quoted.kind not in _QUOTABLE or not (quoted.text or quoted.media):
        raise Refusal(NO_QUOTE if call.event.quote else NOTHING_QUOTED)
    media = (quoted.media,) if quoted.media else ()
    return _groups(call, call.argument(0) or "本群"), quoted.text, DeliveryKind(quoted.kind), media


def _groups(call: Call, word: str) -> list[GroupView]:
    """The groups of a tier, or the group. Raises `Refusal`."""
    if call.context.merchant.playbook.tier(word) is not None:
        groups = [group for group in call.groups if group.tier == word]
    else:
        group = group_named(call, word)
        groups = [group] if group else []
        if group and group.wire_id not in {one.wire_id for one in call.groups}:
            groups = []
    if not groups:
        raise Refusal(NO_SUCH_GROUP.format(group=word[:40]))
    for group in groups:
        if group.tier is None:
            raise Refusal(NOT_BOUND.format(group=group.topic or group.wire_id))
    return groups


def _post(
    call: Call, groups: list[GroupView], text: str, kind: DeliveryKind, media: tuple[Media, ...], *, many: bool
) -> tuple[str, list[Effect]]:
    _check(call, text)
    if not call.roles.intersection(KEEPERS):
        return _hand_in(call, groups, text, kind, media)
    seconds = call.context.merchant.playbook.commands.undo_seconds if many else 0
    where = groups[0].topic or groups[0].wire_id if len(groups) == 1 else f"{len(groups)} 个群"
    told = POSTED_SOON.format(seconds=seconds, where=where) if seconds else POSTED.format(where=where)
    due = call.event.at + timedelta(seconds=seconds)
    if until := _quiet_until(call, due):
        told += LATER.format(until=until)
    if any(_is_held(call, group) for group in groups):
        told += HELD
    return told, [
        fx.Send(
            key=f"post:{call.person.wire_id}:{call.stamp}:{group.wire_id}",
            account=group.account,
            kind=kind,
            lane=Lane.CONTENT,
            cause=Cause.COMMAND,
            group_id=group.id,
            text=text,
            media=media,
            due=due,
        )
        for group in groups
    ]


def _hand_in(
    call: Call, groups: list[GroupView], text: str, kind: DeliveryKind, media: tuple[Media, ...]
) -> tuple[str, list[Effect]]:
    """What an author posts is an entry of the calendar that waits for a chief's word."""
    merchant, at = call.context.merchant, call.event.at
    local = at.astimezone(merchant.zone)
    entry = Entry(
        key=f"投稿-{call.stamp}",
        title=media[0].name if media else "",
        kind=msgspec.convert(kind.value, Kind),
        date=local.date(),
        time=local.time().replace(microsecond=0),
        groups=tuple(group.wire_id for group in groups),
        text=text,
        media=tuple(one.url for one in media),
        catch_up=_WAITS,
    )
    order = ImportEntriesOrder(
        merchant=merchant.id,
        at=at,
        actor=call.person.wire_id,
        author=call.person.wire_id,
        entries=((entry.key, entry.revision, to_json(entry).decode()),),
    )
    where = groups[0].topic or groups[0].wire_id if len(groups) == 1 else f"{len(groups)} 个群"
    who = call.person.name or call.person.wire_id
    key = f"handed-in:{entry.key}"
    chiefs = HANDED_IN.format(who=who, where=where, when="", text=text or NO_WORDS, key=entry.key)
    notes = staff.notes(call.context, call.event.account, key, chiefs, Cause.COMMAND, call.person)
    return WAITS.format(where=where), [fx.Follow(event=order), *notes]


def _is_held(call: Call, group: GroupView) -> bool:
    """Whether a post to a group waits for 恢复."""
    pauses = {("all", ""), ("account", group.account), ("group", group.wire_id), ("lane", str(Lane.CONTENT))}
    return not pauses.isdisjoint(call.context.commands.paused)


def _quiet_until(call: Call, at: datetime) -> datetime | None:
    merchant = call.context.merchant
    return quiet_until(merchant.playbook, at.astimezone(merchant.zone))


def _check(call: Call, text: str) -> None:
    if word := sensitive_word(text, call.context.merchant.playbook.words.sensitive):
        raise Refusal(FORBIDDEN.format(word=word))


def _is_tier(call: Call) -> bool:
    return call.context.merchant.playbook.tier(call.argument(0)) is not None


def _will(call: Call, groups: list[GroupView], text: str) -> str:
    names = "、".join(group.topic or group.wire_id for group in groups[:_SHOWN])
    return WILL_POST.format(
        tier=call.argument(0),
        count=len(groups),
        groups=names + (" 等" if len(groups) > _SHOWN else ""),
        members=sum(group.members for group in groups),
        text=text or "（引用的那条）",
    )
