"""Gaps that spare drafts can fill: for each post that a promise lacks a draft new to the group, and a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from content_calendar.entry import Entry
from content_calendar.group_lint import posts_by_group, too_much
from content_calendar.kind_names import content_name
from content_calendar.lint_plan import LintGroup, Plan
from content_calendar.promises import Period, Post, has_album, shortages
from content_calendar.rotation import filled, following, is_spare, text_for
from models.playbook import Promise

_APART = timedelta(minutes=60)
_STEP = timedelta(minutes=30)
_DAY = timedelta(days=1)
# Where a calendar is empty nothing says when people are used to hear from it.
_MORNING = time(10)
# Where a draft fits at no usual time of a day, it hardly does at the others.
_A_DAY = 3
_TOO_MUCH = "再放一条就超过打扰上限或推广占比，或别的必发就多了"


class Unfilled(msgspec.Struct, frozen=True):
    """A gap that stays: the room, the promise, the period, and in Chinese why."""

    group: str
    promise: str
    period: str
    text: str


class Filled(msgspec.Struct, frozen=True):
    """Entries that would fill gaps, and the gaps that stay."""

    entries: tuple[Entry, ...]
    unfilled: tuple[Unfilled, ...]


def fill(plan: Plan, now: datetime, is_quiet: Callable[[datetime], bool], promise: str = "") -> Filled:
    """What fills the gaps of the promises, or of the one with this name, on the days of the plan still to come.

    A draft goes to each group once; what several groups lack at the same time is one entry.
    """
    posts = posts_by_group(plan)
    taken: dict[tuple[date, time, str], list[str]] = {}
    spares = {one.key: one for one in plan.spares}
    unfilled: list[Unfilled] = []
    for group in plan.groups:
        for found in _fill_group(plan, group, posts, spares, now, is_quiet, promise):
            if isinstance(found, Unfilled):
                unfilled.append(found)
            else:
                day, clock, key = found
                taken.setdefault((day, clock, key), []).append(group.room)
    return Filled(tuple(_entries(plan, taken, spares)), tuple(unfilled))


def _fill_group(
    plan: Plan,
    group: LintGroup,
    everywhere: Mapping[str, list[Post]],
    spares: dict[str, Entry],
    now: datetime,
    is_quiet: Callable[[datetime], bool],
    only: str,
) -> Iterator[tuple[date, time, str] | Unfilled]:
    posts = everywhere[group.room]
    had = [*group.had, *_planned(posts, spares)]
    for promise in plan.playbook.promises_of(group.tier):
        if only not in ("", promise.name):
            continue
        given_up: set[str] = set()
        while (gap := _gap(plan, promise, posts, given_up)) is not None:
            fresh = {
                key: one
                for key, one in spares.items()
                if one.content_kind == promise.content_kind and key not in had and (has_album(one) or not promise.album)
            }
            moments = list(_moments(plan, posts, gap, promise.content_kind, now, is_quiet)) if fresh else []
            found = _place(plan, group, everywhere, moments, fresh, had)
            if found is None:
                given_up.add(gap.label)
                what = "相册的备稿" if promise.album else "备稿"
                kind = content_name(promise.content_kind)
                none = "没有合适的时间" if fresh else f"没有它没发过的 {kind} {what}"
                yield Unfilled(group.room, promise.name, gap.label, _TOO_MUCH if moments else none)
                continue
            post, key = found
            had.append(key)
            posts.append(post)
            posts.sort(key=lambda post: post.at_utc)
            yield post.local_date, post.at_utc.astimezone(plan.zone).time(), key


def _place(
    plan: Plan,
    group: LintGroup,
    everywhere: Mapping[str, list[Post]],
    moments: Sequence[datetime],
    fresh: Mapping[str, Entry],
    had: Sequence[str],
) -> tuple[Post, str] | None:
    """The first moment and draft that make nothing too much, neither here nor for those who are in another group and
    in this one; unlike the posts beside it, if there are such."""
    posts = everywhere[group.room]
    concerned = [group, *(one for one in plan.groups if group.room in one.alongside)]
    before = _too_much(plan, concerned, everywhere)
    fits: dict[tuple[date, bool], bool] = {}
    second_best: tuple[Post, str] | None = None
    for moment in moments:
        local = moment.astimezone(plan.zone)
        themes = {key: one.theme for key, one in fresh.items()}
        while themes:
            fitting = _fitting(themes, posts, next(iter(fresh.values())).content_kind, moment)
            key = following(fitting, had)
            assert key is not None  # none of them was had
            del themes[key]
            spare = fresh[key]
            slot = Entry(key="", date=local.date(), time=local.time(), content_kind=spare.content_kind)
            post = Post(local.date(), moment, filled(slot, spare))
            day = (post.local_date, spare.promotional)
            if day not in fits:
                with_it = {**everywhere, group.room: sorted((*posts, post), key=lambda one: one.at_utc)}
                fits[day] = _too_much(plan, concerned, with_it) <= before
            if fits[day] and not _is_alike(post, posts):
                return post, key
            if fits[day] and second_best is None:
                second_best = post, key
    return second_best


def _too_much(
    plan: Plan, groups: Iterable[LintGroup], posts: Mapping[str, Sequence[Post]]
) -> set[tuple[str, str, str | None, str | None, str]]:
    """What is too much in these groups. Caps of several kinds may be broken in one day: their words tell them apart."""
    return {
        (group.room, row.code, row.promise, row.period, "".join(char for char in row.text if not char.isdecimal()))
        for group in groups
        for row in too_much(plan, group, posts)
    }


def _is_alike(post: Post, posts: Sequence[Post]) -> bool:
    """Whether a post would be like the one before it, or the one after it."""
    place = sum(one.at_utc < post.at_utc for one in posts)
    what = (post.entry.content_kind, post.entry.theme)
    return any((one.entry.content_kind, one.entry.theme) == what for one in posts[max(0, place - 1) : place + 1])


def _fitting(fresh: dict[str, str], posts: Sequence[Post], content_kind: str, moment: datetime) -> dict[str, str]:
    """Of the drafts, given as their themes by key, those that are not like the posts before and after, where there are
    such; and of these those whose theme the group has heard of longest ago."""
    place = sum(post.at_utc < moment for post in posts)
    beside = {
        post.entry.theme for post in posts[max(0, place - 1) : place + 1] if post.entry.content_kind == content_kind
    }
    heard = {post.entry.theme: n for n, post in enumerate(posts[:place]) if post.entry.content_kind == content_kind}
    unlike = {key: theme for key, theme in fresh.items() if theme not in beside} or fresh
    longest_ago = min(heard.get(theme, -1) for theme in unlike.values())
    return {key: theme for key, theme in unlike.items() if heard.get(theme, -1) == longest_ago}


def _planned(posts: Sequence[Post], spares: dict[str, Entry]) -> Iterator[str]:
    """The drafts that slots of the calendar will take before."""
    by_words = {(one.text, one.media): key for key, one in spares.items()}
    for post in posts:
        if (key := by_words.get((post.entry.text, post.entry.media))) is not None:
            yield key


def _gap(plan: Plan, promise: Promise, posts: Sequence[Post], given_up: set[str]) -> Period | None:
    for shortage in shortages(promise, posts, plan.first, plan.last):
        if shortage.missing and shortage.period.label not in given_up:
            return shortage.period
    return None


def _moments(
    plan: Plan,
    posts: Sequence[Post],
    period: Period,
    content_kind: str,
    now: datetime,
    is_quiet: Callable[[datetime], bool],
) -> Iterator[datetime]:
    """Moments to come within the period, first those on days with as few posts as there are, at a usual time or near
    the most usual one, an hour from every other post and outside quiet hours; a few of each day."""
    most = plan.playbook.caps.group_per_day
    count = Counter(post.local_date for post in posts)
    days = [period.first + number * _DAY for number in range((period.last - period.first).days + 1)]
    usual = _usual(plan, posts, content_kind)
    for day in sorted(days, key=lambda day: (count[day], day)):
        if most is not None and count[day] >= most:
            continue
        found = 0
        for clock in (*usual, *_near(usual[0])):
            moment = datetime.combine(day, clock, plan.zone)
            at = moment.astimezone(UTC)
            if at > now and not is_quiet(moment) and all(abs(post.at_utc - at) > _APART for post in posts):
                yield at
                found += 1
            if found == _A_DAY:
                break


def _usual(plan: Plan, posts: Sequence[Post], content_kind: str) -> list[time]:
    """When the group is used to such posts, else to any: the times of day, the most usual one first."""
    alike = [post for post in posts if post.entry.content_kind == content_kind] or posts
    times = Counter(post.at_utc.astimezone(plan.zone).time() for post in alike)
    return sorted(times, key=lambda clock: (times[clock], clock), reverse=True) or [_MORNING]


def _near(usual: time) -> list[time]:
    """The times of a day, the nearest to the usual one first."""
    start = datetime.combine(date.min, usual)
    midnight = datetime.combine(date.min, time())
    moments = [midnight + number * _STEP for number in range(int(_DAY / _STEP))]
    return list(dict.fromkeys(one.time() for one in sorted((start, *moments), key=lambda one: abs(one - start))))


def _entries(plan: Plan, taken: dict[tuple[date, time, str], list[str]], spares: dict[str, Entry]) -> Iterator[Entry]:
    known = {one.entry.key for one in plan.entries if not is_spare(one.entry)}
    for (day, clock, key), rooms in sorted(taken.items()):
        spare = spares[key]
        name = f"补稿-{day}-{key}"
        for number in range(2, 2 + len(known)):
            if name not in known:
                break
            name = f"补稿-{day}-{key}-{number}"
        known.add(name)
        yield Entry(
            key=name,
            title=spare.title,
            content_kind=spare.content_kind,
            theme=spare.theme,
            date=day,
            time=clock,
            groups=tuple(rooms),
            text=text_for(spare),
            promotional=spare.promotional,
            priority=spare.priority,
            catch_up=spare.catch_up,
        )
