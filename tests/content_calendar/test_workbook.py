"""Calendar files: every kind reads back what it wrote, and every fault is found at its place, all at once."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.columns import leads_outside
from content_calendar.entry import Entry
from content_calendar.faults import FileError
from content_calendar.formulas import cure_of
from content_calendar.template import EXAMPLES
from content_calendar.workbook import Read, letters, read_calendar, template, write_calendar

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = dt.date(2026, 11, 22)
TIERS = ("分院", "茶桌")
GROUPS = ("tea-1@chatroom", "table-1@chatroom")
ENDINGS = ("calendar.csv", "calendar.xlsx", "calendar.toml")


def read(data: bytes | str, filename: str = "calendar.csv") -> Read:
    content = data.encode() if isinstance(data, str) else data
    return read_calendar(content, filename, TODAY, ZONE, TIERS, GROUPS)


def places(found: Read) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.found) for fault in found.faults]


ENTRIES = (
    Entry(
        key="a-1",
        title="炭焙",
        content_kind="article",
        theme="茶艺",
        date=dt.date(2026, 11, 24),
        time=dt.time(9),
        tiers=("分院",),
        text="今天说说炭焙的火候。",
        not_after=dt.datetime.combine(dt.date(2026, 11, 24), dt.time(20)),
        catch_up="within 2h",
    ),
    Entry(
        key="m-1",
        date=dt.date(2026, 11, 24),
        time=dt.time(8, 30, 15),
        rule="daily",
        tiers=("分院", "茶桌"),
        groups=("tea-1@chatroom",),
        text='早，{group|各位}，"好茶"；\n第二行',
        optional=True,
    ),
    Entry(
        key="p-1",
        kind="album",
        content_kind="benefit",
        date=dt.date(2026, 11, 25),
        time=dt.time(10),
        rule="RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE",
        tags=("高价位", "=老客"),
        text="=1+1",
        media=("a.jpg", "https://example.com/b.jpg"),
        promotional=True,
        priority=3,
        catch_up="ask",
    ),
)

GOLDEN = """\
key,title,kind,content_kind,theme,date,time,rule,tiers,groups,tags,text,media,promotional,priority,not_after,catch_up,optional
a-1,炭焙,text,article,茶艺,2026-11-24,09:00,,分院,,,今天说说炭焙的火候。,,no,5,2026-11-24 20:00,within 2h,no
"""


def test_the_columns_of_the_contract() -> None:
    assert read(GOLDEN) == Read(ENTRIES[:1], ())


def test_chinese_headers_and_words() -> None:
    found = read(
        "编号,标题,形式,内容类型,主题,日期,时间,重复,层级,群,标签,正文,素材,推广,优先级,过期,补发,可选\n"
        "a-1,炭焙,文字,article,茶艺,2026年11月24日 上午9点,,,分院,,,今天说说炭焙的火候。,,否,,11/24 20:00,2小时内补,\n"
    )
    assert found == Read(ENTRIES[:1], ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end_of_line", ["\n", "\r\n", "\r"])
def test_csv_as_programs_write_it(encoding: str, delimiter: str, end_of_line: str) -> None:
    text = GOLDEN.replace(",", delimiter).replace("\n", end_of_line)
    assert read(text.encode(encoding)) == Read(ENTRIES[:1], ())


def test_a_short_gbk_file() -> None:
    assert read("编号,时间,日期,正文\na,9:00,11/25,早\n".encode("gbk")).entries[0].text == "早"


@pytest.mark.parametrize("filename", ENDINGS)
def test_what_was_written_reads_back_the_same(filename: str) -> None:
    data = write_calendar(reversed(ENTRIES), filename, ZONE)
    assert data == write_calendar(ENTRIES, filename, ZONE)
    found = read(data, filename)
    assert found == Read(ENTRIES, ())
    assert write_calendar(found.entries, filename, ZONE) == data


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp", "Zs"), exclude_characters="{}｛｝;；\ufffd"),
    max_size=12,
).filter(lambda word: not cure_of(word))
lines = st.lists(words, max_size=3).map(lambda parts: " ".join(part for part in parts if part))
texts = st.lists(lines, min_size=1, max_size=3).map(lambda parts: "\n".join(parts).strip())
several = st.lists(words.filter(bool), max_size=3, unique=True).map(tuple)
seconds = st.times().map(lambda time: time.replace(microsecond=0))
days = st.dates(dt.date(2000, 3, 1), dt.date(2099, 12, 31))
RULES = ["", "daily", "weekly mon,thu", "monthly 2nd sat", "lunar 12-30", "term 冬至", "birthday", "joined+3d"]
entries = st.builds(
    Entry,
    key=lines.filter(bool),
    title=lines,
    kind=st.sampled_from(["text", "album", "mini_program"]),
    content_kind=lines,
    theme=lines,
    date=days,
    time=seconds,
    rule=st.sampled_from(RULES),
    tiers=st.lists(st.sampled_from(TIERS), unique=True).map(tuple),
    groups=st.lists(st.sampled_from(GROUPS), unique=True).map(tuple),
    tags=several,
    text=texts.filter(bool),
    media=several.filter(lambda names: not any(map(leads_outside, names))),
    promotional=st.booleans(),
    priority=st.integers(1, 9),
    not_after=st.none() | st.builds(dt.datetime.combine, days, seconds),
    catch_up=st.sampled_from(["skip", "ask", "within 90m", "within 2h"]),
    optional=st.booleans(),
    but=st.lists(days, max_size=3, unique=True).map(lambda some: tuple(sorted(some))),
    window=st.sampled_from(["", "30m", "2h", "1d"]),
)


@given(st.lists(entries, min_size=1, max_size=4, unique_by=lambda entry: entry.key), st.sampled_from(ENDINGS))
def test_any_calendar_survives_export_and_import(calendar: list[Entry], filename: str) -> None:
    found = read(write_calendar(calendar, filename, ZONE), filename)
    assert found == Read(tuple(sorted(calendar, key=lambda entry: entry.key)), ())


BAD = """\
编号,标题,日期,时间,重复,层级,群,正文,推广,优先级,过期,补发,形式,kinds
ok,x,2026-12-01,9:00,,分院,,早,,,,,,
date,x,2026-13-01,9:00,,,,早,,,,,,
rule,x,2026-12-01,9:00,weekly 1,,,早,,,,,,
tier,x,2026-12-01,9:00,,分元;茶桌；总院,,早,,,,,,
room,x,2026-12-01,9:00,,,tea-9@chatroom,早,,,,,,
text,x,2026-12-01,9:00,,,,早，{name,,,,,,
words,x,2026-12-01,9:00,,,,早,maybe,11,2026-12-01,soon,poem,
,x,2026-12-01,9:00,,,,早,,,,,,

ok,x,2026-12-01,9:00,,,,早,,,,,,
when,x,,9:00,,,,早,,,,,,
time,x,2026-12-01,,,,,早,,,,,,
two,x,2026-12-01 10点,9:00,,,,早,,,,,,
empty,x,2026-12-01,9:00,,,,,,,,,,
shift,x,2026-12-01,9:00,,,,早,,,,,,,,晚
first,x,,9:00,RRULE:FREQ=DAILY;INTERVAL=2,,,早,,,,,,
never,x,2026-12-01,9:00,RRULE:FREQ=DAILY;UNTIL=20261130,,,早,,,,,,
"""
BAD_PLACES = [
    (1, "kinds", "kinds"),
    (3, "日期", "2026-13-01"),
    (4, "重复", "weekly 1"),
    (5, "层级", "分元"),
    (5, "层级", "总院"),
    (6, "群", "tea-9@chatroom"),
    (7, "正文", "{name"),
    (8, "形式", "poem"),
    (8, "推广", "maybe"),
    (8, "优先级", "11"),
    (8, "过期", "2026-12-01"),
    (8, "补发", "soon"),
    (9, "编号", ""),
    (11, "编号", "ok"),
    (12, "日期", ""),
    (13, "时间", ""),
    (14, "时间", "9:00"),
    (15, "正文", ""),
    (16, "", "晚"),
    (17, "日期", ""),
    (18, "重复", "RRULE:FREQ=DAILY;UNTIL=20261130"),
]


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../config.toml", "海报/../../x.png", "C:\\x.png", "..\\x.png", "file:///etc/passwd"]
)
def test_media_outside_the_media_folder_is_a_fault(name: str) -> None:
    found = read(f"编号,日期,时间,素材,形式\na,2026-12-01,9:00,海报/周五.png;{name},album\n".encode())
    assert [(fault.row, fault.column, fault.found) for fault in found.faults] == [(2, "素材", name)]
    assert "media 文件夹" in found.faults[0].expected


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_all_faults_at_once_each_at_its_place(encoding: str) -> None:
    found = read(BAD.encode(encoding))
    assert places(found) == BAD_PLACES
    assert [entry.key for entry in found.entries] == ["ok"]
    assert all(fault.expected and fault.sheet == "calendar" for fault in found.faults)


def test_a_fault_names_what_was_probably_meant() -> None:
    expected = {fault.found: fault.expected for fault in read(BAD).faults}
    assert expected["分元"] == "已有的层级：分院、茶桌，是不是 分院？"
    assert expected["kinds"].endswith("，是不是 kind？")
    assert expected["ok"] == "每条一个编号；ok 已在 calendar 第 2 行"


@pytest.mark.parametrize(
    ("header", "wrong"),
    [("key,dat,time,tiers,text", "dat"), ("编号,日其,时间,层级,正文", "日其"), ("kye,date,time,tiers,text", "kye")],
)
def test_a_misspelt_header_is_one_fault_and_not_one_of_each_row(header: str, wrong: str) -> None:
    found = read(f"{header}\na,2026-12-01,9:00,分院,早\nb,2026-12-02,9:00,分院,早\n")
    assert places(found) == [(1, wrong, wrong)]
    assert not found.entries


@pytest.mark.parametrize(
    ("data", "filename", "fault"),
    [
        (b"", "a.csv", (1, "", "")),
        (b"\n\n", "a.csv", (1, "", "")),
        (b"key,date\n", "a.csv", (1, "", "")),
        (b"foo,bar\n1,2\n", "a.csv", (1, "foo", "foo")),
        (b"date,text\n2026-11-25,hi\n", "a.csv", (1, "key", "")),
        ("key,编号\na,b\n".encode(), "a.csv", (1, "编号", "编号")),
        (b"\x81\x00\xff", "a.csv", (1, "key", "")),
        (b'key\na\n"b\nc\n', "a.csv", (3, "", "a.csv")),
        (b'key\n"' + b"x" * 200_000, "a.csv", (2, "", "a.csv")),
        (b"not a zip", "a.xlsx", (1, "", "a.xlsx")),
        (b"PK\x03\x04 not a zip", "a.xlsx", (1, "", "a.xlsx")),
        (b"[[entries]\n", "a.toml", (1, "", "a.toml")),
        (b"\xff\xfe", "a.toml", (1, "", "a.toml")),
        (b"entries = 1\n", "a.toml", (1, "", "a.toml")),
        (b"[[entry]]\nkey = 'a'\n", "a.toml", (1, "entry", "entry")),
        (b"{}", "a.json", (1, "", ".json")),
        (b"{}", "calendar", (1, "", "")),
    ],
)
def test_files_that_are_no_calendar(data: bytes, filename: str, fault: tuple[int, str, str]) -> None:
    found = read(data, filename)
    assert found.entries == ()
    assert fault in places(found)


def test_a_key_of_toml_that_is_misspelt_or_no_value_is_one_fault() -> None:
    right = "key = 'a'\ntext = 'x'\ntags = ['b']\ntime = 09:00:00\n"
    for line, column in (("dat = 2026-11-25", "dat"), ("date = { day = 1 }", "date")):
        found = read(f"[[entries]]\n{right}{line}\n".encode(), "a.toml")
        assert [fault.column for fault in found.faults] == [column]
        assert found.entries == ()


def test_toml_faults_count_the_entries() -> None:
    found = read(
        '[[entries]]\nkey = "a"\ndate = 2026-12-01T09:00:00\ntext = "早"\n'
        '[[entries]]\nkey = "a"\ndate = "11/25"\ntime = 09:00:00\ntext = "早"\noptional = true\n'
        'tag = "x"\ntiers = [1]\n',
        "a.toml",
    )
    assert places(found) == [(2, "tag", "tag"), (2, "tiers", "[1]"), (2, "key", "a")]


def test_a_bare_day_may_be_written_as_midnight() -> None:
    (entry,) = read("key,date,time,text\na,2026-11-25 00:00:00,9:00,早\n").entries
    assert (entry.date, entry.time) == (dt.date(2026, 11, 25), dt.time(9))


def test_control_characters_are_refused() -> None:
    assert places(read("key,date,time,text\na,11/25,9:00,早\x07\n")) == [(2, "text", "早\x07")]


def test_a_title_cannot_turn_the_line_that_it_stands_in() -> None:
    (entry,) = read("key,title,date,time,text\na,早\u202e文\u2066,11/25,9:00,早\n").entries
    assert entry.title == "早文"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_bytes_that_cannot_be_read_are_faults_where_they_stand(encoding: str) -> None:
    good = "key,日期,时间,正文\na,11/25,9:00,早安，各位，今天喝什么茶\nb,11/25,9:00,".encode(encoding)
    found = read(good + b"\xff\xff\nc,11/25,9:00,x\n")
    assert [entry.key for entry in found.entries] == ["a", "c"]
    assert [(row, column) for row, column, _ in places(found)] == [(3, "正文")]


@pytest.mark.parametrize("filename", ENDINGS)
def test_the_template_is_a_calendar_that_reaches_nobody(filename: str) -> None:
    found = read(template(filename), filename)
    assert found == Read(EXAMPLES, ())
    assert all(entry.tags == ("示例",) and not entry.tiers and not entry.groups for entry in found.entries)
    assert template(filename) == template(filename)


def test_endings_that_we_do_not_write() -> None:
    with pytest.raises(FileError, match=r"\.pdf"):
        write_calendar(ENTRIES, "calendar.pdf", ZONE)
    with pytest.raises(FileError, match=r"\.ics"):
        template("calendar.ics")


@given(st.binary(max_size=200), st.sampled_from(ENDINGS))
def test_any_bytes_are_read_or_refused(data: bytes, filename: str) -> None:
    found = read(data, filename)
    assert found.faults
    assert all(fault.expected for fault in found.faults)


@given(st.text(max_size=60))
def test_any_cells_are_read_or_refused(text: str) -> None:
    read(f"key,date,time,rule,text,not_after,priority\n{text}\na,{text},{text},{text},{text},{text},{text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "key," + "x," * 400_000,
        "key," + ",".join(map(str, range(400_000))),
        "key,text\na1," + ",x" * 400_000,
        "key,text\na1," + "{" * 100_000,
        "key,tiers\na1," + ";".join(map(str, range(20_000))),
    ],
    ids=["header", "headers", "row", "fields", "tiers"],
)
def test_faults_without_end_are_told_in_part(text: str) -> None:
    found = read(text)
    assert not found.entries
    assert 1 < len(found.faults) < 120


def test_columns_have_the_letters_of_spreadsheets() -> None:
    found = letters(template("a.xlsx"), "a.xlsx")
    assert [letter for (_, header), letter in found.items() if header in ("编号", "重复")] == ["A", "H"]
    wide = ",".join(f"列{number}" for number in range(60)).encode()
    assert [letters(wide, "w.csv")["w", f"列{number}"] for number in (0, 25, 26, 51, 52)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
    ]
    assert letters(template("a.toml"), "a.toml") == letters(b"PK\x03\x04", "a.xlsx") == {}
