"""The periods of a customer's life: what they are called, and by what a playbook tells them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from models.conditions import Condition
from models.playbook_values import Part

Stage = Literal["introduction", "growth", "mature", "declining"]
STAGES: tuple[Stage, ...] = ("introduction", "growth", "mature", "declining")
STAGE_TITLES: Mapping[Stage, str] = MappingProxyType(
    {"introduction": "引入期", "growth": "成长期", "mature": "成熟期", "declining": "衰退期"}
)
_BY_WORD: Mapping[str, Stage] = MappingProxyType(
    {**{stage: stage for stage in STAGES}, **{title: stage for stage, title in STAGE_TITLES.items()}}
)
STAGE_WORDS: tuple[str, ...] = tuple(_BY_WORD)
"""All spellings."""

BOUGHT = "买过"
"""The tag of those who bought something, by which `bought+7d` counts where the entry names no other."""

_IN_STAGE = re.compile(r"(?:阶段|stage)[:：] ?(.+)", re.IGNORECASE)


class WholeDays(Part):
    """From `min` to `max` days, both inclusive; an absent one is open."""

    min: Annotated[int, Field(ge=0, le=3660)] | None = None
    max: Annotated[int, Field(ge=0, le=3660)] | None = None


class StageRule(Part):
    """Who is in a stage: all that is written must hold, and of several rules the first that holds counts. `known_days`
    counts from the first friendship, `silent_days` from their last message, in a group or 1:1; who never wrote has
    been silent for ever, and a friend from before we came is known for ever."""

    stage: Stage
    when: Condition | None = None
    known_days: WholeDays | None = None
    silent_days: WholeDays | None = None


def stage_named(word: str) -> Stage | None:
    """The stage that somebody wrote, in either language."""
    return _BY_WORD.get(word.lower())


def stage_of_tag(tag: str) -> str | None:
    """The word for a stage in a tag that stands for one, as in `阶段:成熟期`; `None` for a tag of people."""
    match = _IN_STAGE.fullmatch(tag)
    return match[1] if match else None
