"""Which words a group talks about most: cut by jieba, without what says nothing, counted by messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from handlers.understanding.text import LIMIT
from models.stop_words import STOP_WORDS

# What is no word of theirs: links, mentions, and the platform's own signs for smileys.
_NOISE = re.compile(r"https?://\S+|@[^\s\u2005@]{1,32}[\u2005\s]?|\[[\u4e00-\u9fffA-Za-z]{1,8}\]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")


def counted(texts: Iterable[str], own: Sequence[str] = ()) -> Counter[str]:
    """How many of the texts each word is in. `own` are words of the shop, which are not cut and always count."""
    by_length = sorted({word for word in own if word}, key=lambda word: (-len(word), word))
    kept = re.compile("|".join(map(re.escape, by_length))) if by_length else None
    found: Counter[str] = Counter()
    for text in texts:
        found.update(set(_words(_NOISE.sub(" ", text[:LIMIT]), kept)))
    return found


def _words(text: str, own: re.Pattern[str] | None) -> Iterator[str]:
    if own is not None:
        yield from own.findall(text)
        text = own.sub(" ", text)
    for run in _CHINESE.findall(text):
        for word in _cutter().cut(run):
            if len(word) > 1 and word not in STOP_WORDS and len(set(word)) > 1:
                yield word


@cache
def _cutter() -> Any:
    """jieba with its dictionary, loaded when first needed: half a second. Not by `initialize`, which trusts a cache
    file of a fixed name in a folder that anybody may write to."""
    import jieba  # a third of a second, which each command line would wait for

    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return cutter
