"""`calendar import`, `export`, `template`, `list`, `delete`, `approve`."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from bot import reading
from bot.article_titles import with_titles
from bot.calendar_plan import MEDIA_FOLDER, media_in
from bot.cli.cell_faults import told_cells
from bot.cli.importing import Examined, examined, in_force
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.desk import Answer, Desk, Refused, Request, lines, only_reads
from bot.preview import is_over
from bot.rest_days import piled_up
from bot.terminal import brief
from content_calendar.cadence import is_personal, next_days
from content_calendar.entry import Entry, asked_for, kept_out, person_named, to_json
from content_calendar.import_hints import hints
from content_calendar.rotation import is_spare
from content_calendar.rule_words import rule_words
from handlers.calendar_check import words_held_back
from models.orders import ApproveEntryOrder, DeleteEntriesOrder, ImportEntriesOrder
from models.playbook import Playbook

app = typer.Typer(help="排期：导入、导出、发前检查、补缺稿。", no_args_is_help=True)

OVERTAKEN = "刚才读表的时候，别人改了排期，所以没有导入。再导一次就行。"

File = Annotated[str, typer.Argument(help=".csv、.xlsx 或 .toml 文件。")]


@app.command("import")
def import_file(
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会怎样，不保存。")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="文件里没有的排期都删掉。")] = False,
    author: Annotated[str, typer.Option("--author", help="谁写的；要等别人通过。")] = "",
    draft: Annotated[bool, typer.Option("--draft", help="先当草稿；不带 --draft 再导入一次才算数。")] = False,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """导入一个文件里的排期，要么全部，要么一条也不。"""

    async def request(desk: Desk) -> Answer:
        path = desk.folder / file
        if not path.is_file():
            raise Refused(f"没有文件 {file}")
        merchant = desk.merchant
        # A large workbook takes seconds, in which a running bot goes on.
        found = await asyncio.to_thread(examined, desk, path)
        if wrong := found.faults:
            counts = {"created": 0, "changed": 0, "same": 0, "faults": len(wrong)}
            rows = [*map(msgspec.to_builtins, wrong), counts]
            return Answer(lines(rows) if as_json else told_cells(wrong) + _total(counts), exit=2)
        filled = await with_titles(found.entries, found.current, None if dry_run else desk.title_of)
        if not dry_run:
            await asyncio.to_thread(_keep, found.pictures, desk.config.file.parent / MEDIA_FOLDER)
            if await asyncio.to_thread(in_force, desk) != found.current:
                raise Refused(OVERTAKEN)
            entries = tuple((one.key, one.revision, to_json(one).decode()) for one in (*filled, *found.others))
            order = ImportEntriesOrder(
                merchant=merchant.id,
                at=desk.now(),
                entries=entries,
                replace=replace,
                workbook=found.workbook_of(filled),
                author=author,
                draft=draft,
            )
            await desk.order(order)
        counts = found.counts(filled)
        if as_json:
            return Answer(lines([counts]))
        deleted = found.left_out(filled) if replace else []
        return await asyncio.to_thread(_notes, desk, found, filled, counts, deleted)

    return request


@app.command()
def export(
    file: Annotated[str, typer.Argument(help="写到哪个 .csv、.xlsx、.ics 或 .toml 文件。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """把现行排期写成文件，格式看文件名的结尾。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            entries = reading.entries(connection, desk.merchant)
        return _written(desk, file, as_json, entries)

    return request


