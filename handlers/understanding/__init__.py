"""What a Chinese WeChat reply means: pure functions from text to acts and values.

`understand` reads a reply to an open question of the survey, `meaning_unasked` a message when none is open,
`understand_business` a message by what it asks of the shop. All of them are deterministic, never raise for any text,
and look at its first 4,000 characters. How it works, in order:

- `text` makes a reply readable at unchanged offsets (half-width, Simplified, lower case, without emoji);
- `optout` hears 退订, a wish for a human, and "are you a bot?" before anything else; `wished_away` is a small
  classifier for who wants to be left alone in other words;
- `corrections` finds that an earlier answer was wrong, `renames` that somebody wants to be called otherwise;
- `acts` tells which clauses ask, refuse, put off or greet, and `values` reads the rest with the parser of the type
  (`names` with `nameless`, `ages`, `amounts`, `dates`, `regions`, `choices`, `yesno`, `phones`), and further facts told
  in passing;
- `hearing` goes through the clauses once for all who ask, `reading` puts everything together;
- `business` is a small classifier too; `python -m training` trains both.
"""

from handlers.understanding.business import Business, understand_business
from handlers.understanding.hearing import FirstLook, first_look
from handlers.understanding.optout import asks_whether_bot, is_opt_out, wants_human
from handlers.understanding.reading import meaning_unasked, understand
from handlers.understanding.vocabulary import Act, Option, Prior, Question, Understanding, Words

__all__ = [
    "Act",
    "Business",
    "FirstLook",
    "Option",
    "Prior",
    "Question",
    "Understanding",
    "Words",
    "asks_whether_bot",
    "first_look",
    "is_opt_out",
    "meaning_unasked",
    "understand",
    "understand_business",
    "wants_human",
]
