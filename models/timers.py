"""The kinds of timers, and what their subjects are."""

from __future__ import annotations

SETTLE = "settle"  # bubbles have come in: judge them together; subject: the person's wire id
NUDGE = "nudge"  # an open question was not answered; subject: the person's wire id
ASK_AGAIN = "ask_again"  # the open question comes again after an interruption; subject: the person's wire id
BEFRIEND = "befriend"  # we accepted and heard nothing: look at the friend list; subject: the person's wire id
FAREWELL = "farewell"  # the last word to somebody who was erased is over; subject: the nameless id of their row
SEAT_TIMER = "seat"  # an invitation was not taken up; subject: the person's and the group's wire ids, a blank between
OLD_FRIENDS = "old_friends"  # the next of an account's old friends are surveyed; subject: the account
COOLED_DOWN = "cooled_down"  # they may move to another tier again; subject: the person's wire id
NO_SEAT = "no_seat"  # some more wait for a seat: tell how many; subject: the account and the tier, a blank between
ENTRY = "entry"  # an occurrence of a calendar entry; subject: its key
OWN_ENTRY = (
    "own_entry"  # a group has it at a time of its own; subject: our id of the group and the key, a blank between
)
ROLLOUT = "rollout"  # the wait after a stage is over; subject: day, number of the next stage and key, blanks between
PAUSE_OVER = "pause_over"  # a pause that was for a time ends; subject: its scope and its own subject, a blank between
ALERT_OVER = "alert_over"  # an alert ends by itself; subject: its kind and its own subject, a blank between
QUESTION = (
    "question"  # a question in a group may wait still; subject: group, message and how many were told, blanks between
)

LISTS = "lists"  # an order wants an account's lists of friends and groups; subject: the account
WELCOME = "welcome"  # a minute since somebody came into a group: they are welcomed together; subject: the group
DIGEST = "digest"  # the morning's digest of the merchant; subject: `MORNING`
MORNING = "morning"

# They ring because nobody has said anything; what was said while nobody listened comes before them.
SILENCE = frozenset({SETTLE, NUDGE, ASK_AGAIN, QUESTION})
PERSON_TIMERS = frozenset({SETTLE, NUDGE, ASK_AGAIN, BEFRIEND, FAREWELL, COOLED_DOWN})


def seat_subject(contact: str, group: str) -> str:
    """The subject of a seat's timer."""
    return f"{contact} {group}"


def own_entry_subject(group_id: int, key: str) -> str:
    """The subject of the timer of a group's own version of an entry."""
    return f"{group_id} {key}"


def entry_of(kind: str, subject: str) -> str:
    """The key of the entry that such a timer is about; empty for timers of another kind."""
    if kind == ROLLOUT:
        return rollout_of(subject)[2]
    return subject if kind == ENTRY else subject.partition(" ")[2] if kind == OWN_ENTRY else ""


def rollout_subject(occurrence: str, number: int, key: str) -> str:
    """The subject of the timer that ends the wait after a stage."""
    return f"{occurrence} {number} {key}"


def rollout_of(subject: str) -> tuple[str, int, str]:
    """The day of the occurrence, the number of the stage that begins (the first is 0), and the key of the entry."""
    occurrence, number, key = subject.split(" ", 2)
    return occurrence, int(number), key


def no_seat_subject(account: str, tier: str) -> str:
    """The subject of the timer that tells how many wait for a tier."""
    return f"{account} {tier}"


def tier_of_no_seat(subject: str) -> str:
    """The tier that such a subject names."""
    return subject.partition(" ")[2]


def alert_subject(kind: str, subject: str) -> str:
    """The subject of the timer that ends an alert."""
    return f"{kind} {subject}"


def question_subject(group: str, message: str, told: int) -> str:
    """The subject of the timer that looks after a question in a group."""
    return f"{group} {message} {told}"
