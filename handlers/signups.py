"""Signing up for a gathering, or to try a product, by saying 报名; and taking it back.

What was posted last where it is said is meant. The limit stands in the post itself (限20人, 名额 20, 前20名); whoever
comes when it is full waits, first come first served, and is told when a place is free.
"""

from __future__ import annotations

import msgspec

from content_calendar.entry import Entry, from_json
from models import effects as fx
from models.context import Context, GatheringView, PersonView, SignupView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import Message
from models.orders import PlacesChanged, SignUp
from models.patterns import compile_later

KINDS = frozenset({"gathering", "testers"})

_IN = compile_later(
    r"(?:我要?|我也|帮我|算我)?报(?:个|下|一个)?名(?:参加|啦|了|一个|[一1] ?[人位个]|\+1)?|算我一个|我要?参加|我也去"
)
_OUT = compile_later(r"(?:我)?(?:不去了|去不了了?|不参加了|来不了了?|不报了|取消报名|报名取消|退出报名)")
_AROUND = " \t\n，。！!~～,.、@"
_LIMIT = compile_later(
    r"(?:限|只收|最多|上限)[：: ]?(\d{1,4}) ?[人位名个席]"
    r"|名额[：: ]?(?:只有|共|有|限)? ?(\d{1,4})|前 ?(\d{1,4}) ?[名位]"
)
_LONGEST = 16

COMES = "{name}，报上了，第 {place} 位{of}。来不了就回「取消报名」。"
COMES_ALREADY = "{name}，你已经报上了，第 {place} 位{of}。来不了就回「取消报名」。"
WAITS = "{name}，{limit} 个名额已经满了，先给你排第 {place} 位候补，有人让出来马上告诉你。"
WAITS_ALREADY = "{name}，你排在候补第 {place} 位，有人让出来马上告诉你。"
LEAVES = "{name}，好的，给你取消了，下次再约。"
MOVED_UP = "{name}，有人让出一个名额，轮到你了，给你报上了。来不了就回「取消报名」。"
MORE_PLACES = "{name}，名额加了，轮到你了，给你报上了。来不了就回「取消报名」。"
OF = "（共 {limit} 个名额）"


def is_about_it(text: str) -> bool:
    """Whether a message is nothing but signing up, or taking that back."""
    return len(text) <= _LONGEST and bool(_IN.fullmatch(bare := text.strip(_AROUND)) or _OUT.fullmatch(bare))


def limit_of(entry: Entry) -> int | None:
    """How many may come, as the post says."""
    found = _LIMIT.search(entry.text) or _LIMIT.search(entry.title)
    return int(next(number for number in found.groups() if number)) if found else None


def wished(event: Message, person: PersonView) -> Effect:
    """Dealt with one by one, since two may want the last place."""
    order = SignUp(
        merchant=event.merchant,
        account=event.account,
        at=event.at,
        contact=person.wire_id,
        group=event.group,
        message=event.wire_id or f"{event.at:%Y%m%dT%H%M%S%f}",
        leaves=_OUT.fullmatch(event.text.strip(_AROUND)) is not None,
    )
    return fx.Follow(event=order)


def answered(event: SignUp, context: Context) -> list[Effect]:
    """Onto the list, or off it. Where nothing was posted that one could sign up for, it is talk among members."""
    person, gathering = context.person, context.gathering
    if person is None or gathering is None:
        return []
    mine = next((one for one in gathering.signups if one.contact_id == person.contact_id), None)
    if event.leaves:
        return _leaves(event, context, person, gathering, mine)
    limit = limit_of(from_json(gathering.body))
    coming = [one for one in gathering.signups if not one.waits]
    waiting = [one for one in gathering.signups if one.waits]
    moved = _movers(gathering, limit)  # before anybody new: there may be more places than when they came
    up = [effect for one in moved if one != mine for effect in _moves_up(gathering, one, event.message)]
    if mine is not None and mine.waits and mine not in moved:
        place = waiting.index(mine) - len(moved) + 1
        return [*up, _reply(event, context, person, _told(WAITS_ALREADY, person.name, place, limit))]
    if mine is not None:
        place = [*coming, *moved].index(mine) + 1
        told = COMES if mine.waits else COMES_ALREADY
        seat = [_seat(gathering, mine)] if mine.waits else []
        return [*up, *seat, _reply(event, context, person, _told(told, person.name, place, limit))]
    full = limit is not None and len(coming) + len(moved) >= limit
    place = 1 + (len(waiting) - len(moved) if full else len(coming) + len(moved))
    put = fx.PutSignup(
        entry=gathering.key,
        occurrence=gathering.occurrence,
        contact_id=person.contact_id,
        account=event.account,
        group_id=context.group.id if context.group else None,
        waits=full,
    )
    return [*up, put, _reply(event, context, person, _told(WAITS if full else COMES, person.name, place, limit))]


