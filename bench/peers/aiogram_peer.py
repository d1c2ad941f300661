"""aiogram: an update is decoded by pydantic and fed to a dispatcher with 100 commands."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.filters import Command
from aiogram.types import Update

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.peers.telegram_update import COMMANDS, update
from bench.peers.timing import serve

handled = 0


async def handler(_message: Any) -> None:
    """What a command does here: nothing, but it is counted."""
    global handled  # noqa: PLW0603 - a counter of this process
    handled += 1


async def done() -> int:
    """How many were handled so far."""
    return handled


async def main() -> None:
    """Register and serve."""
    bot, dispatcher = Bot("42:peer"), Dispatcher()
    for name in COMMANDS:
        dispatcher.message.register(handler, Command(name))

    async def take(line: bytes) -> None:
        await dispatcher.feed_update(bot, Update.model_validate(json.loads(line), context={"bot": bot}))

    await serve(take, update, done)


if __name__ == "__main__":
    asyncio.run(main())
