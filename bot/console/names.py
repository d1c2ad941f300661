"""What things are called on every page: who did something, an account, a question and its answer."""

from __future__ import annotations

from typing import Any

from bot.console.visit import Visit
from content_calendar.render import spoken
from models.erasure import is_nameless
from models.playbook import Playbook

KEPT = "（先记着，不再问）"
"""What somebody told before the question that it depends on."""
FORGOTTEN = "已忘记的客户"
_NOBODY_IN_PERSON = {"": "命令行", "operator": "命令行", "practice": "演练场自带"}


def doer(actor: str) -> str:
    """Who did something: the console's people by the name they sign in with."""
    return _NOBODY_IN_PERSON.get(actor, actor.removeprefix("console:"))


def person_name(contact: str, name: str | None) -> str:
    """A person by their name, else by their id; who was forgotten has neither."""
    return FORGOTTEN if is_nameless(contact) else name or contact


def account_name(visit: Visit, account: str) -> str:
    """One of our accounts by its name in the configuration."""
    return next((one.name for one in visit.site.config.accounts if one.id == account and one.name), account)


def question_of(playbook: Playbook, key: str) -> str:
    """What a question asks; what is known without having been asked goes by its key."""
    question = playbook.question(key)
    return question.texts[0] if question and question.texts else key


def answer_of(playbook: Playbook, key: str, value: Any) -> str:
    """An answer as one says it, options by their labels."""
    question = playbook.question(key)
    labels = {option.value: option.label or option.value for option in question.options} if question else {}
    return spoken(value, question.type if question else "", labels)
