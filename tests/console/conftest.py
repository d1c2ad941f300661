"""A real Chromium looks at a real `python -m bot run`, as a person would; what it saw is in build/screenshots."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "screenshots"
PATIENCE_SECONDS = 60.0
PASSWORD = "一壶浊酒喜相逢。"
LAPTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--in-process-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CONFIG = """
[database]
url = "sqlite:///shop.db"
[console]
port = {port}
[[merchants]]
id = "m1"
name = "临江酒社"
playbook = "{playbook}"
timezone = "Asia/Shanghai"
[[merchants.admins]]
account = "main"
contact = "wx-boss"
role = "owner"
[[accounts]]
id = "main"
name = "小满"
merchant = "m1"
transport = "simulator"
"""


def chromium() -> str:
    """The path of a Chromium, or nothing. The one without windows first: a page costs it a quarter of the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), "")


@dataclass
class Console:
    """A running bot and its console; or the console alone, by another command."""

    folder: Path
    browser: Browser
    started_by: str = "run"
    process: subprocess.Popen[str] = field(init=False)
    _reader: threading.Thread = field(init=False)
    lines: list[str] = field(default_factory=list)
    signed_in: dict[str, Any] = field(default_factory=dict)  # cookies by operator
    _kept: dict[str, BrowserContext] = field(default_factory=dict)

    def start(self) -> None:
        """Run the bot until it says where the console is."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", self.started_by, "--config", str(self.folder / "config.toml")],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.said(r"后台\S*：(http://\S+)")

    def said(self, pattern: str) -> str:
        """What the pattern's group is in a line of the bot's, which may be still to come."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            for line in self.lines:
                if found := re.search(pattern, line):
                    return found[1]
            time.sleep(0.05)
        raise AssertionError(f"not said: {pattern}\n" + "\n".join(self.lines[-30:]))

    def stop(self) -> int:
        """End it as a system would; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE_SECONDS)
        self._reader.join()
        return status

    @property
    def address(self) -> str:
        """Where the console is, without a slash at the end."""
        return self.said(r'"address": "(http://[^"]+)/"')

    def command(self, *argv: str) -> str:
        """What a command line prints, dealt with by the running bot."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *argv, "--config", str(self.folder / "config.toml")],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        return done.stdout

    def context(self, who: str = "", size: dict[str, int] | None = None, **more: Any) -> BrowserContext:
        """A browser of its own, signed in as somebody if they are named."""
        state = self.signed_in.get(who)
        made = self.browser.new_context(viewport=size or LAPTOP, locale="zh-CN", storage_state=state, **more)  # type: ignore[arg-type]
        made.set_default_timeout(PATIENCE_SECONDS * 1000)
        return made

    def page(self, path: str, who: str = "店主", size: dict[str, int] | None = None, **more: Any) -> Page:
        """A page as somebody sees it once it is there, in the browser that they have had since they signed in."""
        key = repr((who, size, more, self.signed_in.get(who)))
        if key not in self._kept:
            self._kept[key] = self.context(who, size, **more)
        page = self._kept[key].new_page()
        page.goto(self.address + path)
        page.wait_for_selector("[role=main]")
        return page

    def found(self, first: str) -> None:
        """Sign in as the owner by the first link, to see this page first."""
        context = self.context()
        page = context.new_page()
        page.goto(self.said(r"(http://\S+/setup\?token=\S+)"))
        shoot(page, "setup")
        page.fill("input[name=password]", PASSWORD)
        page.click("button")
        page.wait_for_url(f"**{first}")
        page.wait_for_selector("[role=main]")
        self.signed_in["店主"] = context.storage_state()
        context.close()

    def join(self, who: str, role: str) -> None:
        """Invite somebody, who sets a password by their link."""
        said = self.command("operator", "invite", who, "--role", role)
        context = self.context()
        page = context.new_page()
        page.goto(self.address + "/join?token=" + said.partition("token=")[2].split()[0])
        page.fill("input[name=password]", PASSWORD)
        page.click("button")
        page.wait_for_selector("[role=main]")
        self.signed_in[who] = context.storage_state()
        context.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                self.lines.append(line.rstrip())


def shoot(page: Page, name: str) -> None:
    """Keep a picture for whoever wants to look. A browser that is busy has none to give now and then; a moment later
    it has."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for patience in (250, 1_000, None):
        try:
            page.screenshot(path=SHOTS / f"{name}.png")
        except Error:
            if patience is None:
                raise
            page.wait_for_timeout(patience)
        else:
            return


def faults_of(page: Page) -> list[str]:
    """What axe finds that keeps somebody from using the page."""
    # Axe takes what is behind a dialog for what is behind its buttons, and a notice that fades has no contrast.
    hidden = page.add_style_tag(content=".q-dialog__backdrop, .q-notifications { display: none }")
    found = Axe().run(page).response["violations"]
    hidden.evaluate("style => style.remove()")
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


# A module at a time: while Playwright is open its loop runs in this thread, and no other test could have one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    if not path:
        pytest.skip("there is no Chromium: apt-get install chromium fonts-noto-cjk")
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


def found_shop(folder: Path, browser: Browser) -> Console:
    """A shop in its practice ground, whose owner has signed in by the first link."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    config = CONFIG.format(port=port, playbook=ROOT / "playbooks" / "liquor-club.toml")
    (folder / "config.toml").write_text(config, encoding="utf-8")
    running = Console(folder, browser)
    running.start()
    running.found("/practice")
    return running


@pytest.fixture(autouse=True)
def _closed_pages(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test leaves open would go on asking the bot for news."""
    yield
    if "browser" in request.fixturenames:
        for context in request.getfixturevalue("browser").contexts:
            for page in context.pages:
                page.close()


@pytest.fixture(scope="module")
def console(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    running = found_shop(tmp_path_factory.mktemp("console"), browser)
    yield running
    for one in browser.contexts:
        one.close()
    assert running.stop() == 0, running.lines[-20:]
