"""The main job from wire to wire: the whole program on a real gateway, as somebody outside would see it."""

from __future__ import annotations

from tests.gateway.bot_process import GREETING, QUESTIONS, BotProcess
from tests.gateway.conftest import HALL
from tests.transports.gateway_process import GatewayProcess


def test_a_new_friend_from_request_to_thanks(bot: BotProcess, gateway: GatewayProcess) -> None:
    bot.run("group", "bind", HALL, "--tier", "茶桌")
    gateway.drive("friend_request", contact="wx-lin", name="林间", hello="想喝茶")
    bot.until("the first question", lambda: QUESTIONS[0] in texts_to(gateway, "wx-lin"))
    for question, answer in enumerate(["叫我老林", "1", "1和2", "三百", "8月15", "想去茶山看看"], start=1):
        gateway.drive("say", **{"from": "wx-lin"}, text=answer)
        wanted = QUESTIONS[question] if question < len(QUESTIONS) else "都记下啦，谢谢老林。"
        bot.until(wanted, lambda wanted=wanted: wanted in texts_to(gateway, "wx-lin"))  # type: ignore[misc]
    bot.until("the invitation", lambda: [one for one in gateway.sent if one["kind"] == "invite"])
    print(gateway.sent)
    print(bot.who("wx-lin"))
    print(bot.deliveries())


def texts_to(gateway: GatewayProcess, to: str) -> list[str]:
    return [one["text"] for one in gateway.sent if one["kind"] == "text" and one["to"] == to]
