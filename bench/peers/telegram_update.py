"""The updates that Telegram would send: each a command, with an argument that nobody has written before."""

from __future__ import annotations

import json

COMMANDS = [f"cmd{number}" for number in range(100)]


def update(number: int) -> bytes:
    """The n-th of them; the commands take turns."""
    name = COMMANDS[number * 37 % len(COMMANDS)]
    return json.dumps(
        {
            "update_id": number + 1,
            "message": {
                "message_id": number + 1,
                "date": 1_795_000_000,
                "chat": {"id": 7, "type": "private", "first_name": "林间"},
                "from": {"id": 7, "is_bot": False, "first_name": "林间", "language_code": "zh"},
                "text": f"/{name} {number}",
                "entities": [{"type": "bot_command", "offset": 0, "length": len(name) + 1}],
            },
        },
        ensure_ascii=False,
    ).encode()
