"""演练场: a small WeChat in the browser. One is anybody in it, and sees beside it what the shopkeeper makes of them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial

from nicegui import ui
from sqlalchemy import Connection

from bot import reading
from bot.console.asking import ask
from bot.console.names import KEPT
from bot.console.page import MANAGERS, Page
from bot.console.pages.practice_phone import Phone
from bot.console.reading.accounts import AccountNow, accounts_now
from bot.console.reading.cooling import cooling
from bot.console.reading.insight import Wanted, promises
from bot.console.reading.kept_answers import kept_for_later
from bot.console.reading.newcomers import Fill, Newcomer, fills, newcomers, posting
from bot.console.visit import Scope, Visit
from bot.practice import Ground
from bot.practice_week import WEEK, fill_up, live_through
from bot.story_lines import Platform
from handlers.asked_and_said import answer_of, question_of
from models.operations import Role

SURVEY_NAMES = {"open": "建档中", "resting": "建档搁着", "finished": "建档完成", "stopped": "不建档了"}
# In 16 minutes the shipped playbook reminds of a question that nobody answered.
JUMPS = (("16 分钟后", timedelta(minutes=16)), ("1 小时后", timedelta(hours=1)), ("明天这时候", timedelta(days=1)))
_LOOK_SECONDS = 0.5
_SMALL_GROUP = 50  # seats: a larger one is not filled for a look


async def build(visit: Visit) -> None:
    """Build the page."""
    ground = visit.site.practice
    assert ground is not None, "the page is there in the practice ground only"
    with ui.element("div").classes("row full-width q-col-gutter-md items-stretch"):
        with ui.element("div").classes("col-12 col-md-5"):
            phone = Phone(visit, ground)
            phone.build()
        with ui.element("div").classes("col-12 col-md-7"), ui.column().classes("full-width"):
            _controls(visit, ground)
            limits = ui.column().classes("full-width")
            known = ui.card().classes("z-card full-width")
            people = ui.card().classes("z-card full-width")
            groups = ui.card().classes("z-card full-width")

    shown: list[Fill] = []

    async def look() -> None:
        who = phone.who
        _show_limits(limits, await visit.read(accounts_now, visit.site.now()))
        found = await visit.read(_known, who, visit.site.now())
        came = await visit.read(newcomers)
        full = await visit.read(fills)
        _show_known(known, phone.name_of(who), found, visit)
        _show_people(people, came)
        if shown != full:  # whoever is about to press a button keeps it
            shown[:] = full
            _show_groups(visit, ground, groups, full)

    phone.turned = look
    await look()
    visit.live(look)


def _show_limits(place: ui.column, accounts: list[AccountNow]) -> None:
    """Why nobody is answered, while an account has used up what it may send."""
    place.clear()
    with place:
        for one in accounts:
            for room in one.rooms:
                if room.left >= room.most:
                    full = f"「{one.name}」{room.name}的 {room.most:,} 条发满了"
                    told = f"{full}，和真的号一样先歇着。快进就接着发。"
                    ui.link(told, "/accounts").classes("z-link text-weight-medium")


def _known(connection: Connection, scope: Scope, contact: str, now: datetime) -> reading.Row | None:
    found = reading.who(connection, scope.merchant, contact, now)
    return found | {"kept": kept_for_later(connection, scope, contact)} if found else None


def _controls(visit: Visit, ground: Ground) -> None:
    with ui.card().classes("z-card full-width"):
        with ui.row().classes("items-center full-width"):
            lively = ui.switch("放一群人进来", value=ground.lively.is_set())
            lively.on_value_change(lambda event: ground.lively.set() if event.value else ground.lively.clear())
            lively.set_enabled(visit.role != Role.VIEWER)
            ui.space()
            clock = ui.label().classes("z-muted")
        bar = ui.row().classes("items-center full-width")
        told = ui.row().classes("items-center full-width").props("role=status")
        if visit.role == Role.VIEWER:  # the clock and the network are everybody's
            with bar:
                ui.label("快进、断网由店里的人来按；手机你可以随便用。").classes("z-muted")
            _after_a_cut(visit, ground)
            _show_clock(visit, clock)
            return
        with bar:
            ui.button("断一次网", icon="signal_wifi_off", on_click=lambda: _lose_an_answer(visit, ground)).props(
                "flat dense no-caps"
            )
            with ui.button("快进", icon="fast_forward").props("flat dense no-caps"), ui.menu():
                for label, by in JUMPS:
                    ui.menu_item(label, on_click=lambda by=by: ground.hurry(by))
                ui.menu_item("过一周（一分钟左右走完）", on_click=lambda: _pass_a_week(visit, ground))
            if visit.role in MANAGERS:
                ui.space()
                ui.button("拔掉电源", icon="power_off", on_click=lambda: _ask_to_pull(ground)).props(
                    "outline dense no-caps color=negative"
                )
        _watch_weeks(visit, ground, told)
        _after_a_cut(visit, ground)
    _show_clock(visit, clock)


def _show_clock(visit: Visit, clock: ui.label) -> None:
    def tick() -> None:
        clock.text = f"{visit.local(visit.site.now()):%m月%d日 %H:%M:%S}"

    tick()
    ui.timer(1.0, tick)


def _after_a_cut(visit: Visit, ground: Ground) -> None:
    """What a power cut did: nothing. Counted by what arrived on people's phones, not by what the database says."""
    if ground.cut_at is None:
        return
    line = ui.label().classes("text-weight-bold").props("role=status")

    def count() -> None:
        arrived, twice = ground.talk.tally()
        line.text = (
            f"{visit.local(ground.cut_at):%H:%M:%S} 断过一次电。到过大家手机上的 {arrived} 条里，重复的 {twice} 条。"
            if ground.cut_at
            else ""
        )

    count()
    ui.timer(1.0, count)
    ui.link("拿不准的在这里核对", "/deliveries?state=unknown").classes("z-link")


