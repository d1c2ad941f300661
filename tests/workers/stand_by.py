"""Two shops whose first account is banned: the other one takes its place in the middle of a survey and of posts, while
one of its friends opts out and another asks to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.workers.theatre import Actor, Theatre, after

_PLAYBOOK = """
name = "{name}"
send_timeout_seconds = 5
[persona]
name = "阿岭"
[reception]
accept = [{{ accept = true }}]
greetings = ["欢迎，我是{{shop}}的{{persona}}，店里的机器人助手。"]
remark = "{{call|新客}}"
[survey]
thanks = ["建好档啦，谢谢{{name}}。"]
settle_seconds = 0.5
[[survey.questions]]
key = "call"
type = "name"
texts = ["怎么称呼？"]
[[survey.questions]]
key = "like"
type = "choice"
texts = ["爱喝什么？1茶 2酒"]
options = [{{ value = "tea", label = "茶" }}, {{ value = "wine", label = "酒" }}]
[[tiers]]
name = "分院"
[pace]
typing_chars_per_second = 100
"""
_HEADER = "key,date,time,tiers,tags,text,catch_up"
_BOSS, _ROOMS = "wx-boss", 2


class StandBy:
    """The friends and groups of each shop's first account are the second one's too, but one friend who comes later."""

    accounts: Mapping[str, str] = {"e1": "m1", "e2": "m1", "e3": "m2", "e4": "m2"}
    merchants: Mapping[str, tuple[str, str]] = {"m1": ("岭南铺", "e1"), "m2": ("海边铺", "e3")}
    groups = _ROOMS * 2
    endless: Sequence[str] = ("no_seat", "nudge", "entry", "ask_again", "alert_over")
    waits_long: Sequence[str] = ()

    def __init__(self) -> None:
        self.playbooks: Mapping[str, str] = {
            f"{merchant}.toml": _PLAYBOOK.format(name=name) for merchant, (name, _) in self.merchants.items()
        }

    def furnish(self, shop: Theatre) -> None:
        for first, second in (("e1", "e2"), ("e3", "e4")):
            for account in (first, second):
                gateway = shop.gateways[account]
                gateway.drive("person", id=_BOSS, name="老板", friend=True)
                for n in range(4):
                    gateway.drive("person", id=f"wx-{first}-f{n}", name=f"{first}友{n}", friend=True)
                for n in range(_ROOMS):
                    room, members = f"{first}-{n}@chatroom", [f"bot-{first}", f"bot-{second}", f"wx-{first}-f{n}"]
                    gateway.drive("room", id=room, topic=f"{first}{n}群", members=members)

    def prepare(self, shop: Theatre) -> None:
        for merchant, first in (("m1", "e1"), ("m2", "e3")):
            for n in range(_ROOMS):
                room = f"{first}-{n}@chatroom"
                shop.command("--merchant", merchant, "group", "bind", room, "--tier", "分院", "--account", first)

    def actors(self, shop: Theatre) -> Mapping[str, Actor]:
        return {
            "ban e1": self.ban(shop, "m1", "e1", "e2"),
            "ban e3": self.ban(shop, "m2", "e3", "e4"),
            "forget e1": self.forget(shop, "e1"),
            "forget e3": self.forget(shop, "e3"),
        }

    def forget(self, shop: Theatre, account: str) -> Actor:
        wx = f"wx-{account}-f3"
        yield from shop.talk(account, wx, "忘记我")
        yield shop.told(account, wx, "确定就在")
        shop.say(account, wx, "确认")
        yield shop.told(account, wx, "都删掉了")

    def ban(self, shop: Theatre, merchant: str, banned: str, other: str) -> Actor:
        """Who knows the other account only since then is greeted by it, though nobody tells it of that friendship."""
        wx = f"wx-{banned}-new"
        shop.gateways[banned].drive("friend_request", contact=wx, name="新客", hello="你好", id=f"request-{wx}")
        yield shop.told(banned, wx, "怎么称呼")
        yield from shop.talk(banned, wx, "叫我老林")
        yield shop.over(f"forget {banned}")
        shop.gateways[other].drive("person", id=wx, name="新客", friend=True)
        shop.gateways[banned].drive("logout")
        yield after(1)
        friends = ";".join(f"人:wx-{banned}-f{n}" for n in range(3))
        shop.calendar(
            merchant, f"posts-{merchant}", _HEADER,
            f"群,{shop.soon(3)},分院,,都来看{{group}},within 1h",
            f"人,{shop.soon(3)},,{friends},{{name}}好,within 1h",
        )  # fmt: skip
        shop.command("--merchant", merchant, "account", "replace", banned, other)
        shop.say(other, f"wx-{banned}-f2", "退订")
        yield shop.state(f"entry:群:#:{banned}-.*", "confirmed", times=_ROOMS)
        yield shop.state(f"entry:人:#:wx-{banned}-.*", "confirmed", times=2)  # but for who has opted out
        yield shop.told(other, wx, "机器人助手")
        yield from shop.talk(other, _BOSS, "/我是谁")
        shop.command("--merchant", merchant, "account", "replace", banned, other)  # now they are a friend there
        yield from shop.talk(other, wx, "1")
        yield shop.told(other, wx, "建好档啦")
