"""The three things a person may say at any time: stop writing to me, give me a human, are you a bot.

Opting out has to be heard however it is put, and must never be invented: not wanting goods, food, a feeding, a group,
or undoing a mistake or an order, is not a word about our messages.
"""

from __future__ import annotations

import re

from handlers.understanding.phrases import Phrases, phrases, words
from handlers.understanding.signs import Signs
from handlers.understanding.stopping import (
    asks_to_be_taken_off,
    may_be_taken_off,
    wishes_in,
    wishes_us_away,
    wishes_us_away_at_length,
)
from handlers.understanding.text import LONGEST_CLAUSE, PARTICLES, Message
from handlers.understanding.vocabulary import NO_WORDS, Words

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

# Whole clauses that mean it beside whatever else is said.
_CLAUSE = frozenset(
    words(
        """
        加错了 加错了吧 你加错了 退订 td 滚 滚蛋 闭嘴 拉黑 拉黑了 取关 取关了
        取消关注 勿扰 请勿打扰 别发了 不要发了 不用发了 别再发 别再发了 不要再发 不要再发了 别烦我
        unsubscribe 别加我 信息骚扰 短信骚扰 消息骚扰 骚扰微信 拒收 骚扰信息 垃圾信息 加错人了 找错人了
        认错人了 搞错人了 加错了
        """
    )
)

# Phrases that mean it wherever they stand.
_ANYWHERE = Phrases(
    words(
        """
        取消订阅 取消推送 停止推送 停掉推送 关掉推送 关闭推送 不接收推送 拒收消息 拒收信息 取消接收 停止发送
        停止打扰 停止骚扰 不要骚扰 别骚扰 别再骚扰 骚扰我 天天骚扰 老骚扰 总骚扰 一直骚扰 这样骚扰 再骚扰
        骚扰别人 请勿打扰 勿扰我 不要打扰我 别打扰我 别来打扰 不想被打扰 不希望被打扰 不要再打扰 别再打扰 别再烦
        别来烦 不要烦我 不要来烦 别烦我 烦死你们 再发我就 再发就 再发拉黑 再发举报 再发投诉 再发消息我就
        再发信息我就 继续发我就 再给我发我 再打扰我就 再吵我就 天天发烦 天天发有完 老发烦不烦 发发发烦
        别让我再收到 不想再看到你们的 不想看到你们的消息 不想看到你们 别再出现 拉黑你 拉黑了 给你拉黑 屏蔽你
        删除好友 删好友 取消关注 要取关 烦死了天天 烦死天天 烦死了老 别再推了
        不要再推了 不用再推了 不用推了 互删 别推送了 加错人 加错号 找错人 认错人 搞错人 你加错了 你们加错 发错人了吧
        是不是发错 你发错人
        你们发错人 您发错人 你找错 不是你要找 不是你们要找 不是你找的 不是本人 我不认识你 我不认识你们 谁让你加我
        谁叫你加我 谁让你们加 怎么加上我的 没加过你们 我没加你 号换人了 号主 换人用了 换机主 别再联系 不要再联系
        以后别联系 以后不要联系 不用再联系 请不要联系 不必再联系 断了联系吧
        别再找我 不要再找我 以后别找我 再也别发 消停点 消停会 让我清净 让我清静 图个清净 别群发 不要群发
        别给我群发 不需要你们的消息 不需要推送 不用推送 不要推送 别推送 别推了 不要推了 不用通知我 不要通知我
        别通知我 不要给我推 别给我推 别给我打广告 别发广告 不要发广告 别老发 别总发 别一直发 别天天发 不要天天发
        不要老发 不要一直发 别发消息 别发信息 不要发消息 不要发信息 别发这些 不要发这些 别发这种 不要发这种
        别发了 不要发了 别再发了 不要再发了 不要再发 别再发 不用再发 不必再发 不用发了 莫发了 莫再发 莫要发 甭发
        甭再发 勿再发 请勿再发 别给我整这些 别跟我说话 别理我 不要理我 别私信我 不要私信 别私信 别@我
        别艾特我 把我关掉 帮我关掉消息 关了消息 dontmessage donotmessage donttext donottext dontcontact donotcontact
        stopmessaging stopsending stoptexting stopcontacting nomoremsg nomoremessage nomoretext nomoread nomorespam
        nomorepromo takemeoff takemyname
        removemy
        removeme optout unsubscribe 给我停 停了吧别 给老子滚 你给我滚 滚远 滚吧 别来烦 不想理你 退订
        退定 td退 懒得理你 别再加我 不要再加我 不想看广告 不想再看广告 不想看你们 不想看到广告 赶紧删掉 赶紧删了
        赶快删 删了你 删你了 删你好友 取消我的订阅 别再推这 不要再推这 别推这 不要推这
        """
    )
)

