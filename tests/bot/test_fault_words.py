"""What a person gets wrong in a file is told in Chinese, with its place and without the English of a library."""

from __future__ import annotations

import re
from datetime import date
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.cli.cell_faults import told_cells
from bot.config import load_config
from bot.desk import Refused
from bot.faults import ConfigFaults
from bot.playbook_files import examine_playbook
from bot.story import StoryFault, read_lines
from bot.terminal import harmless
from bot.understanding_files import understand_file
from content_calendar.csv_file import write_csv
from content_calendar.faults import Fault
from content_calendar.workbook import read_calendar
from tests.bot.test_config import CONFIG, PLAYBOOK

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|「[^」]*」|\[[^\]]*\]|\{[^}]*\}")
_ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,;:]+[A-Za-z]{2,}){2}")


def assert_chinese(said: str, place: str, cure: str = "，") -> None:
    """The line begins with the place, and the rest is Chinese but for what is quoted."""
    assert said.startswith(place), said
    rest = said.removeprefix(place)
    assert _CHINESE.search(rest), said
    assert not _ENGLISH.search(_QUOTED.sub("", rest)), said
    assert cure in rest, f"no cure: {said}"


@pytest.mark.parametrize(
    ("change", "line", "key"),
    [
        (("[log]", "[log]\nlevels = 1"), 10, "log.levels"),
        (('level = "INFO"', 'level = "loud"'), 10, "log.level"),
        (("port = 8080", 'port = "8080"'), 7, "console.port"),
        (("port = 8080", "port = 80.5"), 7, "console.port"),
        (("port = 8080", "port = -1"), 7, "console.port"),
        (("port = 8080", "port = 99999"), 7, "console.port"),
        (("port = 8080", "enabled = 1"), 7, "console.enabled"),
        (("port = 8080", "hosts = 'a'"), 7, "console.hosts"),
        (("port = 8080", "hosts = ['']"), 7, "console.hosts[0]"),
        (('host = "127.0.0.1"', "host = 1"), 6, "console.host"),
        (("[database]", "workers = 1\n[database]"), 2, "workers"),
        (("[database]", "[workers]\nlease_seconds = 0\n[database]"), 3, "workers.lease_seconds"),
        (("[database]", "[workers]\nlease_seconds = nan\n[database]"), 3, "workers.lease_seconds"),
        (("[database]", "[workers]\nlease_seconds = 601\n[database]"), 3, "workers.lease_seconds"),
        (("[database]", "[workers]\nlease_seconds = 12\n[database]"), 3, "workers.lease_seconds"),
        (("[database]", "[metrics]\nport = 8080\n[database]"), 3, "metrics.port"),
        (("[database]", "[[holidays]]\nyear = 2027\n[database]"), 2, "holidays[0].off"),
        (("[database]", '[[holidays]]\nyear = 2027\noff = ["x"]\n[database]'), 4, "holidays[0].off"),
        (('"sqlite:///data/书店.db"', '"sqlite"'), 3, "database.url"),
        (('"sqlite:///data/书店.db"', '"postgresql+psycopg://a:b@c@d/e"'), 3, "database.url"),
        (('"sqlite:///data/书店.db"', "2026-11-23"), 3, "database.url"),
        (('id = "m1"\nname', "name"), 12, "merchants[0].id"),
        (('timezone = "Asia/Shanghai"', 'timezone = "China"'), 16, "merchants[0].timezone"),
        (('role = "owner"', 'role = "boss"'), 21, "merchants[0].admins[0].role"),
        (('account = "main"', 'account = "other"'), 19, "merchants[0].admins[0].account"),
        (('playbook = "playbook.toml"', 'playbook = "none.toml"'), 15, "merchants[0].playbook"),
        (('playbook = "playbook.toml"', 'playbook = ""'), 15, "merchants[0].playbook"),
        (('transport = "wechaty"', "transport = true"), 32, "accounts[1].transport"),
        (('endpoint = "127.0.0.1:8788"', 'endpoint = "gateway"'), 33, "accounts[1].endpoint"),
        (('endpoint = "127.0.0.1:8788"', 'endpoint = "gateway:0"'), 33, "accounts[1].endpoint"),
        (('endpoint = "127.0.0.1:8788"', ""), 29, "accounts[1].endpoint"),
        (('token_env = "ZHANGGUI_SECOND__TOKEN"', ""), 29, "accounts[1].token_env"),
        (('token_env = "ZHANGGUI_SECOND__TOKEN"', 'token_env = "a b"'), 34, "accounts[1].token_env"),
        (("tls = true", "tls = false"), 35, "accounts[1].tls"),
        (('ca_file = "gateway-ca.pem"', 'ca_file = "none.pem"'), 36, "accounts[1].ca_file"),
        (('id = "second"', 'id = "main"'), 30, "accounts[1].id"),
        (('id = "ops"', 'id = "main"'), 39, "alerts[0].id"),
        (('webhook_env = "ZHANGGUI_OPS__WEBHOOK"', 'webhook_env = "https://x/secret"'), 41, "alerts[0].webhook_env"),
        (('form = "wecom"', 'form = "ding"'), 42, "alerts[0].form"),
    ],
)
def test_config(tmp_path: Path, change: tuple[str, str], line: int, key: str) -> None:
    (tmp_path / "playbook.toml").write_text(PLAYBOOK, "utf-8")
    (tmp_path / "gateway-ca.pem").write_text("", "utf-8")
    file = tmp_path / "config.toml"
    assert change[0] in CONFIG
    file.write_text(CONFIG.replace(*change, 1), "utf-8")
    with pytest.raises(ConfigFaults) as refusal:
        load_config(file, {})
    assert "secret" not in str(refusal.value)
    (said,) = str(refusal.value).split("\n")
    assert_chinese(said, f"{file}:{line}: {key}: ")


