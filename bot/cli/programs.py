"""Commands that are programs of their own: `run`, `console`, `rehearse`, `understand`, `doctor`."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption, day_of_our_time
from bot.cli.places import database_url
from bot.clock import utc_now
from bot.config import load_config
from bot.control import Holding
from bot.desk import Desk, Refused, lines
from bot.rehearsal import Plan
from bot.rehearsal import rehearse as play
from bot.rehearsal_output import Line
from bot.store.snapshot import snapshot
from bot.story import read_story
from bot.transcript import Transcript

JsonFile = Annotated[Path, typer.Argument(help="JSON Lines 文件。", exists=True, dir_okay=False)]


def run(
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="只写日志，不显示对话。")] = False,
    worker: Annotated[
        bool, typer.Option("--worker", help="用 PostgreSQL 时，开几个都行，一起分担各账号；后台另开：console。")
    ] = False,
) -> int:
    """启动掌柜，一直运行到停下它。"""
    from bot.program import run_program

    loaded = load_config(config, os.environ)
    return run_program(loaded, database_url(loaded, db), quiet=quiet, worker=worker)


def console(config: ConfigOption = CONFIG, db: DatabaseOption = "") -> int:
    """只开后台，配几个 run --worker 用。

    用 PostgreSQL 时，在连得上数据库的哪台机器上开都行，开几个也行。它不管账号：交代的事写进数据库，由 worker 去做。
    """
    from bot.console_program import run_console

    loaded = load_config(config, os.environ)
    return run_console(loaded, database_url(loaded, db))


def rehearse(
    story: Annotated[Path, typer.Argument(help="故事文件（JSON Lines）。", exists=True, dir_okay=False)],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    since: Annotated[str, typer.Option("--from", help="这之前的不显示。")] = "",
    until: Annotated[str, typer.Option("--to", help="演到什么时候；不写就到故事结束后 24 小时。")] = "",
    seed: Annotated[int, typer.Option("--seed", help="随机种子；换一个，碰巧的事就不同。")] = 0,
    as_json: JsonOption = False,
) -> int:
    """预演：让一段故事在虚拟时钟下走一遍真程序。"""
    loaded = load_config(config, os.environ)
    zone = ZoneInfo(loaded.merchants[0].timezone)
    told = read_story(story)
    named = database_url(loaded, db) if db else ""
    with (
        tempfile.TemporaryDirectory(prefix="zhanggui-") as folder,
        Holding(named or f"sqlite:///{folder}/rehearsal.db"),
        progress("预演", told.first, told.last) as advanced,
    ):
        transcript = Transcript(Console(), zone)
        plan = Plan(
            story=told,
            config=loaded,
            database=named or f"sqlite:///{folder}/rehearsal.db",
            durable=bool(db),
            seed=seed,
            run_operator=operate,
            emit=_print_json if as_json else transcript.show,
            advanced=advanced,
            since=_moment(since, zone),
            until=_moment(until, zone),
        )
        play(plan)
    return 0


def ahead(
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="往后看多少天。")] = 30,
    calendar: Annotated[str, typer.Option("--calendar", help="用这份排期，代替现行的。")] = "",
    playbook: Annotated[str, typer.Option("--playbook", help="用这份方案，代替现行的。")] = "",
    *,
    say_days: Annotated[bool, typer.Option("--say-days", help="在 stderr 上报第几天，从 0 数起。")] = False,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> int:
    """用数据库的副本预演往后的日子，什么也不发。

    看打扰几次、哪里缺稿、必发做不做得到、账号忙不忙。
    """
    from bot.ahead import look_ahead, told
    from bot.continued import last_moment

    loaded = load_config(config, os.environ)
    before = [["playbook", "import", playbook]] if playbook else []
    before += [["calendar", "import", calendar, "--replace"]] if calendar else []
    with tempfile.TemporaryDirectory(prefix="zhanggui-") as folder:
        copy = Path(folder) / "ahead.db"
        snapshot(database_url(loaded, db), copy)
        # The clock of the practice ground is ahead of the true one.
        begin = max(filter(None, (utc_now(), last_moment(f"sqlite:///{copy}"))))
        with progress("预演", begin, begin + timedelta(days=days)) as bar_advanced:

            def advanced(moment: datetime) -> None:
                bar_advanced(moment)
                if say_days:
                    typer.echo((moment - begin).days, err=True)

            rows = look_ahead(
                loaded, f"sqlite:///{copy}", begin, days, before=before, run_operator=operate, advanced=advanced
            )
    typer.echo(lines(rows) if as_json else told(rows), nl=False)
    return 0


def understand(
    file: JsonFile,
    kind: Annotated[str, typer.Option("--kind", help="reply 看回话；business 看群里的消息。")] = "reply",
    config: Annotated[Path | None, typer.Option("--config", help="也用这份配置里第一个方案的词表。")] = None,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> int:
    """说出每句回话的意思，一行一个 JSON 对象。

    文件里也是一行一个，看回话写：

    {"question": {"key": "budget", "type": "number"}, "reply": "三五百"}

    看群里的消息写：

    {"text": "这个多少钱"}
    """
    from bot.understanding_files import understand_file
    from handlers.understanding import Words

    words = Words()
    if config is not None:
        loaded = load_config(config, os.environ)
        added = loaded.playbooks[loaded.merchants[0].id].words
        words = Words(opt_out=added.opt_out, human=added.human, business=added.business)
    return understand_file(file, kind, sys.stdout, as_json=as_json, words=words)


def doctor(config: ConfigOption = CONFIG, db: DatabaseOption = "", as_json: JsonOption = False) -> int:
    """体检：机器、配置、网关、账号哪里不对，怎么办。"""
    from bot.doctor import examine

    return examine(config, db, as_json=as_json)


async def operate(argv: list[str], desk: Desk) -> tuple[int, str]:
    from bot.cli import execute  # the table of commands names this module

    answer = await execute(argv, desk)
    return answer.exit, answer.out


def _print_json(line: Line) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def _moment(text: str, zone: tzinfo) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        day_of_our_time(moment)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(f"看不懂时间「{text}」，要写成 2026-11-25 或 2026-11-25T12:00:00+08:00") from None


@contextlib.contextmanager
def progress(name: str, first: datetime | None, last: datetime | None) -> Iterator[Callable[[datetime], None]]:
    """A progress bar over virtual time, on a terminal only; what is yielded moves it on."""
    bar = Progress(
        TextColumn(name),
        BarColumn(),
        TextColumn("{task.fields[day]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty() or first is None,
        transient=True,
    )
    total = (last - first).total_seconds() if first and last else 0
    with bar:
        task = bar.add_task("", total=total or 1, day="")

        def advanced(moment: datetime) -> None:
            if first is not None:
                bar.update(task, completed=(moment - first).total_seconds(), day=f"{moment:%m-%d}")

        yield advanced
