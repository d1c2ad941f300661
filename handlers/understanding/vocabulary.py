"""The words of the contract: what is asked, what was answered before, and what a reply turned out to mean."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

Act = Literal["answer", "question", "decline", "later", "correct", "optout", "chitchat", "unclear"]


class Option(Struct, frozen=True, cache_hash=True):
    """One choice of a question. `value` is what is stored; `label` and `synonyms` are how people say it."""

    value: str
    label: str
    synonyms: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every way to say this option, the label first."""
        return (self.label, *self.synonyms)


class Question(Struct, frozen=True, cache_hash=True):
    """A question of the survey. `type` is one of name, age_months, number, date, region, choice, multi, yesno, phone,
    freetext; any other type is read as free text."""

    key: str
    type: str
    text: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False


class Prior(Struct, frozen=True):
    """A question that was answered before, with the value that is stored, in the question's normal form."""

    question: Question
    value: Any


class Words(Struct, frozen=True, cache_hash=True):
    """A playbook's additions to the word lists that ship. They add; the shipped words always hold."""

    opt_out: tuple[str, ...] = ()
    human: tuple[str, ...] = ()
    bot: tuple[str, ...] = ()
    business: tuple[str, ...] = ()


NO_WORDS = Words()


class Understanding(Struct, frozen=True):
    """What a reply means.

    `value` is the normal form of the open question's type (of the corrected question's type for `correct`), `corrects`
    the key of the question whose earlier answer was wrong, `also` further facts by question key, `asks` whether the
    reply asks something besides.
    """

    act: Act
    value: Any = None
    corrects: str | None = None
    also: dict[str, Any] = field(default_factory=dict)
    asks: bool = False
