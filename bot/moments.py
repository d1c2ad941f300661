"""How a moment is written where programs read it."""

from __future__ import annotations

from datetime import datetime, tzinfo


def iso(moment: datetime | None, zone: tzinfo) -> str | None:
    """A moment as the contract writes it: ISO 8601 with the zone's offset."""
    return moment.astimezone(zone).isoformat() if moment else None
