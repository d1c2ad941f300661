"""What spots an event that came before: the transport's id, else a hash of what it says."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from models import events as ev
from models import orders
from models.events import Event

_encoder = msgspec.json.Encoder()

# What comes from ourselves comes once.
_OUR_OWN = (
    orders.Order,
    orders.SurveyFinished,
    orders.SeatsChanged,
    orders.SignUp,
    orders.PlacesChanged,
    orders.PersonChanged,
    ev.TimerDue,
    ev.SendAnswered,
    ev.TroubleBegan,
    ev.TroubleEnded,
)


def content_key(event: Event) -> str:
    """For what has no id of the transport's: a hash of account, kind, place, people and wire time. Orders have none."""
    if isinstance(event, _OUR_OWN):
        return ""
    content = msgspec.structs.replace(event, received_at=None)
    return "hash:" + blake2b(_encoder.encode(content), digest_size=16).hexdigest()
