"""What stands above a form: how many changes there are, what is wrong, and the ways out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from nicegui import ui

from bot.console.asking import ask
from bot.console.playbook.draft import Draft
from bot.console.playbook.forms import Form
from bot.console.playbook.saving import compare, give_up, move_to_force
from bot.console.visit import Visit
from bot.store.playbooks import Kept
from models.playbook import Playbook
from models.playbook_faults import Misfit
from models.playbook_titles import SECTIONS

LOOK_SECONDS = 0.5
SAVED = "存好了，已经生效。做到一半的建档按原来的问完。"
_BEFORE = "改这里的任何一处，先看到改动再保存；保存后马上生效。"


@dataclass
class Bar:
    """Looks at the draft when it has changed; `form` is told what is wrong. `here` is the page's address."""

    visit: Visit
    draft: Draft
    here: str
    form: Form | None = None
    _stale: bool = True
    _playbook: Playbook | None = None
    _wrong: list[Misfit] = field(default_factory=list)

    def build(self) -> None:
        """Build it, and keep looking."""
        if self.draft.is_changed and self.draft.base != self.visit.merchant.revision:
            self._say_who_was_faster()
        with ui.card().classes("z-card full-width z-bar"), ui.row().classes("items-center full-width"):
            self._state = ui.label().classes("col").props("role=status")
            self._give_up = ui.button("放弃", on_click=self._ask_to_give_up).props("flat no-caps")
            self._save = ui.button("看改动，再保存", on_click=self._compare).props("no-caps")
        self._look()
        ui.timer(LOOK_SECONDS, self._look)

    def changed(self) -> None:
        """The draft is another one now."""
        self._stale = True

    def _look(self) -> None:
        if not self._stale:
            return
        self._stale = False
        self._playbook, self._wrong = self.draft.examined()
        if self.form is not None:
            self.form.tell(self._wrong)
        changed = self.draft.is_changed
        self._give_up.visible = self._save.visible = changed
        if self._wrong:
            self._state.text = "还不能存：" + "，".join(f"「{name}」有 {count} 处不对" for name, count in self._where())
        else:
            before = SAVED if self.visit.at.get("saved") else _BEFORE
            self._state.text = "改了，还没存。" if changed else before
        self._state.classes(replace="col " + ("text-negative" if self._wrong else "" if changed else "z-muted"))

    def _where(self) -> list[tuple[str, int]]:
        names = {key: section.name for section in SECTIONS for key in section.keys}
        return list(Counter(names.get(str(one.path[0]) if one.path else "", "方案") for one in self._wrong).items())

    def _compare(self) -> None:
        self._look()
        if self._playbook is None:
            ui.notify(self._state.text, type="negative")
            return

        def done() -> None:
            give_up(self.visit)
            ui.navigate.to(f"{self.here}?saved=1")

        draft, after = self.draft, self._playbook
        before = Kept(draft.before, draft.toml, self.visit.site.now())
        compare(self.visit, before, after, draft.written(after), base=draft.base, done=done)

    def _ask_to_give_up(self) -> None:
        async def forget() -> None:
            give_up(self.visit)
            ui.navigate.to(self.here)

        ask("没存的改动都不要了？", "不要了", forget)

    def _say_who_was_faster(self) -> None:
        async def go_on() -> None:
            await move_to_force(self.visit, self.draft)
            ui.navigate.to(self.here)

        with ui.card().classes("z-card full-width").props("role=alert"):
            ui.label("您改的时候有人存过新方案。接着改，就把您的改动放到新的上面，保存前再看一遍。")
            with ui.row():
                ui.button("在新的上面接着改", on_click=go_on).props("no-caps")
                ui.link("看是谁改的", "/playbook/history").classes("z-link self-center")