PLAYBOOKS = """
xyz = 1 | xyz
name = 3 | name
approval = "ja" | approval
rest_days = "sat" | rest_days
rest_days = ["someday"] | rest_days[0]
retention_days = -1 | retention_days
retention_days = inf | retention_days
caps = 3 | caps
caps = { person_per_day = "x" } | caps.person_per_day
caps = { advert_share = 1.5 } | caps.advert_share
quiet_hours = [{ from = "25:00", to = "08:00" }] | quiet_hours[0].from
quiet_hours = [{ from = "x", to = "08:00" }] | quiet_hours[0].from
quiet_hours = [{ from = "08:00", to = "08:00" }] | quiet_hours[0].to
quiet_hours = [{ to = "08:00" }] | quiet_hours[0].from
tiers = { name = "a" } | tiers
tiers = [{ name = "a", join = { b = [] } }] | tiers[0].join.b
tiers = [{ name = "a", join = { b = 1 } }] | tiers[0].join.b
tiers = [{ name = "a", parent = "a" }] | tiers[0].parent
tiers = [{ name = "a" }, { name = "a" }] | tiers[1].name
tiers = [{ name = "a", welcome = "{nmae}" }] | tiers[0].welcome
promises = [{ tier = "a", content_kind = "x", per = "day", at_least = 1 }] | promises[0].tier
promises = [{ tier = "a", content_kind = "x", per = "year", at_least = 1 }] | promises[0].per
keywords = [{ words = [], answer = "a" }] | keywords[0].words
reception = { greetings = ["{tag}"] } | reception.greetings[0]
reception = { greetings = [" "] } | reception.greetings[0]
reception = { greetings = ["{xyz}"] } | reception.greetings[0]
survey = { nudges_hours = [3, 2] } | survey.nudges_hours[1]
survey = { questions = [{ key = "a b", type = "name", texts = ["?"] }] } | survey.questions[0].key
survey = { questions = [{ key = "tags", type = "name", texts = ["?"] }] } | survey.questions[0].key
survey = { questions = [{ key = "a", type = "choice", texts = ["?"] }] } | survey.questions[0].options
survey = { questions = [{ key = "a", type = "nmae", texts = ["?"] }] } | survey.questions[0].type
survey.questions = [{ key = "a", type = "name", texts = ["?"], when = { a = "x" } }] | survey.questions[0].when
survey = { questions = [{ key = "a", type = "name", texts = [] }] } | survey.questions[0].texts
"""


