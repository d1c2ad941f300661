"""Our ids of the people and groups that we met lately: who talks all day is looked up once, not with every batch."""

from __future__ import annotations

import msgspec

# Some 40 MB. A merchant of whom more people talk than this begins anew now and then.
MOST = 100_000


class Known(msgspec.Struct, frozen=True, gc=False):
    """Our ids of a contact, and the name that the platform gave last."""

    contact_id: int
    person_id: int
    name: str


class Acquaintances:
    """People and groups by merchant and wire id.

    On SQLite there is one writer, so nobody else changes what is remembered here; on PostgreSQL, where command lines
    write too, it lasts for one transaction. Whoever gives somebody or a group another id forgets everything, and so
    does one that fails, for what was learned in it is not so.
    """

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Known]] = {}
        self._groups: dict[str, dict[str, int]] = {}

    def of(self, merchant_id: str) -> dict[str, Known]:
        """Those of a merchant, to look up and to add to."""
        known = self._of.setdefault(merchant_id, {})
        if len(known) > MOST:
            known.clear()
        return known

    def groups_of(self, merchant_id: str) -> dict[str, int]:
        """Our ids of a merchant's groups, to look up and to add to."""
        known = self._groups.setdefault(merchant_id, {})
        if len(known) > MOST:
            known.clear()
        return known

    def forget(self) -> None:
        """Nobody is known any more; rows say who they are."""
        self._of.clear()
        self._groups.clear()
