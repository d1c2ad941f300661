"""A new revision of the playbook comes into force; what was begun under an earlier one finishes under it."""

from __future__ import annotations

from handlers import digest
from models import effects as fx
from models.context import Context
from models.effects import Effect
from models.orders import ImportPlaybookOrder
from models.playbook import Playbook

CHANGED_MEANWHILE = "您改的时候有人存过新方案，这次没有存。先看看别人改了什么，再在新的上面改。"


def imported(order: ImportPlaybookOrder, context: Context) -> list[Effect]:
    """Put it in force, unless it is, or was made from one that no longer is."""
    if order.revision == context.merchant.revision:
        return [fx.Answered(text="方案没有变化")]
    merchant = context.merchant
    if order.base and order.base != merchant.revision:
        return [
            fx.Audit(
                actor=order.actor, action="playbook.import", target=order.revision, result="refused", reason="changed"
            ),
            fx.Answered(refused=CHANGED_MEANWHILE),
        ]
    account = next(iter(merchant.accounts), "")
    return [
        fx.PutPlaybook(revision=order.revision, body=order.body, toml=order.toml),
        fx.Audit(
            actor=order.actor,
            action="playbook.import",
            target=order.revision,
            reason=f"before: {merchant.revision}",
        ),
        *digest.look_next_morning(order.at, Playbook.from_json(order.body), merchant.zone, account),
        fx.Answered(text="新方案已生效；做到一半的建档按原来的问完。"),
    ]
