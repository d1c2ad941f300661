"""The configuration: every key, every override, every fault at once, and never a traceback."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.config import Config, load_config
from bot.config_values import DATABASE_URLS
from bot.faults import ConfigFaults, Fault

ROOT = Path(__file__).parents[2]

CONFIG = """
[database]
url = "sqlite:///data/书店.db"

[console]
host = "127.0.0.1"
port = 8080

[log]
level = "INFO"

[[merchants]]
id = "m1"
name = "拾光书店"
playbook = "playbook.toml"
timezone = "Asia/Shanghai"

[[merchants.admins]]
account = "main"
contact = "wx-boss"
role = "owner"

[[accounts]]
id = "main"
name = "小拾"            # shown where the platform gives none
merchant = "m1"
transport = "simulator"

[[accounts]]
id = "second"
merchant = "m1"
transport = "wechaty"
endpoint = "127.0.0.1:8788"
token_env = "ZHANGGUI_SECOND__TOKEN"
tls = true
ca_file = "gateway-ca.pem"

[[alerts]]
id = "ops"
merchant = "m1"
webhook_env = "ZHANGGUI_OPS__WEBHOOK"
form = "wecom"
"""

PLAYBOOK = """
name = "拾光书店"
[[tiers]]
name = "书桌"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "playbook.toml").write_text(PLAYBOOK, encoding="utf-8")
    (tmp_path / "gateway-ca.pem").write_text("")
    return tmp_path


def load(folder: Path, environ: Mapping[str, str] = {}) -> Config:
    return load_config(folder / "config.toml", environ)


def faults(folder: Path, environ: Mapping[str, str] = {}) -> tuple[Fault, ...]:
    with pytest.raises(ConfigFaults) as refusal:
        load(folder, environ)
    return refusal.value.faults


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "config.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_key_loads(folder: Path) -> None:
    config = load(folder)
    assert config.file == folder / "config.toml"
    assert (config.console.host, config.console.port, config.log.level) == ("127.0.0.1", 8080, "INFO")
    merchant, account = config.merchant("m1"), config.account("second")
    assert merchant is not None
    assert account is not None
    assert merchant.playbook == folder / "playbook.toml"
    assert [(admin.account, admin.contact, admin.role) for admin in merchant.admins] == [("main", "wx-boss", "owner")]
    assert (account.endpoint, account.token_env, account.tls) == ("127.0.0.1:8788", "ZHANGGUI_SECOND__TOKEN", True)
    assert account.ca_file == folder / "gateway-ca.pem"
    (channel,) = config.alerts
    assert (channel.id, channel.merchant) == ("ops", "m1")
    assert (channel.webhook_env, channel.form) == ("ZHANGGUI_OPS__WEBHOOK", "wecom")
    assert config.playbooks["m1"].name == "拾光书店"
    assert (config.merchant("m2"), config.account("third")) == (None, None)


def test_a_relative_database_path_is_relative_to_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import make_url

    assert make_url(load(folder).database.url).database == str(folder / "data/书店.db")
    monkeypatch.chdir(folder)
    assert load_config(Path("config.toml"), {}) == load(folder)


@pytest.mark.parametrize(
    "url",
    ["sqlite:////var/x.db", "sqlite://", "sqlite:///:memory:", "postgresql+psycopg://u:p@h:5432/n?sslmode=require"],
)
def test_other_database_urls_stay_as_they_are(folder: Path, url: str) -> None:
    assert load(folder, {"ZHANGGUI_DATABASE__URL": url}).database.url == url


def test_tables_with_defaults_may_be_absent(folder: Path) -> None:
    head = CONFIG.index("[[merchants]]")
    (folder / "config.toml").write_text(CONFIG[head:], encoding="utf-8")
    config = load(folder)
    assert config.database.url.endswith("/data/zhanggui.db")
    assert (config.console.host, config.console.port, config.log.level) == ("127.0.0.1", 8080, "INFO")


@pytest.mark.parametrize("port", [" 9000", "9000\x1e", "9000\u3000"])
def test_what_looks_like_a_blank_around_a_number_is_no_fault(folder: Path, port: str) -> None:
    assert load(folder, {"ZHANGGUI_CONSOLE__PORT": port}).console.port == 9000


