"""What only several tables of a playbook can get wrong together: names that nobody declared, rings, dead questions.

Each check yields `Misfit`s; all are found, none is raised, so that an operator sees everything at once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise

import msgspec

from models.conditions import Bounds, Condition, Wanted
from models.dead_branches import can_hold
from models.fields import ALWAYS_KNOWN, STANDARD_FIELDS, fields_of
from models.playbook import Playbook
from models.playbook_survey import Question

Path = tuple[str | int, ...]

RESERVED_KEYS = frozenset(Condition.model_fields)  # an answer of such a key could not be named in a condition


class Misfit(msgspec.Struct, frozen=True):
    """Where in the playbook, what stands there, and what should. `undeclared` is a name that is declared nowhere."""

    path: Path
    found: str
    expected: str
    undeclared: str | None = None


def misfits(playbook: Playbook) -> list[Misfit]:
    """All that does not fit together, in the order of the tables."""
    return [
        *_questions(playbook),
        *_unreachable(playbook),
        *_conditions(playbook),
        *_completion(playbook),
        *_fields(playbook),
        *_tiers(playbook),
        *_promises(playbook),
        *_windows(playbook),
        *_rising(("survey", "nudges_hours"), "", playbook.survey.nudges_hours),
        *_rising(("pace", "warm_up"), "day", [step.day for step in playbook.pace.warm_up]),
    ]


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known word that was probably meant; `likeness` from 0 to 1 is how alike the two must be."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=likeness)), None)


def one_of(what: str, word: str, known: Sequence[str]) -> str:
    """What to say to a word that is none of the known ones."""
    if not known:
        return f"还没有{what}，要先写上"
    near = nearest(word, known)
    return f"没有这个{what}，是不是 {near!r}？" if near else f"没有这个{what}，现有 {listed(known)}"


def listed(words: Iterable[str]) -> str:
    """Words to choose from."""
    return "、".join(map(repr, words))


def _repeated(words: Iterable[tuple[Path, str]], what: str) -> Iterator[Misfit]:
    seen: set[str] = set()
    for path, word in words:
        if word in seen:
            yield Misfit(path, f"{word!r}，前面已经写过", what)
        seen.add(word)


def _questions(playbook: Playbook) -> Iterator[Misfit]:
    base: Path = ("survey", "questions")
    questions = playbook.survey.questions
    keys = (((*base, n, "key"), question.key) for n, question in enumerate(questions))
    yield from _repeated(keys, "每题一个编号，不能重复")
    for n, question in enumerate(questions):
        if question.key in RESERVED_KEYS:
            yield Misfit((*base, n, "key"), repr(question.key), "换一个编号，这个在条件里另有意思")
        if question.type in ("choice", "multi") and not question.options:
            yield Misfit((*base, n, "options"), "没有写选项", "单选、多选要有选项")
        values = (((*base, n, "options", m, "value"), option.value) for m, option in enumerate(question.options))
        yield from _repeated(values, "同一题的选项编号不能重复")
        said: dict[str, int] = {}
        for m, option in enumerate(question.options):
            for word in option.words:
                if said.setdefault(word.casefold(), m) != m:
                    yield Misfit((*base, n, "options", m), repr(word), "一个说法只能指一个选项")


def _unreachable(playbook: Playbook) -> Iterator[Misfit]:
    """Questions that wait for an answer that can only come after themselves."""
    keys = {question.key for question in playbook.survey.questions}
    reached: set[str] = set()
    while True:
        more = {
            question.key
            for question in playbook.survey.questions
            if question.when is None or set(question.when.answers) & keys <= reached
        }
        if more <= reached:
            break
        reached |= more
    for n, question in enumerate(playbook.survey.questions):
        if question.key not in reached and question.when is not None:
            waits = listed(sorted(set(question.when.answers) & keys - reached))
            path = ("survey", "questions", n, "when")
            yield Misfit(path, f"条件要等 {waits} 的答案，永远轮不到问", "换一个在它前面就能答的题")


def _conditions(playbook: Playbook) -> Iterator[Misfit]:
    """What is wrong with each condition by itself, else whether it can hold at all."""
    unreachable = {misfit.path for misfit in _unreachable(playbook)}
    survey = playbook.survey
    for path, condition in (
        *((("survey", "questions", n, "when"), question.when) for n, question in enumerate(survey.questions)),
        *((("survey", "tags", n, "when"), rule.when) for n, rule in enumerate(survey.tags)),
        *((("survey", "completion", n, "when"), rule.when) for n, rule in enumerate(survey.completion)),
        *((("tiers", n, "join"), tier.join) for n, tier in enumerate(playbook.tiers)),
        *((("stages", n, "when"), rule.when) for n, rule in enumerate(playbook.stages)),
    ):
        found = list(_condition(playbook, condition, path))
        yield from found
        if (
            not found
            and path not in unreachable
            and not can_hold(playbook, condition, by_hand=path[0] in ("tiers", "stages"))
        ):
            yield Misfit(path, "这个条件谁也满足不了", "它自己前后矛盾，或和它等的题、标签矛盾，改一处")


def _completion(playbook: Playbook) -> Iterator[Misfit]:
    """Tags of completion stay, those of answers come and go with them: one tag cannot do both."""
    tiers = [tier.name for tier in playbook.tiers]
    survey = playbook.survey
    follow = {tag for one in survey.questions for tag in one.tags} | {tag for rule in survey.tags for tag in rule.add}
    for n, rule in enumerate(survey.completion):
        path: Path = ("survey", "completion", n)
        if rule.tier is not None and rule.tier not in tiers:
            yield Misfit((*path, "tier"), repr(rule.tier), one_of("层级", rule.tier, tiers), rule.tier)
        for tag in rule.tags:
            if tag in follow:
                yield Misfit((*path, "tags"), repr(tag), "换一个标签，这个已经由答案带出")


def _condition(playbook: Playbook, condition: Condition | None, path: Path) -> Iterator[Misfit]:
    if condition is None:
        return
    tiers = [tier.name for tier in playbook.tiers]
    keys = [question.key for question in playbook.survey.questions]
    for name in condition.tiers:
        if name not in tiers:
            yield Misfit((*path, "tiers"), repr(name), one_of("层级", name, tiers), name)
    for name in set(condition.tags) & set(condition.without):
        yield Misfit((*path, "without"), repr(name), "同一个标签不能又要有、又要没有")
    for key, wanted in condition.answers.items():
        question = playbook.question(key)
        if question is None:
            known = [*keys, *Condition.model_fields]
            yield Misfit((*path, key), repr(key), one_of("题目编号", key, known), key)
        elif (fitting := _unfit(question, wanted)) is not None:
            yield Misfit((*path, key), _shown(wanted), fitting)


# Answers are compared as they are kept, so what has another form is never met.
_DAY = re.compile(r"\d{4}-\d\d-\d\d|--\d\d-\d\d|lunar:(?:\d{4}-)?\d\d-\d\d")
_REGION_ENDS = ("省", "市", "自治区", "特别行政区", "自治州", "地区", "盟", "林区", "自治县")


def _unkept(question: Question, wanted: str) -> str | None:
    """The form in which answers are kept, if that is another."""
    if question.type == "date" and not _DAY.fullmatch(wanted):
        return "日子要照保存的样子写：'1990-05-01'，不带年的 '--05-01'，农历 'lunar:05-01' 或 'lunar:1990-05-01'"
    if question.type == "region" and not wanted.endswith(_REGION_ENDS):
        return "要写全名，如 '浙江省杭州市'、'北京市'"
    return "只写数字" if question.type == "phone" and not wanted.isdecimal() else None


def _unfit(question: Question, wanted: Wanted) -> str | None:
    """What may be wanted of a question's answer, if that is not it."""
    if isinstance(wanted, tuple):
        return next((fitting for one in wanted if (fitting := _unfit(question, one)) is not None), None)
    if question.type in ("number", "age_months"):
        if isinstance(wanted, Bounds) and wanted.min is not None and wanted.max is not None and wanted.min > wanted.max:
            return "下限不能比上限大"
        most = wanted.max if isinstance(wanted, Bounds) else wanted
        if isinstance(most, int | float) and not isinstance(most, bool) and most < 0:
            return "不能小于 0，没有这样的答案"
        numeric = isinstance(wanted, Bounds | int | float) and not isinstance(wanted, bool)
        return None if numeric else "要一个数、几个数，或从几到几（{ min, max }）"
    if question.type == "yesno":
        return None if isinstance(wanted, bool) else "要写 true（是）或 false（否）"
    if not isinstance(wanted, str):
        return "要写文字，两边加英文引号，或写几个"
    if question.type in ("choice", "multi") and question.option(wanted) is None:
        return one_of("选项", wanted, [option.value for option in question.options])
    return _unkept(question, wanted)


