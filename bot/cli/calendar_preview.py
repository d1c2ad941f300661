"""`calendar preview`: who would get an entry, what they would see, and what stands in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import select
from sqlmodel import col

from bot import before_sending, reading
from bot import preview as previews
from bot.calendar_plan import MEDIA_FOLDER
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.desk import Answer, Desk, Refused, Request, lines, only_reads
from bot.terminal import harmless
from content_calendar.cadence import is_personal
from content_calendar.columns import hint
from content_calendar.entry import Entry
from content_calendar.rotation import is_spare
from handlers.reason_names import REASON_NAMES
from models.context import MerchantView
from models.people import Contact

# So many different texts are shown as they would look, and so many targets by name.
_SAMPLES = 3
_NAMED = 20
_DECISIONS = {"would_send": "会发", "would_wait": "要等", "would_skip": "不发"}


def preview(
    key: Annotated[str, typer.Argument(help="排期的 key。")],
    at: Annotated[str, typer.Option("--at", help="假定什么时候发；不写就是下一次。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """发前检查：谁会收到，谁要等，谁收不到，为什么，怎么办。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        merchant = desk.merchant
        with desk.store.reading() as connection:
            entries = {one.key: one for one in reading.entries(connection, merchant)}
        entry = entries.get(key)
        if entry is None:
            raise Refused(f"没有排期「{key}」{hint(key, entries)}")
        rows = previews.preview(desk.store, merchant, entry, _moment(at, merchant.zone) if at else None)
        if as_json:
            return Answer(lines(rows))
        if not at and previews.is_over(entry, merchant, desk.now()):
            name = harmless(f"{entry.key} {entry.title}".strip())
            return Answer(f"{name} 的时间已经过了，不会再发。要发就改日期或时间。\n")
        moment = _moment(at, merchant.zone) if at else previews.next_moment(entry, merchant, desk.now())
        off = ""
        if at and _is_off(entry, merchant, moment):
            off = f"按它的日子，{moment.astimezone(merchant.zone):%Y-%m-%d} 本来不发；下面是假定那时发。\n"
        return Answer(off + _told(desk, merchant, entry, moment, rows[:-1]))

    return request