def test_every_key_has_an_override(folder: Path) -> None:
    (folder / "other.toml").write_text("name = '别家'", encoding="utf-8")
    environ = {
        "ZHANGGUI_DATABASE__URL": "sqlite:////x.db",
        "ZHANGGUI_CONSOLE__HOST": "::1",
        "ZHANGGUI_CONSOLE__PORT": "9000",
        "ZHANGGUI_LOG__LEVEL": "debug",
        "ZHANGGUI_MERCHANTS__0__NAME": "123",
        "ZHANGGUI_MERCHANTS__0__PLAYBOOK": "other.toml",
        "ZHANGGUI_MERCHANTS__0__TIMEZONE": "Europe/Berlin",
        "ZHANGGUI_MERCHANTS__0__ADMINS__0__ROLE": "admin",
        "ZHANGGUI_MERCHANTS__0__ADMINS__1__ACCOUNT": "second",
        "ZHANGGUI_MERCHANTS__0__ADMINS__1__CONTACT": "wx-2",
        "ZHANGGUI_MERCHANTS__0__ADMINS__1__ROLE": "helper",
        "ZHANGGUI_ACCOUNTS__1__ENDPOINT": "gateway:1",
        "ZHANGGUI_ACCOUNTS__1__TLS": "false",
        "ZHANGGUI_ACCOUNTS__1__TRANSPORT": "simulator",
        "ZHANGGUI_ACCOUNTS__1__CA_FILE": "/etc/ca.pem",
        "ZHANGGUI_ACCOUNTS__2__ID": "third",
        "ZHANGGUI_ACCOUNTS__2__MERCHANT": "m1",
        "ZHANGGUI_ACCOUNTS__2__TRANSPORT": "simulator",
        "ZHANGGUI_ALERTS__0__FORM": "json",
        "ZHANGGUI_ALERTS__1__ID": "duty",
        "ZHANGGUI_ALERTS__1__MERCHANT": "m1",
        "ZHANGGUI_ALERTS__1__WEBHOOK_ENV": "DUTY",
        "ZHANGGUI_SECOND__TOKEN": "secret",  # the token of an account, no override
        "ZHANGGUI_OPS__WEBHOOK": "https://hooks.example/secret",  # the address of a webhook, none either
        "ZHANGGUI_TOKEN": "secret",
        "PATH": "/bin",
    }
    config = load(folder, environ)
    assert config.database.url == "sqlite:////x.db"
    assert (config.console.host, config.console.port, config.log.level) == ("::1", 9000, "DEBUG")
    merchant = config.merchants[0]
    assert (merchant.name, merchant.timezone) == ("123", "Europe/Berlin")
    assert [admin.role for admin in merchant.admins] == ["admin", "helper"]
    assert config.playbooks["m1"].name == "别家"
    second = config.accounts[1]
    assert (second.endpoint, second.tls, second.transport) == ("gateway:1", False, "simulator")
    assert second.ca_file == Path("/etc/ca.pem")
    assert config.accounts[2].id == "third"
    assert [(one.id, one.form, one.webhook_env) for one in config.alerts] == [
        ("ops", "json", "ZHANGGUI_OPS__WEBHOOK"),
        ("duty", "json", "DUTY"),
    ]


def test_faults_of_the_environment_name_the_variable(folder: Path) -> None:
    environ = {
        "ZHANGGUI_CONSOLE__PROT": "1",
        "ZHANGGUI_CONSOLE__PORT": "many",
        "ZHANGGUI_ACCOUNTS__1__TLS": "perhaps",
        "ZHANGGUI_ACCOUNTS__7__ID": "x",
        "ZHANGGUI_LOG__LEVEL__X": "x",
    }
    assert sorted(map(str, faults(folder, environ))) == [
        "environment: ZHANGGUI_ACCOUNTS__1__TLS: 写的是 'perhaps'，要写 true（是）或 false（否）",
        "environment: ZHANGGUI_ACCOUNTS__7__ID: 没有这个位置，从 0 数起，用下一个还没用的号",
        "environment: ZHANGGUI_CONSOLE__PORT: 写的是 'many'，要写整数",
        "environment: ZHANGGUI_CONSOLE__PROT: 没有这个键，是不是 'port'？",
        "environment: ZHANGGUI_LOG__LEVEL__X: 没有这个键，它下面不能再分",
    ]


