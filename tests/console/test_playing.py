"""A survey that is tried: the newcomer is greeted, asked and understood; what is said comes from `decide` alone."""

from __future__ import annotations

from bot.console.playbook.playing import Line, Player
from bot.playbook_files import load_playbook
from models.playbook import Playbook
from tests.console.conftest import ROOT
from tests.handlers.builders import AT, merchant

BOOK = load_playbook(ROOT / "playbooks" / "liquor-club.toml")


def test_a_newcomer_is_surveyed_to_the_end_and_placed() -> None:
    player = Player(merchant(BOOK), BOOK, AT)
    assert [line.who for line in player.lines] == ["bot", "bot"]
    for text in ("叫我老顾", "满了", "1", "1和2", "六百左右", "杭州", "8月15", "没有"):
        player.say(text)
    assert player.person.answered()["style"] == "sauce"
    assert {"已成年", "爱酱香", "高价位"} <= player.person.tags
    assert Line("", "建档完成，进「分舵」") in player.lines
    assert any(line.text.startswith("备注改成 酒友-老顾-") for line in player.lines)


def test_what_is_no_answer_is_answered_and_the_question_comes_again() -> None:
    player = Player(merchant(BOOK), BOOK, AT)
    player.say("你是机器人吗")
    assert any("机器人助手" in line.text for line in player.lines if line.who == "bot")
    assert player.lines[-1].who == "bot"
    player.say("退订")
    assert player.person.opted_out


def test_an_empty_playbook_says_nothing() -> None:
    player = Player(merchant(Playbook()), Playbook(), AT)
    assert player.lines == []
    player.say("嗯")
    assert player.lines[-1] == Line("", "这句不回")
