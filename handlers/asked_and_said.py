"""What a question of the survey asks and an answer says, as one reads it: on pages and at a terminal."""

from __future__ import annotations

from typing import Any

from content_calendar.render import spoken
from models.playbook import Playbook


def question_of(playbook: Playbook, key: str) -> str:
    """What a question asks; what is known without having been asked goes by its key."""
    question = playbook.question(key)
    return question.texts[0] if question and question.texts else key


def answer_of(playbook: Playbook, key: str, value: Any) -> str:
    """An answer as one says it, options by their labels."""
    question = playbook.question(key)
    labels = {option.value: option.label or option.value for option in question.options} if question else {}
    return spoken(value, question.type if question else "", labels)