def test_all_faults_of_all_files_at_once(folder: Path) -> None:
    (folder / "config.toml").write_text(
        """[database]
url = "mysql://root:geheim@db/x"
[console]
prot = 8080
port = 99999
[log]
level = "LOUD"
[[merchants]]
id = "m1"
name = "拾光书店"
playbook = "playbook.toml"
timezone = "Asia/Shanghia"
[[merchants.admins]]
account = "mian"
contact = "wx-boss"
role = "king"
[[accounts]]
id = "main"
merchant = "m2"
transport = "simulator"
[[accounts]]
id = "main"
merchant = "m1"
transport = "wechaty"
endpoint = "http://gateway"
token_env = "my secret token"
ca_file = "none.pem"
[[alerts]]
id = "main"
merchant = "m3"
webhook_env = "OPS"
form = "dingtalk"
[[alerts]]
id = "third"
merchant = "m1"
webhook_env = "https://hooks.example/secret"
[[alerts]]
id = "ops"
merchant = "m1"
webhook = "https://hooks.example/secret"
webhook_env = "OPS"
[[alerts]]
id = "ops"
merchant = "m1"
webhook_env = "OPS"
""",
        encoding="utf-8",
    )
    (folder / "playbook.toml").write_text(
        """aproval = true
retention_days = "365"
[[tiers]]
name = "书桌"
parent = "书院"
capacity = 0
[[survey.questions]]
key = "call"
type = "nmae"
texts = ["?"]
[[survey.questions]]
key = "city"
type = "region"
texts = ["{call|}，在哪？"]
when = { call = "x", ctiy = "y" }
""",
        encoding="utf-8",
    )
    config, playbook = folder / "config.toml", folder / "playbook.toml"
    found = "\n".join(map(str, faults(folder)))
    assert found == "\n".join(
        [
            f"{config}:2: database.url: 写的是 'mysql://***@db/x'，{DATABASE_URLS}",
            f"{config}:4: console.prot: 没有这个键，是不是 'port'？",
            f"{config}:5: console.port: 写的是 99999，最多 65535",
            f"{config}:7: log.level: 写的是 'LOUD'，只能写 'DEBUG'、'INFO'、'WARNING'、'ERROR'",
            f"{config}:12: merchants[0].timezone: 写的是 'Asia/Shanghia'，要写 'Asia/Shanghai' 这样的时区",
            f"{config}:16: merchants[0].admins[0].role: 写的是 'king'，只能写 'owner'、'admin'、'branch'、'hall'、"
            "'helper'、'author'、'viewer'",
            f"{config}:19: accounts[0].merchant: 写的是 'm2'，没有这个商家 id，现有 'm1'",
            f"{config}:21: accounts[1].tls: 写的是 false，写了 ca_file，这里就要写 true",
            f"{config}:22: accounts[1].id: 写的是 'main'，前面已经写过，id 不能重复",
            f"{config}:25: accounts[1].endpoint: 写的是 'http://gateway'，要写成 主机:端口",
            f"{config}:26: accounts[1].token_env: 写的不是变量名，要写一个环境变量的名字，"
            "只用字母、数字和 _，不以数字开头",
            f"{config}:27: accounts[1].ca_file: 写的是 'none.pem'，那里没有文件，要写一个 PEM 证书文件的路径",
            f"{config}:29: alerts[0].id: 写的是 'main'，有一个账号用了，换一个自己的 id",
            f"{config}:30: alerts[0].merchant: 写的是 'm3'，没有这个商家 id，现有 'm1'",
            f"{config}:32: alerts[0].form: 写的是 'dingtalk'，只能写 'json'、'wecom'",
            f"{config}:36: alerts[1].webhook_env: 写的不是变量名，要写一个环境变量的名字，"
            "只用字母、数字和 _，不以数字开头",
            f"{config}:40: alerts[2].webhook: 没有这个键，是不是 'webhook_env'？",
            f"{config}:43: alerts[3].id: 写的是 'ops'，前面已经写过，id 不能重复",
            f"{playbook}:1: aproval: 没有这个键，是不是 'approval'？",
            f"{playbook}:2: retention_days: 写的是 '365'，要写一个数，不加引号",
            f"{playbook}:5: tiers[0].parent: 写的是 '书院'，没有这个层级，现有 '书桌'",
            f"{playbook}:6: tiers[0].capacity: 写的是 0，至少 1",
            f"{playbook}:9: survey.questions[0].type: 写的是 'nmae'，是不是 'name'？只能写 'name'、'age_months'、"
            "'number'、'date'、'region'、'choice'、'multi'、'yesno'、'phone'、'freetext'",
            f"{playbook}:15: survey.questions[1].when.ctiy: 写的是 'ctiy'，没有这个题目编号，是不是 'city'？",
        ]
    )
    assert "geheim" not in found
    assert "secret" not in found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('id = "main"\n', "", "accounts[0].id: 没有写，必须写上"),
        ('account = "main"', 'account = "mian"', "写的是 'mian'，没有这个账号（要归商家 'm1'），是不是 'main'？"),
        ('endpoint = "127.0.0.1:8788"', 'endpoint = "127.0.0.1:99999"', "端口从 1 到 65535"),
        ('endpoint = "127.0.0.1:8788"\n', "", "accounts[1].endpoint: 没有写，要写网关的 主机:端口"),
        ('token_env = "ZHANGGUI_SECOND__TOKEN"\n', "", "accounts[1].token_env: 没有写，要写一个环境变量的名字"),
        ('token_env = "ZHANGGUI_SECOND__TOKEN"\n', 'token = "abc"\n', "没有这个键，是不是 'token_env'？"),
        (
            'playbook = "playbook.toml"',
            'playbook = "books.toml"',
            "写的是 'books.toml'，那里没有文件，要写方案文件的路径",
        ),
        ('playbook = "playbook.toml"', 'playbook = ""', "merchants[0].playbook: 写的是 ''，要写一个文件的路径"),
        ('playbook = "playbook.toml"', 'playbook = "."', "这是文件夹，要一个 TOML 文件"),
        (
            'transport = "simulator"',
            'transport = "wechat"',
            "写的是 'wechat'，是不是 'wechaty'？只能写 'simulator'、'wechaty'",
        ),
        ("[log]", "[logs]", "logs: 没有这个键，是不是 'log'？"),
        ("[[accounts]]", "[accounts]", "每一条都写成 [[表]]"),
    ],
)
def test_one_fault(folder: Path, old: str, new: str, expected: str) -> None:
    change(folder, old, new)
    assert any(expected in str(fault) for fault in faults(folder)), faults(folder)


