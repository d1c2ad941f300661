"""发前检查 of the calendar: its lint, and the entries that the gate holds back, whoever they are for.

The gate itself is asked, with the best that may be known: a friend whom nothing was sent to yet, a bound group, nobody
talking, no budget used. What it says no to then, it says no to when the day comes. One row an entry and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec

from content_calendar import lint as calendar_lint
from content_calendar.cadence import by_the_day, is_personal
from content_calendar.entry import Entry, expires_at
from content_calendar.lint_plan import Code, LintEntry, LintGroup, LintRow, Plan
from content_calendar.promises import Post
from content_calendar.render import render
from content_calendar.rotation import is_slot, spares_of
from content_calendar.wording import parts_of, said
from handlers.gate import Candidate, End, Facts, Verdict, Wait, in_time, judge
from handlers.planning import lane_of
from handlers.reason_names import MENDS
from handlers.words import sensitive_words
from models.deliveries import Cause, DeliveryKind
from models.fields import fields_of
from models.playbook import Playbook

# What may still be put there when it leaves; no word that must not be posted has it.
_OPEN = "\N{OBJECT REPLACEMENT CHARACTER}"
# Fields that every group has a value for.
_OF_GROUPS = frozenset({"group", "tier", "shop", "persona"})
# The caps of groups the lint knows by itself, day by day.
_TIMELY: dict[str, Code] = {"quiet_hours": "quiet_hours", "too_late": "too_late", "person_cap": "cap"}
_WHY = {"quiet_hours": "落在免打扰时间", "too_late": "没等到能发就过期了", "person_cap": "到了打扰上限"}


class _Version(msgspec.Struct, frozen=True):
    """An entry as these groups have it; none for what goes 1:1, or where nobody has bound a group for it yet."""

    entry: Entry
    groups: Sequence[LintGroup]
    is_own: bool = False


_Ask = Callable[[Entry, datetime], Verdict]


def lint(plan: Plan) -> list[LintRow]:
    """All faults of the calendar on the days of the plan, with what the gate would hold back at the end."""
    return [*calendar_lint.lint(plan), *held_back(plan)]


def held_back(plan: Plan) -> Iterator[LintRow]:
    """What can never leave, or not on its day, by the entries' keys."""
    ask = _asking(plan)
    taken: dict[str, Entry] = {}
    for one in sorted(plan.entries, key=lambda one: one.entry.key):
        for version in _versions(plan, one):
            days = _days(plan, version.entry)
            if not days:
                continue
            if is_slot(version.entry):
                taken |= {spare.key: spare for spare in spares_of(version.entry, plan.spares)}
            yield from _worded(plan, version, len(days))
            yield from _timed(plan, version, days, ask)
    for key in sorted(taken):
        for text in draft_held_back(taken[key], plan.playbook):
            yield LintRow(code="words", entry=key, text=text)


def words_held_back(entry: Entry, playbook: Playbook, tiers: Sequence[str] | None = None) -> tuple[str, ...]:
    """The words that must not be posted in what an entry says to groups of these tiers, or to all whom it is for."""
    texts = _texts(entry, entry.tiers if tiers is None else tiers)
    return tuple(dict.fromkeys(word for text in texts for word in sensitive_words(text, playbook.words.sensitive)))


def draft_held_back(spare: Entry, playbook: Playbook) -> Iterator[str]:
    """What to say of a spare draft that no slot will bring into a group; nothing of one that may go."""
    if words := words_held_back(spare, playbook):
        yield f"备稿里有{_named(words)}，轮到它时发不出去；{MENDS['words']}"


def _versions(plan: Plan, one: LintEntry) -> Iterator[_Version]:
    entry = one.entry
    mine = [group for group in plan.groups if _goes_to(entry, group)] if _is_for_groups(entry) else []
    usual = [group for group in mine if group.room not in one.overrides]
    if usual or not mine:
        yield _Version(entry, usual)
    own: dict[Entry, list[LintGroup]] = {}
    for group in mine:
        if (version := one.overrides.get(group.room)) is not None:
            own.setdefault(version, []).append(group)
    yield from (_Version(version, groups, is_own=True) for version, groups in own.items())


def _days(plan: Plan, entry: Entry) -> list[Post]:
    """Its occurrences; of what happens once the one that its own end comes before, too."""
    if not entry.rule:
        return plan.days_of(msgspec.structs.replace(entry, not_after=None))
    return plan.days_of(by_the_day(entry))


