"""运营方案: its sections to choose from, and one of them; whoever may change it finds forms there."""

from __future__ import annotations

from nicegui import ui

from bot.console.page import Page
from bot.console.playbook.bar import Bar
from bot.console.playbook.forms import Form
from bot.console.playbook.importing import import_button
from bot.console.playbook.said import Data, said
from bot.console.playbook.saving import draft_of, may_change
from bot.console.playbook.shapes import Kind, field_at
from bot.console.playbook.viewing import show_section
from bot.console.reading.playbooks import kept
from bot.console.visit import Visit
from bot.playbook_files import data_of
from models.playbook import Playbook
from models.playbook_titles import SECTIONS, Section

TRIED = ("persona", "reception", "survey", "replies")  # sections that a newcomer hears something of


async def build(visit: Visit) -> None:
    """The sections."""
    changes = may_change(visit)
    data = data_of(visit.merchant.playbook)
    if changes:
        draft = await draft_of(visit)
        if draft.is_changed or visit.at.get("saved"):
            Bar(visit, draft, "/playbook").build()
        data = draft.data
    with ui.row().classes("items-center full-width"):
        ui.label(visit.merchant.playbook.name or "还没起名").classes("text-h6").style("overflow-wrap: anywhere")
        ui.space()
        ui.link("改过的", "/playbook/history").classes("z-link q-mr-sm")
        if changes:
            import_button(visit, lambda: ui.navigate.to("/playbook?saved=1"))
        ui.button("导出", icon="download", on_click=lambda: export(visit)).props("outline no-caps")
    with ui.element("div").classes("row full-width q-col-gutter-md"):
        for section in SECTIONS:
            with (
                ui.element("div").classes("col-12 col-sm-6 col-md-4"),
                ui.link(target=f"/playbook/{section.id}").classes("z-link full-width"),
                ui.card().classes("z-card full-width full-height"),
            ):
                with ui.row().classes("items-center no-wrap"):
                    ui.icon(section.icon, size="22px").props('aria-hidden="true"')
                    ui.label(section.name).classes("text-subtitle1 text-weight-bold")
                ui.label(in_short(section, data)).classes("z-muted").style("overflow-wrap: anywhere")


async def build_section(visit: Visit) -> None:
    """One section."""
    section = section_of(visit)
    if section is None:
        ui.label("方案里没有这一页。").classes("z-muted")
        ui.link("看全部", "/playbook").classes("z-link")
        return
    tabs(section)
    if section.id in TRIED:
        ui.link("试一试：扮成新客人聊几句", "/playbook/try").classes("z-link")
    if not may_change(visit):
        show_section(section, data_of(visit.merchant.playbook))
        return
    bar = Bar(visit, await draft_of(visit), f"/playbook/{section.id}")
    bar.form = Form(bar.draft, bar.changed)
    bar.build()
    bar.form.build(section)


def section_of(visit: Visit) -> Section | None:
    """The section in the address."""
    return next((one for one in SECTIONS if one.id == visit.at.get("section")), None)


def tabs(lit: Section) -> None:
    """All sections, as links in a line."""
    with ui.element("nav").classes("row no-wrap full-width z-quick").props('aria-label="方案的各部分"'):
        ui.link("全部", "/playbook").classes("z-tab")
        for section in SECTIONS:
            tab = ui.link(section.name, f"/playbook/{section.id}").classes("z-tab")
            if section is lit:
                tab.classes("z-entry-lit").props('aria-current="page"')


async def export(visit: Visit) -> None:
    """Hand over what is in force as a TOML file, with the comments that it was written with."""
    found = await visit.read(kept)
    if found is not None:
        ui.download.content(found.toml, f"{visit.merchant_id}-{visit.local(visit.site.now()):%Y%m%d-%H%M}.toml")


def in_short(section: Section, data: Data) -> str:
    """What is in a section, in a line."""
    parts = []
    for key in section.keys:
        field, value = field_at(Playbook, key), data.get(key)
        if field is None or not value:
            continue
        if field.kind is Kind.TABLES:
            parts.append(f"{field.title.name} {len(value)} 条")
        elif field.kind is Kind.TABLE and field.table is not None:
            inner = [field_at(field.table, one) for one in value]
            parts += [
                f"{one.title.name} {len(value[one.key])} 条"
                if isinstance(value[one.key], list)
                else f"{one.title.name} {said(one, value[one.key], data)}"
                for one in inner
                if one is not None and one.kind not in (Kind.TEXT, Kind.TABLE)
            ]
        else:
            parts.append(f"{field.title.name} {said(field, value, data)}")
    return "，".join(parts[:5]) or "还没有"


PAGE = Page(route="/playbook", title="运营方案", area="运营方案", icon="tune", build=build)
SECTION = Page(route="/playbook/{section}", title="运营方案", area="运营方案", build=build_section)
