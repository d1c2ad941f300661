"""What to call a person: 叫我老林 is 老林, 免贵姓王 is 王, 弓长张 is 张."""

from __future__ import annotations

import re

from handlers.understanding.acts import does_not_know, is_busy, is_chat, names_a_time
from handlers.understanding.business import complains
from handlers.understanding.nameless import is_no_name
from handlers.understanding.phrases import words
from handlers.understanding.text import PARTICLES, Message, clauses, dense
from models.patterns import compile_later

_SPELT = {
    "弓长": "张",
    "木子": "李",
    "耳东": "陈",
    "双木": "林",
    "古月": "胡",
    "口天": "吴",
    "言午": "许",
    "草头": "黄",
    "大肚": "黄",
    "三横": "王",
    "三横一竖": "王",
    "立早": "章",
    "走肖": "赵",
    "双口": "吕",
    "立里": "童",
    "人可": "何",
    "干勾于": "于",
    "卯金刀": "刘",
    "文刀": "刘",
    "双人": "徐",
    "余未": "徐",
    "草字头": "蒋",
    "将来的": "蒋",
    "关耳": "郑",
    "十八子": "李",
    "女且": "姐",
    "禾口": "和",
    "日月": "明",
    "子小": "孙",
    "水工": "江",
    "三点水": "江",
    "木易": "杨",
    "凌云": "凌",
    "丘山": "岳",
    "美女": "姜",
    "曾经": "曾",
    "四维": "罗",
    "四夕": "罗",
    "马各": "骆",
}
_COMPOUND = words("欧阳 司马 上官 诸葛 慕容 司徒 东方 南宫 夏侯 皇甫 尉迟 公孙 令狐 长孙 宇文 端木 百里 独孤 轩辕 西门")

