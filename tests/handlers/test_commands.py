"""Slash-commands: who may, how a line is read, what is answered where, and what is audited."""

from __future__ import annotations

import re
from typing import Any

import pytest

from handlers import decide
from handlers.commands import REFUSED, TABLE, is_command
from models import effects as fx
from models.alerts import AlertKind
from models.command_views import CommandView
from models.context import AccountView, AlertView, PersonView, RoleView, Status
from models.deliveries import Cause, Lane
from models.effects import Effect
from tests.handlers.builders import (
    AT,
    ROOM,
    audits,
    context,
    friendship,
    group,
    minutes,
    of,
    person,
    says,
    sends,
    staff,
    texts,
)

STATUS = Status(accounts=(AccountView(id="main", name="小山", state="online"),), sent_today=9, new_friends_today=1)


CHOICES = "可以说 本群、全部，或一个群，或一类消息（回复、关怀、服务、内容、推广），或一个账号（main、second）。"


def in_group(text: str, who: PersonView, **more: Any) -> list[Effect]:
    known: dict[str, Any] = {"person": who, "group": group(1, "茶桌"), "status": STATUS, **more}
    return decide(says(text, group=ROOM), context(**known))


def in_private(text: str, who: PersonView, **more: Any) -> list[Effect]:
    return decide(says(text), context(person=who, status=STATUS, **more))


def test_a_command_is_answered_where_it_was_given_and_audited() -> None:
    audited = fx.Audit(actor="wx1", action="whoami", place=ROOM)
    answer = fx.Send(
        key="command:wx1:e1",
        account="main",
        lane=Lane.REPLY,
        cause=Cause.COMMAND,
        group_id=21,
        text="你是管理员，编号 wx1。",
    )
    assert in_group("/whoami", staff()) == [audited, answer]
    (private,) = sends(in_private("/whoami", staff()))
    assert (private.contact_id, private.group_id) == (11, None)


@pytest.mark.parametrize(
    "text",
    [
        "/status",
        "／状态",
        "/STATUS",
        "/ 状态",
        "状态",
        " 状态 ",
        "@小山 /状态",
        "@小山\u2005状态",
        "@小 山 的号\u2005/状态",
        "@小山/状态",
        "@小山 @老板 /状态",
        "你好\n/状态",
    ],
)
def test_a_command_may_be_written_in_many_ways(text: str) -> None:
    assert audits(in_group(text, staff())) == [("status", "ok", "")]


@pytest.mark.parametrize(
    "text", ["状态不错", "今天状态", "//", "/", "/:strong", "／:)", "1/2", "", "@小山", "恢复\n身体", "/\n状态"]
)
def test_what_only_looks_like_a_command(text: str) -> None:
    assert not is_command(text)
    assert in_group(text, staff()) == []


@pytest.mark.parametrize("word", ["状态", "帮助", "恢复", "暂停", "我是谁"])
def test_a_members_word_is_no_command(word: str) -> None:
    assert in_group(word, person()) == []
    assert of(fx.Audit, in_private(word, person())) == []
    hall_elsewhere = staff("hall", group="room-2@chatroom")
    assert in_group(word, hall_elsewhere) == []


def test_a_name_that_needs_an_argument_is_not_said_bare() -> None:
    assert not is_command("绑定")


def test_each_line_is_a_command_and_there_is_one_answer() -> None:
    effects = in_group("/whoami\n说明一下\n状态\n/停发", staff())
    assert [action for action, _, _ in audits(effects)] == ["whoami", "status", "pause"]
    (answer,) = texts(effects)
    assert answer.count("\n\n") == 2
    assert [action for action, _, _ in audits(in_private("我是谁\n状态", staff()))] == ["whoami", "status"]


@pytest.mark.parametrize(
    "line", ["＠小山 /停发 本群", '/停发 "本群"', "/停发 “本群”", "/停发　「本群」", "/停发 '本群'"]
)
def test_arguments_may_be_quoted_as_people_type(line: str) -> None:
    assert of(fx.PutPause, in_group(line, staff())) == [fx.PutPause(scope="group", subject=ROOM, by="wx1")]


