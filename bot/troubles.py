"""What the program notices about itself, as events: the database fails and works again, an event is poison.

A database that cannot be written cannot keep an alert either. So its failure is logged at once, and becomes an event
when it can be written again, followed by its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from bot.store import Writing
from bot.store.engine import is_disk_full
from bot.store.journal import Outcome
from models.alerts import AlertKind
from models.context import MerchantView
from models.events import Event, TroubleBegan, TroubleEnded

log = structlog.get_logger("alerts")


@dataclass(frozen=True, slots=True)
class _Outage:
    kind: AlertKind
    since: datetime


class Troubles:
    """Collects what is to be told until it is written."""

    def __init__(self, merchants: Mapping[str, MerchantView], now: Callable[[], datetime]) -> None:
        self._merchants = merchants
        self._now = now
        self._outage: _Outage | None = None
        self.outage: AlertKind | None = None
        """What keeps us from using the database at this moment, for whoever looks."""
        self._untold: list[Event] = []

    def database_failed(self, error: OperationalError) -> None:
        """The database could not be used; said in the log once, however often it is tried again."""
        kind = self.outage = AlertKind.DISK_FULL if is_disk_full(error) else AlertKind.DATABASE
        if self._outage is None:
            self._outage = _Outage(kind, self._now())
            log.error("alert.began", kind=str(kind), error=str(error.orig))

    def database_used(self) -> None:
        """It was there, which says nothing of whether a disk has room."""
        if self.outage != AlertKind.DISK_FULL:
            self.outage = None

    def database_works(self) -> None:
        """It can be used again, and others tell of it: by our next order, which may be hours away, it is long over."""
        if self._outage is not None:
            log.info("alert.ended", kind=str(self._outage.kind))
            self._outage = None

    def written(self, outcomes: Sequence[Outcome]) -> list[Event]:
        """A batch was committed: what is to be told now, in a batch of its own."""
        self.outage = None
        if (outage := self._outage) is not None:
            self._outage = None
            now = self._now()
            for merchant in self._merchants:
                self._untold.append(TroubleBegan(merchant=merchant, at=outage.since, kind=outage.kind))
                self._untold.append(TroubleEnded(merchant=merchant, at=now, kind=outage.kind))
        for outcome in outcomes:
            if outcome.error and outcome.event.merchant in self._merchants:
                if isinstance(outcome.event, TroubleBegan | TroubleEnded):  # or a bug here would go round in circles
                    continue
                self._untold.append(
                    TroubleBegan(
                        merchant=outcome.event.merchant,
                        at=self._now(),
                        kind=AlertKind.POISON,
                        subject=str(type(outcome.event).__struct_config__.tag),
                    )
                )
        untold, self._untold = self._untold, []
        return untold

    def keep(self, events: Sequence[Event]) -> None:
        """They could not be written: for the next time."""
        self._untold[:0] = events


def log_alerts(writing: Writing) -> None:
    """Say in the log what was raised and what ended. What kept the database from being written was said before."""
    for merchant, kind, subject, open_now in writing.alerts:
        if not open_now:
            log.info("alert.ended", merchant=merchant, kind=kind, subject=subject)
        elif kind not in (AlertKind.DISK_FULL, AlertKind.DATABASE):
            log.warning("alert.began", merchant=merchant, kind=kind, subject=subject)
