"""What may be said at any time: opting out, asking for a human, asking whether we are a bot; and unasked messages."""

from __future__ import annotations

import pytest

from handlers.understanding import (
    Prior,
    Words,
    asks_whether_bot,
    is_opt_out,
    meaning_unasked,
    understand,
    wants_human,
)
from tests.handlers.understanding.questions import ASKED_ON, QUESTIONS

_STOP = """
退订
td
T
退訂
ＴＤ
unsubscribe
别再发了
不要再给我发消息了，谢谢
請不要再傳訊息給我
麻烦以后别推送了
你加错人了
不认识你们，别联系我了
再发我就拉黑
再骚扰我报警了啊
把我删了吧
不想收到你们的广告
别烦我
滚
求放过
别再发啦
请停止发送
不要再推送了谢谢
我要退订
怎么退订
取消订阅
你是谁啊，加错了吧
这号不是她的了，别发了
我没买过你们东西，别再打扰
再这样我要拉黑了
不想再看到你们的消息了
烦死了天天发
STOP
回T
能把我移除吗
请不要给我发任何东西
以后别给我发信息
别给老子发了
不需要 别发了
已拉黑
你发错人了，我不是小雨妈
我是她老公，以后别发了
莫再发了
唔好再send嘢嚟
別再煩我
请删除我的联系方式
把我从你们列表删掉
你们别再联系我了好吗
我已经不需要了，请停止推送
勿扰，谢谢
够了 别再发了
群发消息能不能别带上我
别再推了
信息轰炸啊，退订退订
打住，别发了
别再给我打电话了
不想再收到任何推送
不想收到你们的短信
别天天给我发
不要给我发消息
"""
_GO_ON = """
不要奶粉了
我要退订那箱酒
把订的牛奶退订了吧
不想喂了
别发货了，地址错了
发错了，是五月
别发顺丰
我退群了
不要辣的
T恤有吗
还没收到货
别打扰宝宝睡觉，放门口就行
少发点就行
不要退订，我还想看呢
怎么不发货
老公不让我买了
这个不要了，换一个
不用了谢谢
别给我发票了
这个群消息太多了我退群了
不要了，退货
把那单取消吧
酒我不要了
我发错了不好意思
打错字了
不用发货了，我自己来拿
别发韵达
不要发票
先别发，地址有变
退订金什么时候到
这周的奶退订一下
不要给我发甜的，要辣的
删了那个地址，用新的
别删我啊
不要拉黑我
你们怎么不发消息了
别打电话，放驿站
不要打电话，发微信就行
我不是会员
我不是敏感肌
不用通知我老公
宝宝不要奶嘴了
不想喂夜奶了
别忘了发货
烦死了，娃又不睡
滚筒洗衣液有吗
停产了吗
别给我发旧款
不想收到破损的货
不想收到坏的
拒收了，箱子破了
快递拒收
我把好友删了咋加回来
别把我从群里移出啊
帮我把购物车里那个删掉
"""


@pytest.mark.parametrize("text", _STOP.split("\n")[1:-1])
def test_opting_out_is_heard(text: str) -> None:
    assert is_opt_out(text)
    assert understand(QUESTIONS["city"], text).act == "optout"
    assert meaning_unasked(text).act == "optout"


@pytest.mark.parametrize("text", _GO_ON.split("\n")[1:-1])
def test_opting_out_is_not_invented(text: str) -> None:
    assert not is_opt_out(text)


def test_a_playbook_adds_words_and_takes_none_away() -> None:
    words = Words(opt_out=("歇了吧您",), human=("找掌柜",), bot=("你是小爱吗",))
    assert is_opt_out("歇了吧您！", words)
    assert is_opt_out("退订", words)
    assert wants_human("我要找 掌柜", words)
    assert asks_whether_bot("你是小爱吗", words)
    assert not is_opt_out("歇了吧您")


@pytest.mark.parametrize(
    "text", ["人工", "转人工", "我要找你们老板", "有没有真人啊", "叫个人来", "不想跟机器人说话，转人工客服"]
)
def test_a_human_is_asked_for(text: str) -> None:
    assert wants_human(text)


@pytest.mark.parametrize("text", ["纯人工采摘的吗", "人工喂养", "人工费多少"])
def test_work_by_hand_is_not_asking_for_a_human(text: str) -> None:
    assert not wants_human(text)


@pytest.mark.parametrize(
    "text",
    ["把我的生日删了吧", "不想留城市，帮我删掉", "晚上别发消息", "别给我推美白", "我没退订啊", "怎么把我移出群了"],
)
def test_who_takes_back_an_answer_or_chooses_the_time_does_not_opt_out(text: str) -> None:
    assert not is_opt_out(text)


_BOT = """
你真是AI啊
ChatGPT?
你不是真人吧
我在跟机器说话吗
自动回复？
是人还是机器
人机？
你是ai吗
AI客服？
你是智能客服吧
这是真人在回吗
对面是人吗
你是不是机器
机器人？
是机器人在跟我聊天吗
你该不会是机器人吧
假人吧
真人还是机器人啊
bot？
你是程序吗
你是真的人吗
请问是本人吗
你是豆包吗
你是機器人嗎
你是人吗
你们是真人客服吗
"""
_NO_BOT = """
机器人
孩子喜欢机器人
我家有个机器人
你们有没有机器人卖
想学编程机器人
ai
做ai的
我是做程序的
程序员
自动回复怎么设
真人
我本人
是本人
他是本人吗他不是
本人32岁
我们家四个人
两个人还是三个人？
是人都喝酒
这是人喝的吗
手工还是机器做的？
机器能洗吗
你是老板吗
对面是医院
"""


@pytest.mark.parametrize("text", _BOT.strip().splitlines())
def test_who_wonders_whether_we_are_a_bot_is_heard_however_it_is_put(text: str) -> None:
    assert asks_whether_bot(text)


def test_whether_we_are_people_is_no_wish_for_one() -> None:
    assert not wants_human("你们是真人客服吗")
    assert wants_human("你是机器人吧，转人工")


@pytest.mark.parametrize("text", _NO_BOT.strip().splitlines())
def test_who_speaks_of_machines_or_people_does_not_ask(text: str) -> None:
    assert not asks_whether_bot(text)


@pytest.mark.parametrize("text", ["你是机器人吗", "是不是机器人在回啊", "真人吗？", "are you a bot?", "你是AI吗"])
def test_whether_we_are_a_bot_is_asked(text: str) -> None:
    assert asks_whether_bot(text)
    assert understand(QUESTIONS["call"], text).act == "question"


def test_asking_for_a_robot_to_buy_is_not_asking_about_us() -> None:
    assert not asks_whether_bot("扫地机器人有吗")


def test_unasked_messages_may_correct_tell_ask_or_chat() -> None:
    prior = [Prior(QUESTIONS["call"], "老林"), Prior(QUESTIONS["city"], "浙江省杭州市")]
    assert meaning_unasked("你们店搬到新地方了呀", prior=prior, asked_on=ASKED_ON).act != "correct"
    corrected = meaning_unasked("我搬到苏州了", prior=prior, asked_on=ASKED_ON)
    assert (corrected.act, corrected.corrects, corrected.value) == ("correct", "city", "江苏省苏州市")
    told = meaning_unasked("我在成都", others=[QUESTIONS["city"]], asked_on=ASKED_ON)
    assert (told.act, told.also) == ("answer", {"city": "四川省成都市"})
    assert meaning_unasked("你们几点关门").act == "question"
    assert meaning_unasked("谢谢[玫瑰]").act == "chitchat"
    assert meaning_unasked("回头再说").act == "later"
