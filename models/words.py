"""Word lists that ship with the program and always hold; a playbook's `words` add to them.

How they are compared is up to who reads them; each list says what it was made for. Letters are in lower case: compare
a text after `casefold`, full-width forms folded. The lists are data and carry no meaning of their own.
"""

from __future__ import annotations

OPT_OUT_IN_GROUPS: tuple[str, ...] = (
    # The whole message, without blanks and punctuation at its ends. In a group 别发了 or 拉黑 is said to somebody else,
    # so only what can mean nothing but our messages; what counts 1:1 is known to `handlers.understanding`.
    *("td", "退订", "退訂", "回td", "回复td", "取消订阅", "unsubscribe"),
)

PLATFORM_LINES: tuple[str, ...] = (
    # Anywhere in a message: what WeChat itself says in a new conversation, in the name of one side or the other.
    *("我通过了你的朋友验证请求", "我通过了你的好友验证请求", "现在我们可以开始聊天了", "现在可以开始聊天了"),
    *("以上是打招呼的内容", "i've accepted your friend request", "you can now chat"),
)

UNLAWFUL: tuple[str, ...] = (
    # Anywhere in a post: superlatives and authority that the advertising law (广告法 第九条) forbids. Chosen as whole
    # expressions, so that 最近, 最后, 最好早点来 or 第一次 are no hit.
    *("国家级", "世界级", "宇宙级", "最高级", "最佳", "最顶级", "最高端", "最高档", "最高品质", "最优质", "最优惠"),
    *("最低价", "最便宜", "最实惠", "最划算", "最先进", "最权威", "最正宗", "最地道", "最纯正", "最好喝", "最好的酒"),
    *("最受欢迎", "最畅销", "最热销", "最具实力", "最有效", "最安全", "最健康", "最流行", "最时尚", "最奢华", "最稀缺"),
    *("顶级", "顶尖", "极品", "绝无仅有", "史无前例", "前无古人", "独一无二", "万能", "百分百有效", "100%有效"),
    *("第一品牌", "第一名酒", "销量第一", "排名第一", "口碑第一", "全国销冠", "全网销冠"),
    *("史上最低", "历史最低", "业界领袖", "行业领导品牌", "领导者品牌", "缔造者", "填补国内空白", "国家免检"),
    *("特供酒", "专供酒", "国家领导人", "国家机关推荐", "国家机关专供", "人民大会堂专供", "军队特供", "内部特供"),
    *("全网第一", "业内第一", "no.1", "全球首创", "史上最", "首选", "极致", "王牌"),
    *("唯一指定", "领导品牌", "领袖品牌", "最优价", "最优品质"),
    *("最好的产品", "最好的品质", "品质最好", "质量最好", "口感最好", "效果最好"),
    *("绝对有效", "绝对安全", "百分之百有效", "永久有效", "根治", "药到病除"),
    # Whoever says of themselves that nobody in the country, the town or the trade is better.
    *(
        f"{scope}{claim}"
        for scope in (
            "全国",
            "全网",
            "全城",
            "全市",
            "全省",
            "全球",
            "世界",
            "中国",
            "亚洲",
            "行业",
            "业内",
            "国内",
            "宇宙",
        )
        for claim in ("第一的", "第一名", "第一家", "第一品牌", "唯一", "最好", "最低", "最强", "最大", "最优", "之最")
    ),
    *(
        f"最好的{what}"
        for what in (
            "教练",
            "私教",
            "老师",
            "医生",
            "团队",
            "课程",
            "茶",
            "面膜",
            "奶粉",
            "服务",
            "味道",
            "店",
            "选择",
            "效果",
        )
    ),
    *(
        "百分百见效",
        "百分百安全",
        "百分百治愈",
        "百分之百见效",
        "百分之百安全",
        "100%见效",
        "100%安全",
        "祖传秘方",
        "一用就灵",
    ),
    *("驰名商标", "中国名牌", "永不反弹", "包治百病", "无效退款保证", "零风险", "无任何副作用"),
)
