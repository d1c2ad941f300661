"""What an import tells about entries that it takes."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from content_calendar.entry import Entry
from content_calendar.import_hints import hints

DAY, NOON = date(2026, 12, 1), time(12)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"tiers": ("分院",)}, []),
        ({"rule": "birthday"}, []),
        ({"rule": "birthday", "tiers": ("分院",), "tags": ("老客",)}, []),
        (
            {"tiers": ("分院",), "tags": ("老客",)},
            ["a 写了层级或群，会发给整个群，标签不起作用；只想一对一发给有标签的人，就别写层级和群"],
        ),
        ({"tags": ("-老客",)}, ["a 没有写层级、群或标签，谁也收不到"]),
        ({}, ["a 没有写层级、群或标签，谁也收不到"]),
        (
            {"tags": ("老客",), "date": DAY, "time": NOON, "not_after": datetime.combine(DAY, time(11))},
            ["a 还没到时间就过期了（2026-12-01 11:00），发不出去"],
        ),
        ({"tags": ("老客",), "date": DAY, "time": NOON, "not_after": datetime.combine(DAY, NOON)}, []),
        ({"tags": ("老客",), "kind": "image"}, ["a 是图片，没有写素材"]),
        ({"tags": ("老客",), "kind": "image", "media": ("a.PNG", "https://x.cn/b")}, []),
        (
            {"tags": ("老客",), "kind": "video", "media": ("a.txt",)},
            ["a 的素材 a.txt 不像视频（.mp4、.mov、.m4v、.avi）"],
        ),
        (
            {"tags": ("老客",), "kind": "gathering", "media": ("海报.png", "b.jpg")},
            ["a 是活动，只发正文，素材 海报.png、b.jpg 不会发；要发就把形式写成图片、相册或视频"],
        ),
        ({"tags": ("老客",), "kind": "link", "media": ("https://x.cn/b",)}, []),
    ],
)
def test_hints(more: dict[str, Any], told: list[str]) -> None:
    assert list(hints(Entry(key="a", **more))) == told
