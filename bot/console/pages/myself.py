"""我的账号: another password, where one is signed in, and an end to it."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from nicegui import ui

from bot.console.asking import ask
from bot.console.names import account_name
from bot.console.page import Page
from bot.console.passwords import SHORTEST_PASSWORD
from bot.console.sign_in import IDLE
from bot.console.visit import Visit
from handlers.roles import ROLE_NAMES

_BROWSERS = ("Edg", "Firefox", "MicroMessenger", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
_CALLED = {"Edg": "Edge", "MicroMessenger": "微信", "Android": "安卓", "Mac OS": "Mac"}


async def build(visit: Visit) -> None:
    """Build the page."""
    with ui.card().classes("z-card full-width"):
        ui.label(visit.name).classes("text-h6").style("overflow-wrap: anywhere")
        pool = f"，只管账号 {account_name(visit, visit.pool)}" if visit.pool else ""
        ui.label(f"{ROLE_NAMES[visit.role]}{pool}").classes("z-muted")
    _password(visit)
    await _sessions(visit)


def _password(visit: Visit) -> None:
    with ui.card().classes("z-card full-width"):
        ui.label("改密码").classes("text-subtitle1 text-weight-bold").props("role=heading aria-level=2")
        if visit.at.get("changed"):
            ui.label("密码改好了，别的设备都已退出。").classes("text-positive").props("role=status")
        fields = {}
        for key, label, kind in (
            ("old", "现在的密码", "current-password"),
            ("new", f"新密码（至少 {SHORTEST_PASSWORD} 位）", "new-password"),
            ("again", "再输一遍新密码", "new-password"),
        ):
            field = ui.input(label, password=True).props(f"outlined dense autocomplete={kind} maxlength=200")
            fields[key] = field.classes("full-width").style("max-width: 360px")
        fault = ui.label().classes("text-negative").props("role=alert")

        async def change() -> None:
            old, new, again = (str(fields[key].value or "") for key in ("old", "new", "again"))
            fault.text = "两遍新密码不一样。" if new != again else await visit.myself.change_password(old, new)
            if not fault.text:
                ui.navigate.to("/me?changed=1")

        ui.button("改密码", on_click=change).props("unelevated no-caps")


async def _sessions(visit: Visit) -> None:
    found = await visit.myself.sessions()
    with ui.card().classes("z-card full-width"):
        ui.label("登录着的设备").classes("text-subtitle1 text-weight-bold").props("role=heading aria-level=2")
        for one in found:
            with ui.row().classes("items-center full-width"):
                here = one.token == visit.myself.token
                ui.label(device_of(one.agent) + ("（就是这台）" if here else "")).classes("text-weight-medium")
                used = one.expires_at - IDLE
                told = [one.address, f"{_at(visit, one.created_at)} 登录", f"{_at(visit, used)} 前后用过"]
                ui.label(" · ".join(filter(None, told))).classes("z-muted").style("overflow-wrap: anywhere")
        with ui.row():
            if len(found) > 1:
                others = partial(_sign_out, visit, here_too=False)
                ui.button("别的设备都退出", on_click=others).props("outline no-caps")
            ui.button(
                "全部退出",
                on_click=lambda: ask(
                    "所有设备都退出，这台也要重新登录。", "全部退出", partial(_sign_out, visit, here_too=True)
                ),
            ).props("outline no-caps color=negative")


async def _sign_out(visit: Visit, *, here_too: bool) -> None:
    client = ui.context.client  # the dialog that asked may be gone
    await visit.myself.sign_out(here_too=here_too)
    with client:
        ui.navigate.to("/sign-in" if here_too else "/me")


def device_of(agent: str) -> str:
    """A browser as one calls it, by what it says of itself."""
    found = [next((name for name in names if name in agent), "") for names in (_BROWSERS, _SYSTEMS)]
    return " · ".join(_CALLED.get(name, name) for name in found if name) or "不知道什么浏览器"


def _at(visit: Visit, moment: datetime) -> str:
    return f"{visit.local(moment):%m-%d %H:%M}"


PAGE = Page(route="/me", title="我的账号", area="我的账号", build=build)
