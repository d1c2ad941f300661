"""Which requests come as far as the entrance: hosts, origins, and how often a password may be tried."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from bot.console import attempts
from bot.console.attempts import Attempts
from bot.console.guard import cookie, is_our_host, is_our_page
from bot.console.sign_in import own_path


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "10.0.0.7", "shop.cn:443"]
)
def test_our_hosts(host: str) -> None:
    assert is_our_host(host, {"shop.cn"})


@pytest.mark.parametrize(
    "host", ["", "evil.com", "127.0.0.1.evil.com", "localhost.evil.com:8080", "[::1", "shop.cn.evil"]
)
def test_names_that_somebody_else_points_at_us(host: str) -> None:
    assert not is_our_host(host, {"shop.cn"})


def page(**headers: str) -> Headers:
    return Headers({"host": "127.0.0.1:8080"} | {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("headers", "reads", "changes"),
    [
        (page(), True, False),
        (page(origin="http://127.0.0.1:8080"), True, True),
        (page(origin="http://127.0.0.1:9090"), False, False),
        (page(origin="http://evil.com"), False, False),
        (page(origin="null"), False, False),
        (page(sec_fetch_site="same-origin"), True, False),
        (page(sec_fetch_site="cross-site", sec_fetch_mode="no-cors"), False, False),
        (page(sec_fetch_site="cross-site", sec_fetch_mode="navigate"), True, False),
    ],
)
def test_requests_that_a_page_of_ours_started(headers: Headers, reads: bool, changes: bool) -> None:
    assert is_our_page(headers, must_say=False) is reads
    assert is_our_page(headers, must_say=True) is changes


def test_cookies() -> None:
    assert cookie(Headers({"cookie": "a=1; zhanggui_8080=abc"}), "zhanggui_8080") == "abc"
    assert cookie(Headers({"cookie": "\x00=;;; ="}), "zhanggui_8080") == ""
    assert cookie(Headers({}), "zhanggui_8080") == ""


@pytest.mark.parametrize(
    "wish", ["", "//evil.com", "/\\evil.com", "https://evil.com", "/a\r\nb", "today", "/\t/evil.com"]
)
def test_nobody_is_sent_elsewhere(wish: str) -> None:
    assert own_path(wish) == "/"


def test_a_wish_of_ours_is_kept() -> None:
    assert own_path("/deliveries?state=unknown") == "/deliveries?state=unknown"


def test_passwords_are_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr("bot.console.attempts.time.monotonic", lambda: now)
    tried = Attempts()
    for _ in range(attempts.PER_NAME):
        assert tried.seconds_to_wait("10.0.0.1", "anna") == 0
        tried.failed("10.0.0.1", "anna")
    assert tried.seconds_to_wait("10.0.0.1", "anna") > 0
    assert tried.seconds_to_wait("10.0.0.1", "bert") == 0
    assert tried.seconds_to_wait("10.0.0.2", "anna") == 0  # nobody locks the owner out from elsewhere
    now += attempts.WINDOW_SECONDS + 1
    assert tried.seconds_to_wait("10.0.0.1", "anna") == 0
