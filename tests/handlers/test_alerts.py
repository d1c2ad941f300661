"""What a human must know is told once, to channels and staff, and is over when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import decide
from models import effects as fx
from models.alerts import AlertKind, AlertName, alert_key, alert_of
from models.context import AccountView, AlertView, Context
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import LoggedOut, TroubleBegan, TroubleEnded, WentDeaf
from tests.handlers.builders import (
    AT,
    STAMP,
    account,
    boss,
    context,
    friendship,
    merchant,
    minutes,
    of,
    rings,
    sends,
)

HERE: dict[str, Any] = {"merchant": "m1", "account": "main", "at": AT}
CHANNELS = ("ops", "duty")


def telling(*alerts: AlertView, **more: Any) -> Context:
    """A merchant with two channels; what it was told of already."""
    return context(alerts=alerts, **{"merchant": merchant(channels=CHANNELS), **more})


def test_each_channel_gets_it_under_a_key_of_its_own() -> None:
    effects = decide(LoggedOut(**HERE), telling())
    text = "【半山茶社】账号「小山」退出登录了，请在手机上重新登录。（11-23 09:00）"
    assert sends(effects) == [
        fx.Send(
            key=f"alert:logged_out:main:{STAMP}:{channel}",
            account=channel,
            lane=Lane.SERVICE,
            cause=Cause.ALERT,
            text=text,
            priority=1,
        )
        for channel in CHANNELS
    ]


def again(kind: str, ended_at: datetime | None, at: datetime = AT) -> list[Effect]:
    """The trouble comes when one of its kind began two hours ago and ended then."""
    before = AlertView(kind=kind, subject="main", began_at=AT - minutes(120), ended_at=ended_at)
    event: Any = WentDeaf(**HERE) if kind == "deaf" else TroubleBegan(**HERE, kind=kind, subject="main")
    return [
        one
        for one in decide(msgspec.structs.replace(event, at=at), telling(before))
        if not isinstance(one, fx.PutAccount)
    ]


def test_what_is_open_is_not_raised_again() -> None:
    assert again("deaf", None) == []
    assert again("budget", None) == []


def test_what_comes_back_within_the_hour_is_the_same_and_nobody_is_told_twice() -> None:
    for since in (minutes(0), minutes(59)):
        (alert,) = again("deaf", AT - since)
        assert isinstance(alert, fx.RaiseAlert)
        assert alert.began_at == AT - minutes(120)
    alert, *posts = again("deaf", AT - minutes(60))
    assert isinstance(alert, fx.RaiseAlert)
    assert (alert.began_at, len(posts)) == (AT, 2)


def test_what_does_not_come_and_go_by_itself_is_told_each_time() -> None:
    alert, *others = again("budget", AT - minutes(1))
    assert isinstance(alert, fx.RaiseAlert)
    assert (alert.began_at, len(sends(others))) == (AT, 2)


def test_another_account_is_another_trouble() -> None:
    other = AlertView(kind="deaf", subject="second", began_at=AT - minutes(1))
    assert len(sends(decide(WentDeaf(**HERE), telling(other)))) == 2


# in the chat


def notes(*accounts: AccountView, friend_of: tuple[str, ...]) -> list[tuple[str, str, str]]:
    chief = boss()
    friends: dict[str, Any] = {}
    for one in friend_of:
        friends |= friendship(account=one)
    known = msgspec.structs.replace(chief, friendships=friends)
    effects = decide(WentDeaf(**HERE), context(staff=(known,), accounts={one.id: one for one in accounts}))
    return [(one.key, one.account, one.lane) for one in sends(effects)]


def test_staff_hears_of_a_lost_account_from_one_that_works() -> None:
    second = AccountView(id="second", state="online")
    told = [(f"alert:deaf:main:{STAMP}:wx-boss", "second", "service")]
    assert notes(account(), second, friend_of=("main", "second")) == told
    assert notes(account(), second, friend_of=("main",)) == []
    assert notes(account(), friend_of=("main",)) == []
    assert notes(account(), msgspec.structs.replace(second, state="scan"), friend_of=("second",)) == []


# what the program notices about itself


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("budget", "账号「小山」今天的发送额度不够了，排不下的明天接着发。"),
        ("new_friends", "账号「小山」今天加好友的额度用完了，剩下的明天接着加，别的照常发。"),
        ("disk_full", "磁盘满了，什么都记不下来，先停着。请腾出空间，腾好会自己接着跑。"),
        ("database", "数据库用不了，先停着，好了会自己接着跑。"),
    ],
)
def test_the_program_says_what_it_notices(kind: AlertKind, text: str) -> None:
    account_id = "main" if kind in ("budget", "new_friends") else ""
    event = TroubleBegan(merchant="m1", account=account_id, at=AT, kind=kind, subject=account_id)
    known = context() if account_id else context(account=AccountView(id=""))
    assert decide(event, known) == [
        fx.RaiseAlert(kind=kind, subject=account_id, began_at=AT, account=account_id, text=text)
    ]
    assert decide(TroubleEnded(**HERE, kind=kind, subject="x"), context()) == [fx.EndAlert(kinds=(kind,), subject="x")]


def test_what_is_over_by_itself_has_a_timer() -> None:
    until = AT + minutes(300)
    (timer,) = of(fx.PutTimer, decide(TroubleBegan(**HERE, kind="budget", subject="main", until=until), context()))
    assert timer == fx.PutTimer(kind="alert_over", subject="budget main", at=until)
    assert decide(rings("alert_over", "budget main"), context()) == [
        fx.EndAlert(kinds=(AlertKind.BUDGET,), subject="main")
    ]


def test_a_bug_is_told_of_again_after_a_day() -> None:
    (timer,) = of(fx.PutTimer, decide(TroubleBegan(**HERE, kind="poison", subject="message"), context()))
    assert timer == fx.PutTimer(kind="alert_over", subject="poison message", at=AT + timedelta(days=1))


def test_a_delivery_that_cannot_be_judged_is_looked_for_where_it_is() -> None:
    (alert,) = of(fx.RaiseAlert, decide(TroubleBegan(**HERE, kind="poison", subject="delivery"), context()))
    assert ("delivery.poison" in alert.text, "events" in alert.text) == (True, False)


names = st.builds(
    AlertName,
    st.sampled_from(list(AlertKind)).map(str),
    st.text(min_size=0, max_size=30),
    st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
)


@given(names, st.text(min_size=1, max_size=10))
def test_a_key_names_its_alert(name: AlertName, channel: str) -> None:
    assert alert_of(alert_key(name, channel), channel) == name
