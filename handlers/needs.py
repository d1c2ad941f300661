"""What a decision about an event must know. The store loads no more than that; most group talk needs nothing."""

from __future__ import annotations

from collections.abc import Callable
from enum import Flag, auto
from functools import lru_cache

from handlers import adverts, consent, correcting, fewer, forgetting, my_data, optin, signups, why
from handlers.commands import is_command, looks_at_status, may_answer
from handlers.group_topics import Topic, topics_under
from handlers.handoff import standing_answer
from handlers.replies import asked_of, words_of
from handlers.revisions import once_a_revision
from handlers.understanding import first_look
from handlers.understanding.feelings import ANSWERED, feeling_of, greets
from handlers.understanding.unasked import told_unasked
from models import events as ev
from models import orders, timers
from models.events import Event
from models.playbook import Playbook


class Needs(Flag):
    """Parts of a context that cost a query."""

    NOTHING = 0
    SPEAKER = auto()  # who said it: friendships, roles and an unfinished survey, without answers, tags and groups
    PEOPLE = auto()  # everybody the event names: answers, tags, survey, friendships, roles, groups
    ROOMS = auto()  # the groups of each tier that fill next, and those of the people named
    BOUND_GROUPS = auto()  # all groups that are bound to a tier, with how full they are
    DELIVERY = auto()  # the delivery that an echo, a recall or an outcome is about
    ENTRIES = auto()  # calendar entries in force
    STATUS = auto()  # the figures of /status
    WAITING = auto()  # who waits for a seat
    PLACES = auto()  # where those who may need a seat are, have one or wait for one
    MISSING = auto()  # friends who are not on the list that a roster brings
    STAFF = auto()  # owners and admins, for what a human must be told
    DOUBTS = auto()  # open questions to a human about who the people named are
    FAILED = auto()  # events that could not be dealt with
    MERGES = auto()  # what the person was merged of
    ALERTS = auto()  # what a human was told of and is not over, or only just
    GATHERING = auto()  # what the speaker may sign up for
    NAMED = auto()  # who is meant by the words of an order, who looks after them, and whom they look after
    OLD_FRIENDS = auto()  # friends from before us who were never surveyed
    COMMANDS = auto()  # what the slash-commands of one of the staff ask for
    CARERS = auto()  # who looks after the groups named, and their helpers
    TALK = auto()  # what was said in a group since a question of it was put
    NEWCOMERS = auto()  # who is to be welcomed in a group
    DIGEST = auto()  # how yesterday was in the groups, and who looks after them
    ROLLOUT = auto()  # what an entry did in the groups that got it first
    KEPT = auto()  # what is kept of who asks for it
    OWNER = auto()  # who looks after the speaker
    UNLESS_IDLE = auto()  # all that only if the speaker is no plain friend, or in the middle of a survey


# Put together once: Python's flags take their time.
_KNOWN = Needs.PEOPLE | Needs.STAFF | Needs.OWNER
_KNOWN_UNLESS_IDLE = _KNOWN | Needs.UNLESS_IDLE
_SPEAKER_UNLESS_IDLE = Needs.SPEAKER | Needs.UNLESS_IDLE
_FOR_A_QUESTION = Needs.SPEAKER | Needs.STAFF | Needs.CARERS
_FOR_AN_ADVERT = Needs.SPEAKER | Needs.STAFF
_KNOWN_AND_KEPT = Needs.PEOPLE | Needs.KEPT
_COMMANDS = Needs.SPEAKER | Needs.COMMANDS | Needs.STAFF
_COMMANDS_AND_STATUS = _COMMANDS | Needs.STATUS
_WHOSE_IT_IS = Needs.PEOPLE | Needs.BOUND_GROUPS


