"""什么时候发: a choice, and what belongs to it."""

from __future__ import annotations

from nicegui import ui

from bot.console.editor.form import Form
from bot.console.editor.when import KINDS, ORDINALS, When
from content_calendar import lunar
from content_calendar.weekdays import CHINESE

_MONTHS = "正二三四五六七八九十冬腊"


def when_form(form: Form) -> None:
    """The boxes; those of other choices are not there."""
    when = When.of(form.cells["rule"])
    weekdays = dict(enumerate(CHINESE))

    def put() -> None:
        form.put("rule", when.rule)

    def choose(kind: str) -> None:
        when.kind = kind
        put()
        details.clear()
        with details:
            show()
        first_day.visible = kind != "spare"
        at.visible = kind != "spare"
        but.visible = kind not in ("once", "spare")
        first_day.props(f'label="{_called(kind)}"')

    def number(name: str, label: str, lowest: int, highest: int) -> None:
        box = ui.number(label, value=getattr(when, name), min=lowest, max=highest, precision=0)
        box.props("outlined dense").classes("col")
        box.on_value_change(lambda event: change(name, int(event.value or 0)))

    def choice(name: str, label: str, options: object) -> None:
        box = ui.select(options, label=label, value=getattr(when, name), multiple=name == "weekdays")  # type: ignore[arg-type]
        box.props("outlined dense options-dense").classes("col").style("min-width: 120px")
        box.on_value_change(lambda event: change(name, event.value))

    def change(name: str, value: object) -> None:
        setattr(when, name, value)
        put()

    def show() -> None:
        match when.kind:
            case "weekly":
                choice("weekdays", "周几", weekdays)
            case "monthly":
                number("day", "几号（短的月份算最后一天）", 1, 31)
            case "nth":
                choice("nth", "第几个", ORDINALS)
                choice("weekday", "周几", weekdays)
            case "lunar":
                choice("lunar_month", "农历月", {n: f"{name}月" for n, name in enumerate(_MONTHS, 1)})
                choice("lunar_day", "日", {day: name for name, day in lunar.DAYS.items()})
            case "term":
                choice("term", "节气", sorted(lunar.TERMS, key=lambda name: lunar.solar_term(2026, name)))
            case "joined":
                number("after", "加入后第几天（0 是当天）", 0, 3650)
            case "bought":
                number("after", "购买后第几天（0 是当天）", 0, 3650)
            case "silent":
                number("after", "多少天没说话", 1, 3650)
            case "other":
                box = ui.input("RRULE", value=when.other).props("outlined dense").classes("col")
                box.on_value_change(lambda event: change("other", str(event.value or "")))

    kinds = ui.select(KINDS, label="怎么重复", value=when.kind).props("outlined dense options-dense")
    kinds.classes("full-width")
    form.boxes["rule"] = kinds
    details = ui.row().classes("full-width")
    with ui.element("div").classes("z-pair"):
        first_day = form.line("date", _called(when.kind)).props("type=date stack-label")
        at = form.line("time", "几点").props("type=time stack-label")
        but = form.line("but", "除了这些天（选填，用 ; 隔开）").props('placeholder="2026-12-24；2026-12-31"')
    kinds.on_value_change(lambda event: choose(event.value))
    choose(when.kind)


def _called(kind: str) -> str:
    return "哪天" if kind == "once" else "从哪天起（选填）"
