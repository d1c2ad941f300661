"""Alerts leave by HTTP: what is posted, and what each answer of a real server means."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime

import pytest

from bot.transports import (
    LinkLost,
    NotConnected,
    Outgoing,
    Refused,
    SendError,
    TooFrequent,
    Uncertain,
    Unsupported,
)
from bot.transports.webhook import Form, WebhookTransport, _shortened
from models.alerts import AlertName, alert_key
from tests.transports.webhook_server import SECRET, listening

BEGAN = datetime(2026, 11, 23, 1, tzinfo=UTC)
KEY = alert_key(AlertName("deaf", "main", BEGAN), "ops")


def transport(url: str, form: Form = "json") -> WebhookTransport:
    return WebhookTransport("ops", "m1", url, form, lambda: BEGAN)


def alert(text: str = "账号「小山」没动静了。", key: str = KEY) -> Outgoing:
    return Outgoing(key, 1, "text", text=text)


async def failure(url: str, form: Form = "json") -> SendError:
    with pytest.raises(SendError) as caught:
        await transport(url, form).send(alert())
    error = caught.value
    assert SECRET not in str(error)
    assert error.__suppress_context__ or error.__context__ is None  # nothing that a traceback would print
    return error


async def test_plain_json_says_which_alert_it_is() -> None:
    async with listening(status="204 No Content", body="") as hook:
        await transport(hook.url).send(alert())
    assert hook.got == [
        (
            f"POST /cgi-bin/webhook/send?key={SECRET} HTTP/1.1",
            {
                "key": KEY,
                "merchant": "m1",
                "kind": "deaf",
                "subject": "main",
                "began_at": "2026-11-23T01:00:00+00:00",
                "text": "账号「小山」没动静了。",
            },
        )
    ]


async def test_the_group_robot_gets_a_text() -> None:
    async with listening() as hook:
        await transport(hook.url, "wecom").send(alert())
    assert hook.got[0][1] == {"msgtype": "text", "text": {"content": "账号「小山」没动静了。"}}


async def test_the_group_robot_gets_no_more_than_it_takes() -> None:
    async with listening() as hook:
        await transport(hook.url, "wecom").send(alert("账" * 3000))
    content = hook.got[0][1]["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content == "账" * 681 + "…"
    assert [_shortened(text, 7) for text in ("abcdefg", "abcdefgh", "a账账")] == ["abcdefg", "abcd…", "a账账"]


@pytest.mark.parametrize(
    ("status", "body", "form", "kind"),
    [
        ("500 Internal Server Error", "", "json", Uncertain),
        ("502 Bad Gateway", "", "wecom", Uncertain),
        ("404 Not Found", "", "json", Refused),
        ("302 Found", "", "json", Refused),
        ("429 Too Many Requests", "", "json", TooFrequent),
        ("200 OK", '{"errcode": 45009, "errmsg": "api freq out of limit"}', "wecom", TooFrequent),
        ("200 OK", '{"errcode": 93000, "errmsg": "invalid webhook url"}', "wecom", Refused),
        ("200 OK", "<html>", "wecom", Refused),
        ("200 OK", "[]", "wecom", Refused),
        (None, "", "json", Uncertain),
    ],
)
async def test_what_each_answer_means(status: str | None, body: str, form: Form, kind: type[SendError]) -> None:
    async with listening(status=status, body=body) as hook:
        assert type(await failure(hook.url, form)) is kind
        assert len(hook.got) == 1


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert type(await failure(f"http://127.0.0.1:{taken.getsockname()[1]}/{SECRET}")) is NotConnected
    assert type(await failure(f"https://no-such-host.invalid/{SECRET}")) is NotConnected


async def test_a_slow_one_is_waited_for_as_long_as_the_caller_likes() -> None:
    async with listening(delay=30) as hook:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                await transport(hook.url).send(alert())
        assert len(hook.got) == 1  # so it may have been taken


async def test_it_takes_texts_and_hears_nothing() -> None:
    one = transport("http://127.0.0.1:9/")
    with pytest.raises(Unsupported):
        await one.send(Outgoing(KEY, 1, "image"))
    with pytest.raises(LinkLost):
        one.events()
    assert (await one.roster()).friends is None
    await one.close()
