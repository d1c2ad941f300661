"""What the staff reads in the audit where a program reads an action, a refusal or an actor. Commands have names of
their own, in their table."""

from __future__ import annotations

from collections.abc import Mapping

ACTION_NAMES: Mapping[str, str] = {
    "account.replace": "换账号",
    "calendar.approve": "通过排期",
    "calendar.copy_week": "复制一周排期",
    "calendar.delete": "删排期",
    "calendar.import": "导入排期",
    "calendar.move": "挪排期",
    "calendar.override": "改备稿",
    "calendar.reject": "退回排期",
    "calendar.rollout": "排期推到各号",
    "calendar.skip": "跳过一次",
    "calendar.unskip": "恢复一次",
    "calendar.write": "写排期",
    "clock.set_back": "时钟被往回拨",
    "code": "回码",
    "consent.given": "同意",
    "consent.refused": "不同意",
    "consent.withdrawn": "撤回同意",
    "delete_answer": "删答案",
    "deliveries.cancel": "取消发送",
    "deliveries.settle": "核对发送",
    "describe": "改资料",
    "erase": "忘记",
    "events.again": "重新处理",
    "fewer": "少发点",
    "group.bind": "绑定",
    "group.unbind": "解绑",
    "media.keep": "存素材",
    "merge": "合并客人",
    "my_data": "我的数据",
    "operator.invite": "邀请后台账号",
    "operator.join": "后台设了密码",
    "operator.password": "改后台密码",
    "operator.remove": "收回后台账号",
    "operator.setup": "设第一个后台账号",
    "operator.sign_in": "登录后台",
    "operator.sign_out": "退出后台",
    "opt_in": "恢复接收",
    "opt_out": "退订",
    "people.different": "认定不是一个人",
    "people.same": "认定是一个人",
    "playbook.import": "换运营方案",
    "rebind": "换号续上",
    "role.grant": "授权",
    "role.revoke": "收权",
    "say": "后台回话",
    "unmerge": "撤销合并",
    "why": "为什么发给我",
}
REFUSAL_NAMES: Mapping[str, str] = {
    "ambiguous": "同名，先问是哪一位",
    "bad_arguments": "写法不对",
    "expired_code": "码过时了",
    "foreign_code": "不是他的码，或换了地方",
    "not_allowed": "没这个权限",
    "password": "密码不对",
    "too_many_lines": "一条里指令太多",
    "unknown_command": "没有这个指令",
    "wrong_code": "码不对",
    "wrong_place": "不该在那里发",
}
SAYS_MORE = frozenset({"claim", "handover", "move", "group.bind", "role.grant", "role.revoke"})
"""Actions whose reason is what it came to."""
TOLD_BY_THEIR_ORDER = frozenset({"grant", "revoke", "unbind", "forget"})
"""Commands that an order carries out, which is in the audit with more of it."""
ACTOR_NAMES: Mapping[str, str] = {"operator": "电脑上", "bot": "机器人"}
ERASED = "删掉的客人"
