"""Everything that a decision can bring about, as frozen data. The store turns effects into rows in one transaction.

People, contacts and groups are named by our own ids; the ids come from the context that the decision was made on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from models.alerts import AlertKind
from models.command_effects import (
    ClaimTicket,
    CloseQuestion,
    CloseTicket,
    DropOperator,
    DropPending,
    EndWaiting,
    OpenTicket,
    PutFewer,
    PutNote,
    PutOperator,
    PutPending,
    PutScript,
    TakeBack,
)
from models.delivery_effects import (
    ApproveWaiting,
    Cancel,
    ConfirmByFact,
    DropEntry,
    DropSignup,
    Effect,
    Expand,
    GoOn,
    MarkDraft,
    PutEntries,
    PutOverride,
    PutSignup,
    PutSpare,
    Replan,
    Send,
    SendAgain,
    SendNext,
    Settle,
    SlowDown,
    Spare,
    Turn,
    Withdraw,
)
from models.events import Event
from models.group_effects import (
    BindGroup,
    Claim,
    ClaimMembers,
    DropNewcomers,
    HandOver,
    PutGroups,
    PutMembers,
    PutNewcomers,
    PutPlace,
    RebindGroup,
    Release,
    RenameGroup,
    ReplaceAccount,
    Reserve,
    WaitForSeat,
)
from models.identity_effects import DoubtByAnswer, MergePersons, PutDoubt, Rebind, SettleDoubt, UnmergePersons

# What leaves, and who is who, stand in files of their own; whoever decides finds every effect here.
__all__ = [
    "ApproveWaiting",
    "BindGroup",
    "Cancel",
    "Claim",
    "ClaimMembers",
    "ClaimTicket",
    "CloseQuestion",
    "CloseTicket",
    "ConfirmByFact",
    "DoubtByAnswer",
    "DropEntry",
    "DropNewcomers",
    "DropOperator",
    "DropPending",
    "DropSignup",
    "Effect",
    "EndWaiting",
    "Expand",
    "GoOn",
    "HandOver",
    "MarkDraft",
    "MergePersons",
    "OpenTicket",
    "PutDoubt",
    "PutEntries",
    "PutFewer",
    "PutGroups",
    "PutMembers",
    "PutNewcomers",
    "PutNote",
    "PutOperator",
    "PutOverride",
    "PutPending",
    "PutPlace",
    "PutScript",
    "PutSignup",
    "PutSpare",
    "Rebind",
    "RebindGroup",
    "Release",
    "RenameGroup",
    "ReplaceAccount",
    "Replan",
    "Reserve",
    "Send",
    "SendAgain",
    "SendNext",
    "Settle",
    "SettleDoubt",
    "SlowDown",
    "Spare",
    "TakeBack",
    "Turn",
    "UnmergePersons",
    "WaitForSeat",
    "Withdraw",
]


class PutAccount(Effect, frozen=True, kw_only=True):
    """The account's link changed. `scan_code` is what the QR code says that is to be scanned; nothing else has one."""

    account: str
    state: str
    scan_code: str = ""
    self_id: str | None = None
    name: str | None = None
    rostered: bool = False


class PutFriendship(Effect, frozen=True, kw_only=True):
    """What changed about a friendship; absent fields stay. `source` is kept once it is set.

    `from_group_id` and `inviter` (a wire id) say which of our groups they were in before, and who had brought them.
    """

    account: str
    contact_id: int
    person_id: int
    state: str | None = None
    old: bool = False
    hello: str = ""
    source: str = ""
    request: str = ""
    remark: str | None = None
    from_group_id: int | None = None
    inviter: str = ""


class Hold(Effect, frozen=True, kw_only=True):
    """A human is talking in this conversation: automation holds back until then."""

    account: str
    until: datetime
    contact_id: int | None = None
    group_id: int | None = None


class Heard(Effect, frozen=True, kw_only=True):
    """They wrote to us 1:1, which opens the window of a channel that has one: what waits for it may go."""

    account: str
    contact_id: int


class PutAnswer(Effect, frozen=True, kw_only=True):
    """Keep an answer in its normal form, or that it was declined. `identity` is one that few people share, as text."""

    person_id: int
    key: str
    value: Any
    state: str
    revision: str = ""
    identity: str | None = None


SURVEY = "survey"  # the origin of tags that follow from answers; they go when the answers change


class PutTags(Effect, frozen=True, kw_only=True):
    """Add and remove tags of a person. `origin` is `survey` or the wire id of who did it."""

    person_id: int
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    origin: str


