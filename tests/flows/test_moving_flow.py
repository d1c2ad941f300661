"""A shop moves to PostgreSQL: `db copy` takes every row along, and life goes on there as it would have here."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, make_url, select, text, update
from sqlmodel import col

from bot.clock import utc_now
from bot.command_line import main
from bot.config_values import shown_url
from bot.control import Holding
from bot.store import Store
from bot.store.engine import reader_engine, writer_engine
from bot.store.moving import move_back, moved_from
from bot.store.restoring import is_backup
from models.deliveries import Delivery
from models.people import Answer, Person
from models.tables import METADATA
from models.workers import IdSource
from tests.flows.playing import Line, Played, Stage, asks_to_be_friends, operator, says
from tests.store.databases import new_postgresql

BEFORE = [
    operator("09:00", "group bind room-1@chatroom --tier 分院"),
    operator("09:00", "calendar import posts.csv"),
    asks_to_be_friends("09:10", "wx1"),
    says("09:12", "wx1", "叫我小林🍵"),
    says("09:13", "wx1", "1和3"),
    asks_to_be_friends("09:20", "wx2"),
    says("09:25", "wx-boss", "/tag wx1 老客"),
    says("09:26", "wx1", '第一行\n第二行\t\\N 有 \\ 和 "', group="room-1@chatroom"),
    says("09:30", "wx1", "请问这款岩茶怎么卖？", group="room-1@chatroom"),
]
AFTER: list[Line] = [
    says("15:00", "wx2", "我叫大熊"),
    says("15:01", "wx2", "2"),
    says("15:02", "wx-boss", "/who wx1"),
    asks_to_be_friends("15:10", "wx3"),
    operator("15:20", "who wx1 --json"),
]
BIND = ["group", "bind", "room-2@chatroom", "--tier", "分院"]
POSTS = "key,date,time,tiers,text\nmorning,2026-11-23,10:00,分院,早上好\nevening,2026-11-23,18:00,分院,晚上好\n"


@pytest.fixture
def moved(tmp_path: Path, capsys: pytest.CaptureFixture[str], postgresql_url: str) -> Stage:
    """A shop with a day behind it, in a file and copied from there."""
    stage = Stage(tmp_path, capsys)
    stage.write("posts.csv", POSTS)
    assert stage.play(BEFORE, "--db", str(tmp_path / "shop.db"), "--to", "2026-11-23T14:00+08:00").exit == 0
    assert copied(stage, postgresql_url) == 0
    return stage


def copied(stage: Stage, target: str, *options: str, source: str = "shop.db") -> int:
    config = str(stage.folder / "config.toml")
    return main(["db", "copy", str(stage.folder / source), target, "--config", config, *options])


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    engine = reader_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in METADATA.sorted_tables
            if table is not IdSource.__table__  # type: ignore[attr-defined]
        }
    engine.dispose()
    return {name: sorted(rows, key=str) for name, rows in found.items()}


def without_ids(played: Played) -> list[Line]:
    return [{name: value for name, value in line.items() if name != "delivery"} for line in played.lines]


def test_every_row_is_there_and_the_story_goes_on_as_it_would_have(
    moved: Stage, tmp_path: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = everything(f"sqlite:///{tmp_path}/shop.db")
    assert everything(postgresql_url) == here
    assert sum(map(len, here.values())) > 100
    out = capsys.readouterr().out
    assert str(sum(map(len, here.values()))) in out
    on_file = moved.play(AFTER, "--db", str(tmp_path / "shop.db"), world=None)
    moved_on = moved.play(AFTER, "--db", postgresql_url, world=None)
    assert without_ids(moved_on) == without_ids(on_file)
    assert len(on_file.arrived()) > 5


def test_what_is_given_an_id_there_comes_behind_what_was_copied(moved: Stage, postgresql_url: str) -> None:
    copied_ids = {table: [row[0] for row in rows] for table, rows in everything(postgresql_url).items()}
    highest = max(copied_ids["delivery"])
    engine = reader_engine(postgresql_url)
    with engine.connect() as connection:
        assert connection.execute(select(col(IdSource.last))).scalar_one() >= highest
        for table in (
            "audit",
            "delivery",
            "journal",
        ):  # their sequences are PostgreSQL's own idea, and nobody asks them
            sequence = connection.execute(text(f"SELECT pg_get_serial_sequence('{table}', 'id')")).scalar_one()
            last = connection.execute(text(f"SELECT last_value FROM {sequence}")).scalar_one()
            assert last == max(copied_ids[table])
    engine.dispose()
    moved.play(AFTER, "--db", postgresql_url, world=None)
    assert max(row[0] for row in everything(postgresql_url)["delivery"]) > highest


def test_nothing_is_copied_over_something(
    moved: Stage, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    there = everything(postgresql_url)
    assert copied(moved, postgresql_url) == 2
    assert "已经有数据" in capsys.readouterr().err
    assert everything(postgresql_url) == there


def test_what_cannot_be_copied_is_said_with_the_cure(
    moved: Stage, tmp_path: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert copied(moved, postgresql_url, source="nowhere.db") == 2
    assert "没有数据库" in capsys.readouterr().err
    assert copied(moved, str(tmp_path / "other.db")) == 2
    assert "只从 SQLite 搬到 PostgreSQL" in capsys.readouterr().err
    shutil.copy(tmp_path / "shop.db", tmp_path / "old.db")
    old = create_engine(f"sqlite:///{tmp_path}/old.db")
    with old.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0019'"))
    old.dispose()
    assert copied(moved, postgresql_url, source="old.db") == 2
    assert "db upgrade" in capsys.readouterr().err


def test_odd_values_arrive_as_they_are_but_for_a_nul(
    moved: Stage, tmp_path: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = f"sqlite:///{tmp_path}/shop.db"
    odd = "空\0字节\r\n\\.\t\\N“”👩‍👩‍👧"
    engine = writer_engine(source)
    with engine.begin() as connection:
        connection.execute(update(Person).values(note=odd))
        connection.execute(update(Answer).where(col(Answer.key) == "call").values(value=["3", 3, 2.5, None, "空\0"]))
        connection.execute(update(Answer).where(col(Answer.key) == "tea").values(value=300))
        connection.execute(update(Delivery).values(text=""))
    engine.dispose()
    target = create_engine(postgresql_url)
    with target.begin() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(METADATA.tables)}"))
    target.dispose()
    assert copied(moved, postgresql_url, "--json") == 0
    assert '"table": "person"' in capsys.readouterr().out
    here, there = everything(source), everything(postgresql_url)
    assert str(there).replace("\\ufffd", "�") == str(here).replace("\\x00", "�")


def at_shop(stage: Stage, *argv: str, file: str = "shop.db") -> int:
    return main([*argv, "--db", str(stage.folder / file), "--config", str(stage.folder / "config.toml")])


def test_nobody_sends_with_the_old_file_or_changes_it(
    moved: Stage, tmp_path: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    posts = str(tmp_path / "posts.csv")
    shutil.copy(tmp_path / "shop.db", tmp_path / "renamed.db")
    assert at_shop(moved, "db", "backup", str(tmp_path / "backup.db")) == 0
    capsys.readouterr()
    for file in ("shop.db", "renamed.db", "backup.db"):
        for argv in (["run", "--quiet"], BIND, ["calendar", "import", posts]):
            assert at_shop(moved, *argv, file=file) == 2
            (said,) = capsys.readouterr().err.splitlines()
            assert re.search(rf"{file} 已在 \d{{4}}-\d\d-\d\d \d\d:\d\d 搬到 ", said)
            assert f" 搬到 {shown_url(postgresql_url)}，只能看" in said
            assert "[database] url" in said
            assert f"db restore --db {tmp_path / file}" in said
    assert at_shop(moved, "doctor") == 2
    assert f" 搬到 {shown_url(postgresql_url)}，只能看" in capsys.readouterr().out


def test_the_file_keeps_no_password_of_the_other_side(
    moved: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = make_url(new_postgresql()).set(password="a-secret").render_as_string(hide_password=False)
    assert copied(moved, target) == 0
    assert at_shop(moved, "run", "--quiet") == 2
    assert "a-secret" not in "".join(capsys.readouterr())
    assert not any(b"a-secret" in file.read_bytes() for file in tmp_path.glob("shop.db*"))


def test_the_old_file_can_still_be_looked_at(moved: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for argv in (
        ["who", "wx1"],
        ["report", "promises"],
        ["calendar", "export", str(tmp_path / "out.csv")],
        ["deliveries", "list"],
        ["ahead", "--days", "3"],
        ["db", "upgrade"],
    ):
        assert (at_shop(moved, *argv), capsys.readouterr().err) == (0, "")


def test_the_other_side_knows_nothing_of_the_mark(moved: Stage, postgresql_url: str) -> None:
    engine = reader_engine(postgresql_url)
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, "alembic_version"}
    engine.dispose()
    config = str(moved.folder / "config.toml")
    assert main([*BIND, "--db", postgresql_url, "--config", config]) == 0


def test_whoever_goes_back_to_the_file_has_what_may_have_been_sent_listed(
    moved: Stage, tmp_path: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    there = moved.play([says("14:01", "wx1", "好的")], "--db", postgresql_url, world=None)
    assert there.arrived(delivery="ask:wx2:2")
    capsys.readouterr()
    assert at_shop(moved, "db", "restore") == 0
    said = capsys.readouterr().out
    assert f"{shown_url(postgresql_url)} 那边不要再启动" in said
    assert "说不准发过没有" in said
    assert at_shop(moved, "deliveries", "list", "--state", "unknown") == 0
    assert "ask:wx2:2" in capsys.readouterr().out
    assert moved_from(f"sqlite:///{tmp_path}/shop.db") is None
    assert at_shop(moved, *BIND) == 0


def test_a_program_that_is_killed_while_it_goes_back_leaves_a_backup(moved: Stage, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    assert move_back(url) is not None
    with closing(Store(url, utc_now)) as store:
        assert is_backup(store)
    assert move_back(url) is None


def test_a_copy_that_fails_leaves_no_mark(
    moved: Stage, tmp_path: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert at_shop(moved, "db", "restore") == 0
    assert copied(moved, postgresql_url) == 2  # there is something already
    assert moved_from(f"sqlite:///{tmp_path}/shop.db") is None


def test_a_file_that_is_copied_once_more_is_said_to_be_an_old_one(
    moved: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    first = capsys.readouterr()
    assert first.err == ""
    assert "只能看" in first.out
    assert copied(moved, new_postgresql()) == 0
    assert "已经搬到过" in capsys.readouterr().err


def test_a_copy_of_a_backup_is_a_trial_beside_a_shop_that_goes_on(moved: Stage, tmp_path: Path) -> None:
    shop = f"sqlite:///{tmp_path}/shop.db"
    assert at_shop(moved, "db", "restore") == 0
    assert at_shop(moved, "db", "backup", str(tmp_path / "trial.db")) == 0
    with Holding(shop):  # as the bot does
        assert copied(moved, new_postgresql(), source="trial.db") == 0
    assert moved_from(f"sqlite:///{tmp_path}/trial.db") is not None
    assert moved_from(shop) is None
