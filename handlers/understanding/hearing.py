"""What a message does before any value is read from it: which clauses ask, put off or refuse, and what it may be
whoever said it."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from handlers.understanding import acts
from handlers.understanding.business import complains
from handlers.understanding.corrections import may_correct
from handlers.understanding.optout import asks_whether_bot, is_opt_out, wants_human
from handlers.understanding.renames import may_rename
from handlers.understanding.text import ANSWER_LIMIT, LIMIT, LONGEST_CLAUSE, Message, dense, message_of
from handlers.understanding.vocabulary import NO_WORDS, Words
from models.patterns import compile_later

_WANTS_ADVICE = compile_later(
    r"你们|有没有|(?<!看着)推荐|建议|哪[个款种](?:好|适合|合适)|怎么选|能不能|可不可以|[?？]|[吗么]$|是不是"
)
# 我叫孙丽娟然后你们店在哪: an answer and a question in one breath; what stands before the turn is told.
_TURNS = compile_later(r"(?<=\w{2})(?:然后|另外|顺便|对了|还有就是|请问|想问|问一下|问下|想请教)")
_PUZZLED = compile_later(r"[啊哈嗯额呃诶哦]+[?？]+$")
# A reply of more clauses is a letter or a flood, and what it does besides answering it does in its first ones.
MOST_CLAUSES = 40


class Clauses(Struct):
    """What the clauses of a message do besides answering; spans into the message's text."""

    asking: list[tuple[int, int]]
    proposing: list[tuple[int, int]]
    """The heads of asking clauses that only end in 行吗 or 可以吗."""
    refusing: list[tuple[int, int]]
    unknowing: list[tuple[int, int]]
    delaying: list[tuple[int, int]]
    chatting: list[tuple[int, int]]
    count: int


def _look(message: Message) -> Clauses:
    seen = Clauses([], [], [], [], [], [], len(message.clauses))
    kinds = {
        "refuses": seen.refusing,
        "delays": seen.delaying,
        "asks": seen.asking,
        "chats": seen.chatting,
        "does not know": seen.unknowing,
    }
    for span in message.clauses[:MOST_CLAUSES]:
        clause = message.text[span[0] : min(span[1], span[0] + LONGEST_CLAUSE)]
        if clause.strip().isdigit():  # a number says what it says
            continue
        if kind := _remembered_does(clause) if len(clause) <= SHORT else _does(clause):
            if kind == "asks" and (turn := _TURNS.search(clause)) and not acts.asks(clause[: turn.start()]):
                kinds[kind].append((span[0] + turn.start(), span[1]))
            else:
                kinds[kind].append(span)
            if kind == "asks" and (head := acts.proposed(clause)):
                seen.proposing.append((span[0], span[0] + head))
    if seen.count > 1 and not (seen.refusing or seen.delaying):
        # A refusal or a delay may be broken over several bubbles or by a stray blank.
        if acts.declines(message.dense) and not acts.is_chat(message.dense):
            seen.refusing.append((0, len(message.text)))
        elif acts.puts_off(message.dense) and len(message.dense) < 16:
            seen.delaying.append((0, len(message.text)))
    return seen


def _does(clause: str) -> str:
    """What a clause does besides answering; empty if nothing."""
    squeezed = dense(clause)
    if acts.declines(squeezed):
        return "refuses"
    if acts.puts_off(squeezed):
        return "delays"
    if _PUZZLED.match(clause.strip()):
        return "asks"
    if acts.is_chat(squeezed):
        return "chats"
    if acts.does_not_know(squeezed) and not _WANTS_ADVICE.search(clause):
        return "does not know"
    return "asks" if acts.asks(clause) else ""


# People say the same short things all day long, and every message is listened to several times on its way.
SHORT = 64
_remembered_does = lru_cache(maxsize=8_192)(_does)


class FirstLook(Struct, frozen=True):
    """What a message may be whoever said it, whatever was asked: enough for nearly everything that people say 1:1.

    `asks` is true also of who wants a human or asks for the bot; `may_correct` only says that it is worth to look.
    """

    is_opt_out: bool
    wants_human: bool
    asks_whether_bot: bool
    asks: bool
    may_correct: bool
    complains: bool


class Heard(Struct, frozen=True):
    """A message, what its clauses do, and what it may be, whoever said it and whatever was asked."""

    message: Message
    seen: Clauses
    look: FirstLook


def _listen(text: str, words: Words) -> Heard:
    whole = message_of(text)
    message = whole if len(text) <= ANSWER_LIMIT else Message(text, ANSWER_LIMIT)
    seen = _look(message)
    human, bot = wants_human(whole, words), asks_whether_bot(whole, words)
    look = FirstLook(
        is_opt_out=is_opt_out(whole, words),
        wants_human=human,
        asks_whether_bot=bot,
        asks=human or bot or bool(seen.asking),
        may_correct=may_correct(message.text) or may_rename(message.text),
        complains=complains(message.text),
    )
    return Heard(message, seen, look)


_remembered = lru_cache(maxsize=4_096)(_listen)
# Long ones are large: a few, between the first look at a message and its decision, and of more of them the look alone.
_lately = lru_cache(maxsize=8)(_listen)
_remembered_look = lru_cache(maxsize=1_024)(lambda text, words: _lately(text, words).look)


def hear(text: str, words: Words) -> Heard:
    """Listen to a message; what was heard lately is remembered."""
    if len(text) <= SHORT:
        return _remembered(text, words)
    heard = _lately(text[:LIMIT], words)
    return heard if len(text) <= LIMIT else replace(heard, message=heard.message.beginning(text))


def first_look(text: str, words: Words = NO_WORDS) -> FirstLook:
    """Look at a message once for all who ask what it may be."""
    if len(text) <= SHORT:
        return _remembered(text, words).look
    look: FirstLook = _remembered_look(text[:LIMIT], words)
    return look
