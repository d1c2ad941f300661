"""Merchants at start: configuration and playbooks into rows, and the views that decisions are made on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import structlog
from sqlalchemy import select, update
from sqlmodel import col

from bot.config import Config
from bot.store import Store, Writing
from models.accounts import Account, AccountState
from models.capabilities import Capabilities
from models.context import MerchantView
from models.operations import Merchant, PlaybookRevision
from models.people import Survey, SurveyState
from models.playbook import Playbook

log = structlog.get_logger("merchants")


def say_what_differs(config: Config, merchants: Mapping[str, MerchantView]) -> None:
    """Whose file is not what is in force, as after a change in the console: once a start, not with every command."""
    for merchant in config.merchants:
        revision = merchants[merchant.id].revision
        if revision != config.playbooks[merchant.id].fingerprint:
            log.warning("playbook.differs", merchant=merchant.id, file=str(merchant.playbook), in_force=revision[:12])


def open_merchants(
    store: Store, config: Config, capabilities: Mapping[str, Capabilities], *, seed: int, started_at: datetime
) -> dict[str, MerchantView]:
    """Write down merchants, accounts and first playbooks, and return the merchants by id.

    The database's playbook is the truth once there is one; a file that differs does nothing.
    """
    views: dict[str, MerchantView] = {}
    with store.writing() as writing:
        for merchant in config.merchants:
            file = config.playbooks[merchant.id]
            revision = writing.connection.execute(
                select(col(Merchant.revision)).where(col(Merchant.id) == merchant.id)
            ).scalar()
            if not revision:
                revision = file.fingerprint
                put_playbook(writing, merchant.id, file, merchant.playbook.read_text("utf-8-sig"))
            writing.upsert(
                Merchant,
                [
                    {
                        "id": merchant.id,
                        "name": merchant.name,
                        "timezone": merchant.timezone,
                        "revision": revision,
                    }
                ],
            )
            accounts = [account for account in config.accounts if account.merchant == merchant.id]
            for account in accounts:
                _put_account(writing, merchant.id, account.id, account.name)
            views[merchant.id] = MerchantView(
                id=merchant.id,
                name=merchant.name,
                zone=ZoneInfo(merchant.timezone),
                playbook=read_playbook(writing, merchant.id, revision),
                revision=revision,
                admins=tuple((admin.account, admin.contact, str(admin.role)) for admin in merchant.admins),
                accounts=tuple(account.id for account in accounts),
                channels=tuple(channel.id for channel in config.alerts if channel.merchant == merchant.id),
                seed=seed,
                started_at=started_at,
                earlier=_earlier(writing, merchant.id, revision),
            )
        for account_id, able in capabilities.items():
            put_capabilities(writing, account_id, able)
    return views


def put_playbook(writing: Writing, merchant_id: str, playbook: Playbook, toml: str) -> None:
    """Keep a revision of a playbook, and the text that it was read from."""
    writing.upsert(
        PlaybookRevision,
        [
            {
                "merchant_id": merchant_id,
                "revision": playbook.fingerprint,
                "body": playbook.to_json(),
                "at": writing.now,
                "toml": toml,
            }
        ],
    )


def read_playbook(writing: Writing, merchant_id: str, revision: str) -> Playbook:
    """A revision of a playbook that was kept."""
    body = writing.connection.execute(
        select(col(PlaybookRevision.body)).where(
            col(PlaybookRevision.merchant_id) == merchant_id, col(PlaybookRevision.revision) == revision
        )
    ).scalar_one()
    return Playbook.from_json(body)


def playbooks_in_force(store: Store, merchants: Mapping[str, MerchantView]) -> list[MerchantView]:
    """The merchants whose playbook another program has changed, with the one that is in force now."""
    with store.looking(store.now()) as looking:
        revisions = looking.connection.execute(select(col(Merchant.id), col(Merchant.revision))).all()
        return [
            under_playbook(merchants[id], read_playbook(looking, id, revision), revision)
            for id, revision in revisions
            if id in merchants and revision and revision != merchants[id].revision
        ]


def under_playbook(merchant: MerchantView, playbook: Playbook, revision: str) -> MerchantView:
    """The merchant with another playbook in force."""
    earlier = {**merchant.earlier, merchant.revision: merchant.playbook}
    return msgspec.structs.replace(merchant, playbook=playbook, revision=revision, earlier=earlier)


def put_capabilities(writing: Writing, account_id: str, capabilities: Capabilities) -> None:
    """What the account's platform can do, as its transport states it."""
    values = {name: getattr(capabilities, name) for name in capabilities.__struct_fields__}
    values["kinds"] = sorted(capabilities.kinds)
    writing.connection.execute(update(Account).where(col(Account.id) == account_id).values(capabilities=values))


def _put_account(writing: Writing, merchant_id: str, account_id: str, name: str) -> None:
    existing = writing.connection.execute(
        select(col(Account.id)).where(col(Account.merchant_id) == merchant_id, col(Account.id) == account_id)
    ).first()
    if existing is None:
        row = {"merchant_id": merchant_id, "id": account_id, "name": name, "state": AccountState.OFFLINE}
        writing.insert(Account, [row])


def _earlier(writing: Writing, merchant_id: str, revision: str) -> dict[str, Playbook]:
    """Revisions that surveys in progress, or corrections of finished ones, still need."""
    revisions = writing.connection.execute(
        select(col(Survey.revision))
        .where(
            col(Survey.merchant_id) == merchant_id,
            col(Survey.revision) != revision,
            col(Survey.state).in_((SurveyState.OPEN, SurveyState.RESTING)),
        )
        .distinct()
    ).scalars()
    return {earlier: read_playbook(writing, merchant_id, earlier) for earlier in revisions}
