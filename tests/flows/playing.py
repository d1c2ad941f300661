"""Play a story from a test: lines in, lines out. The program is the real one, under the virtual clock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.command_line import main
from models.deliveries import ARROWS, DeliveryState

Line = dict[str, Any]

CONFIG = """
[database]
url = "sqlite:///data/test.db"
[[merchants]]
id = "m1"
name = "半山茶社"
playbook = "playbook.toml"
timezone = "Asia/Shanghai"
[[merchants.admins]]
account = "main"
contact = "wx-boss"
role = "owner"
[[accounts]]
id = "main"
merchant = "m1"
transport = "simulator"
"""
PLAYBOOK = """
name = "半山茶社"
human_hold_minutes = 30
[persona]
name = "小山"
[reception]
accept = [{ accept = true }]
greetings = ["你好呀，我是半山茶社的小山，店里的机器人助手。"]
first_reply_seconds = 10
remark = "茶友-{call|新朋友}"
[survey]
thanks = ["都记下啦，谢谢{name}。"]
nudges_hours = [24, 72]
[[survey.questions]]
key = "call"
type = "name"
required = true
texts = ["怎么称呼你呢？"]
[[survey.questions]]
key = "tea"
type = "multi"
texts = ["平时爱喝哪几类？1岩茶 2红茶 3白茶"]
options = [{ value = "rock", label = "岩茶" }, { value = "black", label = "红茶" }, { value = "white", label = "白茶" }]
retry = ["没太看懂，回数字就行，比如 1 3。"]
[[tiers]]
name = "分院"
capacity = 5
welcome = "欢迎{name}来到分院。"
[pace]
typing_chars_per_second = 10
"""
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [{"id": "wx-boss", "name": "老板", "friend_of": ["main"]}],
        "groups": [{"id": "room-1@chatroom", "topic": "分院一群", "owner": "main", "members": ["main", "wx-boss"]}],
    }
}
DAY = "2026-11-23"


@dataclass(frozen=True)
class Played:
    """What a rehearsal printed."""

    exit: int
    lines: list[Line]
    errors: str

    def arrived(self, **wanted: Any) -> list[Line]:
        """What really arrived, as the wire lines say; `to` is a contact or a group."""
        found = [{"at": line["at"], **line["wire"]} for line in self.lines if "wire" in line]
        return [line for line in found if _fits(line, wanted)]

    def states(self, key: str) -> list[str]:
        """The states that the delivery with this key went through, a reason behind a colon."""
        return [
            f"{line['state']}:{line['reason']}" if line["reason"] else line["state"]
            for line in self.lines
            if line.get("key") == key
        ]

    def operator(self, command: str) -> Line:
        """What an operator's command printed: its last run."""
        return [line for line in self.lines if line.get("operator", "").startswith(command)][-1]

    def rows(self, command: str) -> list[Line]:
        """The JSON rows that an operator's command printed."""
        return [json.loads(row) for row in self.operator(command)["out"].splitlines()]

    @property
    def summary(self) -> Line:
        """The last line."""
        summary: Line = self.lines[-1]["summary"]
        return summary


class Stage:
    """A folder with a configuration, a playbook and stories."""

    def __init__(self, folder: Path, capture: Any, *, playbook: str = PLAYBOOK, config: str = CONFIG) -> None:
        self.folder = folder
        self._capture = capture
        (folder / "config.toml").write_text(config, encoding="utf-8")
        (folder / "playbook.toml").write_text(playbook, encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """A further file, for commands that read one."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def play(self, story: Sequence[Line], *arguments: str, world: Line | None = WORLD) -> Played:
        """Rehearse a story. Times without a date are of the day `DAY`."""
        lines = [*([world] if world else []), *(_dated(line) for line in story)]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        self.write("story.jsonl", text)
        self._capture.readouterr()
        status = main(
            [
                "rehearse",
                str(self.folder / "story.jsonl"),
                "--config",
                str(self.folder / "config.toml"),
                "--json",
                *arguments,
            ]
        )
        out, errors = self._capture.readouterr()
        played = Played(status, [json.loads(line) for line in out.splitlines()], errors)
        for a, b in changes(played):
            assert b in ARROWS[a], f"no arrow leads from {a} to {b}"
        return played


def changes(played: Played) -> list[tuple[DeliveryState | None, DeliveryState]]:
    """Each change of state, of deliveries whose life was printed from its beginning."""
    last: dict[int, DeliveryState] = {}
    found: list[tuple[DeliveryState | None, DeliveryState]] = []
    for line in played.lines:
        if "state" not in line:
            continue
        state = DeliveryState(line["state"])
        found.append((last.get(line["delivery"]), state))
        last[line["delivery"]] = state
    return found


def says(at: str, contact: str, text: str, **more: Any) -> Line:
    """A member says something."""
    return {"at": at, "type": "text", "account": "main", "contact": contact, "text": text, **more}


def asks_to_be_friends(at: str, contact: str, **more: Any) -> Line:
    """Somebody adds the persona."""
    return {"at": at, "type": "friend_request", "account": "main", "contact": contact, "name": contact.upper(), **more}


def operator(at: str, run: str) -> Line:
    """An operator's command."""
    return {"at": at, "type": "operator", "run": run}


def platform(at: str, on: str, answer: str, times: int = 1) -> Line:
    """How the platform answers the next sends."""
    return {"at": at, "type": "platform", "account": "main", "on": on, "answer": answer, "times": times}


def moment(at: str) -> datetime:
    """A moment as the output writes it."""
    return datetime.fromisoformat(at)


def _dated(line: Line) -> Line:
    at = line["at"]
    return {**line, "at": at if "T" in at else f"{DAY}T{at}+08:00"}


def _fits(line: Line, wanted: dict[str, Any]) -> bool:
    to = wanted.get("to")
    if to is not None and to not in line["to"].values():
        return False
    return all(line.get(name) == value for name, value in wanted.items() if name != "to")
