"""Orders: what an operator asks for on the command line or in the console, as events like any other.

An order's `merchant` says whose it is, `actor` who gave it. It is answered by an `Answered` effect.
"""

from __future__ import annotations

from datetime import date, datetime

from models.events import Event
from models.operations import Role


class Order(Event, frozen=True, kw_only=True):
    """The common root of orders, given with the `rights` of a role: the command line's are the merchant's owner's.

    `within` is the account that its giver is limited to; empty: the whole shop is theirs.
    """

    actor: str = "operator"
    rights: Role = Role.OWNER
    within: str = ""


class DecideAgainOrder(Order, frozen=True, kw_only=True, tag="order.decide_again"):
    """What could not be dealt with is decided once more: these events, by their ids in the journal, or all."""

    events: tuple[int, ...] = ()


class BindGroupOrder(Order, frozen=True, kw_only=True, tag="order.bind_group"):
    """Bind a group to a tier by its room id."""

    group: str
    tier: str
    parent: str = ""
    owner: str = ""


class BindGroupsOrder(Order, frozen=True, kw_only=True, tag="order.bind_groups"):
    """Bind many groups, in this order: (room, tier, parent, owner, account) each; what is empty stays as it is."""

    bindings: tuple[tuple[str, str, str, str, str], ...]


class ReplaceAccountOrder(Order, frozen=True, kw_only=True, tag="order.replace_account"):
    """An account is banned or dead: a stand-by account does from now on what it did."""

    old: str
    new: str


class UnbindGroupOrder(Order, frozen=True, kw_only=True, tag="order.unbind_group"):
    """The group belongs to no tier any longer."""

    group: str


class ImportEntriesOrder(Order, frozen=True, kw_only=True, tag="order.import_entries"):
    """Put calendar entries in force: (key, revision, JSON) each. With `replace`, those not named are dropped.

    What an `author` wrote waits for somebody's word, and so does a `draft`, until it is imported as none. `workbook` is
    the exported one that the entries stand in just so.
    """

    entries: tuple[tuple[str, str, str], ...]
    replace: bool = False
    workbook: str = ""
    author: str = ""
    draft: bool = False


class WriteEntryOrder(Order, frozen=True, kw_only=True, tag="order.write_entry"):
    """Somebody writes one entry by hand, as JSON: a new one, or over the revision `base` that they have seen.

    `draft`: it is not put forward yet.
    """

    body: str
    base: str = ""
    draft: bool = False


class KeepMediaOrder(Order, frozen=True, kw_only=True, tag="order.keep_media"):
    """A file of so many bytes is to be kept in the media folder under this name."""

    name: str
    size: int


class DeleteEntriesOrder(Order, frozen=True, kw_only=True, tag="order.delete_entries"):
    """Take calendar entries out of force."""

    keys: tuple[str, ...]


class MoveEntryOrder(Order, frozen=True, kw_only=True, tag="order.move_entry"):
    """An entry's occurrence of a local day is to be on another. `revision`: what whoever moves it has seen of it.

    `only`: this one of an entry that repeats, and none after it.
    """

    key: str
    revision: str
    day: date
    to: date
    only: bool = False


class CopyWeekOrder(Order, frozen=True, kw_only=True, tag="order.copy_week"):
    """What happens once in the week of one Monday is to happen in the week of another too."""

    monday: date
    to: date


class ApproveEntryOrder(Order, frozen=True, kw_only=True, tag="order.approve_entry"):
    """Let the deliveries of an entry go that wait for a word. `revision`: what has been seen of it, if it matters."""

    key: str
    revision: str = ""


class RejectEntryOrder(Order, frozen=True, kw_only=True, tag="order.reject_entry"):
    """What of an entry waits for a word does not get it, and it is a draft again. `revision`: what has been seen."""

    key: str
    revision: str
    why: str = ""


class SkipEntryOrder(Order, frozen=True, kw_only=True, tag="order.skip_entry"):
    """An occurrence is not to leave, or no further: the next one, or one of which something is still open.

    `undo`: the next one leaves after all; what was cancelled stays so.
    """

    key: str
    day: date
    undo: bool = False


class OverrideEntryOrder(Order, frozen=True, kw_only=True, tag="order.override_entry"):
    """A group's own version of an optional entry: what is given replaces the entry's, the rest stays as it was.

    `date` is `YYYY-MM-DD`, `time` is `HH:MM:SS`. `decline`: the group does without; `undo`: it goes with all others.
    """

    key: str
    group: str
    text: str | None = None
    date: str | None = None
    time: str | None = None
    decline: bool = False
    undo: bool = False


class ImportPlaybookOrder(Order, frozen=True, kw_only=True, tag="order.import_playbook"):
    """Put a playbook in force: its fingerprint, its canonical JSON, and the text with comments that it was read from.

    `base` is the revision that it was made from: another one in force by now, and nothing is done.
    """

    revision: str
    body: str
    toml: str = ""
    base: str = ""


class GrantRoleOrder(Order, frozen=True, kw_only=True, tag="order.grant_role"):
    """Give a contact a role, until then if it says so, or with `revoke` take it back."""

    contact: str
    role: str
    group: str = ""
    revoke: bool = False
    until: datetime | None = None


