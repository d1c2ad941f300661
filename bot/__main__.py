"""`python -m bot …`"""

from __future__ import annotations

import gc
import sys

# Imports make half a million objects that all stay: looking among them for garbage is a tenth of the start.
gc.disable()
from bot.command_line import main  # noqa: E402

gc.freeze()
gc.enable()

sys.exit(main(sys.argv[1:]))
