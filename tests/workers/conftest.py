"""The databases that workers share."""

from __future__ import annotations

import os

from tests.store.databases import postgresql_url, sqlite_url

# The longest of the plays belongs to `make crash`.
collect_ignore = [] if os.environ.get("CRASH_EVERY_PLACE") == "yes" else ["test_busy_evening.py"]

__all__ = ["postgresql_url", "sqlite_url"]
