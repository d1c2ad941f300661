"""What finishing the survey does, by the playbook: tags, a tier or a group, a coupon's name, who looks after them."""

from __future__ import annotations

import msgspec

from models.conditions import Facts, holds
from models.playbook import Playbook


class Completed(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules that hold say together."""

    tags: tuple[str, ...] = ()
    tier: str = ""
    group: str = ""
    coupon: str = ""
    owner: str = ""


def completed(playbook: Playbook, facts: Facts) -> Completed:
    """The tags of all rules that hold; of tier, group, coupon and owner the first that one of them names."""
    rules = [rule for rule in playbook.survey.completion if rule.when is None or holds(rule.when, facts)]
    return Completed(
        tags=tuple(dict.fromkeys(tag for rule in rules for tag in rule.tags)),
        tier=next((rule.tier for rule in rules if rule.tier), ""),
        group=next((rule.group for rule in rules if rule.group), ""),
        coupon=next((rule.coupon for rule in rules if rule.coupon), ""),
        owner=next((rule.owner for rule in rules if rule.owner), ""),
    )
