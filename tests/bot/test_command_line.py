"""What people get wrong on the command line: one clear sentence on standard error, exit status 2, never a traceback."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from alembic import command

from bot import command_line
from bot.cli.mistakes import told
from bot.command_line import main
from bot.control import Holding
from bot.playbook_files import load_playbook
from bot.store.engine import sqlite_driver, writer_engine
from bot.store.migrating import alembic_config, newest_revision

ROOT = Path(__file__).parents[2]
CONFIG = """
[database]
url = "sqlite:///shop.db"
[[merchants]]
id = "m1"
name = "半山茶社"
playbook = "playbook.toml"
[[accounts]]
id = "main"
merchant = "m1"
transport = "simulator"
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a configuration, which commands find by themselves."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "playbook.toml").write_text('name = "茶"\n[[tiers]]\nname = "分院"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    handlers = logging.root.handlers[:]
    yield tmp_path
    structlog.reset_defaults()  # what was set up points to this test's standard error
    logging.root.handlers[:] = handlers


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; returns its exit status and what it wrote."""

    def run(*argv: str) -> tuple[int, str, str]:
        status = main(argv)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def refused(ran: tuple[int, str, str]) -> str:
    status, out, err = ran
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert err.count("\n") == 1
    return err


def test_version(run: Run) -> None:
    status, out, _ = run("--version")
    assert (status, out) == (0, "zhanggui 0.1.0\n")


def test_no_command_gets_the_help(run: Run) -> None:
    status, _, err = run()
    assert status == 2
    assert err.startswith("用法：python -m bot")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["grup", "list"], "没有「grup」这个命令。是不是 group？写法见 python -m bot --help"),
        (["group", "lst"], "python -m bot group --help"),
        (["who"], "少了 {contact}。"),
        (["who", "a", "b"], "多写了 b。"),
        (["group", "list", "--colour"], "没有「--colour」这个选项"),
        (["group", "list", "--db"], "--db 后面要跟一个值。"),
        (["group", "list", "--json=1"], "--json 后面不用写值。"),
        (["--merchant", "m1"], "后面要写一个命令。"),
        (["calendar", "lint", "--fro", "2026-12-01"], "是不是 --from 或 --to？"),
        (["rehearse", "empty.jsonl", "--seed", "many"], "--seed 不对：要写一个整数。"),
        (["who", os.fsdecode(b"\xff")], "UTF-8"),
        (["group", "list", "--config", "none.toml"], "none.toml: 没有这个文件"),
        (["group", "list", "--config", "."], ".: 这是文件夹"),
        (["run", "--config", "none.toml"], "none.toml"),
        (["run", "--worker"], "PostgreSQL"),
        (["run", "--worker"], "db copy"),
        (["console"], "直接运行 python -m bot run"),
        (["group", "list", "--db", "mysql://shop"], "postgresql+psycopg://"),
        (["group", "list", "--db", "::://"], "postgresql+psycopg://"),
        (["group", "list", "--db", "."], "文件夹"),
        (["group", "list", "--db", "config.toml"], "file is not a database"),
        (["db", "upgrade", "--db", "config.toml"], "file is not a database"),
        (["group", "list", "--db", "config.toml/x.db"], "config.toml"),
        (["group", "list", "--db", "postgresql+psycopg://x@127.0.0.1:1/x"], "数据库用不了"),
        (["group", "bind", "r1", "--tier", "总部"], "总部"),
        (["who", "nobody"], "nobody"),
        (["role", "grant", "wx-boss", "king"], "king"),
        (["merge", "nobody", "wx-boss"], "nobody"),
        (["merge", "a", "b", "--keep", "c"], "--keep"),
        (["unmerge", "nobody"], "nobody"),
        (["people", "same", "nobody", "wx-boss"], "nobody"),
        (["people", "different", "nobody"], "nobody"),
        (["audit", "--since", "yesterday"], "yesterday"),
        (["audit", "--since", "0001-01-01"], "0001-01-01"),
        (["deliveries", "list", "--state", "lost"], "lost"),
        (["deliveries", "explain", "9" * 30], "9" * 30),
        (["deliveries", "settle", "1", "sent"], "1"),
        (["calendar", "import", "none.csv"], "none.csv"),
        (["calendar", "import", "."], "."),
        (["calendar", "export", "calendar.doc"], ".doc"),
        (["calendar", "export", "no-folder/calendar.csv"], "no-folder"),
        (["calendar", "approve", "nothing"], "nothing"),
        (["report", "promises", "--from", "2027-01-02", "--to", "2027-01-01"], "换一下"),
        (["report", "posts", "--from", "2027-01-02", "--to", "2027-01-01"], "换一下"),
        (["playbook", "check", "none.toml"], "none.toml"),
        (["playbook", "check", "empty.jsonl", "extra"], "extra"),
        (["playbook", "export", "playbook.doc"], ".toml"),
        (["playbook", "export", "no-folder/playbook.toml"], "no-folder"),
        (["db", "backup", "copy.db"], "shop.db"),
        (["db", "backup", "no-folder/copy.db"], "no-folder"),
        (["rehearse", "none.jsonl"], "没有文件 none.jsonl。"),
        (["ahead", "--days", "999"], "--days 不对：最多 366。"),
        (["rehearse", "."], "'.'"),
        (["rehearse", "config.toml"], "config.toml:2: 写的是 '[database]'，一行要写一个完整的 JSON 对象 {…}"),
        (["rehearse", "empty.jsonl", "--from", "soon"], "soon"),
        (["understand", "none.jsonl"], "none.jsonl"),
        (["understand", "config.toml"], "第 2 行"),
        (["understand", "empty.jsonl", "--kind", "gossip"], "gossip"),
        (["understand", "empty.jsonl", "--config", "none.toml"], "none.toml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_are_said_in_one_sentence(argv: list[str], said: str, run: Run) -> None:
    Path("empty.jsonl").write_bytes(b"")
    assert said in refused(run(*argv))
    if argv[0] not in {"rehearse", "understand", "run"}:
        as_json = main([*argv, "--json"])
        assert as_json == 2


def test_a_story_that_is_no_utf8(run: Run) -> None:
    Path("story.jsonl").write_bytes(b'{"at": "\xff"}\n')
    assert "story.jsonl:1: 有一个字节 0xff 不是 UTF-8" in refused(run("rehearse", "story.jsonl"))


def test_all_faults_of_a_file_a_line_each(run: Run) -> None:
    Path("config.toml").write_text(CONFIG + "colour = 1\ntint = 2\n", encoding="utf-8")
    for argv in (["group", "list"], ["playbook", "check", "config.toml"]):
        status, out, err = run(*argv)
        assert (status, out) == (2, "")
        assert all(line.startswith("config.toml:") for line in err.splitlines())
        assert err.count("\n") > 1
    status, out, err = run("playbook", "check", "config.toml", "--json")
    assert (status, err) == (2, "")
    assert {(json.loads(line)["level"], json.loads(line)["file"]) for line in out.splitlines()} == {
        ("fault", "config.toml")
    }


def test_a_hint_refuses_no_playbook(run: Run) -> None:
    question = '[[survey.questions]]\nkey = "call"\ntype = "name"\ntexts = ["怎么称呼？"]\n'
    Path("hint.toml").write_text('[survey]\nthanks = ["谢谢"]\n' + question, encoding="utf-8")
    status, out, err = run("playbook", "check", "hint.toml", "--json")
    assert (status, err) == (0, "")
    (hint,) = [json.loads(line) for line in out.splitlines()]
    assert (hint["level"], hint["line"], hint["key"]) == ("hint", 3, "survey.questions[0].retry")
    status, out, err = run("playbook", "check", "hint.toml")
    assert (status, err) == (0, "")
    assert out.startswith("提示 hint.toml:3: survey.questions[0].retry")


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "shop.db.lock"), "shop.db.lock：没有权限"),
        (OSError(errno.ENOSPC, "No space left on device", "copy.toml"), "copy.toml：磁盘满了"),
        (OSError(errno.EIO, "Input/output error"), "磁盘读写出错"),
    ],
)
def test_what_the_system_refuses(mistake: OSError, said: str) -> None:
    assert told(mistake) == said


def test_a_database_of_a_newer_program(run: Run) -> None:
    assert run("group", "list")[0] == 0
    with closing(sqlite_driver().connect("shop.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    assert "from-the-future" in refused(run("group", "list"))
    assert "from-the-future" in refused(run("db", "upgrade"))


def test_an_upgrade_says_what_it_did(run: Run) -> None:
    newest = newest_revision()
    Path("shop.db").touch()
    assert run("db", "upgrade") == (0, f"数据库建好了（{newest}）。\n", "")
    assert run("db", "upgrade") == (0, f"数据库已是最新（{newest}）。\n", "")
    for file in Path().glob("shop.db*"):
        file.unlink()
    engine = writer_engine("sqlite:///shop.db")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
    engine.dispose()
    assert run("db", "upgrade") == (0, f"数据库从 0001 升到了 {newest}。\n", "")
    new = Path("folder/x.db").absolute()
    made = f"还没有数据库 {new}，新建了一个空的（{newest}）。\n"
    assert run("db", "upgrade", "--db", "folder/x.db") == (0, made, "")


def test_json_is_all_that_json_prints(run: Run) -> None:
    for argv in (
        ["db", "upgrade"],
        ["db", "backup", "copy.db"],
        ["group", "list"],
        ["role", "grant", "wx-boss", "admin"],
        ["role", "list"],
        ["audit"],
        ["deliveries", "list"],
        ["calendar", "template", "calendar.csv"],
        ["calendar", "list"],
        ["playbook", "export", "copy.toml"],
        ["playbook", "check", "copy.toml"],
        ["playbook", "schema"],
        ["doctor"],
    ):
        status, out, err = run(*argv, "--json")
        assert (status, err) == (0, "")
        assert all(isinstance(json.loads(line), dict) for line in out.splitlines())


def test_a_database_that_was_not_there_is_named(run: Run) -> None:
    first, second = run("deliveries", "list", "--db", "shpo.db"), run("deliveries", "list", "--db", "shpo.db")
    assert "shpo.db，新建了一个空的" in first[2]
    assert second[2] == ""


def test_that_a_database_was_not_there_is_not_said_in_the_middle_of_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(command_line, "SHOWN_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["deliveries", "list", "--db", "shpo.db"]) == 0
    *_, shown, rest = terminal.getvalue().split("\n")
    _, _, said = shown.rpartition("\x1b[2K")  # the line is wiped first
    assert ("正在处理" in terminal.getvalue(), "正在处理" in said, rest) == (True, False, "")
    assert said.startswith("还没有数据库")


def test_faults_of_a_calendar_stay_rows(run: Run) -> None:
    Path("calendar.csv").write_text("key,date,time,rule,groups,text\na,,25:00,daily,r1,早\n", encoding="utf-8")
    status, out, err = run("calendar", "import", "calendar.csv", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (2, "")
    assert rows[-1]["faults"] == len(rows) - 1 > 0
    status, out, err = run("calendar", "import", "calendar.csv")
    assert (status, out) == (2, "")
    assert "25:00" in err


def test_a_playbook_comes_out_as_it_went_in(run: Run) -> None:
    shipped = ROOT / "playbooks" / "liquor-club.toml"
    Path("config.toml").write_text(CONFIG.replace("playbook.toml", str(shipped)), encoding="utf-8")
    status, out, _ = run("playbook", "export", "copy.toml", "--json")
    assert (status, json.loads(out)["revision"]) == (0, load_playbook(shipped).fingerprint)
    assert load_playbook(Path("copy.toml")) == load_playbook(shipped)


def test_a_database_that_somebody_else_holds(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "PATIENCE_SECONDS", 0.1)
    Path("empty.jsonl").write_bytes(b"")
    with Holding("sqlite:///shop.db"):
        for argv in (["group", "list"], ["db", "upgrade"], ["rehearse", "empty.jsonl", "--db", "shop.db"]):
            assert "shop.db.lock" in refused(run(*argv))


def test_a_command_line_works_beside_a_bot_on_postgresql(run: Run, postgresql_url: str) -> None:
    with Holding(postgresql_url):
        exit_status, out, errors = run("group", "list", "--json", "--db", postgresql_url)
    assert (exit_status, out, errors) == (0, "", "")


def test_whoever_is_done_in_a_moment_is_waited_for(run: Run) -> None:
    holding = Holding("sqlite:///shop.db")
    holding.__enter__()
    timer = threading.Timer(0.3, holding.__exit__, (None, None, None))
    timer.start()
    began = time.monotonic()
    assert run("group", "list")[0] == 0
    assert time.monotonic() - began >= 0.25
    timer.join()


def test_as_a_process_in_a_locale_without_chinese(shop: Path) -> None:
    environ = os.environ | {"PYTHONIOENCODING": "latin-1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", "group", "list"]
    ran = subprocess.run(command, cwd=shop, env=environ, capture_output=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.decode() == "还没有见过任何群：让账号登录一次。\n"


def test_a_python_without_our_packages_is_told_which_one_to_take() -> None:
    bare = [sys.executable, "-S", "-m", "bot", "group", "list"]
    ran = subprocess.run(bare, cwd=ROOT, capture_output=True, check=False)
    assert ran.returncode == 1
    assert "命令写成 .venv/bin/python -m bot" in ran.stderr.decode()
    assert len(ran.stderr.splitlines()) == 1
