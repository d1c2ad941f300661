"""Before a playbook comes into force: what is different is shown, and whoever agrees gives the order."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from bot.console.playbook.draft import Draft
from bot.console.playbook.faults_said import told
from bot.console.playbook.said import NOTHING, differences, lines_changed
from bot.console.reading.playbooks import kept
from bot.console.visit import Visit
from bot.playbook_files import data_of
from bot.store.playbooks import Kept
from handlers import rights
from handlers.playbook_hints import hints
from models.orders import ImportPlaybookOrder
from models.playbook import Playbook

_MOST = 200  # changes that are listed; whoever changes more reads the lines
_SIGNS = {"+": "z-added", "-": "z-gone", " ": ""}


def may_change(visit: Visit) -> bool:
    """Whether whoever looks may put a playbook in force: it is for all accounts, not for one pool."""
    return rights.may(visit.role, ImportPlaybookOrder) and not visit.pool


async def draft_of(visit: Visit) -> Draft:
    """What this person is changing; begun from what is in force."""
    drafts, key = visit.site.drafts, (visit.merchant_id, visit.name)
    draft = drafts.get(key)
    if draft is None or (not draft.is_changed and draft.base != visit.merchant.revision):
        draft = drafts[key] = await _begun(visit)
    return draft


def give_up(visit: Visit) -> None:
    """Forget what this person has changed."""
    visit.site.drafts.pop((visit.merchant_id, visit.name), None)


async def move_to_force(visit: Visit, draft: Draft) -> None:
    """Make the same changes to what is in force by now."""
    new = await _begun(visit)
    visit.site.drafts[(visit.merchant_id, visit.name)] = draft.moved_to(new.base, new.before, new.toml)


async def _begun(visit: Visit) -> Draft:
    revision = visit.merchant.revision
    found = await visit.read(kept, revision)
    assert found is not None, "what is in force is kept"
    return Draft(revision, found.playbook, found.toml)


def compare(
    visit: Visit,
    before: Kept,
    after: Playbook,
    toml: str,
    *,
    base: str,
    done: Callable[[], None],
    yes: str = "保存，马上生效",
) -> None:
    """Show what is different; whoever may and agrees puts `after` in force instead of the revision `base`."""
    changes = differences(data_of(before.playbook), data_of(after))
    with (
        ui.context.client.content,
        ui.dialog(value=True) as dialog,
        ui.card()
        .classes("z-card")
        .style("width: min(860px, 94vw); max-width: none; max-height: 90vh; flex-wrap: nowrap"),
    ):
        ui.label(f"改了 {len(changes)} 处" if changes else "没有不同").classes("text-subtitle1 text-weight-bold")
        with ui.column().classes("full-width").style("overflow-y: auto; flex-wrap: nowrap; gap: 8px"):
            for change in changes[:_MOST]:
                with ui.element("div").classes("full-width z-row"):
                    ui.label(change.where).classes("text-weight-medium").style("overflow-wrap: anywhere")
                    for text, look in ((change.before, "z-gone"), (change.after, "z-added")):
                        ui.label(text or NOTHING).classes(f"z-said {look}")
            for hint in hints(after, visit.local(visit.site.now()).date()) if base else ():
                ui.label(f"提醒：{told(hint)}").classes("z-muted")
            if changes:
                _show_lines(before.toml, toml)

        async def save() -> None:
            saved = await visit.order(
                ImportPlaybookOrder, revision=after.fingerprint, body=after.to_json(), toml=toml, base=base
            )
            dialog.close()
            if saved:
                done()

        with ui.row().classes("full-width justify-end"):
            ui.button("回去" if base else "好", on_click=dialog.close).props("flat")
            if base and changes:
                ui.button(yes, on_click=save)
    dialog.props('aria-label="改动"').on("hide", dialog.delete)


def _show_lines(before: str, after: str) -> None:
    about = 'tabindex=0 role=region aria-label="TOML 的改动"'
    with (
        ui.expansion("看 TOML 改了哪几行").classes("full-width"),
        ui.element("div").classes("full-width z-lines").props(about),
    ):
        for sign, line in lines_changed(before, after):
            ui.label(f"{sign} {line}").classes(_SIGNS[sign])
