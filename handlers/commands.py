"""Slash-commands: the whole table of what there is, who may, where, and with what.

Help, hints, permission, audit and `docs/commands.md` all come from `TABLE`; `handlers.obeying` carries it out.
Authority goes by stable id: roles are in the context, and a nickname proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from handlers import command_answers as answers
from handlers import command_days as days
from handlers import command_figures as figures
from handlers import command_open as waiting
from handlers import command_owning as owning
from handlers import command_people as people
from handlers import command_posts as posts
from handlers import command_rooms as rooms
from handlers.command_call import CHIEFS, EVERYBODY, KEEPERS, STAFF, Argument, Call, Command, Takes
from handlers.command_lines import LONGEST, SLASH, Word, lines_of, name_in, number_in, words_of
from handlers.roles import roles_of
from models.effects import Effect
from models.operations import Role

REFUSED = "这个指令只有管理员能用。"
MOST_USED = 8
# Until it is known what a role uses most.
_USUAL = ("today", "unanswered", "post", "who", "tag", "note", "digest", "claim", "status", "pause")
_REST = "其余的按类看：发 /帮助 加类名（{topics}）。"

PERSON = Argument("客人", Takes.PERSON)
PEOPLE = Argument("客人|#标签", Takes.PEOPLE)
MEANT = Argument("客人", Takes.MEANT)
PAGE = Argument("页", optional=True)
SCOPE = Argument("本群|群|全部|推广…|账号", optional=True)
KEY = Argument("排期编号")


def _help(call: Call) -> tuple[str, list[Effect]]:
    return help_text(call), []


TABLE: tuple[Command, ...] = (
    Command(
        "help", "帮助", EVERYBODY, "看看能用哪些指令", _help, (Argument("类", optional=True),), ("菜单",),
        bare=True, limited=True, reads=frozenset({"used"}),
    ),
    Command(
        "whoami", "我是谁", EVERYBODY, "我在这里是什么角色", answers.whoami, bare=True, limited=True,
        reads=frozenset({"own_groups"}),
    ),
    Command(
        "status", "状态", STAFF, "今天发了多少、还等着多少、账号好不好", answers.status,
        bare=True, reads=frozenset({"status"}),
    ),
    Command(
        "pause", "停发", CHIEFS, "停止发送", answers.pause, (SCOPE,), ("暂停",), bare=True,
        reads=frozenset({"named_groups", "accounts", "paused"}),
    ),
    Command(
        "resume", "恢复", KEEPERS, "恢复发送", answers.resume, (SCOPE,), bare=True,
        reads=frozenset({"named_groups", "accounts", "paused"}),
    ),
    Command("quiet", "免打扰", CHIEFS, "看免打扰时间，或安静一阵", rooms.quiet, (Argument("多久", optional=True),)),
    Command(
        "mute", "本群静音", KEEPERS, "我在本群先不说话", rooms.mute, (Argument("多久", optional=True),), ("静音",),
        groups_only=True,
    ),
    Command(
        "settled", "了结", STAFF, "某位客人的投诉已了结", answers.settle_complaint, (Argument("编号"),),
        private=True, reads=frozenset({"status"}),
    ),
    Command(
        "today", "今天", (*STAFF, Role.AUTHOR), "谁在等我、要招呼谁、今天发什么", days.today, topic="排期", bare=True,
        limited=True, private=True, reads=frozenset({"entries", "greet", "open", "groups", "status"}),
    ),
    Command(
        "digest", "早报", STAFF, "昨天群里怎么样、今天发什么、缺什么", waiting.digest, (Argument("群", optional=True),),
        ("日报",), topic="排期", bare=True, limited=True, private=True, reads=frozenset({"digest", "groups"}),
    ),
    Command(
        "week", "本周", (*STAFF, Role.AUTHOR), "七天内要发的", days.week, topic="排期", bare=True, limited=True,
        aliases=("这周",), reads=frozenset({"entries", "groups"}),
    ),
    Command(
        "next", "下一条", (*STAFF, Role.AUTHOR), "接下来发什么", days.following, topic="排期", limited=True,
        reads=frozenset({"entries", "groups"}),
    ),
    Command(
        "lint", "发前检查", (*STAFF, Role.AUTHOR), "往后两周的排期缺什么、哪里不对", days.check, topic="排期",
        limited=True, private=True, reads=frozenset({"faults", "groups"}),
    ),
    Command(
        "preview", "预览", (*STAFF, Role.AUTHOR), "某条排期发给谁、过不过检查", days.preview, (KEY,), topic="排期",
        limited=True, reads=frozenset({"entries", "groups"}),
    ),
    Command(
        "approve", "通过", CHIEFS, "等通过的可以发了", days.approve, (KEY,), topic="排期", reads=frozenset({"entries"}),
    ),
    Command("reject", "退回", CHIEFS, "等通过的不发", days.reject, (KEY,), topic="排期", reads=frozenset({"entries"})),
    Command(
        "skip", "跳过", CHIEFS, "下一次不发，之后照常", days.skip, (KEY,), topic="排期", reads=frozenset({"entries"}),
    ),
    Command(
        "post", "发布", (*KEEPERS, Role.AUTHOR), "发到一个层级的各群，或一个群", posts.post,
        (Argument("层级|群"), Argument("内容", Takes.TEXT)), ("群发",), topic="发布", limited=True,
        warn=posts.will_post, reads=frozenset({"groups", "paused"}),
    ),
    Command(
        "send_this", "发这个", (*KEEPERS, Role.AUTHOR), "引用一条消息或图片，发到这里", posts.post_this,
        (Argument("层级|群", optional=True),), topic="发布", limited=True, bare=True, warn=posts.will_post_this,
        reads=frozenset({"groups", "paused", "quoted"}),
    ),
    Command(
        "undo", "撤销", KEEPERS, "刚才的群发撤下来", posts.undo, aliases=("撤回",), topic="发布", limited=True,
        bare=True,
        reads=frozenset({"posts"}),
    ),
    Command(
        "who", "查", STAFF, "这位客人的资料", people.who, (PERSON,), ("谁",), topic="客人", private=True, limited=True,
    ),
    Command(
        "tag", "加标签", STAFF, "给客人加标签", people.tag, (PEOPLE, Argument("标签…", Takes.WORDS)), ("标签",),
        topic="客人", private=True, limited=True, warn=people.will_tag,
    ),
    Command(
        "untag", "去标签", STAFF, "去掉客人的标签", people.untag, (PEOPLE, Argument("标签…", Takes.WORDS)),
        topic="客人", private=True, limited=True, warn=people.will_untag,
    ),
    Command(
        "note", "记一笔", STAFF, "给这位客人记一笔", people.note, (PERSON, Argument("内容", Takes.TEXT)),
        topic="客人", private=True, limited=True, aside=True,
    ),
    Command(
        "remark", "备注", STAFF, "改这位客人的备注", people.remark, (PERSON, Argument("备注", Takes.TEXT)),
        topic="客人", private=True, limited=True, aside=True,
    ),
    Command(
        "tier", "层级", STAFF, "这位客人在哪个层级", people.tier, (PERSON,), topic="客人", private=True, limited=True,
    ),
    Command(
        "invite", "邀请", KEEPERS, "请这位客人进本群，或进某个层级", people.invite,
        (PERSON, Argument("层级", optional=True)), topic="客人", private=True, limited=True,
    ),
    Command(
        "forget", "忘记", CHIEFS, "删掉这位客人的全部资料", people.forget, (PERSON,), topic="客人", private_only=True,
        warn=people.will_forget,
    ),
    Command(
        "optouts", "退订名单", CHIEFS, "谁退订了", figures.optouts, (PAGE,), topic="客人", private=True, bare=True,
        reads=frozenset({"opted_out"}),
    ),
    Command(
        "export", "导出", CHIEFS, "客人名单，只私聊发给你", figures.export, topic="客人", private=True,
        reads=frozenset({"customers"}),
    ),
    Command(
        "unanswered", "没人回", STAFF, "还有谁的话没人回，回数字就由你答", waiting.unanswered,
        aliases=("没人答的", "没人答"), topic="客人", bare=True, limited=True, private=True, reads=frozenset({"open"}),
    ),
    Command(
        "answer", "回答", STAFF, "答第几条；不写内容，下一条就当答案发过去", waiting.answer,
        (Argument("编号"), Argument("内容", Takes.TEXT, optional=True)), topic="客人", limited=True, private=True,
        reads=frozenset({"open"}), aside=True,
    ),
    Command(
        "close", "关闭", STAFF, "这条不用再回了：写编号，或引用那条问题", waiting.close,
        (Argument("编号|客人", optional=True),), ("已解决",), topic="客人", bare=True, limited=True, private=True,
        reads=frozenset({"open"}),
    ),
    Command(
        "handoff", "转人工", STAFF, "请跟这位客人的同事去回 TA", owning.handoff, (PERSON,), topic="客人",
        limited=True,
    ),
    Command(
        "owner", "归属", CHIEFS, "谁在跟这位客人；写上第二个人就归他跟", owning.owner,
        (MEANT, Argument("谁", Takes.MEANT, optional=True)), topic="客人", private=True,
    ),
    Command(
        "claim", "我来跟", STAFF, "这位客人归我跟；也可以写 /没人回 里的编号", owning.claim, (MEANT,),
        topic="客人", limited=True, reads=frozenset({"open"}),
    ),
    Command(
        "handover", "客户交接", CHIEFS, "一位客人、一个群或谁的全部客户换人跟", owning.handover,
        (Argument("谁的", Takes.MEANT), Argument("谁来跟", Takes.MEANT)), ("交接",), topic="客人", order_asks=True,
        private=True, reads=frozenset({"groups"}),
    ),
    Command(
        "move", "调群", CHIEFS, "把客人归到一个层级或一个群", owning.move, (MEANT, Argument("层级")),
        topic="客人", private=True, reads=frozenset({"groups"}),
    ),
    Command(
        "capacity", "名额", STAFF, "每个层级还有多少位子", owning.capacity, aliases=("容量",), topic="群", limited=True,
        reads=frozenset({"groups"}),
    ),
    Command(
        "bind", "绑定", CHIEFS, "把本群绑定到一个层级", answers.bind, (Argument("层级"),), topic="群", groups_only=True,
    ),
    Command(
        "unbind", "解绑", CHIEFS, "群不再归哪个层级", rooms.unbind, (Argument("群", optional=True),), topic="群",
        reads=frozenset({"groups"}),
    ),
    Command(
        "welcome", "欢迎", KEEPERS, "看本群的欢迎语；写上客人就欢迎 TA", rooms.welcome,
        (Argument("客人", Takes.PERSON, optional=True),), topic="群", groups_only=True,
    ),
    Command(
        "groups", "群", STAFF, "我管的群", figures.groups, (PAGE,), topic="群", private=True, limited=True,
        reads=frozenset({"groups"}),
    ),
    Command(
        "top", "话多", STAFF, "近 7 天谁说话最多", figures.top, topic="数据", private=True, limited=True,
        reads=frozenset({"talkers"}),
    ),
    Command(
        "active", "活跃", STAFF, "近 7 天各群多热闹", figures.active, (PAGE,), topic="数据", limited=True,
        reads=frozenset({"lively"}),
    ),
    Command(
        "source", "来源", CHIEFS, "新朋友从哪来", figures.source, (PAGE,), topic="数据", reads=frozenset({"sources"}),
    ),
    Command(
        "script", "话术", STAFF, "看话术", figures.script, (Argument("名字|页", optional=True),), topic="话术",
        limited=True,
        reads=frozenset({"scripts"}),
    ),
    Command(
        "keep", "存话术", STAFF, "引用一条好回答存起来", figures.keep_script,
        (Argument("名字"), Argument("内容", Takes.TEXT, optional=True)), topic="话术", limited=True,
        reads=frozenset({"quoted"}),
    ),
    Command(
        "drop_script", "删话术", CHIEFS, "删一条话术", figures.drop_script, (Argument("名字"),), topic="话术",
        reads=frozenset({"scripts"}),
    ),
    Command(
        "audit", "操作记录", CHIEFS, "谁做过什么", figures.audit, (PAGE,), ("审计",), topic="管理", private=True,
        reads=frozenset({"audit"}),
    ),
    Command(
        "role", "角色", CHIEFS, "这位有什么角色", rooms.role, (PERSON,), topic="管理", private=True,
        reads=frozenset({"groups"}),
    ),
    Command(
        "grant", "授权", CHIEFS, "给一个角色，可限群、限时", rooms.grant,
        (PERSON, Argument("角色"), Argument("群|多久", Takes.WORDS, optional=True)), topic="管理",
        reads=frozenset({"groups"}),
    ),
    Command(
        "revoke", "收权", CHIEFS, "收回一个角色", rooms.revoke,
        (PERSON, Argument("角色"), Argument("群", Takes.WORDS, optional=True)), topic="管理",
        reads=frozenset({"groups"}),
    ),
)  # fmt: skip
BY_NAME = {name_in(name): command for command in TABLE for name in command.names}
# Chinese names that staff may also say without a slash.
BARE = frozenset(name for command in TABLE if command.bare for name in (command.chinese, *command.aliases))
_BARE = tuple(sorted(BARE))
# Those that nobody says by chance may have their arguments behind them, too.
_WITH_ARGUMENTS = ("存话术", "退订名单", "停发", "帮助", "早报", "日报")
_MAY_BE_ONE = re.compile("|".join(("[/／]", *_WITH_ARGUMENTS)))


def is_command(text: str, *, by_staff: bool = True) -> bool:
    """Whether a message is for us to obey or refuse: a line begins with a slash, half-width or full-width, after
    mentions; or, from staff, it is nothing but Chinese names of commands."""
    if text[:1] in "/／" and text[1:2].isalnum():  # as most commands: nothing needs to be taken apart
        return True
    text = text[:LONGEST]
    # Nearly nothing that is said has a slash in it or ends with such a name.
    if not _MAY_BE_ONE.search(text) and not text.rstrip().endswith(_BARE):
        return False
    lines = lines_of(text)
    if any(SLASH.match(line) for line in lines):
        return True
    return by_staff and bool(lines) and (begins_bare(lines[0]) or all(line in BARE for line in lines))


def begins_bare(line: str) -> bool:
    """Whether a line is a command without its slash, with its arguments."""
    words = line.split(maxsplit=1)
    return len(words) > 1 and words[0] in _WITH_ARGUMENTS


def may_answer(text: str) -> bool:
    """Whether a message may be a code, or the number of an answer to what an admin was asked."""
    if text[:1] in "/／":  # as every command
        return False
    return len(text) < _LONGEST_NUMBER and text.rstrip()[-1:].isdecimal() and bool(number_in(text))


_LONGEST_NUMBER = 80  # digits, and a mention before them


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must be known to obey lines: the people and the groups that they name, and parts of `CommandView`."""

    references: tuple[str, ...] = ()
    reads: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()


