"""What a clause does when it does not answer: it asks, refuses, puts off, greets.

Each look takes one clause (or a whole message) of normalised text, most of them as `dense` leaves it: `squeezed`. A
clause may do several of these; which of them decides the act is said in `reading`.
"""

from __future__ import annotations

from handlers.understanding.phrases import Phrases, words
from handlers.understanding.signs import Signs
from handlers.understanding.text import PARTICLES, Message, dense
from models.patterns import compile_later

_RATHER_NOT = words("不太想 不大想 不是很想 不怎么想 不咋想 真不想 不太愿意 不大愿意 不太能 不太好 不大方便 不太好意思")
_TELL = words("说 讲 透露 填 写 告诉 回答 答 留 给 提供")
_DECLINES = Phrases(
    [rather + tell for rather in _RATHER_NOT for tell in _TELL]
    + list(
        words(
            """
        不方便 不太方便 保密 不想说 不说了 不说可以 不告诉 不透露 不便透露 不便说 不便告知 不便 秘密 隐私 不想填
        不填 不写了 不想写
        不问姓名 不问名字 不问来处 不问出处 何必问
        不提供 不想提供 不给了 不想给 不留了 不想留 不留电话 不留号 不给电话 不给号 跳过 略过
        不用称呼 不必称呼 写着呢 写着了 不写着 不是写了 换个问题 换一个问题 换个话题
        下一题 下一个问题 下个问题 pass 无可奉告 不想讲 不愿说 不愿意说 不愿透露 不答 不回答 不想回答 不想答
        不讲 不聊这个 别问 不要问 莫问我 莫问这 莫问那 不该问 不好意思说 说不出口 不能说 不敢说 不敢写 不敢填 不敢讲
        没法选 选不了 没得选 不可说 不方便说 拒绝回答 拒答
        你猜
        猜猜看 自己猜 就不说 偏不说 不想透露 不说行 能不说 可以不说 不说行吗 能不填 可以不填 可不可以不
        能不能不说 能不能不填 不填行 不填可以 可以不答 必须说吗 必须填吗 必须要说 必须要填 一定要说 一定要填
        非要说 非要填 非得说 非得填 非说不可 查户口 查我户口 查身份证 这么细 问得细 问得真细 不留可以
        不留行 不给可以 不给行 人口普查 户口普查
        关你什么事 关你啥事 关你屁事 关你毛事
        与你无关 跟你没关系 和你没关系 跟你有关系 和你有关系 有必要吗 有必要说 有必要知道 凭什么 凭啥 干嘛告诉你
        干嘛要告诉 干吗告诉 为什么要告诉 为啥要告诉 为什么告诉你 为何要告诉 我为什么要说 问那么多 问这么多
        问辣么多 打听 这也要问 这也问 这都要问 这都问 这个也要 你管我 你管得着 管得着 管那么多 管那么宽 要你管
        个人信息 个人隐私 涉及隐私 侵犯隐私 信息泄露 怕泄露 不安全 不放心给 怕骚扰 怕被骚扰 怕打扰 怕被打扰 怕推销
        怕骗子 骗子吧 先不说 暂不透露 先不留
        先不填 不想暴露 天机不可泄露 不可泄露 天机 国家机密 商业机密 机密 你想干嘛 想干什么 忘了问我 这个算了
        这个就算了 这题过 过吧 过这题 免了吧 没必要说 没必要填 没必要告诉 没啥好说 没什么好说 不足挂齿 不值一提
        无名小卒 不重要 名字不重要 重要吗 没名字 没有名字 也要登记 也要问 也要说 也要填 也要写 名字就算了
        不用知道 不需要知道 你不用管 noway secret private rathernot nottelling nocomment 唔讲 不话你知 不话俾
        不话给你 不想讲 莫打听 问啥问 问什么问 瞎问 别瞎打听 不必知道 说了你也 说了也没用 不回 不谈 哪壶不开
        女人的年龄 年龄是秘密 年龄保密 女生年龄 永远18 永远十八 永远二十 年年18 年年十八 不告诉你 才不告诉
        懒得说 懒得填 懒得写 懒得答 懒得讲 不留名 不留姓名 不留名字 不说名字 做好事不 不用备注 不想聊
        隐姓埋名 不归我管 不让讲 不让说 不许说
        问老公去 问老婆去 问我老公去 问我老婆去 问他去 问她去
        """
        )
    )
)
_NOT_KNOWN = Phrases(
    words(
        """
        不知道 不晓得 不清楚 不太清楚 不确定 不好说 说不好 说不清 说不准 讲不清 没想过 没想好 还没想 没考虑过
        没考虑 没记住 还没背 背不下来 不记得 记不得 记不清 记不住 忘记了 忘了 忘光 想不起 想不起来 没概念 没数
        没有概念 没谱 没准 没个准
        不一定 不了解 不懂 不会算 没算过 没统计 搞不清 弄不清 分不清 不明白 没注意过 没留意 没研究 晓不得 不造
        布吉岛 母鸡 鬼知道 谁知道 天知道 哪知道 我哪知道 我咋知道 我怎么知道 哪记得 谁记得 noidea idontknow
        dontknow notsure idk 不识 不太懂 没定 还没定 未定 不固定 没固定 随时 定不下 定不了 没准信 看情况 看心情 视情况
        随缘 看缘分 再看
        没计划 没预算 没有预算 没打算 没研究过 没了解 随便 都行 无所谓 都可以 看着办 随你 你定 你看着 随意
        你决定 你说了算 任意 怎样都行 不限 没要求 没有要求 没啥要求 都ok 都无所谓 没所谓 冇所谓 whatever
        anything
        """
    )
)
_SOON = words(
    "一会 一会儿 等会儿 待会儿 晚点儿 今晚 晚上 明早 明晚 下班 有空 空了 得空 闲了 忙完 到家 回家 睡醒 娃睡了 过会儿"
)
_THEN = words("再 说 回你 回复你 回复您 告诉你 给你发 发给你 发你 联系你 聊 答 填 算算 问问 看看 查查 量量 翻翻 找找")
_LATERS = Phrases(
    [soon + then for soon in _SOON for then in _THEN]
    + list(
        words(
            """
        等会 等下 等一下 等等再 等一会 待会 呆会 一会再 一会儿再 一会儿发 一会儿给 待会发 待会儿发 晚点发 熟了再
        熟悉了再 一会说 一会儿说 一会回 一会给 一会发 一会告
        一会儿告 回头 晚点 晚些 迟点 迟些 稍后 稍等 稍晚 过会 过一会 改天 改日 下次说 下次再 以后再说 以后说
        再说吧 再说了 以后再 看看再说 明天再 明天说 明天告诉 明天回 明天给你 明天发你 明天发给 明早 后天再
        今晚再 今晚说 今晚回 晚上再 晚上说 晚上回 晚上告诉 晚上给 晚上发你 晚上发给 中午再 下午再 下午说 下午回
        周末再 周末说 下班再 下班后 下班说 下班回 下班了再 有空再 有空说 有空回 有时间再 空了再 空了说 得空 闲了
        忙完 忙着 在忙 正忙 好忙 很忙 太忙 现在忙 先忙 有点忙 忙呢 忙死 忙疯 忙不过来 手头忙 忙一下 开会 在开车
        开着车 开车呢 开车中 正开车 没空 没时间 不得空 冇空 腾不出 抽不出 走不开 在带娃 喂奶呢 正喂奶 哄睡 哄娃
        抱着娃 做饭呢 在做饭 正吃饭 在吃饭 吃饭呢 洗澡 在上课 上课呢 考试呢 在排队 在医院 正上班 上班呢 上班中
        在上班 我查 查一下 查查 查下 我去查 我看下 我看一下 我看看 看一眼 我翻翻 翻一下 我找找 找一下 我问问
        问一下我 我问下 问问我 问问老公 问问老婆 问一下老 问下老 问问家 问我老公 问我老婆 问我妈 问婆婆 商量
        我想想 想一想 想想再 让我想 让我看 让我查 让我问 容我 考虑一下 考虑下 考虑考虑 再考虑 我量一下 我算算
        算一下 确认一下 确认下 核实 到家再 到家看 到家说 回家再 回家看 回家查 回家说 回家问 回去看 回去查 回去再
        回去问 翻出来再 等我 等忙 等到家 等孩子 等娃睡 等宝宝睡 娃睡了再 先等 先这样 睡醒 醒了再 明儿再 明儿说 赶明儿
        得问她 得问他 要问她 要问他 得问一下 得问下
        再约 等哈 等一哈 歇哈 一哈再 一哈说 阵间 等阵
        等歇 一歇再 晏点 晏啲 搁会儿 等通知 等消息
        改明儿 later busy brb notnow talklater 迟啲 得闲 唔得闲 不得闲 转头 到时候再 到时再 到时候说 到时候看
        先欠着 先放着 先空着 手机没电 快没电 没电了 快没电 开个会 再告诉你 再回复你 再联系你 再通知你 信号不好
        不在身边 没在身边 没带 在外面 在外头 在路上 路上呢 有事
        先不聊 先聊到这 今天先到这
        有点事 出差 手上有活 正忙着 过两天 过几天 过阵子 过段时间 下周再 下个月再 容后 一会儿看 一会看 迟点再
        """
        )
    )
)
_NOT_LATER = compile_later(
    r"[买喝吃用来去]过一会|(?:发|给|让)我看看(?!再)|一直在忙着?(?:备孕|生)|帮忙|急忙|不忙|有事(?:业|儿做)|没事|故事|回头(?:客|率)|等下(?:个|周|月)|没带(?:过|"
    r"娃)|有事没事|(?:^|我)(?:(?:刚|才|终于|已经)忙(?:完|好)了?|忙(?:完|好)[了啦])"
    r"(?!再|就|我?[会就]|跟|给|告|回|说|联|之?后|以后|聊|看|弄)"
)

