"""Which names and passwords somebody may take."""

from __future__ import annotations

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
LONGEST_NAME = 40


def fault_of(name: str, password: str) -> str:
    """What is wrong with a name and a password that somebody wants to have; nothing if they may."""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return f"给自己起个名字，{LONGEST_NAME} 个字以内。"
    if len(password) < SHORTEST_PASSWORD:
        return f"密码至少 {SHORTEST_PASSWORD} 位。"
    if len(password) > LONGEST_PASSWORD:
        return f"密码最多 {LONGEST_PASSWORD} 位。"
    return ""
