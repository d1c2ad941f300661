"""What a benchmark leaves under `data/bench/NAME`, so that whoever doubts a figure can work it out again: what was
measured in each round as tables of CSV, and databases as they were at the end of the last one.

docs/performance.md says of each benchmark what its tables hold and how its figure follows from them.
"""

from __future__ import annotations

import csv
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from sqlalchemy import make_url
from sqlmodel import SQLModel

import models.tables  # noqa: F401 - every table is known once this is imported
from bench.figures import Figure
from bot.store.engine import sqlite_driver, sqlite_version

FOLDER = Path("data")
"""Where the shipped configuration keeps its database: the disk that matters."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder on that disk, gone afterwards."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=FOLDER) as folder:
        yield Path(folder)


class Evidence:
    """The tables and databases of one benchmark; those of its last run are gone once it begins anew."""

    def __init__(self, benchmark: str) -> None:
        self.folder = FOLDER / "bench" / benchmark
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def table(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write a table; its columns are those of its first row."""
        with (self.folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)

    def database(self, name: str, database: Path) -> None:
        """Keep a copy of a database that nobody writes to any more."""
        with closing(sqlite_driver().connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(database, self.folder / f"{name}.db")

    def added(self, name: str, database: Path, world: Path) -> None:
        """Keep what was added to a database that is too large to be kept: the rows of its world have lower ids."""
        with closing(sqlite_driver().connect(self.folder / f"{name}.db")) as connection:
            connection.execute("ATTACH ? AS run", (str(database),))
            connection.execute("ATTACH ? AS world", (str(world),))
            for table in SQLModel.metadata.sorted_tables:
                if [(column.name, column.type.python_type) for column in table.primary_key] == [("id", int)]:
                    connection.execute(
                        f"CREATE TABLE main.{table.name} AS SELECT * FROM run.{table.name}"
                        f" WHERE id > (SELECT coalesce(max(id), 0) FROM world.{table.name})"
                    )
            connection.commit()

    def postgresql(self, name: str, url: str) -> None:
        """Keep the log of a database on PostgreSQL, and how many rows each of its tables has."""
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        counts = []
        with psycopg.connect(plain) as connection:
            for table in SQLModel.metadata.sorted_tables:
                found = connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()
                counts.append({"table": table.name, "rows": found[0] if found else 0})
            with (
                (self.folder / f"{name}_journal.csv").open("wb") as file,
                connection.cursor().copy("COPY journal TO STDOUT (FORMAT csv, HEADER)") as stream,
            ):
                for piece in stream:
                    file.write(piece)
        self.table(f"{name}_rows", counts)


def tell(benchmark: str, figures: Sequence[Figure], load_before: float) -> None:
    """Write beside a benchmark's tables what came of them, of which tree, when and on what machine."""
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    told = {
        "figures": [figure.to_dict() for figure in figures],
        "commit": commit.stdout.strip() or None,
        "at": datetime.now(UTC),
        "python": platform.python_version(),
        "sqlite": ".".join(map(str, sqlite_version())),
        "machine": platform.platform(),
        "processors": os.cpu_count(),
        "load_before": round(load_before, 2),
        "load_after": round(os.getloadavg()[0], 2),
    }
    (FOLDER / "bench" / benchmark / "about.json").write_bytes(msgspec.json.format(msgspec.json.encode(told)))


def of_rounds(runs: Sequence[float], limits: Sequence[float], **of_each: Any) -> list[Mapping[str, Any]]:
    """Rows for what each round took and what its limit took before and after it, in seconds."""
    return [
        {"round": nth, **of_each, "seconds": run, "limit_seconds_before": before, "limit_seconds_after": after}
        for nth, (run, before, after) in enumerate(zip(runs, limits[:-1], limits[1:], strict=True), 1)
    ]
