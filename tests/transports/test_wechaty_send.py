"""What really reaches a Wechaty gateway, and what its errors are taken for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.transports import NotConnected, Outgoing, Refused, SendError, TooFrequent, Uncertain, Unsupported
from models.events import LoggedIn, Media
from tests.transports.driver import HALL, listening
from tests.transports.wechaty_driver import WechatyDriver


async def send(wechaty: WechatyDriver, outgoing: Outgoing, media: Path = Path()) -> dict[str, Any]:
    """Send one thing, and return the gateway's record of it."""
    transport = wechaty.transport(send_seconds=10, media=media)
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        await transport.send(outgoing)
    return wechaty.gateway.sent[-1]


async def test_mentions_go_along_as_ids(wechaty: WechatyDriver) -> None:
    sent = await send(wechaty, Outgoing("t:1", 1, "text", group=HALL, text="@Bob 好", mentions=("wx-bob", "wx-alice")))
    assert (sent["text"], sent["mentions"]) == ("@Bob 好", ["wx-bob", "wx-alice"])


@pytest.mark.parametrize("words", ["老客·茅台", ""])
async def test_what_is_set_reaches_new_gateways_too(wechaty: WechatyDriver, words: str) -> None:
    remark = await send(wechaty, Outgoing("r:1", 1, "remark", contact="wx-alice", text=words))
    assert (remark["kind"], remark["contact"], remark["text"]) == ("remark", "wx-alice", words)
    topic = await send(wechaty, Outgoing("t:1", 1, "topic", group=HALL, text=words))
    assert (topic["kind"], topic["to"], topic["text"]) == ("topic", HALL, words)
    announcement = await send(wechaty, Outgoing("a:1", 1, "announcement", group=HALL, text=words))
    assert (announcement["kind"], announcement["to"], announcement["text"]) == ("announcement", HALL, words)


@pytest.mark.parametrize("size", [10, 3_000_000, 8_000_000])
async def test_a_file_arrives_whole(wechaty: WechatyDriver, tmp_path: Path, size: int) -> None:
    (tmp_path / "价目表.pdf").write_bytes(b"x" * size)
    outgoing = Outgoing("f:1", 1, "file", contact="wx-alice", media=(Media(url="价目表.pdf"),))
    sent = await send(wechaty, outgoing, media=tmp_path)
    assert (sent["kind"], sent["name"], sent["bytes"]) == ("file", "价目表.pdf", size)


async def test_a_file_that_was_never_on_a_disk_arrives_whole(wechaty: WechatyDriver) -> None:
    media = Media(name="客人名单.csv", url="data:text/csv;charset=utf-8,%EF%BB%BFwx1%2C%E5%B0%8F%E6%9E%97")
    sent = await send(wechaty, Outgoing("f:1", 1, "file", contact="wx-alice", text=media.name, media=(media,)))
    assert (sent["kind"], sent["name"], sent["bytes"]) == ("file", "客人名单.csv", len("\ufeffwx1,小林".encode()))
    assert len(wechaty.gateway.sent) == 1


@pytest.mark.parametrize("name", ["../config.toml", "海报/../../config.toml", "{outside}/config.toml", "link.toml"])
async def test_no_file_outside_the_media_folder_is_sent(wechaty: WechatyDriver, tmp_path: Path, name: str) -> None:
    (tmp_path / "config.toml").write_text("secret")
    folder = tmp_path / "media"
    (folder / "海报").mkdir(parents=True)
    (folder / "link.toml").symlink_to(tmp_path / "config.toml")
    media = Media(url=name.format(outside=tmp_path))
    with pytest.raises(Refused, match="not in the media folder"):
        await send(wechaty, Outgoing("f:1", 1, "file", contact="wx-alice", media=(media,)), media=folder)
    assert not wechaty.gateway.sent


async def test_a_picture_on_the_net_is_sent_by_its_address(wechaty: WechatyDriver) -> None:
    media = Media(name="海报.jpg", url="https://example.com/poster.jpg")
    sent = await send(wechaty, Outgoing("i:1", 1, "image", contact="wx-alice", media=(media,)))
    assert (sent["kind"], sent["name"], sent["url"]) == ("image", "海报.jpg", "https://example.com/poster.jpg")


