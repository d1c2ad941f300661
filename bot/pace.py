"""When a delivery that may leave does leave: at a human's pace, never at a machine's. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.chance import chance
from models.deliveries import Cause, Lane
from models.playbook import Playbook


def typing_time(playbook: Playbook, seed: int, key: str, characters: int) -> timedelta:
    """How long a human would type, give or take the playbook's jitter."""
    rate = playbook.pace.typing_chars_per_second
    if not rate:
        return timedelta()
    swing = (playbook.pace.jitter or 0) * (2 * chance(seed, key) - 1)
    return timedelta(seconds=round(characters / rate * (1 + swing), 3))


def leaves_at(
    playbook: Playbook,
    seed: int,
    *,
    key: str,
    lane: Lane,
    cause: Cause,
    characters: int,
    due: datetime,
    last_left: datetime | None,
    gaps: float = 1,
) -> datetime:
    """The earliest moment for a delivery that is due at `due`, when the account's last send left at `last_left`.

    A reply is typed after it was asked for. What was planned is typed beforehand, so that it is on time; but two sends
    of one account have the typing time between them, unless a greeting would come later than the playbook promises.
    """
    typing = typing_time(playbook, seed, key, characters)
    after_last = last_left + typing * gaps if last_left else due
    ready = max(due + typing, after_last) if lane == Lane.REPLY else max(due, after_last)
    if cause == Cause.GREETING and (longest := playbook.reception.first_reply_seconds) is not None:
        # Half: the gateway and the friend list take time too. In a rush greetings leave one right after the other.
        ready = min(ready, due + timedelta(seconds=longest / 2))
    return ready
