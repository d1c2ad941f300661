"""Where the database is."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.config import Config
from bot.config_values import DATABASE_URLS
from bot.desk import Refused


def database_url(config: Config, db: str) -> str:
    """The URL of `--db` (a file or a URL), else the configuration's. Raises `Refused`."""
    if not db:
        return config.database.url
    if db.startswith("--"):
        raise _refused()
    if "://" not in db:
        if Path(db).is_dir():
            raise Refused(f"--db 要写一个文件，{db} 是文件夹")
        return f"sqlite:///{Path(db).absolute()}"
    try:
        url = make_url(db)
    except (ArgumentError, ValueError):
        raise _refused() from None
    if url.drivername not in {"sqlite", "postgresql+psycopg"} or not url.database:
        raise _refused()
    return db


def _refused() -> Refused:
    return Refused(f"--db 要写一个文件，或 {DATABASE_URLS}")
