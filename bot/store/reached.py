"""What became of each question of a survey, as it is counted."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from bot.store import Writing
from models.columns import table_of
from models.people import Answer, Survey


def reached(survey: Any, answers: dict[str, str]) -> dict[str, str]:
    """By the key of each question that somebody reached, from their survey's row and the states of their answers."""
    found = {**(survey.reached or {}), **dict.fromkeys(survey.aside, "aside")}
    if survey.question:
        found[survey.question] = "open"
    return found | answers


def keep_reached(writing: Writing, merchant_id: str, person_ids: set[int]) -> None:
    """Before answers are forgotten: that questions were answered, declined or left open is a count, and stays."""
    run = writing.connection.execute
    answers: dict[int, dict[str, str]] = defaultdict(dict)
    for person_id, key, state in run(
        select(col(Answer.person_id), col(Answer.key), col(Answer.state)).where(
            col(Answer.merchant_id) == merchant_id, col(Answer.person_id).in_(person_ids)
        )
    ):
        answers[person_id][key] = state
    theirs = (col(Survey.merchant_id) == merchant_id, col(Survey.person_id).in_(person_ids))
    for survey in run(select(table_of(Survey)).where(*theirs)).all():
        this = (col(Survey.merchant_id) == merchant_id, col(Survey.person_id) == survey.person_id)
        run(update(Survey).where(*this).values(reached=reached(survey, answers[survey.person_id])))
