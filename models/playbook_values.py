"""The small values that a playbook is made of: texts, numbers with their bounds, times of day.

Every constraint says in Chinese what to write, because a shop manager reads it when a file is refused.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
RestDay = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holidays"]
Role = Literal["owner", "admin", "branch", "hall", "helper", "author", "viewer"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # in the order of date.weekday()


class Part(BaseModel):
    """What every table of a playbook has in common: frozen, nothing unknown, no guessing of types."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )


def expected(what: str) -> PydanticCustomError:
    """The error that says only, in Chinese, what to write; the place and what was found are added by the reader."""
    return PydanticCustomError("expected", "{what}", {"what": what})


def _no_nul(text: str) -> str:
    if "\0" in text:  # PostgreSQL cannot store it
        raise expected("去掉看不见的字符 NUL")
    return text


def matching(pattern: str, what: str) -> AfterValidator:
    """A constraint on texts: the whole of it matches, else `what` is expected."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise expected(what)
        return text

    return AfterValidator(check)


_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def _time_of_day(value: object) -> object:
    if isinstance(value, time):
        return value
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise expected("写成 '22:00' 这样的时间")
    hour, minute, second = (int(part or 0) for part in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        raise expected("时间从 '00:00' 到 '23:59'")
    return time(hour, minute, second)


def _end_of_day(value: object) -> object:
    return time(0) if value == "24:00" else _time_of_day(value)


def _written(value: time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _written_end(value: time) -> str:
    return "24:00" if value == time(0) else _written(value)


def _schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


AnyText = Annotated[str, AfterValidator(_no_nul)]
Text = Annotated[AnyText, matching(r"(?s).*\S.*", "要写文字，不能空着"), Field(min_length=1)]
Name = Annotated[Text, StringConstraints(strip_whitespace=True)]
Texts = tuple[Text, ...]
Names = tuple[Name, ...]
Key = Annotated[str, matching(r"[^\s{}|\0]+", "编号里不要有空格、{}、|")]

TimeOfDay = Annotated[time, BeforeValidator(_time_of_day), PlainSerializer(_written), _schema(r"^\d{1,2}:\d{2}$")]
EndOfDay = Annotated[time, BeforeValidator(_end_of_day), PlainSerializer(_written_end), _schema(r"^\d{1,2}:\d{2}$")]
"""As `TimeOfDay`; "24:00" is allowed and means the next midnight, which `time(0)` stands for."""

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Positive = Annotated[int, Field(ge=1, le=1_000_000_000)]
# The upper bounds keep sums with a date inside the calendar; nobody means a longer time.
Seconds = Annotated[float, Field(ge=0, le=7 * 86_400)]
Minutes = Annotated[float, Field(ge=0, le=366 * 1_440)]
Hours = Annotated[float, Field(ge=0, le=366 * 24)]
Days = Annotated[float, Field(ge=0, le=36_600)]


def plain(value: object) -> Any:
    """For `json.dumps(default=…)`: TOML's own dates and times as the texts that our keys expect."""
    isoformat = getattr(value, "isoformat", None)
    if isoformat is None:
        raise TypeError(f"{type(value).__name__} has no JSON form")
    return isoformat()
