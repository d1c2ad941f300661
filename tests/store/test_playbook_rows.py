"""Playbooks on record, on both databases: texts as they were written, and who put which in force."""

from __future__ import annotations

from datetime import timedelta

from bot.merchants import put_playbook
from bot.playbook_files import as_toml
from bot.store.playbooks import kept, versions
from models.operations import AuditEntry, PlaybookRevision
from models.orders import ImportPlaybookOrder
from models.playbook import Playbook
from tests.store.stage import START, shop

FIRST, SECOND = Playbook(name="甲"), Playbook(name="乙")


def _import(playbook: Playbook, toml: str = "", base: str = "", actor: str = "console:店主") -> ImportPlaybookOrder:
    return ImportPlaybookOrder(
        merchant="m1",
        at=START + timedelta(days=1),
        revision=playbook.fingerprint,
        body=playbook.to_json(),
        toml=toml,
        base=base,
        actor=actor,
    )


def test_versions_are_listed_with_who_made_them_and_keep_their_comments(database_url: str) -> None:
    with shop(database_url) as stage:
        with stage.store.writing() as writing:
            put_playbook(writing, "m1", FIRST, "# 甲\nname = '甲'\n")
        stage.later(days=1)
        stage.apply(_import(SECOND, "# 乙\nname = '乙'\n"))
        stage.apply(_import(FIRST, "# 甲，又来\nname = '甲'\n", actor="operator"))
        stage.apply(_import(SECOND))
        with stage.store.reading() as connection:
            found = versions(connection, "m1", None, 10)
            then = versions(connection, "m1", found[0].id, 1)
            texts = [kept(connection, "m1", one.fingerprint) for one in (FIRST, SECOND)]
            assert kept(connection, "m1", "nothing") is None
            assert versions(connection, "m2", None, 10) == []
        assert [(one.revision, one.by) for one in found] == [
            (SECOND.fingerprint, "console:店主"),
            (FIRST.fingerprint, "operator"),
            (SECOND.fingerprint, "console:店主"),
            (FIRST.fingerprint, ""),
        ]
        assert [one.by for one in then] == ["operator"]
        assert [one and one.toml for one in texts] == ["# 甲，又来\nname = '甲'\n", as_toml(SECOND)]


def test_a_playbook_made_from_one_that_is_no_longer_in_force_is_refused(database_url: str) -> None:
    with shop(database_url) as stage:
        (outcome,) = stage.apply(_import(SECOND, base="another"))
        assert "没有存" in str(outcome.effects)
        (entry,) = stage.rows(AuditEntry)
        assert (entry.action, entry.result, entry.reason) == ("playbook.import", "refused", "changed")
        stage.apply(_import(SECOND, base="r1"))
        assert [row.revision for row in stage.rows(PlaybookRevision)] == [SECOND.fingerprint]
