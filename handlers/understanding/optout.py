"""The three things a person may say at any time: stop writing to me, give me a human, are you a bot.

Opting out has to be heard however it is put, and must never be invented: not wanting goods, food, a feeding, a group,
or undoing a mistake or an order, is not a word about our messages.
"""

from __future__ import annotations

import re
from functools import lru_cache

from handlers.understanding.phrases import Phrases, phrases, words
from handlers.understanding.text import LONGEST_CLAUSE, Message, dense, message_of
from handlers.understanding.vocabulary import NO_WORDS, Words
from handlers.understanding.wished_away import wishes_us_away
from models.patterns import compile_later

# Whole messages, compared without blanks, punctuation and particles.
_WHOLE = frozenset(
    words(
        """
        td t n0 退订 退定 退钉 退詀 回t 回td td退订 t退订 退订t 退订td unsubscribe stop stopit quit 停 停止 滚
        滚蛋 滚开 滚远点 滚犊子 爬 闭嘴 走开 退出 拉黑 拉黑了 已拉黑 已举报 举报了 已投诉 删了 删除 取关 取消关注 勿扰
        请勿打扰 勿发
        别发 别发了 别发啦 不要发 不要发了 不用发 不用发了 别再发 别再发了 不要再发 不要再发了 不用再发了 别烦我
        别烦 别来烦我 别吵 加错了 加错人 加错人了 找错人 找错人了 认错人 认错人了 你谁啊别发了 我不是 不是我
        删我 删了我 删了吧 把我删了 求放过 放过我 放过我吧 饶了我吧 leavemealone removeme nomoremessages
        有完没完 烦不烦 烦死了 烦死 骚扰 骚扰信息 垃圾信息 垃圾短信 拒收 不接收 别加我 不订阅 不订阅了 打住 免打扰
        dnd pleasestop stopplease stoppls 屏蔽 屏蔽了 已屏蔽 直接拉黑 拉黑处理 我退出
        永久退出 退出订阅 不再订阅 停订 停发 停止订阅 一边去 一边玩去 哪凉快哪待着去 哪凉快哪呆着去
        后会无期 消停消停 消停吧
        """
    )
)

