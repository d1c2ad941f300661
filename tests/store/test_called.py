"""A person in a command is a stable id, a nickname, a remark, or what they like to be called, on both databases."""

from __future__ import annotations

from bot.store.called import contacts_called
from models import effects as fx
from models.people import AnswerState, Contact
from tests.store.stage import merchant, shop

CALL = {"key": "call", "type": "name", "texts": ["怎么称呼？"]}
WISH = {"key": "wish", "type": "freetext", "texts": ["有什么想说的？"]}


def test_whoever_is_meant_is_found_by_what_they_are_called(database_url: str) -> None:
    with shop(database_url, merchant(survey={"questions": [CALL, WISH]})) as stage:
        stage.befriend("wx1", "wx2")
        ids = {row.wire_id: row.id for row in stage.rows(Contact)}
        persons = {row.wire_id: row.person_id for row in stage.rows(Contact)}

        def says(wire_id: str, key: str, value: str) -> fx.PutAnswer:
            return fx.PutAnswer(
                person_id=persons[wire_id], key=key, value=value, state=AnswerState.ANSWERED, revision="r"
            )

        stage.bring_about(says("wx1", "call", "老林"), says("wx2", "wish", "老林"))
        with stage.store.reading() as connection:
            found = {
                word: contacts_called(connection, stage.merchants["m1"], word, 5)
                for word in ("wx2", "老林", "@老林", "谁也不是")
            }
        assert found == {"wx2": [ids["wx2"]], "老林": [ids["wx1"]], "@老林": [ids["wx1"]], "谁也不是": []}
