"""Three shops with groups of three tiers and friends: one with caps, one in quiet hours, one that approves all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tests.gateway.bot_process import ZONE
from tests.workers.theatre import Actor, Theatre, after

_PLAYBOOK = """
name = "{name}"
approval = {approval}
send_timeout_seconds = 5
[persona]
name = "小铺"
[reception]
accept = [{{ accept = true }}]
greetings = ["你好，我是{{shop}}的{{persona}}，店里的机器人助手。", "来啦，我是{{persona}}，{{shop}}的机器人助手。"]
remark = "{{call|新客}}"
[survey]
thanks = ["谢谢{{name}}。", "记下啦，谢谢{{name}}。"]
settle_seconds = 1
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
[[tiers]]
name = "总院"
[[tiers]]
name = "分院"
parent = "总院"
[[tiers]]
name = "茶桌"
parent = "分院"
capacity = 3
{more}
"""
_CAPS = "[caps]\ngroup_per_day = 3\nperson_per_day = 2\n"
_TYPING = "[pace]\ntyping_chars_per_second = 20\n"
_HEADER = "key,kind,date,time,tiers,groups,tags,text,media,promotional,not_after,catch_up,optional"
_TIERS = ("总院", "分院", "茶桌")
_GREETED = "机器人助手"
_ROOMS = 6  # of each account, the last of them bound by nobody


def _quiet_now() -> str:
    now = datetime.now(ZONE)
    return f'[[quiet_hours]]\nfrom = "{now - timedelta(hours=1):%H:%M}"\nto = "{now + timedelta(hours=3):%H:%M}"\n'


class ThreeShops:
    """The first has two accounts."""

    accounts: Mapping[str, str] = {"a1": "m1", "a2": "m1", "a3": "m2", "a4": "m3"}
    merchants: Mapping[str, tuple[str, str]] = {"m1": ("一号铺", "a1"), "m2": ("二号铺", "a3"), "m3": ("三号铺", "a4")}
    groups = _ROOMS * 4
    endless: Sequence[str] = ("no_seat", "nudge", "entry")
    waits_long: Sequence[str] = ("quiet_hours", "person_cap", "group_cap", "not_approved")

    def __init__(self) -> None:
        self.playbooks: Mapping[str, str] = {
            "m1.toml": _PLAYBOOK.format(name="一号铺", approval="false", more=_CAPS),
            "m2.toml": _PLAYBOOK.format(name="二号铺", approval="false", more=_quiet_now()),
            "m3.toml": _PLAYBOOK.format(name="三号铺", approval="true", more=_TYPING),
        }

    def furnish(self, shop: Theatre) -> None:
        """Groups of one member, and friends; two of them know both accounts of the first shop."""
        media = shop.folder / "media"
        media.mkdir()
        (media / "cup.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 200)
        for account, gateway in shop.gateways.items():
            gateway.drive("person", id="wx-boss", name="老板", friend=account != "a2")
            for n in range(4):
                gateway.drive("person", id=f"wx-{account}-f{n}", name=f"友{n}", friend=True)
            for n in range(_ROOMS):
                gateway.drive("person", id=f"wx-{account}-x{n}", name=f"客{n}")
                members = [f"bot-{account}", f"wx-{account}-x{n}"]
                gateway.drive("room", id=f"{account}-{n}@chatroom", topic=f"{account}{n}群", members=members)
            if account in ("a1", "a2"):
                for n in range(2):
                    gateway.drive("person", id=f"wx-two-{n}", name=f"双{n}", friend=True)

    def prepare(self, shop: Theatre) -> None:
        for account, merchant in self.accounts.items():
            for n in range(_ROOMS - 1):
                room, tier = f"{account}-{n}@chatroom", _TIERS[n % 3]
                shop.command("--merchant", merchant, "group", "bind", room, "--tier", tier, "--account", account)

    def actors(self, shop: Theatre) -> Mapping[str, Actor]:
        return {
            "posts": self.posts(shop),
            "people": self.people(shop),
            "quiet": self.quiet(shop),
            "approval": self.approval(shop),
            **{f"newcomers {account}": self.newcomers(shop, account) for account in self.accounts},
        }

    def newcomers(self, shop: Theatre, account: str) -> Actor:
        """They are greeted, asked, and placed while there is a seat; then they want to know whether we are there."""
        if account == "a2":  # the same shop as a1: whose seat is the last would be a matter of time
            yield shop.over("newcomers a1")
        for n in range(1 if account in ("a2", "a4") else 2):
            wx = f"wx-{account}-n{n}"
            shop.gateways[account].drive("friend_request", contact=wx, name=f"新{n}", hello="你好", id=f"request-{wx}")
            yield shop.told(account, wx, _GREETED)
            yield shop.told(account, wx, "怎么称呼")
            shop.say(account, wx, "我姓赵")
            shop.say(account, wx, f"叫我小{'赵钱'[n]}")
            yield shop.told(account, wx, "爱喝什么")
            shop.say(account, wx, "酒" if n else "1")
            yield shop.told(account, wx, "谢谢")
            yield shop.did(account, "remark", contact=wx)
            if not n:
                yield shop.did(account, "invite", contact=wx)
        shop.say(account, wx, "在吗")
        yield shop.state(f"call:{wx}:.*", "confirmed")

    def posts(self, shop: Theatre) -> Actor:
        """A cap, parts, a picture, what is past, what is edited and deleted, a group's own version."""
        past, long_past, later = shop.soon(-1800), shop.soon(-3600 * 3), shop.soon(12)
        expired = f"{datetime.now(ZONE) - timedelta(minutes=30):%Y-%m-%d %H:%M}"
        shop.calendar(
            "m1", "posts", _HEADER,
            f"一,text,{shop.soon(4)},总院,,,{{group}}的第一篇,,no,,within 1h,no",
            f'二,text,{shop.soon(6)},总院;分院,,,"第二篇上\n---\n第二篇下",,no,,within 1h,no',
            f"三,image,{shop.soon(8)},总院,,,看看这只杯子,cup.png,no,,within 1h,no",
            f"四,text,{shop.soon(10)},总院,,,第四篇,,no,,within 1h,no",
            f"旧,text,{past},分院,,,半小时前的,,no,,within 2h,no",
            f"太旧,text,{long_past},分院,,,三小时前的,,no,,within 2h,no",
            f"不补,text,{past},分院,,,不补的,,no,,skip,no",
            f"问,text,{past},茶桌,,,问过再发,,no,,ask,no",
            f"过期,text,{later},茶桌,,,过期了,,no,{expired},within 1h,no",
            f"未绑,text,{shop.soon(6)},,a1-5@chatroom,,没绑的群,,no,,within 1h,no",
            f"改,text,{later},茶桌,,,改之前,,no,,within 1h,no",
            f"删,text,{later},茶桌,,,会删掉,,no,,within 1h,no",
            f"可选,text,{later},茶桌,,,大家的,,no,,within 1h,yes",
        )  # fmt: skip
        shop.calendar("m1", "edit", _HEADER, f"改,text,{later},茶桌,,,改之后,,no,,within 1h,no")
        shop.command("--merchant", "m1", "calendar", "delete", "删")
        own = ("calendar", "override", "可选", "--group", "a2-2@chatroom", "--text", "二号自己的")
        shop.command("--merchant", "m1", *own)
        yield shop.held("entry:问:#:.*", "not_approved", times=2)
        shop.command("--merchant", "m1", "calendar", "approve", "问")
        for account in ("a1", "a2"):
            yield shop.told(account, f"{account}-2@chatroom", "问过再发")
            yield shop.told(account, f"{account}-0@chatroom", "第一篇")
            yield shop.told(account, f"{account}-3@chatroom", "第二篇下")
            yield shop.did(account, "image", to=f"{account}-0@chatroom")
            yield shop.told(account, f"{account}-2@chatroom", "改之后")
        yield shop.held("entry:四:#:.*", "group_cap", times=4)
        yield shop.told("a2", "a2-2@chatroom", "二号自己的")

    def people(self, shop: Theatre) -> Actor:
        """1:1: a cap over two accounts, who opts out, a field that is unknown, an advert that would be the first."""
        everybody = "人:wx-two-0;人:wx-two-1;人:wx-a1-f0;人:wx-a2-f0;人:wx-a1-f3"
        shop.say("a1", "wx-a1-f3", "退订")
        yield shop.told("a1", "wx-a1-f3", "以后不再主动")
        for n in range(3):
            line = f"人{n},text,{shop.soon(2)},,,{everybody},{{name}}收第{n}篇,,no,,within 1h,no"
            shop.calendar("m1", f"people-{n}", _HEADER, line)
            if n < 2:
                yield shop.state(f"entry:人{n}:#:.*", "confirmed", times=4)
            else:
                yield shop.held(f"entry:人{n}:#:.*", "person_cap", times=4)
            yield shop.state(f"entry:人{n}:#:wx-a1-f3", "skipped")
        shop.calendar(
            "m1", "fields", _HEADER,
            f"缺,text,{shop.soon(2)},,,人:wx-a2-f1,{{tag}}的朋友,,no,,within 1h,no",
            f"推,text,{shop.soon(2)},,,人:wx-a2-f2,推广一下,,yes,,within 1h,no",
        )  # fmt: skip
        yield shop.held("entry:缺:#:.*", "field")
        yield shop.held("entry:推:#:.*", "first_contact")

    def quiet(self, shop: Theatre) -> Actor:
        """In quiet hours who asks is answered; one asks to be forgotten, of whom something was planned."""
        shop.calendar(
            "m2", "quiet", _HEADER,
            f"静,text,{shop.soon(3)},总院;分院;茶桌,,,安静时不发,,no,,within 1h,no",
            f"静人,text,{shop.soon(3)},,,人:wx-a3-f0;人:wx-a3-f1,安静时不发人,,no,,within 1h,no",
        )  # fmt: skip
        shop.say("a3", "wx-boss", "/我是谁")
        yield shop.told("a3", "wx-boss", "你是老板")
        yield shop.held("entry:静:#:.*", "quiet_hours", times=5)
        yield shop.held("entry:静人:#:.*", "quiet_hours", times=2)
        shop.say("a3", "wx-a3-f1", "忘记我")
        yield shop.told("a3", "wx-a3-f1", "确定就在")
        yield shop.state("forget:wx-a3-f1:.*", "confirmed")
        shop.say("a3", "wx-a3-f1", "确认")
        yield shop.told("a3", "wx-a3-f1", "都删掉了")
        yield shop.state("entry:静人:#:.*", "cancelled")

    def approval(self, shop: Theatre) -> Actor:
        """Everything waits for the owner's word, given in the chat; in the middle of it the playbook changes."""
        shop.calendar(
            "m3", "approval", _HEADER,
            f"待,text,{shop.soon(3)},总院,,,通过再发,,no,,ask,no",
            f"退,text,{shop.soon(3)},总院,,,要退回的,,no,,ask,no",
            f"招呼,text,{shop.soon(2)},,,人:wx-a4-f0;人:wx-a4-f1,早呀,,no,,ask,no",
        )  # fmt: skip
        for key in ("待", "退", "招呼"):
            yield shop.held(f"entry:{key}:#:.*", "not_approved", times=2)
        for order in ("/通过 待", "/退回 退", "/通过 招呼"):
            shop.say("a4", "wx-boss", order)
        yield shop.state("entry:退:#:.*", "skipped", times=2)
        yield shop.state("entry:待:#:.*", "confirmed", times=2)
        yield shop.state("entry:招呼:#:.*", "confirmed", times=2)
        advert = f"推,text,{shop.soon(2)},,,人:wx-a4-f0;人:wx-a4-f1,推广,,yes,,ask,no"
        shop.calendar("m3", "advert", _HEADER, advert)  # only now: had there been no word before, it would not go
        yield shop.held("entry:推:#:.*", "not_approved", times=2)
        yield shop.over("newcomers a4")
        changed = shop.folder / "changed.toml"
        changed.write_text(self.playbooks["m3.toml"].replace("怎么称呼？", "请问贵姓？"), encoding="utf-8")
        shop.command("--merchant", "m3", "playbook", "import", str(changed))
        yield after(4)  # it is in force everywhere a second later, on a busy machine a little more
        shop.gateways["a4"].drive("friend_request", contact="wx-late", name="迟来", hello="你好", id="request-wx-late")
        yield shop.told("a4", "wx-late", "请问贵姓")
