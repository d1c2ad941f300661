"""What somebody tells, or wants deleted or changed, when nobody has asked them: 我换城市了，在武汉; 把我的生日删了吧.

Small talk is full of cities, days and figures, so only whole messages of a plain form count: those that name the
question themselves, and those in the first person that fit nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from msgspec import Struct

from handlers.understanding.choices import chosen_options, is_option, told_options
from handlers.understanding.corrections import best_named
from handlers.understanding.text import PARTICLES, dense, message_of
from handlers.understanding.under_age import asks_of_age, says_under_age
from handlers.understanding.values import read_value
from handlers.understanding.vocabulary import Question
from models.patterns import compile_later

_LONGEST = 30  # longer messages say more than that


class Told(Struct, frozen=True):
    """What a question's answer is now; of a multiple choice also what comes to it, or goes."""

    question: Question
    value: Any
    change: Literal["is", "also", "not"] = "is"


# 生日, 我的生日, 宝宝生日: what is named, at the beginning.
_MINE = r"(?:(?:其实|对了|哦|那个)[,， ]*)?(?:我的?|本人|我们?家?的?)?"
_IS = (
    r"(?:的话)?[:：,， ]*(?:其实|应该|现在|已经|大概|差不多|目前){0,4}(?:就?是|改[成为到]|换[成到]|变成|在|为|叫)?"
    r"[:：,， ]*"
)
_END = rf"[{re.escape(PARTICLES)}。.!！~～ ]*$"
_NAMED = compile_later(rf"^{_MINE}(?P<noun>[^,，:：\d ]{{2,6}}?){_IS}(?P<value>[^,，]{{1,14}}?)了?{_END}")
_LESS = compile_later(
    rf"^{_MINE}(?P<noun>[^,，\d ]{{2,6}}?)(?:现在)?(?:没有?|不)(?:那么|这么)?(?:多|高|大|少|宽裕)了?[,， ]+"
    rf"(?:现在|大概|也|就|只有?|最多){{0,4}}(?P<value>[^,，]{{1,10}}?){_END}"
)
_CHANGED = compile_later(
    rf"^{_MINE}(?:已经|又|刚)?(?:换|改|变)(?:了个?|个)?(?P<noun>[^,，了\d ]{{2,4}}?)了?[,， ]+"
    rf"{_IS}(?P<value>[^,，]{{1,14}}?){_END}"
)
_BORN = compile_later(rf"^我(?:是)?(?P<value>[^,，我]{{3,12}}?)(?:的?生日|生的?|出生的?|过生日){_END}")
_LIVE = compile_later(
    rf"^我?(?:们|家)?(?:现在|目前|已经|如今){{0,4}}(?:搬(?:家|走)?(?:到|去|来|回)?了?[,， ]*(?:现在|住|在){{0,4}}|"
    rf"(?:定居|长住|常住|住)(?:在|到)?)"
    rf"(?P<value>[^,，]{{2,10}}?)(?:住|生活)?了?{_END}"
)
_NOW = compile_later(
    rf"^(?:我(?:的?皮肤)?(?:现在|目前|如今|最近)?(?:已经)?(?:是|变成?|成|转成?)|我?(?:现在|目前|如今|最近)(?:已经)?(?:是|变成?|成|转成?)?)"
    rf"(?P<value>[^,，]{{1,8}}?)(?:的?皮肤)?的?了?{_END}"
)
_ALSO = compile_later(
    rf"^我?(?P<value>[^,，我]{{1,8}}?)(?:我)?(?:也|还)(?P<verb>想|要|爱|喜欢)[要改善看喝吃试]{{0,2}}的?{_END}"
)
_ALSO_TOO = compile_later(
    rf"^我?(?:也|还)(?P<verb>想|要|爱|喜欢)[要改善看喝吃试]{{0,2}}(?P<value>[^,，我]{{1,8}}?)的?{_END}"
)
_NO_MORE = compile_later(
    rf"^我?(?P<value>[^,，我]{{1,8}}?)(?:我)?(?:现在)?不(?P<verb>想|要|爱|喜欢)[要改善看喝吃试]{{0,2}}了{_END}"
)
# It asks, or says what is not.
_NOT_TOLD = compile_later(r"[?？]|吗|呢|什么|多少|几[点号个]|怎么|快乐|别|没(?!有?那么|那么|有?这么)|退|谁|哪")
_ASKS_TOO = compile_later(r"[?？]|[吗么]|什么|怎么|多少|谁|哪")
_A_DAY = compile_later(r"\d|月|[初廿]|号")
_CHILD = compile_later(r"宝宝|孩子|娃|宝贝")
_OF_THE_CHILD = compile_later(r"^(?:我们?家?的?)?(?:宝宝|孩子|娃|宝贝|儿子|女儿|闺女)的?")
_OF_OTHERS = compile_later(r"[不没够太了也都他她]|老公|老婆|先生|爱人|[妈爸爷奶婆姐妹哥弟]|朋友|同事|儿子|女儿|闺女")

