"""`report promises`, `report reception`, `report groups`, `report questions`, `report posts`, `report digest`, `report
joins`."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Annotated, Any

import msgspec
import typer

from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption, in_order, read_day
from bot.cli.tables import groups_named, table
from bot.desk import Answer, Desk, Refused, Request, lines, only_reads
from bot.digest_report import digest_rows, joins_rows
from bot.group_report import CODES, group_rows
from bot.post_effects import effects_of
from bot.promise_report import promise_rows
from bot.question_report import question_rows
from bot.reading import first_day, groups
from bot.reception_report import FIGURES, people_rows, reception_rows
from bot.store.digesting import load_digest
from handlers.digest import told as digest_told
from handlers.threads import ANSWERED, OPEN, WITHDRAWN

app = typer.Typer(help="数据：必发做到没有，发了效果怎样，新客接得怎样，群有没有毛病。", no_args_is_help=True)


@app.command()
def promises(
    since: Annotated[str, typer.Option("--from", help="第一天；不写就从发第一条那天起。")] = "",
    until: Annotated[str, typer.Option("--to", help="最后一天；不写就是昨天。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """必发哪些做到了，哪些晚了，哪些漏发。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        now = desk.now()
        yesterday = now.astimezone(desk.merchant.zone).date() - timedelta(days=1)
        with desk.store.reading() as connection:
            first = (read_day(since) if since else None) or first_day(connection, desk.merchant) or yesterday
            last = read_day(until) if until else yesterday
            if since and until:
                in_order(first, last)
            rows = [msgspec.to_builtins(row) for row in promise_rows(connection, desk.merchant, first, last, now)]
            topics = {row["group"]: row["topic"] for row in groups(connection, desk.merchant)}
        if as_json:
            return Answer(lines(rows))
        return Answer(_promises_told(rows, topics, promised=bool(desk.merchant.playbook.promises)))

    return request


