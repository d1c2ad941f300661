"""Days as they are written in the West: May 5th 1992, 5 May, 2/19/1990, 19.2.1990."""

from __future__ import annotations

from handlers.understanding.day_forms import normal_form
from models.patterns import compile_later

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?:19|20)\d\d(?!\d)"
_NAMED = compile_later(
    rf"(?<![a-z])(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?\s?(?P<day>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?"
    rf"(?:[, ]{{0,3}}(?P<year>{_YEAR}))?|"
    rf"(?<!\d)(?P<day_first>\d{{1,2}})(?:st|nd|rd|th)?\s?(?:of\s)?(?P<month_last>{'|'.join(_MONTHS)})[a-z]*(?![a-z])\.?"
    rf"(?:[, ]{{0,3}}(?P<year_last>{_YEAR}))?"
)
_YEAR_LAST = compile_later(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2((?:19|20)\d\d)(?![\d./-])")


def read_western(text: str) -> str | None:
    """A day with its month by name, and its year if that is told; None if none is."""
    named = _NAMED.search(text)
    if named is None:
        return None
    month, day = named["month"] or named["month_last"], named["day"] or named["day_first"]
    year = named["year"] or named["year_last"]
    return normal_form(int(year) if year else None, _MONTHS.index(month[:3]) + 1, int(day), lunar=False)


def read_year_last(text: str) -> str | None:
    """A day in figures whose year comes last, the month before the day unless there is no such month."""
    found = _YEAR_LAST.search(text)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    return normal_form(year, first, second, lunar=False) or normal_form(year, second, first, lunar=False)
