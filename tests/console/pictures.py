"""The README's picture: `python -m tests.console.pictures` runs the practice ground for a while and looks at it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.console.conftest import ARGUMENTS, ROOT, chromium, found_shop

PICTURE = ROOT / "docs" / "practice.png"
A_WHILE_SECONDS = 45


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        console = found_shop(Path(folder), browser)
        try:
            page = console.page("/practice")
            time.sleep(A_WHILE_SECONDS)
            page.screenshot(path=PICTURE)
        finally:
            browser.close()
            console.stop()


if __name__ == "__main__":
    main()
