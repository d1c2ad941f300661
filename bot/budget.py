"""When an account has room for one more, and for all that wait behind it. Pure.

A platform bans accounts that do too much, so an account has a most per minute and hour (any sixty of them) and per
local day. Who has to wait is told until when: each delivery gets a moment of its own, the most valuable the first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.playbook import Pace

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# "Too frequent" lowers the rate for a day after the silence; a number of the contract.
LOWERED_FOR = timedelta(days=1)
# No silence is longer. One that seems to be was begun before the clock was set back.
LONGEST_SILENCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within a length of time; None stands for the local day.

    `later` are the steps of a warm-up that are still to come: from so many days after today on, so many.
    """

    most: int
    length: timedelta | None = None
    later: tuple[tuple[int, int], ...] = ()

    def most_on(self, days: int) -> int:
        """The most, so many days after today."""
        return next((most for first, most in reversed(self.later) if first <= days), self.most)


@dataclass(frozen=True, slots=True)
class Speed:
    """How much an account may do now: messages and acts, and among them new friends a day.

    `silent_until` is the end of a silence that the platform asked for; `lowered` says that one was asked for within a
    day, which has halved (or as the playbook says) everything.
    """

    limits: tuple[Limit, ...] = ()
    new_friends: Limit | None = None
    silent_until: datetime | None = None
    lowered: bool = False


def speed(pace: Pace, age_days: int, slow_until: datetime | None, now: datetime) -> Speed:
    """The speed of an account in the given day of its life (the first is 1); `slow_until` ends its last silence.

    The warm-up's share is taken of what is counted by the hour and longer: it limits how much a young account does, not
    how briskly it answers one person.
    """
    warm = next((step.share for step in reversed(pace.warm_up) if step.day <= age_days), 1.0)
    later = [(step.day - age_days, step.share) for step in pace.warm_up if step.day > age_days]
    silent = slow_until if slow_until is not None and now < slow_until <= now + LONGEST_SILENCE else None
    lowered = silent is not None or (slow_until is not None and slow_until <= now < slow_until + LOWERED_FOR)
    slow = pace.share_after_too_frequent if lowered else 1.0
    limits = (
        _limit(pace.per_minute, slow, MINUTE),
        _limit(pace.per_hour, slow, HOUR, warm, later),
        _limit(pace.per_day, slow, None, warm, later),
    )
    return Speed(
        limits=tuple(limit for limit in limits if limit is not None),
        new_friends=_limit(pace.new_friends_per_day, slow, None, warm, later),
        silent_until=silent,
        lowered=lowered,
    )


def free_moments(
    limits: Sequence[Limit],
    left: Sequence[datetime],
    now: datetime,
    zone: ZoneInfo,
    *,
    left_today: int = 0,
    not_before: datetime | None = None,
) -> Iterator[datetime]:
    """When the next may leave, the one after it, and so on without end.

    `left` are those that have left within the lengths of the limits, in any order; of those of the local day it is
    enough to know how many.
    """
    taken = sorted(left)
    new: list[datetime] = []
    today = midnight(now, zone)
    moment = max(now, not_before) if not_before is not None else now

    def room(limit: Limit) -> datetime:
        """The first moment from this one on at which one limit has room, or at which it may be another one."""
        days = (moment.astimezone(zone).date() - now.astimezone(zone).date()).days if limit.later else 0
        most = limit.most_on(days)
        if limit.length is not None:
            free = taken[-most] + limit.length if len(taken) >= most else moment
            return min(free, midnight(moment, zone, 1)) if limit.later else free
        begins = midnight(moment, zone)
        that_day = len(new) - bisect_left(new, begins) + (left_today if begins == today else 0)
        return midnight(moment, zone, 1) if that_day >= most else moment

    while True:
        while (later := max(map(room, limits), default=moment)) > moment:
            moment = later
        yield moment
        taken.append(moment)
        new.append(moment)


def midnight(moment: datetime, zone: ZoneInfo, days: int = 0) -> datetime:
    """The beginning of the local day, or of one so many days on, in the zone of `moment`."""
    day = moment.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(0), zone).astimezone(moment.tzinfo)


def _limit(
    most: int | None,
    slow: float,
    length: timedelta | None,
    warm: float = 1.0,
    later: Sequence[tuple[int, float]] = (),
) -> Limit | None:
    if most is None:
        return None

    def part(share: float) -> int:
        return max(1, int(round(most * slow * share, 6)))

    return Limit(part(warm), length, tuple((days, part(share)) for days, share in later))
