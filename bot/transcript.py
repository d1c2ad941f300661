"""A readable transcript: who said what to whom, what was held back and why. For people; `--json` is for programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from rich.console import Console
from rich.text import Text

from bot.rehearsal_output import Line
from bot.terminal import harmless
from handlers.reason_names import DELIVERY_STATE_NAMES, HEARD_NAMES, KIND_NAMES, REASON_NAMES
from models.events import Event, FriendRequested, GroupJoined, GroupLeft, Message, Roster
from models.fields import unfilled

_STATES = {
    "waiting": ("等时机", "yellow"),
    "failed": ("发送失败", "red"),
    "unknown": ("不确定，请核对", "bold red"),
    "skipped": ("没发", "magenta"),
    "expired": ("过期未发", "magenta"),
    "cancelled": ("取消", "magenta"),
    "awaiting_tap": ("待员工点发", "yellow"),
}
_ACTS = {
    "friend_accept": "通过了好友请求",
    "remark": "改备注：{text}",
    "invite": "邀请进群 {group}",
    "topic": "改群名：{text}",
    "announcement": "群公告：{text}",
    "recall": "撤回了一条消息",
}


class Transcript:
    """Prints lines of a rehearsal as people would tell them."""

    def __init__(self, console: Console, zone: tzinfo) -> None:
        self._console = console
        self._zone = zone
        self._day = ""
        self._names: dict[str, str] = {}  # what people and groups are called, by wire id

    def show(self, line: Line) -> None:
        """Print one line; states that the wire shows anyway are left out."""
        if "summary" in line:
            self._summary(line["summary"])
        elif "wire" in line:
            self._wire(line["at"], line["wire"])
        elif "operator" in line:
            style = "dim" if line["exit"] == 0 else "red"
            self._say(line["at"], Text.assemble(("运营 ", "cyan"), harmless(line["operator"])))
            out = "\n".join(map(harmless, line["out"].rstrip().split("\n")))
            self._console.print(Text(out, style=style), soft_wrap=True)
        elif line["state"] in _STATES:
            name, style = _STATES[line["state"]]
            reason = REASON_NAMES.get(line["reason"], line["reason"])
            why = f"（{reason}）" if reason else ""
            whom = self._whom(line)
            # What waits is filled in when it leaves: who reads along need not see how its fields are written.
            planned = unfilled(self._said(line))
            self._say(line["at"], Text.assemble((f"{name}{why} ", style), f"→ {whom}：{_short(planned)}"))

    def show_live(self, line: Line) -> None:
        """Print a state of a running bot, which has no wire to look at: what was sent, what was held back."""
        if line["state"] == "sent":
            self._wire(line["at"], line)
        else:
            self.show(line)

    def heard(self, event: Event) -> None:
        """Print what somebody else said or did."""
        match event:
            case Roster():
                self._names |= {who.contact: who.name for who in event.friends or () if who.name}
                self._names |= {group.group: group.topic for group in event.groups or () if group.topic}
                return
            case Message():
                place, who, said = (
                    event.group,
                    event.contact,
                    event.text or f"［{HEARD_NAMES.get(event.kind, event.kind)}］",
                )
            case FriendRequested():
                place, who, said = "", event.contact, f"请求加好友：{event.hello}"
            case GroupJoined(members=[who, *_]):
                place, said = event.group, "进群了"
            case GroupLeft(members=[who, *_]):
                place, said = event.group, "退群了"
            case _:
                return
        if who.name:
            self._names[who.contact] = who.name
        where = f"［{self._called(place)}］" if place else ""
        self._say(event.at.isoformat(), Text.assemble((f"{where}{self._called(who.contact)}：", "green"), _short(said)))

    def _wire(self, at: str, wire: Line) -> None:
        whom = self._whom(wire)
        self._say(at, Text.assemble(("掌柜", "bold blue"), (f" → {whom}：", "blue"), _short(self._said(wire))))

    def _said(self, line: Line) -> str:
        """What is sent, or in words what is done."""
        act = _ACTS.get(line["kind"])
        group = self._called(line["to"].get("group", ""))
        return act.format(text=line["text"], group=group) if act else line["text"]

    def _say(self, at: str, text: Text) -> None:
        moment = datetime.fromisoformat(at).astimezone(self._zone)
        day = f"{moment:%Y-%m-%d}"
        if day != self._day:
            self._day = day
            self._console.rule(day, style="dim")
        self._console.print(Text.assemble((f"{moment:%H:%M:%S} ", "dim"), text), soft_wrap=True)

    def _whom(self, line: Line) -> str:
        """A person, a group, or, where it is for nobody, the channel that it is posted to."""
        to = line["to"]
        if "group" in to and "contact" not in to:
            return f"［{self._called(to['group'])}］"
        return self._called(to["contact"]) if to else f"［告警 {line['account']}］"

    def _called(self, wire_id: str) -> str:
        return _short(self._names.get(wire_id, wire_id))

    def _summary(self, summary: Line) -> None:
        self._console.rule("小结", style="dim")
        self._console.print(f"迎接 {summary['greeted']} 人，建档完成 {summary['surveyed']} 人")
        for title, counted, names in _COUNTED:
            if counts := summary[counted]:
                told = "，".join(f"{names.get(one, one)} {count}" for one, count in counts.items())
                self._console.print(f"{title}：{told}")


def _short(text: str) -> str:
    plain = harmless(" ".join(text[:_LOOKED_AT].split()))
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


_COUNTED: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("状态", "by_state", {str(state): name for state, name in DELIVERY_STATE_NAMES.items()}),
    ("种类", "by_kind", KIND_NAMES),
    ("原因", "by_reason", REASON_NAMES),
)
_SHOWN = 120
_LOOKED_AT = 10 * _SHOWN  # there may be a megabyte of it