def test_secrets_are_asked_for_by_whoever_runs(folder: Path) -> None:
    config = load(folder)
    address = {"ZHANGGUI_OPS__WEBHOOK": "https://hooks.example/secret"}
    assert config.secrets_faults({"ZHANGGUI_SECOND__TOKEN": "t", **address}) == []
    (missing,) = config.secrets_faults(address)
    line = CONFIG.splitlines().index('token_env = "ZHANGGUI_SECOND__TOKEN"') + 1
    assert str(missing) == (
        f"{folder / 'config.toml'}:{line}: accounts[1].token_env: 写的是 ZHANGGUI_SECOND__TOKEN，环境里没有这个变量，"
        "设好这个变量，里面放网关的令牌"
    )


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "环境里没有这个变量"),
        ("geheim", "它里面不是网址"),
        ("ftp://hooks.example/geheim", "它里面不是网址"),
        ("https:///geheim", "它里面不是网址"),
        ("https://hooks.example:port/geheim", "它里面不是网址"),
        ("https://[hooks/geheim", "它里面不是网址"),
        ("https://hooks.example/geheim https://hooks.example/", "它里面不是网址"),
    ],
)
def test_the_address_of_a_webhook_is_asked_for_and_never_shown(folder: Path, address: str, why: str) -> None:
    (missing,) = load(folder).secrets_faults({"ZHANGGUI_SECOND__TOKEN": "t", "ZHANGGUI_OPS__WEBHOOK": address})
    line = CONFIG.splitlines().index('webhook_env = "ZHANGGUI_OPS__WEBHOOK"') + 1
    assert str(missing) == (
        f"{folder / 'config.toml'}:{line}: alerts[0].webhook_env: 写的是 ZHANGGUI_OPS__WEBHOOK，{why}，"
        "设好这个变量，里面放 webhook 的网址 https://…"
    )


def test_merchants_may_share_a_playbook_and_its_faults_are_told_once(folder: Path) -> None:
    with (folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write('[[merchants]]\nid = "m2"\nname = "分店"\nplaybook = "playbook.toml"\n')
    config = load(folder)
    assert config.playbooks["m1"] is config.playbooks["m2"]
    (folder / "playbook.toml").write_text("x = 1", encoding="utf-8")
    assert len(faults(folder)) == 1


def test_a_file_without_anything(folder: Path) -> None:
    (folder / "config.toml").write_text("")
    assert list(map(str, faults(folder))) == [f"{folder / 'config.toml'}: merchants: 没有写，必须写上"]


def test_levels_beyond_counting(folder: Path) -> None:
    (folder / "playbook.toml").write_text("name = " + "[" * 300 + "]" * 300, encoding="utf-8")
    assert "套得太深，少套几层" in str(faults(folder)[0])
