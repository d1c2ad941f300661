"""`year`: days of the shipped calendar rehearsed in a second, by a shop with 40 groups of 200 people.

It is what `python -m bot rehearse` does: the whole program under a virtual clock, its world, its store in a file
that is not synced, and every line of the transcript, which goes nowhere here. The figure counts everything, from
reading the story to the summary.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.evidence import Evidence
from bench.figures import Figure, Progress, spread
from bench.inbound_world import CONFIG
from bot.cli.programs import operate
from bot.config import load_config
from bot.rehearsal import Plan, rehearse
from bot.rehearsal_output import Line
from bot.story import read_story

FLOOR = 6.0
ROUNDS = 5
DAYS = 365
# About as many, for 40 groups: then somebody who waits is told how far it is.
_LINES_A_WEEK = 1_800
_BEGAN = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
_CALENDAR = CONFIG.parent / "playbooks" / "liquor-club-calendar.csv"


def measure(
    progress: Progress, *, days: int = DAYS, groups: int = 40, members: int = 200, rounds: int = ROUNDS
) -> list[Figure]:
    """Simulated days by seconds of the clock."""
    evidence = Evidence("year")
    seconds: list[float] = []
    cpu: list[float] = []
    sent: list[int] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        story = Path(folder) / "year.jsonl"
        story.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in _story(groups, members)))
        for done in range(rounds):
            progress(done * days, rounds * days)
            lines: list[Line] = []

            def keep(line: Line, lines: list[Line] = lines, done: int = done) -> None:
                lines.append(line)
                if len(lines) % _LINES_A_WEEK == 0 and "at" in line:
                    passed = datetime.fromisoformat(line["at"]) - _BEGAN
                    progress(done * days + passed.days, rounds * days)

            before = time.process_time()
            seconds.append(_rehearsed(story, Path(folder) / f"{done}.db", days, keep))
            cpu.append(time.process_time() - before)
            sent.append(sum("wire" in line for line in lines))
            if done == rounds - 1:
                evidence.database("run", Path(folder) / f"{done}.db")
    if not sent[0] or len(set(sent)) > 1:
        raise RuntimeError(f"the rounds sent {sent} posts")
    evidence.table(
        "rounds",
        [
            {"round": nth, "days": days, "seconds": clock, "cpu_seconds": used, "sends": posts}
            for nth, (clock, used, posts) in enumerate(zip(seconds, cpu, sent, strict=True), 1)
        ],
    )
    return [
        Figure(
            name="year",
            figure=round(days / statistics.median(seconds), 2),
            unit="days/s",
            floor=FLOOR,
            detail=f"days/s {spread([days / one for one in seconds], 1)} in {rounds} rounds of {days} days, "
            f"{days / statistics.median(cpu):.1f} a second of CPU; "
            f"{sent[0]} sends to {groups} groups of {members}",
        )
    ]


def _rehearsed(story: Path, database: Path, days: int, emit: Callable[[Line], None]) -> float:
    config = load_config(CONFIG, {})
    began = time.perf_counter()
    rehearse(
        Plan(
            story=read_story(story),
            config=config,
            database=f"sqlite:///{database}",
            durable=False,
            seed=0,
            run_operator=operate,
            emit=emit,
            until=_BEGAN + timedelta(days=days),
        )
    )
    return time.perf_counter() - began


def _story(groups: int, members: int) -> Iterator[dict[str, object]]:
    names = [f"wx-{number}" for number in range(groups * members)]
    rooms = [f"{10_000_000_000 + number}@chatroom" for number in range(groups)]
    yield {
        "world": {
            "accounts": [{"id": "main", "name": "小满"}],
            "contacts": [
                {"id": "wx-boss", "name": "老板", "friend_of": ["main"]},
                *({"id": name, "name": f"酒友{number}"} for number, name in enumerate(names)),
            ],
            "groups": [
                {
                    "id": room,
                    "topic": f"酒友社 {number} 群",
                    "owner": "main",
                    "members": ["main", "wx-boss", *names[number * members : (number + 1) * members - 2]],
                }
                for number, room in enumerate(rooms)
            ],
            "auto": True,
        }
    }
    for number, room in enumerate(rooms):
        at = (_BEGAN + timedelta(seconds=number)).isoformat()
        yield {"at": at, "type": "operator", "run": f"group bind {room} --tier {'堂口' if number % 4 else '分舵'}"}
    at = (_BEGAN + timedelta(minutes=5)).isoformat()
    yield {"at": at, "type": "operator", "run": f"calendar import {_CALENDAR.resolve()}"}
