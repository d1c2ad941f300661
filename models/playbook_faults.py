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
    """What is expected in place of a word that is not known."""
    if not known:
        return f"{what}, and none is declared"
    near = nearest(word, known)
    return f"{what}, probably {near!r}" if near else f"{what}: {', '.join(map(repr, known))}"


def _repeated(words: Iterable[tuple[Path, str]], what: str) -> Iterator[Misfit]:
    seen: set[str] = set()
    for path, word in words:
        if word in seen:
            yield Misfit(path, f"{word!r} a second time", what)
        seen.add(word)


def _questions(playbook: Playbook) -> Iterator[Misfit]:
    base: Path = ("survey", "questions")
    questions = playbook.survey.questions
    keys = (((*base, n, "key"), question.key) for n, question in enumerate(questions))
    yield from _repeated(keys, "each key once")
    for n, question in enumerate(questions):
        if question.key in RESERVED_KEYS:
            yield Misfit((*base, n, "key"), repr(question.key), "another key; this one has a meaning in conditions")
        if question.type in ("choice", "multi") and not question.options:
            yield Misfit((*base, n, "options"), "none", f"the options of a question of type '{question.type}'")
        values = (((*base, n, "options", m, "value"), option.value) for m, option in enumerate(question.options))
        yield from _repeated(values, "each value once in a question")
        said: dict[str, int] = {}
        for m, option in enumerate(question.options):
            for word in option.words:
                if said.setdefault(word.casefold(), m) != m:
                    yield Misfit((*base, n, "options", m), repr(word), "a word that means only one of the options")


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
            waits = ", ".join(sorted(set(question.when.answers) & keys - reached))
            path = ("survey", "questions", n, "when")
            yield Misfit(path, f"a condition on {waits}", f"a condition that can hold before {question.key!r} is asked")


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
            yield Misfit(path, "a condition that contradicts itself or what it rests on", "one that somebody can meet")


def _completion(playbook: Playbook) -> Iterator[Misfit]:
    """Tags of completion stay, those of answers come and go with them: one tag cannot do both."""
    tiers = [tier.name for tier in playbook.tiers]
    survey = playbook.survey
    follow = {tag for one in survey.questions for tag in one.tags} | {tag for rule in survey.tags for tag in rule.add}
    for n, rule in enumerate(survey.completion):
        path: Path = ("survey", "completion", n)
        if rule.tier is not None and rule.tier not in tiers:
            yield Misfit((*path, "tier"), repr(rule.tier), one_of("one of the tiers", rule.tier, tiers), rule.tier)
        for tag in rule.tags:
            if tag in follow:
                yield Misfit((*path, "tags"), repr(tag), "a tag that does not follow from an answer already")


def _condition(playbook: Playbook, condition: Condition | None, path: Path) -> Iterator[Misfit]:
    if condition is None:
        return
    tiers = [tier.name for tier in playbook.tiers]
    keys = [question.key for question in playbook.survey.questions]
    for name in condition.tiers:
        if name not in tiers:
            yield Misfit((*path, "tiers"), repr(name), one_of("one of the tiers", name, tiers), name)
    for name in set(condition.tags) & set(condition.without):
        yield Misfit((*path, "without"), repr(name), "a tag that is not in tags as well")
    for key, wanted in condition.answers.items():
        question = playbook.question(key)
        if question is None:
            known = [*keys, *Condition.model_fields]
            yield Misfit((*path, key), repr(key), one_of("the key of a question", key, known), key)
        elif (fitting := _unfit(question, wanted)) is not None:
            yield Misfit((*path, key), _shown(wanted), fitting)


# Answers are compared as they are kept, so what has another form is never met.
_DAY = re.compile(r"\d{4}-\d\d-\d\d|--\d\d-\d\d|lunar:(?:\d{4}-)?\d\d-\d\d")
_REGION_ENDS = ("省", "市", "自治区", "特别行政区", "自治州", "地区", "盟", "林区", "自治县")


