"""What somebody sends from their computer: taken by what it holds, under a name that is safe and its own."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path, PurePath
from typing import NamedTuple

from content_calendar.import_hints import LARGEST, LARGEST_FILE

MOST_BYTES = 31_457_280
"""Below what the guard lets through; what is larger goes into the media folder by hand."""

_MEGABYTE = 1_000_000
_LONGEST_NAME = 120
_LONGEST_STEM = 40
_DIGITS = 8
_FORBIDDEN = frozenset('/\\:*?"<>|')


class NotMedia(ValueError):
    """It is not taken; the message says in Chinese why and what to do."""


class Upload(NamedTuple):
    """A file as it is kept. `kind` is the kind of delivery that takes it."""

    name: str
    kind: str
    content: bytes


def checked(name: str, content: bytes, kinds: Collection[str]) -> Upload:
    """The file, if it is what its name says and the accounts can send such. Raises `NotMedia`.

    The name is made of what people called it and of the content: the same file is kept once, another never replaced.
    """
    if not name or len(name) > _LONGEST_NAME or name.startswith(".") or not _FORBIDDEN.isdisjoint(name):
        raise NotMedia("文件名里有不能用的字符，或者太长，改个名字再传。")
    if any(unicodedata.category(letter).startswith("C") for letter in name):
        raise NotMedia("文件名里有看不见的字符，改个名字再传。")
    if not content:
        raise NotMedia(f"{name} 是空的。")
    ending = PurePath(name).suffix.lower().removeprefix(".")
    ending = "jpg" if ending == "jpeg" else ending
    if ending not in _KINDS:
        raise NotMedia(f"不收 {PurePath(name).suffix or '没有后缀的文件'}。收：{'、'.join(_KINDS)}。")
    kind, holds = _KINDS[ending]
    if not holds(content):
        raise NotMedia(f"{name} 里面不是 {ending}，换一个，或用对的格式另存。")
    if kind not in kinds:
        raise NotMedia(f"现在的账号发不了{_NAMES[kind]}。")
    most = min(LARGEST.get(kind, LARGEST_FILE), MOST_BYTES)
    if len(content) > most:
        told = f"{name} 有 {len(content) / _MEGABYTE:.0f} MB，{_NAMES[kind]}从这里最大传 {most // _MEGABYTE} MB"
        raise NotMedia(f"{told}；压小一点，或直接放进素材文件夹。")
    stem = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in PurePath(name).stem)
    digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
    return Upload(f"{stem.strip('-')[:_LONGEST_STEM] or '素材'}-{digest}.{ending}", kind, content)


def keep(upload: Upload, folder: Path) -> None:
    """Write it, whole or not at all. Takes its time: to be called in a thread."""
    folder.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".upload-", delete=False) as file:
        file.write(upload.content)
    Path(file.name).chmod(0o644)
    os.replace(file.name, folder / upload.name)


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_bmp(content: bytes) -> bool:
    return content[:2] == b"BM" and int.from_bytes(content[2:6], "little") == len(content)


def _is_film(content: bytes) -> bool:
    return content[4:8] == b"ftyp"


def _is_sound(content: bytes) -> bool:
    return content.startswith(b"ID3") or (content[:1] == b"\xff" and content[1:2] in (b"\xfb", b"\xf3", b"\xf2"))


def _is_office(part: str) -> Callable[[bytes], bool]:
    def holds(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return part in archive.namelist()
        except zipfile.BadZipFile:
            return False

    return holds


_NAMES = {"image": "图片", "video": "视频", "file": "文件"}
_KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "jpg": ("image", _begins(b"\xff\xd8\xff")),
    "png": ("image", _begins(b"\x89PNG\r\n\x1a\n")),
    "gif": ("image", _begins(b"GIF87a", b"GIF89a")),
    "webp": ("image", _is_webp),
    "bmp": ("image", _is_bmp),
    "mp4": ("video", _is_film),
    "mov": ("video", _is_film),
    "pdf": ("file", _begins(b"%PDF-")),
    "docx": ("file", _is_office("word/document.xml")),
    "xlsx": ("file", _is_office("xl/workbook.xml")),
    "pptx": ("file", _is_office("ppt/presentation.xml")),
    "mp3": ("file", _is_sound),
    "m4a": ("file", _is_film),
}