_ASKS = compile_later(
    r"[?？]|吗|有多[\u4e00-\u9fff]|(?<![不动时])([\u4e00-\u9fff])[不没]\1(?!\1)|(?:么|(?<![得寄来要买送去发行])嘛|(?<=\w\w)(?:不|没|没有|木有|伐|啵))$|什么|甚么|"
    r"神马|为啥|为毛|啥|咋|怎么|怎样|怎的|如何|多少(?!都)|哪(?!怕|都|能|有那)|谁|多久|多长|多大|多重|多高|多远|"
    r"(?<![零〇一二三四五六七八九十\d])几(?:点|号|天|块|毛|个钱|斤|罐|段|岁|个月|次|种|款|时|多|升|度|片|瓶|盒|箱|抽|"
    r"卷|层|年|周|人|家|楼|寸|克|折|倍|顿|阶|级|杯|勺|格|粒|袋|包|件)|(?:周|星期|礼拜|初|农历)几|点解|点样|边度|边个|"
    r"乜|咩"
    r"|的还是[^,，还]{1,6}的$|几钱|能不能|可不可以|可否|能否|是否|(?<!没)有没有|有木有|有无|有冇|好不|好喝不|好用不|能用不|能吃不|能喝不|"
    r"包邮不|有货不|有用不"
    r"|干嘛|干吗|干啥|做乜|推荐|介绍一?下|讲一?下|说一?下|求(?:个|链接|价格|推荐|介绍|教)|想问|请问|问一?下(?!我|"
    r"老|家)|想了解|想知道|咨询|请教|发个?(?:链接|价格|图|报价|目录|地址)|报个?价|价格表|链接发|areyou|who|what|when|"
    r"where|which|why|how|doyou|canyou|canihave|isit"
)
# 你觉得呢, 价格呢: a question that hangs on 呢 alone.
_BACK = compile_later(
    r"(?:你|您)们?(?:觉得|认为|说|看)呢$|^(?:那|这个)?(?:价格|价钱|价位|地址|运费|邮费|快递|活动|优惠|链接|规格|效果|你们?)呢$"
)
# 你们开了几年了: of them 好几年了 tells, of us it asks.
_YOURS_HOW_LONG = compile_later(r"^(?:那)?(?:你|您|老板|掌柜)们?(?:家|店)?[^好]{0,5}几(?:年|个月|个|家|岁|天|次)了?$")
_NO_TAG = tuple(
    words(
        "好不 要不 还没 都没 并不 从不 也不 没有 应该没 好像没 从没 暂时没 目前没 现在没 一直没 也没 真没 可能没 "
        "几乎不 基本不 一般不"
    )
)
# Question words that ask nothing.
_NO_QUESTION = compile_later(
    r"过了?好?几|好几|有几|没几|几年(?:前|没见)|几(?:次|个|瓶|年|岁|天|箱)了|没(?:有)?(?:什么|啥|怎么|咋)|不(?:怎么|咋|是什么|"
    r"知道(?:说|填|写|选|该)?(?:什么|啥|怎么说|多少)?$|晓得)|(?:什么|啥|怎么|哪|哪个|哪种|哪里|哪儿|谁|多少|咋|乜|咩|"
    r"怎样|哪款|哪样|哪类|几个)(?:都|也)|随便什么|(?<![卖干做是])(?:什么|啥)的|怎么说呢|咋说呢|无论如何|不管(?:什么|怎么|哪)|"
    r"谁不(?:要|爱|喜欢|想|喝|吃|用)"
    r"|怎么(?:会|可能)(?:没|不)|(?:怎么|咋)不(?:行|可以|要|成|中|得)|有(?:什么|啥)不(?:敢|能|好|行|可以|愿意)|哪能不|哪会不|可不是|不就是|有多少(?:算|喝|买)多少|多少(?:有点|有些|会|能|喝点|"
    r"都)|想(?:什么|啥|吃啥|喝啥)(?:就|都)|什么什么|好不(?:了|容易)|差不多|没什么|不了几|[多零又]几天|看.{0,6}有没有空|哪[个款种家][^?？]{1,6}哪[个款种家]|^(?:得|要|先|还得|还要)?看[^看,，]{1,4}([\u4e00-\u9fff])[不没]\1|想.{0,2}([\u4e00-\u9fff])没\2|看[送给跟和]?谁|"
    r"^(?:你|您|那)?(?:就|喊|叫|别|莫|不要|反正|本来|当然).*嘛$|(?:才|就|好|这|那|过|前|小|头|"
    r"刚)几个月|怎么着都|说什么也|干什么都"
    r"|介绍(?:来|我|进|过来)?的|朋友(?:推荐|介绍)|推荐(?:来|我|进|过来|的$)|是(?:朋友|同事|闺蜜|邻居|老师|"
    r"别人)推荐|(?:老板|店里|别人|闺蜜|朋友|你们?)推荐(?:的|过)|(?:都|全)(?:都)?想(?:知道|了解)|没(?:啥|什么)想(?:知道|了解)|^看有没有|哪天都|(?:你|您)?看着推荐|不知道(?:该)?(?:选|填)哪|哪有(?:什么|啥)|"
    r"谁知道|鬼知道|我哪知道|我怎么知道|我咋知道|谁(?:敢|舍得|受得了)|(?:别|不要|不用|勿|少|甭|莫)(?:再|给我|老|总)*(?:推荐|介绍)"
    # 我先看看家里还剩啥: what they will find out.
    r"|(?:我先|我去|我再|我得|让我|等我|先)(?:看看?|查查?|数数?|翻翻?|问问|算算|想想)[^?？]{0,8}(?:啥|什么|几|多少|哪)"
)
_CHIT = frozenset(
    words(
        """
        你好 您好 你好你好 hi hello hey 嗨 哈喽 哈罗 哈啰 halo hallo 早 早上好 早安 上午好 中午好 下午好 晚上好
        晚安 午安 大家好 在吗 在不 在不在 在么 在嘛 在 人呢 有人吗 有人在吗 谢谢 谢谢你 谢谢您 谢谢你们 谢谢老板
        谢谢掌柜 谢谢亲 谢谢客服 谢谢小姐姐 谢了 谢啦 多谢 感谢 感恩 感谢感谢 非常感谢 thanks thankyou thx 3q
        3ks tks 谢谢谢谢 谢谢哈 辛苦 辛苦了 辛苦啦 您辛苦 你辛苦了 拜拜 再见 bye byebye 88 886 回见 明天见
        晚点见 好的 好 好了 好好 好好好 好滴 好的好的 好嘞 好的谢谢 好的哦 收到 收到谢谢 知道了 知道 晓得了 了解 明白
        明白了 ok okok okk oj okay 可 嗯 嗯嗯 嗯嗯嗯 恩 恩恩 哦 哦哦 喔 噢 噢噢 行 行吧 行行 中 是 对 对的 是的
        哈 好啦 666 6 66 6666 牛 厉害 厉害了 赞 棒 好棒 真棒 不错 太好了 真好 新年好 新年快乐 过年好 春节快乐
        中秋快乐 节日快乐 国庆快乐 元旦快乐 圣诞快乐 端午安康 元宵快乐 生日快乐 恭喜 恭喜发财 生意兴隆 财源滚滚
        大吉大利 周末愉快 周末快乐 吃了吗 吃了没 吃饭了吗 吃饭没 吃过了吗 忙不忙 最近好吗 好久不见 幸会 久仰
        很高兴认识你 认识一下 初次见面 请多关照 多多关照 多关照 不客气 没关系 没事 没事的 不好意思 抱歉 对不起
        打扰了 路过 来了 来啦 我来了 我来啦 报到 报道 打卡 冒泡 冒个泡 签到 新人报到 新人报道 我是新来的 新来的
        刚加的 我们已经是朋友了 我通过了你的朋友验证请求现在我们可以开始聊天了 我通过了你的朋友验证请求 加好了
        加上了 加你了 已加 通过了 唔该 晒 多谢晒 么么哒 爱你 比心 哇 哇塞 天哪 我去 卧槽 额 呃 啊 啊这 emm emmm
        emmmm 无语 lol haha hhh hhhh xswl 有意思 好玩 好冷 好热 真冷 真热 太热了 太冷了 热死了 冷死了 下雨了
        下雪了 下雨 好大的雨 降温了 起风了 打雷了 天气不错 天气真好 今天天气不错 今天天气真好 困 好困 困了 累
        好累 累死了 饿了 好饿 无聊 下班了 终于下班 周五了 放假了 堵车 堵死了
        """
    )
)
_CHIT_PATTERN = compile_later(
    r"^(?:好[的滴嘞哒]|收到|嗯|知道[了啦]|明白|了解|谢谢你?|辛苦了?)+$|"
    r"^(?:(?:你好|您好|哈[喽啰罗]|嗨|hi|hello|hey)+(?:在的?|在呢|在哦)?|在的|在呢)$|^(?:辛苦|麻烦|有劳|难为)(?:了|啦|你们?|您|大家|各位|老板|掌柜|老师)+$|"
    r"^(?:冷|热|困|累|晒|闷|饿)死(?:个?人|我)?(?:了|啦)?(?:今天|外面|最近|这天)?$|^(?:谢谢|感谢|多谢)(?:你|您)们?(?:的|这么|一直|不厌其烦|耐心|热情|贴心|提醒|惦记|关心|照顾|费心|告知|解答|回复|服务|记得我?|想着我?)+$|"
    r"^(?:今天|今儿|外面)?(?:的)?(?:太阳|阳光|月亮|天空?|空气)(?:真|好|太|挺|可真)(?:好|蓝|大|圆|美|舒服)(?:了|啊)?$|"
    r"^我?(?:已经?|刚)?通过了?(?:你的?)?(?:好友|朋友|微信)?(?:验证|申请|请求)*了?$|"
    r"^(?:今天|今儿|外面|我们这|这边|这里)?(?:好|真|这么|那么)?大的?(?:雨|雪|风|雾|太阳)(?:了|啊)?$|"
    r"^(?:老板|掌柜|亲|亲爱的|[\u4e00-\u9fff]{1,3}们|小姐姐|姐姐?|哥|客服|美女|帅哥|小山|店家|老师|宝|宝子)?(?:你|您|大家|早上|晚上|下午|"
    r"中午)?好(?:呀|啊)?(?:老板|掌柜|亲|小姐姐|客服|美女|店家|老师)?$|^(?:真的?)?(?:太|多|非常|十分|很)?(?:谢|"
    r"感谢|多谢|谢谢)(?:啦|了|您|你|老板|掌柜|小姐姐|客服|大家|亲|分享|关心|提醒|招待|通过|哈|们|店家|姐|哥|美女|"
    r"老师|惦记|款待|照顾|理解|配合)*$"
    r"|^(?:哈|嘿|嘻|呵|吼|哇|嗷|h|a|6|2333|w|啊|嗯|哦|呜|咯|喵|汪|e|m|x|s)+$|^(?:今天|今儿|外面|这天|我们这|这边|"
    r"最近|这两天|明天|昨天|今年|这里|这几天|咱这)?(?:天气?|温度|气温|外面)?(?:可|真|好|太|有点|突然|又|在|要|"
    r"开始|还|怎么又?|这么|真是|也太)?(?:在)?(?:冷|热|凉|晒|闷|潮|干燥|下雨|下雪|刮风|降温|打雷|变天|下大雨|"
    r"下了?场雨|起雾|零下|暴雨|回南天|转凉|转冷|升温|阴天|雾霾)(?:了|死了|死个?人|死我了|得慌|得要命|得很|啊|呀|呢|啦|爆了|成狗|哭了|"
    r"好几天)*$|.{0,6}(?:记得|出门)多?(?:带伞|加衣|穿)|注意(?:保暖|防晒|身体)"
    r"|^(?:今天|今儿|最近|这两天|这几天|这周)?(?:可|也太|真是|真的|好|真|太|有点|超|超级|特别)+(?:累|困|饿|堵|无聊)(?:啊|呀|哦|了|的|死|呢|啦)*$"
    r"|^(?:好|真|太|可|超)(?:冷|热|凉|晒|闷|潮|困|累|堵|干)(?:啊|呀|哦|了|的)?(?:今天|今儿|外面|最近|这两天|这天|"
    r"天气|死了)*$|^(?:祝|愿).{1,14}$|^.{0,4}(?:快乐|安康|吉祥|兴隆|发财|愉快)$|^(?:你|您|我)?(?:吃|起|睡|到家|"
    r"下班)(?:饭|床)?了(?:吗|没|么)?$|^(?:下午|晚上|明天|回头|改天|待会)见$|^(?:路过|围观|潜水|凑热闹|看看热闹|"
    r"随便看看|先看看|逛逛|吃瓜)$"
)
_BUSY = compile_later(
    r"^(?:我|正|现在|还|在|刚|先|这会儿?|要|去)*(?:开车|上班|吃饭|睡觉|带娃|哄娃|做饭|烧饭|煮饭|忙|洗澡|上课|遛娃|接娃|接孩子|"
    r"搬砖|值班|打麻将|坐车|坐地铁|逛街|健身|喂奶|加班|打牌|跑步|洗碗|干活|看店)(?:呢|中|着|了|哩|ing|去了)*$|"
    r"^(?:娃|宝宝|孩子|小孩)(?:又|在|正)*(?:闹|哭|吵|醒|拉|要睡|找我)|^(?:明天|明儿|后天|晚上|下午|周末|晚点|改天)(?:吧|再看)"
)
_UNMEASURED = compile_later(
    r"没(?:有|去|仔细|认真|怎么)*(?:查|测|量|称|数|算|留意|注意|观察|了解|研究|结婚|领证|定|办|出?生)(?:过|呢|$)"
)
_TAG = compile_later(
    r"(?:行不行?|可不可以|可以[不吗么嘛]|好不好?|[好行成中][吗么嘛]|得不得|[成中]不[成中]?|ok[吗不么]?|有没有)"
    r"[?？~。!！ 啊呀]*$"
)
_STRIP = PARTICLES + "的滴"


