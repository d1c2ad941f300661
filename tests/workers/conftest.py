"""The databases that workers share."""

from __future__ import annotations

from tests.store.databases import postgresql_url, sqlite_url

__all__ = ["postgresql_url", "sqlite_url"]
