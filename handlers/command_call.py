"""A command as the table describes it, and as somebody gave it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import Enum

import msgspec

from handlers.roles import ROLE_NAMES, roles_of
from models.command_views import FoundPerson
from models.context import Context, GroupView, PersonView
from models.effects import Effect
from models.events import Message
from models.operations import Role

STAFF = (Role.OWNER, Role.ADMIN, Role.BRANCH, Role.HALL, Role.HELPER)
CHIEFS = (Role.OWNER, Role.ADMIN)
KEEPERS = (Role.OWNER, Role.ADMIN, Role.BRANCH, Role.HALL)
EVERYBODY = tuple(Role)
NOT_IN_A_GROUP = "「本群」要在群里说。"
NO_SUCH_GROUP = "没有「{group}」这个群或层级。可以写群编号、层级名，或在群里写「本群」。"
SAME_TOPIC = "有 {count} 个群叫「{topic}」，请写群编号：{ids}。"
NOT_YOURS = "「{what}」不归你管，你能管的是自己的群和群里的客人。"
CODE = "{what}\n确认就在 {seconds:g} 秒内回 {code}，不做就不用管。"
HERE = ("本群", "这里", "here")


class Refusal(Exception):
    """Why a command could not be carried out, in words for who gave it."""


class Takes(Enum):
    """What an argument is."""

    WORD = "a word"
    PERSON = "a person: a mention, a stable id, or a unique name"
    PEOPLE = "a person, or # and a tag: everybody who has it"
    MEANT = "a person, if it is one; else whatever the command's order makes of it"
    WORDS = "one word or more"
    TEXT = "the rest of the line as it is written"


_PEOPLE = (Takes.PERSON, Takes.PEOPLE, Takes.MEANT)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. `label` is what the help calls it."""

    label: str
    takes: Takes = Takes.WORD
    optional: bool = False

    def __str__(self) -> str:
        return f"[{self.label}]" if self.optional else self.label