def asks(clause: str) -> bool:
    """Whether a clause is put as a question to us, with or without a mark."""
    text = clause.strip()
    squeezed = dense(text)
    if not squeezed:
        return False
    if text.endswith(("?", "？")) and len(squeezed) > 1:
        return not _NO_QUESTION.search(squeezed) or bool(_ASKS.search(_NO_QUESTION.sub("", squeezed)))
    core = squeezed.rstrip("啊呀哦哈噢捏哇嘞")
    if _YOURS_HOW_LONG.match(core):
        return True
    hangs = core.endswith("呢") and bool(_BACK.search(core))
    core = core.rstrip("呢")
    if not hangs and not _ASKS.search(core):
        return False
    core = _NO_QUESTION.sub("", core)
    return (hangs or bool(_ASKS.search(core))) and (core.endswith("有没有") or not core.endswith(_NO_TAG))


def proposed(clause: str) -> int:
    """How many characters of a clause stand before a closing 行吗 or 可以吗: 周五行吗 proposes a day. 0 if none."""
    found = _TAG.search(clause)
    return found.start() if found else 0


_FOR_NOW = "先不聊"  # 不聊了 is for good, 先不聊了 is not
_BARELY = frozenset(
    words("不留 不给 不说 不填 不选 过 下一个 下一题 下一项 下一条 下一问 没必要 没必要吧 没这必要 没必要说")
)


