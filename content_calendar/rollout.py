"""The column `rollout`: an entry goes to some groups first, and to the others later.

`20% 2h；50% 1d` is a fifth of the groups at its time, half of them two hours later, and all one day after that;
`分舵 1d；堂口 2h` goes by tier. Which groups are among the first is a matter of chance that stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from math import ceil

import msgspec

from models.patterns import compile_later

EXPECTED = "每批多少、等多久：20% 2h；50% 1d（先两成的群，2 小时后一半，再过 1 天全部），或按层级 分舵 1d；堂口 2h"

_WHOLE = 100
_UNITS = {"m": 1, "分": 1, "分钟": 1, "h": 60, "小时": 60, "d": 24 * 60, "天": 24 * 60}
_NAMES = {"m": 1, "h": 60, "d": 24 * 60}
_STAGE = compile_later(r"(?:(\d{1,2})\s*[%％]|(\S.{0,40}?))\s+(\d{1,3})\s*(分钟|小时|[mhd分天])")
_SEVERAL = compile_later(r"[;；]")


class RolloutError(ValueError):
    """The stages cannot be read; the message says in Chinese what is expected."""


class Stage(msgspec.Struct, frozen=True):
    """The groups that get it so far: a share of them (0 to 1), or those of a tier; and how long the next ones wait."""

    share: float | None
    tier: str
    wait: timedelta

    def __str__(self) -> str:
        minutes = self.wait // timedelta(minutes=1)
        name = next(name for name, size in reversed(_NAMES.items()) if minutes % size == 0)
        whom = self.tier if self.share is None else f"{round(self.share * _WHOLE)}%"
        return f"{whom} {minutes // _NAMES[name]}{name}"


def parse_rollout(text: str, tiers: Collection[str] | None = None) -> tuple[Stage, ...]:
    """The stages; none for an empty text. Tiers that are not among `tiers` are an error, and beside those so is a
    stage that adds nobody. Raises `RolloutError`."""
    stages: list[Stage] = []
    for piece in filter(None, (" ".join(piece.split()) for piece in _SEVERAL.split(text))):
        match = _STAGE.fullmatch(piece)
        if match is None or not int(match[3]) or (match[1] and not int(match[1])):
            raise RolloutError(EXPECTED)
        if match[2] and tiers is not None and match[2] not in tiers:
            raise RolloutError(f"已有的层级：{'、'.join(sorted(tiers)) or '（还没有）'}；{EXPECTED}")
        share = int(match[1]) / _WHOLE if match[1] else None
        reached = max((one.share or 0 for one in stages), default=0)
        adds_nobody = match[2] in {one.tier for one in stages} if share is None else share <= reached
        if adds_nobody and tiers is not None:  # what is in force already goes on as it is
            raise RolloutError(f"后一批要比前一批多，一个层级只写一次；{EXPECTED}")
        stages.append(Stage(share, match[2] or "", timedelta(minutes=int(match[3]) * _UNITS[match[4]])))
    return tuple(stages)


def written_rollout(stages: Sequence[Stage]) -> str:
    """The one canonical spelling."""
    return ";".join(map(str, stages))


def admitted(stages: Sequence[Stage], rooms: Mapping[str, str | None], chance: Callable[[str], float]) -> set[str]:
    """The rooms, given with their tiers, that have it after these stages, the first one included.

    `chance` gives a number in [0, 1) for each room.
    """
    in_order = sorted(rooms, key=lambda room: (chance(room), room))
    found: set[str] = set()
    for stage in stages:
        if stage.share is None:
            found.update(room for room, tier in rooms.items() if tier == stage.tier)
        else:
            found.update(in_order[: ceil(stage.share * len(in_order))])
    return found
