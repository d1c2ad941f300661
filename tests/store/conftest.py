"""The databases that the tests of the store run on."""

from __future__ import annotations

from tests.store.databases import database_url, empty_url, postgresql_url, sqlite_url

__all__ = ["database_url", "empty_url", "postgresql_url", "sqlite_url"]