# 孩子的事我不想在网上讲, 生日这事我不爱提, 号码免谈, 不说不说.
_UNWILLING = compile_later(
    r"不(?:太|大|怎么|是很)?(?:想|愿意?|爱|喜欢|习惯|好意思|乐意|打算)(?:再|多|往外|往网上|对外|公开|到处|随便|轻易|在[网群微这][上里信儿]{0,2}|"
    r"[跟和对向][^,，]{1,4})*(?:说(?!话)|讲(?!究|话)|提(?!前|高|供)|谈|聊(?!天)|透露|外传|留|填|告诉)"
    r"|(?:号码?|电话|手机|名字|姓名|年龄|岁数|生日|住址|地址|收入|预算|体重|私事|这个|这事儿?)[^,，]{0,3}(?:免谈|不提也罢|不提了?$|别提了?$|不外传|不外露)"
    r"|(?:一般|从来|从|通常|向来|都)不(?:给|留|外传|透露|往外)(?:的|人|别人|出去|说)?$"
    r"|^(?:不[说讲提告诉]{1,2}[了哈]?){2,}$|说出来(?:就|我|都)?(?:怕|会|吓|丢人|伤感情)|(?<!先)不聊了"
)
_UNWILLING_SIGNS = Signs(_UNWILLING)
# 今天不方便聊 is about the time, and not about what is asked.
_NOT_NOW = compile_later(
    r"(?:今天|今晚|现在|这会儿?|此刻|眼下|这两天|当下|目前)(?:我|人|有点|不太|不大|真的?)*不(?:太|大|是很)?方便"
)


