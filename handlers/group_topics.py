"""What a message in a group is about, whoever said it: found out once for a text, by which of our behaviours would
answer to it. What must be known to decide it and the decision itself both go by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from handlers import adverts, forgetting, my_data, signups, why
from handlers.group_hearing import asks_outright, may_be_question
from handlers.handoff import named_answer
from handlers.revisions import once_a_revision
from handlers.understanding import asks_whether_bot
from handlers.understanding.business import complains_aloud
from handlers.words import is_plain_opt_out
from models.playbook import Playbook

# Nothing of ours, as most of what is said; else what is heard first if it may be several. Last what is a question
# perhaps, by what is said around it.
Topic = Literal[
    "", "opt_out", "my_data", "forget", "signup", "why", "keyword", "advert", "question", "complaint", "perhaps"
]

# Longer texts are hardly said twice.
_SHORT = 64


@once_a_revision
def topics_under(playbook: Playbook) -> Callable[[str], Topic]:
    """Tells what a text is about under this playbook."""
    remembered = lru_cache(maxsize=8_192)(lambda text: _topic_of(text, playbook))
    return lambda text: remembered(text) if len(text) <= _SHORT else _topic_of(text, playbook)


def _topic_of(text: str, playbook: Playbook) -> Topic:
    if is_plain_opt_out(text, playbook.words.opt_out):
        return "opt_out"
    if my_data.is_asked_for(text):
        return "my_data"
    if forgetting.is_wished(text):
        return "forget"
    if signups.is_about_it(text):
        return "signup"
    if why.is_asked(text):
        return "why"
    if named_answer(playbook, text) is not None:
        return "keyword"
    if adverts.may_be_one(text):
        return "advert"
    if asks_outright(text) and not asks_whether_bot(text):
        return "question"
    if complains_aloud(text):
        return "complaint"
    # Whether we are a bot is asked of us only where we are named, and is no business of the shop's.
    return "perhaps" if may_be_question(text) and not asks_whether_bot(text) else ""
