"""恢复: who opted out and says plainly that they want to hear from us again is heard at once."""

from __future__ import annotations

from datetime import datetime

import msgspec

from handlers import survey
from handlers.understanding.text import PARTICLES, dense
from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.patterns import compile_later
from models.people import SurveyState

ACKNOWLEDGEMENT = "好的，恢复啦，欢迎回来。哪天不想收了，回「退订」就停。"

_LONGEST = 30  # longer messages say more than that
_WISH = compile_later(
    r"(?:你好|(?:想|要)?了解一?下?了?|请|麻烦|帮我|给我|我们|我|又|还是|现在|要|想|后悔了|可以)*"
    r"(?:恢复(?:接收|订阅|推送|发送|发)?|重新(?:订阅|接收|开始|发)|取消退订|解除退订|(?:点|发|打|按|退订)错了?(?:退订)?|"
    r"继续(?:给我)?(?:发|接收|订阅|收)|接着发|订阅|(?:可以|再)(?:再|又|重新)?(?:给我)?发|(?:又|还是|还)(?:想|要)收)"
    r"(?:消息|信息|给我|吧|了|一下|谢谢|重新开始)*"
)
# Without one of these nothing of it is said.
_SIGN = compile_later("[恢復复重取消解除点點发發打按错錯继繼续續接订訂阅閱收]")


def wants_back(text: str) -> bool:
    """Whether a message says nothing but that its writer wants to get messages again."""
    if len(text) > _LONGEST or not _SIGN.search(text):
        return False
    return _WISH.fullmatch(dense(text).strip(PARTICLES)) is not None


def start_again(at: datetime, context: Context, person: PersonView, account: str) -> list[Effect]:
    """Messages may come again, and a survey that was broken off goes on where it was."""
    effects: list[Effect] = [
        fx.OptIn(person_id=person.person_id),
        fx.Audit(actor=person.wire_id, action="opt_in", target=person.wire_id, place=account),
        fx.Send(
            key=f"optin:{person.wire_id}:{at:%Y%m%dT%H%M%S%f}",
            account=account,
            lane=Lane.REPLY,
            cause=Cause.CHAT,
            contact_id=person.contact_id,
            text=ACKNOWLEDGEMENT,
            about_consent=True,
        ),
    ]
    if person.survey is None or person.survey.state != SurveyState.STOPPED:
        return effects
    goes_on = msgspec.structs.replace(person.survey, state=SurveyState.OPEN, put_off_until=None, repeats=0)
    back = msgspec.structs.replace(person, opted_out=False, survey=goes_on)
    return [*effects, *survey.begin(at, context, back, account)]