@app.command()
def reception(
    figure: Annotated[
        str,
        typer.Option(
            "--rows",
            help="列出一个数背后的人：requested … finished、ungreeted、unsurveyed，或一个建档问题的 key，或它的结果 "
            "KEY:open（answered、declined、later、aside 同样写）。",
        ),
    ] = "",
    account: Annotated[str | None, typer.Option("--account", help="和 --rows 一起用：只看这个账号的。")] = None,
    source: Annotated[str | None, typer.Option("--source", help="和 --rows 一起用：只看这个来源的。")] = None,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """从加好友到建完档各有多少，按账号和来源。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            if figure:
                rows = people_rows(connection, desk.merchant, figure, account, source)
            else:
                rows = reception_rows(connection, desk.merchant)
        if rows is None:
            raise Refused(f"没有「{figure}」这个数，有：{'、'.join(FIGURES)}，或者建档问题的 key、key:open 这样的")
        if as_json:
            return Answer(lines(rows))
        return Answer(table([{**row, **_told(row)} for row in rows], empty="还没有新客。"))

    return request


@app.command("groups")
def tree(
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """群的上下级哪里有毛病，一处一行。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            rows = group_rows(connection, desk.merchant)
        if as_json:
            return Answer(lines(rows))
        return Answer(table([row | {"code": CODES[row["code"]]} for row in rows], empty="群都没有毛病。"))

    return request


@app.command()
def questions(config: ConfigOption = CONFIG, db: DatabaseOption = "", as_json: JsonOption = False) -> Request:
    """群里问的业务：哪些答了，用什么答的。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            rows = question_rows(connection, desk.merchant)
        if as_json:
            return Answer(lines(rows))
        shown = [row | {"state": _ASKED[row["state"]]} for row in rows]
        return Answer(table(shown, empty="群里还没人问过。"))

    return request


_ASKED = {OPEN: "没人回", ANSWERED: "回了", WITHDRAWN: "自己说不用了"}


def _told(row: dict[str, Any]) -> dict[str, str]:
    """What became of questions, in few words: answered of asked, or for one person the state of each."""
    if (counts := row.get("by_question")) is not None:
        return {"by_question": "，".join(f"{key} {one['answered']}/{one['asked']}" for key, one in counts.items())}
    return {"questions": "，".join(f"{key} {state}" for key, state in row["questions"].items())}


_STATES = {"kept": "做到了", "late": "晚了", "missed": "漏发", "surplus": "多发"}


def _promises_told(rows: list[dict[str, Any]], topics: dict[str, str], *, promised: bool) -> str:
    """What was late or missed, alike groups in one line, and how many there are of each."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        if row["state"] != "kept":
            what = (row["period"], row["promise"], _state_of(row), row["text"])
            alike.setdefault(what, []).append(topics.get(row["group"]) or row["group"])
    shown = [
        {"周期": period, "群": groups_named(where), "必发": promise, "结果": _STATES[state], "原因": why}
        for (period, promise, state, why), where in sorted(alike.items(), key=lambda one: one[0][0])
    ]
    counts = Counter(map(_state_of, rows))
    told = (state for state in _STATES if state != "surplus" or counts[state])
    total = "，".join(f"{_STATES[state]} {counts[state]}" for state in told)
    if not rows:
        return "这段时间的必发都还没到期；往后的看 ahead。\n" if promised else "运营方案里没有写必发。\n"
    return f"{table(shown, empty='全都按时做到了。')}{total}\n"


def _state_of(row: dict[str, Any]) -> str:
    """What became of a promise, as people tell it: too many of exactly so many are none that are missing."""
    return "surplus" if row["surplus"] else str(row["state"])


@app.command()
def posts(
    since: Annotated[str, typer.Option("--from", help="第一天；不写就是四周前。")] = "",
    until: Annotated[str, typer.Option("--to", help="最后一天；不写就是今天。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """每条排期发出后两天内：回话、提问、进群、退群，和平时比。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        zone = desk.merchant.zone
        last = read_day(until) if until else desk.now().astimezone(zone).date()
        first = read_day(since) if since else last - _FOUR_WEEKS
        if since and until:
            in_order(first, last)
        with desk.store.reading() as connection:
            found = effects_of(connection, desk.merchant, first, last)
            topics = {row["group"]: row["topic"] for row in groups(connection, desk.merchant)}
        if as_json:
            return Answer(lines([msgspec.to_builtins(one) for one in found]))
        shown = [
            {
                "发出": f"{one.at:%Y-%m-%d %H:%M}",
                "群": topics.get(one.group) or one.group,
                "排期": one.entry,
                "送达": one.reach,
                "回话": one.replies,
                "平时": one.usual_replies,
                "提问": one.questions,
                "平时提问": one.usual_questions,
                "进群": one.joins,
                "平时进群": one.usual_joins,
                "退群": one.leaves,
                "平时退群": one.usual_leaves,
            }
            for one in found
        ]
        return Answer(table(shown, empty="这段时间没有发到群里的排期。"))

    return request


@app.command()
def digest(
    day: Annotated[str, typer.Option("--day", help="哪一天；不写就是昨天。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """一天过得怎样，各群和合计：早上告诉员工的那份。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        of = read_day(day) if day else None
        with desk.store.reading() as connection:
            if as_json:
                return Answer(lines(digest_rows(connection, desk.merchant, desk.now(), of)))
            view = load_digest(connection, desk.merchant, desk.now(), of)
        return Answer(f"{digest_told(view.day, view.groups, desk.merchant.zone)}\n")

    return request


@app.command()
def joins(
    since: Annotated[str, typer.Option("--from", help="第一天；不写就是一周前。")] = "",
    until: Annotated[str, typer.Option("--to", help="最后一天；不写就是今天。")] = "",
    group: Annotated[str | None, typer.Option("--group", help="只看这个群，写群编号。")] = None,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """谁进了群、谁拉的；谁退了群，退之前发过什么。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        last = read_day(until) if until else desk.now().astimezone(desk.merchant.zone).date()
        first = read_day(since) if since else last - _ONE_WEEK
        with desk.store.reading() as connection:
            rows = joins_rows(connection, desk.merchant, first, last, group)
        if as_json:
            return Answer(lines(rows))
        shown = [row | {"change": "进群" if row["change"] == "joined" else "退群"} for row in rows]
        return Answer(table(shown, empty="这段时间没有人进群退群。"))

    return request


_ONE_WEEK = timedelta(days=7)
_FOUR_WEEKS = timedelta(days=28)
