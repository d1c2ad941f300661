"""The intake survey (建档): what is heard, and what comes of it. Never a loop, never asked what is known.

Its state is a row, so a restart between any two messages loses nothing. How questions are asked is in `asking`, what
follows from answers in `learning`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from handlers import about_us, forgetting, handoff, hosting, optout, reactions
from handlers.asking import (
    ANY_NAME,
    Room,
    ask,
    ask_again_soon,
    explain,
    go_on,
    nudge_at,
    playbook_of,
    put_off,
    said,
    wording,
)
from handlers.learning import learned, retag
from handlers.replies import keep, told_by, understood
from handlers.understanding import (
    asks_whether_bot,
    wants_human,
)
from handlers.understanding.feelings import GRAVE, lost_a_child
from handlers.understanding.names import has_no_name
from handlers.understanding.text import ANSWER_LIMIT, dense
from models import effects as fx
from models import timers
from models.context import Context, DeliveryView, PersonView
from models.deliveries import Cause, DeliveryState, Lane
from models.effects import Effect, SurveyProgress
from models.events import Message, TimerDue
from models.people import AnswerState, FriendshipState, SurveyState

_SKIPPED = DeliveryState.SKIPPED


def begin(at: datetime, context: Context, person: PersonView, account: str) -> list[Effect]:
    """Ask a new friend the first question, unless they were surveyed through another account.

    Who comes back in the middle of it is asked the open question again.
    """
    if person.opted_out or hosting.may_not_keep(context, person):
        return []
    person = moved(person, account)
    if is_open(person, account):
        return _resume(at, context, person)
    if not context.merchant.playbook.survey.questions or person.survey is not None:
        return []
    progress = SurveyProgress(
        contact_id=person.contact_id,
        account=account,
        revision=context.merchant.revision,
        state=SurveyState.OPEN,
        started_at=at,
    )
    return go_on(at, context, person, progress, learned(context.merchant.playbook, person))


def is_open(person: PersonView, account: str) -> bool:
    """Whether this conversation, of this contact of theirs, has a question that waits for an answer."""
    survey = person.survey
    return (
        survey is not None
        and (survey.account, survey.contact_id) == (account, person.contact_id)
        and survey.state in (SurveyState.OPEN, SurveyState.RESTING)
    )


def moved(person: PersonView, account: str) -> PersonView:
    """The person, with their open survey in this conversation if the friendship that it was begun in has ended."""
    survey = person.survey
    if survey is None or survey.account == account or not is_open(person, survey.account):
        return person
    before = person.friendships.get(survey.account)
    if before is None or before.state != FriendshipState.REMOVED:
        return person
    return msgspec.structs.replace(person, survey=msgspec.structs.replace(survey, account=account))


def interrupt(person: PersonView, account: str) -> list[Effect]:
    """The conversation is over for now: nothing more is asked in it."""
    if not is_open(person, account):
        return []
    return [
        fx.Cancel(contact_id=person.contact_id, causes=(Cause.SURVEY,), state=_SKIPPED, reason="unreachable"),
        *(fx.DropTimer(kind=kind, subject=person.wire_id) for kind in (timers.NUDGE, timers.SETTLE, timers.ASK_AGAIN)),
    ]


def heard(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """A message while a question is open: judged at once, or when no further bubble follows for a while."""
    if hosting.may_not_keep(context, person):
        return []
    progress = _progress(person)
    settle = context.merchant.playbook.survey.settle_seconds  # how patient we are is not of the survey's revision
    if not settle:
        return judge(event.at, context, person, event.text)
    pending = msgspec.structs.replace(progress, pending=(*progress.pending, event.text))
    return [
        fx.PutSurvey(person_id=person.person_id, survey=pending),
        fx.PutTimer(
            kind=timers.SETTLE,
            subject=person.wire_id,
            at=(event.received_at or event.at) + timedelta(seconds=settle),  # what came in together is one answer
            account=event.account,
        ),
    ]


def settled(event: TimerDue, context: Context) -> list[Effect]:
    """No further bubble came: what they wrote is judged as a whole."""
    person = context.person
    if person is None or not is_open(person, event.account):
        return []
    if forgetting.is_waiting(event.at, person, event.account):  # a question now would be answered by the same 是
        return [forgetting.later(timers.SETTLE, person, event.account)]
    pending = _progress(person).pending
    return judge(event.at, context, person, "\n".join(pending)) if pending else []


def judge(at: datetime, context: Context, person: PersonView, text: str, *, dealt_with: str = "") -> list[Effect]:
    """What a reply means for the survey, and what comes next. `dealt_with`: the whole of a message of which the rest,
    all but `text`, was answered already, and what `text` asks."""
    if hosting.may_not_keep(context, person):
        return []
    playbook, progress = playbook_of(context), hosting.heard_from(_progress(person))
    question = playbook.question(progress.question)
    if question is None:  # the revision that had it is lost: go on with what there is
        return go_on(at, context, person, progress, learned(playbook, person))
    meant = understood(at, context, person, question, text)
    if meant.act == "optout":
        return optout.stop(at, person, progress.account)
    told = told_by(question, meant)
    human = human_is_here(at, person, progress.account)
    whole = dealt_with or text
    fears = meant.act == "unclear" and bool(about_us.asked_of_us(text))  # 你们不会把我电话卖了吧
    asks = fears or meant.asks or meant.act == "question"
    room = hosting.room(at, context, person, progress, whole, human=human, asks=asks or bool(dealt_with))
    if dealt_with and not any(answer.state == AnswerState.ANSWERED for answer in told.values()):
        return put_off(person, progress, question, room) if room else hosting.waits(at, person, progress)
    if lost := lost_a_child(whole):  # nothing that is said of the child is kept for offers
        told = {key: answer for key, answer in told.items() if not hosting.is_of_a_child(playbook, key)}
    knowing = msgspec.structs.replace(person, answers={**person.answers, **told})
    known = learned(playbook, knowing)
    effects = [*keep(playbook, person, progress.revision, told), *retag(knowing, known)]
    knowing = msgspec.structs.replace(knowing, tags=known.tags)
    felt = None if human else hosting.felt_by(context, person, progress, whole)
    if felt is not None and felt not in ("thanks", "call"):
        effects += reactions.to_feeling(at, context, person, progress.account, felt, text)
    if lost:
        return [*effects, *hosting.spare(playbook, knowing, progress, known)]
    if asks and not human and not dealt_with and felt not in GRAVE:
        effects += handoff.question(at, context, person, progress.account, text)
    if room is None and not (told or asks) and hosting.stays_at_rest(person, meant.act, human=human):
        called = (
            reactions.say(at, context, person, progress.account, felt, said=text) if felt in ("thanks", "call") else []
        )
        return [*effects, *called, *put_off(person, progress, question, Room(None))]
    if meant.corrects is not None and meant.value is None and (wrong := playbook.question(meant.corrects)):
        return [
            *effects,
            *(put_off(person, progress, wrong, room) if room else ask(at, context, knowing, progress, wrong)),
        ]
    if meant.act == "later" and room is None:
        return [*effects, *hosting.later_then(at, context, person, progress, question, text, human=human)]
    may_try = question.required and not progress.tries and bool(question.retry or question.type == "name")
    may_try = may_try and not (
        question.type == "name" and has_no_name(dense(text[:ANSWER_LIMIT]))
    )  # 还没生呢 is all there is to say
    if meant.act == "decline" and may_try and not (room or human):
        tried = msgspec.structs.replace(progress, tries=1)
        if asks:  # they get their answer first
            return [*effects, *hosting.waits(at, person, tried)]
        if question.type == "name":
            return [*effects, *ask(at, context, knowing, tried, question, texts=(ANY_NAME,))]
        return [*effects, *explain(at, context, knowing, progress, known, question)]
    is_dead = bool(told) and not known.applies(question)  # a correction has cut off its branch: nobody answers it now
    if (question.key in told or is_dead) and meant.act != "later":
        thanked = meant.act == "answer" and felt in (None, "thanks")
        return [*effects, *go_on(at, context, knowing, progress, known, acknowledge=thanked, room=room)]
    if room is not None:
        return [*effects, *put_off(person, progress, question, room)]
    if meant.act == "correct" or (meant.act == "unclear" and told):  # they told us something, if not this
        return [*effects, *ask(at, context, knowing, progress, question, acknowledge=felt in (None, "thanks"))]
    if human or asks:
        return [*effects, *hosting.waits(at, person, progress)]
    if meant.act == "chitchat" or felt is not None:
        if felt in ("thanks", "call"):
            effects += reactions.say(at, context, person, progress.account, felt, said=text)
        if meant.act == "chitchat" or progress.repeats < hosting.MOST_REPEATS:
            return [*effects, *hosting.small_talk(at, person, progress, calls=felt == "call")]
    return [*effects, *explain(at, context, knowing, progress, known, question)]


def shown(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """A picture or a voice message while a question is open: we say that we cannot read it, and ask again."""
    progress = hosting.heard_from(_progress(person))
    if human_is_here(event.at, person, event.account) or progress.repeats >= hosting.MOST_REPEATS:
        return []
    what = "voice" if event.kind == "voice" else "media"
    return [
        *reactions.say(event.at, context, person, event.account, what),
        *hosting.small_talk(event.at, person, progress, calls=False),
    ]


def besides(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """They asked for a human or whether we are one, and that was answered: what else they said may be an answer."""
    if not is_open(person, event.account):
        return []
    said = "\n".join((*_progress(person).pending, event.text))
    rest = [one for one in hosting.CLAUSE.split(said) if one and not (wants_human(one) or asks_whether_bot(one))]
    question = playbook_of(context).question(_progress(person).question)
    if question is not None and question.type in ("name", "freetext"):  # 说实话, 你是真人吗: nobody is called so
        rest = [one for one in rest if question.type == "name" and hosting.NAMED.search(one)]
    return judge(event.at, context, person, "，".join(rest), dealt_with=said)


def came_back(at: datetime, person: PersonView, account: str) -> list[Effect]:
    """They said something that is no answer: the open question comes again in a while."""
    return ask_again_soon(at, person, _progress(person)) if is_open(person, account) else []


def paused(_at: datetime, person: PersonView, account: str) -> list[Effect]:
    """They will not have written down what they say: nothing is asked until they agree after all."""
    if not is_open(person, account):
        return []
    quiet = put_off(person, msgspec.structs.replace(_progress(person), pending=()), None, Room(None))
    return [*quiet, fx.DropTimer(kind=timers.SETTLE, subject=person.wire_id)]


def nudged(event: TimerDue, context: Context) -> list[Effect]:
    """Silence: ask once more at the playbook's times; after the last one the survey rests until they come back."""
    person = context.person
    if person is None or person.opted_out or not is_open(person, event.account):
        return []
    playbook, progress = playbook_of(context), _progress(person)
    question, hours = playbook.question(progress.question), playbook.survey.nudges
    if forgetting.is_waiting(event.at, person, event.account):
        return [forgetting.later(timers.NUDGE, person, event.account)]
    if question is None or progress.state != SurveyState.OPEN or progress.pending or progress.nudges >= len(hours):
        return []
    if progress.put_off_until is not None or person.complaining:
        return []
    nudges = progress.nudges + 1
    state = SurveyState.OPEN if nudges < len(hours) else SurveyState.RESTING
    asked = msgspec.structs.replace(progress, nudges=nudges, state=state, asked=progress.asked + 1)
    effects: list[Effect] = [
        fx.PutSurvey(person_id=person.person_id, survey=asked),
        fx.Cancel(contact_id=person.contact_id, causes=(Cause.SURVEY,)),
        said(person, asked, wording(context, person, question.key, question.texts, asked.asked), Lane.SERVICE),
    ]
    if nudges < len(hours):  # counted from this one, which an outage may have held up
        effects.append(nudge_at(person, asked, event.at + _until_nudge(hours, nudges)))
    return effects