def test_a_command_about_who_waits_is_no_complaint() -> None:
    for who in (staff("helper", group=ROOM), person()):
        assert of(fx.OpenComplaint, in_private("/没人回", who)) == []
    assert of(fx.OpenComplaint, in_private("半天没人回，太差劲了", person()))


def test_a_quote_that_is_not_closed_is_part_of_the_word() -> None:
    assert texts(in_group('/停发 "本群', staff())) == ['不明白「"本群」。' + CHOICES]


def test_an_unknown_command_gets_a_hint_and_is_audited() -> None:
    effects = in_group("/statsu", staff())
    assert texts(effects) == ["没有「statsu」这个指令。是不是想说 /status？发 /帮助 看看能用哪些。"]
    assert audits(effects) == [("statsu", "refused", "unknown_command")]
    assert "是不是想说 /没人回？" in texts(in_group("/没人", staff()))[0]
    assert "是不是想说 /handoff、/handover？" in texts(in_group("/hand", staff()))[0]
    assert "是不是想说 /转人工？" in texts(in_group("/转", staff()))[0]
    assert texts(in_group("/qqqqqq", staff())) == ["没有「qqqqqq」这个指令。发 /帮助 看看能用哪些。"]


@pytest.mark.parametrize(
    ("text", "audited"),
    [
        ("/status", ("status", "not_allowed")),
        ("/help", ("help", "not_allowed")),
        ("/hack", ("hack", "unknown_command")),
    ],
)
def test_strangers_get_nothing_in_a_group_one_line_in_private_and_are_audited(
    text: str, audited: tuple[str, str]
) -> None:
    action, reason = audited
    refused = fx.Audit(actor="wx1", action=action, place=ROOM, result="refused", reason=reason)
    assert in_group(text, person()) == [refused]
    effects = in_private(text, person())
    assert [(send.key, send.text) for send in sends(effects)] == [("refuse:wx1:2026-11-23", REFUSED)]
    assert audits(effects) == [(action, "refused", reason)]


def test_several_lines_of_a_stranger_are_refused_in_one() -> None:
    effects = in_private("/status\n/help\n/hack", person())
    assert texts(effects) == [REFUSED]
    assert len(of(fx.Audit, effects)) == 3


def test_a_nickname_gives_no_authority() -> None:
    assert sends(in_group("/status", person(name="老板"))) == []


def test_a_role_of_one_group_counts_there_and_nowhere_else() -> None:
    hall = staff("hall", group=ROOM)
    assert audits(in_group("/状态", hall)) == [("status", "ok", "")]
    assert audits(in_private("/状态", hall)) == [("status", "refused", "not_allowed")]
    assert texts(in_private("/状态", hall)) == ["/状态 请在你管的群里发。"]
    assert "/状态" in texts(in_group("/帮助", hall))[0]
    assert "/状态" not in texts(in_private("/帮助", hall))[0]
    elsewhere = staff("hall", group="room-2@chatroom")
    assert sends(in_group("/状态", elsewhere)) == []


EVERYBODY = {"help", "whoami"}
READS_THE_CALENDAR = EVERYBODY | {"today", "week", "next", "preview", "lint"}
HELPS = READS_THE_CALENDAR | {
    "status", "settled", "who", "tag", "untag", "note", "remark", "tier", "groups", "top", "active", "script",
    "keep", "claim", "capacity", "digest", "unanswered", "answer", "close", "handoff",
}  # fmt: skip
KEEPS = HELPS | {"mute", "resume", "post", "send_this", "undo", "invite", "welcome"}


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("owner", {command.name for command in TABLE}),
        ("admin", {command.name for command in TABLE}),
        ("branch", KEEPS),
        ("hall", KEEPS),
        ("helper", HELPS),
        ("author", READS_THE_CALENDAR | {"post", "send_this"}),  # what waits for a chief's word
        ("viewer", EVERYBODY),
    ],
)
def test_the_table_says_who_may_what_and_help_shows_no_more(role: str, may: set[str]) -> None:
    assert {command.name for command in TABLE if role in command.roles} == may
    (told,) = texts(in_private("/help", staff(role)))
    shown = set(re.findall(r"/(\w+)", told))
    assert {command.name for command in TABLE if command.chinese in shown} == may
    for command in TABLE:
        (_, result, reason), *_ = audits(in_group(f"/{command.name}", staff(role)))
        assert (result == "refused" and reason == "not_allowed") == (command.name not in may)


