"""`calendar fill`: gaps of promises are filled from the spare drafts."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from bot import reading
from bot.calendar_plan import MEDIA_FOLDER, load_plan
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption, read_span
from bot.cli.tables import groups_named, table
from bot.desk import Answer, Desk, Request, lines
from content_calendar.entry import to_json
from content_calendar.filling import fill
from handlers.gate import quiet_until
from models.orders import ImportEntriesOrder


def fill_calendar(
    since: Annotated[str, typer.Option("--from", help="第一天，如 2026-12-01；不写就是今天。")] = "",
    until: Annotated[str, typer.Option("--to", help="最后一天，含当天；不写就一共四周。")] = "",
    promise: Annotated[str, typer.Option("--promise", help="只补这一项必发，写它的名字。")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会补什么，不保存。")] = False,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """用备稿补必发的缺稿，每个群补它没收过的。"""

    async def request(desk: Desk) -> Answer:
        merchant = desk.merchant
        first, last = read_span(since, until, desk.now().astimezone(merchant.zone).date())
        with desk.store.looking(desk.now()) as looking:
            plan = load_plan(looking, merchant, first, last, desk.config.file.parent / MEDIA_FOLDER)
            topics = {row["group"]: row["topic"] for row in reading.groups(looking.connection, merchant)}
        found = fill(plan, desk.now(), lambda local: quiet_until(merchant.playbook, local) is not None, promise)
        if found.entries and not dry_run:
            new = tuple((entry.key, entry.revision, to_json(entry).decode()) for entry in found.entries)
            await desk.order(ImportEntriesOrder(merchant=merchant.id, at=desk.now(), entries=new))
        if as_json:
            filled = [
                {"entry": entry.key, "date": f"{entry.date}", "time": f"{entry.time:%H:%M}", "text": entry.text,
                 "content_kind": entry.content_kind, "theme": entry.theme, "groups": list(entry.groups)}
                for entry in found.entries
            ]  # fmt: skip
            counts = {"filled": len(filled), "unfilled": len(found.unfilled)}
            return Answer(lines([*filled, *(msgspec.to_builtins(one) for one in found.unfilled), counts]))
        rows: list[dict[str, Any]] = [
            {"日期": f"{entry.date} {entry.time:%H:%M}", "补稿": entry.text.strip("{}").partition(":")[2],
             "标题": entry.title, "群": groups_named([topics.get(room) or room for room in entry.groups])}
            for entry in found.entries
        ]  # fmt: skip
        stay = [
            f"还缺：{topics.get(one.group) or one.group} {one.promise} {one.period}：{one.text}\n"
            for one in found.unfilled
        ]
        verb = "可以补" if dry_run else "补了"
        total = f"{verb} {len(rows)} 条，补不上 {len(found.unfilled)} 处\n"
        return Answer("".join((table(rows, empty="没有能补的缺稿。"), *stay, total)))

    return request
