"""人员: who may sign in, by whom and as what; an invitation is a link that is shown once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from nicegui import ui
from sqlalchemy import Connection

from bot.clock import utc_now
from bot.console.asking import ask
from bot.console.names import account_name
from bot.console.page import Page
from bot.console.visit import Scope, Visit
from bot.store.operators import Known, all_operators
from handlers.roles import ROLE_NAMES
from models.operations import Role
from models.orders import InviteOperatorOrder, RemoveOperatorOrder

LINK_LASTS = timedelta(days=1)


async def build(visit: Visit) -> None:
    """Build the page."""
    if visit.pool:
        ui.label("您只管一个账号，人员请找管全店的老板。").classes("z-muted")
        return
    with ui.row().classes("items-center full-width"):
        ui.label("谁可以登录后台").classes("text-subtitle1 text-weight-bold").props("role=heading aria-level=2")
        ui.space()
        ui.button("请人", icon="person_add", on_click=lambda: _invite(visit, None)).props("no-caps")
    place = ui.card().classes("z-card full-width")
    shown: list[object] = []

    async def look() -> None:
        people = await visit.read(_people)
        if shown == [people]:  # whoever is about to press a button keeps it
            return
        shown[:] = [people]
        place.clear()
        with place:
            for one in people:
                _show(visit, one)

    await look()
    visit.live(look)


def _people(connection: Connection, scope: Scope) -> list[Known]:
    return all_operators(connection, scope.merchant.id)


def _show(visit: Visit, one: Known) -> None:
    with ui.row().classes("items-center full-width"):
        with ui.column().classes("col").style("gap: 0; min-width: 140px"):
            ui.label(one.name).classes("text-weight-medium").style("overflow-wrap: anywhere")
            about = [ROLE_NAMES[one.role], f"只管 {account_name(visit, one.account)}" if one.account else ""]
            about += ["" if one.password else "还没设密码", "就是您" if one.name == visit.name else ""]
            ui.label(" · ".join(filter(None, about))).classes("z-muted")
        if one.name == visit.name:
            return
        change = ui.button("改角色、换链接", on_click=lambda: _invite(visit, one)).props("flat no-caps")
        change.props["aria-label"] = f"改 {one.name} 的角色、换链接"
        remove = ui.button("去掉", on_click=lambda: _remove(visit, one)).props("outline no-caps color=negative")
        remove.props["aria-label"] = f"去掉 {one.name}"


def _invite(visit: Visit, known: Known | None) -> None:
    accounts = {"": "全店", **{one: f"只管 {account_name(visit, one)}" for one in visit.merchant.accounts}}
    address = str(ui.context.client.request.base_url)
    with (
        ui.context.client.content,
        ui.dialog(value=True) as dialog,
        ui.card().classes("z-card").style("width: min(480px, 94vw)") as card,
    ):
        ui.label(f"{known.name} 的角色" if known else "请人来管店").classes("text-weight-bold")
        name = ui.input("名字（登录用）", value=known.name if known else "").props("outlined").classes("full-width")
        name.visible = known is None
        roles = {one.value: ROLE_NAMES[one] for one in Role}
        role = ui.select(roles, label="角色", value=known.role.value if known else Role.HELPER.value)
        role.props("outlined").classes("full-width")
        account = ui.select(accounts, label="管哪些", value=known.account if known else "")
        account.props("outlined").classes("full-width")
        if known is not None and known.password:
            ui.label("角色马上生效，原来的密码还能用；忘了密码的，用新链接再设一个。").classes("z-muted")

        async def invite() -> None:
            secret = secrets.token_urlsafe(24)
            if await visit.order(
                InviteOperatorOrder,
                name=str(name.value or "").strip(),
                role=role.value,
                pool=account.value,
                invitation=hashlib.sha256(secret.encode()).hexdigest(),
                until=utc_now() + LINK_LASTS,
            ):
                _show_link(card, dialog, f"{address}join?token={secret}")

        with ui.row().classes("full-width justify-end"):
            ui.button("算了", on_click=dialog.close).props("flat")
            ui.button("好，给我链接", on_click=invite).props("no-caps")
    dialog.props('aria-label="请人"').on("hide", dialog.delete)


def _show_link(card: ui.card, dialog: ui.dialog, link: str) -> None:
    card.clear()
    with card:
        ui.label("把这个链接发给本人，一天内有效，只能用一次。关掉就看不到了。")
        ui.input("链接", value=link).props("outlined readonly").classes("full-width")
        ui.button("记下了", on_click=dialog.close).classes("self-end")


def _remove(visit: Visit, one: Known) -> None:
    async def remove() -> None:
        await visit.order(RemoveOperatorOrder, name=one.name)

    ask(f"「{one.name}」不能再登录，现在开着的也马上退出。去掉吗？", "去掉", remove)


PAGE = Page(
    route="/operators",
    title="人员",
    area="人员",
    icon="manage_accounts",
    build=build,
    roles=frozenset({Role.OWNER}),
)