@once_a_revision
def needs_under(playbook: Playbook) -> Callable[[Event], Needs]:
    """What must be loaded to decide an event under this playbook.

    People say the same short things all day long, and what they need follows from the words and the playbook alone.
    """
    in_group = lru_cache(maxsize=8_192)(lambda text: _in_group(text, playbook))
    alone = lru_cache(maxsize=8_192)(lambda text: _alone(text, playbook))

    def wanted(event: Event) -> Needs:
        if not isinstance(event, ev.Message):
            wants = _of_what_is_not_said(event)
            return wants | _WHOSE_IT_IS if isinstance(event, orders.Order) and event.within else wants
        text = event.text
        if not event.group:
            return alone(text) if len(text) <= _SHORT else _alone(text, playbook)
        if event.media is not None and adverts.is_shown(event):
            return _FOR_AN_ADVERT
        wants = in_group(text) if len(text) <= _SHORT else _in_group(text, playbook)
        return Needs.SPEAKER if event.mentions and wants is Needs.NOTHING else wants

    return wanted


def _of_what_is_not_said(event: Event) -> Needs:
    match event:
        case ev.TimerDue():
            return _OF_TIMERS.get(event.kind, _KNOWN)
        case ev.SendAnswered():
            return _OF_OUTCOMES.get(event.answer, _OF_A_SEND)
        case ev.FriendAdded():
            return Needs.PEOPLE | Needs.DELIVERY
        case ev.SelfMessage() | ev.Tapped() | orders.SettleDeliveryOrder() | orders.CancelDeliveryOrder():
            return _OF_A_SEND
        case orders.MergeOrder() | orders.SettleDoubtOrder():
            return Needs.PEOPLE | Needs.DOUBTS
        case orders.DecideAgainOrder():
            return Needs.FAILED
        case orders.UnmergeOrder():
            return Needs.PEOPLE | Needs.MERGES
        case orders.PersonChanged() | ev.GroupLeft():
            return Needs.PEOPLE | Needs.STAFF
        case orders.SurveyFinished():
            return Needs.PEOPLE | Needs.ROOMS | Needs.STAFF | Needs.PLACES
        case orders.SignUp():
            return Needs.PEOPLE | Needs.GATHERING
        case orders.PlacesChanged():
            return Needs.GATHERING
        case orders.SeatsChanged():
            return Needs.BOUND_GROUPS | Needs.WAITING | Needs.PLACES | Needs.STAFF
        case orders.OwnerOrder() | orders.HandoverOrder() | orders.MoveOrder() | orders.HandoffOrder():
            return Needs.PEOPLE | Needs.STAFF | Needs.NAMED | Needs.BOUND_GROUPS | Needs.PLACES
        case orders.BindGroupOrder() | orders.UnbindGroupOrder():
            return Needs.PEOPLE | Needs.BOUND_GROUPS
        case orders.ImportEntriesOrder() | orders.DeleteEntriesOrder() | orders.CopyWeekOrder():
            return Needs.ENTRIES
        case orders.ApproveEntryOrder() | orders.OverrideEntryOrder() | orders.MoveEntryOrder():
            return Needs.ENTRIES
        case orders.RejectEntryOrder() | orders.SkipEntryOrder():
            return Needs.ENTRIES
        case orders.WriteEntryOrder():
            return Needs.ENTRIES | Needs.STAFF
        case ev.LoggedOut() | ev.WentDeaf() | ev.ScanWanted() | ev.Taken() | ev.TroubleBegan():
            return Needs.ALERTS | Needs.STAFF
        case ev.Roster():
            # An account that is in no group asks for none: a merchant may have a hundred thousand.
            groups = Needs.BOUND_GROUPS if event.groups else Needs.NOTHING
            return Needs.PEOPLE | Needs.MISSING | Needs.STAFF | Needs.ALERTS | groups
        case orders.ReplaceAccountOrder():
            return Needs.ALERTS
        case (
            orders.InviteOperatorOrder() | orders.RemoveOperatorOrder() | orders.PauseOrder() | orders.KeepMediaOrder()
        ):
            return Needs.NOTHING
        case orders.BindGroupsOrder() | ev.MessageRecalled() | ev.LoggedIn() | ev.TroubleEnded() | ev.Unreadable():
            return Needs.NOTHING
        case _:
            return Needs.PEOPLE


