"""Whose words an echo repeats: of an album each picture comes back, and of a picture the words that went with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from bot.store.outbox import claim
from models import effects as fx
from models.deliveries import Cause, DeliveryKind, Lane
from models.events import Answer, Media, Roster, SelfMessage, SendAnswered, Tapped, Who
from models.people import Friendship
from tests.store.stage import START, Shop, merchant, reply, shop

PICTURES = (Media(url="a.png"), Media(url="b.png"))


def echo(stage: Shop, kind: str, text: str = "") -> None:
    at = START + timedelta(seconds=5)
    stage.apply(
        SelfMessage(
            merchant="m1",
            account="main",
            at=at,
            wire_id=stage.fresh(),
            to_contact="wx-a",
            kind=kind,  # type: ignore[arg-type]
            text=text,
        )
    )


def held(stage: Shop) -> bool:
    return any(row.human_until for row in stage.rows(Friendship))


@pytest.mark.parametrize(
    ("kind", "media", "echoes", "is_ours"),
    [
        ("album", PICTURES, [("image", ""), ("image", ""), ("text", "两张")], True),
        ("image", PICTURES[:1], [("image", ""), ("text", "两 张")], True),
        ("album", PICTURES, [("image", ""), ("text", "我来说一句")], False),
        ("image", PICTURES[:1], [("image", ""), ("video", "")], False),
    ],
)
def test_echoes(database_url: str, kind: str, media: tuple[Any, ...], echoes: list[Any], is_ours: bool) -> None:
    with shop(database_url, merchant(human_hold_minutes=30)) as stage:
        people = stage.befriend("wx-a")
        stage.bring_about(
            fx.Send(
                key="e:1",
                account="main",
                kind=DeliveryKind(kind),
                lane=Lane.CONTENT,
                cause=Cause.CALENDAR,
                contact_id=people["wx-a"],
                text="两张",
                media=media,
            )
        )
        one = claim(stage.store, stage.merchants, [("m1", "main")]).claims[0]
        stage.apply(
            SendAnswered(merchant="m1", account="main", at=START, delivery=one.delivery_id, key="e:1", answer="sent")
        )
        for what, text in echoes:
            echo(stage, what, text)
        assert stage.delivery("e:1").state == "confirmed"
        assert held(stage) is not is_ours


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("answer", ["sent", "timeout", "refused"])
def test_an_echo_and_the_answer_in_one_batch(database_url: str, answer: Answer, is_first: bool) -> None:
    with shop(database_url) as stage:
        stage.bring_about(reply("r1", stage.befriend("wx-a")["wx-a"]))
        one = claim(stage.store, stage.merchants, [("m1", "main")]).claims[0]
        here: dict[str, Any] = {"merchant": "m1", "account": "main", "at": START}
        both = [
            SelfMessage(**here, wire_id="e", to_contact="wx-a", text="r1"),
            SendAnswered(**here, delivery=one.delivery_id, key="r1", answer=answer, message="e"),
        ]
        outcomes = stage.apply(*(both if is_first else reversed(both)))
        assert [outcome.error for outcome in outcomes] == ["", ""]
        assert stage.history("r1") == ["planned", "claimed", "sent", "confirmed"]
        assert stage.delivery("r1").state == "confirmed"


def test_the_echo_of_an_album_is_not_taken_for_one_of_a_picture_or_album_before_it(database_url: str) -> None:
    sends = [("image", PICTURES[:1]), ("album", PICTURES), ("album", PICTURES)]
    with shop(database_url) as stage:
        people = stage.befriend("wx-a")
        for number, (kind, media) in enumerate(sends):
            stage.bring_about(
                fx.Send(
                    key=f"e:{number}",
                    account="main",
                    kind=DeliveryKind(kind),
                    lane=Lane.CONTENT,
                    cause=Cause.CALENDAR,
                    contact_id=people["wx-a"],
                    text="册",
                    media=media,
                )
            )
            (one,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
            answered = SendAnswered(
                merchant="m1", account="main", at=START, delivery=one.delivery_id, key=f"e:{number}", answer="crash"
            )
            stage.apply(answered)
            echo(stage, "image")
            echo(stage, "text", "册")
        assert [stage.delivery(f"e:{number}").state for number in range(3)] == ["confirmed"] * 3


WORDS_BEHIND = fx.Send(
    key="e:1",
    account="main",
    kind=DeliveryKind.ALBUM,
    lane=Lane.CONTENT,
    cause=Cause.CALENDAR,
    text="两张",
    media=(Media(url="a.png", name="册"), Media(url="b.png", name="册")),
)


@pytest.mark.parametrize(
    ("heard", "history"),
    [
        (("image", "crash"), ["claimed", "unknown crash"]),
        (("crash", "image", "image"), ["claimed", "unknown crash"]),
        (("crash", "image", "words"), ["claimed", "unknown crash", "confirmed"]),
        (("crash", "whole"), ["claimed", "unknown crash", "confirmed"]),
        (("image", "words", "sent"), ["claimed", "sent", "confirmed"]),
        (("image", "image", "sent"), ["claimed", "sent", "confirmed"]),
        (("sent", "image"), ["claimed", "sent", "confirmed"]),
    ],
)
def test_what_leaves_in_several_messages_is_not_known_to_have_arrived_by_the_first_of_them(
    database_url: str, heard: tuple[str, ...], history: list[str]
) -> None:
    with shop(database_url, merchant(human_hold_minutes=30)) as stage:
        stage.bring_about(msgspec.structs.replace(WORDS_BEHIND, contact_id=stage.befriend("wx-a")["wx-a"]))
        (one,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
        here: dict[str, Any] = {"merchant": "m1", "account": "main", "at": START}
        echoes = {"image": ("image", ""), "words": ("text", "两张"), "whole": ("image", "两张")}
        for number, what in enumerate(heard):
            if what in echoes:
                kind, text = echoes[what]
                said = SelfMessage(**here, wire_id=f"w{number}", to_contact="wx-a", kind=kind, text=text)  # type: ignore[arg-type]
                stage.apply(said)
            else:
                message = "w0" if what == "sent" else ""
                stage.apply(SendAnswered(**here, delivery=one.delivery_id, key="e:1", answer=what, message=message))  # type: ignore[arg-type]
        assert stage.history("e:1") == ["planned", *history]
        assert not held(stage)


@pytest.mark.parametrize(
    ("heard", "history"),
    [
        (("answer", "list"), ["planned", "claimed", "sent"]),
        (("list", "answer"), ["planned", "claimed", "sent"]),
        (("crash", "list"), ["planned", "claimed", "unknown crash", "sent"]),
    ],
)
def test_a_remark_ends_in_one_state_whichever_way_we_hear_of_it(
    database_url: str, heard: tuple[str, ...], history: list[str]
) -> None:
    with shop(database_url) as stage:
        send = fx.Send(
            key="remark:1",
            account="main",
            kind=DeliveryKind.REMARK,
            lane=Lane.REPLY,
            cause=Cause.SURVEY,
            contact_id=stage.befriend("wx-a")["wx-a"],
            text="茶友-小明",
        )
        stage.bring_about(send)
        (one,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
        here: dict[str, Any] = {"merchant": "m1", "account": "main", "at": START}
        of_it: dict[str, Any] = {"delivery": one.delivery_id, "key": one.outgoing.key}
        told = {
            "answer": SendAnswered(**here, **of_it, answer="sent"),
            "crash": SendAnswered(**here, **of_it, answer="crash"),
            "list": Roster(**here, friends=(Who("wx-a", remark="茶友-小明"),)),
        }
        for how in heard:
            stage.apply(told[how])
        assert stage.history("remark:1") == history
        assert stage.rows(Friendship)[0].remark == "茶友-小明"


@pytest.mark.parametrize("is_tapped", [True, False])
def test_a_task_has_left_when_it_was_tapped_or_its_echo_was_heard(database_url: str, is_tapped: bool) -> None:
    with shop(database_url) as stage:
        stage.bring_about(reply("r1", stage.befriend("wx-a")["wx-a"]))
        one = claim(stage.store, stage.merchants, [("m1", "main")]).claims[0]
        stage.apply(
            SendAnswered(
                merchant="m1",
                account="main",
                at=START,
                delivery=one.delivery_id,
                key="r1",
                answer="awaiting_tap",
                message="w1",
            )
        )
        assert stage.delivery("r1").left_at == START
        stage.later(hours=2)
        here: dict[str, Any] = {"merchant": "m1", "account": "main", "at": START + timedelta(hours=1)}
        stage.apply(
            Tapped(**here, delivery="r1")
            if is_tapped
            else SelfMessage(**here, wire_id="w1", to_contact="wx-a", text="r1")
        )
        assert stage.delivery("r1").state == ("sent" if is_tapped else "confirmed")
        assert stage.delivery("r1").left_at == START + timedelta(hours=1)