_LETTER = r"[\u4e00-\u9fffa-z0-9·'\-]"
_TITLE = (
    r"(?:先生|女士|小姐姐?|太太|夫人|姑娘|同学|老师|老板娘?|经理|师傅|医生|阿姨|大姐|大哥|小哥|哥哥?|姐姐?|妹妹?|"
    r"弟弟?|叔叔?|婶|姨|爷爷?|奶奶|总|妈妈|爸爸|妈咪|麻麻|粑粑|宝妈|宝爸|妈|爸|嫂子?|掌柜|教练|工|董|局|校长)"
)
_ENDING = compile_later(
    r"(?:就(?:可以|行|好|ok|成|是|够|中|得)(?:了)?|就?好(?:啦|咯|哒|嘞|哈|哟)|即可|都(?:可以|行|好|成)|也(?:可以|行|好|成)|好了|得了|"
    r"可以(?:了)?|行了|比较好|亲切|吧|呗|哈|啦|呀|啊|哦|呢|嘛|咯|喽|哒|喔|噢|呦|哟|我的名字|"
    r"是我(?:的名字)?|就ok)$"
)
_LONGEST_ENDING = len("是我的名字")
_CALL = compile_later(
    r"(?:(?:叫|喊|称呼|唤|管)(?:我|俺|咱|人家|本人|他|她|宝宝|娃|孩子)|"
    r"(?<![^,，。 \n])(?:就|请|可以|你|大家|别人|朋友|同事|都)*"
    r"(?:叫|喊)(?![我他她它])|(?<![^,，。 \n])(?:你|您|就|那){1,3}(?:存|记)(?!一下|住|得|好|下|着))(?:一声|作|成|"
    rf"做|为|叫|名字|一下|个)?[:：,， \"“'「《]*(?=({_LETTER}[\u4e00-\u9fffa-z0-9·'\- ]{{0,15}}))"
)
_NAMED = compile_later(
    r"(?:我系|我的名字?系|(?:网名|微信名)(?:就?是|就?叫)|我的?(?:真名|全名|大名|本名|网名|中文名|英文名|名字|名)?(?:是叫|就叫|是|叫做|叫作|叫|名叫)|(?:本名|真名|"
    r"全名|中文名|英文名)(?:是|叫)?|本人(?:姓名|是|叫|名叫)?|在下|鄙人|(?:[起取]的)?名(?:字)?叫|名字(?:是叫|是|就)?|姓名(?:是)?|"
    r"大名(?:是|叫)?|称呼(?:是)?|备注(?:为|成|写成?|就?是|就?叫|上)?|昵称(?:是)?|小名(?:是|叫)?|这边是|这里是|俺叫|我们家?(?:宝宝|娃)?叫(?![你您了过外车])|俺是|人家叫|my\s?name(?:'s|\sis)?|"
    r"iam|i'm|i\sam|callme|call\sme|this\sis|name)"
    rf"[:：,， \"“'「《]*(?=({_LETTER}[\u4e00-\u9fffa-z0-9·'\- ]{{0,15}}))"
)
_SURNAME = compile_later(
    r"(?:(?<!隐)姓(?!名)|(?<=我|俺|敝)性(?![格别子质感情])|(?<=免贵|本人)性)[:：,， ]*([\u4e00-\u9fff]{1,5})"
)
_APART_TOLD = compile_later(
    r"姓([\u4e00-\u9fff]{1,2})[,， ]*(?:单名|单字|名|名字)(?:一个|个|叫|是|单)*"
    r"([\u4e00-\u9fff]{1,2}?)字?(?=$|[,，。 \n])"
)
# 尉迟，单名一个岚
_APART_BARE = compile_later(
    r"(?:^|(?<=[,，。 \n]))([\u4e00-\u9fff]{1,2})[,，\n ]+(?:单名|单字)(?:一个|个|叫|"
    r"是)*([\u4e00-\u9fff])字?(?=$|[,，。 \n])"
)
_CHILD = compile_later(
    r"(?:娃儿?|宝宝|宝贝|孩子|儿子|女儿|闺女|崽崽?|囡囡|他|她|它|猫咪?|狗[狗子]?|毛孩子|主子|祖宗|小家伙|老[大二三])(?:的|现在|就)?(?:小名|乳名|大名|名字)?(?:就叫|叫|喊)做?"
    rf"[:：,， ]*({_LETTER}[\u4e00-\u9fffa-z0-9·'\- ]{{0,15}})"
)
_AID = compile_later(
    r"[(（][^()（）]{0,20}[)）]?|(?:[,， ]|^)[^,， ]{0,6}(?:字旁|偏旁|的那个|那个)[^,， ]{0,6}$|"
    r"(?<=[\u4e00-\u9fff])[,， ]+[^,， ]{1,4}的[^,， ]{1,2}(?=$|[,， ])"
)
_FUNCTION = compile_later(
    r"[你您他她它吗么呢了过着这那哪谁啥怎没不别]|什么|可以|但是|因为|所以|觉得|知道|喜欢|想要|现在|就是|还是|有点|"
    r"太[^太]|取消|团购|链接|重新|订单|快递|下单|退款|退货|发货|优惠|活动|奶粉|面膜|便宜|价格|多少|自己|随便|都行|名字|微信|昵称|备注|头像"
)
_NO_NAME = frozenset(
    words(
        """
        男 女 男的 女的 男生 女生 男士 好 好的 嗯 嗯嗯 哦 可以 行 是 是的 对 对的 ok 好友 客户 老客户 新客户
        顾客 老顾客 会员 朋友 人 群友 新人 学生 买家 消费者 同上 一样 你好 您好 在 在的 有 无 本人 喝茶 喝酒
        买茶 买酒 买奶粉 咨询 加油 好吧 晚安 明天 今天 红茶 白茶 岩茶 酒 茶 真名 全名 大名 名字 姓名 昵称 网名
        微信名 称呼 路人 路人甲 无名 无名氏 匿名 佚名 网友 爸爸 爸 爹 爷爷 你爹 你爸爸 你大爷 爷 祖宗 祖宗吧
        秦始皇 玉皇大帝 上帝 神仙 奥特曼 隔壁老王 女朋友的 老公 亲爱的 宝贝老公 雷锋 红领巾 张三李四 马云 马化腾
        特朗普 普京 孙悟空 猪八戒 如来佛祖 皇上 太上老君 钢铁侠 蜘蛛侠 你祖宗 你爷爷 陛下 主人 叫 我叫 叫我 怎样
        如何 啊 呃 额 emm 测试 test 收到 来了 谢谢 稍等 保密 秘密 早 早上好 哈哈 哈哈哈 晚点 忙 微信名 就微信名
        退 删 烦人 双胞胎 三胞胎 龙凤胎 一对双胞胎 一对龙凤胎 是双胞胎 是龙凤胎 用微信名 网名就行 看微信名
        我 俺 咱 哎 哎呀 哎哟 唉 宝妈们 新手 路过 潜水 确认 确定 确认删除 同意 不同意
        """
    )
)
JOKES = frozenset(
    words(
        "爸爸 爸 爹 你爹 你爸爸 你大爷 爷 祖宗 秦始皇 玉皇大帝 上帝 神仙 奥特曼 雷锋 红领巾 无名 无名氏 匿名 佚名 "
        "路人 路人甲 马云 马化腾 特朗普 普京 孙悟空 猪八戒 如来佛祖 皇上 太上老君 钢铁侠 蜘蛛侠 你祖宗 你爷爷 陛下 "
        "主人 网友 老公"
    )
)
_IS_A = compile_later(
    r"的$|做.{1,6}(?:的|生意)|(?:老)?客户|顾客|会员|学生$|宝妈群|新人|介绍|推荐|通过|看到|朋友|从|来|想|要|买|加"
)
_LEAD = compile_later(r"(?:那)?(?:就)?(?:叫|喊|是|称呼|写|填|备注|存|记)")
# 王 姐: a surname and what goes with it.
_TITLED = compile_later(rf"[\u4e00-\u9fff]{{1,2}} +{_TITLE}|[\u4e00-\u9fff](?: [\u4e00-\u9fff]){{1,2}}")
_BROKEN = compile_later(r"(?:^|\n)(?:我|我们|我家|宝宝|他|她|叫|我叫|叫我|是|我是|姓|我姓)(?=\n)")
_HALVES = compile_later(r"\s*([\u4e00-\u9fff])\s*\n\s*([\u4e00-\u9fff]{1,2})\s*")
_APART = compile_later(r"[\u4e00-\u9fff](?: [\u4e00-\u9fff]){1,2}(?![\u4e00-\u9fff])")
_LATIN_TITLED = compile_later(rf"[a-z]+ {_TITLE}(?![\u4e00-\u9fff])")
_LATIN = compile_later(r"^[a-z][a-z·'\-]{0,15}\.?(?: [a-z][a-z'\-]{0,15}){0,2}$")


