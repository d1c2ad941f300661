"""The phone of the practice ground: whoever one is, their conversations, and a line to write."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import date
from urllib.parse import quote

from nicegui import ui

from bot.console.line import on_sent
from bot.console.visit import Visit
from bot.crowd_lives import BOSS, OLD_FRIENDS
from bot.practice import Ground
from bot.practice_talk import Said
from bot.story_lines import FriendRequest, Text
from bot.transports.simulator import World

LOOK_SECONDS = 0.4
# Once what is new has its place: before that there is less to scroll.
_TO_THE_END = """setTimeout(() => {{
  const box = getHtmlElement({id})?.querySelector(".q-scrollarea__container");
  if (box) box.scrollTop = box.scrollHeight;
}}, 80)"""
QUICK = ("给老丈人买，三五百", "你是机器人吗", "叫我老林", "人工", "为什么发给我", "退订")
QUICK_STAFF = ("/状态", "/帮助", "/今天")
LONGEST_TEXT = 2_000

_STAFF = {
    one.contact: f"（{one.remark.partition('-')[0]}）"
    for one in OLD_FRIENDS
    if one.remark.startswith(("老板", "舵主", "堂主"))
}


_OFFERED = 300  # of the people there are; whoever looks for another one types their name


async def _nothing() -> None:
    return None


class Phone:
    """One phone. `turned` is called when it is handed to somebody else."""

    def __init__(self, visit: Visit, ground: Ground) -> None:
        self._visit, self._ground = visit, ground
        self._account = visit.merchant.accounts[0]
        self.turned: Callable[[], Awaitable[None]] = _nothing
        wish = visit.at.get("as", "")
        self.who = wish if wish in self._world.names else self._latest()
        self._where = ""  # a group, or empty: 1:1 with our account
        self._seen = 0
        self._day: date | None = None  # of the last bubble: a week may pass in a minute

    @property
    def _world(self) -> World:
        return self._ground.world

    def name_of(self, contact: str) -> str:
        """What somebody is called."""
        return self._world.names.get(contact) or contact

    def build(self) -> None:
        """Build it where we are."""
        with ui.card().classes("z-card full-width q-pa-none z-phone"):
            with ui.row().classes("items-center full-width no-wrap q-px-md q-pt-sm"):
                self._chooser = ui.select(self._people(), value=self.who, label="我是", with_input=True)
                self._chooser.props("dense outlined options-dense").classes("col")
                self._chooser.on_value_change(lambda event: self._turn(event.value))
                self._chooser.on("input-value", lambda event: self._offer(str(event.args or "")), throttle=0.3)
                ui.button("新客人", icon="person_add", on_click=self._newcomer).props("flat dense no-caps")
            self._places = ui.row().classes("q-px-md full-width")
            self._scroll = ui.scroll_area().classes("full-width z-talk").props('tabindex=0 aria-label="对话"')
            self._quick = ui.row().classes("q-px-md full-width z-quick")
            with ui.row().classes("items-center full-width no-wrap q-px-md q-pb-sm"):
                self._line = ui.input(placeholder="说点什么").props(
                    f'dense outlined aria-label="说点什么" maxlength={LONGEST_TEXT}'
                )
                self._line.classes("col")
                on_sent(self._line, ui.button(icon="send").props('round dense aria-label="发送"'), self._say)
        self._open("")
        ui.timer(LOOK_SECONDS, self._look)

    def _latest(self) -> str:
        """The newest guest there is; the staff is somebody to become on purpose."""
        guests = [one for one in self._world.account(self._account).friends if one not in _STAFF]
        return guests[-1] if guests else BOSS

    def _people(self, word: str = "") -> dict[str, str]:
        """Who may be chosen: those called so, the newest of them where there are too many for a browser."""
        world = self._world
        people = dict.fromkeys([*world.account(self._account).friends, *world.names])
        found = [one for one in people if one not in world.accounts and word in self.name_of(one)]
        staff = [one for one in found if one in _STAFF]
        shown = {one: self.name_of(one) + _STAFF.get(one, "") for one in [*staff, *found[-_OFFERED:]]}
        return {**shown, self.who: shown.get(self.who, self.name_of(self.who))}

    def _offer(self, word: str) -> None:
        if len(self._world.names) > _OFFERED:
            self._chooser.set_options(self._people(word.strip()), value=self.who)

    async def _turn(self, who: str | None) -> None:
        if who and who != self.who:
            self.who = who
            await self._handed_over()

    async def _handed_over(self) -> None:
        ui.navigate.history.replace(f"/practice?as={quote(self.who)}")  # so that it stays theirs, whatever happens
        self._open("")
        await self.turned()

    def _open(self, where: str) -> None:
        self._where, self._seen, self._day = where, 0, None
        self._scroll.clear()
        with self._scroll:
            self._bubbles = ui.column().classes("full-width q-pa-sm")
        self._shown_places: tuple[str, ...] = ()
        self._quick.clear()
        with self._quick:
            for text in QUICK_STAFF if self.who in _STAFF else QUICK:
                ui.chip(text, on_click=lambda text=text: self._say(text)).props("outline clickable dense color=primary")
        self._look()

    def _look(self) -> None:
        self._show_places()
        count, lines = self._ground.talk.lines(self._where or self.who, self._seen)
        if count == self._seen:
            return
        self._seen = count
        with self._bubbles:
            for one in lines:
                self._bubble(one)
        ui.run_javascript(_TO_THE_END.format(id=self._scroll.id))

    def _bubble(self, one: Said) -> None:
        at = self._visit.local(one.at)
        if at.date() != self._day:
            self._day = at.date()
            ui.label(f"{at.month}月{at.day}日").classes("z-muted text-caption self-center")
        stamp = f"{at:%H:%M:%S}"
        if one.note:
            ui.label(one.text).classes("z-muted text-caption self-center")
        else:
            name = self.name_of(one.who) if one.who else self.name_of(self._account)
            ui.chat_message(one.text, name=name, stamp=stamp, sent=one.who == self.who).classes("full-width")

    def _show_places(self) -> None:
        rooms = tuple(id for id, room in self._world.rooms.items() if self.who in room.members)
        account = self._world.account(self._account)
        asks, friend = self.who in account.requests, self.who in account.friends
        if self._shown_places == (shown := ("", f"{asks} {friend}", *rooms)):
            return
        self._shown_places = shown
        self._places.clear()
        with self._places:
            for place in ("", *rooms):
                label = (self._world.rooms[place].topic or place) if place else self.name_of(self._account)
                ui.button(label, on_click=lambda place=place: self._open(place)).props(
                    "dense no-caps " + ("unelevated" if place == self._where else "flat")
                ).classes("q-px-sm")
            if asks:
                ui.label("申请了，等掌柜通过").classes("z-muted self-center")
            elif not friend:
                ui.button("加掌柜为好友", icon="person_add", on_click=self._ask_to_be_friends).props(
                    "dense no-caps color=secondary"
                )

    async def _say(self, text: str) -> None:
        text = text.strip()[:LONGEST_TEXT]
        if text:
            self._world.apply(
                Text(at=self._world.now(), account=self._account, contact=self.who, text=text, group=self._where)
            )

    def _ask_to_be_friends(self) -> None:
        self._befriend("", "")

    def _befriend(self, hello: str, source: str) -> None:
        self._world.apply(
            FriendRequest(
                at=self._world.now(),
                account=self._account,
                contact=self.who,
                name=self.name_of(self.who),
                hello=hello,
                source=source,
            )
        )

    def _newcomer(self) -> None:
        with ui.dialog(value=True) as dialog, ui.card().classes("z-card"):
            ui.label("一位新客人").classes("text-h6")
            name = ui.input("昵称", value="酒中仙").props("maxlength=40 autofocus")
            hello = ui.input("打招呼的话", value="朋友推荐来的").props("maxlength=80")
            source = ui.input("从哪儿来", value="海报3").props("maxlength=40")

            async def come() -> None:
                self.who = f"wx-me-{int(time.time() * 1000):x}"
                self._world.names[self.who] = name.value.strip() or "新客人"
                self._befriend(hello.value.strip(), source.value.strip())
                self._chooser.set_options(self._people(), value=self.who)
                dialog.close()
                await self._handed_over()

            with ui.row().classes("full-width justify-end"):
                ui.button("算了", on_click=dialog.close).props("flat")
                ui.button("加掌柜为好友", on_click=come)
