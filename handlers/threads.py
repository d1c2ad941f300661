"""Who answered what in a group: the questions of a transcript, each with the first message that answers it.

Pure: from what was said to states. What may be a question is one by what was said before it (`handlers.group_hearing`).
A message is held against the questions that are open when it comes, and goes to the one that it fits best, if to any
(`handlers.group_answers`). Quotes, names and whoever says that theirs is settled need no weighing.

A week's talk may have thousands of questions that nobody answered. They are found by who asked and by what is quoted;
what is said to nobody in particular is held against the last few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from math import exp

from msgspec.structs import replace

from handlers import group_hearing
from handlers.commands import is_command
from handlers.group_answers import Place, Question, Reply, signs
from handlers.understanding import replies_in_groups as reply
from handlers.understanding.group_model import Signs, model, speaks_for
from models.context import Said

OPEN, ANSWERED, WITHDRAWN = "open", "answered", "withdrawn"

Weigh = Callable[[Said, list[Question], list[Signs]], list[float]]
"""Tells how much speaks for it that a message answers each of these questions: the logarithm of the odds."""

_STAFF_WITHIN = timedelta(hours=48)
_MEMBERS_WITHIN = timedelta(minutes=40)
_MOST_BETWEEN = 14
"""So many messages of others may stand between a question and a member's answer that names nobody."""
_LAST = 12
"""So many questions may wait and a message to nobody in particular still be about the oldest of them."""
_STILL_ABOUT_IT = 4
"""After so few messages of others, whoever asked still talks of their question."""
_NEXT = 6
"""So many may stand between a question and a picture of the shop's that answers it."""
_UNLIKELY = {"staff": 0.5, "member": 0.6}
"""A message is no answer if it is likelier than this that it answers none: a member's is believed more easily, as
nobody says anything else for the shop to be wrong."""
_IN_ONE_BREATH = -0.5
"""How much must speak for one answer to two questions of one person, ..."""
_BREATH = timedelta(hours=1)
"""... which they asked so soon after each other: what was asked in the morning is not answered with the afternoon's."""


@dataclass(slots=True)
class Thread:
    """A question, its state, and the wire id of the message that answered it."""

    question: Said
    state: str = OPEN
    answered_by: str | None = None


def threads(said: Sequence[Said]) -> list[Thread]:
    """The questions of one group in their order."""
    heard = [
        replace(one, asks=False) if one.asks and not group_hearing.is_question(said, at) else one
        for at, one in enumerate(said)
    ]
    return Talk(heard, _weigh).threads()


def _weigh(one: Said, questions: list[Question], found: list[Signs]) -> list[float]:
    weights = model().answers[one.by]
    return [speaks_for(each, weights) for each in found]