async def _pass_a_week(visit: Visit, ground: Ground) -> None:
    """Let a week go by, also for whoever leaves the page meanwhile; one at a time."""

    def is_posting() -> bool:
        with visit.site.store.reading() as connection:
            return posting(connection, visit.scope, visit.site.now())

    if ground.weeks and not ground.weeks[0].done():
        ui.notify("一周正在过去，过完再来。")
        return
    account, zone = visit.merchant.accounts[0], visit.merchant.zone
    passing = live_through(ground, account, WEEK, zone, lambda: visit.site.in_thread(is_posting))
    ground.weeks[:] = [asyncio.create_task(passing)]


def _watch_weeks(visit: Visit, ground: Ground, place: ui.row) -> None:
    """Whether a week is passing, and how the groups fared in it, or in as much of it as somebody wished."""
    shown: list[tuple[asyncio.Task[None], bool]] = []

    async def look() -> None:
        state = [(week, week.done()) for week in ground.weeks]
        if shown == state:
            return
        is_new, shown[:] = not shown, state
        week, is_over = state[0]
        place.clear()
        with place:
            if not is_over:
                ui.spinner()
                ui.label("一周正在过去：该发的照发，群里的人照聊。")
                ui.button("停下", on_click=week.cancel).props("flat dense no-caps")
            elif week.cancelled():
                if is_new:  # that was before
                    return
                ui.label(f"停下了，过到 {visit.local(visit.site.now()):%m月%d日 %H:%M}。")
            else:
                week.result()
                await _show_week(visit)

    ui.timer(_LOOK_SECONDS, look)


async def _show_week(visit: Visit) -> None:
    now = visit.site.now()
    today = visit.local(now).date()
    wanted = Wanted(today - WEEK, today - timedelta(days=1))
    judged = await visit.read(promises, wanted, now)
    cold = await visit.read(cooling, wanted, now)
    kept = sum(one.state == "kept" for one in judged)
    ui.label("一周过去了。").classes("text-weight-bold")
    ui.link(f"必发 {len(judged):,} 个里做到 {kept:,} 个", wanted.address("promises")).classes("z-link")
    for one in cold:
        said = f"「{one.topic}」在变冷：平时一天 {one.usual:g} 条，最近 {one.recent:g} 条"
        ui.link(said, wanted.address("cooling")).classes("z-link")
    if not cold:
        ui.label("没有群变冷。").classes("z-muted")


def _lose_an_answer(visit: Visit, ground: Ground) -> None:
    """The next send gets no answer: nobody can say whether it arrived."""
    at, account = ground.world.now(), visit.merchant.accounts[0]
    ground.world.apply(Platform(at=at, account=account, answer="timeout", on="text", times=1))
    ui.notify("下一条消息发出去之后没有回音，过一会儿会出现在「请核对」里。")


