"""Where the database is."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.config import Config
from bot.config_values import without_password
from bot.desk import Refused


def database_url(config: Config, db: str, what: str = "--db") -> str:
    """The URL of `--db`, or of `what` else was given as a file or a URL; if empty, the configuration's. Raises
    `Refused`."""
    if not db:
        return config.database.url
    if db.startswith("--"):
        raise _refused(what, db)
    if "://" not in db:
        if Path(db).is_dir():
            raise Refused(f"{what} 要写一个文件，{db} 是文件夹")
        return f"sqlite:///{Path(db).absolute()}"
    try:
        url = make_url(db)
    except (ArgumentError, ValueError):
        raise _refused(what, db) from None
    if url.drivername not in {"sqlite", "postgresql+psycopg"} or not url.database:
        raise _refused(what, db)
    if "@" in (url.host or ""):  # half of the password would be taken for the host, and be shown as such
        raise Refused(f"{what} 写的是 {without_password(db)}：密码里的 @ 要写成 %40")
    return db


def _refused(what: str, found: str) -> Refused:
    return Refused(
        f"{what} 写的是 {without_password(found)}：要写一个文件，或 sqlite:///文件，"
        "或 postgresql+psycopg://用户:密码@主机/库"
    )
