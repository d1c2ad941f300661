"""`logged_vs_chatrecorder`: messages of groups logged a second, against nonebot-plugin-chatrecorder on SQLite.

Here it is the program's own way with the group chat of `inbound`, from JSON bytes to committed rows, decided by the
shipped playbook and handlers, 4,096 messages in a durable transaction. There it is the plugin as it installs itself,
each message an event of a OneBot gateway that answers the plugin's questions at once; nothing is decided.
"""

from __future__ import annotations

import statistics

from bench.evidence import Evidence, scratch_folder
from bench.figures import Figure, Progress, ratios_of, spread
from bench.inbound import run_seconds
from bench.inbound_mix import QUESTIONS, group_batches
from bench.inbound_world import load_world, make_crowd
from bench.peer_process import Peer, peer
from bench.raw_rows import copy_of
from bot.intake import BATCH_SIZE

FLOOR = 400.0
ROUNDS = 5
# Of the peer, in a round.
THEIRS = 60


def measure(
    progress: Progress, *, size: int = BATCH_SIZE, theirs: int = THEIRS, rounds: int = ROUNDS, members: int = 10_000
) -> list[Figure]:
    """Messages a second by the peer's; the peer is measured before and after each of our rounds."""
    crowd = make_crowd(members, members // 50, len(QUESTIONS))
    evidence = Evidence("logged_vs_chatrecorder")
    with scratch_folder() as folder, peer("chatrecorder", str(folder)) as other:
        world, scratch = folder / "world.db", folder / "scratch.db"
        load_world(f"sqlite:///{world}", crowd, QUESTIONS)
        with copy_of(world, scratch) as database:  # everything is warm after it
            run_seconds(database, group_batches(crowd, 2, size))
        other.take(theirs)
        limits = [_mean_of_two(other, theirs)]
        runs: list[float] = []
        for done in range(rounds):
            progress(done, rounds)
            batches = group_batches(crowd, 2, size, nth=done + 1)
            with copy_of(world, scratch) as database:
                runs.append(run_seconds(database, batches) / (2 * size))
                if done == rounds - 1:
                    evidence.database("run", database)
            limits.append(_mean_of_two(other, theirs))
        evidence.database("world", world)
    ratios = ratios_of(limits, runs)
    evidence.table(
        "rounds",
        [
            {
                "round": nth,
                "messages": 2 * size,
                "seconds_a_message": ours,
                "peer_messages": 2 * theirs,
                "peer_seconds_a_message_before": before,
                "peer_seconds_a_message_after": after,
            }
            for nth, (ours, before, after) in enumerate(zip(runs, limits[:-1], limits[1:], strict=True), 1)
        ],
    )
    return [
        Figure(
            name="logged_vs_chatrecorder",
            figure=round(statistics.median(ratios), 1),
            unit="times as many",
            floor=FLOOR,
            detail=f"ratio {spread(ratios)} in {rounds} rounds; messages/s {spread([1 / one for one in runs])}; "
            f"chatrecorder {spread([1 / one for one in limits], 1)}",
        )
    ]


def _mean_of_two(other: Peer, messages: int) -> float:
    return statistics.mean(other.take(messages).seconds for _ in range(2))
