"""What is said is analysed in its first 4,000 characters: a megabyte costs what they cost, whatever it is made of."""

from __future__ import annotations

import time

import msgspec
import pytest

from bot.playbook_files import load_playbook
from handlers import decide
from handlers.needs import needs_under
from models.events import TimerDue
from models.timers import SETTLE
from tests.fuzz.examples import PLAYBOOK
from tests.handlers import builders

ANALYSED = 4_000
# On an idle processor the worst of these takes about 10 ms, and ordinary messages 0.2 ms; a test run is not idle.
# `python -m bench analysis` measures it.
MOST_SECONDS = 0.15
PIECES = (
    "a", "1", "啊", " ", "\n", "哈哈", "1 ", "不是我,", "+86 ", "- ", "别", "退", "「", "{", "[微笑]",
    "👨\u200d👩\u200d👧", "／状态\n", "/q\n", "@a ", "@a\u2005", "不要", "多少钱", "机器人", "改成", "掌柜的", "\ud800",
    "\0", "ﷺ", "１，", "錯了，", "再发", "天天发",
)  # fmt: skip


def _seconds(text: str, group: str) -> float:
    book = _BOOK
    member = builders.person(survey=builders.progress(book.survey.questions[0].key))
    event = builders.says(text, group=group)
    context = builders.context(
        book, person=member, people=[member], group=builders.group() if group else None, staff=(builders.boss(),)
    )
    answering = builders.person(survey=builders.progress(book.survey.questions[0].key, pending=(text,)))
    judging = msgspec.structs.replace(context, person=answering, people={answering.wire_id: answering})
    rings = TimerDue(
        merchant=event.merchant,
        account=event.account,
        at=event.at,
        kind=SETTLE,
        subject=answering.wire_id,
        due=event.at,
    )
    began = time.process_time()
    needs_under(book)(event)
    decide(event, context)
    decide(rings, judging)
    return time.process_time() - began


_BOOK = load_playbook(PLAYBOOK)


@pytest.mark.parametrize("group", ["", builders.ROOM], ids=["alone", "in a group"])
@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_is_analysed_in_the_time_of_its_beginning(piece: str, group: str) -> None:
    text = piece * (1_000_000 // len(piece))
    _seconds(text[:100], group)  # what is loaded once
    assert min(_seconds(text, group) for _ in range(3)) < MOST_SECONDS


@pytest.mark.parametrize("group", ["", builders.ROOM], ids=["alone", "in a group"])
def test_what_stands_behind_the_first_4000_characters_is_not_looked_at(group: str) -> None:
    member = builders.person(roles=())
    book = builders.playbook(keywords=[{"words": ["营业时间"], "answer": "早九点到晚九点。"}])
    context = builders.context(book, person=member, people=[member], group=builders.group() if group else None)
    beginning = "今天天气" * (ANALYSED // 4)
    for hidden in ("\n退订", "\n营业时间", "\n/状态", "\n人工", "\n你是机器人吗"):
        said = builders.says(beginning + hidden, group=group)
        plain = msgspec.structs.replace(said, text=beginning)
        assert needs_under(book)(said) == needs_under(book)(plain)
        assert decide(said, context) == decide(plain, context)
