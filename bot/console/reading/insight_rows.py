"""The rows behind each figure of 数据, under the heads that people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot.console.names import person_name
from bot.console.reading.called import names_of, titles_of
from bot.console.reading.cooling import cooling
from bot.console.reading.insight import Wanted, bounds, groups_of, in_groups, movements, promises
from bot.console.reading.insight_funnel import STEPS, people_of
from bot.console.visit import Scope
from bot.post_effects import effects_of
from bot.question_report import question_rows
from bot.store.spoken import WRITER, counted
from bot.store.talk import Proceed, at_once
from content_calendar.kind_names import promise_name
from models.erasure import is_nameless
from models.groups import ChatGroup
from models.journal import Body, JournalEntry
from models.people import Contact

MOST_ROWS = 10_000
PROMISE_STATES = {"kept": "做到了", "late": "晚了", "missed": "漏发"}
QUESTION_STATES = {"open": "没人回", "answered": "有人回", "withdrawn": "不问了"}

_SETTLED = ("answered", "open")

Row = dict[str, Any]
_Question = Callable[[Connection, Scope, Wanted, datetime, Proceed], list[Row]]


def rows_of(
    connection: Connection, scope: Scope, wanted: Wanted, figure: str, now: datetime, proceed: Proceed = at_once
) -> list[Row]:
    """The rows behind a figure, at most `MOST_ROWS`; `proceed` is told how far it is. Raises `KeyError` where there is
    no such figure."""
    if figure in STEPS:
        return people_of(connection, scope, wanted, figure, MOST_ROWS)
    return _READ[figure][1](connection, scope, wanted, now, proceed)[:MOST_ROWS]


def title_of(figure: str) -> str | None:
    """What a figure is called; None: there is none."""
    return STEPS.get(figure) or (_READ[figure][0] if figure in _READ else None)


def _messages(connection: Connection, scope: Scope, wanted: Wanted, _now: datetime, _proceed: Proceed) -> list[Row]:
    columns = (
        col(JournalEntry.at),
        col(ChatGroup.topic),
        col(Contact.name),
        col(Contact.wire_id),
        col(Body.text),
    )
    asked = (
        _counted(connection, scope, wanted, *columns)
        .outerjoin(Contact, WRITER)
        .outerjoin(Body, col(Body.id) == col(JournalEntry.body_id))
        .order_by(col(JournalEntry.id).desc())
        .limit(MOST_ROWS)
    )
    return [
        {"时间": _moment(scope, at), "群": topic, **_who(contact, name), "说了": said or "（没有文字）"}
        for at, topic, name, contact, said in connection.execute(asked)
    ]


def _active(connection: Connection, scope: Scope, wanted: Wanted, _now: datetime, _proceed: Proceed) -> list[Row]:
    writer, mine = col(JournalEntry.contact_id), col(Contact.merchant_id)
    said = _counted(connection, scope, wanted, writer, func.count().label("said")).group_by(writer).subquery()
    asked = (
        select(col(Contact.name), col(Contact.wire_id), said.c.said)
        .join(said, said.c.contact_id == col(Contact.id))
        .where(mine == scope.merchant.id)
        .order_by(said.c.said.desc(), col(Contact.wire_id))
        .limit(MOST_ROWS)
    )
    return [{**_who(contact, name), "条数": count} for name, contact, count in connection.execute(asked)]


def _counted(connection: Connection, scope: Scope, wanted: Wanted, *columns: Any) -> Any:
    start, end = bounds(scope, wanted)
    return counted(connection, scope.merchant, start, end, select(*columns)).where(*in_groups(scope, wanted))


def _moved(came: bool) -> _Question:
    def rows(connection: Connection, scope: Scope, wanted: Wanted, _now: datetime, _proceed: Proceed) -> list[Row]:
        topics = _topics(connection, scope, wanted)
        found = [one for one in movements(connection, scope, wanted) if one.came == came]
        names = names_of(connection, scope, {one.by for one in found if came and one.by})
        return [
            {"时间": _moment(scope, one.at), "群": topics[one.group], **_who(one.contact, one.name)}
            | ({"谁拉的": names.get(one.by, one.by)} if came else {"走之前发过": one.after})
            for one in found
        ]

    return rows


def _promised(state: str) -> _Question:
    def rows(connection: Connection, scope: Scope, wanted: Wanted, now: datetime, _proceed: Proceed) -> list[Row]:
        topics = _topics(connection, scope, wanted)
        return [
            {
                "周期": one.period,
                "群": topics[one.group],
                "必发": promise_name(one.promise),
                "结果": "多发" if one.surplus else PROMISE_STATES[one.state],
                "排期": "、".join(one.entries),
                "原因": one.text,
            }
            for one in promises(connection, scope, wanted, now)
            if state in ("", one.state)
        ]

    return rows


def _asked(*states: str) -> _Question:
    def rows(connection: Connection, scope: Scope, wanted: Wanted, _now: datetime, proceed: Proceed) -> list[Row]:
        return _questions(connection, scope, wanted, states, proceed)

    return rows


def _questions(
    connection: Connection, scope: Scope, wanted: Wanted, states: Sequence[str], proceed: Proceed
) -> list[Row]:
    start, end = wanted.first.isoformat(), wanted.last.isoformat()
    topics = _topics(connection, scope, wanted)
    since = datetime.combine(wanted.first, datetime.min.time(), scope.merchant.zone)
    found = [
        one
        for one in question_rows(connection, scope.merchant, since, topics, proceed)
        if start <= one["at"][:10] <= end and (not states or one["state"] in states)
    ]
    names = names_of(connection, scope, {one["asked_by"] for one in found})
    return [
        {
            "时间": one["at"][:16].replace("T", " "),
            "群": topics[one["group"]],
            **_who(one["asked_by"], names.get(one["asked_by"]), head="谁问的"),
            "问题": one["text"],
            "结果": QUESTION_STATES[one["state"]],
        }
        for one in found
    ]


class Questions(NamedTuple):
    """How many questions of members were answered, and how many were not; what was withdrawn is neither."""

    answered: int
    open: int

    @property
    def rate(self) -> str:
        """The share that was answered, in per cent."""
        whole = self.answered + self.open
        return f"{self.answered / whole:.0%}" if whole else "—"


def questions_of(connection: Connection, scope: Scope, wanted: Wanted, proceed: Proceed = at_once) -> Questions:
    """The questions of these days; `proceed` is told how far it is."""
    found = counts_of(_questions(connection, scope, wanted, _SETTLED, proceed), "结果")
    return Questions(found[QUESTION_STATES["answered"]], found[QUESTION_STATES["open"]])


def _posts(connection: Connection, scope: Scope, wanted: Wanted, _now: datetime, _proceed: Proceed) -> list[Row]:
    topics = _topics(connection, scope, wanted)
    found = effects_of(connection, scope.merchant, wanted.first, wanted.last)
    titles = titles_of(connection, scope, {one.entry for one in found})
    return [
        {
            "发出": f"{one.at:%Y-%m-%d %H:%M}",
            "群": topics[one.group],
            "标题": titles.get(one.entry, ""),
            "排期": one.entry,
            "送达": one.reach,
            "回话": one.replies,
            "平时": one.usual_replies,
            "进群": one.joins,
            "退群": one.leaves,
        }
        for one in found
        if one.group in topics
    ]


def _who(contact: str, name: str | None, head: str = "客人") -> Row:
    """A person by name, and by the id that leads to their page; who was forgotten has none."""
    return {head: person_name(contact, name), "编号": "" if is_nameless(contact) else contact}


def _cooling(connection: Connection, scope: Scope, wanted: Wanted, now: datetime, _proceed: Proceed) -> list[Row]:
    return [
        {"群": one.topic, "编号": one.room, "平时一天几条": one.usual, "最近一天几条": one.recent}
        for one in cooling(connection, scope, wanted, now)
    ]


def counts_of(rows: list[Row], head: str) -> Counter[str]:
    """How often each value stands under a head."""
    return Counter(row[head] for row in rows)


def _topics(connection: Connection, scope: Scope, wanted: Wanted) -> dict[str, str]:
    return {one.room: one.topic or one.room for one in groups_of(connection, scope, wanted)}


def _moment(scope: Scope, at: datetime) -> str:
    return f"{at.astimezone(scope.merchant.zone):%Y-%m-%d %H:%M}"


_READ: dict[str, tuple[str, _Question]] = {
    "messages": ("群里的话", _messages),
    "active": ("说话的人", _active),
    "joined": ("进群的人", _moved(came=True)),
    "left": ("退群的人", _moved(came=False)),
    "promises": ("必发", _promised("")),
    "kept": ("做到的必发", _promised("kept")),
    "late": ("晚了的必发", _promised("late")),
    "missed": ("漏发的必发", _promised("missed")),
    "cooling": ("在变冷的群", _cooling),
    "questions": ("群里的问题", _asked()),
    "unanswered": ("没人回的问题", _asked("open")),
    "settled": ("有人回和没人回的问题", _asked(*_SETTLED)),
    "posts": ("每条排期的效果", _posts),
}
