"""Signs that turn the direction in which a line is read: in a name they make the words around it say something else."""

from __future__ import annotations

from models.patterns import compile_later

_TURNING = compile_later("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def unturned(name: str) -> str:
    """A name, or what somebody writes beside others, without what turns the reading of the line around it."""
    return name if name.isascii() else _TURNING.sub("", name)
