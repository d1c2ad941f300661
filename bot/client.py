"""A command line and the bot that runs: it is handed over before anything is imported that only a desk needs, which
would be more than half of what a command takes."""

from __future__ import annotations

import fcntl
import io
import json
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.database_urls import sqlite_path

# What a desk cannot deal with: it needs a process of its own.
OWN_PROCESS = frozenset({"run", "console", "rehearse", "ahead", "replay", "understand", "doctor", "db"})
# Some commands of `playbook` look at files alone, in this process; and what is no command may be anything.
READ_HERE = OWN_PROCESS | {"playbook", ""}
CONFIG = Path("config.toml")
# A command line that orders something waits for the commit; a bot that does not answer for so long is stuck.
ANSWER_SECONDS = 60
# Whoever waits longer wants to see that something is done.
SHOWN_AFTER_SECONDS = 1.0

BAD_INPUT = 2
INTERRUPTED = 130  # as shells count it: 128 and the number of SIGINT


class Busy(Exception):
    """Another program works on this database."""


def main(argv: Sequence[str]) -> int | None:
    """Have the bot that runs deal with a command line, and print what it says; returns the exit status. None if it is
    not for it, or none runs."""
    _write_utf8()
    try:
        handed = _handed_over(argv)
        if handed is None:
            return None
        say(*handed)
        sys.stdout.flush()
    except BrokenPipeError:
        return unread()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Busy as mistake:
        sys.stderr.write(f"{mistake}\n")
        return BAD_INPUT
    return handed[1]


def _handed_over(argv: Sequence[str]) -> tuple[str, int] | None:
    command = command_of(argv)
    if command in READ_HERE or command.startswith("-") or option(argv, "--db"):
        return None
    if {"--help", "--version"} & set(argv) or not all(map(str.isprintable, argv)):  # what is no text among it
        return None
    from bot.config import load_config
    from bot.faults import ConfigFaults
    from bot.terminal import shown_waiting

    try:
        config, folder = load_config(Path(option(argv, "--config") or CONFIG), os.environ), Path.cwd()
    except (ConfigFaults, OSError):
        return None  # whoever reads it next says what is wrong
    with shown_waiting(SHOWN_AFTER_SECONDS):
        return hand_over(config.database.url, argv, folder)


def hand_over(url: str, argv: Sequence[str], folder: Path) -> tuple[str, int] | None:
    """Have the bot that runs on this database deal with a command line: what it says, and the exit status; None if none
    runs. Raises `Busy`."""
    where = _holder(url)
    if where is None:
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.connect(where)
            connection.sendall(json.dumps({"argv": list(argv), "folder": str(folder)}).encode() + b"\n")
            with connection.makefile("rb") as answers:
                reply = json.loads(answers.readline())
        except (OSError, ValueError):
            raise Busy("掌柜正在运行，但没有回应。再试一次；还不行就重启它。") from None
    return str(reply["out"]), int(reply["exit"])


def say(out: str, status: int) -> int:
    """Rows and texts go to standard output; why something was not done to standard error. Returns the status."""
    is_refusal = status != 0 and not out.startswith("{")
    (sys.stderr if is_refusal else sys.stdout).write(out)
    return status


def unread() -> int:
    """Whoever read our output has enough; nor is the rest wanted at exit. Returns the exit status."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _write_utf8() -> None:
    """Programs read UTF-8 from us whatever the locale says; a terminal gets what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def command_of(argv: Sequence[str]) -> str:
    """The first word of the command, which `--merchant` may stand before; empty if there is none."""
    return next(iter(argv[2:3] if argv[:1] == ["--merchant"] else argv[:1]), "")


def option(argv: Sequence[str], name: str) -> str:
    """What an option was set to; the last time counts, and after `--` there are none."""
    value = ""
    words = list(argv)[: argv.index("--")] if "--" in argv else list(argv)
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == name:
            value = following
        elif word.startswith(f"{name}="):
            value = word.partition("=")[2]
    return value


def lock_path(database: Path) -> Path:
    """The file beside a database whose lock its one writer holds, and which says where that can be reached."""
    return database.with_name(f"{database.name}.lock")


def _holder(url: str) -> str | None:
    path = sqlite_path(url)
    lock = lock_path(path) if path else None
    if lock is None or not lock.exists():
        return None
    with lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared, so that two who look are no holder to each other
        except OSError:
            where = json.loads(file.read() or "{}").get("socket")
            return str(where) if where else None
    return None
