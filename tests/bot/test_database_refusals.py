"""A database that cannot be used: one sentence that says which, why and what helps, and never a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.command_line import main
from bot.doctor import examine
from tests.store.databases import migrated_sqlite, new_postgresql

CONFIG = """
[[merchants]]
id = "m1"
name = "半山茶社"
playbook = "playbook.toml"
[[accounts]]
id = "main"
merchant = "m1"
transport = "simulator"
"""


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "playbook.toml").write_text('name = "茶"\n', encoding="utf-8")
    (tmp_path / "shop.db").write_bytes(migrated_sqlite().read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """What a command that is refused says, which is one line."""
    assert main(argv) == 2
    (said,) = capsys.readouterr().err.splitlines()
    return said


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_postgresql_that_is_not_utf8_is_refused_with_the_cure(
    encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_postgresql("template0", f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'")
    cure = "createdb -E UTF8 -T template0 NAME"
    for argv in (["db", "copy", "shop.db", url], ["group", "list", "--db", url], ["run", "--db", url, "--quiet"]):
        said = refused(capsys, *argv)
        assert f"编码是 {encoding}" in said
        assert cure in said
    assert examine(Path("config.toml"), url, as_json=False) == 2
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "数据库" in line]
    assert encoding in line
    assert cure in line
