"""`/metrics` and `/health` over HTTP, for every program that has a port for it, with a console or without.

A thread of its own serves them, so that they can say that the program's loop is stuck.
"""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog
from prometheus_client import CONTENT_TYPE_LATEST

from bot.config import Metrics as Settings
from bot.desk import Refused
from bot.metrics import Metrics
from bot.ports import PORT_OF_ITS_OWN, cure_of
from bot.system_errors import reason_of

log = structlog.get_logger("metrics")


@contextmanager
def serving(metrics: Metrics, settings: Settings, worker: str) -> Iterator[int]:
    """Serve while the block lasts; yields the port. Raises `Refused` when that is taken."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # seconds, for who connects and says nothing
        server_version, sys_version = "zhanggui", ""

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/metrics":
                    self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, metrics.page())
                case "/health":
                    illness = metrics.illness()
                    told = {"status": "ill" if illness else "ok", "worker": worker, "accounts": metrics.accounts}
                    body = json.dumps(told | ({"what": illness} if illness else {})).encode() + b"\n"
                    status = HTTPStatus.SERVICE_UNAVAILABLE if illness else HTTPStatus.OK
                    self._answer(status, "application/json", body)
                case _:
                    self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"/metrics or /health\n")

        def log_message(self, *_: object) -> None:
            """Say nothing: somebody asks every few seconds."""

        def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    try:
        server = ThreadingHTTPServer((settings.host, settings.port or 0), Handler)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        cure = PORT_OF_ITS_OWN if worker and error.errno == errno.EADDRINUSE else cure_of(error)
        raise Refused(f"[metrics] 没法在 {where} 提供 /metrics（{reason_of(error)}）。{cure}。") from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    log.info("metrics", host=settings.host, port=server.server_port)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
