"""`who`, `audit`, `role grant`, `role revoke`, `role list`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from bot import reading
from bot.cli.options import CONFIG, ROLES_HELP, AccountOption, ConfigOption, DatabaseOption, JsonOption, day_of_our_time
from bot.cli.tables import table
from bot.desk import Answer, Desk, Refused, Request, lines, only_reads
from bot.store.called import ids_called
from handlers.action_names import ACTION_NAMES, ACTOR_NAMES, REFUSAL_NAMES
from handlers.asked_and_said import answer_of, question_of
from handlers.commands import BY_NAME
from handlers.roles import ROLE_NAMES
from models.life_cycle import STAGE_TITLES
from models.operations import Role
from models.orders import GrantRoleOrder
from models.playbook import Playbook

roles = typer.Typer(help="角色：谁可以做什么。", no_args_is_help=True)

Contact = Annotated[str, typer.Argument(help="客户编号。")]
RoleName = Annotated[str, typer.Argument(help=ROLES_HELP)]
GroupOption = Annotated[str, typer.Option("--group", help="只在这个群，写群编号。")]


def who(
    contact: Annotated[str, typer.Argument(help="编号，或不重名的名字。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """一个人的全部资料，按编号或昵称查。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            found = reading.who(connection, desk.merchant, contact, desk.now())
            called = ids_called(connection, desk.merchant, contact) if found is None else []
            if len(called) == 1:
                found = reading.who(connection, desk.merchant, called[0], desk.now())
        if found is None:
            if called:
                raise Refused(f"叫「{contact}」的有 {len(called)} 位，用编号查：{'、'.join(called[:_NAMESAKES])}")
            raise Refused(f"没有这个人：{contact}")
        if as_json:
            return Answer(lines([found]))
        return Answer(
            table([{"": name, " ": value} for name, value in _told(found, desk.merchant.playbook).items()], empty="")
        )

    return request


def _told(found: dict[str, Any], playbook: Playbook) -> dict[str, Any]:
    """What is known of a person, in a shop's words; what nobody said is left out."""
    answers = {
        f"· {_asked(playbook, key)}": answer_of(playbook, key, answer["value"])
        if answer["state"] == "answered"
        else _ANSWER_STATES[answer["state"]]
        for key, answer in found["answers"].items()
    }
    survey = found["survey"]
    told = {
        "编号": found["contact"],
        "还有": [one for one in found["contacts"] if one != found["contact"]],
        "昵称": found["name"],
        "备注": found["remark"],
        "标签": found["tags"],
        "建档": _SURVEY_STATES[survey["state"]]
        + (f"，正在问：{_asked(playbook, survey['question'])}" if survey["question"] else ""),
        **answers,
        "所在群": found["groups"],
        "归属": found["owner"],
        "券": found["coupon"],
        "阶段": STAGE_TITLES.get(found["stage"]),
        "在排队": found["waiting_for"],
        "记一笔": found["note"],
        "退订": "已退订" if found["opted_out"] else "",
        "同意": _CONSENTS.get(found["consent"]),
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def _asked(playbook: Playbook, key: str) -> str:
    """What a question asks, without the choices that are offered behind it."""
    return re.split("(?<=[？?])", question_of(playbook, key), maxsplit=1)[0]


_NAMESAKES = 10
_ANSWER_STATES = {"declined": "不想说", "later": "回头再说"}
_CONSENTS = {"given": "同意", "refused": "不同意"}
_SURVEY_STATES = {"none": "没开始", "open": "进行中", "resting": "搁着", "finished": "完成", "stopped": "停了"}


def audit(
    since: Annotated[str, typer.Option("--since", help="从什么时候起，如 2026-11-25T09:00；没写时区就按商家的。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """谁做了什么，或者想做什么没做成。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        moment = parse_moment(since, desk) if since else None
        with desk.store.reading() as connection:
            rows = reading.audit(connection, desk.merchant, moment)
        if as_json:
            return Answer(lines(rows))
        return Answer(table([row | _in_words(row) for row in rows], empty="还没有记录。"))

    return request


def _in_words(row: reading.Row) -> dict[str, Any]:
    """Who did what, and what came of it, as the staff reads it in the chat."""
    action, refused = row["action"], row["result"] != "ok"
    return {
        "actor": ACTOR_NAMES.get(row["actor"], row["actor"]),
        "action": BY_NAME[action].chinese if action in BY_NAME else ACTION_NAMES.get(action, action),
        "result": "没成" if refused else "成了",
        "reason": REFUSAL_NAMES.get(row["reason"], row["reason"]) if refused else row["reason"],
    }


def parse_moment(text: str, desk: Desk) -> datetime:
    """A time as written on a command line, in UTC. Raises `Refused`."""
    try:
        moment = datetime.fromisoformat(text)
        day_of_our_time(moment)
        return (moment if moment.tzinfo else moment.replace(tzinfo=desk.merchant.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(f"看不懂时间「{text}」，要写成 2026-11-25 或 2026-11-25T09:00") from None


@roles.command()
def grant(
    contact: Contact,
    role: RoleName,
    account: AccountOption = "",
    group: GroupOption = "",
    until: Annotated[str, typer.Option("--until", help="到什么时候为止，如 2026-11-25T09:00；不写就一直有效。")] = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """给一个角色。"""
    return _change(contact, role, account, group, as_json=as_json, revoke=False, until=until)


@roles.command()
def revoke(
    contact: Contact,
    role: RoleName,
    account: AccountOption = "",
    group: GroupOption = "",
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """收回一个角色。"""
    return _change(contact, role, account, group, as_json=as_json, revoke=True)


@roles.command("list")
def list_roles(
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """谁有什么角色。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        with desk.store.reading() as connection:
            rows = reading.roles(connection, desk.merchant)
        if as_json:
            return Answer(lines(rows))
        shown = [{"谁": row["contact"], **row, "contact": None, "role": ROLE_NAMES[Role(row["role"])]} for row in rows]
        return Answer(table(shown, empty="还没有人有角色。"))

    return request


def _change(
    contact: str, role: str, account: str, group: str, *, as_json: bool, revoke: bool, until: str = ""
) -> Request:
    async def request(desk: Desk) -> Answer:
        order = GrantRoleOrder(
            merchant=desk.merchant_of(account).id,
            account=account,
            at=desk.now(),
            contact=contact,
            role=role,
            group=group,
            revoke=revoke,
            until=parse_moment(until, desk) if until else None,
        )
        told = await desk.order(order)
        return Answer(lines([{"contact": contact, "role": role, "revoked": revoke}]) if as_json else f"{told}\n")

    return request
