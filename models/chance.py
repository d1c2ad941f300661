"""Chance that can be repeated: it depends on a seed and a key, never on a stream that others draw from."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def chance(seed: int, key: str) -> float:
    """A number in [0, 1)."""
    digest = blake2b(f"{seed}:{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def choose(seed: int, key: str, options: Sequence[T]) -> T:
    """One of the options, which must not be empty."""
    return options[int(chance(seed, key) * len(options))]
