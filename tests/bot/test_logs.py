"""Logs on a disk that is full."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import pytest
import structlog

from bot.logs import set_up_logs


def test_a_log_that_cannot_be_written_ends_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has a device that is always full")
    log = structlog.get_logger("test")
    with contextlib.suppress(OSError), Path("/dev/full").open("w", encoding="utf-8") as full:  # closing it fails too
        monkeypatch.setattr(sys, "stderr", full)
        set_up_logs("INFO")
        with pytest.raises(OSError, match="No space"):
            full.write("x" * 100_000)
        log.error("first")
        log.error("second", text="长" * 100_000)
        monkeypatch.undo()
    with (tmp_path / "log").open("w", encoding="utf-8") as freed:
        monkeypatch.setattr(sys, "stderr", freed)
        log.error("third")
    assert "third" in (tmp_path / "log").read_text(encoding="utf-8")
