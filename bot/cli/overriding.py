"""`calendar override`: a group's own version of an optional entry; `calendar signups` and `choices`: what came back."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import ballots, reading
from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.cli.tables import table
from bot.desk import Answer, Desk, Refused, Request, lines, only_reads
from content_calendar.dates import DateError, read_date, read_time
from content_calendar.render import odd_fields
from models.orders import OverrideEntryOrder


def override(
    key: Annotated[str, typer.Argument(help="可选排期的 key。")],
    group: Annotated[str, typer.Option("--group", help="群编号。")],
    text: Annotated[str | None, typer.Option("--text", help="这个群改发的话。")] = None,
    date: Annotated[str | None, typer.Option("--date", help="这个群自己的日期；有重复的，是自己的第一天。")] = None,
    time: Annotated[str | None, typer.Option("--time", help="这个群自己的时间。")] = None,
    decline: Annotated[bool, typer.Option("--decline", help="这个群不发。")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="这个群改回和大家一样。")] = False,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """让一个群把可选的排期改成自己的。

    这条排期以后再改，这个群也跟着变，只有它自己改过的不动。
    """

    async def request(desk: Desk) -> Answer:
        merchant = desk.merchant
        own = [value for value in (text, date, time) if value is not None]
        if bool(own) + decline + undo != 1:
            raise Refused("写 --text、--date、--time 中的几个，或者只写 --decline 不发、--undo 恢复")
        if text is not None and not text.strip():
            raise Refused("--text 是空的；不想发就用 --decline")
        if text and (odd := odd_fields(text)):
            raise Refused(f"「{odd[0]}」不像字段：写成 {{name}} 或 {{name|备用词}}，花括号要成对、用半角")
        day, clock = None, None
        try:
            if date is not None:
                day, clock = read_date(date, desk.now().astimezone(merchant.zone).date())
            if time is not None:
                clock = read_time(time)
        except DateError as error:
            raise Refused(f"看不懂「{date if day is None and date else time}」，要求：{error}") from None
        with desk.store.reading() as connection:
            if group not in reading.known_groups(connection, merchant):
                raise Refused(f"没有群「{group}」，用 group list 看看有哪些")
        order = OverrideEntryOrder(
            merchant=merchant.id,
            at=desk.now(),
            key=key,
            group=group,
            text=text,
            date=day.isoformat() if day else None,
            time=clock.isoformat() if clock else None,
            decline=decline,
            undo=undo,
        )
        told = await desk.order(order)
        if not as_json:
            return Answer(f"{told}\n")
        return Answer(lines([{"entry": key, "group": group, "text": text, "date": order.date, "time": order.time,
                              "declined": decline, "undone": undo}]))  # fmt: skip

    return request


def signups(
    key: Annotated[str, typer.Argument(help="活动或试用招募的 key。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """谁报了名，按先后排；谁在候补。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            if key not in {entry.key for entry in reading.entries(connection, desk.merchant)}:
                raise Refused(f"没有排期「{key}」")
            rows = reading.signups(connection, desk.merchant, key)
        if as_json:
            return Answer(lines(rows))
        shown = [
            {"场次": row["occurrence"], "名字": row["name"], "群": row["group"] or "一对一",
             "状态": "候补" if row["waits"] else "已报", "时间": row["at"]}
            for row in rows
        ]  # fmt: skip
        return Answer(table(shown, empty="还没有人报名。"))

    return request


def choices(
    key: Annotated[str, typer.Argument(help="带选项的提问的 key，选项如 1红茶 2白茶。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """各群选了什么：每人一周内最后选的算数，别的话不算。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            if key not in {entry.key for entry in reading.entries(connection, desk.merchant)}:
                raise Refused(f"没有排期「{key}」")
            rows = ballots.choices(connection, desk.merchant, key)
        if as_json:
            return Answer(lines(rows))
        shown = [
            {"场次": row["occurrence"], "选项": f"{row['option']} {row['label']}", "人数": row["count"],
             "谁": "、".join(row["people"])}
            for row in rows
        ]  # fmt: skip
        return Answer(table(shown, empty="还没有发到群里，或者正文里没有 1红茶 2白茶 这样的选项。"))

    return request