def _trim(name: str) -> str:
    name = name.strip(" ,，。.!！~、:：\"“”'「」《》")
    thanks = name.find("谢谢", name.rfind("\n") + 1)
    name = name if thanks < 0 else name[:thanks]
    # One ending after the other: a repetition in the pattern would be tried from each of thousands of them anew.
    while found := _ENDING.search(name, max(0, len(name) - _LONGEST_ENDING)):
        name = name[: found.start()]
    return name.strip(" ,，。.!！~、:：\"“”'「」《》-")


def _surname(letters: str) -> str:
    """The surname, with given name or title if it follows: 王 of 姓王, 王丽 of 姓王丽; spelling aids are resolved."""
    for aid, surname in _SPELT.items():
        if letters.startswith(aid + surname):
            return surname
    compound = letters[:2] in _COMPOUND
    rest = letters[2 if compound else 1 :]
    keep = letters[: 2 if compound else 1]
    if rest and (
        re.fullmatch(_TITLE, rest) or (len(rest) == 1 and rest not in PARTICLES + "的名叫是就字弓木耳古双口了")
    ):
        return letters
    if rest and rest.startswith(("名", "叫", "单名", "单字")):
        return keep + rest.removeprefix("单").lstrip("名叫字")
    return keep


def _cut(message: Message, start: int, length: int) -> str:
    return message.written[start : start + length]


def _as_written(message: Message, start: int, piece: str, name: str) -> str:
    """A name found in a piece of the text at `start`, as it was written; pieced together ones (姓吴名迪) stay so."""
    at = piece.find(name)
    return name if at < 0 else _cut(message, start + at, len(name))


def read_name(message: Message, text: str) -> str | None:
    """The form of address in a reply, as the person wrote it. `text` is the message's text, asides masked."""
    if "\n" in text and _BROKEN.search(text):
        # 我 / 叫 / 李雷 in three bubbles.
        message = Message(re.sub(r"\s+", "", message.read))
        text = message.text
    elif (halves := _HALVES.fullmatch(text)) and not (
        halves[2].startswith(halves[1])
        or halves[2] in _NO_NAME
        or is_chat(dense(halves[1]))
        or is_chat(dense(halves[2]))
    ):
        # 阿 / 丁 in two bubbles.
        return re.sub(r"\s+", "", message.written)
    in_two = _APART_TOLD.search(text) or _APART_BARE.search(text)
    if in_two:
        # 姓周，单名一个航字
        return in_two.group(1) + in_two.group(2)
    for pattern, strict in ((_CALL, False), (_NAMED, True)):
        for found in reversed(list(pattern.finditer(text))):
            name = _candidate(message, found.start(1), found.group(1), strict)
            if name:
                return name
    found_surname = re.search(rf"(?<=[我俺])(?:{_SURNAME.pattern})", text) or _SURNAME.search(text)
    if found_surname:
        surname = _surname(found_surname.group(1))
        for start, end in clauses(text):
            if (
                text.startswith(surname, start)
                and re.fullmatch(r"[\u4e00-\u9fff]{2,4}", text[start:end])
                and (0 < end - start - len(surname) < 3 and start > found_surname.start())
            ):
                # 我姓许，许文强
                return _cut(message, start, end - start)
        return _as_written(message, found_surname.start(1), found_surname.group(1), surname)
    child = _CHILD.search(text)
    return (_candidate(message, child.start(1), child.group(1), strict=False) if child else None) or _alone(
        message, text
    )


