"""The doctor's questions to a Wechaty gateway: port, TLS, token, version, login.

They are single questions, which disturb nobody. Only to hear whether the account is logged in the stream of events has
to be taken, for a moment and only while no bot of ours runs; otherwise that bot's word stands in the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from enum import Enum
from typing import Any

from grpclib.const import Status
from grpclib.exceptions import GRPCError
from wechaty_grpc.wechaty import puppet

from bot.config import Account
from bot.doctor_check import Check, ok, warning, wrong
from bot.system_errors import certificate_reason, reason_of
from bot.transports import AccountTaken, LinkLost
from bot.transports import wechaty_wire as wire
from bot.transports.wechaty_link import CONNECT_SECONDS, Link
from bot.transports.wechaty_wire import WireError, read_json
from models.accounts import AccountState

LOGIN_SECONDS = 3.0
"""A gateway says at once whether it is logged in; one that says nothing for so long is not."""

RISK = "非官方网关有被限制、被封号的风险"
RISK_CURE = "先用一个损失得起的小号，新号慢慢加量，别用主力号试"


class Attendance(Enum):
    """Whether a bot of ours listens to the gateways now. On PostgreSQL nobody can say, but where a worker lives."""

    RUNNING = "running"
    ABSENT = "absent"
    UNKNOWN = "unknown"


async def check_gateway(account: Account, token: str, attendance: Attendance, last_state: str) -> list[Check]:
    """Look at the gateway of an account, step by step as far as one gets.

    `last_state` is what the database says of the account; it counts while a bot is running.
    """
    name = account.id
    checks = [warning(f"{name}/risk", RISK, RISK_CURE)]
    try:
        link = _open(account, token)
    except LinkLost:
        cure = "把 ca_file 换成网关给的 PEM 证书"
        return [*checks, wrong(f"{name}/tls", f"证书文件 {account.ca_file} 读不出来", cure)]
    try:
        await link.connect()
        checks += [ok(f"{name}/port", f"{account.endpoint} 连得上")]
        if token:
            answer = await link.call("Version", puppet.VersionRequest(), puppet.VersionResponse)
            checks += [
                ok(f"{name}/tls", _tls_in_words(account)),
                ok(f"{name}/token", "token 对得上"),
                ok(f"{name}/version", f"网关自报版本 {answer.version}" if answer.version else "网关没报版本"),
            ]
            checks.append(await _login(account, token, attendance, last_state))
    except (LinkLost, GRPCError, TimeoutError) as error:
        checks.append(await _diagnosis(account, error))
    finally:
        link.close()
    return checks


def _open(account: Account, token: str) -> Link:
    return Link(
        account.endpoint or "",
        token,
        tls=account.tls,
        ca_file=str(account.ca_file or ""),
        heartbeat_seconds=LOGIN_SECONDS * 2,  # longer than we listen
    )


async def _login(account: Account, token: str, attendance: Attendance, last_state: str) -> Check:
    check = f"{account.id}/login"
    if attendance is Attendance.RUNNING:
        return _as_the_bot_says(check, last_state)
    link = _open(account, token)
    try:
        async with asyncio.timeout(LOGIN_SECONDS), contextlib.aclosing(link.frames()) as frames:
            async for frame in frames:
                with contextlib.suppress(WireError):
                    if frame.type == wire.LOGIN:
                        return ok(check, f"已登录：{read_json(frame.payload, wire.LoginNote).contact_id}")
                    if frame.type == wire.SCAN:
                        note = read_json(frame.payload, wire.ScanNote)
                        cure = f"用这个号的手机扫网关给的二维码 {note.qrcode or ''}".strip()
                        return wrong(check, "没有登录，网关在等人扫码", cure)
    except AccountTaken:
        if attendance is Attendance.UNKNOWN:
            return warning(check, "已经有程序在听这个号", "如果那就是正在运行的掌柜，不用管；否则先停掉它")
        cure = "一个网关只伺候一个程序：停掉那个程序，或给掌柜单独开一个网关"
        return wrong(check, "这个号已经被别的程序占着，掌柜收不到消息", cure)
    except LinkLost:
        return wrong(check, "接不上消息流", "看网关的日志，重启网关再试")
    except TimeoutError:
        pass
    finally:
        link.close()
    return wrong(check, "网关没有登录，也没有给二维码", "看网关的日志，重启网关，按提示扫码")


_SAID = {
    AccountState.ONLINE: ("ok", "掌柜正在运行，已登录", ""),
    AccountState.SCAN: ("wrong", "没有登录，网关在等人扫码", "用这个号的手机扫网关给的二维码"),
    AccountState.TAKEN: ("wrong", "这个号已经被别的程序占着，掌柜收不到消息", "停掉那个程序，掌柜会自己接上"),
    AccountState.DEAF: ("wrong", "网关连着，但没有动静", "看网关的日志，不行就重启网关；掌柜会自己接上"),
    AccountState.OFFLINE: ("wrong", "掌柜正在运行，但这个号没有登录", "看网关的日志，按提示扫码；掌柜会自己接上"),
}


def _as_the_bot_says(check: str, last_state: str) -> Check:
    state: Any
    state, found, cure = _SAID.get(AccountState(last_state or "offline"), _SAID[AccountState.OFFLINE])
    return Check(check, state, found, cure)


async def _diagnosis(account: Account, error: Exception) -> Check:
    """Why a question got no answer. Which step it was follows from the error, however the link has wrapped it."""
    name, where = account.id, account.endpoint
    cause = error if isinstance(error, GRPCError | TimeoutError) else error.__cause__
    match cause:
        case GRPCError(status=Status.UNAUTHENTICATED):
            cure = f"把环境变量 {account.token_env} 设成网关的 token"
            return wrong(f"{name}/token", "网关不认我们的 token", cure)
        case GRPCError(status=Status.UNIMPLEMENTED):
            return wrong(f"{name}/version", f"{where} 上的不是 Wechaty 网关", "改 endpoint")
        case GRPCError():
            return wrong(f"{name}/version", f"网关报错：{cause.message}", "看网关的日志，重启网关再试")
        case ConnectionRefusedError():
            return wrong(f"{name}/port", f"{where} 上没有程序在听", "启动网关，或改 endpoint")
        case socket.gaierror():
            return wrong(f"{name}/port", f"没有叫 {where} 的机器", "改 endpoint，或检查网络和 DNS")
        case ssl.SSLCertVerificationError():
            cure = "把签发它的证书写进 ca_file"
            return wrong(f"{name}/tls", f"网关的证书不可信（{certificate_reason(cause)}）", cure)
        case ssl.SSLError():
            cure = "改成 tls = false，或让网关打开 TLS"
            return wrong(f"{name}/tls", "网关不说 TLS，而配置里 tls = true", cure)
        case TimeoutError():
            cure = "检查 endpoint、防火墙，或重启网关"
            return wrong(f"{name}/port", f"{where} 在 {CONNECT_SECONDS:g} 秒里没有回应", cure)
        case OSError():
            return wrong(f"{name}/port", f"{where} 连不上：{reason_of(cause)}", "检查 endpoint 和网络")
    if not account.tls and await _speaks_tls(account):
        cure = "改成 tls = true，网关自签证书的话再写上 ca_file"
        return wrong(f"{name}/tls", "网关说 TLS，而配置里 tls = false", cure)
    return wrong(f"{name}/version", f"{where} 上的不像 Wechaty 网关：一连上就断了", "改 endpoint，或看网关的日志")


async def _speaks_tls(account: Account) -> bool:
    host, _, port = (account.endpoint or "").rpartition(":")
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port), ssl=anybody)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def _tls_in_words(account: Account) -> str:
    if not account.tls:
        return "不加密（tls = false），网关要在本机或内网"
    return "加密，证书由 ca_file 担保" if account.ca_file else "加密，证书可信"
