"""Who is who: a human says that two contacts are one person, that they are not, or that they were not after all."""

from __future__ import annotations

import msgspec

from handlers import placement, survey
from handlers.asking import next_question, playbook_of
from handlers.learning import Learned, learned, retag
from models import effects as fx
from models import timers
from models.context import Context, DoubtView, PersonView
from models.deliveries import Cause
from models.effects import Effect, SurveyProgress
from models.identity import DoubtKind, DoubtState
from models.orders import MergeOrder, Order, PersonChanged, SettleDoubtOrder, UnmergeOrder
from models.people import FriendshipState, SurveyState

MERGED = "「{other}」和「{kept}」现在是同一个人，说法不一样的以「{kept}」为准。{undo}"
# On the page there is a button for it.
UNDONE_THERE, UNDONE_BY = "弄错了点「撤销合并」。", "弄错了撤销合并：unmerge {wire_id}"
UNMERGED = "好，「{contact}」最近一次合并撤销了，又是两个人。合并以后才知道的，留在原来那边。"
REBOUND = "「{other}」换了编号，现在是 {wire_id}，资料和往来都跟着。{undo}"
DIFFERENT = "好，「{contact}」不是「{others}」。"
NOBODY = "没有这个人：{contact}"
NOT_A_MEMBER = "{contact} 是我们自己的账号"
ALREADY = "{kept} 和 {other} 已经是同一个人了"
NOT_MERGED = "{contact} 没有合并过"
LATER_FIRST = "{contact} 之后又合并过 {later}，要先 unmerge {later}"
NO_DOUBT = "没有等着认的：{contact}。要合并两个人用 merge"
SAME_INSTEAD = "{contact} 可能就是 {other} 换了编号，是的话用 people same {contact} {other}"
_UNFINISHED = (SurveyState.OPEN, SurveyState.RESTING)
_SURVEY_TIMERS = (timers.NUDGE, timers.SETTLE, timers.ASK_AGAIN)


def merge(order: MergeOrder, context: Context) -> list[Effect]:
    """Two contacts are one person, because a human says so."""
    kept, other = context.people.get(order.kept), context.people.get(order.other)
    if kept is None or other is None:
        return _refuse(order, "merge", order.other, NOBODY.format(contact=order.other if kept else order.kept))
    if why := _no_merging(kept, other):
        return _refuse(order, "merge", order.other, why)
    named = {kept.contact_id, other.contact_id}
    for doubt in context.doubts:  # one of them is no longer reachable under that id, which merging would not change
        if doubt.kind == DoubtKind.REBIND and {doubt.contact_id, doubt.other_id} == named:
            return _refuse(order, "merge", order.other, SAME_INSTEAD.format(contact=doubt.contact, other=doubt.other))
    return [
        *_merged(order, kept, other),
        fx.Audit(actor=order.actor, action="merge", target=other.wire_id, reason=kept.wire_id),
        fx.Answered(text=_merged_so(order, kept, other)),
    ]


def unmerge(order: UnmergeOrder, context: Context) -> list[Effect]:
    """They were two after all. Merges are undone in turn, the last one first."""
    if not context.merges:
        return _refuse(order, "unmerge", order.contact, NOT_MERGED.format(contact=order.contact))
    last = context.merges[0]
    by_another = any(order.contact in one.contacts for one in context.merges[1:])
    if by_another and order.contact not in last.contacts:
        why = LATER_FIRST.format(contact=order.contact, later=last.contacts[0])
        return _refuse(order, "unmerge", order.contact, why)
    return [
        fx.UnmergePersons(merge_id=last.id, by=order.actor),
        fx.Audit(actor=order.actor, action="unmerge", target=order.contact, reason=" ".join(last.contacts)),
        *(
            fx.Follow(event=_changed(order, one, ask=one == last.asked, parted=True))
            for one in (*last.contacts, *last.others)
        ),
        # Who waits again may find a seat.
        *(placement.seats_freed(context, tier.name, order.at) for tier in context.merchant.playbook.tiers),
        fx.Answered(text=UNMERGED.format(contact=_called(context.people.get(order.contact), order.contact))),
    ]


