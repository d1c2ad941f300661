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

Report = TypeVar("Report", pytest.CollectReport, pytest.TestReport)

ON_CI = os.environ.get("CI") == "true"

# Hundreds of tests start the program: without the compiled files each start compiles all of it anew, half a second.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


class _FileByFile(LoadScopeScheduling):  # type: ignore[misc]
    """A file's tests share what they set up; all with a browser go one after the other, or two bots and two browsers
    on two processors keep each other waiting for longer than people do."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "tests/console" if file.startswith("tests/console/") else file


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first: the tests of a browser are one piece, and nobody should wait for it at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/console/"))


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
