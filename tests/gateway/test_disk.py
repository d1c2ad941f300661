"""A disk that takes nothing more, and then does again: the running bot goes on, and nothing is lost."""

from __future__ import annotations

import resource

from tests.gateway.bot_process import BOSS, GREETING, HALL, QUESTIONS
from tests.gateway.conftest import OpenShop


def test_a_disk_that_is_full_for_a_while(own_shop: OpenShop) -> None:
    """The system's limit on the size of files stands for the end of the disk: it can be moved while the bot runs."""
    shop = own_shop()
    shop.bot.run("group", "bind", HALL, "--tier", "茶桌")
    pid, log = shop.bot.pid, shop.bot.folder / "data" / "shop.db-wal"
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (log.stat().st_size, most))
    shop.befriends("wx-full", "小满")
    said = [shop.says("wx-alice", f"第{number}句", room=HALL) for number in range(20)]
    shop.bot.logged("alert.began")  # once, whatever is tried again each second
    assert not shop.texts_to("wx-full")
    asked = shop.bot.command("group", "list")  # reading still works
    assert asked.returncode == 0, asked.stderr
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
    shop.sees("wx-full", GREETING, QUESTIONS[0])
    shop.says(BOSS, "/whoami")
    shop.settled()
    journalled = [wire_id for (wire_id,) in shop.bot.rows("select wire_id from journal where type = 'message'")]
    assert sorted(one for one in journalled if one in said) == sorted(said)
    assert shop.bot.rows("pragma integrity_check") == [("ok",)]
    assert shop.bot.runs
    assert shop.bot.stop() == 0
