"""Who was met lately is remembered by the writer, and rows stay the truth."""

from __future__ import annotations

from msgspec.structs import replace

from bot.store.accounts import load_accounts
from models import effects as fx
from models.context import Context
from models.effects import Effect
from models.events import Event, Message, Who
from models.groups import ChatGroup
from models.journal import JournalEntry
from models.people import Contact
from tests.store.stage import nothing, said, shop


def breaks(event: Event, _context: Context) -> list[Effect]:
    """A member of a group that does not exist breaks a foreign key, and with it the transaction."""
    wrong = isinstance(event, Message) and event.text == "毒"
    return [fx.PutMembers(group_id=404, joined=(Who("wx1"),))] if wrong else []


def test_nobody_is_remembered_from_a_transaction_that_failed(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(said("wx1", wire_id="a"), said("wx2", "毒", wire_id="b"), said("wx3", wire_id="c"), decide=breaks)
        stage.apply(*(said(f"wx{number}", wire_id=f"again{number}") for number in (1, 2, 3)), decide=nothing)
        contacts = {contact.id: contact.wire_id for contact in stage.rows(Contact)}
        assert sorted(contacts.values()) == ["wx1", "wx2", "wx3"]
        assert [contacts[entry.contact_id] for entry in stage.rows(JournalEntry)] == ["wx1", "wx2", "wx3"] * 2


def test_a_new_name_is_written_once(database_url: str) -> None:
    with shop(database_url) as stage:
        for number, name in enumerate(("天天妈", "天天妈", "天天妈妈", "", "天天妈妈", "天天妈")):
            stage.apply(replace(said("wx1", wire_id=f"m{number}"), contact=Who("wx1", name)), decide=nothing)
            (contact,) = stage.rows(Contact)
            assert contact.name == (name or "天天妈妈")


def test_people_who_swap_ids_are_looked_up_again(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(said("old", wire_id="a"), said("new", wire_id="b"), decide=nothing)
        ids = {contact.wire_id: contact.id for contact in stage.rows(Contact)}
        person, stranger = ids["old"], ids["new"]

        def rebinds(event: Event, _context: Context) -> list[Effect]:
            return [fx.Rebind(contact_id=person, stranger_id=stranger, wire_id="new", former_wire_id="old")]

        stage.apply(said("new", wire_id="c"), decide=rebinds)
        stage.apply(said("new", wire_id="d"), decide=nothing)
        assert [entry.contact_id for entry in stage.rows(JournalEntry)][-1] == person


def test_groups_that_swap_ids_are_looked_up_again(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(said("wx1", wire_id="a", group="old@chatroom"), said("wx1", wire_id="b", group="new@chatroom"))
        ids = {group.wire_id: group.id for group in stage.rows(ChatGroup)}
        first = ids["old@chatroom"]
        stage.bring_about(fx.RebindGroup(group_id=first, wire_id="new@chatroom", former_wire_id="old@chatroom"))
        stage.apply(said("wx1", wire_id="c", group="new@chatroom"), said("wx1", wire_id="d", group="old@chatroom"))
        heard = {entry.wire_id: entry.group_id for entry in stage.rows(JournalEntry)}
        assert (heard["a"], heard["b"]) == (heard["c"], heard["d"]) == (ids["old@chatroom"], ids["new@chatroom"])


def test_what_changes_an_account_is_known_to_the_next_decision_of_the_same_batch(database_url: str) -> None:
    with shop(database_url) as stage:
        seen: list[int] = []

        def counts(_event: Event, context: Context) -> list[Effect]:
            seen.append(context.account.failures)
            return [fx.CountFailures(account="main", failures=context.account.failures + 1)]

        stage.apply(said("wx1", "退订", wire_id="a"), decide=counts)
        # one conversation, so that each is decided after the one before was written
        stage.apply(said("wx1", "退订", wire_id="b"), said("wx1", "退订", wire_id="c"), decide=counts)
        assert seen == [0, 1, 2]


def test_what_is_known_of_accounts_is_forgotten_with_a_transaction_that_failed(database_url: str) -> None:
    with shop(database_url) as stage:

        def fails(event: Event, context: Context) -> list[Effect]:
            change = fx.CountFailures(account="main", failures=context.account.failures + 1)
            return [change, *breaks(event, context)]

        stage.apply(said("wx1", "毒", wire_id="a"), decide=fails)
        with stage.store.writing() as writing:
            assert load_accounts(writing, stage.merchants["m1"])["main"].failures == 0
