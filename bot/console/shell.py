"""What stands around every page: the menu, whose shop it is, who looks, light and dark."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui
from sqlalchemy.exc import DBAPIError

from bot.console.forms import AWAY
from bot.console.page import Page
from bot.console.visit import Visit
from handlers.roles import ROLE_NAMES

ALL_SIMULATED = "全部模拟，不会发到微信"

_LOOK = """
body { font-family: -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
.body--light { background: #f5f6f8; color: #1d2129; }
.body--dark { background: #16181d; color: #e6e8eb; }
.z-header { background: #ffffff; color: #1d2129; border-bottom: 1px solid #e3e6eb; }
.body--dark .z-header { background: #1d2026; color: #e6e8eb; border-color: #2d3138; }
.z-drawer { background: #ffffff; } .body--dark .z-drawer { background: #1d2026; }
/* NiceGUI's own alignment is in a later layer than these classes of Quasar's. */
.nicegui-row.items-center, .nicegui-column.items-center { align-items: center; }
.nicegui-row.items-baseline { align-items: baseline; }
.nicegui-content { padding: 0; } .nicegui-row, .nicegui-column { gap: 12px; }
.z-skip { position: absolute; left: 12px; top: 10px; z-index: 9; padding: 10px 16px; border-radius: 8px;
  background: #0a6b45; color: #ffffff; } .z-skip:not(:focus) { clip-path: inset(50%); }
.z-page:focus { outline: none; } .z-page { scroll-margin-top: 110px; }
.z-page { width: 100%; max-width: 1280px; margin: 0 auto; padding: 12px; gap: 16px; }
.z-card { background: #ffffff; border: 1px solid #e3e6eb; border-radius: 10px; box-shadow: none; padding: 16px; }
.body--dark .z-card { background: #1d2026; border-color: #2d3138; }
.z-muted { color: #5b6472; } .body--dark .z-muted { color: #a9b1bd; }
.z-list { gap: 0 !important; } .z-list > * + * { border-top: 1px solid #e3e6eb; }
.body--dark .z-list > * + * { border-color: #2d3138; }
.z-figures { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); }
.z-figure { font-size: 28px; line-height: 1.2; font-weight: 600; font-variant-numeric: tabular-nums; }
.z-drawer nav { width: 100%; } .z-drawer .nicegui-link { display: flex; }
.z-entry { border-radius: 8px; margin: 2px 8px; min-height: 42px; color: inherit; text-decoration: none; }
.z-entry-lit { background: #e7f4ee; color: #0a6b45; font-weight: 600; }
.body--dark .z-entry-lit { background: #163428; color: #7fd9b2; }
.body--dark { color-scheme: dark; } /* what the browser draws itself: boxes for days, bars to scroll */
.body--dark .q-field__control { color: #7fd9b2; }
.q-message-text--sent { color: #0a6b45; } .q-message-text-content--sent { color: #ffffff; }
.q-message-text--received { color: #e9ecf0; } .q-message-text-content--received { color: #1d2129; }
.body--dark .q-message-text--received { color: #2c3038; }
.body--dark .q-message-text-content--received { color: #e6e8eb; }
@media (max-width: 760px) { .z-rows td, .z-rows th { min-width: 88px; } }
.z-card.z-phone { padding: 4px 0; }
.z-talk { height: calc(100vh - 350px); min-height: 260px; }
.z-quick { flex-wrap: nowrap; overflow-x: auto; } .z-quick > * { flex: none; }
@layer theme { /* Quasar's !important is in a layer: only an earlier layer is stronger. */
  .q-message-text { min-height: 0 !important; } /* Quasar has room for two lines in each bubble. */
  /* The gutter of a row begins beside what stands above and below it. */
  .q-col-gutter-md { margin-left: -16px !important; width: calc(100% + 16px) !important; }
  .body--dark .text-primary { color: #7fd9b2 !important; } .body--dark .text-negative { color: #ff9b93 !important; }
  .body--dark .text-warning { color: #ffcc80 !important; }
}
.z-practice { background: #fff4d6; color: #6b4a00; text-align: center; padding: 4px 12px; font-weight: 600; }
.z-outage { background: #fdecea; color: #8c1d18; text-align: center; padding: 4px 12px; font-weight: 600; }
.body--dark .z-outage { background: #3a1f1d; color: #ffb4ab; }
.body--dark .z-practice { background: #3b2f10; color: #ffdf8f; }
.z-row { border-top: 1px solid #e3e6eb; padding-top: 12px; gap: 6px; } .body--dark .z-row { border-color: #2d3138; }
.z-below { position: sticky; bottom: 0; z-index: 5; }
.z-bar { position: sticky; top: 74px; z-index: 5; }
.z-said { white-space: pre-wrap; overflow-wrap: anywhere; padding: 2px 8px; border-radius: 4px; }
.z-gone { background: #fdecea; color: #8c1d18; } .body--dark .z-gone { background: #3a1f1d; color: #ffb4ab; }
.z-added { background: #e7f4ee; color: #0a5438; } .body--dark .z-added { background: #163428; color: #7fd9b2; }
.z-lines { overflow-x: auto; font: 13px/1.6 ui-monospace, "Noto Sans Mono CJK SC", monospace; white-space: pre; }
.z-tab { padding: 8px 12px; border-radius: 8px; color: inherit; text-decoration: none; white-space: nowrap; }
a.z-link { color: #0a6b45; text-decoration: none; } .body--dark a.z-link { color: #7fd9b2; }
a.z-link:hover, a.z-link:focus { text-decoration: underline; }
"""

# Before the browser asks for the next page, which would otherwise be built beside what is read for this one.
_LEAVES = 'window.addEventListener("beforeunload", () => emitEvent("z-leave"))'

_LOOK_SECONDS = 1.0

# The cookie in which a browser keeps what its user chose; without it the system's wish holds.
_SHADE = "shade"
_CHOSEN = {"light": False, "dark": True}
_TURN_SECONDS = 10.0  # a browser that is busy with the page takes a while to answer
# From what is seen, which may be the system's wish, to the other, kept for a year. The cookie is there before anything
# is seen of it, so that whoever goes on to the next page at once finds there what was chosen.
_TURN = f"""
  const dark = !document.body.classList.contains("body--dark");
  document.cookie = `{_SHADE}=${{dark ? "dark" : "light"}}; path=/; max-age=31536000; samesite=strict`;
  return dark;
"""


def look() -> None:
    """The colours and sizes of all pages."""
    ui.add_css(_LOOK)
    ui.colors(primary="#0a6b45", secondary="#3d5a80", positive="#0a6b45", negative="#b3261e", warning="#8a5a00")


def frame(visit: Visit, page: Page, entries: Sequence[Page]) -> ui.column:
    """Build everything around a page; returns where the page itself goes."""
    look()
    dark = ui.dark_mode(_CHOSEN.get(ui.context.client.request.cookies.get(_SHADE, "")))
    with ui.header(bordered=False).classes("z-header items-center q-py-xs q-px-md"):
        skip = ui.link("跳到正文").classes("z-skip")  # the first that the keyboard comes to
        menu = ui.button(icon="menu").props("flat round dense color=inherit aria-label=菜单")
        ui.label(page.title).classes("text-h6").props("role=heading aria-level=1")
        ui.space()
        _whose(visit)
        ui.button(icon="contrast", on_click=lambda: _turn(dark)).props(
            'flat round dense color=inherit aria-label="浅色、深色"'
        )
        _who(visit)
    drawer = (
        ui.left_drawer(value=False, bordered=True)
        .props("width=200 breakpoint=900 show-if-above")
        .classes("z-drawer q-pa-none")
    )
    with drawer:
        ui.label("掌柜").classes("text-h5 q-px-md q-pt-md q-pb-sm")
        with ui.element("nav").props('aria-label="菜单"').classes("full-width"):
            for entry in entries:
                lit = entry.area == page.area
                with (
                    ui.link(target=entry.route)
                    .classes("z-entry row items-center no-wrap q-px-md" + (" z-entry-lit" if lit else ""))
                    .props('aria-current="page"' if lit else "")
                ):
                    ui.icon(entry.icon, size="20px").classes("q-mr-md").props('aria-hidden="true"')
                    ui.label(entry.area)
    menu.on_click(drawer.toggle)
    if visit.site.practice is not None:
        ui.label(ALL_SIMULATED).classes("z-practice full-width").props("role=status")
    _outage(visit)
    ui.on("z-leave", visit.leave)
    ui.run_javascript(_LEAVES)
    main = ui.column().classes("z-page").props("role=main tabindex=-1")
    skip.props["href"] = f"#{main.html_id}"
    return main


def _outage(visit: Visit) -> None:
    """That nothing can be kept now, for as long as it is so: what the page shows is from before."""
    told = ui.label().classes("z-outage full-width").props("role=alert")

    def look() -> None:
        outage = visit.site.outage
        told.text = f"{outage}这一页上是之前的样子。" if outage else ""
        told.visible = bool(outage)

    look()
    ui.timer(_LOOK_SECONDS, look)


def _whose(visit: Visit) -> None:
    """Whose shop it is; somebody with several chooses."""
    if len(visit.merchants) == 1:
        ui.label(visit.merchant.name).classes("z-muted gt-xs q-mr-sm self-center")
        return
    names = {one: visit.site.merchants[one].name for one in visit.merchants}

    async def choose(chosen: str) -> None:
        await visit.choose(chosen)
        ui.navigate.reload()

    ui.select(names, value=visit.merchant_id, on_change=lambda event: choose(event.value)).props(
        "dense outlined options-dense aria-label=商家"
    )


def _who(visit: Visit) -> None:
    """Who looks, and the way out. A form, since only an answer to a request can take a cookie away."""
    door = ui.button(icon="account_circle").props('flat round dense color=inherit aria-label="我的账号"')
    with door, ui.menu(), ui.column().classes("q-pa-md"):
        ui.label(visit.name).classes("text-weight-bold")
        ui.label(ROLE_NAMES[visit.role]).classes("z-muted")
        ui.link("改密码、登录着的设备", "/me").classes("z-link")
        with ui.element("form").props("method=post action=/sign-out"):
            ui.button("退出").props("type=submit flat dense")


async def _turn(dark: ui.dark_mode) -> None:
    """This browser keeps what is chosen."""
    dark.value = await ui.run_javascript(_TURN, timeout=_TURN_SECONDS)


def broken(error: Exception) -> None:
    """What stands in place of a page that could not be made."""
    ui.label(AWAY if isinstance(error, DBAPIError) else "这一页出错了，原因在日志里。").classes("q-pa-lg text-h6")


def forbidden() -> None:
    """What whoever may not see a page finds there."""
    ui.label("这一页不归您看，请找老板或管理员。").classes("z-muted")
