"""A program that writes and sends as fast as it can, and is killed for it. Started as `python -m tests.crash.worker`.

It stays warm and forks a worker for each line on standard input, `DATABASE FIRST SEED`. A worker says on standard
output what the world may rely on: `ack N` after the commit that holds event N, `wire KEY` when a delivery leaves.
"""

from __future__ import annotations

import os
import random
import sys
import traceback
from collections.abc import Sequence

from bot.store.outbox import claim, found_claimed
from handlers import decide as decide_for_real
from models import effects as fx
from models.context import Context
from models.deliveries import DeliveryKind
from models.effects import Effect
from models.events import Event, SendAnswered
from tests.store.stage import START, Shop, reply, said, shop

REPLAYED = 50  # how many of its last events the gateway says again after a reconnect


def decide(event: Event, context: Context) -> Sequence[Effect]:
    """A delivery, a tag and a timer for each message; outcomes as they are for real."""
    if isinstance(event, SendAnswered):
        return decide_for_real(event, context)
    assert context.person is not None
    person = context.person
    return [
        reply(f"reply:{event.wire_id}", person.contact_id, kind=DeliveryKind.REMARK),
        fx.PutTags(person_id=person.person_id, add=(event.wire_id,), origin="test"),
        fx.PutTimer(kind="nudge", subject=person.wire_id, at=event.at),
    ]


def say(line: str) -> None:
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def work(url: str, first: int, seed: int) -> None:
    """Write and send until killed."""
    chance = random.Random(seed)
    with shop(url) as stage:
        stage.at = START
        recovered = found_claimed(stage.store)
        if recovered:
            stage.apply(*recovered, decide=decide)
        number = max(0, first - REPLAYED)
        while True:
            batch = range(number, number + chance.randint(1, 40))
            stage.apply(*(said(f"wx{n % 7}", wire_id=str(n)) for n in batch), decide=decide)
            say("\n".join(f"ack {n}" for n in batch))
            number = batch.stop
            send_some(stage, chance.randint(0, 5))


def send_some(stage: Shop, count: int) -> None:
    """Claim, put on the wire, settle: a kill may come between any two of them."""
    for _ in range(count):
        for one in claim(stage.store, stage.merchants, [("m1", "main")]).claims:
            say(f"wire {one.outgoing.key}")
            answered = SendAnswered(
                merchant="m1",
                account="main",
                at=stage.at,
                delivery=one.delivery_id,
                key=one.outgoing.key,
                answer="sent",
            )
            stage.apply(answered, decide=decide)


def main() -> None:
    say("warm")
    for line in sys.stdin:
        url, first, seed = line.split()
        if child := os.fork():
            say(f"started {child}")
            os.waitpid(child, 0)
            say("gone")
            continue
        try:
            work(url, int(first), int(seed))
        except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
            say("error " + traceback.format_exc().replace("\n", " | "))
        os._exit(1)


if __name__ == "__main__":
    main()
