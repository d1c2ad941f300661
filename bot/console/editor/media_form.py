"""素材: pictures, films, files and links that go with an entry, from the media folder or from somebody's computer."""

from __future__ import annotations

from pathlib import PurePath

from nicegui import events, ui

from bot.calendar_plan import MEDIA_FOLDER
from bot.console.editor.form import Form
from bot.console.editor.uploads import MOST_BYTES, NotMedia, Upload, checked, keep
from bot.system_errors import reason_of
from content_calendar.columns import leads_outside
from models.orders import KeepMediaOrder

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"})
_LONGEST_LINK = 500


def media_form(form: Form) -> None:
    """What is there, and the ways to more. What is added changes a mere text into the kind that it is."""
    visit = form.visit
    folder = visit.site.folder / MEDIA_FOLDER
    kind = form.boxes["kind"]
    assert isinstance(kind, ui.select)
    place = ui.column().classes("full-width").style("gap: 6px")

    def show() -> None:
        place.clear()
        with place:
            for name in form.several("media"):
                with ui.row().classes("items-center no-wrap full-width"):
                    is_picture = PurePath(name).suffix.lower() in _PICTURES and not leads_outside(name)
                    if is_picture and (folder / name).is_file():
                        ui.image(folder / name).style("width: 56px; height: 56px; border-radius: 6px").props["alt"] = (
                            name
                        )
                    else:
                        ui.icon("attach_file").props("aria-hidden=true")
                    ui.label(name).classes("col").style("overflow-wrap: anywhere; min-width: 0")
                    ui.button(icon="close", on_click=lambda name=name: drop(name)).props("flat round dense").props[
                        "aria-label"
                    ] = f"去掉 {name}"

    def add(name: str, as_kind: str = "") -> None:
        there = form.several("media")
        if name not in there:
            form.put("media", ";".join([*there, name]))
        if as_kind and kind.value in ("text", "image"):
            kind.value = "album" if as_kind == "image" and len(form.several("media")) > 1 else as_kind
        show()

    def drop(name: str) -> None:
        left = [one for one in form.several("media") if one != name]
        form.put("media", ";".join(left))
        if kind.value in ("image", "album", "video", "file"):
            kind.value = "text" if not left else "image" if kind.value == "album" and len(left) == 1 else kind.value
        show()

    async def take(event: events.UploadEventArguments) -> None:
        client = ui.context.client
        sent.reset()
        try:
            upload: Upload = checked(event.file.name, await event.file.read(), form.choices.sendable)
        except NotMedia as fault:
            with client:
                told.text = str(fault)
            return
        told.text = ""
        if not await visit.order(KeepMediaOrder, name=upload.name, size=len(upload.content)):
            return
        try:
            await visit.site.in_thread(lambda: keep(upload, folder))
        except OSError as fault:
            with client:
                told.text = f"素材文件夹里存不下：{reason_of(fault)}"
            return
        with client:
            add(upload.name, upload.kind)

    def too_large() -> None:
        told.text = f"文件太大了，从这里最大传 {MOST_BYTES >> 20} MB；更大的直接放进素材文件夹。"

    def put_written() -> None:
        name = " ".join(str(more.value or "").replace(";", " ").replace("；", " ").split())
        if name:
            add(name, "image" if PurePath(name).suffix.lower() in _PICTURES else "")
            more.value = ""

    sent = ui.upload(auto_upload=True, max_file_size=MOST_BYTES, on_upload=take, on_rejected=too_large).classes(
        "hidden"
    )
    show()
    with ui.row().classes("items-center full-width"):
        choose = ui.button("传图片、视频或文件", icon="upload").props("outline no-caps")
        choose.on("click", js_handler=f"() => getHtmlElement({sent.id}).querySelector('input[type=file]').click()")
        more = ui.input("或写素材库里的文件名、链接", autocomplete=form.choices.media).props("outlined dense")
        more.classes("col").style("min-width: 180px").props(f"maxlength={_LONGEST_LINK}")
        ui.button("加上", on_click=put_written).props("flat no-caps")
    if not visit.site.keeps_accounts:
        told_where = f"传的存在这台机器的 {folder}；worker 在别的机器上时，那边的素材文件夹里也要有。"
        ui.label(told_where).classes("z-muted").style("overflow-wrap: anywhere")
    told = ui.label().classes("text-negative").props("role=alert")
    form.boxes["media"] = more