def declines(squeezed: str) -> bool:
    """Whether a clause refuses to say, also by a counter-question or a joke that means none."""
    if squeezed in _BARELY or (_DECLINES.within(squeezed) and _FOR_NOW not in squeezed):
        return "方便" not in squeezed or not _NOT_NOW.search(squeezed)
    return _UNWILLING_SIGNS.within(squeezed) and bool(_UNWILLING.search(squeezed))


_NOT_FORGOTTEN = compile_later(r"(?:别|不要|莫|勿)忘|忘不了")


def does_not_know(squeezed: str) -> bool:
    """Whether a clause says that the person cannot tell, or leaves it to us."""
    return _NOT_KNOWN.within(squeezed) and not _NOT_FORGOTTEN.search(squeezed)


def is_busy(bare: str) -> bool:
    """Whether a whole message only names what keeps the person: 开车, 带娃呢."""
    return bool(_BUSY.match(bare))


def has_not_looked(bare: str) -> bool:
    """Whether a message says that the person never found out: 没测过, 还没去查."""
    return bool(_UNMEASURED.search(bare))


# 等下个月吧, 等发工资: a wait for a time that is no day.
_WAITS = compile_later(
    r"^(?:我|先|还是|要)*等(?:到)?(?:下个?月|下周(?![一二三四五六日天末\d])|下季度?|年底|过(?:完)?年|月底|放假|暑假|寒假|开学|换季|发工资|有钱|"
    r"生完|出月子)[^号]{0,4}$"
)

