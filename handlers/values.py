"""What the fields of a text are filled with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from content_calendar.render import Rendered, render, spoken
from content_calendar.wording import PART_MARK, parts_of, said
from handlers.revisions import once_a_revision
from models.context import GroupView, MerchantView, PersonView
from models.deliveries import Cause
from models.fields import fields_of
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

    Of the answers only those that the `template` has fields for, if one is given: to say one costs the most.
    """
    playbook = merchant.playbook
    values = {"persona": playbook.persona.name, "shop": merchant.name}
    if group is not None:
        values |= {"group": group.topic, "tier": group.tier or ""}
    if person is not None:
        theirs = [groups[identity] for identity in sorted(person.groups) if identity in groups] if person.groups else ()
        tier = next((one.tier for one in theirs if one.tier), "")
        friendship = person.friendships.get(account)
        values = {
            "name": address(playbook, person),
            "nick": person.name,
            "tag": min(person.tags, default=""),
            "tier": tier,
            "group": next((one.topic for one in theirs if one.tier), ""),
            "source": person.source,
            "remark": friendship.remark if friendship else "",
            "coupon": person.survey.coupon if person.survey else "",
            **{name: value for name, value in values.items() if value},
            **(_answers(playbook, person, None if template is None else _named(template)) if person.answers else {}),
        }
    return {name: value for name, value in values.items() if value}


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
