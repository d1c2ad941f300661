"""转人工: real business goes to a human, and the member is told so."""

from __future__ import annotations

from datetime import datetime

from handlers import about_us, staff
from handlers.understanding.text import LIMIT
from handlers.values import address
from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.playbook import Playbook

TO_MEMBER = "这个我请店里的同事来回你，稍等一下哈。"
TO_STAFF = "【转人工】{who}（{contact}）说：{text}"
KNOWN_BY = "标签：{tags}"
# A phone shows so much of a message without a tap.
_QUOTED = 200
_MOST_TAGS = 5
_LONGEST_NAME = 16
"""Characters of a message that may be nothing but a keyword."""


def question(at: datetime, context: Context, person: PersonView, account: str, text: str) -> list[Effect]:
    """Answer a member's question by the playbook's keywords, say who we are and why we ask, else tell the staff."""
    if (answer := standing_answer(context.merchant.playbook, text)) is not None:
        return [say(at, person, account, answer)]
    if about := about_us.answers(at, context, person, account, text):
        return about
    return to_human(at, context, person, account, text)


def to_human(at: datetime, context: Context, person: PersonView, account: str, text: str) -> list[Effect]:
    """Who asks for a human gets one, whatever keywords are in the wish."""
    return [say(at, person, account, TO_MEMBER), *tell_staff(at, context, person, account, text)]


def standing_answer(playbook: Playbook, text: str) -> str | None:
    """The playbook's answer to a message with one of its keywords."""
    beginning = text[:LIMIT]
    for keyword in playbook.keywords:
        for word in keyword.words:
            if word in beginning:
                return keyword.answer
    return None


def named_answer(playbook: Playbook, text: str) -> str | None:
    """The answer to whoever says nothing but one of the words, as 群规: in a group a word within a sentence is talk."""
    if not playbook.keywords or len(text) > _LONGEST_NAME:
        return None
    said = text.strip().rstrip("?？!！。~")
    return next((keyword.answer for keyword in playbook.keywords if said in keyword.words), None)


def tell_staff(at: datetime, context: Context, person: PersonView, account: str, text: str) -> list[Effect]:
    """The staff reads what the member said, who waits from now on until one of us answers."""
    who = address(context.merchant.playbook, person) or person.wire_id
    note = TO_STAFF.format(who=who, contact=person.wire_id, text=text[:_QUOTED])
    if person.tags:
        note += "\n" + KNOWN_BY.format(tags="、".join(sorted(person.tags)[:_MOST_TAGS]))
    return [
        fx.OpenTicket(contact_id=person.contact_id, account=account, text=text[:LIMIT]),
        *staff.notes_about(context, account, f"handoff:{person.wire_id}:{_stamp(at)}", note, Cause.HANDOFF, person),
    ]


def say(at: datetime, person: PersonView, account: str, text: str, *, asked_for: bool = False) -> Effect:
    """An answer to what a member said at that moment. What they asked for by name they get though they opted out."""
    return fx.Send(
        key=f"chat:{person.wire_id}:{_stamp(at)}",
        account=account,
        lane=Lane.REPLY,
        cause=Cause.CHAT,
        contact_id=person.contact_id,
        text=text,
        about_consent=asked_for,
    )


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S%f}"
