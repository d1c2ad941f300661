"""`config.toml`: merchants, accounts, the database and where the console listens.

Every key can be set from the environment as `ZHANGGUI_<SECTION>__<KEY>`, an element of an array by its number from 0:
`ZHANGGUI_ACCOUNTS__0__ENDPOINT`. Relative paths are relative to the folder of the file, wherever they were set.
Secrets never stand in the file: `token_env` names the environment variable that holds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field
from sqlalchemy import make_url

from bot.config_values import (
    Days,
    FilePath,
    Identity,
    VariableName,
    a_database_url,
    a_timezone,
    an_endpoint,
    in_upper_case,
    without_password,
)
from bot.environment import overridden
from bot.faults import ConfigFaults, Fault, dotted
from bot.model_faults import NO_QUOTES, NOT_WRITTEN, check, further
from bot.playbook_files import load_playbook
from bot.toml_source import KeyPath, TomlSource, read_toml
from content_calendar.holidays import Announced, announce
from models.playbook import Playbook
from models.playbook_faults import Misfit, one_of
from models.playbook_values import Name, Part, Role, Text


class Database(Part):
    """Where everything is kept: an SQLAlchemy URL. A relative path of SQLite has been made absolute."""

    url: Annotated[str, BeforeValidator(a_database_url)] = "sqlite:///data/zhanggui.db"


class Console(Part):
    """Where the web console listens, if it is `enabled`; port 0 takes any free one.

    `hosts` are the names, besides localhost and addresses, by which a browser may call it.
    """

    enabled: bool = True
    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    hosts: tuple[Text, ...] = ()


class Metrics(Part):
    """Where /metrics and /health are served, by workers too; without a port they are not. Port 0 takes any free one."""

    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] | None = None


class Workers(Part):
    """When several programs share one PostgreSQL: how often each says that it is there, and after how long without a
    word the others take its accounts over."""

    heartbeat_seconds: Annotated[float, Field(gt=0, le=60)] = 10
    lease_seconds: Annotated[float, Field(gt=0, le=600)] = 30


class Log(Part):
    """How much is logged."""

    level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(in_upper_case)] = "INFO"


class Admin(Part):
    """Somebody with a role from the start, named by account and stable contact id."""

    account: Identity
    contact: Identity
    role: Role


class Merchant(Part):
    """A merchant with its playbook (an absolute path once loaded), its time zone and its first admins."""

    id: Identity
    name: Name
    playbook: FilePath
    timezone: Annotated[str, BeforeValidator(a_timezone)] = "Asia/Shanghai"
    admins: tuple[Admin, ...] = ()


class Account(Part):
    """An account of a merchant on a platform. The last four are for `wechaty`: its gateway, the name of the variable
    with the gateway's token, TLS or not, and the certificate of a gateway that signs its own (an absolute path)."""

    id: Identity
    merchant: Identity
    transport: Literal["simulator", "wechaty"]
    name: str = ""
    endpoint: Annotated[str, BeforeValidator(an_endpoint)] | None = None
    token_env: VariableName | None = None
    tls: bool = False
    ca_file: FilePath | None = None


class AlertChannel(Part):
    """Where a merchant's alerts are posted: the name of the variable with the webhook's address, and its form.

    An id is no other channel's and no account's: deliveries name both in the same way.
    """

    id: Identity
    merchant: Identity
    webhook_env: VariableName
    form: Literal["json", "wecom"] = "json"


class Holidays(Part):
    """The public holidays of a year that is announced and not known to the program yet: the days off, from the first to
    the last, and the Saturdays and Sundays that are worked for them."""

    year: Annotated[int, Field(ge=2000, le=2099)]
    off: Days
    worked: Days = frozenset()

    def is_near(self, day: date) -> bool:
        """Whether the day can be of this year's arrangement: around New Year it may be of the neighbouring year."""
        return date(self.year - 1, 12, 15) <= day <= date(self.year + 1, 1, 15)


