"""What would have been different: the deliveries of a period as they were, beside those of its replay."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select
from sqlmodel import col

from bot.moments import iso
from bot.promise_report import promise_rows
from bot.rehearsal_output import target, whole_days
from bot.store.ids import Ids
from bot.terminal import brief, harmless
from handlers.reason_names import CAUSE_NAMES, DELIVERY_STATE_NAMES, KIND_NAMES, REASON_NAMES
from models.context import MerchantView
from models.deliveries import TOUCHING_STATES, Cause, Delivery, DeliveryChange
from models.groups import ChatGroup
from models.people import Contact

Row = dict[str, Any]

# Nearer than this is the same time: the pace has its chances.
_SAME_TIME = timedelta(minutes=5)
_NAMES = {"not_sent": "不会发", "newly_sent": "会多发", "text": "内容不同", "time": "时间不同"}


@dataclass(frozen=True, slots=True)
class Replayed:
    """Whose period it is, and which (aware moments)."""

    merchant: MerchantView
    begin: datetime
    end: datetime

    def is_sent(self, row: Any) -> bool:
        """Whether a delivery left in this period."""
        return (
            row is not None
            and row.state in TOUCHING_STATES
            and row.left_at is not None
            and self.begin <= row.left_at < self.end
        )


def compare(replayed: Replayed, then: Connection, now: Connection) -> Iterator[Row]:
    """A row for each delivery that is different, how many there are of each kind and reason, and the promises."""
    merchant = {"merchant": replayed.merchant.id}
    olds, news = _deliveries(replayed, then), _deliveries(replayed, now)
    differences = []
    for old, new in _pairs(replayed, olds, news):
        if difference := _difference(replayed, old, new):
            differences.append(_told(replayed, difference, old, new))
    yield from (merchant | row for row in differences)
    counts = Counter((row["difference"], row["cause"], row["kind"], _why(row)) for row in differences)
    for (difference, cause, kind, reason), count in counts.most_common():
        about = {"about": "count", "difference": difference, "cause": cause, "kind": kind, "reason": reason}
        yield merchant | about | {"count": count}
    sent = {
        "then": sum(map(replayed.is_sent, olds.values())),
        "now": sum(map(replayed.is_sent, news.values())),
        "different": len(differences),
    }
    yield merchant | {"about": "sent"} | sent
    zone = replayed.merchant.zone
    days = whole_days(replayed.begin.astimezone(zone), replayed.end.astimezone(zone))
    if days[0] <= days[1]:
        kept = {}
        for name, connection in (("then", then), ("now", now)):
            states = Counter(row.state for row in promise_rows(connection, replayed.merchant, *days, replayed.end))
            kept[name] = {state: states[state] for state in ("kept", "late", "missed")}
        yield merchant | {"about": "promises"} | kept


def _deliveries(replayed: Replayed, connection: Connection) -> dict[tuple[str, int], Any]:
    """What was planned, or went on, in the period, by key and part."""
    floor = Ids.floor(replayed.begin)
    moved = select(col(DeliveryChange.delivery_id)).where(col(DeliveryChange.id) >= floor)
    rows = connection.execute(
        _DELIVERIES.where(
            col(Delivery.merchant_id) == replayed.merchant.id,
            or_(col(Delivery.id) >= floor, col(Delivery.id).in_(moved)),
        ).order_by(col(Delivery.id))
    )
    return {(row.key, row.part): row for row in rows}


def _pairs(
    replayed: Replayed, olds: dict[tuple[str, int], Any], news: dict[tuple[str, int], Any]
) -> Iterator[tuple[Any, Any]]:
    """The same delivery then and now; by its key, or, where that says when it was made, by what it says to whom."""
    yield from ((olds[name], news[name]) for name in olds if name in news)
    alike: dict[Any, list[Any]] = defaultdict(list)
    for name, new in news.items():
        if name not in olds:
            alike[_content(new)].append(new)
    for name, old in olds.items():
        if name in news:
            continue
        others = alike[_content(old)] if replayed.is_sent(old) else []
        sent = [new for new in others if replayed.is_sent(new)]
        nearest = min(sent, key=lambda new: abs(new.left_at - old.left_at), default=None)
        if nearest is not None:
            others.remove(nearest)
        yield old, nearest
    yield from ((None, new) for others in alike.values() for new in others)


def _content(row: Any) -> tuple[Any, ...]:
    return (row.account_id, row.contact, row.room, row.kind, row.cause, row.entry, row.text or row.template)


def _difference(replayed: Replayed, old: Any, new: Any) -> str:
    was, would = replayed.is_sent(old), replayed.is_sent(new)
    if was != would:
        return "not_sent" if was else "newly_sent"
    if not was:
        return ""
    if old.text is not None and new.text is not None and old.text != new.text:
        return "text"
    return "time" if abs(old.left_at - new.left_at) > _SAME_TIME else ""


def _told(replayed: Replayed, difference: str, old: Any, new: Any) -> Row:
    one = old if old is not None else new
    return {
        "about": "difference",
        "difference": difference,
        "key": one.key,
        "part": one.part,
        "account": one.account_id,
        "to": target(one.contact or "", one.room or "", one.kind),
        "kind": one.kind,
        "lane": one.lane,
        "cause": one.cause,
        "entry": one.entry,
        "occurrence": one.occurrence,
        "then": _side(replayed, old),
        "now": _side(replayed, new),
    }


def _side(replayed: Replayed, row: Any) -> Row | None:
    if row is None:
        return None
    at = iso(row.left_at if replayed.is_sent(row) else None, replayed.merchant.zone)
    return {"at": at, "state": row.state, "reason": row.reason, "text": row.text or row.template or ""}


def _why(row: Row) -> str | None:
    """Why it did not leave, on the side where it did not; null: it was not even planned."""
    side = {"not_sent": row["now"], "newly_sent": row["then"]}.get(row["difference"])
    return (side["reason"] or side["state"]) if side else None


def delivered(*columns: Any) -> Any:
    """These columns of deliveries, with the wire ids of whom each is for: `contact` or `room`."""
    theirs = and_(col(Contact.merchant_id) == col(Delivery.merchant_id), col(Contact.id) == col(Delivery.contact_id))
    there = and_(col(ChatGroup.merchant_id) == col(Delivery.merchant_id), col(ChatGroup.id) == col(Delivery.group_id))
    names: list[Any] = [col(Contact.wire_id).label("contact"), col(ChatGroup.wire_id).label("room")]
    return select(*columns, *names).outerjoin(Contact, theirs).outerjoin(ChatGroup, there)


_DELIVERIES: Any = delivered(
    col(Delivery.key),
    col(Delivery.part),
    col(Delivery.account_id),
    col(Delivery.kind),
    col(Delivery.lane),
    col(Delivery.cause),
    col(Delivery.state),
    col(Delivery.reason),
    col(Delivery.text),
    col(Delivery.template),
    col(Delivery.entry),
    col(Delivery.occurrence),
    col(Delivery.left_at),
).where(col(Delivery.cause) != Cause.ALERT)


def table_rows(rows: Iterable[Row]) -> list[Row]:
    """The counts, as people read them."""
    return [
        {
            "变化": _NAMES[row["difference"]],
            "来由": CAUSE_NAMES.get(row["cause"], row["cause"]),
            "形式": KIND_NAMES.get(row["kind"], row["kind"]),
            "原因": _reason_name(row),
            "条数": row["count"],
        }
        for row in rows
        if row["about"] == "count"
    ]


def _reason_name(row: Row) -> str:
    reason: str | None = row["reason"]
    if reason is None:
        return {"not_sent": "没有安排", "newly_sent": "当时没有安排"}.get(row["difference"], "")
    return REASON_NAMES.get(reason) or next(
        (name for state, name in DELIVERY_STATE_NAMES.items() if state == reason), reason
    )


def told(rows: Iterable[Row]) -> str:
    """All that is not in the table: examples, totals, promises, and what could not be done again."""
    said: list[str] = []
    shown: Counter[str] = Counter()
    for row in rows:
        match row["about"]:
            case "difference" if shown[row["difference"]] < _EXAMPLES:
                shown[row["difference"]] += 1
                said.append(_example(row))
            case "sent":
                said.append(f"当时发了 {row['then']} 条，重演发了 {row['now']} 条，不一样的 {row['different']} 条。")
            case "promises":
                sides = ("then", "当时"), ("now", "重演")
                told = "；".join(
                    f"{name}做到 {row[side]['kept']}，晚了 {row[side]['late']}，漏发 {row[side]['missed']}"
                    for side, name in sides
                )
                said.append(f"必发：{told}。")
            case "limits":
                said += _limits(row)
    return "".join(f"{harmless(line)}\n" for line in said)


def _example(row: Row) -> str:
    to = row["to"].get("group") or row["to"].get("contact", "")
    side = row["then"] if row["difference"] in ("not_sent", "time") else row["now"]
    at = (row["then"] or row["now"])["at"] or row["now"]["at"]
    moved = f" → {_clock(row['now']['at'])}" if row["difference"] == "time" else ""
    return f"{_NAMES[row['difference']]}：{_clock(at)}{moved} 给 {to}「{brief(side['text'])[:40]}」"


def _clock(at: str) -> str:
    return at[:16].replace("T", " ")


def _limits(row: Row) -> list[str]:
    said = ["要知道：大家说的还是当时说的话，回的是当时被问到的问题；换了问法，他们会怎么回没人知道。"]
    said.append("开头的状态是从现在往回推的：备注、笔记、归属、授权和后来改过的回答，没有记下旧的，用的是现在的。")
    if row["wordless"]:
        said.append(f"有 {row['wordless']} 条消息的原话已过保存期，没有重演。")
    if row["strangers"]:
        said.append(f"有 {row['strangers']} 条私聊没有重演：这次没有通过他们的好友请求。")
    if count := sum(row["left_out"].values()):
        kinds = "、".join(f"{kind} {number}" for kind, number in row["left_out"].items())
        said.append(f"有 {count} 件事没有重演（{kinds}）。")
    return said


_EXAMPLES = 5