_TELL_YOU = "(?:再|就|我)*(?:慢慢|好好)?(?:回复?|告诉|发|报|说|聊|联系|答|填|通知|给)(?:给|诉)?(?:你们?|您)?"
# 吃完饭回你, 等人数齐了报你, 到了说: first something else, then their answer.
_FIRST = compile_later(
    rf"(?:到了?(?:家|站|店|公司|单位|地方)?|出站|下车|停好车?|[^,]{{0,3}}完[^,]{{0,2}}|等[^,]{{1,8}}[了好齐完定来])(?:了|后|之后|以后)*{_TELL_YOU}$"
)
# 半小时后再问我, 一会儿: a while, and nothing else.
_A_WHILE = compile_later(
    r"(?:我|先|再|过|等|大概|要|得)*(?:一会儿?|一下下|半个?(?:小时|钟头|天)|(?:[一二两三四五六七八九十几\d]{1,3}|半)(?:个)?(?:小时|钟头|分钟))"
    r"(?:之?后|以后)?(?:再|你|来)*(?:找|联系|问|说|聊|答|填|讲|告诉你?|回)?我?(?:一下|吧|你)?"
)
# 晚上9点, 明天: a time, said to a question that asks for none.
_A_TIME = compile_later(
    r"(?:等|到|那|就|要|得|还是)*(?:今天|明天|后天|今儿|明儿|周末|下周|过几天|过两天|(?:下?周|星期|礼拜)[一二三四五六日天])?"
    r"(?:早上|上午|中午|下午|傍晚|晚上|今晚|明早|明晚|下班)?(?:[一二两三四五六七八九十\d]{1,2}点[半多钟]?)?(?:左右|之?后|以后)?"
)
# 下午找我: when we are to come back to it.
_COME_BACK = compile_later(
    r"^(?:你们?|您|麻烦|那|要不|还是|等)*(?:今天|明天|后天|今儿|明儿)?(?:早上|上午|中午|下午|傍晚|晚上|今晚|明早|明晚|晚点|晚些时?候?|周末|"
    r"(?:下?周|星期|礼拜)[一二三四五六日天末]|[一二两三四五六七八九十\d]{1,2}点(?:半|后|以后|之后)?|下班后?|饭后|明天|后天|过几天|过两天)+"
    r"(?:再|你?来|的?时候)*(?:找|联系|问|呼|艾特|私信?|叫|喊|滴滴|敲)我?(?:一下|一声|聊|说)*$"
)
# 刚下班 回来了, 好了 现在有空了: somebody is there again.
_BACK_AGAIN = compile_later(
    r"^(?:哈?[喽啰]|嗨|你好|您好|hi|hello|好了|好啦|亲|老板|掌柜|在了?)?(?:我|人|终于|又|刚|才|已经|现在|这会儿?|总算)*"
    r"(?:(?:下班|下课|到家|回家|回来|上线|睡醒|醒|有空|有时间|得空|空下来|闲下来|吃完饭?|开完会|忙完|忙好)(?:回来|到家|有空)?(?:了|啦)|"
    r"(?<=刚)(?:下班|下课|到家|回家|回来|睡醒|吃完饭?|开完会|忙完|忙好)|(?<=现在)有(?:空|时间))(?:(?:我|现在|这会儿?)*(?:回来|到家|有空|有时间)(?:了|啦))?$"
)


