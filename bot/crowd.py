"""A crowd for the shipped simulator: people who add the persona, answer it in their own words, chat and join groups.

They know nothing of the bot: they read what really arrives and react to its words. Everything follows from the seed,
so under virtual time a run repeats itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bot.crowd_lives import (
    AGAIN,
    BOSS,
    BRANCH,
    GROUPS,
    LIVES,
    OLD_FRIENDS,
    REACTIONS,
    Life,
    OldFriend,
    topic_of,
    wire_id,
)
from bot.story_lines import AccountSpec, ContactSpec, FriendRequest, GroupSpec, Text, WorldSpec
from bot.transports.simulator import Delivered, World

Sleep = Callable[[float], Awaitable[None]]

ADMIN_ASKS_AFTER = 7.0  # seconds: once the first newcomer has answered something
FIRST_WORDS = (3.0, 8.0)  # seconds after joining a group
SMALL_TALK = (25.0, 90.0)  # seconds between two lines of the same person
REACTS = 0.25  # of the members react to a post
# What arrives in a minute before newcomers wait a little: an account may send no more than so much, and whoever holds
# the phone of the practice ground is to be answered at once.
BUSY = 18
_MINUTE = timedelta(minutes=1)


def shipped_world(now: Callable[[], datetime], accounts: Sequence[tuple[str, str]]) -> World:
    """Return the small WeChat that `make run` starts in: a branch, two halls and some old friends.

    `accounts` are ids and names; the people live around the first.
    """
    host = accounts[0][0]
    return World(
        WorldSpec(
            accounts=tuple(AccountSpec(account, name) for account, name in accounts),
            contacts=tuple(
                ContactSpec(friend.contact, friend.name, (host,), friend.tags, friend.remark) for friend in OLD_FRIENDS
            ),
            groups=tuple(
                GroupSpec(
                    group,
                    topic,
                    host,
                    (host, *(friend.contact for friend in OLD_FRIENDS if group in friend.groups)),
                )
                for group, topic in GROUPS.items()
            ),
        ),
        now,
    )


async def live(world: World, account: str, seed: int, sleep: Sleep) -> None:
    """Let the crowd live in a world, around one account, until cancelled. `sleep` takes seconds."""
    crowd = _Crowd(world, account, seed, sleep)
    world.on_delivered(crowd.notice)
    async with asyncio.TaskGroup() as tasks:
        for life in crowd.lives():
            tasks.create_task(life)


class _Crowd:
    """Who is there, and where what arrives is put."""

    def __init__(self, world: World, account: str, seed: int, sleep: Sleep) -> None:
        self.world, self.account, self.seed, self.sleep = world, account, seed, sleep
        self._newcomers = {
            wire_id(life, seed): _Newcomer(self, life, Random(f"{seed}:{life.handle}")) for life in LIVES
        }
        self._posts: asyncio.Queue[Delivered] = asyncio.Queue()
        self._arrived: deque[datetime] = deque(maxlen=BUSY)

    def lives(self) -> list[Coroutine[Any, Any, None]]:
        """Return everybody's life, to be run side by side."""
        return [
            *(newcomer.live() for newcomer in self._newcomers.values()),
            *(self._small_talk(friend) for friend in OLD_FRIENDS if friend.talk),
            self._administer(),
            self._react(),
        ]

    def notice(self, delivered: Delivered) -> None:
        """Put what arrived before whoever it reached."""
        if delivered.account != self.account:
            return
        self._arrived.append(self.world.now())
        if newcomer := self._newcomers.get(delivered.contact):
            newcomer.inbox.put_nowait(delivered)
        elif delivered.group and not delivered.contact:
            self._posts.put_nowait(delivered)

    async def their_turn(self) -> None:
        """Wait until the account is less busy."""
        while len(self._arrived) == BUSY and self.world.now() - self._arrived[0] < _MINUTE:
            await self.sleep(1.0)

    def say(self, contact: str, text: str, group: str = "") -> None:
        """Let somebody write, 1:1 or in a group; in a group only while they are in it."""
        if not group or contact in self.world.rooms[group].members:
            self.world.apply(Text(at=self.world.now(), account=self.account, contact=contact, text=text, group=group))

    async def _small_talk(self, friend: OldFriend) -> None:
        chance = Random(f"{self.seed}:{friend.contact}")
        await self.sleep(chance.uniform(2.0, 20.0))
        while True:
            self.say(friend.contact, chance.choice(friend.talk), chance.choice(friend.groups))
            await self.sleep(chance.uniform(*SMALL_TALK))

    async def _administer(self) -> None:
        await self.sleep(ADMIN_ASKS_AFTER)
        self.say(BOSS, "/状态")
        await self.sleep(60.0)
        self.say(BOSS, "／状态", BRANCH)

    async def _react(self) -> None:
        while True:
            post = await self._posts.get()
            if not post.key.startswith("entry:"):
                continue
            chance = Random(f"{self.seed}:{post.key}")
            people = [one for one in self.world.rooms[post.group].members if one not in {self.account, BOSS}]
            for contact in people:
                if chance.random() < REACTS:
                    await self.sleep(chance.uniform(1.5, 6.0))
                    self.say(contact, chance.choice(REACTIONS), post.group)


