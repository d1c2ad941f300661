"""发前检查 in one box: how many get it, how many wait or do not, why, and what mends it."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from bot.console.pages.calendar_moving import called
from bot.console.reading.entries import Outlook, Shown
from bot.console.visit import Visit
from content_calendar.cadence import is_personal
from content_calendar.entry import Entry
from handlers import rights
from handlers.reason_names import REASON_NAMES
from models.orders import ApproveEntryOrder, WriteEntryOrder

DECISIONS = {"would_send": ("会发", "positive"), "would_wait": ("要等", "warning"), "would_skip": ("不发", "negative")}
# What is mended here, and not on the command line.
_MENDS = {
    "not_approved": "要管理员看过，点上面的「通过」",
    "not_bound": "先到「客户与群」里绑定这个群",
    "paused": "账号停发的，在「今天」的账号里恢复；群里停的，在群里发 恢复",
}
_TO_GROUPS, _TO_PEOPLE = "个群", "人"

OVER = "日子都过了，不会再来。那几天发得怎么样，看下面。"
AGAIN = "还要发，就「改这一条」换个日子。"


def is_over(shown: Shown) -> bool:
    """Whether nothing of it is to come: what would become of it now says nothing of what became of it. One that waits
    for approval may be late and yet leave."""
    return shown.rings is None and shown.state == "approved" and not is_personal(shown.entry)


def show_check(visit: Visit, entry: Entry, outlook: Outlook) -> None:
    """The one answer first, then what stands in the way, then who."""
    unit = _TO_GROUPS if (entry.tiers or entry.groups) and not is_personal(entry) else _TO_PEOPLE
    totals = dict.fromkeys(DECISIONS, 0)
    for one in outlook.verdicts:
        totals[one["decision"]] += one["count"]
    when = visit.local(outlook.moment)
    is_next = outlook.moment > visit.site.now()
    told = f"{called(when.date())} {when:%H:%M} 发的话" if is_next else "现在发的话"
    with ui.row().classes("items-baseline full-width"):
        ui.label("发前检查").classes("text-subtitle1 text-weight-bold")
        ui.label(f"{told}，一共 {outlook.total:,} {unit}").classes("z-muted")
    with ui.row().classes("full-width").style("gap: 32px"):
        for decision, (name, colour) in DECISIONS.items():
            with ui.column().style("gap: 0"):
                lit = f" text-{colour}" if totals[decision] else ""
                ui.label(f"{totals[decision]:,}").classes("z-figure" + lit)
                ui.label(name).classes("z-muted")
    if not outlook.total and is_personal(entry):
        ui.label("那天还没有轮到谁。").classes("z-muted")
    elif not outlook.total:
        ui.label("现在没有谁会收到：看看「发给」写得对不对，群绑定了没有。").classes("text-negative").props(
            "role=alert"
        )
    for one in outlook.verdicts:
        if one["reason"]:
            name = DECISIONS[one["decision"]][0]
            why = f"{name} {one['count']:,}：{REASON_NAMES.get(one['reason'], one['reason'])}"
            _line("block" if one["decision"] == "would_skip" else "schedule", why, _mend(visit, one))
    for text in outlook.faults:
        _line("warning", f"排期检查：{text}", "")
    if outlook.total and not outlook.faults and totals["would_send"] == outlook.total:
        _line("check_circle", "没有毛病，到点就发。", "")
    past = "正在看以前同类的效果……" if outlook.past is None else outlook.past
    for text in filter(None, (outlook.worn, past)):
        ui.label(text).classes("z-muted")
    stopped = [one for one in outlook.targets if one.reason]
    if stopped:
        with ui.expansion("是哪些").classes("full-width").props("dense"):
            for target in stopped:
                until = f"，到 {target.until}" if target.until else ""
                name = DECISIONS[target.decision][0]
                ui.label(f"{target.name}：{name}，{REASON_NAMES.get(target.reason, target.reason)}{until}")
            count = sum(one["count"] for one in outlook.verdicts if one["reason"])
            if count > len(stopped):
                ui.label(f"……还有 {count - len(stopped):,} {unit}").classes("z-muted")


def _mend(visit: Visit, verdict: dict[str, Any]) -> str:
    """What mends it, to whoever may; nobody is told to press what they have not got."""
    if verdict["reason"] == "not_approved" and not rights.may(visit.role, ApproveEntryOrder):
        return "要老板或管理员通过"
    return _MENDS.get(verdict["reason"], verdict["mend"]) if rights.may(visit.role, WriteEntryOrder) else ""


def _line(icon: str, text: str, mend: str) -> None:
    with ui.row().classes("no-wrap items-start full-width").style("gap: 8px"):
        ui.icon(icon, size="18px").props("aria-hidden=true").style("margin-top: 2px")
        with ui.column().style("gap: 0; min-width: 0"):
            ui.label(text).style("overflow-wrap: anywhere")
            if mend:
                ui.label(mend).classes("z-muted")