def told_name(message: Message, text: str) -> str | None:
    """A name that is told as one (叫我…, 我叫…, 我姓…), for a reply to another question."""
    for found in _CALL.finditer(text):
        return _candidate(message, found.start(1), found.group(1), strict=True)
    told = re.search(rf"我(?:的名字)?(?:叫|名叫)({_LETTER}{{1,8}})", text)
    if told:
        return _candidate(message, told.start(1), told.group(1), strict=True)
    surname = re.search(r"(?:^|(?<=[我俺敝贵,，。 \n]))姓([\u4e00-\u9fff]{1,3})", text)
    if surname is None:
        return None
    return _as_written(message, surname.start(1), surname.group(1), _surname(surname.group(1)))


def speaks_of_else(message: Message) -> bool:
    """Whether somebody who was asked for a name tells what keeps them, when to ask, or what they blame us for."""
    if is_busy(message.bare) or names_a_time(message.bare):
        return True
    return complains(message.text) and told_name(message, message.text) is None


_NAMELESS = compile_later(
    r"(?<!大名)(?<!大名还)没(?:有)?(?:给(?:他|她|宝宝|娃))?(?:起|取|想好|定)(?:(?:好|个)?(?:小|乳|大)?名|[呢吧啊哦]*(?:$|[,，。]))|还?没(?:有)?(?:出)?生(?!气|病)|"
    r"没(?:有)?养(?!成)|肚子?里|怀着|预产期|(?:还有|再过|还差).{1,4}(?:个月|天|周)(?:才|就|要)?生|"
    r"(?:明年|下个?月|年底|[\d一二三四五六七八九十]{1,2}月份?)(?:才|就|要)*(?:出生|生(?!的|日))"
)


def has_no_name(text: str) -> bool:
    """Whether a child that is asked for has no name yet: 还没起名字, 还没生呢; but 还没生，小名叫豆豆."""
    return bool(_NAMELESS.search(text)) and not re.search(r"(?:小名|乳名)(?!还?没)|先叫|就叫|都叫", text)


def is_joke(text: str) -> bool:
    """Whether a name is a joke that means none: 叫爸爸, 我是秦始皇."""
    core = re.sub(r"^(?:我是|我叫|叫我|请?叫|喊我|本人|就叫我?)", "", re.sub(r"[\s,，。!！~]", "", text)).strip(
        PARTICLES
    )
    return core in JOKES


_KIN_ALONE = compile_later(r"(?:妈|爸|爹|娘|奶|姥|爷|麻|粑){2}|妈咪|爸比|老[爸妈]|外[婆公]|铲屎官|主人|家长")
# 悠悠她妈
_KIN = compile_later(r"[\u4e00-\u9fff]{1,4}[他她]家?(?:妈妈?|爸爸?|爹|娘|奶奶|姥姥|爷爷)")


# 叫我哈哈: said as a name, what is a laugh or a particle elsewhere is one.
_DOUBLED = compile_later(r"([哈呀啦嘿嘻呵咯])\1(?!\1)(?=$|[,，。!！~\s吧呀哦就好都也]|可以|行)")


