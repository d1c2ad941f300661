"""What a message in a group says as an answer, or of one: signs that `handlers.group_answers` weighs, and the little
that needs no weighing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.understanding import acts
from handlers.understanding.phrases import words
from handlers.understanding.text import dense, message_of
from models.patterns import compile_later


def _any(written: str) -> re.Pattern[str]:
    return re.compile("|".join(words(written)))


# What a question asks for, and what a reply tells: which of these go together, the transcripts of `training` teach.
_ASKED = (
    ("money", "多少钱|价|费|怎么卖|几块|押金"),
    ("how much", "多少(?!钱)"),
    ("when", "什么时候|啥时|几点|哪天|几号"),
    ("how long", "多久|几天|多长时间|几分钟|几个月"),
    ("how many", "几(?!点|天|号|分钟|个月)"),
    ("where", "哪里|哪儿|在哪|哪买|地址|哪取"),
    ("which", "哪[个款种]|还是|区别"),
    ("what", "什么(?!时候)|啥(?!时)"),
    ("how", "怎么(?!卖)|咋|如何"),
    ("whether there is", "有没有|有.{0,8}[吗么不没]|还有"),
    ("whether one can", "能不能|能.{0,12}[吗么不没]|可以.{0,12}[吗么不]|可不可以"),
    ("whether one must", "要.{0,8}[吗么不]|需要|要不要|用不用"),
    ("whether it is", "是不是|是.{1,8}[吗么]"),
    ("whether it will", "会.{0,6}[吗么]|会不会"),
    ("whether it was", "[了好到][没吗]|没$|没有$"),
    ("whether you do", "你们.{1,6}[吗么不]|[收做卖送换修包管].{0,4}[吗么不]"),
    ("trouble", "坏|破|掉|断|碎|少了|错|漏|不亮|没到|没发|退|赔|没了|不灵|丢"),
    ("who", "谁|哪位|哪个老师"),
)
_TOLD = (
    ("money", r"\d+(?:块|元|一)|[一二两三四五六七八九十百]块|\d{2,}"),
    ("clock", "点(?!击|开|右|我)|上午|下午|晚上|早上"),
    ("day", "今天|明天|后天|周|号|昨天|月底|下周"),
    ("duration", r"(?:\d|[一二两三四五六七八九十半])个?(?:天|小时|分钟|月|年|周|星期)"),
    ("count", r"[\d一二两三四五六七八九十](?:个|瓶|斤|盒|次|张|人|岁|层|片|寸|码|度|厘米|毫升|米|节|只)"),
    ("place", "楼|店|门|路|旁|前台|站|柜|里|对面|隔壁|网|群|公告"),
    ("yes", "^(?:有|能|可以|会|要|是|行|对|可|好|都|包|含|送|收|做|换|免费|支持)"),
    ("no", "^(?:没|不|别|无)|不能|不行|不用|没有|卖完|满了"),
    ("may", "可以|能|有|要|会"),
    ("to do", "^(?:先|用|放|点|泡|加|打|找|去|拿|带|报|换|拔|关|重)|然后|就行|就好"),
    ("thing", "的$|款|牌"),
    ("amends", "抱歉|不好意思|对不住|给[你您]|退你|补|换新|免"),
    ("on its way", "到了|马上|路上|已经|刚"),
    ("me", "^我"),
    ("perhaps", "吧"),
    ("short", "^.{1,4}$"),
    ("long", "^.{18}"),
    ("chat", "哈|真|太|好[^的了]|了$"),
)
_ASKED_FOR = tuple((name, compile_later(pattern)) for name, pattern in _ASKED)
_TOLD_OF = tuple((name, compile_later(pattern)) for name, pattern in _TOLD)


def asked_for(question: str) -> tuple[str, ...]:
    """What a question asks for."""
    said = dense(question)
    return tuple(name for name, pattern in _ASKED_FOR if pattern.search(said)) or ("?",)


def told_of(said: str) -> tuple[str, ...]:
    """What a reply, without blanks and punctuation, tells."""
    return tuple(name for name, pattern in _TOLD_OF if pattern.search(said)) or ("-",)


_TO_SEE = compile_later(
    "图|照片|视频|链接|小程序|二维码|地址|位置|定位|目录|菜单|价目|样子|实物|码|教程|资料|单子|发我|发一?下"
)


def wants_to_see(question: str) -> bool:
    """Whether a picture, a link or a place may answer it."""
    return bool(_TO_SEE.search(question))


_EITHER = compile_later(
    r"(?!是)([\u4e00-\u9fff])[不没]\1|"
    r"(?:^|[\s,，。])[\u4e00-\u9fff]{0,4}(?![了的吧呢啊是这那])([\u4e00-\u9fff])[不没](?=$|[\s,，。?？])"
)


_ONE_OF_TWO = compile_later(r"([\u4e00-\u9fff]{2,6})的?还是([\u4e00-\u9fff]{2,6})")
# What is done or how it is, at the end of what asks: 弄好没, 上班吗.
_WHETHER = compile_later(
    r"(?![\u4e00-\u9fff]?[了的吧呢啊是这那])([\u4e00-\u9fff]{2})(?:了?(?:没有?|不)|了吗)(?=$|[\s,，。?？])"
)


def left_open(question: str) -> tuple[str, ...]:
    """What a question leaves open, one of which an answer says again: 疼不疼, 不疼; 弄好没, 弄好了; 新茶还是陈茶."""
    either = [one or word for one, word in _EITHER.findall(question)]
    either += _WHETHER.findall(question)
    for one, other in _ONE_OF_TWO.findall(question):
        ones, others = _pairs(one), _pairs(other)
        either += [pair for pair in (*ones, *others) if (pair in ones) != (pair in others)]
    return tuple(either)


def _pairs(said: str) -> tuple[str, ...]:
    return tuple(pair for at in range(len(said) - 1) if not _COMMON.search(pair := said[at : at + 2]))


_COMMON = _any(
    r"请问 问一?下 老板娘? 店家 掌柜 客服 有没有 是不是 能不能 可不可以 什么时候 什么 多少 怎么 这个 那个 一下 "
    r"可以 我们 你们 咱们 大家 就是 现在 今天 亲们?"
    r" 哪里 还有 有的 没有 一般 知道 "
    r"[吗呢吧啊呀哦嘛么的了我你他她它是在有没不要想会能这那个就都也还很请问哪多少几怎样去来给用到下上和跟家店群们"
    r"好,，。.!！?？、~…@]"
)


def gist(text: str) -> frozenset[str]:
    """Pairs of characters of what is talked about, without what stands in every question and answer."""
    parts = _COMMON.split(dense(text))
    pairs = {part[at : at + 2] for part in parts if part for at in range(max(1, len(part) - 1))}
    return frozenset(pair for pair in pairs if len(pair) == 2 or "\u4e00" <= pair <= "\u9fff")


# 手洗还是机洗的: asked back.
_OR = compile_later(r"^(?!.*(?:觉得|建议|感觉|最好|反正))[^还]{1,6}还是[^还]{1,6}(?<![好吧行])$")


def said_besides_asking(text: str) -> str:
    """The clauses of a message that put no question back; a closing 哈 or 哦 is none."""
    message = message_of(text)
    said = (message.text[start:end] for start, end in message.clauses)
    return " ".join(one for one in said if not acts.asks(one) and not _OR.match(one.strip())).strip()


_LISTED = compile_later(r"\s*\d{1,3}\s*[.、．)）]\s*\D")  # a place in a list of orders, as 接龙 makes them
_SHORT = 40
_NOTHING = compile_later(
    r"(?>(?>(?:真|太)?(?:好看|漂亮|好美|好吃|好喝|好香|划算)了?|同问|同求|我也想[问知道]++|我也[想要问]++|我也没收到|蹲(?:一个|个|蹲)?|等(?:一个)?(?:答案|回复)|\+?1++|"
    r"顶(?:一下)?|插眼|mark|马住|围观|坐等.{0,8}|哈++|嘿++|嘻++|呵++|6++|嗯++|哦++|噢++|啊++|对呀?|是啊|是呀|是吧|"
    r"收到|好嘞|好滴|好的|好(?![像多几用吃喝])|okk?|行|赞|牛|厉害|谢谢.{0,4}|感谢.{0,4}|早上好.{0,4}|早安|早|晚安|"
    r"大家好|在|来了|来啦|可爱|羡慕|真的|笑死.{0,8}|绝了|加油|辛苦了?|不客气|不用谢|客气了?|期待|好期待|想要|我要|"
    r"一样|我的?也(?:是|没).{0,6}|这是个?好问题|好问题|问得好|求解|我也很?好奇|求科普|\[.{1,6}\])[啊呀哦呢哈啦了嘛~!。]*+)++$"
)


def says_nothing(text: str) -> bool:
    """Whether it only chimes in."""
    squeezed = dense(text)
    return not squeezed or bool(len(squeezed) <= _SHORT and _NOTHING.match(squeezed)) or acts.is_chat(text)


def is_order(text: str) -> bool:
    """Whether it is a line in a list of orders."""
    return bool(_LISTED.match(text))


_PROMISE = compile_later(
    r"(?:我|帮你|帮您|给你|给您|这就|马上|去)(?:来|先|再|去)?(?:看看|看一?下|查查|查一?下|问问|问一?下|确认|核实|"
    r"核对|了解|翻翻|找找|找一?下|催|反馈)|稍等|等一?下|等会|等我|"
    r"去[^,，。 ]{1,4}(?:看看|看一?下|找找|问问|查查)|"
    r"稍后|一会儿?(?:告诉|回|说|发|给)|待会|晚点(?:回|告诉|说|给|看|发)|回头(?:告诉|回|说|给|看)|(?:问|查|看|"
    r"确认)(?:清楚|到|好|完)?了?(?:再|就)?(?:告诉|回复?|跟)[你您]|"
    r"请店里的同事|有人(?:问|找(?:你|您|老板)|在问)|这个我请|帮你@|@老板|@掌柜|老板(?:快)?(?:出来|来看|在吗)|(?:等|问)(?:老板|掌柜|店家|客服|店长|"
    r"团长|群主)|让(?:老板|掌柜|客服|店长|团长)|找(?:老板|掌柜|店长)(?:问|确认)"
)
_WRITES = compile_later(
    r"私(?:你|您|聊|信|发|我)|加(?:你|您|我)(?:微信|好友|了|一?下)?|小窗|私下|单独(?:发|联系|跟|和|说|给)|"
    r"微信上(?:说|聊|发)|打(?:你|您|个)?电话|联系(?:你|您)|发(?:你|您)(?:私|微信|了)"
)
_GUESS = compile_later(
    r"应该|好像|可能|大概|估计|我?猜|不确定|印象中|似乎|没记错|感觉|貌似|说不定|搞不好|大约莫|听说|八成|多半|"
    r"^(?:没|不|是|有|会|能|可以).{0,6}吧$|^我(?:家|那|们)?(?:那?个)?也|出售|转让|高价收|要的私|加我?(?:v|微信)|兼职|月入|日赚|记不清|不太?记得|以前|之前是|原来是|那会儿?是|看到在|没见着|没看[到见]|没碰到"
)
# An estimate of the shop's is what there is to know: 估计 60 左右.
_SURE_GUESS = compile_later(
    r"好像|不确定|我?猜|估计(?!.{0,6}[\d一二两三四五六七八九十今明后周月])|似乎|貌似|说不定|记不清|不太?记得|可能吧|没准"
)
_UNKNOWING = compile_later(
    r"不(?:太)?(?:知道|清楚|晓得|了解|懂)(?!.{0,3}的(?:话|可以|问|看))|不好说|说不准|忘了|没注意|没问过|没用过|"
    r"没买过|没试过|没吃过|没去过|还没(?:用|吃|试|收到|开)"
)
_JOKE = compile_later(
    r"哈哈|开玩笑|笑死|狗头|手动|滑稽|嘿嘿|hhh|我家的?(?:猫|狗)|做梦|梦里|下辈子|问问?百度|百度|你猜|逗你"
)
_OWN_STORY = compile_later(r"^(?:我|俺|本人|想|打算|准备)")


def _carries(said: str) -> bool:
    """Whether something is told besides the promise: 有的, 我帮你留."""
    return len(_PROMISE.sub("", said)) >= 10


def signs(said: str) -> Iterator[str]:
    """What a reply, without blanks and punctuation, shows to be no answer, or to be one."""
    if _PROMISE.search(said):
        yield "promises and tells" if _carries(said) else "promises"
    if _WRITES.search(said):
        yield "writes"
    if _SURE_GUESS.search(said):
        yield "guesses"
    elif _GUESS.search(said):
        yield "may guess"
    if _UNKNOWING.search(said):
        yield "does not know"
    if _JOKE.search(said):
        yield "jokes"
    if _OWN_STORY.match(said):
        yield "own story"


# 应该四五百吧？ is said to somebody who asked, whatever mark stands behind it.
_GUESSED = compile_later(
    r"(?:我猜|应该|大概|估计|可能|好像|听说|印象中|我记得)(?!是不是|有没有)[^,，。吗么啥谁哪]{1,14}[?？!！。~]*"
)
_ASKS_STILL = compile_later(r"什么|怎么|多少|几(?![百千万十])|([\u4e00-\u9fff])[不没]\1|[不没]$")


def only_guesses(text: str) -> bool:
    """Whether a message is a guess at what somebody else asked, and asks nothing of its own."""
    said = "".join(text.split())
    return _GUESSED.fullmatch(said) is not None and not _ASKS_STILL.search(said.rstrip("?？!！。~"))


def promises(said: str) -> bool:
    """Whether somebody is going to look."""
    return bool(_PROMISE.search(said))


_HEADED = compile_later(r"【|🔥|📣|📢|⏰|^(?:各位|家人们|亲们|宝子们|姐妹们)")
_BROADCAST = compile_later(
    r"各位|大家(?:晚上|早上|下午|中午)?好|家人们|亲们|宝子们|姐妹们|今日(?:特价|推荐|开团|秒杀)|开团|接龙|#|早安|"
    r"新品(?:上|到)|欢迎.{0,6}(?:新|加入|进群)|群公告"
)


def is_broadcast(text: str) -> bool:
    """Whether it is put to everybody: an advertisement, a morning greeting, a new group buy."""
    return len(text) > 150 or bool(_HEADED.search(text)) or (len(text) > 22 and bool(_BROADCAST.search(text)))


_THANKS = compile_later(r"谢|感谢|多谢|辛苦|3q|thx|thank", re.IGNORECASE)
_CONTENT = compile_later(
    r"那?(?>(?>好嘞|好滴|好的?|行|okk?|嗯++|哦++|噢++|原来如此|原来这样|明白|懂了?|了解|知道|晓得|收到|清楚)"
    r"[了啦呀啊哈吧的~!]*+(?:谢谢.{0,4})?)++$"
)
_WITHDRAWS = compile_later(
    r"不用(?:再|麻烦|管|找|送|回|查|问|看|补|寄)?(?:[你您]们?|老板|我)?[了啦咯]|不需要了|不要[了啦]|不麻烦|"
    r"解决了|搞定了?|弄好了?|(?<!没)(?:找|翻|搜|查)[到着]了|^[哦噢啊]?[想记]起来了(?=[,，。!！~]|$)|(?<!没)看到了[~!。]*$|^[哦噢]?(?<!没)看[到见](?!了?吗|水|.{0,4}喊|没)|有了$|"
    r"(?<!没)收到(?:货|快递)|刚?收到了[,，。!！~]*$|算[了啦]|^没事了?|没事了$|当我没[问说]|"
    r"已经?(?:问|知道|买到|弄|好|解决|下单|退)|自己(?:找|看|弄|查)到|知道了|明白了|^我?(?:会|懂)了$|不问了|没问题了|撤回|"
    r"问到了(?!吗)|(?:打(?:了|过)?电话|微信|私信?|前台)问过了|ok了|可以了|(?<![太真挺很买])好了[,，!！~。]*$|忽略|(?:别|不用)管了|刚问[了过到]|不买了|不急了?$|查到了|"
    r"好了好了|能(?:打开|用|看|登录?|进)了|说明书.{0,4}写|刚?来了$"
)
_STILL = compile_later(
    r"有人[吗么嘛在]|人呢|在[吗么嘛不]|没人|怎么(?:没人|不)|[?？]$|老板[?？呢]|回一?下|看一?下(?:我|啊|呗)|"
    r"麻烦.{0,6}(?:看|回)|急|还在等|等(?:了|着)"
)


def thanks(text: str) -> bool:
    """Whether the asker says thanks and no more."""
    return bool(_THANKS.search(text)) and len(dense(text)) <= 14 and not _STILL.search(text)


def is_content(text: str) -> bool:
    """Whether the asker says no more than 好的 or 知道了."""
    return bool(_CONTENT.match(dense(text)))


def withdraws(text: str) -> bool:
    """Whether the asker says that it is settled."""
    said = dense(text)
    return bool(_WITHDRAWS.search(said)) and not _STILL.search(said) and len(said) <= 30


def withdraws_all(text: str) -> bool:
    """Whether that goes for all that they asked."""
    return bool(re.search(r"都(?:不|解决|好|知道|搞定|找到)|全", dense(text)))


def still_waits(text: str) -> bool:
    """Whether the asker shows that nobody has answered yet."""
    return bool(_STILL.search(dense(text)))
