"""What a decision about an event must know. The store loads no more than that; most group talk needs nothing."""

from __future__ import annotations

from enum import Flag, auto

from handlers import consent, forgetting, my_data, optin
from handlers.commands import is_command, looks_at_status
from handlers.handoff import standing_answer
from handlers.replies import words_of
from handlers.understanding import first_look
from handlers.understanding.feelings import ANSWERED, feeling_of
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


def needs(event: Event, playbook: Playbook) -> Needs:
    """What must be loaded to decide the event."""
    match event:
        case ev.Message():
            return _of_message(event, playbook)
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


def _of_message(event: ev.Message, playbook: Playbook) -> Needs:
    """Commands and small talk need to know who speaks; what they told us only where something follows from it."""
    if is_command(event.text):
        known = _SPEAKER_AND_STATUS if looks_at_status(event.text) else Needs.SPEAKER
        # What staff may say without a slash is small talk of a member, and may be an answer 1:1.
        return known if event.group else known | (_of_private_talk(event, playbook) & ~Needs.UNLESS_IDLE)
    if event.group:
        if my_data.is_asked_for(event.text):
            return _KNOWN_AND_KEPT
        if forgetting.is_wished(event.text):
            return Needs.SPEAKER
        spoken_to = event.mentions or is_plain_opt_out(event.text, playbook.words.opt_out)
        return Needs.SPEAKER if spoken_to else Needs.NOTHING
    return _of_private_talk(event, playbook)


def _of_private_talk(event: ev.Message, playbook: Playbook) -> Needs:
    if my_data.is_asked_for(event.text):
        return _KNOWN_AND_KEPT
    if forgetting.is_about_it(event.text):
        return _KNOWN
    look = first_look(event.text, words_of(playbook))
    if (
        look.asks
        or look.may_correct
        or look.complains
        or feeling_of(event.text) in ANSWERED
        or optin.wants_back(event.text)
    ):
        return _KNOWN
    heard = (
        look.is_opt_out
        or consent.wish_of(playbook, event.text) is not None
        or standing_answer(playbook, event.text) is not None
    )
    # An answer that settles first is understood when its timer rings; otherwise it is now.
    if playbook.survey.settle_seconds:
        return Needs.SPEAKER if heard else _SPEAKER_UNLESS_IDLE
    return _KNOWN if heard else _KNOWN_UNLESS_IDLE
