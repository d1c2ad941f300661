"""One person: all that is known of them, what one may do, and one timeline over all accounts and groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from nicegui import ui

from bot import reading
from bot.console.names import KEPT
from bot.console.page import Page
from bot.console.pages.deliveries_rows import COLOURS, moment
from bot.console.pages.doubts import undo_merge
from bot.console.pages.people import talk_address
from bot.console.pages.person_merging import ask_whom
from bot.console.pages.person_timeline import Timeline
from bot.console.parts import Part, Parts
from bot.console.reading.called import names_of
from bot.console.reading.group_talk import topics_of
from bot.console.reading.kept_answers import kept_for_later
from bot.console.reading.of_pool import own_rooms
from bot.console.reading.people import STAGES, Moment, may_be_seen
from bot.console.visit import Scope, Visit
from handlers import rights
from handlers.asked_and_said import answer_of, question_of
from handlers.reason_names import CAUSE_NAMES, FOLD_OF, HEARD_NAMES, REASON_NAMES
from models.deliveries import Cause
from models.orders import (
    DescribePersonOrder,
    ErasePersonOrder,
    HandoffOrder,
    HandoverOrder,
    MergeOrder,
    OwnerOrder,
    UnmergeOrder,
)
from models.playbook import Playbook

EVENT_NAMES = {
    "friend_request": "请求加好友",
    "friend_added": "成了好友",
    "friend_removed": "删了好友",
    "group_joined": "进群",
    "group_left": "退群",
    "self_message": "同事在手机上说",
    "recalled": "撤回了一条",
    "order.describe_person": "改了标签、备注或记了一笔",
    "order.say": "同事在后台回话",
    "survey_finished": "建档完成",
    "order.owner": "改了归属",
    "order.handover": "客户交接",
    "order.handoff": "转人工",
    "order.merge": "和另一个号合成一个人",
    "order.unmerge": "撤销了合并",
    "person_changed": "资料跟着变了",
    "order.grant_role": "改了角色",
    "order.bind_group": "当了一个群的堂主",
    "order.move": "调了群",
    "order.settle_doubt": "定了和谁是不是同一个人",
    "order.erase_person": "删掉资料",
    "group_renamed": "改了群名",
    "sign_up": "报名",
}
_ANSWER_STATES = {"declined": "不想说", "later": "回头再说"}
_ORDERS = (DescribePersonOrder, OwnerOrder, MergeOrder, UnmergeOrder, HandoffOrder, ErasePersonOrder)
_SOMEBODY_ELSE = "别的账号那边的同事"
_CONSENTS = {"given": "同意", "refused": "不同意"}


async def build(visit: Visit) -> None:
    """Build the page."""
    contact = visit.at.get("contact", "")[:200].replace("\0", "")
    shown: dict[str, Any] = {}
    told = Timeline(visit, contact)
    with ui.element("div").classes("row full-width q-col-gutter-md items-start"):
        with ui.element("div").classes("col-12 col-md-5"):
            known = Parts()
        with ui.element("div").classes("col-12 col-md-7"), ui.card().classes("z-card full-width") as dealings:
            ui.label("来往").classes("text-subtitle1 text-weight-bold")
            place = Parts()
            more = ui.button("更早的").props("flat no-caps").classes("self-center")

    def tell() -> None:
        place.show(
            [Part(str(row.id), row, partial(_tell, visit, row)) for row in told.rows]
            or [Part("", "", lambda: ui.label("还没有来往。").classes("z-muted"))]
        )
        more.visible = told.has_more

    async def look() -> None:
        found = await visit.read(_person, contact, visit.site.now())
        if found is None:
            known.show([Part("", "", _show_nobody)])
            dealings.visible = False
            return
        shown.update(found)
        offered = (bool(found["tags"]), bool(found["owner"]), len(found["contacts"]) > 1)
        known.show(
            [
                Part("facts", found, lambda: _show(visit.merchant.playbook, found)),
                Part("buttons", offered, lambda: _act(visit, shown)),
            ]
        )
        await told.renew()
        tell()

    async def earlier() -> None:
        await told.go_back()
        tell()

    more.on_click(earlier)
    await look()
    if shown:
        visit.live(look, 2.0)


def _show_nobody() -> None:
    ui.label("没有这个人，或者资料已经删了。").classes("z-muted")
    ui.link("看全部客户", "/people").classes("z-link")


def _person(connection: Any, scope: Scope, contact: str, now: datetime) -> dict[str, Any] | None:
    if not may_be_seen(connection, scope, contact):
        return None
    found = reading.who(connection, scope.merchant, contact, now)
    if found is None:
        return None
    owner, groups, contacts = found["owner"], found["groups"], found["contacts"]
    own = own_rooms(connection, scope)
    if own is not None:  # what others know of the same person is theirs
        groups = [room for room in groups if room in own]
        contacts = [one for one in contacts if may_be_seen(connection, scope, one)]
    name = names_of(connection, scope, [owner]).get(owner, owner) if owner else None
    if own is not None and owner and not may_be_seen(connection, scope, owner):
        name = _SOMEBODY_ELSE
    kept = kept_for_later(connection, scope, contact)
    return {**found, "kept": kept, "contacts": contacts, "groups": topics_of(connection, scope, groups), "owner": name}


def _show(playbook: Playbook, found: dict[str, Any]) -> None:
    with ui.card().classes("z-card full-width"):
        with ui.row().classes("items-center full-width no-wrap"):
            ui.label(found["name"] or found["contact"]).classes("col text-h6").style("overflow-wrap: anywhere")
            ui.link("聊天", talk_address(found["contact"])).classes("z-link")
        with ui.row().classes("q-gutter-xs"):
            for tag in found["tags"]:
                ui.badge(tag).props("outline color=primary").classes("q-pa-xs")
            if found["opted_out"]:
                ui.badge("已退订").props("color=negative").classes("q-pa-xs")
        survey = found["survey"]
        facts = {
            "编号": "、".join(found["contacts"]),
            "备注": found["remark"],
            "来源": found["source"],
            "归属": found["owner"],
            "所在群": "、".join(found["groups"]),
            "在排队": found["waiting_for"],
            "建档": STAGES[survey["state"]]
            + (f"，正在问：{question_of(playbook, survey['question'])}" if survey["question"] else ""),
            "同意": _CONSENTS.get(found["consent"] or "", ""),
            "券": found["coupon"],
            "记一笔": found["note"],
        }
        _facts(facts)
        said = {question_of(playbook, key): _said(playbook, key, one) for key, one in found["answers"].items()}
        for key, value in found["kept"].items():
            said.setdefault(question_of(playbook, key), answer_of(playbook, key, value) + KEPT)
        if said:
            ui.label("回答").classes("text-weight-bold")
            _facts(said)


def _facts(facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if value:
            with ui.row().classes("full-width no-wrap"):
                ui.label(name).classes("z-muted").style("min-width: 72px; max-width: 120px; overflow-wrap: anywhere")
                ui.label(str(value)).style("white-space: pre-wrap; overflow-wrap: anywhere")


def _said(playbook: Playbook, key: str, answer: dict[str, Any]) -> str:
    if answer["state"] != "answered":
        return _ANSWER_STATES[answer["state"]]
    return answer_of(playbook, key, answer["value"])


def _act(visit: Visit, found: dict[str, Any]) -> None:
    """The buttons of what may be done; each is an order. They stay while `found` is renewed."""
    contact = found["contact"]
    if not any(rights.may(visit.role, order) for order in _ORDERS):
        return
    with ui.card().classes("z-card full-width"), ui.row().classes("items-center"):
        if rights.may(visit.role, DescribePersonOrder):
            _ask(
                "加标签",
                "标签",
                lambda text: visit.order(DescribePersonOrder, contact=contact, add=tuple(text.split())),
            )
            if found["tags"]:
                _ask(
                    "去标签",
                    "标签",
                    lambda text: visit.order(DescribePersonOrder, contact=contact, remove=(text,)),
                    options=lambda: list(found["tags"]),
                )
            _ask("记一笔", "记什么", lambda text: _note(visit, contact, text))
            _ask("改备注", "备注", lambda text: visit.order(DescribePersonOrder, contact=contact, remark=text))
        if rights.may(visit.role, OwnerOrder):
            if found["owner"]:
                _ask(
                    "客户交接",
                    "交给谁（编号或昵称）",
                    lambda text: visit.order(HandoverOrder, source=contact, to=text, confirmed=True),
                )
            else:
                _ask("归属", "归谁跟（编号或昵称）", lambda text: visit.order(OwnerOrder, person=contact, owner=text))
        if rights.may(visit.role, MergeOrder):
            ui.button("和谁是同一个人", on_click=lambda: ask_whom(visit, found)).props("outline no-caps")
        if rights.may(visit.role, UnmergeOrder) and len(found["contacts"]) > 1:
            ui.button("撤销合并", on_click=lambda: undo_merge(visit, contact)).props("outline no-caps")
        if rights.may(visit.role, HandoffOrder):
            ui.button("转人工", on_click=lambda: visit.order(HandoffOrder, person=contact)).props("outline no-caps")
        if rights.may(visit.role, ErasePersonOrder):
            ui.button("删掉资料", on_click=lambda: _forget(visit, found)).props("outline no-caps color=negative")


async def _note(visit: Visit, contact: str, text: str) -> bool:
    """A line under what is noted by now, whatever the page still shows."""
    found = await visit.read(_person, contact, visit.site.now())
    note = "\n".join(filter(None, [found["note"] if found else "", text]))
    return await visit.order(DescribePersonOrder, contact=contact, note=note)


def _ask(label: str, what: str, give: Any, options: Callable[[], list[str]] | None = None) -> None:
    """A button that asks for one thing before it gives its order."""

    def opened() -> None:
        with (
            ui.context.client.content,
            ui.dialog(value=True) as dialog,
            ui.card().classes("z-card").style("min-width: 280px"),
        ):
            if options:
                offered = options()
                field: Any = (
                    ui.select(offered, label=what, value=next(iter(offered), None))
                    .props("outlined")
                    .classes("full-width")
                )
            else:
                field = ui.input(what).props("outlined autofocus").classes("full-width")

            async def done() -> None:
                if (text := str(field.value or "").strip()) and await give(text):
                    dialog.close()

            field.on("keydown.enter", done)
            with ui.row().classes("full-width justify-end"):
                ui.button("算了", on_click=dialog.close).props("flat")
                ui.button("好", on_click=done)

    ui.button(label, on_click=opened).props("outline no-caps")


def _forget(visit: Visit, found: dict[str, Any]) -> None:
    with ui.context.client.content, ui.dialog(value=True) as dialog, ui.card().classes("z-card"):
        ui.label(f"把「{found['name'] or found['contact']}」的资料、标签、聊天记录全部删掉？").style(
            "overflow-wrap: anywhere"
        )
        ui.label("没发的消息也会取消。删了找不回来。").classes("text-negative")

        async def forget() -> None:
            dialog.close()
            if await visit.order(ErasePersonOrder, contact=found["contact"]):
                ui.navigate.to("/people")

        with ui.row().classes("full-width justify-end"):
            ui.button("算了", on_click=dialog.close).props("flat")
            ui.button("删掉", on_click=forget).props("color=negative")


def _tell(visit: Visit, row: Moment) -> None:
    where = f"［{row.topic or row.group}］" if row.group else ""
    kind = "" if row.kind in ("", "text") else f"[{HEARD_NAMES.get(row.kind, row.kind)}] "
    with ui.element("div").classes("full-width"):
        with ui.row().classes("full-width items-center"):
            ui.label(moment(visit, row.at)).classes("z-muted")
            if row.state is None:
                ui.label(where + ("客人说" if row.type == "message" else EVENT_NAMES.get(row.type, row.type)))
            else:
                ui.label(where + "掌柜：" + CAUSE_NAMES.get(Cause(row.cause), row.cause)).classes("text-primary")
                ui.space()
                fold = FOLD_OF[row.state]
                ui.label(REASON_NAMES.get(row.reason, row.reason)).classes("z-muted")
                with ui.link(target=f"/deliveries/{row.id}"):
                    ui.badge(fold).props(f"color={COLOURS[fold]}")
        if row.text or kind:
            ui.label(kind + row.text).style("white-space: pre-wrap; overflow-wrap: anywhere")


PAGE = Page(route="/people/{contact}", title="客户", area="客户与群", build=build)
