"""写的是什么, 发给谁, and what is seldom changed."""

from __future__ import annotations

from nicegui import ui

from bot.console.editor.form import Form
from content_calendar.catch_up import Within, parse_policy
from content_calendar.columns import KIND_NAMES

_OWN = "自己写…"


def what_form(form: Form) -> None:
    """Title, form, content kind, theme."""
    form.line("title", "标题").props("maxlength=200")
    with ui.element("div").classes("z-pair"):
        form.one_of("kind", "形式", KIND_NAMES)
        _content_kind(form)
        form.line("theme", "主题（选填）", autocomplete=form.choices.themes).props("maxlength=60")
        form.yes_no("promotional", "是推广").tooltip("推广算打扰上限，没聊过的新朋友也不会收到")


def _content_kind(form: Form) -> None:
    """One of those that there are, or another word."""
    known = {"": "不分类", **form.choices.content_kinds}
    value = form.cells["content_kind"]
    with ui.column().style("gap: 8px"):
        box = ui.select({**known, **({} if value in known else {value: value}), _OWN: _OWN}, label="内容类型")
        box.value = value
        box.props("outlined dense options-dense").classes("full-width")
        own = ui.input("内容类型叫什么").props("outlined dense maxlength=40").classes("full-width")
        own.visible = False
    form.boxes["content_kind"] = box

    def choose(chosen: str) -> None:
        own.visible = chosen == _OWN
        form.put("content_kind", str(own.value or "") if chosen == _OWN else chosen)

    box.on_value_change(lambda event: choose(event.value or ""))
    own.on_value_change(lambda event: form.put("content_kind", str(event.value or "")))


def whom_form(form: Form) -> None:
    """Tiers, groups, tags."""
    choices = form.choices
    if form.visit.pool:  # whoever looks after one account writes for its groups
        form.some_of("groups", "群", choices.rooms)
        return
    form.some_of("tiers", "层级（发到这一层的群）", {tier: tier for tier in choices.tiers})
    form.some_of("groups", "群", choices.rooms)
    box = form.some_of("tags", "标签（一对一发给有其中任何一个的好友）", {tag: tag for tag in choices.tags}, free=True)
    box.props("hint=写了层级或群就发到群里；只写标签才一对一发。没有的标签可以打字再回车。")


def more_form(form: Form) -> None:
    """What has a sensible default."""
    with ui.expansion("更多：优先级、过期、补发、可选、分批、编号").classes("full-width").props("dense"):
        with ui.element("div").classes("z-pair q-pt-sm"):
            form.one_of("priority", "优先级", {str(n): _priority(n) for n in range(1, 10)})
            expires = form.line("not_after", "过了这个时间就不发（选填）").props("type=datetime-local stack-label")
            expires.value = form.cells["not_after"].replace(" ", "T")
            _catch_up(form)
            form.line("rollout", "分批（选填）").props('placeholder="20% 2h；50% 1d"')
            form.yes_no("optional", "可选：各群可以不发，或改成自己的说法")
            form.line("window", "可选的，各群前后最多能挪（选填）").props('placeholder="2h"')
            key = form.line("key", "编号").props("maxlength=60")
        if form.base:
            key.disable()
        else:
            key.props('hint="空着就自动起一个"')


def _priority(number: int) -> str:
    return f"{number}（{ {1: '最先', 5: '平常', 9: '最后'}[number] }）" if number in (1, 5, 9) else f"{number}"


def _catch_up(form: Form) -> None:
    """What becomes of it if it was missed."""
    try:
        policy = parse_policy(form.cells["catch_up"])
    except ValueError:
        policy = parse_policy("")
    hours = int(policy.limit.total_seconds() // 3600) if isinstance(policy, Within) else 2
    kind = "within" if isinstance(policy, Within) else str(policy)
    with ui.column().style("gap: 8px"):
        box = ui.select(
            {"skip": "错过了就不补", "within": "几小时内还补发", "ask": "先问人"}, label="错过了怎么办", value=kind
        )
        box.props("outlined dense options-dense").classes("full-width")
        number = ui.number("几小时内", value=max(hours, 1), min=1, max=9999, precision=0).props("outlined dense")
        number.classes("full-width").bind_visibility_from(box, "value", lambda value: value == "within")
    form.boxes["catch_up"] = box

    def put() -> None:
        form.put("catch_up", f"within {int(number.value or 0)}h" if box.value == "within" else str(box.value))

    box.on_value_change(put)
    number.on_value_change(put)
