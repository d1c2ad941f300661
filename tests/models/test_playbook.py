"""The playbook: every key in its shape, the stated defaults, and the rules of its nouns."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from models.conditions import Facts
from models.playbook import Playbook, playbook_schema
from models.playbook_faults import misfits
from models.playbook_values import plain

SHANGHAI = ZoneInfo("Asia/Shanghai")

EVERY_KEY = """
name = "拾光书店"
human_hold_minutes = 20
retention_days = 180
approval = true
members_check_minutes = 30
send_timeout_seconds = 15
pause_after_failures = 3
rest_days = ["mon", "holidays"]

[persona]
name = "小拾"
tone = "安静，爱聊书"

[reception]
accept = [{ hello = "借书", accept = true }, { source = "书市", accept = true }, { accept = false }]
channels = [{ hello = "S12", source = "书市" }]
greetings = ["你好，我是{persona}，{shop}的机器人助手。", "欢迎你，{name}，来自{source|远方}的朋友。"]
first_reply_seconds = 8
remark = "书友-{call|新朋友}"

[survey]
acknowledgements = ["好嘞，"]
thanks = ["谢谢{call}。"]
nudges_hours = [12, 48.5]
settle_seconds = 3
old_friends = { per_day = 20, at = "10:00", hello = ["老朋友好，"] }
tags = [{ when = { spend = { min = 100, max = 200 } }, add = ["中档"] }, { when = { genre = "poem" }, add = ["诗"] }]

[[survey.questions]]
key = "call"
type = "name"
required = true
texts = ["怎么称呼？"]
tags = ["有称呼"]

[[survey.questions]]
key = "genre"
type = "multi"
required = true
texts = ["{call}，爱读哪类？1 诗 2 史"]
options = [{ value = "poem", label = "诗", synonyms = ["诗集"] }, { value = "history" }]
examples = ["1"]
retry = ["回数字就行。"]

[[survey.questions]]
key = "spend"
type = "number"
texts = ["一年买多少钱的书？"]
when = { genre = ["poem", "history"], tags = ["有称呼"], without = ["已退款"] }

[[survey.completion]]
when = { tags = ["有称呼"], without = ["已退款"], sources = ["书市"], tiers = ["书院"], genre = "poem" }
tags = ["已建档"]
tier = "读书会"
group = "room-1@chatroom"
coupon = "书签一枚"
owner = "wx-boss"

[reactions]
danger = ["我很担心你，打 12356 吧。"]
loss = ["节哀。"]
hardship = ["抱抱你。"]
worry = ["早日康复，{name}。"]
joy = ["恭喜！"]
thanks = []
call = ["在呢。"]
why = ["好给你推荐。"]
hello = ["你好呀"]
who = ["我是{persona|掌柜}"]
privacy = ["只记在{shop}"]
later = ["好，{when}再聊。"]
voice = ["语音听不了。"]
media = ["打字说说？"]

[[tiers]]
name = "书院"

[[tiers]]
name = "读书会"
parent = "书院"
capacity = 200
owner_role = "branch"
inherits = true
join = { tags = ["诗"], without = ["已退款"], sources = ["书市"], tiers = ["书院"], spend = { min = 100 } }
reserve_hours = 24
cool_down_days = 7
warn_share = 0.8
welcome = "欢迎{name}。"

[[tiers]]
name = "书桌"
parent = "读书会"
capacity = 30
owner_role = "hall"
inherits = true

[[promises]]
tier = "读书会"
content_kind = "article"
at_least = 1
per = "day"
themes = ["新书", "旧书"]

[[promises]]
tier = "读书会"
content_kind = "story"
exactly = 1
per = "week"
album = true

[[promises]]
tier = "书桌"
content_kind = "gathering"
at_least = 1
per = { days = 10 }

[[stages]]
stage = "mature"
when = { tags = ["诗"], without = ["已退款"], sources = ["书市"], tiers = ["书院"] }
known_days = { min = 30, max = 3000 }
silent_days = { min = 0, max = 14 }

[[quiet_hours]]
from = "22:00"
to = "08:00"

[[quiet_hours]]
from = "12:30"
to = "13:30"
days = ["mon", "tue"]

[caps]
fewer_per_week = 2
person_per_day = 6
person_per_week = 20
promotions_per_day = 1
promotions_per_week = 3
group_per_day = 8
group_post_weight = 0.2
advert_share = 0.3

