"""Whoever looks after one account may give orders about that account and nobody else's: pages show no more, and what
somebody sends all the same is refused here."""

from __future__ import annotations

from collections.abc import Iterable

from content_calendar.entry import from_json
from models import orders
from models.context import Context, PersonView


def reaches_beyond(order: orders.Order, context: Context) -> bool:
    """Whether an order touches more than the account that its giver is limited to; what names nobody in particular is
    the whole shop's."""
    pool = order.within
    if not pool:
        return False
    match order:
        case orders.PauseOrder():
            return (order.scope, order.subject) != ("account", pool)
        case orders.SettleDeliveryOrder() | orders.CancelDeliveryOrder():
            return context.delivery is None or context.delivery.account != pool
        case orders.SayOrder() if order.group:
            return context.group is None or context.group.account != pool
        case orders.SayOrder():
            return order.account != pool
        case orders.DescribePersonOrder():
            return not _knows(context, pool, _named(context, order.contact))
        case orders.ErasePersonOrder() | orders.UnmergeOrder():
            return not _only_knows(context, pool, _named(context, order.contact))
        case orders.MergeOrder():
            return not _only_knows(context, pool, _named(context, order.kept, order.other))
        case orders.SettleDoubtOrder():
            return not _only_knows(context, pool, _named(context, order.contact, *filter(None, [order.other])))
        case orders.OwnerOrder() | orders.MoveOrder() | orders.HandoffOrder():
            return not _knows(context, pool, context.named.get(order.person, ()))
        case orders.HandoverOrder():
            return not _hands_over_own(order, context, pool)
        case orders.BindGroupOrder() | orders.UnbindGroupOrder() | orders.OverrideEntryOrder():
            return context.group is None or context.group.account != pool
        case orders.ImportEntriesOrder():
            new = [body for _key, _revision, body in order.entries]
            return order.replace or not _goes_to_own(context, pool, {key for key, *_ in order.entries}, new)
        case orders.WriteEntryOrder():
            return not _goes_to_own(context, pool, {from_json(order.body).key}, [order.body])
        case orders.KeepMediaOrder():  # a file goes nowhere until an entry says so
            return False
        case orders.DeleteEntriesOrder():
            return not _goes_to_own(context, pool, set(order.keys))
        case orders.MoveEntryOrder() | orders.ApproveEntryOrder() | orders.RejectEntryOrder() | orders.SkipEntryOrder():
            return not _goes_to_own(context, pool, {order.key})
        case _:
            return True


def _named(context: Context, *wire_ids: str) -> list[PersonView | None]:
    return [context.people.get(one) for one in wire_ids]


def _knows(context: Context, pool: str, people: Iterable[PersonView | None]) -> bool:
    """Whether the account has to do with each of them, and there is somebody."""
    own = {group.id for group in context.groups.values() if group.account == pool}
    found = list(people)
    return bool(found) and all(one and (pool in one.friendships or one.groups & own) for one in found)


def _only_knows(context: Context, pool: str, people: Iterable[PersonView | None]) -> bool:
    """Whether no other account has to do with them: what is done touches all that the shop knows of them."""
    others = {group.id for group in context.groups.values() if group.account != pool}
    found = list(people)
    return _knows(context, pool, found) and all(
        one and set(one.friendships) <= {pool} and not one.groups & others for one in found
    )


def _hands_over_own(order: orders.HandoverOrder, context: Context, pool: str) -> bool:
    group = context.groups.get(order.source)
    if group is not None:
        return group.account == pool and (not context.customers or _knows(context, pool, context.customers))
    former = context.named.get(order.source, ())
    ids = {one.contact_id for one in former}
    rooms = [one for one in context.groups.values() if one.owner_contact_id in ids]
    return _knows(context, pool, [*former, *context.customers]) and all(room.account == pool for room in rooms)


def _goes_to_own(context: Context, pool: str, keys: set[str], new: Iterable[str] = ()) -> bool:
    """Whether these entries, as they are in force and as they would be, go to groups of the account only, by name."""
    own = {group.wire_id for group in context.groups.values() if group.account == pool}
    bodies = [*(one.body for one in context.entries if one.key in keys), *new]
    entries = [from_json(body) for body in bodies]
    return bool(entries) and all(
        one.groups and set(one.groups) <= own and not one.tiers and not one.tags for one in entries
    )
