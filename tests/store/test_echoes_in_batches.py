"""Answers of the platform, echoes, and what humans type: a batch of them ends as they do one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.outbox import claim
from models.events import Event, SelfMessage, SendAnswered
from models.people import Friendship
from tests.store.stage import Shop, merchant, reply, shop

ACCOUNTS = ("a", "b", "c")
HAPPENS = [(account, what) for account in ACCOUNTS for what in ("answer", "nameless answer", "echo", "other", "human")]


def played(stage: Shop, number: int, happens: Sequence[tuple[str, str]], *, together: bool) -> list[Any]:
    """A reply of each account is under way, and so much is heard of it. Returns each one's history, and who is held."""
    stage.later(minutes=1)
    keys = {account: f"r{number}-{account}" for account in ACCOUNTS}
    who = {account: f"wx{number}-{account}" for account in ACCOUNTS}
    ids = {account: stage.befriend(who[account], account=account)[who[account]] for account in ACCOUNTS}
    for account in ACCOUNTS:
        stage.bring_about(reply(keys[account], ids[account], account=account))
    claims = {one.account: one for one in claim(stage.store, stage.merchants, [("m1", one) for one in ACCOUNTS]).claims}
    assert claims.keys() == set(ACCOUNTS)

    def event(account: str, what: str) -> Event:
        here: dict[str, Any] = {"merchant": "m1", "account": account, "at": stage.at}
        sent = f"sent-{keys[account]}"
        match what:
            case "answer" | "nameless answer":
                one = claims[account]
                message = sent if what == "answer" else ""
                of_it: dict[str, Any] = {"delivery": one.delivery_id, "key": one.outgoing.key, "answer": "sent"}
                return SendAnswered(**here, **of_it, message=message)
            case "echo":
                return SelfMessage(**here, wire_id=sent, to_contact=who[account], text=claims[account].outgoing.text)
            case "other":
                text = claims[account].outgoing.text
                return SelfMessage(**here, wire_id=f"other-{sent}", to_contact=who[account], text=text)
            case _:
                return SelfMessage(**here, wire_id=f"human-{sent}", to_contact=who[account], text="我来跟您说")

    events = [event(account, what) for account, what in happens]
    for batch in [events] if together else [[one] for one in events]:
        assert not any(outcome.error for outcome in stage.apply(*batch))
    # Of two echoes of one text the second is a human's where nothing says otherwise, and a batch may know more.
    sure = {account for account in ACCOUNTS if not {(account, "echo"), (account, "other")} <= set(happens)}
    held = {row.contact_id for row in stage.rows(Friendship) if row.human_until}
    return [[account, account in sure and ids[account] in held, *stage.history(keys[account])] for account in ACCOUNTS]


def test_a_batch_of_answers_and_echoes_ends_as_they_do_one_by_one(sqlite_url: str) -> None:
    shops = merchant(accounts=("main", *ACCOUNTS), human_hold_minutes=30)
    with shop(sqlite_url, shops) as stage:
        number = 0

        @settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
        @given(st.lists(st.sampled_from(HAPPENS), unique=True))
        def whatever_happens(happens: list[tuple[str, str]]) -> None:
            nonlocal number
            found = []
            for together in (True, False):
                number += 1
                found.append(played(stage, number, happens, together=together))
            assert found[0] == found[1]

        whatever_happens()
