"""Yes or no, by the usual words, by repeating the question's verb, or by refusing an offer."""

from __future__ import annotations

import re
from functools import lru_cache

from handlers.understanding.plain_answers import NO, YES
from handlers.understanding.text import PARTICLES, Message, clauses, dense
from handlers.understanding.under_age import asks_of_age, says_under_age
from handlers.understanding.yesno_children import (
    ASKS_PREGNANT,
    ASKS_SECOND_CHILD,
    expects_child,
    of_child,
    of_first_child,
    of_second_child,
)
from models.patterns import compile_later

_UNSURE = compile_later(
    r"^看(?:到时|时间|那天|我|老公|老婆)|还好|还行|一般般|不知道|不确定|不清楚|说不好|说不准|说不清|不好说|不一定|不晓得|可能|也许|大概|或许|看情况|"
    r"看看再|看看先|先看看|有.{1,6}就(?:不|退)|再看|再说|没想好|考虑|犹豫|应该(?:是|有|会|不|没|可以|能)?吧?|好像|似乎|不记得|忘了|记不|随便|都行|"
    r"无所谓|看心情|看缘分|随缘|"
    r"没准|说不定|估计|差不多吧|一半一半|看价格|要看|得看|看是什么|取决于|想(?:有|要)(?:个|一个)?(?:但|可|就是)|"
    r"但愿|希望|要是.*就好|巴不得|做梦都|如果能|maybe|perhaps|notsure|idk|depends"
)
_WISH = compile_later(r"希望|但愿|要是.{0,10}就好|多希望|做梦|如果.{0,8}就好|要能.{0,8}就好|能有就好|盼着|巴不得|想有")
# 好是好，就是怕浪费: neither yes nor no.
_GOOD_BUT = compile_later(r"^([好想要有])是\1.{0,3}(?:就|但|可|不过|怕)(?!.{0,20}(?:还是|算了))")
_NO_WORD = compile_later(
    r"^(?:我|我们|我家|俺|咱|那|这个|这|嗯|哦|啊|呃|额|谢谢|暂时|目前|现在|今年|今天|明天|后天|周末|今晚|这次|这回|这周|最近|到时候?|真的?|都|还|先|就|也|其实|倒|好像|已经|"
    r"早|应该|平时|一般|家里|本人|宝宝|他|她|孩子|娃|抱歉|不好意思|sorry)*(?:不(?!错|少|止|仅|光|但|得不|要太|"
    r"就是|然)|没(?!错|问题|毛病|少|意见|事|关系|异议)|木有|莫得|无|未|否|从来?(?:不|没)|算了|免了|别(?:拉|加|给|了|再|来)|心领|甭|莫(?!问题)|休想|"
    r"拒绝|谢绝|婉拒|大可不必|千万别|可别|哪有|才不|怎么可能|退出|弃权|弃赛|"
    r"(?:老婆|媳妇|老公|对象|家里人?|家人|我?妈|婆婆|医生|大夫)(?:说|管得严)?(?:不让|不许|不准|不同意|不答应|不给)|"
    r"nope?(?![a-z])|not|never|no$)"
)
# 好的谢谢，不用了; 好意心领了，不办: thanks come first, and the refusal counts.
_POLITE_NO = compile_later(
    r"(?:[好的滴啦呀嘞吧哒嗯哦谢你您了]|行|感谢|多谢|好意|心领|辛苦|不好意思|抱歉|我|就|还是|先|暂时)+?"
    r"(?:不(?:用|要|需要|必|办|了|参加|去|来|买|考虑)|免|算)(?:了|啦|咯|吧|哈)*(?:谢[谢你您啦了]*|哈|哦)?"
)
# Said in anger, whatever was asked.
_SWEARS = compile_later(
    r"好(?:烦|家伙|讨厌|气|吵|无语)|要(?:死|命|疯)了?$|(?:你|你们|脑子|真)*有(?:毛?病|完没完|意思吗)"
)
# 太麻烦了不用, 闻都没闻过
_NO_AT_LAST = compile_later(
    r"(?:参加|去|来|到|报名?|赶)不(?:了|成)了?$|(.)都没(?:有)?\1[^,，]?过|还没(?:到货?|收到|拆封?|开封|发货)$|个(?:锤子|屁|毛线|鬼)$|([\u4e00-\u9fff])没\2[成到着上]$|"
    r"^(?:一直|很|也)?想[^,，不没]{1,3}(?:但|可|就是|是)*(?:没|不)(?:有)?(?:钱|空|时间|机会|敢|舍得)"
)
# 面膜我不要了 refuses what is offered, and says nothing of whether they were here before.
_NO_NEED = compile_later(r"(?:不用|不要|不需要|算了|免了)了?$")
_MAY_BE_REFUSED = compile_later(r"要|需|用|送|寄|领|办|约|拉|留|试|参加|报|给|开|好不好|好吗|行吗|可以")
_YES_WORD = compile_later(
    r"^(?:我|我们|我家|俺|咱|那|这个|嗯|哦|啊|呃|都|早|就|也|其实|已经|一直|平时|家里|本人|宝宝|他|她|孩子|娃|"
    r"当然|肯定|必须|必(?=到|来|去|参)|一定|准(?=到|来)|绝对|确实|的确|还|真)*(?:是(?!不是|吗|否|啥|什么)|对(?!不起|了,|于|你|您|他|她|这|那)|有(?!没有|啥|什么|空再|"
    r"点(?:忙|贵|累|烦|远|难|麻烦|晚|早|怕))|要(?!不要|是|么|看|带|上班|上课|加班|值班|开会|出差|接|陪|照顾|考试|值)|好(?!像|多|不|久|难|忙|贵|意|烦|讨厌|气|吵|无语|奇怪|累|困|惨|笑|家伙)|可以(?!吗|不)|可(?:$|的|啊|呀)|行(?!不|吗)|成(?:$|,)|"
    r"中(?:$|,)|会(?!不会)|能(?!不能|否)|想(?!不想|想|一想|问)|愿意|需要(?!吗|不)|喜欢|同意|没错|没问题|没毛病|"
    r"来一|[给帮]我(?:留|报|订|安排|登记|来|寄|发|送|拿|整|弄|带)|[发寄送](?:我|来|过来|吧)|安排|必须|当然|肯定|ok|yes|yep|yeah|sure|嗯|恩|求|领|加我|拉我|满了|满\d|早满|成年|系)"
)
_FREE = compile_later(r"(?:免费|不要钱|不花钱|白送)(?:的话?)?(?:我|就|当然|肯定|必须|那)*(?:要|领|来|收|可以)(?!不|吗)")
_RHETORICAL_YES = compile_later(
    r"^(?:不|没)[^,，]{1,6}谁(?:敢|会|能|肯)|谁(?:会)?不|怎么(?:会|能|可能)(?:没有?|不)|哪(?:能|会|有)不|能不.{0,4}吗|不.{0,3}才怪|岂能不|何止|不要太|"
    r"不能没有|离不开|少不了|没少(?:用|喝|吃|买|来|去)|不(.)白不\1|何乐不为|求之不得|那还用说|这还用(?:问|说)|还用问|必须安排|不(?:是|会)不(?:行|可以|"
    r"能|喝|想|要)|没有不|不得不|哪能没|天天都|(?:咋|怎么)不(?:行|可以|要|成|中|得)|有(?:什么|啥)不(?:敢|能|好|行|可以|愿意)|不(?:喝|吃|用)不(?:行|舒服)"
)
_RHETORICAL_NO = compile_later(
    r"谁(?:会|要|有|还)(?!不)|哪(?:里|儿)?(?:有|敢|会|能|来的)(?!不)|怎么(?:可能|会)(?!不|没)|有什么(?:好|用)|"
    r"要(?:它|这个|来)(?:干嘛|干啥|有什么用|何用)|图啥|才怪|想得美|做梦吧|免了|饶了|别了|拉倒|no way|noway"
)
_REGULAR = compile_later(
    r"老客户|老顾客|回头客|常客|老粉|复购|年年(?:买|喝|用)|一直(?:在)?(?:买|喝|用|吃)|(?:每次|每回|向来|从来|一直|都是)(?:都)?(?:在|来|找|跟|到)(?:你|这|咱)|老会员|"
    r"第[二三四五六\d]次(?:买|来)|第[二三四五六\d][回趟]|好几[次年]|回购|买了?(?:很多|好多|好几|无数)|空瓶|用完(?:了)?(?:好几|一|两|三)"
)
_FIRST = compile_later(r"第一次|头一次|头一回|头回|新客|新人|新来|刚认识|初次|刚知道|才知道|首次")
_ENOUGH = compile_later(
    r"(?:家里|家中|手头|手上|我)?(?:还|都|已经)(?:还)?有(?:呢|了|好多|很多|一堆|存货|库存)?$|家里(?:有)?(?:一|好几|好多|一大)(?:堆|箱|抽屉|柜子?)|多得是|用不完|没用完|还没吃完|够用|囤(?:了|够)|"
    r"(?:我|已经|早就?)有(?![^了]{0,3}(?:吗|需要|兴趣))[\u4e00-\u9fff]{0,2}了$|(?:留|让|送|给)+(?:别人|隔壁|人家|其他人|其他宝妈|更?有?需要)"
)
_VERB = compile_later(
    r"(喝|吃|用|买|试|去|来|听|做|养|拉|进|有|生|怀|领|参加|加|订|办|过敏|结婚|上班|喜欢|考虑|需要|想|要|愿意|"
    r"方便|同意|"
    r"接受|知道|抽|玩|囤|送|寄|登记|留|发|约|安排|订|换|收|戴|化|敷|染|烫|开|满|是|会|能|在|备孕|哺乳|介意|关注|收到|进|了解|容易|熬夜|失眠|"
    r"长痘|出油)"
)