[rollout]
leaves = 0.02
complaints = 0

[pace]
per_minute = 6
per_hour = 120
per_day = 900
new_friends_per_day = 80
jitter = 0.3
typing_chars_per_second = 8
warm_up = [{ day = 1, share = 0.2 }, { day = 21, share = 1.0 }]
share_after_too_frequent = 0.4

[words]
user_dictionary = ["线装"]
sensitive = ["盗版"]
opt_out = ["别吵"]
human = ["找店主"]
business = ["怎么买"]

[handoff]
after_minutes = 15
deputy_minutes = 10
working_hours = [{ from = "09:00", to = "24:00" }]

[digest]
at = "08:30"

[commands]
undo_seconds = 10
code_seconds = 60

[consent]
required = true
text = "我会记下你说的。"

[[keywords]]
words = ["地址"]
answer = "北街 3 号。"
"""


def playbook(toml: str = "") -> Playbook:
    return Playbook.from_json(json.dumps(tomllib.loads(toml), default=plain))


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SHANGHAI)  # type: ignore[misc,arg-type]


def keys_of(schema: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    """Every key of the schema with the schema of the table or list of tables below it."""
    keys = {}
    for key, value in table.get("properties", {}).items():
        inner = [value, *value.get("anyOf", []), value.get("items", {})]
        references = [one["$ref"].rpartition("/")[2] for one in inner if "$ref" in one]
        keys[key] = keys_of(schema, schema["$defs"][references[0]]) if references else {}
    return keys


def unused(keys: dict[str, Any], tables: list[Any], path: str = "") -> list[str]:
    missing = []
    for key, below in keys.items():
        found = [table[key] for table in tables if isinstance(table, dict) and key in table]
        if not found:
            missing.append(path + key)
        elif below:
            rows = [row for one in found for row in (one if isinstance(one, list) else [one])]
            missing += unused(below, rows, f"{path}{key}.")
    return missing


def test_every_key_loads_in_its_shape() -> None:
    book = playbook(EVERY_KEY)
    assert misfits(book) == []
    schema = playbook_schema()
    # a question's condition has no tiers or sources here, a window's table form of `per` is there
    wanted = {"survey.questions.when.sources", "survey.questions.when.tiers"}
    wanted |= {f"survey.tags.when.{key}" for key in ("tags", "without", "sources", "tiers")}
    assert set(unused(keys_of(schema, schema), [tomllib.loads(EVERY_KEY)])) <= wanted | {"handoff.working_hours.days"}


def test_an_empty_playbook_is_off_but_for_the_stated_defaults() -> None:
    book = playbook()
    assert book.approval is False
    assert (book.commands.undo_seconds, book.commands.code_seconds) == (20, 120)
    assert (book.members_check_minutes, book.send_timeout_seconds, book.pause_after_failures) == (60, 20, 5)
    assert book.consent.required is False
    assert (book.caps.person_per_day, book.pace.per_minute, book.handoff.after_minutes) == (None, None, None)
    assert book.tier_for(Facts()) is None
    assert book.quiet_until(at(2026, 11, 23, 3)) is None
    assert book.to_json() == "{}"


def test_json_round_trip_and_fingerprint() -> None:
    book = playbook(EVERY_KEY)
    again = Playbook.from_json(book.to_json())
    assert again == book
    assert again.fingerprint == book.fingerprint
    assert len(book.fingerprint) == 64
    assert playbook("approval = false").fingerprint == playbook().fingerprint
    assert playbook("approval = true").fingerprint != playbook().fingerprint


def test_reception_rules_in_order() -> None:
    reception = playbook(EVERY_KEY).reception
    assert reception.accepts("想借书", "") is True
    assert reception.accepts("", "书市") is True
    assert reception.accepts("你好", "") is False
    assert playbook('[reception]\naccept = [{ hello = "书", accept = true }]').reception.accepts("", "") is None


def test_tiers() -> None:
    book = playbook(EVERY_KEY)
    assert [tier.name for tier in book.ancestors("书桌")] == ["读书会", "书院"]
    assert [tier.name for tier in book.children("书院")] == ["读书会"]
    names = ["书桌/gathering/10d", "读书会/article/day", "读书会/story/week"]
    assert [promise.name for promise in book.promises_of("书桌")] == names
    assert book.promises_of("书院") == ()
    assert (book.tier("没有"), book.question("没有"), book.ancestors("没有")) == (None, None, ())


def test_whoever_meets_no_join_belongs_in_the_lowest_tier_without_one() -> None:
    book = playbook(EVERY_KEY)
    rich = Facts(tags=frozenset({"诗"}), answers={"spend": 150}, source="书市", tiers=frozenset({"书院"}))
    lowest, joined = book.tier_for(Facts()), book.tier_for(rich)
    assert lowest is not None
    assert joined is not None
    assert (lowest.name, joined.name) == ("书桌", "读书会")


def test_promises_stop_at_the_first_tier_that_does_not_inherit() -> None:
    book = playbook(
        """
        tiers = [{ name = "a" }, { name = "b", parent = "a" }, { name = "c", parent = "b", inherits = true }]
        promises = [
          { tier = "a", content_kind = "x", at_least = 1, per = "day" },
          { tier = "b", content_kind = "y", at_least = 1, per = "day" },
        ]
        """
    )
    assert [promise.tier for promise in book.promises_of("c")] == ["b"]


@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2026-11-23 07:59", "2026-11-23 08:00"),  # a Monday
        ("2026-11-23 08:00", None),
        ("2026-11-23 22:00", "2026-11-24 08:00"),
        ("2026-11-23 13:00", "2026-11-23 13:30"),
        ("2026-11-25 13:00", None),  # not on Wednesdays
    ],
)
def test_quiet_hours(local: str, until: str | None) -> None:
    found = playbook(EVERY_KEY).quiet_until(datetime.fromisoformat(local).replace(tzinfo=SHANGHAI))
    assert found == (datetime.fromisoformat(until).replace(tzinfo=SHANGHAI) if until else None)


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    book = playbook(
        'quiet_hours = [{ from = "22:00", to = "06:00", days = ["sat"] }, { from = "06:00", to = "07:30" }]'
    )
    assert book.quiet_until(at(2026, 11, 29, 1)) == at(2026, 11, 29, 7, 30)  # Sunday; the two touch
    assert book.quiet_until(at(2026, 11, 28, 1)) is None  # Saturday


def test_a_whole_day() -> None:
    window = playbook('quiet_hours = [{ from = "00:00", to = "24:00", days = ["sun"] }]').quiet_hours[0]
    assert window.end_of(at(2026, 11, 29, 23, 59)) == at(2026, 11, 30)
    assert window.end_of(at(2026, 11, 30)) is None


def test_times_of_toml_are_times() -> None:
    assert playbook("quiet_hours = [{ from = 22:00:00, to = 08:00:00 }]") == playbook(
        'quiet_hours = [{ from = "22:00", to = "8:00" }]'
    )


@pytest.mark.parametrize(
    "toml",
    [
        "approval = 1",
        'approval = "yes"',
        "pause_after_failures = 0",
        "pause_after_failures = true",
        "pause_after_failures = 2.5",
        "retention_days = nan",
        "retention_days = inf",
        "retention_days = 1e300",
        "caps = { advert_share = 1.1 }",
        "caps = { person_per_day = -1 }",
        "pace = { typing_chars_per_second = 0 }",
        'quiet_hours = [{ from = "24:00", to = "08:00" }]',
        'quiet_hours = [{ from = "7点", to = "08:00" }]',
        'quiet_hours = [{ from = "22:00" }]',
        'quiet_hours = [{ start = "22:00", end = "08:00" }]',
        "rest_days = ['1']",
        "promises = [{ tier = 'a', content_kind = 'x', at_least = 1, per = { days = 0 } }]",
        "promises = [{ tier = 'a', content_kind = 'x', at_least = 0, per = 'day' }]",
        "reception = { greetings = ['  '] }",
        'reception = { greetings = ["a\\u0000"] }',
        "reception = { greetings = '你好' }",
        "survey = { questions = [{ key = 'a b', type = 'name', texts = ['?'] }] }",
        "survey = { questions = [{ key = 'a', type = 'name' }] }",
        "tiers = [{ name = 'a', owner_role = 'king' }]",
        "unknown = 1",
    ],
)
def test_refused(toml: str) -> None:
    with pytest.raises(ValidationError):
        playbook(toml)
