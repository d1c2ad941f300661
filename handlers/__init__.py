"""What we do about an event: `decide` is the whole table, one file a behaviour.

No I/O, no clock, no chance of its own.
"""

from __future__ import annotations

from handlers import (
    alerts,
    calendar,
    chat,
    command_rooms,
    deciding_again,
    describing,
    digest,
    failures,
    forgetting,
    groups,
    identity,
    moves,
    old_friends,
    operators,
    outcomes,
    overrides,
    owners,
    pausing,
    placement,
    playbooks,
    presence,
    questions,
    reception,
    rights,
    roles,
    rollout,
    saying,
    sessions,
    signups,
    survey,
    weeks,
    welcomes,
    words_on_entries,
    writing,
)
from models import events as ev
from models import orders, timers
from models.context import Context
from models.effects import Effect
from models.events import Event


def decide(event: Event, context: Context) -> list[Effect]:
    """The effects of an event, given everything that may be known about it."""
    if forgetting.is_too_late(event, context):
        return []
    match event:
        case ev.Message():
            return chat.said(event, context)
        case ev.TimerDue():
            return _TIMERS[event.kind](event, context)
        case ev.FriendRequested():
            return reception.requested(event, context)
        case ev.FriendAdded():
            return reception.added(event, context)
        case ev.FriendRemoved():
            return reception.removed(event, context)
        case ev.SelfMessage():
            return presence.self_said(event, context)
        case ev.Tapped():
            return presence.tapped(event, context)
        case ev.SendAnswered():
            return forgetting.said_goodbye(context, failures.answered(event, context))
        case ev.GroupJoined():
            return groups.joined(event, context)
        case ev.GroupLeft():
            return groups.left(event, context)
        case ev.GroupRenamed():
            return groups.renamed(event, context)
        case ev.LoggedIn():
            return sessions.logged_in(event, context)
        case ev.LoggedOut() | ev.ScanWanted() | ev.WentDeaf() | ev.Taken():
            return sessions.unreachable(event, context)
        case ev.Roster():
            return sessions.roster(event, context)
        case ev.TroubleBegan():
            return alerts.began(event, context)
        case ev.TroubleEnded():
            return alerts.ended(event, context)
        case orders.Order() if refusal := rights.refused(event, context):
            return refusal
        case orders.SurveyFinished():
            return placement.place(event, context)
        case orders.SignUp():
            return signups.answered(event, context)
        case orders.PlacesChanged():
            return signups.places_changed(event, context)
        case orders.SeatsChanged():
            return placement.seats_changed(event, context)
        case orders.BindGroupOrder():
            return groups.bind(event, context)
        case orders.ReplaceAccountOrder():
            return sessions.replaced(event, context)
        case orders.BindGroupsOrder():
            return groups.bind_many(event, context)
        case orders.UnbindGroupOrder():
            return groups.unbind(event, context)
        case orders.OwnerOrder():
            return owners.owner(event, context)
        case orders.HandoverOrder():
            return owners.handover(event, context)
        case orders.HandoffOrder():
            return owners.handoff(event, context)
        case orders.MoveOrder():
            return owners.move(event, context)
        case orders.ImportEntriesOrder():
            return calendar.imported(event, context)
        case orders.WriteEntryOrder():
            return writing.written(event, context)
        case orders.KeepMediaOrder():
            return writing.kept(event)
        case orders.DeleteEntriesOrder():
            return calendar.deleted(event, context)
        case orders.MoveEntryOrder():
            return moves.ordered(event, context)
        case orders.CopyWeekOrder():
            return weeks.copied_to(event, context)
        case orders.ApproveEntryOrder():
            return calendar.approved(event, context)
        case orders.RejectEntryOrder():
            return words_on_entries.rejected(event, context)
        case orders.SkipEntryOrder():
            return words_on_entries.skipped(event, context)
        case orders.OverrideEntryOrder():
            return overrides.overridden(event, context)
        case orders.ImportPlaybookOrder():
            return playbooks.imported(event, context)
        case orders.GrantRoleOrder():
            return roles.granted(event, context)
        case orders.DecideAgainOrder():
            return deciding_again.ordered(event, context)
        case orders.PauseOrder():
            return pausing.ordered(event, context)
        case orders.InviteOperatorOrder():
            return operators.invite(event, context)
        case orders.RemoveOperatorOrder():
            return operators.remove(event)
        case orders.ErasePersonOrder():
            return forgetting.ordered(event, context)
        case orders.DescribePersonOrder():
            return describing.ordered(event, context)
        case orders.SayOrder():
            return saying.ordered(event, context)
        case orders.SettleDeliveryOrder():
            return outcomes.settle(event, context)
        case orders.CancelDeliveryOrder():
            return outcomes.cancel(event, context)
        case orders.MergeOrder():
            return identity.merge(event, context)
        case orders.UnmergeOrder():
            return identity.unmerge(event, context)
        case orders.SettleDoubtOrder():
            return identity.settle(event, context)
        case orders.PersonChanged():
            return identity.changed(event, context)
        case _:  # recalls and what could not be read are journalled, and that is all
            return []


_TIMERS = {
    timers.SETTLE: survey.settled,
    timers.NUDGE: survey.nudged,
    timers.ASK_AGAIN: survey.asked_again,
    timers.BEFRIEND: reception.unconfirmed,
    timers.FAREWELL: forgetting.goodbye_is_over,
    timers.SEAT_TIMER: placement.seat_expired,
    timers.OLD_FRIENDS: old_friends.due,
    timers.COOLED_DOWN: placement.cooled_down,
    timers.NO_SEAT: placement.many_wait,
    timers.ENTRY: calendar.due,
    timers.OWN_ENTRY: overrides.due,
    timers.ROLLOUT: rollout.due,
    timers.ALERT_OVER: alerts.over,
    timers.PAUSE_OVER: command_rooms.over,
    timers.QUESTION: questions.still_open,
    timers.LISTS: sessions.lists_wanted,
    timers.DIGEST: digest.due,
    timers.WELCOME: welcomes.due,
}
