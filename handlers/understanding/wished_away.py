"""Whether a message wishes us away: no more messages, a wrong person, taken off the list, in whatever words.

A linear classifier decides over the characters of a message and their pairs and triples. It is trained on lines of our
own by `python -m training`, which writes `wished_away_model.json`; a message that is read wrongly is put right by
adding lines like it there.
"""

from __future__ import annotations

import pkgutil
from functools import cache

import msgspec

from handlers.understanding.pieces import Weights, pieces
from handlers.understanding.text import Message, joined
from models.patterns import compile_later


class Model(msgspec.Struct, frozen=True):
    """How much each feature speaks for a wish to be left alone, in hundredths; negative: against it."""

    weights: dict[str, int]


class Classifier:
    """A model at work."""

    def __init__(self, model: Model) -> None:
        self._pieces = Weights({each: weight for each, weight in model.weights.items() if len(each) <= _TOGETHER})
        self._long = [model.weights.get(_long(4 * fours), 0) for fours in range(_LONGEST + 1)]

    def score(self, dense: str) -> int:
        """How much speaks for it in a text without blanks and punctuation, in hundredths."""
        return self._pieces.of(f"^{dense}$") + self._long[min(_LONGEST, len(dense) // 4)]


def features(dense: str) -> set[str]:
    """What the classifier looks at, of a text without blanks and punctuation: characters, their pairs and triples, and
    how many there are."""
    return {*pieces(f"^{dense}$", _TOGETHER), _long(len(dense))}


def _long(length: int) -> str:
    return f"long {min(_LONGEST, length // 4)}"


_TOGETHER = 3
_LONGEST = 6  # fours of characters


_AT_ONCE = 80
"""Characters that are read together. What is longer is read sentence by sentence: a wish may stand in any of them."""
_SURELY = 80
"""Hundredths that must speak for it: an opt-out that was invented costs a customer."""
_MORE_SURELY = 200
"""The same for one sentence of many: what is said around it may turn it."""
_SENTENCE = compile_later(rf"[^\n。！？!?；;]{{2,{_AT_ONCE}}}")

# Hardly anybody sends us away without one of these; a letter has few sentences with any.
_REFUSAL = compile_later("[别不勿莫甭休停退拉删骚扰烦滚错屏移放饶够拒消绝没换关举去取主静净闭再推前发gtsnu]")


@cache
def _model() -> Classifier:
    return Classifier(
        msgspec.json.decode(pkgutil.get_data("handlers.understanding", "wished_away_model.json") or b"", type=Model)
    )


def wishes_us_away(message: Message) -> bool:
    """Whether a message asks for our silence."""
    if len(message.dense) <= _AT_ONCE:
        return _model().score(message.dense) > _SURELY
    sentences = set(_SENTENCE.findall(message.text))  # a flood says one thing again and again
    return any(_model().score(joined(sentence)) > _MORE_SURELY for sentence in sentences if _REFUSAL.search(sentence))