def _shown(wanted: Wanted) -> str:
    if isinstance(wanted, Bounds):
        return f"{{ min = {wanted.min}, max = {wanted.max} }}"
    return repr(list(wanted)) if isinstance(wanted, tuple) else repr(wanted)


def _fields(playbook: Playbook) -> Iterator[Misfit]:
    """Greetings and survey texts reach everybody, so each field is known by then or has a fallback."""
    always = ALWAYS_KNOWN | ({"persona"} if playbook.persona.name else set())
    yield from _texts(playbook, ("reception", "greetings"), playbook.reception.greetings, always)
    yield from _texts(playbook, ("survey", "acknowledgements"), playbook.survey.acknowledgements, always)
    if playbook.survey.old_friends is not None:
        yield from _texts(playbook, ("survey", "old_friends", "hello"), playbook.survey.old_friends.hello, always)
    for kind, texts in playbook.reactions:
        yield from _texts(playbook, ("reactions", kind), texts or (), always | ({"when"} if kind == "later" else set()))
    answered = set(always)  # a conditional or optional question may have no answer
    for n, question in enumerate(playbook.survey.questions):
        known = answered | (set(question.when.answers) if question.when else set())
        for kind, texts in (("texts", question.texts), ("retry", question.retry)):
            yield from _texts(playbook, ("survey", "questions", n, kind), texts, known)
        if question.required and question.when is None:
            answered.add(question.key)
    for rule in playbook.survey.completion:
        if rule.when is None and rule.coupon:
            answered.add("coupon")
    yield from _texts(playbook, ("survey", "thanks"), playbook.survey.thanks, answered)
    if playbook.consent.text is not None:
        yield from _texts(playbook, ("consent",), {"text": playbook.consent.text}, always)
    # A remark or a welcome with an unknown field is skipped for that person; with a misspelt one, for everybody.
    if playbook.reception.remark is not None:
        yield from _texts(playbook, ("reception",), {"remark": playbook.reception.remark}, None)
    for n, tier in enumerate(playbook.tiers):
        if tier.welcome is not None:
            yield from _texts(playbook, ("tiers", n), {"welcome": tier.welcome}, None)


