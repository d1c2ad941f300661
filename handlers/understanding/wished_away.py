"""Whether a message wishes us away: no more messages, a wrong person, taken off the list, in whatever words.

A linear classifier decides over the characters of a message and their pairs and triples. It is trained on lines of our
own by `python -m training`, which writes `wished_away_model.json`; a message that is read wrongly is put right by
adding lines like it there.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from itertools import repeat
from operator import add

import msgspec

from handlers.understanding.text import Message, dense
from models.patterns import compile_later


class Model(msgspec.Struct, frozen=True):
    """How much each feature speaks for a wish to be left alone, in hundredths; negative: against it."""

    weights: dict[str, int]

    def score(self, dense: str) -> int:
        """How much speaks for it, in hundredths."""
        return sum(map(self.weights.get, features(dense), repeat(0)))


def features(dense: str) -> set[str]:
    """What the classifier looks at, of a text without blanks and punctuation: characters, their pairs and triples, and
    how many there are."""
    core = f"^{dense}$"
    pairs = list(map(add, core, core[1:]))
    return {*core, *pairs, *map(add, pairs, core[2:]), f"long {min(6, len(dense) // 4)}"}


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
def _model() -> Model:
    return msgspec.json.decode(pkgutil.get_data("handlers.understanding", "wished_away_model.json") or b"", type=Model)


def wishes_us_away(message: Message) -> bool:
    """Whether a message asks for our silence."""
    if len(message.dense) <= _AT_ONCE:
        return _model().score(message.dense) > _SURELY
    sentences = set(_SENTENCE.findall(message.text))  # a flood says one thing again and again
    return any(_model().score(dense(sentence)) > _MORE_SURELY for sentence in sentences if _REFUSAL.search(sentence))
