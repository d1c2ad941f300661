"""What each command does and says. Short enough for a phone."""

from __future__ import annotations

from collections.abc import Mapping

from handlers import groups
from handlers.command_call import HERE, NOT_IN_A_GROUP, Call, Refusal, group_named, roles_told
from handlers.reason_names import REASON_NAMES
from handlers.roles import roles_of
from models import effects as fx
from models.alerts import AlertKind
from models.deliveries import Lane
from models.effects import Effect
from models.operations import Role
from models.orders import PersonChanged

STATE_NAMES = {"online": "在线", "offline": "离线", "deaf": "没动静", "taken": "被别的程序占用", "scan": "等扫码"}
WHOAMI = "你是{roles}，编号 {contact}。"
PAUSED = "好，{scope}已停发。恢复请发 /恢复{suffix}。"
ASK_ASIDE = "，是谁请私聊我发 /状态"
RESUMED = "好，{scope}恢复发送。"
STILL_PAUSED = "不过全部还停着，老板或管理员发 /恢复 全部 才会发。"
WHICH_TIER = "绑到哪个层级？写上层级名，现有：{tiers}。"
NOT_BOUND_TO = "没有「{tier}」这个层级。现有：{tiers}。"
BOUND = "好，本群绑定为「{tier}」。"
AS_BEFORE = "堂主和上级群照旧，要改请到电脑上。"
COMPLAINT_SETTLED = "好，{contact} 的投诉记为了结，推广照常。"
NO_COMPLAINT = "没有「{contact}」的投诉。没了结的：{known}。"
NOT_UNDERSTOOD = "不明白「{word}」。可以说 本群、全部，或一个群，或一类消息（{lanes}），或一个账号（{accounts}）。"
THIS_GROUP_ONLY = "你只管本群，全部要老板或管理员来停。"
LANE_NAMES: Mapping[str, str] = {
    Lane.REPLY: "回复",
    Lane.CARE: "关怀",
    Lane.SERVICE: "服务",
    Lane.CONTENT: "内容",
    Lane.PROMOTION: "推广",
}
EVERYWHERE = ("全部", "所有", "all")


def whoami(call: Call) -> tuple[str, list[Effect]]:
    return WHOAMI.format(roles=roles_told(call, call.person, call.roles), contact=call.person.wire_id), []


def status(call: Call) -> tuple[str, list[Effect]]:
    now = call.context.status
    if now is None:
        raise Refusal("状态还没读出来，请再发一次。")
    lines = [f"{one.name or one.id}：{STATE_NAMES.get(one.state, one.state)}" for one in now.accounts]
    lines.append(f"今天已发 {now.sent_today} 条，新朋友 {now.new_friends_today} 位，建档中 {now.surveys_open} 位")
    if now.open:
        reasons = "、".join(f"{REASON_NAMES.get(reason, reason)} {count}" for reason, count in now.waiting.items())
        lines.append(f"待发 {now.open} 条" + (f"（{reasons}）" if reasons else ""))
    if now.unknown:
        lines.append(f"有 {now.unknown} 条不确定发没发出去，请到电脑上核对")
    if now.doubts:
        lines.append(f"有 {now.doubts} 位认不准是谁，请到电脑上看 people ambiguous")
    if now.complaints:
        whose = ASK_ASIDE if call.event.group else f"：{'、'.join(now.complaints)}"
        lines.append(f"没了结的投诉 {len(now.complaints)} 个{whose}")
    if now.paused:
        scopes = "、".join(_scope_told(call, scope, subject).strip() for scope, subject in now.paused)
        lines.append(f"停发中：{scopes}")
    if call.event.group:  # customers read along: what is wrong, and with whom, is none of their business
        return "\n".join(lines), []
    zone = call.context.merchant.zone
    lines += [
        f"{one.began_at.astimezone(zone):%m-%d %H:%M} 起：{one.text}"
        for one in now.alerts
        if one.kind != AlertKind.UNKNOWN  # those are counted above
    ]
    return "\n".join(lines), []


def pause(call: Call) -> tuple[str, list[Effect]]:
    scope, subject = scope_of(call)
    suffix = "" if scope == "all" else f" {call.arguments[0] if call.arguments else '本群'}"
    text = PAUSED.format(scope=_scope_told(call, scope, subject), suffix=suffix)
    return text, [fx.PutPause(scope=scope, subject=subject, by=call.person.wire_id)]


