"""Files and arguments that nobody means: one sentence, exit status 2, no traceback, and never a wait without end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.command_line import main
from tests.flows.playing import Stage

ABSURD = ("9999-12-31", "0001-01-01", "1899-12-31", "9999999-01-01", "2026-02-30", "1e9", "昨天")
COMMANDS = (
    "rehearse story.jsonl --from", "rehearse story.jsonl --to", "audit --since", "report promises --from",
    "report promises --from 2026-01-01 --to",
)  # fmt: skip


@pytest.fixture
def stage(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.chdir(tmp_path)
    stage = Stage(tmp_path, capsys)
    stage.write("story.jsonl", _story("2026-11-23T09:00:00+08:00"))
    return stage


def _story(at: str, **more: str) -> str:
    return json.dumps({"at": at, **({"type": "login", "account": "main"} | more)})


def _refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    capsys.readouterr()
    assert main(argv) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("day", ABSURD)
@pytest.mark.usefixtures("stage")
def test_a_day_that_nobody_means_is_refused(command: str, day: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert day in _refused(capsys, *command.split(), day, "--db", "shop.db")


@pytest.mark.parametrize("at", ["9999-12-31T23:00:00+00:00", "0001-01-01T00:00:00+00:00", "2100-01-01T00:00:00+00:00"])
def test_a_story_of_another_age_is_refused(at: str, stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.write("old.jsonl", _story(at))
    assert "要写 2000 年到 2099 年的时间" in _refused(capsys, "rehearse", "old.jsonl")


@pytest.mark.parametrize(("kind", "field"), [("clock", "shift"), ("restart", "down"), ("kill", "down")])
@pytest.mark.parametrize("span", ["99999999d", "-9999999d", "9" * 5_000 + "s"])
def test_a_span_of_millennia_is_refused(
    kind: str, field: str, span: str, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.write("long.jsonl", json.dumps({"at": "2026-11-23T09:00:00+08:00", "type": kind, field: span}))
    assert "long.jsonl:1: " in _refused(capsys, "rehearse", "long.jsonl")


@pytest.mark.usefixtures("stage")
def test_a_number_of_thousands_of_digits_is_no_delivery(capsys: pytest.CaptureFixture[str]) -> None:
    assert "没有发送记录" in _refused(capsys, "deliveries", "explain", "9" * 5_000, "--db", "shop.db")


def test_what_stands_in_a_calendar_cannot_play_with_the_terminal(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.write("odd.csv", "key,date,time,text\n\x1b[2J,\u202e,9:00,x\n")
    assert main(["calendar", "import", "odd.csv", "--db", "shop.db"]) == 2
    out, errors = capsys.readouterr()
    assert "第 2 行" in errors
    assert not set("\x1b\u202e") & set(out + errors)


@pytest.mark.parametrize("name", ["x" * 5_000, "\x1b[2J", "a\nb"])
@pytest.mark.usefixtures("stage")
def test_a_file_with_an_odd_name_is_named_on_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("rehearse", "understand", "playbook check"):
        assert len(_refused(capsys, *command.split(), name)) < 4_000
