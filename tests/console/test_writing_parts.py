"""The parts of the entry editor that need no browser: choices of days, uploads, merging, differences."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from bot.console.editor.differences import differences
from bot.console.editor.uploads import NotMedia, checked, keep
from bot.console.editor.when import KINDS, When
from content_calendar.entry import Entry
from content_calendar.reading import cells_of
from content_calendar.rules import parse_rule

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
ALL = frozenset({"image", "video", "file"})


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"other"}))
def test_each_choice_is_a_rule_that_reads_back_as_it(kind: str) -> None:
    rule = When(kind).rule
    assert str(parse_rule(rule)) == rule
    assert When.of(rule) == When(kind)


def test_an_rrule_stays_one() -> None:
    rule = "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"
    assert When.of(str(parse_rule(rule))).rule == str(parse_rule(rule))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("../../etc/海报.png", PNG, "不能用的字符"),
        ("..\\a.png", PNG, "不能用的字符"),
        (".htaccess", PNG, "不能用的字符"),
        ("x" * 200 + ".png", PNG, "太长"),
        ("a\u202egnp.exe", PNG, "看不见的"),
        ("a\0.png", PNG, "看不见的"),
        ("a.png", b"", "空的"),
        ("a.svg", b"<svg onload=alert(1)>", "不收 .svg"),
        ("a.html", b"<script>", "不收 .html"),
        ("a.exe", b"MZ", "不收 .exe"),
        ("png", PNG, "不收"),
        ("a.png", b"<html><script>", "里面不是 png"),
        ("a.jpg", PNG, "里面不是 jpg"),
        ("a.docx", b"PK\x03\x04", "里面不是 docx"),
        ("a.png", PNG + bytes(26_000_000), "最大传 25 MB"),
    ],
)
def test_what_is_no_media_is_not_taken(name: str, content: bytes, told: str) -> None:
    with pytest.raises(NotMedia, match=told):
        checked(name, content, ALL)


def test_what_no_account_can_send_is_not_taken() -> None:
    with pytest.raises(NotMedia, match="发不了视频"):
        checked("a.mp4", b"\0\0\0\x18ftypmp42", frozenset({"image"}))


def test_a_picture_is_kept_once_under_a_name_of_its_own(tmp_path: Path) -> None:
    upload = checked("我的 海报;一.JPEG", b"\xff\xd8\xff\xe0" + bytes(9), ALL)
    assert upload.kind == "image"
    assert upload.name.startswith("我的-海报-一-")
    assert upload.name.endswith(".jpg")
    keep(upload, tmp_path / "media")
    keep(upload, tmp_path / "media")
    assert [path.name for path in (tmp_path / "media").iterdir()] == [upload.name]
    other = checked("我的 海报;一.jpeg", b"\xff\xd8\xff\xe1" + bytes(9), ALL)
    assert other.name != upload.name


def test_an_office_file_is_one_inside() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert checked("说明.docx", held.getvalue(), ALL).kind == "file"


def test_differences_are_said_in_words() -> None:
    one = cells_of(Entry(key="a", text="旧", groups=("r1",)))
    two = cells_of(Entry(key="a", text="新", groups=("r1", "r2"), rule="weekly mon", promotional=True))
    found = differences(one, two, {"r1": "一群", "r2": "二群"})
    assert [(one.name, one.before, one.after) for one in found] == [
        ("重复", "只发一次", "每周一"),
        ("群", "一群", "一群、二群"),
        ("正文", "旧", "新"),
        ("推广", "否", "是"),
    ]
