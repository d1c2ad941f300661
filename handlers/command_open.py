"""Commands about who waits for an answer: the list, the answer itself, and that something is settled; and the digest.

A bare number, 1:1, takes the question of that place in the list, and what the admin says next is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers import digest as morning
from handlers.command_call import Call, Refusal, group_named, place_of, unlimited
from handlers.command_lines import number_in
from handlers.saying import LONGEST
from handlers.words import sensitive_word
from models import effects as fx
from models.command_views import PendingView
from models.deliveries import Cause, Lane
from models.digest_views import OpenQuestion
from models.effects import Effect
from models.patterns import compile_later

NOBODY_WAITS = "没有等人回的，都回过了。"
LIST = "还没人回 {count} 条，回数字就由你来答：\n{lines}"
ITEM = "{number}. {who}（{where}，{at:%m-%d %H:%M}{claimed}）：{text}"
NO_LONGER_KEPT = "（当时的话过了保存期）"
IN_PRIVATE, TAKEN_BY, YOURS = "私聊", "，{who} 在跟", "，你在跟"
MORE = "……还有 {count} 条"
NO_SUCH = "没有第「{what}」条等人回的。发 /没人回 看看有哪些。"
GO_ON = "{who}（{where}）问：{text}\n你下一条发给我的，我就当答案发过去；不回了就说「算了」。"
ANSWERED = "好，回给 {who} 了（{where}）。"
STILL = "还有 {count} 条没人回，接着回数字就行，/没人回 看全部。"
FORBIDDEN = "「{word}」不能说，没发。换个说法再发一次。"
TOO_LONG = "太长了，没发：一条最多 {most} 个字。改短再发一次。"
ALREADY = "那条已经有人回了，你这句我没发。"
SETTLED = "那条已经有人回了，或者了结了。"
LEFT_IT = "好，先不回。"
CLOSED = "好，{who}（{where}）这条了结了。"
WHICH_ONE = "要了结哪一条？写编号（/没人回 里的），或在群里引用那条问题发 /关闭。"
NO_DIGEST = "还没有归你的群，看不了早报。"
WITHIN = timedelta(minutes=30)
"""How long the next message is taken for the answer."""
_GIVEN_UP = frozenset({"算了", "取消", "不回了", "先不回", "不用了"})
_QUOTED = 60
_REFERENCE = compile_later(r"[qt]\d{6,}")  # what a number of a list that was sent stands for


def unanswered(call: Call) -> tuple[str, list[Effect]]:
    """没人回: a numbered list; its numbers hold whatever is answered meanwhile."""
    found = call.context.commands.open
    if not found:
        return NOBODY_WAITS, []
    lines = [_item(call, number, one) for number, one in enumerate(found[: morning.NUMBERED], 1)]
    if len(found) > morning.NUMBERED:
        lines.append(MORE.format(count=len(found) - morning.NUMBERED))
    return LIST.format(count=len(found), lines="\n".join(lines)), [_numbers(call, found)]


def answer(call: Call) -> tuple[str, list[Effect]]:
    """回答: with a text it is sent; without one the next message is the text."""
    one, text = _meant(call, call.argument(0)), call.argument(1).strip()
    if not text:
        waits = fx.PutPending(
            actor=call.person.wire_id,
            place=place_of(call.event),
            kind="text",
            lines=(f"/answer {one.reference}",),
            until=call.event.at + WITHIN,
        )
        return GO_ON.format(who=_called(one), where=_where(one), text=_said(one)[:_QUOTED]), [waits]
    if len(text) > LONGEST:
        raise Refusal(TOO_LONG.format(most=LONGEST))
    if word := sensitive_word(text, call.context.merchant.playbook.words.sensitive):
        raise Refusal(FORBIDDEN.format(word=word))
    told = ANSWERED.format(who=_called(one), where=_where(one))
    if rest := len(call.context.commands.open) - 1:
        told += STILL.format(count=rest)
    return told, [_sent(call, one, text), _closed(call, one)]


def close(call: Call) -> tuple[str, list[Effect]]:
    """关闭: what was settled elsewhere needs no answer any more."""
    quoted = call.event.quote
    if not call.argument(0) and quoted:
        found = next((one for one in call.context.commands.open if one.message == quoted), None)
        if found is None:
            raise Refusal(WHICH_ONE)
    elif not call.argument(0):
        raise Refusal(WHICH_ONE)
    else:
        found = _meant(call, call.argument(0))
    return CLOSED.format(who=_called(found), where=_where(found)), [_closed(call, found)]


def digest(call: Call) -> tuple[str, list[Effect]]:
    """早报: the morning's word, whenever it is asked for; of all groups that are the asker's, or of one."""
    view = call.context.commands.digest
    groups = view.groups if view else ()
    if word := call.argument(0):
        group = group_named(call, word)
        groups = tuple(one for one in groups if group is not None and one.group == group.wire_id)
    elif not unlimited(call.person, call.event.account):
        mine = {group.wire_id for group in call.groups}
        groups = tuple(one for one in groups if one.group in mine)
    if view is None or not groups:
        raise Refusal(NO_DIGEST)
    asked = morning.questions_of(groups)
    effects = [_numbers(call, asked)] if asked else []
    return morning.told(view.day, groups, call.context.merchant.zone), effects


def _numbers(call: Call, found: Sequence[OpenQuestion]) -> Effect:
    return morning.numbers(call.event.at, call.person.wire_id, call.event.account, found)


def gives_up(text: str) -> bool:
    """Whether who was to say the answer does not want to."""
    return text.strip().rstrip("。.!！~") in _GIVEN_UP


def is_still_open(waited: PendingView, known: Sequence[OpenQuestion]) -> bool:
    """Whether the question whose answer was waited for waits still."""
    return any(waited.lines[0] == f"/answer {one.reference}" for one in known)


def number_of_list(text: str) -> str:
    """The number that a message is, if it may be one of a list; else empty."""
    number = number_in(text)
    return number if number.isdecimal() and len(number) < _DIGITS and int(number) > 0 else ""


_DIGITS = 3


def rest_of_line(waited: PendingView, text: str) -> str:
    """The command that waited for a text, with it."""
    return f"{waited.lines[0]} {text.strip()}"


def _sent(call: Call, one: OpenQuestion, text: str) -> Effect:
    """What one of us says, by way of the persona: it passes the gate like anything else."""
    if one.group:
        return fx.Send(
            key=f"answer:{one.group}:{call.stamp} {one.message}",
            account=one.account,
            lane=Lane.REPLY,
            cause=Cause.HUMAN,
            group_id=one.group_id,
            text=f"@{_called(one)} {text}",
            mentions=(one.contact,),
        )
    return fx.Send(
        key=f"answer:{one.contact}:{call.stamp}",
        account=one.account,
        lane=Lane.REPLY,
        cause=Cause.HUMAN,
        contact_id=one.contact_id,
        text=text,
    )


def _closed(call: Call, one: OpenQuestion) -> Effect:
    if one.group:
        return fx.CloseQuestion(id=one.id, by=call.person.wire_id)
    return fx.CloseTicket(contact_id=one.contact_id or 0, by=call.person.wire_id)


def _meant(call: Call, word: str) -> OpenQuestion:
    """The open question of a number, a reference or a person. Raises `Refusal`."""
    found = find(call, word)
    if found is None:
        raise Refusal(SETTLED if _REFERENCE.fullmatch(word) else NO_SUCH.format(what=word[:40]))
    return found


def find(call: Call, word: str) -> OpenQuestion | None:
    """The open question of a number, a reference, or whoever asked it."""
    known = call.context.commands.open
    if number := number_of_list(word):
        return known[int(number) - 1] if int(number) <= len(known) else None
    return next((one for one in known if word and word in (one.reference, one.contact, one.name)), None)


def waiting_at(call: Call, word: str) -> bool:
    """Whether a word is a number of the list of who waits, not somebody's name."""
    return bool(number_of_list(word)) and find(call, word) is not None


def _item(call: Call, number: int, one: OpenQuestion) -> str:
    claimed = TAKEN_BY.format(who=one.claimed_name or one.claimed_by) if one.claimed_by else ""
    claimed = YOURS if one.claimed_by == call.person.wire_id else claimed
    return ITEM.format(
        number=number,
        who=_called(one),
        where=_where(one),
        at=one.at.astimezone(call.context.merchant.zone),
        claimed=claimed,
        text=_said(one).replace("\n", " ")[:_QUOTED],
    )


def _said(one: OpenQuestion) -> str:
    return one.text or NO_LONGER_KEPT


def _called(one: OpenQuestion) -> str:
    return one.name or one.contact


def _where(one: OpenQuestion) -> str:
    return one.topic if one.group else IN_PRIVATE