def _candidate(message: Message, start: int, piece: str, strict: bool) -> str | None:
    if (doubled := _DOUBLED.match(piece)) and "别" not in message.text[max(0, start - 4) : start]:
        return _cut(message, start, doubled.end())
    first = clauses(piece)
    if not first:
        return None
    titled = _LATIN_TITLED.match(piece)
    if titled:
        return _cut(message, start, titled.end()).replace(" ", "")
    apart = _APART.match(piece)
    if apart:
        return _cut(message, start, apart.end()).replace(" ", "")
    offset, end = first[0]
    # A Latin name may have blanks inside.
    if _LATIN.match(piece.strip()):
        offset, end = 0, len(piece)
    piece = piece[offset:end]
    for lead in ("叫我", "我叫", "叫", "是", "做", "为"):
        if piece.startswith(lead) and len(piece) > len(lead):
            offset, piece = offset + len(lead), piece[len(lead) :]
    name = _trim(piece)
    if name.startswith("姓") and len(name) > 1:
        return _as_written(message, start + offset, piece, _surname(name[1:]))
    aided = _spelling_aid(name)
    if aided:
        return aided
    described = re.fullmatch(r".{2,}的([^的]{2,4})", name) if strict else None
    if described and not _KIN_ALONE.fullmatch(described.group(1)):
        # 我是隔壁小区的王姐; but 我是团子的爸爸
        name = described.group(1)
    if not name or name in _NO_NAME or len(name) > 12 or re.search(r"啥|什么|谁|哪|随便|都行", name):
        return None
    if _KIN.fullmatch(name):
        return _cut(message, start + offset + piece.index(name), len(name))
    if _BIDDEN.match(name):
        return None
    if strict and (
        _FUNCTION.search(name) or _IS_A.search(name) or is_no_name(name) or (len(name) > 8 and not name.isascii())
    ):
        return None
    return _cut(message, start + offset + piece.index(name), len(name))


# 我老公叫我来的, 喊哥就完了
_BIDDEN = compile_later(r".{1,3}就完|(?:过?来|去|加|找|问|联系|帮|给|别)(?:的|你|您|我|一下|看|问|买|$)")


def _spelling_aid(name: str) -> str | None:
    spoken = re.fullmatch(r"(.{1,4})的(.)", name)
    if spoken and spoken.group(2) in spoken.group(1):
        # 黎明的黎
        return spoken.group(2)
    surname = _SPELT.get(name[:-1]) if len(name) > 1 else None
    return surname if surname == name[-1:] else None


def _in_full(message: Message, text: str, name: str) -> str | None:
    """The whole name where it follows its surname: 李, and in the next bubble 李春燕; 口天吴，吴建军."""
    for start, end in clauses(text):
        if start and text.startswith(name, start) and _WHOLE_NAME.fullmatch(text, start + len(name), end):
            return _cut(message, start, end - start)
    return None


_WHOLE_NAME = compile_later(r"[\u4e00-\u9fff]{1,2}")


_BRACKET = compile_later(r"[【】(){}<>]")
_ENCLOSED = compile_later(r"[\s,]*[【({<][^【】(){}<>]{1,12}[】)}>][\s,。!！~]*")


def _alone(message: Message, text: str) -> str | None:
    """A name without any 叫 or 是: the first clause that looks like one."""
    if _ENCLOSED.fullmatch(text):  # 【阿杰】 is all that is said, and no aside
        text = _BRACKET.sub(",", text)
    text = _AID.sub(lambda found: "," * (found.end() - found.start()), text)
    whole = text.strip(" ,，。.!！~")
    if _LATIN.match(whole) and whole not in _NO_NAME and not is_chat(dense(whole)):
        return _cut(message, text.index(whole), len(whole))
    if _TITLED.fullmatch(whole) and not is_chat(dense(whole)):
        return _cut(message, text.index(whole), len(whole)).replace(" ", "")
    for begin, end in clauses(text):
        lead = _LEAD.match(text, begin, end)
        if lead and lead.end() == end and text[end:].strip(" ,，。.!！~"):  # 就存 糯米妈
            continue
        start = lead.end() if lead and lead.end() < end else begin
        name = _trim(text[start:end])
        aided = _spelling_aid(name)
        if aided:
            return _in_full(message, text, aided) or aided
        if (
            not name
            or name in _NO_NAME
            or is_chat(dense(name))
            or (name.isascii() and not name.isalpha())
            or len(name) > 10
        ):
            continue
        if _KIN.fullmatch(name):
            return _cut(message, start + text[start:end].index(name), len(name))
        if (
            _FUNCTION.search(name)
            or is_no_name(name)
            or does_not_know(dense(name))
            or not re.fullmatch(rf"{_LETTER}+", name)
        ):
            continue
        if len(name) == 1 and (full := _in_full(message, text, name)):
            return full
        if "我" in name or (
            len(name) > 4 and not name.isascii() and not re.search(rf"{_TITLE}$", name) and len(text) > 24
        ):
            continue
        return _cut(message, start + text[start:end].index(name), len(name))
    return None
