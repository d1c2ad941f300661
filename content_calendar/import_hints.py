"""What an import tells about entries that it takes and that will hardly do what was meant. The lint says so too.

Files that are not there yet and audiences that are still to come are no faults of a file, so nothing is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from pathlib import PurePath

from content_calendar.cadence import is_personal
from content_calendar.columns import KIND_NAMES
from content_calendar.entry import Entry, asked_for
from content_calendar.rotation import is_spare

_NEEDS_MEDIA = frozenset({"image", "album", "video", "file", "mini_program", "card"})
# What is sent as text has nothing to carry a picture in.
_WORDS_ONLY = frozenset({"text", "announcement", "question", "gathering", "coupon", "testers"})
_ENDINGS = {
    "image": (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"),
    "album": (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"),
    "video": (".mp4", ".mov", ".m4v", ".avi"),
}
_MEGABYTE = 1_000_000
# What WeChat takes, in bytes.
LARGEST = {"image": 25 * _MEGABYTE, "album": 25 * _MEGABYTE, "video": 100 * _MEGABYTE}
LARGEST_FILE = 200 * _MEGABYTE


def hints(entry: Entry, media: Mapping[str, int] | None = None) -> Iterator[str]:
    """One line a hint, in Chinese. `media` are sizes in bytes by name in the media folder (`None`: nobody looks)."""
    if not (entry.tiers or entry.groups or asked_for(entry.tags) or is_personal(entry) or is_spare(entry)):
        yield f"{entry.key} 没有写层级、群或标签，谁也收不到"
    if entry.not_after and entry.date and entry.not_after < datetime.combine(entry.date, entry.time or time()):
        yield f"{entry.key} 还没到时间就过期了（{entry.not_after:%Y-%m-%d %H:%M}），发不出去"
    if (entry.tiers or entry.groups) and entry.tags and not is_personal(entry):
        yield f"{entry.key} 写了层级或群，会发给整个群，标签不起作用；只想一对一发给有标签的人，就别写层级和群"
    if entry.kind in _NEEDS_MEDIA and not entry.media:
        yield f"{entry.key} 是{KIND_NAMES[entry.kind]}，没有写素材"
    if entry.kind in _WORDS_ONLY and entry.media:
        names = "、".join(entry.media)
        yield f"{entry.key} 是{KIND_NAMES[entry.kind]}，只发正文，素材 {names} 不会发；要发就把形式写成图片、相册或视频"
    endings = _ENDINGS.get(entry.kind, ())
    for name in entry.media:
        ending = PurePath(name).suffix.lower()
        if endings and "://" not in name and ending not in endings:
            yield f"{entry.key} 的素材 {name} 不像{KIND_NAMES[entry.kind]}（{'、'.join(endings)}）"
    yield from (f"{entry.key}：{fault}" for fault in media_faults(entry, media))


def media_faults(entry: Entry, media: Mapping[str, int] | None) -> Iterator[str]:
    """Files that the media folder lacks, or that no platform takes; `media` are sizes in bytes by name (`None`: nobody
    looks)."""
    if media is None or entry.kind in ("card", "mini_program"):
        return
    for name in entry.media:
        if "://" in name:
            continue
        if name not in media:
            yield f"素材里没有 {name}"
        elif media[name] > LARGEST.get(entry.kind, LARGEST_FILE):
            yield f"素材 {name} 太大（{media[name] / _MEGABYTE:.0f} MB），{KIND_NAMES[entry.kind]}发不出去"
