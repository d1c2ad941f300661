"""试一试: a newcomer's chat under the playbook as it is being changed; nothing is saved and nothing is sent."""

from __future__ import annotations

from nicegui import ui

from bot.console.line import on_sent
from bot.console.page import Page
from bot.console.playbook.playing import Player
from bot.console.playbook.saving import draft_of, may_change
from bot.console.visit import Visit
from handlers.asked_and_said import answer_of, question_of
from models.people import AnswerState
from models.playbook import Playbook

_LONGEST = 500
_MOST_LINES = 400


async def build(visit: Visit) -> None:
    """Build the page."""
    ui.link("回到方案", "/playbook/survey").classes("z-link")
    playbook, unsaved = await _playbook(visit)
    if playbook is None:
        ui.label("方案里还有不对的地方，改好再试。").classes("text-negative").props("role=alert")
        return
    ui.label("用的是您改过、还没存的方案。" if unsaved else "用的是现在的方案。").classes("z-muted")
    with ui.element("div").classes("row full-width q-col-gutter-md items-start"):
        with ui.element("div").classes("col-12 col-md-7"), ui.card().classes("z-card full-width"):
            talk = ui.column().classes("full-width z-talk").style("overflow-y: auto; flex-wrap: nowrap; gap: 4px")
            talk.props('tabindex=0 role=log aria-label="对话"')
            with ui.row().classes("full-width no-wrap items-center"):
                words = ui.input("扮成新客人说点什么").props("outlined dense").classes("col")
                send = ui.button(icon="send").props("flat round aria-label=说")
                anew = ui.button("从头再来").props("flat no-caps")
        with ui.element("div").classes("col-12 col-md-5"):
            known = ui.card().classes("z-card full-width")
    players = [_begin(visit, playbook)]

    def look() -> None:
        talk.clear()
        with talk:
            for line in players[0].lines[-_MOST_LINES:]:
                if line.who:
                    ui.chat_message(text=line.text, sent=line.who == "guest").classes("full-width")
                else:
                    ui.label(line.text).classes("z-muted self-center text-caption")
        ui.run_javascript(f"const e = getHtmlElement({talk.id}); if (e) e.scrollTop = e.scrollHeight")
        known.clear()
        with known:
            _show_known(playbook, players[0])

    def say(text: str) -> None:
        players[0].say(text[:_LONGEST])
        look()

    def begin_anew() -> None:
        players[0] = _begin(visit, playbook)
        look()

    on_sent(words, send, say)
    anew.on_click(begin_anew)
    look()


def _begin(visit: Visit, playbook: Playbook) -> Player:
    return Player(visit.merchant, playbook, visit.site.now())


async def _playbook(visit: Visit) -> tuple[Playbook | None, bool]:
    """The playbook to try, none if it is wrong; and whether it is not in force yet."""
    if not may_change(visit):
        return visit.merchant.playbook, False
    draft = await draft_of(visit)
    return draft.examined()[0], draft.is_changed


def _show_known(playbook: Playbook, player: Player) -> None:
    ui.label("掌柜记下的").classes("text-subtitle1 text-weight-bold").props("role=heading aria-level=2")
    with ui.row():
        for tag in sorted(player.person.tags):
            ui.badge(tag).props("outline color=primary").classes("q-pa-xs")
    answers = player.person.answers.items()
    given = {key: answer.value for key, answer in answers if answer.state == AnswerState.ANSWERED}
    if not given:
        ui.label("还没答过什么。").classes("z-muted")
    for key, value in given.items():
        with ui.row().classes("full-width no-wrap"):
            ui.label(question_of(playbook, key)).classes("z-muted").style("flex: 0 1 45%; overflow-wrap: anywhere")
            ui.label(answer_of(playbook, key, value)).style("overflow-wrap: anywhere")


PAGE = Page(route="/playbook/try", title="试一试", area="运营方案", build=build)
