"""What people read where a program reads a reason."""

from __future__ import annotations

from models.deliveries import Cause, DeliveryState

REASON_NAMES = {
    # it waits
    "quiet_hours": "免打扰时间",
    "paused": "已停发",
    "account_budget": "账号额度暂时用完",
    "person_cap": "到了打扰上限",
    "group_cap": "群里今天够多了",
    "human_present": "有人正在聊",
    "not_approved": "等人通过",
    "too_frequent": "平台嫌太快",
    "network": "网络不通",
    "pace": "正在打字",
    "window": "等对方说话",
    "quota": "这轮条数用完",
    "complaint": "投诉没处理完",
    # it does not leave, or did not
    "refused": "平台没让发",
    "opted_out": "对方已退订",
    "no_consent": "对方没同意",
    "unreachable": "这个渠道发不到",
    "first_contact": "还没打过招呼",
    "words": "有不能发的词",
    "too_late": "过了时间",
    "not_bound": "群没有绑定",
    "erased": "资料已删除",
    "field": "有没填上的内容",
    # nobody knows
    "timeout": "平台没有回音",
    "error": "出错了",
    "crash": "发到一半时程序断了",
}

# What mends it, in the words of whoever can.
MENDS = {
    "opted_out": "对方不想收，不用管",
    "no_consent": "先征得对方同意",
    "unreachable": "换一个发得到的账号，或换个形式",
    "window": "等对方说话，自己就会发",
    "quota": "等对方说话，自己就会发",
    "paused": "在群里发 恢复，停着的就接着发",
    "complaint": "先把投诉处理完",
    "first_contact": "先打个招呼，再发推广",
    "person_cap": "改天发，或者放宽方案里的打扰上限",
    "group_cap": "挪到这个群条数少的一天",
    "quiet_hours": "把时间改到免打扰之外",
    "words": "改掉不能发的词",
    "too_late": "把过期时间改晚",
    "account_budget": "早点发、分几天发，或多用一个账号",
    "human_present": "等人聊完，自己就会发",
    "not_bound": "先绑定群：group bind",
    "not_approved": "通过它：calendar approve {key}",
    "field": "给字段写备用词，例如 {{name|朋友}}",
}

# The exact states, and the four that people think in.
DELIVERY_STATE_NAMES = {
    DeliveryState.PLANNED: "待发",
    DeliveryState.WAITING: "等时机",
    DeliveryState.CLAIMED: "正在发",
    DeliveryState.AWAITING_TAP: "待员工点发",
    DeliveryState.SENT: "已发出",
    DeliveryState.CONFIRMED: "已确认",
    DeliveryState.SKIPPED: "没发",
    DeliveryState.FAILED: "发送失败",
    DeliveryState.EXPIRED: "过期未发",
    DeliveryState.CANCELLED: "已取消",
    DeliveryState.UNKNOWN: "不确定，请核对",
}
FOLDS: dict[str, tuple[DeliveryState, ...]] = {
    "待发": (DeliveryState.PLANNED, DeliveryState.WAITING, DeliveryState.CLAIMED, DeliveryState.AWAITING_TAP),
    "已发": (DeliveryState.SENT, DeliveryState.CONFIRMED),
    "没发": (DeliveryState.SKIPPED, DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.CANCELLED),
    "请核对": (DeliveryState.UNKNOWN,),
}
FOLD_OF = {state: fold for fold, states in FOLDS.items() for state in states}

CAUSE_NAMES = {
    Cause.GREETING: "打招呼",
    Cause.SURVEY: "建档",
    Cause.CHAT: "聊天",
    Cause.COMMAND: "回命令",
    Cause.CALENDAR: "排期",
    Cause.CARE: "关怀",
    Cause.GROUP: "群务",
    Cause.HANDOFF: "转人工",
    Cause.HUMAN: "人工",
    Cause.RETRY: "重试",
    Cause.ALERT: "告警",
}
KIND_NAMES = {
    "text": "文字",
    "image": "图片",
    "album": "相册",
    "video": "视频",
    "file": "文件",
    "link": "链接",
    "mini_program": "小程序",
    "card": "名片",
    "announcement": "群公告",
    "friend_accept": "通过好友",
    "remark": "改备注",
    "invite": "邀请进群",
    "topic": "改群名",
    "recall": "撤回",
}
# What only people send is nothing that an entry could be.
HEARD_NAMES = KIND_NAMES | {"location": "位置", "voice": "语音", "emoticon": "表情", "other": "看不了的消息"}
