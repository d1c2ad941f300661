"""What a gateway may say that nobody expects."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.transports.wechaty_events import link_media
from bot.transports.wechaty_wire import CardPayload, MessagePayload, WireError, moment, sound

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.mark.parametrize("value", [float("inf"), "1e999", "Infinity", float("nan"), 10**400, -1, "", [], {}])
def test_a_time_without_end_is_no_time(value: object) -> None:
    assert moment(value, NOW) == NOW


def test_a_card_of_brackets_without_end_is_no_json() -> None:
    with pytest.raises(WireError):
        link_media(b"[" * 100_000)


def test_a_number_in_the_place_of_an_id_is_no_payload() -> None:
    broken = CardPayload().parse(b"\x08\x01")  # field 1 as a number
    with pytest.raises(WireError, match="contact"):
        sound(broken)
    listed = MessagePayload().parse(b"\x2a\x02\x01\x02")  # field 5, which holds one number, as a list of two
    with pytest.raises(WireError, match="type"):
        sound(listed)
    assert sound(MessagePayload(id=b"m1")).id == b"m1"