_ANY_OF_WHOLE = Phrases(_WHOLE)
_HUMAN = Phrases(
    words(
        """
        人工 转人工 人工客服 真人客服 找真人 转真人 要真人 真人来 换真人 换个人 换人来 找客服 转客服 叫客服
        人工服务 接人工 要人工 找人工 有人吗人工 叫你们老板 找老板 找你们老板 叫老板来 找店长 叫店长 找你们店长
        叫你们店长 找经理 叫经理 找你们经理 找负责人 叫负责人 叫个人来 来个人 找个人跟我 找个活人 来个活人
        活人呢 换活人 有没有人工 有没有真人 有没有活人 有真人吗 有人工吗 能不能换个人 跟真人说 和真人说 跟人说话
        和人聊 不想跟机器人 不跟机器人 不要机器人 别用机器人 humanplease realperson humanagent talktoahuman
        talktoaperson 要跟人说 让人来 让老板 让店长 让客服 喊你们老板 喊老板 喊店长 喊个人 真人服务 转接客服
        客服在吗 有客服吗 真人回我 真人来回 让真人 真人跟我
        """
    )
)
_NOT_HUMAN = compile_later(
    r"人工(?:费|智能|授精|喂养|受孕|色素|香精|添加|甜味|繁殖|养殖|采摘|流产|湖|草坪|降雨|耳蜗|泪液|荆|牛黄|炒制|"
    r"做的|手工)|不(?:要|用|需要)(?:转)?人工|纯人工|来个人(?:少|多)|让人来(?:气|火)"
)
_BOT = Phrases(
    words(
        """
        你是机器人 你是不是机器人 是机器人吗 是机器人吧 是机器人么 是不是机器人 机器人吗 机器人吧 机器人么
        机器人在回 机器人回复 机器人发的 你是真人吗 你是真人么 是真人吗 是真人还是 真人还是机器 机器还是人
        是不是真人 你是人吗 你是人么 你是人还是 是人是鬼 是ai吗 是不是ai 你是ai ai吧 ai吗 ai回复 ai客服吗 ai在回
        ai还是人 人还是ai 自动回复吗 自动回复吧 自动回复的吧 是自动回复 是自动的吗 系统自动 系统回复的 你是程序
        你是电脑 是电脑回的 是人在回 是人在聊 真人在回 真人吗 真人么 真的人吗 活人吗 是活人 chatgpt吗 你是gpt
        你是deepseek 是deepseek 是豆包 你是豆包 你是智能 智能客服吗 是客服还是机器 areyouabot areyouarobot
        areyouhuman areyouaperson areyoureal isthisabot areyouai 你不是人吧 你不会是机器人 你该不会是机器
        不是机器人吧 不会是机器人
        """
    )
)
# The same put otherwise: 你真是AI啊, 机器人？, 假人吧, 我在跟机器说话吗. Nearly no message has one of the signs.
_SIGN_OF_BOT = re.compile("机[器械]|人机|ai|bot|gpt|豆包|自动|程序|电脑|假人|真人|活人|本人|是人|真的人|大活人")
_MACHINE = (
    r"(?:机器人?|机械人|人机|ai|人工智能|(?:ro)?bot|(?:chat)?gpt|豆包|假人|程序|电脑|自动(?:回复|答复|应答|回|发)的?)"
    r"(?:客服|助手|助理|人|回复|回的|发的|在回)*"
)
_PERSON = r"(?:(?:真的?|活|大活)人(?:客服|在回|在聊|回的|回复)*|本人)"
_YOU = r"(?:你们?|您|对面|对方|这边?|那头|(?:跟|和)我(?:聊天?|说话)的|回我的|客服)"
_SURELY = r"(?:该|不会|真的?|到底|究竟|其实|难道|莫非|是不是|不是|是|算|用的|就|都|一个|个|什么)*"
_ENDS_ASKING = r"(?:吗|么|嘛|吧|啊|呀|呢|哦)+"
_LED = r"(?:请问|想问一?下|那|哎|喂|咦|诶|老实说|说实话|所以|我说|哈哈)*"
_ASKS_BOT = compile_later(
    rf"{_LED}(?:"
    rf"{_YOU}{_SURELY}{_MACHINE}(?:{_ENDS_ASKING}|\?)*"
    rf"|{_YOU}{_SURELY}(?:{_PERSON}|(?<=是)人)(?:{_ENDS_ASKING}|\?)"
    rf"|(?:真?是|是不是|不是|不会是)?{_MACHINE}(?:{_ENDS_ASKING}|\?)"
    rf"|(?:真?是|是不是)?{_PERSON}(?:{_ENDS_ASKING}|\?)"
    r"|.{0,4}人(?:还是|or|或者?是?)(?:机器人?|ai|程序|bot|电脑)(?:人|客服|啊|呢|呀|在回|回的|\?)*"
    r"|(?:我?(?:是|是不是)?在|我是|我)(?:跟|和|同)(?:个|一个)?(?:机器人?|ai|bot|程序)在?(?:说话|聊天?|讲话|对话)(?:吗|么|吧|嘛|\?)"
    r"|(?:是|是不是)(?:机器人?|ai|bot|程序)在(?:跟|和|同)我(?:说话|聊天?|讲话|对话)(?:吗|么|吧|嘛|\?)*"
    r")"
)
_ABOUT_MACHINES = re.compile(r"扫地机器人|机器人(?:玩具|课|积木|乐高)|拖地机器人|买(?:个)?机器人|擦窗机器人")


# Words of politeness and anger around the same wish: 以后勿扰, 请退订谢谢, 你们有完没完.
_AROUND = compile_later(
    r"^(?:以后|今后|往后|下次|从此|请|麻烦|拜托|求求?你?们?|真的?|谢谢|不好意思|抱歉|对不起|你们?|您|那|我要|我想|都|就|给我|帮我)+|"
    r"(?:谢谢你?|多谢|好吗|好不好|行吗|行不行|可以吗|可不可以|了吧|拜托|ok)+$"
)


