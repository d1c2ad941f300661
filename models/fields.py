"""Fields in texts: `{key}` or `{key|fallback}`, filled from what is known of the person when the text leaves."""

from __future__ import annotations

import re

import msgspec

STANDARD_FIELDS = ("name", "nick", "tag", "tier", "group", "source", "remark", "persona", "shop", "coupon")
"""The fields that are no answers; an answer of the same key comes first."""

ALWAYS_KNOWN = frozenset({"name", "nick", "shop"})
"""Every friend has a nickname, which also stands in for the form of address, and every merchant a name."""

FIELD = re.compile(r"\{\s*(?P<name>[^{}|\s]+)\s*(?:\|(?P<fallback>[^{}]*))?\}")


class TextField(msgspec.Struct, frozen=True):
    """A field of a text. Without a fallback (None) the text cannot leave while the field is unknown."""

    name: str
    fallback: str | None = None


def fields_of(text: str) -> tuple[TextField, ...]:
    """The fields of a text, in order."""
    return tuple(TextField(found["name"], found["fallback"]) for found in FIELD.finditer(text))


def unfilled(template: str) -> str:
    """A text that has not left, as people may see it: what is to be filled in is an ellipsis."""
    return FIELD.sub("…", template)
