"""What was said in the practice ground, as the phones of its people show it: by whom, in which conversation.

The simulated platform forgets nothing while it runs; a power cut (`bot.power`) hands this on to the next process, as
the real WeChat would still have it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime

import msgspec

from bot.transports.simulator import Delivered
from models.events import Event, Message

# What a phone shows of a conversation.
_LONGEST = 200
_MOST_ARRIVALS = 20_000

NOTES = {
    "friend_accept": "通过了你的好友请求，可以聊了",
    "invite": "邀请你进群",
    "recall": "撤回了一条消息",
}
_KINDS = {
    "image": "[图片]",
    "album": "[图片]",
    "video": "[视频]",
    "file": "[文件]",
    "link": "[链接]",
    "mini_program": "[小程序]",
    "card": "[名片]",
}


class Said(msgspec.Struct, frozen=True):
    """A bubble, or with `note` a grey line between bubbles; `who` is a wire id, empty for our account."""

    at: datetime
    who: str
    text: str
    note: bool = False


class Kept(msgspec.Struct):
    """What outlives a power cut: conversations by wire id, and how often what arrived."""

    lines: dict[str, list[Said]]
    arrived: dict[str, int]


class Talk:
    """The conversations of everybody: with our account under the person's wire id, and of groups under theirs."""

    def __init__(self, kept: Kept | None = None) -> None:
        self._lines: dict[str, deque[Said]] = defaultdict(lambda: deque(maxlen=_LONGEST))
        self._count: dict[str, int] = defaultdict(int)
        self._arrived: dict[str, int] = dict(kept.arrived) if kept else {}
        for conversation, lines in (kept.lines if kept else {}).items():
            self._lines[conversation].extend(lines)
            self._count[conversation] = len(lines)

    def heard(self, event: Event) -> None:
        """Somebody wrote to us, or on our phone."""
        if isinstance(event, Message):
            text = event.text or _KINDS.get(event.kind, "[消息]")
            self._add(event.group or event.contact.contact, Said(event.at, event.contact.contact, text))

    def arrived(self, one: Delivered) -> None:
        """Something of ours reached somebody."""
        key = f"{one.key}#{one.part}"
        if len(self._arrived) < _MOST_ARRIVALS:
            self._arrived[key] = self._arrived.get(key, 0) + 1
        conversation = one.group if one.kind != "invite" and one.group else one.contact
        if one.kind in NOTES:
            self._add(conversation, Said(one.at, "", NOTES[one.kind], note=True))
        elif one.kind == "text":
            self._add(conversation, Said(one.at, "", one.text))
        elif one.kind in _KINDS:
            self._add(conversation, Said(one.at, "", f"{_KINDS[one.kind]} {one.text}".strip()))

    def lines(self, conversation: str, behind: int = 0) -> tuple[int, list[Said]]:
        """How many lines there have been, and those behind the first so many, as far as they are kept."""
        count, lines = self._count[conversation], self._lines[conversation]
        new = min(count - behind, len(lines))
        return count, list(lines)[len(lines) - new :] if new > 0 else []

    def tally(self) -> tuple[int, int]:
        """How many different messages arrived at people, and how many of them more than once."""
        return len(self._arrived), sum(times > 1 for times in self._arrived.values())

    def kept(self) -> Kept:
        """What the next process must know."""
        return Kept({name: list(lines) for name, lines in self._lines.items()}, dict(self._arrived))

    def _add(self, conversation: str, said: Said) -> None:
        self._lines[conversation].append(said)
        self._count[conversation] += 1
