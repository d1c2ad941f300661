"""Which commands a message means, given what waits for its sender: a code, a number of a list, an answer's text."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.command_call import place_of
from handlers.command_lines import SLASH, lines_of, number_in, words_of
from handlers.command_open import number_of_list, rest_of_line
from handlers.commands import BARE, begins_bare, is_command, may_answer, takes_text
from models.command_views import PendingView
from models.events import Message


def in_force(event: Message, self_id: str, pending: Sequence[PendingView]) -> tuple[tuple[str, ...], str]:
    """The lines that a message means, and what it quotes: its own, or those that its number or code answers."""
    if (asked := text_wanted(event, pending)) is not None:
        return (asked[0],), ""
    if may_answer(event.text):
        found = answered(event, pending)
        return (found[0], found[1].quote) if found else (by_number(event), "")
    return tuple(with_ids(_commands_of(event.text), event, self_id)), event.quote


def _commands_of(text: str) -> list[str]:
    """The commands of a message, one a line. What stands under one that ends with a text goes on with its text."""
    commands: list[str] = []
    for line in lines_of(text):
        if SLASH.match(line) or line in BARE or begins_bare(line):
            commands.append(line)
        elif commands and takes_text(commands[-1]):
            commands[-1] += f"\n{line}"
    return commands


def answered(event: Message, pending: Sequence[PendingView]) -> tuple[tuple[str, ...], PendingView] | None:
    """The lines whose code or number this message is; None if it is none of the asker's, here and now."""
    number = number_in(event.text)
    mine = [one for one in pending if one.is_of(event.contact.contact, place_of(event)) and event.at <= one.expires_at]
    for one in mine:
        if one.code and one.code == number:
            return one.lines, one
        if not one.code and one.kind != "text" and number.isdecimal() and 1 <= int(number) <= len(one.lines):
            return (one.lines[int(number) - 1],), one
    return None


def by_number(event: Message) -> tuple[str, ...]:
    """What a bare number means 1:1 where nothing was asked: to answer the question of that place in the list."""
    number = number_of_list(event.text)
    return (f"/answer {number}",) if number and not event.group else ()


def text_wanted(event: Message, pending: Sequence[PendingView]) -> tuple[str, PendingView] | None:
    """The line that waited for what this message says, with it; None if none did, or the message is something else."""
    if event.group or event.kind != "text" or not event.text.strip() or is_command(event.text, by_staff=False):
        return None
    number = number_in(event.text)
    waits = [one for one in pending if one.is_of(event.contact.contact, place_of(event)) and event.at <= one.expires_at]
    if any(one.code and one.code == number for one in waits):
        return None
    found = next((one for one in waits if one.kind == "text"), None)
    return (rest_of_line(found, event.text), found) if found else None


def with_ids(lines: Sequence[str], event: Message, self_id: str) -> list[str]:
    """The lines with the stable ids of who is mentioned in them, where it is plain which mention is whose."""
    others = [one for one in event.mentions if one != self_id] if event.mentions else ()
    if not others:
        return list(lines)
    mentions = [
        (place, word) for place, line in enumerate(lines) for word in words_of(line)[1:] if word.text[:1] == "@"
    ]
    if len(others) != len(mentions):
        return list(lines)
    named = list(lines)
    for (place, word), contact in reversed(list(zip(mentions, others, strict=True))):
        named[place] = f"{named[place][: word.start]}{contact} {named[place][word.end :]}"
    return named