def read_yesno(message: Message, text: str, asked: str) -> bool | None:
    """True, false, or None where a reply leaves it open (wishes, not knowing) or speaks of something else."""
    core = dense(text).strip(PARTICLES) or dense(text)
    if not core:
        return _picture(message)
    if core in YES:
        return True
    if core in NO:
        return False
    if _WISH.search(core) or _GOOD_BUT.search(core):
        return None
    if _RHETORICAL_YES.search(core) or _FREE.search(core):
        return True
    if _RHETORICAL_NO.search(core) and not re.search(r"有什么推荐", core):
        return False
    if re.search(r"过|以前", asked) and _FIRST.search(core):
        return False
    if re.search(r"过|以前|买|喝|用", asked) and _REGULAR.search(core):
        return True
    if re.search(r"第一次|首次|头一次|新客|新顾客", asked) and (first := _of_first(core)) is not None:
        return first
    if re.search(r"第一胎|头胎|一胎|第一个(?:宝|娃|孩)", asked) and (first := of_first_child(core)) is not None:
        return first
    if ASKS_SECOND_CHILD.search(asked) and (second := of_second_child(core)) is not None:
        return second
    if _WHETHER_THEY_HAVE.search(asked) and _WANTS_ONE.match(core):
        return None
    if re.search(r"过敏|湿疹|不舒服|问题|情况|病", asked) and re.search(
        r"正常|健康|都(?:挺)?好|没(?:啥|什么)?事", core
    ):
        return False
    if (expects := expects_child(core)) is not None and ASKS_PREGNANT.search(asked):
        return expects
    if "过敏" in asked and re.search(
        r"(?<!没)(?<!没有)(?:湿疹|荨麻疹|起疹|红疹|起包)|[碰沾吃喝]都?不能[碰沾吃喝]|不能[碰沾吃喝]", core
    ):
        return True
    if re.search(r"没(?:有|去)?(?:检?查|测)过?$", core) and not re.search(r"查过|测过", asked):
        return None
    if re.search(r"宝|娃|孩子|小孩|小朋友", asked) and (child := of_child(core)) is not None:
        return child
    if re.search(r"需要|要不要|寄|送|领|来一|囤|办", asked) and _ENOUGH.search(core):
        return False
    if "奶粉" in asked and re.search(r"母乳|亲喂|断了|断奶|戒了", core) and not re.search(r"奶粉|混|加", core):
        return False
    aged = _of_age(core, asked)
    if aged is not None:
        return aged
    if _POLITE_NO.fullmatch(core):
        return False
    verdicts = [verdict for start, end in clauses(text) if (verdict := _clause(text[start:end], asked)) is not None]
    if not verdicts and re.search(r"需要|要不要|[要用]?开.{0,4}吗", asked) and _THAT_WILL_DO.search(core):
        return True
    if not verdicts:
        return True if _HABIT.match(core) and not _OFFERS.search(asked) else None
    unsure = [start for start, end in clauses(text) if _leaves_open(dense(text[start:end]))]
    if unsure and len(unsure) == len(clauses(text)):
        return None
    last = _UNWANTED.fullmatch(dense(text[slice(*clauses(text)[-1])]).strip(PARTICLES))
    if last and last.group(1) in asked:  # 办卡的都是套路，不办
        return False
    return verdicts[-1] if re.search(r"不对|哦不|啊不|说错|打错|算了|还是不|但是?不|不过还是", core) else verdicts[0]


