"""What a decision may know, loaded in bulk for a whole batch. Frozen; no row of the database is in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from models.capabilities import Capabilities
from models.command_views import CommandView
from models.digest_views import DigestView
from models.effects import SurveyProgress
from models.events import Event
from models.playbook import Playbook


class MerchantView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The merchant and the playbook in force; `admins` are (account, wire id, role) of the configuration."""

    id: str
    name: str
    zone: ZoneInfo
    playbook: Playbook
    revision: str
    admins: tuple[tuple[str, str, str], ...] = ()
    accounts: tuple[str, ...] = ()  # ids of the configuration
    channels: tuple[str, ...] = ()  # where alerts are posted; ids of the configuration
    seed: int = 0
    started_at: datetime | None = None  # when the program started; what fell due before was missed
    earlier: Mapping[str, Playbook] = {}  # earlier revisions that unfinished surveys were begun under

    def playbook_of(self, revision: str) -> Playbook:
        """The playbook of a revision; the one in force where that revision is no longer known."""
        return self.earlier.get(revision, self.playbook)


class AccountView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One of our accounts."""

    id: str
    name: str = ""
    self_id: str = ""
    state: str = ""
    capabilities: Capabilities = Capabilities()
    rostered_at: datetime | None = None
    slow_until: datetime | None = None  # the end of the last silence that the platform asked for
    failures: int = 0  # sends that failed one after the other, up to now
    first_login_at: datetime | None = None  # its warm-up counts from here


class FriendshipView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A friendship with one account."""

    account: str
    state: str
    old: bool = False
    source: str = ""
    request: str = ""
    remark: str = ""
    accepted_at: datetime | None = None
    added_at: datetime | None = None
    human_until: datetime | None = None


class AnswerView(msgspec.Struct, frozen=True, gc=False):
    """An answer in its normal form."""

    value: Any
    state: str


class PersonView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A person met through one contact. `groups` are the ids of the groups they are in.

    Of who only said something that nothing follows from, `answers`, `tags`, `groups` and a `survey` that is over are
    not loaded: see `handlers.needs`.
    """

    person_id: int
    contact_id: int
    wire_id: str
    name: str = ""
    source: str = ""
    opted_out: bool = False
    consent: str | None = None
    complaining: bool = False  # a complaint is open
    friendships: Mapping[str, FriendshipView] = {}
    answers: Mapping[str, AnswerView] = {}
    tags: frozenset[str] = frozenset()
    by_hand: frozenset[str] = frozenset()  # of those: what no answer of theirs gave
    survey: SurveyProgress | None = None
    roles: tuple[RoleView, ...] = ()
    groups: frozenset[int] = frozenset()
    brought_by: Mapping[int, str] = {}  # the same groups in the order of joining: the wire id of who brought them in
    tiers: frozenset[str] = frozenset()  # of those groups
    forget_asked_at: datetime | None = None  # they said 忘记我 then, on `forget_asked_on`, and were asked to confirm
    forget_asked_on: str = ""
    erased: bool = False  # forgotten: there is nobody behind this row any more
    left_groups: frozenset[int] = frozenset()  # where they were once and are no more
    is_ours: bool = False  # one of our own accounts
    fewer: bool = False  # 少发点: a cap of their own

    def answered(self) -> dict[str, Any]:
        """The answers that were given, by key."""
        return {key: answer.value for key, answer in self.answers.items() if answer.state == "answered"}


class RoleView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A role; an empty account or group means all of the merchant's."""

    role: str
    account: str = ""
    group: str = ""


class GroupView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A group and how full it is. `members` counts everybody in the platform's list, our accounts too."""

    id: int
    wire_id: str
    account: str
    topic: str = ""
    tier: str | None = None
    parent_id: int | None = None
    owner_contact_id: int | None = None
    bound_at: datetime | None = None
    members: int = 0
    reserved: int = 0
    listed: bool = False  # whether who was there before our account is known by a list
    human_until: datetime | None = None
    inside: tuple[str, ...] = ()  # our accounts that are in it; loaded with all bound groups