def places_changed(event: PlacesChanged, context: Context) -> list[Effect]:
    """Who has waited longest comes, and is told."""
    gathering = context.gathering
    if gathering is None:
        return []
    moved = _movers(gathering, limit_of(from_json(gathering.body)))
    why = f"{event.at:%Y%m%dT%H%M%S%f}"
    return [effect for one in moved for effect in _moves_up(gathering, one, why, MORE_PLACES)]


def has_more_places(entry: Entry, before: Entry) -> bool:
    """Whether who waits for a place may have one, since the post was edited."""
    if entry.kind not in KINDS or entry.rule:  # what comes again is edited for the next time
        return False
    now, was = limit_of(entry), limit_of(before)
    return was is not None and (now is None or now > was)


def _leaves(
    event: SignUp, context: Context, person: PersonView, gathering: GatheringView, mine: SignupView | None
) -> list[Effect]:
    if mine is None:
        return []
    gone = fx.DropSignup(entry=gathering.key, occurrence=gathering.occurrence, contact_id=mine.contact_id)
    left = msgspec.structs.replace(gathering, signups=tuple(one for one in gathering.signups if one != mine))
    moved = _movers(left, limit_of(from_json(gathering.body)))
    return [
        gone,
        _reply(event, context, person, LEAVES.format(name=person.name or "朋友")),
        *(effect for one in moved for effect in _moves_up(gathering, one, event.message)),
    ]


def _movers(gathering: GatheringView, limit: int | None) -> list[SignupView]:
    """Who waits though there are places, first come first served."""
    waiting = [one for one in gathering.signups if one.waits]
    coming = len(gathering.signups) - len(waiting)
    return waiting if limit is None else waiting[: max(0, limit - coming)]


def _seat(gathering: GatheringView, one: SignupView) -> Effect:
    return fx.PutSignup(
        entry=gathering.key,
        occurrence=gathering.occurrence,
        contact_id=one.contact_id,
        account=one.account,
        group_id=one.group_id,
    )


def _moves_up(gathering: GatheringView, one: SignupView, why: str, words: str = MOVED_UP) -> list[Effect]:
    told = fx.Send(
        key=f"signup:{gathering.key}:{gathering.occurrence}:{one.wire_id}:{why}",
        account=one.account,
        lane=Lane.SERVICE,
        cause=Cause.GROUP,
        contact_id=None if one.group_id else one.contact_id,
        group_id=one.group_id,
        text=words.format(name=one.name or "朋友"),
    )
    return [_seat(gathering, one), told]


def _told(template: str, name: str, place: int, limit: int | None) -> str:
    of = OF.format(limit=limit) if limit else ""
    return template.format(name=name or "朋友", place=place, of=of, limit=limit)


def _reply(event: SignUp, context: Context, person: PersonView, text: str) -> Effect:
    """Where it was said."""
    return fx.Send(
        key=f"chat:{person.wire_id}:{event.message}",
        account=event.account,
        lane=Lane.REPLY,
        cause=Cause.CHAT,
        contact_id=None if event.group else person.contact_id,
        group_id=context.group.id if event.group and context.group else None,
        text=text,
    )