def left(at: datetime, context: Context, delivery: DeliveryView) -> list[Effect]:
    """The open question has left, perhaps long after it was decided: nudges are counted from then."""
    person = context.person
    if delivery.cause != Cause.SURVEY or person is None or not is_open(person, delivery.account):
        return []
    progress, hours = _progress(person), playbook_of(context).survey.nudges
    if delivery.key != said(person, progress, "", Lane.REPLY).key or progress.put_off_until:
        return []
    if progress.nudges:
        is_last = progress.nudges >= len(hours)
        return [] if is_last else [nudge_at(person, progress, at + _until_nudge(hours, progress.nudges))]
    if not hours or progress.asked_at is None or at <= progress.asked_at:
        return []
    asked = msgspec.structs.replace(progress, asked_at=at)
    return [
        fx.PutSurvey(person_id=person.person_id, survey=asked),
        nudge_at(person, asked, at + timedelta(hours=hours[0])),
    ]


def _until_nudge(hours: Sequence[float], nudges: int) -> timedelta:
    """From the nudge of that number, the first is 1, to the next."""
    return timedelta(hours=hours[nudges] - hours[nudges - 1])


def asked_again(event: TimerDue, context: Context) -> list[Effect]:
    """After an interruption the open question comes again, where it was; a human who talks is not interrupted."""
    person = context.person
    if person is None or person.opted_out or not is_open(person, event.account):
        return []
    if forgetting.is_waiting(event.at, person, event.account):
        return [forgetting.later(timers.ASK_AGAIN, person, event.account)]
    if human_is_here(event.at, person, event.account) or _progress(person).pending:  # they are just writing
        return ask_again_soon(event.at, person, _progress(person))
    due = _progress(person).put_off_until
    if person.complaining and due is not None and due <= event.at:  # nobody has just spoken
        return []
    # What comes at a time of theirs is no reply to anything: it keeps to the quiet hours.
    lane = Lane.REPLY if due is None or due > event.at else Lane.SERVICE
    return _resume(event.at, context, person, lane)


