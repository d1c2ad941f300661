"""What the fields of a text are filled with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from content_calendar.render import Rendered, render, spoken
from content_calendar.wording import PART_MARK, parts_of, said
from handlers.revisions import once_a_revision
from models.context import GroupView, MerchantView, PersonView
from models.deliveries import Cause
from models.fields import STANDARD_FIELDS, fields_of
from models.playbook import Playbook

# Fields whose words are the shop's.
_OURS = ("persona", "shop", "tag", "tier", "group", "source")
_NAMELESS = {"name": "朋友", "nick": "朋友"}
NOTHING_FOR_THEM = "text"
"""Stands for an unknown field where a text has wordings for others only."""


def values_for(
    merchant: MerchantView,
    person: PersonView | None,
    group: GroupView | None,
    groups: Mapping[int, GroupView],
    account: str,
    template: str | None = None,
) -> dict[str, str]:
    """Values by field, for a text to a person, to a group, or to a person about a group; unknown ones are absent.

    Only those that the `template` has fields for, if one is given: mostly that is one.
    """
    wanted = STANDARD_FIELDS if template is None else _named(template)
    values = {name: _standard(name, merchant, person, group, groups, account) for name in wanted}
    if person is not None and person.answers:
        values |= _answers(merchant.playbook, person, None if template is None else wanted)
    return {name: value for name, value in values.items() if value}


def _standard(
    name: str,
    merchant: MerchantView,
    person: PersonView | None,
    group: GroupView | None,
    groups: Mapping[int, GroupView],
    account: str,
) -> str:
    """What one of `STANDARD_FIELDS` is filled with; empty where that is unknown, and for all others."""
    match name:
        case "persona":
            return merchant.playbook.persona.name
        case "shop":
            return merchant.name
        case "group" if group is not None and group.topic:
            return group.topic
        case "tier" if group is not None and group.tier:
            return group.tier
    if person is None:
        return ""
    match name:
        case "name":
            return address(merchant.playbook, person)
        case "nick":
            return person.name
        case "tag":
            return min(person.tags, default="")
        case "tier":
            return next((one.tier for one in _theirs(person, groups) if one.tier), "")
        case "group":
            return next((one.topic for one in _theirs(person, groups) if one.tier), "")
        case "source":
            return person.source
        case "remark":
            friendship = person.friendships.get(account)
            return friendship.remark if friendship else ""
        case "coupon":
            return person.survey.coupon if person.survey else ""
        case _:
            return ""


def _theirs(person: PersonView, groups: Mapping[int, GroupView]) -> Iterator[GroupView]:
    """Those of the groups that they are in."""
    return (groups[identity] for identity in sorted(person.groups) if identity in groups)


def as_said(
    template: str,
    part: int,
    values: Mapping[str, str],
    person: PersonView | None,
    group: GroupView | None,
    stage: str | None = None,
) -> Rendered:
    """A part (from 1) of a text of the calendar as it is said to a person, or in a group, with its fields filled.

    What is unknown in a later part is missing in the first already, so that nothing stops halfway.
    """
    if person is not None:
        tiers, tags = person.tiers, person.tags
    else:
        tiers, tags = frozenset({group.tier} if group and group.tier else ()), frozenset()
    texts = [said(template, part, tiers, tags, stage)]
    if part == 1 and PART_MARK in template:
        texts += [said(template, number, tiers, tags, stage) for number in range(2, 1 + len(parts_of(template)))]
    found = [Rendered("", (NOTHING_FOR_THEM,)) if text is None else render(text, values) for text in texts]
    return Rendered(found[0].text, tuple(name for one in found for name in one.missing))


def filled(
    template: str,
    part: int,
    cause: Cause,
    values: Mapping[str, str],
    person: PersonView | None,
    group: GroupView | None,
    *,
    by_entry: bool,
    stage: str | None = None,
) -> Rendered:
    """A template of the calendar (`by_entry`) or of ours, with its fields filled.

    Nobody is left ungreeted or unasked because they have no nickname.
    """
    if by_entry:
        return as_said(template, part, values, person, group, stage)
    nobody_is_skipped = cause in (Cause.GREETING, Cause.SURVEY)
    return render(template, {**_NAMELESS, **values} if nobody_is_skipped else values)


def of_their_own(values: Mapping[str, str]) -> tuple[str, ...]:
    """What a text to somebody may have in it that is of their own making."""
    return tuple(value for name, value in values.items() if name not in _OURS)


def address(playbook: Playbook, person: PersonView) -> str:
    """The form of address that they gave, else their nickname."""
    for key in _asks_for_a_name(playbook):
        if (answer := person.answers.get(key)) and answer.value:
            return str(answer.value)
    return person.name


@once_a_revision
def _asks_for_a_name(playbook: Playbook) -> tuple[str, ...]:
    return tuple(question.key for question in playbook.survey.questions if question.type == "name")


@lru_cache(maxsize=256)
def _named(template: str) -> frozenset[str]:
    """The fields of a template; many deliveries have the same one."""
    return frozenset(field.name for field in fields_of(template))


def _answers(playbook: Playbook, person: PersonView, wanted: Collection[str] | None) -> dict[str, str]:
    spoken_answers = {}
    for key, value in person.answered().items():
        if wanted is not None and key not in wanted:
            continue
        question = playbook.question(key)
        labels = {option.value: option.label or option.value for option in question.options} if question else {}
        spoken_answers[key] = spoken(value, question.type if question else "", labels)
    return spoken_answers
