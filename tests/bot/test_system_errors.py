"""What the operating system refuses is told in Chinese, wherever it stops somebody."""

from __future__ import annotations

import errno
import os
import re
import socket

import pytest

from bot.ports import ANOTHER_HOST, ANOTHER_PORT, cure_of, trouble
from bot.system_errors import reason_of


@pytest.mark.parametrize(
    "code",
    [
        errno.EACCES, errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.ECONNREFUSED, errno.EIO, errno.EISDIR, errno.EMFILE,
        errno.ENETUNREACH, errno.ENOENT, errno.ENOSPC, errno.ENOTDIR, errno.EPERM, errno.EROFS, errno.ETIMEDOUT,
    ],
)  # fmt: skip
def test_a_reason_is_chinese(code: int) -> None:
    assert not re.search("[A-Za-z]", reason_of(OSError(code, os.strerror(code))))


def test_a_host_that_nobody_is_called_is_not_cured_by_another_port() -> None:
    looked_up = trouble("nohost.invalid", 0)
    assert looked_up is not None
    with pytest.raises(OSError) as served:  # noqa: PT011 - which of its kinds is what is asked here
        socket.create_server(("nohost.invalid", 0))
    for error in (looked_up, served.value):
        assert reason_of(error) == "没有叫这个名字的机器"
        assert cure_of(error) == ANOTHER_HOST
    assert cure_of(OSError(errno.EADDRINUSE, "in use")) == ANOTHER_PORT
