"""What people get wrong, each said in one sentence: what, where, and what to do."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from bot.client import Busy
from bot.desk import Refused
from bot.faults import ConfigFaults
from bot.store.backup import BackupError
from bot.store.copying import CopyError
from bot.store.damaged import Damaged, damage_in
from bot.store.engine import WrongEncoding, sqlite_driver
from bot.store.migrating import ForeignDatabase, NewerDatabase
from bot.story_faults import StoryFault
from bot.system_errors import reason_of
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

# By SQLite's result codes.
_SQLITE_SAYS = {
    5: "别的程序正在写它",
    6: "别的程序正在写它",
    8: "只能读，不能写",
    10: "磁盘读写出错",
    13: "磁盘满了",
    14: "这个文件打不开",
}
# For PostgreSQL that does not let us in.
_REACH_SERVER = "启动 PostgreSQL，检查 url 里的主机、用户名、密码、库名"
_MORE_CONNECTIONS = (
    "PostgreSQL 的连接用完了：调大 max_connections 或这个用户的 CONNECTION LIMIT，或者少开几个 worker"
    "（一个要几个连接，见 docs/scaling.md）"
)
# Who is refused a connection is told no code. So begins what there is instead, where PostgreSQL speaks English.
_NO_CONNECTION_LEFT = ("too many connections", "sorry, too many clients", "remaining connection slots")
# What PostgreSQL has a code for and a person can mend.
_SERVER_CURES = {
    "25006": "把 url 换成主库，或关掉这个库、这个用户的 default_transaction_read_only",
    "3F000": "让这个用户的 search_path 里有一个能建表的 schema",
    "53300": _MORE_CONNECTIONS,
    "42501": "让这个用户做库和表的主人（ALTER DATABASE … OWNER TO、ALTER TABLE … OWNER TO），或换成库的主人",
}
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
        reason = reason_of(mistake)
        return f"{harmless(str(mistake.filename))}：{reason}" if mistake.filename else reason
    if isinstance(mistake, DBAPIError | sqlite_driver().Error):
        if (damage := damage_in(mistake)) is not None:
            return str(damage)
        cause = (mistake.orig or mistake) if isinstance(mistake, DBAPIError) else mistake
        reason = database_reason(cause)
        if not type(cause).__module__.startswith("psycopg"):
            return f"数据库用不了：{reason}。{_LOOK}"
        return f"数据库用不了：{reason}。{server_cure(cause) or 'python -m bot doctor 会说得更细'}。"
    return str(mistake)


def database_reason(error: BaseException) -> str:
    """What a database says, in one line; without the statement, which PostgreSQL quotes."""
    cause = getattr(error, "orig", None) or error
    if ours := _SQLITE_SAYS.get((getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF):
        return ours
    said = getattr(getattr(cause, "diag", None), "message_primary", None)
    return " ".join(str(said or cause).split())


def server_cure(error: BaseException) -> str:
    """What helps against an error of PostgreSQL, as the driver or SQLAlchemy raises it; empty if nobody knows."""
    cause = getattr(error, "orig", None) or error
    # What the server says of a statement has a code; that it was never reached, or refused us, has none.
    code = getattr(cause, "sqlstate", None)
    if not code and any(f"FATAL:  {one}" in str(cause) for one in _NO_CONNECTION_LEFT):
        return _MORE_CONNECTIONS
    return _SERVER_CURES.get(code, "") if code else _REACH_SERVER
