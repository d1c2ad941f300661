"""Who answered what in a group: the questions of a transcript, each with the first message that answers it.

Pure: from what was said to states. A message is held against the questions that are open when it comes: by quote, by
mention, by what kind of thing was asked for, by common words, and by how soon it came. What the asker says afterwards
settles doubts: 谢谢 confirms what was said last, 有人吗 shows that it was no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
    passed: int = 0  # messages since
    by_member: bool = False  # answered by somebody who does not work for the shop, which may come to it yet
    maybe: Said | None = None  # what may have been the answer, if the asker is content with it
    follow_ups: list[str] = field(default_factory=list)  # wire ids of what else the asker said


def threads(said: Sequence[Said]) -> list[Thread]:
    """The questions of one group in their order."""
    found: list[Thread] = []
    recent: list[Thread] = []  # the last of them, answered or not
    names = {one.name for one in said if one.by == "member"}
    for one in said:
        waiting = [thread for thread in found if thread.state == OPEN]
        if (waiting or recent) and one.by != "auto":
            _hear(one, waiting, [thread for thread in recent if thread.state == ANSWERED and thread.by_member], names)
        for thread in {id(thread): thread for thread in (*waiting, *recent)}.values():
            thread.passed += one.by != "auto"
        recent = [thread for thread in found if thread.passed <= _MOST_BETWEEN]
        if one.asks and one.by == "member":
            found.append(Thread(one, wants=reply.wanted(one.text), words=reply.gist(one.text)))
    for thread in found:
        if thread.state == OPEN and thread.question.closed:
            thread.state = ANSWERED
    return found


def _hear(one: Said, waiting: list[Thread], settled: list[Thread], names: set[str]) -> None:
    if one.by == "staff" and is_command(one.text):
        return  # said to us
    if one.by == "answer":
        for thread in waiting:
            if thread.question.message == one.quote:
                _answered(thread, one)
        return
    if one.by == "member" and not one.asks and reply.calls_again(one.text):
        for thread in settled:
            if thread.question.contact == one.contact:
                thread.state, thread.answered_by = OPEN, None
    own = [thread for thread in waiting if thread.question.contact == one.contact]
    asked = own and one.by == "member" and not _is_for_others(one, own, waiting)
    if asked and (_by_asker(one, own) or own[-1].passed <= _STILL_ABOUT_IT):
        return
    if one.kind != "text":
        _shown(one, waiting)
        return
    core = reply.said_besides_asking(one.text)
    if not core or reply.says_nothing(core) or reply.is_order(one.text):
        return
    if (quoted := _quoted(one, waiting)) is not None:
        if reply.may_answer(core, staff=one.by == "staff"):
            _answered(quoted, one)
        return
    if one.quote:
        return  # it is about something else
    _unquoted(one, core, waiting, settled, names)


def _is_for_others(one: Said, own: list[Thread], waiting: list[Thread]) -> bool:
    """Whether who waits for an answer themselves gives one to somebody else."""
    others = [thread for thread in waiting if thread not in own]
    quoted = _quoted(one, others)
    return quoted is not None or any(thread.question.contact in one.mentions for thread in others)


def _by_asker(one: Said, own: list[Thread]) -> bool:
    """Whether somebody who waits says how it stands; if not, they may be talking of something else by now."""
    latest = own[-1]
    latest.follow_ups.append(one.message)
    if one.asks or one.kind != "text":
        return True
    content, thanks = reply.is_content(one.text), reply.thanks(one.text)
    if content or thanks:
        doubtful = [thread for thread in own if thread.maybe is not None]
        for each in doubtful:
            _answered(each, each.maybe)
    if latest.state == OPEN and reply.withdraws(one.text):
        for thread in own if reply.withdraws_all(one.text) else [latest]:
            thread.state = WITHDRAWN
        return True
    if reply.still_waits(one.text):
        for thread in own:
            thread.maybe = None
        return True
    return content or thanks


def _quoted(one: Said, waiting: list[Thread]) -> Thread | None:
    if not one.quote:
        return None
    for thread in reversed(waiting):
        if one.quote == thread.question.message or one.quote in thread.follow_ups:
            return thread
    return None


def _shown(one: Said, waiting: list[Thread]) -> None:
    """A picture, a link or a place answers who asked for one, or who is quoted."""
    if one.kind in ("emoticon", "voice", "other"):
        return
    quoted = _quoted(one, waiting)
    if quoted is not None:
        _answered(quoted, one)
        return
    if one.by != "staff":
        return
    for thread in reversed(waiting):
        if "sight" in thread.wants and thread.passed <= _NEXT:
            _answered(thread, one)
            return


def _unquoted(one: Said, core: str, waiting: list[Thread], settled: list[Thread], names: set[str]) -> None:
    staff = one.by == "staff"
    called = [thread for thread in waiting if _is_called(thread.question, one)]
    if not called and (one.mentions or (staff and any(_names(one.text, name) for name in names))):
        return  # it is to somebody else
    candidates = called or [thread for thread in waiting if _is_near(one, thread, staff=staff)]
    if not candidates or reply.is_broadcast(one.text):
        return
    latest = waiting[-1]
    alone = len(waiting) == 1 or (staff and latest.passed <= _AT_ONCE)
    scores = [
        (
            _fit(core, thread, one.at, staff=staff, called=bool(called), alone=alone and thread is latest),
            thread,
        )
        for thread in candidates
    ]
    best, thread = max(scores, key=lambda pair: (pair[0], pair[1].question.id))
    if not reply.may_answer(core, staff=staff):
        return
    if staff and not called and _best(core, settled, one.at) > best:
        return  # the shop adds to what a member answered
    if best >= _ENOUGH:
        _answered(thread, one)
        for score, other in scores:  # one answer for all who asked the same, and for all that one asked
            alike = score >= _ENOUGH and (_is_same(other, thread) or _is_by_same(other, thread))
            if other is not thread and (alike or (score >= _IN_ONE_BREATH and _in_one_breath(other, thread))):
                _answered(other, one)
    elif best >= _PERHAPS or thread.passed <= 1:
        thread.maybe = one


_ENOUGH = 3.0
_PERHAPS = 1.0
_IN_ONE_BREATH = 2.0
_WHEN = frozenset(("time",))


def _fit(core: str, thread: Thread, at: datetime, *, staff: bool, called: bool, alone: bool) -> float:
    """How well it answers: 3 is enough."""
    given = reply.given(core)
    fits = bool(given & thread.wants) or reply.takes_up(thread.question.text, core)
    common = reply.gist(core) & thread.words
    shared = len(common)
    if not staff and not called and reply.is_own_story(core) and not any(len(pair) > 1 for pair in common):
        return 0.0
    score = 2.0 * fits + min(2.0, 0.8 * shared)
    if called:
        score += 2.0 if staff or fits or shared else 1.0
    if staff:
        score += 2.0 if thread.passed <= _NEXT else 0.5
        score += 0.5 * (at - thread.question.at < timedelta(hours=2)) + 0.5 * alone
        score -= 0.5 * (given == _WHEN and not (fits or shared))  # 今天小雅老师代课 tells something else
    elif thread.passed <= 1 and fits:
        score += 1.0
    elif thread.passed == 0 and "which" in thread.wants and "price" not in thread.wants and reply.names_something(core):
        score = _ENOUGH
    elif thread.passed <= 3 and fits and shared:
        score += 0.5
    return score


def _is_called(question: Said, one: Said) -> bool:
    """Whether a message is to who asked. Typed on the account's own phone, it has the name in its text only."""
    return question.contact in one.mentions or _names(one.text, question.name)