def is_opt_out(text: str | Message, words: Words = NO_WORDS) -> bool:
    """Whether a message asks us to stop writing to this person, in whatever words; `words.opt_out` adds to the list."""
    message = text if isinstance(text, Message) else message_of(text)
    bare = message.bare
    if not bare:
        return False
    if bare in _WHOLE or message.dense in _WHOLE:
        return True
    if words.opt_out and phrases(words.opt_out).within(message.dense):
        return True
    if len(bare) <= LONGEST_CLAUSE and _ANY_OF_WHOLE.within(bare) and _AROUND.sub("", bare) in _WHOLE:
        return True
    if _to_the_wrong_person(message) or _asks_to_be_deleted(message):
        return True
    return wishes_us_away(message) and not _AT_ANOTHER_TIME.search(message.bare)


# 别老是晚上十一点发 可以白天发: when we are to write, and not that we are not.
_AT_ANOTHER_TIME = compile_later(
    r"(?:可以|改(?:成|到|在)?|换(?:成|到)?|最好|还是)(?:早上|上午|中午|白天|下午|傍晚|晚上|周末|下班后?|工作日)(?:再)?发(?!了|也)"
)
# 认错人了，我单身狗一个: said first, whatever they tell of themselves behind it.
_WRONG_PERSON = compile_later(
    r"(?:你们?|您|不好意思|肯定|是不是)*(?:加|找|认|发)错(?:人|好友|微信)了?吧?(?:不好意思|抱歉|哈|啊|呀)*"
)


def _to_the_wrong_person(message: Message) -> bool:
    if "错" not in message.text or len(message.text) > _SHORT:
        return False
    start, end = message.clauses[0]
    return bool(_WRONG_PERSON.fullmatch(dense(message.text[start:end])))


# 我不喝酒的，删了吧: said last and by itself, of the speaker, unless something else is there to be deleted.
_DELETE_ME = frozenset(words("删了吧 删我吧 删了我吧 把我删了吧 删掉我吧 删好友吧"))
_TO_DELETE = compile_later(r"单|地址|记录|图|照片|视频|评论|备注|号码|选项|信息|消息|重|错")


def _asks_to_be_deleted(message: Message) -> bool:
    if "删" not in message.text or len(message.text) > _SHORT:
        return False
    start, end = message.clauses[-1]
    return dense(message.text[start:end]) in _DELETE_ME and not _TO_DELETE.search(message.text)


_SENT = compile_later(r"发|寄|推送|通知")
_NO_NEED = compile_later(r"(?:先|暂时)?(?:不用|不要|不必|不需要|别|不)发")


def refuses_offer(bare: str, asked: str) -> bool:
    """Whether 不用发 only says no to the thing that a question offers to send."""
    return bool(_NO_NEED.fullmatch(bare)) and bool(_SENT.search(asked))


def wants_human(text: str | Message, words: Words = NO_WORDS) -> bool:
    """Whether a message asks for a human; `words.human` adds to the list."""
    message = text if isinstance(text, Message) else message_of(text)
    if words.human and phrases(words.human).within(message.dense):
        return True
    if not _HUMAN.within(message.dense) or _NOT_HUMAN.search(message.dense):
        return False
    # 你们是真人客服吗 is asked of us; the answer offers a human.
    return len(message.clauses) > 1 or not _asks_bot(message)


def asks_whether_bot(text: str | Message, words: Words = NO_WORDS) -> bool:
    """Whether a message asks if it is written by a machine; `words.bot` adds to the list."""
    if not isinstance(text, Message):
        return _remembered_asks(text, words) if len(text) <= _SHORT else asks_whether_bot(message_of(text), words)
    message = text
    if words.bot and phrases(words.bot).within(message.dense):
        return True
    if _ABOUT_MACHINES.search(message.dense):
        return False
    return _BOT.within(message.dense) or (bool(_SIGN_OF_BOT.search(message.text)) and _asks_bot(message))


def _asks_bot(message: Message) -> bool:
    """Whether one of the first clauses asks so in other words."""
    return any(
        _ASKS_BOT.fullmatch(dense(clause) + ("?" if "?" in clause else ""))
        for clause in (message.text[start:end] for start, end in message.clauses[:_MOST_CLAUSES])
        if len(clause) <= LONGEST_CLAUSE
    )


# Whoever asks something in a group is asked this first, and many ask the same.
_SHORT = 64
_MOST_CLAUSES = 8
_remembered_asks = lru_cache(maxsize=8_192)(lambda text, words: asks_whether_bot(message_of(text), words))