# 出来了我再跟你说, 收竿再聊, 下班帮你看, 晚上接着说: their answer, told or looked up after something else.
_AFTERWARDS = compile_later(
    r"^(?:我|等我?)?(?:下班|下课|到家|回家|回去|忙完|晚上|晚点|回头|明天|有空)(?:了|后|以后)?(?:跟|和|给)(?:你|您)们?(?:说|讲|发|报|看|回)$|"
    r"再(?:跟|和|给|同|向)?(?:你|您)们?(?:说|讲|聊|报|回|定|确认|联系|约)|再(?:报|说|讲|发|告诉|回复|通知|给)(?:给)?(?:你|您)|^回聊|(?<![不别])再(?:聊|答|回你|细聊|细说|慢慢聊)$|"
    r"(?:下班|下课|回家|到家|回去|晚上|今晚|明天|明早|周末|有空|得空|空了|回头|忙完)(?:了|后|以后|我|就|再|的时候)*"
    r"(?:帮你|给你|去|再|才能|才好|好好|才)+(?:看|查|问|量|数|翻|找|拍|说|称|算)|"
    r"(?:晚上|晚点|明天|回头|下次|改天|下午|周末)(?:再)?(?:接着|继续)(?:说|聊|答|填)|先不聊|先不说了|"
    r"^(?:我|那)?(?:先|得先)(?:撤|下|闪|溜|去忙|忙去?|挂|走一步|干活去?|接个电话|接娃去?)(?:了|啦|会儿?)?$"
)


