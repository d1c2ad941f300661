"""Rules for the whole test run: on CI a skipped test is a failed one, no test logs to another one's stream, and none
fails because the machine is busy (how fast something is, `bench` measures).

A test that skips itself where a tool is missing is kind to a developer; on CI it would hide that nothing was tested.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import TypeVar

import pytest
import structlog
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

Report = TypeVar("Report", pytest.CollectReport, pytest.TestReport)

ON_CI = os.environ.get("CI") == "true"

# Hundreds of tests start the program: without the compiled files each start compiles all of it anew, half a second.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


# What takes longest goes first, so that no process is left with a long file at the end.
_FIRST = ("console", "workers", "gateway", "crash", "transports", "store", "fuzz")
_MOST_BROWSERS = 2
_WORKERS = "tests/workers/"


class _FileByFile(LoadScopeScheduling):  # type: ignore[misc]
    """A file's tests share what they set up. No more than two files with a browser are under way at once: more bots and
    browsers on two processors keep each other waiting for longer than people do. The plays with four workers come one
    after the other, or half of the workers would look dead to the rest."""

    def _split_scope(self, nodeid: str) -> str:
        return _WORKERS if nodeid.startswith(_WORKERS) else nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        browsers = sum(
            any(_has_browser(file) and not all(done.values()) for file, done in work.items())
            for other, work in self.assigned_work.items()
            if other is not node
        )
        if browsers >= _MOST_BROWSERS:
            following = next((file for file in self.workqueue if not _has_browser(file)), None)
            if following is not None:
                self.workqueue.move_to_end(following, last=False)
        super()._assign_work_unit(node)


def _has_browser(file: str) -> bool:
    return file.startswith("tests/console/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first."""
    ranks = {folder: rank for rank, folder in enumerate(_FIRST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.split("/")[1], len(ranks)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: browsers and gateways are waited for as long as they are worked for."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _FileByFile:
    """How tests are dealt out to several processes."""
    return _FileByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole file into an error."""
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test into a failure; a test that is expected to fail stays one."""
    return _refuse_skip((yield))


def _refuse_skip(report: Report) -> Report:
    if ON_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped on CI: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """Forget where a test's program logs to: that stream is closed when the test is over."""
    yield
    structlog.reset_defaults()
