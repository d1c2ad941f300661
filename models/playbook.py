"""The playbook: a whole way of running a private domain as data. Its keys are a contract with those who write them.

Everything is optional and absent means off, except where a default stands here. Durations say their unit in their
name; times of day and days are those of the merchant's zone. What one table alone can get wrong is refused when a
playbook is read; what only several can get wrong together is found by `models.playbook_faults`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, WrapValidator
from pydantic.functional_validators import ModelWrapValidatorHandler

from models.conditions import Condition, Facts, holds
from models.life_cycle import StageRule
from models.playbook_survey import Question, Survey
from models.playbook_values import (
    WEEKDAYS,
    AnyText,
    Count,
    Days,
    EndOfDay,
    Hours,
    Minutes,
    Name,
    Names,
    Part,
    Positive,
    RestDay,
    Role,
    Seconds,
    Share,
    Text,
    Texts,
    TimeOfDay,
    Weekday,
    expected,
)


class Persona(Part):
    """Who speaks. The tone is for people who write texts; nothing is computed from it."""

    name: AnyText = ""
    tone: AnyText = ""


class AcceptRule(Part):
    """All that it names must hold; one that names nothing matches every request. `hello` is a substring."""

    accept: bool
    hello: Text | None = None
    source: Name | None = None

    def matches(self, hello: str, source: str) -> bool:
        """Whether the rule is about a request with this verification text and source ("" where none was given)."""
        return (self.hello is None or self.hello in hello) and (self.source is None or self.source == source)


class Channel(Part):
    """A channel code: whoever has `hello` (a substring, in whatever case) in their verification text came by it."""

    hello: Text
    source: Name


class Reception(Part):
    """What happens to those who come. `remark` is a template with fields."""

    accept: tuple[AcceptRule, ...] = ()
    channels: tuple[Channel, ...] = ()
    greetings: Texts = ()
    remark: Text | None = None
    first_reply_seconds: Seconds | None = None

    def accepts(self, hello: str, source: str) -> bool | None:
        """What the first matching rule says; None leaves the request to a human."""
        return next((rule.accept for rule in self.accept if rule.matches(hello, source)), None)

    def source_of(self, hello: str, source: str) -> str:
        """Where a request came from: the first channel code in its verification text, else what the platform says."""
        said = hello.casefold()
        return next((one.source for one in self.channels if one.hello.casefold() in said), source)


class Reactions(Part):
    """Words in place of those that ship, for what people tell besides answering. Absent: the shipped ones hold; empty:
    nothing is said. `later` may hold `{when}`, `voice` and `media` answer what we cannot read,
    `who`, `why` and `privacy` what they ask about us; without words of its own `privacy` says the text on consent."""

    danger: Texts | None = None
    loss: Texts | None = None
    hardship: Texts | None = None
    worry: Texts | None = None
    joy: Texts | None = None
    thanks: Texts | None = None
    hello: Texts | None = None
    call: Texts | None = None
    why: Texts | None = None
    privacy: Texts | None = None
    who: Texts | None = None
    later: Texts | None = None
    voice: Texts | None = None
    media: Texts | None = None


class Tier(Part):
    """A level of groups. `capacity` counts everybody in the platform's list; once `warn_share` of it is taken in all
    groups together, the staff is told that a new group is needed."""

    name: Name
    parent: Name | None = None
    capacity: Positive | None = None
    owner_role: Role | None = None
    inherits: bool = False
    join: Condition | None = None
    reserve_hours: Hours | None = None
    cool_down_days: Days | None = None
    warn_share: Share = 0.9
    welcome: Text | None = None


class Rolling(Part):
    """Any so many days in a row."""

    days: Annotated[int, Field(ge=1, le=366)]


def _period(value: object, handler: ModelWrapValidatorHandler[Any]) -> Any:
    try:
        return handler(value)
    except ValidationError:  # one sentence instead of one for each form
        raise expected(
            "要写 'day'（每天）、'week'（每周）、'month'（每月），或 { days = n }（每 n 天，1 到 366）"
        ) from None


Period = Annotated[Literal["day", "week", "month"] | Rolling, WrapValidator(_period)]


class Promise(Part):
    """How much of a kind of content the groups of a tier get in each period: `at_least` so many or `exactly`."""

    tier: Name
    content_kind: Name
    per: Period
    at_least: Positive | None = None
    exactly: Count | None = None
    themes: Names = ()
    album: bool = False

    @property
    def name(self) -> str:
        """As reports call it: TIER/CONTENT_KIND/PER, PER being day, week, month or 10d."""
        per = f"{self.per.days}d" if isinstance(self.per, Rolling) else self.per
        return f"{self.tier}/{self.content_kind}/{per}"


class DailyWindow(Part):
    """Hours of the day. An end that is not after the start is on the next day; 24:00 is the next midnight.

    `days` are those on which the window begins; none named means every day.
    """

    start: TimeOfDay = Field(alias="from")
    end: EndOfDay = Field(alias="to")
    days: tuple[Weekday, ...] = ()

    def end_of(self, local: datetime) -> datetime | None:
        """When the window around this local moment ends (same zone), or None outside it. The end is outside."""
        clock, over_night = local.time(), self.end <= self.start
        if clock >= self.start and (over_night or clock < self.end) and self._begins(local):
            return datetime.combine(local.date() + timedelta(days=over_night), self.end, local.tzinfo)
        if over_night and clock < self.end and self._begins(local - timedelta(days=1)):
            return datetime.combine(local.date(), self.end, local.tzinfo)
        return None

    def _begins(self, day: datetime) -> bool:
        return not self.days or WEEKDAYS[day.weekday()] in self.days


class Caps(Part):
    """How often people may be touched. `group_post_weight` is what a group post counts for each member."""

    person_per_day: Count | None = None
    person_per_week: Count | None = None
    promotions_per_day: Count | None = None
    promotions_per_week: Count | None = None
    group_per_day: Count | None = None
    group_post_weight: Share | None = None
    advert_share: Share | None = None
    fewer_per_week: Positive = 1  # 少发点: the cap of who asked for less


class Rollout(Part):
    """How far an entry that goes to some groups first may go on by itself: `leaves` is a share of the members that it
    reached, `complaints` a number. More than that stops it."""

    leaves: Share | None = None
    complaints: Count | None = None


class WarmUp(Part):
    """From this day of an account's life on (the first is 1) it has this share of its budget."""

    day: Positive
    share: Share


