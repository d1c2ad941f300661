"""What is logged, what is not, and a disk that is full."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.logs import set_up_logs


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING"])
def test_libraries_log_no_address_that_they_call(level: str) -> None:
    """httpx logs each of them at INFO, and whoever knows the address of a webhook can post."""
    set_up_logs(level)
    for library in ("httpx", "httpcore.http11", "httpcore.connection"):
        assert not logging.getLogger(library).isEnabledFor(logging.INFO)
        assert logging.getLogger(library).isEnabledFor(logging.WARNING)


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
