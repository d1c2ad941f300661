"""Our own ids: 64 bits, ordered by time, never given twice by one writer."""

from __future__ import annotations

from datetime import UTC, datetime

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
SEQUENCE_BITS = 20  # a million ids a millisecond; the milliseconds then last until the year 2302
# So many of each millisecond are not given where a time is lived again from which there are rows.
GIVEN_THEN = 1 << SEQUENCE_BITS - 1


class Ids:
    """Gives ids that grow, even when the clock is set back: then they go on from the last one. The first `spare` of
    each millisecond are left out."""

    def __init__(self, last: int = 0, spare: int = 0) -> None:
        self._last = last
        self._spare = spare

    def begin(self) -> None:
        """A transaction begins."""

    def take(self, now: datetime, count: int = 1) -> int:
        """The first of `count` consecutive new ids."""
        first = max(self._last + 1, self.floor(now) + self._spare)
        self._last = first + count - 1
        return first

    def hang_up(self) -> None:
        """Nobody waits for one any longer."""

    def close(self) -> None:
        """No more are taken."""

    @staticmethod
    def end_of(identity: int) -> int:
        """The largest id that could have been given in the same millisecond."""
        return identity | (1 << SEQUENCE_BITS) - 1

    @staticmethod
    def floor(moment: datetime) -> int:
        """The smallest id that could have been given at that moment: where a range by time begins."""
        return int((moment - EPOCH).total_seconds() * 1000) << SEQUENCE_BITS
