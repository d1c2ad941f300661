"""Transcripts of groups with labels: who said what, which messages ask the shop, and which answer them.

A line is `who+minutes: text`, a minute where none are given, with a label at its end: `#Q1` asks, `#A1` answers it,
`#W1` says that it is settled; a question without either is open. `>Q1` before the text quotes a line, `@who` mentions.
`boss` looks after the group, `self` types on the account's own phone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

_LINE = re.compile(
    r"(?P<who>\w+)(?:\+(?P<after>\d+))?: (?:>(?P<quote>[QAM]\d+) )?"
    r"(?P<text>.*?)(?: #(?P<label>[QAWM]\d+(?:,[QAWM]\d+)*))?$"
)


@dataclass(frozen=True)
class Spoken:
    """A line of a transcript; `quote` is the id of another."""

    id: str
    at: datetime
    who: str
    text: str
    quote: str
    mentions: tuple[str, ...]


@dataclass(frozen=True)
class Transcript:
    """What was said, and by message what should be known of each question: its state, answered by what."""

    spoken: list[Spoken]
    wanted: dict[str, tuple[str, str | None]]


def read(path: Path) -> Transcript:
    """A transcript of a file."""
    at = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
    spoken: list[Spoken] = []
    ids: dict[str, str] = {}
    wanted: dict[str, tuple[str, str | None]] = {}
    for number, written in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = _LINE.match(written)
        assert found, f"{path.name}:{number}: {written}"
        at += timedelta(minutes=int(found["after"] or 1))
        message = f"m{number}"
        for label in (found["label"] or "").split(","):
            ids.setdefault(label, message)
            if label[:1] == "Q":
                wanted[message] = ("open", None)
            elif label[:1] in ("A", "W") and (asked := ids.get(f"Q{label[1:]}")):
                wanted[asked] = ("answered", message) if label[0] == "A" else ("withdrawn", None)
        mentions = tuple(re.findall(r"@(\w+)", found["text"]))
        quote = ids[found["quote"]] if found["quote"] else ""
        spoken.append(Spoken(message, at, found["who"], found["text"], quote, mentions))
    return Transcript(spoken, wanted)
