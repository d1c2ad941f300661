"""A command line from a shell: read it, and have it dealt with where it belongs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import typer

from bot import cli
from bot.article_titles import title_of
from bot.cli.mistakes import MISTAKES, BadUsage, told
from bot.cli.places import database_url
from bot.client import BAD_INPUT, INTERRUPTED, SHOWN_AFTER_SECONDS, Busy, hand_over, option, say, unread
from bot.clock import utc_now
from bot.config import load_config
from bot.control import Holding
from bot.database_urls import sqlite_path
from bot.desk import Answer
from bot.logs import set_up_logs
from bot.moved import without_orders
from bot.rehearsal import closed_desk
from bot.store import Store
from bot.store.migrating import upgrade
from bot.terminal import shown_waiting

# Another command is done in a moment, a bot that is just starting can soon be asked.
PATIENCE_SECONDS = 5.0
_A_MOMENT = 0.05


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit status: 2 for what a person got wrong, said in one clear sentence."""
    set_up_logs("WARNING")  # `run` goes by its configuration
    try:
        _check(argv)
        result = cli.read(argv)
        if callable(result):
            with shown_waiting(SHOWN_AFTER_SECONDS):
                answer, remark = _at_a_desk(argv)
            sys.stderr.write(remark)  # not in the middle of the bar
            result = say(answer.out, answer.exit)
        sys.stdout.flush()
    except BrokenPipeError:
        return unread()
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except MISTAKES as mistake:
        sys.stderr.write(f"{told(mistake)}\n")
        return BAD_INPUT
    return result if isinstance(result, int) else 0


def _at_a_desk(argv: Sequence[str]) -> tuple[Answer, str]:
    """In the bot that runs on this database, else on the database itself; and what is to be said of that. Raises `Busy`
    when neither gets free."""
    config = load_config(Path(option(argv, "--config") or cli.options.CONFIG), os.environ)
    url = database_url(config, option(argv, "--db"))
    patient_until = time.monotonic() + PATIENCE_SECONDS
    while True:
        handed = hand_over(url, argv, Path.cwd())
        if handed is not None:
            return Answer(*handed), ""
        try:
            # PostgreSQL has many writers: a command line works beside the bot.
            with Holding(url) if sqlite_path(url) else contextlib.nullcontext():
                named = sqlite_path(url) if option(argv, "--db") else None
                is_new = named is not None and not named.exists()
                upgrade(url)
                with contextlib.closing(Store(url, utc_now)) as store:
                    desk = replace(closed_desk(config, store, utc_now, Path.cwd()), title_of=title_of)
                    answer = asyncio.run(cli.execute(argv, without_orders(desk, url)))
                if is_new and answer.exit == 0:  # a name that was mistyped must not look like a shop without customers
                    return answer, f"还没有数据库 {named}，新建了一个空的。\n"
                return answer, ""
        except Busy:
            if time.monotonic() > patient_until:
                raise
        time.sleep(_A_MOMENT)


def _check(argv: Sequence[str]) -> None:
    for word in argv:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise BadUsage(f"看不懂这条命令：{os.fsencode(word)!r} 不是 UTF-8 文字。") from None