# What makes the same words a matter of goods, parcels, a group, a mistake: looked for in the clause itself.
_ABOUT_GOODS = re.compile(
    r"货|快递|顺丰|圆通|中通|韵达|邮政|邮费|发票|红包|链接|表情|语音给|群里|到群|群公告|这个群|那个群|退群|进群|"
    r"拉群|建群|移出群|朋友圈"
    r"|订单|奶.{0,3}退订|退订.{0,4}(?:奶|报|刊)|签收|本人(?:用|买|喝|吃|去|到|来|下单|付)|那单|这单|单子|定金|订金|退订(?:单|金|费|的钱|那|这(?!个(?:$|了|吧|推|服|消|号))|不了.{0,2}会员|一(?!下)|两|上|昨|了的)|牛奶|奶粉|鲜奶|酒|茶|面膜|机票|"
    r"酒店|房间|课|套餐|蛋糕|箱|瓶|罐|盒"
    r"|图片|照片|视频给(?:他|她|别人)|地址|错了|发错(?!人)|打错|脾气|火了|那款|这款|老公|老婆|我妈|婆婆|宝宝|孩子|"
    r"娃|(?<!给)别人|冷的|辣|喂"
)
# Matters that no wish of the kind that `stopping` puts together can be about.
_ELSEWHERE = re.compile(r"群(?!发)|朋友圈|快递|物流|发货|签收|验证码|发票|单号|活动取消|闹钟")
# They have it, or see to it themselves: 别发了，我已经收到了.
_SERVED = re.compile(
    r"(?<![再想不能续])(?:收到|看到|找到|拿到)了?(?:单号|货|$|[,，。])|自己(?:选|看|拿|取|找)|放门口|驿站|放前台|放保安"
)
_PLEADS = re.compile(r"求放过|放过我|饶了我|高抬贵手")
_DEAR = re.compile(r"(?<!抬)贵|便宜|优惠|笑|哈哈|价|钱|减肥|胖|作业|班")
_NOT_MEANT = re.compile(
    r"把我(?:拉黑|屏蔽)了|打扰到?(?:你|您|别人|大家)|推(?:荐)?(?:太?贵|便宜)|被.{0,6}(?:拉黑|屏蔽)|(?<![把将])我(?:好像|可能|刚才|刚|是)?[认加找发打搞弄]错|拉黑了(?:一|那|这|个|他|她|对方)|(?:[店家牌群人]|牌子)我?(?:已经)?拉黑|"
    r"(?:今天|今晚|明天|现在|[上下中]午|晚上|白天|上班时?间?|开会|这会儿?|这[几两]天|这周|先|暂时)(?:先|请|就|都)?"
    r"(?:别|不要|不用|勿)(?!再)|"
    r"(?:不|没|别|不是|没有|不会|不要|别给我|不用|不想|没说)(?:要|说|想|让你|给我)?退[订定]|为什么(?:不发|没发)|"
    r"怎么(?:不发|没发|不再发)|不要停|别停"
    r"|先(?:别|不要|不用)发|(?:还|就|都)没收到|少发(?:点|些)|发错了不好意思|别发呆|(?:不|没有?)拉黑|不会拉黑|"
    r"别拉黑|怕(?:被)?拉黑|"
    r"拉黑了(?:吗|么|\?)|(?:不|没)(?:会|想)?取关"
    r"|推荐(?!了|任何|什么|你们|产品|商品|东西|$)|[以已]经?删了(?:那|这)|不用发了?我?(?:自己|已经|收到|看到)|别客气"
)
# Not wanting, however it is put, of what we do: send, write, call, disturb.
_REFUSED = re.compile(
    r"(?:别|不要|不用|不必|无需|没必要|用不着|勿|莫|甭|休要|不许|不准|不(?:太|大|怎么|是很)?(?:想|愿意?|希望)|不需要|停止|能不能不|可不可以不|可以不|"
    r"能不|请不|麻烦不|拜托不|不能再|不可以再|不好再)"
    r"(?:要|让|再|给我|给老子|给俺|给咱|给人家|跟我|对我|向我|往我这|总是?|老是?|天天|每天|整天|一直|继续|乱|瞎|"
    r"来|在|麻烦|您|你们?|这样|"
    r"这么|半夜|大晚上|又|随便|被|这边|我|老子|俺|人家|咱|任何|什么|啥|这?些|一?些){0,5}"
    r"(?:发(?:来|送|我)?(?:了|啦|咯|喽|咧|这些?|这种|那些|任何|你们的)?(?:垃圾|骚扰|无聊|没用的?|破|乱七八糟的?)?(?:消息|"
    r"信息|短信|微信|广告|推广|推送|东西|这个|"
    r"了)?(?:给我|过来|来)?(?:$|了|啦|咯|喽|吧|好|行|好吗|吗|嘛|呀|啊|哦|谢|,)|传(?:送)?(?:讯息|简讯|消息|信息)|推送|"
    r"推销|打扰|骚扰|烦|联系我?(?:$|了|啦|吧|好|吗|谢|,)|联络|群发|轰炸|私信|刷屏|给我消息|"
    r"消息(?:了|$)|信息(?:了|$)|广告(?:了|$)|通知(?:我|了|$)|"
    r"收(?:到|取)?(?:你们|这|任何|什么|一切|的|些|种|类){0,4}(?:消息|信息|广告|推送|短信|(?:东西|内容|玩意儿?)?了?$))"
)
_REMOVED = re.compile(
    r"(?:don'?t|donot|stop|quit|never)(?:send(?:ing)?|writ(?:e|ing)|bother(?:ing)?|spam(?:ming)?)(?:(?:to)?me|us)(?:any(?!one)|again|more|messages?|these|those|ads?|stuff|please|$)|"
    r"(?<!有问题)(?<!有事)(?:别|不要|不用|不必|甭|勿)(?:再|来|都|也){0,2}找我(?:了|吧)?$|^[也都请就]?(?:别|不要|不用)(?:再|给我){0,2}推了?$|"
    r"群发.{0,8}(?:别|不要)(?:带|发|算|选|勾|捎|拉)(?:上|给)?我|(?:别|不要|不许|不准)(?:再|老是?|总是?|天天|一直|继续)(?:给我)?(?:打|来)(?:骚扰)?电话|(?:别|不好|不要)再?send"
)
# Enough of us, in anger: 烦不烦啊天天发, 天天发有意思吗, 打广告的滚.
_ENOUGH = re.compile(
    r"(?:烦|累不累|有完没完|够了|吵).{0,4}(?:天天|老是?|总是?|整天|一直|每天|成天|见天)(?:给我|在)?(?:发|推|刷)|"
    r"(?:天天|老是?|总是?|整天|一直|每天|成天|见天)(?:给我|在)?(?:发|推|刷)(?:个没完|个不停|.{0,6}(?:烦|累不累|有完没完|够了没?$|有意思))|"
    r"^发(?:什么|啥)发|发个(?:屁|毛|鬼|没完)|^不认识你们?(?!家|店|的)|(?<![打翻摇滚])滚(?:开|蛋|远点|粗|出去)?[!！~。]*$"
)
_ENOUGH_SIGNS = Signs(_ENOUGH)
_THREAT_ENDS = "拉黑|举报|投诉|报警|删|12315|12321|不客气|翻脸|骂人"
# Looked for from its end: nearly everything could be its beginning.
_THREAT_END = re.compile(_THREAT_ENDS)
_LONGEST_THREAT = 32
_THREAT = re.compile(
    r"(?:再|继续|还)(?:敢|来|给我|跟我|这样|这么|乱|老|天天|一直)?(?:发|推|打扰|骚扰|烦|吵|加|"
    r"联系)[^,，。!]{0,8}(?:[,，!。 ]*)"
    rf"(?:我)?(?:就|要|可|立马|马上|直接|真)?(?:要|去|会|把你)?(?:{_THREAT_ENDS})"
)

