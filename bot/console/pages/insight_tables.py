"""数据 in tables: newcomers by where they came from, and each group; every number leads to its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nicegui import ui

from bot.console.names import account_name
from bot.console.reading.insight import Activity, Group, Wanted
from bot.console.reading.insight_funnel import STEPS
from bot.console.visit import Visit

# What stands in a cell, and where it leads to; nothing: nowhere.
Cell = tuple[str, str]
_SHOWN_GROUPS = 50
STYLE = """
.z-table { border-collapse: collapse; width: 100%; white-space: nowrap; font-variant-numeric: tabular-nums; }
.z-table th { font-weight: 500; text-align: right; } .z-table td { text-align: right; }
.z-table th, .z-table td { padding: 6px 12px 6px 0; border-bottom: 1px solid #e3e6eb; }
.z-table tr > :first-child { text-align: left; } .z-table tr > :last-child { padding-right: 0; }
.body--dark .z-table th, .body--dark .z-table td { border-color: #2d3138; }
"""


def newcomers(
    visit: Visit, wanted: Wanted, rows: Sequence[Mapping[str, Any]], tiers: Mapping[str, Mapping[str, int]]
) -> None:
    """How far newcomers came, by account and source, and by the tier in which they are now."""
    told: list[tuple[str, Wanted, Mapping[str, Any]]] = [
        (
            f"{account_name(visit, row['account'])} · {row['source'] or '不知道从哪来'}",
            wanted._replace(account=row["account"], source=row["source"]),
            row,
        )
        for row in (rows if len(rows) > 1 else ())
    ]
    told += [(f"现在在「{tier}」", wanted._replace(tier=tier), taken) for tier, taken in tiers.items()]
    if told:
        _table(
            ["从哪来", *STEPS.values()],
            (
                [(name, there.address("befriended")), *((f"{row[step]:,}", there.address(step)) for step in STEPS)]
                for name, there, row in told
            ),
        )


def each_group(
    wanted: Wanted,
    groups: Sequence[Group],
    found: Activity,
    moves: Counter[tuple[str, bool]],
    judged: Sequence[Any],
    cold: set[str],
) -> None:
    """Each group in one line."""
    ui.label("各群").classes("text-subtitle1 text-weight-bold")
    if not groups:
        ui.label("没有这样的群。少选一个条件，或去绑定群。").classes("z-muted")
        return
    all_of = Counter(one.group for one in judged)
    kept = Counter(one.group for one in judged if one.state == "kept")

    def line(one: Group) -> list[Cell]:
        there = wanted._replace(group=one.room)
        return [
            (one.topic or one.room, there.address()),
            (one.tier, ""),
            (f"{one.members:,}", ""),
            (f"{len(found.people.get(one.id, ())):,}", there.address("active")),
            (f"{found.messages[one.id]:,}", there.address("messages")),
            (f"{moves[one.room, True]:,}", there.address("joined")),
            (f"{moves[one.room, False]:,}", there.address("left")),
            (f"{kept[one.room]}/{all_of[one.room]}", there.address("promises")),
            ("变冷" if one.room in cold else "", there.address("cooling")),
        ]

    heads = ["群", "层级", "人数", "说话的人", "群消息", "进群", "退群", "必发", "提醒"]
    _table(heads, map(line, groups[:_SHOWN_GROUPS]))
    if len(groups) > _SHOWN_GROUPS:
        ui.label(f"……还有 {len(groups) - _SHOWN_GROUPS:,} 个群，在上面挑。").classes("z-muted")


def _table(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    # It is scrolled sideways on a phone; by the keyboard too.
    scrolled = ui.element("div").classes("full-width").style("overflow-x: auto").props("tabindex=0")
    with scrolled, ui.element("table").classes("z-table"):
        with ui.element("tr"):
            for head in heads:
                with ui.element("th").classes("z-muted").props("scope=col"):
                    ui.label(head)
        for row in rows:
            with ui.element("tr"):
                for text, address in row:
                    with ui.element("td"):
                        if text and address:
                            ui.link(text, address).classes("z-link")
                        else:
                            ui.label(text)
