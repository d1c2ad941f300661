"""The ports where we serve: why one cannot be had, and what helps."""

from __future__ import annotations

import errno
import socket

from bot.system_errors import is_unknown_host

ANOTHER_HOST = "改 host：写这台机器自己的地址，127.0.0.1 只给本机，0.0.0.0 给所有人"
ANOTHER_PORT = "换一个 port，或写 0 任选"
# Workers of one machine, and a console beside them, share a configuration, and so the port of their figures.
PORT_OF_ITS_OWN = "同一台机器上的几个 worker、后台各要一个 port：启动时用 ZHANGGUI_METRICS__PORT 各设各的，或设 0 任选"


def cure_of(error: OSError) -> str:
    """What helps against an error of binding: a name or an address that is not this machine's is not cured by another
    port."""
    is_host = is_unknown_host(error) or error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    return ANOTHER_HOST if is_host else ANOTHER_PORT


def listen(host: str, port: int) -> socket.socket:
    """Listen there. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=128)


def trouble(host: str, port: int) -> OSError | None:
    """What keeps us from serving there, if anything. Nobody can connect while we look."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as looking:
            looking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            looking.bind(address)
    except OSError as error:
        return error
    return None
