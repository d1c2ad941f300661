"""Each delivery of an occurrence and its first state begin under one id, whichever way that was found."""

from __future__ import annotations

import pytest

from models.deliveries import Delivery, DeliveryChange
from tests.store.stage import shop
from tests.store.test_calendar_rows import expansion, keys, tag


@pytest.mark.parametrize("early", [(), ("wx1",), ("wx2",), ("wx3",), ("wx1", "wx3")])
def test_each_begins_under_its_own_id_whoever_had_it_already(database_url: str, early: tuple[str, ...]) -> None:
    with shop(database_url) as stage:
        tag(stage, **{name: f"宝妈{' 先' * (name in early)}" for name in ("wx1", "wx2", "wx3")})
        stage.bring_about(expansion(tags=("先",)))
        first = {row.id for row in stage.rows(Delivery)}
        stage.bring_about(expansion(tags=("宝妈",)))
        rows = sorted(stage.rows(Delivery), key=lambda row: row.id)
        assert keys(stage) == [f"entry:e1:2026-11-23:wx{n}" for n in (1, 2, 3)]
        assert {row.key.rpartition(":")[2] for row in rows if row.id in first} == set(early)
        began = [(change.id, change.delivery_id, change.state) for change in stage.rows(DeliveryChange)]
        assert began == [(row.id, row.id, "planned") for row in rows]
