"""What somebody who writes an entry chooses from, and what it would do if it were in force."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Subquery, func, select
from sqlmodel import col

from bot import preview, reading
from bot.calendar_plan import media_in
from bot.console.reading.calendar import rooms_of
from bot.console.reading.calendar_faults import Fault, plan_of, told
from bot.console.reading.entries import Target, targets_of
from bot.console.reading.of_pool import entries_seen
from bot.console.reading.people import tags_and_sources
from bot.console.visit import Scope
from bot.store import Store, Writing
from bot.store.accounts import load_accounts
from bot.store.audience import audience
from bot.store.ids import Ids
from content_calendar.cadence import Occurrence, is_personal, next_days
from content_calendar.columns import Known
from content_calendar.entry import Entry
from content_calendar.import_hints import media_faults
from content_calendar.lint import Plan
from content_calendar.lint_plan import LintEntry
from content_calendar.rotation import is_spare
from content_calendar.rule_words import content_kind_words
from content_calendar.titles import title_of
from handlers.calendar_check import draft_held_back, lint
from handlers.planning import expansion
from models.fields import STANDARD_FIELDS
from models.groups import GroupMember
from models.playbook import Playbook

DATES = 5
_MOST_TAGS = 500
_MOST_FILES = 500
_NAMED = 12
_DAY = timedelta(days=1)
_FIELDS = {
    "name": "称呼",
    "nick": "昵称",
    "tag": "标签",
    "tier": "层级",
    "group": "群名",
    "source": "来源",
    "remark": "备注",
    "persona": "人设的名字",
    "shop": "店名",
    "coupon": "券码",
}
_ANSWERS = {"call": "称呼", "birthday": "生日", "city": "城市", "budget": "预算", "style": "喜好", "wish": "心愿"}
FALLBACKS = {"name": "朋友", "nick": "朋友", "group": "咱们群", "city": "你那边"}
"""What is written where a field is not known, until somebody writes something else."""


class Choices(NamedTuple):
    """What there is to choose from, each with what people call it; `known` is what cells are read against,
    `sendable` the kinds that one of the accounts can send."""

    known: Known
    tiers: list[str]
    rooms: dict[str, str]
    tags: list[str]
    content_kinds: dict[str, str]
    themes: list[str]
    media: list[str]
    fields: dict[str, str]
    sendable: frozenset[str]


class Weighed(NamedTuple):
    """What an entry would do: its next turns, how many groups with how many members or how many people 1:1 it reaches,
    and what the lint says with it that it does not say without (`worse`), and the other way round."""

    days: list[Occurrence]
    groups: int
    people: int
    worse: tuple[Fault, ...]
    better: tuple[Fault, ...]


def choices_of(connection: Connection, scope: Scope, now: datetime, media: Path) -> Choices:
    """What there is now."""
    merchant = scope.merchant
    playbook = merchant.playbook
    tiers = [tier.name for tier in playbook.tiers]
    entries = [one.entry for one in entries_seen(connection, scope)]
    kinds = [*(one.content_kind for one in playbook.promises), *sorted({one.content_kind for one in entries})]
    themes = {theme for one in playbook.promises for theme in one.themes} | {one.theme for one in entries}
    tags, _sources = tags_and_sources(connection, scope, _MOST_TAGS)
    asked = {question.key: _ANSWERS.get(question.key, question.key) for question in playbook.survey.questions}
    accounts = load_accounts(Writing(connection, Ids(), now), merchant).values()
    return Choices(
        known=Known(now.astimezone(merchant.zone).date(), tiers, reading.known_groups(connection, merchant)),
        tiers=tiers,
        rooms={one.room: f"{one.topic or one.room}（{one.tier}）" for one in rooms_of(connection, scope)},
        tags=tags,
        content_kinds={kind: content_kind_words(kind) for kind in dict.fromkeys([*kinds, "care", "service"]) if kind},
        themes=sorted(theme for theme in themes if theme),
        media=sorted(media_in(media) or {})[:_MOST_FILES],
        fields={**{key: _FIELDS[key] for key in STANDARD_FIELDS}, **asked},
        sendable=frozenset().union(*(one.capabilities.kinds for one in accounts if one.capabilities.people)),
    )


def weighed(connection: Connection, scope: Scope, now: datetime, media: Path, entry: Entry) -> Weighed:
    """What it would do in the week of its next turn."""
    zone = scope.merchant.zone
    days = next_days(entry, zone, now, DATES)
    if is_spare(entry):
        return Weighed([], 0, 0, _of_draft(entry, scope.merchant.playbook, media), ())
    moment = days[0].at_utc if days else now
    groups, people = _reach(connection, scope, entry, moment)
    day = moment.astimezone(zone).date()
    monday = day - day.weekday() * _DAY
    plan = plan_of(connection, scope, now, media, monday, monday + 6 * _DAY)
    others = [one for one in plan.entries if one.entry.key != entry.key]
    before = _faults(connection, scope, now, msgspec.structs.replace(plan, entries=others))
    with_it = msgspec.structs.replace(plan, entries=[*others, LintEntry(entry=entry)])
    after = _faults(connection, scope, now, with_it)
    worse = tuple(one for one in after if one not in before)
    return Weighed(days, groups, people, worse, tuple(one for one in before if one not in after))


def who_gets(store: Store, scope: Scope, entry: Entry) -> list[Target]:
    """The first few who would get it when it is due next, and what they would get."""
    if is_spare(entry):
        return []
    moment = preview.next_moment(entry, scope.merchant, store.now())
    with store.reading() as connection:
        reached = _audience(connection, scope, entry, moment)
        asked = select(reached.c.wire_id).where(reached.c.account_id.in_(scope.accounts)).order_by(reached.c.rank)
        ids = frozenset(connection.execute(asked.limit(_NAMED)).scalars())
    rows = preview.preview(store, scope.merchant, entry, moment, scope.accounts, only=ids)[:-1] if ids else []
    return targets_of(store, scope, rows)


def _audience(connection: Connection, scope: Scope, entry: Entry, moment: datetime) -> Subquery:
    occurrence = Occurrence(moment.astimezone(scope.merchant.zone).date(), moment)
    looking = Writing(connection, Ids(), moment)
    return audience(
        looking, scope.merchant, expansion(entry, entry.revision, occurrence, scope.merchant.zone)
    ).subquery()


def _reach(connection: Connection, scope: Scope, entry: Entry, moment: datetime) -> tuple[int, int]:
    reached = _audience(connection, scope, entry, moment)
    ours = reached.c.account_id.in_(scope.accounts)
    if is_personal(entry) or not (entry.tiers or entry.groups):
        return 0, connection.execute(select(func.count()).select_from(reached).where(ours)).scalar_one()
    groups = connection.execute(select(reached.c.group_id).where(ours)).scalars().all()
    members = connection.execute(
        select(func.count(col(GroupMember.contact_id).distinct())).where(
            col(GroupMember.merchant_id) == scope.merchant.id,
            col(GroupMember.group_id).in_(groups),
            col(GroupMember.left_at).is_(None),
        )
    ).scalar_one()
    return len(groups), members


def _faults(connection: Connection, scope: Scope, now: datetime, plan: Plan) -> list[Fault]:
    today = now.astimezone(scope.merchant.zone).date()
    topics = {one.room: one.topic or one.room for one in rooms_of(connection, scope)}
    return [one for one in told(lint(plan), plan, topics) if one.last is None or one.last >= today]


def _of_draft(entry: Entry, playbook: Playbook, media: Path) -> tuple[Fault, ...]:
    """What is wrong with a draft for whichever slot takes it."""
    title = title_of(entry)
    files = [
        Fault(None, None, "media", "", entry.key, text, title=title) for text in media_faults(entry, media_in(media))
    ]
    held = (Fault(None, None, "words", "", entry.key, text, title=title) for text in draft_held_back(entry, playbook))
    return (*files, *held)