_DELETE = r"(?:删除|删掉|删了|删|去掉|抹掉|抹了|清掉|清除|撤掉|划掉)"
_PLEASE = (
    r"(?:请|麻烦|拜托|帮忙|帮我|给我|能不能|可不可以|可以|能|我想|我要|我|想|要|你们?|您|还是|把|将|那就|那|就){0,4}"
)
_ABOUT = r"(?:我的?|的|那个|这个|之前|刚才|上次|填的|留的|记的|说的|登记的|里面?的|档案里?的?|资料里?的?){0,4}"
_AFTER = r"(?:这一?[项条个]|那一?[项条个]|信息|记录|都|也|给我|给|帮我|先){0,4}"
_SO = r"(?:一下|掉|了|吧|好吗|行吗|可以吗|谢谢|哈|呗|谢了){0,4}"
_TAKEN_BACK = (
    compile_later(
        rf"^(?:我)?(?:不想|不愿意?|不要|别)(?:再|给我|帮我){{0,4}}(?:留着?|记着?|保留|存着?){_ABOUT}(?P<noun>.{{2,6}}?)(?:了|啦|吧){{0,4}}"
        rf"(?:{_PLEASE}(?:它|都|给)?{_DELETE}{_SO})?"
    ),
    compile_later(rf"^{_PLEASE}{_ABOUT}(?P<noun>.{{2,6}}?){_AFTER}{_PLEASE}{_DELETE}{_SO}"),
    compile_later(rf"^{_PLEASE}{_DELETE}(?:一下|掉)?{_ABOUT}(?P<noun>.{{2,6}}?){_AFTER}{_SO}"),
)
_TAKING = re.compile("删|去掉|抹|清[掉除]|撤掉|划掉|[不别].{0,4}[留记存]")
_NO_QUESTION = compile_later("聊天|消息|购物车|订单|好友|微信|群|朋友圈|评价|图片?|视频|链接|我们|退款|单")

_ALL = r"(?:我的?|自己的?)?(?:个人|登记|基本)?(?:资料|信息|档案|数据|内容|填的(?:东西|内容|资料|信息)?|答案|回答|记录)"
_EARLIER = r"(?:上次|之前|以前|刚才|前面|上回|那天|当时)"
_WISHES = (
    compile_later(
        rf"(?:我|请|麻烦|帮我|想|要|想要|需要|能不能|可以|怎么|如何|在哪|重新|你们?){{0,4}}(?:修改|更改|更新|更正|改改|改|换|填|写|登记)"
        rf"(?:一下|下)?{_ALL}(?:一下)?(?:吗|么|呢|可以吗|行吗|好吗|呀|啊){{0,4}}"
    ),
    compile_later(
        rf"(?:我|想|要|请|帮我|把|能|可以|麻烦){{0,4}}{_ALL}(?:想|要|需要|能|可以|得){{0,4}}(?:修改|更改|更新|更正|改改|改)(?:一下|下|吗|了|吧){{0,4}}"
    ),
    compile_later(
        rf"(?:我)?{_EARLIER}?(?:我)?(?:填|写|说|给|留|登记|选|报)?的?{_ALL}?(?:好像|可能|基本)?(?:全部?|都|全都|通通)?"
        r"(?:填|写|弄|搞|说)?(?:是)?(?:不对|错的?|错了|有误|有问题|不准确?|过时了?)(?:了|啦|的){0,4}"
    ),
)
_OF_MINE = compile_later(rf"我|{_EARLIER}|资料|信息|档案|填")
_CHANGING = re.compile("资料|信息|档案|数据|内容|填的|写的|说的|答案|回答|记录")


def may_tell(text: str) -> bool:
    """Whether it is worth to look: a cheap first look that little small talk passes."""
    return len(text) <= _LONGEST and _SIGN.search(text) is not None


_SIGN = compile_later(
    "^(?:其实|对了)?我|现在|目前|如今|也[想要爱喜]|还[想要爱喜]|不[想要爱喜].{0,3}了|生日|城市|地址|电话|手机|预算|"
    r"^.{2,6}[:：]|没那么|不那么|[搬換换]"
)