_OF_A_SEND = Needs.DELIVERY | Needs.PEOPLE
_OF_AN_UNCERTAIN_ONE = _OF_A_SEND | Needs.ALERTS | Needs.STAFF
_OF_OUTCOMES: dict[str, Needs] = {
    "refused": _OF_AN_UNCERTAIN_ONE | Needs.BOUND_GROUPS,
    "unsupported": _OF_A_SEND | Needs.BOUND_GROUPS,
    "timeout": _OF_AN_UNCERTAIN_ONE,
    "error": _OF_AN_UNCERTAIN_ONE,
    "crash": _OF_AN_UNCERTAIN_ONE,
}
_OF_TIMERS: dict[str, Needs] = {
    timers.ENTRY: Needs.ENTRIES,
    timers.OWN_ENTRY: Needs.ENTRIES,
    timers.ROLLOUT: Needs.ENTRIES | Needs.ROLLOUT | Needs.STAFF,
    timers.OLD_FRIENDS: Needs.OLD_FRIENDS,
    timers.QUESTION: Needs.STAFF | Needs.CARERS | Needs.TALK,
    timers.WELCOME: Needs.NEWCOMERS,
    timers.DIGEST: Needs.STAFF | Needs.DIGEST,
    timers.NO_SEAT: Needs.WAITING | Needs.STAFF,
    timers.LISTS: Needs.NOTHING,
    timers.ALERT_OVER: Needs.NOTHING,
    timers.PAUSE_OVER: Needs.NOTHING,
}
# Longer texts are hardly said twice.
_SHORT = 64


def _in_group(text: str, playbook: Playbook) -> Needs:
    if is_command(text):
        return _COMMANDS_AND_STATUS if looks_at_status(text) else _COMMANDS
    if may_answer(text):
        return _COMMANDS
    return _FOR_TOPICS[topics_under(playbook)(text)]


_FOR_TOPICS: dict[Topic, Needs] = {
    "": Needs.NOTHING,
    "opt_out": Needs.SPEAKER,
    "my_data": _KNOWN_AND_KEPT,
    "forget": Needs.SPEAKER,
    "signup": Needs.SPEAKER,
    "why": _KNOWN_AND_KEPT,
    "keyword": Needs.SPEAKER,
    "advert": _FOR_AN_ADVERT,
    "question": _FOR_A_QUESTION,
    "complaint": _FOR_A_QUESTION,
    "perhaps": Needs.SPEAKER,
}


def _alone(text: str, playbook: Playbook) -> Needs:
    """What is said 1:1. What staff may say without a slash is small talk of a member, and may be an answer."""
    if not is_command(text):
        talk = _of_small_talk(text, playbook)
        return _COMMANDS | (talk & ~Needs.UNLESS_IDLE) if may_answer(text) else talk
    known = _COMMANDS_AND_STATUS if looks_at_status(text) else _COMMANDS
    return known | (_of_small_talk(text, playbook) & ~Needs.UNLESS_IDLE)


def _of_small_talk(text: str, playbook: Playbook) -> Needs:
    if my_data.is_asked_for(text) or why.is_asked(text):
        return _KNOWN_AND_KEPT
    if signups.is_about_it(text):
        return _KNOWN | Needs.GATHERING
    if forgetting.is_about_it(text) or fewer.is_about_it(text) or correcting.is_about_it(text, playbook):
        return _KNOWN
    if told_unasked(text, tuple(asked_of(playbook).values()), None) is not None:
        return _KNOWN
    look = first_look(text, words_of(playbook))
    if look.asks or look.may_correct or look.complains or feeling_of(text) in ANSWERED or optin.wants_back(text):
        return _KNOWN
    if greets(text):
        return _KNOWN
    heard = (
        look.is_opt_out or consent.wish_of(playbook, text) is not None or standing_answer(playbook, text) is not None
    )
    # An answer that settles first is understood when its timer rings; otherwise it is now.
    if playbook.survey.settle_seconds:
        return Needs.SPEAKER if heard else _SPEAKER_UNLESS_IDLE
    return _KNOWN if heard else _KNOWN_UNLESS_IDLE
