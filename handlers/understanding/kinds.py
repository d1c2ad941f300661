"""What kind of thing a question asks for, and what a reply gives: a price, a time, a place."""

from __future__ import annotations

import re
from itertools import pairwise

from handlers.understanding.phrases import words
from handlers.understanding.signs import Table
from handlers.understanding.text import dense, message_of
from models.patterns import compile_later


def _any(written: str) -> re.Pattern[str]:
    return compile_later("|".join(words(written)))


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


def wanted(question: str) -> frozenset[str]:
    """The kinds of thing that a question asks for; none where none can be told."""
    message = message_of(question)
    found: set[str] = set()
    for start, end in message.clauses:
        said = dense(message.text[start:end])
        found.update(kind for kind in _MAY_ASK.may_match(said) if _ASKS[kind].search(said))
    return frozenset(found)


_ASKS = {kind: asks for kind, asks, _ in _KINDS}
_MAY_ASK = Table(_ASKS)


def given(said: str) -> frozenset[str]:
    """The kinds of thing that a reply, without blanks and punctuation, tells."""
    return frozenset(kind for kind, _, gives in _KINDS if gives.search(said))


_COUNTED = compile_later(r"几([\u4e00-\u9fff])|多少([个瓶斤盒次张人岁层片寸码度米节只天包])")
_DONE = compile_later(r"([\u4e00-\u9fff])(?:[吗么嘛不没]|了没|了吗)[啊呀呢]?$")
_NO_VERB = "的了吧呢啊是这那有"


def units(question: str) -> tuple[str, ...]:
    """In what is counted: 几次."""
    return tuple(one or other for one, other in _COUNTED.findall(dense(question)))


def verbs(question: str) -> tuple[str, ...]:
    """What is done or not, of each clause that ends in asking: 必须穿么."""
    message = message_of(question)
    said = (dense(message.text[start:end]) for start, end in message.clauses)
    found = (_DONE.search(one) for one in said)
    return tuple(each.group(1) for each in found if each and each.group(1) not in _NO_VERB)


def counts_in(said: str, unit: str) -> bool:
    """Whether a reply has a number of that unit."""
    return any(before in _DIGITS for before, after in pairwise(said) if after == unit)


_DIGITS = frozenset("0123456789一二两三四五六七八九十半百")
