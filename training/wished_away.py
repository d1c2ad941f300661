"""Train the classifier of `handlers.understanding.wished_away` on lines of our own.

`wished_away.jsonl` holds what people wrote who wanted us to be silent, and what others wrote in much the same words;
the messages of `business` are such others too.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from handlers.understanding.text import Message
from handlers.understanding.wished_away import Model, features
from training import business
from training.fitting import fit

_HERE = Path(__file__).parent
_MODEL = _HERE.parent / "handlers" / "understanding" / "wished_away_model.json"
_KEPT = 0.03
"""A feature of less weight tells nothing and is left out of the file."""


class Line(msgspec.Struct, frozen=True):
    """A message, and whether whoever wrote it wants no more of ours."""

    text: str
    opts_out: bool


def messages(path: Path = _HERE / "wished_away.jsonl") -> list[Line]:
    """The labelled messages of a file, one JSON object a line."""
    return [msgspec.json.decode(line, type=Line) for line in path.read_bytes().splitlines()]


def train(lines: list[Line]) -> Model:
    """The model fitted to the lines, its weights in hundredths."""
    weights = fit([(sorted(features(Message(line.text).dense)), line.opts_out) for line in lines], 2)
    told = {feature: row[True] - row[False] for feature, row in sorted(weights.items())}
    return Model({feature: round(100 * weight) for feature, weight in told.items() if abs(weight) >= _KEPT})


def main() -> None:
    lines = [*messages(), *(Line(each.text, False) for each in business.messages())]
    model = train(lines)
    _MODEL.write_bytes(msgspec.json.encode(model) + b"\n")
    print(f"{len(lines)} lines, {len(model.weights)} features")
