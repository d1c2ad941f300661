"""`python -m bot …`"""

from __future__ import annotations

import gc
import sys

# Imports make half a million objects that all stay: looking among them for garbage is a tenth of the start.
gc.disable()
try:
    from bot import client

    if (status := client.main(sys.argv[1:])) is None:
        from bot.command_line import main
except ModuleNotFoundError as missing:
    if (missing.name or "").partition(".")[0] in {"bot", "handlers", "content_calendar", "models"}:
        raise
    sys.exit(f"这个 Python 里没有 {missing.name}：先在项目里运行 make run，命令写成 .venv/bin/python -m bot …")
except KeyboardInterrupt:  # before there is anything that would be ended in good order
    sys.exit(130)

gc.freeze()
gc.enable()

sys.exit(main(sys.argv[1:]) if status is None else status)
