"""What is wrong with an entry as such: fields, media, links, an audience that nobody is in, years without holidays."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from content_calendar.cadence import is_personal
from content_calendar.columns import hint
from content_calendar.entry import Entry, asked_for, kept_out, person_named, signed_up_for
from content_calendar.holidays import is_known
from content_calendar.import_hints import media_faults
from content_calendar.kind_names import kind_name
from content_calendar.links import hosts_of, leads_outside
from content_calendar.lint_plan import LintEntry, LintRow, Plan
from content_calendar.reach import can_send
from content_calendar.render import fields_of
from content_calendar.rotation import filled, is_slot, spares_of
from content_calendar.rules import Workdays, parse_rule
from content_calendar.wording import TITLES, names_in, parts_of
from models.fields import ALWAYS_KNOWN, STANDARD_FIELDS
from models.life_cycle import stage_named, stage_of_tag

# Known of a group without knowing anybody in it.
_KNOWN_OF_GROUPS = frozenset({"group", "tier", "shop"})
_NEEDS_MEDIA = frozenset({"image", "album", "video", "file", "mini_program", "card"})


def lint_entries(plan: Plan) -> Iterator[LintRow]:
    """What is wrong with the entries that are due on the days of the plan, by key."""
    yield from dict.fromkeys(_lint_entries(plan))  # two slots may take the same draft


def _lint_entries(plan: Plan) -> Iterator[LintRow]:
    tiers = {group.room: group.tier for group in plan.groups}
    for one in sorted(plan.entries, key=lambda one: one.entry.key):
        if not is_personal(one.entry) and not plan.days_of(one.entry):
            continue
        yield from _of_slot(plan, one.entry) if is_slot(one.entry) else _of_entry(plan, one.entry)
        for room, own in one.overrides.items():
            if own is not None and (own.text, own.media) != (one.entry.text, one.entry.media):
                for row in _of_entry(plan, own):
                    yield msgspec.structs.replace(row, group=room, tier=tiers.get(room))
        yield from _audience(plan, one)


def _of_slot(plan: Plan, slot: Entry) -> Iterator[LintRow]:
    """What is wrong with the drafts that it may take, each under its own key."""
    spares = spares_of(slot, plan.spares)
    if not spares:
        what = " ".join(word for word in (slot.content_kind, slot.theme) if word) or "没写内容类型的"
        yield LintRow(code="missing", entry=slot.key, text=f"备稿库里没有 {what} 的备稿，到时候没有东西可发")
    for one in spares:
        yield from _of_entry(plan, msgspec.structs.replace(filled(slot, one), key=one.key))


def _of_entry(plan: Plan, entry: Entry) -> Iterator[LintRow]:
    """What is wrong with the text, the media and the links."""
    known = _known_fields(plan, entry)
    fields = {*STANDARD_FIELDS, *(question.key for question in plan.playbook.survey.questions)}
    words = entry.text or entry.title  # as it is planned
    unknown = (field.name for field in fields_of(words) if field.fallback is None and field.name not in known)
    for name in dict.fromkeys(unknown):
        text = f"{{{name}}} 可能不知道，写成 {{{name}|备用词}}"
        if name not in fields:
            text = f"没有 {{{name}}} 这个字段{hint(name, fields)}"
        yield LintRow(code="field", entry=entry.key, text=text)
    if any(not part.text for part in parts_of(words)):
        text = "只写了给一部分人的话，其他人这一条收不到"
        yield LintRow(code="field", entry=entry.key, text=text)
    if _goes_to_groups(entry):
        for by, name in dict.fromkeys(names_in(words)):
            if by != "tier":
                text = f"【{TITLES[by]} {name}】的说法用不上：群里人人看到同一条，只能按层级换"
                yield LintRow(code="unreachable", entry=entry.key, text=text)
    if entry.kind in _NEEDS_MEDIA and not entry.media:
        yield LintRow(code="media", entry=entry.key, text=f"{kind_name(entry.kind)}没有写素材")
    if entry.kind == "link" and not (entry.media or hosts_of(words)):
        yield LintRow(code="media", entry=entry.key, text="link 没有写链接")
    for fault in media_faults(entry, plan.media):
        yield LintRow(code="media", entry=entry.key, text=fault)
    links = " ".join((words, *(entry.media if entry.kind == "link" else ())))
    for host in hosts_of(links):
        if leads_outside(host):
            yield LintRow(code="off_platform", entry=entry.key, text=f"链接 {host} 会把人带出微信")


def _known_fields(plan: Plan, entry: Entry) -> frozenset[str]:
    """Fields that are known of whoever gets the entry, whatever they have told."""
    persona = frozenset({"persona"} if plan.playbook.persona.name else ())
    if _goes_to_groups(entry):
        return _KNOWN_OF_GROUPS | persona
    tags = asked_for(entry.tags)
    return ALWAYS_KNOWN | persona | ({"tag"} if tags and not any(map(_is_no_tag, tags)) else set())


def _is_no_tag(tag: str) -> bool:
    """Whether it stands for people who have no tag of that name."""
    return any((signed_up_for(tag), stage_of_tag(tag), person_named(tag)))


def _goes_to_groups(entry: Entry) -> bool:
    return bool(entry.tiers or entry.groups) and not is_personal(entry)


def _audience(plan: Plan, one: LintEntry) -> Iterator[LintRow]:
    entry = one.entry
    if _goes_to_groups(entry):
        bound = {group.room for group in plan.groups}
        for room in entry.groups:
            if room not in bound:
                yield LintRow(code="unreachable", group=room, entry=entry.key, text="这个群没有绑定，不会往里发")
        return
    gatherings = {one.entry.key for one in plan.entries if one.entry.kind in ("gathering", "testers")}
    for tag in (*asked_for(entry.tags), *kept_out(entry.tags)):
        if (key := signed_up_for(tag)) and key not in gatherings:
            yield LintRow(code="unreachable", entry=entry.key, text=f"没有可以报名的排期「{key}」")
        if (word := stage_of_tag(tag)) and stage_named(word) not in {rule.stage for rule in plan.playbook.stages}:
            yield LintRow(code="unreachable", entry=entry.key, text=f"运营方案里没有写谁算{word}")
    if not asked_for(entry.tags) and not is_personal(entry):
        yield LintRow(code="unreachable", entry=entry.key, text="没有写层级、群或标签，谁也收不到")
    elif plan.accounts and not any(able.proactive and can_send(able, entry) for able in plan.accounts):
        yield LintRow(code="unreachable", entry=entry.key, text=f"没有账号能一对一发{kind_name(entry.kind)}")


def lint_holidays(plan: Plan) -> Iterator[LintRow]:
    """Working days and public holidays of a year that is not announced yet follow the weekday; better to know it."""
    for year in range(plan.first.year, plan.last.year + 1):
        if is_known(year):
            continue
        text = f"{year} 年的放假安排还没有，先按星期几算"
        concerned = [
            one.entry.key
            for one in plan.entries
            if isinstance(parse_rule(one.entry.rule), Workdays)
            and any(post.local_date.year == year for post in plan.days_of(one.entry))
        ]
        for key in sorted(concerned):
            yield LintRow(code="holiday_data", period=f"{year}", entry=key, text=text)
        if not concerned and "holidays" in plan.playbook.rest_days:
            yield LintRow(code="holiday_data", period=f"{year}", text=text)
