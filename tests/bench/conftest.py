"""Benchmarks run in a folder of their own here, and leave nothing there but their evidence and the large file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    left = [file.name for file in tmp_path.glob("data/*") if not file.name.startswith("large-world-")]
    assert left in ([], ["bench"])
