"""What a value of `config.toml` may look like: each check says what is to be written."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import PlainValidator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from models.playbook_values import expected, matching

DATABASE_URLS = "要写 sqlite:///路径，或 postgresql+psycopg://用户名@主机/库名"
BARE_AT = "密码里的每个 @ 要写成 %40"
_PASSWORD = re.compile(r"(password=)[^&]*")
DAYS = '要写成 ["2027-01-01", "2027-02-05/2027-02-11"] 这样的日子'
_LONGEST_HOLIDAY = 31


def without_password(url: str) -> str:
    """What was written for the URL of a database, well formed or not, as it may be shown."""
    return _PASSWORD.sub(r"\1***", re.sub(r"://.*@", "://***@", url))


def shown_url(url: str) -> str:
    """A good URL of a database as it may be shown: the password can be in front of the host and among the options."""
    return _PASSWORD.sub(r"\1***", make_url(url).render_as_string(hide_password=True))


def a_database_url(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise expected(DATABASE_URLS) from None
    complete = url.drivername == "sqlite" or (url.drivername == "postgresql+psycopg" and url.database)
    if not complete or "\0" in value:
        raise expected(DATABASE_URLS)
    if "@" in (url.host or ""):  # half of the password would be taken for the host, and be shown as such
        raise expected(BARE_AT)
    return value


def a_path(value: object) -> Path:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise expected("要写一个文件的路径")
    return Path(value)


def an_endpoint(value: object) -> object:
    host, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not re.fullmatch(r"\[[0-9a-fA-F:]+\]|[^\s/:@]+", host) or not re.fullmatch(r"[0-9]{1,5}", port):
        raise expected("要写成 主机:端口")
    if not 0 < int(port) < 65_536:
        raise expected("要写成 主机:端口，端口从 1 到 65535")
    return value


def a_timezone(value: object) -> object:
    if isinstance(value, str):
        try:
            ZoneInfo(value)  # a list of all that there are would take each start fifty times as long
        except (OSError, ValueError, ZoneInfoNotFoundError):
            raise expected("要写 'Asia/Shanghai' 这样的时区") from None
    return value


def some_days(value: object) -> object:
    """Days, and stretches of days as `2027-02-05/2027-02-11`."""
    if not isinstance(value, list | tuple):
        raise expected(DAYS)
    found: set[date] = set()
    for one in value:
        first, _, last = one.partition("/") if isinstance(one, str) else (str(one), "", "")
        try:
            begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            raise expected(DAYS) from None
        if not 0 <= (end - begin).days < _LONGEST_HOLIDAY:
            raise expected(DAYS)
        found.update(begin + timedelta(days=number) for number in range((end - begin).days + 1))
    return frozenset(found)


def in_upper_case(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Days = Annotated[frozenset[date], PlainValidator(some_days)]
FilePath = Annotated[Path, PlainValidator(a_path)]
Identity = Annotated[str, matching(r"[^\s\0]+", "要写一个没有空格的 id")]
VariableName = Annotated[
    str, matching(r"[A-Za-z_][A-Za-z0-9_]*", "要写一个环境变量的名字，只用字母、数字和 _，不以数字开头")
]