class Pace(Part):
    """How fast an account may be. `jitter` is a share of the gap between two sends.

    `share_after_too_frequent` is what of its speed an account keeps for a day when the platform found it too fast.
    """

    per_minute: Positive | None = None
    per_hour: Positive | None = None
    per_day: Positive | None = None
    new_friends_per_day: Positive | None = None
    jitter: Share | None = None
    typing_chars_per_second: Annotated[float, Field(gt=0, le=10_000)] | None = None
    warm_up: tuple[WarmUp, ...] = ()
    share_after_too_frequent: Annotated[float, Field(gt=0, le=1)] = 0.5


class Words(Part):
    """Words of this shop, added to the lists of `models.words`."""

    user_dictionary: Names = ()
    sensitive: Names = ()
    opt_out: Names = ()
    human: Names = ()
    business: Names = ()


class Handoff(Part):
    """When a human is called, when the next one, and during which hours."""

    after_minutes: Minutes | None = None
    deputy_minutes: Minutes | None = None
    working_hours: tuple[DailyWindow, ...] = ()


class Commands(Part):
    """How long a confirmed post can be taken back, and how long a code is good."""

    undo_seconds: Seconds = 20
    code_seconds: Seconds = 120


class Digest(Part):
    """When the staff hears each morning how their groups fare."""

    at: TimeOfDay | None = None


class Consent(Part):
    """Whether people are asked first, and how."""

    required: bool = False
    text: Text | None = None


