"""Train the classifier of `handlers.understanding.business` on lines of our own.

`business_messages.jsonl` holds labelled messages, `business_templates.txt` wordings with slots (`{g}还有货吗`), each
of which stands for a few messages. Chance comes from a fixed seed, so the same lines give the same file.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import msgspec

from handlers.understanding.business import Business, Classifier, Label, Model, features
from training.fitting import fit

_HERE = Path(__file__).parent
_MODEL = _HERE.parent / "handlers" / "understanding" / "business_model.json"
_FILLED = 3
"""How many messages a template with slots stands for."""
_KEPT = 0.05
"""Features whose weights are all smaller than this tell nothing and are left out of the file."""
_BEFORE = ("老板 ", "请问", "亲 ", "你好，", "问下")
_AFTER = ("呀", "啊", "呢", "哈", "哦", "[微笑]", "~")


class Line(msgspec.Struct, frozen=True):
    """A labelled message; `context` is group or private."""

    text: str
    context: str
    label: Label
    needs_human: bool

    @property
    def meaning(self) -> Business:
        return Business(self.label, self.needs_human)


def messages(path: Path = _HERE / "business_messages.jsonl") -> list[Line]:
    """The labelled messages of a file, one JSON object a line."""
    return [msgspec.json.decode(line, type=Line) for line in path.read_bytes().splitlines()]


def from_templates(path: Path = _HERE / "business_templates.txt") -> list[Line]:
    """The messages that the templates stand for: slots filled, some with an address before or a particle after."""
    chance = random.Random(5)
    slots: dict[str, list[str]] = {}
    meaning = Business("statement", False)
    lines = []
    for written in path.read_text(encoding="utf-8").splitlines():
        if written.startswith("="):
            name, *words = written[1:].split()
            slots[name] = words
        elif written.startswith("#"):
            label, needs_human = written[1:].split()
            meaning = msgspec.convert({"label": label, "needs_human": needs_human == "true"}, Business)
        elif written:
            lines += [_filled(written, meaning, slots, chance) for _ in range(_FILLED if "{" in written else 1)]
    return lines


def _filled(template: str, meaning: Business, slots: dict[str, list[str]], chance: random.Random) -> Line:
    text = re.sub(r"\{(\w+)\}", lambda slot: chance.choice(slots[slot.group(1)]), template)
    if meaning.label == "business_question" and chance.random() < 0.3:
        text = chance.choice(_BEFORE) + text
    if chance.random() < 0.25:
        text += "！" if meaning.label == "ad" else chance.choice(_AFTER)
    elif meaning.label.endswith("question") and chance.random() < 0.3:
        text += "？"
    among_others = meaning.label in ("ad", "other_question", "rhetorical")
    return Line(text, "group" if chance.random() < (0.75 if among_others else 0.5) else "private", *_fields(meaning))


def _fields(meaning: Business) -> tuple[Label, bool]:
    return meaning.label, meaning.needs_human


def train(lines: list[Line]) -> Model:
    """The model fitted to the lines, its weights in hundredths."""
    classes = sorted({line.meaning for line in lines}, key=lambda each: (each.label, each.needs_human))
    told = [(features(line.text, line.context), classes.index(line.meaning)) for line in lines]
    return Model(
        classes=classes,
        weights={
            feature: [round(100 * weight) for weight in row]
            for feature, row in sorted(fit(told, len(classes)).items())
            if max(map(abs, row)) >= _KEPT
        },
    )


def score(model: Model, lines: list[Line]) -> float:
    """The share of lines whose label and need of a human the model gives rightly."""
    at_work = Classifier(model)
    return sum(at_work.meaning(line.text, line.context) == line.meaning for line in lines) / len(lines)


def main() -> None:
    lines = [*messages(), *from_templates()]
    model = train(lines)
    _MODEL.write_bytes(msgspec.json.encode(model) + b"\n")
    print(f"{len(lines)} lines, {len(model.weights)} features, {score(model, lines):.1%} of the lines fitted")
