"""What the fields of a text are filled with."""

from __future__ import annotations

from collections.abc import Mapping

from content_calendar.render import spoken
from models.context import GroupView, MerchantView, PersonView
from models.playbook import Playbook

NAMELESS = {"name": "朋友", "nick": "朋友"}
"""Who has no nickname yet is greeted and asked all the same."""


def values_for(
    merchant: MerchantView,
    person: PersonView | None,
    group: GroupView | None,
    groups: Mapping[int, GroupView],
    account: str,
) -> dict[str, str]:
    """Values by field, for a text to a person, to a group, or to a person about a group; unknown ones are absent."""
    playbook = merchant.playbook
    values = {"persona": playbook.persona.name, "shop": merchant.name}
    if group is not None:
        values |= {"group": group.topic, "tier": group.tier or ""}
    if person is not None:
        theirs = [groups[identity] for identity in sorted(person.groups) if identity in groups]
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
            **_answers(playbook, person),
        }
    return {name: value for name, value in values.items() if value}


def address(playbook: Playbook, person: PersonView) -> str:
    """The form of address that they gave, else their nickname."""
    for question in playbook.survey.questions:
        if question.type == "name" and (answer := person.answers.get(question.key)) and answer.value:
            return str(answer.value)
    return person.name


def _answers(playbook: Playbook, person: PersonView) -> dict[str, str]:
    spoken_answers = {}
    for key, value in person.answered().items():
        question = playbook.question(key)
        labels = {option.value: option.label or option.value for option in question.options} if question else {}
        spoken_answers[key] = spoken(value, question.type if question else "", labels)
    return spoken_answers
