"""What slash-commands look at and bring about, on both databases: every command of the table is given once."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from handlers import decide
from handlers.commands import TABLE
from models import effects as fx
from models.commands import PendingCommand, Script
from models.context import Context
from models.deliveries import Delivery
from models.effects import Effect
from models.events import Event, Message, Who
from models.operations import AuditEntry, Pause, RoleGrant
from models.people import Contact, Person
from tests.store.stage import Shop, merchant, said, shop

BOSS = (("main", "wx-boss", "owner"),)
ARGUMENTS = {
    "who": "wx1", "tag": "wx1 会员", "untag": "wx1 会员", "note": "wx1 爱喝岩茶", "remark": "wx1 老茶友",
    "tier": "wx1", "invite": "wx1 茶桌", "role": "wx1", "grant": "wx1 堂主 2小时", "revoke": "wx1 堂主",
    "bind": "茶桌", "preview": "a", "approve": "a", "reject": "a", "skip": "a", "post": "茶桌 开门啦",
    "script": "怎么泡", "keep": "怎么泡 沸水快出汤", "drop_script": "怎么泡", "settled": "wx1",
    "welcome": "wx1", "answer": "1 在的", "close": "1", "handoff": "wx2",
    "owner": "wx1", "claim": "wx1", "handover": "wx1 wx-boss", "move": "wx1 茶桌",
}  # fmt: skip

# No entry, no complaint, nobody who waits, nothing quoted or to take back; what is dangerous wants a code.
WITHOUT_EFFECT_HERE = {
    "settled", "preview", "approve", "reject", "skip", "send_this", "undo", "forget", "post", "unbind", "script",
    "answer", "close", "welcome", "handover",
}  # fmt: skip


def told(stage: Shop, text: str, group: str = "", who: str = "wx-boss") -> str:
    """What the asker is told; empty if nothing."""
    before = {row.id for row in stage.rows(Delivery)}
    stage.later(seconds=1)
    message = Message(
        merchant="m1", account="main", at=stage.at, contact=Who(who), group=group, text=text, wire_id=stage.fresh()
    )
    (outcome,) = stage.apply(message)
    assert not outcome.error
    new = [row for row in stage.rows(Delivery) if row.id not in before and row.key.startswith("command:")]
    return "\n".join(row.text for row in new)


def stage_with_a_boss(stage: Shop) -> None:
    known = msgspec.structs.replace(stage.merchants["m1"], admins=BOSS)
    stage.merchants = {"m1": known}
    stage.befriend("wx-boss", "wx1", "wx2")


def test_every_command_of_the_table_is_carried_out(database_url: str) -> None:
    with shop(database_url, merchant(tiers=[{"name": "茶桌"}])) as stage:
        stage_with_a_boss(stage)
        told(stage, "/bind 茶桌", group="room-1@chatroom")
        for command in TABLE:
            group = "room-1@chatroom" if command.groups_only else ""
            text = f"/{command.name} {ARGUMENTS.get(command.name, '')}"
            assert told(stage, text, group), command.name
        audited = [row.action for row in stage.rows(AuditEntry) if row.result == "ok"]
        refused = {command.name for command in TABLE} - set(audited)
        assert refused - WITHOUT_EFFECT_HERE == set()


def test_notes_add_up_and_scripts_are_replaced_by_name(database_url: str) -> None:
    with shop(database_url) as stage:
        stage_with_a_boss(stage)
        told(stage, '/note wx1 "爱喝岩茶"\n/存话术 泡法 沸水')
        told(stage, '/记一笔 wx1 "怕苦"\n/存话术 泡法 沸水快出汤')
        person = {row.wire_id: row.person_id for row in stage.rows(Contact)}["wx1"]
        assert [row.note for row in stage.rows(Person) if row.id == person] == ["爱喝岩茶\n怕苦"]
        assert [(row.name, row.text, row.author) for row in stage.rows(Script)] == [("泡法", "沸水快出汤", "wx-boss")]


def test_a_code_is_good_once_and_its_row_goes_an_hour_after_it_is_over(database_url: str) -> None:
    with shop(database_url) as stage:
        stage_with_a_boss(stage)
        told(stage, "/tag wx1 老客\n/tag wx2 老客")
        told(stage, "/tag #老客 回馈")
        (pending,) = stage.rows(PendingCommand)
        assert (pending.actor, pending.place, pending.lines) == ("wx-boss", "1:1:main", ["/tag #老客 回馈"])
        assert pending.expires_at - pending.at == timedelta(seconds=120)
        assert told(stage, pending.code) == "好，2 位客人 加了标签：回馈。"
        assert stage.rows(PendingCommand) == []
        told(stage, "/tag #老客 一")
        stage.later(hours=2)
        told(stage, "/tag #老客 二")
        assert [row.lines for row in stage.rows(PendingCommand)] == [["/tag #老客 二"]]


def test_a_role_ends_with_its_time(database_url: str) -> None:
    with shop(database_url) as stage:
        stage_with_a_boss(stage)
        assert "到 2026-11-23" in told(stage, "/grant wx1 管理员 30分钟")
        (granted,) = stage.rows(RoleGrant)
        assert granted.until is not None
        assert told(stage, "/我是谁", who="wx1") == "你是管理员，编号 wx1。"
        stage.later(minutes=31)
        assert told(stage, "/我是谁", who="wx1") == ""


def test_fewer_is_a_mark_on_the_person(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.befriend("wx1")
        (person,) = {row.person_id for row in stage.rows(Contact) if row.wire_id == "wx1"}
        stage.bring_about(fx.PutFewer(person_id=person, fewer=True))
        assert [row.fewer for row in stage.rows(Person) if row.id == person] == [True]


def test_what_waits_and_names_somebody_goes_with_them(database_url: str) -> None:
    with shop(database_url) as stage:
        stage_with_a_boss(stage)
        told(stage, "/forget wx1\n/forget wx2")
        told(stage, "/tag #老客 回馈\n/forget wx2")
        (person,) = {row.person_id for row in stage.rows(Contact) if row.wire_id == "wx1"}
        stage.bring_about(fx.Erase(person_id=person))
        assert all("wx1" not in line for row in stage.rows(PendingCommand) for line in row.lines)
        assert len(stage.rows(PendingCommand)) == 1


def test_a_pause_looks_at_the_groups_that_it_names_and_at_no_other(database_url: str) -> None:
    """停发 by anybody of the staff read all groups of the shop once, of which there may be a hundred thousand."""
    looked_at: list[list[str]] = []

    def looks(event: Event, context: Context) -> list[Effect]:
        looked_at.append([group.wire_id for group in context.commands.groups])
        return list(decide(event, context))

    with shop(database_url, merchant(tiers=[{"name": "茶桌"}])) as stage:
        stage_with_a_boss(stage)
        for number in range(3):
            told(stage, "/bind 茶桌", group=f"room-{number}@chatroom")
        for text in (
            "/停发",
            "/恢复",
            "/停发 room-1@chatroom",
            "/停发 没有这个群",
            "/停发 推广\n/恢复 room-2@chatroom",
        ):
            stage.later(seconds=1)
            stage.apply(said("wx-boss", text, stage.fresh(), stage.at), decide=looks)
        assert looked_at == [[], [], ["room-1@chatroom"], [], ["room-2@chatroom"]]
        assert [(row.scope, row.subject) for row in stage.rows(Pause)] == [
            ("group", "room-1@chatroom"),
            ("lane", "promotion"),
        ]
