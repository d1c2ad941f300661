"""A playbook from a file: what is wrong line by line, or what would be different."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import events, ui

from bot.console.playbook.saving import compare
from bot.console.reading.playbooks import kept
from bot.console.visit import Visit
from bot.faults import ConfigFaults, Fault, sentence
from bot.playbook_files import examine_source
from bot.terminal import brief, harmless
from bot.toml_source import parse_toml
from models.broken_files import SAVE_AS_UTF8

MOST_BYTES = 1_000_000
_SHOWN = 50
_QUOTED = 60  # characters of a line


def import_button(visit: Visit, done: Callable[[], None]) -> None:
    """A button that asks for a TOML file."""

    def opened() -> None:
        with ui.context.client.content, ui.dialog(value=True) as dialog, ui.card().classes("z-card"):
            ui.label("挑一个方案文件（.toml）。先给您看改了什么，同意了才生效。")

            async def uploaded(event: events.UploadEventArguments) -> None:
                data = await event.file.read()
                with ui.context.client:  # by the time that it is read the dialog may be gone, with all that is in it
                    dialog.close()
                    await _look(visit, data, done)

            ui.upload(
                label="方案文件",
                auto_upload=True,
                max_files=1,
                max_file_size=MOST_BYTES,
                on_upload=uploaded,
                on_rejected=lambda: ui.notify("这个文件太大，不像是方案。", type="negative"),
            ).props("accept=.toml flat bordered").classes("full-width")
        dialog.props('aria-label="导入"').on("hide", dialog.delete)

    ui.button("导入", icon="upload", on_click=opened).props("outline no-caps")


async def _look(visit: Visit, data: bytes, done: Callable[[], None]) -> None:
    base = visit.merchant.revision
    now = await visit.read(kept, base)
    assert now is not None, "what is in force is kept"
    text = ""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        playbook = await visit.site.in_thread(lambda: examine_source(parse_toml("", text)))
    except UnicodeDecodeError:
        _tell([Fault("", None, "", "", f"{SAVE_AS_UTF8}再导入")], text)
    except ConfigFaults as faults:
        _tell(faults.faults, text)
    else:
        compare(visit, now, playbook, text, base=base, done=done)


def _tell(faults: Sequence[Fault], text: str) -> None:
    lines = text.split("\n")
    with (
        ui.context.client.content,
        ui.dialog(value=True) as dialog,
        ui.card().classes("z-card").style("width: min(640px, 94vw); max-height: 90vh; flex-wrap: nowrap"),
    ):
        ui.label(f"没有导入，文件里有 {len(faults)} 处不对").classes("text-weight-bold")
        with ui.column().classes("full-width").style("overflow-y: auto; flex-wrap: nowrap; gap: 6px"):
            for fault in faults[:_SHOWN]:
                written = harmless(lines[fault.line - 1].strip()[:_QUOTED]) if fault.line and not fault.key else ""
                place = f"第 {fault.line} 行" + (f"「{written}」" if written else "") if fault.line else ""
                where = f"{place} {fault.key[:120]}".strip()
                what = harmless(sentence(brief(fault.found), brief(fault.expected)))
                ui.label(f"{where}：{what}" if where else what).style("overflow-wrap: anywhere")
        ui.label("改好再导入；也可以先「导出」一份现在的方案，照它的样子改。").classes("z-muted")
        ui.button("知道了", on_click=dialog.close).props("flat").classes("self-end")
    dialog.props('aria-label="文件里的错"').on("hide", dialog.delete)
