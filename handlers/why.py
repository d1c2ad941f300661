"""为什么发给我: which message that was, by what rule it came to them, and how to have fewer or none."""

from __future__ import annotations

from handlers.command_lines import without_mentions
from handlers.understanding.text import PARTICLES, dense
from models import effects as fx
from models.context import Context, PersonView, ReceivedView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import Message
from models.patterns import compile_later

NONE = "我这边没有主动发过你消息，只回过你问的。"
LAST = "最近一条主动发你的，是 {at} 的「{what}」。"
BECAUSE = "因为{reason}。"
BY_TAG = "你这里记着「{tags}」，{shop}这条是发给有这些标记的朋友的"
BY_BIRTHDAY = "到了你告诉我的生日"
BY_JOINING = "你加了我们好友，这条是按加的日子算的"
BY_PURCHASE = "你在我们这儿买过东西，这条是按买的日子算的"
BY_SILENCE = "有一阵没听到你说话了"
BY_FRIENDSHIP = "你加了我们好友"
BY_SURVEY = "建档还有问题等你回"
BY_GROUP = "跟你在的群、或你的进群有关"
FOOT = "想少收回「少发点」，不想收回「退订」，看我记了什么回「我的数据」。"
IN_GROUP = "群里的消息是发给全群的，不是单发给你；不想看可以退群或设免打扰。"
_CAUSES = {Cause.GREETING: BY_FRIENDSHIP, Cause.SURVEY: BY_SURVEY, Cause.GROUP: BY_GROUP, Cause.HANDOFF: BY_GROUP}
_RULES = (("birthday", BY_BIRTHDAY), ("joined", BY_JOINING), ("bought", BY_PURCHASE), ("silent", BY_SILENCE))

_LONGEST = 24  # longer messages say more than that
_ASKS = compile_later(
    "(?:请问|你们|你)*(?:为什么|为啥|为何|怎么|凭什么|干嘛|干吗)(?:会|要|老|总|又|一直)*"
    "(?:发给我|给我发|推给我|给我推|找我|发我|单发我)(?:这个|这些|这条|消息|信息|广告|推送)?(?:的|了|呢|啊|呀|吗)*"
    "|我(?:为什么|为啥|怎么)(?:会)?(?:收到|会收到)(?:这个|这条|这些|你们的)?(?:消息|信息|广告)?"
)

# Without one of these nothing of it is said.
_SIGN = compile_later("为|為|怎|凭|干|幹")


def is_asked(text: str) -> bool:
    """Whether a message asks why it was sent to them, and nothing else."""
    if "我" not in text or len(text) > _LONGEST or not _SIGN.search(text):
        return False
    return _ASKS.fullmatch(dense(without_mentions(text.strip())).strip(PARTICLES)) is not None


def told(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """1:1 the truth about the last one; in a group, if we are asked, that it was for everybody."""
    if event.group:
        is_meant = context.account.self_id in event.mentions
        return [_say(event, context, person, IN_GROUP)] if is_meant else []
    last = context.kept.received if context.kept else None
    return [
        _say(event, context, person, NONE if last is None else _why(context, last)),
        fx.Audit(actor=person.wire_id, action="why", target=person.wire_id, place=event.account),
    ]


def _why(context: Context, last: ReceivedView) -> str:
    at = f"{last.at.astimezone(context.merchant.zone):%m-%d %H:%M}"
    reason = next((said for rule, said in _RULES if last.rule.startswith(rule)), "")
    if not reason and last.tags:
        reason = BY_TAG.format(tags="、".join(last.tags), shop=context.merchant.name)
    reason = reason or _CAUSES.get(Cause(last.cause), BY_FRIENDSHIP)
    return "\n".join([LAST.format(at=at, what=last.what), BECAUSE.format(reason=reason), FOOT])


def _say(event: Message, context: Context, person: PersonView, text: str) -> Effect:
    return fx.Send(
        key=f"why:{person.wire_id}:{event.wire_id or f'{event.at:%Y%m%dT%H%M%S%f}'}",
        account=event.account,
        lane=Lane.REPLY,
        cause=Cause.CHAT,
        contact_id=None if event.group else person.contact_id,
        group_id=context.group.id if event.group and context.group else None,
        text=text,
        about_consent=not event.group,
    )