class Call(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A command as it was given. `people` are who its person is: one, or who has the tag."""

    event: Message
    context: Context
    person: PersonView
    roles: frozenset[Role]
    arguments: tuple[str, ...] = ()
    people: tuple[FoundPerson, ...] = ()
    confirmed: bool = False
    aside: bool = False  # the answer is the asker's alone

    @property
    def place(self) -> str:
        """Where it was given: a room, or 1:1 with an account."""
        return place_of(self.event)

    @property
    def stamp(self) -> str:
        """What makes keys of this message unique."""
        return self.event.wire_id or f"{self.event.at:%Y%m%dT%H%M%S%f}"

    def argument(self, place: int) -> str:
        """The argument at that place, or empty."""
        return self.arguments[place] if place < len(self.arguments) else ""

    @property
    def who(self) -> FoundPerson:
        """The one person it is about."""
        return self.people[0]

    @property
    def groups(self) -> tuple[GroupView, ...]:
        """The groups that this person may deal with: all for who has a role for everywhere, else those of the role."""
        if unlimited(self.person, self.event.account):
            return self.context.commands.groups
        mine = {role.group for role in self.person.roles if role.account in ("", self.event.account)}
        return tuple(group for group in self.context.commands.groups if group.wire_id in mine)

    def here(self) -> GroupView:
        """The group in which it was given. Raises `Refusal`."""
        if self.context.group is None:
            raise Refusal(NOT_IN_A_GROUP)
        return self.context.group


def place_of(event: Message) -> str:
    """Where a message was said: a room, or 1:1 with an account."""
    return event.group or f"1:1:{event.account}"


def unlimited(person: PersonView, account: str) -> bool:
    """Whether somebody has a role that is not limited to a group."""
    return bool(roles_of(person, account, "") & {*STAFF, Role.AUTHOR})


def held(person: PersonView, event: Message) -> frozenset[Role]:
    """The roles that count where a message was said; 1:1 those for single groups too, for what is limited to them."""
    if event.group:
        return roles_of(person, event.account, event.group)
    return frozenset(Role(given.role) for given in person.roles if given.account in ("", event.account))


def may_see(call: Call, who: FoundPerson) -> bool:
    """Whether the person is somebody whom the asker may deal with: anybody, or a customer or member of theirs."""
    if unlimited(call.person, call.event.account) or call.person.wire_id in (who.person.wire_id, who.owner):
        return True
    return bool(who.person.groups & {group.id for group in call.groups})


def group_named(call: Call, word: str) -> GroupView | None:
    """A group that the asker may deal with, by its id, or by its topic, of a bound one before that of others. Raises
    `Refusal` if several have it."""
    if word in HERE:
        return call.here()
    found = [group for group in call.groups if group.wire_id == word]
    if not found:
        called = [group for group in call.groups if word and group.topic == word]
        found = [group for group in called if group.tier] or called
    if len(found) > 1:
        ids = "、".join(group.wire_id for group in found[:_MOST_ALIKE])
        raise Refusal(SAME_TOPIC.format(count=len(found), topic=word[:40], ids=ids))
    return found[0] if found else None


def roles_told(call: Call, person: PersonView, counting: Collection[Role]) -> str:
    """The roles of somebody, with the groups that they are limited to; who looks after a group is its 堂主 or 舵主."""
    topics = {group.wire_id: group.topic or group.wire_id for group in call.context.commands.groups}
    told = []
    for role, name in ROLE_NAMES.items():
        rooms = [one.group for one in person.roles if one.role == role]
        rooms += [one.wire_id for one in looked_after(call, person, role)]
        if rooms and role in counting:
            where = "、".join(dict.fromkeys(topics.get(one, one) for one in rooms)) if all(rooms) else ""
            told.append(f"{name}（{where}）" if where else name)
    return "、".join(told)


def looked_after(call: Call, person: PersonView, role: Role) -> list[GroupView]:
    """The groups that somebody looks after, as 舵主 where the tier says so, else as 堂主."""
    heads = {tier.name for tier in call.context.merchant.playbook.tiers if tier.owner_role == "branch"}
    return [
        one
        for one in call.context.commands.groups
        if one.tier
        and one.owner_contact_id == person.contact_id
        and role == (Role.BRANCH if one.tier in heads else Role.HALL)
    ]


def told_apart(person: PersonView, where: Sequence[str] = ()) -> str:
    """Somebody among others of the same name: by what the staff wrote, where they are, and what never changes."""
    remarks = {one.remark: None for one in person.friendships.values() if one.remark}
    known = [
        *(f"备注 {remark}" for remark in remarks),
        *(f"在 {topic}" for topic in where[:_MOST_GROUPS]),
        f"编号 {short_id(person.wire_id)}",
    ]
    return f"{person.name or person.wire_id}（{'，'.join(known)}）"


def short_id(wire_id: str) -> str:
    """An id as a phone can show it: the end of a long one tells it from others."""
    return wire_id if len(wire_id) <= _SHORT else f"…{wire_id[-_END:]}"


_MOST_GROUPS = 2
_MOST_ALIKE = 9
_SHORT, _END = 20, 6

Run = Callable[[Call], tuple[str, list[Effect]]]
# What would happen, in words; None where it may be done at once.
Warn = Callable[[Call], str | None]


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the table. `run` gives the answer and what else is to happen.

    `limited`: it keeps to the asker's groups by itself, so a role for one group is enough for it 1:1. `private`: the
    answer goes to the asker 1:1. `reads` names the parts of `CommandView` that it looks at; of all groups, `own_groups`
    are the asker's, and `named_groups` those that its first argument names. `aside`: its arguments are not for the
    audit. `order_asks`: what would happen is known to its order, which asks for the code.
    """

    name: str
    chinese: str
    roles: tuple[Role, ...]
    help: str
    run: Run
    arguments: tuple[Argument, ...] = ()
    aliases: tuple[str, ...] = ()
    topic: str = "日常"
    groups_only: bool = False
    private_only: bool = False
    private: bool = False
    limited: bool = False
    bare: bool = False
    warn: Warn | None = None
    order_asks: bool = False
    reads: frozenset[str] = frozenset()
    aside: bool = False
    # Which of the arguments are people, and how many there are at least: worked out once, not with every message.
    people_at: tuple[int, ...] = field(init=False)
    least: int = field(init=False)

    def __post_init__(self) -> None:
        named = [at for at, one in enumerate(self.arguments) if one.takes in _PEOPLE]
        object.__setattr__(self, "people_at", tuple(named))
        object.__setattr__(self, "least", sum(not one.optional for one in self.arguments))

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it answers to."""
        return (self.name, self.chinese, *self.aliases)

    @property
    def wants_code(self) -> bool:
        """Whether it is, or may be, done only with a code."""
        return self.warn is not None or self.order_asks

    @property
    def usage(self) -> str:
        """How it is written."""
        return " ".join([f"/{self.chinese}", *map(str, self.arguments)])
