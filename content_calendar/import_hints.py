"""What an import tells about entries that it takes and that will hardly do what was meant. The lint says so too.

Files that are not there yet and audiences that are still to come are no faults of a file, so nothing is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from content_calendar.cadence import is_personal
from content_calendar.columns import KIND_NAMES
from content_calendar.entry import Entry
from content_calendar.rotation import is_spare

_NEEDS_MEDIA = frozenset({"image", "album", "video", "file", "mini_program", "card"})
_ENDINGS = {
    "image": (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"),
    "album": (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"),
    "video": (".mp4", ".mov", ".m4v", ".avi"),
}


def hints(entry: Entry) -> Iterator[str]:
    """One line a hint, in Chinese."""
    if not (entry.tiers or entry.groups or entry.tags or is_personal(entry) or is_spare(entry)):
        yield f"{entry.key} 没有写层级、群或标签，谁也收不到"
    if entry.kind in _NEEDS_MEDIA and not entry.media:
        yield f"{entry.key} 是{KIND_NAMES[entry.kind]}，没有写素材"
    endings = _ENDINGS.get(entry.kind, ())
    for name in entry.media:
        ending = PurePath(name).suffix.lower()
        if endings and "://" not in name and ending not in endings:
            yield f"{entry.key} 的素材 {name} 不像{KIND_NAMES[entry.kind]}（{'、'.join(endings)}）"
