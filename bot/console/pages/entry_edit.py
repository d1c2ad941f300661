"""An entry of the calendar is written by hand, or changed: the form, and beside it what it would do."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from bot.calendar_plan import MEDIA_FOLDER
from bot.console.editor.conflict import show_conflict
from bot.console.editor.fields import more_form, what_form, whom_form
from bot.console.editor.form import EMPTY, Form
from bot.console.editor.media_form import media_form
from bot.console.editor.outlook import Outlook
from bot.console.editor.text_form import text_form
from bot.console.editor.when_form import when_form
from bot.console.page import Page
from bot.console.pages.entry import is_others
from bot.console.pages.entry_look import STYLE
from bot.console.reading.entries import Shown, entry_of
from bot.console.reading.entry_history import version_of
from bot.console.reading.entry_writing import choices_of
from bot.console.unsaved import Unsaved
from bot.console.visit import Visit
from content_calendar.entry import to_json
from content_calendar.reading import cells_of
from handlers.command_call import CHIEFS
from handlers.writing import NOT_YOURS
from models.operations import Role
from models.orders import WriteEntryOrder

WRITERS = frozenset({*CHIEFS, Role.AUTHOR})
_LOOK = """
.z-write { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 16px; width: 100%;
  align-items: start; }
.z-pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; width: 100%;
  align-items: start; }
