"""python-telegram-bot: an update is decoded and processed by an application with 100 commands."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from telegram import Update, User
from telegram.ext import Application, CommandHandler

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.peers.telegram_update import COMMANDS, update
from bench.peers.timing import serve

handled = 0


async def handler(_update: Any, _context: Any) -> None:
    """What a command does here: nothing, but it is counted."""
    global handled  # noqa: PLW0603 - a counter of this process
    handled += 1


async def done() -> int:
    """How many were handled so far."""
    return handled


async def main() -> None:
    """Register and serve."""
    application = Application.builder().token("42:peer").updater(None).build()
    for name in COMMANDS:
        application.add_handler(CommandHandler(name, handler))
    # Without a network: what `initialize` would ask Telegram for.
    application.bot._bot_user = User(42, "peer", is_bot=True, username="peer_bot")
    application._initialized = True

    async def take(line: bytes) -> None:
        await application.process_update(Update.de_json(json.loads(line), application.bot))

    await serve(take, update, done)


if __name__ == "__main__":
    asyncio.run(main())