class Keyword(Part):
    """A standing answer to messages with any of the words."""

    words: Annotated[Names, Field(min_length=1)]
    answer: Text


class Playbook(Part):
    """A merchant's playbook, one revision of it."""

    name: AnyText = ""
    persona: Persona = Persona()
    reception: Reception = Reception()
    survey: Survey = Survey()
    reactions: Reactions = Reactions()
    tiers: tuple[Tier, ...] = ()
    promises: tuple[Promise, ...] = ()
    stages: tuple[StageRule, ...] = ()
    quiet_hours: tuple[DailyWindow, ...] = ()
    rest_days: tuple[RestDay, ...] = ()
    caps: Caps = Caps()
    rollout: Rollout = Rollout()
    pace: Pace = Pace()
    words: Words = Words()
    handoff: Handoff = Handoff()
    human_hold_minutes: Minutes | None = None
    retention_days: Days | None = None
    approval: bool = False
    commands: Commands = Commands()
    digest: Digest = Digest()
    members_check_minutes: Annotated[float, Field(ge=1, le=10_080)] = 60
    send_timeout_seconds: Annotated[float, Field(gt=0, le=3_600)] = 20
    pause_after_failures: Positive = 5
    consent: Consent = Consent()
    keywords: tuple[Keyword, ...] = ()

    def tier(self, name: str | None) -> Tier | None:
        """The tier of that name."""
        return next((tier for tier in self.tiers if tier.name == name), None)

    def children(self, name: str) -> tuple[Tier, ...]:
        """The tiers directly under that one."""
        return tuple(tier for tier in self.tiers if tier.parent == name)

    def ancestors(self, name: str) -> tuple[Tier, ...]:
        """The tiers above that one, the nearest first. Parents that form a ring are passed once."""
        above: list[Tier] = []
        tier = self.tier(name)
        while tier is not None and (tier := self.tier(tier.parent)) is not None and tier not in above:
            above.append(tier)
        return tuple(above)

    def promises_of(self, name: str) -> tuple[Promise, ...]:
        """The promises that hold for the groups of a tier: its own, then those that it inherits."""
        names = [name]
        for tier in self.ancestors(name):
            below = self.tier(names[-1])
            if below is None or not below.inherits:
                break
            names.append(tier.name)
        return tuple(promise for one in names for promise in self.promises if promise.tier == one)

    def tier_for(self, facts: Facts) -> Tier | None:
        """Where somebody who finished the survey belongs: the first tier whose `join` they meet, else the lowest
        one without `join` (of several equally low ones the first)."""
        for tier in self.tiers:
            if tier.join is not None and holds(tier.join, facts):
                return tier
        free = [tier for tier in self.tiers if tier.join is None]
        return max(free, key=lambda tier: len(self.ancestors(tier.name)), default=None)

    def question(self, key: str) -> Question | None:
        """The question of that key."""
        return self._questions.get(key)

    @cached_property
    def _questions(self) -> Mapping[str, Question]:
        """By key; of two that share one, which is a fault, the first."""
        return MappingProxyType({question.key: question for question in reversed(self.survey.questions)})

    def quiet_until(self, local: datetime) -> datetime | None:
        """When the quiet hours around this local moment end, windows that touch taken together; None outside them.

        Says nothing about `rest_days`, which need a calendar of holidays.
        """
        until: datetime | None = None
        for _ in range(len(self.quiet_hours) * 8):  # a week of windows that touch: always quiet, say so at its end
            ends = [end for window in self.quiet_hours if (end := window.end_of(until or local)) is not None]
            if not ends:
                break
            until = max(ends)
        return until

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, without what is absent; equal playbooks give the same text."""
        data = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Playbook:
        """The playbook of a JSON text. Raises `pydantic.ValidationError`."""
        return cls.model_validate_json(text, by_alias=True, by_name=False)

    @cached_property
    def fingerprint(self) -> str:
        """The revision: SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def playbook_schema() -> dict[str, Any]:
    """The JSON Schema of a playbook."""
    return Playbook.model_json_schema(by_alias=True)
