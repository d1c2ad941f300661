"""Train the classifier of `handlers.understanding.deeds` on the replies of `deeds.txt`, each under what it does."""

from __future__ import annotations

from pathlib import Path

import msgspec

from handlers.understanding.deeds import DEEDS, Model, features
from training.fitting import fit

_HERE = Path(__file__).parent
_MODEL = _HERE.parent / "handlers" / "understanding" / "deeds_model.json"
_KEPT = 0.05
"""A feature of less weight tells nothing and is left out of the file."""


def replies(path: Path = _HERE / "deeds.txt") -> list[tuple[str, str]]:
    """The replies of a file, each with its deed."""
    deed = ""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.removeprefix("#") in DEEDS:
            deed = line[1:]
        elif line:
            found.append((line, deed))
    return found


def train(lines: list[tuple[str, str]]) -> Model:
    """The model fitted to the replies, its weights in hundredths."""
    weights = fit([(sorted(features(said)), DEEDS.index(deed)) for said, deed in lines], len(DEEDS))
    return Model(
        {
            feature: [round(100 * weight) for weight in row]
            for feature, row in sorted(weights.items())
            if max(map(abs, row)) >= _KEPT
        }
    )


def main() -> None:
    lines = replies()
    model = train(lines)
    _MODEL.write_bytes(msgspec.json.encode(model) + b"\n")
    print(f"{len(lines)} replies, {len(model.weights)} features")
