"""The crowd of the shipped simulator: it answers what it is asked, joins, chats, leaves, and repeats itself exactly."""

from __future__ import annotations

import asyncio
import tomllib
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot import crowd_lives
from bot.crowd import live, shipped_world
from bot.crowd_lives import AGAIN, BOSS, BRANCH, HALL_1, LIVES, topic_of
from bot.transports import Outgoing
from bot.transports.simulator import SimulatorTransport
from bot.virtual_time import VirtualClock, run_virtually
from handlers.understanding.business import asks_the_shop, complains_aloud
from models import events

ACCOUNT = "main"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PLAYBOOK = Path(__file__).parents[2] / "playbooks" / "liquor-club.toml"
QUESTIONS = [
    "您好，我是店里的机器人助手小满。",
    "怎么称呼您？",
    "按规矩问一句：您满18周岁了吗？",
    "您好哪一口？1 酱香 2 浓香 3 清香 4 都行",
    "您在哪个城市？",
]


async def persona(transport: SimulatorTransport, heard: list[events.Event]) -> None:
    """Accept everybody, ask the next question after each answer, invite, and post once."""
    asked: dict[str, int] = {}

    async def send(kind: str, contact: str = "", group: str = "", text: str = "") -> None:
        key = f"entry:{kind}" if group and not contact else f"{kind}:{contact}:{asked.get(contact, 0)}"
        await transport.send(Outgoing(key, 1, kind, contact=contact, group=group, text=text))

    await send("text", group=BRANCH, text="今天说说制曲。")
    async for event in transport.events():
        heard.append(event)
        match event:
            case events.FriendRequested(contact=who):
                await send("friend_accept", who.contact)
            case events.FriendAdded(contact=who) | events.Message(contact=who, group="") if who.contact != BOSS:
                number = asked[who.contact] = asked.get(who.contact, -1) + 1
                if isinstance(event, events.FriendAdded):
                    await send("text", who.contact, text=QUESTIONS[0])
                    number = asked[who.contact] = 1
                if number < len(QUESTIONS):
                    await send("text", who.contact, text=QUESTIONS[number])
                elif number == len(QUESTIONS):
                    await send("invite", who.contact, HALL_1)


def run_for(seconds: float, seed: int = 7) -> list[events.Event]:
    """Let crowd and persona live together for so long; return what the persona heard."""

    async def main() -> list[events.Event]:
        world = shipped_world(VirtualClock.running().true_now, [(ACCOUNT, "掌柜")])
        heard: list[events.Event] = []
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(live(world, ACCOUNT, seed, asyncio.sleep)),
                tasks.create_task(persona(SimulatorTransport(world, ACCOUNT), heard)),
            ]
            await asyncio.sleep(seconds)
            for task in running:
                task.cancel()
        return heard

    return run_virtually(main(), START)


def said_by(heard: list[events.Event], handle: str, group: str = "") -> list[str]:
    return [
        event.text
        for event in heard
        if isinstance(event, events.Message) and event.contact.contact == f"wx-{handle}-7" and event.group == group
    ]


def test_within_ten_seconds_somebody_comes_answers_and_somebody_reacts() -> None:
    heard = run_for(10)
    assert said_by(heard, "lin")[:2] == ["叫我老林就行", "早满了，娃都上初中了"]
    assert any(isinstance(event, events.Message) and event.group == BRANCH for event in heard)
    assert [event.text for event in heard if isinstance(event, events.Message) and event.contact.contact == BOSS] == [
        "/状态"
    ]


def test_people_answer_what_they_are_asked_in_their_own_way() -> None:
    heard = run_for(150)
    assert said_by(heard, "lin") == ["叫我老林就行", "早满了，娃都上初中了", "酱香", "杭州"]
    assert said_by(heard, "xia")[:2] == ["嗨嗨，我叫小夏", "夏天的夏"]
    assert said_by(heard, "qiu")[:2] == ["秋秋", "你是机器人吗？"]
    assert said_by(heard, "dan") == ["退订"]