def told_unasked(text: str, questions: Sequence[Question], asked_on: date | None) -> Told | None:
    """What a message tells of one of the questions, if it plainly does and says nothing else."""
    if not may_tell(text):
        return None
    said = message_of(text).text.strip()
    of_age = [one for one in questions if one.type == "yesno" and asks_of_age(one.text)]
    if of_age and says_under_age(said) and not _ASKS_TOO.search(said):
        return Told(of_age[0], False)
    if _NOT_TOLD.search(said):
        return None
    return _by_name(said, questions, asked_on) or _by_form(said, questions, asked_on)


def _by_name(said: str, questions: Sequence[Question], asked_on: date | None) -> Told | None:
    of_the_child = _OF_THE_CHILD.match(said)
    asked = list(questions)
    if of_the_child or said.startswith("我"):
        asked = [one for one in questions if bool(_CHILD.search(one.text)) == bool(of_the_child)]
    said = said[of_the_child.end() :] if of_the_child else said
    for form in (_LESS, _CHANGED, _NAMED):
        for found in _ways(form, said):
            question = None if _OF_OTHERS.search(found["noun"]) else best_named(asked, found["noun"])
            value = _value(question, found["value"], asked_on) if question else None
            if question is not None and value is not None:
                return Told(question, value)
    return None


def _ways(form: re.Pattern[str], said: str) -> list[dict[str, str]]:
    """A noun has two to six characters: each way to part it from what is said of it, the shortest first."""
    found = form.match(said)
    if found is None:
        return []
    ways = [found.groupdict()]
    start = found.start("noun")
    for length in range(len(found["noun"]) + 1, 7):
        rest = re.compile(rf"{_IS}(?P<value>[^,，]{{1,14}}?){_END}").match(said, start + length)
        if form is _NAMED and rest is not None and not re.search(r"[,，:：\d ]", said[start : start + length]):
            ways.append({"noun": said[start : start + length], "value": rest["value"]})
    return ways


def _by_form(said: str, questions: Sequence[Question], asked_on: date | None) -> Told | None:
    of_type = {kind: [one for one in questions if one.type == kind] for kind in ("date", "region", "choice", "multi")}
    for form, kind in ((_BORN, "date"), (_LIVE, "region")):
        if (found := form.match(said)) and len(of_type[kind]) == 1:
            question = of_type[kind][0]
            if (kind == "region" or "生日" in question.text) and not _CHILD.search(question.text):
                value = _value(question, found["value"], asked_on)
                if value is not None:
                    return Told(question, value)
    if found := _NOW.match(said):
        named = [one for one in of_type["choice"] if is_option(one, found["value"])]
        if len(named) == 1:
            return Told(named[0], _value(named[0], found["value"], asked_on))
    for form, change in ((_ALSO, "also"), (_ALSO_TOO, "also"), (_NO_MORE, "not")):
        if found := form.match(said):
            named = [one for one in of_type["multi"] if is_option(one, found["value"]) and found["verb"] in one.text]
            if len(named) == 1:
                return Told(named[0], told_options(named[0], found["value"]), change)  # type: ignore[arg-type]
    return None


def _value(question: Question, said: str, asked_on: date | None) -> Any:
    if question.type in ("freetext", "name", "yesno"):  # these read almost anything
        return None
    if question.type == "choice":
        return chosen_options(question, said)[0] if is_option(question, said) else None
    if question.type == "multi":
        return told_options(question, said)
    if question.type == "date" and not _A_DAY.search(said):
        return None
    return read_value(question, message_of(said), message_of(said).text, asked_on)


def taken_back(text: str, questions: Sequence[Question]) -> tuple[Question, str] | None:
    """The question of which somebody wants the answer deleted (把我的生日删了吧), and what they call it, if they want
    nothing else."""
    if len(text) > _LONGEST or not _TAKING.search(text):
        return None
    said = dense(text).strip(PARTICLES)
    for form in _TAKEN_BACK:
        found = form.fullmatch(said)
        if found is not None and not _NO_QUESTION.search(found["noun"]):
            question = best_named(questions, found["noun"])
            if question is not None and _OF_OTHERS.search(found["noun"]) and not _CHILD.search(question.text):
                return None
            return (question, found["noun"]) if question is not None else None
    return None


def wants_to_change(text: str) -> bool:
    """Whether somebody wants to change what they told, or says that it is wrong, and not what: 上次填的都不对."""
    if len(text) > _LONGEST or not _CHANGING.search(text):
        return False
    said = dense(text).strip(PARTICLES)
    return bool(_OF_MINE.search(said)) and any(wish.fullmatch(said) for wish in _WISHES)
