"""Slash-commands: the whole table of what there is and who may, and how a line is read.

Help, permission, audit and documentation all come from `TABLE`. Authority goes by stable id: roles are in the context,
and a nickname proves nothing.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from handlers import command_answers as answers
from handlers import command_owning as owning
from handlers.roles import roles_of
from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import Message
from models.operations import Role
from models.orders import StaffOrder

STAFF = (Role.OWNER, Role.ADMIN, Role.BRANCH, Role.HALL, Role.HELPER)
CHIEFS = (Role.OWNER, Role.ADMIN)

REFUSED = "这个指令只有管理员能用。"
UNKNOWN = "没有「{name}」这个指令。{hint}发 /帮助 看看能用哪些。"
TOO_MANY = "一条消息最多 {most} 个指令，请分开发。"
TOO_MUCH = "「{surplus}」我不懂，所以什么都没做。请这样发：{usage}"
DID_YOU_MEAN = "是不是想说 /{name}？"


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the table. `run` gives the answer and what else is to happen."""

    name: str
    chinese: str
    roles: tuple[Role, ...]
    help: str
    run: Callable[[answers.Call], tuple[str, list[Effect]]]
    arguments: str = ""
    aliases: tuple[str, ...] = ()
    groups_only: bool = False
    looks_at_status: bool = False
    looks_at_groups: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it answers to."""
        return (self.name, self.chinese, *self.aliases)


TABLE: tuple[Command, ...] = (
    Command("help", "帮助", tuple(Role), "看看能用哪些指令", lambda call: (help_text(call), [])),
    Command("whoami", "我是谁", tuple(Role), "我在这里是什么角色", answers.whoami),
    Command("status", "状态", STAFF, "今天发了多少、还等着多少、账号好不好", answers.status, looks_at_status=True),
    Command("pause", "停发", CHIEFS, "停止发送", answers.pause, "[本群|全部|推广…|账号]", ("暂停",)),
    Command("resume", "恢复", CHIEFS, "恢复发送", answers.resume, "[本群|全部|推广…|账号]", looks_at_status=True),
    Command("settled", "了结", STAFF, "某位客人的投诉已了结", answers.settle_complaint, "编号", looks_at_status=True),
    Command("owner", "归属", CHIEFS, "谁在跟这位客人；写上第二个人就归他跟", owning.owner, "客人 [谁]"),
    Command("claim", "我来跟", STAFF, "这位客人归我跟", owning.claim, "客人"),
    Command(
        "handover",
        "客户交接",
        CHIEFS,
        "一位客人、一个群或谁的全部客户换人跟",
        owning.handover,
        "从谁 给谁",
        ("交接",),
    ),
    Command("move", "调群", CHIEFS, "把客人归到一个层级或一个群", owning.move, "客人 层级"),
    Command("capacity", "名额", STAFF, "每个层级还有多少位子", owning.capacity, looks_at_groups=True),
    Command("bind", "绑定", CHIEFS, "把本群绑定到一个层级", answers.bind, "层级", groups_only=True),
)
_BY_NAME = {name: command for command in TABLE for name in command.names}
# Chinese names that staff may also say without a slash: those of commands that need no argument.
_BARE = frozenset(
    name
    for command in TABLE
    if not command.arguments or command.arguments.startswith("[")
    for name in (command.chinese, *command.aliases)
)

# Nearly nothing that is said has a slash or such a name in it.
_MAY_BE = re.compile("[/／]|" + "|".join(sorted(_BARE)))

# WeChat puts a thin space (U+2005) behind a mention, so a name before it may hold blanks; typed by hand, it may not.
_MENTION = re.compile(r"@[^@\n\u2005]{1,64}\u2005\s*|@[^\s@/／]{1,64}(?:\s+|(?=[/／]))")
# A slash and a word: /:) and // are none.
_SLASH = re.compile(r"[/／]\s*\w")
# What Chinese keyboards make of quotes and blanks.
_TYPED = str.maketrans("“”„「」『』‘’\u3000", '"""""""\'\' ')
_QUOTED = re.compile(r"[\"'\\]")
# A command is short; of a longer message only so much is looked at.
_LONGEST = 4_000
_LONGEST_NAME = 32
# Commands in one message.
_MOST_LINES = 50


def is_command(text: str, *, by_staff: bool = True) -> bool:
    """Whether a message is for us to obey or refuse: a line begins with a slash, half-width or full-width, after
    mentions; or, from staff, it is nothing but Chinese names of commands."""
    if not _MAY_BE.search(text, 0, _LONGEST):
        return False
    lines = _lines(text)
    if any(_SLASH.match(line) for line in lines):
        return True
    return by_staff and bool(lines) and all(line in _BARE for line in lines)


def looks_at_status(text: str) -> bool:
    """Whether a message has a command that shows or uses the figures of /status."""
    words = (_words(line) for line in _lines(text))
    found = (_BY_NAME.get(line[0].casefold()) for line in words if line)
    return any(command.looks_at_status for command in found if command)


def looks_at_groups(text: str) -> bool:
    """Whether a message has a command that shows all groups."""
    words = (_words(line) for line in _lines(text))
    found = (_BY_NAME.get(line[0].casefold()) for line in words if line)
    return any(command.looks_at_groups for command in found if command)


def obey(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """Run each line of a message that is a command; refuse and audit what the person may not."""
    roles = roles_of(person, event.account, event.group)
    replies: list[str] = []
    effects: list[Effect] = []
    lines = [line for line in _lines(event.text) if _SLASH.match(line) or line in _BARE]
    if len(lines) > _MOST_LINES:  # nobody types so many: it is meant to keep us busy, or it is a file pasted by mistake
        replies += [TOO_MANY.format(most=_MOST_LINES)] if roles else [] if event.group else [REFUSED]
        effects.append(_audit(event, person, "/", "refused", "too_many_lines"))
        lines = []
    for line in lines:
        reply, done = _run(line, event, context, person, roles)
        replies += [reply] if reply else []
        effects += done
    if replies:
        effects.append(_answer(event, context, person, "\n\n".join(dict.fromkeys(replies)), refused=not roles))
    return effects


def help_text(call: answers.Call) -> str:
    """The commands that this person may use."""
    usable = [command for command in TABLE if call.roles & set(command.roles)]
    return "\n".join(
        f"/{command.chinese}{' ' + command.arguments if command.arguments else ''}　{command.help}"
        for command in usable
    )


def _run(
    line: str, event: Message, context: Context, person: PersonView, roles: frozenset[Role]
) -> tuple[str, list[Effect]]:
    words = _words(line)
    name = words[0].casefold() if words else ""
    command = _BY_NAME.get(name)
    if command is None:
        refused = _audit(event, person, name or "/", "refused", "unknown_command")
        if not roles:
            return ("" if event.group else REFUSED), [refused]
        near = _nearest(name[:_LONGEST_NAME])
        hint = DID_YOU_MEAN.format(name=near) if near else ""
        return UNKNOWN.format(name=name[:20], hint=hint), [refused]
    if not roles & set(command.roles):
        refused = _audit(event, person, command.name, "refused", "not_allowed")
        return ("" if event.group and not roles else REFUSED), [refused]
    if command.groups_only and not event.group:
        return f"/{command.chinese} 要在群里发。", [_audit(event, person, command.name, "refused", "wrong_place")]
    most = 1 + len(command.arguments.split())
    surplus = " ".join(word for word in words[most:] if not word.startswith("@"))[:_LONGEST_NAME]
    if command.arguments and surplus:  # what would be passed over might have been meant
        usage = f"/{command.chinese} {command.arguments}"
        return TOO_MUCH.format(surplus=surplus, usage=usage), [
            _audit(event, person, command.name, "refused", "bad_arguments")
        ]
    call = answers.Call(event=event, context=context, person=person, roles=roles, arguments=tuple(words[1:]))
    try:
        reply, effects = command.run(call)
    except answers.Refusal as refusal:
        return str(refusal), [_audit(event, person, command.name, "refused", "bad_arguments")]
    if any(isinstance(effect, fx.Follow) and isinstance(effect.event, StaffOrder) for effect in effects):
        return reply, effects  # what comes of it is audited there
    return reply, [*effects, _audit(event, person, command.name, "ok", " ".join(words[1:]))]


@lru_cache(maxsize=1_024)
def _nearest(name: str) -> str:
    """The command that was probably meant; empty where none is like it."""
    near = difflib.get_close_matches(name, list(_BY_NAME), n=1)
    return near[0] if near else ""


def _answer(event: Message, context: Context, person: PersonView, text: str, *, refused: bool) -> Effect:
    """In the place where it was asked. A stranger is told once a day at most that this is not for them."""
    reason = event.wire_id or f"{event.at:%Y%m%dT%H%M%S%f}"
    key = f"refuse:{person.wire_id}:{event.at:%Y-%m-%d}" if refused else f"command:{person.wire_id}:{reason}"
    return fx.Send(
        key=key,
        account=event.account,
        lane=Lane.REPLY,
        cause=Cause.COMMAND,
        contact_id=None if event.group else person.contact_id,
        group_id=context.group.id if event.group and context.group else None,
        text=text,
    )


def _words(line: str) -> list[str]:
    line = line.lstrip("/／").translate(_TYPED)
    if not _QUOTED.search(line):  # shlex takes its time
        return line.split()
    try:
        return shlex.split(line)
    except ValueError:  # a quote that is not closed
        return line.split()


def _audit(event: Message, person: PersonView, action: str, result: str, reason: str) -> Effect:
    return fx.Audit(
        actor=person.wire_id,
        action=action[:64],
        target="",
        place=event.group or "1:1",
        result=result,
        reason=reason[:200],
    )


def _lines(text: str) -> tuple[str, ...]:
    """The lines that say something, without white space around them and without mentions before them."""
    return _split(text[:_LONGEST])


@lru_cache(maxsize=256)  # a command is looked at several times on its way
def _split(text: str) -> tuple[str, ...]:
    lines = (line.strip() for line in text.splitlines())
    return tuple(stripped for line in lines if (stripped := without_mentions(line)))


def without_mentions(line: str) -> str:
    """A line without the people whom it addresses."""
    while found := _MENTION.match(line):
        line = line[found.end() :].lstrip()
    return line
