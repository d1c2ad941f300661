"""nonebot-plugin-chatrecorder on SQLite: each message of a group is decoded, handled and logged."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nonebot
from nonebot.adapters.onebot.v11 import Adapter, Bot

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.peers.onebot_event import SELF, talk
from bench.peers.timing import serve


class Gateway(Bot):  # type: ignore[misc]
    """A bot whose gateway answers at once what the plugin asks about a group and its member."""

    async def call_api(self, api: str, **data: Any) -> Any:
        """The names that the plugin keeps with a message."""
        if api == "get_group_info":
            return {"group_id": data["group_id"], "group_name": "酒友社"}
        return {"nickname": "林间", "card": "", "role": "member", "sex": "unknown", "join_time": 0} | data


async def main() -> None:
    """Prepare the database as the plugin's own migrations do, and serve."""
    from nonebot_plugin_chatrecorder import MessageRecord
    from nonebot_plugin_orm import get_session
    from sqlalchemy import func, select

    await nonebot.get_driver()._lifespan.startup()
    bot = Gateway(Adapter(nonebot.get_driver()), str(SELF))

    async def take(line: bytes) -> None:
        event = Adapter.json_to_event(json.loads(line))
        assert event is not None
        await bot.handle_event(event)

    async def logged() -> int:
        async with get_session() as session:
            return int(await session.scalar(select(func.count()).select_from(MessageRecord)))

    await serve(take, talk, logged)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-", dir=sys.argv[1]) as folder:
        database = Path(folder).resolve() / "chat.db"
        os.chdir(folder)  # the plugin takes a folder `migrations` of where it runs for its own
        nonebot.init(
            driver="~none",
            log_level="ERROR",
            sqlalchemy_database_url=f"sqlite+aiosqlite:///{database}",
            alembic_startup_check=False,
            localstore_use_cwd=False,
            localstore_data_dir=database.parent,
            localstore_cache_dir=database.parent,
            localstore_config_dir=database.parent,
        )
        nonebot.require("nonebot_plugin_chatrecorder")
        asyncio.run(main())
