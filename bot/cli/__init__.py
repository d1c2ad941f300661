"""The command line. Commands that ask or order something become requests for a desk; the others do their work here.

A command is read in the same way wherever it comes from: a shell, a running bot's socket, a story's `operator` line.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Sequence
from typing import Any

import click
import typer

from bot.cli import calendar, database, deliveries, groups, people, playbook, programs
from bot.desk import Answer, Desk, Refused

app = typer.Typer(
    name="zhanggui", help="掌柜：照看一家店的私域。", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
app.add_typer(groups.app, name="group")
app.add_typer(people.roles, name="role")
app.command("who")(people.who)
app.command("audit")(people.audit)
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(calendar.app, name="calendar")
app.add_typer(playbook.app, name="playbook")
app.add_typer(database.app, name="db")
app.command("run")(programs.run)
app.command("rehearse")(programs.rehearse)
app.command("understand")(programs.understand)
app.command("doctor")(programs.doctor)

_command = typer.main.get_command(app)
# What a desk can deal with; the others need a process of their own.
_OWN_PROCESS = frozenset({"run", "rehearse", "understand", "doctor", "db"})


class BadUsage(Exception):
    """A command line that cannot be read; the message is what to print."""


def read(argv: Sequence[str]) -> Any:
    """What a command line asks for: a request for a desk, or the exit status of what was done.

    Raises `BadUsage`.
    """
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed) if not sys.stdout.isatty() else contextlib.nullcontext():
            result = _command.main(args=list(argv), prog_name="python -m bot", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        raise BadUsage(error.format_message()) from None
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"\n{context.get_usage()}" if context is not None else ""
        raise BadUsage(f"{error.format_message()}{hint}") from None
    if printed.getvalue():
        sys.stdout.write(printed.getvalue())
    return result


async def execute(argv: Sequence[str], desk: Desk) -> Answer:
    """Deal with a command line at a desk."""
    if argv and argv[0] in _OWN_PROCESS:
        return Answer(f"{argv[0]} 不能在这里执行，请另开一个终端。\n", exit=2)
    try:
        request = read(argv)
    except BadUsage as error:
        return Answer(f"{error}\n", exit=2)
    if not callable(request):  # --help was printed
        return Answer("")
    try:
        answer: Answer = await request(desk)
    except Refused as refusal:
        return Answer(f"{refusal}\n", exit=2)
    return answer
