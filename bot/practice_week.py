"""A week of the practice ground in less than a minute: the clock goes in small steps, so that all that is due in it
happens, and those who sit in the groups go on talking, in one group less and less."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.crowd_lives import HALL_2, OLD_FRIENDS
from bot.practice import Ground
from bot.story_lines import GroupJoined, Person, Text

WEEK = timedelta(days=7)
_STEP, _STEP_WHEN_BUSY, _STEP_AT_NIGHT = timedelta(minutes=20), timedelta(minutes=5), timedelta(hours=1)
_WAKE, _SLEEP = 8, 22  # local hours
_BUSY = frozenset({9, 10, 12, 19, 20})  # when the calendar posts: an account sends one thing after the other
# How long the program has for a step. Where posts are due it has longer, as long as there is patience left in all: a
# busy machine would otherwise post days late.
_SECONDS_A_STEP = 0.06
_SECONDS_A_LOOK = 0.06
_REST_OF_AN_ACCOUNT = timedelta(seconds=10)
_SECONDS_A_POST = 3.0
_PATIENCE_SECONDS = 120.0
# Who waits for the platform's answer waits in true time, and the account with them: hours would be gone meanwhile.
_LONGEST_WITHOUT_ANSWER_SECONDS = 30.0
_TALKS = 0.12  # the chance that somebody says something in a step
_FALLS_SILENT_AFTER = timedelta(days=3)
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", ("建国", "晓燕", "志强", "海涛", "小梅", "秀英", "俊杰", "阿杰")


async def live_through(
    ground: Ground, account: str, span: timedelta, zone: ZoneInfo, is_posting: Callable[[], Awaitable[bool]]
) -> None:
    """Let so much time pass. `is_posting` says whether something of the calendar is due and has not left."""
    world, chance = ground.world, Random(ground.seed)
    began = world.now()
    patience = _PATIENCE_SECONDS
    talkers = [(one, room) for one in OLD_FRIENDS if one.talk for room in one.groups]
    while (left := began + span - world.now()) > timedelta():
        now = world.now()
        hour = now.astimezone(zone).hour
        awake = _WAKE <= hour < _SLEEP
        step = _STEP_WHEN_BUSY if hour in _BUSY else _STEP if awake else _STEP_AT_NIGHT
        ground.hurry(min(left, step))
        if awake and ground.lively.is_set():
            for friend, room in talkers:
                is_quiet = room == HALL_2 and now - began > _FALLS_SILENT_AFTER
                if not is_quiet and chance.random() < _TALKS and friend.contact in world.rooms[room].members:
                    said = chance.choice(friend.talk)
                    world.apply(Text(at=world.now(), account=account, contact=friend.contact, text=said, group=room))
        await asyncio.sleep(_SECONDS_A_STEP)
        await _answers(ground)
        if hour in _BUSY:
            patience -= await _post(ground, is_posting, min(_SECONDS_A_POST, patience))


async def _answers(ground: Ground) -> None:
    """Let no time pass until nobody waits for an answer any longer, within reason."""
    for _ in range(round(_LONGEST_WITHOUT_ANSWER_SECONDS / _SECONDS_A_LOOK)):
        if not ground.world.unanswered:
            break
        await asyncio.sleep(_SECONDS_A_LOOK)


async def _post(ground: Ground, is_posting: Callable[[], Awaitable[bool]], most: float) -> float:
    """Let little time pass until what is due has left, since an account rests between two sends; returns how many
    seconds that took."""
    began = time.monotonic()
    for _ in range(round(_STEP_WHEN_BUSY / _REST_OF_AN_ACCOUNT)):
        if time.monotonic() - began > most or not await is_posting():
            break
        ground.hurry(_REST_OF_AN_ACCOUNT)
        await asyncio.sleep(_SECONDS_A_LOOK)
        await _answers(ground)
    return time.monotonic() - began


def fill_up(ground: Ground, account: str, room: str, seats: int, at: datetime) -> None:
    """So many people come into a group, as if somebody had brought a busload of friends."""
    chance = Random(f"{ground.seed}:{room}:{at}")
    people = tuple(
        Person(f"wx-bus-{chance.getrandbits(40):010x}", chance.choice(_SURNAMES) + chance.choice(_GIVEN))
        for _ in range(seats)
    )
    ground.world.apply(GroupJoined(at=at, account=account, group=room, members=people))
