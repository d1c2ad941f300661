"""`playbook check`, `import`, `export`, `schema`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.clock import utc_now
from bot.desk import Answer, Desk, Refused, Request, lines, only_reads
from bot.faults import ConfigFaults, Fault
from bot.playbook_files import examine_playbook, examine_source
from bot.store.playbooks import kept
from bot.toml_source import read_toml
from handlers.playbook_hints import hints
from models.orders import ImportPlaybookOrder
from models.playbook import playbook_schema

app = typer.Typer(help="运营方案：检查、导入、导出、看格式。", no_args_is_help=True)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="运营方案文件。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> int:
    """检查一个方案文件：所有的错，和可能不是本意的（提示）。"""
    try:
        playbook, placed = examine_playbook(file)
    except ConfigFaults as faults:
        if not as_json:
            raise
        typer.echo(_rows("fault", faults.faults), nl=False)
        return 2
    found = placed(hints(playbook, utc_now().date()))
    if as_json:
        typer.echo(_rows("hint", found), nl=False)
    else:
        typer.echo("".join(f"提示 {hint}\n" for hint in found) + f"{playbook.name or file}：没有问题")
    return 0


def _rows(level: str, found: Iterable[Fault]) -> str:
    return lines([{"level": level, **dataclasses.asdict(one)} for one in found])


@app.command("import")
def import_file(
    file: Annotated[str, typer.Argument(help="运营方案文件。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """启用一个方案文件。"""

    async def request(desk: Desk) -> Answer:
        source = read_toml(desk.folder / file)
        playbook = examine_source(source)
        merchant = desk.merchant
        told = await desk.order(
            ImportPlaybookOrder(
                merchant=merchant.id,
                at=desk.now(),
                revision=playbook.fingerprint,
                body=playbook.to_json(),
                toml=source.text,
            )
        )
        row = {"merchant": merchant.id, "revision": playbook.fingerprint}
        return Answer(lines([row]) if as_json else f"{told}\n")

    return request


@app.command()
def export(
    file: Annotated[str, typer.Argument(help="写到哪个 .toml 文件。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> Request:
    """把现行方案照数据库里的样子写成文件。"""

    @only_reads
    def request(desk: Desk) -> Answer:
        if not file.endswith(".toml"):
            raise Refused(f"方案要导出成 .toml 文件，{file} 不是")
        merchant = desk.merchant
        with desk.store.reading() as connection:
            found = kept(connection, merchant.id, merchant.revision)
        assert found is not None, "what is in force was kept"
        (desk.folder / file).write_text(found.toml, encoding="utf-8")
        row = {"file": file, "merchant": merchant.id, "revision": merchant.revision}
        return Answer(lines([row]) if as_json else f"已写入 {file}\n")

    return request


@app.command()
def schema(config: ConfigOption = CONFIG, db: DatabaseOption = "", as_json: JsonOption = False) -> int:
    """显示运营方案的 JSON Schema。"""
    typer.echo(json.dumps(playbook_schema(), ensure_ascii=False, indent=None if as_json else 2))
    return 0