def settle(order: SettleDoubtOrder, context: Context) -> list[Effect]:
    """A human looked at who is in doubt, and says who they are."""
    about = [doubt for doubt in context.doubts if doubt.contact == order.contact]
    named = [doubt for doubt in about if order.other in ("", doubt.other)]
    contact = context.people.get(order.contact)
    if not named or contact is None:
        pair = f"{order.contact} {order.other}".strip()
        return _refuse(
            order, "people.same" if order.same else "people.different", order.contact, NO_DOUBT.format(contact=pair)
        )
    if not order.same:
        others = "、".join(doubt.other for doubt in named)
        return [
            *(_answer(doubt, DoubtState.DIFFERENT, order.actor) for doubt in named),
            fx.Audit(actor=order.actor, action="people.different", target=order.contact, reason=others),
            fx.Answered(
                text=DIFFERENT.format(
                    contact=_called(contact, order.contact),
                    others="、".join(_called(context.people.get(one.other), one.other) for one in named),
                )
            ),
        ]
    other = context.people[order.other]
    if why := _no_merging(other, contact):
        return _refuse(order, "people.same", order.contact, why)
    this = named[0]
    is_rebind = this.kind == DoubtKind.REBIND
    # Who is found is nobody else: neither is the new one another, nor the missing one anybody else on the list.
    ruled_out = [doubt for doubt in context.doubts if is_rebind and doubt != this and doubt.kind == DoubtKind.REBIND]
    return [
        *(
            _rebound(order, contact, other, said=_meanwhile(this, other))
            if is_rebind
            else _merged(order, other, contact)
        ),
        _answer(this, DoubtState.SAME, order.actor),
        *(_answer(doubt, DoubtState.DIFFERENT, order.actor) for doubt in ruled_out),
        fx.Audit(actor=order.actor, action="people.same", target=order.contact, reason=order.other),
        fx.Answered(
            text=REBOUND.format(
                other=_called(other, order.other), wire_id=order.contact, undo=_undo(order, order.contact)
            )
            if is_rebind
            else _merged_so(order, other, contact)
        ),
    ]


def changed(event: PersonChanged, context: Context) -> list[Effect]:
    """Two persons have become one, or one two, or a complaint was settled: tags and an open question follow what is
    known now."""
    person = context.person
    if person is None:
        return []
    known = learned(playbook_of(context), person)
    effects, progress = retag(person, known), person.survey
    is_placed = progress is None or progress.state == SurveyState.FINISHED
    if context.merchant.playbook.tiers and is_placed and not event.settled:  # by which nothing new is known of them
        account = progress.account if progress else next(iter(person.friendships), "")
        effects += placement.look_again(event.at, context, person, account)
    if progress is None or progress.contact_id != person.contact_id:
        return effects
    if event.parted and not person.opted_out and (again := _reopened(context, person, progress, known)):
        return [*effects, *survey.carry_on(event.at, context, again)]
    if progress.state not in _UNFINISHED:
        return effects
    if person.opted_out:
        stopped = msgspec.structs.replace(progress, state=SurveyState.STOPPED, pending=())
        return [*effects, *_taken_back(person, progress), fx.PutSurvey(person_id=person.person_id, survey=stopped)]
    if event.said:
        heard = survey.judge(event.at, context, person, "\n".join(event.said))
        return [*effects, *survey.unhurried(heard)]
    if event.settled:
        return [*effects, *survey.complaint_settled(event.at, context, person)]
    if progress.state == SurveyState.OPEN and (event.ask or progress.question in person.answers):
        effects += survey.carry_on(event.at, context, person)
    return effects


def _reopened(context: Context, person: PersonView, progress: SurveyProgress, known: Learned) -> PersonView | None:
    """Who was not asked, or not on, because the others had answered or had opted out: their survey stands at that
    question again."""
    stopped = progress.state == SurveyState.STOPPED  # as the others, for they have not opted out themselves
    if progress.state not in (SurveyState.OPEN, SurveyState.FINISHED) and not stopped:
        return None
    question = next_question(playbook_of(context), person, progress, known)
    if question is None or (question.key == progress.question and not stopped):
        return None
    at_it = msgspec.structs.replace(progress, question=question.key, tries=0, repeats=0, finished_at=None, pending=())
    return msgspec.structs.replace(person, survey=at_it)


def rebound_roles(wire_id: str, former: PersonView) -> list[Effect]:
    """What they might do under the former id they may do under the new one too."""
    return [
        fx.PutRole(wire_id=wire_id, role=held.role, account=held.account, group=held.group, granted_by="rebind")
        for held in former.roles
    ]


def _merged(
    order: Order,
    kept: PersonView,
    gone: PersonView,
    rebound: tuple[int, int] | None = None,
    said: tuple[str, ...] = (),
) -> list[Effect]:
    """The survey that goes on is the kept one's, unless the other has finished theirs: nobody is surveyed twice."""
    goes_on = kept if _survey_counts(kept, gone) else gone
    ends = gone if goes_on is kept else kept
    taken_back = _taken_back(ends, ends.survey) if ends.survey and ends.survey.state in _UNFINISHED else []
    return [
        fx.MergePersons(
            kept_id=kept.person_id,
            gone_id=gone.person_id,
            survey_of=goes_on.person_id,
            by=order.actor,
            rebound=rebound,
        ),
        *taken_back,
        fx.Follow(event=_changed(order, kept.wire_id)),
        fx.Follow(event=_changed(order, gone.wire_id, said=said)),
    ]


