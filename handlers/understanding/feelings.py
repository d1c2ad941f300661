"""What a message tells of how somebody fares: bad news, good news, thanks, or only "are you there?".

A host who says 好嘞 to a death loses a guest for good, so bad news is looked for first, and the graver first.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from handlers.understanding.signs import Signs
from handlers.understanding.text import ANSWER_LIMIT, dense, readable
from models.patterns import compile_later

Feeling = Literal["danger", "loss", "hardship", "worry", "joy", "thanks", "call"]

GRAVE: frozenset[Feeling] = frozenset(("danger", "loss", "hardship"))
FARING: frozenset[Feeling] = GRAVE | {"worry", "joy"}
# What is answered though nothing was asked.
ANSWERED: frozenset[Feeling] = FARING | {"call"}
_HAPPENED = FARING - {"danger"}

_ELDERS = "老人家?|长辈|爷爷|奶奶|外公|外婆|姥姥|姥爷|阿公|阿婆|太爷|太奶|老太太|老爷子|亲人|家人|家里人"
_KIN = (
    f"{_ELDERS}|爸爸?|妈妈?|父亲|母亲|公公|婆婆|岳父|岳母|老公|老婆|丈夫|妻子|爱人|老伴|哥哥?|姐姐?|弟弟?|妹妹?|"
    "舅舅?|姑姑?|朋友|闺蜜"
)
_SOON = "要|快要?|刚刚?|下个?月|下周|本月|这个?月|明天|今天|后天|马上|准备|年底|月底|过年|周末"
_TABLE: tuple[tuple[Feeling, str], ...] = (
    (
        "danger",
        r"不想活|活不下去|活着没(?:什么)?意[思义]|活着好累|轻生|自杀|自残|割腕|跳楼|想死(?!你|我了|啦)|一了百了|"
        r"撑不下去|没有?活(?:下去的)?(?:勇气|意义)",
    ),
    (
        "loss",
        rf"(?:{_ELDERS})[^,?？带接抱]{{0,6}}(?:走了|没了|不在了|不在世|刚走[^,]{{0,2}},?[^,]{{0,4}}(?:难受|难过|伤心|心痛|没心情))|"
        rf"(?:{_KIN})[^,?？]{{0,8}}(?:去世|过世|离世|病逝|逝世|病故|不在人世|没救过来|仙逝|归西)|"
        r"(?:刚|办|在办?|忙)[^,]{0,3}(?:丧事|后事|葬礼)|(?:家里?|有|办)白事|奔丧|守孝|戴孝|守灵|出殡|送葬|(?:过|做|烧)头七|"
        r"(?:^|,|我|他|她)(?:老?爸爸?|老?妈妈?|父亲|母亲|爹|娘)(?:[^,?？]{0,4}(?:没了|不在了)(?=$|,)|(?:昨天|昨晚|今早|今天|上周|刚刚?|前天|突然)?走了(?=$|,(?:今天|明天|刚|在|要|我|心)))|"
        r"(?:宝宝|孩子|娃|胎儿)[^,?？]{0,4}(?:没保住|没了|夭折|没留住|走了(?=$|,))|(?:宝宝|孩子|娃|胎儿)[^?？]{0,10},(?:昨|前|今|上|刚)[^,]{0,3}没了(?=$|,)|没保住|流产|胎停|引产|"
        r"(?:狗狗?|猫咪?|毛孩子)[^,?？]{0,4}(?:去世|走了|没了|离开了?我)|(?:我家|家里?的?|养了?[^,]{0,5}的)?(?:狗狗?|猫咪?|毛孩子|仓鼠|兔子)(?:[^,?？]{0,2})死了(?=$|,)",
    ),
    (
        "hardship",
        r"(?<!预防)(?<!防)(?:癌(?!症?筛)|恶性肿瘤|白血病|尿毒症|脑梗|脑出血|心梗|绝症|病危|重病|瘫痪|重症监护|icu)|"
        r"抑郁|(?:^|,)我离了(?=$|,)|地震了|(?:出|遇到?)了?(?:场|个)?车祸|离婚|家暴|出轨|破产|(?<!不)被骗了(?:好几|几|很多|所有)|着火了|房子塌|"
        r"崩溃|绝望|天塌了|(?:家里?|我家?)(?:出(?:大|了)?事|遭灾|受灾)",
    ),
    (
        "worry",
        r"住院|(?<!退)发烧(?!友|贴)|高烧|生病|病了|肺炎|甲流|手足口|骨折|摔伤|烫伤|受伤|做了?(?:个|完)?手术|(?<!不)(?<!治)感冒了|"
        r"失业|失恋|分手|被裁|下岗|被辞|没考上|心情(?:很|好|特别|超|真|太)?(?:不好|不太好|很?差|低落|糟)|没心情|"
        r"(?:爸爸?|妈妈?|父亲|母亲|老公|老婆|孩子|宝宝|娃|爷爷|奶奶|我)[^,?？]{0,4}(?:要|在|今天|明天|刚)[^,?？]{0,2}(?:动|做)?手术|(?<!不)被骗了|"
        r"(?:手机|钱包|身份证)(?:丢了|被偷了?),?(?:烦|气|急|哭|难受|怎么办)|(?:被[^,?？]{0,6})?骂哭|"
        r"(?:好|很|太|真|特别|心里?)(?:难过|难受|委屈|伤心|焦虑|心累|痛苦|无助)|难过死|(?:压力|焦虑)(?:好|很|太|特别)?大|"
        r"哭了(?:一|好|半|整)|(?:一直|天天|整夜|整晚|每晚)(?:在)?(?:失眠|睡不着)|(?:带娃|带孩子)[^,]{0,4}(?:累|崩)",
    ),
    (
        "joy",
        r"(?:刚|昨天|今天|前天|上周|顺利|平安|又)[^,?？]{0,3}生(?:完|了|下)|生了(?:个|二|三|一|两|对|双|龙|大胖|女儿|儿子|宝宝|娃)|^生[了啦](?=$|,)|"
        r"(?:二|三)[胎宝](?:出生|来了|报到)|刚出生|(?:怀孕|怀上|有喜|有宝宝)(?:了|啦)|怀(?:二|三)[胎宝]|"
        rf"(?:{_SOON})[^,?？]{{0,3}}(?:结婚|办婚礼|办喜事|领证|订婚)|(?:结婚|领证|订婚|脱单)啦|(?:领证|订婚|脱单)了|新婚|"
        r"求婚成功|升职|加薪|涨工资|(?:考上|录取)(?:了|啦|大学|研|公务员|编)|上岸(?:了|啦)|拿到(?:证|驾照|录取|offer)|中(?:了)?大奖|"
        r"搬(?:进|了)?新家|乔迁|(?:买|交)(?:了|新)房|(?:今天|明天|就)是?(?:我|我家|宝宝|娃|孩子|他|她|儿子|女儿)?的?(?:生日|满月|百天|百日|周岁)|"
        r"(?:办|摆|吃)(?:了)?(?:满月|百日|周岁|喜)酒|会(?:走路|叫妈妈|叫爸爸|翻身|爬|坐|喊妈妈|喊爸爸)(?:了|啦)|长第一颗牙|出院(?:了|啦)|"
        r"(?:店|公司)?(?:新店)?开业(?:了|啦)|毕业(?:了|啦)|当(?:上)?(?:爸|妈|奶奶|爷爷|外婆|外公|姥姥|姥爷)[爸妈]?(?:了|啦)",
    ),
    (
        "thanks",
        r"谢谢|多谢|感谢|谢啦|谢了|谢谢?您|蟹蟹|辛苦(?:了|啦|你)|thx|thank|麻烦你们?了|唔该|"
        r"(?:服务|态度)(?:真|很|太|特别)好|你(?:们)?(?:人)?(?:真|太)(?:好|贴心|细心|可爱|热情|周到)|(?:真|好|太)贴心",
    ),
    (
        "call",
        r"^(?:你好|哈喽|亲|老板|掌柜)*(?:在吗|在么|在嘛|在不|在不在|还在吗|有人吗|有人在吗|人呢|在线吗)+[呀啊哈呢,?？]*$",
    ),
)
_PATTERNS = tuple((feeling, compile_later(pattern)) for feeling, pattern in _TABLE)
# It did not happen, might have, is only asked about or long over; said right before or after the words.
_NOT_SO = compile_later(
    r"(?:没有?|不是|不会|不|别|怕|如果|要是|万一|预防|防止|避免|以防|担心|除非|准备|备|想|希望|打算|计划|什么时候|还没|之前|以前|曾经)"
    r"(?:我|宝宝|孩子|娃|他|她|会|再|又)?$"
)
_NOT_YET = compile_later(r"^(?:过|之?前|的?时候|的话|[吗嘛么]|怎么办|能|可以|险)")
_NO_THANKS = compile_later(r"(?:不用?|别|免|先|叫我|名叫|姓)$")
# Nothing is told without one of their words.
_SIGNS = Signs(*(pattern for _, pattern in _PATTERNS))


_GREETS = compile_later(
    r"(?:亲|老板|掌柜|店家|客服|美女|姐姐?|大家){0,2}(?:(?:你|您|早上|上午|中午|下午|晚上)好|早安?|嗨|哈[喽罗啰]|hi|hello|hey|halo){1,2}"
    r"(?:呀|啊|哈|呢|哦|亲|老板|掌柜|店家|客服|美女|姐){0,3}"
)


def greets(text: str) -> bool:
    """Whether a message greets and says nothing else: 你好呀, hi, 老板早上好."""
    return len(text) <= _SHORT and _GREETS.fullmatch(dense(text)) is not None


def feeling_of(text: str) -> Feeling | None:
    """The gravest feeling that a message tells of, or None. Thanks are heard only where nothing weighs more."""
    return _remembered(text) if len(text) <= _SHORT else _lately(text[:ANSWER_LIMIT])


def lost_a_child(text: str) -> bool:
    """Whether a message tells that a child, born or not, is no more."""
    if feeling_of(text) != "loss":
        return False
    read = _BREAKS.sub(",", readable(text[:ANSWER_LIMIT]))
    return _A_CHILD_LOST.search(read) is not None


_A_CHILD_LOST = compile_later(
    r"没保住|流产|胎停|引产|"
    r"(?:宝宝|宝贝|孩子|娃|胎儿|儿子|女儿|闺女)[^?？的他她]{0,12}(?:没了|不在|夭折|没留住|走了|去世|过世|离世|离开)"
)
_SHORT = 64
_BREAKS = compile_later(r"[\s,，。.!！;；~～…—]+")  # question marks stay: what is asked has not happened


def _feeling_of(text: str) -> Feeling | None:
    read = _BREAKS.sub(",", readable(text)).strip(",")
    if not _SIGNS.within(read):
        return None
    return next((feeling for feeling, pattern in _PATTERNS if _tells(feeling, pattern, read)), None)


_remembered = lru_cache(maxsize=4_096)(_feeling_of)
# A long one is asked about some times on its way, and never again.
_lately = lru_cache(maxsize=8)(_feeling_of)


def _tells(feeling: Feeling, pattern: re.Pattern[str], text: str) -> bool:
    for found in pattern.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        if feeling in _HAPPENED and (_NOT_SO.search(before) or _NOT_YET.match(after)):
            continue
        if feeling == "thanks" and _NO_THANKS.search(before):
            continue
        return True
    return False
