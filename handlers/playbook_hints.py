"""What a playbook may do and its author may not have meant: told when it is checked, and no reason to refuse it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from handlers.replies import asked_of, words_of
from handlers.understanding import understand
from models.conditions import Condition
from models.fields import ALWAYS_KNOWN, fields_of
from models.playbook import AcceptRule, Playbook
from models.playbook_faults import Misfit, Path
from models.playbook_survey import MOST_NUDGES

_NO_RETRY = "写一句没听懂时说的话，不然直接问下一题"


def hints(playbook: Playbook, today: date) -> list[Misfit]:
    """In the order of the tables."""
    return [
        *_reception(playbook),
        *_survey(playbook),
        *_completion(playbook),
        *_regions(playbook),
        *_examples(playbook, today),
        *_templates(playbook),
    ]


def _reception(playbook: Playbook) -> Iterator[Misfit]:
    rules = playbook.reception.accept
    for n, rule in enumerate(rules):
        if any(_covers(earlier, rule) for earlier in rules[:n]):
            path: Path = ("reception", "accept", n)
            yield Misfit(path, "前面那条规则更宽，轮不到这条", "把更细的规则放到前面")
    channels = playbook.reception.channels
    for n, channel in enumerate(channels):
        if any(earlier.hello.casefold() in channel.hello.casefold() for earlier in channels[:n]):
            path = ("reception", "channels", n, "hello")
            yield Misfit(path, repr(channel.hello), "前面短的渠道码会把它盖住，长的放前面")
    if any(rule.accept for rule in rules) and not playbook.reception.greetings:
        yield Misfit(("reception", "greetings"), "没有写", "写一句问候，不然通过了也没人说话")


def _covers(earlier: AcceptRule, rule: AcceptRule) -> bool:
    """Whether everybody whom a rule is about meets the earlier one, which therefore decides."""
    same_words = earlier.hello is None or (rule.hello is not None and earlier.hello in rule.hello)
    return same_words and earlier.source in (None, rule.source)


def _survey(playbook: Playbook) -> Iterator[Misfit]:
    survey = playbook.survey
    for n, question in enumerate(survey.questions):
        if not question.retry and question.type != "freetext":
            path: Path = ("survey", "questions", n, "retry")
            yield Misfit(path, "没有写", _NO_RETRY)
    if len(survey.nudges_hours) > MOST_NUDGES:
        found = f"写了 {len(survey.nudges_hours)} 次"
        yield Misfit(("survey", "nudges_hours"), found, f"最多提醒 {MOST_NUDGES} 次，再多的不会发")
    if survey.questions and not survey.thanks:
        yield Misfit(("survey", "thanks"), "没有写", "写一句谢谢，不然答完最后一题就没声了")


def _completion(playbook: Playbook) -> Iterator[Misfit]:
    """Of tier, group, coupon and owner the first rule that names one decides: behind one for everybody none does."""
    for name in ("tier", "group", "coupon", "owner"):
        is_decided = False
        for n, rule in enumerate(playbook.survey.completion):
            if getattr(rule, name) and is_decided:
                path: Path = ("survey", "completion", n, name)
                yield Misfit(
                    path, repr(getattr(rule, name)), "前面已有一条给所有人的，轮不到这条，把给所有人的放到最后"
                )
            is_decided |= bool(getattr(rule, name)) and rule.when is None


def _regions(playbook: Playbook) -> Iterator[Misfit]:
    """杭州市 is kept as 浙江省杭州市; a condition that wants the first is never met."""
    survey = playbook.survey
    places: list[tuple[Path, Condition | None]] = [
        *((("survey", "questions", n, "when"), question.when) for n, question in enumerate(survey.questions)),
        *((("survey", "tags", n, "when"), rule.when) for n, rule in enumerate(survey.tags)),
        *((("survey", "completion", n, "when"), rule.when) for n, rule in enumerate(survey.completion)),
        *((("tiers", n, "join"), tier.join) for n, tier in enumerate(playbook.tiers)),
    ]
    asked = asked_of(playbook)
    for path, condition in places:
        for key, wanted in (condition.answers if condition else {}).items():
            if key not in asked or asked[key].type != "region":
                continue
            for name in wanted if isinstance(wanted, tuple) else (wanted,):
                kept = understand(asked[key], str(name)).value
                if kept != name:
                    yield Misfit(
                        (*path, key),
                        repr(name),
                        f"要写全名，是不是 {kept!r}？" if kept else "要写全名，如 '浙江省杭州市'",
                    )


def _examples(playbook: Playbook, today: date) -> Iterator[Misfit]:
    asked, words = asked_of(playbook), words_of(playbook)
    for n, question in enumerate(playbook.survey.questions):
        for m, example in enumerate(question.examples):
            if understand(asked[question.key], example, asked_on=today, words=words).act == "unclear":
                path: Path = ("survey", "questions", n, "examples", m)
                yield Misfit(path, repr(example), "这个例子听不懂，换一个，或改问题类型")


def _templates(playbook: Playbook) -> Iterator[Misfit]:
    """Not everybody has answered everything, and who has not goes without this text."""
    required = {question.key for question in playbook.survey.questions if question.required and question.when is None}
    known = ALWAYS_KNOWN | {"persona", *required}
    texts: list[tuple[Path, str | None, frozenset[str]]] = [(("reception", "remark"), playbook.reception.remark, known)]
    texts += [
        (("tiers", n, "welcome"), tier.welcome, known | {"tier", "group"}) for n, tier in enumerate(playbook.tiers)
    ]
    for path, text, by_then in texts:
        for field in fields_of(text or ""):
            if field.fallback is None and field.name not in by_then:
                yield Misfit(
                    path, f"{{{field.name}}}", f"没说过的人收不到，写成 {{{field.name}|…}}，「…」换成不知道时说的"
                )
