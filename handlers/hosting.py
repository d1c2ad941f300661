"""Being a good host between two answers: room for who carries something heavy, a time for who is busy, a limit to how
often small talk brings a question again."""

from __future__ import annotations

from datetime import datetime

import msgspec

from handlers import later, reactions
from handlers.asking import Room, ask_again_soon, next_question, put_off
from handlers.gate import quiet_until
from handlers.learning import Learned
from handlers.replies import words_of
from handlers.roles import roles_of
from handlers.understanding import first_look
from handlers.understanding.feelings import GRAVE, Feeling, feeling_of
from models import effects as fx
from models.context import Context, PersonView
from models.effects import Effect, SurveyProgress
from models.patterns import compile_later
from models.people import SurveyState
from models.playbook import Playbook
from models.playbook_survey import Question

CLAUSE = compile_later(r"[,，。;；!！?？\s]+")
NAMED = compile_later(r"叫|姓|名|^我是")
MOST_REPEATS = 2  # so often small talk brings an open question again; after that nudges do


def may_not_keep(context: Context, person: PersonView) -> bool:
    """Whether they have refused what the playbook asks them for: that what they tell is written down."""
    return person.consent == "refused" and context.merchant.playbook.consent.required


def heard_from(progress: SurveyProgress) -> SurveyProgress:
    """They are there: nudges begin anew, and who was away for long may chat as much as anybody."""
    repeats = 0 if progress.state == SurveyState.RESTING else progress.repeats
    return msgspec.structs.replace(progress, pending=(), nudges=0, state=SurveyState.OPEN, repeats=repeats)


def waits(at: datetime, person: PersonView, progress: SurveyProgress) -> list[Effect]:
    return [fx.PutSurvey(person_id=person.person_id, survey=progress), *ask_again_soon(at, person, progress)]


def small_talk(at: datetime, person: PersonView, progress: SurveyProgress, *, calls: bool) -> list[Effect]:
    """The open question comes again in a while, but not for every 嗯嗯, and not before the time that they named."""
    until = progress.put_off_until
    if progress.repeats >= MOST_REPEATS or (until is not None and until > at and not calls):
        return [fx.PutSurvey(person_id=person.person_id, survey=progress)]
    return waits(at, person, msgspec.structs.replace(progress, repeats=progress.repeats + 1))


def later_then(
    at: datetime,
    context: Context,
    person: PersonView,
    progress: SurveyProgress,
    question: Question,
    text: str,
    *,
    human: bool,
) -> list[Effect]:
    """Not now: when they say, outside the quiet hours."""
    local = at.astimezone(context.merchant.zone)
    moment = _their_time(context, text, local)
    when = later.spoken(moment, local)
    effects = [] if human else reactions.say(at, context, person, progress.account, "later", said=text, when=when)
    return [*effects, *put_off(person, progress, question, Room(moment.astimezone(at.tzinfo)))]


def _their_time(context: Context, text: str, local: datetime) -> datetime:
    moment = later.time_for(text, local)
    return quiet_until(context.merchant.playbook, moment) or moment


def until_tomorrow(at: datetime, context: Context) -> Room:
    return Room(later.next_morning(at.astimezone(context.merchant.zone)).astimezone(at.tzinfo))


def room(
    at: datetime,
    context: Context,
    person: PersonView,
    progress: SurveyProgress,
    text: str,
    *,
    human: bool,
    asks: bool,
) -> Room | None:
    """Whom something weighs on is asked nothing more today; who worries, nothing in the same breath as the comfort,
    unless they ask us something themselves; who is angry or in danger, nothing until they speak themselves about
    something else, whoever else talks with them."""
    felt = felt_by(context, person, progress, text)
    if felt == "danger" or complains(context, person, progress, text):
        return Room(None)
    if human:
        return None
    if felt == "worry" and not asks:
        return Room(_their_time(context, text, at.astimezone(context.merchant.zone)).astimezone(at.tzinfo))
    return until_tomorrow(at, context) if felt in GRAVE else None


_OF_A_CHILD = compile_later("宝宝|宝贝|孩子|娃")


def is_of_a_child(playbook: Playbook, key: str) -> bool:
    """Whether the question with that key is about a child."""
    question = playbook.question(key)
    return question is not None and (
        question.type == "age_months" or any(_OF_A_CHILD.search(text) for text in question.texts)
    )


def spare(playbook: Playbook, person: PersonView, progress: SurveyProgress, known: Learned) -> list[Effect]:
    """Who has lost a child is never asked about one again, and nothing until they speak of something else."""
    of_a_child = (one.key for one in playbook.survey.questions if is_of_a_child(playbook, one.key))
    spared = msgspec.structs.replace(progress, aside=tuple(dict.fromkeys((*progress.aside, *of_a_child))))
    return put_off(person, spared, next_question(playbook, person, spared, known), Room(None))


def stays_at_rest(person: PersonView, act: str, *, human: bool) -> bool:
    """Whether who was given room until they speak of something else has not done so: 嗯 is nothing else, and neither is
    what they say to one of us, or what we don't understand of somebody in danger."""
    progress = person.survey
    if progress is None or progress.state != SurveyState.RESTING or progress.nudges or progress.put_off_until:
        return False  # nudges to no avail make a survey rest too
    return act == "chitchat" or human or (act == "unclear" and not person.complaining)


def complains(context: Context, person: PersonView, progress: SurveyProgress, text: str) -> bool:
    look = first_look(text, words_of(context.merchant.playbook))
    return look.complains and not roles_of(person, progress.account, "")


def felt_by(context: Context, person: PersonView, progress: SurveyProgress, text: str) -> Feeling | None:
    """How they fare; nothing lighter than grief is heard in anger."""
    felt = feeling_of(text)
    return felt if felt in GRAVE or not complains(context, person, progress, text) else None