async def test_a_link_and_a_mini_program_keep_their_parts(wechaty: WechatyDriver) -> None:
    media = Media(name="酒单", url="https://example.com/1", description="本周", thumbnail="https://example.com/t.png")
    sent = await send(wechaty, Outgoing("l:1", 1, "link", group=HALL, media=(media,)))
    assert sent["link"] == {
        "title": "酒单",
        "url": "https://example.com/1",
        "description": "本周",
        "thumbnailUrl": "https://example.com/t.png",
    }
    media = Media(name="小店", url="wxapp/pages/index?id=1", description="进店")
    sent = await send(wechaty, Outgoing("m:1", 1, "mini_program", group=HALL, media=(media,)))
    assert sent["program"] == {
        "appid": "wxapp",
        "pagePath": "pages/index?id=1",
        "title": "小店",
        "description": "进店",
    }


async def test_a_puppet_that_gives_no_message_ids(wechaty: WechatyDriver) -> None:
    wechaty.gateway.drive("settings", ids=False)
    transport = wechaty.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        receipt = await transport.send(Outgoing("t:1", 1, "text", contact="wx-alice", text="好"))
        assert receipt.message == ""


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("WECHAT_RATE_LIMITED", TooFrequent),
        ("操作过于频繁，请稍后再试", TooFrequent),
        ("You are sending too frequently", TooFrequent),
        ("对方开启了朋友验证，你还不是他（她）朋友", Refused),
        ("message rejected by the receiver", Refused),
        ("not logged in", NotConnected),
        ("this.bridge.sendCard is not a function", Unsupported),
        ("connect ECONNREFUSED 10.0.0.1:443", Uncertain),
        ("upstream timed out", Uncertain),
        ("undefined", Uncertain),
        ("fine\nbut refused in the small print", Uncertain),
    ],
)
async def test_what_an_error_proves(wechaty: WechatyDriver, words: str, verdict: type[SendError]) -> None:
    wechaty.gateway.drive("answer_next", answer="error", text=words)
    with pytest.raises(SendError) as raised:
        await send(wechaty, Outgoing("t:1", 1, "text", contact="wx-alice", text="好"))
    assert type(raised.value) is verdict
    assert words.split("\n", 1)[0] in str(raised.value)
    assert "\n" not in str(raised.value)


async def test_nobody_there_is_a_refusal(wechaty: WechatyDriver) -> None:
    with pytest.raises(Refused):
        await send(wechaty, Outgoing("t:1", 1, "text", contact="wx-ghost", text="好"))


@pytest.mark.parametrize(
    "outgoing",
    [
        Outgoing("f:1", 1, "file", contact="wx-alice", media=(Media(url="/nowhere/price.pdf"),)),
        Outgoing("f:1", 1, "image", contact="wx-alice"),
        Outgoing("l:1", 1, "link", contact="wx-alice", media=(Media(name="without an address"),)),
        Outgoing("t:1", 1, "text", text="to nobody"),
        Outgoing("r:1", 1, "recall"),
        Outgoing("a:1", 1, "friend_accept", contact="wx-alice"),
        Outgoing("n:1", 1, "invite", contact="wx-alice"),
    ],
)
async def test_what_cannot_be_sent_never_leaves(wechaty: WechatyDriver, outgoing: Outgoing) -> None:
    with pytest.raises(Refused, match=outgoing.key):
        await send(wechaty, outgoing)
    assert not wechaty.gateway.sent


async def test_an_album_is_sent_picture_by_picture_and_its_words_follow(wechaty: WechatyDriver, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"x")
    pictures = tuple(Media(name="年会", url=name) for name in ("a.png", "b.png"))
    transport = wechaty.transport(send_seconds=10, media=tmp_path)
    album = Outgoing("a:1", 1, "album", group=HALL, text="昨晚的年会", media=pictures)
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        receipt = await transport.send(album)
    assert [(one["kind"], one.get("name") or one.get("text")) for one in wechaty.gateway.sent] == [
        ("image", "a.png"),
        ("image", "b.png"),
        ("text", "昨晚的年会"),
    ]
    assert receipt.message


async def test_what_arrived_in_part_is_uncertain(wechaty: WechatyDriver, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    pictures = tuple(Media(url=name) for name in ("a.png", "gone.png"))
    transport = wechaty.transport(send_seconds=10, media=tmp_path)
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        with pytest.raises(Uncertain, match="message 2 of 2"):
            await transport.send(Outgoing("a:1", 1, "album", group=HALL, media=pictures))


async def test_the_title_of_a_card_is_not_said_again(wechaty: WechatyDriver) -> None:
    media = Media(name="酒单", url="https://example.com/1")
    await send(wechaty, Outgoing("l:1", 1, "link", group=HALL, text="酒单", media=(media,)))
    assert [one["kind"] for one in wechaty.gateway.sent] == ["link"]
