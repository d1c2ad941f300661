"""`docs/commands.md`, from the table of commands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from handlers.command_call import Command
from handlers.commands import TABLE, TOPICS
from handlers.roles import ROLE_NAMES

HEAD = """# 群里和私聊里的指令

<!-- Written by `make docs` from handlers/commands.py; a test fails when the two differ. -->

- 斜杠全角半角都行，前面可以 @ 机器人，一行一个指令，一条消息可以有好几行。
- 「客人」可以 @ 对方、写编号，或写唯一的昵称、备注；同名时会问是哪一位，回数字就行。`#老客` 是有这个标签的所有人。
- 有空格的内容放在引号里，中文引号也行；标签之间空格、逗号、顿号都行。
- 标「要码」的先说会怎样，再回一个四位码才做：码只对你本人、在你发指令和问你要码的地方有效，过时作废，输错不作废。
- 标「私聊答」的在群里发也只私聊回你。角色只给了某个群的，只看得到那个群和群里的人。
- 没有权限的人在群里发，没有回应；每一次，包括被拒的，都记在操作记录里。
"""
ROW = "| {usage} | {english} | {roles} | {where} | {help} |"


def reference() -> str:
    """The page as it is committed."""
    return "\n".join([HEAD, *_topics()]).rstrip() + "\n"


def _topics() -> Iterator[str]:
    by_topic = sorted(TABLE, key=lambda one: TOPICS.index(one.topic))
    for topic, commands in groupby(by_topic, key=lambda one: one.topic):
        yield f"## {topic}\n"
        yield "| 指令 | 也可以写 | 谁能用 | 在哪 | 做什么 |"
        yield "|---|---|---|---|---|"
        for command in commands:
            yield ROW.format(
                usage=f"`{_cell(command.usage)}`",
                english=" ".join(f"`/{name}`" for name in (command.name, *command.aliases)),
                roles=_roles(command),
                where=_where(command),
                help=_cell(command.help + ("（要码）" if command.wants_code else "")),
            )
        yield ""


def _roles(command: Command) -> str:
    if set(command.roles) == set(ROLE_NAMES):
        return "有角色的都行"
    return "、".join(ROLE_NAMES[role] for role in command.roles)


def _where(command: Command) -> str:
    if command.groups_only:
        return "群"
    if command.private_only:
        return "私聊"
    return "都行，私聊答" if command.private else "都行"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
