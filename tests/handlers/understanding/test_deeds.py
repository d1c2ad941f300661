"""What a reply in a group does: the classifier and the replies that it was trained on."""

from __future__ import annotations

import pytest

from handlers.understanding.deeds import DEEDS, deeds_of
from training.deeds import replies


def test_the_model_file_is_the_one_of_the_replies_it_was_trained_on() -> None:
    lines = replies()
    assert len(lines) >= 600
    assert {deed for _, deed in lines} == set(DEEDS)
    right = sum(max(DEEDS, key=deeds_of(said).__getitem__) == deed for said, deed in lines)
    assert right >= 0.95 * len(lines)


@pytest.mark.parametrize(
    ("said", "deed"),
    [
        ("有的，二十八一盒", "answer"),
        ("@小王 我帮你问下师傅", "defer"),
        ("好像是周五吧", "guess"),
        ("哈哈哈同求", "chat"),
        ("【今日开团】耙耙柑，接龙", "notice"),
    ],
)
def test_replies_that_it_has_not_seen(said: str, deed: str) -> None:
    assert (said, deed) not in replies()
    assert max(DEEDS, key=deeds_of(said).__getitem__) == deed


def test_a_reply_of_no_letters_is_read_as_well() -> None:
    assert sum(deeds_of("[微笑]").values()) == pytest.approx(1)
