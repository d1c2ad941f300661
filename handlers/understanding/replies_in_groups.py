"""What a message in a group is worth as an answer: what a question wants, what a reply gives, and what is none."""

from __future__ import annotations

import re

from handlers.understanding import acts
from handlers.understanding.phrases import words
from handlers.understanding.text import PARTICLES, Message, dense
from models.patterns import compile_later


def _any(written: str) -> re.Pattern[str]:
    return re.compile("|".join(words(written)))


# What is asked for, and what gives it.
_KINDS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "price",
        _any(
            r"多少钱 多钱 价格?(?!值) 怎么卖 咋卖 几块 几元 几钱 贵不贵 运费 邮费 便宜 几折 打折 优惠 报价 多少米 "
            r"费用 收费 收钱 要钱 加钱 加收 押金 学费 定金"
        ),
        _any(
            r"\d(?:元|块|毛|米|rmb|/|一|每|包邮|的|左右|起|$) \d\d(?!\d*(?:[度号点天岁年分码月周:：]|小时)) "
            r"[一二两三四五六七八九十百千](?:块|元|毛|百|千|折) 免费 包邮 不贵 原价 一样价"
            r" 同价 \d折 半价 ￥ ¥ 会员价 减\d 不打折 没优惠 没有优惠 没活动 不要钱 不收 "
        ),
    ),
    (
        "time",
        _any(
            r"几点 什么时候 啥时候 啥时 多久 几天 哪天 几号 何时 周几 星期几 时候 多长时间 到货 发货 关门 开门 "
            r"营业 下班 截止 截单 结束 保质期"
            r" 还要等 能到 啥会 今天.{0,6}[吗么没] 明天.{0,6}[吗么没] 周[一二三四五六日末].{0,6}[吗么没]"
        ),
        _any(
            r"\d[点:：] [一二两三四五六七八九十]点 \d号 周[一二三四五六日天末] 星期. 礼拜. 明天 后天 今天 "
            r"今晚 下午 上午 中午 晚上 早上 明早"
            r" \d个?(?:天|小时|分钟|个?月|年|周) [一二两三四五六七八九十半]个?(?:天|小时|钟头|分钟|"
            r"月|年|周|星期|礼拜) 工作日 下周 这周 月底 月初"
            r" 已经发 发了 刚发 到了 马上 已发 年前 年后 春节 元旦 昨天"
        ),
    ),
    (
        "place",
        _any(
            r"在哪 哪里 哪儿 地址 位置 怎么走 怎么去 几楼 哪个店 哪家店 哪条 哪取 咋走 停车 导航 找不[着到] 没找[着到]"
        ),
        _any(
            r"路 街 巷 楼 后面 前面 里头 号(?:店|院|铺|门) 对面 旁边 隔壁 门口 广场 商场 小区 地铁 出口 定位 地址 "
            r"前台 驿站 自提点 "
            r"东门 西门 南门 北门 里面 公告 首页 左 右"
        ),
    ),
    (
        "sight",
        _any(r"图 照片 视频 链接 小程序 二维码 地址 位置 定位 目录 菜单 价目 样子 实物 码 文件 教程 资料 接龙 单子"),
        _any(r"https? 链接在 发你 发群 发了 置顶 小程序 公告 往上翻 上面"),
    ),
    (
        "count",
        _any(
            r"多少(?!钱|米) 几(?:个|瓶|斤|两|盒|包|箱|袋|片|克|岁|件|人|次|度|种|款|颗|粒|抽|层|升|张|位|节|期|勺|"
            r"滴|遍|码|寸|尺|厘米|段) 多大 多重"
            r" 多高 多长 尺码 规格 容量 起订 够不够 够吗 码数"
        ),
        _any(
            r"\d [一二两三四五六七八九十](?:个|瓶|斤|盒|包|箱|袋|片|克|岁|件|人|次|度|种|款|颗|粒|层|张|位|节|期|段|"
            r"勺|滴|遍|码|寸|尺) [smlx]+码?"
        ),
    ),
    (
        "how",
        _any(r"怎么 怎样 咋 如何 步骤 方法 用法 流程"),
        _any(
            r"先 再 然后 之后 点(?:开|击|一下|进) 打开 加 用 泡 煮 蒸 冲 涂 洗 放 联系 扫码? 填 登录 进入 找 按 "
            r"说明 直接 需要 只要 晾 冷藏 水温 报 退 申请 截图 拍 搜"
        ),
    ),
    (
        "which",
        _any(r"哪(?:个|款|种|一|些|家|样|几) 什么(?!时候|时间) 啥(?!时) 区别 推荐 选 好点 更好"),
        _any(r"款 更 比较 推荐 适合 建议 选 这个 那个 区别 不同 就是 先"),
    ),
    (
        "yes",
        _any(
            r"吗 么$ 么[?？] 嘛$ 不$ 没$ 没有$ 不[?？] 没[?？] ([能有可要是会行好用给])[不没]\1? 能不能 可不可以 "
            r"可以.{0,12}[?？]$ 有没有 是不是"
            r" 是否 还有 [吧][?？]?$ 行不 有.{1,10}[?？]$ 能.{1,14}[?？]$"
        ),
        _any(
            r"^(?:是(?![啊呀])|有|能|可以|可|会|行|对(?![啊呀])|好|没(?!个|劲|事)|不|都|还|要|需要|支持|暂时|目前|当然|必须|肯定|早|已|刚|卖|售|"
            r"断|缺|只有|只|正|也|得|别|退|包|留|送|ok|放心|没问题|尽量|最好|千万)"
            r" 没有 有的 可以 不能 不行 不会 不用 不含 没问题 能[停用寄送做取改修约刷] "
            r"有货 没货 缺货 断货 卖完 售罄 能的 会的 支持 现货 "
            r"满了 约满 没位 有位 帮[你您]约 给[你您](?:约|留|记|安排|换|补) "
            r"补货 不建议 可用 都有 都能 放心 不影响 预售 还有 到货 含 已经 下架 是的 没了 库存 不可以 有呢 有哦 "
            r"在的"
        ),
    ),
)
_ANY = frozenset(kind for kind, _, _ in _KINDS)