@pytest.mark.parametrize("case", PLAYBOOKS.strip().split("\n"))
def test_playbook(tmp_path: Path, case: str) -> None:
    text, _, key = case.rpartition(" | ")
    said = _of_a_playbook(tmp_path, text)
    assert_chinese(said, f"{tmp_path / 'x.toml'}:1: {key}: ")


ONE_LINE = ('a = "x\n"', "a = {b = 1,\nc = 2}")  # what is wrong begins above


@pytest.mark.parametrize(
    "text",
    [
        *ONE_LINE, "", "a = ", "a = x", 'a = "x', "a = 'x", "a x", "[a", "[[a]", "a = [1", "a = {b = 1", "a = 1 b",
        "a = 1\na = 2", "[a]\n[a]", "a = {b = 1}\n[a.c]", "a = {b = 1, b = 2}", "酒 = 1", 'a = "\\q"', 'a = "\\ud800"',
        "a = 2027-02-30", 'a = "\x01"', "a = '\x01'", "# \x01", "= 1", "a. = 1", "a = [1 2]",
        "a.b = 1\na = 2", "a = 1\n[a]", "[[a]]\n[a]", "a = [1]\n[[a]]",
    ],
)  # fmt: skip
def test_toml(tmp_path: Path, text: str) -> None:
    said = _of_a_playbook(tmp_path, text)
    first = 1 if text in ONE_LINE else text.count("\n") + 1
    assert_chinese(said, f"{tmp_path / 'x.toml'}:{first}: ")


AT = '"at": "2026-11-23T09:00:00+08:00"'
LOGIN = f'{{"type": "login", {AT}, "account": "main"}}'
STORIES = f"""
[shop] |
{{"type" "login"}} |
{{"type": "login",}} |
{{"type": 'login'}} |
{{"type": "login}} |
{{type: "login"}} |
{LOGIN} {LOGIN} |
{{"type": "lo\\gin"}} |
{{"type": "lo	gin"}} |
{{"type": NaN}} |
3 |
{{"at": 1}} | type
{{"type": "logn", {AT}}} | type
{{"type": 3, {AT}}} | type
{{"type": "login", "account": "a"}} | at
{{"type": "login", "account": "a", "at": "2026-11-23"}} | at
{{"type": "login", "account": "a", "at": "2026-11-23T09:00:00"}} | at
{{"type": "login", "account": "a", "at": "1999-11-23T09:00:00Z"}} | at
{{"type": "login", {AT}}} | account
{{"type": "login", {AT}, "acount": "a"}} | acount
{{"type": "login", {AT}, "account": ""}} | account
{{"type": "login", {AT}, "account": 3}} | account
{{"type": "members", {AT}, "account": "a", "group": "g", "members": 3}} | members
{{"type": "members", {AT}, "account": "a", "group": "g", "members": [3]}} | members[0]
{{"type": "members", {AT}, "account": "a", "group": "g", "members": [{{"contact": 3}}]}} | members[0].contact
{{"type": "members", {AT}, "account": "a", "group": "g", "members": [{{"nam": 3}}]}} | members[0].nam
{{"type": "renumbered", {AT}, "account": "a", "ids": {{"a": 3}}}} | ids
{{"type": "renumbered", {AT}, "account": "a", "ids": []}} | ids
{{"type": "platform", {AT}, "account": "a", "answer": "no"}} | answer
{{"type": "platform", {AT}, "account": "a", "answer": "ok", "times": 0}} | times
{{"type": "platform", {AT}, "account": "a", "answer": "ok", "times": 1.5}} | times
{{"type": "restart", {AT}, "down": "x"}} | down
{{"type": "restart", {AT}, "down": "-1m"}} | down
{{"type": "restart", {AT}, "down": 3}} | down
{{"type": "restart", {AT}, "down": "99999d"}} | down
{{"type": "kill", {AT}, "after": "x"}} |
{{"world": {{"auto": "yes"}}}} | world.auto
{{"world": {{"accounts": [{{"id": "a"}}, {{"id": "a"}}]}}}} | world
{{"world": {{"accounts": [{{"id": "a", "channel": "x"}}]}}}} | world.accounts[0].channel
{{"world": {{"groups": [{{"topic": "a"}}]}}}} | world.groups[0].id
"""