def test_staff_that_may_not_is_told_so() -> None:
    assert texts(in_group("/停发", staff("hall"))) == [REFUSED]


def test_a_flood_of_commands_in_one_message_is_refused_as_one() -> None:
    flood = "/停发\n" * 51
    for effects, told in (
        (in_private(flood, staff()), ["一条消息最多 50 个指令，请分开发。"]),
        (in_private(flood, person()), [REFUSED]),
        (in_group(flood, person()), []),
    ):
        assert texts(effects) == told
        assert audits(effects) == [("/", "refused", "too_many_lines")]


def test_status_in_a_few_lines() -> None:
    known = Status(
        accounts=(AccountView(id="main", name="小山", state="online"), AccountView(id="second", state="deaf")),
        paused=(("all", ""), ("group", ROOM), ("lane", "promotion")),
        topics={ROOM: "分院一群"},
        sent_today=120,
        open=8,
        waiting={"quiet_hours": 5, "odd": 1},
        unknown=2,
        new_friends_today=6,
        surveys_open=3,
    )
    assert texts(_status(known)) == [
        "小山：在线\n"
        "second：没动静\n"
        "今天已发 120 条，新朋友 6 位，建档中 3 位\n"
        "待发 8 条（免打扰时间 5、odd 1）\n"
        "有 2 条不确定发没发出去，请到电脑上核对\n"
        "停发中：全部、「分院一群」、推广"
    ]
    assert texts(_status(None)) == ["状态还没读出来，请再发一次。"]


def _status(known: Status | None) -> list[Effect]:
    return decide(says("/状态"), context(person=staff(), status=known))


def test_status_says_what_is_wrong_now_and_counts_what_is_uncertain() -> None:
    known = Status(
        paused=(("account", "main"),),
        unknown=1,
        alerts=(
            AlertView(kind="paused", subject="main", began_at=AT, text="账号「小山」已经自己停发。"),
            AlertView(kind="unknown", subject="greet:wx2", began_at=AT, text="不确定"),
            AlertView(kind="disk_full", began_at=AT + minutes(90), text="磁盘满了。"),
        ),
    )
    assert texts(_status(known))[0].splitlines()[1:] == [
        "有 1 条不确定发没发出去，请到电脑上核对",
        "停发中：账号 main",
        "11-23 09:00 起：账号「小山」已经自己停发。",
        "11-23 10:30 起：磁盘满了。",
    ]


def test_resuming_ends_what_an_account_told_of_itself() -> None:
    known = CommandView(paused=(("account", "main"),))
    effects = decide(says("/恢复"), context(person=staff(), commands=known))
    assert of(fx.EndAlert, effects) == [fx.EndAlert(kinds=(AlertKind.PAUSED,), subject="main")]


ALL = fx.PutPause(scope="all", by="wx1")
HERE = fx.PutPause(scope="group", subject=ROOM, by="wx1")


@pytest.mark.parametrize(
    ("line", "paused"),
    [
        ("/pause", ALL),
        ("/停发 全部", ALL),
        ("暂停", ALL),
        ("/pause all", ALL),
        ("/停发 本群", HERE),
        ("/停发 here", HERE),
    ],
)
def test_pausing_everything_or_this_group(line: str, paused: fx.PutPause) -> None:
    assert of(fx.PutPause, in_group(line, staff())) == [paused]


def test_pausing_says_how_to_go_on() -> None:
    assert texts(in_group("/停发 本群", staff())) == ["好，本群已停发。恢复请发 /恢复 本群。"]
    assert texts(in_group("/停发", staff())) == ["好，全部已停发。恢复请发 /恢复。"]