class Talk:
    """One group's talk, gone through once; what `asks` in it is a question."""

    def __init__(self, said: Sequence[Said], weigh: Weigh) -> None:
        self._said = said
        self._weigh = weigh
        self._names = {one.name for one in said if one.by == "member"}
        self._threads: dict[int, Thread] = {}
        self._open: dict[int, Question] = {}  # in their order
        self._by: dict[str, dict[int, Question]] = {}
        self._quotable: dict[str, list[Question]] = {}
        self._heard = 0

    def threads(self) -> list[Thread]:
        """Every question in its order, as it stands at the end."""
        for at, one in enumerate(self._said):
            if one.by != "auto":
                if self._open:
                    self._hear(at, one)
                self._heard += 1
            if one.asks and one.by == "member":
                self._add(Question(one, at, self._heard))
        for thread in self._threads.values():
            if thread.state == OPEN and thread.question.closed:
                thread.state = ANSWERED
        return list(self._threads.values())

    def _add(self, question: Question) -> None:
        said = question.said
        self._threads[said.id] = Thread(said)
        self._open[said.id] = question
        self._by.setdefault(said.contact, {})[said.id] = question
        self._quotable.setdefault(said.message, []).append(question)

    def _settle(self, question: Question, state: str, one: Said | None = None) -> None:
        said = question.said
        if self._open.pop(said.id, None) is not None:
            del self._by[said.contact][said.id]
            thread = self._threads[said.id]
            thread.state, thread.answered_by = state, one.message if one else None

    def _hear(self, at: int, one: Said) -> None:
        """A message, while these wait."""
        if one.by == "answer":
            self._answered_by_us(one)
            return
        if one.by == "staff" and is_command(one.text):
            return  # said to us
        quoted = self._quoted(one)
        own = list(self._by.get(one.contact, {}).values()) if one.by == "member" else []
        if own and not self._is_for_others(one, quoted) and self._by_asker(one, own):
            return
        if one.kind != "text":
            self._shown(one, quoted)
            return
        if one.by == "member" and one.asks and not (one.mentions or one.quote):
            return  # it is about something else
        told = Reply(one.text)
        found = [(question, place) for question, place in self._candidates(one, quoted) if question not in own]
        if found and told.is_worth_a_look(one.by):
            self._answers(at, one, told, found)
        if found and one.by == "staff" and (not told.core or reply.promises(told.said)):
            found[0][0].taken_up = at

    def _answered_by_us(self, one: Said) -> None:
        for question in self._quotable.get(one.quote, []):
            if question.said.message == one.quote:
                self._settle(question, ANSWERED, one)

    def _quoted(self, one: Said) -> Question | None:
        """The one whose question, or whatever else its asker said of it, is quoted."""
        if not one.quote:
            return None
        found = reversed(self._quotable.get(one.quote, []))
        return next((question for question in found if question.said.id in self._open), None)

    def _is_for_others(self, one: Said, quoted: Question | None) -> bool:
        """Whether who waits for an answer themselves gives one to somebody else."""
        if quoted is not None and quoted.said.contact != one.contact:
            return True
        return any(contact != one.contact and self._by.get(contact) for contact in one.mentions)

    def _by_asker(self, one: Said, own: list[Question]) -> bool:
        """Whether somebody who waits says how it stands; if not, they may be talking of something else by now."""
        latest = own[-1]
        self._quotable.setdefault(one.message, []).append(latest)
        if one.kind == "text" and not one.asks:
            if reply.withdraws(one.text):
                for question in own if reply.withdraws_all(one.text) else [latest]:
                    self._settle(question, WITHDRAWN)
                return True
            if reply.is_content(one.text) or reply.thanks(one.text):
                return True
        return self._heard - latest.began <= _STILL_ABOUT_IT

    def _shown(self, one: Said, quoted: Question | None) -> None:
        """A picture, a link or a place answers who asked for one, or who is quoted."""
        if one.kind in ("emoticon", "voice", "other"):
            return
        if quoted is not None:
            self._settle(quoted, ANSWERED, one)
        elif one.by == "staff":
            near = (each for each in self._newest() if self._heard - each.began <= _NEXT)
            if question := next((each for each in near if reply.wants_to_see(each.said.text)), None):
                self._settle(question, ANSWERED, one)

    def _newest(self) -> Iterator[Question]:
        return islice(reversed(self._open.values()), _LAST)

    def _candidates(self, one: Said, quoted: Question | None) -> list[tuple[Question, Place]]:
        """The questions that a message may be about."""
        if quoted is not None:
            return [(quoted, self._place(quoted, is_quoted=True))]
        if one.quote:
            return []
        called = [
            question
            for contact, theirs in self._by.items()
            if theirs and (contact in one.mentions or _names(one.text, next(iter(theirs.values())).said.name))
            for question in theirs.values()
        ]
        if called:
            return [(question, self._place(question, is_called=True)) for question in called]
        is_staff = one.by == "staff"
        if one.mentions or (is_staff and any(_names(one.text, name) for name in self._names)):
            return []  # it is to somebody else
        within = _STAFF_WITHIN if is_staff else _MEMBERS_WITHIN
        return [
            (question, self._place(question))
            for question in self._newest()
            if one.at - question.said.at <= within and (is_staff or self._heard - question.began <= _MOST_BETWEEN)
        ]

    def _place(self, question: Question, *, is_called: bool = False, is_quoted: bool = False) -> Place:
        newer = sum(each.said.id > question.said.id for each in self._newest())
        return Place(self._heard - question.began, newer, len(self._open) == 1, is_called, is_quoted)

    def _answers(self, at: int, one: Said, told: Reply, found: list[tuple[Question, Place]]) -> None:
        """It goes to the question that it fits best, if it is likelier to answer any than none."""
        questions = [question for question, _ in found]
        scores = self._weigh(
            one, questions, [signs(told, question, self._said, at, place) for question, place in found]
        )
        most = max(0.0, *scores)
        none = exp(-most) / (exp(-most) + sum(exp(score - most) for score in scores))
        if none >= _UNLIKELY[one.by]:
            return
        _, best = max(zip(scores, questions, strict=True), key=lambda pair: (pair[0], pair[1].said.id))
        for score, question in zip(scores, questions, strict=True):
            is_same = score >= 0 and _is_same(question, best)
            is_by_same = score >= _IN_ONE_BREATH and _in_one_breath(question, best)
            if question is best or is_same or is_by_same:
                self._settle(question, ANSWERED, one)


_ANYBODYS = frozenset(
    ("妈妈", "爸爸", "家长", "老师", "老板", "宝妈", "宝爸", "姥姥", "奶奶", "爷爷", "先生", "女士", "小姐")
)
"""Ends of names that are no name by themselves."""


def _names(text: str, name: str) -> bool:
    """Whether a message names somebody: @程序猿阿亮 anywhere, or 程序猿阿亮 or 阿亮 as its first word."""
    if len(name) < 2:
        return False
    if text.startswith(name) or ("@" in text and f"@{name}".casefold() in text.casefold()):
        return True
    return len(name) > 2 and not name[-2:].isascii() and name[-2:] not in _ANYBODYS and text.startswith(name[-2:])


def _in_one_breath(one: Question, other: Question) -> bool:
    """Whether one person asked both, one soon after the other."""
    return one.said.contact == other.said.contact and abs(one.said.at - other.said.at) <= _BREATH


def _is_same(one: Question, other: Question) -> bool:
    """Whether both ask the same."""
    smaller = min(len(one.gist), len(other.gist))
    return smaller > 0 and len(one.gist & other.gist) >= 0.6 * smaller
