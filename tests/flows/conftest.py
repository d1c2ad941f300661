"""Every flow test gets a stage of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.playing import Stage
from tests.store.databases import database_url, postgresql_url, sqlite_url

__all__ = ["database_url", "postgresql_url", "sqlite_url", "stage"]


@pytest.fixture
def stage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Stage:
    """A shop, and a small WeChat around it."""
    return Stage(tmp_path, capsys)
