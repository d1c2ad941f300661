"""Coming back from a backup: nothing that the lost database sent is sent again, and what may have been is listed."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.merchants import open_merchants
from bot.store import Store
from bot.store.backup import BackupError, backup
from bot.store.restoring import come_back, is_backup, put_back
from bot.story_lines import FriendAdded, Text
from content_calendar.entry import Entry, to_json
from handlers import decide
from models.deliveries import Delivery
from models.journal import JournalEntry
from models.orders import BindGroupOrder, ImportEntriesOrder
from tests.crash.whole import HALL, Whole, configured, play
from tests.store.stage import START

HOUR = 3_600.0


def post(key: str, after: timedelta) -> tuple[str, str, str]:
    """A post of the group that is caught up with when it was missed."""
    local = (START + after).astimezone(ZoneInfo("Asia/Shanghai"))
    entry = Entry(
        key=key, date=local.date(), time=local.time(), tiers=("分院",), text=f"{key}的正文", catch_up="within 24h"
    )
    return entry.key, entry.revision, to_json(entry).decode()


async def furnish(whole: Whole) -> None:
    assert whole.app is not None
    posts = (post("before", timedelta(hours=1)), post("lost", timedelta(hours=3)), post("after", timedelta(hours=9)))
    bind = BindGroupOrder(merchant="m1", account="main", at=whole.clock.now(), actor="t", group=HALL, tier="分院")
    await whole.app.ask(bind)
    await whole.app.ask(ImportEntriesOrder(merchant="m1", at=whole.clock.now(), actor="t", entries=posts))


def states(whole: Whole) -> dict[str, tuple[str, str | None]]:
    return {row.key: (row.state, row.reason) for row in whole.rows(Delivery.key, Delivery.state, Delivery.reason)}


def test_nothing_is_sent_twice_and_the_future_goes_on(sqlite_url: str, tmp_path: Path) -> None:
    whole = Whole(configured(tmp_path), sqlite_url)
    file = tmp_path / "backup.db"

    def restore() -> None:
        assert put_back(file, whole.url, whole.clock.now()) is not None
        with contextlib.closing(Store(whole.url, whole.clock.now)) as store:
            assert is_backup(store)
            come_back(store, open_merchants(store, whole.config, {}, seed=0, started_at=whole.clock.now()), decide)
            assert not is_backup(store)

    async def scene(whole: Whole) -> None:
        await furnish(whole)
        whole.happen(FriendAdded(at=START, account="main", id="f1", contact="wx-1", name="一"))
        await asyncio.sleep(2 * HOUR)
        backup(whole.url, file)
        whole.happen(FriendAdded(at=START, account="main", id="f2", contact="wx-2", name="二"))
        whole.happen(Text(at=START, account="main", id="t1", contact="wx-1", text="我叫小满"))
        await asyncio.sleep(2 * HOUR)
        assert {"greet:wx-2", f"entry:lost:2026-11-23:{HALL}"} <= {key for key, _ in whole.arrived()}
        whole.before_start, whole.recent = restore, type(whole.recent)()  # and the gateway has forgotten
        await whole.kill()
        whole.before_start = lambda: None
        assert states(whole)[f"entry:lost:2026-11-23:{HALL}"] == ("unknown", "crash")
        await asyncio.sleep(8 * HOUR)
        assert set(whole.arrived().values()) == {1}
        assert whole.arrived()[f"entry:after:2026-11-23:{HALL}", 1] == 1
        assert states(whole)[f"entry:before:2026-11-23:{HALL}"][0] == "confirmed"
        assert [one.text for one in whole.delivered if one.contact == "wx-2"].count("怎么称呼你呢？") == 1
        whole.happen(FriendAdded(at=START, account="main", id="f3", contact="wx-3", name="三"))
        await asyncio.sleep(60)
        assert whole.arrived()["greet:wx-3", 1] == 1

    play(whole, scene)


def test_a_backup_made_while_the_program_writes_is_whole(sqlite_url: str, tmp_path: Path) -> None:
    whole = Whole(configured(tmp_path), sqlite_url)

    async def scene(whole: Whole) -> None:
        for number in range(20):
            whole.happen(Text(at=START, account="main", id=f"t{number}", contact="wx-boss", text=f"第{number}句"))
            await asyncio.sleep(0.01)
            acknowledged = {row.wire_id for row in whole.rows(JournalEntry.wire_id)}
            copy = tmp_path / f"{number}.db"
            backup(whole.url, copy)
            with contextlib.closing(Store(f"sqlite:///{copy}", whole.clock.now)) as store:
                assert is_backup(store)
                opened = Whole(whole.config, store.url)
                opened.app, there = type("Held", (), {"store": store})(), JournalEntry.wire_id
                assert {row.wire_id for row in opened.rows(there)} == acknowledged
                assert opened.sound()

    play(whole, scene)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "不是掌柜的备份"), (b"no database, but long", "不是掌柜的备份，或者已损坏"), (None, "没有备份文件")],
    ids=["empty", "rubbish", "absent"],
)
def test_what_is_no_backup_replaces_nothing(sqlite_url: str, tmp_path: Path, content: bytes | None, why: str) -> None:
    file, target = tmp_path / "backup.db", Path(sqlite_url.removeprefix("sqlite:///"))
    if content is not None:
        file.write_bytes(content)
    before = target.read_bytes()
    with pytest.raises(BackupError, match=rf"backup\.db.*{why}|{why}.*backup\.db"):
        put_back(file, sqlite_url, START)
    assert target.read_bytes() == before
    assert list(target.parent.iterdir()) == [target]


def test_a_damaged_backup_replaces_nothing(sqlite_url: str, tmp_path: Path) -> None:
    file, target = tmp_path / "backup.db", Path(sqlite_url.removeprefix("sqlite:///"))
    backup(sqlite_url, file)
    before = target.read_bytes()
    with file.open("r+b") as opened:
        opened.seek(8192)
        opened.write(b"\xa5" * 8192)  # a page
    with pytest.raises(BackupError, match=r"backup\.db"):
        put_back(file, sqlite_url, START)
    assert target.read_bytes() == before
    assert not list(target.parent.glob("*before*"))