def wanted(lines: Sequence[str]) -> Wanted:
    """What the commands of these lines look at."""
    references: dict[str, None] = {}
    reads: set[str] = set()
    groups: dict[str, None] = {}
    for line in lines:
        command, words = command_in(line)
        if command is None:
            continue
        reads |= command.reads
        if "named_groups" in command.reads and len(words) > 1 and answers.names_a_group(words[1].text):
            groups.setdefault(words[1].text)
        for place in command.people_at:
            if len(words) > place + 1:
                references.setdefault(words[place + 1].text)
    return Wanted(tuple(references), frozenset(reads), tuple(groups))


def looks_at_status(text: str) -> bool:
    """Whether a message has a command that shows or uses the figures of /status."""
    return any(command is not None and "status" in command.reads for command, _ in map(command_in, lines_of(text)))


def takes_text(line: str) -> bool:
    """Whether the command of a line ends with a text, which may have lines of its own."""
    command, _ = command_in(line)
    return command is not None and bool(command.arguments) and command.arguments[-1].takes == Takes.TEXT


@lru_cache(maxsize=256)  # asked for what it reads, and again when it is obeyed
def command_in(line: str) -> tuple[Command | None, Sequence[Word]]:
    """The command of a line and its words, the name first; `role grant` is one name of two words."""
    words = words_of(line)
    name = name_in(words[0].text) if words else ""
    if len(words) > 1 and (second := _OF_TWO.get((name, name_in(words[1].text)))):
        return BY_NAME[second], words[1:]
    return BY_NAME.get(name), words


