"""正文: one or several messages, each with other words for some, and fields that are filled in for each member."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from nicegui import ui

from bot.console.editor.form import Form
from bot.console.reading.entry_writing import FALLBACKS
from content_calendar.wording import By, Part, Wording, parts_of, written
from models.life_cycle import STAGE_TITLES

_BY: dict[By, str] = {"tag": "有标签", "tier": "在层级", "stage": "在阶段"}


@dataclass
class _Some:
    by: By
    names: list[str]
    text: str = ""


@dataclass
class _Piece:
    text: str = ""
    some: list[_Some] = field(default_factory=list)


def text_form(form: Form) -> None:
    """The boxes of all parts."""
    pieces = [
        _Piece(part.text, [_Some(one.by, list(one.names), one.text) for one in part.wordings])
        for part in parts_of(form.cells["text"])
    ]
    place = ui.column().classes("full-width")

    def put() -> None:
        form.put("text", _written(pieces))

    def show() -> None:
        place.clear()
        with place:
            for number, piece in enumerate(pieces, 1):
                _show_piece(number, piece)
            ui.button("再加一段（分开发）", icon="add", on_click=lambda: add(pieces, _Piece())).props(
                "flat dense no-caps align=left"
            )

    def add(where: list[_Piece] | list[_Some], new: _Piece | _Some) -> None:
        where.append(new)  # type: ignore[arg-type]
        show()

    def drop(where: list[_Piece] | list[_Some], old: _Piece | _Some) -> None:
        where.remove(old)  # type: ignore[arg-type]
        put()
        show()

    def _show_piece(number: int, piece: _Piece) -> None:
        name = "正文" if len(pieces) == 1 else f"第 {number} 段"
        box = _box(name, piece)
        if number == 1:
            form.boxes["text"] = box
        with ui.row().classes("items-center").style("gap: 4px; margin-top: -8px"):
            _tool("插入称呼等", "person_add_alt", lambda: _insert(form, box))
            _tool("给一部分人换个说法", "call_split", lambda: add(piece.some, _Some("tag", [])))
            if len(pieces) > 1:
                _tool(f"去掉{name}", "delete", lambda: drop(pieces, piece))
        for one in piece.some:
            _show_some(piece, one)

    def _show_some(piece: _Piece, one: _Some) -> None:
        with ui.column().classes("full-width z-some"):
            with ui.row().classes("items-center full-width no-wrap"):
                by = ui.select(_BY, label="谁", value=one.by).props("outlined dense options-dense")
                by.style("min-width: 100px")
                names = _names(form, one)
                ui.button(icon="delete", on_click=lambda: drop(piece.some, one)).props(
                    'flat round dense aria-label="去掉这个说法"'
                )
            box = _box("他们看到的", one)
            _tool("插入称呼等", "person_add_alt", lambda: _insert(form, box))

        def other(event: object) -> None:
            one.by, one.names = by.value, []
            put()
            show()

        def named(event: object) -> None:
            one.names = list(names.value or ())
            put()

        by.on_value_change(other)
        names.on_value_change(named)

    def _box(name: str, target: _Piece | _Some) -> ui.textarea:
        box = ui.textarea(name, value=target.text).props("outlined autogrow").classes("full-width")

        def said(value: object) -> None:
            target.text = str(value or "")
            put()

        box.on_value_change(lambda event: said(event.value))
        return box

    show()


def _names(form: Form, one: _Some) -> ui.select:
    """The tiers and stages there are, or tags: those may be new."""
    known = {"tier": form.choices.tiers, "tag": form.choices.tags, "stage": STAGE_TITLES.values()}[one.by]
    free = {"with_input": True, "new_value_mode": "add-unique"} if one.by == "tag" else {}
    box = ui.select(
        list(dict.fromkeys([*known, *one.names])),
        label="哪些",
        value=one.names,
        multiple=True,
        **free,  # type: ignore[arg-type]
    )
    return box.props("outlined dense options-dense use-chips").classes("col").style("min-width: 0")


def _written(pieces: list[_Piece]) -> str:
    """What nobody is named for yet is not written."""
    return written(
        Part(
            piece.text.strip(),
            tuple(Wording(one.by, tuple(one.names), one.text.strip()) for one in piece.some if one.names),
        )
        for piece in pieces
    )


def _tool(name: str, icon: str, act: object) -> None:
    ui.button(name, icon=icon, on_click=act).props("flat dense no-caps size=sm")  # type: ignore[arg-type]


def _insert(form: Form, box: ui.textarea) -> None:
    """Ask which field and what stands there where it is not known, and put it where the cursor was."""
    options = form.choices.fields
    with (
        ui.context.client.content,
        ui.dialog(value=True).props("aria-label=插入") as dialog,
        ui.card().classes("z-card").style("width: 420px; max-width: 100%"),
    ):
        ui.label("发的时候换成各人的").classes("text-subtitle1 text-weight-bold")
        name = ui.select(options, label="放什么", value="name").props("outlined dense options-dense")
        name.classes("full-width")
        fallback = ui.input("不知道时写", value=FALLBACKS["name"]).props("outlined dense maxlength=60")
        fallback.classes("full-width")
        told = ui.label().classes("z-muted")
        with ui.row().classes("full-width justify-end"):
            ui.button("算了", on_click=dialog.close).props("flat")
            put_in = ui.button("插入").props("unelevated")
    dialog.on("hide", dialog.delete)

    def look() -> None:
        told.text = f"不知道的人看到「{fallback.value}」。" if fallback.value else "不知道的人那里就空着。"

    def choose() -> None:
        fallback.value = FALLBACKS.get(str(name.value), "")
        look()

    def put() -> None:
        words = "".join(one for one in str(fallback.value or "") if one not in "{}|\n")
        dialog.close()
        ui.run_javascript(
            f"const found = getHtmlElement({box.id});"
            "const box = found.matches('textarea') ? found : found.querySelector('textarea');"
            f"box.setRangeText({json.dumps(f'{{{name.value}|{words}}}')}, box.selectionStart, box.selectionEnd, 'end');"
            "box.dispatchEvent(new Event('input', {bubbles: true}));"
        )

    put_in.on_click(put)
    name.on_value_change(choose)
    fallback.on_value_change(look)
    look()
