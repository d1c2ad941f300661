"""The line to the gateway: not there yet, killed, cut, taken by somebody else, the wrong token."""

from __future__ import annotations

import json

from tests.gateway.bot_process import GREETING, HALL, QUESTIONS, BotProcess
from tests.gateway.conftest import OpenShop
from tests.gateway.lines import Line


def test_a_gateway_that_is_killed_and_comes_back(own_shop: OpenShop) -> None:
    shop = own_shop()
    shop.befriends("wx-before", "早早")
    shop.sees("wx-before", GREETING, QUESTIONS[0])
    shop.gateway.kill()
    shop.bot.logged("link.lost")
    world = json.loads(shop.gateway.world_file.read_text(encoding="utf-8"))  # people go on while we are away
    payload = {"id": "wx-meanwhile", "name": "小间", "friend": True, "gender": 0, "type": 1, "avatar": "", "phone": []}
    world["contacts"].append(["wx-meanwhile", payload])
    shop.gateway.world_file.write_text(json.dumps(world), encoding="utf-8")
    shop.gateway.start()
    shop.sees("wx-meanwhile", GREETING, QUESTIONS[0])
    shop.says("wx-before", "叫我早早")
    shop.sees("wx-before", GREETING, QUESTIONS[0], QUESTIONS[1])
    shop.befriends("wx-after", "晚晚")
    shop.sees("wx-after", GREETING, QUESTIONS[0])
    shop.settled()
    assert shop.texts_to("wx-alice") == []
    assert shop.texts_to("wx-meanwhile") == [GREETING, QUESTIONS[0]]


def test_a_gateway_that_dies_while_it_sends(own_shop: OpenShop) -> None:
    shop = own_shop()
    shop.gateway.drive("settings", sending=60_000)
    shop.befriends("wx-mid", "小中")
    shop.bot.until("the claim", lambda: shop.bot.delivery("greet:wx-mid")[0] == "claimed")
    shop.gateway.kill()
    shop.bot.until("the outcome", lambda: shop.bot.delivery("greet:wx-mid") == ("unknown", "error"))
    shop.gateway.start()
    shop.sees("wx-mid", QUESTIONS[0])  # the greeting may have arrived: it is for a human to say
    shop.settled()
    assert shop.texts_to("wx-mid") == [QUESTIONS[0]]


def test_a_line_that_is_cut_again_and_again(own_shop: OpenShop) -> None:
    shop = own_shop(start=False)
    with Line(shop.gateway.port) as line:
        bot = BotProcess(shop.bot.folder, shop.gateway, endpoint=line.endpoint)
        try:
            bot.start()
            for number in range(3):
                before = len(bot.log())
                line.cut()
                bot.logged("account.online", after=before)
                shop.befriends(f"wx-{number}", f"小{number}")
                bot.until("the question", lambda number=number: QUESTIONS[0] in shop.texts_to(f"wx-{number}"))  # type: ignore[misc]
            assert len(shop.arrived("text", text=GREETING)) == 3
            assert bot.stop() == 0
        finally:
            bot.end()


def test_a_gateway_that_is_not_there_at_first(own_shop: OpenShop) -> None:
    shop = own_shop(start=False)
    shop.gateway.stop()
    shop.bot.start(wait="link.lost")
    assert "nobody listens" in shop.bot.log()[-1]["reason"]
    out = shop.bot.run("group", "bind", HALL, "--tier", "茶桌")  # an operator need not wait
    assert HALL in out
    shop.gateway.start()
    shop.bot.logged("account.online")
    shop.befriends("wx-first", "小一")
    shop.sees("wx-first", GREETING, QUESTIONS[0])


def test_a_wrong_token_is_said_and_nothing_falls_over(own_shop: OpenShop) -> None:
    shop = own_shop(start=False, token="another")
    shop.bot.start(wait="link.lost")
    assert "token" in shop.bot.log()[-1]["reason"]
    assert "another" not in shop.bot.log_file.read_text(encoding="utf-8")
    assert shop.bot.runs
    assert shop.bot.stop() == 0


def test_an_account_that_another_bot_listens_to(own_shop: OpenShop) -> None:
    shop = own_shop()
    folder = shop.bot.folder / "another"
    folder.mkdir()
    second = BotProcess(folder, shop.gateway)
    try:
        second.start(wait="account.taken")
        assert "already has a listener" in second.logged("account.taken")["cure"]
        shop.befriends("wx-one", "小一")  # the first one goes on
        shop.sees("wx-one", GREETING, QUESTIONS[0])
        assert shop.bot.stop() == 0
        second.logged("account.online")
        shop.says("wx-one", "叫我小一")
        second.until("the message", lambda: "叫我小一" in second.texts())
        assert shop.texts_to("wx-one") == [GREETING, QUESTIONS[0]]  # an old friend of the second
        assert second.stop() == 0
    finally:
        second.end()


def test_an_account_that_signs_out_and_in_again(own_shop: OpenShop) -> None:
    shop = own_shop()
    shop.gateway.drive("logout", reason="kicked")
    shop.bot.logged("account.offline")
    before = len(shop.bot.log())
    shop.gateway.drive("login")
    shop.bot.logged("account.online", after=before)
    shop.befriends("wx-back", "小回")
    shop.sees("wx-back", GREETING, QUESTIONS[0])
