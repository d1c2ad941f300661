"""`doctor`: what is wrong with this machine, this configuration, this database and these gateways, and what to do.

It changes nothing and creates nothing by looking, asks nobody but the database and the gateways of the configuration,
and never takes the stream of events from a bot that is running.
"""

from __future__ import annotations

import asyncio
import dataclasses
import fcntl
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console
from rich.text import Text

from bot.cli.places import database_url
from bot.config import Config, load_config
from bot.database_urls import sqlite_path
from bot.desk import Refused
from bot.doctor_check import Check, ok, warning, wrong
from bot.doctor_database import Known, check_connections, check_database
from bot.doctor_gateway import Attendance, check_gateway
from bot.doctor_ports import check_ports
from bot.faults import ConfigFaults
from bot.store.engine import FIXED_SQLITE, sqlite_version
from bot.system_errors import reason_of
from bot.terminal import harmless

PYTHONS = ((3, 11), (3, 14))
"""From the first version on that runs us, below the second."""

LITTLE_SPACE = 1_000_000_000
NO_SPACE = 100_000_000
"""Bytes free on the disk of the database."""

CLOCK_SLACK_SECONDS = 300

_TITLES = {
    "python": "Python",
    "sqlite": "SQLite",
    "clock": "时钟",
    "time_zone": "时区",
    "config": "配置",
    "secrets": "密钥",
    "alerts": "告警",
    "accounts": "账号",
    "disk": "磁盘",
    "lock": "运行",
    "console": "后台",
    "metrics": "指标",
    "database": "数据库",
    "connections": "连接",
    "playbook": "方案",
    "risk": "风险",
    "port": "网关",
    "tls": "TLS",
    "token": "token",
    "version": "版本",
    "login": "登录",
}
_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "wrong": ("✗", "bold red")}


def examine(config: Path, db: str, *, as_json: bool) -> int:
    """Print a line for each check. Returns the exit status: 0 when nothing is wrong, else 2."""
    console = Console(highlight=False, soft_wrap=True)
    states = []
    for check in _checks(config, db, os.environ):
        states.append(check.state)
        if as_json:
            sys.stdout.write(json.dumps(dataclasses.asdict(check), ensure_ascii=False) + "\n")
        else:
            console.print(_line(check))
    if not as_json:
        wrongs, warnings = states.count("wrong"), states.count("warning")
        console.print(f"要改的 {wrongs} 处，要留意的 {warnings} 处。" if wrongs or warnings else "一切正常。")
    return 2 if "wrong" in states else 0


def _line(check: Check) -> Text:
    account, _, step = check.check.rpartition("/")
    mark, style = _MARKS[check.state]
    title = f"{account} {_TITLES[step]}" if account else _TITLES[step]
    cure = f" → {check.cure}" if check.cure else ""
    return Text.assemble((f"{mark} {title}", style), f"  {harmless(check.found)}", (harmless(cure), "bold"))


def _checks(file: Path, db: str, environ: Mapping[str, str]) -> Iterator[Check]:
    yield _python()
    yield _sqlite()
    yield _time_zones()
    try:
        config = load_config(file, environ)
    except ConfigFaults as faults:
        yield from (wrong("config", str(fault), "改好这一处再试") for fault in faults.faults)
        yield _clock([file])
        return
    yield ok("config", f"{config.file} 没有问题：{len(config.merchants)} 家店，{len(config.accounts)} 个账号")
    yield from _secrets(config, environ)
    yield from _alerts(config, environ)
    yield from _accounts(config)
    try:
        url = database_url(config, db)
    except Refused as refusal:
        yield wrong("database", str(refusal), "改 --db")
        return
    path = sqlite_path(url)
    yield _clock([config.file, *([path] if path else [])])
    known = Known()
    attendance = Attendance.UNKNOWN
    if path is not None:
        yield _disk(path)
        attendance, check = _lock(path)
        yield check
    yield from check_ports(config, attendance)
    database = check_database(config, url, path, known)
    yield database
    yield from check_connections(config, known)
    if database.state == "ok":
        yield from _playbooks(config, known)
    yield from asyncio.run(_gateways(config, environ, attendance, known))


# the machine


def _python() -> Check:
    first, beyond = PYTHONS
    found = platform.python_version()
    if first <= sys.version_info[:2] < beyond:
        return ok("python", found)
    cure = f"换成 Python {first[0]}.{first[1]} 到 {beyond[0]}.{beyond[1] - 1}"
    return wrong("python", f"{found} 没有试过", cure)


def _sqlite() -> Check:
    version = sqlite_version()
    found = ".".join(map(str, version))
    if version >= FIXED_SQLITE:
        return ok("sqlite", found)
    fixed = ".".join(map(str, FIXED_SQLITE))
    cure = f"换一个带 SQLite {fixed} 以上的 Python（Linux x86_64 装上 pysqlite3 就行），或用 PostgreSQL；平时多备份"
    return warning("sqlite", f"{found} 有 WAL 重置的缺陷，两个程序同时用一个库可能弄坏它", cure)


def _time_zones() -> Check:
    try:
        here = datetime.now(ZoneInfo("Asia/Shanghai"))
    except ZoneInfoNotFoundError:
        return wrong("time_zone", "这台机器没有时区数据", "装上系统的 tzdata，或 pip install tzdata")
    return ok("time_zone", f"北京时间 {here:%Y-%m-%d %H:%M}，不对就校准系统时钟")


