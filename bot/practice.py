"""The practice ground: the shipped simulator with its crowd, its groups bound and a calendar in force.

It is there so that somebody who has just run `make run` sees the main job within ten seconds. Nothing here is used when
an account is real.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import and_, exists, not_, or_, select, update
from sqlmodel import col

from bot import power, reading
from bot.app import App
from bot.clock import utc_now
from bot.config import Config
from bot.crowd_lives import BRANCH, GROUPS, KEEPERS
from bot.power import PowerCut
from bot.practice_talk import Talk
from bot.store import Store
from bot.transports.simulator import World
from bot.transports.simulator_state import Friendship as SimulatedFriendship
from content_calendar.entry import Entry, to_json
from content_calendar.rotation import is_spare
from handlers.gate import quiet_until
from models.accounts import Account
from models.context import MerchantView
from models.groups import ChatGroup, GroupMember
from models.journal import JournalEntry
from models.operations import AuditEntry, EntryRevision
from models.orders import BindGroupOrder, DeleteEntriesOrder, ImportEntriesOrder
from models.people import Contact, Friendship, FriendshipState

CALENDAR = Path(__file__).parents[1] / "playbooks" / "liquor-club-calendar.csv"
FIRST_POST_AFTER = timedelta(seconds=7)
FIRST_POST = "大家好，我是小满。今天起每天一篇小文章，说说酒，也说说人。想看什么，群里说一声。"
_PREFIX = "演练-"
_ACTOR = "practice"
_GROWN_UP = timedelta(days=365)
BRANCH_TIER, HALL_TIER = "分舵", "堂口"


@dataclass(frozen=True, slots=True)
class Ground:
    """The practice ground while it runs: its world, what was said in it, its crowd, which stays at home while `lively`
    is not set; `hurry` lets the program's clock jump ahead, `pull_the_plug` ends this process."""

    world: World
    talk: Talk
    seed: int
    lively: asyncio.Event
    hurry: Callable[[timedelta], None]
    pull_the_plug: Callable[[], None]
    cut_at: datetime | None = None  # when the plug of the process before was pulled
    weeks: list[asyncio.Task[None]] = field(default_factory=list)  # the last that passed, or passes, whoever looks

    @classmethod
    def around(cls, world: World, cut: PowerCut | None, clock: Clock) -> Ground:
        """The ground around a world, which goes on where a power cut ended the last."""
        lively = asyncio.Event()
        lively.set()
        talk = Talk(cut.kept if cut else None)
        seed = cut.seed if cut else int(time.time())
        world.on_delivered(talk.arrived)

        def pull_the_plug() -> None:
            power.pull_the_plug(PowerCut(clock.now(), seed, clock.ahead.total_seconds(), talk.kept()))

        return cls(world, talk, seed, lively, clock.hurry, pull_the_plug, cut.at if cut else None)


@dataclass
class Clock:
    """The true time, and in the practice ground a time ahead of it."""

    ahead: timedelta = timedelta()
    jumped: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        """The program's time."""
        return utc_now() + self.ahead if self.ahead else utc_now()

    def hurry(self, by: timedelta) -> None:
        """Let so much time have passed."""
        self.ahead += by
        self.jumped()


def is_practice(config: Config) -> bool:
    """Whether nothing of this configuration can reach WeChat."""
    return bool(config.accounts) and all(account.transport == "simulator" for account in config.accounts)


def clock_shift(config: Config, store: Store, now: datetime) -> timedelta:
    """By how much the practice clock is ahead: a newcomer at night would otherwise see a bot that keeps quiet.

    Nor does it go back behind the run before, which may have let a week go by: what was sent then is past.
    """
    merchant = config.merchants[0]
    with store.reading() as connection:
        newest = select(col(JournalEntry.received_at)).order_by(col(JournalEntry.id).desc()).limit(1)
        last = connection.execute(newest).scalar_one_or_none()
    begin = max(now, last or now).astimezone(ZoneInfo(merchant.timezone))
    until = quiet_until(config.playbooks[merchant.id], begin)
    return (until or begin) - now


def recall_people(world: World, store: Store, merchant_id: str) -> None:
    """Put those whom earlier runs met back into the world; they are silent now, but the bot still knows them."""
    with store.reading() as connection:
        friends = connection.execute(
            select(col(Friendship.account_id), col(Contact.wire_id), col(Contact.name), col(Friendship.remark))
            .join(
                Contact,
                (col(Contact.merchant_id) == col(Friendship.merchant_id))
                & (col(Contact.id) == col(Friendship.contact_id)),
            )
            .where(col(Friendship.merchant_id) == merchant_id, col(Friendship.state) == FriendshipState.FRIEND)
        ).all()
        members = connection.execute(
            select(col(ChatGroup.wire_id), col(Contact.wire_id))
            .select_from(GroupMember)
            .join(
                ChatGroup,
                (col(ChatGroup.merchant_id) == col(GroupMember.merchant_id))
                & (col(ChatGroup.id) == col(GroupMember.group_id)),
            )
            .join(
                Contact,
                (col(Contact.merchant_id) == col(GroupMember.merchant_id))
                & (col(Contact.id) == col(GroupMember.contact_id)),
            )
            .where(col(GroupMember.merchant_id) == merchant_id, col(GroupMember.left_at).is_(None))
        ).all()
    for account, contact, name, remark in friends:
        if account in world.accounts:
            world.account(account).friends.setdefault(contact, SimulatedFriendship(remark))
            world.names.setdefault(contact, name)
    for group, contact in members:
        if group in world.rooms:
            world.rooms[group].members.setdefault(contact)


