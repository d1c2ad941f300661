"""People in three tables: the person, their platform identities, and each friendship with one of our accounts.

Caps and answers belong to the person; a send is addressed to a friendship (an account and a contact).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, false, text
from sqlmodel import Field, SQLModel

from models.columns import Id, UtcDateTime


class Person(SQLModel, table=True):
    """A human being, whatever accounts and groups we meet them through."""

    __tablename__ = "person"
    __table_args__ = (
        Index(
            "person_complaining",
            "merchant_id",
            "complained_at",
            sqlite_where=text("complained_at IS NOT NULL"),
            postgresql_where=text("complained_at IS NOT NULL"),
        ),
    )

    merchant_id: str = Field(primary_key=True)
    id: int = Field(primary_key=True, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    source: str = ""  # where they came from first; never overwritten
    opted_out_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    consent: str | None = None  # null, given, refused
    note: str = ""
    fewer: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # 少发点: a cap of their own
    complained_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # since when a complaint is open
    owner_contact_id: int | None = Field(default=None, sa_type=Id)  # who looks after them
    owner_by: str | None = None  # how that came: claim, group (found in theirs), given (handed over); null: of old
    placed_tier: str | None = None  # where they belong, once a rule or a human has said so
    moved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # when that changed last
    # They said 忘记我 then, on that account, and were asked whether they mean it.
    forget_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    forget_asked_on: str = Field(default="", sa_column_kwargs={"server_default": ""})
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # there is nobody behind this row any more


class Contact(SQLModel, table=True):
    """A platform identity of a person. `wire_id` may change at a re-login; `id` never does."""

    __tablename__ = "contact"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id", "person_id"], ["person.merchant_id", "person.id"]),
        Index("contact_wire", "merchant_id", "wire_id", unique=True),
        Index("contact_person", "merchant_id", "person_id", "id"),
    )

    merchant_id: str = Field(primary_key=True)
    id: int = Field(primary_key=True, sa_type=Id)
    person_id: int = Field(sa_type=Id)
    wire_id: str
    name: str = ""
    became: int | None = Field(default=None, sa_type=Id)  # the contact that had this wire id before it got another


class FriendshipState(StrEnum):
    """Where a friendship stands."""

    REQUESTED = "requested"  # they asked; we have not accepted yet
    ACCEPTED = "accepted"  # we said yes; the platform has not confirmed the friendship
    FRIEND = "friend"
    REMOVED = "removed"


class Friendship(SQLModel, table=True):
    """A contact and one of our accounts."""

    __tablename__ = "friendship"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id", "contact_id"], ["contact.merchant_id", "contact.id"]),
        Index("friendship_contact", "contact_id", "merchant_id"),  # numbers first: they are compared faster than texts
        Index("friendship_added", "merchant_id", "added_at", "old"),
        Index(
            "friendship_accepted",
            "merchant_id",
            "accepted_at",
            sqlite_where=text("accepted_at IS NOT NULL"),
            postgresql_where=text("accepted_at IS NOT NULL"),
        ),
    )

    merchant_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True)
    contact_id: int = Field(primary_key=True, sa_type=Id)
    state: str
    old: bool = False  # a friend since before we came: neither greeted nor surveyed
    requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    added_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hello: str = ""
    # The same of the first time, once they were added again.
    first_requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_added_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_hello: str | None = None
    source: str = ""
    from_group_id: int | None = Field(default=None, sa_type=Id)  # the group of ours that they were in before
    inviter: str = ""  # the wire id of who had brought them there
    request: str = ""  # the platform's handle of their request
    remark: str = ""
    human_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # a human is talking; automation holds back
    last_heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SurveyState(StrEnum):
    """Where a person's intake survey stands."""

    OPEN = "open"  # a question waits for its answer
    RESTING = "resting"  # nudged to no avail; goes on when the person comes back
    FINISHED = "finished"
    STOPPED = "stopped"  # the person opted out in the middle


class Survey(SQLModel, table=True):
    """The survey of one person. It is a row, not a coroutine: a restart loses nothing."""

    __tablename__ = "survey"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id", "person_id"], ["person.merchant_id", "person.id"]),
        Index(
            "survey_unfinished",
            "merchant_id",
            "person_id",
            "state",
            sqlite_where=text("state IN ('open', 'resting')"),
            postgresql_where=text("state IN ('open', 'resting')"),
        ),
    )

    merchant_id: str = Field(primary_key=True)
    person_id: int = Field(primary_key=True, sa_type=Id)
    contact_id: int = Field(sa_type=Id)
    account_id: str  # the open question stays on this account
    revision: str  # of the playbook it was begun under; it finishes under it
    state: str
    question: str = ""
    asked: int = 0  # how many questions were sent in all; makes delivery keys unique
    tries: int = 0  # how often the open question was answered in a way that was not understood
    nudges: int = 0
    aside: list[str] = Field(default_factory=list, sa_type=JSON)  # questions put aside
    pending: list[str] = Field(default_factory=list, sa_type=JSON)  # bubbles that wait for the settling delay
    started_at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    coupon: str = ""  # the name of what finishing it has earned
    put_off_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # “later”: it is asked again then
    # How often the open question came again because of small talk.
    repeats: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    # Of who was forgotten: what became of each question, for the figures. Their answers are gone.
    reached: dict[str, str] | None = Field(default=None, sa_type=JSON)


class AnswerState(StrEnum):
    """What a person did with a question."""

    ANSWERED = "answered"
    DECLINED = "declined"
    LATER = "later"


class Answer(SQLModel, table=True):
    """A person's answer, in its normal form."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id", "person_id"], ["person.merchant_id", "person.id"]),
        Index(
            "answer_identity",
            "merchant_id",
            "identity",
            sqlite_where=text("identity IS NOT NULL"),
            postgresql_where=text("identity IS NOT NULL"),
        ),
    )

    merchant_id: str = Field(primary_key=True)
    person_id: int = Field(primary_key=True, sa_type=Id)
    key: str = Field(primary_key=True)
    value: Any = Field(default=None, sa_type=JSON)
    state: str = AnswerState.ANSWERED
    at: datetime = Field(sa_type=UtcDateTime)
    revision: str = ""
    identity: str | None = None  # the answer, if few people share it: a mobile number


class Tag(SQLModel, table=True):
    """A tag on a person, and who gave it: `survey`, or the wire id of an admin."""

    __tablename__ = "tag"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id", "person_id"], ["person.merchant_id", "person.id"]),
        Index("tag_by_name", "merchant_id", "tag"),
    )

    merchant_id: str = Field(primary_key=True)
    person_id: int = Field(primary_key=True, sa_type=Id)
    tag: str = Field(primary_key=True)
    origin: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