.z-some { border-left: 3px solid #c4cad4; padding-left: 12px; gap: 8px; }
.body--dark .z-write input { color-scheme: dark; }
.z-save { position: sticky; bottom: 0; z-index: 5; }
@media (max-width: 760px) {
  .z-write, .z-pair { grid-template-columns: minmax(0, 1fr); }
}
"""
# What the address of a new entry may say: a day that was clicked, or what a promise lacks.
_GIVEN = {"day": "date", "time": "time", "kind": "content_kind", "tier": "tiers", "theme": "theme", "group": "groups"}
_LONGEST_GIVEN = 200


async def build(visit: Visit) -> None:
    """Build the page of an entry that is there."""
    key = visit.at.get("entry", "")
    shown = await visit.read(entry_of, visit.site.now(), key)
    if shown is None:
        ui.link("← 排期", "/calendar").classes("z-link")
        ui.label("没有这条排期，可能被删了。").classes("z-muted")
        return
    if is_others(visit, shown):
        ui.link("← 回到这条", f"/calendar/{quote(key, safe='')}").classes("z-link")
        ui.label(NOT_YOURS).classes("z-muted")
        return
    form = await _form(visit)
    form.before, form.base = cells_of(shown.entry), shown.revision
    earlier = await visit.read(version_of, key, visit.at.get("from", ""))
    form.cells = cells_of(earlier) if earlier else dict(form.before)
    if earlier:
        ui.label("下面是早先那一版；看看日子和人数还对不对，存了就回到它。").classes("z-muted").props("role=status")
    _Writing(form, shown).build()


async def build_new(visit: Visit) -> None:
    """Build the page of a new one."""
    form = await _form(visit)
    given = {
        column: " ".join(visit.at.get(name, "")[:_LONGEST_GIVEN].split()).replace("\0", "")
        for name, column in _GIVEN.items()
    }
    form.cells = {**EMPTY, **given}
    _Writing(form, None).build()


async def _form(visit: Visit) -> Form:
    choices = await visit.read(choices_of, visit.site.now(), visit.site.folder / MEDIA_FOLDER)
    return Form(visit, choices)


class _Writing:
    """The page while somebody writes."""

    def __init__(self, form: Form, shown: Shown | None) -> None:
        self._form, self._shown = form, shown
        self._seen = form.base
        self._saved = dict(form.cells)  # what is lost if somebody leaves is only what is other than this

    def build(self) -> None:
        """Everything."""
        ui.add_css(STYLE + _LOOK)
        self._unsaved = Unsaved()
        self._form.changed = lambda: self._unsaved.tell(self._form.cells != self._saved)
        ui.link("← 回到这条" if self._shown else "← 排期", self._back).classes("z-link")
        self._notice = ui.column().classes("full-width")
        self._place = ui.column().classes("full-width")
        self._fill()
        if self._shown is not None:
            self._form.visit.live(self._look, 2.0)

    @property
    def _back(self) -> str:
        return f"/calendar/{quote(self._shown.entry.key, safe='')}" if self._shown else "/calendar"

    def _fill(self) -> None:
        form = self._form
        form.boxes.clear()
        self._place.clear()
        with self._place:
            with ui.element("div").classes("z-write"):
                with ui.column().classes("full-width"):
                    with _card("写什么"):
                        what_form(form)
                        text_form(form)
                        media_form(form)
                    with _card("什么时候发"):
                        when_form(form)
                    with _card("发给谁"):
                        whom_form(form)
                    with _card(""):
                        more_form(form)
                with ui.column().classes("full-width"):
                    self._outlook = Outlook(form)
                    self._outlook.build()
            self._buttons()

    def _buttons(self) -> None:
        visit = self._form.visit
        waits = visit.role not in CHIEFS or visit.merchant.playbook.approval
        is_approved = self._shown is not None and self._shown.state == "approved"
        with ui.card().classes("z-card full-width z-save"), ui.row().classes("items-center full-width"):
            told = "存了要等人通过才发。" if waits else "存了就生效，到点就发。"
            ui.label(told).classes("z-muted col").style("min-width: 90px")
            if not is_approved:
                ui.button("存成草稿", on_click=lambda: self._save(draft=True)).props("outline no-caps")
            name = "交上去" if waits else "保存"
            ui.button(name, icon="check", on_click=lambda: self._save(draft=False)).props("unelevated no-caps")

    async def _save(self, *, draft: bool) -> None:
        form = self._form
        self._outlook.wants_all = True
        await self._outlook.look()
        entry, faults = form.read()
        if entry is None:
            ui.notify(f"还有 {len(faults)} 处要改，看标红的地方。", type="negative")
            return
        order = form.visit.order
        if await order(WriteEntryOrder, body=to_json(entry).decode(), base=form.base, draft=draft):
            self._unsaved.leave(f"/calendar/{quote(entry.key, safe='')}")
        else:
            await self._look()

    async def _look(self) -> None:
        """Whether it is still what was opened; if not, say so, and what to do."""
        if self._shown is None:
            return
        visit = self._form.visit
        theirs = await visit.read(entry_of, visit.site.now(), self._shown.entry.key)
        revision = theirs.revision if theirs else ""
        if revision == self._seen:
            return
        self._seen = revision
        self._notice.clear()
        with self._notice:
            if theirs is None:
                self._gone()
            elif revision != self._form.base:
                show_conflict(self._form, theirs, lambda cells: self._go_on(theirs, cells))

    def _gone(self) -> None:
        def as_new() -> None:
            self._form.base, self._form.before, self._shown = "", dict(EMPTY), None
            self._saved = dict(EMPTY)
            self._form.changed()
            self._notice.clear()
            self._fill()

        with ui.card().classes("z-card full-width").props("role=alert"):
            ui.label("这一条刚被删了。")
            ui.button("当新的一条接着写", on_click=as_new).props("outline no-caps")

    def _go_on(self, theirs: Shown, cells: dict[str, str]) -> None:
        form = self._form
        form.before, form.base, form.cells = cells_of(theirs.entry), theirs.revision, dict(cells)
        form.version += 1
        self._saved = cells_of(theirs.entry)
        form.changed()
        self._shown = theirs
        self._notice.clear()
        self._fill()


def _card(title: str) -> ui.card:
    card = ui.card().classes("z-card full-width")
    if title:
        with card:
            ui.label(title).classes("text-subtitle1 text-weight-bold").props("role=heading aria-level=2")
    return card


PAGE = Page(route="/calendar/{entry}/edit", title="改排期", area="排期", build=build, roles=WRITERS)
NEW = Page(route="/calendar/new", title="新建排期", area="排期", build=build_new, roles=WRITERS)
