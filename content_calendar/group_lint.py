"""What is wrong in a group: promises not kept, posts that clash or are alike, adverts, caps, what cannot be posted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

import msgspec

from content_calendar.cadence import is_personal
from content_calendar.kind_names import content_name, kind_name
from content_calendar.lint_plan import LintGroup, LintRow, Plan
from content_calendar.promises import Period, Post, Shortage, shortages, theme_runs, weeks
from content_calendar.reach import can_post
from content_calendar.rotation import filled, following, is_slot, spares_of
from content_calendar.titles import title_of

_CLASH = timedelta(minutes=60)
# Beyond so many digits a sum of shares is only rounding.
_DIGITS = 9


def posts_by_group(plan: Plan) -> dict[str, list[Post]]:
    """The posts of each bound group on the days asked for, in the order of their moments."""
    posts: dict[str, list[Post]] = {group.room: [] for group in plan.groups}
    for one in plan.entries:
        if is_personal(one.entry):
            continue
        days = plan.days_of(one.entry)
        for group in plan.groups:
            if group.tier not in one.entry.tiers and group.room not in one.entry.groups:
                continue
            if group.room not in one.overrides:
                posts[group.room] += days
            elif (own := one.overrides[group.room]) is not None:
                posts[group.room] += plan.days_of(own)
    # Few entries are slots, and there are many posts.
    slots = {
        one.entry.key for one in plan.entries if any(map(is_slot, (one.entry, *filter(None, one.overrides.values()))))
    }
    for group in plan.groups:
        posts[group.room].sort(key=lambda post: (post.at_utc, post.entry.key))
        if any(post.entry.key in slots and is_slot(post.entry) for post in posts[group.room]):
            posts[group.room] = _taken(plan, group, posts[group.room])
    return posts


def _taken(plan: Plan, group: LintGroup, posts: Sequence[Post]) -> list[Post]:
    """The posts with the drafts that slots will take, as far as the drafts there are go. A slot without any is none."""
    spares = plan.spares
    had = list(group.had)
    found: list[Post] = []
    for post in posts:
        if not is_slot(post.entry):
            found.append(post)
            continue
        pool = {one.key: one for one in spares_of(post.entry, spares)}
        key = following({name: one.theme for name, one in pool.items()}, had)
        if key is not None:
            had.append(key)
            found.append(msgspec.structs.replace(post, entry=filled(post.entry, pool[key])))
    return found


def lint_groups(plan: Plan) -> Iterator[LintRow]:
    """What is wrong in each group, group by group."""
    posts = posts_by_group(plan)
    for group in plan.groups:
        mine = posts[group.room]
        found = (
            *_promises(plan, group, mine),
            *_clashes(mine),
            *_repeats(mine),
            *_too_much(plan, group, posts),
            *_unreachable(group, mine),
        )
        yield from (msgspec.structs.replace(row, group=group.room, tier=group.tier) for row in found)


def too_much(plan: Plan, group: LintGroup, posts: Mapping[str, Sequence[Post]]) -> Iterator[LintRow]:
    """What is more than it may be in a group: too many of exactly so many, too many adverts, over the caps."""
    yield from (row for row in _promises(plan, group, posts[group.room]) if row.code == "surplus")
    yield from _too_much(plan, group, posts)


def _too_much(plan: Plan, group: LintGroup, posts: Mapping[str, Sequence[Post]]) -> Iterator[LintRow]:
    mine = posts[group.room]
    yield from _advert_share(plan, mine)
    yield from _group_cap(plan, mine)
    yield from _person_caps(plan, [mine, *(posts.get(room, []) for room in group.alongside)])


def _promises(plan: Plan, group: LintGroup, posts: Sequence[Post]) -> Iterator[LintRow]:
    for promise in plan.playbook.promises_of(group.tier):
        for found in shortages(promise, posts, plan.first, plan.last):
            period = found.period.label
            if found.missing:
                yield LintRow(code="missing", promise=promise.name, period=period, text=_lack(found))
            if found.surplus:
                text = f"{content_name(promise.content_kind)} 应正好 {promise.exactly} 条，排了 {found.planned} 条"
                yield LintRow(code="surplus", promise=promise.name, period=period, entry=found.last_entry, text=text)
        for run, absent in theme_runs(promise, posts):
            period = f"{run[0].local_date}/{run[-1].local_date}"
            text = f"连续 {len(run)} 条 {content_name(promise.content_kind)} 里没有主题：{'、'.join(absent)}"
            yield LintRow(code="theme", promise=promise.name, period=period, text=text)


def _lack(found: Shortage) -> str:
    promise = found.promise
    how_many = f"至少 {promise.at_least}" if promise.exactly is None else f"正好 {promise.exactly}"
    why = f"，另有 {found.without_album} 条没有相册" if found.without_album else ""
    return f"{content_name(promise.content_kind)} 应{how_many} 条，排了 {found.planned} 条{why}，缺 {found.missing} 条"


def _clashes(posts: Sequence[Post]) -> Iterator[LintRow]:
    for place, later in enumerate(posts):
        for earlier in reversed(posts[:place]):
            if later.at_utc - earlier.at_utc > _CLASH:
                break
            minutes = (later.at_utc - earlier.at_utc) // timedelta(minutes=1)
            text = f"{_both(earlier, later)}只隔 {minutes} 分钟"
            yield LintRow(code="clash", period=f"{later.local_date}", entry=later.entry.key, text=text)


def _repeats(posts: Sequence[Post]) -> Iterator[LintRow]:
    for earlier, later in pairwise(posts):
        alike = (later.entry.content_kind, later.entry.theme)
        if alike == (earlier.entry.content_kind, earlier.entry.theme):
            what = " ".join(filter(None, (content_name(alike[0]), alike[1]))) or "没写内容类型和主题"
            text = f"{_both(earlier, later)}接连两条一样：{what}"
            yield LintRow(code="repeat", period=f"{later.local_date}", entry=later.entry.key, text=text)


def _both(earlier: Post, later: Post) -> str:
    return f"「{title_of(earlier.entry)}」和「{title_of(later.entry)}」"


def _advert_share(plan: Plan, posts: Sequence[Post]) -> Iterator[LintRow]:
    allowed = plan.playbook.caps.advert_share
    if allowed is None:
        return
    for week in weeks(plan.first, plan.last):
        of_week = _within(posts, week)
        adverts = sum(post.entry.promotional for post in of_week)
        if of_week and adverts / len(of_week) > allowed:
            text = f"{len(of_week)} 条里有 {adverts} 条推广，超过 {allowed:.0%}"
            yield LintRow(code="advert_share", period=week.label, text=text)


def _group_cap(plan: Plan, posts: Sequence[Post]) -> Iterator[LintRow]:
    most = plan.playbook.caps.group_per_day
    for day, count in sorted(Counter(post.local_date for post in posts).items()):
        if most is not None and count > most:
            yield LintRow(code="cap", period=f"{day}", text=f"这个群一天 {count} 条，上限 {most} 条")


def _person_caps(plan: Plan, groups: Sequence[Sequence[Post]]) -> Iterator[LintRow]:
    """The typical member of a group is in these groups; a post counts for them by its weight, as at the gate."""
    caps = plan.playbook.caps
    everything = [post for posts in groups for post in posts]
    adverts = [post for post in everything if post.entry.promotional]
    yield from _over(plan, everything, "打扰", caps.person_per_day, caps.person_per_week)
    yield from _over(plan, adverts, "推广", caps.promotions_per_day, caps.promotions_per_week)


def _over(
    plan: Plan, posts: Iterable[Post], what: str, most_a_day: int | None, most_a_week: int | None
) -> Iterator[LintRow]:
    weight = plan.playbook.caps.group_post_weight or 0
    per_day = Counter(post.local_date for post in posts)
    for day, count in sorted(per_day.items()):
        if most_a_day is not None and (touches := round(count * weight, _DIGITS)) > most_a_day:
            text = f"群里的人一天算 {touches:g} 次{what}，上限 {most_a_day} 次"
            yield LintRow(code="cap", period=f"{day}", text=text)
    if most_a_week is None:
        return
    for week in weeks(plan.first, plan.last):
        count = sum(count for day, count in per_day.items() if week.first <= day <= week.last)
        if (touches := round(count * weight, _DIGITS)) > most_a_week:
            text = f"群里的人一周算 {touches:g} 次{what}，上限 {most_a_week} 次"
            yield LintRow(code="cap", period=week.label, text=text)


def _unreachable(group: LintGroup, posts: Iterable[Post]) -> Iterator[LintRow]:
    for entry in {post.entry.key: post.entry for post in posts}.values():
        if not can_post(group.capabilities, entry):
            what = f"发不了{kind_name(entry.kind)}" if group.capabilities.groups else "不能往群里发"
            yield LintRow(code="unreachable", entry=entry.key, text=f"这个群的账号{what}")


def _within(posts: Iterable[Post], period: Period) -> list[Post]:
    return [post for post in posts if period.first <= post.local_date <= period.last]
