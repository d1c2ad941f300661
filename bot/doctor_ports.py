"""The doctor's look at the ports of this machine where the bot wants to serve its console and its figures."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from bot.config import Config
from bot.doctor_check import Check, ok, warning, wrong
from bot.doctor_gateway import Attendance
from bot.ports import ANOTHER_PORT, PORT_OF_ITS_OWN, cure_of, trouble
from bot.system_errors import reason_of


def check_ports(config: Config, attendance: Attendance) -> Iterator[Check]:
    """A check for each place: a bot that cannot serve its figures does not start, one without a console does."""
    console, metrics = config.console, config.metrics
    if console.enabled:
        yield _place("console", console.host, console.port, attendance)
    if metrics.port is not None:
        yield _place("metrics", metrics.host, metrics.port, attendance)


def _place(check: str, host: str, port: int, attendance: Attendance) -> Check:
    where = f"[{check}] {host}:{port}"
    error = trouble(host, port)
    if error is None:
        return ok(check, f"{where} 空着" if port else f"{host} 上任选一个空着的 port")
    if error.errno != errno.EADDRINUSE:
        return (warning if check == "console" else wrong)(check, f"{where} 用不了：{reason_of(error)}", cure_of(error))
    match attendance:
        case Attendance.RUNNING:
            return ok(check, f"{where} 有程序在用，掌柜正在运行")
        case Attendance.ABSENT:
            found = f"{where} 被别的程序占着"
            return (warning if check == "console" else wrong)(check, found, ANOTHER_PORT)
        case Attendance.UNKNOWN:
            workers = f"；{PORT_OF_ITS_OWN}" if check == "metrics" else ""
            return warning(check, f"{where} 有程序在用", f"不是掌柜自己在用，就{ANOTHER_PORT}{workers}")
