"""少发点: a cap of their own, for who wants to hear from us, but less; and 照常发, which ends it."""

from __future__ import annotations

from handlers.command_lines import without_mentions
from handlers.understanding.text import PARTICLES, dense
from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import Message
from models.patterns import compile_later

FEWER = (
    "好的，以后一周最多主动给你发 {count} 条，你问的照样回。想恢复就回「照常发」，一条都不想收回「退订」。"
    "群里的是发给全群的，这个管不到。"
)
AS_BEFORE = "好的，照常给你发。"

_LONGEST = 20  # longer messages say more than that
_FEWER = compile_later(
    "(?:请|麻烦|拜托|以后|能不能|可以|能|你们|你|就|给我|可不可以)*(?:少给我发|少发|少推送?|少打扰)"
    "(?:一点|一些|点|些|几条)?(?:给我|消息|信息|广告|我)?(?:吗|可以吗|行吗|好吗|谢谢)?"
    "|(?:请|麻烦|以后|你们|你)*(?:别|不要)(?:给我)?发(?:这么|那么|太)(?:多|勤|频繁)(?:消息|信息|广告)?"
)
_AS_BEFORE = compile_later("(?:可以|请|还是|就)*(?:照常|正常)(?:给我)?(?:发|推送)(?:就行|就好)?")


def is_about_it(text: str) -> bool:
    """Whether a message asks for fewer messages, or for as many as before, and nothing else."""
    return len(text) <= _LONGEST and _SIGN.search(text) is not None and _wish(text) is not None


# Without one of these nothing of it is said.
_SIGN = compile_later("[少别別照正]|不要")


def _wish(text: str) -> bool | None:
    """True: fewer. False: as before. None: something else."""
    said = dense(without_mentions(text.strip())).strip(PARTICLES)
    if _FEWER.fullmatch(said):
        return True
    return False if _AS_BEFORE.fullmatch(said) else None


def heard(event: Message, context: Context, person: PersonView) -> list[Effect]:
    """Written down at once; 照常发 only of who had asked for less."""
    fewer = bool(_wish(event.text))
    if not fewer and not person.fewer:
        return []
    count = context.merchant.playbook.caps.fewer_per_week
    return [
        fx.PutFewer(person_id=person.person_id, fewer=fewer),
        fx.Audit(
            actor=person.wire_id, action="fewer" if fewer else "as_before", target=person.wire_id, place=event.account
        ),
        fx.Send(
            key=f"fewer:{person.wire_id}:{event.wire_id or f'{event.at:%Y%m%dT%H%M%S%f}'}",
            account=event.account,
            lane=Lane.REPLY,
            cause=Cause.CHAT,
            contact_id=person.contact_id,
            text=FEWER.format(count=count) if fewer else AS_BEFORE,
            about_consent=True,
        ),
    ]
