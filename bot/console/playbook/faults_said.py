"""What is wrong with a playbook, in Chinese: the loader's English words, put as a shop manager says them.

Only a translation: what it does not know is shown as the loader said it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from models.playbook_faults import Misfit

_CURES: dict[str, str] = {
    "this key": "这里要填",
    "true or false": "要填是或否",
    "a table": "一组内容",
    "a list": "几条内容",
    "a text": "要填文字",
    "a number": "要填一个数",
    "a finite number": "要填一个数",
    "a whole number": "要填整数",
    "a text that is not empty": "不能空着",
    "a text that is not blank": "不能空着",
    "a text without the character NUL": "去掉看不见的字符",
    "a time of day like '22:00'": "写成 22:00 这样的时间",
    "a time of day from '00:00' to '23:59'": "时间从 00:00 到 23:59",
    "a key without blanks, braces and |": "编号里不要有空格、{}、|",
    "a value, a list of values, or { min, max }": "一个值、几个值，或从几到几",
    "'day', 'week', 'month' or { days = n } with n from 1 to 366": "每天、每周、每月，或每 1 到 366 天",
    "each key once": "每题一个编号，不能重复",
    "each tier once": "层级不能重名",
    "each value once in a question": "同一题的选项编号不能重复",
    "another key; this one has a meaning in conditions": "换一个编号，这个在条件里另有意思",
    "a word that means only one of the options": "一个说法只能指一个选项",
    "one that somebody can meet": "这个条件谁也满足不了",
    "a tag that does not follow from an answer already": "换一个标签，这个已经由答案带出",
    "a tag that is not in tags as well": "同一个标签不能又要有、又要没有",
    "a min that is not above max": "下限不能比上限大",
    "a number, a list of numbers, or { min, max }": "要一个数，或从几到几",
    "a text or a list of texts": "要文字",
    "a parent that does not stand below its own child": "上一级不能又是它的下级",
    "at_least or exactly": "「至少」和「正好」填一个",
    "another time than `from`": "结束要和开始不一样",
    "numbers that rise": "要一个比一个大",
    # hints
    "the narrower rule first": "把更细的规则放到前面",
    "a greeting; those who are accepted hear nothing": "写一句问候，不然通过了也没人说话",
    "what to say to an answer that is not understood; without it the next question is asked": (
        "写一句没听懂时说的话，不然直接问下一题"
    ),
    "a word of thanks; the last answer is met with silence": "写一句谢谢，不然答完最后一题就没声了",
    # files
    "TOML": "这一行不是「名字 = 值」的写法；先「导出」一份现在的方案，照它的样子改",
    "a playbook": "文件里没有内容，导入它等于把整个方案清空；先「导出」一份现在的方案，在它上面改",
    "a file saved as UTF-8": "把文件存成 UTF-8 再导入",
    "it at the top, before the first [table]": "把它放到最前面，第一个 [表] 之前",
    "no key below this one": "它下面不能再分",
    "a few levels": "少套几层",
    "the levels that the keys have": "少套几层",
}
# What the reader of TOML stumbled over, by how its words begin.
_BROKEN: dict[str, str] = {
    "invalid value": "等号后面的值写得不对：文字两边要加英文引号，是或否写 true 或 false",
    "unterminated string": "引号有开头没有结尾，补上后面那个英文引号",
    "illegal character": "引号有开头没有结尾，补上后面那个英文引号；要分几行写，前后各用三个引号",
    "expected '='": "名字后面少了等号，写成「名字 = 值」",
    "expected ']'": "方括号有开头没有结尾，补上 ]",
    "expected ']]'": "方括号有开头没有结尾，补上 ]]",
    "unclosed array": "方括号有开头没有结尾，补上 ]，几个值之间用英文逗号隔开",
    "unclosed inline table": "花括号有开头没有结尾，补上 }，几项之间用英文逗号隔开",
    "expected newline": "这一行后面多了东西：一行只写一个「名字 = 值」，说明写在 # 后面",
    "cannot overwrite a value": "同一个名字写了两次，留一个",
    "duplicate inline table key": "同一个名字写了两次，留一个",
    "cannot declare": "同一个 [表] 写了两次，合成一个",
    "unescaped": "文字里的反斜杠要写两个，或者把两边的引号换成单引号",
    "invalid date": "没有这个日子或时间",
}
_WHAT = {
    "one of the tiers": "层级",
    "the key of a question": "题目编号",
    "a known field or a fallback": "认识的字段",
    "one of": "可以写的",
}


def _names(words: str) -> str:
    return "、".join(f"「{one or other}」" for one, other in re.findall(r"'([^']*)'|\"([^\"]*)\"", words))


def _what(said: str) -> str:
    return "选项" if said.startswith("an option of") else _WHAT.get(said, said)


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(rf"\A{pattern}\Z", re.DOTALL), says)
    for pattern, says in (
        (r"more than (.+)", lambda m: f"要大于 {m[1]}"),
        (r"at least (.+)", lambda m: f"至少 {m[1]}"),
        (r"less than (.+)", lambda m: f"要小于 {m[1]}"),
        (r"at most (.+)", lambda m: f"最多 {m[1]}"),
        (r"the options of a question of type .*", lambda _m: "单选、多选要有选项"),
        (r"a condition that can hold before .* is asked", lambda _m: "这一题的条件要等它自己的答案，永远轮不到问"),
        (r"(.+), and none is declared", lambda m: f"还没有{_what(m[1])}"),
        (r"(.+), probably (.+)", lambda m: f"没有这个{_what(m[1])}，是不是{_names(m[2]) or m[2]}"),
        (r"(.+?): (.+)", lambda m: f"没有这个{_what(m[1])}，现有{_names(m[2])}"),
        (r"one of ('.*)", lambda m: f"可以写{_names(m[1])}"),
        (r"(\{.*?\|…\}) with a fallback.*", lambda m: f"那时可能还不知道，写成 {m[1]}，「…」换成不知道时说的"),
        (r"the longer channel code first.*", lambda _m: "短的渠道码在前面会把它盖住，长的放前面"),
        (r"an answer that is understood here .*", lambda _m: "这个例子听不懂，换一个，或改问题类型"),
        (r"it in (\[.*\])", lambda m: f"把它放到 {m[1]} 里"),
        (r"'([^']*)'", lambda m: f"是不是 {m[1]}"),
        (r"('.*') or ('.*')", lambda m: f"可以写{_names(m[1])}、{_names(m[2])}"),
    )
)


def cure(misfit: Misfit) -> str:
    """What to do about it."""
    wish = misfit.expected
    if wish in _CURES:
        return _CURES[wish]
    for pattern, says in _PATTERNS:
        if found := pattern.fullmatch(wish):
            return says(found)
    return wish


def told(misfit: Misfit) -> str:
    """What is to be done, and about what, beside a field that shows what stands there."""
    found = misfit.found
    if misfit.expected == "TOML" and (broken := next((_BROKEN[how] for how in _BROKEN if found.startswith(how)), "")):
        return broken
    if found == "an unknown key":
        return f"没有这个键，{cure(misfit)}"
    if found.startswith("{") and found.endswith("}") and "=" not in found:
        return f"{found} {cure(misfit)}"
    if twice := re.fullmatch(r"'(.*)' a second time", found):
        return f"「{twice[1]}」写了两次，{cure(misfit)}"
    return cure(misfit)
