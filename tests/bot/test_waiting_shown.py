"""On a terminal somebody who waits sees so, on standard error; nobody else does."""

from __future__ import annotations

import os
import sys
import time

import pytest

from bot.terminal import shown_waiting


def seen(monkeypatch: pytest.MonkeyPatch, patience: float, takes: float) -> str:
    """What a terminal shows of something that takes so long."""
    ours, theirs = os.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with shown_waiting(patience):
            time.sleep(takes)
        terminal.write("$")
        terminal.flush()
        found = b""
        while not found.endswith(b"$"):
            found += os.read(ours, 65536)
    os.close(ours)
    return found.decode()


def test_a_bar_is_shown_to_who_waits_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "正在处理" in seen(monkeypatch, 0.01, 0.6)
    assert seen(monkeypatch, 60, 0) == "$"


def test_what_is_no_terminal_gets_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with shown_waiting(0.01):
        time.sleep(0.1)
    assert capfd.readouterr() == ("", "")
