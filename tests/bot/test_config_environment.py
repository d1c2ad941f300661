"""The environment: every key of the configuration can be set from it, and nothing there is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.config import ConfigFile, load_config
from bot.environment import overridden
from bot.faults import ConfigFaults
from bot.model_faults import check

# A good value of every key that has one of its own, as the environment gives it. `0`: of the first element.
GIVEN = {
    "DATABASE__URL": "postgresql+psycopg://shop@db/shop",
    "CONSOLE__ENABLED": "no",
    "CONSOLE__HOST": "::1",
    "CONSOLE__PORT": "9000",
    "CONSOLE__HOSTS__0": "shop.example.com",
    "METRICS__HOST": "10.0.0.1",
    "METRICS__PORT": "9101",
    "WORKERS__HEARTBEAT_SECONDS": "11",
    "WORKERS__LEASE_SECONDS": "45.5",
    "LOG__LEVEL": "debug",
    "MERCHANTS__0__ID": "m1",
    "MERCHANTS__0__NAME": "临江酒社",
    "MERCHANTS__0__PLAYBOOK": "playbook.toml",
    "MERCHANTS__0__TIMEZONE": "Europe/Berlin",
    "MERCHANTS__0__ADMINS__0__ACCOUNT": "main",
    "MERCHANTS__0__ADMINS__0__CONTACT": "007",
    "MERCHANTS__0__ADMINS__0__ROLE": "owner",
    "ACCOUNTS__0__ID": "main",
    "ACCOUNTS__0__MERCHANT": "m1",
    "ACCOUNTS__0__TRANSPORT": "wechaty",
    "ACCOUNTS__0__NAME": "123",
    "ACCOUNTS__0__ENDPOINT": "gateway:8788",
    "ACCOUNTS__0__TOKEN_ENV": "GATEWAY",
    "ACCOUNTS__0__TLS": "1",
    "ACCOUNTS__0__CA_FILE": "ca.pem",
    "ALERTS__0__ID": "ops",
    "ALERTS__0__MERCHANT": "m1",
    "ALERTS__0__WEBHOOK_ENV": "HOOK",
    "ALERTS__0__FORM": "wecom",
    "HOLIDAYS__0__YEAR": "2030",
    "HOLIDAYS__0__OFF__0": "2030-01-01",
    "HOLIDAYS__0__WORKED__0": "2030-01-05",
}
READ_AS = {
    "CONSOLE__ENABLED": "False",
    "WORKERS__HEARTBEAT_SECONDS": "11.0",
    "LOG__LEVEL": "DEBUG",
    "ACCOUNTS__0__TLS": "True",
    "HOLIDAYS__0__OFF__0": "frozenset({datetime.date(2030, 1, 1)})",
    "HOLIDAYS__0__WORKED__0": "frozenset({datetime.date(2030, 1, 5)})",
}
ENVIRON = {f"ZHANGGUI_{key}": value for key, value in GIVEN.items()}

CONFIG = """
[[merchants]]
id = "m1"
name = "临江酒社"
playbook = "playbook.toml"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "playbook.toml").write_text('name = "酒"\n[[tiers]]\nname = "新客"\n', encoding="utf-8")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path / "config.toml"


def faults(config: Path, environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigFaults) as refusal:
        load_config(config, environ)
    return [str(fault) for fault in refusal.value.faults]


def keys_of(model: type[BaseModel], place: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                below = f"{place}{name}__" if inner is field.annotation else f"{place}{name}__0__"
                yield from keys_of(inner, below)
                break
        else:
            yield f"{place}{name}".upper()


def test_every_key_can_be_set_from_the_environment_alone() -> None:
    assert {key.removesuffix("__0") for key in GIVEN} == set(keys_of(ConfigFile))
    data, overrides, wrong = overridden(ConfigFile, {}, ENVIRON)
    checked = check(ConfigFile, data)
    assert (wrong, checked.misfits, sorted(overrides.values())) == ([], [], sorted(ENVIRON))
    assert checked.model is not None
    for key, given in GIVEN.items():
        value: Any = checked.model
        for part in key.lower().split("__"):
            if not isinstance(value, frozenset):
                value = value[int(part)] if part.isdecimal() else getattr(value, part)
        assert str(value) == READ_AS.get(key, given)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("METRICS__PORT", "many", "要写整数"),
        ("METRICS__PORT", "-1", "至少 0"),
        ("WORKERS__LEASE_SECONDS", "long", "要写一个数"),
        ("WORKERS__LEASE_SECONDS", "nan", "要写一个数"),
        ("WORKERS__LEASE_SECONDS", "-5", "要大于 0"),
    ],
)
def test_what_is_no_number_is_refused_as_in_the_file(config: Path, key: str, value: str, expected: str) -> None:
    (fault,) = faults(config, {f"ZHANGGUI_{key}": value})
    assert fault.startswith(f"environment: ZHANGGUI_{key}: 写的是 ")
    assert fault.endswith(f"，{expected}")


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("DATABASE_URL", "DATABASE__URL"),
        ("DB_URL", "DATABASE__URL"),
        ("CONSOLE_PORT", "CONSOLE__PORT"),
        ("WORKERS_LEASE_SECONDS", "WORKERS__LEASE_SECONDS"),
        ("ACCOUNTS_12_TOKEN_ENV", "ACCOUNTS__12__TOKEN_ENV"),
        ("MERCHANTS_0_ADMINS_1_ROLE", "MERCHANTS__0__ADMINS__1__ROLE"),
    ],
)
def test_one_underscore_where_two_belong_is_refused_with_what_was_meant(config: Path, slip: str, meant: str) -> None:
    assert faults(config, {f"ZHANGGUI_{slip}": "x"}) == [
        f"environment: ZHANGGUI_{slip}: 没有这个变量，是不是 ZHANGGUI_{meant}？"
    ]


def test_a_variable_of_ours_that_nothing_reads_is_refused(config: Path) -> None:
    (fault,) = faults(config, {"ZHANGGUI_SHOP": "x"})
    assert fault.startswith("environment: ZHANGGUI_SHOP: 没有这个变量，写成 ZHANGGUI_<SECTION>__<KEY>")


def test_secrets_may_have_any_name_that_the_configuration_gives_them(config: Path) -> None:
    named = '[[alerts]]\nid = "ops"\nmerchant = "m1"\nwebhook_env = "ZHANGGUI_DATABASE_URL"\n'
    config.write_text(CONFIG + named, encoding="utf-8")
    environ = {
        "ZHANGGUI_ALERTS__1__ID": "duty",
        "ZHANGGUI_ALERTS__1__MERCHANT": "m1",
        "ZHANGGUI_ALERTS__1__WEBHOOK_ENV": "ZHANGGUI_ADDRESS",
        "ZHANGGUI_ADDRESS": "https://hooks.example/1",
        "ZHANGGUI_DATABASE_URL": "https://hooks.example/2",
        # of other configurations of the same machine
        "ZHANGGUI_TOKEN": "a-token",
        "ZHANGGUI_ACCOUNTS_TOKEN": "a-token",
        "ZHANGGUI_TOKEN_2": "a-token",
        "ZHANGGUI_OPS_WEBHOOK": "https://hooks.example/3",
    }
    assert load_config(config, environ).webhook_faults(environ) == []
