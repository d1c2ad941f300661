"""The command line. Commands that ask or order something become requests for a desk; the others do their work here.

A command is read in the same way wherever it comes from: a shell, a running bot's socket, a story's `operator` line.
Its docstring is what `--help` says of it, and so in Chinese; the first paragraph is its line in the list of commands.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import tomllib
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import (
    accounts,
    alerts,
    calendar,
    calendar_lint,
    calendar_preview,
    database,
    deliveries,
    erasing,
    events,
    filling,
    groups,
    identity,
    operators,
    overriding,
    owners,
    people,
    playbook,
    programs,
    replaying,
    reports,
)
from bot.cli.mistakes import MISTAKES, BadUsage, told
from bot.cli.pages import USAGE, with_our_pages
from bot.cli.usage import in_our_words
from bot.client import OWN_PROCESS, command_of
from bot.desk import Answer, Desk

PROGRAM = "python -m bot"

app = typer.Typer(name="zhanggui", no_args_is_help=True, add_completion=False, rich_markup_mode=None)
app.add_typer(groups.app, name="group")
app.add_typer(accounts.app, name="account")
app.add_typer(people.roles, name="role")
app.command("who")(people.who)
app.command("owner")(owners.owner)
app.command("handover")(owners.handover)
app.command("move")(owners.move)
app.command("merge")(identity.merge)
app.command("unmerge")(identity.unmerge)
app.add_typer(identity.app, name="people")
app.command("erase")(erasing.erase)
app.command("audit")(people.audit)
app.add_typer(operators.app, name="operator")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(alerts.app, name="alerts")
app.add_typer(events.app, name="events")
calendar.app.command("preview")(calendar_preview.preview)
calendar.app.command("lint")(calendar_lint.lint_calendar)
calendar.app.command("fill")(filling.fill_calendar)
calendar.app.command("override")(overriding.override)
calendar.app.command("signups")(overriding.signups)
calendar.app.command("choices")(overriding.choices)
app.add_typer(calendar.app, name="calendar")
app.add_typer(playbook.app, name="playbook")
app.add_typer(reports.app, name="report")
app.add_typer(database.app, name="db")
app.command("run")(programs.run)
app.command("console")(programs.console)
app.command("rehearse")(programs.rehearse)
app.command("ahead")(programs.ahead)
app.command("replay")(replaying.replay)
app.command("understand")(programs.understand)
app.command("doctor")(programs.doctor)


# Which merchant the command line being read is about; it stands before the command, whatever the command is.
_merchant: ContextVar[str] = ContextVar("merchant", default="")


def _print_version(wanted: bool) -> None:
    if wanted:
        project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        typer.echo(f"{project['name']} {project['version']}")
        raise typer.Exit


@app.callback()
def about(
    _version: Annotated[
        bool, typer.Option("--version", help="显示版本号。", callback=_print_version, is_eager=True)
    ] = False,
    merchant: Annotated[str, typer.Option("--merchant", help="哪个商家；不写就是第一个。")] = "",
) -> None:
    """掌柜：照看一家店的私域。"""
    _merchant.set(merchant)


_command = with_our_pages(typer.main.get_command(app))


def read(argv: Sequence[str]) -> Any:
    """What a command line asks for: a request for a desk, or the exit status of what was done.

    Raises `BadUsage`, and whatever else of `MISTAKES` comes up.
    """
    try:
        return _command.main(args=list(argv), prog_name=PROGRAM, standalone_mode=False)
    except typer.TyperException as error:
        raise BadUsage(_usage(error)) from None


async def execute(argv: Sequence[str], desk: Desk) -> Answer:
    """Deal with a command line at a desk."""
    if (command := command_of(argv)) in OWN_PROCESS:
        return Answer(f"{command} 不能在这里执行，请另开一个终端。\n", exit=2)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            request = read(argv)
        if not callable(request):  # --help, or what needs no desk
            return Answer(printed.getvalue(), exit=request if isinstance(request, int) else 0)
        answer: Answer = await request(dataclasses.replace(desk, chosen=_merchant.get()))
    except MISTAKES as mistake:
        return Answer(f"{told(mistake)}\n", exit=2)
    return answer


def _usage(error: typer.TyperException) -> str:
    """What the reader of command lines did not understand, with the place to look it up.

    Without any argument its message is the whole help, which is left as it is.
    """
    context = getattr(error, "ctx", None)
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    if message.startswith(USAGE):
        return message
    place = context.command_path if context is not None else PROGRAM
    return f"看不懂这条命令：{in_our_words(message)}写法见 {place} --help"


__all__ = ["BadUsage", "app", "execute", "read"]
