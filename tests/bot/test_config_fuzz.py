"""Whatever stands in a file or the environment: it loads or is refused in plain lines, never with a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import load_config
from bot.faults import ConfigFaults
from bot.playbook_files import load_playbook

KEYS = st.sampled_from(
    ["name", "tiers", "survey", "questions", "key", "type", "texts", "when", "options", "promises", "per", "caps", "x"]
) | st.sampled_from(
    [
        "persona",
        "reception",
        "greetings",
        "accept",
        "quiet_hours",
        "from",
        "to",
        "days",
        "join",
        "tags",
        "value",
        "words",
    ]
)
LEAVES = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["name", "choice", "day", "22:00", "{name}", "{x}", "mon"]),
    st.times(),
    st.dates(),
)
DATA = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(KEYS, DATA, max_size=5))
def test_no_playbook_ends_in_a_traceback(tmp_path: Path, data: dict[str, Any]) -> None:
    path = tmp_path / "playbook.toml"
    path.write_bytes(tomlkit.dumps(data).encode("utf-8", "surrogatepass"))
    try:
        load_playbook(path)
    except ConfigFaults as refusal:
        lines, faults = str(refusal).split("\n"), refusal.faults
    else:
        return
    assert faults
    assert len(lines) == len(faults)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_file_ends_in_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigFaults):
        load_config(path, {})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["database", "console", "log", "merchants", "accounts"]),
        st.recursive(
            LEAVES,
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(
                    st.sampled_from(["id", "name", "url", "port", "admins", "tls", "role"]), inner, max_size=4
                ),
            ),
        ),
    ),
    st.dictionaries(
        st.lists(
            st.sampled_from(["ACCOUNTS", "MERCHANTS", "0", "1", "²", "ID", "PORT", "CONSOLE", ""]), min_size=2
        ).map(lambda parts: "ZHANGGUI_" + "__".join(parts)),
        st.text(max_size=5),
        max_size=3,
    ),
)
def test_no_config_ends_in_a_traceback(tmp_path: Path, data: dict[str, Any], environ: dict[str, str]) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(tomlkit.dumps(data).encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigFaults):
        load_config(path, environ)
