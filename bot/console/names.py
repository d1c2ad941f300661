"""What things are called on every page: who did something, an account."""

from __future__ import annotations

from bot.console.visit import Visit
from models.erasure import is_nameless

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
    """One of our accounts by its name in the configuration, with its id where another of the shop has the same name."""
    names = {one.id: one.name for one in visit.site.config.accounts if one.merchant == visit.merchant.id}
    name = names.get(account) or account
    return f"{name}（{account}）" if list(names.values()).count(name) > 1 else name
