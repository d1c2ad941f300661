"""The world before the first message: ten thousand members in two hundred groups, most of them surveyed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.config import load_config
from bot.merchants import open_merchants
from bot.store import Store, Writing
from bot.store.migrating import upgrade
from models.capabilities import Capabilities
from models.context import MerchantView
from models.groups import ChatGroup, GroupMember
from models.operations import Role, RoleGrant, Timer
from models.people import Answer, AnswerState, Contact, Friendship, FriendshipState, Person, Survey, SurveyState, Tag
from models.timers import NUDGE

ACCOUNT = "main"
MERCHANT = "m1"
BEGAN = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
CONFIG = Path(__file__).parents[1] / "config.toml"
_BOSS = "wx-boss"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
_GIVEN = ("建国", "晓燕", "志强", "雨桐", "海涛", "小梅", "俊杰", "秀英", "子轩", "Tony", "阿杰", "薇薇🌸")


@dataclass(frozen=True, slots=True)
class Member:
    """A friend of the account, and the group that they are in, if any; ids of the platform."""

    wire_id: str
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody. `chatting` are in groups, `staff` among them looks after one each; `surveyed` are in the middle of the
    survey, before the question of that number, and get their group at its end."""

    chatting: Sequence[Member]
    staff: Sequence[Member]
    surveyed: Sequence[tuple[Member, int]]

    @property
    def members(self) -> list[Member]:
        """All of them."""
        return [*self.chatting, *(member for member, _ in self.surveyed)]


def make_crowd(members: int = 10_000, groups: int = 200, questions: int = 8) -> Crowd:
    """One in five is in the middle of the survey. One group in four is large (分舵), the others are small (堂口)."""
    chance = random.Random(0)
    wire_groups = [f"{10_000_000_000 + number}@chatroom" for number in range(groups)]
    large, small = wire_groups[::4], [group for number, group in enumerate(wire_groups) if number % 4]
    in_groups = members - members // 5
    homes = [*wire_groups, *(chance.choice(large if number % 5 < 3 else small) for number in range(in_groups - groups))]
    everybody = [
        Member(
            wire_id=f"wxid_{chance.getrandbits(52):013x}{number}",
            name=chance.choice(_SURNAMES) + chance.choice(_GIVEN),
            group=homes[number] if number < in_groups else "",
        )
        for number in range(members)
    ]
    return Crowd(
        chatting=everybody[:in_groups],
        staff=everybody[:groups],
        surveyed=[(member, number % questions) for number, member in enumerate(everybody[in_groups:])],
    )


def load_world(url: str, crowd: Crowd, questions: Sequence[str]) -> None:
    """Migrate the database and write the crowd down."""
    upgrade(url)
    with closing(Store(url, lambda: BEGAN)) as store:
        load_merchant(store, open_world(store)[MERCHANT], crowd, questions)


def load_merchant(store: Store, merchant: MerchantView, crowd: Crowd, questions: Sequence[str]) -> None:
    """Write the crowd down as that merchant's."""
    with store.writing() as writing:
        _write(writing, merchant, crowd, questions)


def open_world(store: Store) -> Mapping[str, MerchantView]:
    """The merchant of the shipped configuration, with the shipped playbook."""
    config = load_config(CONFIG, {})
    return open_merchants(store, config, {ACCOUNT: Capabilities()}, seed=1, started_at=store.now())


def _write(writing: Writing, merchant: MerchantView, crowd: Crowd, questions: Sequence[str]) -> None:
    scope = {"merchant_id": merchant.id}
    members = crowd.members
    groups = list(dict.fromkeys(member.group for member in crowd.staff))
    everybody = [*members, Member(_BOSS, "老板", groups[0])]
    first = writing.ids.take(writing.now, len(groups) + 2 * len(everybody))
    group_ids = {group: first + number for number, group in enumerate(groups)}
    first += len(groups)
    people = {member.wire_id: first + 2 * number for number, member in enumerate(everybody)}  # the contact is the next
    progress = {member.wire_id: begins for member, begins in crowd.surveyed}
    writing.insert(
        Person, [scope | {"id": person, "created_at": BEGAN, "source": "扫码"} for person in people.values()]
    )
    writing.insert(
        Contact,
        [
            scope
            | {
                "id": people[member.wire_id] + 1,
                "person_id": people[member.wire_id],
                "wire_id": member.wire_id,
                "name": member.name,
            }
            for member in everybody
        ],
    )
    writing.insert(
        Friendship,
        [
            scope
            | {
                "account_id": ACCOUNT,
                "contact_id": person + 1,
                "state": FriendshipState.FRIEND,
                "added_at": BEGAN,
                "hello": "你好，朋友介绍来的",
                "source": "扫码",
            }
            for person in people.values()
        ],
    )
    sizes = Counter(member.group for member in everybody)
    writing.insert(
        ChatGroup,
        [
            scope
            | {
                "id": group_ids[group],
                "account_id": ACCOUNT,
                "wire_id": group,
                "topic": f"酒友社 {number} 群",
                "tier": "分舵" if number % 4 == 0 else "堂口",
                "bound_at": BEGAN,
                "members": sizes[group],
            }
            for number, group in enumerate(groups)
        ],
    )
    writing.insert(
        GroupMember,
        [
            scope | {"group_id": group_ids[member.group], "contact_id": people[member.wire_id] + 1, "joined_at": BEGAN}
            for member in everybody
            if member.group
        ],
    )
    writing.insert(
        RoleGrant,
        [
            scope
            | {
                "wire_id": member.wire_id,
                "role": Role.HALL,
                "account_id": "",
                "group_wire_id": member.group,
                "granted_by": _BOSS,
                "at": BEGAN,
            }
            for member in crowd.staff
        ],
    )
    told = [
        (member, question)
        for member in members
        for question in questions[: progress.get(member.wire_id, len(questions))]
    ]
    writing.insert(
        Answer,
        [
            scope
            | {
                "person_id": people[member.wire_id],
                "key": question,
                "value": VALUES[question],
                "state": AnswerState.ANSWERED,
                "at": BEGAN,
                "revision": merchant.revision,
            }
            for member, question in told
        ],
    )
    writing.insert(
        Tag,
        [
            scope | {"person_id": people[member.wire_id], "tag": TAGS[question], "origin": "survey", "at": BEGAN}
            for member, question in told
            if question in TAGS
        ],
    )
    writing.insert(
        Survey,
        [
            scope
            | {
                "person_id": people[member.wire_id],
                "contact_id": people[member.wire_id] + 1,
                "account_id": ACCOUNT,
                "revision": merchant.revision,
                "state": SurveyState.FINISHED if begins is None else SurveyState.OPEN,
                "question": "" if begins is None else questions[begins],
                "asked": len(questions) if begins is None else begins + 1,
                "started_at": BEGAN,
                "asked_at": BEGAN,
                "finished_at": BEGAN if begins is None else None,
            }
            for member in members
            for begins in [progress.get(member.wire_id)]
        ],
    )
    writing.insert(
        Timer,
        [
            scope | {"kind": NUDGE, "subject": member.wire_id, "account_id": ACCOUNT, "at": BEGAN.replace(year=2027)}
            for member, _ in crowd.surveyed
        ],
    )


VALUES: Mapping[str, object] = {
    "call": "老林",
    "adult": True,
    "style": "sauce",
    "scenes": ["alone", "friends"],
    "budget": 300,
    "city": "浙江杭州",
    "birthday": "08-15",
    "wish": "想去酒厂看看",
}
TAGS: Mapping[str, str] = {"call": "已留称呼", "adult": "已成年", "style": "爱酱香", "budget": "中价位"}