# 普票就行, to 需要开发票吗: of which kind, and so yes.
_THAT_WILL_DO = compile_later(r"^[^不没别]{1,8}就(?:行|可以|好|够)了?$")
# 天天晚上蹲水边 says yes to what people do; 天天加班 speaks of something else.
_HABIT = compile_later(
    r"^(?:我|俺|咱|那|几乎|基本|差不多)*(?:天天|每天|每晚|夜夜|经常|三天两头|隔三[差岔]五|一有空就|有空就|周周|年年|顿顿)"
    r"(?![^,，]*(?:不|没|加班|忙|上班|带娃|累|开会|出差|下雨|在家))"
)
_OFFERS = compile_later(r"要不要|给[您你]|拉[您你]|来不来|去不去|报.{0,2}名|留|参加|同意|满|成年")


def _clause(clause: str, asked: str) -> bool | None:
    core = dense(clause).strip(PARTICLES)
    if not core:
        return None
    if core in YES:
        return True
    if core in NO:
        return False
    if _leaves_open(core) or (_SWEARS.match(core) and "病" not in asked):
        return None
    core = core.removeprefix("应该").removeprefix("好像")
    if _RHETORICAL_YES.search(core):
        return True
    if (other := _of_others(core, asked)) is not None:
        return False if other else None
    if _NO_WORD.match(core) or _NO_AT_LAST.search(core) or (_NO_NEED.search(core) and _MAY_BE_REFUSED.search(asked)):
        return False
    if _DONE.search(asked) and (plan := _NOT_YET.fullmatch(core)) and plan["deed"] in asked:
        return None if plan["wish"] else False
    if _YES_WORD.match(core):
        return True
    return _echo(core, asked)