class PauseOrder(Order, frozen=True, kw_only=True, tag="order.pause"):
    """Nothing is to be sent by an account (`scope` is account) or at all (all); with `resumed`, it goes on."""

    scope: str
    subject: str = ""
    resumed: bool = False


class InviteOperatorOrder(Order, frozen=True, kw_only=True, tag="order.invite_operator"):
    """Let somebody sign in to the console, with a pool to that account's only; `invitation`: SHA-256 of their link's
    secret, which holds until then."""

    name: str
    role: str
    pool: str = ""
    invitation: str
    until: datetime


class RemoveOperatorOrder(Order, frozen=True, kw_only=True, tag="order.remove_operator"):
    """Somebody may not sign in to the console any longer."""

    name: str


class ErasePersonOrder(Order, frozen=True, kw_only=True, tag="order.erase_person"):
    """Forget a person, who asked for it in another way than by 忘记我."""

    contact: str


class DescribePersonOrder(Order, frozen=True, kw_only=True, tag="order.describe_person"):
    """What the shop keeps of a person: tags to add and to remove, the whole of its notes, a remark. None, or an empty
    remark: as it was."""

    contact: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    note: str | None = None
    remark: str = ""


class SayOrder(Order, frozen=True, kw_only=True, tag="order.say"):
    """A human says something by way of the persona: to a friend of the order's account, or in a `group`."""

    contact: str = ""
    group: str = ""
    text: str


class SettleDeliveryOrder(Order, frozen=True, kw_only=True, tag="order.settle_delivery"):
    """A human says what became of an uncertain delivery: sent, failed or resend."""

    delivery: int
    outcome: str


class CancelDeliveryOrder(Order, frozen=True, kw_only=True, tag="order.cancel_delivery"):
    """Something that has not left is not to leave."""

    delivery: int


class OwnerOrder(Order, frozen=True, kw_only=True, tag="order.owner"):
    """Who looks after this person? With `owner`: that one from now on, unless somebody does already.

    `person` and `owner` are stable ids or unique names. `said` is the message of a slash-command, which is answered in
    its `room`, or 1:1, as what is no business of a room's is (`aside`).
    """

    person: str
    owner: str = ""
    room: str = ""
    said: str = ""
    aside: bool = False


class HandoverOrder(Order, frozen=True, kw_only=True, tag="order.handover"):
    """客户交接: one member, a bound group, or all customers and groups of an owner are `to`'s from now on.

    From the chat it says what would happen, and wants a code, until it is `confirmed`.
    """

    source: str
    to: str
    room: str = ""
    said: str = ""
    aside: bool = False
    confirmed: bool = False


class MoveOrder(Order, frozen=True, kw_only=True, tag="order.move"):
    """This person belongs in that tier, or that bound room, whatever the rules say."""

    person: str
    to: str
    room: str = ""
    said: str = ""
    aside: bool = False


class HandoffOrder(Order, frozen=True, kw_only=True, tag="order.handoff"):
    """转人工: whoever looks after this person, else the chiefs, is to answer them themselves."""

    person: str
    room: str = ""
    said: str = ""
    aside: bool = False


StaffOrder = OwnerOrder | HandoverOrder | MoveOrder | HandoffOrder


class SurveyFinished(Event, frozen=True, kw_only=True, tag="survey_finished"):
    """A person has finished the intake survey: find them a seat, and who looks after them.

    `tier`, `group` and `owner` are what the playbook's `survey.completion` says; empty: nothing. `corrected`: they had
    finished it before, so only who waits and has no place yet is placed anew.
    """

    contact: str
    tier: str = ""
    group: str = ""
    owner: str = ""
    corrected: bool = False


class SignUp(Event, frozen=True, kw_only=True, tag="sign_up"):
    """Somebody wants to come to what was posted last in this group, or 1:1; or, with `leaves`, not any more."""

    contact: str
    group: str = ""
    message: str = ""
    leaves: bool = False


class PlacesChanged(Event, frozen=True, kw_only=True, tag="places_changed"):
    """A gathering has room for more than before: look at who waits for a place."""

    entry: str


class SeatsChanged(Event, frozen=True, kw_only=True, tag="seats_changed"):
    """Seats of a tier may have become free: look at its waiting list."""

    tier: str


class MergeOrder(Order, frozen=True, kw_only=True, tag="order.merge"):
    """Two contacts are one person; where they differ, what `kept` said stands."""

    kept: str
    other: str


class UnmergeOrder(Order, frozen=True, kw_only=True, tag="order.unmerge"):
    """The person of this contact is two after all, as before the last merge."""

    contact: str


class SettleDoubtOrder(Order, frozen=True, kw_only=True, tag="order.settle_doubt"):
    """A human says whether `contact` is one person with `other`; with no `other`, that it is none of those in doubt."""

    contact: str
    other: str = ""
    same: bool = False


class PersonChanged(Event, frozen=True, kw_only=True, tag="person_changed"):
    """What is known of a person has changed as a whole: what follows from it follows.

    With `ask`, their open question was taken back and is to come again; with `settled`, their complaint was settled;
    with `parted`, answers went with somebody else, and what is not known any more is asked. `said` is what they wrote
    while nobody knew who they were: it may answer their open question.
    """

    contact: str
    ask: bool = False
    settled: bool = False
    parted: bool = False
    said: tuple[str, ...] = ()
