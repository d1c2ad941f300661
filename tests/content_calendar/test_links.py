"""Links in texts as people write them, and who is within WeChat."""

from __future__ import annotations

import pytest

from content_calendar.links import hosts_of, leads_outside


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("看www.jd.com，好", ("www.jd.com",)),
        ("HTTP://Evil.Example:80/?x", ("evil.example",)),
        ("a@b.com 写信", ()),
        ("今天3.5折，满68减10", ()),
        ("https://a.cn/x https://a.cn/y", ("a.cn",)),
        ("weixin.qq.com.evil.com", ("weixin.qq.com.evil.com",)),
    ],
)
def test_hosts_in_texts(text: str, hosts: tuple[str, ...]) -> None:
    assert hosts_of(text) == hosts


def test_only_hosts_of_wechat_are_inside() -> None:
    assert not leads_outside("mp.weixin.qq.com")
    assert leads_outside("weixin.qq.com.evil.com")
    assert leads_outside("notwechat.com")
