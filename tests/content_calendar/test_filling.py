"""What fills a gap makes no new fault: it comes at a usual time, and is not like its neighbours."""

from __future__ import annotations

from datetime import UTC, datetime, time

import msgspec
import pytest

from content_calendar.entry import Entry
from content_calendar.filling import fill
from content_calendar.lint import LintEntry, Plan, lint
from models.playbook import Playbook
from tests.content_calendar.test_lint import BRANCH, MONDAY, SUNDAY, TIERS, TUESDAY, ZONE, entry, promise

NOW = datetime(2026, 12, 1, tzinfo=UTC)
THEMES = ["浇水", "光照", "换土"]


def test_a_gap_is_filled_at_the_other_usual_time_with_the_theme_whose_turn_it_is() -> None:
    clocks = ((MONDAY, time(8)), (MONDAY, time(18)), (TUESDAY, time(8)), (TUESDAY, time(18)))
    posts = [
        entry(f"{n}", date=day, time=clock, content_kind="article", theme=THEMES[n % 3], text=f"{n}")
        for n, (day, clock) in enumerate(clocks)
        if n != 1
    ]
    spares = [
        Entry(key=f"备{theme}", rule="spare", content_kind="article", theme=theme, text=theme)
        for theme in ("换土", "光照", "浇水")
    ]
    book = promise(exactly=2, themes=THEMES)
    del book["promises"][0]["at_least"]
    plan = Plan(
        playbook=Playbook.model_validate_json(msgspec.json.encode({"tiers": TIERS} | book)),
        groups=(BRANCH,),
        entries=[LintEntry(entry=one) for one in (*posts, *spares)],
        first=MONDAY,
        last=TUESDAY,
        zone=ZONE,
    )
    assert {row.code for row in lint(plan)} == {"missing", "theme"}
    filled = fill(plan, NOW, lambda _moment: False)
    assert [(one.date, one.time, one.theme) for one in filled.entries] == [(MONDAY, time(18), "光照")]
    mended = msgspec.structs.replace(plan, entries=[*plan.entries, *(LintEntry(entry=one) for one in filled.entries)])
    assert lint(mended) == []


def spare(key: str, **changes: object) -> Entry:
    usual: dict[str, object] = {"rule": "spare", "content_kind": "article", "theme": key, "text": key}
    return Entry(key=key, **(usual | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("caps", "promises", "spares", "filled", "stays"),
    [
        ({"promotions_per_week": 1, "group_post_weight": 1}, [], [spare("b", promotional=True), spare("c")], ["c"], 0),
        ({"promotions_per_week": 1, "group_post_weight": 1}, [], [spare("b", promotional=True)], [], 1),
        ({"advert_share": 0.5}, [], [spare("b", promotional=True), spare("c")], ["c"], 0),
        ({"person_per_week": 2, "group_post_weight": 1}, [], [spare("c")], [], 1),
        ({}, [{"tier": "分院", "content_kind": "article", "exactly": 0, "per": "month"}], [spare("c")], ["c"], 0),
        ({}, [{"tier": "分院", "content_kind": "article", "exactly": 0, "per": {"days": 2}}], [spare("c")], [], 1),
    ],
)
def test_no_draft_is_taken_that_would_make_something_too_much(
    caps: dict[str, float], promises: list[dict[str, object]], spares: list[Entry], filled: list[str], stays: int
) -> None:
    book = promise(per="week")
    book["promises"] += promises
    advert = entry("p", content_kind="benefit", promotional=True)
    plan = Plan(
        playbook=Playbook.model_validate_json(msgspec.json.encode({"tiers": TIERS, "caps": caps} | book)),
        groups=(BRANCH,),
        entries=[LintEntry(entry=one) for one in (advert, entry("t", date=TUESDAY), *spares)],
        first=MONDAY,
        last=SUNDAY,
        zone=ZONE,
    )
    found = fill(plan, NOW, lambda _moment: False)
    assert ([one.theme for one in found.entries], len(found.unfilled)) == (filled, stays)
    mended = msgspec.structs.replace(plan, entries=[*plan.entries, *(LintEntry(entry=one) for one in found.entries)])
    assert {row.code for row in lint(mended)} - {row.code for row in lint(plan)} == set()
