"""An evening on which everything comes together: staff who stop a broadcast and let it go on, who type on the phone,
answer for us and post with a code; people who complain, leave, come back and are known to two accounts; a platform that
refuses, forgets its ids and signs an account out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from tests.workers.theatre import Actor, Theatre, after

_PLAYBOOK = """
name = "{name}"
send_timeout_seconds = 5
human_hold_minutes = 0.04
[persona]
name = "小满"
[reception]
accept = [{{ accept = true }}]
greetings = ["你好，我是{{shop}}的{{persona}}，店里的机器人助手。"]
remark = "{{call|新客}}-{{city|未知}}"
[survey]
thanks = ["都记好啦，谢谢{{name}}。"]
settle_seconds = 0.3
tags = [{{ when = {{ like = "wine" }}, add = ["爱酒"] }}]
[[survey.questions]]
key = "call"
type = "name"
texts = ["怎么称呼？"]
[[survey.questions]]
key = "like"
type = "choice"
texts = ["爱喝什么？1茶 2酒"]
options = [{{ value = "tea", label = "茶" }}, {{ value = "wine", label = "酒" }}]
[[survey.questions]]
key = "city"
type = "region"
texts = ["你在哪个城市？"]
[[keywords]]
words = ["地址"]
answer = "半山路 8 号。"
[[tiers]]
name = "分院"
[commands]
undo_seconds = 1
[pace]
typing_chars_per_second = 100
"""
_HEADER = "key,kind,date,time,tiers,groups,tags,text,media,promotional,catch_up"
_BOSS, _ROOMS = "wx-boss", 3
_LONG = "今晚八点半开始。" * 10
_CODE = re.compile(r"秒内回 (?P<code>\d{4})")


def _codes(shop: Theatre) -> list[str]:
    return [found["code"] for text in shop.texts("e1", _BOSS) if (found := _CODE.search(text))]


class BusyEvening:
    """Two accounts each of two shops."""

    accounts: Mapping[str, str] = {"e1": "m1", "e2": "m1", "e3": "m2", "e4": "m2"}
    merchants: Mapping[str, tuple[str, str]] = {"m1": ("老酒馆", "e1"), "m2": ("茶铺", "e3")}
    groups = _ROOMS * 4
    endless: Sequence[str] = ("no_seat", "nudge", "entry", "ask_again", "pause_over", "alert_over", "question")
    waits_long: Sequence[str] = ()

    def __init__(self) -> None:
        self.playbooks: Mapping[str, str] = {
            f"{merchant}.toml": _PLAYBOOK.format(name=name) for merchant, (name, _) in self.merchants.items()
        }

    def furnish(self, shop: Theatre) -> None:
        media = shop.folder / "media"
        media.mkdir()
        (media / "cup.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 200)
        for account, gateway in shop.gateways.items():
            gateway.drive("person", id=_BOSS, name="老板", friend=True)
            for n in range(_ROOMS):
                wx = f"wx-{account}-f{n}"
                gateway.drive("person", id=wx, name=f"{account}友{n}", alias=f"备注{account}{n}", friend=True)
                room = f"{account}-{n}@chatroom"
                gateway.drive("room", id=room, topic=f"{account}{n}群", members=[f"bot-{account}", wx])
        shop.gateways["e1"].drive("answer_next", on="image", answer="refused", times=1_000)
        shop.gateways["e2"].drive("answer_next", on="link", answer="accepted_then_error", times=1_000)

    def prepare(self, shop: Theatre) -> None:
        for account, merchant in self.accounts.items():
            for n in range(_ROOMS):
                room = f"{account}-{n}@chatroom"
                shop.command("--merchant", merchant, "group", "bind", room, "--tier", "分院", "--account", account)

    def actors(self, shop: Theatre) -> Mapping[str, Actor]:
        return {
            "staff": self.staff(shop),
            "phone": self.phone(shop),
            "human": self.human(shop),
            "refusals": self.refusals(shop),
            "known twice": self.known_twice(shop),
            "comes back": self.comes_back(shop),
            "new ids": self.new_ids(shop),
        }

    def staff(self, shop: Theatre) -> Actor:
        """A post by a code; a broadcast stopped in its middle; no advert to who complained until that is settled."""
        shop.say("e1", "wx-e1-f0", "你们这是骗人，假酒，我要投诉！")
        yield shop.state("complaint:wx-e1-f0:#:.*", "confirmed")
        yield from shop.talk("e1", _BOSS, "/发布 分院 今晚有新酒")
        yield lambda: bool(_codes(shop))
        yield from shop.talk("e1", _BOSS, _codes(shop)[-1])
        yield shop.state("post:.*", "confirmed", times=_ROOMS * 2)
        yield shop.over("phone")
        yield shop.over("human")
        yield shop.over("refusals")
        shop.calendar(
            "m1", "broadcast", _HEADER, f"广播,text,{shop.soon(1)},分院,,,{'今晚八点半开始。' * 6},,no,within 1h"
        )
        yield lambda: any("八点半" in str(one.get("text")) for account in ("e1", "e2") for one in shop.sent[account])
        yield from shop.talk("e1", _BOSS, "/停发")
        shop.calendar("m1", "stopped", _HEADER, f"停时,text,{shop.soon(0)},分院,,,停发时到点,,no,within 1h")
        yield shop.held("entry:停时:#:.*", "paused", times=_ROOMS * 2)
        yield from shop.talk("e1", _BOSS, "/恢复")
        yield shop.state("entry:(广播|停时):#:.*", "confirmed", times=_ROOMS * 4)
        line = f"推,text,{shop.soon(0)},,,人:wx-e1-f0;人:wx-e1-f1,八折,,yes,within 1h"
        shop.calendar("m1", "advert", _HEADER, line)
        yield shop.held("entry:推:#:wx-e1-f0", "complaint")
        yield from shop.talk("e1", _BOSS, "/了结 wx-e1-f0")
        yield shop.state("entry:推:#:wx-e1-f0", "confirmed")

    def phone(self, shop: Theatre) -> Actor:
        """Somebody types on the account's own phone: what was about to leave waits for them."""
        shop.gateways["e2"].drive("say", **{"from": "bot-e2"}, to="wx-e2-f0", text="老哥最近怎么样", id="phone-1")
        yield after(0.5)
        shop.calendar("m1", "present", _HEADER, f"留,text,{shop.soon(0)},,,人:wx-e2-f0,给你留了一瓶,,no,within 1h")
        yield shop.state("entry:留:#:.*", "confirmed")

    def human(self, shop: Theatre) -> Actor:
        """Who wants a human is answered by the boss, through us."""
        yield from shop.talk("e1", "wx-e1-f2", "找人工，我要退货")
        yield shop.state("handoff:wx-e1-f2:#:.*", "confirmed")
        yield shop.state("post:.*", "confirmed", times=_ROOMS * 2)
        yield from shop.talk("e1", _BOSS, "/回答 1 请寄到半山路 8 号")
        yield shop.told("e1", "wx-e1-f2", "请寄到")

    def refusals(self, shop: Theatre) -> Actor:
        """Of what the platform refuses nothing arrives; what it takes and then stumbles over has arrived."""
        shop.calendar(
            "m1", "refusals", _HEADER,
            f"图,image,{shop.soon(1)},,e1-0@chatroom,,看看,cup.png,no,within 1h",
            f"链,link,{shop.soon(1)},,e2-0@chatroom;e2-1@chatroom,,,https://example.com/a,no,within 1h",
        )  # fmt: skip
        yield shop.state("entry:图:#:.*", "failed")
        yield shop.state("entry:链:#:.*", "confirmed", times=2)

    def known_twice(self, shop: Theatre) -> Actor:
        """The same person on both accounts: greeted by each, asked once, heard everywhere, left alone everywhere."""
        wx = "wx-both"
        for account in ("e1", "e2"):
            request = f"request-{account}"
            shop.gateways[account].drive("friend_request", contact=wx, name="双双", hello="你好", id=request)
            yield shop.told(account, wx, "机器人助手")
        yield shop.told("e1", wx, "怎么称呼")
        yield from shop.talk("e1", wx, "你们地址在哪里", "叫我双双")
        for text in ("爱喝", "酒"):
            shop.say("e1", wx, text)
        yield shop.settled("e1", wx)
        yield from shop.talk("e1", wx, "不对，是茶")
        yield from shop.talk("e2", wx, "退订")
        yield from shop.talk("e1", wx, "杭州")

    def comes_back(self, shop: Theatre) -> Actor:
        """Forgotten amid the survey, and a stranger when they come again; the account is signed out meanwhile."""
        wx, gateway = "wx-gone", shop.gateways["e3"]
        for turn in ("first", "second"):
            gateway.drive("friend_request", contact=wx, name="忘忘", hello=turn, id=f"request-{turn}")
            yield shop.state(f"ask:{wx}:1", "confirmed")
            yield from shop.talk("e3", wx, "叫我忘忘", "2")
            if turn == "first":
                yield from shop.talk("e3", wx, "忘记我", "确认")
                yield shop.state("farewell:.*", "confirmed")
                gateway.drive("person", id=wx, friend=False)
                gateway.drive("logout")
                line = f"下线,text,{shop.soon(0)},分院,,,下线时到点,,no,within 1h"
                shop.calendar("m2", "away", _HEADER, line)
                yield after(1)
                gateway.drive("login")
                yield shop.state("entry:下线:#:.*", "confirmed", times=_ROOMS)
        yield from shop.talk("e3", wx, "苏州")
        yield shop.told("e3", wx, "都记好啦")

    def new_ids(self, shop: Theatre) -> Actor:
        """After a re-login friends and groups have other ids; an entry that names the former one reaches its group."""
        gateway = shop.gateways["e4"]
        gateway.stop()
        world = json.dumps(json.loads(gateway.world_file.read_text()))
        world = re.sub(r"\be4-(\d)@", r"e4-\1-new@", world.replace("wx-e4-f", "wy-e4-f"))
        gateway.world_file.write_text(world)
        gateway.start()
        yield lambda: "wy-e4-f0" in shop._people().values()
        shop.calendar("m2", "after", _HEADER, f"换号,text,{shop.soon(0)},,e4-1@chatroom,,还是你们,,no,within 1h")
        yield shop.told("e4", "e4-1-new@chatroom", "还是你们")
        yield from shop.talk("e4", "wy-e4-f0", "在吗")
