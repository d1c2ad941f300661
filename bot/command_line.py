"""A command line from a shell: read it, and have it dealt with where it belongs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bot import cli
from bot.cli.places import database_url
from bot.clock import utc_now
from bot.config import load_config
from bot.control import Busy, Holding, hand_over
from bot.desk import Answer
from bot.faults import ConfigFaults
from bot.rehearsal import closed_desk
from bot.store import Store
from bot.store.backup import BackupError
from bot.store.migrating import NewerDatabase, upgrade
from bot.story_faults import StoryFault
from bot.transports.simulator import UnknownAccount

BAD_INPUT = 2
_MISTAKES = (ConfigFaults, StoryFault, UnknownAccount, BackupError, NewerDatabase, Busy, cli.BadUsage)


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit status: 2 for what a person got wrong, said in one clear sentence."""
    try:
        result = cli.read(argv)
        if callable(result):
            answer = _at_a_desk(argv)
            sys.stdout.write(answer.out)
            return answer.exit
    except _MISTAKES as mistake:
        sys.stderr.write(f"{mistake}\n")
        return BAD_INPUT
    except click.exceptions.Abort:
        return 1
    except BrokenPipeError:
        return 0
    return result if isinstance(result, int) else 0


def _at_a_desk(argv: Sequence[str]) -> Answer:
    """In the bot that runs on this database, else on the database itself."""
    config = load_config(Path(_option(argv, "--config") or cli.options.CONFIG), os.environ)
    url = database_url(config, _option(argv, "--db"))
    answer = hand_over(url, argv, Path.cwd())
    if answer is not None:
        return answer
    with Holding(url):
        upgrade(url)
        with contextlib.closing(Store(url, utc_now)) as store:
            desk = closed_desk(config, store, utc_now, Path.cwd())
            return asyncio.run(cli.execute(argv, desk))


def _option(argv: Sequence[str], name: str) -> str:
    for position, word in enumerate(argv):
        if word == name and position + 1 < len(argv):
            return argv[position + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return ""
