"""How an entry looks in the chat: bubbles as its groups and members get them, one of them chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from nicegui import ui

from bot.calendar_plan import MEDIA_FOLDER, media_in
from bot.console.reading.entries import Target, would_get
from bot.console.visit import Visit
from content_calendar.columns import KIND_NAMES
from content_calendar.entry import Entry
from content_calendar.rotation import is_slot
from content_calendar.wording import PART_MARK, TITLES, names_in, parts_of
from models.fields import unfilled
from models.life_cycle import stage_named

STYLE = """
.q-loading-bar { display: none; } /* it has no name; the page says itself that it is reading */
.z-two { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; width: 100%; }
.z-chat { background: #ededed; border-radius: 10px; padding: 14px; gap: 10px; width: 100%; }
.body--dark .z-chat { background: #111317; }
.z-bubble { background: #ffffff; color: #1d2129; border-radius: 6px; padding: 9px 12px; max-width: 92%;
  white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; }
.body--dark .z-bubble { background: #2c2f36; color: #e6e8eb; }
.z-picture { width: 240px; max-width: 92%; border-radius: 6px; }
.z-facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 8px 16px; margin: 0; }
.z-facts dd { margin: 0; min-width: 0; }
@media (max-width: 760px) { .z-two { grid-template-columns: minmax(0, 1fr); } }
"""
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})
_NOTES = {"would_skip": "这里收不到，看下面为什么。", "would_wait": "会等一等再收到，看下面为什么。"}
_LONGEST_WORD = 80


def show_content(visit: Visit, entry: Entry, targets: Sequence[Target]) -> None:
    """What it says: as it is written until it is known who gets it, then as the one gets it who is chosen."""
    ui.label("发出去的样子").classes("text-subtitle1 text-weight-bold")
    found = {one.id: one for one in targets}
    variants = variants_of(entry.text)
    first = targets[0].id if targets else next(iter(variants), "")
    if first:
        with ui.row().classes("items-center full-width"):
            chooser = ui.select(_names(found) | variants, label="谁收到的", value=first)
            chooser.props("dense outlined options-dense").classes("col").style("min-width: 150px")
            if found:
                word = (
                    ui.input("找别人（名字或编号）").props(f"dense outlined maxlength={_LONGEST_WORD}").classes("col")
                )
                word.style("min-width: 150px")
    note = ui.label().classes("z-muted")
    chat = ui.column().classes("z-chat items-start")

    def show(chosen: str) -> None:
        target = found.get(chosen)
        note.text = _NOTES.get(target.decision, "") if target else ""
        note.visible = bool(note.text)
        chat.clear()
        with chat:
            text = target.text if target and target.text else unfilled(said_to(entry.text, chosen))
            show_bubbles(visit, entry, text)

    async def find() -> None:
        wanted = str(word.value or "").strip().replace("\0", "")
        if not wanted:
            return
        others = await visit.site.in_thread(lambda: would_get(visit.site.store, visit.scope, entry, wanted))
        if not others:
            ui.notify(f"收到这条的人里没有「{wanted}」。", type="warning")
            return
        found.update((one.id, one) for one in others)
        chooser.set_options(_names(found) | variants, value=others[0].id)

    show(first)
    if first:
        chooser.on_value_change(lambda event: show(event.value))
    if found:
        word.on("keydown.enter", find)


def variants_of(text: str) -> dict[str, str]:
    """Those for whom a text has words of their own, to choose from."""
    return {f"{by} {name}": f"{TITLES[by]}「{name}」" for by, name in names_in(text)}


def said_to(text: str, chosen: str) -> str:
    """What a text says to those who were chosen, all its parts; to nobody in particular, else."""
    by, _, name = chosen.partition(" ")
    tiers, tags = ({name} if by == one else set[str]() for one in ("tier", "tag"))
    stage = stage_named(name) if by == "stage" else None
    return f"\n{PART_MARK}\n".join(filter(None, (part.said_to(tiers, tags, stage) for part in parts_of(text))))


def _names(found: dict[str, Target]) -> dict[str, str]:
    """What to call each: the id only where two have the same name."""
    names = Counter(one.name for one in found.values())
    return {one.id: one.name if names[one.name] == 1 else f"{one.name}（{one.id}）" for one in found.values()}


def show_bubbles(visit: Visit, entry: Entry, text: str) -> None:
    """The parts of the text, and what goes with it."""
    if is_slot(entry) and text == unfilled(entry.text):
        ui.label("轮到时从备稿库里取一篇").classes("z-bubble z-muted")
        return
    folder = visit.site.folder / MEDIA_FOLDER
    there = media_in(folder) or {} if entry.media else {}
    for name in entry.media:
        if name in there and PurePath(name).suffix.lower() in _PICTURES:
            ui.image(folder / name).classes("z-picture").props["alt"] = name
        else:
            with ui.row().classes("z-bubble items-center no-wrap"):
                ui.icon("attach_file").props("aria-hidden=true")
                ui.label(f"[{KIND_NAMES[entry.kind]}] {name}")
    for part in text.split(f"\n{PART_MARK}\n"):
        if part.strip():
            ui.label(part.strip()).classes("z-bubble")
