"""How somebody fares: comfort where it is due, and none where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.understanding.feelings import feeling_of

TOLD: dict[str, list[str]] = {
    "loss": [
        "最近家里老人走了",
        "我外婆上周走了，在办丧事",
        "我爸去年去世了",
        "孩子没保住",
        "胎停了，别记了",
        "爷爷没了",
        "我妈上个月过世了",
        "家里有白事",
        "奶奶前天走了",
        "狗狗走了好难过",
        "我婆婆前几天去世",
        "二胎没保住",
        "我爸走了",
        "我妈走了，今天出殡",
        "我家猫死了",
    ],
    "hardship": [
        "我妈查出癌症",
        "最近离婚了",
        "我有抑郁症",
        "崩溃了",
        "老公出轨",
        "出了车祸",
        "爸爸脑梗住院",
        "我离了",
        "地震了我们这里",
    ],
    "danger": [
        "不想活了",
        "活着没意思",
        "我想死",
    ],
    "worry": [
        "我妈今天手术",
        "被骗了二十万",
        "今天被领导骂哭了",
        "宝宝发烧了",
        "孩子住院",
        "最近生病",
        "心情不好",
        "好难过",
        "失业了",
        "分手了",
        "压力好大",
        "带娃好累",
        "宝宝病了",
        "刚做完手术",
    ],
    "joy": [
        "刚生了二胎！",
        "昨天生了个大胖小子",
        "怀孕啦",
        "怀上了",
        "下个月结婚",
        "我升职了",
        "考上研究生了",
        "今天我生日",
        "宝宝会走路了",
        "出院了",
        "搬新家了",
        "刚领证",
        "刚出生三天",
        "怀二胎了",
        "今天宝宝满月",
        "我当奶奶了",
        "我脱单了",
        "生了，女儿",
    ],
    "thanks": [
        "谢谢",
        "叫我阿芳，谢谢你呀",
        "辛苦啦",
        "感谢",
        "你们服务真好",
        "thx",
    ],
    "call": [
        "在吗",
        "在吗？",
        "你好在吗",
        "有人吗",
    ],
}
NOTHING = [
    "之前流产过",
    "以前住院过",
    "豆豆",
    "8个月",
    "奶粉",
    "好的",
    "1",
    "干皮",
    "想死你了",
    "退烧贴有吗",
    "没生病",
    "怕宝宝生病",
    "备孕",
    "准备怀孕",
    "想要二胎",
    "我妈走了我自己带",
    "老公走了再聊",
    "不用谢",
    "发烧友",
    "预防感冒",
    "没怀上",
    "在家",
    "在杭州",
    "敏感肌",
    "长痘",
    "杭州人",
    "医院附近",
    "天天",
    "给老人喝",
    "送老人",
    "奶奶带",
    "送朋友",
    "离公司近",
    "谢先生",
    "姓谢",
    "叫我谢谢",
    "结婚五年了",
    "生日3月5号",
    "白白的",
    "没有",
    "不知道",
    "开会",
    "如果感冒能喝吗",
    "生完孩子两年了",
    "孩子走了两步",
    "没心没肺",
    "老人家带走了",
    "我老公走了狗屎运",
    "我妈没了工作",
    "我爸走了好几家店",
    "地震了吗",
    "手机丢了换号了",
    "你好呀",
]


@pytest.mark.parametrize(("feeling", "text"), [(feeling, text) for feeling, texts in TOLD.items() for text in texts])
def test_a_feeling_is_heard(feeling: str, text: str) -> None:
    assert feeling_of(text) == feeling


@pytest.mark.parametrize("text", NOTHING)
def test_what_tells_of_none_is_left_alone(text: str) -> None:
    assert feeling_of(text) is None


def test_grief_weighs_more_than_joy_and_thanks() -> None:
    assert feeling_of("刚生了二胎，可奶奶昨天去世了，谢谢关心") == "loss"


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    feeling_of(text)
