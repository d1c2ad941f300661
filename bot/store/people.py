"""People for decisions: everything known about many contacts, in a fixed number of statements.

This is most of what a batch reads, so the statements are built once and rows are taken as plain tuples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select, text
from sqlmodel import col

from bot.store import Writing
from bot.store.prepared import is_one_of
from models.context import AccountView, AnswerView, FriendshipView, MerchantView, PersonView, RoleView
from models.effects import SURVEY, SurveyProgress
from models.groups import ChatGroup, GroupMember
from models.operations import RoleGrant
from models.people import Answer, Contact, Friendship, Person, Survey, Tag

# A friendship belongs to a contact; what they told us, and what we may say to them, belongs to the person.
_PERSON = select(
    col(Contact.id),
    col(Contact.person_id),
    col(Contact.wire_id),
    col(Contact.name),
    col(Person.source),
    col(Person.opted_out_at),
    col(Person.consent),
    col(Person.complained_at),
    col(Person.forget_asked_at),
    col(Person.forget_asked_on),
    col(Person.erased_at),
    col(Person.fewer),
    col(Friendship.account_id),
    col(Friendship.state),
    col(Friendship.old),
    col(Friendship.source),
    col(Friendship.request),
    col(Friendship.remark),
    col(Friendship.accepted_at),
    col(Friendship.added_at),
    col(Friendship.human_until),
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
    col(Survey.coupon),
    col(Survey.put_off_until),
    col(Survey.repeats),
).join(Person, and_(col(Person.merchant_id) == col(Contact.merchant_id), col(Person.id) == col(Contact.person_id)))
_THEIR_SURVEY = and_(
    col(Survey.merchant_id) == col(Contact.merchant_id), col(Survey.person_id) == col(Contact.person_id)
)


def _with_survey(survey: ColumnElement[bool]) -> Any:
    return (
        _PERSON.outerjoin(Survey, survey)
        .outerjoin(
            Friendship,
            and_(
                col(Friendship.merchant_id) == col(Contact.merchant_id),
                col(Friendship.contact_id) == col(Contact.id),
            ),
        )
        .where(col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.id), "ids"))
    )


_KNOWN = _with_survey(_THEIR_SURVEY)
# A survey that is over is nothing to what somebody says, and takes as long to read as all the rest; in the words of the
# index, which holds no others.
_SPEAKING = _with_survey(and_(_THEIR_SURVEY, text("survey.state IN ('open', 'resting')")))
_ANSWERS = select(col(Answer.person_id), col(Answer.key), col(Answer.value), col(Answer.state)).where(
    col(Answer.merchant_id) == bindparam("merchant"), is_one_of(col(Answer.person_id), "ids")
)
_TAGS = select(col(Tag.person_id), col(Tag.tag), col(Tag.origin)).where(
    col(Tag.merchant_id) == bindparam("merchant"), is_one_of(col(Tag.person_id), "ids")
)
_MEMBERSHIPS = (
    select(
        col(GroupMember.contact_id),
        col(GroupMember.group_id),
        col(GroupMember.left_at).is_(None),
        col(GroupMember.invited_by),
        col(ChatGroup.tier),
    )
    .join(
        ChatGroup,
        and_(
            col(ChatGroup.merchant_id) == col(GroupMember.merchant_id), col(ChatGroup.id) == col(GroupMember.group_id)
        ),
    )
    .where(col(GroupMember.merchant_id) == bindparam("merchant"), is_one_of(col(GroupMember.contact_id), "ids"))
    .order_by(col(GroupMember.joined_at), col(GroupMember.group_id))
)
_GRANTS = select(
    col(RoleGrant.wire_id),
    col(RoleGrant.role),
    col(RoleGrant.account_id),
    col(RoleGrant.group_wire_id),
    col(RoleGrant.until),
).where(col(RoleGrant.merchant_id) == bindparam("merchant"), is_one_of(col(RoleGrant.wire_id), "wire_ids"))


_NONE: frozenset[Any] = frozenset()


def load_people(
    writing: Writing,
    merchant: MerchantView,
    accounts: Mapping[str, AccountView],
    contact_ids: Iterable[int],
    speakers: Iterable[int] = (),
) -> dict[int, PersonView]:
    """Everything that decisions know about these contacts, by contact id; of `speakers`, who only said something,
    without answers, tags, groups and a survey that is over."""
    whole = sorted(contact_ids)
    speaking = sorted({*speakers}.difference(whole))
    rows = writing.rows(_KNOWN, merchant=merchant.id, ids=whole) if whole else []
    rows += writing.rows(_SPEAKING, merchant=merchant.id, ids=speaking) if speaking else []
    if not rows:
        return {}
    answers: dict[int, dict[str, AnswerView]] = defaultdict(dict)
    tags: dict[int, list[str]] = defaultdict(list)
    by_hand: dict[int, list[str]] = defaultdict(list)
    memberships: dict[int, dict[int, str]] = defaultdict(dict)
    tiers: dict[int, set[str]] = defaultdict(set)
    left: dict[int, list[int]] = defaultdict(list)
    if whole:
        of_these = set(whole)
        whole_persons = sorted({row[1] for row in rows if row[0] in of_these})
        for person_id, key, value, state in writing.rows(_ANSWERS, merchant=merchant.id, ids=whole_persons):
            answers[person_id][key] = AnswerView(value, state)
        for person_id, tag, origin in writing.rows(_TAGS, merchant=merchant.id, ids=whole_persons):
            tags[person_id].append(tag)
            if origin != SURVEY:
                by_hand[person_id].append(tag)
        for contact_id, group_id, is_there, by, tier in writing.rows(_MEMBERSHIPS, merchant=merchant.id, ids=whole):
            if not is_there:
                left[contact_id].append(group_id)
                continue
            memberships[contact_id][group_id] = by
            if tier is not None:
                tiers[contact_id].add(tier)
    roles = _roles(writing, merchant, list({row[2] for row in rows}))
    ours = {account.self_id for account in accounts.values() if account.self_id}
    people: dict[int, PersonView] = {}
    friendships: dict[int, dict[str, FriendshipView]] = {}
    for (
        contact_id, person_id, wire_id, name, source, opted_out_at, consent, complained_at,
        forget_asked_at, forget_asked_on, erased_at, fewer,
        account, state, old, friend_source, request, remark, accepted_at, added_at, human_until,
        *survey,
    ) in rows:  # fmt: skip
        theirs = friendships.setdefault(contact_id, {})
        if account is not None:
            theirs[account] = FriendshipView(
                account=account,
                state=state,
                old=old,
                source=friend_source,
                request=request,
                remark=remark,
                accepted_at=accepted_at,
                added_at=added_at,
                human_until=human_until,
            )
        if contact_id not in people:
            people[contact_id] = PersonView(
                person_id=person_id,
                contact_id=contact_id,
                wire_id=wire_id,
                name=name,
                source=source,
                opted_out=opted_out_at is not None,
                consent=consent,
                complaining=complained_at is not None,
                forget_asked_at=forget_asked_at,
                forget_asked_on=forget_asked_on,
                erased=erased_at is not None,
                fewer=fewer,
                friendships=theirs,
                answers=answers.get(person_id, {}),
                tags=frozenset(tags[person_id]) if person_id in tags else _NONE,
                by_hand=frozenset(by_hand[person_id]) if person_id in by_hand else _NONE,
                survey=None if survey[0] is None else _survey_of(survey),
                roles=tuple(roles[wire_id]) if wire_id in roles else (),
                groups=frozenset(memberships[contact_id]) if contact_id in memberships else _NONE,
                brought_by=memberships.get(contact_id, {}),
                tiers=frozenset(tiers[contact_id]) if contact_id in tiers else _NONE,
                left_groups=frozenset(left[contact_id]) if contact_id in left else _NONE,
                is_ours=wire_id in ours,
            )
    return people


def _survey_of(columns: Sequence[Any]) -> SurveyProgress:
    """Where somebody's survey stands."""
    (
        contact_id, account, revision, state, question, asked, tries, nudges, aside, pending,
        started_at, asked_at, finished_at, coupon, put_off_until, repeats,
    ) = columns  # fmt: skip
    return SurveyProgress(
        contact_id=contact_id,
        account=account,
        revision=revision,
        state=state,
        question=question,
        asked=asked,
        tries=tries,
        nudges=nudges,
        aside=tuple(aside),
        pending=tuple(pending),
        started_at=started_at,
        asked_at=asked_at,
        finished_at=finished_at,
        coupon=coupon,
        put_off_until=put_off_until,
        repeats=repeats,
    )


def _roles(writing: Writing, merchant: MerchantView, wire_ids: Sequence[str]) -> dict[str, list[RoleView]]:
    """Roles by wire id: those that the configuration names, then those that were granted."""
    roles: dict[str, list[RoleView]] = defaultdict(list)
    for account, wire_id, role in merchant.admins:
        roles[wire_id].append(RoleView(role=role, account=account))
    for wire_id, role, account, group, until in writing.rows(_GRANTS, merchant=merchant.id, wire_ids=wire_ids):
        if until is None or until > writing.now:
            roles[wire_id].append(RoleView(role=role, account=account, group=group))
    return roles
