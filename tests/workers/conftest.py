"""The databases that workers share."""

from __future__ import annotations

import os

from tests.store.databases import postgresql_url, sqlite_url

# The longest of the plays belong to `make crash`; that four workers which are killed do as one is in every run.
_LONG = ["test_busy_evening.py", "test_stand_by.py", "test_three_shops.py"]
collect_ignore = [] if os.environ.get("CRASH_EVERY_PLACE") == "yes" else _LONG

__all__ = ["postgresql_url", "sqlite_url"]
