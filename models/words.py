"""Word lists that ship with the program and always hold; a playbook's `words` add to them.

How they are compared is up to who reads them; each list says what it was made for. Letters are in lower case: compare
a text after `casefold`, full-width forms folded. The lists are data and carry no meaning of their own.
"""

from __future__ import annotations

OPT_OUT_MESSAGES: tuple[str, ...] = (
    # The whole message, without blanks and punctuation, is one of these: too short to be looked for inside a text.
    *("td", "退订", "退訂", "取消订阅", "取消关注", "拒收", "不再接收", "屏蔽", "拉黑"),
    *("stop", "unsubscribe", "别发了", "不要发了", "别再发了", "别发", "勿扰", "请勿打扰", "别打扰我", "不要打扰我"),
)

OPT_OUT_PHRASES: tuple[str, ...] = (
    # Anywhere in a message. About being written to, never about goods, a group or a mistake.
    *("回复td", "回td", "我要退订", "帮我退订", "给我退订", "请退订", "退订吧", "退订谢谢"),
    *("别再给我发", "不要再给我发", "别给我发消息", "不要给我发消息", "别再发消息", "不要再发消息", "不要再发信息"),
    *("别再发广告", "不要再发广告", "别给我发广告", "不要给我发广告", "不想再收到", "不想收到你", "不想收到消息"),
    *("别再打扰", "不要再打扰", "别再骚扰", "不要再骚扰", "别骚扰我", "不要骚扰我", "再发就拉黑", "再发我就拉黑"),
    *("再发就举报", "再发我就举报", "再发投诉", "再发就投诉"),
)

HUMAN: tuple[str, ...] = (
    # Anywhere in a message: the person wants a human.
    *("人工", "转人工", "人工客服", "真人客服", "真人来", "找真人", "要真人", "换真人", "换个真人", "换个人来"),
    *("找个人跟我说", "叫个人来", "叫你们老板", "找你们老板", "叫老板来", "找老板", "叫掌柜", "找掌柜"),
    *("叫店长", "找店长", "找负责人", "叫你们经理", "找你们经理", "不要机器人", "不想跟机器人", "别用机器人"),
)

HUMAN_INNOCENT: tuple[str, ...] = (
    # Longer words that hold one of HUMAN and mean something else.
    *("人工智能", "人工费", "人工成本", "人工呼吸", "人工酿造", "人工降雨", "人工林", "人工湖", "纯人工", "手工人工"),
)

BOT: tuple[str, ...] = (
    # Anywhere in a message: the person asks whether a machine is talking.
    *("你是机器人吗", "你是机器人吧", "你是不是机器人", "是机器人吗", "是不是机器人", "是机器人吧", "机器人啊"),
    *("你是真人吗", "你是不是真人", "是真人吗", "是真人还是机器人", "是人还是机器", "是人是机器", "你是人吗"),
    *(
        "你是ai吗",
        "你是不是ai",
        "是ai吗",
        "是ai吧",
        "你是人工智能吗",
        "自动回复吗",
        "是自动回复",
        "机器自动回",
        "机器回复",
    ),
    *("你是程序吗", "你是电脑吗", "你是bot吗", "are you a bot", "are you human", "are you a robot"),
)

UNLAWFUL: tuple[str, ...] = (
    # Anywhere in a post: superlatives and authority that the advertising law (广告法 第九条) forbids. Chosen as whole
    # expressions, so that 最近, 最后, 最好早点来 or 第一次 are no hit.
    *("国家级", "世界级", "宇宙级", "最高级", "最佳", "最顶级", "最高端", "最高档", "最高品质", "最优质", "最优惠"),
    *("最低价", "最便宜", "最实惠", "最划算", "最先进", "最权威", "最正宗", "最地道", "最纯正", "最好喝", "最好的酒"),
    *("最受欢迎", "最畅销", "最热销", "最具实力", "最有效", "最安全", "最健康", "最流行", "最时尚", "最奢华", "最稀缺"),
    *("顶级", "顶尖", "极品", "绝无仅有", "史无前例", "前无古人", "独一无二", "万能", "百分百有效", "100%有效"),
    *("第一品牌", "第一名酒", "销量第一", "排名第一", "口碑第一", "全国销冠", "全网销冠", "全网最低", "全国最低"),
    *("史上最低", "历史最低", "业界领袖", "行业领导品牌", "领导者品牌", "缔造者", "填补国内空白", "国家免检"),
    *("特供酒", "专供酒", "国家领导人", "国家机关推荐", "国家机关专供", "人民大会堂专供", "军队特供", "内部特供"),
    *("驰名商标", "中国名牌", "永不反弹", "包治百病", "无效退款保证", "零风险", "无任何副作用"),
)
