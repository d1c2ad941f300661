"""What is said of a database file that was moved to PostgreSQL: it can be looked at, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.config import Config
from bot.database_urls import sqlite_path
from bot.desk import Desk, Refused
from bot.store.journal import Outcome
from bot.store.moving import Moved, moved_from
from models.events import Event


def refuse_moved(url: str, config: Config) -> None:
    """Keep everybody from sending with a file that was moved. Raises `Refused`."""
    if (moved := moved_from(url)) is not None:
        raise Refused("：".join(words_of(moved, url, config)))


def without_orders(desk: Desk, url: str) -> Desk:
    """The desk, which answers questions only if its file was moved: orders would not be seen on the other side."""
    moved = moved_from(url)
    if moved is None:
        return desk
    refusal = "：".join(words_of(moved, url, desk.config))

    async def ask(_event: Event) -> Outcome:
        raise Refused(refusal)

    return replace(desk, ask=ask)


def words_of(moved: Moved, url: str, config: Config) -> tuple[str, str]:
    """What is the matter with a file that was moved, and what helps."""
    path = sqlite_path(url)
    back = f"要退回来用这个文件，先停掉那边，再运行 python -m bot db restore --db {path}"
    return (
        f"{path} 已在 {when(moved, config)} 搬到 {moved.target}，只能看，不能再用它发消息、改东西",
        f"把 [database] url 改成那边的地址；{back}",
    )


def when(moved: Moved, config: Config) -> str:
    """The minute of a move, as the shop's clock showed it."""
    return f"{moved.at.astimezone(ZoneInfo(config.merchants[0].timezone)):%Y-%m-%d %H:%M}"
