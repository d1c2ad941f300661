"""Where the database is."""

from __future__ import annotations

from pathlib import Path

from bot.config import Config


def database_url(config: Config, db: str) -> str:
    """The URL of `--db` (a file or a URL), else the configuration's."""
    if not db:
        return config.database.url
    return db if "://" in db else f"sqlite:///{Path(db).absolute()}"