@pytest.mark.parametrize("case", STORIES.strip().split("\n"))
def test_story(case: str) -> None:
    text, _, key = case.rpartition("|")
    with pytest.raises(StoryFault) as refusal:
        list(read_lines([b"\n", text.strip().encode()], "x.jsonl"))
    assert_chinese(str(refusal.value), f"x.jsonl:2: {key.strip()}: " if key.strip() else "x.jsonl:2: ")


@pytest.mark.parametrize(
    "line", ["{}", "[1]", "{", '{"question": 1}', '{"question": {}, "reply": ""}', "\xff", "1" * 5_000]
)
def test_replies_to_be_understood(tmp_path: Path, line: str) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(f"\n{line}\n", "latin-1")
    with pytest.raises(Refused) as refusal:
        understand_file(file, "reply", StringIO(), as_json=True)
    assert_chinese(str(refusal.value), f"{file} 第 2 行：", cure="")


CELLS = """
形式 | foo
日期 | 2027-02-30
日期 | 明天
日期 | 2026-12-01周三
时间 | 25:00
时间 | soon
重复 | every foo
重复 | weekly 1
重复 | monthly 6th mon
重复 | RRULE:FREQ=HOURLY
重复 | RRULE:FREQ=DAILY;UNTIL=x
重复 | RRULE:FREQ=DAILY;FOO=1
重复 | RRULE:nothing at all
层级 | 云上
群 | room
标签 | 阶段:foo
正文 | {name
正文 | ab
素材 | ../etc/passwd
推广 | maybe
优先级 | 12
过期 | soon
补发 | within two
可选 | perhaps
分批 | 1/2
除外 | foo
可挪 | x
nonsense | x
"""


@pytest.mark.parametrize("case", CELLS.strip().split("\n"))
def test_a_cell_of_a_calendar(case: str) -> None:
    column, cell = case.split(" | ")
    row = {"编号": "a", "日期": "2026-12-01", "时间": "09:00", "正文": "早", "层级": "一堂"} | {column: cell}
    faults = [
        one for one in _of_a_calendar(write_csv([list(row), list(row.values())]), "x.csv") if one.column == column
    ]
    assert faults
    for fault in faults:
        place = f"x 第 {1 if column == 'nonsense' else 2} 行「{column}」："
        assert_chinese(told_cells([fault]).rstrip("\n"), f"{place}写的是「{harmless(fault.found)}」，要求：", cure="")


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("x.csv", '编号,标题\n"a', "x.csv 第 2 行："),
        ("x.csv", '编号,标题\n"a"b', "x.csv 第 2 行："),
        ("x.csv", "", "x："),
        ("x.xlsx", "PK", "x.xlsx："),
        ("x.doc", "", "x.doc："),
        ("x.toml", "[[entries]]\nkey = ", "x.toml：文件第 2 行"),
        ("x.toml", "[[entries]]\r\nkey = \r\n", "x.toml：文件第 2 行"),
        ("x.toml", "a = " + "[" * 5_000, "x.toml："),
        ("x.toml", "a = " + "9" * 5_000, "x.toml："),
        ("x.toml", "[[entries]]\nkey = 0x" + "f" * 5_000, "x.toml："),
        ("x.toml", "a = '\xff'", "x.toml：文件第 1 行"),
        ("x.toml", "entries = 3", "x.toml："),
    ],
)
def test_a_calendar_that_cannot_be_read_at_all(name: str, content: str, place: str) -> None:
    faults = _of_a_calendar(content.encode("latin-1" if "\xff" in content else "utf-8"), name)
    assert_chinese(told_cells(faults).rstrip("\n"), place, cure="")


def test_a_number_without_end_is_told(tmp_path: Path) -> None:
    said = _of_a_playbook(tmp_path, f"retention_days = 0x{'f' * 5_000}")
    assert said == f"{tmp_path / 'x.toml'}: 有一个数太长，数字写短些"


def _of_a_calendar(data: bytes, name: str) -> list[Fault]:
    return list(read_calendar(data, name, date(2026, 11, 23), ZoneInfo("Asia/Shanghai"), ["一堂"], ["r1"]).faults)


def _of_a_playbook(folder: Path, text: str) -> str:
    (folder / "x.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigFaults) as refusal:
        examine_playbook(folder / "x.toml")
    (said,) = str(refusal.value).split("\n")
    return said
