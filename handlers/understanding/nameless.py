"""Short phrases that look like a name and are none: what somebody came for, how they fare, what they are just doing.

A name is nearly any two to four characters, so what it cannot be is told by what stands at its beginning (送, 刚到,
今天) or by the whole of it (难受, 退钱). 来福, 想想妈 and 刚子 are names.
"""

from __future__ import annotations

from models.patterns import compile_later

# What somebody came for: 给老丈人买酒, 想买花, 送女朋友的, 要两箱.
_ERRAND = compile_later(
    r"^(?:我?想|我?要)?[给帮替为][^,]{1,5}[买送挑选带订拿]|[买送订拿挑选](?:点|些|个|瓶|箱|盒|人|礼|给|酒|茶|奶粉)|"
    r"^(?:我?想|我?要|来)(?:要|点|些|[一两二三四五六几\d]+(?:箱|瓶|盒|斤|件|罐|包|套|个|束|支|份|杯|张))|"
    r"^(?:我?想|我?要|打算|准备|过来|来|去)(?:要|来|去)?(?:买|看|订|定(?=[\u4e00-\u9fff])|送|问|咨询|了解|逛|选|挑|拿|领|退|换|学|练|减|瘦|"
    r"试|吃|喝|养|报名|办|充|加群|进群)|"
    r"^送(?!送)|^(?:买|订|拿|寄)(?:给|来|去|束|花|衣|鞋|菜|货|奶|东西)|^(?:买给|给|帮|替|为)[^,]{1,5}的$"
)
_OCCASION = compile_later(
    r"^(?:求婚|结婚|订婚|开业|乔迁|过生日|过节|探病|扫墓|祭奠|急用|女朋友|男朋友|老婆|看看|逛逛|随便看)[用的呀]*$|.用的$"
)
_AMOUNT = compile_later(
    r"[几一二两三四五六七八九十\d]{1,4}[百千万][几一二两三四五六七八九十百千\d]*(?:来|多)?(?:块|元)?(?:钱)?(?:的|左右|上下|以内)*"
)
# What somebody is doing or has just done, and when: 刚到家, 在路上, 今天好累.
_DOING = compile_later(
    r"^(?:我|人)?(?:刚刚?|才|正在?|还?在|快|马上|已经)(?:到(?!到)|下班|下课|起床?|睡|吃|回|忙|开|上班|上课|出|进|看|醒|洗|加班|结|搬|走|做|买|收|"
    r"接|带|遛|哄|路上|外面|家|公司|单位|店里|医院|老家|车上|地铁)|"
    r"^(?:到家|回家|上班|下班|出差|加班|出门|起床|吃饭|睡觉|开会|开车|带娃|做饭|上课|逛街|遛弯|搬家)|"
    r"^(?:今天|今晚|今儿|明天|明晚|后天|昨天|昨晚|前天|最近|近来|刚才|下周|周末|这周|这几天|这两天|下午|上午|中午|晚上)(?![妈爸姐哥])"
)
_STATE = (
    r"(?:累|困|烦|饿|痛|疼|忙|难受|难过|伤心|郁闷|无聊|委屈|焦虑|痛苦|崩溃|绝望|生气|失望|心累|心烦|心痛|孤独|寂寞|"
    r"无助|压抑)"
)
_FARING = compile_later(
    rf"^(?:我|人|心里?|最近)?(?:好|很|太|真|超|挺|蛮|有点|特别|非常|十分|实在|也太|真是)+{_STATE}|^我?{_STATE}(?:死|死人|哭|坏|得很|极)?$|"
    r"^(?:没)?心情|^(?:头|胃|肚子|牙|腰|嗓子)[疼痛]|^(?:家里|我家|家人)(?:老人|出|有|刚|人)|^(?:失眠|失恋|失业|分手|离婚|住院|发烧|感冒|生病)"
)
# What they think of it, what has happened to them, how they came: 好贵, 刚离婚, 小红书看到的, (叫我)来的.
_SAID = compile_later(
    r"^好(?:贵|便宜|吵|烦|慢|远|久|难|漂亮|好看|好吃|好喝|好用)|^(?:我)?(?:刚刚?|已经|要|准备|快要?)(?:离婚|结婚|怀孕|分手|失业|毕业|退休)|"
    r".(?:看到|看见|听说|推荐|介绍|搜到|刷到|知道|加|找)(?:过来|来)?的$|^(?:过?来|去|加|找|问|联系)(?:的|你|您|一下)|^真?(?:假人|机器人?)$"
)
# Blame is no name either: 退钱, 骗子, 坑人.
_BLAME = compile_later(
    r"(?<!小)骗子|骗人|骗钱|退钱|赔钱|还钱|退我钱|投诉|举报|差评|坑人|坑爹|黑店|假货|维权|曝光|垃圾|报警|^赔偿|奸商"
)


def is_no_name(phrase: str) -> bool:
    """Whether a phrase (normalised, without particles at its end) says something else than what to call somebody."""
    return bool(
        _AMOUNT.fullmatch(phrase)
        or _ERRAND.search(phrase)
        or _OCCASION.search(phrase)
        or _DOING.search(phrase)
        or _FARING.search(phrase)
        or _BLAME.search(phrase)
        or _SAID.search(phrase)
    )
