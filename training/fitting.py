"""Fit a softmax regression to lines that were read into features, by AdaGrad; the same lines give the same weights."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import exp, sqrt

_EPOCHS = 15
_RATE = 0.2
_DECAY = 1e-3


def fit(told: Sequence[tuple[list[str], int]], classes: int) -> dict[str, list[float]]:
    """Weights by feature, one for each class. `told` are the features of a line, in order, and the class it is of."""
    weights: dict[str, list[float]] = {}
    slopes: dict[str, list[float]] = {}
    chance = random.Random(1)
    shuffled = list(told)
    for _ in range(_EPOCHS):
        chance.shuffle(shuffled)
        for found, right in shuffled:
            _step(found, right, classes, weights, slopes)
    return weights


def _step(
    found: list[str], right: int, count: int, weights: dict[str, list[float]], slopes: dict[str, list[float]]
) -> None:
    rows = [weights.setdefault(feature, [0.0] * count) for feature in found]
    scores = [sum(column) for column in zip(*rows, strict=True)]
    top = max(scores)
    odds = [exp(score - top) for score in scores]
    total = sum(odds)
    errors = [each / total - (at == right) for at, each in enumerate(odds)]
    for feature, row in zip(found, rows, strict=True):
        slope = slopes.setdefault(feature, [1.0] * count)
        for at, error in enumerate(errors):
            gradient = error + _DECAY * row[at]
            slope[at] += gradient * gradient
            row[at] -= _RATE * gradient / sqrt(slope[at])