def _survey_counts(kept: PersonView, gone: PersonView) -> bool:
    if kept.survey is None or gone.survey is None:
        return gone.survey is None
    return kept.survey.state == SurveyState.FINISHED or gone.survey.state != SurveyState.FINISHED


def _taken_back(person: PersonView, progress: SurveyProgress) -> list[Effect]:
    """Nothing more is asked in this survey; timers of a contact that is not at hand find it so."""
    return [
        fx.Cancel(contact_id=progress.contact_id, causes=(Cause.SURVEY,)),
        *(fx.DropTimer(kind=kind, subject=person.wire_id) for kind in _SURVEY_TIMERS),
    ]


def _meanwhile(doubt: DoubtView, former: PersonView) -> tuple[str, ...]:
    """What they wrote under the new id since their open question was asked."""
    progress = former.survey
    if progress is None or progress.state not in _UNFINISHED or progress.asked_at is None:
        return ()
    return tuple(text for at, text in doubt.said if at >= progress.asked_at)


def _rebound(
    order: SettleDoubtOrder, contact: PersonView, former: PersonView, *, said: tuple[str, ...]
) -> list[Effect]:
    """The missing friend is found: their row takes the new id and is a friend where the new one is; what was said
    under the new id in the meantime is theirs."""
    effects: list[Effect] = [
        *_merged(order, former, contact, rebound=(former.contact_id, contact.contact_id), said=said),
        fx.Rebind(
            contact_id=former.contact_id,
            wire_id=contact.wire_id,
            stranger_id=contact.contact_id,
            former_wire_id=former.wire_id,
        ),
        *rebound_roles(contact.wire_id, former),
    ]
    for account, friendship in contact.friendships.items():
        known = former.friendships.get(account)
        is_friend = friendship.state == FriendshipState.FRIEND
        now_friend = is_friend and (known is None or known.state != FriendshipState.FRIEND)
        effects += [
            fx.PutFriendship(
                account=account,
                contact_id=former.contact_id,
                person_id=former.person_id,
                state=FriendshipState.FRIEND if now_friend else None,
                old=True,
                remark=friendship.remark or None,
            ),
            fx.PutFriendship(
                account=account,
                contact_id=contact.contact_id,
                person_id=former.person_id,
                state=FriendshipState.REMOVED,
                old=True,
            ),
            # Its lists say in which groups they are; who keeps the account asks for them.
            fx.PutTimer(kind=timers.LISTS, subject=account, at=order.at, account=account),
        ]
    return effects


def _answer(doubt: DoubtView, state: DoubtState, by: str) -> Effect:
    return fx.SettleDoubt(
        kind=DoubtKind(doubt.kind), contact_id=doubt.contact_id, other_id=doubt.other_id, state=state, by=by
    )


def _changed(
    order: Order, contact: str, *, ask: bool = False, parted: bool = False, said: tuple[str, ...] = ()
) -> PersonChanged:
    return PersonChanged(merchant=order.merchant, at=order.at, contact=contact, ask=ask, parted=parted, said=said)


def _no_merging(kept: PersonView, other: PersonView) -> str:
    """Why two contacts cannot become one person; empty where they can."""
    if ours := next((one for one in (kept, other) if one.is_ours), None):
        return NOT_A_MEMBER.format(contact=ours.wire_id)
    if gone := next((one for one in (kept, other) if one.erased), None):
        return NOBODY.format(contact=gone.wire_id)
    if kept.person_id == other.person_id:
        return ALREADY.format(kept=kept.wire_id, other=other.wire_id)
    return ""


def _merged_so(order: Order, kept: PersonView, other: PersonView) -> str:
    kept_name, other_name = _called(kept, kept.wire_id), _called(other, other.wire_id)
    if kept_name == other_name:  # two who are called the same are told apart by their ids
        kept_name, other_name = f"{kept_name}（{kept.wire_id}）", f"{other_name}（{other.wire_id}）"
    return MERGED.format(kept=kept_name, other=other_name, undo=_undo(order, other.wire_id))


def _undo(order: Order, wire_id: str) -> str:
    return UNDONE_THERE if order.actor.startswith("console:") else UNDONE_BY.format(wire_id=wire_id)


def _called(person: PersonView | None, wire_id: str) -> str:
    return (person.name if person else "") or wire_id


def _refuse(order: Order, action: str, target: str, why: str) -> list[Effect]:
    return [
        fx.Audit(actor=order.actor, action=action, target=target, result="refused", reason=why),
        fx.Answered(refused=why),
    ]
