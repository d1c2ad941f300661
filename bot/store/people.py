"""People for decisions: everything known about many contacts, in a fixed number of statements.

This is most of what a batch reads, so the statements are built once and rows are taken as plain tuples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, select
from sqlmodel import col

from bot.store import Writing
from bot.store.prepared import is_one_of
from models.context import AccountView, AnswerView, FriendshipView, MerchantView, PersonView, RoleView
from models.effects import SurveyProgress
from models.groups import GroupMember
from models.operations import RoleGrant
from models.people import Answer, Contact, Friendship, Person, Survey, Tag

_CONTACTS = (
    select(
        col(Contact.id),
        col(Contact.person_id),
        col(Contact.wire_id),
        col(Contact.name),
        col(Person.source),
        col(Person.opted_out_at),
        col(Person.consent),
    )
    .join(Person, and_(col(Person.merchant_id) == col(Contact.merchant_id), col(Person.id) == col(Contact.person_id)))
    .where(col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.id), "ids"))
)
# A friendship belongs to a contact, but what a person told one account is known to all: by all contacts of a person.
_IDENTITIES = select(col(Contact.id), col(Contact.person_id)).where(
    col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.person_id), "ids")
)
_FRIENDSHIPS = select(
    col(Friendship.contact_id),
    col(Friendship.account_id),
    col(Friendship.state),
    col(Friendship.old),
    col(Friendship.source),
    col(Friendship.request),
    col(Friendship.remark),
    col(Friendship.accepted_at),
    col(Friendship.added_at),
    col(Friendship.human_until),
).where(col(Friendship.merchant_id) == bindparam("merchant"), is_one_of(col(Friendship.contact_id), "ids"))
_ANSWERS = select(col(Answer.person_id), col(Answer.key), col(Answer.value), col(Answer.state)).where(
    col(Answer.merchant_id) == bindparam("merchant"), is_one_of(col(Answer.person_id), "ids")
)
_TAGS = select(col(Tag.person_id), col(Tag.tag)).where(
    col(Tag.merchant_id) == bindparam("merchant"), is_one_of(col(Tag.person_id), "ids")
)
_SURVEYS = select(
    col(Survey.person_id),
    col(Survey.contact_id),
    col(Survey.account_id),
    col(Survey.revision),
    col(Survey.state),
    col(Survey.question),
    col(Survey.asked),
    col(Survey.tries),
    col(Survey.nudges),
    col(Survey.aside),
    col(Survey.pending),
    col(Survey.started_at),
    col(Survey.asked_at),
    col(Survey.finished_at),
).where(col(Survey.merchant_id) == bindparam("merchant"), is_one_of(col(Survey.person_id), "ids"))
_MEMBERSHIPS = select(col(GroupMember.contact_id), col(GroupMember.group_id)).where(
    col(GroupMember.merchant_id) == bindparam("merchant"),
    is_one_of(col(GroupMember.contact_id), "ids"),
    col(GroupMember.left_at).is_(None),
)
# An outer join, so that SQLite begins with the few contacts and not with all the grants there are.
_GRANTS = (
    select(col(Contact.id), col(RoleGrant.role), col(RoleGrant.account_id), col(RoleGrant.group_wire_id))
    .join(
        RoleGrant,
        and_(col(RoleGrant.merchant_id) == col(Contact.merchant_id), col(RoleGrant.wire_id) == col(Contact.wire_id)),
        isouter=True,
    )
    .where(col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.id), "ids"))
)


def load_people(
    writing: Writing, merchant: MerchantView, accounts: Mapping[str, AccountView], contact_ids: Iterable[int]
) -> dict[int, PersonView]:
    """Everything that decisions know about these contacts, by contact id."""
    wanted = sorted(contact_ids)
    if not wanted:
        return {}
    contacts = _rows(writing, merchant, _CONTACTS, wanted)
    person_ids = sorted({row.person_id for row in contacts})
    friendships: dict[int, dict[str, FriendshipView]] = defaultdict(dict)
    person_of: dict[int, int] = dict(_rows(writing, merchant, _IDENTITIES, person_ids))
    for contact_id, account, state, old, source, request, remark, accepted_at, added_at, human_until in _rows(
        writing, merchant, _FRIENDSHIPS, sorted(person_of)
    ):
        friendships[person_of[contact_id]][account] = FriendshipView(
            account=account,
            state=state,
            old=old,
            source=source,
            request=request,
            remark=remark,
            accepted_at=accepted_at,
            added_at=added_at,
            human_until=human_until,
        )
    answers: dict[int, dict[str, AnswerView]] = defaultdict(dict)
    for person_id, key, value, state in _rows(writing, merchant, _ANSWERS, person_ids):
        answers[person_id][key] = AnswerView(value=value, state=state)
    tags: dict[int, list[str]] = defaultdict(list)
    for person_id, tag in _rows(writing, merchant, _TAGS, person_ids):
        tags[person_id].append(tag)
    surveys = {row.person_id: survey_of(row) for row in _rows(writing, merchant, _SURVEYS, person_ids)}
    memberships: dict[int, list[int]] = defaultdict(list)
    for contact_id, group_id in _rows(writing, merchant, _MEMBERSHIPS, wanted):
        memberships[contact_id].append(group_id)
    roles = _roles(writing, merchant, {row.id: row.wire_id for row in contacts})
    ours = {account.self_id for account in accounts.values() if account.self_id}
    return {
        contact_id: PersonView(
            person_id=person_id,
            contact_id=contact_id,
            wire_id=wire_id,
            name=name,
            source=source,
            opted_out=opted_out_at is not None,
            consent=consent,
            friendships=friendships.get(person_id, {}),
            answers=answers.get(person_id, {}),
            tags=frozenset(tags.get(person_id, ())),
            survey=surveys.get(person_id),
            roles=tuple(roles.get(contact_id, ())),
            groups=frozenset(memberships.get(contact_id, ())),
            is_ours=wire_id in ours,
        )
        for contact_id, person_id, wire_id, name, source, opted_out_at, consent in contacts
    }


def _rows(
    writing: Writing, merchant: MerchantView, statement: Select[*tuple[Any, ...]], ids: Sequence[int]
) -> Sequence[Row[*tuple[Any, ...]]]:
    return writing.connection.execute(statement, {"merchant": merchant.id, "ids": ids}).all()


def survey_of(row: Row[Any]) -> SurveyProgress:
    """The value of a row of the survey table."""
    return SurveyProgress(
        contact_id=row.contact_id,
        account=row.account_id,
        revision=row.revision,
        state=row.state,
        question=row.question,
        asked=row.asked,
        tries=row.tries,
        nudges=row.nudges,
        aside=tuple(row.aside),
        pending=tuple(row.pending),
        started_at=row.started_at,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
    )


def _roles(writing: Writing, merchant: MerchantView, contacts: Mapping[int, str]) -> dict[int, list[RoleView]]:
    """Roles by contact id: those that the configuration names, then those that were granted."""
    roles: dict[int, list[RoleView]] = defaultdict(list)
    for account, wire_id, role in merchant.admins:
        for contact_id, theirs in contacts.items():
            if theirs == wire_id:
                roles[contact_id].append(RoleView(role=role, account=account))
    for contact_id, role, account, group in _rows(writing, merchant, _GRANTS, sorted(contacts)):
        if role is not None:
            roles[contact_id].append(RoleView(role=role, account=account, group=group))
    return roles
