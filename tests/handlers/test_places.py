"""Who waits where: after a correction, under two ids, and where only another account could invite them."""

from __future__ import annotations

import msgspec

from handlers import decide
from models import effects as fx
from models.context import PlaceView
from models.effects import Effect
from models.orders import SeatsChanged
from models.playbook import Playbook
from tests.handlers.builders import AT, context, friendship, group, of, person, playbook, texts
from tests.handlers.test_groups import BOOK, FINISHED, placed, where


def test_where_only_another_account_has_a_seat_the_staff_is_told_so() -> None:
    second = friendship(account="second")
    of_second = msgspec.structs.replace(group(2, "茶桌", members=2), account="second")
    assert texts(placed([group(1, "茶桌")], friendships=second)) == [
        "账号「小山」还没有「茶桌」的群，别的账号的群它拉不了人，林间（wx1）在排队。"
        "请用它建一个群，在群里发 /绑定 茶桌。"
    ]
    assert texts(placed([group(1, "茶桌"), of_second], friendships=second)) == [
        "账号「小山」的「茶桌」群都满了，别的账号的群它拉不了人，林间（wx1）在排队。请用它开一个新群并绑定。"
    ]


def test_a_correction_places_only_who_waits_and_has_no_place_yet() -> None:
    event = msgspec.structs.replace(FINISHED, corrected=True)

    def placed_anew(book: Playbook = BOOK, **place: list[str]) -> list[Effect]:
        tiers, waits = frozenset(place.get("tiers", ())), frozenset(place.get("waiting_for", ()))
        places = {1: PlaceView(tiers=tiers, waiting_for=waits)}
        return decide(event, context(book, person=person(), groups=[group(1, "茶桌")], places=places))

    assert where(placed_anew(waiting_for=["分院"])) == [21]
    assert placed_anew() == placed_anew(tiers=["分院"], waiting_for=["总院"]) == []
    no_tier = playbook(tiers=[{"name": "分院", "join": {"tags": ["高价位"]}}])
    assert placed_anew(no_tier, waiting_for=["分院"]) == [fx.WaitForSeat(contact_id=11, tier=None)]


def test_a_person_who_waits_under_two_ids_is_invited_once_and_not_where_they_have_a_place() -> None:
    waiting = (person("wx1", 1), msgspec.structs.replace(person("wx2", 2), person_id=1), person("wx3", 3))
    known = context(
        BOOK, waiting=waiting, groups=[group(1, "茶桌", members=0)], places={3: PlaceView(tiers=frozenset({"茶桌"}))}
    )
    effects = decide(SeatsChanged(merchant="m1", at=AT, tier="茶桌"), known)
    assert [one.contact_id for one in of(fx.Reserve, effects)] == [11]
