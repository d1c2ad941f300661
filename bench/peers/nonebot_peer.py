"""nonebot2: an event of OneBot is decoded and handled by a bot with 100 commands."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import nonebot
from nonebot.adapters.onebot.v11 import Adapter, Bot

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.peers.onebot_event import COMMANDS, SELF, command
from bench.peers.timing import serve

handled = 0


async def handler() -> None:
    """What a command does here: nothing, but it is counted."""
    global handled  # noqa: PLW0603 - a counter of this process
    handled += 1


async def done() -> int:
    """How many were handled so far."""
    return handled


async def main() -> None:
    """Register and serve."""
    for name in COMMANDS:
        nonebot.on_command(name).append_handler(handler)
    adapter = Adapter(nonebot.get_driver())
    bot = Bot(adapter, str(SELF))

    async def take(line: bytes) -> None:
        event = Adapter.json_to_event(json.loads(line))
        assert event is not None
        await bot.handle_event(event)

    await serve(take, command, done)


if __name__ == "__main__":
    nonebot.init(driver="~none", log_level="ERROR")
    asyncio.run(main())
