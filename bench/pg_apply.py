"""`pg_apply`: what comes in, from JSON bytes to committed rows on PostgreSQL, against COPY with the same indexes.

The program is the same as in `inbound`, on another URL. The limit is COPY of exactly the rows that it wrote, into
tables with the same primary keys and indexes (and without foreign keys), in as many durable transactions as the program
made batches. Which rows these are is recorded on SQLite.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from sqlalchemy import make_url
from sqlmodel import SQLModel

from bench.evidence import Evidence, of_rounds, scratch_folder
from bench.figures import Figure, Progress, ratios_of, spread
from bench.inbound import run_seconds
from bench.inbound_mix import BATCH_SECONDS, QUESTIONS, START, wire_batches
from bench.inbound_world import load_world, make_crowd, open_world
from bench.postgresql import Server, server
from bench.raw_rows import TableRows, copy_of, record, written_rows
from bot.intake import BATCH_SIZE
from bot.store import Store
from bot.store.batch import apply
from bot.store.copying import way_to_postgresql
from bot.store.due import due_timers
from handlers import decide
from models.events import Event, Message

FLOOR = 0.30
BATCHES = 4
ROUNDS = 5


def measure(
    progress: Progress, *, batches: int = BATCHES, size: int = BATCH_SIZE, rounds: int = ROUNDS, members: int = 10_000
) -> list[Figure]:
    """Events a second as a ratio to the limit; each round's limit is measured before and after it."""
    crowd = make_crowd(members, members // 50, len(QUESTIONS))
    events = batches * size
    evidence = Evidence("pg_apply")
    with scratch_folder() as folder, server() as databases:
        written = _rows_of_a_run(folder, crowd, wire_batches(crowd, batches, size))
        world = databases.new()
        load_world(world, crowd, QUESTIONS)
        databases.know(world)
        evidence.postgresql("world", world)
        template = str(make_url(world).database)
        limits = [_copy_seconds(databases, template, written, batches)]
        runs: list[float] = []
        for done in range(rounds):
            progress(done, rounds)
            url = databases.new(template)
            runs.append(apply_seconds(url, wire_batches(crowd, batches, size, nth=done + 1)))
            if done == rounds - 1:
                evidence.postgresql("run", url)
            databases.drop(url)
            limits.append(_copy_seconds(databases, template, written, batches))
    ratios = ratios_of(limits, runs)
    rows = sum(len(table.rows) for table in written)
    evidence.table("rounds", of_rounds(runs, limits, events=events, limit_rows=rows))
    return [
        Figure(
            name="pg_apply",
            figure=round(statistics.median(ratios), 3),
            unit="of COPY",
            floor=FLOOR,
            detail=f"ratio {spread(ratios, 3)} in {rounds} rounds; "
            f"events/s {spread([events / seconds for seconds in runs])}; "
            f"limit {spread([events / seconds for seconds in limits])}, {rows / statistics.median(limits):,.0f} rows/s",
        )
    ]


def apply_seconds(url: str, batches_of_lines: Sequence[Sequence[bytes]]) -> float:
    """Seconds from the first line to the last commit."""
    moment = START

    def now() -> datetime:
        return moment

    with closing(Store(url, now)) as store:
        merchants = open_world(store)
        decoder = msgspec.json.Decoder(Message)
        gc.collect()
        began = time.perf_counter()
        for lines in [*batches_of_lines, []]:
            moment += timedelta(seconds=BATCH_SECONDS)
            rung, _ = due_timers(store, merchants)
            events: list[Event] = [*rung, *map(decoder.decode, lines)]
            apply(store, merchants, events, decide)
        return time.perf_counter() - began


def _rows_of_a_run(folder: Path, crowd: Any, batches_of_lines: Sequence[Sequence[bytes]]) -> list[TableRows]:
    """The rows that a run writes, as PostgreSQL takes them."""
    world, scratch = folder / "world.db", folder / "scratch.db"
    load_world(f"sqlite:///{world}", crowd, QUESTIONS)
    with copy_of(world, scratch) as database:
        record(database)
        run_seconds(database, batches_of_lines)
        written = written_rows(world, database)
    return [TableRows(table.table, _copy_statement(table.table), _converted(table)) for table in written]


def _copy_statement(name: str) -> str:
    columns = ", ".join(column.name for column in SQLModel.metadata.tables[name].columns)
    return f"COPY limit_{name} ({columns}) FROM STDIN"


def _converted(table: TableRows) -> list[tuple[Any, ...]]:
    columns = SQLModel.metadata.tables[table.table].columns
    ways: list[Callable[[Any], Any]] = [way_to_postgresql(column.type) or (lambda value: value) for column in columns]
    return [
        tuple(None if value is None else way(value) for way, value in zip(ways, row, strict=True)) for row in table.rows
    ]


def _copy_seconds(databases: Server, template: str, written: Sequence[TableRows], commits: int) -> float:
    """Seconds that COPY takes for the rows, in so many transactions."""
    url = databases.new(template)
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        for table in written:
            connection.execute(f"CREATE TABLE limit_{table.table} (LIKE {table.table} INCLUDING ALL)")
        connection.commit()
        gc.collect()
        began = time.perf_counter()
        for commit in range(commits):
            for table in written:
                share = slice(len(table.rows) * commit // commits, len(table.rows) * (commit + 1) // commits)
                with connection.cursor() as cursor, cursor.copy(table.statement) as stream:
                    for row in table.rows[share]:
                        stream.write_row(row)
            connection.commit()
        seconds = time.perf_counter() - began
    databases.drop(url)
    return seconds
