"""What people read where a program reads a reason."""

from __future__ import annotations

REASON_NAMES = {
    # it waits
    "quiet_hours": "免打扰时间",
    "paused": "已停发",
    "account_budget": "账号额度用完",
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
