"""A mother-and-baby shop and a beauty shop, for stories in which people wander, interrupt, correct and vanish."""

from __future__ import annotations

BABY = """
name = "天天母婴"
human_hold_minutes = 30
[persona]
name = "圆圆"
[reception]
accept = [{ accept = true }]
greetings = ["亲，我是天天母婴的圆圆，店里的机器人助手。"]
remark = "百事通-{baby|宝宝}-妈"
[survey]
acknowledgements = ["好嘞。"]
thanks = ["都记好啦，谢谢{name}。"]
nudges_hours = [24, 72]
settle_seconds = 5
tags = [{ when = { age = { max = 12 } }, add = ["一岁内"] }, { when = { age = { min = 13 } }, add = ["一岁以上"] }]
[[survey.questions]]
key = "baby"
type = "name"
required = true
texts = ["宝宝小名叫什么呀？", "怎么称呼咱家宝贝？"]
retry = ["小名、乳名都行，比如「天天」。"]
[[survey.questions]]
key = "age"
type = "age_months"
texts = ["宝宝多大啦？", "宝宝几个月了？"]
retry = ["说个大概就行，比如「8个月」。"]
[[survey.questions]]
key = "city"
type = "region"
texts = ["您在哪个城市呀？"]
[[quiet_hours]]
from = "21:30"
to = "08:30"
[pace]
typing_chars_per_second = 8
[[keywords]]
words = ["在哪"]
answer = "解放路 5 号，早九到晚八。"
"""
BEAUTY = """
name = "小鹿美肤"
human_hold_minutes = 20
[persona]
name = "小鹿"
[reception]
accept = [{ accept = true }]
greetings = ["你好，我是小鹿美肤的小鹿，店里的机器人助手。"]
remark = "{call|新客}-{skin|未知}"
[reactions]
joy = ["恭喜恭喜呀！"]
[survey]
thanks = ["谢谢{call|亲}。"]
nudges_hours = [24, 72]
[[survey.questions]]
key = "call"
type = "name"
texts = ["怎么称呼你呢？"]
[[survey.questions]]
key = "skin"
type = "choice"
texts = ["你是什么肤质？1干皮 2油皮 3混合"]
options = [{ value = "dry", label = "干皮" }, { value = "oily", label = "油皮" }, { value = "mix", label = "混合" }]
retry = ["回数字就行，比如 1。"]
[[survey.questions]]
key = "wish"
type = "freetext"
texts = ["还有什么想告诉我的吗？"]
[pace]
typing_chars_per_second = 8
"""
