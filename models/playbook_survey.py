"""The intake survey (建档) as data: its questions, the tags that follow, and what finishing it does."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.conditions import Condition
from models.playbook_values import Hours, Key, Name, Names, Part, Positive, Seconds, Texts, TimeOfDay

QuestionType = Literal[
    "name", "age_months", "number", "date", "region", "choice", "multi", "yesno", "phone", "freetext"
]


class Option(Part):
    """One of the things that a choice offers; `value` is what is kept, the rest is how people say it."""

    value: Name
    label: Name | None = None
    synonyms: Names = ()

    @property
    def words(self) -> tuple[str, ...]:
        """How the option may be said: its label (or else its value), then its synonyms."""
        return (self.label or self.value, *self.synonyms)


class Question(Part):
    """A question of the survey. `retry` are said when an answer is not understood, each once."""

    key: Key
    type: QuestionType
    texts: Annotated[Texts, Field(min_length=1)]
    options: tuple[Option, ...] = ()
    required: bool = False
    examples: Texts = ()
    retry: Texts = ()
    when: Condition | None = None
    tags: Names = ()

    def option(self, value: str) -> Option | None:
        """The option of that value."""
        return next((option for option in self.options if option.value == value), None)


class TagRule(Part):
    """Whoever meets the condition has the tags, as long as they do."""

    when: Condition
    add: Annotated[Names, Field(min_length=1)]


class Completion(Part):
    """What finishing the survey does for whoever meets the condition then (absent: everybody).

    `group` is a room id, `owner` the stable id of who looks after them, `coupon` the name of what they have earned.
    """

    when: Condition | None = None
    tags: Names = ()
    tier: Name | None = None
    group: Name | None = None
    coupon: Name | None = None
    owner: Name | None = None


class OldFriends(Part):
    """Friends since before we came are asked as well: each day at that time so many of an account's, one of `hello` in
    front of the first question as it stands."""

    per_day: Positive
    at: TimeOfDay
    hello: Texts = ()


MOST_NUDGES = 2


class Survey(Part):
    """The questions for a new friend, in their order.

    `acknowledgements` are a few words on an answer, put in front of the next question as they stand.
    """

    questions: tuple[Question, ...] = ()
    acknowledgements: Texts = ()
    thanks: Texts = ()
    nudges_hours: tuple[Hours, ...] = ()
    settle_seconds: Seconds | None = None
    tags: tuple[TagRule, ...] = ()
    completion: tuple[Completion, ...] = ()
    old_friends: OldFriends | None = None

    @property
    def nudges(self) -> tuple[float, ...]:
        """Hours from a question to each nudge: however many a playbook names, nobody is nudged more than twice."""
        return self.nudges_hours[:MOST_NUDGES]