# 我同事办了, 朋友用过: whoever is asked says nothing of themselves by it.
_OTHERS = compile_later(
    r"(?:我|我的|我们?家?|俺|他|那个)?(?:朋友|同事|闺蜜|同学|邻居|亲戚|客户|室友|老板|领导|表[姐妹哥弟]|堂[姐妹哥弟]|嫂子|别人|人家|大家)(?:们|她|他)?"
    r"(?!那|都?(?:推荐|介绍|让|叫|拉|说|带))"
)
_ELSEWHERE = compile_later(r"别家|别人家|别的(?:家|店|牌子)|其他(?:家|店|牌子)|另一家")


def _of_others(core: str, asked: str) -> bool | None:
    """True where somebody has it from somewhere else and was asked about us, False where a clause speaks of other
    people only, None where neither."""
    if re.search(r"我们|咱们?家|本店|我家", asked) and _ELSEWHERE.search(core):
        return True
    others = _OTHERS.match(core)
    return False if others and not re.search(r"朋友|同事|家里|别人|大家", asked) else None


def _leaves_open(core: str) -> bool:
    return bool(_UNSURE.search(core)) and not re.match(r"(?:应该|好像)(?:没|不(?!知|清|确|记)|有的|是的|有过)", core)


# 疫苗打过了吗: whether something was done. 打算打 is a wish then, 下周去打 no, and 都打完啦 yes.
_DONE = compile_later(r"过(?:了|吗|没|么)|了(?:吗|没|么|不)|[完好](?:了|没)")
_NOT_YET = compile_later(
    r"(?:(?P<wish>打算|准备|计划|考虑|想着?)|(?:明|后)[天儿早晚]|下个?(?:周|星期|礼拜|月)[\d一二三四五六日天末]?|"
    r"过(?:几|两|些)天|马上|待会儿?|今晚|改天|回头)(?:再|就|要|才|去|带[他她它]|过去|到你们?[这那]里?)*"
    r"(?P<deed>[\u4e00-\u9fff]{1,2})(?:个|的|它)?"
)
_DONE_SO = compile_later(
    r"(?:都|全|已经|早就?|刚|上周|昨天|前天|去年)*(?![我你您他她它这那是没不就也还再太的])([\u4e00-\u9fff])[^错不没,，死]{0,4}(?:了|过|完|好|齐)"
)


