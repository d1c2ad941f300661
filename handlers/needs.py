"""What a decision about an event must know. The store loads no more than that; most group talk needs nothing."""

from __future__ import annotations

from collections.abc import Callable
from enum import Flag, auto
from functools import lru_cache

from handlers import consent, forgetting, my_data, optin
from handlers.commands import is_command, looks_at_status
from handlers.handoff import standing_answer
from handlers.replies import words_of
from handlers.revisions import once_a_revision
from handlers.understanding import first_look
from handlers.understanding.feelings import ANSWERED, feeling_of, greets
from handlers.words import is_plain_opt_out
from models import events as ev
from models import orders, timers
from models.events import Event
from models.playbook import Playbook


class Needs(Flag):
    """Parts of a context that cost a query."""

    NOTHING = 0
    SPEAKER = auto()  # who said it: friendships, roles and survey, without answers, tags and groups
    PEOPLE = auto()  # everybody the event names: answers, tags, survey, friendships, roles, groups
    BOUND_GROUPS = auto()  # all groups that are bound to a tier, with how full they are
    DELIVERY = auto()  # the delivery that an echo, a recall or an outcome is about
    ENTRIES = auto()  # calendar entries in force
    STATUS = auto()  # the figures of /status
    WAITING = auto()  # who waits for a seat
    PLACES = auto()  # where those who may need a seat are, have one or wait for one
    MISSING = auto()  # friends who are not on the list that a roster brings
    STAFF = auto()  # owners and admins, for what a human must be told
    DOUBTS = auto()  # open questions to a human about who the people named are
    MERGES = auto()  # what the person was merged of
    ALERTS = auto()  # what a human was told of and is not over, or only just
    KEPT = auto()  # what is kept of who asks for it
    UNLESS_IDLE = auto()  # all that only if the speaker is no plain friend, or in the middle of a survey


# Put together once: Python's flags take their time.
_KNOWN = Needs.PEOPLE | Needs.STAFF
_KNOWN_UNLESS_IDLE = _KNOWN | Needs.UNLESS_IDLE
_SPEAKER_UNLESS_IDLE = Needs.SPEAKER | Needs.UNLESS_IDLE
_KNOWN_AND_KEPT = Needs.PEOPLE | Needs.KEPT
_SPEAKER_AND_STATUS = Needs.SPEAKER | Needs.STATUS


@once_a_revision
def needs_under(playbook: Playbook) -> Callable[[Event], Needs]:
    """What must be loaded to decide an event under this playbook.

    People say the same short things all day long, and what they need follows from the words and the playbook alone.
    """
    in_group = lru_cache(maxsize=8_192)(lambda text: _in_group(text, playbook))
    alone = lru_cache(maxsize=8_192)(lambda text: _alone(text, playbook))

    def wanted(event: Event) -> Needs:
        if not isinstance(event, ev.Message):
            return _of_what_is_not_said(event)
        text = event.text
        if not event.group:
            return alone(text) if len(text) <= _SHORT else _alone(text, playbook)
        wants = in_group(text) if len(text) <= _SHORT else _in_group(text, playbook)
        return Needs.SPEAKER if event.mentions and wants is Needs.NOTHING else wants

    return wanted


def _of_what_is_not_said(event: Event) -> Needs:
    match event:
        case ev.FriendAdded():
            return Needs.PEOPLE | Needs.DELIVERY
        case ev.SelfMessage() | ev.Tapped() | orders.SettleDeliveryOrder():
            return Needs.DELIVERY | Needs.PEOPLE
        case ev.SendAnswered():
            refused = event.answer in ("refused", "unsupported")
            failed = event.answer in ("refused", "timeout", "error", "crash")
            return (
                Needs.DELIVERY
                | Needs.PEOPLE
                | (Needs.BOUND_GROUPS if refused else Needs.NOTHING)
                | (Needs.ALERTS | Needs.STAFF if failed else Needs.NOTHING)
            )
        case orders.MergeOrder() | orders.SettleDoubtOrder():
            return Needs.PEOPLE | Needs.DOUBTS
        case orders.UnmergeOrder():
            return Needs.PEOPLE | Needs.MERGES
        case orders.PersonChanged():
            return _KNOWN
        case orders.SurveyFinished():
            return Needs.PEOPLE | Needs.BOUND_GROUPS | Needs.STAFF | Needs.PLACES
        case orders.SeatsChanged():
            return Needs.BOUND_GROUPS | Needs.WAITING | Needs.PLACES
        case orders.BindGroupOrder() | orders.UnbindGroupOrder():
            return Needs.PEOPLE | Needs.BOUND_GROUPS
        case orders.ImportEntriesOrder() | orders.DeleteEntriesOrder() | orders.ApproveEntryOrder():
            return Needs.ENTRIES
        case ev.TimerDue() if event.kind == timers.ENTRY:
            return Needs.ENTRIES
        case ev.TimerDue() if event.kind == timers.NO_SEAT:
            return Needs.WAITING | Needs.STAFF
        case ev.TimerDue() if event.kind == timers.ALERT_OVER:
            return Needs.NOTHING
        case ev.LoggedOut() | ev.WentDeaf() | ev.ScanWanted() | ev.Taken() | ev.TroubleBegan():
            return Needs.ALERTS | Needs.STAFF
        case ev.TimerDue():
            return _KNOWN
        case ev.Roster():
            return Needs.PEOPLE | Needs.MISSING | Needs.STAFF | Needs.BOUND_GROUPS | Needs.ALERTS
        case ev.MessageRecalled() | ev.LoggedIn() | ev.TroubleEnded() | ev.Unreadable():
            return Needs.NOTHING
        case _:
            return Needs.PEOPLE


# Longer texts are hardly said twice.
_SHORT = 64


def _in_group(text: str, playbook: Playbook) -> Needs:
    if is_command(text):
        return _SPEAKER_AND_STATUS if looks_at_status(text) else Needs.SPEAKER
    if my_data.is_asked_for(text):
        return _KNOWN_AND_KEPT
    spoken_to = forgetting.is_wished(text) or is_plain_opt_out(text, playbook.words.opt_out)
    return Needs.SPEAKER if spoken_to else Needs.NOTHING


def _alone(text: str, playbook: Playbook) -> Needs:
    """What is said 1:1. What staff may say without a slash is small talk of a member, and may be an answer."""
    if not is_command(text):
        return _of_small_talk(text, playbook)
    known = _SPEAKER_AND_STATUS if looks_at_status(text) else Needs.SPEAKER
    return known | (_of_small_talk(text, playbook) & ~Needs.UNLESS_IDLE)


def _of_small_talk(text: str, playbook: Playbook) -> Needs:
    if my_data.is_asked_for(text):
        return _KNOWN_AND_KEPT
    if forgetting.is_about_it(text):
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
