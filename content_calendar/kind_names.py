"""What people read for kinds of entries and of content, and for promises. A content kind is a free text; those that
playbooks often use in English have a Chinese name, all others are shown as they are written."""

from __future__ import annotations

from content_calendar.columns import KIND_NAMES
from models.patterns import compile_later

CONTENT_KIND_NAMES = {
    "article": "文章",
    "story": "故事",
    "video": "视频",
    "gathering": "活动",
    "talk": "闲聊",
    "topic": "话题",
    "event": "活动",
    "interaction": "互动",
    "new": "上新",
    "offer": "优惠",
    "question": "提问",
    "briefing": "早报",
    "product": "产品",
    "new_product": "新品",
    "recommendation": "推荐",
    "live": "直播",
    "testers": "试用招募",
    "benefit": "福利",
    "coupon": "优惠券",
    "service": "服务",
    "care": "关怀",
    "announcement": "公告",
    "knowledge": "知识",
    "culture": "文化",
}
_PERIODS = {"day": "每天", "week": "每周", "month": "每月"}
_ROLLING = compile_later(r"(\d+)d")


def content_name(kind: str) -> str:
    """A content kind as people say it."""
    return CONTENT_KIND_NAMES.get(kind, kind)


def kind_name(kind: str) -> str:
    """The kind of an entry as people say it."""
    return KIND_NAMES.get(kind, kind)


def promise_name(name: str) -> str:
    """A promise as people say it, from TIER/CONTENT_KIND/PER."""
    tier, _, rest = name.partition("/")
    kind, _, per = rest.rpartition("/")
    rolling = _ROLLING.fullmatch(per)
    period = f"每 {rolling[1]} 天" if rolling else _PERIODS.get(per, per)
    return f"{tier} {period} {content_name(kind)}".strip()