def _echo(core: str, asked: str) -> bool | None:
    """The question's own verb said again, with or without a negation: 喝的, 不喝, 没怎么用过."""
    for found in _VERB.finditer(asked):
        verb = found.group(1)
        at = core.find(verb)
        if at < 0:
            continue
        before = core[max(0, at - 5) : at]
        other = core[at + 1 : at + 3]
        if before.endswith(("只", "就")) and other and other not in asked and (len(other) == 2 or before[-1] == "只"):
            # 只喝绿茶, asked about 白茶; 只有猫, about children
            return False
        if re.search(
            r"(?:不|没|没有|未|别|少|戒|从不|懒得)(?:怎么|太|咋|再|想|要|会|能|敢|爱|常|经常|肯|打算|准备)?$", before
        ):
            return False
        return not re.match(rf"{verb}(?:不(?:了|起|来|动|到|上|完)|得少)", core[at:])
    if _DONE.search(asked) and (done := _DONE_SO.fullmatch(core)) and done[1] in asked:
        return True
    if "过敏" in asked and re.search(r"(?<!不)(?<!不太)敏感", core):
        return True
    if "过" in asked and re.search(
        r"(?<!没)(?<!没有)(?<!没怎么)(?:买|喝|用|吃|试|尝|来|玩|做|打|弄|搞|去|听|见|有|敷|整)过(?!敏)", core
    ):
        return True
    return None


_NEVER_BEFORE = compile_later(r"(?:我|还|从来?|都|一直|之前|以前)*没(?:有)?[来去买喝用吃]过")


def _of_first(core: str) -> bool | None:
    """是第一次来吗 answered by how often: 头一回 is yes, 来过两次 and 老顾客 are no."""
    if _FIRST.search(core) or _NEVER_BEFORE.match(core):
        return not core.startswith(("不是", "不系"))
    return False if _REGULAR.search(core) or re.search(r"(?<!没)(?<!没有)[来买喝用吃]过|常来|经常", core) else None


# 想要一个: who is asked what they have, and wishes for it.
_WANTS_ONE = compile_later(r"(?:好|很|也|倒是)?想(?:要|有|养|生)(?:个|一个|一只|只)?")


_INVITED = compile_later(
    r"报个?名|.赛|聚|讲座|直播|来吗|来不来|来店|到店|参加|出席|位[子置]|过来|活动|品鉴|沙龙|留.{0,4}位|有空吗"
)
_HINDERED = compile_later(r"走不开|没空|没时间|去不了|来不了|来不及|赶不上|加班|出差|有事|要上班|值班|去不成|在外地")


def refuses_invitation(core: str, asked: str) -> bool:
    """Whether somebody who was invited is kept from coming: 周六要加班, 想去但是走不开, 没时间去."""
    if re.search(r"(?:没时间|没空|没法|没办法)[去来]|(?:参加|[去来报赶])不[了成]", core):
        return True
    hindered = _HINDERED.search(core) and not re.search(r"没(?:什么|啥)?事|不加班", core)
    return bool(hindered and _INVITED.search(asked))


def _of_age(core: str, asked: str) -> bool | None:
    """满18岁了吗 answered by an age."""
    asked_age = re.search(r"满?(?:(\d\d)|十八)周?岁?|成年", asked)
    if not asked_age or not re.search(r"满|成年|18|十八", asked):
        return None
    if re.match(
        r"(?:就|也|才)?还?[差缺][\d一二两三四五六七八九十半几]{1,3}个?[月天年岁周]|(?:还)?(?:没到|不到|未满|没满)", core
    ):
        return False
    if re.search(
        r"上大学了|抱孙|退休|(?:孙子|孙女|外孙)(?:女)?(?:都|也|已经)|(?:都|已经)(?:结婚|工作|当(?:妈|爸|爷|奶|姥))|(?:孩子|娃|儿子|女儿|闺女|姑娘|小子)(?:都|已经)",
        core,
    ):
        return True
    told = re.search(
        r"(\d{2})(?:岁|了|多|$)|([一二三四五六七八九]?十[一二三四五六七八九]?)(?:岁|多|好几|了)|[5-9]0后|0[0-6]后", core
    )
    if not told:
        return None
    if told.group(1):
        return int(told.group(1)) >= int(asked_age.group(1) or 18)
    if told.group(2):
        from handlers.understanding.numerals import plain

        return (plain(told.group(2)) or 0) >= int(asked_age.group(1) or 18)
    return True


