"""The gate: may this delivery leave now? Pure, and the only place that says no.

Each reason is a function of the delivery and of facts that the dispatcher loads for a whole batch; the numbers are the
playbook's. The reason given is the first that ends a delivery, else the first that makes it wait, in the order of
`REASONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from content_calendar.holidays import is_make_up_day, is_public_holiday
from handlers.words import sensitive_word
from models.capabilities import Capabilities
from models.deliveries import Cause, DeliveryKind, DeliveryState, Lane
from models.playbook import Playbook
from models.playbook_values import WEEKDAYS

# These are done to a friendship or a group, not said to a person.
_ACTS = frozenset({DeliveryKind.FRIEND_ACCEPT, DeliveryKind.REMARK, DeliveryKind.TOPIC, DeliveryKind.RECALL})
_CAPABILITY_OF = {
    DeliveryKind.FRIEND_ACCEPT: "friend_accept",
    DeliveryKind.REMARK: "remark",
    DeliveryKind.INVITE: "invite",
    DeliveryKind.ANNOUNCEMENT: "announcement",
    DeliveryKind.TOPIC: "topic",
    DeliveryKind.RECALL: "recall",
}
_SENT_AS = {DeliveryKind.ALBUM: DeliveryKind.IMAGE}


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is due, with its text as it would leave now.

    `their_words` are what of the text is the person's own: their name and what they told us.
    """

    key: str
    kind: DeliveryKind
    lane: Lane
    cause: Cause
    text: str = ""
    missing_fields: tuple[str, ...] = ()
    to_group: bool = False
    not_after: datetime | None = None
    about_consent: bool = False
    approved: bool = True
    their_words: tuple[str, ...] = ()
    is_rest: bool = False  # a later part of what has begun to leave

    @property
    def is_act(self) -> bool:
        """Whether it is done rather than said."""
        return self.kind in _ACTS

    @property
    def answers_command(self) -> bool:
        """Whether it answers one of the staff. What a command posts to others is no answer."""
        return self.cause == Cause.COMMAND and self.lane == Lane.REPLY


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate knows: of the person or group, of the account, and of what was sent so far.

    Counts are of the merchant's local day and ISO week, in touches: a post to a group is a part of one for each member.
    `budget_free_at` is when the account has room for this very delivery, behind all that are worth more.
    """

    now: datetime
    zone: ZoneInfo
    playbook: Playbook
    capabilities: Capabilities = Capabilities()
    opted_out: bool = False
    consent: str | None = None
    erased: bool = False
    is_friend: bool = True
    paused: bool = False
    complaint: bool = False
    fewer: bool = False
    under_age: bool = False
    is_staff: bool = False
    had_contact: bool = True
    group_bound: bool = True
    human_until: datetime | None = None
    last_heard_at: datetime | None = None
    sent_since_heard: int = 0
    touches_today: float = 0
    touches_this_week: float = 0
    direct_this_week: int = 0  # of those, what went to the person alone
    promotions_today: float = 0
    promotions_this_week: float = 0
    group_posts_today: int = 0
    budget_free_at: datetime | None = None


class Go(msgspec.Struct, frozen=True):
    """It may leave."""


class Wait(msgspec.Struct, frozen=True):
    """Not now. `until` is when to look again; None where only a human or an event can tell."""

    reason: str
    until: datetime | None = None


class End(msgspec.Struct, frozen=True):
    """Not at all."""

    reason: str
    state: Literal[DeliveryState.SKIPPED, DeliveryState.EXPIRED, DeliveryState.CANCELLED, DeliveryState.FAILED] = (
        DeliveryState.SKIPPED
    )


Verdict = Go | Wait | End
Reason = Callable[[Candidate, Facts], Verdict | None]


def judge(delivery: Candidate, facts: Facts) -> Verdict:
    """Whether the delivery may leave, must wait, or ends here."""
    wait: Verdict | None = None
    for reason in _OF_ALERTS if delivery.cause == Cause.ALERT else REASONS:
        verdict = reason(delivery, facts)
        if verdict is None:
            continue
        if isinstance(verdict, End):
            return verdict
        wait = wait or verdict
    return wait or Go()


def in_time(verdict: Verdict, not_after: datetime | None) -> Verdict:
    """What it comes to: free again only when nobody wants it any more, it is too late."""
    if isinstance(verdict, Wait) and verdict.until and not_after and verdict.until > not_after:
        return End("too_late", DeliveryState.EXPIRED)
    return verdict


def opted_out(delivery: Candidate, facts: Facts) -> Verdict | None:
    """退订: nothing more is said to them but about their data or consent, what they ask for by name (a human, whether
    we are one), and what they order as staff."""
    if not facts.opted_out or delivery.to_group or delivery.is_act or delivery.about_consent:
        return None
    return None if delivery.answers_command else End("opted_out")


def no_consent(delivery: Candidate, facts: Facts) -> Verdict | None:
    """Where the playbook asks for consent, nothing but replies goes to members who have not given it; promotion goes to
    nobody under age, who cannot give it."""
    if facts.under_age and delivery.lane == Lane.PROMOTION and not delivery.to_group:
        return End("no_consent")
    if delivery.to_group or not facts.playbook.consent.required or facts.consent == "given":
        return None
    if _is_call(delivery, facts):
        return None
    return None if delivery.lane == Lane.REPLY else End("no_consent")


def unreachable(delivery: Candidate, facts: Facts) -> Verdict | None:
    """The channel cannot do it, or the person is no friend of the account."""
    able = facts.capabilities
    if name := _CAPABILITY_OF.get(delivery.kind):
        if not getattr(able, name):
            return End("unreachable")
    elif (
        (delivery.to_group and not able.groups)
        or (not delivery.to_group and not able.proactive and delivery.lane != Lane.REPLY)
        or (_SENT_AS.get(delivery.kind, delivery.kind) not in able.kinds)
    ):
        return End("unreachable")
    if not delivery.to_group and not facts.is_friend and delivery.kind not in _ACTS and delivery.lane != Lane.REPLY:
        return End("unreachable")
    return None


def window(delivery: Candidate, facts: Facts) -> Verdict | None:
    """Channels that may only write for so long after the member's last message."""
    hours = facts.capabilities.window_hours
    if hours is None or delivery.to_group or delivery.is_act:
        return None
    if facts.last_heard_at is None or facts.now >= facts.last_heard_at + timedelta(hours=hours):
        return Wait("window")
    return None