_OF_TWO = {
    ("role", "grant"): "grant",
    ("role", "revoke"): "revoke",
    ("group", "bind"): "bind",
    ("group", "unbind"): "unbind",
    ("group", "list"): "groups",
}


@lru_cache(maxsize=64)
def usable(roles: frozenset[Role], here: frozenset[Role]) -> tuple[Command, ...]:
    """What somebody with these roles may do where those of `here` count; what keeps to their groups, anywhere."""
    return tuple(one for one in TABLE if (roles if one.limited else here) & set(one.roles))


def help_text(call: Call) -> str:
    """The eight that this role uses most, and the rest by topic."""
    here = roles_of(call.person, call.event.account, call.event.group)
    commands = usable(call.roles, here)
    topic = call.argument(0)
    if topic and any(command.topic == topic for command in commands):
        return "\n".join(_told(command) for command in commands if command.topic == topic)
    one = BY_NAME.get(name_in(topic.lstrip("/／")))
    if one is not None and one in commands:
        return _told(one)
    return _overview(call.roles, here, call.context.commands.used)


@lru_cache(maxsize=64)  # it changes when its readers take to other commands
def _overview(roles: frozenset[Role], here: frozenset[Role], used: tuple[str, ...]) -> str:
    commands = usable(roles, here)
    used_most = [BY_NAME[name] for name in used if name in BY_NAME and BY_NAME[name] in commands]
    usual = [BY_NAME[name] for name in _USUAL if BY_NAME[name] in commands]
    first = list(dict.fromkeys([*used_most, *usual, *commands]))[:MOST_USED]
    lines = [_told(command) for command in first]
    if rest := [command for command in commands if command not in first]:
        lines.append("")
        by_topic = sorted(rest, key=lambda one: TOPICS.index(one.topic))
        for name, members in groupby(by_topic, key=lambda one: one.topic):
            lines.append(f"{name}：{' '.join(f'/{one.chinese}' for one in members)}")
        lines.append(_REST.format(topics="、".join(dict.fromkeys(one.topic for one in by_topic))))
    return "\n".join(lines)


TOPICS = tuple(dict.fromkeys(command.topic for command in TABLE))


def _told(command: Command) -> str:
    return f"{command.usage}　{command.help}"