async def prepare(app: App, *, again: bool = False) -> None:
    """Bind the groups of the shipped world, put the shipped calendar in force, and a first post in a few seconds.

    Not so when it was all done before a power cut (`again`): whoever looks would take the first post for a second one.

    Only where the playbook has the tiers of the shipped one; another playbook is left alone, and so is a database that
    has groups or a calendar of its own.
    """
    merchant = next(iter(app.merchants.values()))
    await app.in_store(partial(_grown_up, app.store, merchant))
    if again or await app.in_store(partial(_is_somebodys, app.store)):
        return
    if merchant.playbook.tier(BRANCH_TIER) is None or merchant.playbook.tier(HALL_TIER) is None:
        return
    for room in GROUPS:
        tier = BRANCH_TIER if room == BRANCH else HALL_TIER
        parent = "" if room == BRANCH else BRANCH
        await app.ask(
            BindGroupOrder(
                merchant=merchant.id,
                account=merchant.accounts[0],
                at=app.now(),
                actor=_ACTOR,
                group=room,
                tier=tier,
                parent=parent,
                owner=KEEPERS[room],
            )
        )
    with app.store.reading() as connection:
        earlier = tuple(entry.key for entry in reading.entries(connection, merchant) if entry.key.startswith(_PREFIX))
    if earlier:
        await app.ask(DeleteEntriesOrder(merchant=merchant.id, at=app.now(), actor=_ACTOR, keys=earlier))
    entries = [*_shipped_calendar(app, merchant), _first_post(app.now(), merchant)]
    await app.ask(
        ImportEntriesOrder(merchant=merchant.id, at=app.now(), actor=_ACTOR, entries=tuple(_as_order(entries)))
    )


def _is_somebodys(store: Store) -> bool:
    """Whether somebody works with this database: it has groups or a calendar, and no practice has put any there."""
    practised = or_(
        exists().where(col(AuditEntry.actor) == _ACTOR), exists().where(col(EntryRevision.author) == _ACTOR)
    )
    at_work = or_(exists().where(col(ChatGroup.tier).is_not(None)), exists().where(col(EntryRevision.key) != ""))
    with store.reading() as connection:
        return bool(connection.execute(select(and_(at_work, not_(practised)))).scalar())


def _grown_up(store: Store, merchant: MerchantView) -> None:
    """The accounts of the practice ground are no newcomers: what a young one may send an hour the crowd uses up in
    minutes, and then nobody is answered."""
    with store.writing() as writing:
        this = and_(col(Account.merchant_id) == merchant.id, col(Account.first_login_at) > writing.now - _GROWN_UP)
        never = and_(col(Account.merchant_id) == merchant.id, col(Account.first_login_at).is_(None))
        writing.connection.execute(
            update(Account).where(or_(this, never)).values(first_login_at=writing.now - _GROWN_UP)
        )


def _shipped_calendar(app: App, merchant: MerchantView) -> list[Entry]:
    """The calendar that ships. Who looks at noon for the first time sees the morning's post, not that it expired."""
    from content_calendar.workbook import (
        read_calendar,  # openpyxl is slow to import, and real accounts need no practice
    )

    today = app.now().astimezone(merchant.zone).date()
    tiers = [tier.name for tier in merchant.playbook.tiers]
    read = read_calendar(CALENDAR.read_bytes(), CALENDAR.name, today, merchant.zone, tiers, ())
    with app.store.reading() as connection:
        known = {entry.key for entry in reading.entries(connection, merchant)}
    return [
        entry
        if is_spare(entry)
        else msgspec.structs.replace(entry, date=entry.date or today + timedelta(days=1), catch_up="within 1d")
        for entry in read.entries
        if entry.key not in known
    ]


def _first_post(now: datetime, merchant: MerchantView) -> Entry:
    local = (now + FIRST_POST_AFTER).astimezone(merchant.zone)
    return Entry(
        key=f"{_PREFIX}{local:%H%M%S}",
        title="第一篇",
        content_kind="talk",
        date=local.date(),
        time=local.time().replace(microsecond=0),
        tiers=(BRANCH_TIER,),
        text=FIRST_POST,
        catch_up="within 1h",
    )


def _as_order(entries: Iterable[Entry]) -> list[tuple[str, str, str]]:
    return [(entry.key, entry.revision, to_json(entry).decode()) for entry in entries]
