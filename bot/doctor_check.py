"""What one look of the doctor found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Check:
    """`check` names what was looked at (`account/step` for accounts), `found` and `cure` are for people.

    `cure` is empty when nothing is to be done. A warning does not keep the bot from working; what is wrong does.
    """

    check: str
    state: Literal["ok", "warning", "wrong"]
    found: str
    cure: str = ""


def ok(check: str, found: str) -> Check:
    """As it should be."""
    return Check(check, "ok", found)


def warning(check: str, found: str, cure: str) -> Check:
    """The bot works, but somebody should know."""
    return Check(check, "warning", found, cure)


def wrong(check: str, found: str, cure: str) -> Check:
    """The bot cannot work, or not rightly."""
    return Check(check, "wrong", found, cure)
