"""What an operating system refuses, in the words of whoever has to mend it: its own are English."""

from __future__ import annotations

import errno
import socket
import ssl

_REASONS = {
    errno.EACCES: "没有权限",
    errno.EADDRINUSE: "被别的程序占着",
    errno.EADDRNOTAVAIL: "不是这台机器的地址",
    errno.EAFNOSUPPORT: "这台机器没有这种地址",
    errno.ECONNREFUSED: "那里没有程序在听",
    errno.ECONNRESET: "对方断开了",
    errno.EDQUOT: "磁盘配额用完了",
    errno.EEXIST: "已经有了",
    errno.EFBIG: "文件太大",
    errno.EHOSTUNREACH: "那台机器连不上",
    errno.EINVAL: "不能这样用",
    errno.EIO: "磁盘读写出错",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ELOOP: "链接绕成了圈",
    errno.EMFILE: "打开的文件太多",
    errno.ENAMETOOLONG: "名字太长",
    errno.ENETUNREACH: "网络不通",
    errno.ENFILE: "打开的文件太多",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOSPC: "磁盘满了",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.EPERM: "没有权限",
    errno.EPIPE: "对方断开了",
    errno.EROFS: "那里只能读，不能写",
    errno.ETIMEDOUT: "没有回应",
}
# By OpenSSL's numbers of what is wrong with a certificate.
_CERTIFICATES = {
    9: "还没到生效的日子",
    10: "已经过期",
    18: "是自己签的",
    19: "是自己签的",
    20: "不知道是谁签的",
    21: "不知道是谁签的",
    62: "写的不是这个主机名",
    64: "写的不是这个地址",
}


def reason_of(error: OSError) -> str:
    """Why it did not work."""
    if is_unknown_host(error):
        return "没有叫这个名字的机器"
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def is_unknown_host(error: OSError) -> bool:
    """Whether a name could not be looked up; some callers wrap that in another error of the same number."""
    return isinstance(error, socket.gaierror) or (error.errno is not None and error.errno < 0)


def certificate_reason(error: ssl.SSLCertVerificationError) -> str:
    """Why a certificate is not to be trusted."""
    return _CERTIFICATES.get(error.verify_code) or error.verify_message
