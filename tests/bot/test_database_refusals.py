"""A database that cannot be used: one sentence that says which, why and what helps, and never a password."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import DatabaseError

from bot.cli.mistakes import told
from bot.command_line import main
from bot.doctor import examine
from bot.store.engine import reader_engine, sqlite_driver, writer_engine
from bot.store.migrating import alembic_config
from models.tables import METADATA
from tests.store.databases import migrated_sqlite, new_postgresql, postgresql_server
from tests.transports.gateway_process import free_port

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


def test_a_postgresql_that_does_not_let_us_in_is_said_as_by_the_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    there = make_url(new_postgresql())
    gone = there.set(password="a-secret", database="nowhere").render_as_string(hide_password=False)
    deaf = f"postgresql+psycopg://shop:a-secret@127.0.0.1:{free_port()}/shop"
    cure = "启动 PostgreSQL，检查 url 里的主机、用户名、密码、库名"
    for url in (gone, deaf, "postgresql+psycopg://shop:a-secret@nohost.invalid/shop"):
        for argv in (["db", "copy", "shop.db", url], ["group", "list", "--db", url], ["run", "--db", url, "--quiet"]):
            said = refused(capsys, *argv)
            assert cure in said
            assert "权限" not in said
            assert "a-secret" not in said
        assert examine(Path("config.toml"), url, as_json=False) == 2
        assert cure in capsys.readouterr().out


def as_role(url: str, role: str) -> str:
    """The same database as another user of it, who is made where there is none."""
    with psycopg.connect(postgresql_server(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(f"CREATE ROLE {role} LOGIN")
    return make_url(url).set(username=role).render_as_string(hide_password=False)


def doctor_says(url: str, capsys: pytest.CaptureFixture[str], status: int = 2) -> str:
    """The line of the database."""
    assert examine(Path("config.toml"), url, as_json=False) == status
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "数据库" in line]
    return line


def test_a_postgresql_that_can_only_be_read_is_no_sound_database(
    postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = new_postgresql()
    for url in (empty, postgresql_url):
        assert doctor_says(url, capsys, status=0).startswith("✓")
        name = make_url(url).database
        with psycopg.connect(postgresql_server(), autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        try:
            said = doctor_says(url, capsys)
        finally:
            with psycopg.connect(postgresql_server(), autocommit=True) as connection:
                connection.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        assert "写不了：cannot execute" in said
        assert "default_transaction_read_only" in said


def test_a_role_that_may_make_no_tables_or_not_change_them_hears_so_from_doctor_and_run(
    postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = as_role(new_postgresql(), "guest")
    cure = "ALTER DATABASE … OWNER TO"
    assert "写不了：permission denied for schema public → " in (said := doctor_says(empty, capsys))
    assert cure in said
    said = refused(capsys, "run", "--db", empty, "--quiet")
    assert said.startswith("数据库用不了：permission denied for schema public。")
    assert cure in said

    guest = as_role(postgresql_url, "guest")
    assert "permission denied for table" in doctor_says(guest, capsys)
    with psycopg.connect(make_url(postgresql_url).set(drivername="postgresql").render_as_string()) as connection:
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    said = doctor_says(guest, capsys)
    assert f"{len(METADATA.tables)} 张表这个用户不能改（account、" in said
    with psycopg.connect(make_url(postgresql_url).set(drivername="postgresql").render_as_string()) as connection:
        connection.execute("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest")
    assert doctor_says(guest, capsys, status=0).startswith("✓")
    with psycopg.connect(make_url(postgresql_url).set(drivername="postgresql").render_as_string()) as connection:
        connection.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM guest")


def test_an_older_structure_is_upgraded_by_the_owner_of_its_tables_only(capsys: pytest.CaptureFixture[str]) -> None:
    url = new_postgresql()
    engine = writer_engine(url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.execute(text("GRANT CREATE ON SCHEMA public TO PUBLIC"))
        connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC"))
    engine.dispose()
    assert doctor_says(url, capsys, status=0).startswith("!")
    said = doctor_says(as_role(url, "guest"), capsys)
    assert "张表这个用户不能改" in said
    assert "OWNER TO" in said


def test_the_doctor_waits_for_nobody_and_changes_nothing(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    engine = writer_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO id_source (name, last) VALUES ('all', 7)"))
    with engine.begin() as connection:  # somebody who writes, for long
        connection.execute(text("UPDATE id_source SET last = 8"))
        began = time.monotonic()
        assert doctor_says(database_url, capsys, status=0).startswith("✓")
        assert time.monotonic() - began < 5
    with engine.connect() as connection:
        assert connection.execute(text("SELECT last FROM id_source")).scalar() == 8
        assert "zhanggui_doctor" not in inspect(connection).get_table_names()
    engine.dispose()


def test_a_file_that_sqlite_only_reads_is_no_sound_database(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{shop / 'shop.db'}"
    assert doctor_says(url, capsys, status=0).startswith("✓")
    with (shop / "shop.db").open("r+b") as file:  # its header says that only a later SQLite may write it
        file.seek(18)
        file.write(b"\x03")
    said = doctor_says(url, capsys)
    assert "读得了，写不了：只能读，不能写" in said
    assert "-shm" in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://shop:a-secret@db/shop",
        "mysql://shop:a-secret@db/shop",
        "postgres://foo?password=a-secret",
        "postgresql+psycopg://shop:a-secret@db:port/shop",
    ],
)
def test_a_url_of_another_kind_is_shown_where_it_was_given(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for place, argv in (
        ("目标", ["db", "copy", "shop.db", url]),
        ("来源", ["db", "copy", url, "shop.db"]),
        ("--db", ["group", "list", "--db", url]),
    ):
        said = refused(capsys, *argv)
        assert said.startswith(f"{place} 写的是 {url.partition('://')[0]}://")
        assert "postgresql+psycopg://用户:密码@主机/库" in said
        assert "a-secret" not in said
        assert ("--db" in said) == (place == "--db")


def test_a_source_that_is_no_database_is_named_and_no_lock_is_left_beside_it(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "story.jsonl").write_text('{"at": "2026-11-23T09:00:00+08:00", "do": "wait"}\n')
    before = sorted(shop.iterdir())
    target = f"postgresql+psycopg://shop@127.0.0.1:{free_port()}/shop"
    assert f"{shop / 'story.jsonl'} 不是 SQLite 数据库" in refused(capsys, "db", "copy", "story.jsonl", target)
    assert "没有数据库" in refused(capsys, "db", "copy", "folder/nowhere.db", target)
    assert sorted(shop.iterdir()) == before


def test_no_part_of_a_password_is_shown_wherever_it_stands_in_the_url(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = "postgresql+psycopg://shop:half@secret@127.0.0.1:1/shop"
    said = refused(capsys, "db", "copy", "shop.db", bare)
    assert said == "目标 写的是 postgresql+psycopg://***@127.0.0.1:1/shop：密码里的 @ 要写成 %40"
    monkeypatch.setenv("ZHANGGUI_DATABASE__URL", bare)
    assert "密码里的每个 @ 要写成 %40" in (said := refused(capsys, "group", "list"))
    assert "secret" not in said
    monkeypatch.delenv("ZHANGGUI_DATABASE__URL")
    assert examine(Path("config.toml"), "postgresql+psycopg://127.0.0.1:1/shop?password=secret", as_json=False) == 2
    assert "secret" not in capsys.readouterr().out


def test_a_database_of_another_program_is_refused_with_its_tables_and_the_cure(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs, ours = new_postgresql(), new_postgresql()
    engine = create_engine(theirs)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE customers (id INTEGER)"))
    engine.dispose()
    with closing(sqlite_driver().connect("other.db")) as file, file:
        file.execute("CREATE TABLE customers (id INTEGER)")
    before = sorted(shop.iterdir())
    for url, argv in (
        ("other.db", ["run", "--quiet", "--db", "other.db"]),
        ("other.db", ["db", "upgrade", "--db", "other.db"]),
        ("other.db", ["ahead", "--db", "other.db"]),
        ("other.db", ["db", "copy", "other.db", ours]),
        (theirs, ["run", "--quiet", "--db", theirs]),
        (theirs, ["db", "upgrade", "--db", theirs]),
        (theirs, ["db", "copy", "shop.db", theirs]),
        (theirs, ["group", "list", "--db", theirs]),
    ):
        said = refused(capsys, *argv)
        assert "别的程序的表（customers）" in said
        assert ("改成掌柜自己的文件" if url == "other.db" else "createdb -E UTF8 -T template0 NAME") in said
        assert (str(shop / "other.db") if url == "other.db" else f"库 {make_url(theirs).database} ") in said
    assert sorted(shop.iterdir()) == before
    assert "别的程序的表（customers）" in refused(capsys, "group", "list", "--db", "other.db")
    engine = create_engine(theirs)
    assert inspect(engine).get_table_names() == ["customers"]
    engine.dispose()


@pytest.mark.parametrize("first", [0, 1], ids=["from the first page on", "behind the first page"])
def test_a_damaged_file_is_said_in_the_same_words_everywhere(
    first: int, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = shop / "shop.db"
    content = bytearray(file.read_bytes())
    page = int.from_bytes(content[16:18], "big")
    content[page * first :] = b"\xa5" * (len(content) - page * first)
    file.write_bytes(content)
    cure = "先把它和旁边的 -wal 文件收好，再用备份恢复：python -m bot db restore 备份文件"
    for argv in (["run", "--quiet"], ["group", "list"], ["db", "upgrade"], ["ahead"]):
        said = refused(capsys, *argv, "--db", "shop.db")
        assert said.startswith(f"数据库文件 {file} ")
        assert "已损坏（" in said
        assert said.endswith(cure)
    assert examine(Path("config.toml"), "shop.db", as_json=False) == 2
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "数据库" in line]
    found, _, doctors_cure = line.partition(" → ")
    assert found.removeprefix("✗ 数据库  ") in said
    assert doctors_cure in said


def test_a_page_that_only_some_command_needs_is_said_in_the_same_words() -> None:
    with closing(sqlite_driver().connect("shop.db")) as file, file:
        (page,) = file.execute("PRAGMA page_size").fetchone()
        (root,) = file.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'chat_group'").fetchone()
    with Path("shop.db").open("r+b") as file:
        file.seek(page * (root - 1))
        file.write(b"\xa5" * page)
    engine = reader_engine(f"sqlite:///{Path('shop.db').absolute()}")
    with engine.connect() as connection, pytest.raises(DatabaseError) as damage:
        connection.execute(text("SELECT * FROM chat_group")).all()
    engine.dispose()
    assert told(damage.value).startswith("数据库文件已损坏（database disk image is malformed）。先把它")
