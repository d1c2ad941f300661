"""Single values of `config.toml` that are refused, whatever stands around them."""

from __future__ import annotations

import pytest
from pydantic_core import PydanticCustomError

from bot.config_values import a_timezone


@pytest.mark.parametrize(
    "wrong", ["", "Asia", "Asia/", "../Asia/Shanghai", "/etc/passwd", "zone.tab", "北京", "x" * 5_000]
)
def test_what_is_no_timezone_is_refused(wrong: str) -> None:
    with pytest.raises(PydanticCustomError, match="'Asia/Shanghai' 这样的时区"):
        a_timezone(wrong)


@pytest.mark.parametrize("right", ["Asia/Shanghai", "Etc/GMT+8", "UTC"])
def test_what_is_one_is_taken(right: str) -> None:
    assert a_timezone(right) == right