class ConfigFile(Part):
    """The keys of `config.toml`."""

    database: Database = Database()
    console: Console = Console()
    metrics: Metrics = Metrics()
    workers: Workers = Workers()
    log: Log = Log()
    merchants: Annotated[tuple[Merchant, ...], Field(min_length=1)]
    accounts: tuple[Account, ...] = ()
    alerts: tuple[AlertChannel, ...] = ()
    holidays: tuple[Holidays, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where each key was set: on a line of the file, or by a variable of the environment."""

    source: TomlSource
    overrides: Mapping[KeyPath, str] = field(default_factory=dict)

    def fault(self, misfit: Misfit) -> Fault:
        """The misfit with its place."""
        found = _discreet(misfit)
        if (variable := self.overrides.get(misfit.path)) is not None:
            # what stands there was not quoted by whoever wrote it
            return Fault("environment", None, variable, found, misfit.expected.removesuffix(NO_QUOTES))
        line = self.source.line(misfit.path)
        return Fault(self.source.name, line, dotted(misfit.path), found, misfit.expected)


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration in force: paths absolute, playbooks loaded (by the merchant's id)."""

    file: Path
    database: Database
    console: Console
    metrics: Metrics
    workers: Workers
    log: Log
    merchants: tuple[Merchant, ...]
    accounts: tuple[Account, ...]
    alerts: tuple[AlertChannel, ...]
    playbooks: Mapping[str, Playbook]
    origin: Origin = field(repr=False, compare=False)

    def merchant(self, id: str) -> Merchant | None:
        """The merchant of that id."""
        return next((merchant for merchant in self.merchants if merchant.id == id), None)

    def account(self, id: str) -> Account | None:
        """The account of that id."""
        return next((account for account in self.accounts if account.id == id), None)

    def secrets_faults(self, environ: Mapping[str, str]) -> list[Fault]:
        """The secrets that a run needs and the environment lacks. Loading does not ask for them."""
        return [*self.token_faults(environ), *self.webhook_faults(environ)]

    def token_faults(self, environ: Mapping[str, str]) -> list[Fault]:
        """The tokens of gateways that the environment lacks."""
        return [
            self.origin.fault(Misfit(("accounts", n, "token_env"), f"{account.token_env}，{_UNSET}", _SET_SECRET))
            for n, account in enumerate(self.accounts)
            if account.transport == "wechaty" and not environ.get(account.token_env or "", "").strip()
        ]

    def webhook_faults(self, environ: Mapping[str, str]) -> list[Fault]:
        """The addresses of webhooks that the environment lacks, or that are none."""
        return [
            self.origin.fault(Misfit(("alerts", n, "webhook_env"), f"{channel.webhook_env}，{wrong}", _SET_WEBHOOK))
            for n, channel in enumerate(self.alerts)
            if (wrong := _address_fault(environ.get(channel.webhook_env, "").strip()))
        ]


_UNSET = "环境里没有这个变量"
_SET_WEBHOOK = "设好这个变量，里面放 webhook 的网址 https://…"
_SET_SECRET = "设好这个变量，里面放网关的令牌"
_SECRET = "要写一个环境变量的名字，网关的令牌放在那个变量里"


def _address_fault(address: str) -> str:
    """What is wrong with a webhook's address, without it: whoever knows it can post."""
    if not address:
        return _UNSET
    try:
        parts = urlsplit(address)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    return "" if right and address.isprintable() and " " not in address else "它里面不是网址"


def load_config(path: Path, environ: Mapping[str, str]) -> Config:
    """The configuration of a file and the environment, with its playbooks. Raises `ConfigFaults` with all faults.

    The holidays that it tells hold for the whole process.
    """
    source = read_toml(path)
    data, overrides, faults = overridden(ConfigFile, source.data, environ)
    origin = Origin(source, overrides)
    checked = check(ConfigFile, data)
    wrong = list(checked.misfits)
    playbooks: dict[Path, Playbook] = {}
    playbook_faults: list[Fault] = []
    if checked.model is not None:
        wrong += further(checked, _config_misfits(checked.model, path.parent))
        for file in dict.fromkeys(merchant.playbook for merchant in checked.model.merchants):
            if _is_there(path.parent / file):
                try:
                    playbooks[file] = load_playbook(path.parent / file)
                except ConfigFaults as refusal:
                    playbook_faults += refusal.faults
    faults += [*_sorted(origin, wrong), *playbook_faults]
    if faults or checked.model is None:
        raise ConfigFaults(faults)
    announce(Announced(one.year, one.off, one.worked) for one in checked.model.holidays)
    return _resolved(checked.model, path.absolute(), playbooks, origin)


def _sorted(origin: Origin, wrong: Iterable[Misfit]) -> list[Fault]:
    return sorted(map(origin.fault, wrong), key=lambda fault: fault.line or 0)


def _discreet(misfit: Misfit) -> str:
    """What was found, without a password that somebody wrote where none belongs."""
    match misfit.path:
        case (*_, "url"):
            return without_password(misfit.found)
        case (*_, "token_env" | "webhook_env") if misfit.found.startswith(("'", '"')):
            return "写的不是变量名"
    return misfit.found


def _config_misfits(config: ConfigFile, folder: Path) -> list[Misfit]:
    """What only several tables can get wrong together, and files that are not there."""
    merchants = [merchant.id for merchant in config.merchants]
    accounts = {account.id: account.merchant for account in config.accounts}
    wrong: list[Misfit] = []
    if config.workers.lease_seconds < 2 * config.workers.heartbeat_seconds:
        wish = "至少是 heartbeat_seconds 的两倍，不然晚一点就当成停了"
        wrong.append(Misfit(("workers", "lease_seconds"), f"{config.workers.lease_seconds:g}", wish))
    wrong += _same_port(config)
    tables = (
        ("merchants", merchants),
        ("accounts", [account.id for account in config.accounts]),
        ("alerts", [channel.id for channel in config.alerts]),
    )
    for table, ids in tables:
        for n, one in enumerate(ids):
            if one in ids[:n]:
                wrong.append(Misfit((table, n, "id"), f"{one!r}，前面已经写过", "id 不能重复"))
    for n, told in enumerate(config.holidays):
        if told.year in [one.year for one in config.holidays[:n]]:
            wrong.append(Misfit(("holidays", n, "year"), f"{told.year}，前面已经写过", "一年只写一次"))
        for name, days in (("off", told.off), ("worked", told.worked)):
            if far := [day for day in sorted(days) if not told.is_near(day)]:
                wrong.append(Misfit(("holidays", n, name), f"{far[0]}", f"要写 {told.year} 年的日子"))
        if both := sorted(told.off & told.worked):
            wrong.append(Misfit(("holidays", n, "worked"), f"{both[0]}，这天在 off 里放假", "off 和 worked 里留一个"))
    for n, merchant in enumerate(config.merchants):
        if not _is_there(folder / merchant.playbook):
            found = f"{str(merchant.playbook)!r}，那里没有文件"
            wrong.append(Misfit(("merchants", n, "playbook"), found, "要写方案文件的路径，从这个文件所在的文件夹算起"))
        own = [account for account, owner in accounts.items() if owner == merchant.id]
        for m, admin in enumerate(merchant.admins):
            if accounts and admin.account not in own:  # a story may bring the accounts instead
                wish = one_of(f"账号（要归商家 {merchant.id!r}）", admin.account, own)
                wrong.append(Misfit(("merchants", n, "admins", m, "account"), repr(admin.account), wish))
    for n, account in enumerate(config.accounts):
        if account.merchant not in merchants:
            wish = one_of("商家 id", account.merchant, merchants)
            wrong.append(Misfit(("accounts", n, "merchant"), repr(account.merchant), wish))
        if account.transport == "wechaty":
            wrong += _gateway_misfits(account, ("accounts", n), folder)
    for n, channel in enumerate(config.alerts):
        if channel.id in accounts:
            wrong.append(Misfit(("alerts", n, "id"), f"{channel.id!r}，有一个账号用了", "换一个自己的 id"))
        if channel.merchant not in merchants:
            wish = one_of("商家 id", channel.merchant, merchants)
            wrong.append(Misfit(("alerts", n, "merchant"), repr(channel.merchant), wish))
    return wrong


def _same_port(config: ConfigFile) -> Iterator[Misfit]:
    """Two servers cannot share a port, unless each has an address of its own."""
    console, metrics = config.console, config.metrics
    everywhere = {"0.0.0.0", "::"} & {console.host, metrics.host}
    is_same = console.enabled and metrics.port and metrics.port == console.port
    if is_same and (everywhere or console.host == metrics.host):
        wish = "换一个端口，或在 [console] 里写 enabled = false"
        yield Misfit(("metrics", "port"), f"{metrics.port}，后台用了这个端口", wish)


def _is_there(path: Path) -> bool:
    """Whether there is such a file; none has a name that the system does not take, or is where we may not look."""
    try:
        return path.exists()
    except OSError:
        return False


def _gateway_misfits(account: Account, path: KeyPath, folder: Path) -> list[Misfit]:
    wrong: list[Misfit] = []
    if account.endpoint is None:
        wrong.append(Misfit((*path, "endpoint"), NOT_WRITTEN, "要写网关的 主机:端口"))
    if account.token_env is None:
        wrong.append(Misfit((*path, "token_env"), NOT_WRITTEN, _SECRET))
    if account.ca_file is not None:
        if not account.tls:
            wrong.append(Misfit((*path, "tls"), "false", "写了 ca_file，这里就要写 true"))
        if not _is_there(folder / account.ca_file) or not (folder / account.ca_file).is_file():
            found = f"{str(account.ca_file)!r}，那里没有文件"
            wrong.append(Misfit((*path, "ca_file"), found, "要写一个 PEM 证书文件的路径"))
    return wrong


def _resolved(config: ConfigFile, file: Path, playbooks: dict[Path, Playbook], origin: Origin) -> Config:
    folder = file.parent
    return Config(
        file=file,
        database=Database(url=_absolute_url(config.database.url, folder)),
        console=config.console,
        metrics=config.metrics,
        workers=config.workers,
        log=config.log,
        merchants=tuple(one.model_copy(update={"playbook": folder / one.playbook}) for one in config.merchants),
        accounts=tuple(
            one.model_copy(update={"ca_file": folder / one.ca_file}) if one.ca_file else one for one in config.accounts
        ),
        alerts=config.alerts,
        playbooks={one.id: playbooks[one.playbook] for one in config.merchants},
        origin=origin,
    )


def _absolute_url(text: str, folder: Path) -> str:
    url = make_url(text)
    if url.drivername != "sqlite" or not url.database or url.database == ":memory:":
        return text
    return url.set(database=str(folder / url.database)).render_as_string(hide_password=False)