def resume(call: Call) -> tuple[str, list[Effect]]:
    scope, subject = scope_of(call)
    scopes = [(scope, subject)]
    paused = call.context.commands.paused
    told = RESUMED.format(scope=_scope_told(call, scope, subject))
    if scope == "all":  # 恢复 without more ends every pause
        scopes = [*scopes, *(pair for pair in paused if pair not in scopes)]
    elif ("all", "") in paused:
        told += STILL_PAUSED
    return told, [
        *(fx.PutPause(scope=one, subject=of, by=call.person.wire_id, resumed=True) for one, of in scopes),
        *(fx.EndAlert(kinds=(AlertKind.PAUSED,), subject=of) for one, of in scopes if one == "account"),
    ]


def settle_complaint(call: Call) -> tuple[str, list[Effect]]:
    """Promotions to that person go on. Named by the stable id, which stands in the note and in /status."""
    known = call.context.status.complaints if call.context.status else ()
    contact = call.arguments[0] if call.arguments else ""
    if contact not in known:
        raise Refusal(NO_COMPLAINT.format(contact=contact[:64], known="、".join(known) or "无"))
    event = call.event
    return COMPLAINT_SETTLED.format(contact=contact), [
        fx.CloseComplaint(wire_id=contact),
        fx.Follow(event=PersonChanged(merchant=event.merchant, at=event.at, contact=contact, settled=True)),
    ]


def bind(call: Call) -> tuple[str, list[Effect]]:
    playbook, group = call.context.merchant.playbook, call.context.group
    tier = call.arguments[0] if call.arguments else ""
    if not tier:
        raise Refusal(WHICH_TIER.format(tiers="、".join(one.name for one in playbook.tiers) or "无"))
    if group is None or playbook.tier(tier) is None:
        raise Refusal(NOT_BOUND_TO.format(tier=tier, tiers="、".join(tier.name for tier in playbook.tiers) or "无"))
    as_before = AS_BEFORE if group.tier is None and group.owner_contact_id else ""
    return BOUND.format(tier=tier) + as_before, groups.bound(call.context, group, tier, at=call.event.at)


def scope_of(call: Call) -> tuple[str, str]:
    """What is meant; whose role is limited to a group can mean no more than that group."""
    word = call.arguments[0] if call.arguments else ""
    limited = not roles_of(call.person, call.event.account, "") & {Role.OWNER, Role.ADMIN}
    if word in HERE or (not word and limited):
        if not call.event.group:
            raise Refusal(NOT_IN_A_GROUP)
        return "group", call.event.group
    if limited:
        raise Refusal(THIS_GROUP_ONLY)
    if not word or word in EVERYWHERE:
        return "all", ""
    if lane := next((lane for lane, name in LANE_NAMES.items() if word in (lane, name)), None):
        return "lane", str(lane)
    accounts = call.context.merchant.accounts
    named = [word] if word in accounts else [one for one, name in call.context.commands.accounts if name == word]
    if len(named) == 1:
        return "account", named[0]
    if group := group_named(call, word):
        return "group", group.wire_id
    raise Refusal(
        NOT_UNDERSTOOD.format(word=word[:20], lanes="、".join(LANE_NAMES.values()), accounts="、".join(accounts))
    )


def names_a_group(word: str) -> bool:
    """Whether what is to be paused may be a group that is called so."""
    return word not in (*HERE, *EVERYWHERE, *LANE_NAMES, *LANE_NAMES.values())


def _scope_told(call: Call, scope: str, subject: str) -> str:
    """What is paused, as it is called where it is asked: another group than this one by its topic."""
    if scope != "group" or subject == call.event.group:
        return scope_name(scope, subject)
    topics = {group.wire_id: group.topic for group in call.context.commands.groups}
    if call.context.status:
        topics.update(call.context.status.topics)
    return f"「{topics.get(subject) or subject}」"


def scope_name(scope: str, subject: str) -> str:
    match scope:
        case "lane":
            return LANE_NAMES.get(subject, subject)
        case "account":
            return f"账号 {subject} "
        case _:
            return {"all": "全部", "group": "本群"}.get(scope, f"{scope} {subject}")
