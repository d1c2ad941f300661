"""Public holidays that `config.toml` tells."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.config import load_config
from bot.config_values import DAYS
from bot.faults import ConfigFaults
from content_calendar.holidays import announce, is_working_day
from tests.bot.test_config import CONFIG, PLAYBOOK

HOLIDAYS = """
[[holidays]]
year = 2050
off = [2050-01-03, "2050-01-31/2050-02-02"]
worked = ["2049-12-26"]
"""


def test_holidays_that_the_program_does_not_know_are_told(tmp_path: Path) -> None:
    (tmp_path / "playbook.toml").write_text(PLAYBOOK, "utf-8")
    (tmp_path / "gateway-ca.pem").write_text("", "utf-8")
    (tmp_path / "config.toml").write_text(CONFIG + HOLIDAYS, "utf-8")
    try:
        load_config(tmp_path / "config.toml", {})
        assert not is_working_day(date(2050, 1, 3))  # a Monday
        assert not is_working_day(date(2050, 2, 1))
        assert is_working_day(date(2049, 12, 26))  # a Sunday
    finally:
        announce(())


@pytest.mark.parametrize(
    ("wrong", "key", "expected"),
    [
        ('"2050-02-02/2050-01-31"', "holidays[0].off", DAYS),
        ('"2050-02-30"', "holidays[0].off", DAYS),
        ('"2051-10-01"', "holidays[0].off", "要写 2050 年的日子"),
        ('"2049-12-26"', "holidays[0].worked", "off 和 worked 里留一个"),
    ],
)
def test_holidays_that_cannot_be(tmp_path: Path, wrong: str, key: str, expected: str) -> None:
    (tmp_path / "playbook.toml").write_text(PLAYBOOK, "utf-8")
    (tmp_path / "gateway-ca.pem").write_text("", "utf-8")
    (tmp_path / "config.toml").write_text(CONFIG + HOLIDAYS.replace("2050-01-03", wrong), "utf-8")
    with pytest.raises(ConfigFaults) as refusal:
        load_config(tmp_path / "config.toml", {})
    assert [(fault.key, fault.expected) for fault in refusal.value.faults] == [(key, expected)]