def _texts(
    playbook: Playbook, path: Path, texts: Sequence[str] | Mapping[str, str], known: Set[str] | None
) -> Iterator[Misfit]:
    """Fields without a fallback that are not known when the text leaves; None: it is enough that they may be."""
    names = [*dict.fromkeys([*STANDARD_FIELDS, *(question.key for question in playbook.survey.questions)])]
    for n, text in texts.items() if isinstance(texts, Mapping) else enumerate(texts):
        for field in fields_of(text):
            if field.fallback is not None or field.name in (names if known is None else known):
                continue
            place, found = (*path, n), f"{{{field.name}}}"
            if field.name in names:
                yield Misfit(place, found, f"那时可能还不知道，写成 {{{field.name}|…}}，「…」换成不知道时说的")
            else:
                wish = one_of("字段", field.name, names)
                if nearest(field.name, names) is None:  # it may be known from elsewhere
                    wish += f"；或者写成 {{{field.name}|…}}，「…」换成不知道时说的"
                yield Misfit(place, found, wish, field.name)


def _tiers(playbook: Playbook) -> Iterator[Misfit]:
    names = [tier.name for tier in playbook.tiers]
    places = ((("tiers", n, "name"), name) for n, name in enumerate(names))
    yield from _repeated(places, "层级不能重名")
    for n, tier in enumerate(playbook.tiers):
        path = ("tiers", n, "parent")
        if tier.parent is not None and tier.parent not in names:
            yield Misfit(path, repr(tier.parent), one_of("层级", tier.parent, names), tier.parent)
        elif tier.parent == tier.name or tier in playbook.ancestors(tier.name):
            yield Misfit(path, repr(tier.parent), "上一级不能是它自己，也不能是它的下级")


def _promises(playbook: Playbook) -> Iterator[Misfit]:
    names = [tier.name for tier in playbook.tiers]
    for n, promise in enumerate(playbook.promises):
        path: Path = ("promises", n)
        if promise.tier not in names:
            yield Misfit((*path, "tier"), repr(promise.tier), one_of("层级", promise.tier, names), promise.tier)
        if (promise.at_least is None) == (promise.exactly is None):
            both = promise.at_least is not None
            found = "两个都写了" if both else "两个都没有写"
            yield Misfit((*path, "exactly") if both else path, found, "「至少」（at_least）和「正好」（exactly）写一个")


def _windows(playbook: Playbook) -> Iterator[Misfit]:
    for base, windows in (
        (("quiet_hours",), playbook.quiet_hours),
        (("handoff", "working_hours"), playbook.handoff.working_hours),
    ):
        for n, window in enumerate(windows):
            if window.start == window.end and window.start.hour + window.start.minute + window.start.second > 0:
                yield Misfit((*base, n, "to"), repr(window.end.isoformat("minutes")), "结束要和开始不一样")


def _rising(path: Path, key: str, numbers: Sequence[float]) -> Iterator[Misfit]:
    for n, (before, after) in enumerate(pairwise(numbers), start=1):
        if after <= before:
            place = (*path, n, key) if key else (*path, n)
            yield Misfit(place, f"{after:g}，前面是 {before:g}", "要一个比一个大")
