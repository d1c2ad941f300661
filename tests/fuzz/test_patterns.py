"""No regular expression blows up: each of the program's is tried on texts made to make it blow up."""

from __future__ import annotations

import re
import time

from tests.fuzz.patterns import Use, all_uses

# Half as much again as is analysed of a message; what takes the square of the length takes 0.07 s and more for it.
LENGTH = 6_000
MOST_SECONDS = 0.05
# Patterns that look at a few characters only, however long the text is.
SEES_LITTLE = {"handlers/understanding/regions.py:_HOME": "the ten characters before a place"}
_ALWAYS = ("1", "a", "一", " ", "\n", "(", "- ", "1 ", "@", "/", " ,", "12-", "{", "{a", "「", "」\n- - - -", "\\", '"')


def test_no_pattern_takes_more_than_a_time_that_grows_with_the_text() -> None:
    uses = all_uses()
    assert len(uses) > 300
    assert set(SEES_LITTLE) <= set(uses.values())
    slow = [
        f"{place}: {use.method}({piece!r} × {LENGTH})"
        for use, place in uses.items()
        if place not in SEES_LITTLE and (piece := _slow(use))
    ]
    assert not slow, "\n".join(slow)


def _slow(use: Use) -> str:
    """The piece whose repetition takes it too long. Tried from short to long, so that nothing takes for ever."""
    for piece in (*_ALWAYS, *_pieces(use.pattern)):
        for length in (24, 60, LENGTH):
            text = (piece * length)[:length] + "\N{DESERT}"
            spent = _seconds(use, text)
            if spent > MOST_SECONDS and min(spent, _seconds(use, text)) > MOST_SECONDS:
                return piece
    return ""


def _pieces(pattern: re.Pattern[str]) -> list[str]:
    """Characters and words that stand in the pattern: their repetition is what it may see in several ways."""
    written = re.sub(r"\\[a-zA-Z]", " ", pattern.pattern)
    return list(
        dict.fromkeys((*re.findall(r"[一-鿿]{2,4}|[a-z<]{2,10}", written)[:16], *re.findall(r"\w", written)[:16]))
    )


def _seconds(use: Use, text: str) -> float:
    began = time.process_time()
    use.on(text)
    return time.process_time() - began


def test_what_blows_up_is_found() -> None:
    for bad in ("(?:掌柜的?|的)+$", r"\d+元", r"(?:a|b|ab)+c", r"\s+$"):
        assert _slow(Use(re.compile(bad), "search")), bad
