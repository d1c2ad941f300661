"""What is worked out of a playbook is worked out once a revision, not once a message."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from models.playbook import Playbook

T = TypeVar("T")


def once_a_revision(make: Callable[[Playbook], T]) -> Callable[[Playbook], T]:
    """Remember what a function makes of a playbook by its fingerprint; a program sees few revisions in its life."""
    made: dict[str, T] = {}

    @wraps(make)
    def of(playbook: Playbook) -> T:
        fingerprint = playbook.fingerprint
        if fingerprint not in made:
            made[fingerprint] = make(playbook)
        return made[fingerprint]

    return of