def test_a_complaint_is_settled_by_its_stable_id() -> None:
    known = Status(complaints=("wx7", "wx8"))
    effects = in_group("/了结 wx8", staff("hall"), status=known)
    assert of(fx.CloseComplaint, effects) == [fx.CloseComplaint(wire_id="wx8")]
    assert texts(effects) == ["好，wx8 的投诉记为了结，推广照常。"]
    effects = in_group("/了结 wx9", staff(), status=known)
    assert of(fx.CloseComplaint, effects) == []
    assert texts(effects) == ["没有「wx9」的投诉。没了结的：wx7、wx8。"]


@pytest.mark.parametrize(
    ("line", "scope", "subject", "told"),
    [
        ("/停发 推广", "lane", "promotion", "好，推广已停发。恢复请发 /恢复 推广。"),
        ("/停发 content", "lane", "content", "好，内容已停发。恢复请发 /恢复 content。"),
        ("/停发 second", "account", "second", "好，账号 second 已停发。恢复请发 /恢复 second。"),
    ],
)
def test_pausing_a_lane_or_an_account(line: str, scope: str, subject: str, told: str) -> None:
    effects = in_group(line, staff())
    assert of(fx.PutPause, effects) == [fx.PutPause(scope=scope, subject=subject, by="wx1")]
    assert texts(effects) == [told]
    assert of(fx.PutPause, in_group(line.replace("停发", "恢复"), staff())) == [
        fx.PutPause(scope=scope, subject=subject, by="wx1", resumed=True)
    ]


def test_resuming_everything_ends_every_pause() -> None:
    known = CommandView(paused=(("all", ""), ("group", ROOM)))
    effects = decide(says("/恢复"), context(person=staff(), commands=known))
    ended = [(one.scope, one.subject, one.resumed) for one in of(fx.PutPause, effects)]
    assert ended == [("all", "", True), ("group", ROOM, True)]
    only = of(fx.PutPause, in_group("/恢复 本群", staff(), commands=known))
    assert [(one.scope, one.subject) for one in only] == [("group", ROOM)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/停发 本群", "「本群」要在群里说。"),
        ("/停发 明天", "不明白「明天」。" + CHOICES),
        ("/停发 全部 2h", "「2h」我不懂，所以什么都没做。请这样发：/停发 [本群|群|全部|推广…|账号]"),
    ],
)
def test_what_cannot_be_meant_is_said_and_audited(line: str, told: str) -> None:
    effects = in_private(line, staff())
    assert texts(effects) == [told]
    assert audits(effects) == [("pause", "refused", "bad_arguments")]


def test_a_mention_behind_the_words_is_no_argument() -> None:
    assert of(fx.PutPause, in_group("/停发 全部 @小满", staff())) == [ALL]


def test_an_admin_of_one_group_stops_no_more_than_that_group() -> None:
    local = staff("admin", group=ROOM)
    assert of(fx.PutPause, in_group("/停发", local)) == [HERE]
    effects = in_group("/停发 全部", local)
    assert of(fx.PutPause, effects) == []
    assert audits(effects) == [("pause", "refused", "bad_arguments")]


def test_a_command_in_the_survey_is_no_answer() -> None:
    known = person(friendships=friendship("accepted"), roles=(RoleView(role="owner"),))
    effects = in_private("/whoami", known)
    assert len(of(fx.Follow, effects)) == 1  # they are a friend now
    assert texts(effects) == ["你是老板，编号 wx1。"]


def test_a_megabyte_is_looked_at_in_its_beginning() -> None:
    assert not is_command("啊" * 1_000_000 + "\n/状态")
    assert is_command("/状态\n" + "啊" * 1_000_000)


def test_who_complained_and_what_is_wrong_is_not_said_where_customers_read_along() -> None:
    broken = AlertView(kind=AlertKind.DEAF, subject="main", text="账号「小山」没动静。", began_at=AT)
    known = Status(complaints=("wx7", "wx8"), alerts=(broken,))
    (shown,) = texts(in_group("/状态", staff(), status=known))
    assert shown.endswith("没了结的投诉 2 个，是谁请私聊我发 /状态")
    (private,) = texts(decide(says("/状态"), context(person=staff(), status=known)))
    assert "：wx7、wx8" in private
    assert "没动静" in private
    (refused,) = sends(in_group("/了结 wx1", staff(), status=known))
    assert (refused.contact_id, refused.group_id) == (11, None)
