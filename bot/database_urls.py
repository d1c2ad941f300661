"""What the URL of a database says; nothing of a database is imported to know it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite URL, or None for another database."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
