"""Train the weights of `handlers.understanding.group_model` on transcripts of groups with labels.

The transcripts are those of `group_talk/` and those of the tests. How well talk is read that nobody has seen,
`python -m training.group_talk` tells: each transcript is left out once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import msgspec

from handlers import group_hearing
from handlers.group_answers import Question
from handlers.threads import OPEN, Talk
from handlers.understanding.group_model import Model, Signs, speaks_for
from models.context import Said
from training import business
from training.fitting import fit_choices
from training.transcripts import read

_HERE = Path(__file__).parent
_MODEL = _HERE.parent / "handlers" / "understanding" / "group_model.json"
TRANSCRIPTS = (_HERE / "group_talk", _HERE.parent / "tests" / "flows" / "transcripts")
_KEPT = 0.05
"""A sign whose weights are all smaller than this tells nothing and is left out of the file."""
_HEARING, _ANSWERING = 1.0, 2.0
"""How strictly weights are held near nothing."""
_ALONE = "by itself"
_OFTEN = 3
"""A sign of a question that fewer messages have tells nothing."""
_SPEAKERS = ("staff", "member")
_FOLDS = 8

Choice = tuple[list[Signs], list[int]]
Labels = dict[str, tuple[str, str | None]]


class Lesson(msgspec.Struct):
    """A transcript, and what it teaches: of what may be a question whether it is one, of what may answer what it
    answers, by who speaks."""

    said: list[Said]
    """With whatever a member says marked as what may be a question."""
    wanted: Labels
    hearing: list[Choice]
    answering: dict[str, list[Choice]]


def lesson(path: Path) -> Lesson:
    """What the transcript of a file teaches."""
    transcript = read(path)
    said = [
        Said(
            id=at,
            group_id=1,
            at=one.at,
            message=one.id,
            contact="" if one.who == "self" else one.who,
            name="" if one.who == "self" else one.who.upper(),
            by="staff" if one.who in ("boss", "self") else "member",
            text=one.text,
            mentions=one.mentions,
            quote=one.quote,
            asks=one.who not in ("boss", "self"),
        )
        for at, one in enumerate(transcript.spoken)
    ]
    hearing: list[Choice] = [
        ([group_hearing.signs(said, at)], [0] if one.message in transcript.wanted else [])
        for at, one in enumerate(said)
        if one.by == "member"
    ]
    return Lesson(said, transcript.wanted, hearing, _answering(said, transcript.wanted))


def _answering(said: list[Said], wanted: Labels) -> dict[str, list[Choice]]:
    """The talk is gone through as it should be understood, and what speaks for that is written down."""
    told = [msgspec.structs.replace(one, asks=one.message in wanted) for one in said]
    found: dict[str, list[Choice]] = {by: [] for by in _SPEAKERS}

    def weigh(one: Said, questions: list[Question], signs: list[Signs]) -> list[float]:
        right = [at for at, each in enumerate(questions) if wanted[each.said.message] == ("answered", one.message)]
        found[one.by].append((signs, right))
        return [_SURE if at in right else -_SURE for at in range(len(questions))]

    Talk(told, weigh).threads()
    return found


_SURE = 9.0


def train(lessons: Iterable[Lesson]) -> Model:
    """The model fitted to the lessons, its weights in hundredths."""
    lessons = list(lessons)
    hears = _hears([choice for each in lessons for choice in each.hearing])
    answers = fit_choices(
        [
            ([_by(speaker, signs) for signs in found], right)
            for each in lessons
            for speaker in _SPEAKERS
            for found, right in each.answering[speaker]
        ],
        _ANSWERING,
    )
    own = {speaker: f"{speaker} " for speaker in _SPEAKERS}
    shared = {sign: weight for sign, weight in answers.items() if not sign.startswith(tuple(own.values()))}
    return Model(
        _hundredths(hears),
        {
            speaker: _hundredths({sign: weight + answers.get(mark + sign, 0.0) for sign, weight in shared.items()})
            for speaker, mark in own.items()
        },
    )


def _hears(heard: list[Choice]) -> dict[str, float]:
    """The mean of two: one goes by how sure the classifier of single messages is, which has not read the transcripts;
    the other by what the classifier has read, and makes up its mind by itself."""
    one = fit_choices(_common(heard), _HEARING)
    unsure: list[Choice] = [
        ([{sign: worth for sign, worth in signs.items() if sign not in group_hearing.CLASSIFIED} for signs in each], to)
        for each, to in [*heard, *_by_themselves()]
    ]
    other = fit_choices(_common(unsure), _HEARING)
    return {sign: (one.get(sign, 0.0) + other.get(sign, 0.0)) / 2 for sign in {**one, **other} if sign != _ALONE}


@cache
def _by_themselves() -> list[Choice]:
    """The lines that the classifier of single messages was trained on: nothing was said around them."""
    return [
        ([{**group_hearing.of_the_words(line.text), _ALONE: 1.0}], [0] if line.label == "business_question" else [])
        for line in [*business.messages(), *business.from_templates()]
    ]


def _common(choices: list[Choice]) -> list[Choice]:
    """Without the signs that few messages have."""
    often = Counter(sign for each, _ in choices for signs in each for sign in signs)
    return [
        ([{sign: worth for sign, worth in signs.items() if often[sign] >= _OFTEN} for signs in each], right)
        for each, right in choices
    ]


def _by(speaker: str, signs: Signs) -> Signs:
    """The signs for all, and the same for who speaks: what the shop and members have in common is learnt from both."""
    return {**signs, **{f"{speaker} {sign}": worth for sign, worth in signs.items()}}


def _hundredths(weights: dict[str, float]) -> dict[str, int]:
    return {sign: round(100 * weight) for sign, weight in sorted(weights.items()) if abs(weight) >= _KEPT}


def found_by(model: Model, one: Lesson) -> tuple[int, int, int]:
    """Of the questions that nobody answered: how many the model finds rightly, how many it takes for such, and how
    many there are."""

    heard = [
        msgspec.structs.replace(
            said, asks=said.asks and speaks_for(group_hearing.signs(one.said, at), model.hears) >= group_hearing.SURELY
        )
        for at, said in enumerate(one.said)
    ]

    def weigh(said: Said, _: list[Question], signs: list[Signs]) -> list[float]:
        return [speaks_for(each, model.answers[said.by]) for each in signs]

    found = {each.question.message for each in Talk(heard, weigh).threads() if each.state == OPEN}
    wanted = {message for message, (state, _) in one.wanted.items() if state == OPEN}
    return len(found & wanted), len(found), len(wanted)


def left_out(lessons: Sequence[Lesson]) -> list[tuple[int, int, int]]:
    """The same of each transcript, by a model that was trained without it."""
    order = list(range(len(lessons)))
    random.Random(3).shuffle(order)
    scores: dict[int, tuple[int, int, int]] = {}
    for fold in range(_FOLDS):
        tested = order[fold::_FOLDS]
        model = train(lessons[at] for at in order if at not in tested)
        scores |= {at: found_by(model, lessons[at]) for at in tested}
    return [scores[at] for at in range(len(lessons))]


def score(each: Iterable[tuple[int, int, int]]) -> str:
    """Precision and recall, in words."""
    right, found, wanted = map(sum, zip(*each, strict=True))
    return f"precision {right / found:.0%}, recall {right / wanted:.0%} of {wanted}"


def main() -> None:
    lessons = [[lesson(path) for path in sorted(folder.glob("*.txt"))] for folder in TRANSCRIPTS]
    every = [each for some in lessons for each in some]
    model = train(every)
    _MODEL.write_bytes(msgspec.json.encode(model) + b"\n")
    print(f"{len(every)} transcripts, fitted: {score(found_by(model, each) for each in every)}")


def check() -> None:
    """Tell how well talk is read that the model was not trained on."""
    lessons = [[lesson(path) for path in sorted(folder.glob("*.txt"))] for folder in TRANSCRIPTS]
    scores = left_out([each for some in lessons for each in some])
    for folder, some in zip(TRANSCRIPTS, lessons, strict=True):
        print(f"{folder.name}, each left out once: {score(scores[: len(some)])}")
        del scores[: len(some)]


if __name__ == "__main__":
    check()
