"""How well questions that nobody answered are found in long talk of groups: the score is printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.flows.group_transcripts import FOLDER, HELD_OUT, ROOM, read
from tests.flows.playing import Stage, operator


@pytest.mark.parametrize("folder", [FOLDER, HELD_OUT], ids=["learnt", "held-out"])
def test_unanswered_questions_are_found(folder: Path, tmp_path: Path, capsys: Any) -> None:
    right = found = wanted = same = known = asked = 0
    wrong: list[str] = []
    for path in sorted(folder.glob("*.txt")):
        transcript = read(path)
        texts = {line["id"]: line["text"] for line in transcript.story}
        stage = Stage(tmp_path, capsys)
        played = stage.play(
            [
                operator("08:00:00", f"group bind {ROOM} --tier 分院 --owner boss"),
                *transcript.story,
                operator("2026-11-24T09:00:00+08:00", "report questions --json"),
            ],
            world=transcript.world,
        )
        got = {row["message"]: (row["state"], row["answered_by"]) for row in played.rows("report questions")}
        open_now = {message for message, (state, _) in got.items() if state == "open"}
        should_be = {message for message, (state, _) in transcript.wanted.items() if state == "open"}
        right += len(open_now & should_be)
        found += len(open_now)
        wanted += len(should_be)
        same += sum(got.get(message) == what for message, what in transcript.wanted.items())
        known += len(got.keys() & transcript.wanted.keys())
        asked += len(transcript.wanted)
        wrong += [
            f"{path.stem} {message} {texts[message]}: {transcript.wanted.get(message)}, got {got.get(message)}"
            for message in sorted({*got, *transcript.wanted}, key=lambda one: int(one[1:]))
            if got.get(message) != transcript.wanted.get(message)
        ]
    print(  # noqa: T201 - the score is wanted
        f"\nunanswered: precision {right / found:.0%}, recall {right / wanted:.0%} of {wanted};"
        f" questions heard: {known} of {asked}; state and answer right: {same}",
        *wrong,
        sep="\n",
    )
    assert right / found >= 0.8
    assert right / wanted >= 0.8