def _ask_to_pull(ground: Ground) -> None:
    async def pull() -> None:
        ground.pull_the_plug()

    ask("掌柜的进程当场消失，和 kill -9 一样，什么都来不及收尾；几秒后自己起来，接着干活，不会重发。拔吗？", "拔", pull)


def _show_known(card: ui.card, name: str, found: reading.Row | None, visit: Visit) -> None:
    card.clear()
    with card:
        ui.label(f"掌柜眼里的「{name}」").classes("text-subtitle1 text-weight-bold")
        if found is None:
            ui.label("还不认识。在左边手机上加掌柜为好友试试。").classes("z-muted")
            return
        with ui.row().classes("items-center"):
            if found["remark"]:
                ui.label(f"备注 {found['remark']}")
            for tag in found["tags"]:
                ui.badge(tag).props("outline color=primary").classes("q-pa-xs")
        answered = {key: one["value"] for key, one in found["answers"].items() if one["state"] == "answered"}
        kept = found["kept"]
        if not answered and not kept:
            ui.label("还没答过什么。").classes("z-muted")
        playbook = visit.merchant.playbook
        with ui.element("div").classes("row full-width"):
            for key, value in (kept | answered).items():
                asked = question_of(playbook, key)
                ui.label(asked).classes("col-6 z-muted ellipsis q-pr-md").props("role=term").tooltip(asked)
                told = answer_of(playbook, key, value) + (KEPT if key in kept and key not in answered else "")
                ui.label(told).classes("col-6").props("role=definition")


def _show_people(card: ui.card, came: list[Newcomer]) -> None:
    card.clear()
    with card:
        ui.label("新来的客人").classes("text-subtitle1 text-weight-bold")
        if not came:
            ui.label("还没有人来。打开「放一群人进来」，或自己加掌柜为好友。").classes("z-muted")
        with ui.list().props("separator dense").classes("full-width"):
            for one in came:
                with ui.item().classes("q-px-none"):
                    with ui.item_section():
                        with ui.item_label():
                            ui.label(one.name or one.contact).classes("text-weight-medium")
                        ui.item_label(
                            " · ".join(filter(None, [f"来自{one.source}" if one.source else "", one.remark]))
                        ).props("caption").classes("z-muted")
                    with ui.item_section().props("side"), ui.row().classes("items-center justify-end"):
                        for tag in one.tags[:3]:
                            ui.badge(tag).props("outline color=primary")
                        ui.label(SURVEY_NAMES.get(one.survey, "")).classes("z-muted text-caption")


def _show_groups(visit: Visit, ground: Ground, card: ui.card, full: list[Fill]) -> None:
    card.clear()
    has_room = {one.tier: one.group for one in reversed(full) if one.capacity is None or one.members < one.capacity}
    with card:
        ui.label("群").classes("text-subtitle1 text-weight-bold")
        if not full:
            ui.label("还没有绑定的群。").classes("z-muted")
        for one in full:
            with ui.row().classes("items-center full-width no-wrap"):
                ui.label(one.topic or one.group).classes("col ellipsis")
                ui.label(one.tier).classes("z-muted")
                seats = (one.capacity or 0) - one.members
                if one.capacity and seats <= 0:
                    ui.badge("满了").props("color=negative")
                elif has_room[one.tier] == one.group:
                    ui.badge("新人进这里").props("outline color=primary")
                    if one.capacity and one.capacity <= _SMALL_GROUP:
                        fill = partial(fill_up, ground, visit.merchant.accounts[0], one.group, seats)
                        ui.button("坐满", on_click=lambda fill=fill: fill(visit.site.now())).props(
                            f'flat dense no-caps aria-label="把 {one.topic} 坐满"'
                        )
                of = f" / {one.capacity}" if one.capacity else ""
                ui.label(f"{one.members}{of} 人").classes("text-right").style("min-width: 84px")
            if one.capacity:
                ui.linear_progress(min(one.members / one.capacity, 1.0), show_value=False).props(
                    f'aria-label="{one.members} / {one.capacity}"'
                )


PAGE = Page(route="/practice", title="演练场", area="演练场", icon="phone_iphone", build=build, practice=True)
