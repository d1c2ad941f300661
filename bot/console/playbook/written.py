"""What somebody wrote into a form, in the form of TOML; what is no such value is left to the loader to refuse."""

from __future__ import annotations

import re
from typing import Any

from bot.console.playbook.shapes import Field, Kind, fields_of
from models.playbook_titles import SHARE
from models.playbook_values import Part

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")


def begun(table: type[Part]) -> dict[str, Any]:
    """An element to begin with: of what must be said, whatever is most likely meant."""
    return {one.key: True for one in fields_of(table) if one.kind is Kind.SWITCH and one.default is None}


def read(field: Field, text: str) -> Any:
    """The value of a key; None leaves it out."""
    match field.kind:
        case Kind.NAMES:
            return [line.strip() for line in text.splitlines() if line.strip()] or None
        case Kind.NUMBERS:
            return [number_of(one) for one in re.split(r"[\s,，、]+", text) if one] or None
        case Kind.NUMBER:
            found = number_of(text.strip(), field.title.unit)
            return None if found == field.default else found
        case Kind.TIME:
            return text.strip().replace("：", ":") or None
        case Kind.LINE:
            return text.strip() or None
    return text if text.strip() else None


def number_of(text: str, unit: str = "") -> Any:
    """A number, a share perhaps in per cent; any other text as it is."""
    if unit == SHARE and text.endswith(("%", "％")) and _NUMBER.fullmatch(text[:-1].strip()):
        return round(float(text[:-1]) / 100, 6)
    if not _NUMBER.fullmatch(text):
        return text or None
    return float(text) if "." in text else int(text)