def quota(delivery: Candidate, facts: Facts) -> Verdict | None:
    """Channels that may only write so often before the member writes again."""
    most = facts.capabilities.quota
    if most is None or delivery.to_group or delivery.is_act or window(delivery, facts):
        return None
    return Wait("quota") if facts.sent_since_heard >= most else None


def paused(delivery: Candidate, facts: Facts) -> Verdict | None:
    """停发: somebody stopped it. Answers to commands go on, or nobody could ask why it is so quiet; and so does the
    word to the staff that an account has stopped itself."""
    if not facts.paused or delivery.answers_command or _is_told_of_itself(delivery, facts):
        return None
    return Wait("paused")


def complaint(delivery: Candidate, facts: Facts) -> Verdict | None:
    """One quarrel loses a customer for good: no promotion while a complaint is open."""
    return Wait("complaint") if facts.complaint and delivery.lane == Lane.PROMOTION else None


def first_contact(delivery: Candidate, facts: Facts) -> Verdict | None:
    """First touch, then promote."""
    if delivery.lane != Lane.PROMOTION or delivery.to_group or facts.had_contact:
        return None
    return End("first_contact")


def person_cap(delivery: Candidate, facts: Facts) -> Verdict | None:
    """How often one person may be touched, over all accounts and groups; 少发点 lowers it for who asked."""
    if delivery.to_group or delivery.lane == Lane.REPLY or delivery.is_act or _is_call(delivery, facts):
        return None
    if delivery.is_rest or _is_told_of_itself(delivery, facts):
        return None
    caps = facts.playbook.caps
    week = _full(facts.touches_this_week, 1, caps.person_per_week)
    week = week or (facts.fewer and _full(facts.direct_this_week, 1, caps.fewer_per_week))
    day = _full(facts.touches_today, 1, caps.person_per_day)
    if delivery.lane == Lane.PROMOTION:
        week = week or _full(facts.promotions_this_week, 1, caps.promotions_per_week)
        day = day or _full(facts.promotions_today, 1, caps.promotions_per_day)
    if week:
        return Wait("person_cap", _midnight(facts, 7 - facts.now.astimezone(facts.zone).weekday()))
    return Wait("person_cap", _midnight(facts, 1)) if day else None


def group_cap(delivery: Candidate, facts: Facts) -> Verdict | None:
    """How many posts a group gets in a day."""
    if not delivery.to_group or delivery.lane == Lane.REPLY or delivery.is_act or delivery.is_rest:
        return None
    full = _full(facts.group_posts_today, 1, facts.playbook.caps.group_per_day)
    return Wait("group_cap", _midnight(facts, 1)) if full else None


def quiet_hours(delivery: Candidate, facts: Facts) -> Verdict | None:
    """免打扰: hours of the day, and rest days as a whole; make-up working days are none."""
    if delivery.lane == Lane.REPLY or delivery.is_act or _is_call(delivery, facts):
        return None
    until = quiet_until(facts.playbook, facts.now.astimezone(facts.zone))
    return Wait("quiet_hours", _instant(until, facts.now)) if until else None


