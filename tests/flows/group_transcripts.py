"""Transcripts of groups with labels, as stories, and how well `report questions` finds what nobody answered.

A line is `who+minutes: text`, a minute where none are given, with a label at its end: `#Q1` asks, `#A1` answers it,
`#W1` says that it is settled; a question without either is open. `>Q1` before the text quotes a line, `@who` mentions.
`boss` looks after the group, `self` types on the account's own phone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.flows.playing import Line

FOLDER = Path(__file__).with_name("transcripts")
ROOM = "room-1@chatroom"
_LINE = re.compile(
    r"(?P<who>\w+)(?:\+(?P<after>\d+))?: (?:>(?P<quote>[QAM]\d+) )?"
    r"(?P<text>.*?)(?: #(?P<label>[QAWM]\d+(?:,[QAWM]\d+)*))?$"
)


@dataclass(frozen=True)
class Transcript:
    """The world, what happens, and by message what should be known of each question: its state, answered by what."""

    world: Line
    story: list[Line]
    wanted: dict[str, tuple[str, str | None]]


def read(path: Path) -> Transcript:
    """A transcript of a file."""
    at = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
    story: list[Line] = []
    members: set[str] = set()
    ids: dict[str, str] = {}
    wanted: dict[str, tuple[str, str | None]] = {}
    for number, written in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = _LINE.match(written)
        assert found, f"{path.name}:{number}: {written}"
        at += timedelta(minutes=int(found["after"] or 1))
        message, who = f"m{number}", found["who"]
        for label in (found["label"] or "").split(","):
            ids.setdefault(label, message)
            if label[:1] == "Q":
                wanted[message] = ("open", None)
            elif label[:1] in ("A", "W") and (asked := ids.get(f"Q{label[1:]}")):
                wanted[asked] = ("answered", message) if label[0] == "A" else ("withdrawn", None)
        line: Line = {"at": at.isoformat(), "account": "main", "id": message, "text": found["text"]}
        if who == "self":
            story.append(line | {"type": "self_text", "to": ROOM})
            continue
        members.add(who)
        mentioned = re.findall(r"@(\w+)", found["text"])
        line |= {"type": "text", "contact": who, "group": ROOM}
        story.append(
            line
            | ({"mentions": mentioned} if mentioned else {})
            | ({"quote": ids[found["quote"]]} if found["quote"] else {})
        )
    people = sorted(members | {"boss"})
    world: Line = {
        "world": {
            "accounts": [{"id": "main", "name": "小山"}],
            "contacts": [{"id": one, "name": one.upper(), "friend_of": ["main"]} for one in people],
            "groups": [{"id": ROOM, "topic": path.stem, "owner": "main", "members": ["main", *people]}],
        }
    }
    return Transcript(world, story, wanted)
