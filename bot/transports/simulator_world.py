"""A whole small WeChat in memory: the one place where simulated people, groups and platforms are what they are.

Everything in it is deterministic: it knows no chance, and its time is the `now` that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from bot.story_lines import Platform, WireFact, WorldSpec
from bot.transports import AccountTaken, LinkLost, Outgoing, Receipt
from bot.transports.simulator_facts import apply_fact
from bot.transports.simulator_sends import send
from bot.transports.simulator_state import (
    CAPABILITIES,
    DIRECT_INVITE_LIMIT,
    GROUP_CAPACITY,
    MESSAGE_KINDS,
    Account,
    ArmedAnswer,
    Delivered,
    Friendship,
    Link,
    Room,
)
from models.capabilities import CHANNEL
from models.events import Event, GroupState, LoggedIn, LoggedOut, Roster, Who
from models.turning import unturned


class UnknownAccount(ValueError):
    """Something names an account that this world does not have."""


class World:
    """The simulated platform. `now` gives the true time (aware); `spec` is what the accounts find at first login.

    Raises `UnknownAccount` when a contact is the friend of an account that is not in the spec.
    """

    def __init__(self, spec: WorldSpec, now: Callable[[], datetime]) -> None:
        self.now = now
        self.auto = spec.auto
        self.accounts: dict[str, Account] = {}
        self.rooms: dict[str, Room] = {}
        self.names: dict[str, str] = {}
        self.unanswered = 0  # sends that somebody waits for, though the platform will never answer
        self._listeners: list[Callable[[Delivered], None]] = []
        self._events_made = 0
        # What each account's lists were when last asked for: they are asked for every hour, and change seldom.
        self._lists: dict[str, tuple[tuple[Who, ...], tuple[GroupState, ...]]] = {}
        for one in spec.accounts:
            self.accounts[one.id] = Account(one.id, one.id, one.name, CAPABILITIES[one.channel])
            self.names[one.id] = unturned(one.name)
        for contact in spec.contacts:
            self.names[contact.id] = unturned(contact.name)
            for account in contact.friend_of:
                self.account(account).friends[contact.id] = Friendship(contact.remark, contact.tags)
        for group in spec.groups:
            room = self.rooms[group.id] = Room(
                group.id, unturned(group.topic), group.owner, dict.fromkeys(group.members)
            )
            room.accounts.update(id for id in self.accounts if id in room.members or id == room.owner)

    def account(self, account: str) -> Account:
        """Return an account of ours. Raises `UnknownAccount`."""
        try:
            return self.accounts[account]
        except KeyError:
            known = "、".join(map(repr, self.accounts)) or "一个也没有"
            raise UnknownAccount(f"没有账号 {account!r}，这个世界里的账号：{known}") from None

    def add_channel(self, id: str) -> None:
        """Add a place where alerts are posted."""
        self.accounts[id] = Account(id, id, id, CHANNEL)

    def on_delivered(self, listener: Callable[[Delivered], None]) -> None:
        """Call `listener` for everything that really arrives at people, at the moment it does."""
        self._listeners.append(listener)

    def apply(self, line: WireFact | Platform) -> None:
        """Let a line of a story happen now. Raises `UnknownAccount`."""
        self._lists.clear()
        if isinstance(line, Platform):
            self.account(line.account).answers.append(ArmedAnswer(line.on, line.answer, line.times))
        else:
            apply_fact(self, self.account(line.account), line)

    def send(self, account: str, outgoing: Outgoing) -> Receipt | None:
        """Send as that account. Raises a `SendError`; `None` means that the platform never answers."""
        if outgoing.kind not in MESSAGE_KINDS:  # an act: somebody may be a friend or in a group by it
            self._lists.clear()
        return send(self, self.account(account), outgoing)

    # the wire: what the program sees

    def attach(self, account: str) -> Link:
        """Take hold of an account; the program hears `LoggedIn` first, if it is on line. Raises `AccountTaken`."""
        state = self.account(account)
        if state.link is not None:
            raise AccountTaken(f"another program already listens to account {account!r}")
        state.link = Link(self.now())
        waiting = [event for event in state.outbox if not isinstance(event, LoggedIn | LoggedOut)]
        state.outbox.clear()
        if state.speaking:
            self.tell(state, self.logged_in(state))
            state.outbox.extend(waiting)
        else:
            state.held.extendleft(reversed(waiting))
        return state.link

    def cut_link(self, account: str, link: Link | None = None) -> None:
        """End the link of an account, or only that very `link`: who listens gets `LinkLost`."""
        state = self.account(account)
        if state.link is not None and (link is None or link is state.link):
            state.link.cut = True
            state.link.arrived.set()
            state.link = None

    def roster(self, account: str) -> Roster:
        """List an account's friends and groups. Raises `LinkLost` when it is signed out."""
        state = self.account(account)
        if not state.online:
            raise LinkLost(f"account {account!r} is signed out")
        if account not in self._lists:
            self._lists[account] = self._friends(state), self._groups(state)
        friends, groups = self._lists[account]
        return Roster(account=account, at=self.now(), friends=friends, groups=groups)

    def _friends(self, account: Account) -> tuple[Who, ...]:
        return tuple(
            Who(contact, self.names.get(contact, ""), friendship.remark, friendship.tags)
            for contact, friendship in account.friends.items()
        )

    def _groups(self, account: Account) -> tuple[GroupState, ...]:
        return tuple(
            GroupState(room.id, room.topic, room.owner, tuple(self._member(account, one) for one in room.members))
            for room in self.rooms.values()
            if account.id in room.accounts
        )

    def _member(self, account: Account, contact: str) -> Who:
        friendship = account.friends.get(contact)
        return Who(contact, self.names.get(contact, ""), friendship.remark if friendship else "")

    # what facts and sends are made of

    def tell(self, account: Account, event: Event) -> None:
        """Give the program an event, now or at the next login."""
        if account.speaking:
            account.outbox.append(event)
            if account.link is not None:
                account.link.arrived.set()
        else:
            account.held.append(event)

    def report(self, delivered: Delivered) -> None:
        """Tell the listeners what arrived."""
        for listener in self._listeners:
            listener(delivered)

    def logged_in(self, account: Account) -> LoggedIn:
        """Return the event that the account is on line now."""
        return LoggedIn(account=account.id, at=self.now(), self_id=account.self_id, name=account.name)

    def who(self, contact: str, name: str = "") -> Who:
        """Return a person, who is called `name` from now on where one is given."""
        if name:
            self.names[contact] = unturned(name)
        return Who(contact, self.names.setdefault(contact, ""))

    def room_of(self, account: Account, group: str, members: Iterable[str] = ()) -> Room:
        """Return a group in which something happens to the account: so it exists, and these are in it."""
        room = self.rooms.get(group)
        if room is None:
            room = self.rooms[group] = Room(group, members={account.self_id: None})
        room.accounts.add(account.id)
        for contact in members:
            room.members[contact] = None
        return room

    def event_id(self, given: str = "") -> str:
        """Return the wire id of an event: the given one, else one of our own, which a continued database cannot know.

        Hence the time in it: the count alone would begin again with the next world.
        """
        if given:
            return given
        self._events_made += 1
        return f"sim-event-{int(self.now().timestamp() * 1000)}-{self._events_made}"


__all__ = ["DIRECT_INVITE_LIMIT", "GROUP_CAPACITY", "Delivered", "UnknownAccount", "World"]