def words(delivery: Candidate, facts: Facts) -> Verdict | None:
    """Sensitive words and unlawful superlatives are caught before they are posted."""
    if delivery.is_act or delivery.answers_command or _is_call(delivery, facts):
        return None
    more = facts.playbook.words.sensitive
    text = delivery.text
    if delivery.their_words and delivery.lane == Lane.REPLY and not delivery.to_group:
        # Somebody who calls themselves 顶级玩家 is answered all the same, by their name.
        for theirs in delivery.their_words:
            if sensitive_word(theirs, more):
                text = text.replace(theirs, "")
    return End("words") if sensitive_word(text, more) else None


def too_late(delivery: Candidate, facts: Facts) -> Verdict | None:
    """It is of no use any more."""
    if delivery.not_after is None or facts.now <= delivery.not_after:
        return None
    return End("too_late", DeliveryState.EXPIRED)


def account_budget(_delivery: Candidate, facts: Facts) -> Verdict | None:
    """An account that sends too much is banned; what is too much depends on its age."""
    if facts.budget_free_at is None or facts.budget_free_at <= facts.now:
        return None
    return Wait("account_budget", facts.budget_free_at)


def human_present(delivery: Candidate, facts: Facts) -> Verdict | None:
    """People come first: while a human talks, automation holds back. Who orders something gets an answer."""
    if facts.human_until is None or facts.human_until <= facts.now:
        return None
    if delivery.answers_command or delivery.cause == Cause.HUMAN or delivery.is_act or delivery.about_consent:
        return None
    return Wait("human_present", facts.human_until)


def not_bound(delivery: Candidate, facts: Facts) -> Verdict | None:
    """A group that nobody bound is logged and never posted to. A command is answered where it was given."""
    if not delivery.to_group or facts.group_bound or delivery.answers_command:
        return None
    return End("not_bound")


def not_approved(delivery: Candidate, _facts: Facts) -> Verdict | None:
    """It waits for somebody's word."""
    return None if delivery.approved else Wait("not_approved")


def erased(_delivery: Candidate, facts: Facts) -> Verdict | None:
    """忘记我: there is nobody to write to any more."""
    return End("erased", DeliveryState.CANCELLED) if facts.erased else None


def field(delivery: Candidate, _facts: Facts) -> Verdict | None:
    """Never 亲爱的None: a text whose field is unknown does not leave."""
    return End("field") if delivery.missing_fields else None


REASONS: tuple[Reason, ...] = (
    opted_out,
    no_consent,
    unreachable,
    window,
    quota,
    paused,
    complaint,
    first_contact,
    person_cap,
    group_cap,
    quiet_hours,
    words,
    too_late,
    account_budget,
    human_present,
    not_bound,
    not_approved,
    erased,
    field,
)
# What a channel of alerts takes is said to no customer: nobody is to be spared, and it is wanted most in quiet hours.
_OF_ALERTS: tuple[Reason, ...] = (unreachable, too_late)
REASON_NAMES = tuple(reason.__name__ for reason in REASONS)


def quiet_until(playbook: Playbook, local: datetime) -> datetime | None:
    """When quiet hours and rest days around this local moment are over; None outside them."""
    until: datetime | None = None
    for _ in range(_LONGEST_REST):
        moment = until or local
        if _rests(playbook, moment.date()):
            tomorrow = moment.date() + timedelta(days=1)
            until = datetime.combine(tomorrow, time(0), moment.tzinfo)
        elif (end := playbook.quiet_until(moment)) is not None:
            until = end
        else:
            break
    return until


# Quiet hours and rest days in a row end after at most so many steps, or the playbook is quiet for ever.
_LONGEST_REST = 60


def _rests(playbook: Playbook, day: date) -> bool:
    if is_make_up_day(day):
        return False
    return WEEKDAYS[day.weekday()] in playbook.rest_days or (
        "holidays" in playbook.rest_days and is_public_holiday(day)
    )


def _is_call(delivery: Candidate, facts: Facts) -> bool:
    """A member waits for one of us, or a group is full: the staff is told at once, however much it was told today."""
    return facts.is_staff and not delivery.to_group and delivery.cause in (Cause.HANDOFF, Cause.GROUP)


def _is_told_of_itself(delivery: Candidate, facts: Facts) -> bool:
    return facts.is_staff and not delivery.to_group and delivery.cause == Cause.COMMAND


def _full(used: float, more: float, most: int | None) -> bool:
    return most is not None and round(used + more, _DECIMALS) > most  # ten posts of 0.1 are one touch, not a bit more


# Weights that people write have fewer; sums of them are off by far less.
_DECIMALS = 6


def _midnight(facts: Facts, days: int) -> datetime:
    """The local midnight so many days on, in the zone of `now`."""
    local = facts.now.astimezone(facts.zone)
    return _instant(datetime.combine(local.date() + timedelta(days=days), time(0), facts.zone), facts.now)


def _instant(local: datetime, now: datetime) -> datetime:
    """When clocks on the wall show that local time next, in the zone of `now`. Where summer time ends they show an
    hour twice, and the first time may be over."""
    first = local.astimezone(now.tzinfo)
    return first if first > now else local.replace(fold=1).astimezone(now.tzinfo)