def _is_off(entry: Entry, merchant: MerchantView, moment: datetime) -> bool:
    """Whether it never leaves on that day."""
    midnight = moment.astimezone(merchant.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if is_personal(entry) or is_spare(entry):
        return False
    comes = previews.next_moment(entry, merchant, midnight).astimezone(merchant.zone)
    return comes.date() != midnight.date() or previews.is_over(entry, merchant, midnight)


def _told(desk: Desk, merchant: MerchantView, entry: Entry, moment: datetime, rows: Sequence[dict[str, Any]]) -> str:
    """发前检查 for people: the samples, who is concerned, how worn they are, and at the end the one answer."""
    media = desk.config.file.parent / MEDIA_FOLDER
    when = moment.astimezone(merchant.zone)
    name = harmless(f"{entry.key} {entry.title}".strip())
    names = _names(desk, merchant)
    told = [f"{name}，{when:%Y-%m-%d %H:%M} 发\n", *_bubbles(rows, names), _named(rows, names), _turns(rows)]
    targets = [row["target"] for row in rows]
    groups, people = before_sending.wear(desk.store, merchant, targets, moment)
    if groups:
        told.append(f"这些群最近 7 天{_worn('每群', groups)}\n")
    if people:
        told.append(f"这些人最近 7 天{_worn('每人', people)}\n")
    if groups:
        with desk.store.reading() as connection:
            past = before_sending.history(connection, merchant, entry, targets, desk.store.now())
        told += [f"{past}\n"] if past else []
    told += [
        f"排期检查：{harmless(text)}\n" for text in before_sending.faults_of(desk.store, merchant, entry, moment, media)
    ]
    told += [f"{harmless(line)}\n" for line in before_sending.gaps_of(desk.store, merchant, targets, moment, media)]
    found = before_sending.verdicts(rows, entry.key)
    for one in found:
        if one["reason"]:
            if one["reason"] == "not_approved" and not one["mend"]:
                continue  # the turns are told above
            why = REASON_NAMES.get(one["reason"], one["reason"])
            mend = f"（{harmless(one['mend'])}）" if one["mend"] else ""
            told.append(f"{_DECISIONS[one['decision']]} {one['count']}：{why}{mend}\n")
    totals = {name: sum(one["count"] for one in found if one["decision"] == name) for name in _DECISIONS}
    told.append("，".join(f"{_DECISIONS[name]} {count}" for name, count in totals.items()) + "\n")
    return "".join(told)


def _names(desk: Desk, merchant: MerchantView) -> dict[str, str]:
    """What rooms and people are called, by their ids; a name that several have has the id with it."""
    with desk.store.reading() as connection:
        topics = {row["group"]: row["topic"] for row in reading.groups(connection, merchant)}
        people = dict(
            connection.execute(
                select(col(Contact.wire_id), col(Contact.name)).where(col(Contact.merchant_id) == merchant.id)
            ).all()
        )
    names = people | topics
    often = Counter(names.values())
    return {one: name if often[name] == 1 else f"{name}（{one}）" for one, name in names.items() if name}


def _worn(each: str, ascending: Sequence[int]) -> str:
    least, most = ascending[0], ascending[-1]
    if least == most:
        return f"{each}收到 {most} 条" if most else "没有收到过"
    return f"{each}收到 {least} 到 {most} 条，中间数 {ascending[len(ascending) // 2]}"


def _bubbles(rows: Sequence[dict[str, Any]], names: Mapping[str, str]) -> list[str]:
    """Texts as they would stand in the chat; first what many get."""
    texts = dict.fromkeys(row["text"] for row in rows if row["decision"] != "would_skip")
    samples = [*texts][:_SAMPLES]
    shown = []
    for text in samples:
        whom = next(row["target"] for row in rows if row["text"] == text)
        bubble = "".join(f"  │ {harmless(line)}\n" for line in text.splitlines() or [""])
        shown.append(f"  ╭─ 给 {harmless(names.get(whom, whom))}\n{bubble}  ╰─\n")
    if len(texts) > len(samples):
        shown.append(f"  另有 {len(texts) - len(samples)} 种写法\n")
    return shown


def _named(rows: Sequence[dict[str, Any]], names: Mapping[str, str]) -> str:
    """The targets one by one, those first that something stands in the way of."""
    order = sorted(rows, key=lambda row: row["decision"] == "would_send")
    shown = [
        {
            "对象": names.get(row["target"], row["target"]),
            "结果": _DECISIONS[row["decision"]],
            "原因": f"第 {row['stage']} 批"
            if before_sending.has_later_turn(row)
            else REASON_NAMES.get(row["reason"], row["reason"]),
            "到": (row["until"] or "")[:16].replace("T", " "),
        }
        for row in order[:_NAMED]
    ]
    more = f"……还有 {len(rows) - _NAMED} 个，全部见 --json\n" if len(rows) > _NAMED else ""
    return table(shown, empty="没有人会收到：看看它的层级、群和标签现在有谁。") + more


def _turns(rows: Sequence[dict[str, Any]]) -> str:
    """分批: how many groups have their turn when; the first has it at the entry's time."""
    later = [row for row in rows if before_sending.has_later_turn(row)]
    turns = Counter((row["stage"], row["until"]) for row in later)
    if not turns:
        return ""
    first = f"分批：先发 {len(rows) - len(later)} 个群"
    others = (
        f"第 {stage} 批 {until[:16].replace('T', ' ')} 再发 {count} 个"
        for (stage, until), count in sorted(turns.items())
    )
    return "；".join((first, *others)) + "（走的人或投诉多了会停下来问）\n"


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"看不懂时间「{text}」，请写成 2026-11-25T09:00 这样") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
