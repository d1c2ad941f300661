"""One entry of the calendar: what it says and to whom, whether it may go, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

from nicegui import ui

from bot.calendar_plan import MEDIA_FOLDER
from bot.console.names import doer
from bot.console.page import Page
from bot.console.pages.calendar_moving import called
from bot.console.pages.entry_check import AGAIN, OVER, is_over, show_check
from bot.console.pages.entry_look import STYLE, show_content
from bot.console.pages.entry_words import is_skipped, show_stop, show_words
from bot.console.parts import Part, Parts
from bot.console.reading.deliveries import Filter
from bot.console.reading.entries import Happened, Outlook, Shown, entry_of, happened, outlook_of, past_of
from bot.console.visit import Visit
from content_calendar.cadence import is_personal, next_days, next_occurrence
from content_calendar.kind_names import content_name
from content_calendar.rotation import is_spare
from content_calendar.rule_words import rule_words
from content_calendar.titles import title_of
from handlers import rights
from models.operations import Role
from models.orders import WriteEntryOrder

_DATES = 5
_STATES = {"draft": ("草稿", "grey-8"), "review": ("等人通过", "warning"), "approved": ("可以发", "positive")}
_FOLDS = {"待发": "secondary", "已发": "positive", "没发": "grey-8", "请核对": "negative"}


async def build(visit: Visit) -> None:
    """Build the page."""
    ui.add_css(STYLE)
    key = visit.at.get("entry", "")
    ui.link("← 排期", "/calendar").classes("z-link")
    place = Parts()
    looks: list[Parts] = []  # how it looks, and what is known of it
    below = Parts()
    seen: list[Shown | None] = []
    weighed: list[Outlook] = []  # the last check, of this revision or the one before

    async def look() -> None:
        shown = await visit.read(entry_of, visit.site.now(), key)
        is_new, seen[:] = seen != [shown], [shown]
        if shown is None:
            weighed.clear()
        show(shown)
        below.show([_happened(visit, key, await visit.read(happened, visit.site.now(), key))])
        if is_new and shown is not None and not is_spare(shown.entry):
            ui.timer(0.05, partial(weigh, shown), once=True)  # the page is there before it is checked

    def show(shown: Shown | None) -> None:
        if shown is None:
            place.show([Part("", "", lambda: ui.label("没有这条排期，可能被删了。").classes("z-muted"))])
            return
        outlook = weighed[0] if weighed else None
        place.show(_parts(visit, shown, outlook, looks))
        targets = outlook.targets if outlook is not None else []
        if is_over(shown):  # who would not get it now may have got it then
            targets = [one._replace(decision="") for one in targets]
        content, facts = looks
        content.show([Part("", (shown.entry, targets), lambda: show_content(visit, shown.entry, targets))])
        known = _facts(visit, shown)
        facts.show([Part("", known, lambda: _show_facts(known))])

    async def weigh(shown: Shown) -> None:
        media = visit.site.folder / MEDIA_FOLDER
        outlook = await visit.site.in_thread(lambda: outlook_of(visit.site.store, visit.scope, shown, media))
        if seen != [shown]:  # somebody has changed it meanwhile
            return
        weighed[:] = [outlook]
        show(shown)
        if outlook.past is None:
            past = await visit.read(past_of, shown.entry, outlook.rooms, visit.site.now())
            if weighed == [outlook]:
                weighed[:] = [outlook._replace(past=past)]
                show(shown)

    await look()
    visit.live(look, 3.0)


def _parts(visit: Visit, shown: Shown, outlook: Outlook | None, looks: list[Parts]) -> Iterator[Part]:
    entry = shown.entry
    head = (entry.key, title_of(entry), shown.state, shown.sent_back, is_others(visit, shown))
    yield Part("head", head, lambda: _show_head(visit, shown))
    upcoming = next_occurrence(shown.unskipped, visit.merchant.zone, visit.site.now())
    words = (shown.revision, shown.state, upcoming, shown.rings)
    yield Part("words", words, lambda: show_words(visit, shown))
    yield Part("looks", "", lambda: _show_two(looks))
    if is_spare(entry):
        return
    yield Part("check", outlook, lambda: _show_check(visit, shown, outlook))


def _show_two(looks: list[Parts]) -> None:
    looks.clear()
    with ui.element("div").classes("z-two"):
        for _ in range(2):
            with ui.card().classes("z-card"):
                looks.append(Parts())


def _show_check(visit: Visit, shown: Shown, outlook: Outlook | None) -> None:
    with ui.card().classes("z-card full-width"):
        if is_over(shown):
            ui.label("发前检查").classes("text-subtitle1 text-weight-bold")
            ui.label(OVER + (AGAIN if _may_change(visit, shown) else "")).classes("z-muted")
        elif outlook is None:
            ui.label("正在做发前检查……").classes("z-muted").props("role=status")
        else:
            show_check(visit, shown.entry, outlook)


def _show_head(visit: Visit, shown: Shown) -> None:
    with ui.row().classes("items-center full-width"):
        ui.label(title_of(shown.entry)).classes("text-h6").props("role=heading aria-level=2").style(
            "overflow-wrap: anywhere"
        )
        name, colour = _STATES[shown.state]
        ui.badge(name).props(f"color={colour}").classes("q-pa-sm")
        ui.space()
        address = f"/calendar/{quote(shown.entry.key, safe='')}"
        ui.link("改过的", f"{address}/history").classes("z-link")
        if _may_change(visit, shown):
            edit = partial(ui.navigate.to, f"{address}/edit")
            ui.button("改这一条", icon="edit", on_click=edit).props("outline no-caps")
    if shown.sent_back:
        ui.label(f"退回了：{shown.sent_back}").classes("text-negative").style("overflow-wrap: anywhere")


def _may_change(visit: Visit, shown: Shown) -> bool:
    """Whether who looks may write another version of it."""
    return rights.may(visit.role, WriteEntryOrder) and not is_others(visit, shown)


def _facts(visit: Visit, shown: Shown) -> dict[str, str]:
    entry = shown.entry
    until = f"{entry.not_after:%Y-%m-%d %H:%M}" if entry.not_after else ""
    return {
        "什么时候": _when(shown),
        "接下来": _coming(visit, shown),
        "发给": shown.to,
        "标签": "、".join(entry.tags) if entry.tiers or entry.groups else "",
        "内容类型": " · ".join(
            filter(None, [content_name(entry.content_kind), entry.theme, "推广" if entry.promotional else ""])
        ),
        "优先级": f"{entry.priority}（1 最先，9 最后）" if entry.priority != _USUAL_PRIORITY else "",
        "过期": f"{until} 之后不再发" if until else "",
        "分批": entry.rollout,
        "可挪": f"各群前后最多 {entry.window}" if entry.window else "",
        "编号": entry.key,
        "谁写的": f"{doer(shown.author)}，{visit.local(shown.at):%Y-%m-%d %H:%M}",
        "谁通过的": doer(shown.approver) if shown.approver else "",
    }


def _show_facts(facts: dict[str, str]) -> None:
    with ui.element("dl").classes("z-facts"):
        for name, value in facts.items():
            if value:
                with ui.element("dt").classes("z-muted"):
                    ui.label(name)
                with ui.element("dd"):
                    ui.label(value).style("white-space: pre-line; overflow-wrap: anywhere")


def _when(shown: Shown) -> str:
    entry = shown.entry
    if is_spare(entry):
        return "备稿，用到时才发"
    at = f"{entry.time:%H:%M}" if entry.time else ""
    if entry.rule:
        return f"{rule_words(entry.rule)} {at}".rstrip()
    return f"{entry.date} {at}，只发一次" if entry.date else at


def _coming(visit: Visit, shown: Shown) -> str:
    if is_spare(shown.entry):
        return ""
    if is_personal(shown.entry):
        return "各人的日子"
    days = next_days(shown.unskipped, visit.merchant.zone, visit.site.now(), _DATES)
    return (
        "\n".join(
            f"{called(one.local_date)} {visit.local(one.at_utc):%H:%M}"
            + ("（跳过）" if is_skipped(shown, one.at_utc) else "")
            for one in days
        )
        or "不会再来了"
    )


def is_others(visit: Visit, shown: Shown) -> bool:
    """Whether somebody else wrote it and this person changes only their own."""
    return visit.role is Role.AUTHOR and shown.author != f"console:{visit.name}"


def _happened(visit: Visit, key: str, rows: list[Happened]) -> Part:
    return Part("", rows, lambda: _show_happened(visit, key, rows))


def _show_happened(visit: Visit, key: str, rows: list[Happened]) -> None:
    with ui.card().classes("z-card full-width"):
        with ui.row().classes("items-center full-width"):
            ui.label("最近发得怎么样").classes("text-subtitle1 text-weight-bold")
            ui.space()
            ui.link("全部发送记录", Filter(entry=key).address).classes("z-link")
        if not rows:
            ui.label("最近一个月还没有到点过。").classes("z-muted")
        for row in rows:
            with ui.row().classes("items-center full-width"):
                ui.label(row.occurrence).classes("text-weight-medium").style("min-width: 96px")
                for fold, count in row.folds.items():
                    address = Filter(fold=fold, entry=key, occurrence=row.occurrence).address
                    with ui.link(target=address).classes("z-link"):
                        ui.badge(f"{fold} {count:,}").props(f"color={_FOLDS[fold]}").classes("q-pa-sm")
                show_stop(visit, key, row)


_USUAL_PRIORITY = 5

PAGE = Page(route="/calendar/{entry}", title="一条排期", area="排期", build=build)
