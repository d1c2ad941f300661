"""Reading stories: every kind of line, and every kind of mistake named by file, line, field and cure."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import story_lines
from bot.config import load_config
from bot.rehearsal import with_accounts
from bot.story import StoryFault, read_lines, read_story
from bot.story_lines import (
    AccountSpec,
    ClockShift,
    ContactSpec,
    FriendRequest,
    GroupJoined,
    GroupSpec,
    Kill,
    Operator,
    Person,
    Platform,
    Restart,
    Span,
    Text,
    Wait,
    WireFact,
    WorldLine,
    WorldSpec,
)
from models.deliveries import DeliveryKind

AT = "2026-11-23T09:00:00+08:00"
NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def read(*lines: dict[str, Any] | str | bytes) -> list[object]:
    raw = [
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    ]
    return [line for _, line in read_lines(raw, "tea.jsonl")]


def fault(*lines: dict[str, Any] | str | bytes) -> str:
    with pytest.raises(StoryFault) as caught:
        read(*lines)
    return str(caught.value)


def test_each_line_becomes_its_value() -> None:
    assert read(
        {"type": "friend_request", "at": AT, "account": "main", "contact": "wx1", "name": "林间", "hello": "想喝茶"},
        {
            "type": "text",
            "at": AT,
            "account": "main",
            "id": "e2",
            "contact": "wx1",
            "text": "叫我老林",
            "mentions": ["a"],
        },
        {"type": "group_joined", "at": AT, "account": "main", "group": "g", "members": [{"contact": "a", "name": "b"}]},
        {"type": "operator", "at": AT, "run": "who wx1 --json"},
        {"type": "platform", "at": AT, "account": "main", "on": "invite", "answer": "timeout", "times": 3},
        {"type": "platform", "at": AT, "account": "main", "on": "*", "answer": "refused"},
        {"type": "restart", "at": AT, "down": "280m"},
        {"type": "restart", "at": AT},
        {"type": "kill", "at": AT, "after": "claimed"},
        {"type": "clock", "at": AT, "shift": "-10m"},
    ) == [
        FriendRequest(at=NINE, account="main", contact="wx1", name="林间", hello="想喝茶"),
        Text(at=NINE, account="main", id="e2", contact="wx1", text="叫我老林", mentions=("a",)),
        GroupJoined(at=NINE, account="main", group="g", members=(Person("a", "b"),)),
        Operator(at=NINE, run="who wx1 --json"),
        Platform(at=NINE, account="main", on="invite", answer="timeout", times=3),
        Platform(at=NINE, account="main", on="*", answer="refused", times=1),
        Restart(at=NINE, down=Wait(minutes=280)),
        Restart(at=NINE),
        Kill(at=NINE, after="claimed"),
        ClockShift(at=NINE, shift=Span(minutes=-10)),
    ]


def test_wire_facts_are_told_from_the_rest() -> None:
    assert [line.__struct_config__.tag for line in story_lines.WIRE_FACTS if issubclass(line, WireFact)] == [
        "friend_request", "friend_added", "friend_removed", "text", "media", "self_text", "recalled", "group_joined",
        "group_left", "group_renamed", "members", "renumbered", "login", "logout", "deaf", "tapped",
    ]  # fmt: skip
    assert [line.__struct_config__.tag for line in story_lines.ACTS if not issubclass(line, WireFact)] == [
        "operator", "platform", "restart", "kill", "clock",
    ]  # fmt: skip


def test_platform_lines_know_every_delivery_kind() -> None:
    assert set(get_args(story_lines.DeliveryKind)) == {str(kind) for kind in DeliveryKind}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("90s", timedelta(seconds=90)),
        ("280m", timedelta(minutes=280)),
        ("-10m", timedelta(minutes=-10)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("1h30m", timedelta(minutes=90)),
        ("0.5s", timedelta(milliseconds=500)),
        ("0m", timedelta(0)),
    ],
)
def test_lengths_of_time(written: str, meant: timedelta) -> None:
    assert Span.read(written) == meant


@pytest.mark.parametrize("written", ["", "m", "10", "10 m", "10min", "--1m", "1.m", "十m", 10, None])
def test_what_is_no_length_of_time(written: object) -> None:
    with pytest.raises(ValueError, match="如 90s、280m"):
        Span.read(written)


def test_the_world_is_the_first_line() -> None:
    world = {
        "accounts": [{"id": "main", "name": "小山", "channel": "tap"}],
        "contacts": [{"id": "wx1", "friend_of": ["main"], "tags": ["老客"], "remark": "天天妈"}],
        "groups": [{"id": "g@chatroom", "topic": "茶桌", "owner": "main", "members": ["main", "wx1"]}],
        "auto": False,
    }
    assert read({"world": world}, "", {"type": "login", "at": AT, "account": "main"})[0] == WorldLine(
        WorldSpec(
            accounts=(AccountSpec("main", "小山", "", "tap"),),
            contacts=(ContactSpec("wx1", "", ("main",), ("老客",), "天天妈"),),
            groups=(GroupSpec("g@chatroom", "茶桌", "main", ("main", "wx1")),),
            auto=False,
        )
    )
    assert fault({"type": "login", "at": AT, "account": "main"}, {"world": world}) == (
        "tea.jsonl:2: world: 世界写在了后面，它只能写在第一行"
    )


def test_other_hands_and_other_clocks_are_read_too() -> None:
    marked = b"\xef\xbb\xbf" + json.dumps({"type": "login", "at": "2026-11-23T01:00Z", "account": "main"}).encode()
    absent = {
        "type": "text",
        "at": "20261123T090000+0800",
        "account": "main",
        "contact": "a",
        "text": "b",
        "group": None,
    }
    assert read(marked + b"\r\n", "  \r\n", absent) == [
        story_lines.Login(at=NINE, account="main"),
        Text(at=NINE, account="main", contact="a", text="b"),
    ]


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        ({"type": "texts", "at": AT}, "type: 写的是 'texts'", "是不是 'text'？只能写 friend_request、friend"),
        ({"type": ["text"], "at": AT}, 'type: 写的是 ["text"]', "只能写 friend_request"),
        ({"at": AT, "account": "main"}, "type: 没有写", "必须写上，只能写 friend_request"),
        (
            {"type": "login", "at": AT, "acount": "a"},
            "acount: 没有这个字段",
            "是不是 'account'？只能写 type",
        ),
        ({"type": "login", "at": AT}, "account: 没有写", "必须写上"),
        ({"type": "login", "at": AT, "account": 3}, "account: 写的是 3", "要写文字，两边加英文双引号"),
        ({"type": "login", "at": AT, "account": ""}, "account: 写的是 ''", "要写文字，不能空着"),
        ({"type": "login", "at": "2026-11-23T09:00:00", "account": "a"}, "at: 写的是 '2026-11-23T09:00:00'", "带时区"),
        ({"type": "login", "at": "gestern", "account": "a"}, "at: 写的是 'gestern'", "如 2026-11-23T09:00:00+08:00"),
        ({"type": "login", "at": 7, "account": "a"}, "at: 写的是 7", "要写带时区的时间"),
        ({"type": "clock", "at": AT, "shift": "soon"}, "shift: 写的是 'soon'", "要写一段时间，如 90s"),
        (
            {"type": "platform", "at": AT, "account": "a", "on": "txt", "answer": "ok"},
            "on: 写的是 'txt'",
            "是不是 'text'？只能写 album、announcement",
        ),
        (
            {"type": "platform", "at": AT, "account": "a", "on": "*", "answer": "time_out"},
            "answer: 写的是 'time_out'",
            "是不是 'timeout'？",
        ),
        (
            {"type": "platform", "at": AT, "account": "a", "on": "*", "answer": "ok", "times": 0},
            "times: 写的是 0",
            "要写整数，从 1 起",
        ),
        (
            {"type": "members", "at": AT, "account": "a", "group": "g", "members": [{"contact": "b"}, {"contct": "c"}]},
            "members[1].contct: 没有这个字段",
            "是不是 'contact'？只能写 contact、name",
        ),
        (
            {"type": "members", "at": AT, "account": "a", "group": "g", "members": [{"name": "b"}]},
            "members[0].contact: 没有写",
            "必须写上",
        ),
        (
            {"type": "renumbered", "at": AT, "account": "a", "ids": {"b": 3}},
            'ids: 写的是 {"b":3}',
            "要写文字，两边加英文双引号",
        ),
        (
            {"world": {"accounts": [{"id": "a", "channel": "phone"}]}},
            "world.accounts[0].channel: 写的是 'phone'",
            "只能写 personal",
        ),
        (
            {"world": {"accounts": [{"id": "a"}, {"id": "a"}]}},
            'world: 写的是 {"accounts":',
            "账号 'a' 写了两次，每个账号只写一次",
        ),
        (
            {"type": "kill", "at": AT, "after": "clamed"},
            '写的是 {"type":"kill"',
            "after 要写 planned、waiting、claimed",
        ),
        ({"type": "restart", "at": AT, "down": "-5m"}, "down: 写的是 '-5m'", "不能是负的"),
        ({"world": {"grups": []}}, "world.grups: 没有这个字段", "是不是 'groups'？只能写 accounts、contacts"),
        ({"world": {"auto": "yes"}}, "world.auto: 写的是 'yes'", "要写 true（是）或 false（否）"),
        ('{"type": "login" "at"}', """写的是 '{"type": "login" "at"}'""", "（第 18 个字符：两项之间少了英文逗号"),
        ("[1, 2]", "写的是 [1,2]", "一行要写一个完整的 JSON 对象"),
        ("[" * 5000, "写的是 '[[[", "一行要写一个完整的 JSON 对象"),
        (b'{"type": "text", "text": "\xc0\xc1"}', "有一个字节 0xc0 不是 UTF-8", "把文件存成 UTF-8"),
    ],
)
def test_a_mistake_is_named(line: dict[str, Any] | str | bytes, found: str, expected: str) -> None:
    said = fault(line)
    assert said.startswith(f"tea.jsonl:1: {found}")
    assert expected in said.removeprefix(f"tea.jsonl:1: {found}")


def test_lines_must_be_in_order_whatever_their_offsets() -> None:
    assert fault(
        {"type": "login", "at": "2026-11-23T09:00:00+08:00", "account": "a"},
        {"type": "login", "at": "2026-11-23T01:00:00+00:00", "account": "a"},
        {"type": "login", "at": "2026-11-23T02:00:00+02:00", "account": "a"},
    ) == (
        "tea.jsonl:3: at: 写的是 2026-11-23T02:00:00+02:00，上一行是 2026-11-23T01:00:00+00:00，"
        "各行要按时间（at）先后排"
    )


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_nothing_but_a_story_fault_comes_of_rubbish(rubbish: bytes) -> None:
    with suppress(StoryFault):
        list(read_lines(rubbish.split(b"\n"), "tea.jsonl"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(AT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
_FIELDS = ["at", "account", "contact", "text", "group", "members", "ids", "shift", "times", "answer", "on", "kind"]


@given(
    st.sampled_from([str(line.__struct_config__.tag) for line in (*story_lines.WIRE_FACTS, *story_lines.ACTS)]),
    st.dictionaries(st.sampled_from(_FIELDS), _JSON),
    st.booleans(),
)
def test_nothing_but_a_story_fault_comes_of_wrong_fields(kind: str, fields: dict[str, Any], timed: bool) -> None:
    with suppress(StoryFault):
        read({"type": kind, **fields, **({"at": AT} if timed else {})})


def test_a_story_is_checked_whole_and_then_read_again(tmp_path: Path) -> None:
    path = tmp_path / "tea.jsonl"
    path.write_text(
        '{"world": {"accounts": [{"id": "main"}]}}\n'
        '{"type": "operator", "at": "2026-11-23T09:00:00+08:00", "run": "status"}\n'
        '{"type": "login", "at": "2026-11-23T09:00:01+08:00", "account": "main"}\n'
        '{"type": "login", "at": "2026-11-23T09:00:02+08:00", "account": "mian"}\n'
    )
    story = read_story(path)
    assert (story.first, story.last, story.count) == (NINE, NINE + timedelta(seconds=2), 3)
    assert story.world == WorldSpec(accounts=(AccountSpec("main"),))
    assert [type(line).__name__ for line in story.lines()] == ["Operator", "Login", "Login"]
    story.check_accounts(["main", "mian"])
    with pytest.raises(StoryFault, match="jsonl:4: account: 写的是 'mian'，没有这个账号，是不是 'main'"):
        story.check_accounts(["main"])


def test_a_friend_of_an_account_that_is_not_there_is_named() -> None:
    world = WorldSpec(accounts=(AccountSpec("main"),), contacts=(ContactSpec("wx1", friend_of=("main", "mian")),))
    with pytest.raises(StoryFault, match=r"tea.jsonl:1: world.contacts\[0\].friend_of: 写的是 'mian'，没有这个账号"):
        with_accounts(load_config(Path("config.toml"), {}), world, "tea.jsonl")


def test_an_empty_story_is_a_story(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(b"")
    story = read_story(path)
    assert (story.world, story.first, story.count, list(story.lines())) == (None, None, 0, [])
