"""Transcripts of groups as stories, and how well `report questions` finds what nobody answered: see
`training.transcripts`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.flows.playing import Line
from training import transcripts

FOLDER = Path(__file__).with_name("transcripts")
# Written by somebody who had seen neither the program nor the others. No weight may ever be fitted to them, and what is
# read wrongly in them is no reason to change anything: they would tell nothing any more.
HELD_OUT = Path(__file__).with_name("transcripts_held_out")
ROOM = "room-1@chatroom"


@dataclass(frozen=True)
class Transcript:
    """The world, what happens, and by message what should be known of each question: its state, answered by what."""

    world: Line
    story: list[Line]
    wanted: dict[str, tuple[str, str | None]]


def read(path: Path) -> Transcript:
    """A transcript of a file."""
    transcript = transcripts.read(path)
    story: list[Line] = []
    for one in transcript.spoken:
        line: Line = {"at": one.at.isoformat(), "account": "main", "id": one.id, "text": one.text}
        if one.who == "self":
            story.append(line | {"type": "self_text", "to": ROOM})
            continue
        line |= {"type": "text", "contact": one.who, "group": ROOM}
        story.append(
            line
            | ({"mentions": list(one.mentions)} if one.mentions else {})
            | ({"quote": one.quote} if one.quote else {})
        )
    people = sorted({one.who for one in transcript.spoken if one.who != "self"} | {"boss"})
    world: Line = {
        "world": {
            "accounts": [{"id": "main", "name": "小山"}],
            "contacts": [{"id": one, "name": one.upper(), "friend_of": ["main"]} for one in people],
            "groups": [{"id": ROOM, "topic": path.stem, "owner": "main", "members": ["main", *people]}],
        }
    }
    return Transcript(world, story, transcript.wanted)
