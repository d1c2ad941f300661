"""Fit a softmax regression to lines that were read into features, by AdaGrad; the same lines give the same weights."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
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


_ROUNDS = 150
_STEP = 0.1


def fit_choices(
    choices: Sequence[tuple[Sequence[Mapping[str, float]], Collection[int]]], strictness: float
) -> dict[str, float]:
    """Weights of signs by which one of several is chosen, or none: of each choice what speaks for each, and which are
    right. `strictness` holds weights near nothing; the steps are Adam's, over all choices at once."""
    names = sorted({sign for each, _ in choices for signs in each for sign in signs})
    places = {sign: at for at, sign in enumerate(names)}
    rows = [
        ([[(places[sign], worth) for sign, worth in signs.items()] for signs in each], right) for each, right in choices
    ]
    weights, means, squares = [0.0] * len(names), [0.0] * len(names), [0.0] * len(names)
    for turn in range(1, _ROUNDS + 1):
        slopes = [strictness * weight for weight in weights]
        for each, right in rows:
            _add_slopes(each, right, weights, slopes)
        step = _STEP * (1.0 if turn < _ROUNDS * 2 // 3 else 0.3)
        for at, slope in enumerate(slopes):
            means[at] += 0.1 * (slope - means[at])
            squares[at] += 0.01 * (slope * slope - squares[at])
            size = sqrt(squares[at] / (1 - 0.99**turn)) + 1e-8
            weights[at] -= step * means[at] / (1 - 0.9**turn) / size
    return dict(zip(names, weights, strict=True))


def _add_slopes(
    each: list[list[tuple[int, float]]], right: Collection[int], weights: list[float], slopes: list[float]
) -> None:
    scores = [sum(weights[at] * worth for at, worth in signs) for signs in each]
    most = max(0.0, *scores)
    odds = [exp(score - most) for score in scores]
    total = exp(-most) + sum(odds)
    among = sum(odds[at] for at in right)
    for at, signs in enumerate(each):
        error = odds[at] / total - (odds[at] / among if at in right else 0.0)
        if abs(error) > 1e-4:
            for place, worth in signs:
                slopes[place] += error * worth