class SurveyProgress(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Where a person's survey stands; the value of the survey's row."""

    contact_id: int
    account: str
    revision: str
    state: str
    question: str = ""
    asked: int = 0
    tries: int = 0
    nudges: int = 0
    aside: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    started_at: datetime
    asked_at: datetime | None = None
    finished_at: datetime | None = None
    coupon: str = ""
    put_off_until: datetime | None = None
    repeats: int = 0


class PutSurvey(Effect, frozen=True, kw_only=True):
    """Replace the survey's row."""

    person_id: int
    survey: SurveyProgress


class OptOut(Effect, frozen=True, kw_only=True):
    """No more messages to this person, but what they ask for about their data."""

    person_id: int


class AskToForget(Effect, frozen=True, kw_only=True):
    """They said 忘记我 on this account and are asked whether they mean it; without an account, they do not."""

    person_id: int
    account: str = ""


class Erase(Effect, frozen=True, kw_only=True):
    """Forget a person: what they said and what we know of them goes, counts stay, and what is on its way to them is
    cancelled, but for the deliveries of these keys, which keep their address until `ForgetAddress`: one last word, and
    what clears the remark on the platform."""

    person_id: int
    farewell: str = ""
    remarks: tuple[str, ...] = ()


class ForgetAddress(Effect, frozen=True, kw_only=True):
    """The farewell to somebody who was erased has left, or is too late: nobody knows their address any more. Without a
    delivery it is over with all of them."""

    contact_id: int
    delivery_id: int | None = None


class OptIn(Effect, frozen=True, kw_only=True):
    """They want to hear from us again."""

    person_id: int


class PutConsent(Effect, frozen=True, kw_only=True):
    """What this person said to being written to: `given` or `refused`."""

    person_id: int
    consent: str


class OpenComplaint(Effect, frozen=True, kw_only=True):
    """They blame the shop: no promotion to this person until it is settled."""

    person_id: int


class CloseComplaint(Effect, frozen=True, kw_only=True):
    """The complaint of the person with this contact is settled."""

    wire_id: str


class PutTimer(Effect, frozen=True, kw_only=True):
    """Ring at `at` as a `TimerDue` event; one timer a kind and subject. `unless_set`: one that is there stays."""

    kind: str
    subject: str
    at: datetime
    account: str = ""
    unless_set: bool = False


class DropTimer(Effect, frozen=True, kw_only=True):
    """Don't ring."""

    kind: str
    subject: str


class PutQuestion(Effect, frozen=True, kw_only=True):
    """The message at hand asks the shop for something, in this group, or does so perhaps."""

    group_id: int
    perhaps: bool = False


class PutPlaybook(Effect, frozen=True, kw_only=True):
    """A revision of the playbook is in force from now on."""

    revision: str
    body: str
    toml: str = ""


class PutRole(Effect, frozen=True, kw_only=True):
    """Grant a role, or take it back."""

    wire_id: str
    role: str
    account: str = ""
    group: str = ""
    granted_by: str = ""
    revoked: bool = False
    until: datetime | None = None


class PutPause(Effect, frozen=True, kw_only=True):
    """Stop sending within a scope (all, account, group, lane), or go on."""

    scope: str
    subject: str = ""
    by: str
    reason: str = ""
    resumed: bool = False


class CountFailures(Effect, frozen=True, kw_only=True):
    """So many sends of the account have failed one after the other; 0 after a success."""

    account: str
    failures: int


class RaiseAlert(Effect, frozen=True, kw_only=True):
    """Something is wrong that a human must know. One that began at the same moment is the same one, open again."""

    kind: AlertKind
    subject: str = ""
    began_at: datetime
    account: str = ""
    delivery_id: int | None = None
    text: str


class EndAlert(Effect, frozen=True, kw_only=True):
    """What was wrong is so no longer; nothing happens where it was not."""

    kinds: tuple[AlertKind, ...]
    subject: str = ""


class Audit(Effect, frozen=True, kw_only=True):
    """Who did, or tried to do, what; `result` is ok or refused."""

    actor: str
    action: str
    target: str = ""
    place: str = ""
    result: str = "ok"
    reason: str = ""


class Follow(Effect, frozen=True, kw_only=True):
    """A further event, decided in a later wave of the same transaction on a fresh context; with a `journal_id`, one
    that is in the journal already, since it could not be dealt with then."""

    event: Event
    journal_id: int = 0


class Refresh(Effect, frozen=True, kw_only=True):
    """Ask the platform for the account's list of friends and groups soon."""

    account: str


class Answered(Effect, frozen=True, kw_only=True):
    """What an operator's order is answered with. `refused` says why nothing was done."""

    text: str = ""
    refused: str = ""