_ANYBODYS = frozenset(
    ("妈妈", "爸爸", "家长", "老师", "老板", "宝妈", "宝爸", "姥姥", "奶奶", "爷爷", "先生", "女士", "小姐")
)
"""Ends of names that are no name by themselves."""


def _names(text: str, name: str) -> bool:
    """Whether a message names somebody: @程序猿阿亮 anywhere, or 程序猿阿亮 or 阿亮 as its first word."""
    if len(name) < 2:
        return False
    if f"@{name}".casefold() in text.casefold() or text.startswith(name):
        return True
    return len(name) > 2 and name[-2:] not in _ANYBODYS and text.startswith(name[-2:])


def _best(core: str, settled: list[Thread], at: datetime) -> float:
    return max((_fit(core, thread, at, staff=True, called=False, alone=False) for thread in settled), default=0.0)


def _is_near(one: Said, thread: Thread, *, staff: bool) -> bool:
    since = one.at - thread.question.at
    return since <= _STAFF_WITHIN if staff else since <= _MEMBERS_WITHIN and thread.passed <= _MOST_BETWEEN


def _is_same(one: Thread, other: Thread) -> bool:
    smaller = min(len(one.words), len(other.words))
    return smaller > 0 and len(one.words & other.words) >= 0.6 * smaller


def _is_by_same(one: Thread, other: Thread) -> bool:
    return one.question.contact == other.question.contact


def _in_one_breath(one: Thread, other: Thread) -> bool:
    """Whether somebody asked both at once, so that one answer is for both."""
    return _is_by_same(one, other) and abs(one.question.at - other.question.at) <= timedelta(minutes=3)


def _answered(thread: Thread, one: Said | None) -> None:
    thread.state, thread.answered_by = ANSWERED, one.message if one else None
    thread.by_member = one is not None and one.by == "member"
