"""A backup of the running bot, the loss of its database, and the way back, from a shell."""

from __future__ import annotations

import json
import shutil

from tests.gateway.bot_process import GREETING, QUESTIONS
from tests.gateway.conftest import OpenShop


def test_back_from_a_backup_nobody_is_greeted_twice(own_shop: OpenShop) -> None:
    shop = own_shop()
    shop.befriends("wx-early", "早早")
    shop.sees("wx-early", GREETING, QUESTIONS[0])
    shop.settled()
    saved = shop.bot.folder / "saved.db"
    done = shop.bot.command("db", "backup", str(saved))
    assert done.returncode == 0, done.stderr
    shop.befriends("wx-late", "晚晚")
    shop.sees("wx-late", GREETING, QUESTIONS[0])
    refused = shop.bot.command("db", "restore", str(saved))
    assert refused.returncode == 2
    assert "另一个掌柜" in refused.stderr
    shop.bot.kill()

    restored = shop.bot.command("db", "restore", str(saved), "--json")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["unknown"] == 0
    shop.bot.start()
    shop.settled()
    assert shop.texts_to("wx-late") == shop.texts_to("wx-early") == [GREETING, QUESTIONS[0]]
    shop.says("wx-early", "叫我早早")
    shop.sees("wx-early", GREETING, QUESTIONS[0], QUESTIONS[1])

    # put in place by hand, as people do: the copy says what it is
    assert shop.bot.stop() == 0
    for file in (shop.bot.folder / "data").glob("shop.db*"):
        file.unlink()
    shutil.copy(saved, shop.bot.folder / "data" / "shop.db")
    shop.bot.start()
    shop.bot.logged("database.restored")
    shop.befriends("wx-new", "新新")
    shop.sees("wx-new", GREETING, QUESTIONS[0])
    assert shop.texts_to("wx-late") == [GREETING, QUESTIONS[0]]