_BACK_SIGNS = Signs(_BACK_AGAIN)
_LATER_SIGNS = Signs(_WAITS, _COME_BACK, _FIRST, _A_WHILE, _AFTERWARDS, _NOT_NOW)


def is_back(squeezed: str) -> bool:
    """Whether a clause says that the person is there again."""
    return _BACK_SIGNS.within(squeezed) and bool(_BACK_AGAIN.match(squeezed.rstrip(PARTICLES.replace("啦", ""))))


def puts_off(squeezed: str) -> bool:
    """Whether a clause says: not now."""
    if _LATER_SIGNS.within(squeezed):
        core = squeezed.rstrip(PARTICLES)
        if (
            _WAITS.search(squeezed)
            or _COME_BACK.match(core)
            or _FIRST.match(core)
            or _A_WHILE.fullmatch(core)
            or _AFTERWARDS.search(core)
            or _NOT_NOW.search(squeezed)
        ):
            return True
    if is_back(squeezed):
        return False
    again = squeezed.rstrip(PARTICLES).endswith("再说") and "情况" not in squeezed  # 看情况再说 only leaves it open
    return (_LATERS.within(squeezed) or again) and not _NOT_LATER.search(squeezed)


def names_a_time(bare: str) -> bool:
    """Whether a message is a time of day or a day and nothing else, which is when to ask again if no day was asked."""
    return bool(bare) and len(bare) <= _LONGEST_TIME and _A_TIME.fullmatch(bare) is not None


_LONGEST_TIME = 14


_ANOTHER_TIME = compile_later(
    r"(?:改天|回头|晚点|下次|以后|等会儿?|一会儿?|再|慢慢)[^,，。]{0,4}(?:说|聊|讲|告诉|回|发)(?:你|您)?\W*$"
)


def another_time(end: str) -> bool:
    """Whether the end of a message promises to go on another time: 改天慢慢说. 没空护肤 does not."""
    return _ANOTHER_TIME.search(end) is not None


def is_chat(squeezed: str) -> bool:
    """Whether a clause is a greeting, thanks, laughter or a word about the weather."""
    core = squeezed.strip(_STRIP) or squeezed
    core = f"哈{core}" if core.startswith(("喽", "啰", "罗哈")) else core  # 哈 is stripped of 哈喽哈喽 too
    return (
        squeezed in _CHIT
        or core in _CHIT
        or squeezed.rstrip(_STRIP) in _CHIT
        or bool(_CHIT_PATTERN.match(core))
        or is_back(squeezed)
    )


def only_pictures(message: Message) -> bool:
    """Whether the message is nothing but emoji or [微笑] codes."""
    return not message.dense and bool(message.pictures)
