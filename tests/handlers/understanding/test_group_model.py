"""The weights for talk in groups are those of the transcripts that they were trained on."""

from __future__ import annotations

from handlers.understanding.group_model import model
from training.group_talk import TRANSCRIPTS, found_by, lesson


def test_the_model_file_is_the_one_of_its_transcripts() -> None:
    lessons = [lesson(path) for folder in TRANSCRIPTS for path in sorted(folder.glob("*.txt"))]
    right, found, wanted = map(sum, zip(*(found_by(model(), each) for each in lessons), strict=True))
    print(f"\n{len(lessons)} transcripts, fitted: precision {right / found:.0%}, recall {right / wanted:.0%}")  # noqa: T201 - the score is wanted
    assert right / found >= 0.75
    assert right / wanted >= 0.8
