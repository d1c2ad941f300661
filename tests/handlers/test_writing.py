"""An entry is written by hand: a chief's is in force, an author's waits; nobody writes over what is unseen."""

from __future__ import annotations

from typing import Any

import msgspec

from content_calendar.entry import Entry, to_json
from handlers import decide
from models import effects as fx
from models.context import EntryView
from models.deliveries import Lane
from models.operations import Role
from models.orders import KeepMediaOrder, WriteEntryOrder
from tests.handlers.builders import AT, boss, context, playbook, sends
from tests.handlers.test_calendar import _started, entry, view
from tests.handlers.test_words_on_entries import refusal

TALK = entry()
AUTHOR = {"actor": "console:小笔", "rights": Role.AUTHOR}


def writing(one: Entry, *views: EntryView, **more: Any) -> list[fx.Effect]:
    order = WriteEntryOrder(merchant="m1", at=AT, body=to_json(one).decode(), **more)
    return decide(order, _started(*views))


def put(effects: list[fx.Effect]) -> fx.PutEntries:
    (found,) = (one for one in effects if isinstance(one, fx.PutEntries))
    return found


def test_what_a_chief_writes_is_in_force_unless_it_is_a_draft() -> None:
    effects = writing(TALK, actor="console:店主")
    found = put(effects)
    assert (found.author, found.approved, found.draft) == ("console:店主", True, False)
    assert effects[-2] == fx.Audit(actor="console:店主", action="calendar.write", target="a-1", reason=TALK.revision)
    draft = put(writing(TALK, draft=True))
    assert (draft.approved, draft.draft) == (False, True)


def test_what_an_author_writes_waits_and_is_their_own() -> None:
    new = entry(text="改过了")
    assert not put(writing(TALK, **AUTHOR)).approved
    mine = view(TALK, author="console:小笔")
    assert not put(writing(new, mine, base=TALK.revision, **AUTHOR)).approved
    theirs = view(TALK, author="console:店主")
    effects = writing(new, theirs, base=TALK.revision, **AUTHOR)
    assert "别人写的" in refusal(effects)
    assert any(isinstance(one, fx.Audit) and one.result == "refused" for one in effects)


def test_the_chiefs_hear_of_what_an_author_hands_in_and_not_of_a_draft() -> None:
    one = entry("周一 小酌", rule="weekly mon", tags=("老客",), text="来喝茶")
    body = to_json(one).decode()
    order = WriteEntryOrder(merchant="m1", at=AT, body=body, actor="console:小笔", rights=Role.AUTHOR)
    (note,) = sends(decide(order, context(staff=(boss(),))))
    assert (note.account, note.lane, note.contact_id) == ("main", Lane.SERVICE, 19)
    assert note.text == (
        '小笔想往 茶桌、#老客 发（11-30 09:00）：\n「来喝茶」\n可以发就回 /通过 "周一 小酌"，不发回 /退回 "周一 小酌"。'
    )
    draft = msgspec.structs.replace(order, draft=True)
    chief = msgspec.structs.replace(order, actor="console:店主", rights=Role.OWNER)
    assert [sends(decide(one, context(staff=(boss(),)))) for one in (draft, chief)] == [[], []]
    waits = context(playbook(approval=True), staff=(boss(),))
    assert len(sends(decide(chief, waits))) == 1


def test_a_draft_that_did_not_change_is_put_forward_or_let_go() -> None:
    draft = view(TALK, approved=False, draft=True, author="console:小笔")
    assert fx.MarkDraft(entry="a-1", draft=False) in writing(TALK, draft, base=TALK.revision, **AUTHOR)
    approved = writing(TALK, draft, base=TALK.revision, actor="console:店主")
    assert fx.ApproveWaiting(entry="a-1", approver="console:店主") in approved
    assert writing(TALK, view(TALK), base=TALK.revision) == [fx.Answered(text="没有改动。")]


def test_nobody_writes_over_what_they_have_not_seen() -> None:
    new, other = entry(text="我的"), view(entry(text="别人的"))
    assert "别人刚改过" in refusal(writing(new, other, base=TALK.revision))
    assert "已经有了" in refusal(writing(new, other))
    assert "刚被删了" in refusal(writing(new, base=TALK.revision))


def test_who_only_looks_writes_and_keeps_nothing() -> None:
    assert "只看" in refusal(writing(TALK, rights=Role.VIEWER))
    order = KeepMediaOrder(merchant="m1", at=AT, name="a.png", size=3, rights=Role.VIEWER)
    assert "只看" in refusal(decide(order, _started()))
    kept = decide(KeepMediaOrder(merchant="m1", at=AT, name="a.png", size=3), _started())
    assert fx.Audit(actor="operator", action="media.keep", target="a.png", reason="3 bytes") in kept


def test_who_looks_after_one_account_writes_for_its_groups_only() -> None:
    order = WriteEntryOrder(merchant="m1", at=AT, body=to_json(TALK).decode(), within="main")
    assert not any(isinstance(one, fx.PutEntries) for one in decide(order, _started()))
    assert refusal(decide(order, _started()))
