"""The databases that are to survive a crash."""

from __future__ import annotations

from tests.store.databases import database_url, empty_url, postgresql_url, sqlite_url

__all__ = ["database_url", "empty_url", "postgresql_url", "sqlite_url"]
