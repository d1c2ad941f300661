"""A question with options, 想喝哪款？1红茶 2白茶, and what a reply chooses of them. Talk beside it chooses nothing."""

from __future__ import annotations

import unicodedata

import msgspec

from models.patterns import compile_later

# A mark at the beginning of a word: 1红茶, 2、白茶, (3) 岩茶, A. 周六.
_MARKED = compile_later(r"(?:^|(?<=[\s,;。?!:、(]))\(?([1-9]|[A-Ha-h])(?:[.、:)]|\b)?\s*([^\s,;。?!、()]{1,20})")
_BEFORE = compile_later(r"^(?:我们?|我家|咱们?|还是|那就?|就|都|想|要|选|投|站|喜欢|支持|来|喝|吃|去|第){1,4}")
_AFTER = compile_later(r"(?:号|款|个|种|项|那个|一票|票|吧|啦|呀|哦|呢|了|的|\+1){1,4}$")
_BETWEEN = compile_later(r"[和与跟、,/+&\s]+")
_NOISE = compile_later(r"[^\w+&/,、\s]+")
_NUMERALS = {numeral: str(number) for number, numeral in enumerate("一二三四五六七八九", start=1)}
_LONGEST = 40
_FEWEST = 2


class Option(msgspec.Struct, frozen=True):
    """What can be chosen: its number or letter, and what it is."""

    mark: str
    label: str


def options_of(text: str) -> tuple[Option, ...]:
    """The options of a question, numbered from 1 or lettered from A; none where there are no two of them."""
    found: list[Option] = []
    for match in _MARKED.finditer(_normal(text)):
        mark = match[1].upper()
        if mark in ("1", "A") and len(found) < _FEWEST:
            found = [Option(mark, match[2])]
        elif found and ord(mark) == ord(found[-1].mark) + 1:
            found.append(Option(mark, match[2]))
    return tuple(found) if len(found) >= _FEWEST else ()


def chosen(options: tuple[Option, ...], reply: str) -> tuple[str, ...]:
    """The marks that a reply chooses, in their order; none if it says anything else."""
    if len(reply) > _LONGEST:
        return ()
    meant = {one.mark: one.mark for one in options} | {_normal(one.label).upper(): one.mark for one in options}
    meant |= {numeral: number for numeral, number in _NUMERALS.items() if number in meant}
    whole = _NOISE.sub(" ", _normal(reply).upper()).strip()
    found: set[str] = set()
    for piece in filter(None, _BETWEEN.split(_AFTER.sub("", _BEFORE.sub("", whole)) if whole not in meant else whole)):
        bare = piece if piece in meant else _AFTER.sub("", _BEFORE.sub("", piece))
        if bare not in meant:
            return ()
        found.add(meant[bare])
    return tuple(one.mark for one in options if one.mark in found)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
