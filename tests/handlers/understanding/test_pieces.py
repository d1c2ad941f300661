"""What pieces of a text weigh together, against adding them up one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.understanding.pieces import Weights, pieces

_TEXTS = st.text("ab好不\U00020000", max_size=12)
_WEIGHTS = st.dictionaries(st.text("ab好不\U00020000", min_size=1, max_size=3), st.integers(-500, 500), max_size=12)


def test_pieces_are_characters_and_what_stands_together_each_once() -> None:
    assert list(pieces("别别发", 2)) == ["别", "发", "别别", "别发"]
    assert list(pieces("发", 3)) == ["发"]
    assert not pieces("", 3)


@given(_TEXTS, st.integers(1, 4))
def test_every_piece_of_a_text_is_found(text: str, longest: int) -> None:
    assert set(pieces(text, longest)) == {
        text[at : at + size] for size in range(1, longest + 1) for at in range(len(text) - size + 1)
    }


@given(_TEXTS, _WEIGHTS)
def test_a_text_weighs_what_its_pieces_weigh_one_by_one(text: str, weights: dict[str, int]) -> None:
    assert Weights(weights).of(text) == sum(weights.get(piece, 0) for piece in pieces(text, 3))
