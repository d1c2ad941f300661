"""Who answered what in a group: the questions of a transcript, each with the first message that answers it.

Pure: from what was said to states. A message is held against the questions that are open when it comes: by quote, by
mention, by what kind of thing was asked for, by common words, and by how soon it came. What the asker says afterwards
settles doubts: 谢谢 confirms what was said last, 有人吗 shows that it was no answer.

A week's talk may have thousands of questions that nobody answered. They are found by who asked and by what is quoted,
and looked through one by one only for what the shop says to nobody in particular.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from handlers.commands import is_command
from handlers.understanding import replies_in_groups as reply
from models.context import Said

OPEN, ANSWERED, WITHDRAWN = "open", "answered", "withdrawn"

_STAFF_WITHIN = timedelta(hours=48)
_MEMBERS_WITHIN = timedelta(minutes=40)
_MOST_BETWEEN = 14
"""So many messages of others may stand between a question and a member's answer that names nobody."""
_STILL_ABOUT_IT = 4
"""After so few messages of others, whoever asked still talks of their question."""
_AT_ONCE = 3
"""After so few the shop most likely speaks of the last question."""
_NEXT = 6
"""So many may stand between a question and an answer of the shop that shares no word with it."""


@dataclass(slots=True)
class Thread:
    """A question, its state, and the wire id of the message that answered it."""

    question: Said
    state: str = OPEN
    answered_by: str | None = None
    wants: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    left_open: tuple[str, ...] = ()  # words of which one may be taken up: 疼不疼
    passed: int = 0  # messages since, up to one more than matters
    by_member: bool = False  # answered by somebody who does not work for the shop, which may come to it yet
    maybe: Said | None = None  # what may have been the answer, if the asker is content with it


def threads(said: Sequence[Said]) -> list[Thread]:
    """The questions of one group in their order."""
    found: list[Thread] = []
    recent: list[Thread] = []  # the last of them, answered or not
    waiting = _Waiting(_Names(one.name for one in said if one.by == "member"))
    for one in said:
        if one.by != "auto":
            if waiting or recent:
                _hear(one, waiting, [thread for thread in recent if thread.state == ANSWERED])
                waiting.come_to_terms()
            for thread in recent:
                thread.passed += 1
            recent = [thread for thread in recent if thread.passed <= _MOST_BETWEEN]
        if one.asks and one.by == "member":
            thread = Thread(
                one, wants=reply.wanted(one.text), words=reply.gist(one.text), left_open=reply.left_open(one.text)
            )
            thread.letters = frozenset().union(*thread.words)
            found.append(thread)
            recent.append(thread)
            waiting.add(thread)
    for thread in found:
        if thread.state == OPEN and thread.question.closed:
            thread.state = ANSWERED
    return found


class _Waiting:
    """The open questions in their order. What changes during a message counts after it: see `come_to_terms`."""

    def __init__(self, names: _Names) -> None:
        self.names = names  # of all members
        self._asked = _Names()  # of all who asked, whether they still wait or not
        self._open: dict[int, Thread] = {}
        self._by: dict[str, dict[int, Thread]] = {}
        self._quotable: dict[str, list[Thread]] = {}
        self._changed: list[Thread] = []

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Thread]:
        return iter(self._open.values())

    def __reversed__(self) -> Iterator[Thread]:
        return reversed(self._open.values())

    def add(self, thread: Thread) -> None:
        question = thread.question
        self._open[question.id] = thread
        self._by.setdefault(question.contact, {})[question.id] = thread
        self._quotable.setdefault(question.message, []).append(thread)
        self._asked.add(question.name)

    def by(self, contact: str) -> list[Thread]:
        """Those that somebody asked."""
        return list(self._by.get(contact, {}).values())

    def quoted(self, one: Said) -> Thread | None:
        """The one whose question, or whatever else its asker said of it, is quoted."""
        if not one.quote:
            return None
        found = reversed(self._quotable.get(one.quote, []))
        return next((thread for thread in found if thread.question.id in self._open), None)

    def called(self, one: Said) -> list[Thread]:
        """Those of whom a message is to. Typed on the account's own phone, it has the name in its text only."""
        if not one.mentions and not self._asked.may_be_in(one.text):
            return []
        return [
            thread
            for contact, theirs in self._by.items()
            if theirs and (contact in one.mentions or _names(one.text, next(iter(theirs.values())).question.name))
            for thread in theirs.values()
        ]

    def says_more(self, thread: Thread, one: Said) -> None:
        """Whoever asked says something else, which may be quoted for the question."""
        self._quotable.setdefault(one.message, []).append(thread)

    def turn(self, thread: Thread, state: str, one: Said | None = None) -> None:
        """It is in another state, by that message."""
        thread.state, thread.answered_by = state, one.message if one else None
        if state == ANSWERED:
            thread.by_member = one is not None and one.by == "member"
        self._changed.append(thread)

    def come_to_terms(self) -> None:
        """A message is over: what was settled waits no more, what was reopened waits in its old place."""
        for thread in self._changed:
            question = thread.question
            if thread.state != OPEN:
                self._open.pop(question.id, None)
                self._by.get(question.contact, {}).pop(question.id, None)
            elif question.id not in self._open:
                theirs = self._by.setdefault(question.contact, {})
                self._open[question.id] = theirs[question.id] = thread
                self._open = dict(sorted(self._open.items()))
                self._by[question.contact] = dict(sorted(theirs.items()))
        self._changed.clear()