@app.command("template")
def write_template(
    file: Annotated[str, typer.Argument(help="写到哪个 .csv、.xlsx 或 .toml 文件。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """写一份空表，带例子。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        return _written(desk, file, as_json, None)

    return request


@app.command("list")
def list_entries(
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """列出现行的排期。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            entries = reading.entries(connection, desk.merchant)
            own = reading.overrides(connection, desk.merchant)
            words = reading.words_on_entries(connection, desk.merchant)
            leaving = reading.under_way(connection, desk.merchant)
        rows = [
            {
                **msgspec.to_builtins(entry),
                "state": _state(
                    (entry, *filter(None, own.get(entry.key, {}).values())), words[entry.key], leaving, desk
                ),
                **{name: words[entry.key][name] for name in ("revision", "author", "approver")},
                "next": _next_days(entry, desk),
                "overrides": [_own(room, entry, version) for room, version in own.get(entry.key, {}).items()],
            }
            for entry in entries
        ]
        if as_json:
            return Answer(lines(rows))
        for row in rows:
            row["state"] = _STATES[row["state"]]
            row["rule"] = rule_words(row["rule"]) if row.get("rule") else ""
            row["time"] = (row.get("time") or "").removesuffix(":00")
            row["next"] = "\n".join(row["next"])
            row["overrides"] = "\n".join(one["group"] for one in row["overrides"])
        names = (
            "key",
            "title",
            "state",
            "date",
            "time",
            "rule",
            "next",
            "tiers",
            "groups",
            "tags",
            "text",
            "overrides",
        )
        return Answer(table([{name: row.get(name) for name in names} for row in rows], empty="还没有排期。"))

    return request


@app.command()
def delete(
    keys: Annotated[list[str], typer.Argument(help="排期的 key，可以写几个。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """删除排期；还没发的取消。"""

    async def request(desk: Desk) -> Answer:
        told = await desk.order(DeleteEntriesOrder(merchant=desk.merchant.id, at=desk.now(), keys=tuple(keys)))
        return Answer(lines([{"deleted": list(keys)}]) if as_json else f"{told}\n")

    return request


@app.command()
def approve(
    key: Annotated[str, typer.Argument(help="排期的 key。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """通过一条等着通过的排期。"""

    async def request(desk: Desk) -> Answer:
        told = await desk.order(ApproveEntryOrder(merchant=desk.merchant.id, at=desk.now(), key=key))
        return Answer(lines([{"approved": key}]) if as_json else f"{told}\n")

    return request


def _notes(
    desk: Desk, found: Examined, filled: tuple[Entry, ...], counts: dict[str, int], deleted: Sequence[str]
) -> Answer:
    """What an import did or would do, with what somebody should know of each entry that is not as it was."""
    media = media_in(desk.config.file.parent / MEDIA_FOLDER)
    if found.pictures and media is not None:
        media = {**media, **{name: len(picture) for name, picture in found.pictures.items()}}
    new = found.new(filled)
    coming = [_coming(entry, desk) for entry in new if entry.rule]
    hinted = [f"提醒：{brief(hint)}\n" for entry in new for hint in hints(entry, media)]
    hinted += [
        f"提醒：{brief(entry.key)} 的时间（{entry.date} {entry.time:%H:%M}）已经过了，只按「补发」办\n"
        for entry in new
        if not entry.rule
        and entry.date
        and entry.time
        and found.is_moved(entry)
        and is_over(entry, desk.merchant, desk.now())
    ]
    hinted += _unpostable(new, desk.merchant.playbook)
    hinted += [f"提醒：{brief(key)} 的群 {room} 还没有绑定，绑定以前收不到\n" for key, room in _unbound(desk, new)]
    strangers = _unknown(desk, new)
    hinted += [f"提醒：{brief(key)} 的标签里「人:{brief(who)}」不认识，现在谁也不是\n" for key, who in strangers]
    hinted += [
        f"提醒：{brief(entry.key)} 有 {count} 条落在休息日，会攒到 {end:%Y-%m-%d %H:%M} 一起发；"
        "不想这样，「重复」写成 工作日，或把那几天写进「除外」\n"
        for entry, count, end in piled_up(new, desk.merchant, desk.now())
    ]
    gone = f"导出以后别人删掉的，没有加回来：{'、'.join(map(brief, found.gone))}\n" if found.gone else ""
    dropped = ""
    if deleted:
        more = " 等" if len(deleted) > _MOST_NAMED else ""
        dropped = f"文件里没有，删掉 {len(deleted)} 条：{'、'.join(map(brief, deleted[:_MOST_NAMED]))}{more}\n"
    return Answer("".join([*coming, *hinted, gone, dropped, _total(counts)]))


def _unpostable(entries: Iterable[Entry], playbook: Playbook) -> list[str]:
    """A line about those that the gate will refuse for their words, if there are any."""
    found = [(entry.key, words) for entry in entries if (words := words_held_back(entry, playbook))]
    if not found:
        return []
    named = "；".join(f"{brief(key)}（{'、'.join(words)}）" for key, words in found[:_MOST_NAMED])
    more = f" 等 {len(found)} 条" if len(found) > _MOST_NAMED else ""
    return [f"提醒：{len(found)} 条有不能发的词，不改就发不出去：{named}{more}\n"]


def _unknown(desk: Desk, entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """The keys of entries with the ids of single people in them that nobody has."""
    named = [
        (entry.key, who)
        for entry in entries
        for tag in (*asked_for(entry.tags), *kept_out(entry.tags))
        if (who := person_named(tag))
    ]
    with desk.store.reading() as connection:
        known = reading.known_ids(connection, desk.merchant, {who for _key, who in named})
    return [(key, who) for key, who in named if who not in known]


def _unbound(desk: Desk, entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """The keys of entries with the groups in them that nobody has bound."""
    named = [(entry.key, room) for entry in entries for room in entry.groups]
    if not named:
        return []
    with desk.store.reading() as connection:
        unbound = reading.unbound_groups(connection, desk.merchant)
    return [(key, room) for key, room in named if room in unbound]


def _next_days(entry: Entry, desk: Desk) -> list[str]:
    zone = desk.merchant.zone
    found = next_days(entry, zone, desk.now(), _SHOWN_DAYS)
    return [f"{one.at_utc.astimezone(zone):%Y-%m-%d %H:%M}" for one in found]


def _coming(entry: Entry, desk: Desk) -> str:
    """The next dates of a rule, so that a slip is seen before it is due."""
    days = "、".join(_next_days(entry, desk)) or (_without_days(entry))
    return f"{brief(entry.key)}（{rule_words(entry.rule)}）：{days}\n"


def _without_days(entry: Entry) -> str:
    return "各人的日子" if is_personal(entry) else "备稿，用到时才发" if is_spare(entry) else "不会再来"


_STATES = {"draft": "草稿", "review": "待通过", "approved": "已通过", "scheduled": "已排期", "done": "发完了"}


def _state(versions: tuple[Entry, ...], words: dict[str, Any], leaving: Collection[str], desk: Desk) -> str:
    """How far an entry is, of which groups have versions: draft, review, approved (a spare draft has no dates),
    scheduled, or, once all has left, done."""
    if not words["approved"]:
        return "draft" if words["draft"] else "review"
    if is_spare(versions[0]):
        return "approved"
    comes = any(one.key in leaving or is_personal(one) or _next_days(one, desk) for one in versions)
    return "scheduled" if comes else "done"


def _own(room: str, entry: Entry, version: Entry | None) -> dict[str, Any]:
    """What a group has instead; `None` where it is as the entry has it."""
    row: dict[str, Any] = {"group": room, "text": None, "date": None, "time": None, "declined": version is None}
    if version is not None:
        changed = {name: str(getattr(version, name)) for name in ("text", "date", "time")
                   if getattr(version, name) != getattr(entry, name)}  # fmt: skip
        row |= changed
    return row


def _keep(pictures: Mapping[str, bytes], folder: Path) -> None:
    """Pictures that were pasted into a workbook are media from now on."""
    for name, content in pictures.items():
        folder.mkdir(exist_ok=True)
        if not (folder / name).exists():
            (folder / name).write_bytes(content)


_SHOWN_DAYS = 5
_MOST_NAMED = 20


def _total(counts: dict[str, int]) -> str:
    return f"新增 {counts['created']}，改动 {counts['changed']}，没变 {counts['same']}，有错 {counts['faults']}\n"


def _offers(playbook: Playbook) -> dict[str, list[str]]:
    """What the playbook has names for: its tiers, and what it promises."""
    return {
        "层级": [tier.name for tier in playbook.tiers],
        "内容类型": [promise.content_kind for promise in playbook.promises],
        "主题": [theme for promise in playbook.promises for theme in promise.themes],
    }


def _written(desk: Desk, file: str, as_json: bool, entries: tuple[Entry, ...] | None) -> Answer:
    path = desk.folder / file
    try:
        from content_calendar.workbook import template, write_calendar

        if entries is None:
            content = template(path.name, _offers(desk.merchant.playbook))
        else:
            content = write_calendar(entries, path.name, desk.merchant.zone)
    except ValueError as error:
        raise Refused(f"没法写 {file}：{error}") from None
    path.write_bytes(content)
    if as_json:
        return Answer(lines([{"file": file, "entries": len(entries or ())}]))
    return Answer(f"已写入 {file}（{'空表，填好再导入' if entries is None else f'{len(entries)} 条'}）\n")
