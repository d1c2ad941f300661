"""Beside the form: how it looks in the chat, when it goes out next, how many get it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from nicegui import ui

from bot.calendar_plan import MEDIA_FOLDER
from bot.console.editor.form import CHINESE, Form
from bot.console.pages.calendar_faults import show_lines
from bot.console.pages.calendar_moving import called
from bot.console.pages.entry_look import said_to, show_bubbles, variants_of
from bot.console.reading.entries import Target
from bot.console.reading.entry_writing import Weighed, weighed, who_gets
from content_calendar.cadence import is_personal
from content_calendar.entry import Entry
from content_calendar.faults import Fault
from content_calendar.rotation import is_spare
from models.fields import unfilled

LOOK_SECONDS = 0.5
_PLAIN = ""


@dataclass
class Outlook:
    """Looks at the form when it has changed. `wants_all`: somebody wanted to save, so what is missing is said too."""

    form: Form
    wants_all: bool = False
    _seen: tuple[int, bool] = (-1, False)
    _chosen: str = _PLAIN
    _targets: dict[str, Target] = field(default_factory=dict)

    def build(self) -> None:
        """Build it, and keep looking."""
        with ui.card().classes("z-card full-width"):
            ui.label("发出去的样子").classes("text-subtitle1 text-weight-bold")
            self._who = ui.select({_PLAIN: "平常的样子"}, label="谁看到的", value=_PLAIN)
            self._who.props("dense outlined options-dense").classes("full-width")
            self._who.on_value_change(lambda event: self._choose(event.value))
            self._chat = ui.column().classes("z-chat items-start")
        with ui.card().classes("z-card full-width"):
            ui.label("什么时候、多少人").classes("text-subtitle1 text-weight-bold")
            self._facts = ui.column().classes("full-width").style("gap: 4px")
        with ui.card().classes("z-card full-width"):
            ui.label("发前检查").classes("text-subtitle1 text-weight-bold")
            self._check = ui.column().classes("full-width").style("gap: 6px")
        ui.timer(LOOK_SECONDS, self.look)

    async def look(self) -> None:
        """Say what the form says now, if that is something else than before."""
        seen = (self.form.version, self.wants_all)
        if self._seen == seen:
            return
        self._seen = seen
        visit, now = self.form.visit, self.form.visit.site.now()
        entry, faults = self.form.read()
        self.form.tell(faults, all_of_them=self.wants_all)
        if entry is None:
            self._targets = {}
            self._show(None, faults)
            return
        media = visit.site.folder / MEDIA_FOLDER
        found = await visit.read(weighed, now, media, entry)
        targets = await visit.site.in_thread(lambda: who_gets(visit.site.store, visit.scope, entry))
        if self._seen == seen:  # else somebody has gone on writing meanwhile
            self._targets = {one.id: one for one in targets}
            self._show(entry, faults, found)

    def _show(self, entry: Entry | None, faults: Sequence[Fault], found: Weighed | None = None) -> None:
        options = {
            _PLAIN: "平常的样子",
            **variants_of(self._text),
            **{one.id: one.name for one in self._targets.values()},
        }
        self._who.set_options(options, value=self._chosen if self._chosen in options else _PLAIN)
        self._bubbles()
        self._facts.clear()
        with self._facts:
            _facts(self.form, entry, found)
        self._check.clear()
        with self._check:
            _check(faults if self.wants_all else [one for one in faults if one.found], found, entry is None)

    @property
    def _text(self) -> str:
        return self.form.cells["text"]

    def _choose(self, chosen: str) -> None:
        self._chosen = chosen or _PLAIN
        self._bubbles()

    def _bubbles(self) -> None:
        target = self._targets.get(self._chosen)
        text = target.text if target is not None else ""
        text = text or unfilled(said_to(self._text, self._chosen))
        kept = {name: value for name, value in self.form.cells.items() if name == "kind"}
        entry = Entry(key="-", text=self._text, media=tuple(self.form.several("media")))
        self._chat.clear()
        with self._chat:
            show_bubbles(self.form.visit, msgspec.structs.replace(entry, **kept), text)
            if not text and not entry.media:
                ui.label("还没写。" if not self._text else "这些人不收到这一条。").classes("z-muted")


def _facts(form: Form, entry: Entry | None, found: Weighed | None) -> None:
    """The next turns and the audience."""
    if entry is None or found is None:
        ui.label("填好日子、时间和正文，这里就有接下来的日子和人数。").classes("z-muted")
        return
    visit = form.visit
    if is_spare(entry):
        ui.label("备稿，用到时才发。")
        return
    if is_personal(entry):
        ui.label("各人的日子到了才发；今天轮到的话：" + f"{found.people:,} 人")
        return
    if found.groups or entry.tiers or entry.groups:
        ui.label(f"发到 {found.groups:,} 个群，里面一共 {found.people:,} 人")
    else:
        ui.label(f"一对一发给 {found.people:,} 人")
    if not found.days:
        ui.label("不会发：日子已经过了。").classes("text-negative").props("role=alert")
    for number, one in enumerate(found.days):
        name = "下一次" if not number else "再往后"
        with ui.row().classes("no-wrap").style("gap: 8px"):
            ui.label(name if number < 2 else "").classes("z-muted").style("min-width: 56px")
            ui.label(f"{called(one.local_date)} {visit.local(one.at_utc):%H:%M}").classes("z-next")


def _check(faults: Sequence[Fault], found: Weighed | None, unread: bool) -> None:
    """What is wrong by column, with its cure; then what the lint says."""
    for one in faults:
        with ui.row().classes("no-wrap items-start").style("gap: 6px"):
            ui.icon("error", size="18px").classes("text-negative").props("aria-hidden=true")
            ui.label(f"{CHINESE.get(one.column, one.column)}：{one.expected}").style("overflow-wrap: anywhere")
    if unread:
        if not faults:
            ui.label("还没填完。").classes("z-muted")
        return
    if found is None:
        return
    if found.worse:
        show_lines(found.worse)
    if found.better:
        ui.label("这一条补上了：").classes("text-positive text-weight-bold")
        show_lines(found.better)
    if not found.worse and not found.better:
        ui.label("没有毛病。").classes("z-muted")
