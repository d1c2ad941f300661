"""Options by their place: 2, 1和3, 13, ②, B, 第二个, 前两个, 最后一个. Digits inside other words are no places."""

from __future__ import annotations

import re

from handlers.understanding.text import dense
from handlers.understanding.vocabulary import Question
from models.patterns import compile_later

_DIGIT = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "壹": 1,
    "贰": 2,
    "叁": 3,
}

_SEPARATOR = r"[\s,，、.。和跟与及加&+/;；还有以及或者\-]"

_MEASURE = (
    r"(?![\d.]*\s?(?:个(?=[\u4e00-\u9fff])(?![吧呗啊哈呀哦嘛的都全也和跟与好行可就那])|"
    r"号(?:来(?!一|两|个)|去|到|过[来去]|[拿取送发寄早晚前后]|[上下中]午|之[前后]|以[前后]|有空)|个月|个娃|个孩子|个人|瓶|斤|岁|年|月(?!光)|天|次|块|元|盒|箱|罐|克|ml|kg|k|w|包|只|位|口|家|"
    r"杯|两|毛|分|点|万|千|百|周|度|支|件|楼|栋|路|单|cm|米|片|颗|胎|宝|顿|折|%))"
)

_NUMBERS = compile_later(
    r"(?<![\da-z.第前后])(?:no\.?|选项?|第|数字|编号|答案|就|要|是|我|选择|扣|回|填|按|投|给|来|嗯|那|应该|大概|"
    rf"估计|可能|勾|戳)?\s?([1-9]{_MEASURE}(?:(?:{_SEPARATOR})*[1-9])*)(?:号|项|选项)?{_MEASURE}(?![\da-z])"
)

_LETTERS = compile_later(r"(?<![a-z])(?:选|要|是|就)?([a-h](?:[\s,，、.和跟与及&+/]*[a-h])*)(?![a-z])")

_EITHER_LETTER = compile_later(r"(?<![a-z])([a-h])(?:或者?|要么)([a-h])(?![a-z])")

_CHINESE = compile_later(
    r"^(?:我|选项|选|要|是|就|那就|来|第|"
    r"答案)*([一二两三四五六七八九](?:[,，、 和跟与及还有]*[一二三四五六七八九])*)(?:号|项)?(?:选手|选项)?"
    r"(?:都要|都行|都可以|都选|就行)?[吧呗啊哈呀]*$"
)

_ORDINAL = compile_later(
    r"第([一二两三四五六七八九\d])(?:个|种|项|款|类|条|样|档|"
    r"位)?(?!次|回|胎|天|年|名|代|时间)"
    r"(?:[和跟与、,，及 ]*(?:第)?([一二三四五六七八九\d])(?:个|种|项|款|类|条|样|档)?)?|(前|后|头|"
    r"末)面?([两二三四五六234])(?:个|种|项|款|类|样)?|(最后|末尾|倒数第一|最末|最下面|最下边)(?:一|那|的)?(?:个|种|"
    r"项|款)?|(倒数第二)|(中间|当中)(?:那|的)?(?:一)?(?:个|种|款)?|(头一|首|最前|最上面|最上边|上面|前面|前者|"
    r"左边|上边)(?:那|的|一)?(?:个|种|款)?|(下面|后面|后者|右边|后边|下边)(?:那|的|一)?(?:个|种|款)?"
)


def numbered_options(question: Question, text: str, multi: bool) -> list[int]:
    """Indexes of the options that a text names by place, in the order told; empty where a place does not exist."""
    count = len(question.options)
    text = text.replace("\n", ",")
    found: list[int] = []
    span = re.fullmatch(r"\D{0,3}([1-9])\s?(?:-|~|到|至|—)\s?([1-9])\D{0,4}", text.strip()) if multi else None
    if span and int(span.group(1)) < int(span.group(2)) <= count:
        return list(range(int(span.group(1)) - 1, int(span.group(2))))
    for match in _ORDINAL.finditer(text):
        first, second, edge, size, last, second_last, middle, top, bottom = match.groups()
        if first:
            found += [_DIGIT.get(each) or int(each) for each in (first, second) if each]
        elif edge:
            number = _DIGIT.get(size) or int(size)
            if number <= count:
                found += range(1, number + 1) if edge in "前头" else range(count - number + 1, count + 1)
        elif last:
            found.append(count)
        elif second_last:
            found.append(count - 1)
        elif middle and count % 2:
            found.append(count // 2 + 1)
        elif top and (count == 2 or match.group().startswith(("头一", "首", "最"))) and len(dense(text)) < 12:
            found.append(1)
        elif bottom and count == 2 and len(dense(text)) < 12:
            found.append(count)
    if not found:
        for match in _NUMBERS.finditer(text):
            if int(re.sub(r"\D", "", match.group(1)) or 0) > 10 and not multi and re.fullmatch(r"\d+", match.group(1)):
                continue
            found += [int(each) for each in re.findall(r"[1-9]", match.group(1))]
    core = dense(text)
    if not found and not multi and (either := _EITHER_LETTER.search(core)):
        found += [ord(each) - ord("a") + 1 for each in either.groups()]
    if not found and (spelt := _CHINESE.match(text.strip(" ,，。.!！~"))):
        found += [_DIGIT[each] for each in re.findall(r"[一二两三四五六七八九]", spelt.group(1))]
    if not found and len(core) <= 12:
        told = [letters.group(1) for letters in _LETTERS.finditer(text)]
        found += [ord(each) - ord("a") + 1 for each in re.findall(r"[a-h]", "".join(told if multi else told[:1]))]
    if not found or any(not 1 <= each <= count for each in found):
        return []
    return [each - 1 for each in dict.fromkeys(found)]