class DeliveryView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A delivery as decisions see it."""

    id: int
    key: str
    part: int
    account: str
    kind: str
    cause: str
    state: str
    contact_id: int | None = None
    group_id: int | None = None
    text: str = ""
    attempts: int = 0
    created_at: datetime | None = None
    has_parts: bool = False  # a text of the calendar in several parts
    seen_in_part: bool = False  # it leaves in several messages, and what was heard of is one of them, not the last


class EntryView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A calendar entry in force: its JSON, and since when it counts."""

    key: str
    revision: str
    body: str
    at: datetime
    first_imported_at: datetime
    approved: bool = True  # False: its occurrences wait for somebody's word
    draft: bool = False
    author: str = ""
    overrides: tuple[OverrideView, ...] = ()
    # The local dates of occurrences that have not left everywhere; loaded for who edits the entry.
    open: tuple[str, ...] = ()
    # The local dates that somebody skipped and has not restored, from yesterday on; loaded for who edits the entry.
    skipped: tuple[str, ...] = ()


class OverrideView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A group's own version of an optional entry; what is `None` is as the entry has it. `at`: its last change."""

    group_id: int
    text: str | None = None
    date: str | None = None  # YYYY-MM-DD
    time: str | None = None  # HH:MM:SS
    declined: bool = False
    at: datetime


class SignupView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Somebody on the list of a gathering, first come first served; `waits`: there was no place left."""

    contact_id: int
    wire_id: str
    name: str = ""
    account: str
    group_id: int | None = None
    waits: bool = False


class GatheringView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What somebody may sign up for where they speak: the last gathering that was posted there, as its entry's JSON."""

    key: str
    body: str
    occurrence: str
    signups: tuple[SignupView, ...] = ()


class AlertView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Something that a human must know: open, or over since `ended_at`."""

    kind: str
    subject: str = ""
    began_at: datetime
    ended_at: datetime | None = None
    text: str = ""


class DoubtView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Two contacts that may be one person, by their wire ids of now: open questions to a human."""

    kind: str
    contact: str
    other: str
    contact_id: int
    other_id: int
    said: tuple[tuple[datetime, str], ...] = ()  # the last that the contact has written 1:1 under the new id


class MergeView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A merge that is in force, by wire ids of now: the contacts that came by it and those that were there.

    `asked` is whose open question it took back.
    """

    id: int
    contacts: tuple[str, ...]
    others: tuple[str, ...] = ()
    asked: str = ""


class PlaceView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Where a person is in groups of ours, over all that they were met as.

    `tiers` are those of groups where they are or have a seat.
    """

    tiers: frozenset[str] = frozenset()
    waiting_for: frozenset[str] = frozenset()
    belongs: str | None = None  # the tier that a rule or a human has said
    moved_at: datetime | None = None


