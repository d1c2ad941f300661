"""Links in texts, and whether they stay within WeChat."""

from __future__ import annotations

import re

from models.patterns import compile_later

# Hosts whose pages open inside WeChat and keep members there: articles, mini programs, WeCom, payment.
_WITHIN_WECHAT = (
    "weixin.qq.com",
    "wx.qq.com",
    "wechat.com",
    "weixin.com",
    "servicewechat.com",
    "wxaurl.cn",
    "wework.cn",
    "tenpay.com",
)

# A host with a scheme, or a bare one that ends in a domain people write down.
_HOST = compile_later(
    r"(?:https?://([\w.-]+)|(?<![\w@.-])((?:[a-z0-9-]+\.)+(?:com|cn|net|org|top|shop|vip|cc|co|me|io|xyz|link|store)))"
    r"(?![\w@-])",
    re.ASCII | re.IGNORECASE,
)


def hosts_of(text: str) -> tuple[str, ...]:
    """The hosts of the links in a text, in small letters, each once."""
    return tuple(dict.fromkeys((match[1] or match[2]).lower().rstrip(".") for match in _HOST.finditer(text)))


def leads_outside(host: str) -> bool:
    """Whether a link to this host takes members out of WeChat."""
    return not any(host == inside or host.endswith(f".{inside}") for inside in _WITHIN_WECHAT)
