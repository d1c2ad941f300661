"""How accounts are shared among the workers that know them.

All workers have the same config.toml, but not while it changes: they are restarted one after the other. Who does not
know an account cannot keep it, so that it counts for nothing in the share of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

# Its merchant and its own name.
Account = tuple[str, str]


def shares_of(worker: str, known: Mapping[str, Collection[Account]]) -> list[tuple[frozenset[str], int]]:
    """Of each set of accounts that the same workers know, `worker` among them: how many of these it is to keep.

    `known`: what each living worker knows, in an order that all agree on. Each finds the same shares. What few know is
    dealt out first, so that the rest evens it out: where all know the same, shares differ by one at most.
    """
    knowers: dict[Account, list[str]] = {}
    for one, accounts in known.items():
        for account in accounts:
            knowers.setdefault(account, []).append(one)
    together: dict[tuple[str, ...], set[str]] = {}
    for (_, name), workers in knowers.items():
        together.setdefault(tuple(workers), set()).add(name)
    keeps = dict.fromkeys(known, 0)
    shares = []
    for these, names in sorted(together.items(), key=lambda found: (len(found[0]), found[0])):
        before = keeps[worker]
        for _ in names:
            keeps[min(these, key=keeps.__getitem__)] += 1  # of equals the first
        if worker in these:
            shares.append((frozenset(names), keeps[worker] - before))
    return shares
