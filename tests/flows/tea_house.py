"""A tea house with tagged friends, one group, and a calendar that is written row by row."""

from __future__ import annotations

from typing import Any

from tests.flows.playing import PLAYBOOK, Line, Played, Stage, operator

HEADER = "key,kind,content_kind,date,time,rule,tiers,groups,tags,text,promotional,priority,not_after\n"
IMPORT = operator("08:00:10", "calendar import calendar.csv --json")
BIND = operator("08:00:00", "group bind room-1@chatroom --tier 分院")


def world(*accounts: str, channel: str = "personal", friends: dict[str, list[str]] | None = None) -> Line:
    """Accounts, their tagged friends (茶友), and a group with all of them in it."""
    known = friends or {"wx-a": ["main"], "wx-b": ["main"]}
    names = accounts or ("main",)
    return {
        "world": {
            "accounts": [{"id": name, "name": "小山", "channel": channel} for name in names],
            "contacts": [
                {"id": "wx-boss", "name": "老板", "friend_of": ["main"]},
                *({"id": name, "name": name.upper(), "friend_of": of, "tags": ["茶友"]} for name, of in known.items()),
            ],
            "groups": [
                {"id": "room-1@chatroom", "topic": "分院一群", "owner": "main", "members": [*names, "wx-boss", *known]}
            ],
        }
    }


def entry(
    key: str,
    time: str,
    *,
    tags: str = "茶友",
    tiers: str = "",
    kind: str = "article",
    date: str = "2026-11-23",
    promotional: str = "no",
    text: str = "",
    not_after: str = "",
    priority: int = 5,
    rule: str = "",
) -> str:
    """A row of the calendar: 1:1 to everybody tagged 茶友, unless it names tiers."""
    to = f"{tiers},,{'' if tiers else tags}"
    return f"{key},text,{kind},{date},{time},{rule},{to},{text or key},{promotional},{priority},{not_after}\n"


def book(stage: Stage, tables: str) -> None:
    """Put the playbook of the flows in force with these tables in place of its pace."""
    stage.write("playbook.toml", PLAYBOOK.replace("[pace]\ntyping_chars_per_second = 10\n", tables))


def times(played: Played, **wanted: Any) -> list[tuple[str, str]]:
    """When (day and time) each delivery really arrived."""
    return [(line["at"][8:19].replace("T", " "), line["delivery"]) for line in played.arrived(**wanted)]


def of(key: str, contact: str = "wx-a", day: str = "2026-11-23") -> str:
    return f"entry:{key}:{day}:{contact}"


def until(played: Played, key: str) -> str:
    """The end of the last wait of a delivery."""
    waits = [line["until"] for line in played.lines if line.get("key") == key and line["state"] == "waiting"]
    return str(waits[-1])
