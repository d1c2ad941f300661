"""Whatever workers know, each account is dealt to exactly one that knows it, by the reckoning of each for itself."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from bot.store.shares import Account, shares_of


@pytest.mark.parametrize("seed", range(50))
def test_the_shares_of_all_are_all_accounts(seed: int) -> None:
    chance = random.Random(seed)
    accounts = [("m1", f"a{n}") for n in range(chance.randint(1, 12))]
    known: dict[str, list[Account]] = {
        f"w{n}": [one for one in accounts if chance.random() < 0.7] for n in range(chance.randint(1, 6))
    }
    dealt: Counter[frozenset[str]] = Counter()
    for worker, mine in known.items():
        for names, share in shares_of(worker, known):
            assert names <= {name for _, name in mine}
            dealt[names] += share
    assert all(count == len(names) for names, count in dealt.items())
    assert {name for names in dealt for name in names} == {name for mine in known.values() for _, name in mine}


@pytest.mark.parametrize("count", [1, 3, 4, 7])
def test_where_all_know_the_same_they_differ_by_one_at_most_and_the_first_have_more(count: int) -> None:
    accounts = [("m1", f"a{n}") for n in range(10)]
    known = {f"w{n}": accounts for n in range(count)}
    shares = [share for worker in known for _, share in shares_of(worker, known)]
    assert sum(shares) == 10
    assert shares == sorted(shares, reverse=True)
    assert max(shares) - min(shares) <= 1
