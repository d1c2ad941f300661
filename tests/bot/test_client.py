"""A command line that the bot deals with which runs: handed over by a client that imports little."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot import cli, client
from bot.control import Holding, listening
from bot.desk import Answer
from tests.gateway.bot_process import ROOT

CONFIG = """
[database]
url = "sqlite:///shop.db"
[[merchants]]
id = "m1"
name = "临江酒社"
playbook = "{playbook}"
timezone = "Asia/Shanghai"
[[accounts]]
id = "main"
merchant = "m1"
transport = "simulator"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A shop's folder."""
    text = CONFIG.format(playbook=ROOT / "playbooks" / "liquor-club.toml")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    return tmp_path


async def obey(argv: list[str], folder: Path) -> Answer:
    return Answer(f"{' '.join(argv)} @ {folder}\n", exit=2 if "nobody" in argv else 0)


async def ended(folder: Path, *argv: str) -> tuple[int, str, str]:
    """A command line as a process of its own: its exit status, what it says on standard output and error."""
    run = [sys.executable, "-m", "bot", *argv, "--config", str(folder / "config.toml")]
    done = await asyncio.to_thread(
        subprocess.run, run, capture_output=True, text=True, check=False, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
    )
    return done.returncode, done.stdout, done.stderr


async def test_the_bot_that_runs_is_asked_with_what_was_typed(folder: Path) -> None:
    with Holding(f"sqlite:///{folder}/shop.db") as holding:
        async with listening(holding, obey):
            status, out, error = await ended(folder, "who", "天天妈")
            assert (status, error) == (0, "")
            assert out == f"who 天天妈 --config {folder}/config.toml @ {ROOT}\n"
            status, out, error = await ended(folder, "--merchant", "m1", "who", "nobody")
            assert (status, out) == (2, "")
            assert error.startswith("--merchant m1 who nobody")


async def test_most_of_the_program_is_not_imported_for_it(folder: Path) -> None:
    program = (
        "import sys\nfrom bot import client\n"
        "status = client.main(sys.argv[1:])\n"
        "print(status, *sorted({name.partition('.')[0] for name in sys.modules} & {'handlers', 'sqlmodel', 'typer'}))"
    )
    run = [sys.executable, "-c", program, "who", "--config", str(folder / "config.toml")]
    with Holding(f"sqlite:///{folder}/shop.db") as holding:
        async with listening(holding, obey):
            done = await asyncio.to_thread(subprocess.run, run, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "0"


async def test_a_bot_that_does_not_answer_is_busy(folder: Path) -> None:
    async def fail(_argv: list[str], _folder: Path) -> Answer:
        raise ZeroDivisionError

    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    with Holding(f"sqlite:///{folder}/shop.db") as holding:
        async with listening(holding, fail):
            assert await ended(folder, "who") == (2, "", "掌柜正在运行，但没有回应。再试一次；还不行就重启它。\n")


@pytest.mark.parametrize(
    "argv",
    [
        ["who"],  # nobody runs
        ["who", "--config", "nowhere.toml"],
        ["who", "--db", "other.db"],
        ["who", "--help"],
        ["--help"],
        ["--merchant", "m1"],
        ["who", "\udcff"],
        ["playbook", "check", "mine.toml"],
        ["run"],
        [],
    ],
)
def test_everything_else_is_left_to_the_whole_program(
    folder: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str]
) -> None:
    monkeypatch.chdir(folder)
    assert client.main(argv) is None


def test_a_configuration_with_faults_is_told_by_the_whole_program(folder: Path) -> None:
    (folder / "config.toml").write_text("[database]\nurl = 5\n", encoding="utf-8")
    assert client.main(["who", "--config", str(folder / "config.toml")]) is None


def test_ctrl_c_while_the_program_is_read_shows_no_traceback() -> None:
    program = """
import runpy, sys
class Impatient:
    def find_spec(self, name, *_):
        if name == "bot.command_line":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Impatient())
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, "--version"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_whatever_is_no_request_is_read_where_it_was_typed() -> None:
    found = dict(returned(cli.app))
    assert found["who"] == found["group list"] == "Request"
    assert {name.partition(" ")[0] for name, kind in found.items() if kind != "Request"} <= client.READ_HERE


def returned(app: typer.Typer, above: str = "") -> Iterator[tuple[str, str]]:
    """What each command's function returns."""
    for one in app.registered_commands:
        assert one.callback is not None
        name = one.name or one.callback.__name__.replace("_", "-")
        yield above + name, one.callback.__annotations__["return"]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from returned(group.typer_instance, f"{above}{group.name} ")