def test_the_crowd_leaves_room_for_whoever_holds_the_phone() -> None:
    async def main() -> list[datetime]:
        world = shipped_world(VirtualClock.running().true_now, [(ACCOUNT, "掌柜")])
        arrived: list[datetime] = []
        world.on_delivered(lambda _one: arrived.append(world.now()))
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(live(world, ACCOUNT, 7, asyncio.sleep)),
                tasks.create_task(persona(SimulatorTransport(world, ACCOUNT), [])),
            ]
            await asyncio.sleep(300)
            for task in running:
                task.cancel()
        return arrived

    arrived = run_virtually(main(), START)
    minute = timedelta(minutes=1)
    assert max(sum(one <= each < one + minute for each in arrived) for one in arrived) < 25  # of 30 a minute


def test_who_is_invited_joins_and_talks() -> None:
    heard = run_for(90)
    joined = [who.contact for event in heard if isinstance(event, events.GroupJoined) for who in event.members]
    assert "wx-lin-7" in joined
    assert said_by(heard, "lin", HALL_1)[0] == "大家好，我是老林，刚进来"


def test_everybody_comes_and_nobody_talks_without_end() -> None:
    heard = run_for(600)
    asking = [event for event in heard if isinstance(event, events.FriendRequested)]
    assert [event.contact.name for event in asking] == [life.name for life in LIVES]
    assert max(len(said_by(heard, life.handle)) for life in LIVES) <= 12
    assert all(earlier.at <= later.at for earlier, later in pairwise(heard))


def test_a_seed_repeats_itself_and_another_brings_other_ids() -> None:
    assert run_for(60) == run_for(60)
    assert {event.contact.contact for event in run_for(60, 8) if isinstance(event, events.FriendRequested)}.isdisjoint(
        event.contact.contact for event in run_for(60, 7) if isinstance(event, events.FriendRequested)
    )


def test_the_shipped_world_has_a_branch_and_halls_with_room() -> None:
    world = shipped_world(lambda: START, [(ACCOUNT, "掌柜")])
    roster = world.roster(ACCOUNT)
    assert roster.groups is not None
    assert [(group.group, ACCOUNT in {who.contact for who in group.members}) for group in roster.groups] == [
        (group, True) for group in crowd_lives.GROUPS
    ]
    assert max(len(group.members) for group in roster.groups) < 20


QUESTIONS_SHIPPED = tomllib.loads(PLAYBOOK.read_text(encoding="utf-8"))["survey"]["questions"]


@pytest.mark.parametrize("question", QUESTIONS_SHIPPED, ids=[one["key"] for one in QUESTIONS_SHIPPED])
def test_the_shipped_survey_is_understood_by_everybody(question: dict[str, Any]) -> None:
    assert {topic_of(text) for text in question["texts"]} == {question["key"]}
    for retry in question.get("retry", []):
        assert topic_of(retry) in {question["key"], ""}
        assert topic_of(retry) or AGAIN.search(retry)


def test_greetings_and_thanks_are_no_questions() -> None:
    playbook = tomllib.loads(PLAYBOOK.read_text(encoding="utf-8"))
    texts = [*playbook["reception"]["greetings"], *playbook["survey"]["thanks"]]
    assert {topic_of(text) for text in texts} == {""}


def test_each_group_is_looked_after_by_somebody_who_is_in_it() -> None:
    friends = {friend.contact: friend for friend in crowd_lives.OLD_FRIENDS}
    assert set(crowd_lives.KEEPERS) == set(crowd_lives.GROUPS)
    assert all(room in friends[keeper].groups for room, keeper in crowd_lives.KEEPERS.items())


def test_of_what_old_friends_chat_only_a_question_is_one_to_the_shop() -> None:
    keepers = set(crowd_lives.KEEPERS.values())  # what they say is the shop's word
    said = [text for one in crowd_lives.OLD_FRIENDS if one.contact not in keepers for text in one.talk]
    assert [text for text in said if asks_the_shop(text) or complains_aloud(text)] == ["这个价能入吗？"]
