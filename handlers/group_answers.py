"""How much speaks for it that a message in a group answers a question that waits there.

What is asked and what is told, the words that both have, who speaks and to whom, how soon it comes and what else waits,
and what whoever asked says next: 谢谢, or 有人吗.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from handlers.understanding import kinds
from handlers.understanding import replies_in_groups as reply
from handlers.understanding.deeds import deeds_of
from handlers.understanding.group_model import Signs
from handlers.understanding.text import dense
from models.context import Said
from models.patterns import compile_later


@dataclass(slots=True, eq=False)
class Question:
    """What is known of a question that waits: its place in the talk, what it asks for and what about."""

    said: Said
    at: int
    began: int  # how many had been heard before it
    taken_up: int = -1_000  # the place where the shop promised to look, or asked back
    wants: tuple[str, ...] = ()
    gist: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    left_open: tuple[str, ...] = ()  # words of which one may be taken up: 疼不疼
    kinds: frozenset[str] = frozenset()
    units: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.wants = reply.asked_for(self.said.text)
        self.gist = reply.gist(self.said.text)
        self.letters = frozenset().union(*self.gist)
        self.left_open = reply.left_open(self.said.text)
        self.kinds = kinds.wanted(self.said.text)
        self.units = kinds.units(self.said.text)
        self.verbs = kinds.verbs(self.said.text)


@dataclass
class Reply:
    """What a message tells besides what it asks, read once for however many questions."""

    text: str
    core: str = field(init=False)
    said: str = field(init=False)

    def __post_init__(self) -> None:
        self.core = reply.said_besides_asking(self.text)
        self.said = dense(_CALLED.sub("", self.core))

    def is_worth_a_look(self, by: str) -> bool:
        """Whether it says anything that could answer: 行 and 收到了 of the shop's may."""
        if not self.core or reply.is_order(self.text):
            return False
        return not reply.says_nothing(self.core) or (by == "staff" and bool(_YES.match(self.said)))

    @cached_property
    def gist(self) -> frozenset[str]:
        return reply.gist(self.core)

    @cached_property
    def letters(self) -> frozenset[str]:
        return frozenset().union(*self.gist)

    @cached_property
    def gives(self) -> frozenset[str]:
        return kinds.given(self.said)

    @cached_property
    def tells(self) -> tuple[str, ...]:
        return reply.told_of(self.said)

    @cached_property
    def signs(self) -> dict[str, float]:
        """What speaks for it or against it whatever was asked."""
        found = dict.fromkeys(reply.signs(self.said), 1.0)
        found |= {f"deed {deed}": 2 * likely for deed, likely in deeds_of(self.core).items()}
        found |= {f"tells {each}": _TOGETHER for each in self.tells}
        if reply.is_broadcast(self.text):
            found["broadcast"] = 1.0
        if len(dense(_CALLED.sub("", self.text))) > len(self.said) + 1:
            found["asks too"] = 1.0
        if _DIGIT.search(self.said):
            found["digit"] = 1.0
        found[f"long {sum(len(self.said) > most for most in _LONG)}"] = 1.0
        return found


@dataclass(frozen=True)
class Place:
    """Where a message stands to a question: to whom it is, and what else waits."""

    passed: int
    """How many messages came between."""
    newer: int
    """How many questions that wait came after this one."""
    is_alone: bool
    is_called: bool = False
    is_quoted: bool = False


_CALLED = compile_later(r"@\S+\s?")
_DIGIT = compile_later(r"\d")
_YES = compile_later("(?:行|在|对|是|收到|来了|来啦|好的?|可以)[的了啊呀呢哦哈啦]?$")
_LONG = (3, 6, 12, 24)
_PASSED = (0, 1, 2, 4, 7, 12, 20)
_MINUTES = (3, 10, 30, 90, 300)
_PAUSES = (1, 3, 8, 20)
_LATELY = 5  # messages before a reply that it may be about
_AGREES = compile_later("对|是的|确实|没错|嗯|真的")
_BEARS_OUT = compile_later("说得对|没错|对的|^对|就是|照|听")
_TOGETHER = 0.6
"""What a sign counts of which there are hundreds: each has been seen a few times only."""
_STILL_TAKEN_UP = 8
"""So many messages after the shop asked back, it most likely speaks of that question."""
_HEARD_OUT = 4
"""Messages after an answer in which whoever asked says what they think of it."""


