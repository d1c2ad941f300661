"""Slash-commands are carried out, refused, or wait for a code; every one is in the audit."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

import msgspec

from handlers.command_call import CODE, NOT_YOURS, Call, Command, Refusal, Takes, held, may_see, place_of, told_apart
from handlers.command_lines import SLASH, lines_of, name_in, number_in, rest_of
from handlers.command_meant import answered, by_number, in_force, text_wanted
from handlers.command_open import ALREADY, LEFT_IT, gives_up, is_still_open, number_of_list, waiting_at
from handlers.commands import BARE, BY_NAME, REFUSED, command_in, is_command, may_answer
from handlers.roles import roles_of
from models import effects as fx
from models.chance import chance
from models.command_views import FoundPerson, PendingView
from models.context import Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import Message
from models.operations import Role
from models.orders import StaffOrder
from models.people import FriendshipState, SurveyState

UNKNOWN = "没有「{name}」这个指令。{hint}发 /帮助 看看能用哪些。"
TOO_MANY = "一条消息最多 {most} 个指令，请分开发。"
TOO_MUCH = "「{surplus}」我不懂，所以什么都没做。请这样发：{usage}"
TOO_LITTLE = "少了点什么，所以什么都没做。请这样发：{usage}"
WANTS_BLANK = "指令后面空一格再写内容：/{command} {rest}。"
DID_YOU_MEAN = "是不是想说 {names}？"
IN_A_GROUP = "/{name} 要在群里发。"
WHERE_IT_COUNTS = "/{name} 请在你管的群里发。"
IN_PRIVATE = "/{name} 要私聊发我。"
PRIVATE_TO_STRANGER = "这个只能私聊说：先加我好友，再发一次。"
NOBODY = "没找到「{who}」。可以 @ 对方、写编号，或写完整的昵称、备注。"
WHICH = "「{who}」有 {count} 位，是哪一位？回数字就行：\n{list}"
NOT_ALL = "……只列了前 {most} 位，不在里面就写编号或完整的备注。"
WRONG_CODE = "码不对，没做。再看一眼上面那四位。"
EXPIRED_CODE = "那个码过时了，没做。要做就重新发一次指令。"

_LONGEST_NAME = 32
_MOST_ALIKE = 9  # shown to choose from
_MOST_MEANT = 3
_MOST_LINES = 50  # commands in one message
_CODES = 10_000
# 查 is the beginning of much, 查 and a name without a blank too; the longest first.
_CHINESE = tuple(sorted((one for one in BY_NAME if not one.isascii()), key=len, reverse=True))


def is_for_us(event: Message, context: Context, person: PersonView) -> bool:
    """Whether a message is a command, or answers one. What staff may say without a slash is small talk of others."""
    roles = roles_of(person, event.account, event.group) if event.group else person.roles
    if roles and text_wanted(event, context.commands.pending) is not None:
        return True
    if may_answer(event.text):
        return bool(roles) and (_is_an_answer(event, context) or _is_of_the_list(event, context, person))
    return is_command(event.text, by_staff=bool(roles))


def _is_an_answer(event: Message, context: Context) -> bool:
    """Whether digits are about something that was asked here: four of them while a code is out, or one that was."""
    pending, number = context.commands.pending, number_in(event.text)
    if answered(event, pending):
        return True
    return len(number) == 4 and any(
        one.code == number or (_is_here(event, one) and event.at <= one.expires_at) for one in pending if one.code
    )


def _is_of_the_list(event: Message, context: Context, person: PersonView) -> bool:
    """Whether a bare number is one of those that nobody has answered; not in the middle of a survey."""
    number = number_of_list(event.text)
    survey = person.survey
    surveyed = survey is not None and survey.account == event.account and survey.state == SurveyState.OPEN
    return bool(number) and not event.group and not surveyed and int(number) <= len(context.commands.open)


def _is_here(event: Message, one: PendingView) -> bool:
    return one.is_of(event.contact.contact, place_of(event))


def obey(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """Run each line of a message that is a command; refuse and audit what the person may not."""
    if (asked := text_wanted(event, context.commands.pending)) is not None:
        return _said_at_last(event, context, person, *asked)
    if may_answer(event.text):
        return _confirmed(event, context, person)
    lines = lines_of(event.text)
    if len(lines) > _MOST_LINES and sum(bool(SLASH.match(line)) or line in BARE for line in lines) > _MOST_LINES:
        # Nobody types so many commands: it is meant to keep us busy, or it is a file pasted by mistake.
        roles = held(person, event)
        said = TOO_MANY.format(most=_MOST_LINES) if roles else "" if event.group else REFUSED
        return [
            _audit(event, person, "/", "refused", "too_many_lines"),
            *_told(event, context, person, [(said, False)]),
        ]
    meant, _quote = in_force(event, context.account.self_id, context.commands.pending)
    return _run_all(event, context, person, meant, confirmed=False)


def _confirmed(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """A code or a number: what waited for it is done, once. A wrong or foreign one voids nothing."""
    pending = context.commands.pending
    if found := answered(event, pending):
        lines, waited = found
        effects = _run_all(event, context, person, lines, confirmed=bool(waited.code))
        return effects if waited.kind else [fx.DropPending(id=waited.id), *effects]
    if _is_of_the_list(event, context, person):
        return _run_all(event, context, person, by_number(event), confirmed=False)
    number = number_in(event.text)
    mine = [one for one in pending if one.code and _is_here(event, one)]
    if any(event.at <= one.expires_at for one in mine):
        why, said = "wrong_code", WRONG_CODE
    elif any(one.code == number for one in mine):
        why, said = "expired_code", EXPIRED_CODE
    else:  # another's, or the asker's of another place
        why, said = "foreign_code", ""
    return [_audit(event, person, "code", "refused", why), *_told(event, context, person, [(said, False)])]


def _said_at_last(event: Message, context: Context, person: PersonView, line: str, waited: PendingView) -> list[Effect]:
    """What a command waited for was said; where it cannot be done so, it goes on waiting."""
    if gives_up(event.text):
        return [fx.DropPending(id=waited.id), *_told(event, context, person, [(LEFT_IT, True)])]
    if not is_still_open(waited, context.commands.open):
        return [fx.DropPending(id=waited.id), *_told(event, context, person, [(ALREADY, True)])]
    effects = _run_all(event, context, person, (line,), confirmed=False)
    done = any(isinstance(effect, fx.Send) and effect.cause == Cause.HUMAN for effect in effects)
    return [fx.DropPending(id=waited.id), *effects] if done else effects


def _run_all(
    event: Message, context: Context, person: PersonView, lines: Sequence[str], *, confirmed: bool
) -> list[Effect]:
    replies: list[tuple[str, bool]] = []
    effects: list[Effect] = []
    waiting: list[tuple[_Line, str]] = []
    for line in lines:
        run = _Line(event, context, person, line, confirmed=confirmed)
        try:
            reply, done = run.outcome()
        except _NeedsCode as asked:
            waiting.append((run, str(asked)))
            continue
        replies.append((reply, run.is_private))
        effects += done
    if waiting:
        is_private = any(run.is_told_aside for run, _ in waiting)
        code, pending = _ask(event, context, person, [run.line for run, _ in waiting], is_private=is_private)
        effects += [pending, *(_audit(event, person, "code", "ok", run.line[:60], run.target) for run, _ in waiting)]
        what = "\n".join(what for _, what in waiting)
        seconds = context.merchant.playbook.commands.code_seconds
        replies.append((CODE.format(what=what, seconds=seconds, code=code), is_private))
    return [*effects, *_told(event, context, person, replies)]


class _NeedsCode(Exception):
    """What would happen, in words: it is done when the code comes."""


class _Line:
    """One line of a message on its way."""

    __slots__ = ("command", "confirmed", "context", "event", "line", "person", "target", "words")

    def __init__(self, event: Message, context: Context, person: PersonView, line: str, *, confirmed: bool) -> None:
        self.event, self.context, self.person = event, context, person
        self.line, self.confirmed = line, confirmed
        self.command, self.words = command_in(line)
        self.target = ""

    @property
    def is_private(self) -> bool:
        """Whether the answer is for the asker alone."""
        return self.command is not None and (self.command.private or self.command.private_only)

    @property
    def is_told_aside(self) -> bool:
        """Whether the asker can be told 1:1 what is for them alone."""
        return self.is_private and _is_friend(self.person, self.event.account)

    def outcome(self) -> tuple[str, list[Effect]]:
        """The answer and the effects, the audit with them. Raises `_NeedsCode`."""
        event, person, command = self.event, self.person, self.command
        anywhere = held(person, event)
        if command is None:
            return self._unknown(anywhere)
        here = anywhere if command.limited or event.group else roles_of(person, event.account, event.group)
        if here.isdisjoint(command.roles):
            if not event.group and not anywhere.isdisjoint(command.roles):
                return self._refused(WHERE_IT_COUNTS.format(name=command.chinese), "not_allowed")
            said = "" if event.group and not anywhere else REFUSED
            return said, [_audit(event, person, command.name, "refused", "not_allowed")]
        if command.groups_only and not event.group:
            return self._refused(IN_A_GROUP.format(name=command.chinese), "wrong_place")
        if command.private_only and event.group:
            return self._refused(IN_PRIVATE.format(name=command.chinese), "wrong_place")
        if command.private and event.group and not _is_friend(person, event.account):
            return self._refused(PRIVATE_TO_STRANGER, "wrong_place")
        try:
            return self._run(command, here)
        except Refusal as refusal:
            return self._refused(str(refusal), "bad_arguments")

    def _run(self, command: Command, roles: frozenset[Role]) -> tuple[str, list[Effect]]:
        call = Call(
            event=self.event,
            context=self.context,
            person=self.person,
            roles=roles,
            arguments=self._arguments(command),
            confirmed=self.confirmed,
            aside=self.is_told_aside,
        )
        for place in command.people_at:
            if len(call.arguments) <= place:
                continue
            found = self._people(command, call, place)
            if len(found) > 1 and not self._is_tag(command, call, place):
                return self._which(command, call, place, found)
            call = _with_people(call, command, place, found)
        self.target = call.people[0].person.wire_id if len(call.people) == 1 else ""
        if command.warn is not None and not self.confirmed and (what := command.warn(call)) is not None:
            raise _NeedsCode(what)
        reply, effects = command.run(call)
        if effects and _gives_an_order(effects):
            return reply, effects  # what comes of it is audited there
        said = "" if command.aside else " ".join([word.text for word in self.words[1:]])
        return reply, [*effects, _audit(self.event, self.person, command.name, "ok", said, self.target)]

    def _arguments(self, command: Command) -> tuple[str, ...]:
        """The words behind the name, as the table wants them. Raises `Refusal`."""
        words, wants = self.words[1:], command.arguments
        takes_rest = bool(wants) and wants[-1].takes in (Takes.WORDS, Takes.TEXT)
        if len(words) < command.least and command.name not in ("bind", "settled"):  # those say themselves what there is
            raise Refusal(TOO_LITTLE.format(usage=command.usage))
        surplus = [] if takes_rest or not wants else words[len(wants) :]
        if surplus and (shown := " ".join(word.text for word in surplus if word.text[:1] != "@")[:_LONGEST_NAME]):
            raise Refusal(TOO_MUCH.format(surplus=shown, usage=command.usage))
        if wants and wants[-1].takes == Takes.TEXT:
            place = len(wants) - 1
            text = rest_of(self.line, self.words, place + 1)
            return (*(word.text for word in words[:place]), *([text] if text else []))
        return tuple([word.text for word in words])

    @staticmethod
    def _is_tag(command: Command, call: Call, place: int) -> bool:
        return call.arguments[place][:1] == "#" and command.arguments[place].takes == Takes.PEOPLE

    def _people(self, command: Command, call: Call, place: int) -> tuple[FoundPerson, ...]:
        """Who of those whom the asker may deal with is meant. Raises `Refusal`."""
        reference = call.arguments[place]
        found = self.context.commands.people.get(reference, ())
        if command.arguments[place].takes == Takes.MEANT:
            return () if waiting_at(call, reference) else found
        if not found:
            raise Refusal(NOBODY.format(who=reference[:_LONGEST_NAME]))
        theirs = tuple([one for one in found if may_see(call, one)])
        if not theirs:
            raise Refusal(NOT_YOURS.format(what=reference))
        return theirs

    def _which(
        self, command: Command, call: Call, place: int, found: Sequence[FoundPerson]
    ) -> tuple[str, list[Effect]]:
        """Ask which of them is meant; a bare number answers, where the question was put."""
        word, reference = self.words[place + 1], call.arguments[place]
        shown = found[:_MOST_ALIKE]
        lines = tuple(f"{self.line[: word.start]}{one.person.wire_id}{self.line[word.end :]}" for one in shown)
        listed = [f"{number}. {told_apart(one.person, one.where)}" for number, one in enumerate(shown, 1)]
        if len(found) > len(shown):
            listed.append(NOT_ALL.format(most=len(shown)))
        asked = fx.PutPending(
            actor=self.person.wire_id,
            place=f"1:1:{self.event.account}" if self.is_told_aside else place_of(self.event),
            lines=lines,
            quote=self.event.quote,
            until=self.event.at + timedelta(seconds=self.context.merchant.playbook.commands.code_seconds),
        )
        told = WHICH.format(who=reference[:_LONGEST_NAME], count=len(found), list="\n".join(listed))
        return told, [asked, _audit(self.event, self.person, command.name, "refused", "ambiguous")]

    def _unknown(self, roles: frozenset[Role]) -> tuple[str, list[Effect]]:
        name = name_in(self.words[0].text) if self.words else ""
        refused = _audit(self.event, self.person, name or "/", "refused", "unknown_command")
        if not roles:
            return ("" if self.event.group else REFUSED), [refused]
        near = _nearest(name[:_LONGEST_NAME])
        hint = DID_YOU_MEAN.format(names="、".join(f"/{one}" for one in near)) if near else ""
        begun = next((one for one in _CHINESE if name.startswith(one)), "")
        if begun and (not near or len(name) > len(begun) + 1):  # one letter more is a slip
            hint = WANTS_BLANK.format(command=begun, rest=name[len(begun) : _LONGEST_NAME])
        return UNKNOWN.format(name=name[:20], hint=hint), [refused]

    def _refused(self, said: str, why: str) -> tuple[str, list[Effect]]:
        name = self.command.name if self.command else "/"
        return said, [_audit(self.event, self.person, name, "refused", why, self.target)]


def _gives_an_order(effects: Sequence[Effect]) -> bool:
    return any(isinstance(effect, fx.Follow) and isinstance(effect.event, StaffOrder) for effect in effects)


def _with_people(call: Call, command: Command, place: int, found: tuple[FoundPerson, ...]) -> Call:
    """The call with who was found; an order is given their id, by which it cannot mean anybody else."""
    if command.arguments[place].takes != Takes.MEANT:
        return msgspec.structs.replace(call, people=found)
    if not found:
        return call
    words = (*call.arguments[:place], found[0].person.wire_id, *call.arguments[place + 1 :])
    return msgspec.structs.replace(call, arguments=words)


def _ask(
    event: Message, context: Context, person: PersonView, lines: Sequence[str], *, is_private: bool
) -> tuple[str, Effect]:
    """A code, and what waits for it: new each time, bound to this admin, this place, and where they are told it."""
    merchant = context.merchant
    stamp = event.wire_id or f"{event.at:%Y%m%dT%H%M%S%f}"
    taken = {one.code for one in context.commands.pending}
    codes = (f"{int(chance(merchant.seed, f'code:{stamp}:{turn}') * _CODES):04d}" for turn in range(len(taken) + 1))
    code = next((one for one in codes if one not in taken), f"{event.at.microsecond % _CODES:04d}")
    return code, fx.PutPending(
        actor=person.wire_id,
        place=f"{place_of(event)} 1:1:{event.account}" if is_private and event.group else place_of(event),
        code=code,
        lines=tuple(lines),
        quote=event.quote,
        until=event.at + timedelta(seconds=merchant.playbook.commands.code_seconds),
    )


@lru_cache(maxsize=1_024)
def _nearest(name: str) -> tuple[str, ...]:
    """The commands that were probably meant: those that begin so, else the one that is written nearly so; by the name
    of its kind that each is known by."""
    half = [one for one in BY_NAME if name and one.startswith(name)]
    near = half or difflib.get_close_matches(name, list(BY_NAME), n=1)
    known = [BY_NAME[one].name if one.isascii() else BY_NAME[one].chinese for one in near]
    return tuple(dict.fromkeys(known))[:_MOST_MEANT]


def _told(event: Message, context: Context, person: PersonView, replies: Sequence[tuple[str, bool]]) -> list[Effect]:
    """Answers in the place where it was asked, and 1:1 what is nobody else's business. A stranger is told once a day at
    most that this is not for them."""
    if not any(text for text, _ in replies):
        return []
    stamp = event.wire_id or f"{event.at:%Y%m%dT%H%M%S%f}"
    is_stranger = not held(person, event)
    can_be_told = not is_stranger and _is_friend(person, event.account)
    both = [(text, bool(event.group) and not (private and can_be_told)) for text, private in replies]
    effects: list[Effect] = []
    for in_group in (True, False):
        if texts := list(dict.fromkeys(text for text, here in both if text and here == in_group)):
            key = (
                f"command:{person.wire_id}:{stamp}"
                if not is_stranger
                else f"refuse:{person.wire_id}:{event.at:%Y-%m-%d}"
            )
            effects.append(
                fx.Send(
                    key=key if in_group or not event.group else f"{key}:1",
                    account=event.account,
                    lane=Lane.REPLY,
                    cause=Cause.COMMAND,
                    contact_id=None if in_group else person.contact_id,
                    group_id=context.group.id if in_group and context.group else None,
                    text="\n\n".join(texts),
                )
            )
    return effects


def _is_friend(person: PersonView, account: str) -> bool:
    friendship = person.friendships.get(account)
    return friendship is not None and friendship.state == FriendshipState.FRIEND


def _audit(event: Message, person: PersonView, action: str, result: str, reason: str, target: str = "") -> Effect:
    return fx.Audit(
        actor=person.wire_id,
        action=action[:64],
        target=target,
        place=event.group or "1:1",
        result=result,
        reason=reason[:200],
    )
