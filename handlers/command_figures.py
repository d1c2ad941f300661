"""Commands that show figures and lists, and the scripts of the staff. Long lists come in pages."""

from __future__ import annotations

from urllib.parse import quote

from handlers.action_names import REFUSAL_NAMES
from handlers.command_call import Call, Refusal
from models import effects as fx
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import Effect
from models.events import Media

PAGE = 10
MORE = "第 {page}/{pages} 页，下一页发 /{name} {next}"
NOTHING = "还没有。"
NOBODY_SPOKE = "近 7 天群里还没人说话。"
FILE_NAME = "客人名单 {day:%Y-%m-%d}.csv"
EXPORTED_FILE = "共 {count} 位客人，表格私聊发你了。"
EXPORTED = "共 {count} 位客人，表格分 {parts} 段私聊发你，存成 .csv 就能打开。"
EXPORT_CUT = "共 {count} 位客人，这里只发前 {shown} 位，全部的请在电脑上导出。"
NO_SCRIPT = "没有「{name}」这条话术。发 /话术 看看有哪些。"
SCRIPT_KEPT = "好，存成话术「{name}」，署名{author}。"
SCRIPT_DROPPED = "话术「{name}」删了。"
NOTHING_TO_KEEP = "要存什么？引用那条回答发 /存话术 名字，或发 /存话术 名字 内容。"
_HEAD = "编号,昵称,备注,标签,来源"
_PART = 1_500  # characters; a phone shows so much in one message
_MOST_PARTS = 10


def top(call: Call) -> tuple[str, list[Effect]]:
    """Who said most in the last days."""
    lines = [f"{name}　{count} 条" for name, count in call.context.commands.talkers]
    return "\n".join(["近 7 天说话最多的：", *lines]) if lines else NOBODY_SPOKE, []


def active(call: Call) -> tuple[str, list[Effect]]:
    """How lively each group was."""
    lines = [f"{topic}：{people} 人说话，{count} 条" for topic, people, count in call.context.commands.lively]
    return _page(call, ["近 7 天各群：", *lines], "活跃") if lines else NOBODY_SPOKE, []


def source(call: Call) -> tuple[str, list[Effect]]:
    """Where friends came from."""
    lines = [f"{name or '（没说来源）'}：{count} 位" for name, count in call.context.commands.sources]
    return _page(call, lines, "来源"), []


def optouts(call: Call) -> tuple[str, list[Effect]]:
    """Who opted out."""
    people = call.context.commands.opted_out
    lines = [f"{name or wire_id}（{wire_id}）" if name else wire_id for name, wire_id in people]
    return _page(call, lines, "退订名单"), []


def audit(call: Call) -> tuple[str, list[Effect]]:
    """Who did what, the newest first."""
    zone = call.context.merchant.zone
    lines = [
        f"{one.at.astimezone(zone):%m-%d %H:%M} {one.actor} {one.action}"
        + (f" {one.target}" if one.target and one.target != one.actor else "")
        + (f"：{one.more}" if one.more and one.more != one.actor else "")
        + ("" if one.result == "ok" else f"（没让做：{REFUSAL_NAMES.get(one.reason, one.reason)}）")
        for one in call.context.commands.audit
    ]
    return _page(call, lines, "操作记录"), []


def groups(call: Call) -> tuple[str, list[Effect]]:
    """The groups that the asker may deal with."""
    lines = [
        f"{group.topic or '（没名字）'}：{group.tier or '没绑定'}，{group.members} 人（{group.wire_id}）"
        for group in call.groups
    ]
    return _page(call, lines, "群"), []