def signs(told: Reply, question: Question, said: Sequence[Said], at: int, place: Place) -> Signs:
    """What speaks for it or against it that the message at that place of a talk answers this question."""
    one = said[at]
    found = {"any": 1.0, **told.signs}
    for want in question.wants:
        found[f"asked {want}"] = _TOGETHER
        for each in told.tells:
            found[f"{want}: {each}"] = _TOGETHER
    found |= _of_the_words(told, question, is_near=place.passed <= 1)
    found |= dict.fromkeys(_of_the_kinds(told, question, place.passed), 1.0)
    if place.is_called:
        found["called"] = 1.0
    if place.is_quoted:
        found["quoted"] = 1.0
    if place.is_alone:
        found["alone"] = 1.0
    minutes = (one.at - question.said.at).total_seconds() / 60
    found[f"passed {sum(place.passed > most for most in _PASSED)}"] = 1.0
    found[f"minutes {sum(minutes > most for most in _MINUTES)}"] = 1.0
    found[f"newer {min(place.newer, 3)}"] = 1.0
    before = said[at - 1]
    if before.by == "member" and before.contact == question.said.contact:
        found["after the asker" if at - 1 > question.at else "after the question"] = 1.0
    if at - question.taken_up <= _STILL_TAKEN_UP:
        found["taken up"] = 1.0
    if then := _then(said, at, question.said.contact):
        found[f"then {then}"] = 1.0
    found |= dict.fromkeys(_of_the_talk(told, question, said, at), 1.0)
    return found


def _of_the_talk(told: Reply, question: Question, said: Sequence[Said], at: int) -> list[str]:
    """What else is talked of just before it, and what others say to it."""
    one, before, asker = said[at], said[at - 1], question.said.contact
    is_own = before.contact == one.contact and before.by == one.by
    found = [f"before {'same' if is_own else before.by}"]
    minutes = (one.at - before.at).total_seconds() / 60
    found.append(f"pause {sum(minutes > most for most in _PAUSES)}")
    if before.by == "member" and not before.asks and before.contact != asker:
        found.append("after other talk")
    others = (each for each in said[max(question.at + 1, at - _LATELY) : at] if each.contact != asker and not each.asks)
    shared = max((len(told.gist & reply.gist(each.text)) for each in others), default=0)
    if shared:
        found += ["shares with others", f"shares with others {min(shared, 3)}"]
    if shared > len(told.gist & question.gist):
        found.append("shares more with others")
    for each in said[at + 1 : at + 4]:
        if each.by == "member" and each.contact != asker and _AGREES.match(each.text):
            found.append("then agreed")
        elif each.by == "staff" and one.by == "member":
            found += ["then agreed by the shop"] if _BEARS_OUT.search(each.text) else []
    if at + 1 < len(said):
        after = said[at + 1]
        found.append(f"next {'asker' if after.by == 'member' and after.contact == asker else after.by}")
    return found


def _of_the_words(told: Reply, question: Question, *, is_near: bool) -> dict[str, float]:
    found: dict[str, float] = {}
    likely = told.signs["deed answer"]
    shared = len(told.gist & question.gist)
    takes_up = any(word in told.core for word in question.left_open)
    if takes_up:
        found["takes up"] = 1.0
    if shared:
        found |= {"shares": 1.0, "shared": float(min(shared, 4)), "shares: answer": likely}
    elif not takes_up:
        found |= {"shares nothing": 1.0, "shares nothing: answer": likely}
    if not shared and not told.letters.isdisjoint(question.letters):
        found["letters"] = 1.0
    if is_near:
        found["near: answer"] = likely
    return found


def _of_the_kinds(told: Reply, question: Question, passed: int) -> list[str]:
    fitting = told.gives & question.kinds
    found = [f"gives {kind}" for kind in fitting]
    if fitting:
        found.append("fits")
        found += [f"fits within {most}" for most in (0, 1) if passed <= most]
    else:
        found.append("fits not" if question.kinds else "no kind")
    if not told.gives:
        found.append("gives nothing")
    if any(kinds.counts_in(told.said, unit) for unit in question.units):
        found.append("counts")
    if any(verb in told.said for verb in question.verbs):
        found.append("does")
    return found


def _then(said: Sequence[Said], at: int, asker: str) -> str:
    """What whoever asked says soon after, before the shop says more."""
    for one in said[at + 1 : at + 1 + _HEARD_OUT]:
        if one.by == "staff":
            return ""
        if one.by != "member" or one.contact != asker:
            continue
        if reply.withdraws(one.text) or reply.is_content(one.text) or reply.thanks(one.text):
            return "pleased"
        if reply.still_waits(one.text):
            return "waits"
        if one.asks:
            return "asks on"
        return "" if one.quote or one.mentions else "speaks"
    return ""
