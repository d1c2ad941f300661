"""What is wrong with a calendar file, by place, so that the operator can go there and mend it."""

from __future__ import annotations

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """One fault of a file. The header is row 1; `column` is the header as it was written; `expected` is Chinese.

    In TOML `row` counts the entries from 1 and `column` is the key.
    """

    sheet: str
    row: int
    column: str
    found: str
    expected: str


class FileError(ValueError):
    """The file cannot be read on from `row`, or not be written; the message says in Chinese why."""

    def __init__(self, message: str, row: int = 1) -> None:
        super().__init__(message)
        self.row = row


class CellError(ValueError):
    """A cell holds what it may not; carries the pieces found and what is expected instead of each."""

    def __init__(self, *pieces: tuple[str, str]) -> None:
        super().__init__(pieces)
        self.pieces = pieces
