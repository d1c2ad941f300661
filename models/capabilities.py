"""What an account's platform can do, as stated by its transport and read by planner and gate."""

from __future__ import annotations

import msgspec


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """One frozen value, stored with the account at login.

    `window_hours` and `quota` describe channels that may only write for so long after the member's last message, and
    only so often within that time; `None` means no such limit. `direct_invite_limit` is the size up to which people
    are added to a group directly; above it they must accept an invitation. Without `people` it is a channel of alerts:
    nobody is met there, so it has no login and no lists, and it is always on line.
    """

    groups: bool = True
    proactive: bool = True
    window_hours: float | None = None
    quota: int | None = None
    needs_tap: bool = False
    friend_accept: bool = True
    invite: bool = True
    remark: bool = True
    mention: bool = True
    announcement: bool = True
    topic: bool = True
    recall: bool = True
    echo: bool = True
    direct_invite_limit: int | None = None
    people: bool = True
    kinds: frozenset[str] = frozenset({"text", "image", "video", "file", "link", "mini_program", "card"})


# What every channel of alerts can do: take a text that is for nobody in particular.
CHANNEL = Capabilities(
    groups=False,
    friend_accept=False,
    invite=False,
    remark=False,
    mention=False,
    announcement=False,
    topic=False,
    recall=False,
    echo=False,
    people=False,
    kinds=frozenset({"text"}),
)
