"""What people get wrong, each said in one sentence: what, where, and what to do."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError

from bot.control import Busy
from bot.desk import Refused
from bot.faults import ConfigFaults
from bot.store.backup import BackupError
from bot.store.copying import CopyError
from bot.store.damaged import Damaged, damage_in
from bot.store.engine import WrongEncoding, sqlite_driver
from bot.store.migrating import ForeignDatabase, NewerDatabase
from bot.story_faults import StoryFault
from bot.terminal import brief, harmless
from bot.transports.simulator import UnknownAccount


class BadUsage(Exception):
    """A command line that cannot be read; the message is what to print."""


MISTAKES = (
    BackupError,
    BadUsage,
    Busy,
    ConfigFaults,
    CopyError,
    Damaged,
    DBAPIError,
    ForeignDatabase,
    NewerDatabase,
    OSError,
    Refused,
    StoryFault,
    UnknownAccount,
    WrongEncoding,
    sqlite_driver().Error,
)

_REASONS = {
    errno.EACCES: "没有权限",
    errno.EEXIST: "已经有了",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENAMETOOLONG: "名字太长",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOSPC: "磁盘满了",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.EPERM: "没有权限",
    errno.EROFS: "那里只能读，不能写",
}
# For PostgreSQL that does not let us in; the doctor says it too.
REACH_SERVER = "启动 PostgreSQL，检查 url 里的主机、用户名、密码、库名"
_LOOK = "看看文件的权限、磁盘空间和 --db 或 [database] url；python -m bot doctor 会说得更细。"


def told(mistake: BaseException) -> str:
    """One of `MISTAKES` in a sentence (a faulty configuration: a line for each fault)."""
    said = _said(mistake)
    if isinstance(mistake, ConfigFaults | StoryFault):
        return said
    # What we say ourselves may have several lines, such as a help page; what is quoted in it by others may not.
    ours = said.split("\n") if isinstance(mistake, BadUsage | Refused) else [said]
    return "\n".join(brief(harmless(line)) for line in ours)


def _said(mistake: BaseException) -> str:
    if isinstance(mistake, OSError) and mistake.errno is not None:
        reason = _REASONS.get(mistake.errno, mistake.strerror)
        return f"{harmless(str(mistake.filename))}：{reason}" if mistake.filename else str(reason)
    if isinstance(mistake, DBAPIError | sqlite_driver().Error):
        if (damage := damage_in(mistake)) is not None:
            return str(damage)
        cause = (mistake.orig or mistake) if isinstance(mistake, DBAPIError) else mistake
        reason = " ".join(str(cause).split())
        if not type(cause).__module__.startswith("psycopg"):
            return f"数据库用不了：{reason}。{_LOOK}"
        # What the server says of a statement has a code; that it was never reached, or refused us, has none.
        cure = "python -m bot doctor 会说得更细" if getattr(cause, "sqlstate", None) else REACH_SERVER
        return f"数据库用不了：{reason}。{cure}。"
    return str(mistake)