def wanted(question: str) -> frozenset[str]:
    """The kinds of thing that a question asks for; all where none can be told."""
    message = Message(question)
    said = [dense(message.text[start:end]) for start, end in message.clauses]
    kinds = frozenset(kind for kind, asks, _ in _KINDS if any(asks.search(one) for one in said))
    return kinds or (frozenset({"which"}) if _ONE_OF_TWO.search(question) else _ANY)


def given(answer: str) -> frozenset[str]:
    """The kinds of thing that a message tells."""
    said = dense(answer)
    return frozenset(kind for kind, _, gives in _KINDS if gives.search(said))


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


def names_something(answer: str) -> bool:
    """Whether it is so short that it can only name a thing: 平板支撑啊."""
    core = dense(answer).strip(PARTICLES)
    return 2 <= len(core) <= 5 and not _OWN_STORY.match(core) and not _HOW_IT_IS.search(core)


_HOW_IT_IS = compile_later("[得很太真好挺不没]")


_CALLS_AGAIN = compile_later(r"有人|人呢|在[吗么嘛不]|没人|到底|回一?下|看一?下")


def calls_again(text: str) -> bool:
    """Whether who got an answer of a member still wants one of the shop."""
    return bool(_CALLS_AGAIN.search(dense(text)))


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
    message = Message(text)
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
    r"请店里的同事|这个我请|帮你@|@老板|@掌柜|老板(?:快)?(?:出来|来看|在吗)|(?:等|问)(?:老板|掌柜|店家|客服|店长|"
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


def is_own_story(text: str) -> bool:
    """Whether somebody tells what they did themselves, which answers only what is about the same."""
    return bool(_OWN_STORY.match(dense(text)))


def may_answer(text: str, *, staff: bool) -> bool:
    """Whether it is no promise to look, no guess, no joke and no 我也不知道. That the shop writes 1:1 is an answer."""
    said = dense(text)
    if staff and _WRITES.search(said):
        return True
    if _PROMISE.search(said) and not _carries(said):
        return False
    if _UNKNOWING.search(said) or _JOKE.search(said):
        return False
    return not (_SURE_GUESS if staff else _GUESS).search(said)


def _carries(said: str) -> bool:
    """Whether something is told besides the promise: 有的, 我帮你留."""
    return len(_PROMISE.sub("", said)) >= 10


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
    r"不用了|不用回|不需要了|解决了|搞定了?|弄好了?|(?<!没)找到了|(?<!没)看到了?(?!吗)|有了$|(?<!没)收到了?(?:货|"
    r"快递)?了?[，,。!！~]*$|算了|没事了?$|当我没[问说]|已经?(?:问|知道|买到|弄|好|解决|下单|退)|自己(?:找|看|弄|"
    r"查)到|"
    r"知道了|明白了|我?(?:会|懂)了$|打扰了|不问了|不要了|没问题了|撤回|问到了|ok了|可以了|(?<![太真挺很])好了[，,!！~。]*$|"
    r"不麻烦|忽略|(?:别|不用)管了|刚问[了过到]|不买了|不急了?$|查到了|好了好了|能(?:打开|用|看|登录?|进)了"
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
