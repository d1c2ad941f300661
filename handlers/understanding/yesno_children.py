"""Yes or no told by how things stand with children: 家里有宝宝吗, 是第一胎吗, 您是准妈妈吗."""

from __future__ import annotations

import re

from models.patterns import compile_later

_SECOND_CHILD = compile_later(r"(?:老|第|大宝)?[二三四两][胎宝个]|老[二三四]|第[二三四]|[俩仨]|双胞胎")
_FIRST_CHILD = compile_later(r"头胎|头一[个胎]|第?一胎|老大|第一[个次]|大宝|独生|就这?一个")


def of_first_child(core: str) -> bool | None:
    """是第一胎吗 answered by which child it is: 老二啦 is no, 头胎 yes."""
    if core.startswith("不"):
        return None
    return False if _SECOND_CHILD.search(core) else True if _FIRST_CHILD.search(core) else None


ASKS_SECOND_CHILD = compile_later(r"第二胎|二胎|二宝|第二个(?:宝|娃|孩)|老二")


def of_second_child(core: str) -> bool | None:
    """是第二个宝宝吗 answered by which child it is: 头胎 is no, 二宝了 yes; the third is not the second."""
    if core.startswith("不"):
        return None
    if _FIRST_CHILD.search(core) and "有大宝" not in core:
        return bool(re.search(r"(?<!不是)(?:二[胎宝]|老二)", core))
    if re.search(r"[三四][胎宝]|老[三四]|第[三四]", core):
        return False
    return True if re.search(r"(?<!没)(?<!没有)(?:二[胎宝]|老二|第二)", core) else None


ASKS_PREGNANT = compile_later(r"准妈妈|孕妇|怀孕|怀着|孕期")


def expects_child(core: str) -> bool | None:
    """您是准妈妈吗 answered by how things stand: 已经卸货 and 我是爸爸 are no."""
    return (
        False
        if re.search(r"(?<!没)(?<!没有)(?:卸货|生完|出生|生了)|^我?是(?:他|孩子|宝宝)?(?:爸|奶爸|男)|备孕", core)
        else None
    )


def of_child(core: str) -> bool | None:
    """家里有宝宝吗 answered by how things stand: 备孕, 单身狗 are no, 怀着, 刚满月 are yes."""
    if re.search(r"备孕|单身|丁克|没(?:有)?(?:对象|结婚|成家|生)|未婚", core):
        return False
    if re.fullmatch(r"有?[一两三俩仨][个娃宝]*", core):
        return True
    return True if re.search(r"怀(?!疑)|孕|刚生|满月|坐月子|双胞胎|二胎|(?:月|岁)(?:半|多)?(?:大|了|$)", core) else None
