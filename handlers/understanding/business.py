"""What a message asks of the shop: a question to it or about something else, an order, a complaint, an advertisement,
and whether a person has to see to it.

A linear classifier decides over the characters and pairs of characters of a message. It is trained on lines of our own
by `python -m training`, which writes `business_model.json`; a message that is read wrongly is put right by adding
lines like it there.
"""

from __future__ import annotations

import pkgutil
from typing import Literal

import msgspec

from handlers.understanding import acts
from handlers.understanding.blame import BLAME, SIGNS_OF_BLAME
from handlers.understanding.text import Message

Label = Literal["business_question", "other_question", "rhetorical", "statement", "ad", "greeting", "complaint"]

_READ = 400
"""Characters of a message that are looked at: what somebody wants is said before that."""


class Business(msgspec.Struct, frozen=True):
    """`label` says what kind of message it is; `needs_human` that somebody must look it up, decide or calm down
    (false where standing information such as prices, opening hours and use answers it)."""

    label: Label
    needs_human: bool


class Model(msgspec.Struct, frozen=True):
    """Weights by feature, in hundredths, one for each of `classes`."""

    classes: list[Business]
    weights: dict[str, list[int]]

    def meaning(self, text: str, context: str) -> Business:
        """The likeliest class of a message in a `group` or a `private` chat."""
        rows = [row for feature in features(text, context) if (row := self.weights.get(feature)) is not None]
        scores = [sum(column) for column in zip(*rows, strict=True)] or [0]
        return self.classes[scores.index(max(scores))]


def features(text: str, context: str) -> list[str]:
    """What the classifier looks at: characters and pairs of them, and how the message is put."""
    message = Message(text[:_READ])
    core = f"^{message.dense}$"
    found = {*core, *(core[at : at + 2] for at in range(len(core) - 1)), f"in {context}"}
    found.add(f"long {min(6, len(message.dense) // 4)}")
    found.add(f"clauses {min(3, len(message.clauses))}")
    if any(acts.asks(message.text[start:end]) for start, end in message.clauses):
        found |= {"asks", f"asks in {context}"}
    found |= {mark for mark in "?!" if mark in message.text}
    return sorted(found)


_MODEL = msgspec.json.decode(pkgutil.get_data("handlers.understanding", "business_model.json") or b"", type=Model)


def understand_business(text: str, context: str) -> Business:
    """The label of a message in a `group` or a `private` chat, and whether a person has to see to it."""
    message = Message(text)
    if not message.dense:
        return Business("greeting" if message.pictures else "statement", False)
    return _MODEL.meaning(text, context)


# Whoever is angry says so early; a letter is not read to its end for it.
_ANGRY_WITHIN = 500


def complains(text: str) -> bool:
    """Whether a member blames the shop, by a normalised text: nearly all have no such word, and cost microseconds."""
    beginning = text[:_ANGRY_WITHIN]
    joined = "".join(beginning.split())
    if not (SIGNS_OF_BLAME.within(joined) and BLAME.search(joined)):
        return False
    return understand_business(beginning, "private").label == "complaint"
