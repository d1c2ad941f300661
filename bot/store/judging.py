"""What the gate says of a delivery, and when it has been typed, by what was loaded of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import structlog

from bot.pace import leaves_at
from bot.store.facts import Loaded
from handlers.gate import Candidate, End, Verdict, judge
from models.context import MerchantView
from models.deliveries import Cause, DeliveryKind, DeliveryState, Lane

log = structlog.get_logger("outbox")


def ready_at(merchant: MerchantView, loaded: Loaded, row: Any, candidate: Candidate) -> datetime:
    """When a delivery that may leave has been typed."""
    budget = loaded.budgets[row.account_id]
    return leaves_at(
        merchant.playbook,
        merchant.seed,
        key=row.key,
        lane=candidate.lane,
        cause=candidate.cause,
        characters=0 if candidate.is_act else len(candidate.text),
        due=row.due_at if row.attempts == 0 else row.next_at,
        last_left=budget.last_left,
        gaps=1 / merchant.playbook.pace.share_after_too_frequent if budget.speed.lowered else 1,
    )


def judged(loaded: Loaded, row: Any) -> tuple[Candidate, Verdict]:
    """What the gate says. A delivery that cannot even be judged fails, or it would stop the account at every start."""
    try:
        candidate, facts = _candidate(loaded, row), loaded.facts(row)
        verdict = judge(candidate, facts)
        if row.lane == Lane.REPLY and isinstance(verdict, End) and verdict.reason == "words":
            # Perhaps it is a word of their own: what those are is only found out when it matters.
            candidate = msgspec.structs.replace(candidate, their_words=loaded.their_words(row))
            verdict = judge(candidate, facts)
        return candidate, verdict
    except Exception:
        log.exception("delivery.poison", key=row.key)
        unreadable = Candidate(key=row.key, kind=DeliveryKind.TEXT, lane=Lane(row.lane), cause=Cause(row.cause))
        return unreadable, End("error", DeliveryState.FAILED)


def _candidate(loaded: Loaded, row: Any) -> Candidate:
    rendered = loaded.text(row)
    return Candidate(
        key=row.key,
        kind=_KINDS[row.kind],
        lane=_LANES[row.lane],
        cause=_CAUSES[row.cause],
        text=rendered.text,
        missing_fields=rendered.missing,
        to_group=row.group_id is not None and row.contact_id is None,
        not_after=row.not_after,
        about_consent=row.about_consent,
        approved=row.approved,
        is_rest=row.part > 1,
    )


# To ask an enum of Python's for a member takes a microsecond.
_KINDS = {kind.value: kind for kind in DeliveryKind}
_LANES = {lane.value: lane for lane in Lane}
_CAUSES = {cause.value: cause for cause in Cause}
