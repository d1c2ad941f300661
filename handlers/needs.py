"""What a decision about an event must know. The store loads no more than that; most group talk needs nothing."""

from __future__ import annotations

from enum import Flag, auto

from handlers.commands import is_command
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
    MISSING = auto()  # friends who are not on the list that a roster brings
    STAFF = auto()  # owners and admins, for what a human must be told


def needs(event: Event, playbook: Playbook) -> Needs:
    """What must be loaded to decide the event."""
    match event:
        case ev.Message() if event.group:
            if is_command(event.text):
                return Needs.PEOPLE | Needs.STATUS | Needs.BOUND_GROUPS
            spoken_to = event.mentions or is_plain_opt_out(event.text, playbook.words.opt_out)
            return Needs.PEOPLE if spoken_to else Needs.NOTHING
        case ev.Message():
            if is_command(event.text):  # or a member's word that only looks like one
                return Needs.PEOPLE | Needs.STAFF | Needs.STATUS | Needs.BOUND_GROUPS
            return Needs.PEOPLE | Needs.STAFF
        case ev.SelfMessage() | ev.Tapped() | orders.SettleDeliveryOrder():
            return Needs.DELIVERY | Needs.PEOPLE
        case ev.SendAnswered():
            refused = event.answer in ("refused", "unsupported")
            return Needs.DELIVERY | Needs.PEOPLE | (Needs.BOUND_GROUPS if refused else Needs.NOTHING)
        case orders.SurveyFinished():
            return Needs.PEOPLE | Needs.BOUND_GROUPS | Needs.STAFF
        case orders.SeatsChanged():
            return Needs.BOUND_GROUPS | Needs.WAITING
        case orders.BindGroupOrder() | orders.UnbindGroupOrder():
            return Needs.PEOPLE | Needs.BOUND_GROUPS
        case orders.ImportEntriesOrder() | orders.DeleteEntriesOrder() | orders.ApproveEntryOrder():
            return Needs.ENTRIES
        case ev.TimerDue() if event.kind == timers.ENTRY:
            return Needs.ENTRIES
        case ev.TimerDue():
            return Needs.PEOPLE | Needs.STAFF
        case ev.Roster():
            return Needs.PEOPLE | Needs.MISSING | Needs.STAFF
        case ev.MessageRecalled() | ev.LoggedIn() | ev.LoggedOut() | ev.WentDeaf() | ev.ScanWanted() | ev.Unreadable():
            return Needs.NOTHING
        case _:
            return Needs.PEOPLE
