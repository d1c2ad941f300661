"""Mobile numbers as people type and speak them: 138 0013 8000, +86-138…, 一三八零零一三八零零零, 幺三八…"""

from __future__ import annotations

import re

from models.patterns import compile_later

_SPOKEN = str.maketrans("零〇一二两三四五六七八九幺妖腰洞拐勾壹贰叁肆伍陆柒捌玖", "001223456789111079123456789")
_GAPS = compile_later(r"(?<=\d)[\s\-.·—_()/,]+(?=\d)")
_COUNTRY = compile_later(r"(?:\+|00)?86(?=1[3-9]\d{9}(?!\d))")
_MOBILE = compile_later(r"(?<!\d)1[3-9]\d{9}(?![\d*x])")
_OLD = compile_later(
    r"(?:不用|停用|停机|注销|作废|弃用|旧|老号|老的|以前|原来|之前|原先|换掉|丢了|打不通|不是)[^\d]{0,8}$"
)
_OLD_AFTER = compile_later(
    r"^[^\d]{0,6}(?:不用了|停用|停机|停了|注销|作废|旧的|老号|以前的|换掉|打不通|没用了|丢了|错)"
)
_NEW = compile_later(r"(?:新|现在|改成|换成|换了|换到|用这个|目前|改为|应该是|是)[^\d]{0,8}$")


def phone_numbers(text: str) -> list[tuple[str, int]]:
    """Every whole mobile number of a normalised text with the weight of what is said around it (new +1, old -2)."""
    spoken = text.translate(_SPOKEN)
    whole = _COUNTRY.sub("", spoken)
    # Two whole numbers beside each other are not joined: 13812345678/13912345678.
    spoken = whole if _MOBILE.search(whole) else _COUNTRY.sub("", _GAPS.sub("", spoken))
    found = []
    for match in _MOBILE.finditer(spoken):
        before, after = re.split(r"[,，。;；\n]", spoken[: match.start()])[-1], spoken[match.end() :]
        weight = 0
        if _OLD.search(before) or _OLD_AFTER.search(after):
            weight -= 2
        if _NEW.search(before):
            weight += 1
        found.append((match.group(), weight))
    return found


# 13712340099，错了尾号是98: only the end of it is told anew.
_TAIL = compile_later(
    r"(?:(?:错|不对|不是|更正|应该|改)[^\d一二三四五六七八九零幺]{0,6}|(?=[^\d]{2,8}(?:不对|错)))"
    r"(?:尾号|末尾|最后|后[一两二三四]位?|结尾)(?:[一两二三四1-4]位)?(?:数)?(?:打|写|输|填)?(?:不对|错了?)?[,， ]?"
    r"(?:应该|才|就)?(?:是|为|改成|改为)?[:： ]?([\d零〇一二两三四五六七八九幺]{1,4})(?![\d个位])"
)


def read_phone(text: str) -> str | None:
    """The mobile number to use, 11 digits: the new one over the old, else the first; None without a whole one."""
    found = phone_numbers(text)
    if not found:
        return None
    number = max(found, key=lambda each: each[1])[0]
    return with_new_end(number, text) or number


def with_new_end(number: str, text: str) -> str | None:
    """A number of which only the end is told anew: 最后一位打错了 是2. None where it is not."""
    tail = _TAIL.search(text)
    if tail is None:
        return None
    digits = tail.group(1).translate(_SPOKEN)
    return number[: -len(digits)] + digits