def export(call: Call) -> tuple[str, list[Effect]]:
    """All friends as CSV, 1:1 to the asker and to nobody else: a file, or as many messages as it takes."""
    rows = [",".join(map(_cell, row)) for row in call.context.commands.customers]
    if DeliveryKind.FILE in call.context.account.capabilities.kinds:
        return EXPORTED_FILE.format(count=len(rows)), [_file(call, "\n".join([_HEAD, *rows, ""]))]
    parts: list[str] = []
    shown = 0
    for row in rows:
        if not parts or len(parts[-1]) + len(row) > _PART:
            if len(parts) == _MOST_PARTS:
                break
            parts.append(_HEAD)
        parts[-1] += f"\n{row}"
        shown += 1
    told = EXPORTED if shown == len(rows) else EXPORT_CUT
    return told.format(count=len(rows), parts=len(parts), shown=shown), [
        fx.Send(
            key=f"export:{call.person.wire_id}:{call.stamp}",
            part=number,
            account=call.event.account,
            lane=Lane.REPLY,
            cause=Cause.COMMAND,
            contact_id=call.person.contact_id,
            text=text,
        )
        for number, text in enumerate(parts, 1)
    ]


def _file(call: Call, table: str) -> Effect:
    """Written so that a spreadsheet knows its Chinese, and whoever is erased is found in it by their id."""
    name = FILE_NAME.format(day=call.event.at.astimezone(call.context.merchant.zone))
    url = "data:text/csv;charset=utf-8," + quote(f"\ufeff{table}", safe=_AS_IN_IDS)
    return fx.Send(
        key=f"export:{call.person.wire_id}:{call.stamp}",
        account=call.event.account,
        kind=DeliveryKind.FILE,
        lane=Lane.REPLY,
        cause=Cause.COMMAND,
        contact_id=call.person.contact_id,
        text=name,
        media=(Media(name=name, url=url),),
    )


_AS_IN_IDS = "@:.-_"


def script(call: Call) -> tuple[str, list[Effect]]:
    """话术: all names, or the one that is named."""
    scripts = call.context.commands.scripts
    name = call.argument(0)
    if not name or name.isdecimal():
        return _page(call, [f"{one.name}（{one.author}）" for one in scripts], "话术"), []
    found = next((one for one in scripts if one.name == name), None)
    if found is None:
        raise Refusal(NO_SCRIPT.format(name=name[:40]))
    return f"{found.text}\n——{found.author}", []


def keep_script(call: Call) -> tuple[str, list[Effect]]:
    """存话术: what is quoted, or what stands behind the name."""
    name, quoted = call.argument(0), call.context.commands.quoted
    text = call.argument(1) or (quoted.text if quoted else "")
    if not text:
        raise Refusal(NOTHING_TO_KEEP)
    author = call.person.name or call.person.wire_id
    kept = fx.PutScript(name=name, text=text, author=call.person.wire_id, author_name=author)
    return SCRIPT_KEPT.format(name=name, author=author), [kept]


def drop_script(call: Call) -> tuple[str, list[Effect]]:
    """删话术."""
    name = call.argument(0)
    if name not in {one.name for one in call.context.commands.scripts}:
        raise Refusal(NO_SCRIPT.format(name=name[:40]))
    return SCRIPT_DROPPED.format(name=name), [fx.PutScript(name=name, text="", author=call.person.wire_id)]


def _page(call: Call, lines: list[str], name: str) -> str:
    """One page of a list, and how to get the next."""
    if not lines:
        return NOTHING
    asked = call.argument(0)
    pages = (len(lines) + PAGE - 1) // PAGE
    page = min(max(int(asked), 1), pages) if asked.isdecimal() and len(asked) < _DIGITS else 1
    shown = "\n".join(lines[(page - 1) * PAGE : page * PAGE])
    return shown if page == pages else f"{shown}\n{MORE.format(page=page, pages=pages, name=name, next=page + 1)}"


_DIGITS = 6


def _cell(value: str) -> str:
    """A cell of CSV that no spreadsheet takes for a formula."""
    safe = f"'{value}" if value[:1] in ("=", "+", "-", "@") else value
    return '"' + safe.replace('"', '""').replace("\n", " ") + '"' if any(one in safe for one in ',"\n') else safe
