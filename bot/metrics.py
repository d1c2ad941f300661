"""Figures of the running program for Prometheus, and whether it is well. No names, no messages.

What happens is counted as it happens, a batch or a delivery at a time. What there is is looked up when it is asked for,
by a few statements on a connection that cannot write.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from bot.app import App
from bot.store import Planned, Writing
from bot.store.journal import Outcome
from models.deliveries import Delivery, DeliveryState
from models.events import SendAnswered
from models.operations import Timer

# A program whose loop has not come round for so long is stuck, whatever its threads say. Seconds.
STUCK_AFTER = 15.0

# Reasons stand with these; with `claimed` and `sent` there are none.
_HELD_OR_ENDED = frozenset(
    {DeliveryState.WAITING, DeliveryState.SKIPPED, DeliveryState.EXPIRED, DeliveryState.FAILED, DeliveryState.CANCELLED}
)
_LAGS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

# In the words of the partial indexes, so that what was sent long ago is not looked at.
_OPEN_NOW = (
    select(col(Delivery.account_id), col(Delivery.state), func.count(), func.min(col(Delivery.next_at)))
    .where(text("state IN ('planned', 'waiting')"))
    .group_by(col(Delivery.account_id), col(Delivery.state))
)
_IN_FLIGHT = (
    select(col(Delivery.account_id), col(Delivery.state), func.count())
    .where(text("state IN ('claimed', 'unknown')"))
    .group_by(col(Delivery.account_id), col(Delivery.state))
)
_FIRST_TIMER = select(col(Timer.at)).order_by(col(Timer.at)).limit(1)


class Metrics:
    """The figures of one program. `tick` is called by its loop every second."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._ticked_at = time.monotonic()
        self.registry = CollectorRegistry()
        self._events = Counter("zhanggui_events", "Events decided and committed", registry=self.registry)
        self._duplicates = Counter(
            "zhanggui_duplicate_events", "Events that had been decided before", registry=self.registry
        )
        self._poison = Counter("zhanggui_poison_events", "Events whose decision failed", registry=self.registry)
        self._lag = Histogram(
            "zhanggui_decide_lag_seconds",
            "From the arrival of the first event of a batch to the commit of the batch",
            buckets=_LAGS,
            registry=self.registry,
        )
        self._sends = Counter(
            "zhanggui_sends", "Answers of platforms to sends", ["account", "answer"], registry=self.registry
        )
        self._states = Counter(
            "zhanggui_delivery_states", "Deliveries that entered a state", ["state"], registry=self.registry
        )
        self._refusals = Counter(
            "zhanggui_refusals",
            "Deliveries that were held back or ended, by the reason given",
            ["state", "reason"],
            registry=self.registry,
        )
        self.registry.register(self)
        app.committed.append(self._count_batch)
        app.dispatcher.listeners.append(self._count_send)
        app.store.listeners.append(self._count_states)

    def tick(self) -> None:
        """The loop of the program has come round."""
        self._ticked_at = time.monotonic()

    def page(self) -> bytes:
        """What Prometheus reads."""
        return generate_latest(self.registry)

    def illness(self) -> str:
        """What is wrong now, in a few words; empty if nothing is."""
        if (stuck := time.monotonic() - self._ticked_at) > STUCK_AFTER:
            return f"the loop has been stuck for {stuck:.0f} s"
        ills = []
        keeper, leases = self._app.keeper, self._app.store.leases
        if keeper is not None and leases is not None and keeper.age > leases.lease.total_seconds():
            ills.append(f"no heartbeat for {keeper.age:.0f} s")
        try:
            with self._app.store.reading() as connection:
                connection.execute(select(1))
        except DBAPIError:  # which is usually why there is no heartbeat, too
            ills.append("the database cannot be read")
        return "; ".join(ills)

    @property
    def accounts(self) -> list[str]:
        """The accounts that this program attends to."""
        keeper = self._app.keeper
        return keeper.accounts if keeper is not None else sorted(self._app.accounts)

    def collect(self) -> Iterator[Metric]:
        """What there is at this moment; called by the registry."""
        keeper = self._app.keeper
        yield _gauge("zhanggui_intake_queue", "Events that wait to be decided", self._app.intake.waiting)
        yield _gauge(
            "zhanggui_heartbeat_age_seconds",
            "Seconds since the leases were last renewed; since the loop came round, where there are none",
            time.monotonic() - self._ticked_at if keeper is None else keeper.age,
        )
        online = GaugeMetricFamily(
            "zhanggui_account_online", "Whether an account that is kept here can send", labels=["account"]
        )
        for account in self.accounts:
            online.add_metric([account], float(account in self._app.dispatcher.accounts))
        yield online
        try:
            yield from self._from_database()
        except DBAPIError:
            yield _gauge("zhanggui_database_up", "Whether the database can be read", 0)
        else:
            yield _gauge("zhanggui_database_up", "Whether the database can be read", 1)

    def describe(self) -> list[Metric]:
        """Nothing beforehand: registering must not ask the database."""
        return []

    def _from_database(self) -> Iterator[Metric]:
        now = self._app.now()
        depth = GaugeMetricFamily(
            "zhanggui_deliveries", "Deliveries that have not come to an end", labels=["account", "state"]
        )
        overdue = GaugeMetricFamily(
            "zhanggui_delivery_lag_seconds", "How long the most overdue delivery is due", labels=["account"]
        )
        with self._app.store.reading() as connection:
            open_now = connection.execute(_OPEN_NOW).all()
            in_flight = connection.execute(_IN_FLIGHT).all()
            timer = connection.execute(_FIRST_TIMER).scalar()
        lags: dict[str, float] = {}
        for account, state, count, next_at in open_now:
            depth.add_metric([account, state], count)
            lags[account] = max(lags.get(account, 0.0), _since(now, next_at))
        for account, state, count in in_flight:
            depth.add_metric([account, state], count)
        for account, lag in lags.items():
            overdue.add_metric([account], lag)
        yield depth
        yield overdue
        yield _gauge("zhanggui_timer_lag_seconds", "How long the most overdue timer is due", _since(now, timer))

    def _count_batch(self, outcomes: Sequence[Outcome]) -> None:
        if not outcomes:
            return
        duplicates = sum(outcome.duplicate for outcome in outcomes)
        self._duplicates.inc(duplicates)
        self._events.inc(len(outcomes) - duplicates)
        self._poison.inc(sum(bool(outcome.error) for outcome in outcomes))
        if (received_at := outcomes[0].event.received_at) is not None:
            self._lag.observe(_since(self._app.now(), received_at))

    def _count_send(self, answered: SendAnswered) -> None:
        self._sends.labels(answered.account, answered.answer).inc()

    def _count_states(self, writing: Writing) -> None:
        for one in writing.noted:
            self._states.labels(str(one.state)).inc(len(one.ids) if isinstance(one, Planned) else 1)
            if one.reason and one.state in _HELD_OR_ENDED:
                count = len(one.ids) if isinstance(one, Planned) else 1
                self._refusals.labels(str(one.state), one.reason).inc(count)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def _since(now: datetime, moment: Any) -> float:
    return 0.0 if moment is None else max(0.0, float((now - moment).total_seconds()))