class _Names:
    """Names of people, who are looked for in each message: nearly none has any of them."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._begin: set[str] = set()
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        self._names.add(name)
        self._begin.update((name[:2], name[-2:]))

    def may_be_in(self, text: str) -> bool:
        """Whether `_names` may be true of any of them."""
        return "@" in text or text[:2] in self._begin

    def any_in(self, text: str) -> bool:
        """Whether a message names one of them."""
        return self.may_be_in(text) and any(_names(text, name) for name in self._names)


class _Reply:
    """What a message tells besides what it asks, read once for however many questions."""

    def __init__(self, core: str) -> None:
        self.core = core
        self.given = reply.given(core)
        self.gist = reply.gist(core)
        self.letters = frozenset().union(*self.gist)

    @cached_property
    def is_own_story(self) -> bool:
        return reply.is_own_story(self.core)

    @cached_property
    def names_something(self) -> bool:
        return reply.names_something(self.core)


def _hear(one: Said, waiting: _Waiting, answered: list[Thread]) -> None:
    """A message, while these wait, and those were answered a short while ago."""
    settled = [thread for thread in answered if thread.by_member]
    if one.by == "staff" and is_command(one.text):
        return  # said to us
    if one.by == "answer":
        thread = waiting.quoted(one)
        if thread is not None and thread.question.message == one.quote:
            waiting.turn(thread, ANSWERED, one)
        return
    theirs = [thread for thread in settled if thread.question.contact == one.contact]
    if theirs and one.by == "member" and not one.asks and reply.calls_again(one.text):
        for thread in theirs:
            waiting.turn(thread, OPEN)
    own = waiting.by(one.contact)
    asked = own and one.by == "member" and not _is_for_others(one, waiting)
    if asked and (_by_asker(one, own, waiting) or own[-1].passed <= _STILL_ABOUT_IT):
        return
    thanked = one.by == "member" and any(
        thread.question.contact == one.contact and thread.passed <= _STILL_ABOUT_IT for thread in answered
    )
    if thanked and not _is_for_others(one, waiting):
        return  # who was answered says what comes of it: 留一件, 我下班来拿
    quoted = waiting.quoted(one)
    if one.kind != "text":
        _shown(one, quoted, waiting)
        return
    if quoted is not None:
        core = _told(one)
        if core and reply.may_answer(core, staff=one.by == "staff"):
            waiting.turn(quoted, ANSWERED, one)
        return
    if one.quote or (one.by == "member" and one.asks and not one.mentions):
        return  # it is about something else
    _unquoted(one, waiting, settled)


def _told(one: Said) -> str:
    """What a message tells besides what it asks; nothing if that cannot be an answer. Reading it takes longer than
    everything else here, so whoever has another reason to pass over a message looks at that first."""
    core = reply.said_besides_asking(one.text)
    return "" if not core or reply.says_nothing(core) or reply.is_order(one.text) else core


def _is_for_others(one: Said, waiting: _Waiting) -> bool:
    """Whether who waits for an answer themselves gives one to somebody else."""
    quoted = waiting.quoted(one)
    if quoted is not None and quoted.question.contact != one.contact:
        return True
    return any(contact != one.contact and waiting.by(contact) for contact in one.mentions)


def _by_asker(one: Said, own: list[Thread], waiting: _Waiting) -> bool:
    """Whether somebody who waits says how it stands; if not, they may be talking of something else by now."""
    latest = own[-1]
    waiting.says_more(latest, one)
    if one.asks or one.kind != "text":
        return True
    content, thanks = reply.is_content(one.text), reply.thanks(one.text)
    if content or thanks:
        for each in own:
            if each.maybe is not None:
                waiting.turn(each, ANSWERED, each.maybe)
    if latest.state == OPEN and reply.withdraws(one.text):
        for thread in own if reply.withdraws_all(one.text) else [latest]:
            waiting.turn(thread, WITHDRAWN)
        return True
    if reply.still_waits(one.text):
        for thread in own:
            thread.maybe = None
        return True
    return content or thanks


def _shown(one: Said, quoted: Thread | None, waiting: _Waiting) -> None:
    """A picture, a link or a place answers who asked for one, or who is quoted."""
    if one.kind in ("emoticon", "voice", "other"):
        return
    if quoted is not None:
        waiting.turn(quoted, ANSWERED, one)
        return
    if one.by != "staff":
        return
    for thread in reversed(waiting):
        if thread.passed > _NEXT:
            return
        if "sight" in thread.wants:
            waiting.turn(thread, ANSWERED, one)
            return


def _unquoted(one: Said, waiting: _Waiting, settled: list[Thread]) -> None:
    staff = one.by == "staff"
    called = waiting.called(one)
    if not called and (one.mentions or (staff and waiting.names.any_in(one.text))):
        return  # it is to somebody else
    candidates = called or _near(one, waiting)
    core = _told(one) if candidates else ""
    if not core or reply.is_broadcast(one.text) or not reply.may_answer(core, staff=staff):
        return
    latest = next(reversed(waiting))
    alone = len(waiting) == 1 or (staff and latest.passed <= _AT_ONCE)
    alone = alone and not any(thread.question.id > latest.question.id for thread in settled)
    told = _Reply(core)
    scores = [
        (_fit(told, thread, one.at, staff=staff, called=bool(called), alone=alone and thread is latest), thread)
        for thread in candidates
    ]
    best, thread = max(scores, key=lambda pair: (pair[0], pair[1].question.id))
    if staff and not called and _best(told, settled, one.at) > best:
        return  # the shop adds to what a member answered
    if best >= _ENOUGH:
        waiting.turn(thread, ANSWERED, one)
        for score, other in scores:  # one answer for all who asked the same, and for all that one asked
            alike = score >= _ENOUGH and (_is_same(other, thread) or _is_by_same(other, thread))
            if other is not thread and (alike or (score >= _IN_ONE_BREATH and _in_one_breath(other, thread))):
                waiting.turn(other, ANSWERED, one)
    elif best >= _PERHAPS or thread.passed <= 1:
        thread.maybe = one


_ENOUGH = 3.0
_PERHAPS = 1.0
_IN_ONE_BREATH = 2.0
_WHEN = frozenset(("time",))


def _fit(told: _Reply, thread: Thread, at: datetime, *, staff: bool, called: bool, alone: bool) -> float:
    """How well it answers: 3 is enough."""
    takes_up = any(word in told.core for word in thread.left_open)
    fits = takes_up or not told.given.isdisjoint(thread.wants)
    common = told.gist & thread.words
    shared = len(common)
    is_alike = any(len(pair) > 1 for pair in common) or (fits and shared > 1)
    if not staff and not called and told.is_own_story and not is_alike:
        return 0.0
    score = 2.0 * fits + min(2.5, 1.0 * shared) + 1.0 * takes_up
    score += 0.2 * (not common and not told.letters.isdisjoint(thread.letters))
    if called:
        score += 2.0 if staff or fits or shared else 1.0
    if staff:
        score += 2.0 if thread.passed <= _NEXT else 0.5
        score += 0.5 * (at - thread.question.at < timedelta(hours=2)) + 0.5 * alone
        score -= 0.5 * (told.given == _WHEN and not (fits or shared))  # 今天小雅老师代课 tells something else
    elif thread.passed <= 1 and fits:
        score += 1.0
    elif thread.passed == 0 and "which" in thread.wants and "price" not in thread.wants and told.names_something:
        score = _ENOUGH
    elif thread.passed <= 3 and fits and shared:
        score += 0.5
    return score


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
    return len(name) > 2 and name[-2:] not in _ANYBODYS and text.startswith(name[-2:])


def _best(told: _Reply, settled: list[Thread], at: datetime) -> float:
    return max((_fit(told, thread, at, staff=True, called=False, alone=False) for thread in settled), default=0.0)


def _near(one: Said, waiting: _Waiting) -> list[Thread]:
    """Those that a message to nobody in particular may be about."""
    if one.by == "staff":
        return [thread for thread in waiting if one.at - thread.question.at <= _STAFF_WITHIN]
    found = []
    for thread in reversed(waiting):
        if thread.passed > _MOST_BETWEEN:  # and so are all before it
            break
        if one.at - thread.question.at <= _MEMBERS_WITHIN:
            found.append(thread)
    return found


def _is_same(one: Thread, other: Thread) -> bool:
    smaller = min(len(one.words), len(other.words))
    return smaller > 0 and len(one.words & other.words) >= 0.6 * smaller


def _is_by_same(one: Thread, other: Thread) -> bool:
    return one.question.contact == other.question.contact


def _in_one_breath(one: Thread, other: Thread) -> bool:
    """Whether somebody asked both at once, so that one answer is for both."""
    return _is_by_same(one, other) and abs(one.question.at - other.question.at) <= timedelta(minutes=3)