class _Newcomer:
    """Somebody who adds the persona and talks with it."""

    def __init__(self, crowd: _Crowd, life: Life, chance: Random) -> None:
        self.inbox: asyncio.Queue[Delivered] = asyncio.Queue()
        self._crowd, self._life, self._chance = crowd, life, chance
        self._contact = wire_id(life, crowd.seed)
        self._said: dict[str, int] = {}  # how many answers on a topic were given
        self._open = ""  # the topic that was asked and not answered yet
        self._last = ""  # the topic that was answered last

    async def live(self) -> None:
        """Ask for the friendship, then react to whatever arrives, for ever."""
        life, crowd = self._life, self._crowd
        await crowd.sleep(life.arrives)
        if self._contact not in crowd.world.account(crowd.account).friends:  # before a power cut they may have come
            crowd.world.apply(
                FriendRequest(
                    at=crowd.world.now(),
                    account=crowd.account,
                    contact=self._contact,
                    name=life.name,
                    hello=life.hello,
                    source=life.source,
                )
            )
        async with asyncio.TaskGroup() as tasks:
            while True:
                arrived = [await self.inbox.get()]
                await crowd.sleep(life.pause * self._chance.uniform(0.8, 1.3))
                await crowd.their_turn()
                while not self.inbox.empty():
                    arrived.append(self.inbox.get_nowait())
                for invitation in [one for one in arrived if one.kind == "invite"]:
                    tasks.create_task(self._talk_in(invitation.group))
                texts = [one.text for one in arrived if one.kind == "text"]
                if texts and not await self._answer(texts):
                    return

    async def _answer(self, texts: list[str]) -> bool:
        """Answer what was asked last, if anything; `False` when this person has left."""
        asked = [topic for text in texts if (topic := topic_of(text))]
        if asked:
            self._open = asked[-1]
        elif any(AGAIN.search(text) for text in texts):
            self._open = self._open or self._last
        if not self._open:
            return True
        if self._life.leaves:
            await self._write(self._life.leaves)
            return False
        objection = self._life.objections.get(self._open, "")
        if objection and self._say_once(f"objection:{self._open}"):
            await self._write(objection)  # the topic stays open: it is answered after the reply to this
            return True
        answers = self._life.answers.get(self._open, ())
        given = self._said.get(self._open, 0)
        if given < len(answers):
            self._said[self._open] = given + 1
            await self._write(answers[given])
        if self._open == "wish" and self._say_once("private"):
            for text in self._life.private:
                await self._crowd.sleep(self._chance.uniform(6.0, 15.0))
                await self._write(text)
        self._last, self._open = self._open, ""
        return True

    async def _talk_in(self, group: str) -> None:
        pause = FIRST_WORDS
        for text in self._life.group:
            await self._crowd.sleep(self._chance.uniform(*pause))
            await self._write(text, group)
            pause = SMALL_TALK

    async def _write(self, text: str, group: str = "") -> None:
        for number, bubble in enumerate(text.split("\n")):
            if number:
                await self._crowd.sleep(0.8)
            self._crowd.say(self._contact, bubble, group)

    def _say_once(self, what: str) -> bool:
        first = what not in self._said
        self._said.setdefault(what, 1)
        return first
