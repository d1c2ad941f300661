"""One connection to a Wechaty gateway: attach, hear, ask.

The gateway's own session is never started or stopped from here: `Event()` alone attaches, and on a real account
`Start` and `Stop` would sign it out and in again.

TLS: with a `ca_file` the gateway's certificate must be signed by it, and the host name is not compared, for such a
file is the gateway's own authority and the certificate that the npm gateway carries is made out to `insecure`. (Its
private key is public: with that authority the line is secret, but anybody can pose as the gateway.) Without a
`ca_file` the certificate must be signed by an authority that this machine trusts, and made out to the host name.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import betterproto
import structlog
from grpclib.client import Channel, Stream
from grpclib.const import Cardinality, Status
from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError
from wechaty_grpc.wechaty import puppet

from bot.transports import AccountTaken, LinkLost
from bot.transports.wechaty_wire import EventFrame, sound

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer", bound=betterproto.Message)

CONNECT_SECONDS = 10.0
READ_SECONDS = 10.0
"""How long a gateway may take to let us in, and to answer a question. Sends have their own limit."""

COURTESY_SECONDS = 3.0
"""How long an event waits for what it can do without: a name, the title of a link."""


class WentSilent(LinkLost):
    """Nothing was heard for longer than the heartbeat allows, though the connection stands."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"nothing heard from the gateway for {seconds:g} s")
        self.seconds = seconds


class Link:
    """A connection to the gateway at `endpoint` (`host:port`). `heartbeat_seconds`: how long it may be silent.

    Raises `LinkLost` when `endpoint` or `ca_file` make no sense.
    """

    def __init__(self, endpoint: str, token: str, *, tls: bool, ca_file: str, heartbeat_seconds: float) -> None:
        self.endpoint = endpoint
        self._tls = tls
        self._heartbeat_seconds = heartbeat_seconds
        self._metadata = {"authorization": f"Wechaty {token}"}
        host, _, port = endpoint.rpartition(":")
        if not host or not port.isdecimal():
            raise LinkLost(f"`endpoint` is {endpoint!r}, and should be like 127.0.0.1:8788")
        context = _ssl_context(endpoint, ca_file) if tls else None
        self._channel = Channel(host.strip("[]"), int(port), ssl=context)
        self._probes: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        """Make sure that there is a connection. Raises `LinkLost`; nothing was sent then."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._channel.__connect__()
        except (OSError, TimeoutError) as error:
            raise self.lost(error) from error

    def request(
        self, route: str, shape: Cardinality, request: type[Any], answer: type[Answer], seconds: float | None = None
    ) -> Stream[Any, Answer]:
        """Open a call of the gateway's `Puppet` service."""
        return self._channel.request(
            f"/wechaty.Puppet/{route}", shape, request, answer, timeout=seconds, metadata=self._metadata
        )

    async def call(
        self, route: str, request: betterproto.Message, answer: type[Answer], seconds: float = READ_SECONDS
    ) -> Answer:
        """Ask one question. Raises `LinkLost`, `TimeoutError`, or `GRPCError` for an answer that is an error."""
        try:
            async with self.request(route, Cardinality.UNARY_UNARY, type(request), answer, seconds) as stream:
                await stream.send_message(request, end=True)
                found = await stream.recv_message()
            if found is not None:
                return sound(found)
        except TimeoutError:
            raise
        except (OSError, StreamTerminatedError, ProtocolError) as error:
            raise self.lost(error) from error
        except GRPCError:
            raise
        except Exception as error:  # whatever the parsing of a broken answer raises
            raise GRPCError(Status.DATA_LOSS, f"an answer that cannot be read: {error!r}") from error
        raise GRPCError(Status.UNKNOWN, "the gateway answered nothing")

    async def frames(self) -> AsyncGenerator[EventFrame, None]:
        """Attach, and yield what the gateway says. Raises `LinkLost` (`AccountTaken`, `WentSilent`) at the end."""
        await self.connect()
        try:
            async with self.request("Event", Cardinality.UNARY_STREAM, puppet.EventRequest, EventFrame) as stream:
                await stream.send_message(puppet.EventRequest(), end=True)
                while (frame := await self._next(stream)) is not None:
                    yield frame
        except LinkLost:
            raise
        except Exception as error:  # the line, or whatever the parsing of a broken frame raises
            raise self.lost(error) from error
        raise LinkLost(
            f"the gateway at {self.endpoint} ended the stream of events: it was stopped, or another "
            "program restarted its session"
        )

    async def _next(self, stream: Stream[Any, EventFrame]) -> EventFrame | None:
        """The next frame; only the time spent waiting here counts as silence, not that of a busy reader.

        Quiet accounts are asked for a sign of life (`Ding` is answered by a `dong` on the stream) half-way.
        """
        receiving = asyncio.ensure_future(stream.recv_message())
        try:
            for half in (1, 2):
                done, _ = await asyncio.wait({receiving}, timeout=self._heartbeat_seconds / 2)
                if done:
                    return receiving.result()
                if half == 1:
                    self._probe()
            raise WentSilent(self._heartbeat_seconds)
        finally:
            receiving.cancel()

    def _probe(self) -> None:
        async def ding() -> None:
            with contextlib.suppress(GRPCError, TimeoutError, LinkLost):  # silence itself is the answer
                await self.call("Ding", puppet.DingRequest(data="zhanggui"), puppet.DingResponse)

        task = asyncio.create_task(ding())
        self._probes.add(task)
        task.add_done_callback(self._probes.discard)

    def close(self) -> None:
        """Let go; the gateway's session goes on."""
        for task in self._probes:
            task.cancel()
        self._channel.close()

    def lost(self, error: Exception) -> LinkLost:
        """Say what an end of the connection means, and what to do about it."""
        where = f"the gateway at {self.endpoint}"
        match error:
            case GRPCError(status=Status.ALREADY_EXISTS):
                return AccountTaken(
                    f"{where} already has a listener, and serves only one: stop the other program, or give each "
                    "its own gateway (after a cut line it may be ourselves: it ends by itself)"
                )
            case GRPCError(status=Status.UNAUTHENTICATED):
                return LinkLost(f"{where} refuses our token: give the account the gateway's own token (`token_env`)")
            case GRPCError(status=Status.UNIMPLEMENTED):
                return LinkLost(f"what answers at {self.endpoint} is no Wechaty gateway: correct `endpoint`")
            case GRPCError():
                return LinkLost(f"{where} ended the stream: {error.message}")
            case ConnectionRefusedError():
                return LinkLost(f"nobody listens at {self.endpoint}: start the gateway, or correct `endpoint`")
            case socket.gaierror():
                return LinkLost(f"no machine is called that: {self.endpoint}: correct `endpoint`")
            case ssl.SSLCertVerificationError():
                return LinkLost(
                    f"the certificate of {where} is not to be trusted ({error.verify_message}): "
                    "give `ca_file` the authority that signed it"
                )
            case ssl.SSLError():
                return LinkLost(f"{where} does not speak TLS: set `tls = false`, or let the gateway speak it")
            case TimeoutError():
                return LinkLost(f"{where} did not answer within {CONNECT_SECONDS:g} s")
        hint = "" if self._tls else " (if that is at once: it may speak TLS, then set `tls = true`)"
        return LinkLost(f"the connection to {where} was cut: {error}{hint}")


def _ssl_context(endpoint: str, ca_file: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise LinkLost(f"`ca_file` {ca_file} for {endpoint} cannot be read as certificates: {error}") from error
    context.set_alpn_protocols(["h2"])
    if ca_file:
        context.check_hostname = False
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # Python 3.13's default, which Wechaty's authority fails
    return context