_HUMAN = Phrases(
    words(
        """
        人工 转人工 人工客服 真人客服 找真人 转真人 要真人 真人来 换真人 换个人 换人来 找客服 转客服 叫客服
        人工服务 接人工 要人工 找人工 有人吗人工 叫你们老板 找老板 找你们老板 叫老板来 找店长 叫店长 找你们店长
        叫你们店长 找经理 叫经理 找你们经理 找负责人 叫负责人 叫个人来 来个人 找个人跟我 找个活人 来个活人
        活人呢 换活人 有没有人工 有没有真人 有没有活人 有真人吗 有人工吗 能不能换个人 跟真人说 和真人说 跟人说话
        和人聊 不想跟机器人 不跟机器人 不要机器人 别用机器人 humanplease realperson humanagent talktoahuman
        talktoaperson 要跟人说 让人来 让老板 让店长 让客服 喊你们老板 喊老板 喊店长 喊个人 真人服务 转接客服
        客服在吗 有客服吗
        """
    )
)
_NOT_HUMAN = re.compile(
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
        不是机器人吧 不会是机器人 机械人
        """
    )
)
_ABOUT_MACHINES = re.compile(r"扫地机器人|机器人(?:玩具|课|积木|乐高)|拖地机器人|买(?:个)?机器人|擦窗机器人")


# Words of politeness and anger around the same wish: 以后勿扰, 请退订谢谢, 你们有完没完.
_AROUND = re.compile(
    r"^(?:以后|今后|往后|下次|从此|请|麻烦|拜托|求求?你?们?|真的?|谢谢|不好意思|抱歉|对不起|你们?|您|那|我要|我想|都|就|给我|帮我)+|"
    r"(?:谢谢你?|多谢|好吗|好不好|行吗|行不行|可以吗|可不可以|了吧|拜托|ok)+$"
)


def _plainly(core: str) -> str:
    return _AROUND.sub("", core)


def _clauses(message: Message) -> list[str]:
    return [message.text[start : min(end, start + LONGEST_CLAUSE)].replace(" ", "") for start, end in message.clauses]


def is_opt_out(text: str | Message, words: Words = NO_WORDS) -> bool:
    """Whether a message asks us to stop writing to this person, in whatever words; `words.opt_out` adds to the list."""
    message = text if isinstance(text, Message) else Message(text)
    bare = message.bare
    if not bare:
        return False
    if bare in _WHOLE or message.dense in _WHOLE:
        return True
    if words.opt_out and phrases(words.opt_out).within(message.dense):
        return True
    if not _may_stop(message.text, message.dense):
        return False
    if len(bare) <= LONGEST_CLAUSE and _plainly(bare) in _WHOLE:
        return True
    joined = message.text.replace(" ", "")
    if any(_THREAT.search(joined, end.start() - _LONGEST_THREAT, end.end()) for end in _THREAT_END.finditer(joined)):
        return True
    served = bool(_SERVED.search(joined))
    wishes, taken_off, enough = wishes_in(joined), may_be_taken_off(joined), _ENOUGH_SIGNS.within(joined)
    for clause in _clauses(message):
        if enough and _ENOUGH.search(clause):
            return True
        if not _SIGNS.search(clause):
            continue
        core = clause.strip(PARTICLES + "。.!！?？")
        if (core in _CLAUSE or _plainly(core) in _CLAUSE) and not served:
            return True
        if _NOT_MEANT.search(clause):
            continue
        wished = wishes_us_away(clause, wishes) or (taken_off and asks_to_be_taken_off(clause, joined))
        if wished and not _ELSEWHERE.search(clause):
            return True
        if _ABOUT_GOODS.search(clause) or served:
            continue
        if _ANYWHERE.within(clause) or _REMOVED.search(clause) or _REFUSED.search(clause):
            return True
    if not _ELSEWHERE.search(joined) and wishes_us_away_at_length(joined):
        return True
    if served or _ABOUT_GOODS.search(joined) or _NOT_MEANT.search(joined):
        return False
    if _PLEADS.search(joined) and not _DEAR.search(joined):
        return True
    return _ANYWHERE.within(message.dense)


_SIGNS = re.compile(
    r"[缠粘黏盯盼费撤够凉阴扰累厌拒闭垃完识懒别不勿莫甭休停退拉删骚扰烦滚错谁取屏移放饶再消断关换推互免绝咪无没主静举划踢除遍掉够使接清彼]|天天|老发|发到|远离|我远|我忘|讨厌|反感|不(?:太|大|怎么)?想|清[静净]|省省|后会|到晚|发了也|跳过|绕[开过]|略过|排除|同意|发(?:什么|啥)发|问过我|不收|早安|高抬贵手|受够|"
    r"stop|unsub|message|contact|text|td|remove|takeme|optout|nomore|don'?t|do not|donot|never|quit"
)


def _may_stop(text: str, dense: str) -> bool:
    """A cheap first look that lets nearly every ordinary reply go by."""
    return _SIGNS.search(text) is not None or _SIGNS.search(dense) is not None


_SENT = re.compile(r"发|寄|推送|通知")
_NO_NEED = re.compile(r"(?:先|暂时)?(?:不用|不要|不必|不需要|别|不)发")


def refuses_offer(bare: str, asked: str) -> bool:
    """Whether 不用发 only says no to the thing that a question offers to send."""
    return bool(_NO_NEED.fullmatch(bare)) and bool(_SENT.search(asked))


def wants_human(text: str | Message, words: Words = NO_WORDS) -> bool:
    """Whether a message asks for a human; `words.human` adds to the list."""
    message = text if isinstance(text, Message) else Message(text)
    if words.human and phrases(words.human).within(message.dense):
        return True
    return _HUMAN.within(message.dense) and not _NOT_HUMAN.search(message.dense)


def asks_whether_bot(text: str | Message, words: Words = NO_WORDS) -> bool:
    """Whether a message asks if it is written by a machine; `words.bot` adds to the list."""
    message = text if isinstance(text, Message) else Message(text)
    if words.bot and phrases(words.bot).within(message.dense):
        return True
    return _BOT.within(message.dense) and not _ABOUT_MACHINES.search(message.dense)