def _unkept(question: Question, wanted: str) -> str | None:
    """The form in which answers are kept, if that is another."""
    if question.type == "date" and not _DAY.fullmatch(wanted):
        return "a day as it is kept: '1990-05-01', '--05-01' without a year, 'lunar:05-01' or 'lunar:1990-05-01'"
    if question.type == "region" and not wanted.endswith(_REGION_ENDS):
        return "a full official name as it is kept: '浙江省杭州市' or '北京市'"
    return "digits alone" if question.type == "phone" and not wanted.isdecimal() else None


def _unfit(question: Question, wanted: Wanted) -> str | None:
    """What may be wanted of a question's answer, if that is not it."""
    if isinstance(wanted, tuple):
        return next((fitting for one in wanted if (fitting := _unfit(question, one)) is not None), None)
    if question.type in ("number", "age_months"):
        if isinstance(wanted, Bounds) and wanted.min is not None and wanted.max is not None and wanted.min > wanted.max:
            return "a min that is not above max"
        most = wanted.max if isinstance(wanted, Bounds) else wanted
        if isinstance(most, int | float) and not isinstance(most, bool) and most < 0:
            return "a number that is not below 0, as no answer is"
        numeric = isinstance(wanted, Bounds | int | float) and not isinstance(wanted, bool)
        return None if numeric else "a number, a list of numbers, or { min, max }"
    if question.type == "yesno":
        return None if isinstance(wanted, bool) else "true or false"
    if not isinstance(wanted, str):
        return "a text or a list of texts"
    if question.type in ("choice", "multi") and question.option(wanted) is None:
        return one_of(f"an option of {question.key!r}", wanted, [option.value for option in question.options])
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
                yield Misfit(place, found, f"{{{field.name}|…}} with a fallback, as it may not be known then")
            else:
                yield Misfit(place, found, one_of("a known field or a fallback", field.name, names), field.name)


def _tiers(playbook: Playbook) -> Iterator[Misfit]:
    names = [tier.name for tier in playbook.tiers]
    places = ((("tiers", n, "name"), name) for n, name in enumerate(names))
    yield from _repeated(places, "each tier once")
    for n, tier in enumerate(playbook.tiers):
        path = ("tiers", n, "parent")
        if tier.parent is not None and tier.parent not in names:
            yield Misfit(path, repr(tier.parent), one_of("one of the tiers", tier.parent, names), tier.parent)
        elif tier.parent == tier.name or tier in playbook.ancestors(tier.name):
            yield Misfit(path, repr(tier.parent), "a parent that does not stand below its own child")


def _promises(playbook: Playbook) -> Iterator[Misfit]:
    names = [tier.name for tier in playbook.tiers]
    for n, promise in enumerate(playbook.promises):
        path: Path = ("promises", n)
        if promise.tier not in names:
            yield Misfit(
                (*path, "tier"), repr(promise.tier), one_of("one of the tiers", promise.tier, names), promise.tier
            )
        if (promise.at_least is None) == (promise.exactly is None):
            both = promise.at_least is not None
            yield Misfit((*path, "exactly") if both else path, "both" if both else "neither", "at_least or exactly")


def _windows(playbook: Playbook) -> Iterator[Misfit]:
    for base, windows in (
        (("quiet_hours",), playbook.quiet_hours),
        (("handoff", "working_hours"), playbook.handoff.working_hours),
    ):
        for n, window in enumerate(windows):
            if window.start == window.end and window.start.hour + window.start.minute + window.start.second > 0:
                yield Misfit((*base, n, "to"), repr(window.end.isoformat("minutes")), "another time than `from`")


def _rising(path: Path, key: str, numbers: Sequence[float]) -> Iterator[Misfit]:
    for n, (before, after) in enumerate(pairwise(numbers), start=1):
        if after <= before:
            place = (*path, n, key) if key else (*path, n)
            yield Misfit(place, f"{after:g} after {before:g}", "numbers that rise")
