"""A webhook as a transport: alerts leave by HTTP, as plain JSON or as texts of WeCom's group robot (企业微信群机器人).

Its address is a secret: whoever knows it can post. It is in no exception, log line or row.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, Literal

import httpx

from bot.transports import LinkLost, NotConnected, Outgoing, Receipt, Refused, TooFrequent, Uncertain, Unsupported
from models.alerts import alert_of
from models.capabilities import CHANNEL
from models.events import Event, Roster

Form = Literal["json", "wecom"]

# What has not even connected after so long has not left us, and is tried again like all trouble of the network.
CONNECT_SECONDS = 5.0
# The robot's own limits: so many bytes of UTF-8 in a text, and its answer to who posts too often.
WECOM_BYTES = 2048
WECOM_TOO_FREQUENT = 45009


class WebhookTransport:
    """One address that alerts of a merchant are posted to; nobody is met there, and nothing is heard."""

    def __init__(self, account: str, merchant: str, url: str, form: Form, now: Callable[[], datetime]) -> None:
        self.account = account
        self.capabilities = CHANNEL
        self._merchant = merchant
        self._url = url
        self._form = form
        self._now = now

    def events(self) -> AsyncIterator[Event]:
        """Nothing is heard. Raises `LinkLost`."""
        raise LinkLost(f"webhook {self.account!r} says nothing")

    async def roster(self) -> Roster:
        """Nobody."""
        return Roster(account=self.account, at=self._now())

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post one alert. Raises a `SendError`; how long an answer may take is for the caller to say."""
        if outgoing.kind != "text":
            raise Unsupported(f"a webhook takes no {outgoing.kind}")
        # A connection of its own each time: alerts are rare, and one that was kept may be gone when it is wanted.
        try:
            async with httpx.AsyncClient(timeout=httpx.Timeout(None, connect=CONNECT_SECONDS)) as client:
                response = await client.post(self._url, json=self._body(outgoing))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.ProxyError) as error:
            # Without the cause: it names the address.
            raise NotConnected(f"webhook {self.account!r} cannot be reached ({type(error).__name__})") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Uncertain(f"webhook {self.account!r} broke off ({type(error).__name__})") from None
        return self._receipt(response)

    async def close(self) -> None:
        """Nothing is held."""

    def _body(self, outgoing: Outgoing) -> dict[str, Any]:
        if self._form == "wecom":
            return {"msgtype": "text", "text": {"content": _shortened(outgoing.text, WECOM_BYTES)}}
        alert = alert_of(outgoing.key, self.account)
        return {
            "key": outgoing.key,
            "merchant": self._merchant,
            "kind": alert.kind,
            "subject": alert.subject,
            "began_at": alert.began_at.isoformat(),
            "text": outgoing.text,
        }

    def _receipt(self, response: httpx.Response) -> Receipt:
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise TooFrequent(f"webhook {self.account!r} says that we are too fast")
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:  # it may have taken it before it fell over
            raise Uncertain(f"webhook {self.account!r} answered {status}")
        if not response.is_success:
            raise Refused(f"webhook {self.account!r} answered {status}")
        if self._form == "wecom":
            match _error_code(response):
                case 0:
                    pass
                case code if code == WECOM_TOO_FREQUENT:
                    raise TooFrequent(f"webhook {self.account!r} answered errcode {code}")
                case code:
                    raise Refused(f"webhook {self.account!r} answered errcode {code}")
        return Receipt()


def _error_code(response: httpx.Response) -> object:
    """What the robot says; it answers 200 whatever came of it. None where it is another one's answer."""
    try:
        answer = response.json()
    except ValueError:
        return None
    return answer.get("errcode") if isinstance(answer, dict) else None


def _shortened(text: str, most: int) -> str:
    """As much of the text as fits into so many bytes of UTF-8, an ellipsis at its end if it is not all."""
    encoded = text.encode()
    return text if len(encoded) <= most else encoded[: most - 3].decode(errors="ignore") + "…"
