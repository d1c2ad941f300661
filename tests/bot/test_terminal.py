"""What others write cannot play with a terminal, nor write lines of its own into a log."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import structlog
from rich.console import Console

from bot.cli.tables import table
from bot.logs import set_up_logs
from bot.terminal import harmless
from bot.transcript import Transcript
from models.events import Message, Who

HOSTILE = "\x1b[2J\x1b]0;x\x07\u202e好\n2026 ERROR 假的\ud800\x9b"


def test_what_a_terminal_would_obey_is_written_as_its_code() -> None:
    assert harmless(HOSTILE) == r"\x1b[2J\x1b]0;x\x07\u202e好\x0a2026 ERROR 假的\ud800\x9b"


@pytest.mark.parametrize("text", ["叫我老林　谢谢", "👨\u200d👩\u200d👧 好", "ＡＢ，é"])
def test_what_people_write_stays(text: str) -> None:
    assert harmless(text) == text


def test_a_hostile_name_takes_one_line_of_the_transcript() -> None:
    out = io.StringIO()
    transcript = Transcript(Console(file=out, width=400), ZoneInfo("Asia/Shanghai"))
    at = datetime(2026, 11, 23, 1, tzinfo=UTC)
    transcript.heard(Message(account="main", at=at, contact=Who("wx1", name=HOSTILE), text=HOSTILE, group=HOSTILE))
    _day, line = out.getvalue().splitlines()
    assert line == harmless(line)
    assert "[2J" in line


def test_a_megabyte_of_a_name_is_not_printed() -> None:
    out = io.StringIO()
    transcript = Transcript(Console(file=out, width=400), ZoneInfo("Asia/Shanghai"))
    at = datetime(2026, 11, 23, 1, tzinfo=UTC)
    transcript.heard(Message(account="main", at=at, contact=Who("wx1", name="名" * 1_000_000), text="好" * 1_000_000))
    assert len(out.getvalue()) < 1_000


def test_a_cell_of_a_table_is_shown_as_it_is_written() -> None:
    shown = table([{"name": "[red]老林[/red]", "text": "\x1b[31m"}], empty="")
    assert "[red]老林[/red]" in shown
    assert "\\x1b[31m" in shown
    shown = table([{"tiers": ("分舵", "堂口"), "text": "晚上好\n七点见"}], empty="")
    assert [line.split() for line in shown.splitlines()[1:]] == [["分舵、堂口", "晚上好"], ["七点见"]]


def test_no_name_begins_a_line_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("WARNING")
    structlog.get_logger("test").warning("somebody", name=HOSTILE)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["name"] == harmless(HOSTILE)
