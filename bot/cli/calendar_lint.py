"""`calendar lint`: what is wrong with the calendar, before anything leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
import typer

from bot import reading
from bot.calendar_plan import MEDIA_FOLDER, load_plan
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption, read_span
from bot.cli.tables import groups_named, periods_named, table
from bot.desk import Answer, Desk, Request, lines, only_reads
from content_calendar.lint import NAMES, LintRow, Plan, lint
from handlers.calendar_check import held_back


def lint_calendar(
    since: Annotated[str, typer.Option("--from", help="第一天，如 2026-12-01；不写就是今天。")] = "",
    until: Annotated[str, typer.Option("--to", help="最后一天，含当天；不写就一共四周。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """排期检查：各群各周期缺什么、多什么、撞了、雷同、发不出去。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        merchant = desk.merchant
        first, last = read_span(since, until, desk.now().astimezone(merchant.zone).date())
        with desk.store.looking(desk.now()) as looking:
            plan = load_plan(looking, merchant, first, last, desk.config.file.parent / MEDIA_FOLDER)
            topics = {row["group"]: row["topic"] for row in reading.groups(looking.connection, merchant)}
        faults = lint(plan)
        if as_json:  # whose codes are agreed; what the gate says of an entry is in `calendar preview --json`
            return Answer(lines([msgspec.to_builtins(row) for row in faults]))
        found = [*faults, *held_back(plan)]
        return Answer("".join((_shown(found, topics), _total(found, plan))))

    return request


def _shown(found: Sequence[LintRow], topics: Mapping[str, str]) -> str:
    """By day, what is the same in several groups, and on several days in a row, in one line."""
    rooms: dict[tuple[Any, ...], list[str]] = {}
    for row in found:
        alike = (row.period or "", row.code, row.entry or "", row.promise or "", row.text)
        rooms.setdefault(alike, []).append((topics.get(row.group) or row.group) if row.group else "")
    periods: dict[tuple[Any, ...], list[str]] = {}
    for (period, *same), where in rooms.items():
        periods.setdefault((*same, tuple(where)), []).append(period)
    told = [(period, *same) for same, during in periods.items() for period in periods_named(during)]
    return table(
        [
            {
                "日期": period,
                "问题": NAMES[code],
                "群": groups_named(where),
                "排期": entry,
                "必发": promise,
                "说明": text,
            }
            for period, code, entry, promise, text, where in sorted(told, key=lambda one: one[0])
        ],
        empty="没有发现问题。",
    )


def _total(found: Sequence[LintRow], plan: Plan) -> str:
    counts = Counter(NAMES[row.code] for row in found)
    what = "，".join(f"{name} {count}" for name, count in counts.most_common()) or "没有问题"
    told = f"{plan.first} 到 {plan.last}，{len(plan.groups)} 个群，{len(plan.entries)} 条排期：{what}\n"
    bound = {group.tier for group in plan.groups}
    if empty := dict.fromkeys(tier for one in plan.entries for tier in one.entry.tiers if tier not in bound):
        told += f"还没有绑定群的层级，排了也没有群收到：{'、'.join(empty)}\n"
    if plan.spares and any(row.code == "missing" and row.promise for row in found):
        told += f"缺稿可以用备稿补上：calendar fill --from {plan.first} --to {plan.last}\n"
    return told