class Said(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A message of a group as it stands in the journal; `by` says whose words it is.

    `member`; `staff`: whoever works for the shop, or a human on the account's own phone; `answer`: a standing answer of
    ours, to the message `quote`; `auto`: whatever else we posted. `asks`: it was taken for a business question,
    `closed`: the staff says that it is settled. What was recalled is absent.
    """

    id: int
    group_id: int
    at: datetime
    message: str = ""  # its wire id
    contact: str = ""
    name: str = ""
    by: str = "member"
    kind: str = "text"
    text: str = ""
    mentions: tuple[str, ...] = ()
    quote: str = ""
    asks: bool = False
    closed: bool = False


class Status(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What /status tells, loaded only for it."""

    accounts: tuple[AccountView, ...] = ()
    paused: tuple[tuple[str, str], ...] = ()
    topics: Mapping[str, str] = {}  # of the groups that are paused
    sent_today: int = 0
    open: int = 0
    waiting: Mapping[str, int] = {}
    unknown: int = 0
    new_friends_today: int = 0
    surveys_open: int = 0
    alerts: tuple[AlertView, ...] = ()  # open ones, in the order in which they began
    complaints: tuple[str, ...] = ()  # wire ids of who has a complaint that is not settled, the oldest first
    doubts: int = 0  # contacts of whom a human is to say who they are


class ReceivedView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The last message to somebody that answered nothing they had said: what, and by what it came to them.

    `tags` are those of theirs that its entry asks for, `rule` is the entry's.
    """

    at: datetime
    what: str
    cause: str
    tags: tuple[str, ...] = ()
    rule: str = ""


class Kept(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What of a person's is kept besides what decisions go by, loaded only for 我的数据."""

    since: datetime
    groups: tuple[str, ...] = ()  # topics of those they are in
    hellos: tuple[str, ...] = ()  # what they wrote when they asked to be friends
    said: int = 0  # messages of theirs in the log
    oldest_at: datetime | None = None  # the first of them
    sent: int = 0  # messages to them of which the text is kept
    received: ReceivedView | None = None


class FailedView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An event that could not be dealt with; None: of which too little is left to decide it again."""

    journal_id: int
    event: Event | None


class RolloutView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What happened since an entry left in the groups that got it first: how many members it reached, and of these how
    many left and complained."""

    groups: int = 0
    reached: int = 0
    leaves: int = 0
    complaints: int = 0


class Context(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Everything a handler knows about one event."""

    merchant: MerchantView
    account: AccountView
    person: PersonView | None = None  # who said or did it
    group: GroupView | None = None
    people: Mapping[str, PersonView] = {}  # further people named by the event, by wire id
    # By wire id: groups named by the event or, where seats matter, all bound ones, in the order of their binding.
    groups: Mapping[str, GroupView] = {}
    delivery: DeliveryView | None = None  # what an echo, a recall, an outcome or an order is about
    staff: tuple[PersonView, ...] = ()  # owners and admins whom we know, for what a human must be told
    entries: tuple[EntryView, ...] = ()
    waiting: tuple[PersonView, ...] = ()  # who waits for a seat of the tier that the event names, first come first
    places: Mapping[int, PlaceView] = {}  # by person id, of those who may need a seat
    missing: tuple[PersonView, ...] = ()  # friends of the account who are not on the list that the event brings
    survey_playbook: Playbook | None = None  # the revision that the person's survey was begun under, if another
    named: Mapping[str, tuple[PersonView, ...]] = {}  # who may be meant, by the words of the order
    owners: Mapping[int, PersonView] = {}  # by person id, of those and of who speaks 1:1: who looks after them
    customers: tuple[PersonView, ...] = ()  # whom the order hands over, all of them
    old_friends: tuple[PersonView, ...] = ()  # those of the account whose turn it is to be surveyed
    doubts: tuple[DoubtView, ...] = ()  # those that a contact named by the order has a part in
    merges: tuple[MergeView, ...] = ()  # those that made the person what they are, the last first
    status: Status | None = None
    failed: tuple[FailedView, ...] = ()  # events that could not be dealt with, of those that the order means
    alerts: tuple[AlertView, ...] = ()  # those that are open or were a short while ago
    kept: Kept | None = None  # of `person`
    rolled_out: RolloutView | None = None  # what the entry did so far that goes on to its next groups
    gathering: GatheringView | None = None  # that the person may sign up for
    commands: CommandView = CommandView()  # what the slash-commands of the message ask for
    carers: tuple[PersonView, ...] = ()  # who looks after the group, and its helpers
    talk: tuple[Said, ...] = ()  # what was said in the group since a question of it was put
    newcomers: tuple[PersonView, ...] = ()  # who is to be welcomed in the group, first come first
    digest: DigestView | None = None  # of yesterday, for the morning's word to the staff
    accounts: Mapping[str, AccountView] = {}  # all accounts of the merchant, where one may have to speak for another