def _picture(message: Message) -> bool | None:
    """A thumb up or an [OK] as the whole reply is a yes; other pictures say nothing."""
    marks = set(message.pictures)
    if marks & {"👌", "👍", "[OK]", "[ok]", "[强]", "🙆", "✅", "☑", "✔"}:
        return True
    if marks & {"👎", "[弱]", "🙅", "❌", "✖", "[NO]"}:
        return False
    return None


_UNWANTED = compile_later(r"(?:我|还是|先|暂时|就)*不(?:用|要|必|需要)?([\u4e00-\u9fff]{1,2}?)(?:了|啦|先)*")


def refuses_offered(bare: str, asked: str) -> bool:
    """Whether a reply says no to what the question offers, by its own verb: 先不留 to 要不要给您留一箱."""
    found = _UNWANTED.fullmatch(bare)
    return found is not None and found.group(1) in asked and found.group(1) not in ("说", "讲", "填", "告诉", "知道")


def plain_yesno(bare: str) -> bool | None:
    """The verdict of a whole message that is a word of the tables."""
    if re.fullmatch(r"谁(?:会|要|想|稀罕|喝|用|买|爱)(?!不).{0,4}", bare):
        return False
    if len(bare) < 16 and _RHETORICAL_YES.search(bare):
        return True
    half = bare[: len(bare) // 2]
    said = half if half * 2 == bare else bare  # 报上报上
    return True if said in YES else False if said in NO else None


# What a question asks whether they have: 家里有宝宝吗, 养猫吗.
_WHETHER_THEY_HAVE = compile_later(r"(?:有没有|有|养)(?:养)?([\u4e00-\u9fff]{1,4}?)(?:吗|么|没有?|呢|了|呀|[?？,，]|$)")
_CHILD_WORDS = ("宝宝", "宝贝", "孩子", "小孩", "小朋友", "娃")
_HAVE = (
    r"(?<![^,，。!！;；、\s])(?:不对|错了|哦|对了|其实|实际上|那个|我们?|俺|咱们?|家里?|现在|已经|是|就|也|都|\s){0,5}"
    r"(?P<no>没有?|木有|冇)?(?P<yes>有|养了?)?(?:了|过|着)?(?:[一两二三俩1-3]?[个只条位]|俩|小)?(?:{what})"
    r"(?:的|了|啦|呢|哦|呀|哈|吧){0,3}(?=[,，。!！;；、\s\d一二两三四五六七八九十半]|都|才|刚|快|$)"
)


@lru_cache(maxsize=256)
def _telling(asked: str) -> re.Pattern[str] | None:
    """How people say, unasked, whether they have what a question asks for; None if it asks for something else."""
    found = _WHETHER_THEY_HAVE.search(asked)
    if found is None:
        return None
    what = _CHILD_WORDS if found[1] in _CHILD_WORDS else (found[1],)
    return re.compile(_HAVE.replace("{what}", "|".join(map(re.escape, what))))


def told_yesno(text: str, asked: str) -> bool | None:
    """Whether they have what was asked for, told plainly in a reply to something else: 我有宝宝的, 其实家里没养猫; or
    are not of age."""
    if asks_of_age(asked):
        return False if says_under_age(text) else None
    telling = _telling(asked)
    found = telling.search(text) if telling else None
    if found is None or not (found["yes"] or found["no"]):
        return None
    return not found["no"]


_LONG_VERBS = compile_later(r"过敏|结婚|参加|上班|哺乳|备孕|熬夜|失眠|长痘|出油|戴|养|抽")


def told_again(text: str, asked: str) -> bool | None:
    """What a correction says of a question of yes or no in its own words: 是二胎, 他对芒果过敏, 其实抽烟."""
    core = dense(text)
    if ASKS_SECOND_CHILD.search(asked):
        return of_second_child(core)
    found = _LONG_VERBS.search(asked)
    return _echo(core, found.group()) if found and found.group() in core else None