def _clock(files: list[Path]) -> Check:
    """Nobody is asked for the time; but what was written later than now shows that the clock went back."""
    now = time.time()
    written = [(file.stat().st_mtime, file) for file in (*files, Path(__file__)) if file.exists()]
    latest, file = max(written)
    if latest <= now + CLOCK_SLACK_SECONDS:
        return ok("clock", f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M} UTC，没有倒退的迹象")
    found = f"现在比 {file} 上次保存还早 {(latest - now) / 60:.0f} 分钟，系统时钟可能被往回拨了"
    return warning("clock", found, "校准系统时钟，打开自动对时")


def _disk(database: Path) -> Check:
    folder = next(one for one in database.absolute().parents if one.exists())
    free = shutil.disk_usage(folder).free
    found = f"{folder} 还剩 {free / 1e9:.1f} GB"
    if free < NO_SPACE:
        return wrong("disk", found, "腾出空间：写不进去就会停下来")
    if free < LITTLE_SPACE:
        return warning("disk", found, "不久就要满了，腾出空间")
    return ok("disk", found)


# the configuration


def _secrets(config: Config, environ: Mapping[str, str]) -> Iterator[Check]:
    needed = [account for account in config.accounts if account.transport == "wechaty"]
    missing = config.token_faults(environ)
    yield from (wrong("secrets", str(fault), "在启动掌柜的环境里设好这个变量") for fault in missing)
    if not missing:
        yield ok("secrets", f"{len(needed)} 个网关 token 都有" if needed else "用不着")


def _alerts(config: Config, environ: Mapping[str, str]) -> Iterator[Check]:
    missing = config.webhook_faults(environ)
    yield from (wrong("alerts", str(fault), "在启动掌柜的环境里把地址设进这个变量") for fault in missing)
    if not missing and config.alerts:
        yield ok("alerts", f"{len(config.alerts)} 个 webhook 都有地址")
    without = [
        merchant.id for merchant in config.merchants if merchant.id not in {one.merchant for one in config.alerts}
    ]
    real = any(account.transport != "simulator" for account in config.accounts)
    if without and real:
        found = f"{'、'.join(without)} 出了事只写在日志和 /状态 里，没人会收到消息"
        yield warning("alerts", found, "在配置里加一段 [[alerts]]，比如企业微信群机器人")


def _accounts(config: Config) -> Iterator[Check]:
    kinds = {account.transport for account in config.accounts}
    if not kinds:
        yield warning("accounts", "一个账号也没有", "在配置里加一段 [[accounts]]")
    if len(kinds) > 1:
        yield wrong("accounts", "模拟账号和真实账号混在一起", "只留一种：模拟的用来试，真实的用来做生意")


# the database


def _lock(path: Path) -> tuple[Attendance, Check]:
    """Whether a bot runs on this database. A lock that is only looked at is not taken from anybody."""
    lock = path.with_name(f"{path.name}.lock")
    if not lock.exists():
        return Attendance.ABSENT, ok("lock", "掌柜没有在运行")
    try:
        with lock.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                pid = _pid(file.read())
                return Attendance.RUNNING, ok("lock", f"掌柜正在运行（进程 {pid}）")
    except OSError as error:
        cure = "用启动掌柜的那个系统用户来运行"
        return Attendance.UNKNOWN, wrong("lock", f"锁文件 {lock} 打不开：{reason_of(error)}", cure)
    return Attendance.ABSENT, ok("lock", "掌柜没有在运行")


def _pid(content: bytes) -> str:
    try:
        return str(json.loads(content)["pid"])
    except (ValueError, KeyError, TypeError):
        return "未知"


def _playbooks(config: Config, known: Known) -> Iterator[Check]:
    for merchant in config.merchants:
        in_force = known.revisions.get(merchant.id)
        if not in_force:
            yield ok("playbook", f"{merchant.id}：第一次运行时从 {merchant.playbook} 导入")
        elif in_force == config.playbooks[merchant.id].fingerprint:
            yield ok("playbook", f"{merchant.id}：库里的和 {merchant.playbook} 一样")
        else:
            yield warning(
                "playbook",
                f"{merchant.id}：库里的和 {merchant.playbook} 不一样，用的是库里的",
                f"要用文件里的：python -m bot playbook import {merchant.playbook}；"
                "要看库里的：python -m bot playbook export FILE",
            )


# the accounts


async def _gateways(config: Config, environ: Mapping[str, str], attendance: Attendance, known: Known) -> list[Check]:
    found = await asyncio.gather(
        *(
            check_gateway(
                account,
                environ.get(account.token_env or "", "").strip(),
                Attendance.RUNNING if (account.merchant, account.id) in known.kept else attendance,
                known.states.get((account.merchant, account.id), ""),
            )
            for account in config.accounts
            if account.transport == "wechaty"
        )
    )
    await asyncio.sleep(0)  # connections that were closed are let go of in the loop's next turn
    simulated = [
        ok(f"{account.id}/port", "模拟账号，什么都不会发到微信")
        for account in config.accounts
        if account.transport == "simulator"
    ]
    return [*simulated, *(check for checks in found for check in checks)]