def _worded(plan: Plan, version: _Version, count: int) -> Iterator[LintRow]:
    """Words that must not be posted. A wording of one tier concerns the groups of that tier."""
    entry, groups = version.entry, version.groups
    if groups:
        by_tier = {tier: words_held_back(entry, plan.playbook, (tier,)) for tier in {group.tier for group in groups}}
        alike = sorted(set(by_tier.values()))
        concerned = [(words, [one for one in groups if by_tier[one.tier] == words]) for words in alike]
    else:
        concerned = [(words_held_back(entry, plan.playbook), [])]
    for words, where in concerned:
        if words:
            how_often = _how_often(entry, count, where)
            text = f"有{_named(words)}，{how_often}{'都' if how_often else ''}发不出去；{MENDS['words']}"
            yield _row("words", msgspec.structs.replace(version, groups=where), text)


def _timed(plan: Plan, version: _Version, days: Sequence[Post], ask: _Ask) -> Iterator[LintRow]:
    """Occurrences that leave on another day than theirs, or are over before they may leave."""
    entry = version.entry
    late: dict[str, list[tuple[Post, Verdict]]] = {}
    for post in days:
        verdict = ask(entry, post.at_utc)
        if isinstance(verdict, End) or (
            isinstance(verdict, Wait)
            and (verdict.until is None or verdict.until.astimezone(plan.zone).date() > post.local_date)
        ):
            late.setdefault(verdict.reason, []).append((post, verdict))
    for reason, found in late.items():
        if reason not in _TIMELY or (is_personal(entry) and len(found) < len(days)):
            continue  # on some days only: whether anybody's own day is among them, nobody knows
        post, verdict = found[0]
        such = f"{post.at_utc.astimezone(plan.zone):%m-%d %H:%M} 的"
        if isinstance(verdict, Wait) and verdict.until:
            such += f"要等到 {verdict.until.astimezone(plan.zone):%m-%d %H:%M}"
        elif entry.not_after:
            such += f"，过期时间是 {entry.not_after:%m-%d %H:%M}"
        how_often = _how_often(entry, len(found), version.groups)
        yield _row(_TIMELY[reason], version, f"{how_often}{_WHY[reason]}，如 {such}；{MENDS[reason]}")


def _asking(plan: Plan) -> _Ask:
    """Asks the gate about an entry at a moment, whatever its text is. Many entries are due at the same moments."""
    answers: dict[tuple[object, ...], Verdict] = {}

    def ask(entry: Entry, at: datetime) -> Verdict:
        lane, to_group, ends = lane_of(entry), _is_for_groups(entry), expires_at(entry, plan.zone)
        asked = (at, lane, to_group, ends)
        if asked not in answers:
            # The gate knows kinds by what the platform can do, which the lint looks at for each account.
            candidate = Candidate(
                key="", kind=DeliveryKind.TEXT, lane=lane, cause=Cause.CALENDAR, to_group=to_group, not_after=ends
            )
            best = Facts(now=at, zone=plan.zone, playbook=plan.playbook, consent="given", last_heard_at=at)
            answers[asked] = in_time(judge(candidate, best), ends)
        return answers[asked]

    return ask


def _texts(entry: Entry, tiers: Sequence[str]) -> Iterator[str]:
    """What it says to groups of these tiers, or 1:1 to anybody, as far as it is known before it leaves."""
    template = entry.text or entry.title
    parts = parts_of(template)
    if not _is_for_groups(entry):
        names = {field.name: _OPEN for field in fields_of(template)}
        for part in parts:
            yield render(part.text, names).text
            yield from (render(some.text, names).text for some in part.wordings)
        return
    names = dict.fromkeys(_OF_GROUPS, _OPEN)
    for tier in tiers or ("",):
        for number in range(1, 1 + len(parts)):
            yield render(said(template, number, (tier,), ()) or "", names).text


def _row(code: Code, version: _Version, text: str) -> LintRow:
    alone = version.groups[0] if version.is_own and len(version.groups) == 1 else None
    return LintRow(
        code=code,
        group=alone.room if alone else None,
        tier=alone.tier if alone else None,
        entry=version.entry.key,
        text=text,
    )


def _how_often(entry: Entry, count: int, groups: Sequence[LintGroup]) -> str:
    """How many of its times and how many groups that is; empty where it is the one time to nobody known yet."""
    often = "每一次" if is_personal(entry) else f"{count} 次" if count > 1 else ""
    return "、".join(filter(None, (often, f"{len(groups)} 个群" if groups else "")))


def _named(words: Sequence[str]) -> str:
    return "".join(f"「{word}」" for word in words)


def _is_for_groups(entry: Entry) -> bool:
    return bool(entry.tiers or entry.groups) and not is_personal(entry)


def _goes_to(entry: Entry, group: LintGroup) -> bool:
    return group.tier in entry.tiers or group.room in entry.groups