def carry_on(at: datetime, context: Context, person: PersonView) -> list[Effect]:
    """Ask what is not known yet, though nobody has just spoken: so it may wait for the morning."""
    if hosting.may_not_keep(context, person):
        return []
    progress, playbook = _progress(person), playbook_of(context)
    question, known = playbook.question(progress.question), learned(playbook, person)
    if question is not None and question.key not in person.answers and known.applies(question):
        effects = ask(at, context, person, progress, question)
    else:
        effects = go_on(at, context, person, progress, known)
    return unhurried(effects)


def unhurried(effects: Sequence[Effect]) -> list[Effect]:
    """What nobody waits for keeps to the quiet hours."""
    return [
        msgspec.structs.replace(effect, lane=Lane.SERVICE) if isinstance(effect, fx.Send) else effect
        for effect in effects
    ]


def complaint_settled(at: datetime, context: Context, person: PersonView) -> list[Effect]:
    """The open question comes the next morning, unless they were nudged to the last before."""
    progress, playbook = _progress(person), playbook_of(context)
    question = playbook.question(progress.question)
    if question is None or (progress.nudges and progress.nudges >= len(playbook.survey.nudges)):
        return []
    return put_off(person, progress, question, hosting.until_tomorrow(at, context))


def human_is_here(at: datetime, person: PersonView, account: str) -> bool:
    """Whether one of us has typed in this conversation lately."""
    friendship = person.friendships.get(account)
    return friendship is not None and friendship.human_until is not None and friendship.human_until > at


def _resume(at: datetime, context: Context, person: PersonView, lane: Lane = Lane.REPLY) -> list[Effect]:
    if hosting.may_not_keep(context, person):
        return []
    progress = _progress(person)
    playbook = playbook_of(context)
    known = learned(playbook, person)
    question = playbook.question(progress.question)
    if question is not None and known.applies(question) and question.key not in progress.aside:
        return ask(at, context, person, progress, question, lane=lane)
    return go_on(at, context, person, progress, known)


def _progress(person: PersonView) -> SurveyProgress:
    if person.survey is None:
        raise ValueError("no survey was begun")
    return person.survey
